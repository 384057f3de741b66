"""Looking at a sheet is journalled sheet by sheet, by whoever may see the screening and by nobody else."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from screening.operations.actors import Actor, PermissionRefused
from screening.operations.database import Database
from screening.operations.screenings import ScreeningNotFound
from screening.operations.sheets import note_sheet_viewed
from screening.store.models import JournalEntry
from tests.conftest import SteppingClock
from tests.store.two_agencies import TwoAgencies, opened_by


def sheets_seen(database: Database, actor: Actor) -> list[str]:
    query = select(JournalEntry.detail).where(JournalEntry.action == "sheet.viewed")
    with database.reading(actor) as tx:
        return [
            json.loads(each)["sheet"]
            for each in tx.session.execute(query.order_by(JournalEntry.sequence)).scalars()
        ]


def look(database: Database, actor: Actor, screening_id: str, *sheets: str) -> None:
    for sheet in sheets:
        with database.reading(actor) as tx:
            note_sheet_viewed(tx, screening_id, sheet)


def test_another_sheet_is_another_look_and_the_same_one_is_not(
    database: Database, agencies: TwoAgencies, clock: SteppingClock
) -> None:
    screening_id = opened_by(database, agencies.intake)
    look(database, agencies.intake, screening_id, "judiciary", "judiciary", "prosecution", "judiciary")
    look(database, agencies.supervisor, screening_id, "judiciary")
    assert sheets_seen(database, agencies.intake) == ["judiciary", "prosecution", "judiciary"]

    clock.moment += timedelta(minutes=10)
    look(database, agencies.intake, screening_id, "judiciary")
    assert sheets_seen(database, agencies.intake)[3:] == ["judiciary"]
    assert database.verify().is_sound


def test_in_one_transaction_each_sheet_counts(database: Database, agencies: TwoAgencies) -> None:
    screening_id = opened_by(database, agencies.intake)
    with database.writing(agencies.intake) as tx:
        for sheet in ("judiciary", "prosecution", "judiciary"):
            note_sheet_viewed(tx, screening_id, sheet)
    assert sheets_seen(database, agencies.intake) == ["judiciary", "prosecution"]


def test_nobody_else_looks_and_nothing_is_noted(database: Database, agencies: TwoAgencies) -> None:
    screening_id = opened_by(database, agencies.intake)
    with pytest.raises(ScreeningNotFound):
        look(database, agencies.elsewhere, screening_id, "judiciary")
    for actor in (agencies.administrator, agencies.publisher):
        with pytest.raises(PermissionRefused):
            look(database, actor, screening_id, "judiciary")
    assert sheets_seen(database, agencies.intake) == sheets_seen(database, agencies.elsewhere) == []
