"""Sheets to hand on: one page for each profession and for the unit, to read or to print, and the youth's own page."""

from flask import Blueprint, Response, abort, g, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from screening.core.charges import Charge
from screening.core.evaluation import Level
from screening.core.jurisdictions import offered_states
from screening.core.rulebook import Sheet
from screening.core.sheet_content import SheetContent, Standing
from screening.core.sheets import sheet_content
from screening.core.youth_page import YouthPage, youth_page
from screening.operations.actors import ALLOWED, Role, Verb
from screening.operations.charges import charges_of, standing
from screening.operations.sheets import note_sheet_viewed
from screening.web.access import allow, signed_in
from screening.web.following import Following, following
from screening.web.services import services
from screening.web.sheet_pdf import sheet_pdf, words_here
from screening.web.sheet_pdf import youth_pdf as pdf_of_youth_page
from screening.web.sheet_words import parts_in_words
from screening.web.spoken import translate

pages = Blueprint("sheet_pages", __name__)

_VIEWERS = tuple(role for role in Role if Verb.VIEW_SCREENING in ALLOWED[role])


@pages.get("/screenings/<screening_id>/sheets")
@allow(*_VIEWERS)
def sheets(screening_id: str) -> ResponseReturnValue:
    """Which sheets there are, and what each shows."""
    found = following(screening_id)
    questions = found.rulebook.questions
    return render_template(
        "sheets/sheets.html",
        screening_id=screening_id,
        is_concern=found.assessment.at_least >= Level.POSSIBLE,
        offered=[
            (
                sheet,
                parts_in_words(sheet),
                [translate(questions[id].text) for id in sheet.answers],
            )
            for sheet in found.rulebook.sheets.values()
            if not sheet.for_youth
        ],
        has_youth_page=any(sheet.for_youth for sheet in services().rulebook_of(g.actor).sheets.values()),
    )


@pages.get("/screenings/<screening_id>/sheets/<sheet_id>")
@allow(*_VIEWERS)
def sheet(screening_id: str, sheet_id: str) -> ResponseReturnValue:
    """One sheet, as it is printed."""
    content = _content(screening_id, sheet_id)
    return render_template("sheets/sheet.html", screening_id=screening_id, words=words_here(content))


@pages.get("/screenings/<screening_id>/sheets/<sheet_id>.pdf")
@allow(*_VIEWERS)
def pdf(screening_id: str, sheet_id: str) -> ResponseReturnValue:
    """The same sheet as a file to print. Its name says nothing of a person."""
    return _file(sheet_pdf(_content(screening_id, sheet_id)), f"sheet-{sheet_id.replace('_', '-')}.pdf")


@pages.get("/youth-page")
@signed_in
def youth() -> ResponseReturnValue:
    """The youth's own page: help and numbers, nothing of any screening. ``?state=`` is the state whose numbers it has."""
    state = _state()
    offered = offered_states(services().rulebook_of(g.actor), services().config.home_jurisdiction)
    return render_template(
        "sheets/youth.html", page=_youth_page(state), state=state, states=[*offered.usual, *offered.others]
    )


@pages.get("/youth-page.pdf")
@signed_in
def youth_pdf() -> ResponseReturnValue:
    """The same as a file to print."""
    return _file(pdf_of_youth_page(_youth_page(_state())), "for-you.pdf")


def render_sheet(content: SheetContent) -> Markup:
    """A sheet as it stands on a page, its title as the page's h1. The page needs ``sheet.css``."""
    words = words_here(content)
    return Markup(render_template("sheets/_sheet.html", words=words))  # noqa: S704 (escaped by the template)


def content_of(found: Following, sheet: Sheet, charges: tuple[Charge, ...] = ()) -> SheetContent:
    """What a sheet shows of a screening that is read already."""
    return sheet_content(
        sheet,
        found.assessment,
        found.advice,
        jurisdiction=found.record.jurisdiction,
        day=found.record.opened_on,
        case_number=found.record.youth_ref,
        charges=charges,
        standings=_standings(found),
    )


def _standings(found: Following) -> dict[str, Standing]:
    known: dict[str, Standing] = {}
    for duty in found.follow_up.duties:
        if duty.status != "lapsed":
            known[duty.action] = duty.status
    return known


def _content(screening_id: str, sheet_id: str) -> SheetContent:
    """What one sheet of one screening shows; that it was looked at is in the journal before it can leave."""
    found = following(screening_id)
    wanted = found.rulebook.sheets.get(sheet_id)
    if wanted is None or wanted.for_youth:
        abort(404)
    charges: tuple[Charge, ...] = ()
    with services().database.reading(g.actor) as tx:
        note_sheet_viewed(tx, screening_id, wanted.id)
        if "charges" in wanted.parts:
            charges = standing(charges_of(tx, screening_id))
    return content_of(found, wanted, charges)


def _state() -> str:
    """The state asked for, else the installation's own, else none."""
    known = services().rulebook_of(g.actor).jurisdictions
    asked = request.args.get("state", "")
    home = services().config.home_jurisdiction
    return next((state for state in (asked, home) if state in known), "")


def _youth_page(state: str) -> YouthPage:
    here = services()
    page = youth_page(here.rulebook_of(g.actor), jurisdiction=state, day=here.today())
    if page is None:
        abort(404)
    return page


def _file(made: bytes, name: str) -> Response:
    response = Response(made, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response
