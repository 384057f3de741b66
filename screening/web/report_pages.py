"""Report now: what to read out to the hotline, the numbers, and the record that it was done."""

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from screening.operations.actors import ALLOWED, Role, Verb
from screening.operations.duties import Closing, DutyRefused, close_duties, follow_up, raise_duties
from screening.operations.duties.closing import LONGEST_WORDS
from screening.web.access import allow
from screening.web.duty_pages import DutyForm, may_follow_up
from screening.web.following import following, wanted_duties
from screening.web.moment_fields import read_moment
from screening.web.report_views import ReportView
from screening.web.security import one_line
from screening.web.services import services
from screening.web.spoken import translate

pages = Blueprint("report_pages", __name__)

_VIEWERS = tuple(role for role in Role if Verb.VIEW_SCREENING in ALLOWED[role])
_KEEPERS = tuple(role for role in Role if Verb.FOLLOW_UP in ALLOWED[role])


@pages.get("/screenings/<screening_id>/report")
@allow(*_VIEWERS)
def report(screening_id: str) -> ResponseReturnValue:
    """What to say, to whom, and what was recorded of it."""
    return _page(ReportView(following(screening_id)), DutyForm())


@pages.post("/screenings/<screening_id>/report")
@allow(*_KEEPERS)
def reported(screening_id: str) -> ResponseReturnValue:
    """Record that it was reported: every report that is owed is closed with the same words."""
    view = ReportView(following(screening_id))
    here = services()
    at = read_moment(
        request.form.get("at", ""), request.form.get("which", ""), zone=here.timezone, now=here.clock()
    )
    form = DutyForm(at, one_line(request.form.get("proof")), one_line(request.form.get("taken_by")))
    faults = {"at": at.error} if at.error else {}
    if not view.may_record:
        return _page(view, form), 409
    if not faults:
        try:
            _record(view, Closing("done", at.at, {"proof": form.proof, "taken_by": form.taken_by}))
        except DutyRefused as refusal:
            faults = {"proof": translate(str(refusal))}
    if faults:
        return _page(view, DutyForm(form.at, form.proof, form.taken_by, faults=tuple(faults.items()))), 422
    return redirect(url_for(".report", screening_id=screening_id, _anchor="reported"), 303)


def _record(view: ReportView, closing: Closing) -> None:
    """Close what is owed; where no answer calls for a report, keep the one that was made all the same."""
    found = view.found
    with services().database.writing(g.actor) as tx:
        closed = [duty.id for _action, duty in view.owed]
        if view.unasked is not None:
            own = wanted_duties(found.rulebook, found.record.setting, found.advice)
            raise_duties(tx, found.record.id, [*own, view.unasked])
            held = follow_up(tx, found.record.id).duties
            closed = [duty.id for duty in held if duty.action == view.unasked.action]
        close_duties(tx, found.record.id, closed, closing)


def _page(view: ReportView, form: DutyForm) -> str:
    return render_template(
        "report/report.html",
        view=view,
        found=view.found,
        form=form,
        faults=dict(form.faults),
        now=services().clock(),
        may_record=view.may_record and may_follow_up(),
        longest=LONGEST_WORDS,
    )
