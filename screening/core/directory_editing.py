"""Changed values of a service put back into its HSDS rows.

Only what somebody changed is touched. What the form does not know (contacts, costs, terms of other lists, fields of other
systems) stays as it is, and so do rows that belong to another entry as well: the service then gets a row of its own.
"""

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

from screening.core.directory_profile import feature_term_id
from screening.core.directory_service_entry import (
    ADDRESS_FIELDS,
    PLAIN_FIELDS,
    WEEK,
    Content,
    Known,
    Opening,
    PhoneLine,
    PlaceEntry,
    ServiceEntry,
    address_of,
    is_day_and_night,
)
from screening.core.directory_tables import PARENTS, REFERENCES, Row


class ServiceChanges:
    """Changed values put into the rows of one service.

    Attributes:
        content: the rows from then on.
        left: rows the service no longer shares (table, id); the entries they also belong to must forget the service there.
    """

    def __init__(self, content: Content, service_id: str, known: Known, draw: Callable[[], str]) -> None:
        self.content = deepcopy(content)
        self.left: list[tuple[str, str]] = []
        self._id = service_id
        self._known = known
        self._draw = draw

    def put(self, before: ServiceEntry, after: ServiceEntry) -> None:
        """Put in whatever differs. ``before`` is what the person had before their eyes."""
        row = next(each for each in self.content["service"] if each["id"] == self._id)
        for name in PLAIN_FIELDS:
            if getattr(before, name) != (value := getattr(after, name)):
                _set(row, name, value)
        self._put_lines(before.phones, after.phones, _phone_row)
        self._put_lines(before.openings, after.openings, _opening_row)
        if after.day_and_night and not before.day_and_night:
            always = {"freq": "WEEKLY", "byday": ",".join(WEEK), "opens_at": "00:00", "closes_at": "23:59"}
            self._add("schedule", {"service_id": self._id, **always})
        if before.day_and_night and not after.day_and_night:
            for each in self._own("schedule"):
                if is_day_and_night(each):
                    self._take_out("schedule", each)
        self._put_areas(set(before.areas), set(after.areas))
        self._put_kinds(set(before.kinds), set(after.kinds))
        for code in self._known.codes:
            self._put_trait(code, before.traits.get(code, ()), after.traits.get(code, ()))

    def _own(self, table: str) -> list[Row]:
        return [each for each in self.content.get(table, ()) if each.get("service_id") == self._id]

    def _add(self, table: str, row: Row) -> None:
        self.content.setdefault(table, []).append({"id": self._draw(), **row})

    def _put_lines(
        self, before: tuple[Any, ...], after: tuple[Any, ...], as_row: Callable[[Any], tuple[str, Row]]
    ) -> None:
        """Lines of a table, told apart by their ids. A line somebody else changed the table of is a new one."""
        earlier = {each.id: each for each in before}
        kept = set()
        for line in after:
            table, new = as_row(line)
            old = earlier.get(line.id)
            if old is None or as_row(old)[0] != table:
                self._add(
                    table, {"service_id": self._id, **{name: each for name, each in new.items() if each}}
                )
                continue
            kept.add(line.id)
            if line != old:
                shown = as_row(old)[1]
                changed = {name: each for name, each in new.items() if each != shown[name]}
                self._change(table, line.id, changed)
        for line in before:
            if line.id not in kept:
                table = as_row(line)[0]
                for row in [each for each in self._own(table) if each["id"] == line.id]:
                    self._take_out(table, row)

    def _change(self, table: str, row_id: str, changed: Mapping[str, Any]) -> None:
        row = next((each for each in self._own(table) if each["id"] == row_id), None)
        if row is None:
            return
        if _other_parents(table, row):
            self._take_out(table, row)
            row = {field: each for field, each in row.items() if field not in PARENTS[table]}
            hanging = self._hanging_on(table, row_id)
            row |= {"id": self._draw(), "service_id": self._id}
            self.content.setdefault(table, []).append(row)
            for child, reference, each in hanging:
                self.content.setdefault(child, []).append({**each, "id": self._draw(), reference: row["id"]})
        for name, value in changed.items():
            _set(row, name, value)

    def _hanging_on(self, table: str, row_id: str) -> list[tuple[str, str, Row]]:
        """Rows of other tables that belong to a row: with their table and the field that leads to it."""
        fields = ("link_id", "resource_id", f"{table}_id")
        return [
            (child, field, each)
            for child, rows in self.content.items()
            for each in rows
            for field in fields
            if field in REFERENCES[child] and each.get(field) == row_id
        ]

    def _take_out(self, table: str, row: Row) -> None:
        """Take a row from the service. One that belongs to something else too stays there."""
        if _other_parents(table, row):
            self.left.append((table, row["id"]))
            row.pop("service_id", None)
            if not self._hangs_here(table, row):
                self.content[table] = [each for each in self.content[table] if each is not row]
            return
        self.content[table] = [each for each in self.content[table] if each is not row]
        for child, field, each in self._hanging_on(table, row["id"]):
            del each[field]
            if not any(name in each for name in PARENTS[child]):
                self.content[child] = [other for other in self.content[child] if other is not each]

    def _hangs_here(self, table: str, row: Row) -> bool:
        """Whether a row still belongs to something within the service, such as one of its contacts."""
        ids = {each["id"] for rows in self.content.values() for each in rows}
        return any(row.get(field) in ids for field in PARENTS[table])

    def _put_areas(self, before: set[str], after: set[str]) -> None:
        for row in self._own("service_area"):
            if row.get("name") in before - after:
                self._take_out("service_area", row)
        for name in sorted(after - before):
            self._add("service_area", {"service_id": self._id, "name": name, "extent_type": "text"})

    def _put_kinds(self, before: set[str], after: set[str]) -> None:
        gone = {term for term, kind in self._known.kind_terms.items() if kind in before - after}
        self._without_marks(lambda row: row.get("taxonomy_term_id") in gone)
        terms: dict[str, str] = {}
        for term, kind in sorted(self._known.kind_terms.items()):
            terms.setdefault(kind, term)
        for kind in sorted(after - before):
            if kind in terms:
                self._add("attribute", self._mark(terms[kind]))

    def _put_trait(self, code: str, before: tuple[str, ...], after: tuple[str, ...]) -> None:
        if set(before) == set(after):
            return
        term = feature_term_id(code)
        gone = set(before) - set(after)
        self._without_marks(lambda row: row.get("taxonomy_term_id") == term and row.get("value") in gone)
        for value in sorted(set(after) - set(before)):
            self._add("attribute", {**self._mark(term), "value": value})

    def _mark(self, term: str) -> Row:
        return {"link_id": self._id, "link_entity": "service", "taxonomy_term_id": term}

    def _without_marks(self, gone: Callable[[Row], bool]) -> None:
        rows = self.content.get("attribute", [])
        kept = [each for each in rows if each.get("link_id") != self._id or not gone(each)]
        if rows:
            self.content["attribute"] = kept


