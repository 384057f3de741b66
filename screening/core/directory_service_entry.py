"""A service as a person reads and edits it: plain values read off HSDS rows. Putting them back is ``directory_editing``'s."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from screening.core.directory_nesting import Tables
from screening.core.directory_profile import feature_term_id
from screening.core.directory_tables import Row

Content = dict[str, list[Row]]
"""What an entry's document holds: table → rows."""
WEEK = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
PLAIN_FIELDS = (
    "name",
    "description",
    "email",
    "url",
    "eligibility_description",
    "application_process",
    "alert",
    "status",
    "minimum_age",
    "maximum_age",
)
ADDRESS_FIELDS = ("address_1", "address_2", "city", "state_province", "postal_code")
_DAY_AND_NIGHT = (("00:00", "23:59"), ("00:00", "24:00"))


@dataclass(frozen=True, slots=True)
class PhoneLine:
    """A number to call or text, or an address to chat at (kind ``chat``). A new line has no id yet."""

    number: str
    kind: str = "voice"
    label: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Opening:
    """Hours: on which days from when to when, and words about it."""

    days: tuple[str, ...] = ()
    opens_at: str = ""
    closes_at: str = ""
    words: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class PlaceEntry:
    """A place of the service. ``shown`` is false where the address may not be shown, whoever asks; it then stays as it is."""

    level: str
    address_1: str = ""
    address_2: str = ""
    city: str = ""
    state_province: str = ""
    postal_code: str = ""
    id: str = ""
    shown: bool = True

    @property
    def is_empty(self) -> bool:
        """Whether nothing of an address is given."""
        return not any(getattr(self, each) for each in ADDRESS_FIELDS)


@dataclass(frozen=True, slots=True)
class ServiceEntry:
    """Everything of a service that a person edits. Field names are HSDS's where HSDS has the field.

    ``traits`` holds what our own taxonomy says, code → values: features of the rulebook, people served, who must refer.
    """

    name: str = ""
    organization: str = ""
    description: str = ""
    kinds: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    phones: tuple[PhoneLine, ...] = ()
    email: str = ""
    url: str = ""
    day_and_night: bool = False
    openings: tuple[Opening, ...] = ()
    minimum_age: float | None = None
    maximum_age: float | None = None
    eligibility_description: str = ""
    application_process: str = ""
    alert: str = ""
    status: str = "active"
    level: str = "public"
    places: tuple[PlaceEntry, ...] = ()
    traits: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Known:
    """What a form knows of: kinds (term → code), areas by their ids, codes of our own taxonomy."""

    kind_terms: Mapping[str, str]
    areas: Collection[str]
    codes: Collection[str]


def service_entry(tables: Tables, service_id: str, level: str, known: Known) -> ServiceEntry:
    """The plain values of a service, of the rows its viewer may see. Places are not among them."""
    row = tables["service"][service_id]
    own = {
        table: [each for each in rows.values() if each.get("service_id") == service_id]
        for table, rows in tables.items()
        if table in ("phone", "url", "schedule", "service_area")
    }
    marks = [each for each in tables["attribute"].values() if each.get("link_id") == service_id]
    traits = {
        code: tuple(
            each["value"] for each in marks if each.get("taxonomy_term_id") == term and "value" in each
        )
        for code in known.codes
        for term in (feature_term_id(code),)
    }
    kinds = [known.kind_terms.get(each.get("taxonomy_term_id", ""), "") for each in marks]
    organization = tables["organization"].get(row.get("organization_id", ""), {})
    openings = [_opening(each) for each in own["schedule"] if not is_day_and_night(each)]
    plain: dict[str, Any] = {
        name: row.get(name, None if name.endswith("_age") else "") for name in PLAIN_FIELDS
    }
    return ServiceEntry(
        **plain,
        organization=organization.get("name", ""),
        kinds=tuple(sorted({each for each in kinds if each})),
        areas=tuple(
            sorted({each["name"] for each in own["service_area"] if each.get("name") in known.areas})
        ),
        phones=(*map(_phone, own["phone"]), *map(_chat, own["url"])),
        day_and_night=len(openings) < len(own["schedule"]),
        openings=tuple(openings),
        level=level,
        traits={code: tuple(sorted(values)) for code, values in traits.items() if values},
    )


def is_day_and_night(row: Row) -> bool:
    """Whether a schedule says: every day, the whole day."""
    days = {day.strip() for day in str(row.get("byday", "")).split(",")}
    hours = (str(row.get("opens_at", ""))[:5], str(row.get("closes_at", ""))[:5])
    return days == set(WEEK) and hours in _DAY_AND_NIGHT


def place_entry(tables: Tables, location_id: str, level: str) -> PlaceEntry:
    """The address of a place its viewer may see."""
    address = address_of({"address": list(tables["address"].values())}, location_id) or {}
    said: dict[str, Any] = {name: str(address.get(name, "")) for name in ADDRESS_FIELDS}
    return PlaceEntry(level, **said, id=location_id)


def _phone(row: Row) -> PhoneLine:
    return PhoneLine(row["number"], row.get("type", "voice"), row.get("description", ""), row["id"])


def _chat(row: Row) -> PhoneLine:
    return PhoneLine(row["url"], "chat", row.get("label", ""), row["id"])


def _opening(row: Row) -> Opening:
    days = tuple(day for day in WEEK if day in str(row.get("byday", "")).split(","))
    opens, closes = (str(row.get(name, ""))[:5] for name in ("opens_at", "closes_at"))
    return Opening(days, opens, closes, row.get("description", ""), row["id"])


def address_of(content: Mapping[str, list[Row]], location_id: str) -> Row | None:
    """The address a place is known by: the physical one if there is one."""
    found = [each for each in content.get("address", ()) if each.get("location_id") == location_id]
    return min(found, key=lambda each: (each.get("address_type") != "physical", each["id"]), default=None)
