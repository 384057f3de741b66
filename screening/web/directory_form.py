"""The form for a service: what was typed into it, read into plain values, with nothing of it lost when something is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import uuid4

from werkzeug.datastructures import MultiDict

from screening.core.directory_service_entry import (
    ADDRESS_FIELDS,
    WEEK,
    Opening,
    PhoneLine,
    PlaceEntry,
    ServiceEntry,
)
from screening.web.access import plain_id
from screening.web.security import one_line

MOST_LINES = 40
BLANK = {"phones": 1, "openings": 1, "places": 1}
MORE = 3
LINE_FIELDS = ("name", "organization", "email", "url")
TEXT_FIELDS = ("description", "eligibility_description", "application_process", "alert")


@dataclass(frozen=True, slots=True)
class EntryForm:
    """The form as the page shows it.

    Attributes:
        entry: the values, as far as they can be read.
        version: the mark of the entry it was made from; of a new one the id it will have.
        ages: ages as they were typed.
        blank: how many empty lines of each kind follow those that are filled.
        during_call: the place is on the telephone; ``spoke_with`` and ``note`` belong to that.
        names: organizations that are nearly the one that was typed.
        ask: what must be said yes to before it is saved: *opens* or *hides*.
        theirs: what differs from what somebody else saved meanwhile: field → (theirs, mine), in words.
    """

    entry: ServiceEntry
    version: str
    ages: Mapping[str, str] = field(default_factory=dict)
    blank: Mapping[str, int] = field(default_factory=lambda: dict(BLANK))
    new_organization: bool = False
    confirmed: bool = False
    during_call: bool = False
    spoke_with: str = ""
    note: str = ""
    faults: Mapping[str, str] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    ask: str = ""
    theirs: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def empty_form() -> EntryForm:
    """A form for a new service."""
    return EntryForm(ServiceEntry(), str(uuid4()), blank={"phones": 3, "openings": 1, "places": 1})


def form_of(entry: ServiceEntry, version: str, *, during_call: bool = False) -> EntryForm:
    """The form filled in with what is kept."""
    ages = {name: age_in_words(getattr(entry, name)) for name in ("minimum_age", "maximum_age")}
    return EntryForm(entry, version, ages=ages, during_call=during_call)


def age_in_words(age: float | None) -> str:
    """An age as its field shows it."""
    return "" if age is None else f"{age:g}"


def posted_form(posted: MultiDict[str, str], shown: ServiceEntry, codes: tuple[str, ...]) -> EntryForm:
    """What was typed. ``shown`` is what is kept: it says which places have an address that may not be shown."""
    ages = {name: one_line(posted.get(name)) for name in ("minimum_age", "maximum_age")}
    typed: dict[str, Any] = {name: one_line(posted.get(name)) for name in LINE_FIELDS}
    typed |= {name: _text(posted.get(name)) for name in TEXT_FIELDS}
    entry = ServiceEntry(
        **typed,
        status=posted.get("status", ""),
        level=posted.get("level", ""),
        kinds=tuple(sorted(set(posted.getlist("kinds")))),
        areas=tuple(sorted(set(posted.getlist("areas")) - {""})),
        phones=_phones(posted),
        day_and_night="day_and_night" in posted,
        openings=_openings(posted),
        places=_places(posted, shown),
        traits=_traits(posted, codes),
        minimum_age=_age(ages["minimum_age"]),
        maximum_age=_age(ages["maximum_age"]),
    )
    entry = replace(entry, **_untouched(entry, shown))
    for name in posted.getlist("theirs"):
        if name in ServiceEntry.__dataclass_fields__:
            entry = replace(entry, **{name: getattr(shown, name)})
            ages |= {name: age_in_words(getattr(shown, name))} if name in ages else {}
    version = posted.get("version", "")
    return EntryForm(
        entry,
        version,
        ages=ages,
        blank={name: BLANK[name] + (MORE if posted.get("more") == name else 0) for name in BLANK},
        new_organization="new_organization" in posted,
        confirmed="confirmed" in posted,
        during_call=posted.get("call") == "yes",
        spoke_with=one_line(posted.get("spoke_with")),
        note=one_line(posted.get("note")),
    )


def _untouched(entry: ServiceEntry, shown: ServiceEntry) -> dict[str, Any]:
    """Texts that differ from what is kept only in what a field cannot hold, such as a space at the end: nobody changed them."""
    kept = {name: one_line(getattr(shown, name)) for name in LINE_FIELDS}
    kept |= {name: _text(getattr(shown, name)) for name in TEXT_FIELDS}
    return {name: getattr(shown, name) for name, text in kept.items() if text == getattr(entry, name)}


def unread_ages(form: EntryForm) -> list[str]:
    """Ages that are no numbers."""
    return [name for name, typed in form.ages.items() if typed and getattr(form.entry, name) is None]


def _age(typed: str) -> float | None:
    try:
        number = float(typed) if len(typed) < 8 else None
    except ValueError:
        return None
    if number is None or not abs(number) <= 1000:  # also what is no number at all
        return None
    return int(number) if number == int(number) else number


def _text(typed: str | None) -> str:
    """Words over several lines, in the line ends HSDS texts have here."""
    return "\n".join((typed or "").split("\r\n")).strip()


def _lines(posted: MultiDict[str, str], name: str) -> list[int]:
    return [number for number in range(MOST_LINES) if f"{name}-{number}" in posted]


def _phones(posted: MultiDict[str, str]) -> tuple[PhoneLine, ...]:
    found = []
    for number in _lines(posted, "phone-number"):
        line = PhoneLine(
            one_line(posted.get(f"phone-number-{number}")),
            posted.get(f"phone-kind-{number}", "voice")[:40],
            one_line(posted.get(f"phone-label-{number}")),
            plain_id(posted.get(f"phone-id-{number}")) or "",
        )
        if line.number or line.label:
            found.append(line)
    return tuple(found)


def _openings(posted: MultiDict[str, str]) -> tuple[Opening, ...]:
    found = []
    for number in _lines(posted, "opening-words"):
        days = posted.getlist(f"opening-days-{number}")
        line = Opening(
            tuple(day for day in WEEK if day in days),
            one_line(posted.get(f"opening-opens_at-{number}")),
            one_line(posted.get(f"opening-closes_at-{number}")),
            one_line(posted.get(f"opening-words-{number}")),
            plain_id(posted.get(f"opening-id-{number}")) or "",
        )
        if line.days or line.opens_at or line.closes_at or line.words:
            found.append(line)
    return tuple(found)


def _places(posted: MultiDict[str, str], shown: ServiceEntry) -> tuple[PlaceEntry, ...]:
    kept = {each.id: each for each in shown.places}
    found = []
    for number in _lines(posted, "place-level"):
        old = kept.get(plain_id(posted.get(f"place-id-{number}")) or "")
        address: dict[str, Any] = {
            name: one_line(posted.get(f"place-{name}-{number}")) for name in ADDRESS_FIELDS
        }
        place = PlaceEntry(
            posted.get(f"place-level-{number}", ""),
            **address,
            id=old.id if old else "",
            shown=old.shown if old else True,
        )
        if old or not place.is_empty:
            found.append(place)
    return tuple(found)


def _traits(posted: MultiDict[str, str], codes: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    found = {}
    for code in codes:
        values = {_text(each) for each in posted.getlist(f"trait-{code}")} - {""}
        if values:
            found[code] = tuple(sorted(values))
    return found
