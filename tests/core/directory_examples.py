"""Invented directories: one with everything in it, and a strategy that invents more."""

from typing import Any, get_args

from hypothesis import strategies as st

from screening.core.directory_rows import FlatRows, Place
from screening.core.directory_tables import COLUMNS, MAIN, PARENTS, REFERENCES, REQUIRED, TABLES, Row
from screening.core.directory_values import derived_id

PLACE = Place("invented", "1")


def uid(*parts: object) -> str:
    return derived_id("test", *map(str, parts))


def full_service() -> dict[str, Any]:
    """A service as HSDS nests it, with every kind of object in it once. Everything is invented."""
    language = {"id": uid("language"), "name": "Spanish", "code": "es"}
    phone = {
        "id": uid("phone"), "number": "+1 816 555 0100", "extension": 7, "type": "voice", "languages": [language],
    }  # fmt: skip
    contact = {"id": uid("contact"), "name": "Dana Desk", "email": "desk@example.org", "phones": [phone]}
    schedule = {
        "id": uid("schedule"), "freq": "WEEKLY", "byday": "MO,TU", "opens_at": "09:00", "closes_at": "17:00:00Z",
    }  # fmt: skip
    area = {"id": uid("area"), "name": "Example County", "extent": "{}", "extent_type": "geojson"}
    taxonomy = {"id": uid("taxonomy"), "name": "Kinds", "description": "Kinds of help", "version": "1"}
    term = {
        "id": uid("term"), "code": "shelter", "name": "Shelter", "description": "A bed for tonight",
        "parent_id": uid("a term elsewhere"), "taxonomy_detail": taxonomy,
    }  # fmt: skip
    location = {
        "id": uid("location"), "location_type": "physical", "name": "House", "latitude": 39.0911, "longitude": -94.4155,
        "transportation": "Bus 24 stops at the corner",
        "addresses": [{
            "id": uid("address"), "address_1": "100 Example Avenue", "city": "Exampleville", "state_province": "MO",
            "postal_code": "64000-1234", "country": "US", "address_type": "physical",
        }],
        "accessibility": [{"id": uid("accessibility"), "description": "Ramp"}],
        "phones": [phone], "contacts": [contact], "schedules": [schedule], "languages": [language],
    }  # fmt: skip
    return {
        "id": uid("service"), "name": "Night shelter", "status": "active", "description": "Beds for tonight",
        "minimum_age": 12, "maximum_age": 17.5, "last_modified": "2026-03-15T10:30:45.123Z",
        "assured_date": "2026-04-01", "url": "https://example.org/shelter",
        "additional_urls": [{"id": uid("url"), "url": "https://example.org"}],
        "phones": [phone], "contacts": [contact], "schedules": [schedule], "service_areas": [area],
        "languages": [language],
        "funding": [{"id": uid("funding"), "source": "Gifts"}],
        "cost_options": [{"id": uid("cost"), "option": "All", "amount": 0, "currency": "usd"}],
        "required_documents": [{"id": uid("document"), "document": "None"}],
        "program": {"id": uid("program"), "name": "Youth", "description": "Youth programs"},
        "capacities": [{
            "id": uid("capacity"), "unit": {"id": uid("unit"), "name": "Bed"}, "available": 2, "maximum": 8,
            "updated": "2026-09-25T14:23:06.5+01:00",
        }],
        "attributes": [{"id": uid("attribute"), "link_entity": "service", "taxonomy_term": term, "value": "yes"}],
        "metadata": [{
            "id": uid("metadata"), "resource_type": "service", "last_action_date": "2026-01-01",
            "last_action_type": "update", "field_name": "name", "previous_value": "Shelter",
            "replacement_value": "Night shelter", "updated_by": "Dana",
        }],
        "organization": _organization(location, phone, contact),
        "service_at_locations": [{
            "id": uid("at"), "location": location, "phones": [phone], "schedules": [schedule], "service_areas": [area],
        }],
    }  # fmt: skip


