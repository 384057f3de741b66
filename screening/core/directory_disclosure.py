"""What may leave: the rows of visible entries, cleared of everything that would give a hidden place away.

Hidden are the places and services the viewer may not see, and what joins them to others. A row that also belongs to a hidden
entry goes, wherever else it stands: a line that rings in an undisclosed house is not given out as the line of its organization.
A line meant to be known is entered with the service alone. Texts that repeat the address, a number, a name or the
position of a hidden
place are taken out whole.
"""

import re
from collections.abc import Collection, Container, Iterable
from typing import Any

from screening.core.directory_nesting import Tables
from screening.core.directory_tables import ANY, MAIN, REFERENCES, REQUIRED, Row

NOT_DISCLOSED = "Not disclosed."
_GONE_WHOLE = frozenset({"phone", "contact", "address", "url", "metadata"})
_SHARED = frozenset({"taxonomy", "taxonomy_term", "organization", "program", "unit"})
_TELLING = {
    "address": ("address_1", "address_2", "attention"),
    "location": ("transportation", "external_identifier"),
    "contact": ("name", "email"),
    "service": ("email",),
}
_AREA_DETAIL = ("extent", "extent_type", "uri")
_NOT_DIGITS = re.compile(r"\D+")
_HOUSE_NUMBER = re.compile(r"^\d+\w? ")
_SPACES = re.compile(r"[\W_]+")


class _Secrets:
    """What must not be read anywhere: texts without regard to case and spacing, digits of numbers, positions."""

    def __init__(self, hidden: Tables) -> None:
        texts = {
            _plain(str(row[field]))
            for table, fields in _TELLING.items()
            for row in hidden.get(table, {}).values()
            for field in fields
            if field in row
        }
        streets = {_HOUSE_NUMBER.sub("", text) for text in texts}  # the street alone tells nearly as much
        self.texts = tuple(text for text in texts | streets if len(text) >= 5)
        numbers = {_digits(str(row["number"])) for row in hidden.get("phone", {}).values()}
        self.digits = tuple(number[-10:] for number in numbers if len(number) >= 7)
        places = hidden.get("location", {}).values()
        self.positions = {row[field] for row in places for field in ("latitude", "longitude") if field in row}
        self.written = tuple(str(each) for each in self.positions if len(str(each)) >= 6)
        self.any = bool(self.texts or self.digits or self.positions)

    def told_by(self, field: str, value: Any) -> bool:
        """Whether a field gives something away."""
        if field in ("latitude", "longitude"):
            return value in self.positions
        if not isinstance(value, str):
            return False
        plain = _plain(value)
        if any(text in plain for text in self.texts) or any(each in value for each in self.written):
            return True
        if not self.digits:
            return False
        digits = _digits(value)
        return len(digits) >= 7 and any(number in digits for number in self.digits)


def disclosed(tables: Tables, hidden: Tables) -> dict[str, dict[str, Row]]:
    """The visible rows without what must stay hidden.

    In: rows of the entries the viewer may see, and rows of those they may not (see ``directory_entries.rows_of``).
    Rows are copied
    where they change.
    """
    secrets = _Secrets(hidden)
    gone: dict[str, Collection[str]] = {
        table: rows.keys() for table, rows in hidden.items() if rows and table not in _SHARED
    }
    if gone:
        gone[ANY] = frozenset[str]().union(*gone.values())
    linked = _linked(hidden)
    result: dict[str, dict[str, Row]] = {}
    for table, rows in tables.items():
        kept = result[table] = {}
        lost = gone.get(table, ())
        references = [(field, gone[to]) for field, to in REFERENCES[table].items() if to in gone]
        for row_id, row in rows.items():
            if row_id in lost:
                continue
            cleared = _without_references(table, row, references) if references else row
            if linked and cleared is not None:
                cleared = _without_details(table, cleared, linked)
            if cleared is not None and secrets.any:
                cleared = _without_secrets(table, cleared, secrets)
            if cleared is not None:
                kept[row_id] = cleared
    return result


def _linked(hidden: Tables) -> frozenset[str]:
    """Visible entries that have to do with hidden ones: their services and organizations."""
    linked: set[str] = set()
    for table in MAIN:
        for row in hidden.get(table, {}).values():
            linked.update(row[field] for field in ("service_id", "organization_id") if field in row)
    return frozenset(linked)


def _without_references(table: str, row: Row, references: Iterable[tuple[str, Container[str]]]) -> Row | None:
    """The row without references (field → what is hidden of that table) into what is hidden; nothing, if it hung on that."""
    for field, lost in references:
        if row.get(field) in lost:
            if REFERENCES[table][field] == ANY:
                return None
            row = {name: value for name, value in row.items() if name != field}
    return row


def _without_details(table: str, row: Row, linked: frozenset[str]) -> Row | None:
    if table == "metadata" and row.get("resource_id") in linked:
        return None  # an earlier value may be the address that was taken out since
    if table == "service_area" and row.get("service_id") in linked:
        return {field: value for field, value in row.items() if field not in _AREA_DETAIL}
    return row


def _without_secrets(table: str, row: Row, secrets: _Secrets) -> Row | None:
    telling = [
        field
        for field, value in row.items()
        if field != "id" and field not in REFERENCES[table] and secrets.told_by(field, value)
    ]
    if not telling:
        return row
    if table in _GONE_WHOLE:
        return None
    result = {field: value for field, value in row.items() if field not in telling}
    return result | {field: NOT_DISCLOSED for field in telling if field in REQUIRED[table]}


def _plain(text: str) -> str:
    return _SPACES.sub(" ", text).strip().casefold()


def _digits(text: str) -> str:
    return _NOT_DIGITS.sub("", text)
