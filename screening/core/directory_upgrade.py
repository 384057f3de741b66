"""Tables of HSDS 1.x and 2.x brought to 3.1.

What is done, table by table:

* ids that are no UUIDs become UUIDs derived from source, table and id: the same on every import, and no two sources collide.
* organizations: ``url``/``website`` → ``website``; ``date_incorporated`` → ``year_incorporated``; a missing
  description is the name.
* services: ``eligibility`` and ``audience`` (columns), ``eligibility.csv`` → ``eligibility_description``; ``website``
  → ``url``;
  ``fees`` and ``accepted_payments`` → ``fees_description``; lists of funding sources, languages, documents, areas →
  tables of their
  own; ``location_id`` → ``service_at_location``; ``taxonomy_ids`` → attributes; a missing status is ``active``.
* ``services_at_location.csv`` → ``service_at_location.csv``; locations get a ``location_type`` (``virtual`` if they say so).
* ``physical_addresses``, ``postal_addresses``, ``mail_addresses`` and typeless ``addresses`` → ``addresses`` with a type.
* ``regular_schedules`` and ``holiday_schedules`` → ``schedules`` (weekly by day, or on the days of the holiday).
* ``taxonomy.csv`` → a taxonomy and its terms; ``service_taxonomy.csv`` → attributes.
* telephone: ``number_type`` → ``type``, ``department`` → ``description``; ``country_prefix`` goes in front of the number.

Columns nothing is done with are told as any field HSDS 3.1 does not know.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from screening.core.directory_rows import Place
from screening.core.directory_tables import REFERENCES, TABLE_OF_FILE, Row
from screening.core.directory_values import derived_id, is_uuid

LegacyTables = Mapping[str, Iterable[tuple[str, Row]]]
"""File → (line, row)."""
Upgraded = Iterator[tuple[str, Row, Place]]
_OLD_FILES = {
    "services_at_location.csv": "service_at_location",
    "physical_addresses.csv": "address",
    "postal_addresses.csv": "address",
    "mail_addresses.csv": "address",
    "regular_schedules.csv": "schedule",
    "holiday_schedules.csv": "schedule",
    "accessibility_for_disabilities.csv": "accessibility",
    "taxonomy.csv": "taxonomy_term",
    "service_taxonomy.csv": "attribute",
    "eligibility.csv": "",
    "payments_accepted.csv": "",
}
_OLD_COLUMNS = {"audience", "eligibility", "taxonomy_ids", "funding_sources", "accepted_payments", "website"}
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_US_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{2}|\d{4})")
_LANGUAGE_LISTS = ("languages", "language")


def is_legacy(tables: Mapping[str, Iterable[str]]) -> bool:
    """Whether files (name → columns) are of a version before 3.0."""
    return bool(tables.keys() & _OLD_FILES.keys()) or bool(_OLD_COLUMNS & set(tables.get("services.csv", ())))


def is_read(file: str) -> bool:
    """Whether a file is a table of some version."""
    return file in TABLE_OF_FILE or file in _OLD_FILES


def upgraded(tables: LegacyTables, source: str) -> Upgraded:
    """The same content as rows of 3.1. ``source`` keeps the ids of different sources apart."""
    return _Upgrade(tables, source).rows()


class _Upgrade:
    def __init__(self, tables: LegacyTables, source: str) -> None:
        self._tables = {file: list(rows) for file, rows in tables.items()}
        self._source = source
        self._organization_of = {
            row["id"]: row["organization_id"]
            for _line, row in self._tables.get("locations.csv", ())
            if "id" in row and "organization_id" in row
        }
        self._eligibility = self._joined("eligibility.csv", "eligibility")
        self._payments = self._joined("payments_accepted.csv", "payment")

    def rows(self) -> Upgraded:
        by_file: Mapping[str, Callable[[Row, Place], Upgraded]] = {
            "organizations.csv": self._organization,
            "services.csv": self._service,
            "locations.csv": self._location,
            "taxonomy.csv": self._term,
            "service_taxonomy.csv": self._attribute,
        }
        if "taxonomy.csv" in self._tables:
            name = f"Taxonomy of {self._source}"
            taxonomy = {"id": self._id("taxonomy", "taxonomy"), "name": name, "description": name}
            yield "taxonomy", taxonomy, Place("taxonomy.csv", "line 1")
        for file, rows in self._tables.items():
            table = TABLE_OF_FILE.get(file) or _OLD_FILES.get(file)
            if not table:
                continue
            for line, row in rows:
                place = Place(file, line)
                change = by_file.get(file)
                if change is not None:
                    yield from change(dict(row), place)
                else:
                    plain = self._plain(file, table, dict(row), line)
                    yield table, self._with_ids(table, plain), place

    def _joined(self, file: str, field: str) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for _line, row in self._tables.get(file, ()):
            if field in row and "service_id" in row:
                found.setdefault(row["service_id"], []).append(row[field])
        return found

    def _id(self, table: str, value: Any) -> str:
        return str(value) if is_uuid(value) else derived_id("hsds", self._source, table, str(value).strip())

    def _with_ids(self, table: str, row: Row, line: str = "") -> Row:
        row["id"] = self._id(table, row.get("id", f"no id {line}"))
        for field, target in REFERENCES[table].items():
            if field in row and target != "any":
                row[field] = self._id(target, row[field])
        return row

    def _organization(self, row: Row, place: Place) -> Upgraded:
        _rename(row, "url", "website")
        row["website"] = _web_address(row.get("website"))
        year = re.search(r"\b(1[6-9]|20)\d\d\b", str(row.pop("date_incorporated", "")))
        if year and "year_incorporated" not in row:
            row["year_incorporated"] = year.group()
        row.setdefault("description", row.get("name", ""))
        yield from self._listed(row, "funding", "funding_sources", "source", "organization_id", place)
        yield "organization", self._with_ids("organization", row), place

    def _service(self, row: Row, place: Place) -> Upgraded:
        own = str(row.get("id", ""))
        _rename(row, "website", "url")
        row["url"] = _web_address(row.get("url"))
        said = [row.pop("eligibility", ""), row.pop("audience", ""), *self._eligibility.get(own, ())]
        row["eligibility_description"] = _sentences([row.get("eligibility_description", ""), *said])
        paid = [row.pop("accepted_payments", ""), *self._payments.get(own, ())]
        payments = ", ".join(each for each in paid if each)
        fees = [row.get("fees_description", ""), row.pop("fees", "")]
        row["fees_description"] = _sentences([*fees, f"Accepted payments: {payments}" if payments else ""])
        row["status"] = str(row.get("status") or "active").strip().lower()
        location = row.pop("location_id", None)
        if location is not None:
            row.setdefault("organization_id", self._organization_of.get(location))
        yield from self._listed(row, "funding", "funding_sources", "source", "service_id", place)
        yield from self._listed(row, "service_area", "service_areas", "name", "service_id", place)
        yield from self._listed(
            row, "required_document", "required_documents", "document", "service_id", place
        )
        yield from self._listed(row, "language", "languages", "name", "service_id", place)
        yield from self._listed(row, "attribute", "taxonomy_ids", "taxonomy_term_id", "link_id", place)
        row = {field: value for field, value in row.items() if value is not None}
        yield "service", self._with_ids("service", row), place
        if location is not None:
            joined = {"id": f"{own} at {location}", "service_id": own, "location_id": location}
            yield "service_at_location", self._with_ids("service_at_location", joined), place

    def _location(self, row: Row, place: Place) -> Upgraded:
        virtual = str(row.pop("virtual", "")).strip().lower() in ("true", "t", "yes", "1")
        row.setdefault("location_type", "virtual" if virtual else "physical")
        _rename(row, "website", "url")
        row["url"] = _web_address(row.get("url"))
        short = row.pop("short_desc", "")
        row.setdefault("description", short)
        yield from self._listed(row, "language", "languages", "name", "location_id", place)
        yield from self._listed(row, "accessibility", "accessibility", "description", "location_id", place)
        yield "location", self._with_ids("location", row), place

    def _listed(
        self, row: Row, table: str, column: str, field: str, reference: str, place: Place
    ) -> Upgraded:
        """A list in one cell, divided by commas, as rows of a table of its own."""
        owner_table = "organization" if place.file == "organizations.csv" else place.file[:-5]
        owner = self._id(owner_table, row.get("id", ""))
        for part in filter(None, (each.strip() for each in str(row.pop(column, "")).split(","))):
            value = self._id("taxonomy_term", part) if field == "taxonomy_term_id" else part
            new: Row = {"id": derived_id("hsds", owner, table, part), reference: owner, field: value}
            if table == "attribute":
                new["link_entity"] = owner_table
            yield table, new, place

    def _term(self, row: Row, place: Place) -> Upgraded:
        code = row.get("id", row.get("taxonomy_id", ""))
        term: Row = {
            "id": self._id("taxonomy_term", code),
            "code": code,
            "name": row.get("name", ""),
            "description": row.get("name", ""),
            "taxonomy_id": self._id("taxonomy", "taxonomy"),
        }
        if "parent_id" in row:
            term["parent_id"] = self._id("taxonomy_term", row["parent_id"])
        if "vocabulary" in row:
            term["taxonomy"] = row["vocabulary"]
        yield "taxonomy_term", term, place

    def _attribute(self, row: Row, place: Place) -> Upgraded:
        service = self._id("service", row.get("service_id", ""))
        attribute: Row = {
            "id": self._id("attribute", row.get("id", f"{service} {row.get('taxonomy_id')}")),
            "link_id": service,
            "link_entity": "service",
            "taxonomy_term_id": self._id("taxonomy_term", row.get("taxonomy_id", "")),
        }
        yield "attribute", attribute, place

    def _plain(self, file: str, table: str, row: Row, line: str) -> Row:
        """What changed within one row of the lesser tables."""
        if file not in TABLE_OF_FILE or (table == "schedule" and "weekday" in row):
            row["id"] = f"{file} {row['id']}" if "id" in row else f"{file} {line}"
        if table == "address":
            kind = "physical" if file in ("physical_addresses.csv", "addresses.csv") else "postal"
            row.setdefault("address_type", kind)
        elif table == "phone":
            _rename(row, "number_type", "type")
            _rename(row, "department", "description")
            prefix = str(row.pop("country_prefix", "")).strip()
            if prefix and "number" in row:
                row["number"] = f"{prefix if prefix.startswith('+') else '+' + prefix} {row['number']}"
            for field in _LANGUAGE_LISTS:
                row.pop(field, None)
        elif table == "schedule":
            _schedule(file, row)
        elif table == "language":
            _rename(row, "language", "name")
        elif table == "accessibility":
            _rename(row, "accessibility", "description")
        elif table == "program":
            row.setdefault("description", row.get("name", ""))
        return row


def _schedule(file: str, row: Row) -> None:
    for field in ("opens_at", "closes_at"):
        if field in row:
            row[field] = _time(str(row[field]))
    if "weekday" in row:
        row["freq"] = "WEEKLY"
        row["byday"] = _weekday(str(row.pop("weekday")))
    if file == "holiday_schedules.csv":
        row["dtstart"], row["until"] = _date(row.pop("start_date", "")), _date(row.pop("end_date", ""))
        if str(row.pop("closed", "")).strip().lower() in ("true", "t", "yes", "1"):
            row["description"] = "Closed"


def _rename(row: Row, old: str, new: str) -> None:
    if old in row:
        value = row.pop(old)
        row.setdefault(new, value)


def _web_address(value: Any) -> Any:
    if isinstance(value, str) and value and "://" not in value:
        return f"http://{value.strip()}"
    return value


def _sentences(parts: Iterable[Any]) -> str:
    return "\n".join(dict.fromkeys(str(part).strip() for part in parts if str(part).strip()))


def _weekday(value: str) -> str:
    """A weekday by name or by number (1 is Monday)."""
    plain = value.strip()
    if plain.isdigit() and 1 <= int(plain) <= 7:
        return _DAYS[int(plain) - 1]
    return plain[:2].upper()


def _time(value: str) -> str:
    plain = value.strip()
    return f"0{plain}" if re.fullmatch(r"\d:[0-5]\d(:[0-5]\d)?", plain) else plain


def _date(value: Any) -> str:
    """A date as ISO writes it; anything else is left as it is, and told when the row is checked."""
    found = _US_DATE.fullmatch(str(value).strip())
    if not found:
        return str(value)
    month, day, year = found.groups()
    full = year if len(year) == 4 else f"20{year}"
    return f"{full}-{int(month):02}-{int(day):02}"
