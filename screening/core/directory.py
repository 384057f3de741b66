"""The service directory in HSDS 3.1's own words: one shape an object, with the fields the specification names.

Source: Human Services Data Specification, an Open Referral resource (https://openreferral.org/), version 3.1, read as a list of
fields; the shapes are our own. A field without ``None`` is required in JSON. Child objects nest as HSDS nests them; the same
objects flat, as rows with references, are what ``directory_tables`` describes and what is stored.
"""

from typing import Any, Literal

from screening.core.directory_values import (
    Day,
    Email,
    Moment,
    Number,
    Text,
    TimeOfDay,
    Uri,
    Uuid,
    WebAddress,
)
from screening.core.shape import Shape

HSDS_VERSION = "3.1"
Weekday = Literal["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
Status = Literal["active", "inactive", "defunct", "temporarily closed"]
PlaceType = Literal["physical", "postal", "virtual"]


class Metadata(Shape):
    """One change of one field: when, by whom, from what to what."""

    id: Uuid
    resource_id: Uuid | None = None
    resource_type: Text | None = None
    last_action_date: Day
    last_action_type: Text
    field_name: Text
    previous_value: Text
    replacement_value: Text
    updated_by: Text


class HsdsObject(Shape):
    """What every object has: an id, and what was recorded about its changes."""

    id: Uuid
    metadata: tuple[Metadata, ...] = ()


class Taxonomy(HsdsObject):
    """A list of terms."""

    name: Text
    description: Text
    uri: Uri | None = None
    version: Text | None = None


class TaxonomyTerm(HsdsObject):
    """A term of a taxonomy."""

    code: Text | None = None
    name: Text
    description: Text
    parent_id: Uuid | None = None
    taxonomy: Text | None = None
    taxonomy_detail: Taxonomy | None = None
    language: Text | None = None
    taxonomy_id: Uuid | None = None
    term_uri: Uri | None = None


class Attribute(HsdsObject):
    """Puts a term, or a value under a term, on any object."""

    link_id: Uuid | None = None
    taxonomy_term_id: Uuid | None = None
    link_type: Text | None = None
    link_entity: Text | None = None
    value: Text | None = None
    taxonomy_term: TaxonomyTerm | None = None
    label: Text | None = None


class Described(HsdsObject):
    """An object that can carry attributes."""

    attributes: tuple[Attribute, ...] = ()


class Language(Described):
    """A language spoken at a service, a location or a number."""

    service_id: Uuid | None = None
    location_id: Uuid | None = None
    phone_id: Uuid | None = None
    name: Text | None = None
    code: Text | None = None
    note: Text | None = None


class Phone(Described):
    """A telephone number."""

    location_id: Uuid | None = None
    service_id: Uuid | None = None
    organization_id: Uuid | None = None
    contact_id: Uuid | None = None
    service_at_location_id: Uuid | None = None
    number: Text
    extension: Number | None = None
    type: Text | None = None
    description: Text | None = None
    languages: tuple[Language, ...] = ()


class Contact(Described):
    """A person or desk to turn to."""

    organization_id: Uuid | None = None
    service_id: Uuid | None = None
    service_at_location_id: Uuid | None = None
    location_id: Uuid | None = None
    name: Text | None = None
    title: Text | None = None
    department: Text | None = None
    email: Email | None = None
    phones: tuple[Phone, ...] = ()


class Schedule(Described):
    """When something is open, in the words of calendar rules."""

    service_id: Uuid | None = None
    location_id: Uuid | None = None
    service_at_location_id: Uuid | None = None
    valid_from: Day | None = None
    valid_to: Day | None = None
    dtstart: Day | None = None
    timezone: Number | None = None
    until: Day | None = None
    count: Number | None = None
    wkst: Weekday | None = None
    freq: Literal["WEEKLY", "MONTHLY"] | None = None
    interval: Number | None = None
    byday: Text | None = None
    byweekno: Text | None = None
    bymonthday: Text | None = None
    byyearday: Text | None = None
    description: Text | None = None
    opens_at: TimeOfDay | None = None
    closes_at: TimeOfDay | None = None
    schedule_link: WebAddress | None = None
    attending_type: Text | None = None
    notes: Text | None = None


class ServiceArea(Described):
    """Where people must live to be served."""

    service_id: Uuid | None = None
    service_at_location_id: Uuid | None = None
    name: Text | None = None
    description: Text | None = None
    extent: Text | None = None
    extent_type: Text | None = None
    uri: Uri | None = None


class Address(Described):
    """A postal, physical or virtual address of a location."""

    location_id: Uuid | None = None
    attention: Text | None = None
    address_1: Text
    address_2: Text | None = None
    city: Text
    region: Text | None = None
    state_province: Text
    postal_code: Text
    country: Text
    address_type: PlaceType


class Accessibility(Described):
    """What makes a location reachable for people with disabilities."""

    location_id: Uuid | None = None
    description: Text | None = None
    details: Text | None = None
    url: WebAddress | None = None


class Funding(Described):
    """Who pays for an organization or a service."""

    organization_id: Uuid | None = None
    service_id: Uuid | None = None
    source: Text | None = None


class CostOption(Described):
    """What a service costs."""

    service_id: Uuid | None = None
    valid_from: Day | None = None
    valid_to: Day | None = None
    option: Text | None = None
    currency: Text | None = None
    amount: Number | None = None
    amount_description: Text | None = None


class RequiredDocument(Described):
    """What must be brought along."""

    service_id: Uuid | None = None
    document: Text | None = None
    uri: Uri | None = None


class Url(Described):
    """One more address on the web."""

    organization_id: Uuid | None = None
    service_id: Uuid | None = None
    label: Text | None = None
    url: WebAddress


class Unit(Described):
    """What a capacity is counted in, such as beds."""

    name: Text
    scheme: Text | None = None
    identifier: Text | None = None
    uri: Uri | None = None


class ServiceCapacity(Described):
    """How many units a service has free, and when that was said."""

    service_id: Uuid | None = None
    unit_id: Uuid | None = None
    unit: Unit | None = None
    available: Number
    maximum: Number | None = None
    description: Text | None = None
    updated: Moment


class Program(Described):
    """A program that groups services of an organization."""

    organization_id: Uuid | None = None
    name: Text
    alternate_name: Text | None = None
    description: Text


class OrganizationIdentifier(Described):
    """A number under which others know the organization."""

    organization_id: Uuid | None = None
    identifier_scheme: Text | None = None
    identifier_type: Text
    identifier: Text


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


ServiceAtLocation.model_rebuild()


def as_json(value: HsdsObject) -> dict[str, Any]:
    """The object as HSDS writes it in JSON: what is not known is left out, not written as null."""
    return value.model_dump(mode="json", exclude_defaults=True)
