"""Entries as rows of the store: which table, which columns, and which of them a viewer may see."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import aliased

from screening.core.directory_entries import Entry
from screening.core.directory_profile import Confidentiality
from screening.core.directory_tables import Row
from screening.operations.actors import Actor, Refusal, Verb, may
from screening.store.directory_models import (
    DirectoryEntry,
    LocationRow,
    OrganizationRow,
    ServiceAtLocationRow,
    ServiceRow,
    TaxonomyRow,
    TaxonomyTermRow,
)

MODELS: Mapping[str, type[DirectoryEntry]] = {
    "taxonomy": TaxonomyRow,
    "taxonomy_term": TaxonomyTermRow,
    "organization": OrganizationRow,
    "location": LocationRow,
    "service": ServiceRow,
    "service_at_location": ServiceAtLocationRow,
}


def column_of(table: str, name: str) -> Any:
    """A column that only some tables have, such as ``confidentiality``. The caller asks tables that have it."""
    return getattr(MODELS[table], name)


VERIFIED = ("organization", "location", "service")
LONGEST_SEARCH_TEXT = 4000
_OwnService = aliased(ServiceRow)


class EntryNotFound(Refusal):
    """There is no such entry for this person: it does not exist, belongs to another agency, or must not be seen."""


def columns_of(entry: Entry, level: Confidentiality, fallback: date) -> dict[str, Any]:
    """What stands in columns of its own, beside the document."""
    row = entry.row
    columns: dict[str, Any] = {
        "id": row["id"],
        "as_of": _day_of(row) or fallback,
        "digest": entry.digest,
        "document": entry.document,
    }
    if entry.table in ("taxonomy", "taxonomy_term", "organization", "service"):
        words = " ".join(
            str(row[field]) for field in ("name", "alternate_name", "description") if field in row
        )
        columns["sort_name"] = _at_most(80, str(row["name"]).casefold())
        columns["search_text"] = _at_most(LONGEST_SEARCH_TEXT, words.casefold())
    if entry.table in ("service", "location"):
        columns["organization_id"] = row.get("organization_id")
        columns["confidentiality"] = level.value
    if entry.table == "service":
        columns["status"] = row["status"]
    elif entry.table == "location":
        columns["postal_code"] = _postal_code(entry)
    elif entry.table == "service_at_location":
        columns |= {"service_id": row["service_id"], "location_id": row.get("location_id")}
    elif entry.table == "taxonomy_term":
        columns |= {"taxonomy_id": row.get("taxonomy_id"), "parent_id": row.get("parent_id")}
    return columns


def _at_most(length: int, text: str) -> str:
    return text[:length]


def _day_of(row: Row) -> date | None:
    """The day an entry itself says its content is of."""
    said = [str(row[field])[:10] for field in ("assured_date", "last_modified") if field in row]
    days = []
    for each in said:
        try:
            days.append(date.fromisoformat(each))
        except ValueError:
            continue  # another way of writing a moment that HSDS allows
    return max(days, default=None)


def _postal_code(entry: Entry) -> str | None:
    addresses = entry.rows("address")
    codes = [str(row["postal_code"]) for row in addresses if row.get("address_type") == "physical"]
    return plain_postal_code(codes[0]) if codes else None


def plain_postal_code(written: str) -> str:
    """A postal code as it is compared: without spaces, in capitals; of a longer American one the first five digits."""
    plain = "".join(written.split()).upper()[:20]
    return plain[:5] if plain[:5].isdigit() and plain[5:6] == "-" else plain


def levels_open_to(actor: Actor | None) -> tuple[str, ...]:
    """The levels of confidentiality a person may see. Undisclosed is never among them."""
    levels = [Confidentiality.PUBLIC]
    if may(actor, Verb.SEE_CONFIDENTIAL_PLACES):
        levels.append(Confidentiality.CONFIDENTIAL)
    return tuple(level.value for level in levels)


def visible(table: str, levels: tuple[str, ...]) -> ColumnElement[bool]:
    """The condition under which an entry of a table may be seen.

    An organization is hidden with its services: if it has some and none of them may be seen. A service at a location
    needs both to be visible.
    """
    if table == "service":
        return ServiceRow.confidentiality.in_(levels)
    if table == "location":
        return LocationRow.confidentiality.in_(levels)
    if table == "organization":
        own = _OwnService.organization_id == OrganizationRow.id
        seen = exists(select(_OwnService.id).where(own, _OwnService.confidentiality.in_(levels)))
        return or_(seen, ~exists(select(_OwnService.id).where(own)))
    if table == "service_at_location":
        service = exists(
            select(ServiceRow.id).where(
                ServiceRow.id == ServiceAtLocationRow.service_id, ServiceRow.confidentiality.in_(levels)
            )
        )
        location = exists(
            select(LocationRow.id).where(
                LocationRow.id == ServiceAtLocationRow.location_id, LocationRow.confidentiality.in_(levels)
            )
        )
        return and_(service, or_(ServiceAtLocationRow.location_id.is_(None), location))
    return MODELS[table].id.is_not(None)


def new_row(columns: Mapping[str, Any], agency_id: str, source: str, now: datetime) -> dict[str, Any]:
    """A whole row for an entry that was not there."""
    return {**columns, "agency_id": agency_id, "source": source, "changed_at": now, "left_source_at": None}
