"""The charge worksheet: three-valued sorting, law then and now, what is asked of whom, what is kept with counsel."""

from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from tiny_rulebook import RULEBOOK, TODAY, said, tiny

from screening.core.charges import (
    LINKS,
    Charge,
    WorksheetLine,
    age_on,
    asks_of_all,
    birth_date,
    kinds_of,
    law_on_age,
    link_of,
    sort_charges,
    visible_charges,
)
from screening.core.evaluation import Assessment, assess
from screening.core.statements import Source, Value
from screening.core.truth import UNKNOWN, YES

CHARGES = """
cautions: [A lawyer decides.]
links:
  - {id: exploitation_itself, label: Itself, means: m}
  - {id: likely_arising, label: Likely, means: m}
  - {id: to_be_shown, label: To be shown, means: m}
  - {id: unrelated, label: None known, means: m}
sources: [house_one]
groups: [{id: all, label: All}]
asks_of_all:
  - {of: counsel, text: Everywhere}
  - {of: intake, text: In A only, jurisdictions: [us_aa]}
age_facts: {text: t, questions: [birth_date, age], of: [counsel], law: [old, new], sources: [house_one]}
reliefs:
  - {id: anywhere, label: Anywhere, plain: p, by: [counsel], sources: [house_one]}
  - {id: in_b, label: In B, plain: p, by: [counsel], jurisdictions: [us_bb], sources: [house_one]}
  - {id: by_new_law, label: By the new law, plain: p, by: [counsel], law: [new], sources: [house_one]}
kinds:
  - id: stepped
    label: Stepped
    group: all
    links:
      - {link: exploitation_itself, when: {a: yes}, reason: because A, sources: [house_one]}
      - {link: likely_arising, when: {b: yes}, reason: because B, sources: [house_one]}
      - {link: to_be_shown, when: {c: yes}, reason: because C, sources: [house_one]}
      - {link: unrelated, reason: none known, sources: [house_one]}
    asks:
      - {of: intake, text: Always, law: [new, old]}
      - {of: counsel, text: Only where likely, links: [likely_arising]}
      - {of: counsel, text: Only in B, jurisdictions: [us_bb]}
    blocks: [Ask whether it blocks.]
    reliefs: [anywhere, in_b, by_new_law]
    law: [old, new, of_b, always]
  - id: by_topic
    label: By topic
    group: all
    links: [{link: to_be_shown, reason: always, sources: [house_one]}]
    law_topics: [charges]
  - id: by_age
    label: By age
    group: all
    links:
      - {link: exploitation_itself, when: {indicator: minor}, reason: young, sources: [house_one]}
      - {link: unrelated, reason: none known, sources: [house_one]}
"""
LAW = """
notes:
  - {id: old, jurisdiction: us_aa, topic: charges, title: Old, plain: p, citation: A 1, in_force_from: "2019-01-01",
      in_force_until: "2022-12-31", verified_on: "2026-11-24", status: confirmed, sources: [house_one]}
  - {id: new, jurisdiction: us_aa, topic: charges, title: New, plain: p, citation: A 2, in_force_from: "2023-01-01",
      verified_on: "2026-11-24", status: confirmed, show_when: {a: no}, sources: [house_one]}
  - {id: of_b, jurisdiction: us_bb, topic: charges, title: Of B, plain: p, citation: B 1, verified_on: "2026-11-24",
      status: confirmed, sources: [house_one]}
  - {id: always, jurisdiction: us, topic: victim, title: Always, plain: p, citation: U 1, verified_on: "2026-11-24",
      status: confirmed, sources: [house_one]}
"""


def book():
    """The tiny rulebook with two states, counsel, notes of law and a worksheet."""
    about = RULEBOOK.replace(
        "{id: us_aa, label: State A, within: us}]",
        "{id: us_aa, label: State A, within: us}, {id: us_bb, label: State B, within: us}]",
    ).replace("[{id: intake, label: Intake}]", "[{id: counsel, label: Counsel}, {id: intake, label: Intake}]")
    return tiny({"rulebook.yaml": about, "law/one.yaml": LAW, "charges.yaml": CHARGES})


BOOK = book()
STEPPED = kinds_of(BOOK)["stepped"]
ANSWERS = some.dictionaries(
    some.sampled_from("abc"), some.sampled_from(["yes", "no", "unsure", "declined", "not_asked"])
)


