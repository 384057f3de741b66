"""Signs raise concern and never lower it: proved, and where it does not hold found with an example."""

from collections.abc import Mapping
from itertools import product

import pytest
from proved_rulebook import QUESTION_FILE, SOUND, found, question_with, with_indicator
from tiny_rulebook import CONCERN, DEFINITIONS, RULEBOOK, files_with

from screening.core.answers import Effective
from screening.core.evaluation import level_bounds, with_applicability
from screening.core.rule_proofs import check_rule_files
from screening.core.rulebook import Rulebook
from screening.core.statements import UNANSWERED


def order_faults(changes: Mapping[str, str | None]) -> list[str]:
    return [fault.message for fault in found(changes)[0] if fault.code == "E304"]


def test_a_sign_under_not_is_found_with_an_example() -> None:
    (message,) = order_faults(with_indicator("{all: [{a: yes}, {not: {c: yes}}]}"))
    assert "'c'" in message
    assert "from no to yes" in message


@pytest.mark.parametrize(
    ("changes", "question"),
    [
        (with_indicator("{c: no}"), "c"),
        (with_indicator("{all: [{c: yes}, {count: {below: 3}}]}"), "count"),
        (with_indicator("{all: [{c: yes}, {age: {at_least: 30}}]}"), "age"),
        (with_indicator("{all: [{c: yes}, {not: {found: {includes: cards}}}]}"), "found"),
        (with_indicator("{c: [unsure]}"), "c"),
        (
            {
                **with_indicator("{e: yes}"),
                QUESTION_FILE: question_with("e", "applies_when: {c: no}"),
            },
            "c",
        ),
        (
            {
                **with_indicator("{mark: middle}"),
                QUESTION_FILE: question_with(
                    "mark",
                    "combine: highest, options: [{id: low, label: L}, {id: middle, label: M}, {id: high, label: H}]",
                    "choice",
                ),
            },
            "mark",
        ),
    ],
    ids=[
        "no as a sign",
        "few",
        "adult as a sign",
        "tick under not",
        "unsure as a sign",
        "applies_when",
        "middle",
    ],
)
def test_what_lets_a_sign_lower_concern_is_found(changes: dict[str, str | None], question: str) -> None:
    messages = order_faults(changes)
    assert messages
    assert all(f"an answer to '{question}' that shows more" in message for message in messages)


@pytest.mark.parametrize(
    "changes",
    [
        with_indicator("{all: [{c: yes}, {age: {below: 30}}]}"),  # of ages, the lower shows more
        with_indicator("{b: [yes, unsure]}"),
        with_indicator("{count: {at_least: 3}}"),
        with_indicator("{where: aa_two}"),
        {
            **with_indicator("{mark: high}"),
            QUESTION_FILE: question_with(
                "mark", "combine: highest, options: [{id: low, label: L}, {id: high, label: H}]", "choice"
            ),
        },
        {
            "definitions.yaml": DEFINITIONS.replace(
                "[unsure, declined]", "[unsure, declined, not_asked, unanswered]"
            )
        },
    ],
    ids=["age", "unsure counts too", "number", "option", "highest option", "presumed minor"],
)
def test_conditions_on_signs_are_proved(changes: dict[str, str | None]) -> None:
    assert order_faults(changes) == []


def test_a_counterexample_is_one() -> None:
    """The example that is told lowers the level in a real evaluation too."""
    changes = with_indicator("{all: [{a: yes}, {not: {c: yes}}]}")
    rulebook = check_rule_files(files_with({**SOUND, **changes})).rulebook
    assert rulebook is not None
    (message,) = order_faults(changes)
    told = dict(pair.split(" = ") for pair in message.split("(with ")[1].rstrip(")").split(", "))
    open_answers = {id: Effective(id, UNANSWERED) for id in rulebook.questions}

    def level(c: str) -> tuple[int, int]:
        known = {**told, "c": c}
        assert set(known.values()) <= {"yes", "no"}
        held = {id: Effective(id, "known", value) for id, value in known.items()}
        return level_bounds(rulebook, with_applicability(rulebook, {**open_answers, **held}))

    assert level("yes") < level("no")


