"""What of a screening was handed to whom, and what became of it; offering a sheet; the alert to the unit."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from screening.core.rulebook import Sheet
from screening.operations.actors import ALLOWED, Role, Verb, may
from screening.operations.hand_offs import (
    LONGEST_WORDS,
    HandOff,
    HandOffNotFound,
    HandOffRefused,
    Offer,
    OfferedLink,
    hand_off_of_agency,
    hand_offs_of,
    offer_hand_off,
    withdraw_hand_off,
)
from screening.web.access import allow, plain_id
from screening.web.following import Following, following
from screening.web.hand_off_form import (
    ANSWER_HOURS,
    LINK_HOURS,
    OUTSIDE,
    OfferForm,
    form_like,
    hours_in_words,
    offer_faults,
    offer_of,
    posted_form,
)
from screening.web.hand_off_views import hand_off_view, other_colleagues, unit_sheet
from screening.web.services import services
from screening.web.spoken import translate

pages = Blueprint("hand_off_pages", __name__)

_VIEWERS = tuple(role for role in Role if Verb.VIEW_SCREENING in ALLOWED[role])
_OFFERERS = tuple(role for role in Role if Verb.HAND_OFF in ALLOWED[role])
ALERT_HOURS = 1
"""The people on the floor are there now: when nobody of them has read an alert after an hour, supervisors are told."""


@pages.get("/screenings/<screening_id>/hand-offs")
@allow(*_VIEWERS)
def hand_offs(screening_id: str) -> ResponseReturnValue:
    """Everything that was handed on of a screening, and the form for more. ``?again=`` fills it in as an earlier offer."""
    found = following(screening_id)
    made = _made(screening_id)
    earlier = next((each for each in made if each.id == plain_id(request.args.get("again"))), None)
    form = OfferForm(str(uuid4())) if earlier is None else form_like(earlier)
    return _page(found, made, form)


@pages.post("/screenings/<screening_id>/hand-offs")
@allow(*_OFFERERS)
def offer(screening_id: str) -> ResponseReturnValue:
    """Offer a sheet. The link of an offer to somebody outside stands in this one answer and on no later page."""
    found = following(screening_id)
    form = posted_form(request.form)
    faults = offer_faults(form, found.rulebook)
    link = None
    if not faults:
        try:
            with services().database.writing(g.actor) as tx:
                id, link = offer_hand_off(tx, screening_id, offer_of(form, found.rulebook.sheets[form.sheet]))
        except HandOffRefused as refusal:
            faults = {"to": translate(str(refusal))}
    if faults:
        return _page(found, _made(screening_id), replace(form, faults=faults)), 422
    if form.to == OUTSIDE:
        return _link_page(found, screening_id, id, link)
    return redirect(url_for(".hand_offs", screening_id=screening_id, _anchor=f"hand-off-{id}"), 303)


@pages.post("/screenings/<screening_id>/hand-offs/unit-alert")
@allow(*_OFFERERS)
def tell_unit(screening_id: str) -> ResponseReturnValue:
    """Offer the unit's sheet to everybody on the unit, unless such an alert is standing already."""
    found = following(screening_id)
    sheet = unit_sheet(found.rulebook) or abort(404)
    standing = next((each for each in _made(screening_id) if is_standing_alert(each, sheet)), None)
    if standing is None:
        alert = Offer(
            sheet=sheet.id,
            to_profession=None,
            to_user=None,
            outside=False,
            words={},
            answer_within=timedelta(hours=ALERT_HOURS),
            id=plain_id(request.form.get("offer")) or str(uuid4()),
        )
        with services().database.writing(g.actor) as tx:
            id, _link = offer_hand_off(tx, screening_id, alert)
    else:
        id = standing.id
    return redirect(url_for(".hand_offs", screening_id=screening_id, _anchor=f"hand-off-{id}"), 303)


@pages.post("/screenings/<screening_id>/hand-offs/<hand_off_id>/withdraw")
@allow(*_OFFERERS)
def withdraw(screening_id: str, hand_off_id: str) -> ResponseReturnValue:
    """Take back an offer nobody answered. One that was answered meanwhile stays, and the page shows the answer."""
    with services().database.writing(g.actor) as tx:
        try:
            made = hand_off_of_agency(tx, hand_off_id)
        except HandOffNotFound:
            abort(404)
        if made.screening_id != screening_id:
            abort(404)
        withdraw_hand_off(tx, hand_off_id)
    return redirect(url_for(".hand_offs", screening_id=screening_id, _anchor=f"hand-off-{hand_off_id}"), 303)


def is_standing_alert(made: HandOff, sheet: Sheet) -> bool:
    """Whether a hand-off is an alert to the unit that still stands."""
    return made.to_unit and made.sheet == sheet.id and made.status in ("offered", "acknowledged")


def _made(screening_id: str) -> tuple[HandOff, ...]:
    with services().database.reading(g.actor) as tx:
        return hand_offs_of(tx, screening_id)


def _page(found: Following, made: tuple[HandOff, ...], form: OfferForm) -> str:
    here = services()
    may_offer = may(g.actor, Verb.HAND_OFF)
    people: Mapping[str, str] = {}
    if may_offer:
        with here.database.reading(g.actor) as tx:
            people = other_colleagues(tx)
    sheets = [each for each in found.rulebook.sheets.values() if not each.for_youth]
    alert = unit_sheet(found.rulebook)
    return render_template(
        "hand_offs/hand_offs.html",
        found=found,
        made=[hand_off_view(each, found.rulebook, here.clock()) for each in made],
        form=form,
        may_offer=may_offer and bool(sheets),
        sheets=[(each.id, translate(each.title)) for each in sheets],
        people=people,
        alert=alert if not any(alert and is_standing_alert(each, alert) for each in made) else None,
        alert_id=str(uuid4()),
        answer_choices=[(each, hours_in_words(each)) for each in ANSWER_HOURS],
        link_choices=[(each, hours_in_words(each)) for each in LINK_HOURS],
        longest=LONGEST_WORDS,
    )


def _link_page(found: Following, screening_id: str, id: str, link: OfferedLink | None) -> ResponseReturnValue:
    """The link and its code, once. Sent again (a reload), the page says that it was shown and how to make another."""
    with services().database.reading(g.actor) as tx:
        made = hand_off_of_agency(tx, id)
    address = "" if link is None else url_for("hand_off_link_pages.link", token=link.token, _external=True)
    return render_template(
        "hand_offs/link.html",
        screening_id=screening_id,
        shown=hand_off_view(made, found.rulebook, services().clock()),
        address=address,
        code="" if link is None else f"{link.code[:4]} {link.code[4:]}",
    )
