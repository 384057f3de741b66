from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from screening.core.statements import Source
from screening.operations.database import Database
from screening.operations.screenings import (
    ScreeningCompleted,
    ScreeningNotFound,
    ScreeningRecord,
    ScreeningRefused,
    complete_screening,
    find_screening,
    note_recognised,
    open_screening,
    reopen_screening,
    save_statements,
)
from tests.conftest import SteppingClock
from tests.store.two_agencies import RULES, TwoAgencies, opened_by, said


def found(database: Database, actor: object, screening_id: str) -> ScreeningRecord:
    with database.reading(actor) as tx:
        return find_screening(tx, screening_id)


def test_an_opened_screening_is_found_as_it_was_opened(
    database: Database, agencies: TwoAgencies, clock: SteppingClock
) -> None:
    screening_id = opened_by(database, agencies.intake, "  JC-2026-0417 ")

    record = found(database, agencies.colleague, screening_id)

    assert (record.setting, record.jurisdiction, record.rulebook_digest) == ("detention", "us_mo", "0a1b")
    assert (record.youth_ref, record.opened_by_name, record.status) == ("JC-2026-0417", "Intake", "open")
    assert record.opened_at.tzinfo is UTC
    assert record.opened_on == record.opened_at.date()
    assert (record.completed_at, record.recognised_at, record.statements) == (None, None, ())
    assert record.author_names == {agencies.intake.user_id: "Intake"}


def test_statements_come_back_as_they_were_saved(database: Database, agencies: TwoAgencies) -> None:
    screening_id = opened_by(database, agencies.intake)
    new = [
        said("injured_now", "yes"),
        said("items_found", ("hotel_keys", "second_phone"), source=Source.OBSERVED),
        said("items_found", (), source=Source.RECORD),
        said("missing_episodes", 3),
        said("birth_date", "2010-02-28", source=Source.RECORD),
        said("notes", "Plain words, “quoted”, ünïcode 🌻\nand a line", source=Source.COLLATERAL),
        said("traded_sex", "declined"),
    ]

    with database.writing(agencies.intake) as tx:
        save_statements(tx, screening_id, new[:3])
    with database.writing(agencies.colleague) as tx:
        save_statements(tx, screening_id, new[3:])
    record = found(database, agencies.intake, screening_id)

    assert [(each.id, each.question, each.value, each.source) for each in record.statements] == [
        (each.id, each.question, each.value, each.source) for each in new
    ]
    assert [each.author for each in record.statements] == [agencies.intake.user_id] * 3 + [
        agencies.colleague.user_id
    ] * 4
    assert set(record.author_names.values()) == {"Intake", "Colleague"}
    moments = [each.at for each in record.statements]
    assert moments == sorted(set(moments)), "later is later, never the same moment"


def test_the_screening_has_the_day_it_is_where_the_agency_is(
    open_database: object, database: Database, agencies: TwoAgencies, clock: SteppingClock
) -> None:
    """In the evening in Missouri it is tomorrow in UTC; ages are counted to the screening's day."""
    in_missouri = open_database(timezone=ZoneInfo("America/Chicago"))
    clock.moment = datetime(2026, 11, 25, 3, 30, tzinfo=UTC)

    assert found(database, agencies.intake, opened_by(in_missouri, agencies.intake)).opened_on.day == 24
    assert found(database, agencies.intake, opened_by(database, agencies.intake)).opened_on.day == 25
    clock.moment = clock.moment.astimezone(ZoneInfo("America/Chicago"))
    assert found(database, agencies.intake, opened_by(database, agencies.intake)).opened_on.day == 24


def test_a_clock_without_a_zone_is_refused(
    database: Database, agencies: TwoAgencies, clock: SteppingClock
) -> None:
    clock.moment = clock.moment.replace(tzinfo=None)

    with pytest.raises(ValueError, match="time zone"):
        opened_by(database, agencies.intake)


