"""The agency's open duties over all screenings: what is due now, what is due soon, what has no start."""

from dataclasses import dataclass
from functools import partial

from flask import Blueprint, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from screening.core.rulebook import Action
from screening.operations.actors import ALLOWED, Role, Verb
from screening.operations.duties import DueDuty, DueFilter, due_counts, due_duties
from screening.operations.rulebooks import EditionUnreadable, RulebookNotKept
from screening.web.access import allow
from screening.web.duty_views import Standing, open_standing
from screening.web.services import services
from screening.web.spoken import gettext as _
from screening.web.spoken import translate

pages = Blueprint("due_list_pages", __name__)

PER_PAGE = 25
LAST_PAGE = 1_000_000
_KEEPERS = tuple(role for role in Role if Verb.FOLLOW_UP in ALLOWED[role])


@dataclass(frozen=True, slots=True)
class DueLine:
    """One line of the list."""

    due: DueDuty
    label: str
    standing: Standing


@pages.get("/duties")
@allow(*_KEEPERS)
def due_list() -> ResponseReturnValue:
    """A page of open duties. ``when`` and ``who`` choose; what is no choice means all."""
    here = services()
    which = _chosen(request.args.get("when"))
    mine = request.args.get("who") == "mine"
    page = min(max(1, request.args.get("page", default=1, type=int)), LAST_PAGE)
    with here.database.reading(g.actor) as tx:
        found = due_duties(tx, which=which, mine=mine, page=page, per_page=PER_PAGE)
        counts = due_counts(tx, mine=mine)
    address = partial(url_for, "due_list_pages.due_list")
    return render_template(
        "duties/due_list.html",
        found=found,
        lines=[_line(duty) for duty in found.items],
        filters=[
            (label, counts[each], each is which, address(when=each.value, who=_who(mine)))
            for each, label in _labels().items()
        ],
        people=[
            (_("Everybody’s"), not mine, address(when=which.value)),
            (_("Mine"), mine, address(when=which.value, who="mine")),
        ],
        mine=mine,
        heading=_labels()[which],
        page_address=lambda number: address(when=which.value, who=_who(mine), page=number),
    )


def _chosen(word: str | None) -> DueFilter:
    return DueFilter(word) if word in set(DueFilter) else DueFilter.ALL


def _who(mine: bool) -> str | None:
    return "mine" if mine else None


def _labels() -> dict[DueFilter, str]:
    return {
        DueFilter.ALL: _("All that is open"),
        DueFilter.OVERDUE: _("Due now or overdue"),
        DueFilter.SOON: _("Due within a day"),
        DueFilter.UNTIMED: _("Start not entered"),
    }


def _line(due: DueDuty) -> DueLine:
    action = _action(due)
    label = translate(action.label) if action else due.action
    return DueLine(due, label, open_standing(action.due if action else None, due.due_at, services().clock()))


def _action(due: DueDuty) -> Action | None:
    """What the duty is called, in the edition its screening was opened under, as far as that can be read."""
    try:
        rulebook = services().rulebook_for(due.rulebook_digest)
    except (EditionUnreadable, RulebookNotKept):
        return None
    return next((action for action in rulebook.actions if action.id == due.action), None)
