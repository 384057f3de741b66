"""A survivor advocate offered during the screening: how to reach one now, the youth's choice, and back to the same question."""

from typing import NamedTuple
from uuid import uuid4

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from screening.operations.actors import ALLOWED, Role, Verb
from screening.operations.database import Transaction
from screening.operations.referrals import ReferralRefused, make_referral, record_step
from screening.web.access import allow, plain_id
from screening.web.advocate_views import AdvocateView, advocate_view
from screening.web.following import Following, following
from screening.web.forms import sections_for
from screening.web.referral_pages import decision_id
from screening.web.referral_views import place_label, step_label, step_rules, who_refers
from screening.web.services import services
from screening.web.spoken import gettext as _
from screening.web.spoken import translate

pages = Blueprint("advocate_pages", __name__)

SAID = ("wanted", "not_now", "contacted")
"""What can be recorded here: the youth would like it, not now, the call was made together."""
_SCREENERS = tuple(role for role in Role if {Verb.SAVE_STATEMENTS, Verb.FOLLOW_UP} <= ALLOWED[role])


class Onward(NamedTuple):
    """Where to go on: a section and a question of it, as far as they were named and are there."""

    then: str | None
    at: str | None


@pages.get("/screenings/<screening_id>/advocate")
@allow(*_SCREENERS)
def offer(screening_id: str) -> ResponseReturnValue:
    """What an advocate is, in words for the youth and for staff, and how to reach one now."""
    found = following(screening_id)
    return _page(found, advocate_view(found), _onward(found))


@pages.post("/screenings/<screening_id>/advocate")
@allow(*_SCREENERS)
def answer(screening_id: str) -> ResponseReturnValue:
    """Keep what the youth said, or that the call was made, and go back to the question the offer came from."""
    found = following(screening_id)
    view, onward = advocate_view(found), _onward(found)
    said = request.form.get("said", "")
    if view is None or said not in SAID:
        abort(404)
    id = plain_id(request.form.get("id")) or str(uuid4())
    try:
        with services().database.writing(g.actor) as tx:
            _record(tx, found, view, said, id)
    except ReferralRefused as refusal:
        return _page(found, advocate_view(found), onward, fault=translate(str(refusal))), 409
    return redirect(_address(found, onward, said), 303)


def _record(tx: Transaction, found: Following, view: AdvocateView, said: str, id: str) -> None:
    """Move the referral on that is there, or make one. What stands so already is left as it stands. Raises ReferralRefused."""
    offer, rules = view.offer, step_rules(view.guide)
    step = {"wanted": offer.wanted, "not_now": offer.not_now, "contacted": offer.contacted}[said]
    if not view.own:
        return  # the starter services are numbers to call, no directory to refer to
    current = view.current
    if current is not None and view.state:
        if view.state not in (rules[step].after or ()):
            return  # it stands so already, or has gone further
        seen = current.last.sequence
        record_step(tx, current.id, step, None, {}, decision_id(id, step), steps=rules, seen=seen)
        return
    service = view.choice(request.form.get("service"))
    if service is None or said == "contacted":
        raise ReferralRefused(_("There is nobody to refer to. Choose an advocate first."))
    if make_referral(tx, found.record.id, service.id, offer.need, offer.offered, {}, id, steps=rules):
        record_step(tx, id, step, None, {}, decision_id(id, step), steps=rules)


def _onward(found: Following) -> Onward:
    """Only what is there is followed: whatever else an address names leads nowhere."""
    wanted = {each.id: each for each in sections_for(found.rulebook, found.record.setting)}
    section = wanted.get(request.values.get("then", ""))
    if section is None:
        return Onward(None, None)
    at = request.values.get("at")
    return Onward(section.id, at if any(each.id == at for each in section.questions) else None)


def _address(found: Following, onward: Onward, said: str | None = None) -> str:
    """The question the offer came from, or the result. ``said``: what to tell there."""
    screening_id = found.record.id
    if onward.then is None or found.record.status == "completed":
        page = "referral_pages.referrals" if said else "result_pages.result"
        return url_for(page, screening_id=screening_id)
    return url_for(
        "questionnaire_pages.section",
        screening_id=screening_id,
        section_id=onward.then,
        advocate=said,
        _anchor=onward.at,
    )


def _page(found: Following, view: AdvocateView | None, onward: Onward, *, fault: str = "") -> str:
    setting = found.record.setting
    notes = view.offer.setting_notes if view else ()
    return render_template(
        "referrals/advocate.html",
        found=found,
        view=view,
        onward=onward,
        back=_address(found, onward),
        notes=[note for note in notes if setting in note.settings],
        who={each.id: who_refers(found.rulebook, each) for each in (*view.advocates, *view.others)}
        if view
        else {},
        current_place=_current_place(view) if view else "",
        last_step=step_label(found.rulebook, view.current.last.step) if view and view.current else "",
        id=str(uuid4()),
        fault=fault,
    )


def _current_place(view: AdvocateView) -> str:
    if view.current is None:
        return ""
    own = view.current.service_id
    return place_label(next((each for each in (*view.advocates, *view.others) if each.id == own), None))
