"""The form that offers a sheet: what it takes, what is wrong with it, and the offer it makes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import uuid4

from werkzeug.datastructures import MultiDict

from screening.core.rulebook import Rulebook, Sheet
from screening.operations.hand_offs import LONGEST_WORDS, HandOff, Offer
from screening.web.access import plain_id
from screening.web.security import one_line
from screening.web.spoken import gettext as _
from screening.web.spoken import ngettext

COLLEAGUE, UNIT, OUTSIDE = "colleague", "unit", "outside"
ANSWER_HOURS = (1, 4, 8, 24, 48, 72)
LINK_HOURS = (4, 24, 72, 168)
USUAL_HOURS = 24
_WORDS = ("recipient", "organization", "note")


@dataclass(frozen=True, slots=True)
class OfferForm:
    """The form as the page shows it: what was typed, under the id the offer will have, and what is wrong with it."""

    id: str
    sheet: str = ""
    to: str = ""
    person: str = ""
    recipient: str = ""
    organization: str = ""
    note: str = ""
    answer_hours: int = USUAL_HOURS
    link_hours: int = USUAL_HOURS
    faults: Mapping[str, str] = field(default_factory=dict)


def form_like(earlier: HandOff) -> OfferForm:
    """The form filled in as an earlier offer was."""
    to = OUTSIDE if earlier.outside else UNIT if earlier.to_unit else COLLEAGUE
    words = earlier.words
    return OfferForm(
        id=str(uuid4()),
        sheet=earlier.sheet,
        to=to,
        person=earlier.to_user or "",
        recipient=words.get("recipient", ""),
        organization=words.get("organization", ""),
        note=words.get("note", ""),
    )


def posted_form(posted: MultiDict[str, str]) -> OfferForm:
    """What was typed."""
    return OfferForm(
        id=plain_id(posted.get("offer")) or str(uuid4()),
        sheet=posted.get("sheet", ""),
        to=posted.get("to", ""),
        person=posted.get("person", ""),
        answer_hours=posted.get("answer_hours", default=0, type=int),
        link_hours=posted.get("link_hours", default=USUAL_HOURS, type=int),
        recipient=one_line(posted.get("recipient")),
        organization=one_line(posted.get("organization")),
        note=one_line(posted.get("note")),
    )


def offer_faults(form: OfferForm, rulebook: Rulebook) -> dict[str, str]:
    """Field → what is wrong with it, in the order of the page."""
    faults = {}
    sheet = rulebook.sheets.get(form.sheet)
    if sheet is None or sheet.for_youth:
        faults["sheet"] = _("Choose the sheet to hand on.")
    elif form.to == OUTSIDE and sheet.profession is None:
        faults["sheet"] = _("This sheet is for the unit. Choose the sheet made for the person outside.")
    if form.to not in (COLLEAGUE, UNIT, OUTSIDE):
        faults["to"] = _("Choose who gets it.")
    if form.to == COLLEAGUE and not form.person:
        faults["person"] = _("Choose a colleague.")
    if form.to == OUTSIDE and not form.recipient:
        faults["recipient"] = _("Name the person or the office it goes to.")
    for name in _WORDS:
        if len(getattr(form, name)) > LONGEST_WORDS:
            faults[name] = _("Keep it to %(num)d characters.", num=LONGEST_WORDS)
    if form.answer_hours not in ANSWER_HOURS:
        faults["answer_hours"] = _("Choose by when you expect an answer.")
    if form.to == OUTSIDE and form.link_hours not in LINK_HOURS:
        faults["link_hours"] = _("Choose how long the link opens.")
    elif form.to == OUTSIDE and form.link_hours < form.answer_hours:
        faults["link_hours"] = _("The link would end before the answer is expected. Let it open for longer.")
    return faults


def offer_of(form: OfferForm, sheet: Sheet) -> Offer:
    """The offer a form without faults makes. What does not belong to the chosen reader is left aside."""
    outside = form.to == OUTSIDE
    named = _WORDS if outside else ("note",)
    return Offer(
        sheet=sheet.id,
        to_profession=sheet.profession,
        to_user=form.person if form.to == COLLEAGUE else None,
        outside=outside,
        words={name: getattr(form, name) for name in named},
        answer_within=timedelta(hours=form.answer_hours),
        link_valid_for=timedelta(hours=form.link_hours),
        id=form.id,
    )


def hours_in_words(hours: int) -> str:
    """A number of hours: in days where it is whole days."""
    if hours % 24:
        return ngettext("%(num)d hour", "%(num)d hours", hours)
    return ngettext("%(num)d day", "%(num)d days", hours // 24)
