"""The call log: only ever added, its words sealed, counted for a place without naming whom a call was about."""

from datetime import timedelta
from uuid import uuid4

import pytest
from bed_directory import BOYS, GIRLS, SECRET, with_homes
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from screening.operations.actors import PermissionRefused
from screening.operations.beds import BedRefused, PlaceNotFound, attempts_of, recent_attempts, record_attempt
from screening.operations.screenings import ScreeningNotFound
from screening.store.help_models import ContactAttemptRow
from screening.store.models import JournalEntry
from tests.store.two_agencies import opened_by

WORDS = {"spoke_with": "Ms. Desk", "note": "Ask again at six"}


@pytest.fixture
def screening_id(database, agencies):
    with_homes(database, agencies)
    return opened_by(database, agencies.intake)


def call(database, actor, screening_id, service_id=GIRLS, outcome="no_answer", at=None, words=None, **more):
    with database.writing(actor) as tx:
        return record_attempt(tx, screening_id, service_id, outcome, at, words, **more)


def listed(database, actor, screening_id):
    with database.reading(actor) as tx:
        return attempts_of(tx, screening_id)


def counts(database, actor, **asked):
    with database.reading(actor) as tx:
        return {id: dict(each) for id, each in recent_attempts(tx, [GIRLS, BOYS], **asked).items()}


def test_every_try_is_listed_newest_first_by_when_it_was(database, agencies, screening_id, clock):
    call(database, agencies.intake, screening_id, outcome="no_bed", words=WORDS)
    call(database, agencies.colleague, screening_id, BOYS, at=clock.moment - timedelta(hours=3))
    found = listed(database, agencies.supervisor, screening_id)
    assert [(each.service_id, each.outcome, each.recorded_by_name) for each in found] == [
        (GIRLS, "no_bed", "Intake"),
        (BOYS, "no_answer", "Colleague"),
    ]
    assert [dict(each.words) for each in found] == [WORDS, {}]


def test_calls_to_a_place_are_counted_over_all_screenings_of_the_agency(
    database, agencies, screening_id, clock
):
    other = opened_by(database, agencies.colleague)
    call(database, agencies.intake, screening_id, at=clock.moment - timedelta(days=20))
    for each in (screening_id, other, other):
        call(database, agencies.intake, each)
    call(database, agencies.intake, other, outcome="no_bed")
    assert counts(database, agencies.intake) == {GIRLS: {"no_answer": 3, "no_bed": 1}}
    assert counts(database, agencies.intake, days=30) == {GIRLS: {"no_answer": 4, "no_bed": 1}}
    assert counts(database, agencies.elsewhere) == {}


def test_the_same_form_sent_twice_is_one_call(database, agencies, screening_id):
    id = str(uuid4())
    assert call(database, agencies.intake, screening_id, id=id) == (id, True)
    assert call(database, agencies.intake, screening_id, id=id) == (id, False)
    assert len(listed(database, agencies.intake, screening_id)) == 1
    with pytest.raises(PlaceNotFound):
        call(database, agencies.intake, opened_by(database, agencies.intake), id=id)
    with database.reading(agencies.intake) as tx:
        told = select(JournalEntry.detail).where(JournalEntry.action == "contact.tried")
        assert len(list(tx.session.execute(told).scalars())) == 1


def test_the_words_cannot_be_read_in_the_database_and_a_call_is_never_changed(
    database, agencies, screening_id
):
    call(database, agencies.intake, screening_id, words=WORDS)
    with database.reading(agencies.intake) as tx:
        row = tx.session.execute(select(ContactAttemptRow)).scalar_one()
    assert b"Desk" not in row.sealed
    assert b"six" not in row.sealed
    with pytest.raises(DBAPIError, match="only ever added"), database.writing(agencies.intake) as tx:
        tx.session.execute(update(ContactAttemptRow).values(service_id=BOYS))
    assert [each.service_id for each in listed(database, agencies.intake, screening_id)] == [GIRLS]


@pytest.mark.parametrize(
    "changes",
    [
        {"outcome": "Not An Outcome"},
        {"words": {"youth": "somebody"}},
        {"words": {"note": "n" * 301}},
        {"words": {"note": "one\ntwo"}},
        {"service_id": SECRET},
        {"service_id": "nowhere"},
        {"id": "no id"},
    ],
)
def test_a_call_that_cannot_be_is_refused_and_nothing_is_kept(database, agencies, screening_id, changes):
    with pytest.raises(BedRefused):
        call(database, agencies.intake, screening_id, **changes)
    assert listed(database, agencies.intake, screening_id) == ()


def test_a_call_lies_in_the_past(database, agencies, screening_id, clock):
    with pytest.raises(BedRefused):
        call(database, agencies.intake, screening_id, at=clock.moment + timedelta(hours=1))


def test_another_agency_and_people_who_place_nobody_see_no_call(database, agencies, screening_id):
    call(database, agencies.intake, screening_id)
    with pytest.raises(ScreeningNotFound):
        listed(database, agencies.elsewhere, screening_id)
    with pytest.raises(ScreeningNotFound):
        call(database, agencies.elsewhere, screening_id)
    for verb in (
        lambda tx: attempts_of(tx, screening_id),
        lambda tx: recent_attempts(tx, [GIRLS]),
        lambda tx: record_attempt(tx, screening_id, GIRLS, "no_bed"),
    ):
        with pytest.raises(PermissionRefused), database.writing(agencies.publisher) as tx:
            verb(tx)
