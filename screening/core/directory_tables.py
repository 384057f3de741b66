"""How HSDS's objects hang together: which file a table is, which rows nest under which, what a reference leads to.

Read off the shapes, so that each fact stands once. ``link_id`` of an attribute and ``resource_id`` of metadata may lead to a row
of any table.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from screening.core import directory as hsds
from screening.core import directory_parts as parts
from screening.core.directory_parts import HsdsObject, Metadata

Row = dict[str, Any]
"""A flat row: field → value; what is not known is not in it."""


class Table(NamedTuple):
    """One object of HSDS: its name, shape, file, and the references its rows cannot do without."""

    name: str
    shape: type[HsdsObject] | type[Metadata]
    file: str
    must_refer: tuple[str, ...] = ()


_ALL = (
    Table("organization", hsds.Organization, "organizations.csv"),
    Table("program", parts.Program, "programs.csv", ("organization_id",)),
    Table("service", hsds.Service, "services.csv"),
    Table("attribute", parts.Attribute, "attributes.csv", ("link_id",)),
    Table("service_at_location", hsds.ServiceAtLocation, "service_at_location.csv", ("service_id",)),
    Table("location", hsds.Location, "locations.csv"),
    Table("phone", parts.Phone, "phones.csv"),
    Table("contact", parts.Contact, "contacts.csv"),
    Table("address", parts.Address, "addresses.csv"),
    Table("schedule", parts.Schedule, "schedules.csv"),
    Table("funding", parts.Funding, "funding.csv"),
    Table("service_area", parts.ServiceArea, "service_areas.csv"),
    Table("required_document", parts.RequiredDocument, "required_documents.csv"),
    Table("language", parts.Language, "languages.csv"),
    Table("accessibility", parts.Accessibility, "accessibility.csv"),
    Table("taxonomy_term", parts.TaxonomyTerm, "taxonomy_terms.csv"),
    Table("metadata", Metadata, "metadata.csv", ("resource_id",)),
    Table("cost_option", parts.CostOption, "cost_options.csv", ("service_id",)),
    Table(
        "organization_identifier",
        parts.OrganizationIdentifier,
        "organization_identifiers.csv",
        ("organization_id",),
    ),
    Table("taxonomy", parts.Taxonomy, "taxonomies.csv"),
    Table("service_capacity", parts.ServiceCapacity, "service_capacity.csv", ("service_id", "unit_id")),
    Table("unit", parts.Unit, "units.csv"),
    Table("url", parts.Url, "url.csv"),
)
TABLES: Mapping[str, Table] = MappingProxyType({table.name: table for table in _ALL})
TABLE_OF_FILE: Mapping[str, str] = MappingProxyType({table.file: table.name for table in _ALL})
MAIN = ("taxonomy", "taxonomy_term", "organization", "location", "service", "service_at_location")
"""What is stored as entries of their own, in the order in which one may refer to another; the rest belongs to these."""
ANY = "any"
"""What a reference leads to that may lead to a row of any table."""

_CHILD_OF_FIELD = {
    "metadata": ("metadata", "resource_id"),
    "attributes": ("attribute", "link_id"),
    "languages": ("language", ""),
    "phones": ("phone", ""),
    "contacts": ("contact", ""),
    "schedules": ("schedule", ""),
    "service_areas": ("service_area", ""),
    "addresses": ("address", ""),
    "accessibility": ("accessibility", ""),
    "funding": ("funding", ""),
    "cost_options": ("cost_option", ""),
    "required_documents": ("required_document", ""),
    "additional_websites": ("url", ""),
    "additional_urls": ("url", ""),
    "capacities": ("service_capacity", ""),
    "programs": ("program", ""),
    "organization_identifiers": ("organization_identifier", ""),
    "locations": ("location", ""),
    "services": ("service", ""),
    "service_at_locations": ("service_at_location", ""),
}
_ONE_OF_FIELD = {
    "taxonomy_term": ("taxonomy_term", "taxonomy_term_id"),
    "taxonomy_detail": ("taxonomy", "taxonomy_id"),
    "unit": ("unit", "unit_id"),
    "organization": ("organization", "organization_id"),
    "program": ("program", "program_id"),
    "location": ("location", "location_id"),
    "service": ("service", "service_id"),
}
_LEADS_TO = {f"{name}_id": name for name in TABLES} | {
    "link_id": ANY,
    "resource_id": ANY,
}


def _children(table: Table) -> dict[str, tuple[str, str]]:
    return {
        field: (child, reference or f"{table.name}_id")
        for field, (child, reference) in _CHILD_OF_FIELD.items()
        if field in table.shape.model_fields
    }


def _ones(table: Table) -> dict[str, tuple[str, str]]:
    fields = table.shape.model_fields
    return {field: pair for field, pair in _ONE_OF_FIELD.items() if field in fields and field != table.name}


def _references(table: Table) -> dict[str, str]:
    return {field: _LEADS_TO[field] for field in table.shape.model_fields if field in _LEADS_TO}


CHILDREN: Mapping[str, Mapping[str, tuple[str, str]]] = {
    name: _children(each) for name, each in TABLES.items()
}
"""Table → field with nested rows → (their table, their field that leads back)."""
ONES: Mapping[str, Mapping[str, tuple[str, str]]] = {name: _ones(each) for name, each in TABLES.items()}
"""Table → field with one nested object → (its table, the field that refers to it)."""
REFERENCES: Mapping[str, Mapping[str, str]] = {name: _references(each) for name, each in TABLES.items()}
"""Table → field that refers → table it leads to. Parents of organizations and terms are not among them: a part of a larger
directory rightly names parents that lie outside of it."""
PARENTS: Mapping[str, frozenset[str]] = {
    name: frozenset(
        reference for kinds in CHILDREN.values() for child, reference in kinds.values() if child == name
    )
    for name in TABLES
}
"""Table → the fields by which a row belongs to another. A row of a table with such fields needs at least one of them."""
COLUMNS: Mapping[str, tuple[str, ...]] = {
    name: tuple(
        field for field in each.shape.model_fields if field not in CHILDREN[name] and field not in ONES[name]
    )
    for name, each in TABLES.items()
}
"""Table → the columns of its file."""
REQUIRED: Mapping[str, frozenset[str]] = {
    name: frozenset(field for field, info in each.shape.model_fields.items() if info.is_required())
    for name, each in TABLES.items()
}
"""Table → what no row can do without, references apart."""
