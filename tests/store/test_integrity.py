"""Sealed is sealed: nothing to be read in the files, and whatever is changed or moved shows."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, Update, create_engine, select, text, update

from screening.core.statements import Source
from screening.operations.database import Database, SealBroken
from screening.operations.screenings import complete_screening, find_screening, save_statements
from screening.store.models import Base
from tests.store.two_agencies import RULES, TwoAgencies, opened_by, said

STATEMENTS, SCREENINGS = (Base.metadata.tables[name] for name in ("statements", "screenings"))
CANARIES = ("canaryfreetext", "canaryoptionone", "canaryoptiontwo", "canarycollateral", "canarychoice")
YOUTH_REF = "CANARY-4711"


@pytest.fixture
def screening_id(database: Database, agencies: TwoAgencies) -> str:
    screening_id = opened_by(database, agencies.intake, YOUTH_REF)
    with database.writing(agencies.intake) as tx:
        save_statements(
            tx,
            screening_id,
            [
                said("notes", f"A sentence with {CANARIES[0]} in it", "first"),
                said("items_found", (CANARIES[1], CANARIES[2]), "second", Source.OBSERVED),
                said("heard", CANARIES[3], "third", Source.COLLATERAL),
                said("stays_with", CANARIES[4], "fourth", Source.RECORD),
            ],
        )
        complete_screening(tx, screening_id)
    return screening_id


@pytest.fixture
def tamper(database: Database, screening_id: str, database_url: str) -> Iterator[Callable[[str], None]]:
    """Change the tables as whoever owns them can, past the guards."""
    engine = create_engine(database_url.replace("postgresql://", "postgresql+psycopg://"))

    def change(*statements: str | Update) -> None:
        with engine.begin() as connection:
            if connection.dialect.name == "sqlite":
                for table in ("statements", "journal"):
                    for guarded in ("update", "delete"):
                        connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_no_{guarded}"))
            else:
                connection.execute(text("SET session_replication_role = replica"))
            for statement in statements:
                connection.execute(text(statement) if isinstance(statement, str) else statement)

    yield change
    engine.dispose()


def test_the_files_hold_no_plain_value(
    database: Database, screening_id: str, sqlite_path: Path, database_url: str
) -> None:
    if database_url.startswith("sqlite"):
        with database._connections.inspecting() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(FULL)")
        files = {each.name: each.read_bytes() for each in sqlite_path.parent.iterdir()}
        assert {"screening.sqlite", "screening.sqlite-wal"} <= files.keys()
        assert screening_id.encode() in files["screening.sqlite"], "the rows are in the file that is searched"
    else:
        with database._connections.inspecting() as connection:
            files = {"rows": everything(connection)}
        assert screening_id.encode() in files["rows"]
    for content in files.values():
        for canary in (*CANARIES, YOUTH_REF, "canary4711", "correct horse"):
            assert canary.encode() not in content.lower()
            assert canary.lower().encode() not in content.lower()


def everything(connection: Connection) -> bytes:
    tables = ("agencies", "users", "screenings", "statements", "journal", "rulebooks", "master_keys")
    rows = (row for name in tables for row in connection.execute(select(Base.metadata.tables[name])))
    return b"\n".join(
        value if isinstance(value, bytes) else str(value).encode() for row in rows for value in row
    )


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE statements SET sealed = (SELECT sealed FROM statements WHERE id = 'second') WHERE id = 'first'",
        "UPDATE statements SET question = 'other' WHERE id = 'first'",
        "UPDATE statements SET source = 'record' WHERE id = 'first'",
        "UPDATE statements SET sequence = 9 WHERE id = 'first'",
        "UPDATE statements SET saved_at = '2020-01-01 00:00:00' WHERE id = 'first'",
        "UPDATE statements SET id = 'fifth' WHERE id = 'first'",
        "UPDATE statements SET author_id = (SELECT id FROM users WHERE username = 'colleague') WHERE id = 'first'",
        "UPDATE screenings SET setting = 'child_protection'",
        "UPDATE screenings SET jurisdiction = 'us_ks'",
        "UPDATE screenings SET rulebook_digest = 'ffff'",
        "UPDATE screenings SET opened_on = '2020-01-01'",
        "UPDATE screenings SET opened_at = '2020-01-01 00:00:00'",
        "UPDATE screenings SET opened_by = (SELECT id FROM users WHERE username = 'colleague')",
        "UPDATE screenings SET youth_ref_sealed = wrapped_key",
        "UPDATE screenings SET key_version = 2",
    ],
)
def test_a_changed_row_is_not_shown_and_the_check_tells(
    database: Database, agencies: TwoAgencies, screening_id: str, tamper: Callable[..., None], change: str
) -> None:
    tamper(change)

    with pytest.raises(SealBroken), database.reading(agencies.intake) as tx:
        find_screening(tx, screening_id)
    report = database.verify()
    assert not report.is_sound
    assert not any(canary in str(report).lower() for canary in CANARIES)


def test_a_sealed_value_moved_to_another_screening_does_not_open(
    database: Database, agencies: TwoAgencies, screening_id: str, tamper: Callable[..., None]
) -> None:
    other = opened_by(database, agencies.intake)
    moved = update(STATEMENTS).where(STATEMENTS.c.id == "first").values(screening_id=other)
    tamper(moved)

    with pytest.raises(SealBroken), database.reading(agencies.intake) as tx:
        find_screening(tx, other)
    told = database.verify().faults
    assert any("statement first" in fault for fault in told)
    assert any(f"screening {other} holds statements the journal knows nothing of" in fault for fault in told)


def test_a_whole_screening_moved_to_another_agency_does_not_open(
    database: Database, agencies: TwoAgencies, screening_id: str, tamper: Callable[..., None]
) -> None:
    there = agencies.elsewhere.agency_id
    tamper(*(update(table).values(agency_id=there) for table in (STATEMENTS, SCREENINGS)))

    with pytest.raises(SealBroken), database.reading(agencies.elsewhere) as tx:
        find_screening(tx, screening_id)


def test_a_statement_removed_shows(
    database: Database, screening_id: str, tamper: Callable[..., None]
) -> None:
    tamper("DELETE FROM statements WHERE id = 'second'")

    assert database.verify().faults == (
        f"statements 1 to 4 of screening {screening_id} are not as they were saved",
    )


def test_a_screening_removed_shows(
    database: Database, screening_id: str, tamper: Callable[..., None]
) -> None:
    tamper("DELETE FROM statements", "DELETE FROM screenings")

    assert f"screening {screening_id} is in the journal but not in the database" in database.verify().faults


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE screenings SET status = 'open', completed_at = NULL",
        "UPDATE screenings SET completed_at = '2020-01-01 00:00:00'",
        "UPDATE screenings SET recognised_at = '2020-01-01 00:00:00'",
    ],
)
def test_a_state_changed_behind_the_journal_shows(
    database: Database, screening_id: str, tamper: Callable[..., None], change: str
) -> None:
    tamper(change)

    told = f"screening {screening_id} was completed, reopened or recognised without the journal"
    assert database.verify().faults == (told,)


def test_a_rulebook_that_is_not_there_any_more_is_told_and_is_no_fault(
    database: Database, screening_id: str, tamper: Callable[..., None], database_url: str
) -> None:
    assert database.verify().rulebooks_missing == ()
    guards = ["DROP TRIGGER rulebooks_no_delete"] if database_url.startswith("sqlite") else []

    tamper(*guards, "DELETE FROM rulebooks")

    report = database.verify()
    assert report.is_sound
    assert report.rulebooks_missing == (RULES,)
