"""The objects of HSDS 3.1 that belong to others: numbers, addresses, schedules, attributes and the like.

See ``directory`` for what they belong to and for the source.
"""

from typing import Literal

from screening.core.directory_values import Day, Email, Moment, Number, Text, TimeOfDay, Uri, Uuid, WebAddress
from screening.core.shape import Shape

Weekday = Literal["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
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
