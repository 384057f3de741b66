"""The call log: who was tried for a youth, when, and what came of it. Two taps write down "tried, no bed"."""

from dataclasses import dataclass, replace
from uuid import uuid4

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from screening.core.placement_shapes import PlacementGuide
from screening.operations.actors import ALLOWED, Role, Verb, may
from screening.operations.beds import (
    LONGEST_WORDS,
    Attempt,
    BedRefused,
    attempts_of,
    recent_attempts,
    record_attempt,
)
from screening.web.access import allow, plain_id
from screening.web.bed_places import NoPlacementRules, Place, asked_services, placement_guide, places_named
from screening.web.bed_request_views import unmet_need_of
from screening.web.bed_views import place_choice
from screening.web.following import Following, following
from screening.web.moment_fields import NOTHING_TYPED, TypedMoment, read_moment
from screening.web.security import one_line
from screening.web.services import services
from screening.web.spoken import gettext as _
from screening.web.spoken import ngettext, translate
from screening.web.wording import moment_in_words

pages = Blueprint("contact_pages", __name__)

LOOK_BACK_DAYS = 14
_VIEWERS = tuple(role for role in Role if Verb.VIEW_SCREENING in ALLOWED[role])
_KEEPERS = tuple(role for role in Role if Verb.FOLLOW_UP in ALLOWED[role])


@dataclass(frozen=True, slots=True)
class CallForm:
    """What was typed beside the outcome, and what is wrong with it: field → message."""

    id: str
    spoke_with: str = ""
    note: str = ""
    at: TypedMoment = NOTHING_TYPED
    faults: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class CallView:
    """An attempt in the list. ``unmet``: the reason for the ledger, where this outcome left the need unmet."""

    attempt: Attempt
    name: str
    organization: str
    outcome: str
    reached: bool
    moment: str
    unmet: str


@pages.get("/screenings/<screening_id>/calls")
@allow(*_VIEWERS)
def calls(screening_id: str) -> ResponseReturnValue:
    """Every call about a youth, newest first."""
    found = following(screening_id)
    guide = placement_guide(found.rulebook)
    with services().database.reading(g.actor) as tx:
        made = attempts_of(tx, screening_id)
        places = places_named(tx, [each.service_id for each in made])
    return render_template(
        "beds/calls.html",
        found=found,
        calls=[_call_view(each, places.get(each.service_id), guide) for each in made],
        need=unmet_need_of(found),
        may_call=may(g.actor, Verb.FOLLOW_UP),
    )


@pages.get("/screenings/<screening_id>/calls/new")
@allow(*_KEEPERS)
def new(screening_id: str) -> ResponseReturnValue:
    """The form: every outcome is a button. ``?service=`` names who was called; without one, it is chosen first."""
    found = following(screening_id)
    service_id = next(iter(asked_services(request.args.getlist("service")[:1])), "")
    if not service_id:
        return place_choice(
            _("Whom did you call?"), url_for(".new", screening_id=screening_id), several=False
        )
    return _form_page(found, service_id, CallForm(str(uuid4())))


@pages.post("/screenings/<screening_id>/calls/new")
@allow(*_KEEPERS)
def save(screening_id: str) -> ResponseReturnValue:
    """Write the call down. Sending the same form twice keeps one."""
    found, here = following(screening_id), services()
    service_id = next(iter(asked_services(request.form.getlist("service")[:1])), "") or abort(404)
    at = read_moment(
        request.form.get("at", ""), request.form.get("which", ""), zone=here.timezone, now=here.clock()
    )
    form = CallForm(
        plain_id(request.form.get("call")) or str(uuid4()),
        one_line(request.form.get("spoke_with")),
        one_line(request.form.get("note")),
        at,
    )
    outcome = request.form.get("outcome", "")
    guide = placement_guide(found.rulebook)
    faults = _faults(form, outcome, guide)
    if faults:
        return _form_page(found, service_id, replace(form, faults=faults)), 422
    _place(service_id)
    words = {"spoke_with": form.spoke_with, "note": form.note}
    try:
        with here.database.writing(g.actor) as tx:
            id, _new = record_attempt(tx, screening_id, service_id, outcome, at.at, words, id=form.id)
    except BedRefused as refusal:
        refused = replace(form, faults=(("outcome", translate(str(refusal))),))
        return _form_page(found, service_id, refused), 422
    return redirect(url_for(".calls", screening_id=screening_id, _anchor=f"call-{id}"), 303)


@pages.errorhandler(NoPlacementRules)
def _no_rules(refusal: NoPlacementRules) -> ResponseReturnValue:
    """Said plainly where no edition holds the words this needs."""
    return render_template("beds/no_rules.html", words=translate(str(refusal))), 200


def _faults(form: CallForm, outcome: str, guide: PlacementGuide) -> tuple[tuple[str, str], ...]:
    faults = []
    if outcome not in {each.id for each in guide.contact_outcomes}:
        faults.append(("outcome", _("Choose what came of it.")))
    faults += [
        (name, _("Keep it to %(num)d characters.", num=LONGEST_WORDS))
        for name in ("spoke_with", "note")
        if len(getattr(form, name)) > LONGEST_WORDS
    ]
    if form.at.error:
        faults.append(("at", form.at.error))
    return tuple(faults)


def _place(service_id: str) -> Place:
    with services().database.reading(g.actor) as tx:
        return places_named(tx, [service_id]).get(service_id) or abort(404)


def _form_page(found: Following, service_id: str, form: CallForm) -> str:
    guide = placement_guide(found.rulebook)
    place = _place(service_id)
    with services().database.reading(g.actor) as tx:
        counts = recent_attempts(tx, [service_id], days=LOOK_BACK_DAYS).get(service_id, {})
    earlier = [
        ngettext("%(label)s: once", "%(label)s: %(num)d times", counts[each.id], label=translate(each.label))
        for each in guide.contact_outcomes
        if each.id in counts
    ]
    return render_template(
        "beds/call.html",
        found=found,
        place=place,
        form=form,
        faults=dict(form.faults),
        outcomes=[
            (each.id, translate(each.label), translate(each.hint) if each.hint else "")
            for each in guide.contact_outcomes
        ],
        earlier=earlier,
        days=LOOK_BACK_DAYS,
        longest=LONGEST_WORDS,
    )


def _call_view(attempt: Attempt, place: Place | None, guide: PlacementGuide) -> CallView:
    outcome = next((each for each in guide.contact_outcomes if each.id == attempt.outcome), None)
    return CallView(
        attempt,
        place.name if place else _("A place the directory no longer shows"),
        place.organization if place else "",
        translate(outcome.label) if outcome else attempt.outcome,
        bool(outcome and outcome.reached),
        moment_in_words(attempt.at),
        (outcome.unmet or "") if outcome else "",
    )