@pytest.mark.parametrize(
    "change",
    [
        {"setting": ""},
        {"setting": "Detention intake"},
        {"jurisdiction": "us-mo"},
        {"rulebook_digest": ""},
        {"rulebook_digest": "a b"},
        {"rulebook_digest": "0a"},
        {"youth_ref": "x" * 81},
        {"youth_ref": "JC\x00 1"},
        {"youth_ref": "JC\n1"},
    ],
)
def test_a_screening_that_cannot_be_is_not_opened(
    database: Database, agencies: TwoAgencies, change: dict[str, str]
) -> None:
    asked = {
        "setting": "detention",
        "jurisdiction": "us_mo",
        "youth_ref": "JC-1",
        "rulebook_digest": RULES,
    } | change

    with pytest.raises(ScreeningRefused), database.writing(agencies.intake) as tx:
        open_screening(tx, **asked)
    assert database.verify().screenings == 0


@pytest.mark.parametrize(
    "verb", [find_screening, note_recognised, complete_screening, reopen_screening, None]
)
def test_another_agencys_screening_is_not_found_like_one_that_does_not_exist(
    database: Database, agencies: TwoAgencies, verb: object
) -> None:
    screening_id = opened_by(database, agencies.intake)
    told = set()

    for wanted in (
        screening_id,
        "8b0f6f5e-0000-4000-8000-000000000000",
        "",
        "no id",
        "'; --",
        "a\x00b",
        "é" * 300,
    ):
        with pytest.raises(ScreeningNotFound) as caught, database.writing(agencies.elsewhere) as tx:
            verb(tx, wanted) if verb else save_statements(tx, wanted, [said("injured_now", "yes")])
        told.add(str(caught.value))

    assert len(told) == 1
    record = found(database, agencies.intake, screening_id)
    assert (record.status, record.recognised_at, record.statements) == ("open", None, ())


def test_a_completed_screening_takes_nothing_new_until_it_is_reopened(
    database: Database, agencies: TwoAgencies
) -> None:
    screening_id = opened_by(database, agencies.intake)
    with database.writing(agencies.intake) as tx:
        complete_screening(tx, screening_id)

    with pytest.raises(ScreeningCompleted), database.writing(agencies.intake) as tx:
        save_statements(tx, screening_id, [said("injured_now", "yes")])
    completed = found(database, agencies.intake, screening_id)
    with database.writing(agencies.supervisor) as tx:
        reopen_screening(tx, screening_id)
        save_statements(tx, screening_id, [said("injured_now", "yes")])
    reopened = found(database, agencies.intake, screening_id)

    assert (completed.status, completed.completed_at is None, len(completed.statements)) == (
        "completed",
        False,
        0,
    )
    assert (reopened.status, reopened.completed_at, len(reopened.statements)) == ("open", None, 1)
    assert database.verify().is_sound


def test_completing_twice_keeps_the_first_time(database: Database, agencies: TwoAgencies) -> None:
    screening_id = opened_by(database, agencies.intake)
    for _ in range(2):
        with database.writing(agencies.intake) as tx:
            complete_screening(tx, screening_id)
    first = found(database, agencies.intake, screening_id).completed_at
    head = database.verify().head
    with database.writing(agencies.intake) as tx:
        complete_screening(tx, screening_id)

    assert found(database, agencies.intake, screening_id).completed_at == first
    assert database.verify().head == head


def test_concern_is_recognised_once_and_for_good(database: Database, agencies: TwoAgencies) -> None:
    screening_id = opened_by(database, agencies.intake)
    moments = []

    for _ in range(3):
        with database.writing(agencies.intake) as tx:
            moments.append(note_recognised(tx, screening_id))

    assert len(set(moments)) == 1
    assert found(database, agencies.intake, screening_id).recognised_at == moments[0]
    assert moments[0].utcoffset() == timedelta(0)


def test_reopening_an_open_screening_changes_nothing(database: Database, agencies: TwoAgencies) -> None:
    screening_id = opened_by(database, agencies.intake)
    head = database.verify().head

    with database.writing(agencies.intake) as tx:
        reopen_screening(tx, screening_id)

    assert database.verify().head == head
