"""The service directory in HSDS 3.1's own words: one shape an object, with the fields the specification names.

Source: Human Services Data Specification, an Open Referral resource (https://openreferral.org/), version 3.1, read as
a list of fields; the shapes are our own. A field without ``None`` is required in JSON. Child objects nest as HSDS nests
them; the same objects flat, as rows with references, are what ``directory_tables`` describes and what is stored.
"""

from typing import Any, Literal

from screening.core.directory_parts import (
    Accessibility,
    Address,
    Contact,
    CostOption,
    Described,
    Funding,
    HsdsObject,
    Language,
    OrganizationIdentifier,
    Phone,
    PlaceType,
    Program,
    RequiredDocument,
    Schedule,
    ServiceArea,
    ServiceCapacity,
    Url,
)
from screening.core.directory_values import Day, Email, Moment, Number, Text, Uri, Uuid, WebAddress

HSDS_VERSION = "3.1"
Status = Literal["active", "inactive", "defunct", "temporarily closed"]


class Location(Described):
    """A place, or a way to be reached without one."""

    location_type: PlaceType
    url: WebAddress | None = None
    organization_id: Uuid | None = None
    name: Text | None = None
    alternate_name: Text | None = None
    description: Text | None = None
    transportation: Text | None = None
    latitude: Number | None = None
    longitude: Number | None = None
    external_identifier: Text | None = None
    external_identifier_type: Text | None = None
    languages: tuple[Language, ...] = ()
    addresses: tuple[Address, ...] = ()
    contacts: tuple[Contact, ...] = ()
    accessibility: tuple[Accessibility, ...] = ()
    phones: tuple[Phone, ...] = ()
    schedules: tuple[Schedule, ...] = ()


class Organization(Described):
    """Whoever runs services."""

    name: Text
    alternate_name: Text | None = None
    description: Text
    email: Email | None = None
    website: WebAddress | None = None
    additional_websites: tuple[Url, ...] = ()
    tax_status: Text | None = None
    tax_id: Text | None = None
    year_incorporated: Number | None = None
    legal_status: Text | None = None
    logo: Text | None = None
    uri: Uri | None = None
    parent_organization_id: Uuid | None = None
    funding: tuple[Funding, ...] = ()
    contacts: tuple[Contact, ...] = ()
    phones: tuple[Phone, ...] = ()
    locations: tuple[Location, ...] = ()
    services: "tuple[Service, ...]" = ()
    programs: tuple[Program, ...] = ()
    organization_identifiers: tuple[OrganizationIdentifier, ...] = ()


class ServiceAtLocation(Described):
    """A service as given at one location."""

    service_id: Uuid | None = None
    location_id: Uuid | None = None
    description: Text | None = None
    service_areas: tuple[ServiceArea, ...] = ()
    contacts: tuple[Contact, ...] = ()
    phones: tuple[Phone, ...] = ()
    schedules: tuple[Schedule, ...] = ()
    location: Location | None = None
    service: "Service | None" = None


class Service(Described):
    """Something an organization does for people."""

    organization_id: Uuid | None = None
    program_id: Uuid | None = None
    name: Text
    alternate_name: Text | None = None
    description: Text | None = None
    url: WebAddress | None = None
    additional_urls: tuple[Url, ...] = ()
    email: Email | None = None
    status: Status
    interpretation_services: Text | None = None
    application_process: Text | None = None
    fees_description: Text | None = None
    wait_time: Text | None = None
    fees: Text | None = None
    accreditations: Text | None = None
    eligibility_description: Text | None = None
    minimum_age: Number | None = None
    maximum_age: Number | None = None
    assured_date: Day | None = None
    assurer_email: Email | None = None
    licenses: Text | None = None
    alert: Text | None = None
    last_modified: Moment | None = None
    phones: tuple[Phone, ...] = ()
    schedules: tuple[Schedule, ...] = ()
    service_areas: tuple[ServiceArea, ...] = ()
    service_at_locations: tuple[ServiceAtLocation, ...] = ()
    languages: tuple[Language, ...] = ()
    organization: Organization | None = None
    funding: tuple[Funding, ...] = ()
    cost_options: tuple[CostOption, ...] = ()
    program: Program | None = None
    required_documents: tuple[RequiredDocument, ...] = ()
    contacts: tuple[Contact, ...] = ()
    capacities: tuple[ServiceCapacity, ...] = ()


Organization.model_rebuild()
ServiceAtLocation.model_rebuild()


def as_json(value: HsdsObject) -> dict[str, Any]:
    """The object as HSDS writes it in JSON: what is not known is left out, not written as null."""
    return value.model_dump(mode="json", exclude_defaults=True)
