"""Where a youth stays: entering a stay, ending it, taking one back. The list stands on the ledger of unmet needs."""

from collections.abc import Callable
from dataclasses import replace

from flask import Blueprint, abort, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from screening.operations.actors import ALLOWED, Role, Verb
from screening.operations.database import Transaction
from screening.operations.unmet_need import (
    StayRefused,
    StaysOverlap,
    end_stay,
    record_stay,
    restore_stay,
    withdraw_stay,
)
from screening.web.access import allow, plain_id
from screening.web.moment_fields import NOTHING_TYPED, TypedMoment, read_moment
from screening.web.services import services
from screening.web.spoken import gettext as _
from screening.web.spoken import translate
from screening.web.unmet_need_pages import ledger_page
from screening.web.unmet_need_views import StayForm, UnmetWork, first_known, new_id, read_unmet_work

pages = Blueprint("stay_pages", __name__)

_KEEPERS = tuple(role for role in Role if Verb.FOLLOW_UP in ALLOWED[role])


@pages.post("/screenings/<screening_id>/stays")
@allow(*_KEEPERS)
def record(screening_id: str) -> ResponseReturnValue:
    """Enter a stay. One that cannot be leaves everything typed in its fields."""
    work = read_unmet_work(screening_id)
    form = StayForm(
        id=plain_id(request.form.get("stay")) or new_id(),
        place=first_known(request.form.get("place"), work.place_labels),
        since=_moment("since"),
        until=_moment("until"),
        ends_former="ends_former" in request.form,
    )
    faults = {
        "place": "" if form.place else _("Choose where the youth stayed."),
        "since": form.since.error or ("" if form.since.at else _("Enter when the stay began.")),
        "until": form.until.error,
    }
    if not any(faults.values()) and form.since.at is not None:
        try:
            with services().database.writing(g.actor) as tx:
                record_stay(
                    tx,
                    screening_id,
                    form.place,
                    form.since.at,
                    form.until.at,
                    form.id,
                    ends_former=form.ends_former,
                )
            return _back(screening_id)
        except StayRefused as refusal:
            faults["since"] = _said(work, refusal)
    return ledger_page(work, replace(form, faults={name: text for name, text in faults.items() if text})), 422


@pages.post("/screenings/<screening_id>/stays/<stay_id>/end")
@allow(*_KEEPERS)
def end(screening_id: str, stay_id: str) -> ResponseReturnValue:
    """Note when the stay ended; an empty field means now."""
    at = _moment("at")
    if at.error:
        return _refused(_with_stay(screening_id, stay_id), stay_id, at)
    return _change(screening_id, stay_id, lambda tx: end_stay(tx, stay_id, at.at or tx.now), at)


@pages.post("/screenings/<screening_id>/stays/<stay_id>/withdraw")
@allow(*_KEEPERS)
def take_back(screening_id: str, stay_id: str) -> ResponseReturnValue:
    """Entered by mistake: it counts no more. ``undo`` lets it count again, if no other stay covers its time now."""
    change = restore_stay if "undo" in request.form else withdraw_stay
    return _change(screening_id, stay_id, lambda tx: change(tx, stay_id))


def _change(
    screening_id: str,
    stay_id: str,
    change: Callable[[Transaction], bool],
    typed: TypedMoment = NOTHING_TYPED,
) -> ResponseReturnValue:
    work = _with_stay(screening_id, stay_id)
    try:
        with services().database.writing(g.actor) as tx:
            change(tx)
    except StayRefused as refusal:
        return _refused(work, stay_id, replace(typed, error=_said(work, refusal)))
    return _back(screening_id)


def _said(work: UnmetWork, refusal: StayRefused) -> str:
    if isinstance(refusal, StaysOverlap):
        place = work.place_labels.get(refusal.with_place, refusal.with_place)
        return f"{place}: {translate(str(refusal))}"
    return translate(str(refusal))


def _refused(work: UnmetWork, stay_id: str, typed: TypedMoment) -> ResponseReturnValue:
    form = StayForm(new_id(), ending={stay_id: typed}, faults={f"stay-{stay_id}": typed.error})
    return ledger_page(work, form), 422


def _with_stay(screening_id: str, stay_id: str) -> UnmetWork:
    work = read_unmet_work(screening_id)
    if all(stay.id != stay_id for stay in work.stays):
        abort(404)
    return work


def _moment(name: str) -> TypedMoment:
    here = services()
    which = request.form.get(f"{name}-which", "")
    return read_moment(request.form.get(name, ""), which, zone=here.timezone, now=here.clock())


def _back(screening_id: str) -> ResponseReturnValue:
    return redirect(url_for("unmet_need_pages.ledger", screening_id=screening_id, _anchor="stays"), 303)