def assessed(answers: Mapping[str, Value]) -> Assessment:
    return assess(BOOK, [said(question, value) for question, value in answers.items()], TODAY)


def line_of(answers: Mapping[str, Value], charge: Charge, jurisdiction: str = "us_aa") -> WorksheetLine:
    (line,) = sort_charges(assessed(answers), [charge], jurisdiction=jurisdiction, day=TODAY)
    return line


# ---- how a charge is sorted


@pytest.mark.parametrize(
    ("answers", "link", "may_be"),
    [
        ({"a": "yes"}, "exploitation_itself", []),
        ({"a": "no", "b": "yes"}, "likely_arising", []),
        ({"b": "yes"}, "likely_arising", ["exploitation_itself"]),
        ({"a": "no", "b": "no", "c": "yes"}, "to_be_shown", []),
        (
            {"a": "unsure", "b": "declined", "c": "yes"},
            "to_be_shown",
            ["exploitation_itself", "likely_arising"],
        ),
        ({"a": "no", "b": "no", "c": "no"}, "unrelated", []),
    ],
)
def test_the_first_rule_that_holds_decides_and_open_ones_before_it_are_listed(answers, link, may_be):
    found = link_of(assessed(answers), STEPPED)
    assert found.link == link
    assert [each.link for each in found.may_be] == may_be
    assert found.rule is not None
    assert found.rule.link == link
    assert all(each.proof.truth is UNKNOWN for each in found.may_be)


def test_the_proof_is_that_of_the_deciding_rule():
    found = link_of(assessed({"b": "yes"}), STEPPED)
    assert found.proof is not None
    assert found.proof.truth is YES
    assert found.rule is not None
    assert found.rule.reason == "because B"
    assert link_of(assessed({"a": "no", "b": "no", "c": "no"}), STEPPED).proof is None


@pytest.mark.parametrize("open_question", "abc")
@pytest.mark.parametrize("value", [None, "unsure", "declined", "not_asked"])
def test_one_open_answer_is_enough_not_to_be_unrelated(open_question, value):
    """Unknown is not no: what an open answer could still link is to be shown, and which answer that is is told."""
    answers = {question: "no" for question in "abc" if question != open_question}
    if value is not None:
        answers[open_question] = value
    found = link_of(assessed(answers), STEPPED)
    assert found.link == "to_be_shown"
    assert found.rule is None
    assert len(found.may_be) == 1


@given(ANSWERS)
def test_sorting_is_total_and_deterministic(answers):
    found = link_of(assessed(answers), STEPPED)
    again = link_of(assessed(answers), STEPPED)
    assert found.link in LINKS
    assert (found.link, [each.link for each in found.may_be]) == (
        again.link,
        [each.link for each in again.may_be],
    )
    assert found.rule is None or found.rule.link == found.link


@given(ANSWERS, some.sampled_from("abc"))
def test_a_sign_never_moves_a_charge_further_away(answers, sign):
    before = link_of(assessed(answers), STEPPED).link
    after = link_of(assessed({**answers, sign: "yes"}), STEPPED).link
    assert LINKS.index(after) <= LINKS.index(before)


@given(ANSWERS, some.dictionaries(some.sampled_from("abc"), some.sampled_from(["yes", "no"])))
def test_what_open_answers_turn_out_to_be_was_foretold(answers, learned):
    """Whatever is learned on open questions, the charge ends at its link, at one it may be, or, kept open, at unrelated."""
    found = link_of(assessed(answers), STEPPED)
    foretold = {found.link, *(each.link for each in found.may_be)}
    if found.rule is None:
        foretold.add("unrelated")
    firm = {question: value for question, value in answers.items() if value in ("yes", "no")}
    assert link_of(assessed({**learned, **firm}), STEPPED).link in foretold


@given(ANSWERS)
def test_unrelated_means_that_nothing_is_open(answers):
    found = link_of(assessed(answers), STEPPED)
    if found.link == "unrelated":
        assert found.may_be == ()
        assert all(answers.get(question) == "no" for question in "abc")


def test_a_youths_no_never_outweighs_what_was_seen():
    denied = [said("a", "yes", minute=1), said("a", "no", Source.SAID, author="officer_b", minute=2)]
    assert link_of(assess(BOOK, denied, TODAY), STEPPED).link == "exploitation_itself"


