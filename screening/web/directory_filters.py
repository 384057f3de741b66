"""What the directory can be narrowed down by, read from an address and written back into one. Never anything about a youth."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, get_args

from flask import url_for

from screening.core.bed_words import BedStatus
from screening.core.rulebook import Rulebook
from screening.operations.directory.browsing import UNSAID, Browse
from screening.web.security import one_line
from screening.web.spoken import gettext as _
from screening.web.spoken import translate

PER_PAGE = 20
PER_PRINT = 200
LONGEST_WORDS = 100
_STATUSES: tuple[BedStatus, ...] = get_args(BedStatus)
_NAMES = ("q", "kind", "area", "serves", "stay", "checked", "beds", "closed", "all")


@dataclass(frozen=True, slots=True)
class Choice:
    """A select: its name, its label, its options (value → words), and what is chosen."""

    name: str
    label: str
    options: Mapping[str, str]
    chosen: str


@dataclass(frozen=True, slots=True)
class Filters:
    """What was chosen. ``unknown`` says that the address holds something that is no choice here; it was left out."""

    values: Mapping[str, str]
    page: int
    unknown: bool

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")

    @property
    def any(self) -> bool:
        """Whether the list is narrowed down at all."""
        return any(self[name] for name in _NAMES if name != "all")

    def address(self, endpoint: str = "directory_pages.directory", **changed: Any) -> str:
        """The address of the list with these choices, some of them changed."""
        kept = {name: value for name, value in self.values.items() if value}
        return url_for(endpoint, **{**kept, **changed})


def filters_from(sent: Mapping[str, str], rulebook: Rulebook) -> Filters:
    """What an address chooses; what is no choice is left out."""
    words = one_line(sent.get("q", ""))[:LONGEST_WORDS]
    options = {choice.name: choice.options for choice in choices(rulebook, Filters({}, 1, unknown=False))}
    values, unknown = {"q": words}, False
    for name in _NAMES[1:]:
        value = sent.get(name, "")
        allowed = options.get(name, {"": "", "1": ""})
        if value in allowed:
            values[name] = value
        else:
            unknown = True
    page = sent.get("page", "")
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 8 else 1
    return Filters(values, max(1, number), unknown)


def choices(rulebook: Rulebook, filters: Filters) -> tuple[Choice, ...]:
    """The selects of the form, in their order."""
    kinds = {kind.id: translate(kind.label) for kind in rulebook.kinds.values()}
    named = dict(sorted(kinds.items(), key=lambda each: each[1]))
    serves = {"girls": _("Girls"), "boys": _("Boys"), "transgender": _("Transgender youths")}
    stay = {"yes": _("Places to stay"), "no": _("Not places to stay")}
    checked = {"yes": _("Confirmed by phone"), "no": _("Not confirmed yet")}
    shown = (
        ("kind", _("Kind of help"), {**named, UNSAID: _("Kind not stated")}),
        ("area", _("Serves this place"), places(rulebook)),
        ("serves", _("Takes"), serves),
        ("stay", _("Place to stay"), stay),
        ("checked", _("Checked"), checked),
        ("beds", _("Beds, as last said"), bed_labels()),
    )
    return tuple(
        Choice(name, label, {"": _("Any"), **options}, filters[name]) for name, label, options in shown
    )


def bed_labels() -> dict[str, str]:
    """How beds stand, in words."""
    return {
        "available": _("Bed available"),
        "waitlist": _("Waiting list"),
        "full": _("Full"),
        "assess_first": _("They assess first"),
        "unknown": _("Not known: call"),
    }


def places(rulebook: Rulebook) -> dict[str, str]:
    """The places the list can be narrowed down to: counties of the rulebook, then their states, then the country."""
    counties = {county.id: translate(county.label) for county in rulebook.about.counties}
    states = {county.jurisdiction for county in rulebook.about.counties}
    wide = [place for state in sorted(states) for place in rulebook.applicable_jurisdictions(state)]
    labels = {place.id: translate(place.label) for place in rulebook.about.jurisdictions}
    ordered = sorted(dict.fromkeys(wide), key=lambda place: place not in states)
    return {**counties, **{place: labels.get(place, place) for place in ordered}}


def around(rulebook: Rulebook, place: str) -> tuple[str, ...]:
    """A place and what counts with it: what lies around it, and of a state also its counties."""
    states = {county.id: county.jurisdiction for county in rulebook.about.counties}
    wider = rulebook.applicable_jurisdictions(states.get(place, place))
    within = tuple(county for county, state in states.items() if state == place)
    return tuple(dict.fromkeys((place, *wider, *within)))


def browse_of(filters: Filters, rulebook: Rulebook, now: datetime) -> Browse:
    """What is asked of the directory."""
    guide = rulebook.placement
    hours = guide.beds.fresh_hours if guide else 24
    status = next((each for each in _STATUSES if each == filters["beds"]), None)
    return Browse(
        words=filters["q"],
        kind=filters["kind"],
        areas=around(rulebook, filters["area"]) if filters["area"] else (),
        serves=filters["serves"],
        residential=filters["stay"],
        verified={"yes": True, "no": False}.get(filters["checked"]),
        beds=status,
        beds_since=now - timedelta(hours=hours),
        closed_too=filters["closed"] == "1",
        page=filters.page,
        per_page=PER_PRINT if filters["all"] else PER_PAGE,
    )