def put_address(content: Content, location_id: str, place: PlaceEntry, draw: Callable[[], str]) -> Content:
    """The rows of a place with this address, or without one. Country and kind of an address that is there stay."""
    changed = deepcopy(content)
    row = address_of(changed, location_id)
    if place.is_empty:
        changed["address"] = [each for each in changed.get("address", ()) if each is not row]
        return changed
    if row is None:
        row = {"id": draw(), "location_id": location_id, "country": "US", "address_type": "physical"}
        changed.setdefault("address", []).append(row)
    for name in ADDRESS_FIELDS:
        _set(row, name, getattr(place, name))
    return changed


def _phone_row(line: PhoneLine) -> tuple[str, Row]:
    if line.kind == "chat":
        address = line.number if "://" in line.number else f"https://{line.number}"
        return "url", {"url": address, "label": line.label}
    return "phone", {"number": line.number, "type": line.kind, "description": line.label}


def _opening_row(line: Opening) -> tuple[str, Row]:
    weekly = {"freq": "WEEKLY" if line.days else "", "byday": ",".join(line.days)}
    return "schedule", {
        **weekly,
        "opens_at": line.opens_at,
        "closes_at": line.closes_at,
        "description": line.words,
    }


def _other_parents(table: str, row: Row) -> bool:
    return any(field in row for field in PARENTS[table] - {"service_id"})


def _set(row: Row, name: str, value: Any) -> None:
    if value is None or value == "":
        row.pop(name, None)
    else:
        row[name] = value