# ---- the worksheet


def test_lines_stand_closest_first_and_else_as_entered():
    charges = [
        Charge("1", "by_topic"), Charge("2", "stepped"), Charge("3", "by_topic"), Charge("4", "stepped"),
    ]  # fmt: skip
    lines = sort_charges(assessed({"a": "yes"}), charges, jurisdiction="us_aa", day=TODAY)
    assert [line.charge.id for line in lines] == ["2", "4", "1", "3"]


@given(
    some.lists(
        some.builds(Charge, some.text(max_size=3), some.sampled_from(["stepped", "by_topic", "gone", ""]))
    )
)
def test_every_charge_has_its_line_whatever_its_kind(charges):
    lines = sort_charges(assessed({}), charges, jurisdiction="us_aa", day=TODAY)
    assert sorted(line.charge.id for line in lines) == sorted(charge.id for charge in charges)
    for line in lines:
        assert (line.kind is None) == (line.charge.kind in ("gone", ""))
        assert line.kind is not None or (line.link, line.law, line.asks) == ("to_be_shown", (), ())


def test_a_rulebook_without_a_worksheet_sorts_nothing_and_loses_nothing():
    bare = tiny()
    assert kinds_of(bare) == {}
    assessment = assess(bare, [], TODAY)
    (line,) = sort_charges(assessment, [Charge("1", "theft")], jurisdiction="us_aa", day=TODAY)
    assert (line.kind, line.link) == (None, "to_be_shown")
    assert asks_of_all(bare, jurisdiction="us_aa", day=TODAY) == ()
    assert law_on_age(bare, jurisdiction="us_aa", days=[TODAY]) == ()


# ---- law then and now


def law(line: WorksheetLine) -> dict[str, tuple[bool, bool | None]]:
    return {each.note.id: (each.now, each.then) for each in line.law}


@pytest.mark.parametrize(
    ("offense_on", "expected"),
    [
        (None, {"new": (True, None), "always": (True, None)}),
        (date(2018, 12, 31), {"new": (True, False), "always": (True, True)}),
        (date(2019, 1, 1), {"old": (False, True), "new": (True, False), "always": (True, True)}),
        (date(2022, 12, 31), {"old": (False, True), "new": (True, False), "always": (True, True)}),
        (date(2023, 1, 1), {"new": (True, True), "always": (True, True)}),
    ],
)
def test_the_law_of_the_day_stands_beside_todays(offense_on, expected):
    assert law(line_of({}, Charge("1", "stepped", offense_on))) == expected


def test_law_of_the_place_comes_first_and_other_places_have_none():
    line = line_of({}, Charge("1", "stepped", date(2024, 1, 1)), "us_bb")
    assert [each.note.id for each in line.law] == ["of_b", "always"]


def test_law_by_topic():
    assert law(line_of({}, Charge("1", "by_topic"))) == {"new": (True, None)}


def test_a_note_shown_only_on_other_answers_still_bears_on_the_charge():
    """A note's show_when speaks of today's youth; the charge speaks of another day, so it is not asked here."""
    assert "new" in law(line_of({"a": "yes"}, Charge("1", "stepped")))


@given(some.dates(date(2015, 1, 1), date(2030, 1, 1)))
def test_law_on_the_day_of_the_offense_is_law_on_that_day(offense_on):
    for each in line_of({}, Charge("1", "stepped", offense_on)).law:
        assert each.then is each.note.in_force(offense_on)
        assert each.now is each.note.in_force(TODAY)
        assert each.now or each.then


def test_law_beside_the_facts_on_age_is_of_today_and_of_the_days_of_offenses():
    days = [TODAY, date(2020, 5, 1)]
    assert [note.id for note in law_on_age(BOOK, jurisdiction="us_aa", days=days)] == ["old", "new"]
    assert [note.id for note in law_on_age(BOOK, jurisdiction="us_aa", days=[TODAY])] == ["new"]
    assert law_on_age(BOOK, jurisdiction="us_bb", days=days) == ()


# ---- asks and reliefs


def asked(line: WorksheetLine) -> dict[str, list[str]]:
    return {each.profession: [ask.text for ask, _ in each.asks] for each in line.asks}


