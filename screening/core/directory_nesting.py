"""Flat rows put together into the nested JSON of HSDS: whole, as one entry is shown, or short, as lists show them."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from screening.core.directory_tables import CHILDREN, MAIN, ONES, PARENTS, TABLES, Row

Tables = Mapping[str, Mapping[str, Row]]
"""Table → id → row."""


class Nesting:
    """Rows with an index of what belongs to what, made once for all entries that are shown together."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._belonging: dict[tuple[str, str], dict[str, list[Row]]] = {}

    def whole(self, table: str, entry_id: str) -> dict[str, Any]:
        """An entry with everything that belongs to it. Raises KeyError: there is none with this id."""
        return self._nested(table, self._tables[table][entry_id], (table,), whole=True)

    def short(self, table: str, entry_id: str) -> dict[str, Any]:
        """An entry with its own fields and the single objects it refers to, without lists. Raises KeyError."""
        return self._nested(table, self._tables[table][entry_id], (table,), whole=False)

    def _nested(
        self,
        table: str,
        row: Row,
        path: tuple[str, ...],
        *,
        whole: bool,
        without: frozenset[str] = frozenset(),
    ) -> dict[str, Any]:
        result = {field: value for field, value in row.items() if field not in without}
        for field, (one, reference) in ONES[table].items():
            found = self._tables[one].get(row.get(reference, ""))
            if found is not None and one not in path:
                result[field] = self._nested(one, found, (*path, one), whole=whole)
                del result[reference]
        if whole:
            for field, (child, reference) in CHILDREN[table].items():
                if child in path:
                    continue
                nested = [
                    self._nested(child, each, (*path, child), whole=True, without=_implied(child, reference))
                    for each in self._rows_of(child, reference).get(row["id"], ())
                    if self._belongs(child, each, table)
                ]
                if nested:
                    result[field] = nested
        return {field: result[field] for field in TABLES[table].shape.model_fields if field in result}

    def _belongs(self, child: str, row: Row, parent: str) -> bool:
        """Ids are unique within a table only: a row that names another table where its id is known belongs there."""
        named, reference = {
            "attribute": ("link_entity", "link_id"),
            "metadata": ("resource_type", "resource_id"),
        }.get(child, ("", ""))
        table = row.get(named, parent)
        return table == parent or table not in TABLES or row[reference] not in self._tables[table]

    def _rows_of(self, child: str, reference: str) -> Mapping[str, list[Row]]:
        index = self._belonging.get((child, reference))
        if index is None:
            index = defaultdict(list)
            for row in self._tables[child].values():
                if reference in row:
                    index[row[reference]].append(row)
            self._belonging[child, reference] = index
        return index


def _implied(child: str, reference: str) -> frozenset[str]:
    """What nesting says by itself: where a row stands. Entries of their own keep what leads to other entries."""
    return frozenset({reference}) if child in MAIN else PARENTS[child]
