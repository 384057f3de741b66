"""The agency's directory as its people read it: the list, one service, the outline of the counties.

What is confidential is folded away. Showing it is a post, so that no address and no reload shows it by itself; it is journalled
each time and stands in that one answer only.
"""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, g, render_template, request
from flask.typing import ResponseReturnValue

from screening.operations.actors import ACCOUNT_ROLES, ALLOWED, Verb, may
from screening.operations.beds import bed_words
from screening.operations.database import Transaction
from screening.operations.directory import EntryNotFound
from screening.operations.directory.browsing import (
    BrowsedService,
    browse_services,
    count_unsaid,
    read_service,
    reveal_service,
)
from screening.operations.directory.offers import fill_offers
from screening.web.access import allow, plain_id
from screening.web.directory_filters import browse_of, choices, filters_from
from screening.web.directory_map import county_map, neighbors_of
from screening.web.directory_views import Reading, restricted_features, service_line, service_page
from screening.web.services import services

pages = Blueprint("directory_pages", __name__)

_READERS = tuple(role for role in ACCOUNT_ROLES if Verb.VIEW_DIRECTORY in ALLOWED[role])
_PLACERS = tuple(role for role in ACCOUNT_ROLES if Verb.SEE_CONFIDENTIAL_PLACES in ALLOWED[role])


def may_view_directory() -> bool:
    """Whether the directory is in the menu of the person at the keyboard."""
    return may(g.get("actor"), Verb.VIEW_DIRECTORY)


pages.add_app_template_global(may_view_directory)


@pages.get("/directory")
@allow(*_READERS)
def directory() -> ResponseReturnValue:
    """The list, narrowed down by what the address says."""
    here = services()
    rulebook = here.rulebook_of(g.actor)
    filters = filters_from(request.args, rulebook)
    wanted = browse_of(filters, rulebook, here.clock())
    fill_offers(here.database, g.actor)
    with here.database.reading(g.actor) as tx:
        found = browse_services(tx, wanted, restricted_features(rulebook))
        reading = _reading(tx, found.services, filters["area"])
        unsaid = count_unsaid(tx) if (filters["area"] or filters["kind"]) else 0
    return render_template(
        "directory/list.html",
        found=found,
        lines=[service_line(each, reading) for each in found.services],
        filters=filters,
        choices=choices(rulebook, filters),
        neighbors=neighbors_of(rulebook, filters["area"]),
        unsaid=unsaid,
        page_address=lambda number: filters.address(page=number),
    )


@pages.get("/directory/services/<service_id>")
@allow(*_READERS)
def service(service_id: str) -> ResponseReturnValue:
    """One service, what is confidential of it folded away."""
    known = plain_id(service_id) or abort(404)
    restricted = restricted_features(services().rulebook_of(g.actor))
    try:
        with services().database.reading(g.actor) as tx:
            found = read_service(tx, known, restricted)
            reading = _reading(tx, (found,))
    except EntryNotFound:
        abort(404)
    return _service_page(found, reading, revealed=False)


@pages.post("/directory/services/<service_id>/confidential")
@allow(*_PLACERS)
def reveal(service_id: str) -> ResponseReturnValue:
    """The same with what is confidential, in this answer only. The journal says each time that it was shown."""
    known = plain_id(service_id) or abort(404)
    try:
        with services().database.writing(g.actor) as tx:
            found = reveal_service(tx, known)
            reading = _reading(tx, (found,))
    except EntryNotFound:
        abort(404)
    return _service_page(found, reading, revealed=True)


@pages.get("/directory/map")
@allow(*_READERS)
def county_outline() -> ResponseReturnValue:
    """The counties with the number of services in each, as an outline and as a list."""
    here = services()
    rulebook = here.rulebook_of(g.actor)
    fill_offers(here.database, g.actor)
    with here.database.reading(g.actor) as tx:
        drawn = county_map(tx, rulebook)
        unsaid = count_unsaid(tx)
    return render_template("directory/map.html", drawn=drawn, unsaid=unsaid)


def _reading(tx: Transaction, found: tuple[BrowsedService, ...], area: str = "") -> Reading:
    here = services()
    beds = bed_words(tx, [each.id for each in found])
    return Reading(here.rulebook_of(g.actor, tx), area, here.clock(), here.timezone, beds)


def _service_page(found: BrowsedService, reading: Reading, *, revealed: bool) -> str:
    shown: Mapping[str, Any] = {
        "shown": service_page(found, reading),
        "revealed": revealed,
        "may_edit": may(g.actor, Verb.EDIT_DIRECTORY),
        "may_report": may(g.actor, Verb.REPORT_DIRECTORY_ERROR),
    }
    return render_template("directory/service.html", **shown)
