"""What is wrong with a service as it was entered. HSDS's own shapes decide what a value may be; the words are ours."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from screening.core.directory_profile import CONFIDENTIALITY, VERIFICATION, Confidentiality, profile_rows
from screening.core.directory_service_entry import (
    ADDRESS_FIELDS,
    PLAIN_FIELDS,
    WEEK,
    Opening,
    PhoneLine,
    PlaceEntry,
    ServiceEntry,
)
from screening.core.directory_tables import TABLES
from screening.core.directory_values import derived_id
from screening.core.rulebook import Feature, Rulebook

LONGEST = {"name": 200, "organization": 200, "description": 4000, "alert": 1000, "url": 300, "email": 200}
LONGEST_OTHER = 2000
OLDEST = 120
_NUMBER_WORDS = re.compile(r"[0-9A-Za-z+()./ ,#*x-]{3,60}")
_CHAT = re.compile(r"(https?://)?[^\s/]+\.[^\s]+", re.IGNORECASE)
_ANY_ID = derived_id("no entry")
_WORDS = {
    "name": "Enter the name of the service.",
    "email": "Enter an e-mail address such as desk@example.org.",
    "url": "Enter a web address that begins with http:// or https://.",
    "status": "Choose a status.",
}


def own_codes(rulebook: Rulebook) -> list[str]:
    """The codes of our own taxonomy that a form may hold: the profile's and the rulebook's features."""
    profile = [str(row["code"]) for row in profile_rows()["taxonomy_term"].values()]
    features = [each.id for each in rulebook.placement.features] if rulebook.placement else []
    return [
        code for code in dict.fromkeys([*profile, *features]) if code not in (CONFIDENTIALITY, VERIFICATION)
    ]


def entry_faults(shown: ServiceEntry, entry: ServiceEntry, rulebook: Rulebook) -> dict[str, str]:
    """Field → what is wrong, in the order of the form. What stood there before and is untouched is no fault."""
    faults = _of_plain_fields(shown, entry)
    if not entry.organization and (shown.organization or not shown.name):
        faults["organization"] = "Name the organization that runs the service."
    elif len(entry.organization) > LONGEST["organization"]:
        faults["organization"] = "That is too long."
    faults |= _of_lines("phones", shown.phones, entry.phones, _phone_fault)
    faults |= _of_lines("openings", shown.openings, entry.openings, _opening_fault)
    faults |= _of_ages(shown, entry)
    if entry.level not in list(Confidentiality):
        faults["level"] = "Choose who may see this entry."
    for number, place in enumerate(entry.places):
        fault = _place_fault(place)
        if fault:
            faults[f"places-{number}"] = fault
    features = rulebook.placement.features if rulebook.placement else ()
    return faults | _of_traits(features, shown.traits, entry.traits)


def _of_plain_fields(shown: ServiceEntry, entry: ServiceEntry) -> dict[str, str]:
    faults = {}
    changed = {
        name: getattr(entry, name) for name in PLAIN_FIELDS if getattr(entry, name) != getattr(shown, name)
    }
    given = {name: value for name, value in changed.items() if value not in ("", None)}
    complete = {"id": _ANY_ID, "name": "-", "status": "active"} | given
    for name in _wrong_fields("service", complete):
        faults[name] = _WORDS.get(name, "This text holds characters that cannot be kept. Type it again.")
    for name, value in given.items():
        if isinstance(value, str) and len(value) > LONGEST.get(name, LONGEST_OTHER):
            faults[name] = "That is too long."
    if not entry.name:
        faults["name"] = _WORDS["name"]
    return {name: faults[name] for name in PLAIN_FIELDS if name in faults}


def _wrong_fields(table: str, row: Mapping[str, Any]) -> list[str]:
    try:
        TABLES[table].shape.model_validate(row)
    except ValidationError as wrong:
        return [str(each["loc"][0]) for each in wrong.errors(include_url=False, include_input=False)]
    return []


def _of_lines(name: str, shown: Iterable[Any], entered: Iterable[Any], fault_of: Any) -> dict[str, str]:
    before = {each.id: each for each in shown}
    faults = {}
    for number, line in enumerate(entered):
        fault = "" if before.get(line.id) == line else fault_of(line)
        if fault:
            faults[f"{name}-{number}"] = fault
    return faults


def _phone_fault(line: PhoneLine) -> str:
    if line.kind == "chat" and not _CHAT.fullmatch(line.number):
        return "Enter the web address of the chat."
    if line.kind != "chat" and not (
        _NUMBER_WORDS.fullmatch(line.number) and any(map(str.isdigit, line.number))
    ):
        return "Enter a number such as 816-555-0100."
    if len(line.label) > LONGEST["name"] or len(line.number) > LONGEST["url"]:
        return "That is too long."
    address = line.number if "://" in line.number else f"https://{line.number}"
    row = (
        {"url": address, "label": line.label or None}
        if line.kind == "chat"
        else {"number": line.number, "description": line.label or None}
    )
    table = "url" if line.kind == "chat" else "phone"
    return (
        "This text holds characters that cannot be kept. Type it again."
        if _wrong_fields(table, {"id": _ANY_ID, **row})
        else ""
    )


def _opening_fault(line: Opening) -> str:
    if bool(line.opens_at) != bool(line.closes_at):
        return "Enter both times, from when and until when."
    if line.opens_at and not line.days:
        return "Choose the days."
    if line.days and not line.opens_at and not line.words:
        return "Enter the times, or say the hours in words."
    times = {
        "opens_at": line.opens_at or None,
        "closes_at": line.closes_at or None,
        "description": line.words or None,
    }
    if any(day not in WEEK for day in line.days) or len(line.words) > LONGEST["name"]:
        return "Check the days, and keep the words short."
    return (
        "Enter times such as 09:00 and 17:30." if _wrong_fields("schedule", {"id": _ANY_ID, **times}) else ""
    )


def _of_ages(shown: ServiceEntry, entry: ServiceEntry) -> dict[str, str]:
    faults = {}
    for name in ("minimum_age", "maximum_age"):
        value = getattr(entry, name)
        if value is not None and value != getattr(shown, name) and not 0 <= value <= OLDEST:
            faults[name] = "Enter an age in years."
    low, high = entry.minimum_age, entry.maximum_age
    if not faults and low is not None and high is not None and low > high:
        faults["maximum_age"] = "The oldest age is below the youngest."
    return faults


def _place_fault(place: PlaceEntry) -> str:
    if place.level not in list(Confidentiality):
        return "Choose who may see this place."
    if any(len(getattr(place, name)) > LONGEST["name"] for name in ADDRESS_FIELDS):
        return "That is too long."
    needed = [name for name in ADDRESS_FIELDS if name != "address_2"]
    if (not place.is_empty or (place.id and place.shown and place.level)) and not all(
        getattr(place, name) for name in needed
    ):
        return "" if place.is_empty else "Enter street, city, state, and ZIP code."
    wrong = {} if place.is_empty else {name: getattr(place, name) or None for name in ADDRESS_FIELDS}
    rest = {"id": _ANY_ID, "country": "US", "address_type": "physical"}
    return (
        "This text holds characters that cannot be kept. Type it again."
        if wrong and _wrong_fields("address", {**rest, **wrong})
        else ""
    )


def _of_traits(
    features: Iterable[Feature], shown: Mapping[str, tuple[str, ...]], entered: Mapping[str, tuple[str, ...]]
) -> dict[str, str]:
    faults = {}
    kinds = {each.id: each for each in features}
    for code, values in entered.items():
        new = set(values) - set(shown.get(code, ()))
        feature = kinds.get(code)
        options = {option.id for option in feature.options} if feature else set()
        if any(len(value) > LONGEST_OTHER or not value.strip() for value in new):
            faults[f"trait-{code}"] = "That is too long."
        elif (
            feature
            and feature.kind == "days"
            and not all(re.fullmatch(r"[0-9]{1,4}", value) for value in new)
        ):
            faults[f"trait-{code}"] = "Enter a number of days."
        elif feature and feature.kind == "yes_no" and not new <= {"yes", "no"}:
            faults[f"trait-{code}"] = "Choose yes or no."
        elif feature and feature.kind in ("one_of", "some_of") and not new <= options:
            faults[f"trait-{code}"] = "Choose from the list."
    return faults
