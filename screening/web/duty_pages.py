"""What is owed on a screening and by when: the list, one duty with its forms, the moments that start clocks."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from screening.operations.accounts import colleagues
from screening.operations.actors import ALLOWED, Role, Verb, may
from screening.operations.duties import (
    Closing,
    DutyRefused,
    assign_duty,
    close_duty,
    record_event,
    reopen_duty,
)
from screening.operations.duties.closing import LONGEST_WORDS
from screening.web.access import allow
from screening.web.duty_views import DutiesView, DutyView, clock_start, duty_standing
from screening.web.following import Following, following
from screening.web.moment_fields import NOTHING_TYPED, TypedMoment, read_moment
from screening.web.security import one_line
from screening.web.services import services
from screening.web.spoken import gettext as _
from screening.web.spoken import translate

pages = Blueprint("duty_pages", __name__)

_VIEWERS = tuple(role for role in Role if Verb.VIEW_SCREENING in ALLOWED[role])
_KEEPERS = tuple(role for role in Role if Verb.FOLLOW_UP in ALLOWED[role])


def may_follow_up() -> bool:
    """Whether the person at the keyboard works on duties."""
    return may(g.get("actor"), Verb.FOLLOW_UP)


for _words in (clock_start, duty_standing, may_follow_up):
    pages.add_app_template_global(_words)


@dataclass(frozen=True, slots=True)
class DutyForm:
    """What was typed to close a duty, and what is wrong with it: field → message, in the order of the page."""

    at: TypedMoment = NOTHING_TYPED
    proof: str = ""
    taken_by: str = ""
    reason: str = ""
    faults: tuple[tuple[str, str], ...] = ()


@pages.get("/screenings/<screening_id>/duties")
@allow(*_VIEWERS)
def duties(screening_id: str) -> ResponseReturnValue:
    """Everything owed on a screening."""
    return _list_page(following(screening_id), {})


@pages.post("/screenings/<screening_id>/duties/events")
@allow(*_KEEPERS)
def events(screening_id: str) -> ResponseReturnValue:
    """Keep the moments that were typed. One that cannot be refuses all, and all stay in their fields."""
    found = following(screening_id)
    here = services()
    view = DutiesView(found, here.clock(), here.timezone)
    typed = {
        each.event.id: read_moment(
            request.form.get(f"at-{each.event.id}", ""),
            request.form.get(f"which-{each.event.id}", ""),
            zone=here.timezone,
            now=here.clock(),
        )
        for each in view.events
    }
    if any(moment.error for moment in typed.values()):
        return _list_page(found, typed), 422
    with here.database.writing(g.actor) as tx:
        for event, moment in typed.items():
            record_event(tx, screening_id, event, moment.at)
    return redirect(url_for(".duties", screening_id=screening_id, _anchor="owed"), 303)


@pages.get("/screenings/<screening_id>/duties/<duty_id>")
@allow(*_VIEWERS)
def duty(screening_id: str, duty_id: str) -> ResponseReturnValue:
    """One duty: until when, on what basis, whom to call, and the forms to close it."""
    return _duty_page(*_one(screening_id, duty_id), DutyForm())


@pages.post("/screenings/<screening_id>/duties/<duty_id>/done")
@allow(*_KEEPERS)
def done(screening_id: str, duty_id: str) -> ResponseReturnValue:
    """Close it with what shows that it was done."""
    found, shown = _one(screening_id, duty_id)
    here = services()
    at = read_moment(
        request.form.get("at", ""), request.form.get("which", ""), zone=here.timezone, now=here.clock()
    )
    form = DutyForm(at, _line("proof"), _line("taken_by"))
    again = shown.action is not None and shown.action.screen_again
    closing = Closing(
        "done",
        at.at,
        {"proof": form.proof, "taken_by": form.taken_by},
        not_before=shown.started_at if again else None,
    )
    return _close(found, shown, closing, form, "proof")


@pages.post("/screenings/<screening_id>/duties/<duty_id>/not-done")
@allow(*_KEEPERS)
def not_done(screening_id: str, duty_id: str) -> ResponseReturnValue:
    """Close it with the reason why it was not done."""
    form = DutyForm(reason=_line("reason"))
    closing = Closing("not_done", words={"reason": form.reason})
    return _close(*_one(screening_id, duty_id), closing, form, "reason")


@pages.post("/screenings/<screening_id>/duties/<duty_id>/reopen")
@allow(*_KEEPERS)
def reopen(screening_id: str, duty_id: str) -> ResponseReturnValue:
    """Take back that it was closed."""
    _one(screening_id, duty_id)
    with services().database.writing(g.actor) as tx:
        reopen_duty(tx, screening_id, duty_id)
    return redirect(url_for(".duty", screening_id=screening_id, duty_id=duty_id), 303)


@pages.post("/screenings/<screening_id>/duties/<duty_id>/assign")
@allow(*_KEEPERS)
def assign(screening_id: str, duty_id: str) -> ResponseReturnValue:
    """Say who sees to it, or that nobody in particular does."""
    found, shown = _one(screening_id, duty_id)
    try:
        with services().database.writing(g.actor) as tx:
            assign_duty(tx, screening_id, duty_id, request.form.get("to") or None)
    except DutyRefused as refusal:
        faults = (("to", translate(str(refusal))),)
        return _duty_page(found, shown, DutyForm(faults=faults)), 422
    return redirect(url_for(".duty", screening_id=screening_id, duty_id=duty_id, _anchor="assigned"), 303)


def _one(screening_id: str, duty_id: str) -> tuple[Following, DutyView]:
    found = following(screening_id)
    here = services()
    shown = DutiesView(found, here.clock(), here.timezone).duty(duty_id)
    if shown is None:
        abort(404)
    return found, shown


def _line(name: str) -> str:
    return one_line(request.form.get(name))


def _close(
    found: Following, shown: DutyView, closing: Closing, form: DutyForm, main: str
) -> ResponseReturnValue:
    """Close the duty and go back to the list; or show the form again. ``main``: the field most refusals are about."""
    if form.at.error:
        return _refused(found, shown, form, {"at": form.at.error})
    try:
        with services().database.writing(g.actor) as tx:
            was_open = close_duty(tx, found.record.id, shown.duty.id, closing)
    except DutyRefused as refusal:
        at = closing.at or services().clock()
        too_early = closing.not_before is not None and at < closing.not_before
        return _refused(found, shown, form, {"at" if too_early else main: translate(str(refusal))})
    if not was_open and not _said_so(found, shown.duty.id, closing):
        return _duty_page(*_one(found.record.id, shown.duty.id), form, already=True), 409
    return redirect(url_for(".duties", screening_id=found.record.id, _anchor=f"duty-{shown.duty.id}"), 303)


def _said_so(found: Following, duty_id: str, closing: Closing) -> bool:
    """Whether the duty was closed with just these words: the same form sent twice."""
    kept = _one(found.record.id, duty_id)[1].duty
    words = {name: text for name, text in closing.words.items() if text}
    return kept.status == closing.how and dict(kept.words) == words


def _refused(
    found: Following, shown: DutyView, form: DutyForm, faults: Mapping[str, str]
) -> ResponseReturnValue:
    at = replace(form.at, error=faults.get("at", ""))
    kept = DutyForm(at, form.proof, form.taken_by, form.reason, tuple(faults.items()))
    return _duty_page(found, shown, kept), 422


def _list_page(found: Following, typed: Mapping[str, TypedMoment]) -> str:
    here = services()
    view = DutiesView(found, here.clock(), here.timezone, typed)
    faults = [(f"at-{event}", moment.error) for event, moment in typed.items() if moment.error]
    return render_template("duties/duties.html", found=found, view=view, faults=faults)


def _duty_page(found: Following, shown: DutyView, form: DutyForm, *, already: bool = False) -> str:
    here = services()
    people: Mapping[str, str] = {}
    if may_follow_up():
        with here.database.reading(g.actor) as tx:
            people = colleagues(tx, Verb.FOLLOW_UP)
    return render_template(
        "duties/duty.html",
        found=found,
        shown=shown,
        form=form,
        faults=dict(form.faults),
        people=people,
        already=already,
        longest=LONGEST_WORDS,
        word_labels={"proof": _("Proof"), "taken_by": _("Taken by"), "reason": _("Reason")},
    )
