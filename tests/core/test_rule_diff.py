"""Two rulebooks beside each other: what differs, and which mock cases come out otherwise."""

from tiny_rulebook import CONCERN, DEFINITIONS, INDICATORS, QUESTIONS, tiny

from screening.core.rule_diff import CaseChange, CaseResult, Change, diff_rulebooks

CASE = """
case: {id: seen, title: Seen, story: s, setting: desk, jurisdiction: us_aa, day: "2026-11-24"}
observed: {b: yes, c: no}
expect: {result: possible, at_least: possible, at_most: clear}
"""
CASES = {"cases/seen.yaml": CASE}


def test_a_rulebook_does_not_differ_from_itself() -> None:
    same = diff_rulebooks(tiny(CASES), tiny(CASES))
    assert (same.changes, same.cases, same.cases_compared) == ((), (), 1)


def test_added_removed_and_changed_entries_are_named_with_their_keys() -> None:
    new = tiny(
        {
            "questions/01_first.yaml": QUESTIONS.replace("text: C?,", "text: C at all?,").replace(
                "  - {id: note,", "  - {id: remark,"
            ),
            "indicators/01_first.yaml": INDICATORS.replace("{b: yes}", "{b: [yes, unsure]}").replace(
                "strength: direct", "strength: context"
            ),
            "definitions.yaml": DEFINITIONS.replace("means: m", "means: more"),
            "concern.yaml": CONCERN.replace("id: adult", "id: grown_up"),
        }
    )
    assert diff_rulebooks(tiny(), new).changes == (
        Change("removed", "question", "note"),
        Change("changed", "question", "c", ("text",)),
        Change("added", "question", "remark"),
        Change("changed", "definition", "minor", ("means",)),
        Change("changed", "indicator", "sign_direct", ("strength",)),
        Change("changed", "indicator", "sign_strong", ("when",)),
        Change("removed", "outcome", "adult"),
        Change("added", "outcome", "grown_up"),
    )


def test_a_case_that_comes_out_otherwise_is_told_with_result_bounds_and_indicators() -> None:
    weaker = {**CASES, "indicators/01_first.yaml": INDICATORS.replace("{b: yes}", "{b: no}")}
    (case,) = diff_rulebooks(tiny(CASES), tiny(weaker)).cases
    assert case == CaseChange(
        "seen",
        "Seen",
        "new",
        CaseResult("possible", "possible", "clear", ("sign_strong",)),
        CaseResult("cannot_rule_out", "none", "clear", ()),
        (
            "result: possible before, cannot_rule_out now",
            "at_least: possible before, none now",
            "sign_strong: no longer raised",
        ),
    )


def test_a_case_only_the_old_rules_have_is_run_too_without_what_the_new_cannot_take() -> None:
    new = {
        "questions/01_first.yaml": QUESTIONS.replace("id: b,", "id: seen_b,"),
        "indicators/01_first.yaml": INDICATORS.replace("{b: yes}", "{seen_b: yes}"),
        "needs.yaml": """
profile: {age: age, counties: [where], served_as: [], under_control: {seen_b: yes}}
needs: []
""",
    }
    (case,) = diff_rulebooks(tiny(CASES), tiny(new)).cases
    assert (case.rulebook, case.left_out) == ("old", ("observed: b (the new rules do not know it)",))
    assert (case.before.left_out, case.after.left_out) == ((), (("observed", "b"),))
    assert "sign_strong: no longer raised" in case.differences


def test_sections_kinds_of_sign_and_the_reasons_are_compared_and_do_not_repeat_what_stands_alone() -> None:
    new = tiny(
        {
            "questions/01_first.yaml": QUESTIONS.replace("lead: Staff see.", "lead: Staff look.").replace(
                "text: C?,", "text: C at all?,"
            ),
            "indicators/01_first.yaml": INDICATORS.replace("label: First kind", "label: A kind"),
            "concern.yaml": CONCERN.replace("rationale: [consensus]", "rationale: [agreed]").replace(
                "headline: Clear concern, sentence: s", "headline: Clear concern, sentence: t"
            ),
        }
    )
    assert diff_rulebooks(tiny(), new).changes == (
        Change("changed", "section", "first", ("lead",)),
        Change("changed", "question", "c", ("text",)),
        Change("changed", "category", "first_kind", ("label",)),
        Change("changed", "level", "clear", ("sentence",)),
        Change("changed", "rule of concern", "concern.yaml", ("rationale",)),
    )


def test_a_case_whose_answers_were_changed_is_run_both_ways() -> None:
    changed = {"cases/seen.yaml": CASE.replace("c: no", "c: yes")}
    assert diff_rulebooks(tiny(CASES), tiny(changed)).cases_compared == 2
    retold = {"cases/seen.yaml": CASE.replace("story: s", "story: t")}
    assert diff_rulebooks(tiny(CASES), tiny(retold)).cases_compared == 1
