"""Which notes of law are listed for review."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_rulebook import tiny

from screening.core.law_review import months_before, stale_notes, unconfirmed_notes

SOURCES = """
sources:
  - {id: house_one, title: House consensus, as_of: "2010-01-01", evidence: house}
  - {id: old_copy, title: Old copy, as_of: "2015-03-01", evidence: confirmed}
  - {id: new_copy, title: New copy, as_of: "2026-10-01", evidence: confirmed}
"""


def note(id: str, *, verified: str = "2026-11-24", source: str = "new_copy", more: str = "") -> str:
    return (
        f'  - {{id: {id}, jurisdiction: us_aa, topic: victim, title: T, plain: p, citation: "1",'
        f' verified_on: "{verified}", status: confirmed, sources: [{source}]{more}}}\n'
    )


def reviewed(*notes: str) -> list[str]:
    rulebook = tiny({"sources/house.yaml": SOURCES, "law/a.yaml": "notes:\n" + "".join(notes)})
    return [each.note.id for each in stale_notes(rulebook, date(2026, 11, 24))]


def test_a_note_checked_long_ago_or_resting_on_an_old_copy_is_listed_stalest_first():
    assert reviewed(
        note("fresh"),
        note("checked_long_ago", verified="2024-11-23"),
        note("on_an_old_copy", source="old_copy"),
        note("on_old_and_new", source="new_copy, old_copy"),
    ) == ["on_an_old_copy", "on_old_and_new", "checked_long_ago"]


def test_exactly_two_years_is_not_yet_stale():
    assert reviewed(note("on_the_day", verified="2024-11-24")) == []


def test_the_houses_own_reasoning_is_no_old_copy():
    assert reviewed(note("ours", source="house_one")) == []


def test_law_that_has_ended_is_history_and_not_listed():
    assert reviewed(note("ended", source="old_copy", more=', in_force_until: "2020-12-31"')) == []


def test_other_months_move_the_line():
    rulebook = tiny(
        {"sources/house.yaml": SOURCES, "law/a.yaml": "notes:\n" + note("a", verified="2026-01-01")}
    )
    assert stale_notes(rulebook, date(2026, 11, 24)) == ()
    assert [each.oldest for each in stale_notes(rulebook, date(2026, 11, 24), months=6)] == [date(2026, 1, 1)]


@pytest.mark.parametrize(
    ("today", "months", "expected"),
    [
        (date(2026, 11, 24), 24, date(2024, 11, 24)),
        (date(2026, 1, 31), 2, date(2025, 11, 30)),
        (date(2024, 2, 29), 12, date(2023, 2, 28)),
        (date(2026, 12, 1), 0, date(2026, 12, 1)),
    ],
)
def test_months_before(today, months, expected):
    assert months_before(today, months) == expected


@given(st.dates(date(1950, 1, 1), date(2100, 1, 1)), st.integers(0, 240), st.integers(0, 240))
def test_more_months_never_give_a_later_day(today, one, other):
    fewer, more = sorted((one, other))
    assert months_before(today, more) <= months_before(today, fewer) <= today


def test_what_waits_for_a_lawyer_is_listed_by_place():
    waiting = note("state").replace("confirmed", "verify_with_counsel")
    nation = note("nation").replace("confirmed", "verify_with_counsel").replace("us_aa", "us")
    rulebook = tiny(
        {"sources/house.yaml": SOURCES, "law/a.yaml": "notes:\n" + note("sure") + waiting + nation}
    )
    assert [each.id for each in unconfirmed_notes(rulebook)] == ["nation", "state"]
