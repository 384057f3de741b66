"""Looking is journalled too, without making every page view a write."""

import json
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from screening.operations.actors import Actor
from screening.operations.database import Database
from screening.operations.screenings import ScreeningNotFound, find_screening, list_screenings
from screening.store.models import JournalEntry
from tests.conftest import SteppingClock
from tests.store.two_agencies import TwoAgencies, opened_by

LOOKS = ("screening.viewed", "screening.listed", "screening.searched")


def looks(database: Database, actor: Actor) -> list[tuple[str, str, str]]:
    """Who looked at what, as the actor's agency can read it in the journal."""
    query = select(JournalEntry.action, JournalEntry.actor_id, JournalEntry.subject)
    with database.reading(actor) as tx:
        rows = tx.session.execute(query.where(JournalEntry.action.in_(LOOKS)).order_by(JournalEntry.sequence))
        return [tuple(row) for row in rows]


def look(database: Database, actor: Actor, screening_id: str, times: int = 1) -> None:
    for _ in range(times):
        with database.reading(actor) as tx:
            find_screening(tx, screening_id)


@pytest.fixture
def screening_id(database: Database, agencies: TwoAgencies) -> str:
    return opened_by(database, agencies.intake)


def test_a_view_is_journalled_before_the_page_can_leave(
    database: Database, agencies: TwoAgencies, screening_id: str
) -> None:
    look(database, agencies.supervisor, screening_id)

    assert looks(database, agencies.intake) == [
        ("screening.viewed", agencies.supervisor.user_id, screening_id)
    ]
    assert database.verify().is_sound


def test_looking_again_within_ten_minutes_writes_nothing(
    database: Database, agencies: TwoAgencies, screening_id: str, clock: SteppingClock
) -> None:
    look(database, agencies.intake, screening_id)
    head = database.verify().head
    look(database, agencies.intake, screening_id, times=50)
    assert database.verify().head == head

    clock.moment += timedelta(minutes=10)
    look(database, agencies.intake, screening_id, times=3)
    assert len(looks(database, agencies.intake)) == 2


def test_each_person_and_each_screening_counts_for_itself(
    database: Database, agencies: TwoAgencies, screening_id: str
) -> None:
    other = opened_by(database, agencies.intake)

    for actor in (agencies.intake, agencies.colleague):
        for each in (screening_id, other):
            look(database, actor, each, times=2)

    assert len(set(looks(database, agencies.intake))) == len(looks(database, agencies.intake)) == 4


def test_a_look_while_writing_goes_into_the_same_transaction(
    database: Database, agencies: TwoAgencies, screening_id: str
) -> None:
    before = database.verify().head.sequence
    for _ in range(2):
        with database.writing(agencies.intake) as tx:
            find_screening(tx, screening_id)
            find_screening(tx, screening_id)

    assert database.verify().head.sequence == before + 1


@pytest.mark.parametrize("way", ["reading", "writing"])
def test_what_was_seen_is_journalled_even_when_the_request_fails_afterwards(
    database: Database, agencies: TwoAgencies, screening_id: str, way: str
) -> None:
    def look_and_fail() -> None:
        with getattr(database, way)(agencies.intake) as tx:
            find_screening(tx, screening_id)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        look_and_fail()

    assert len(looks(database, agencies.intake)) == 1


def test_looking_for_what_is_not_there_is_no_view(
    database: Database, agencies: TwoAgencies, screening_id: str
) -> None:
    with pytest.raises(ScreeningNotFound):
        look(database, agencies.elsewhere, screening_id)

    assert looks(database, agencies.intake) == looks(database, agencies.elsewhere) == []


def test_a_read_that_cannot_be_journalled_fails(
    database: Database, agencies: TwoAgencies, screening_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise OSError("disk full")

    with monkeypatch.context() as patched:
        patched.setattr("screening.store.journal.Journal.write", fail)
        with pytest.raises(OSError, match="disk full"):
            look(database, agencies.intake, screening_id)
    assert looks(database, agencies.intake) == []

    look(database, agencies.intake, screening_id)
    assert len(looks(database, agencies.intake)) == 1, "the failed one was not taken for written"


def test_listing_and_searching_are_journalled_without_the_case_number(
    database: Database, agencies: TwoAgencies, screening_id: str
) -> None:
    for youth_ref in (None, "JC-2026-0417", "jc 2026 0417", "JC-9"):
        with database.reading(agencies.intake) as tx:
            list_screenings(tx, page=1, youth_ref=youth_ref)

    written = looks(database, agencies.intake)
    assert [action for action, *_ in written] == [
        "screening.listed",
        "screening.searched",
        "screening.searched",
    ]
    with database.reading(agencies.intake) as tx:
        entries = tx.session.execute(select(JournalEntry.subject, JournalEntry.detail)).all()
    assert "2026-0417" not in json.dumps([list(entry) for entry in entries])
    assert "20260417" not in json.dumps([list(entry) for entry in entries])


def test_many_readers_at_once_write_a_view_at_most_once_each(
    database: Database, agencies: TwoAgencies, screening_id: str
) -> None:
    threads = [
        threading.Thread(target=look, args=(database, agencies.intake, screening_id, 10)) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert 1 <= len(looks(database, agencies.intake)) <= 8
    assert database.verify().is_sound


def test_another_process_writes_its_own_view(
    open_database: Callable[..., Database], agencies: TwoAgencies, screening_id: str
) -> None:
    """It does not know what this one wrote: rather once too often than not at all."""
    for _ in range(2):
        look(open_database(), agencies.intake, screening_id, times=2)

    assert len(looks(open_database(), agencies.intake)) == 2
