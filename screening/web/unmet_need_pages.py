"""Needs of one youth that nothing met: writing one down, the ledger of the screening, marking one met, taking one back."""

from dataclasses import replace

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from screening.operations.actors import ALLOWED, Role, Verb
from screening.operations.unmet_need import (
    LONGEST_WORDS,
    UnmetNeedRefused,
    mark_met,
    record_unmet_need,
    restore,
    withdraw,
)
from screening.web.access import allow, plain_id
from screening.web.moment_fields import TypedMoment, read_moment
from screening.web.security import one_line
from screening.web.services import services
from screening.web.spoken import gettext as _
from screening.web.spoken import translate
from screening.web.unmet_need_views import (
    NeedForm,
    StayForm,
    UnmetWork,
    days_in_words,
    first_known,
    may_count_unmet,
    new_id,
    read_unmet_work,
    unmet_work,
    wait_in_words,
)

pages = Blueprint("unmet_need_pages", __name__)

_VIEWERS = tuple(role for role in Role if Verb.VIEW_SCREENING in ALLOWED[role])
_KEEPERS = tuple(role for role in Role if Verb.FOLLOW_UP in ALLOWED[role])

for _words in (unmet_work, may_count_unmet, days_in_words, wait_in_words):
    pages.add_app_template_global(_words)


@pages.get("/screenings/<screening_id>/unmet-needs/new")
@allow(*_KEEPERS)
def new(screening_id: str) -> ResponseReturnValue:
    """The form, filled in as far as the address says which need and why."""
    work = read_unmet_work(screening_id)
    return _form_page(
        work,
        NeedForm(
            new_id(),
            need=first_known(request.args.get("need"), work.need_labels),
            reason=first_known(request.args.get("reason"), work.reason_labels),
        ),
    )


@pages.post("/screenings/<screening_id>/unmet-needs/new")
@allow(*_KEEPERS)
def record(screening_id: str) -> ResponseReturnValue:
    """Write the need down with sex and age as the screening has them. What cannot be kept comes back as it was typed."""
    work = read_unmet_work(screening_id)
    if work.guide is None:
        abort(404)
    form = _posted(work)
    if form.faults:
        return _form_page(work, form), 422
    kept, now = work.kept(), services().clock()
    try:
        with services().database.writing(g.actor) as tx:
            record_unmet_need(
                tx,
                screening_id,
                form.need,
                form.reason,
                form.at.at or now,
                kept.sex,
                kept.age,
                form.words,
                form.id,
            )
    except UnmetNeedRefused as refusal:
        return _form_page(work, replace(form, faults={"words": translate(str(refusal))})), 422
    return redirect(url_for(".ledger", screening_id=screening_id, _anchor=f"unmet-{form.id}"), 303)


@pages.get("/screenings/<screening_id>/unmet-needs")
@allow(*_VIEWERS)
def ledger(screening_id: str) -> ResponseReturnValue:
    """Every need of the screening that nothing met, and where the youth stayed."""
    return ledger_page(read_unmet_work(screening_id), StayForm(new_id()))


@pages.post("/screenings/<screening_id>/unmet-needs/<unmet_id>/met")
@allow(*_KEEPERS)
def met(screening_id: str, unmet_id: str) -> ResponseReturnValue:
    """Note that it was met after all; an empty field means now. ``undo`` takes that back."""
    work = _with_entry(screening_id, unmet_id)
    here = services()
    undo = "undo" in request.form
    at = read_moment(
        request.form.get("at", ""), request.form.get("which", ""), zone=here.timezone, now=here.clock()
    )
    if not at.error or undo:
        try:
            with here.database.writing(g.actor) as tx:
                mark_met(tx, unmet_id, None if undo else at.at or tx.now)
            return _back(screening_id, unmet_id)
        except UnmetNeedRefused as refusal:
            at = replace(at, error=translate(str(refusal)))
    return ledger_page(work, StayForm(new_id()), {unmet_id: at}), 422


@pages.post("/screenings/<screening_id>/unmet-needs/<unmet_id>/withdraw")
@allow(*_KEEPERS)
def take_back(screening_id: str, unmet_id: str) -> ResponseReturnValue:
    """Entered by mistake: it counts no more. ``undo`` lets it count again."""
    _with_entry(screening_id, unmet_id)
    with services().database.writing(g.actor) as tx:
        (restore if "undo" in request.form else withdraw)(tx, unmet_id)
    return _back(screening_id, unmet_id)


def _with_entry(screening_id: str, unmet_id: str) -> UnmetWork:
    work = read_unmet_work(screening_id)
    if all(each.id != unmet_id for each in work.unmet):
        abort(404)
    return work


def _back(screening_id: str, unmet_id: str) -> ResponseReturnValue:
    return redirect(url_for(".ledger", screening_id=screening_id, _anchor=f"unmet-{unmet_id}"), 303)


def _posted(work: UnmetWork) -> NeedForm:
    here = services()
    form = NeedForm(
        id=plain_id(request.form.get("entry")) or new_id(),
        need=first_known(request.form.get("need"), work.need_labels),
        reason=first_known(request.form.get("reason"), work.reason_labels),
        at=read_moment(
            request.form.get("at", ""), request.form.get("which", ""), zone=here.timezone, now=here.clock()
        ),
        words=one_line(request.form.get("words")),
    )
    faults = {
        "need": "" if form.need else _("Choose which need was not met."),
        "reason": "" if form.reason else _("Choose why it was not met."),
        "at": form.at.error,
        "words": _("Keep it to %(most)d characters.", most=LONGEST_WORDS)
        if len(form.words) > LONGEST_WORDS
        else "",
    }
    return replace(form, faults={name: text for name, text in faults.items() if text})


def _form_page(work: UnmetWork, form: NeedForm) -> str:
    return render_template(
        "unmet_need/new.html",
        work=work,
        record=work.record,
        form=form,
        kept=work.kept(),
        longest=LONGEST_WORDS,
    )


def ledger_page(work: UnmetWork, stay_form: StayForm, met_typed: dict[str, TypedMoment] | None = None) -> str:
    """The ledger with its forms as they were typed. ``met_typed``: entry → when it was met."""
    typed = met_typed or {}
    faults = [(f"met-{id}", moment.error) for id, moment in typed.items() if moment.error]
    faults += [(name, text) for name, text in stay_form.faults.items()]
    return render_template(
        "unmet_need/ledger.html",
        work=work,
        record=work.record,
        form=stay_form,
        met_typed=typed,
        faults=faults,
    )
