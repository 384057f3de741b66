"""Flat rows gathered into entries, the unit that is stored and compared: one main row and everything that belongs to it.

An entry's document is JSON: table → rows, each sorted by id, so that the same content always has the same digest whatever the
order of the file. A row that belongs to several entries (a number of a service and of its location) stands in each of them.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from screening.core.directory_rows import FlatRows
from screening.core.directory_tables import ANY, MAIN, PARENTS, REFERENCES, Row

_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode
_Owner = tuple[str, str]


class Entry(NamedTuple):
    """One entry as it is stored: its table, its own row, and the document with everything that belongs to it."""

    table: str
    row: Row
    document: str

    @property
    def digest(self) -> str:
        """What tells whether anything in it changed."""
        return hashlib.sha256(self.document.encode("utf-8", "surrogatepass")).hexdigest()

    def rows(self, table: str) -> list[Row]:
        """The rows of one table that belong to the entry."""
        if f'"{table}":[' not in self.document:
            return []
        found: list[Row] = json.loads(self.document).get(table, [])
        return found

    @property
    def attributes(self) -> list[Row]:
        """The attributes of the entry itself."""
        return [row for row in self.rows("attribute") if row.get("link_id") == self.row["id"]]


def entries(rows: FlatRows) -> Iterator[Entry]:
    """Every entry, in an order in which one only refers to those before it. References must be settled."""
    owners = _Owners(rows)
    belonging: dict[_Owner, list[tuple[str, Row]]] = defaultdict(list)
    for table, row in rows.all_rows():
        if table not in MAIN:
            for owner in owners.of(table, row):
                belonging[owner].append((table, row))
    for table in MAIN:
        for row in rows.tables[table].values():
            yield Entry(table, row, _document(table, row, belonging.pop((table, row["id"]), ())))


def entry_of(table: str, entry_id: str, content: Mapping[str, Iterable[Row]]) -> Entry:
    """An entry made of its own row and the rows that belong to it: table → rows. Raises StopIteration: no row of its own."""
    kept = {name: sorted(rows, key=lambda each: str(each["id"])) for name, rows in content.items()}
    row = next(each for each in kept[table] if each["id"] == entry_id)
    return Entry(table, row, _encode({name: rows for name, rows in kept.items() if rows}))


def rows_of(documents: Iterable[str]) -> dict[str, dict[str, Row]]:
    """The rows of stored documents: table → id → row. A row that stands in several of them is joined."""
    found: dict[str, dict[str, Row]] = {table: {} for table in REFERENCES}
    add_rows(found, documents)
    return found


def add_rows(found: dict[str, dict[str, Row]], documents: Iterable[str]) -> None:
    """Add the rows of further documents to those there are."""
    for document in documents:
        content: dict[str, list[dict[str, Any]]] = json.loads(document)
        for table, rows in content.items():
            there = found[table]
            for row in rows:
                known = there.setdefault(row["id"], row)
                if known is not row:
                    for field, value in row.items():
                        known.setdefault(field, value)


def _document(table: str, row: Row, belonging: Iterable[tuple[str, Row]]) -> str:
    content: dict[str, list[Row]] = {table: [row]}
    for child, each in belonging:
        content.setdefault(child, []).append(each)
    for each_rows in content.values():
        each_rows.sort(key=lambda each: str(each["id"]))
    return _encode(content)


class _Owners:
    """Which entries a row belongs to, directly or through other rows."""

    def __init__(self, rows: FlatRows) -> None:
        self._rows = rows
        self._capacities: dict[str, list[Row]] = defaultdict(list)
        for row in rows.tables["service_capacity"].values():
            self._capacities[row["unit_id"]].append(row)

    def of(self, table: str, row: Row, depth: int = 0) -> set[_Owner]:
        """The entries. Rows of tables that belong to nothing of their own, such as units, belong to what uses them."""
        if depth > 8:  # attributes of attributes; nothing real is that deep
            return set()
        if table == "unit":
            users = self._capacities.get(row["id"], ())
            return {owner for each in users for owner in self.of("service_capacity", each, depth + 1)}
        found: set[_Owner] = set()
        for field in PARENTS[table]:
            wanted = row.get(field)
            target = None if wanted is None else self._table(table, row, field, wanted)
            if wanted is None or target is None:
                continue
            if target in MAIN:
                found.add((target, wanted))
            else:
                found |= self.of(target, self._rows.tables[target][wanted], depth + 1)
        return found

    def _table(self, table: str, row: Row, field: str, wanted: str) -> str | None:
        target = REFERENCES[table][field]
        if target != ANY:
            return target
        named = str(row.get("link_entity" if table == "attribute" else "resource_type", ""))
        if wanted in self._rows.tables.get(named, ()):
            return named
        every = (*MAIN, *self._rows.tables)
        return next((each for each in every if wanted in self._rows.tables[each]), None)
