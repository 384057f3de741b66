"""Tables of the service directory, one agency's each.

HSDS has 24 tables. Six of them are asked by themselves and stand here as tables: organizations, services, locations,
services at
locations, taxonomies and terms; a seventh, of attributes, finds entries by their terms. Everything else (telephones, addresses,
schedules, contacts, ...) is only ever read together with the entry it belongs to, and stands in that entry's
``document`` as the rows
HSDS would have, so that an entry is read, compared and replaced as one. What is searched, filtered or decides who may
see an entry
has a column. Ids are HSDS's; two agencies may keep the same entry, so the agency is part of every key.

``source`` is where an entry came from, ``as_of`` the day its content is of, ``left_source_at`` when a later import no
longer had it (it is
kept: only a person removes an entry), ``verified_at`` when a person of the agency checked it; a change makes it unverified.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, PrimaryKeyConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from screening.store.models import AgencyOwned, Base, UtcDateTime

_ID = String(64)
_LEVEL_KNOWN = "confidentiality IN ('public', 'confidential', 'undisclosed')"


def _key() -> PrimaryKeyConstraint:
    return PrimaryKeyConstraint("agency_id", "id")


def _refers(column: str, table: str) -> ForeignKeyConstraint:
    """To an entry of the same agency."""
    return ForeignKeyConstraint(["agency_id", column], [f"{table}.agency_id", f"{table}.id"])


class DirectoryEntry(AgencyOwned):
    """What every entry has."""

    id: Mapped[str] = mapped_column(_ID)
    source: Mapped[str] = mapped_column(String(100))
    as_of: Mapped[date]
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    left_source_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    digest: Mapped[str] = mapped_column(String(64))
    document: Mapped[str] = mapped_column(Text)


class Searchable(DirectoryEntry):
    """Entries people look for by name.

    ``sort_name`` is the beginning of the name, ``search_text`` the name and the words about it, both in small letters.
    """

    sort_name: Mapped[str] = mapped_column(String(80))
    search_text: Mapped[str] = mapped_column(Text)


class OrganizationRow(Searchable, Base):
    """Whoever runs services."""

    __tablename__ = "organizations"
    __table_args__ = (_key(), Index(None, "agency_id", "source"))

    verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ServiceRow(Searchable, Base):
    """A service."""

    __tablename__ = "services"
    __table_args__ = (
        _key(),
        _refers("organization_id", "organizations"),
        CheckConstraint(_LEVEL_KNOWN, name="confidentiality_known"),
        CheckConstraint(
            "status IN ('active', 'inactive', 'defunct', 'temporarily closed')", name="status_known"
        ),
        Index(None, "agency_id", "organization_id"),
        Index(None, "agency_id", "source"),
        Index(None, "agency_id", "sort_name", "id"),
    )

    organization_id: Mapped[str | None] = mapped_column(_ID)
    status: Mapped[str] = mapped_column(String(20))
    confidentiality: Mapped[str] = mapped_column(String(12))
    verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class LocationRow(DirectoryEntry, Base):
    """A place. Its address stands in the document alone, apart from the postal code by which it is found."""

    __tablename__ = "locations"
    __table_args__ = (
        _key(),
        _refers("organization_id", "organizations"),
        CheckConstraint(_LEVEL_KNOWN, name="confidentiality_known"),
        Index(None, "agency_id", "organization_id"),
        Index(None, "agency_id", "source"),
        Index(None, "agency_id", "postal_code"),
    )

    organization_id: Mapped[str | None] = mapped_column(_ID)
    postal_code: Mapped[str | None] = mapped_column(String(20))
    confidentiality: Mapped[str] = mapped_column(String(12))
    verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ServiceAtLocationRow(DirectoryEntry, Base):
    """A service as given at one location."""

    __tablename__ = "service_at_locations"
    __table_args__ = (
        _key(),
        _refers("service_id", "services"),
        _refers("location_id", "locations"),
        Index(None, "agency_id", "service_id"),
        Index(None, "agency_id", "location_id"),
        Index(None, "agency_id", "source"),
    )

    service_id: Mapped[str] = mapped_column(_ID)
    location_id: Mapped[str | None] = mapped_column(_ID)


class TaxonomyRow(Searchable, Base):
    """A list of terms."""

    __tablename__ = "taxonomies"
    __table_args__ = (_key(), Index(None, "agency_id", "source"))


class TaxonomyTermRow(Searchable, Base):
    """A term. Its parent may lie outside of what the agency has, so it is no reference the database checks."""

    __tablename__ = "taxonomy_terms"
    __table_args__ = (
        _key(),
        _refers("taxonomy_id", "taxonomies"),
        Index(None, "agency_id", "taxonomy_id"),
        Index(None, "agency_id", "source"),
    )

    taxonomy_id: Mapped[str | None] = mapped_column(_ID)
    parent_id: Mapped[str | None] = mapped_column(_ID)


class DirectoryAttribute(AgencyOwned, Base):
    """Which term stands on which entry: drawn from the documents, rewritten whenever one changes."""

    __tablename__ = "directory_attributes"
    __table_args__ = (
        PrimaryKeyConstraint("agency_id", "id", "link_id"),
        Index(None, "agency_id", "taxonomy_term_id", "link_id"),
        Index(None, "agency_id", "link_id"),
    )

    id: Mapped[str] = mapped_column(_ID)
    link_entity: Mapped[str] = mapped_column(String(30))
    link_id: Mapped[str] = mapped_column(_ID)
    taxonomy_term_id: Mapped[str | None] = mapped_column(_ID)
    value: Mapped[str | None] = mapped_column(Text)