def _organization(location: Row, phone: Row, contact: Row) -> dict[str, Any]:
    return {
        "id": uid("organization"), "name": "Example House", "description": "Invented", "website": "http://example.org",
        "parent_organization_id": uid("a parent elsewhere"), "year_incorporated": 1999,
        "locations": [location], "phones": [phone], "contacts": [contact],
        "programs": [{"id": uid("program"), "name": "Youth", "description": "Youth programs"}],
        "organization_identifiers": [
            {"id": uid("identifier"), "identifier_type": "EIN", "identifier": "00-0000000"}
        ],
    }  # fmt: skip


_CLEAN = st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\r\t")
_TEXT = st.text(_CLEAN, min_size=1, max_size=8)
_NUMBER = st.integers(-90, 2030) | st.decimals(-180, 180, places=4, allow_nan=False).map(float)
_DAY = st.dates().map(str)
_BY_NAME = {
    **dict.fromkeys(("email", "assurer_email"), st.just("a@example.org")),
    **dict.fromkeys(("website", "url", "schedule_link"), st.sampled_from(["http://a.example", "https://b.example/x?y=1"])),
    **dict.fromkeys(("uri", "term_uri"), st.just("urn:x:1")),
    **dict.fromkeys(("opens_at", "closes_at"), st.sampled_from(["08:30", "17:00:00", "10:00Z"])),
    **dict.fromkeys(("last_modified", "updated"), st.datetimes().map(lambda moment: f"{moment.isoformat()}Z")),
    **dict.fromkeys(
        ("valid_from", "valid_to", "dtstart", "until", "assured_date", "last_action_date"), _DAY
    ),
}  # fmt: skip


def _values(table: str, column: str) -> st.SearchStrategy[Any]:
    if column in _BY_NAME:
        return _BY_NAME[column]
    annotation = TABLES[table].shape.model_fields[column].annotation
    kinds = [annotation, *get_args(annotation)]
    words = [word for kind in kinds for word in get_args(kind) if isinstance(word, str)]
    words += [word for word in get_args(annotation) if isinstance(word, str)]
    if words:
        return st.sampled_from(words)
    return _NUMBER if int in kinds or float in kinds or "int" in str(annotation) else _TEXT


@st.composite
def directories(draw: st.DrawFn) -> FlatRows:
    """Flat rows of every table that hang together."""
    ids: dict[str, list[str]] = {
        table: [uid(table, number) for number in range(draw(st.integers(1, 2)))] for table in TABLES
    }
    rows = FlatRows()
    for table in TABLES:
        for row_id in ids[table]:
            rows.add(table, draw(_rows(table, row_id, ids)), PLACE)
    return rows


@st.composite
def _rows(draw: st.DrawFn, table: str, row_id: str, ids: dict[str, list[str]]) -> Row:
    row: Row = {"id": row_id}
    for column in COLUMNS[table]:
        if column in REFERENCES[table] or column in ("id", "link_entity", "resource_type"):
            continue
        if column in REQUIRED[table] or draw(st.booleans()):
            strategy = st.just(uid("elsewhere")) if column.startswith("parent_") else _values(table, column)
            row[column] = draw(strategy)
    for field, target in REFERENCES[table].items():
        needed = field in TABLES[table].must_refer or (table, field) == ("service", "organization_id")
        if target == "any":
            kind = (
                "service" if table == "attribute" else draw(st.sampled_from(["service", "phone", "location"]))
            )
            row[field] = draw(st.sampled_from(ids[kind]))
            row["link_entity" if table == "attribute" else "resource_type"] = kind
        elif needed or draw(st.booleans()):
            row[field] = draw(st.sampled_from(ids[target]))
    if table not in MAIN and PARENTS[table] and not PARENTS[table] & row.keys():
        field = min(PARENTS[table])
        row[field] = draw(st.sampled_from(ids[REFERENCES[table][field]]))
    return row
