"""Keeping the directory in words: what is listed, what a call came to, what to ask on it, what a change was about."""

from collections.abc import Iterable, Mapping

from screening.core.rulebook import Rulebook
from screening.operations.directory.checks import Show
from screening.operations.directory.editing import Present
from screening.operations.directory.history import HistoryLine
from screening.web.directory_editing_pages import FIELD_WORDS, in_words
from screening.web.directory_traits import trait_fields
from screening.web.spoken import N_, translate
from screening.web.spoken import gettext as _

FILTERS = (
    (Show.ALL, N_("All services")),
    (Show.UNVERIFIED, N_("Never verified")),
    (Show.DEMOTED, N_("Verified too long ago")),
    (Show.WARNED, N_("Due for a call soon")),
    (Show.NOT_REACHED, N_("Not reached three times or more")),
    (Show.USED, N_("Used in the last 180 days")),
    (Show.ERRORS, N_("With reported errors")),
)
OUTCOMES = (
    ("right", N_("Everything is right")),
    ("not_reached", N_("Nobody was reached")),
    ("closed", N_("It has closed for good")),
)
OUTCOME_WORDS = {**dict(OUTCOMES), "changed": N_("Something was mended")}
STATUS_WORDS = {"open": N_("not seen to yet"), "mended": N_("mended"), "not_wrong": N_("found to be right")}
_MARK_WORDS = {
    "@added": N_("Added by hand"),
    "@imported": N_("Changed by an import from"),
    "@edited_here": N_("Edited here"),
    "@level_decided": N_("Who may see it, decided by a person"),
    "@checked": N_("Called"),
    "@joined_into": N_("Joined with another entry"),
    "@not_same_as": N_("Said not to be the same as another entry"),
}


def script_of(present: Present, rulebook: Rulebook) -> Iterable[tuple[str, str]]:
    """Every question for the telephone with what is kept of it."""
    entry = present.entry
    places = {each.id: translate(each.label) for each in rulebook.about.counties}
    places |= {each.id: translate(each.label) for each in rulebook.about.jurisdictions}
    hours = _("Day and night") if entry.day_and_night else in_words(entry.openings)
    ages = " – ".join("" if age is None else f"{age:g}" for age in (entry.minimum_age, entry.maximum_age))
    yield _("Is this still what you do?"), entry.description
    yield _("Are these your numbers?"), in_words(entry.phones)
    yield _("When can you be reached?"), hours
    yield _("Which areas do you serve?"), ", ".join(places.get(each, each) for each in entry.areas)
    yield _("From which age to which?"), ages if ages.strip(" –") else ""
    yield _("Who else is or is not taken?"), entry.eligibility_description
    yield _("How is a youth referred?"), entry.application_process
    for each in trait_fields(rulebook):
        if each.ask:
            yield each.ask, each.said(entry.traits.get(each.id, ()))


def field_words(line: HistoryLine, labels: Mapping[str, str]) -> str:
    """The field of a change in words."""
    if line.field in _MARK_WORDS:
        return translate(_MARK_WORDS[line.field])
    if line.field.startswith("="):
        code = line.field.removeprefix("=")
        return labels.get(code, code)
    known = {
        **FIELD_WORDS,
        "confidentiality": N_("Who may see it"),
        "organization_id": N_("Organization"),
        "phone": N_("Number"),
        "schedule": N_("Hours"),
        "service_area": N_("Area"),
        "url": N_("Website"),
        "address": N_("Address"),
    }
    table, _dot, field = line.field.partition(".")
    words = translate(known.get(table, table.replace("_", " ")))
    return f"{words}: {field.replace('_', ' ')}" if field else words
