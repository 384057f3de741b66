"""Every migration is walked up and down, with and without data, on both databases."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import (
    Connection,
    Inspector,
    column,
    delete,
    func,
    insert,
    inspect,
    select,
    table,
    text,
    update,
)
from sqlalchemy.exc import DatabaseError

from screening.operations.database import Database
from screening.store import schema
from screening.store.connections import Connections
from screening.store.faults import DatabaseFault
from screening.store.integrity import _rulebooks_missing
from screening.store.models import Base
from tests.store.postgres_cluster import Cluster

REVISIONS = [step.revision for step in ScriptDirectory(str(schema._FOLDER)).walk_revisions()][::-1]
MOMENT = "2026-11-24 15:00:00"
ROWS = {
    "agencies": {"id": "a", "name": "Agency", "demonstration": False, "created_at": MOMENT},
    "users": {
        "id": "u", "agency_id": "a", "username": "u", "name": "U", "role": "supervisor", "password_hash": "h",
        "session_stamp": "s", "active": True, "failed_sign_ins": 0, "created_at": MOMENT,
    },
    "rulebooks": {"digest": "d", "version": "1", "published_at": MOMENT, "files": b"1"},
    "screenings": {
        "id": "s", "agency_id": "a", "opened_by": "u", "opened_at": MOMENT, "opened_on": "2026-11-24",
        "setting": "detention", "jurisdiction": "us_mo", "status": "open", "rulebook_digest": "d",
        "youth_ref_sealed": b"1", "wrapped_key": b"1", "key_version": 1,
    },
    "statements": {
        "id": "st", "agency_id": "a", "screening_id": "s", "question": "q", "source": "said", "author_id": "u",
        "saved_at": MOMENT, "sequence": 1, "sealed": b"1",
    },
    "journal": {
        "sequence": 1, "at": MOMENT, "actor_id": "u", "agency_id": "a", "action": "screening.opened",
        "subject": "s", "detail": "{}", "previous_hash": "0" * 64, "hash": "1" * 64,
    },
    "master_keys": {"version": 1, "fingerprint": "f", "first_used_at": MOMENT},
}  # fmt: skip
"""A row of every table as the first migration made them."""


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, sqlite_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{sqlite_path}"
    cluster: Cluster = request.getfixturevalue("postgres_cluster")
    return cluster.without_tables("without_tables")


@pytest.fixture
def connections(empty_url: str) -> Iterator[Connections]:
    connections = Connections(empty_url)
    yield connections
    connections.close()


def shape(connections: Connections) -> dict[str, Any]:
    """Tables, columns, constraints, indexes and triggers, as the database itself describes them."""
    with connections.inspecting() as connection:
        inspector = inspect(connection)
        described = {
            name: [_named(inspector, name), *(map(str, _columns(inspector, name)))]
            for name in inspector.get_table_names()
        }
        return {**described, "triggers": _triggers(connection)}


def _named(inspector: Inspector, table_name: str) -> list[str]:
    every = (
        inspector.get_check_constraints(table_name)
        + inspector.get_foreign_keys(table_name)
        + inspector.get_unique_constraints(table_name)
        + inspector.get_indexes(table_name)
        + [inspector.get_pk_constraint(table_name)]
    )
    return sorted(str(each["name"]) for each in every)


def _columns(inspector: Inspector, table_name: str) -> Iterator[tuple[str, str, bool]]:
    for each in inspector.get_columns(table_name):
        yield each["name"], str(each["type"]), each["nullable"]


def _triggers(connection: Connection) -> list[str]:
    if connection.dialect.name == "sqlite":
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
    else:
        query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY tgname"
    return list(connection.execute(text(query)).scalars())


def insert_a_row_everywhere(connections: Connections) -> None:
    with connections.administering() as connection:
        for table_name, row in ROWS.items():
            add(connection, table_name, row)


def add(connection: Connection, table_name: str, row: dict[str, Any]) -> None:
    connection.execute(insert(table(table_name, *map(column, row))), row)


def rows_everywhere(connections: Connections) -> dict[str, int]:
    with connections.inspecting() as connection:
        return {
            name: connection.execute(select(func.count()).select_from(table(name))).scalar_one()
            for name in ROWS
        }


def test_the_newest_tables_are_those_of_the_models(connections: Connections) -> None:
    schema.upgrade(connections)

    with connections.inspecting() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, Base.metadata) == []


def test_the_named_constraints_are_those_of_the_models(connections: Connections) -> None:
    """The comparison above leaves out CHECK constraints and does not ask for names."""
    schema.upgrade(connections)
    migrated = shape(connections)

    schema.downgrade(connections, "base")
    with connections.administering() as connection:
        Base.metadata.create_all(connection)

    for name, description in shape(connections).items():
        if name not in ("triggers", "alembic_version"):
            assert migrated[name][0] == description[0]


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_migration_goes_up_and_down_and_up(connections: Connections, revision: str) -> None:
    place = REVISIONS.index(revision)
    before = REVISIONS[place - 1] if place else "base"
    if place:
        schema.upgrade(connections, before)
    shape_before = shape(connections)

    schema.upgrade(connections, revision)
    shape_after = shape(connections)
    schema.downgrade(connections, before)
    shape_back = shape(connections)
    schema.upgrade(connections, revision)

    shape_back.pop("alembic_version", None)
    shape_before.pop("alembic_version", None)
    assert shape_back == shape_before
    assert shape(connections) == shape_after
    assert shape_after != shape_before


@pytest.mark.parametrize("revision", REVISIONS)
def test_an_upgrade_keeps_the_data(connections: Connections, revision: str) -> None:
    schema.upgrade(connections, REVISIONS[0])
    insert_a_row_everywhere(connections)

    schema.upgrade(connections, revision)
    schema.upgrade(connections)

    assert set(rows_everywhere(connections).values()) == {1}
    for guarded in ("statements", "journal", "rulebooks", "rulebooks_shipped"):
        with (
            pytest.raises(DatabaseError, match="only ever added to"),
            connections.administering() as connection,
        ):
            connection.execute(delete(table(guarded)))


PUBLISHED = {
    "rulebook_offers": {
        "agency_id": "a", "digest": "d", "offered_by": "u", "offered_at": MOMENT, "licensed_files": 0, "report": "{}",
    },
    "rulebook_publications": {
        "id": "p", "agency_id": "a", "sequence": 1, "digest": "d", "published_by": "u", "published_at": MOMENT,
        "reason": "r", "replaces": "e",
    },
}  # fmt: skip


@pytest.fixture
def published(connections: Connections) -> Connections:
    """The newest tables with a publisher, and what one did."""
    schema.upgrade(connections)
    insert_a_row_everywhere(connections)
    with connections.administering() as connection:
        add(connection, "rulebooks", ROWS["rulebooks"] | {"digest": "e"})
        add(
            connection,
            "users",
            ROWS["users"] | {"id": "p", "username": "p", "role": "rulebook_publisher"},
        )
        for table_name, row in PUBLISHED.items():
            add(connection, table_name, row)
    return connections


def value(connections: Connections, query: str) -> Any:
    with connections.inspecting() as connection:
        return connection.execute(text(query)).scalars().all()


@pytest.mark.parametrize("guarded", PUBLISHED)
def test_what_was_offered_and_published_is_never_changed_or_removed(
    published: Connections, guarded: str
) -> None:
    rows = table(guarded, column("digest"))
    for change in (delete(rows), update(rows).values(digest="e")):
        with (
            pytest.raises(DatabaseError, match="only ever added to"),
            published.administering() as connection,
        ):
            connection.execute(change)


def test_a_downgrade_below_publishing_closes_the_publishers_and_keeps_the_rest(
    published: Connections,
) -> None:
    schema.downgrade(published, "0002")

    assert value(published, "SELECT digest FROM rulebooks ORDER BY digest") == ["d", "e"]
    assert value(published, "SELECT rulebook_digest FROM screenings") == ["d"]
    assert value(published, "SELECT username FROM users WHERE active") == ["u"]
    assert value(published, "SELECT role FROM users WHERE id = 'p'") == ["intake_staff"]

    schema.upgrade(published)
    assert value(published, "SELECT digest FROM rulebooks_shipped ORDER BY digest") == ["d", "e"]
    with pytest.raises(DatabaseError, match="only ever added to"), published.administering() as connection:
        connection.execute(text("DELETE FROM statements"))


def test_a_screening_whose_rulebook_nobody_kept_survives_the_upgrade_and_no_new_one_can_be_opened(
    connections: Connections,
) -> None:
    lost = {"id": "lost", "rulebook_digest": "never_kept"}
    schema.upgrade(connections, "0002")
    insert_a_row_everywhere(connections)
    with connections.administering() as connection:
        add(connection, "screenings", ROWS["screenings"] | lost)

    schema.upgrade(connections)

    with connections.administering() as connection:
        assert _rulebooks_missing(connection) == ("never_kept",)
        connection.execute(text("UPDATE screenings SET setting = 'other' WHERE id = 'lost'"))
    with pytest.raises(DatabaseError), connections.administering() as connection:
        add(connection, "screenings", ROWS["screenings"] | lost | {"id": "new"})


def test_a_rebuilt_table_that_would_lose_a_reference_is_left_as_it_was(connections: Connections) -> None:
    schema.upgrade(connections)
    insert_a_row_everywhere(connections)

    with pytest.raises((DatabaseError, DatabaseFault)), connections.rebuilding() as connection:
        connection.execute(text("DELETE FROM users"))

    assert value(connections, "SELECT id FROM users") == ["u"]
    with pytest.raises(DatabaseError), connections.administering() as connection:
        connection.execute(text("DELETE FROM users"))


def test_a_downgrade_of_the_guards_keeps_the_data(connections: Connections) -> None:
    schema.upgrade(connections)
    insert_a_row_everywhere(connections)

    schema.downgrade(connections, REVISIONS[0])

    assert set(rows_everywhere(connections).values()) == {1}


@pytest.mark.parametrize(
    ("table_name", "change"),
    [
        ("users", {"role": "youth"}),
        ("users", {"failed_sign_ins": -1}),
        ("users", {"agency_id": "b"}),
        ("screenings", {"status": "completed"}),
        ("screenings", {"completed_at": MOMENT}),
        ("screenings", {"status": "lost"}),
        ("screenings", {"key_version": 0}),
        ("screenings", {"opened_by": "nobody"}),
        ("screenings", {"rulebook_digest": "never_kept"}),
        ("statements", {"source": "guessed"}),
        ("statements", {"sequence": 0}),
        ("statements", {"id": ""}),
        ("statements", {"agency_id": "b"}),
        ("statements", {"screening_id": "t"}),
        ("statements", {"author_id": "nobody"}),
        ("journal", {"sequence": 0}),
        ("journal", {"hash": "short"}),
    ],
)
def test_the_tables_refuse_rows_that_cannot_be(
    connections: Connections, table_name: str, change: dict[str, Any]
) -> None:
    schema.upgrade(connections)
    insert_a_row_everywhere(connections)
    row = {**ROWS[table_name], **{key: "other" for key in ("id", "username") if key in ROWS[table_name]}}
    row |= {"sequence": 2} if "sequence" in row else {}

    with pytest.raises(DatabaseError), connections.administering() as connection:
        add(connection, table_name, {**row, **change})
    with connections.administering() as connection:
        add(connection, table_name, row)


def test_a_statement_cannot_stand_in_another_agency_than_its_screening(connections: Connections) -> None:
    schema.upgrade(connections)
    insert_a_row_everywhere(connections)
    with connections.administering() as connection:
        add(connection, "agencies", ROWS["agencies"] | {"id": "b", "name": "Other"})

    with pytest.raises(DatabaseError), connections.administering() as connection:
        add(connection, "statements", ROWS["statements"] | {"id": "other", "sequence": 2, "agency_id": "b"})


def test_opening_brings_an_older_database_up_to_date(
    connections: Connections, empty_url: str, keys_path: Path, clock: Any
) -> None:
    schema.upgrade(connections, REVISIONS[0])

    Database.open(empty_url, keys_path, clock).close()

    with connections.inspecting() as connection:
        assert schema.current_revision(connection) == REVISIONS[-1]


def test_a_database_of_a_newer_version_is_refused_untouched(
    connections: Connections, empty_url: str, keys_path: Path, clock: Any
) -> None:
    schema.upgrade(connections)
    with connections.administering() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    before = shape(connections)

    with pytest.raises(DatabaseFault, match=r"made by a newer version.*'9999'.*Nothing was changed"):
        Database.open(empty_url, keys_path, clock)

    assert shape(connections) == before
    assert not keys_path.exists()


def test_processes_that_start_together_migrate_once(empty_url: str, keys_path: Path, clock: Any) -> None:
    with ThreadPoolExecutor(4) as pool:
        opened = list(pool.map(lambda _: Database.open(empty_url, keys_path, clock), range(4)))

    for database in opened:
        assert database.verify().is_sound
        database.close()
