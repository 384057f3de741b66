import json
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DatabaseError

from screening.operations.database import Database
from screening.operations.screenings import save_statements
from screening.store.faults import JournalFault
from screening.store.journal import GENESIS, JournalHead
from screening.store.journal_actions import DETAIL_FIELDS, AuditAction, checked_detail
from tests.store.two_agencies import TwoAgencies, opened_by, said

GUARDED = ("statements", "journal", "rulebooks")


@pytest.fixture
def outside(database_url: str, database: Database) -> Iterator[Callable[..., Connection]]:
    """A connection as an intruder with the database's own password has it."""
    engine = create_engine(database_url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        yield connection
        connection.rollback()
    engine.dispose()


@pytest.fixture
def screening_id(database: Database, agencies: TwoAgencies) -> str:
    screening_id = opened_by(database, agencies.intake)
    with database.writing(agencies.intake) as tx:
        save_statements(tx, screening_id, [said("injured_now", "yes"), said("traded_sex", "no")])
    return screening_id


def without_guards(connection: Connection, table: str) -> None:
    """What only whoever may change the tables themselves can do."""
    if connection.dialect.name == "sqlite":
        connection.execute(text(f"DROP TRIGGER {table}_no_update"))
        connection.execute(text(f"DROP TRIGGER {table}_no_delete"))
    else:
        connection.execute(text("SET session_replication_role = replica"))


def test_every_action_has_its_fields_and_a_name_of_two_parts() -> None:
    assert set(DETAIL_FIELDS) == set(AuditAction)
    for action in AuditAction:
        subject, verb = action.value.split(".")
        assert subject.isidentifier()
        assert verb.isidentifier()


@pytest.mark.parametrize(
    "detail",
    [
        {},
        {"role": "supervisor", "name": "Ines"},
        {"name": "Ines"},
        {"role": 1},
        {"role": True},
        {"role": ""},
        {"role": "a free text"},
        {"role": "Ines\n"},
        {"role": "x" * 129},
    ],
)
def test_details_that_do_not_fit_are_refused(detail: dict[str, str | int]) -> None:
    with pytest.raises(JournalFault):
        checked_detail(AuditAction.USER_CREATED, detail)


def test_a_wrong_detail_stops_the_whole_transaction(database: Database, agencies: TwoAgencies) -> None:
    before = database.verify().head

    with pytest.raises(JournalFault), database.writing(agencies.intake) as tx:
        tx.journal.record(AuditAction.SCREENING_COMPLETED, "id", reason="Youth A said so")

    assert database.verify().head == before


def test_entries_tell_who_did_what_to_what(
    outside: Connection, agencies: TwoAgencies, screening_id: str
) -> None:
    rows = outside.execute(
        text("SELECT * FROM journal WHERE subject = :id ORDER BY sequence"), {"id": screening_id}
    )

    opened, saved = rows.mappings()

    assert (opened["action"], saved["action"]) == ("screening.opened", "statements.saved")
    assert opened["actor_id"] == saved["actor_id"] == agencies.intake.user_id
    assert opened["agency_id"] == agencies.intake.agency_id
    assert json.loads(opened["detail"]) == {
        "setting": "detention",
        "jurisdiction": "us_mo",
        "rulebook": "0a1b",
    }
    assert json.loads(saved["detail"])["kept"] == 2


def test_the_chain_begins_at_zero_and_has_no_gaps(outside: Connection, screening_id: str) -> None:
    rows = outside.execute(text("SELECT sequence, previous_hash, hash FROM journal ORDER BY sequence")).all()

    assert [row.sequence for row in rows] == list(range(1, len(rows) + 1))
    assert [row.previous_hash for row in rows] == [GENESIS, *(row.hash for row in rows[:-1])]


def test_a_sound_store_verifies(database: Database, screening_id: str) -> None:
    report = database.verify()

    assert report.is_sound, report.faults
    assert (report.screenings, report.statements) == (1, 2)
    assert report.head.sequence > 5


def test_an_undone_transaction_leaves_no_entry(database: Database, agencies: TwoAgencies) -> None:
    before = database.verify().head

    def record_and_fail() -> None:
        with database.writing(agencies.intake) as tx:
            tx.journal.record(AuditAction.SCREENING_COMPLETED, "id")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        record_and_fail()

    assert database.verify().head == before


@pytest.mark.parametrize("table", GUARDED)
@pytest.mark.parametrize("change", ["UPDATE {} SET {} = {}", "DELETE FROM {}"])
def test_the_database_refuses_to_change_or_remove(
    outside: Connection, database: Database, screening_id: str, table: str, change: str
) -> None:
    column = {"statements": "question", "journal": "action", "rulebooks": "version"}[table]
    if table == "rulebooks":
        outside.execute(text("INSERT INTO rulebooks VALUES ('d', 'v', '2026-11-24 15:00:00', '')"))

    with pytest.raises(DatabaseError, match=f"{table} are only ever added to"):
        outside.execute(text(change.format(table, column, column)))


def test_the_database_refuses_to_empty_a_table(outside: Connection, screening_id: str) -> None:
    if outside.dialect.name != "postgresql":
        return  # SQLite has no TRUNCATE
    for table in GUARDED:
        with pytest.raises(DatabaseError, match="only ever added to"), outside.begin_nested():
            outside.execute(text(f"TRUNCATE {table} CASCADE"))


def test_the_program_cannot_replace_a_row_either(database: Database, screening_id: str) -> None:
    """SQLite's REPLACE removes the old row without asking the trigger, unless the connection is set up to ask."""
    with database._connections.administering() as connection:
        if connection.dialect.name != "sqlite":
            return
        with pytest.raises(DatabaseError, match="statements are only ever added to"):
            connection.execute(text("INSERT OR REPLACE INTO statements SELECT * FROM statements"))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("UPDATE journal SET detail = '{}' WHERE sequence = 3", "entry 3 was changed"),
        ("UPDATE journal SET actor_id = 'somebody' WHERE sequence = 3", "entry 3 was changed"),
        ("UPDATE journal SET at = '2020-01-01 00:00:00' WHERE sequence = 3", "entry 3 was changed"),
        ("UPDATE journal SET agency_id = 'other' WHERE sequence = 1", "entry 1 was changed"),
        ("DELETE FROM journal WHERE sequence = 3", "entry 3 is missing"),
        ("DELETE FROM journal WHERE sequence = 1", "entry 1 is missing"),
        ("UPDATE journal SET hash = previous_hash WHERE sequence = 3", "entry 4 does not continue"),
    ],
)
def test_what_got_past_the_guards_shows(
    outside: Connection, database: Database, screening_id: str, change: str, told: str
) -> None:
    without_guards(outside, "journal")
    outside.execute(text(change))
    outside.commit()

    report = database.verify()

    assert not report.is_sound
    assert any(told in fault for fault in report.faults), report.faults


def test_a_tail_cut_off_shows_against_a_head_noted_elsewhere(
    outside: Connection, database: Database, screening_id: str
) -> None:
    noted = database.verify().head
    without_guards(outside, "journal")
    outside.execute(text("DELETE FROM journal WHERE sequence > 3"))
    outside.commit()

    report = database.verify(noted)

    assert any(f"entry {noted.sequence}, is not in the journal" in fault for fault in report.faults)


def test_a_head_noted_earlier_is_found_again(
    database: Database, agencies: TwoAgencies, screening_id: str
) -> None:
    noted = database.verify().head
    opened_by(database, agencies.intake)

    assert database.verify(noted).is_sound
    assert database.verify(JournalHead(0, GENESIS)).is_sound
    assert not database.verify(JournalHead(noted.sequence, "0" * 64)).is_sound
