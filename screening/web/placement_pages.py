"""Where help is, for one screening: the hub from which places are asked, called and referred to."""

from flask import Blueprint, abort, g, render_template, request
from flask.typing import ResponseReturnValue

from screening.operations.actors import ALLOWED, Role, Verb
from screening.web.access import allow
from screening.web.following import following
from screening.web.placement_search import choice_for, matches_of
from screening.web.placement_views import PlacementView
from screening.web.services import services

pages = Blueprint("placement_pages", __name__)

_VIEWERS = tuple(role for role in Role if Verb.VIEW_SCREENING in ALLOWED[role])


@pages.get("/screenings/<screening_id>/placement")
@allow(*_VIEWERS)
def placement(screening_id: str) -> ResponseReturnValue:
    """The needs with the places for each, what the youth wants first. ``?need=`` shows everything for one of them."""
    found = following(screening_id)
    here = services()
    choice = choice_for(found)
    view = PlacementView(
        found.rulebook,
        choice,
        matches_of(found, choice),
        jurisdiction=found.record.jurisdiction,
        now=here.clock(),
        alone=request.args.get("need"),
    )
    if request.args.get("need") and view.alone is None:
        abort(404)
    return render_template(
        "placement/placement.html",
        found=found,
        view=view,
        screening_id=found.record.id,
        now=here.clock(),
        pinned=found.rulebook.digest != here.rulebook_of(g.actor).digest,
    )