# Every answer worth telling apart, and by hand which one shows more: the proof must agree with counting them all out.
DOMAINS: dict[str, list[str | int | tuple[str, ...]]] = {
    **{id: ["unanswered", "unsure", "no", "yes"] for id in "abcd"},
    "age": ["unanswered", "unsure", 30, 17],
    "found": ["unanswered", "unsure", (), ("keys",), ("cards",), ("keys", "cards")],
}
UNKNOWN_STATES = ("unanswered", "unsure")


def shows_more(low: object, high: object, *, settling: bool) -> bool:
    if low in UNKNOWN_STATES:
        return settling and (high in ("yes", 17) or (isinstance(high, tuple) and bool(high)))
    if isinstance(low, tuple) and isinstance(high, tuple):
        return set(low) < set(high)
    return (low, high) in (("no", "yes"), (30, 17))


def counted_out(rulebook: Rulebook) -> set[str]:
    """The questions for which some step to an answer that shows more lowers a bound, found by trying all answers."""
    open_answers = {id: Effective(id, UNANSWERED) for id in rulebook.questions}

    def level(values: tuple[object, ...]) -> tuple[int, int]:
        held = {
            id: Effective(id, value) if value in UNKNOWN_STATES else Effective(id, "known", value)
            for id, value in zip(DOMAINS, values, strict=True)
        }
        return level_bounds(rulebook, with_applicability(rulebook, {**open_answers, **held}))

    levels = {values: level(values) for values in product(*DOMAINS.values())}
    guilty = set()
    for values, (least, most) in levels.items():
        for place, (id, domain) in enumerate(DOMAINS.items()):
            for high in domain:
                after = levels[(*values[:place], high, *values[place + 1 :])]
                if (after[0] < least and shows_more(values[place], high, settling=True)) or (
                    after[1] < most and shows_more(values[place], high, settling=False)
                ):
                    guilty.add(id)
    return guilty


@pytest.mark.parametrize(
    "when",
    [
        "{all: [{c: yes}, {d: yes}]}",
        "{all: [{c: yes}, {d: no}]}",
        "{all: [{d: [unsure, yes]}, {not: {b: yes}}]}",
        "{any: [{c: [yes, unsure]}, {found: {includes: cards}}]}",
        "{not: {all: [{c: yes}, {found: {includes: [keys, cards]}}]}}",
        "{at_least: 2, of: [{c: yes}, {d: yes}, {not: {a: yes}}]}",
        "{all: [{c: unsure}, {age: {below: 18}}]}",
        "{all: [{c: no}, {age: {at_least: 18}}]}",
        "{any: [{age: [unsure]}, {c: yes}]}",
        "{all: [{indicator: minor}, {not: {not: {c: yes}}}]}",
        "{not: {found: {includes: keys}}}",
    ],
)
def test_the_proof_agrees_with_trying_all_answers(when: str) -> None:
    checked = check_rule_files(files_with({**SOUND, **with_indicator(when)}))
    assert checked.rulebook is not None
    named = {fault.message.split("'")[1] for fault in checked.faults if fault.code == "E304"}
    assert named == counted_out(checked.rulebook)


def test_protection_that_is_counted_against_concern_is_found() -> None:
    strengths = RULEBOOK.replace(
        "  - {id: context,", "  - {id: protective, label: P, means: m, background: true}\n  - {id: context,"
    )
    protective = (
        "category: {id: care, label: Care}\nindicators:\n"
        "  - {id: adult_helps, label: H, strength: protective, when: {c: yes}, means: m, sources: [house_one]}\n"
    )
    concern = CONCERN.replace(
        "possible: {when: {findings: {strength: [direct, strong], at_least: 1}}",
        "possible: {when: {all: [{findings: {strength: [direct, strong], at_least: 1}},"
        " {not: {findings: {strength: [protective], at_least: 1}}}]}",
    )
    assert concern != CONCERN
    files: dict[str, str | None] = {"rulebook.yaml": strengths, "indicators/05_care.yaml": protective}
    assert order_faults(files) == []
    assert order_faults({**files, "concern.yaml": concern})
