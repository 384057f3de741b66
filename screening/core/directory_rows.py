"""The rows of a directory, flat, as they are gathered from files: each checked by itself, merged, and its references settled.

A wrong row never sinks another. What a row can do without is left out of it and told; a row that cannot stand is left out and
told. No fault repeats what was in a field: it may be the address of a place that must not be known.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from pydantic import ValidationError

from screening.core.directory_tables import (
    ANY,
    CHILDREN,
    MAIN,
    ONES,
    PARENTS,
    REFERENCES,
    REQUIRED,
    TABLES,
    Row,
)
from screening.core.directory_values import is_uuid

MOST_FAULTS_KEPT = 10_000
LARGEST_ROW_FIELDS = 200
DEEPEST = 12
_WHY = {
    "missing": "is missing",
    "string_type": "is not a text",
    "string_too_long": "is too long",
    "string_pattern_mismatch": "holds control characters",
    "string_unicode": "holds half a character",
    "literal_error": "is none of the words the specification allows",
}


class Place(NamedTuple):
    """Where a row stands: the file, and the line of a table or the path in a JSON document."""

    file: str
    row: str


class Fault(NamedTuple):
    """Something wrong with a row. ``kept`` tells whether the row was taken all the same, without what is wrong with it."""

    file: str
    row: str
    field: str
    why: str
    kept: bool

    def __str__(self) -> str:
        """One line for a person."""
        ending = "the rest of the row is kept" if self.kept else "the row is left out"
        return f"{self.file}, {self.row}: {self.field} {self.why}; {ending}."


class FlatRows:
    """Rows by table and id, with where each came from and everything that was wrong."""

    def __init__(self) -> None:
        self.tables: dict[str, dict[str, Row]] = {name: {} for name in TABLES}
        self.faults: list[Fault] = []
        self.fault_count = 0
        self._places: dict[str, dict[str, Place]] = {name: {} for name in TABLES}
        self._told: set[tuple[str, str]] = set()

    def tell(self, place: Place, field: str, why: str, *, kept: bool) -> None:
        """Note a fault. Only so many are kept word for word; all are counted."""
        self.fault_count += 1
        if len(self.faults) < MOST_FAULTS_KEPT:
            self.faults.append(Fault(place.file, place.row, field, why, kept))

    def add(self, table: str, raw: Mapping[str, Any], place: Place) -> None:
        """Check a row and take it in, merged with what is there under its id."""
        row = self._checked(table, raw, place)
        if row is None:
            return
        there = self.tables[table].setdefault(row["id"], row)
        if there is row:
            self._places[table][row["id"]] = place
            return
        for field, value in row.items():
            if there.setdefault(field, value) != value:
                self.tell(place, field, "differs from an earlier row with the same id", kept=True)

    def _checked(self, table: str, raw: Mapping[str, Any], place: Place) -> Row | None:
        shape = TABLES[table].shape
        known = shape.model_fields
        given = {}
        for field, value in raw.items():
            if field not in known:
                self._tell_unknown(place, str(field))
            elif value is not None and value != "":
                given[field] = value
        for _attempt in range(LARGEST_ROW_FIELDS):
            try:
                return shape.model_validate(given).model_dump(exclude_defaults=True)
            except ValidationError as wrong:
                if not self._without(wrong, table, given, place):
                    return None
        return None

    def _without(self, wrong: ValidationError, table: str, given: dict[str, Any], place: Place) -> bool:
        """Take what is wrong out of the row and tell it. False when the row cannot do without."""
        faults = {str(each["loc"][0]): each for each in wrong.errors(include_url=False, include_input=False)}
        stands = not (faults.keys() & (REQUIRED[table] | set(TABLES[table].must_refer)))
        for field, each in faults.items():
            given.pop(field, None)
            error = each.get("ctx", {}).get("error")
            why = str(error) if each["type"] == "value_error" else _WHY.get(each["type"], "cannot be read")
            self.tell(place, field, why, kept=stands)
        return stands

    def _tell_unknown(self, place: Place, field: str) -> None:
        """A field HSDS does not know, once a file: its name may be anything, so only a plain one is repeated."""
        name = field if field.isidentifier() and len(field) <= 60 else "a field"
        if (place.file, name) not in self._told and len(self._told) < LARGEST_ROW_FIELDS:
            self._told.add((place.file, name))
            self.tell(place, name, "is no field of HSDS 3.1 and was not read", kept=True)

    def settle(self, known: Callable[[str, str], bool]) -> None:
        """Take out references that lead nowhere, and rows that cannot stand without them, until all hold.

        ``known`` tells whether an entry of a table is in the directory already.
        """
        anywhere = {row_id for rows in self.tables.values() for row_id in rows}
        waiting = [(table, row_id) for table, rows in self.tables.items() for row_id in rows]
        while waiting:
            gone = [each for each in waiting if not self._stands(*each, anywhere, known)]
            for table, row_id in gone:
                del self.tables[table][row_id]
            if not gone:
                return
            lost = {row_id for _table, row_id in gone}
            anywhere -= lost - {row_id for rows in self.tables.values() for row_id in rows if row_id in lost}
            waiting = [
                (table, row_id)
                for table, rows in self.tables.items()
                for row_id, row in rows.items()
                if any(row.get(field) in lost for field in REFERENCES[table])
            ]

    def _stands(self, table: str, row_id: str, anywhere: set[str], known: Callable[[str, str], bool]) -> bool:
        row = self.tables[table][row_id]
        for field, target in REFERENCES[table].items():
            wanted = row.get(field)
            if wanted is None:
                if field in TABLES[table].must_refer:
                    self.tell(self.place(table, row_id), field, "is missing", kept=False)
                    return False
                continue
            if self._leads_somewhere(table, target, wanted, anywhere, known):
                continue
            stands = field not in TABLES[table].must_refer
            self.tell(self.place(table, row_id), field, "refers to a row that is not there", kept=stands)
            if not stands:
                return False
            del row[field]
        if PARENTS[table] and table not in MAIN and not any(field in row for field in PARENTS[table]):
            self.tell(self.place(table, row_id), "id", "belongs to nothing that is there", kept=False)
            return False
        return True

    def _leads_somewhere(
        self, table: str, target: str, wanted: str, anywhere: set[str], known: Callable[[str, str], bool]
    ) -> bool:
        if target == ANY:
            return wanted in anywhere
        if wanted in self.tables[target]:
            return True
        # What hangs on an entry is stored with it, so it must come with it; entries may refer to stored ones.
        within = table in MAIN or target in ("taxonomy", "taxonomy_term")
        return within and target in MAIN and known(target, wanted)

    def place(self, table: str, row_id: str) -> Place:
        """Where a row was read first."""
        return self._places[table].get(row_id, Place("", ""))

    def all_rows(self) -> Iterator[tuple[str, Row]]:
        """Every row with its table."""
        for table, rows in self.tables.items():
            for row in rows.values():
                yield table, row


def take_apart(rows: FlatRows, table: str, raw: object, place: Place, **references: str) -> None:
    """Take a nested JSON object into flat rows: each nested object becomes a row that refers to the one around it."""
    if not isinstance(raw, dict):
        rows.tell(place, table, "is not a JSON object", kept=False)
        return
    if place.row.count(".") > DEEPEST:
        rows.tell(place, table, "is nested more deeply than HSDS nests", kept=False)
        return
    own = {**raw, **references}
    row_id = own.get("id")
    row_id = row_id.lower() if isinstance(row_id, str) and is_uuid(row_id) else None
    for field, (one, reference) in ONES[table].items():
        nested = own.pop(field, None)
        if nested is None:
            continue
        around = (
            own.get("organization_id") if one == "program" else None
        )  # a program is of the service's organization
        given = {"organization_id": around} if around and _says_not(nested, "organization_id") else {}
        take_apart(rows, one, nested, Place(place.file, f"{place.row}.{field}"), **given)
        if isinstance(nested, dict) and own.get(reference) is None and nested.get("id") is not None:
            own[reference] = nested["id"]
    nested_rows = [(field, own.pop(field, None)) for field, _pair in CHILDREN[table].items()]
    rows.add(table, own, place)
    for (field, (child, reference)), (_field, nested) in zip(
        CHILDREN[table].items(), nested_rows, strict=True
    ):
        if nested is None:
            continue
        if not isinstance(nested, list):
            rows.tell(place, field, "is not a list", kept=True)
            continue
        for number, each in enumerate(nested):
            where = Place(place.file, f"{place.row}.{field}[{number}]")
            if row_id is None:
                rows.tell(where, "id", "belongs to a row without a usable id", kept=False)
            else:
                take_apart(rows, child, each, where, **_named(child, each, table), **{reference: row_id})


def _says_not(raw: object, field: str) -> bool:
    return isinstance(raw, dict) and not raw.get(field)


def _named(child: str, raw: object, parent: str) -> dict[str, str]:
    """What a nested attribute or change need not say: on what kind of object it stands."""
    field = {"attribute": "link_entity", "metadata": "resource_type"}.get(child)
    return {field: parent} if field and _says_not(raw, field) else {}
