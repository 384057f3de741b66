"""A stored entry of the directory as matching reads it, and what kind of help it gives where.

Nothing here locates anybody: no address, no position is read. What an entry does not say stays unknown.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from typing import Literal, get_args
from weakref import WeakKeyDictionary

from screening.core.directory_nesting import Tables
from screening.core.directory_profile import (
    CONFIDENTIALITY,
    PROFILES,
    VERIFICATION,
    Confidentiality,
    feature_term_id,
    term_id,
)
from screening.core.directory_tables import Row
from screening.core.help_shapes import Gender, Phone, Service
from screening.core.rulebook import County, Jurisdiction, Rulebook

_ID = re.compile(r"[a-z][a-z0-9_]{0,59}")
_DAYS = frozenset({"MO", "TU", "WE", "TH", "FR", "SA", "SU"})
_LAST_MINUTES = ("23:59", "24:00", "00:00")
ANYWHERE = ""
"""The area of an entry that names none that is written as an id."""


def offers_of(tables: Tables) -> set[tuple[str, str]]:
    """Kind of help and area, as pairs: the codes of the terms on the service × the names of its areas, as far as they are ids.

    In: the rows of one service's document, with the terms that stand on it. An area written otherwise counts as none.
    """
    areas = {name for name in _area_names(tables, _only_service(tables)) if _ID.fullmatch(name)}
    return {(kind, area) for kind in _kinds(tables, _only_service(tables)) for area in areas or {ANYWHERE}}


def service_of(tables: Tables, service_id: str, rulebook: Rulebook) -> Service:
    """The service that matching reads, of the rows its viewer may see. Its id is the entry's own, not a rulebook's.

    Raises KeyError: these rows hold no such service.
    """
    row = tables["service"][service_id]
    known = _known_to(rulebook)
    said = _Said(tables, service_id)
    kinds = tuple(sorted(kind for kind in _kinds(tables, service_id) if kind in rulebook.kinds))
    verified = _day(row.get("assured_date")) if said.one(VERIFICATION) == "verified" else None
    organization = tables.get("organization", {}).get(str(row.get("organization_id")), {})
    # Not validated: an entry's id is a UUID, and what nobody knows may be empty here.
    return Service.model_construct(
        id=service_id,
        organization=str(organization.get("name") or row["name"]),
        name=row["name"],
        kinds=kinds,
        description=str(row.get("description") or row["name"]),
        phones=tuple(_phones(tables, service_id)),
        open_24_7=_open_day_and_night(tables, service_id),
        minimum_age=_age(row.get("minimum_age")),
        maximum_age=_age(row.get("maximum_age")),
        genders_served=_served(said.all("people_served")),
        areas=_areas(tables, service_id, known.areas),
        referral=row.get("application_process"),
        referred_by=said.all("referral_path") or None,
        residential=_is_residential(said.one("residential"), kinds, known.homes),
        security=said.one("security"),
        length_of_stay=said.one("length_of_stay"),
        survivor_led=said.one("survivor_led") == "yes",
        trafficking_specific=said.one("trafficking_specific") == "yes",
        confidential=said.one(CONFIDENTIALITY) not in (None, Confidentiality.PUBLIC),
        features={id: values for id, term in known.features if (values := said.under(term))},
        listing=_listing(said.one("listing"), verified),
        alert=row.get("alert"),
        as_of=verified
        or _day(row.get("last_modified"))
        or _day(row.get("assured_date"))
        or rulebook.about.as_of,
        verified_on=verified,
        sources=(),
    )


@dataclass(frozen=True, slots=True)
class _Known:
    """What an edition of the rulebook knows, to read entries by.

    Attributes:
        areas: id or what it is called in small letters → id.
        features: ids with the terms they travel under.
        homes: kinds of help that are places to live.
    """

    areas: Mapping[str, str]
    features: tuple[tuple[str, str], ...]
    homes: frozenset[str]


_of_editions: WeakKeyDictionary[Rulebook, _Known] = WeakKeyDictionary()


def _known_to(rulebook: Rulebook) -> _Known:
    """Worked out once for each edition, not for each service."""
    found = _of_editions.get(rulebook)
    if found is None:
        places: Iterable[County | Jurisdiction] = chain(rulebook.about.counties, rulebook.about.jurisdictions)
        areas: dict[str, str] = {}
        for id, label in ((place.id, place.label) for place in places):
            areas |= {id: id, label.casefold(): id}
        features = rulebook.placement.features if rulebook.placement else ()
        found = _of_editions[rulebook] = _Known(
            areas,
            features=tuple((feature.id, feature_term_id(feature.id)) for feature in features),
            homes=frozenset(
                kind for each in rulebook.services.values() if each.residential for kind in each.kinds
            ),
        )
    return found


class _Said:
    """What our own taxonomy says of a service: term → values."""

    def __init__(self, tables: Tables, service_id: str) -> None:
        self._values: dict[str, list[str]] = {}
        for row in tables.get("attribute", {}).values():
            if _is_on(row, service_id) and "taxonomy_term_id" in row and row.get("value"):
                self._values.setdefault(row["taxonomy_term_id"], []).append(str(row["value"]).strip())

    def all(self, code: str) -> tuple[str, ...]:
        return self.under(term_id(code))

    def under(self, term: str) -> tuple[str, ...]:
        values = self._values.get(term)
        return tuple(sorted(set(values))) if values else ()

    def one(self, code: str) -> str | None:
        """The only value; two that differ say nothing certain."""
        values = self.all(code)
        return values[0] if len(values) == 1 else None


def _only_service(tables: Tables) -> str:
    (service_id,) = tables["service"]
    return service_id


def _is_on(row: Row, service_id: str) -> bool:
    return row.get("link_id") == service_id and row.get("link_entity", "service") == "service"


def _kinds(tables: Tables, service_id: str) -> set[str]:
    """The codes of other people's terms on the service, as far as they are written as ids."""
    terms = tables.get("taxonomy_term", {})
    found = (
        terms.get(str(row.get("taxonomy_term_id")), {})
        for row in tables.get("attribute", {}).values()
        if _is_on(row, service_id)
    )
    codes = (str(term.get("code") or "") for term in found if term.get("taxonomy_id") not in PROFILES)
    return {code for code in codes if _ID.fullmatch(code)}


