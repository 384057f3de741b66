"""Hand-offs over all screenings: what waits for me, what the unit was told, what nobody answered; reading and answering one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from screening.core.charges import Charge
from screening.operations.actors import ALLOWED, Role, Verb, may
from screening.operations.charges import charges_of, standing
from screening.operations.hand_offs import (
    LONGEST_WORDS,
    Answer,
    HandOff,
    HandOffCounts,
    HandOffNotFound,
    HandOffRefused,
    PendingHandOff,
    answer_hand_off,
    hand_off_counts,
    hand_off_of_agency,
    pending_hand_offs,
)
from screening.operations.rulebooks import EditionUnreadable, RulebookNotKept
from screening.operations.sheets import note_sheet_viewed
from screening.web.access import allow
from screening.web.duty_views import Standing
from screening.web.following import following
from screening.web.hand_off_views import (
    ANSWER_FIELDS,
    hand_off_standing,
    hand_off_view,
    sheet_title,
    typed_answer,
)
from screening.web.services import services
from screening.web.sheet_pages import content_of, render_sheet
from screening.web.spoken import gettext as _
from screening.web.spoken import translate

pages = Blueprint("hand_off_inbox_pages", __name__)

PER_PAGE = 25
LAST_PAGE = 1_000_000
MINE, UNIT, SILENT = "mine", "unit", "silent"
_ANSWERERS = tuple(role for role in Role if {Verb.HAND_OFF, Verb.ANSWER_HAND_OFF} <= ALLOWED[role])


@dataclass(frozen=True, slots=True)
class InboxLine:
    """One line of a list."""

    made: PendingHandOff
    title: str
    to: str
    standing: Standing


def waiting_hand_offs() -> HandOffCounts | None:
    """What waits for the person at the keyboard, for a page that only mentions it; nothing for those it does not concern."""
    if not may(g.get("actor"), Verb.HAND_OFF):
        return None
    with services().database.reading(g.actor) as tx:
        return hand_off_counts(tx)


def sees_all_silent() -> bool:
    """Whether the person is told of every hand-off of the agency that nobody answered, not only of their own."""
    return may(g.get("actor"), Verb.REVIEW_SCREENING)


pages.add_app_template_global(waiting_hand_offs)
pages.add_app_template_global(sees_all_silent)


@pages.get("/hand-offs")
@allow(*_ANSWERERS)
def inbox() -> ResponseReturnValue:
    """A page of one list: ``?list=`` mine, unit, or silent."""
    chosen = request.args.get("list")
    chosen = chosen if chosen in (UNIT, SILENT) else MINE
    page = min(max(1, request.args.get("page", default=1, type=int)), LAST_PAGE)
    with services().database.reading(g.actor) as tx:
        counts = hand_off_counts(tx)
        found = pending_hand_offs(
            tx,
            for_me=chosen == MINE,
            on_unit=chosen == UNIT,
            silent=chosen == SILENT,
            page=page,
            per_page=PER_PAGE,
        )
    silent = _("No answer in time") if sees_all_silent() else _("Mine, no answer in time")
    lists = [
        (MINE, _("Waiting for me"), counts.for_me),
        (UNIT, _("The unit knows"), None),
        (SILENT, silent, counts.silent),
    ]
    return render_template(
        "hand_offs/inbox.html",
        found=found,
        lines=[_line(each) for each in found.items],
        lists=[(label, count, url_for(".inbox", list=id), id == chosen) for id, label, count in lists],
        chosen=chosen,
        page_address=lambda number: url_for("hand_off_inbox_pages.inbox", list=chosen, page=number),
    )


@pages.get("/hand-offs/<hand_off_id>")
@allow(*_ANSWERERS)
def hand_off(hand_off_id: str) -> ResponseReturnValue:
    """One hand-off with its sheet, and what this person can answer."""
    return _hand_off_page(_found(hand_off_id), {}, {})


@pages.post("/hand-offs/<hand_off_id>")
@allow(*_ANSWERERS)
def answer(hand_off_id: str) -> ResponseReturnValue:
    """Take it, decline it, or say that it is done. Another's words are never changed: each answer is added."""
    made = _found(hand_off_id)
    how, words = typed_answer(request.form)
    words.pop("name", None)  # the account says who it is
    faults = {}
    if how not in ANSWER_FIELDS:
        faults["answer"] = _("Say whether you take it, cannot take it, or have done it.")
    else:
        try:
            with services().database.writing(g.actor) as tx:
                answer_hand_off(tx, hand_off_id, cast(Answer, how), words)
        except HandOffRefused as refusal:
            field = ANSWER_FIELDS[how]
            faults["answer" if field == "name" else field] = translate(str(refusal))
    if faults:
        return _hand_off_page(_found(made.id), words, faults), 422
    return redirect(url_for(".hand_off", hand_off_id=hand_off_id, _anchor="answer"), 303)


def _found(hand_off_id: str) -> HandOff:
    try:
        with services().database.reading(g.actor) as tx:
            return hand_off_of_agency(tx, hand_off_id)
    except HandOffNotFound:
        abort(404)


def _hand_off_page(made: HandOff, typed: Mapping[str, str], faults: Mapping[str, str]) -> str:
    found = following(made.screening_id)
    sheet = found.rulebook.sheets.get(made.sheet)
    content = None
    if sheet is not None and not sheet.for_youth:
        charges: tuple[Charge, ...] = ()
        with services().database.reading(g.actor) as tx:
            note_sheet_viewed(tx, made.screening_id, sheet.id)
            if "charges" in sheet.parts:
                charges = standing(charges_of(tx, made.screening_id))
        content = content_of(found, sheet, charges)
    mine = made.to_user == g.actor.user_id
    running = made.status in ("offered", "acknowledged")
    may_decline = mine and running
    may_close = running and (mine or made.to_unit or made.outside)
    fields = {name for name, is_shown in (("reason", may_decline), ("outcome", may_close)) if is_shown}
    return render_template(
        "hand_offs/hand_off.html",
        shown=hand_off_view(made, found.rulebook, services().clock()),
        sheet=None if content is None else render_sheet(content),
        may_take=_may_take(made),
        may_decline=may_decline,
        may_close=may_close,
        typed=typed,
        # A fault stands beside its field; where the answer it belongs to is not offered, over all of them.
        faults={field if field in fields else "answer": message for field, message in faults.items()},
        longest=LONGEST_WORDS,
    )


def _may_take(made: HandOff) -> bool:
    """Whether the person at the keyboard can say that they have it: it went to them, or to the unit and they did not yet."""
    if made.to_unit:
        return made.status in ("offered", "acknowledged", "done") and not made.taken_by(g.actor.user_id)
    return made.to_user == g.actor.user_id and made.status == "offered"


def _line(made: PendingHandOff) -> InboxLine:
    try:
        rulebook = services().rulebook_for(made.rulebook_digest)
    except (EditionUnreadable, RulebookNotKept):
        rulebook = None
    if made.outside:
        to = _("Somebody outside")
    else:
        to = _("Everybody on the unit") if made.to_unit else made.to_user_name
    return InboxLine(made, sheet_title(rulebook, made.sheet), to, hand_off_standing(made, services().clock()))
