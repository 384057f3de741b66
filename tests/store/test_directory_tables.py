"""The directory's tables: up and down with rows in them on both databases, and what no row can be."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import column, inspect, table, text
from sqlalchemy import insert as insert_into
from sqlalchemy.exc import DatabaseError

from screening.store import schema
from screening.store.connections import Connections
from tests.store.postgres_cluster import Cluster

MOMENT = "2026-11-24 15:00:00"
ENTRY = {
    "source": "list", "as_of": "2026-11-24", "changed_at": MOMENT, "digest": "d", "document": "{}", "agency_id": "a",
}  # fmt: skip
NAMED = ENTRY | {"sort_name": "n", "search_text": "n"}
ROWS: dict[str, dict[str, Any]] = {
    "taxonomies": NAMED | {"id": "t"},
    "taxonomy_terms": NAMED | {"id": "tt", "taxonomy_id": "t", "parent_id": "elsewhere"},
    "organizations": NAMED | {"id": "o"},
    "locations": ENTRY | {"id": "l", "organization_id": "o", "confidentiality": "undisclosed"},
    "services": NAMED | {"id": "s", "organization_id": "o", "status": "active", "confidentiality": "public"},
    "service_at_locations": ENTRY | {"id": "sl", "service_id": "s", "location_id": "l"},
    "directory_attributes": {"id": "at", "link_entity": "service", "link_id": "s", "taxonomy_term_id": "tt", "agency_id": "a"},
}  # fmt: skip


@pytest.fixture(params=["sqlite", "postgresql"])
def connections(request: pytest.FixtureRequest, sqlite_path: Path) -> Iterator[Connections]:
    """The newest tables with an agency, an editor, and a row in every table of the directory."""
    if request.param == "sqlite":
        url = f"sqlite:///{sqlite_path}"
    else:
        cluster: Cluster = request.getfixturevalue("postgres_cluster")
        url = cluster.without_tables("without_tables")
    connections = Connections(url)
    schema.upgrade(connections)
    for agency in ("a", "b"):
        row = {"id": agency, "name": agency, "demonstration": False, "created_at": MOMENT}
        insert(connections, "agencies", row)
    person = {
        "agency_id": "a", "name": "U", "password_hash": "h", "session_stamp": "s", "active": True,
        "failed_sign_ins": 0, "created_at": MOMENT,
    }  # fmt: skip
    insert(connections, "users", person | {"id": "e", "username": "e", "role": "directory_editor"})
    insert(connections, "users", person | {"id": "p", "username": "p", "role": "rulebook_publisher"})
    for name, row in ROWS.items():
        insert(connections, name, row)
    yield connections
    connections.close()


def insert(connections: Connections, name: str, row: dict[str, Any]) -> None:
    with connections.administering() as connection:
        connection.execute(insert_into(table(name, *map(column, row))), row)


def values(connections: Connections, query: str) -> list[Any]:
    with connections.inspecting() as connection:
        return list(connection.execute(text(query)).scalars())


def test_down_and_up_again_with_rows_in_it(connections: Connections) -> None:
    schema.downgrade(connections, "0004")

    with connections.inspecting() as connection:
        assert not set(ROWS) & set(inspect(connection).get_table_names())
    assert values(connections, "SELECT role FROM users ORDER BY id") == ["intake_staff", "rulebook_publisher"]
    assert values(connections, "SELECT id FROM users WHERE active ORDER BY id") == ["p"]
    with pytest.raises(DatabaseError):
        insert(connections, "users", {"id": "x", "role": "directory_editor"})

    schema.upgrade(connections)
    assert values(connections, "SELECT id FROM services") == []
    for name, row in ROWS.items():
        insert(connections, name, row)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("services", {"confidentiality": "secret"}),
        ("locations", {"confidentiality": ""}),
        ("services", {"status": "open"}),
        ("services", {"organization_id": "nobody"}),
        ("locations", {"organization_id": "nobody"}),
        ("service_at_locations", {"service_id": "nothing"}),
        ("service_at_locations", {"location_id": "nothing"}),
        ("taxonomy_terms", {"taxonomy_id": "nothing"}),
        ("services", {"agency_id": "b"}),
        ("service_at_locations", {"agency_id": "b"}),
    ],
)
def test_the_tables_refuse_rows_that_cannot_be(
    connections: Connections, name: str, change: dict[str, Any]
) -> None:
    row = ROWS[name] | {"id": "other"}
    with pytest.raises(DatabaseError):
        insert(connections, name, row | change)
    insert(connections, name, row)


def test_two_agencies_may_keep_the_same_entry(connections: Connections) -> None:
    insert(connections, "organizations", ROWS["organizations"] | {"agency_id": "b"})
    with pytest.raises(DatabaseError):
        insert(connections, "organizations", ROWS["organizations"])