def _of(tables: Tables, table: str, service_id: str) -> Iterable[Row]:
    return (row for row in tables.get(table, {}).values() if row.get("service_id") == service_id)


def _area_names(tables: Tables, service_id: str) -> set[str]:
    return {str(row["name"]).strip() for row in _of(tables, "service_area", service_id) if row.get("name")}


def _areas(tables: Tables, service_id: str, ids: Mapping[str, str]) -> tuple[str, ...]:
    """The areas by id or by what they are called. Ids nobody here knows are kept: they are elsewhere.

    What is written so that nobody can tell where it is counts for nothing; with nothing else, the area is not known.
    """
    found = {ids.get(name.casefold(), name) for name in _area_names(tables, service_id)}
    return tuple(sorted(area for area in found if _ID.fullmatch(area)))


def _phones(tables: Tables, service_id: str) -> Iterable[Phone]:
    for row in _of(tables, "phone", service_id):
        kind = "text" if str(row.get("type", "")).casefold() in ("text", "sms") else "voice"
        yield Phone.model_validate(
            {"number": row["number"], "label": row.get("description") or None, "kind": kind}
        )
    for row in _of(tables, "url", service_id):
        address = str(row["url"]).removeprefix("https://")
        yield Phone(number=address, label=row.get("label") or None, kind="chat")


def _open_day_and_night(tables: Tables, service_id: str) -> bool | None:
    """Whether one of its schedules says: every day, the whole day. Other hours say that it is not; none say nothing."""
    schedules = list(_of(tables, "schedule", service_id))
    return any(map(_is_day_and_night, schedules)) if schedules else None


def _is_day_and_night(row: Row) -> bool:
    days = {day.strip() for day in str(row.get("byday", "")).split(",")}
    opens, closes = str(row.get("opens_at", ""))[:5], str(row.get("closes_at", ""))[:5]
    return days == _DAYS and opens == "00:00" and closes in _LAST_MINUTES


def _age(value: float | None) -> int | None:
    return None if value is None else int(value)


def _served(words: tuple[str, ...]) -> tuple[Gender, ...] | Literal["all", "unknown"]:
    """Whom it serves; a word nobody knows leaves it unknown for all others."""
    if "all" in words:
        return "all"
    served: tuple[Gender, ...] = tuple(each for each in get_args(Gender) if each in words)
    return served if served and len(served) == len(words) else "unknown"


def _is_residential(said: str | None, kinds: Iterable[str], homes: Collection[str]) -> bool:
    """Where an entry does not say, a kind that is a place to live elsewhere is taken for one here: more is asked then."""
    if said in ("yes", "no"):
        return said == "yes"
    return any(kind in homes for kind in kinds)


def _listing(said: str | None, verified: date | None) -> Literal["list", "verify_first", "never"]:
    if said == "never":
        return "never"
    return "verify_first" if said == "verify_first" and verified is None else "list"


def _day(value: object) -> date | None:
    try:
        return datetime.fromisoformat(str(value)).date() if value else None
    except ValueError:
        return None
