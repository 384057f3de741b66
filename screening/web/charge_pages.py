"""The charge worksheet of a screening: charges sorted by their link to exploitation, and a form to add one.

What is charged comes from papers, never from the youth, and no free text is taken: a kind, a day, and whether it stays
between the youth and counsel.
"""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID, uuid4

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, Form, StringField

from screening.core.charges import Charge, birth_date
from screening.core.evaluation import assess
from screening.core.rulebook import Question
from screening.core.statements import Source
from screening.operations.actors import ALLOWED, Role, Verb, may
from screening.operations.charges import (
    ChargeConflict,
    ChargeNotFound,
    ChargeRefused,
    add_charge,
    charges_of,
    restore_charge,
    withdraw_charge,
)
from screening.operations.database import Transaction
from screening.operations.screenings import find_screening
from screening.web.access import allow, plain_id
from screening.web.answer_fields import DayField
from screening.web.charge_views import WorksheetView, labels_of, standing_then
from screening.web.services import services
from screening.web.spoken import day_in_words, translate
from screening.web.spoken import gettext as _

pages = Blueprint("charge_pages", __name__)

pages.add_app_template_global(standing_then)
pages.add_app_template_global(labels_of)

_VIEWERS = tuple(role for role in Role if Verb.VIEW_SCREENING in ALLOWED[role])
_KEEPERS = tuple(role for role in Role if Verb.FOLLOW_UP in ALLOWED[role])
_DAY = Question(
    id="offense_on",
    kind="date",
    text="Day of the offense",
    ways=("record",),
    why="The law and the age on that day count.",
    past_only=True,
)


class ChargeForm(Form):
    """What is entered about a charge. ``today`` is what a day in the future is measured against."""

    charge = StringField()
    kind = StringField()
    offense_on = DayField(_DAY, Source.RECORD)
    privileged = BooleanField()

    def __init__(self, posted: MultiDict[str, str], today: date) -> None:
        self.today = today
        super().__init__(posted)

    @property
    def day(self) -> date | None:
        """The day of the offense, where a sound one was given."""
        try:
            return date.fromisoformat(str(self.offense_on.data))
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Shown:
    """A form as the page shows it: what was typed, under a fresh id, and what is wrong with it."""

    id: str
    kind: str = ""
    day: tuple[str, str, str] = ("", "", "")
    privileged: bool = False
    faults: tuple[tuple[str, str], ...] = ()


@pages.get("/screenings/<screening_id>/charges")
@allow(*_VIEWERS)
def charges(screening_id: str) -> ResponseReturnValue:
    """The worksheet. ``?share=yes`` is the version to hand on, without what is kept between the youth and counsel."""
    with services().database.reading(g.actor) as tx:
        view = _view(tx, screening_id, sharing=request.args.get("share") == "yes")
    return _page(view, Shown(str(uuid4())))


@pages.post("/screenings/<screening_id>/charges")
@allow(*_KEEPERS)
def add(screening_id: str) -> ResponseReturnValue:
    """Keep a charge and go to it on the worksheet; or show the form again with what is wrong, nothing of it lost."""
    form = ChargeForm(request.form, services().today())
    form.validate()
    id = plain_id(form.charge.data) or str(uuid4())
    with services().database.writing(g.actor) as tx:
        view = _view(tx, screening_id)
        faults = _faults(form, view)
        if not faults:
            charge = Charge(id, str(form.kind.data), form.day, bool(form.privileged.data))
            faults = _add(tx, screening_id, charge)
    if not faults:
        return redirect(url_for(".charges", screening_id=screening_id, _anchor=f"charge-{id}"), 303)
    shown = Shown(
        str(uuid4()),
        str(form.kind.data or "")[:60],
        form.offense_on.parts,
        bool(form.privileged.data),
        tuple(faults.items()),
    )
    return _page(view, shown), 422


@pages.post("/screenings/<screening_id>/charges/<charge_id>/withdraw")
@allow(*_KEEPERS)
def withdraw(screening_id: str, charge_id: str) -> ResponseReturnValue:
    """Take a charge off the worksheet; the page then offers to put it back."""
    with services().database.writing(g.actor) as tx:
        _of_screening(screening_id)
        try:
            withdraw_charge(tx, screening_id, charge_id)
        except ChargeNotFound:
            abort(404)
    return redirect(url_for(".charges", screening_id=screening_id, _anchor="withdrawn"), 303)


@pages.post("/screenings/<screening_id>/charges/<charge_id>/restore")
@allow(*_KEEPERS)
def restore(screening_id: str, charge_id: str) -> ResponseReturnValue:
    """Put a withdrawn charge back on the worksheet."""
    with services().database.writing(g.actor) as tx:
        _of_screening(screening_id)
        try:
            restore_charge(tx, screening_id, charge_id)
        except ChargeNotFound:
            abort(404)
    return redirect(url_for(".charges", screening_id=screening_id, _anchor=f"charge-{charge_id}"), 303)


def _of_screening(screening_id: str) -> None:
    """An address that is no id is as little found as another agency's screening."""
    try:
        UUID(screening_id)
    except ValueError:
        abort(404)


def _view(tx: Transaction, screening_id: str, *, sharing: bool = False) -> WorksheetView:
    _of_screening(screening_id)
    record = find_screening(tx, screening_id)
    rulebook = services().rulebook_for(record.rulebook_digest)
    assessment = assess(rulebook, record.statements, record.opened_on)
    return WorksheetView(record, assessment, charges_of(tx, screening_id), services().today(), sharing)


def _add(tx: Transaction, screening_id: str, charge: Charge) -> dict[str, str]:
    """Keep the charge; out: what is wrong with it. A refusal changed nothing."""
    try:
        add_charge(tx, screening_id, charge)
    except ChargeConflict:
        return {
            "kind": _(
                "This form was saved before with other entries; see the list. Save again if this is a further charge."
            )
        }
    except ChargeRefused as refusal:
        return {"kind": translate(str(refusal))}
    return {}


def _faults(form: ChargeForm, view: WorksheetView) -> dict[str, str]:
    """Field → what is wrong with it, in the order of the page."""
    faults = {}
    if not form.kind.data:
        faults["kind"] = _("Choose the kind of charge.")
    elif all(kind.id != form.kind.data for kind in view.kinds):
        faults["kind"] = _("Choose one of the listed kinds of charge.")
    born, day = birth_date(view.assessment), form.day
    if form.offense_on.error:
        faults["offense_on"] = form.offense_on.error
    elif day is not None and born is not None and day < born:
        faults["offense_on"] = _(
            "This day is before the date of birth that was entered (%(day)s). Check both. You can leave the day empty.",
            day=day_in_words(born),
        )
    return faults


def _page(view: WorksheetView, shown: Shown) -> str:
    return render_template(
        "charges/charges.html",
        view=view,
        shown=replace(shown, faults=()),
        faults=dict(shown.faults),
        may_add=may(g.actor, Verb.FOLLOW_UP) and not view.sharing and bool(view.kinds),
    )