def test_asks_go_by_profession_link_and_place():
    charge = Charge("1", "stepped")
    assert asked(line_of({"a": "no", "b": "yes"}, charge)) == {
        "counsel": ["Only where likely"],
        "intake": ["Always"],
    }
    assert asked(line_of({"a": "yes"}, charge)) == {"intake": ["Always"]}
    assert asked(line_of({"a": "yes"}, charge, "us_bb")) == {"counsel": ["Only in B"], "intake": ["Always"]}


def test_an_ask_names_only_law_that_is_law_today():
    (of_intake,) = line_of({"a": "yes"}, Charge("1", "stepped", date(2020, 1, 1))).asks
    ((_, notes),) = of_intake.asks
    assert [note.id for note in notes] == ["new"]


def test_what_is_asked_about_every_charge():
    here = {each.profession: len(each.asks) for each in asks_of_all(BOOK, jurisdiction="us_aa", day=TODAY)}
    there = {each.profession: len(each.asks) for each in asks_of_all(BOOK, jurisdiction="us_bb", day=TODAY)}
    assert (list(here), here, there) == (["counsel", "intake"], {"counsel": 1, "intake": 1}, {"counsel": 1})


def test_a_relief_that_rests_on_law_needs_that_law_here_and_today():
    def reliefs(jurisdiction: str, day: date) -> list[str]:
        (line,) = sort_charges(assessed({}), [Charge("1", "stepped")], jurisdiction=jurisdiction, day=day)
        return [relief.id for relief, _ in line.reliefs]

    assert reliefs("us_aa", TODAY) == ["anywhere", "by_new_law"]
    assert reliefs("us_aa", date(2022, 1, 1)) == ["anywhere"]
    assert reliefs("us_bb", TODAY) == ["anywhere", "in_b"]


# ---- the age on the day, and what stays with counsel


def test_the_age_on_the_day_of_the_offense():
    assessment = assessed({"birth_date": "2008-02-29"})
    assert birth_date(assessment) == date(2008, 2, 29)
    assert age_on(assessment, date(2026, 2, 28)) == 17
    assert age_on(assessment, date(2026, 3, 1)) == 18
    assert age_on(assessment, date(2008, 2, 28)) is None
    assert age_on(assessment, None) is None
    assert line_of({"birth_date": "2008-02-29"}, Charge("1", "stepped", date(2020, 1, 1))).age_then == 11


def test_the_age_on_the_day_tells_how_the_charge_would_stand_then():
    grown = {"birth_date": "2006-05-01"}
    then = line_of(grown, Charge("1", "by_age", date(2022, 5, 1)))
    assert (then.link, then.age_then, then.link_by_age_then) == ("unrelated", 16, "exploitation_itself")
    later = line_of(grown, Charge("1", "by_age", date(2024, 5, 1)))
    assert (later.link, later.age_then, later.link_by_age_then) == ("unrelated", 18, None)
    unknown = line_of(grown, Charge("1", "by_age"))
    assert (unknown.link, unknown.age_then, unknown.link_by_age_then) == ("unrelated", None, None)


@pytest.mark.parametrize("answers", [{}, {"birth_date": "unsure"}, {"age": 15}])
def test_no_age_is_made_up(answers):
    assert birth_date(assessed(answers)) is None
    assert age_on(assessed(answers), TODAY) is None


@settings(max_examples=50)
@given(
    some.lists(some.builds(Charge, some.text(max_size=2), some.just("stepped"), some.none(), some.booleans()))
)
def test_what_stays_with_counsel_is_on_no_other_sheet(charges):
    shown = visible_charges(charges)
    assert not any(charge.privileged for charge in shown)
    assert shown == tuple(charge for charge in charges if not charge.privileged)
    assert visible_charges(charges, privileged=True) == tuple(charges)


def test_counsel_keeping_a_charge_changes_nothing_about_how_it_is_sorted():
    plain, kept = (
        line_of({"b": "yes"}, Charge("1", "stepped", None, privileged)) for privileged in (False, True)
    )
    assert (plain.link, law(plain), asked(plain)) == (kept.link, law(kept), asked(kept))


def test_a_day_to_come_does_no_harm():
    line = line_of({}, Charge("1", "stepped", TODAY + timedelta(days=400)))
    assert law(line) == {"new": (True, True), "always": (True, True)}
