"""Words about beds: only ever added, the latest counts for whom it is, and nobody sees what is not theirs."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from bed_directory import ADVICE, BOYS, GIRLS, ROBIN, SECRET, home, with_homes
from directory_files import bring_in
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from screening.core.bed_words import BedWord
from screening.core.placement_shapes import BedRules
from screening.operations.actors import ALLOWED, PermissionRefused, Role, Verb
from screening.operations.beds import (
    NO_WORD,
    BedRefused,
    PlaceNotFound,
    bed_board,
    bed_history,
    bed_words,
    report_beds,
    standing_words,
)
from screening.store.help_models import BedReportRow
from screening.store.models import JournalEntry
from tests.store.two_agencies import add_person

RULES = BedRules(fresh_hours=24, answer_within_hours=(1, 2), facts=())


@pytest.fixture
def editor(database, agencies):
    return with_homes(database, agencies)


def say(database, actor, service_id, status, beds=None, serves=None, who="Desk", at=None, **more):
    with database.writing(actor) as tx:
        return report_beds(tx, service_id, status, beds, serves, who, at, **more)


def words(database, actor, *service_ids, **asked):
    with database.reading(actor) as tx:
        return {id: (word.status, word.beds) for id, word in bed_words(tx, service_ids, **asked).items()}


def board(database, actor, **filters):
    with database.reading(actor) as tx:
        return [each.service_id for each in bed_board(tx, **filters)]


def test_the_latest_word_counts_by_when_it_was_said_not_by_when_it_was_entered(
    database, agencies, editor, clock
):
    say(database, agencies.intake, GIRLS, "available", 2)
    assert words(database, agencies.intake, GIRLS, BOYS) == {GIRLS: ("available", 2)}
    say(database, agencies.intake, GIRLS, "full", at=clock.moment - timedelta(hours=5))
    assert words(database, agencies.intake, GIRLS) == {GIRLS: ("available", 2)}
    say(database, agencies.colleague, GIRLS, "waitlist")
    assert words(database, agencies.intake, GIRLS) == {GIRLS: ("waitlist", None)}
    with database.reading(agencies.intake) as tx:
        history = bed_history(tx, GIRLS)
    assert [(each.word.status, each.recorded_by_name) for each in history] == [
        ("waitlist", "Colleague"),
        ("available", "Intake"),
        ("full", "Intake"),
    ]


def test_what_is_said_for_boys_leaves_what_was_said_for_girls(database, agencies, editor):
    say(database, agencies.intake, ROBIN, "unknown")
    say(database, agencies.intake, ROBIN, "available", 1, "girls")
    say(database, agencies.intake, ROBIN, "full", None, "boys")
    seen = {"girls": ("available", 1), "boys": ("full", None), "transgender": ("unknown", None)}
    for group, word in seen.items():
        assert words(database, agencies.intake, ROBIN, for_whom=[group]) == {ROBIN: word}
    with database.reading(agencies.intake) as tx:
        assert [word.serves for word in standing_words(tx, [ROBIN])[ROBIN]] == ["boys", "girls", None]
    say(database, agencies.intake, ROBIN, "full", None, "all")
    with database.reading(agencies.intake) as tx:
        assert [word.serves for word in standing_words(tx, [ROBIN])[ROBIN]] == ["all"]
    assert words(database, agencies.intake, ROBIN, for_whom=["girls"]) == {ROBIN: ("full", None)}


def test_the_same_form_sent_twice_is_one_word(database, agencies, editor):
    id = str(uuid4())
    assert say(database, agencies.intake, GIRLS, "full", id=id)
    assert not say(database, agencies.intake, GIRLS, "full", id=id)
    with pytest.raises(PlaceNotFound):
        say(database, agencies.intake, BOYS, "full", id=id)
    with database.reading(agencies.intake) as tx:
        assert tx.session.execute(select(func.count(BedReportRow.id))).scalar_one() == 1
        told = tx.session.execute(
            select(JournalEntry.subject).where(JournalEntry.action == "beds.reported")
        ).scalars()
        assert list(told) == [GIRLS]


@pytest.mark.parametrize(
    ("status", "beds", "serves", "who", "ahead"),
    [
        ("empty", None, None, "Desk", 0),
        ("full", 2, None, "Desk", 0),
        ("available", -1, None, "Desk", 0),
        ("available", 1000, None, "Desk", 0),
        ("available", 1, "cats", "Desk", 0),
        ("full", None, None, "  ", 0),
        ("full", None, None, "Desk\nand more", 0),
        ("full", None, None, "D" * 121, 0),
        ("full", None, None, "Desk", 1),
    ],
)
def test_a_word_that_cannot_be_is_refused_and_nothing_is_kept(
    database, agencies, editor, clock, status, beds, serves, who, ahead
):
    with pytest.raises(BedRefused):
        say(
            database, agencies.intake, GIRLS, status, beds, serves, who,
            clock.moment + timedelta(hours=ahead) if ahead else None,
        )  # fmt: skip
    assert words(database, agencies.intake, GIRLS) == {}


def test_another_agencys_place_and_a_secret_one_are_nowhere(database, agencies, editor):
    say(database, agencies.intake, GIRLS, "full")
    assert words(database, agencies.elsewhere, GIRLS) == {}
    assert board(database, agencies.elsewhere) == []
    for actor, place in (
        (agencies.elsewhere, GIRLS),
        (agencies.intake, SECRET),
        (agencies.intake, "no place"),
    ):
        with pytest.raises(PlaceNotFound):
            say(database, actor, place, "full")
        with pytest.raises(PlaceNotFound), database.reading(actor) as tx:
            bed_history(tx, place)


def test_a_place_that_becomes_undisclosed_takes_its_words_with_it(database, agencies, editor):
    say(database, agencies.intake, GIRLS, "available", 3)
    bring_in(database, editor, [home("Girls House", "816-555-0101", "girls", level="undisclosed")])
    assert words(database, agencies.intake, GIRLS) == {}
    assert GIRLS not in board(database, agencies.intake)


def test_the_board_shows_every_place_to_live_also_full_ones_and_those_nobody_spoke_of(
    database, agencies, editor
):
    say(database, agencies.intake, GIRLS, "full")
    assert board(database, agencies.intake) == [BOYS, GIRLS, ROBIN]
    assert board(database, agencies.administrator) == [BOYS, GIRLS]
    assert board(database, agencies.intake, serves="girls") == [GIRLS, ROBIN]
    assert board(database, agencies.intake, status="full") == [GIRLS]
    assert board(database, agencies.intake, status=NO_WORD) == [BOYS, ROBIN]
    say(database, agencies.intake, ADVICE, "unknown")
    assert ADVICE in board(database, agencies.intake)


def test_what_the_directory_does_not_say_leaves_no_place_out(database, agencies, editor):
    bring_in(database, editor, [home("Quiet House", "816-555-0110")], source="other")
    quiet = next(id for id in board(database, agencies.intake) if id not in (BOYS, GIRLS, ROBIN))
    for filters in ({"serves": "girls"}, {"kind": "safe_home"}, {"areas": ("jackson_mo", "us_mo")}):
        assert quiet in board(database, agencies.intake, **filters)


def test_a_look_at_a_confidential_place_is_journalled(database, agencies, editor):
    board(database, agencies.intake)
    with database.reading(agencies.intake) as tx:
        seen = select(JournalEntry.subject).where(
            JournalEntry.action == "directory.confidential_viewed",
            JournalEntry.actor_id == agencies.intake.user_id,
        )
        assert list(tx.session.execute(seen).scalars()) == [ROBIN]


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.GUEST])
def test_who_may_say_how_a_place_stands(database, agencies, editor, role):
    actor = add_person(database, agencies.intake.agency_id, f"one-{role}", role)
    if Verb.REPORT_BEDS in ALLOWED[role]:
        assert say(database, actor, GIRLS, "full")
    else:
        with pytest.raises(PermissionRefused):
            say(database, actor, GIRLS, "full")
    with database.reading(actor) as tx:
        assert bed_words(tx, [GIRLS]) is not None


@given(st.integers(-100, 100))
def test_a_word_holds_for_a_day_and_one_from_the_future_does_not(hours):
    now = datetime(2026, 11, 24, 15, tzinfo=UTC)
    word = BedWord("available", 1, None, "Desk", now - timedelta(hours=hours))
    assert word.is_fresh(now, RULES) == (0 <= hours < 24)
