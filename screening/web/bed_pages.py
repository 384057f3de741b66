"""Beds: the board of places to live, a word about one of them, asking several at once, and what they answered."""

from uuid import uuid4

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from screening.operations.actors import ALLOWED, Role, Verb, may
from screening.operations.beds import (
    AskedPlace,
    BedRefused,
    BedRequest,
    RequestNotFound,
    RequestStatus,
    ask_for_beds,
    bed_board,
    bed_requests_of,
    close_bed_request,
    draw_link,
    enter_answer,
    link_place,
    report_beds,
    waiting_requests,
)
from screening.web.access import allow, plain_id
from screening.web.bed_forms import (
    AskForm,
    ReplyForm,
    WordForm,
    known_facts,
    posted_question,
    posted_reply,
    posted_word,
    question_of,
)
from screening.web.bed_places import NoPlacementRules, asked_services, placement_guide, places_named
from screening.web.bed_request_views import (
    answer_page,
    ask_page,
    bed_work,
    late_bed_requests,
    links_page,
    requests_page,
)
from screening.web.bed_views import (
    board_filters,
    board_lines,
    group_counts,
    in_order,
    place_choice,
    word_page,
)
from screening.web.following import following
from screening.web.moment_fields import read_moment
from screening.web.services import services
from screening.web.spoken import gettext as _
from screening.web.spoken import translate
from screening.web.wording import moment_in_words

pages = Blueprint("bed_pages", __name__)

PER_PAGE = 25
LAST_PAGE = 1_000_000
_READERS = tuple(role for role in Role if Verb.VIEW_DIRECTORY in ALLOWED[role])
_REPORTERS = tuple(role for role in Role if Verb.REPORT_BEDS in ALLOWED[role])
_VIEWERS = tuple(role for role in Role if Verb.VIEW_SCREENING in ALLOWED[role])
_KEEPERS = tuple(role for role in Role if Verb.FOLLOW_UP in ALLOWED[role])

pages.add_app_template_global(bed_work)
pages.add_app_template_global(late_bed_requests)


@pages.get("/beds")
@allow(*_READERS)
def board() -> ResponseReturnValue:
    """Every place to live, how it stands by whose word, and how many there are for girls, boys and transgender youths."""
    here = services()
    rulebook, now = here.rulebook_of(g.actor), here.clock()
    rules, wanted = placement_guide(rulebook).beds, board_filters(rulebook, request.args)
    page = min(max(1, request.args.get("page", default=1, type=int)), LAST_PAGE)
    with here.database.reading(g.actor) as tx:
        found = bed_board(
            tx, serves=wanted.serves, kind=wanted.kind, areas=wanted.areas, status=wanted.status
        )
        shown = in_order(found, now, rules)[(page - 1) * PER_PAGE : page * PER_PAGE]
        places = places_named(tx, [each.service_id for each in shown])
        waiting = waiting_requests(tx) if may(g.actor, Verb.FOLLOW_UP) else ()
    return render_template(
        "beds/board.html",
        lines=board_lines(shown, places, now, rules),
        counts=group_counts(found, now, rules),
        total=len(found),
        wanted=wanted,
        page=page,
        page_count=max(1, -(-len(found) // PER_PAGE)),
        page_address=lambda number: wanted.address(page=str(number)),
        waiting=[(each, moment_in_words(each.asked_at), moment_in_words(each.answer_by)) for each in waiting],
        now=moment_in_words(now),
        fresh_hours=rules.fresh_hours,
        may_report=may(g.actor, Verb.REPORT_BEDS),
    )


@pages.get("/beds/report")
@allow(*_READERS)
def report() -> ResponseReturnValue:
    """What was said of one place, and the form for a new word. Without a place: which one it is about."""
    service_id = next(iter(asked_services(request.args.getlist("service")[:1])), "")
    if not service_id:
        return place_choice(_("Which place is it about?"), url_for(".report"), several=False)
    return word_page(service_id, WordForm(str(uuid4())), saved=request.args.get("saved") == "yes")


@pages.post("/beds/report")
@allow(*_REPORTERS)
def save_report() -> ResponseReturnValue:
    """Keep what a place said. Sending the same form twice keeps one word."""
    here = services()
    service_id = next(iter(asked_services(request.form.getlist("service")[:1])), "") or abort(404)
    _require_seen([service_id])
    at = read_moment(
        request.form.get("at", ""), request.form.get("which", ""), zone=here.timezone, now=here.clock()
    )
    form = posted_word(request.form, at)
    if form.faults:
        return word_page(service_id, form), 422
    with here.database.writing(g.actor) as tx:
        report_beds(
            tx, service_id, form.bed_status, form.number, form.serves or None, form.said_by, at.at, id=form.id
        )
    return redirect(url_for(".report", service=service_id, saved="yes"), 303)


@pages.get("/screenings/<screening_id>/beds/ask")
@allow(*_KEEPERS)
def ask(screening_id: str) -> ResponseReturnValue:
    """The form that asks several places at once. ``?service=`` names them; without one, they are chosen first."""
    found = following(screening_id)
    service_ids = asked_services(request.args.getlist("service"))
    if not service_ids:
        return place_choice(
            _("Which places do you ask?"), url_for(".ask", screening_id=screening_id), several=True
        )
    _require_seen(service_ids)
    guide = placement_guide(found.rulebook)
    told = tuple(each.question for each in known_facts(found.rulebook, guide, found.assessment))
    return ask_page(found, service_ids, AskForm(str(uuid4()), told, by_link=()))


@pages.post("/screenings/<screening_id>/beds/ask")
@allow(*_KEEPERS)
def send(screening_id: str) -> ResponseReturnValue:
    """Ask the places. Links and codes stand in this one answer and on no later page."""
    found, here = following(screening_id), services()
    service_ids = asked_services(request.form.getlist("service"))
    _require_seen(service_ids)
    guide = placement_guide(found.rulebook)
    form = posted_question(request.form, guide, service_ids)
    if form.faults:
        return ask_page(found, service_ids, form), 422
    facts = known_facts(found.rulebook, guide, found.assessment)
    question = question_of(form, facts, service_ids, here.database.passwords)
    try:
        with here.database.writing(g.actor) as tx:
            _id, new = ask_for_beds(tx, screening_id, question)
    except BedRefused as refusal:
        return ask_page(found, service_ids, form.refused(translate(str(refusal)))), 422
    if question.links:
        asked, _place = _asked(screening_id, request_id=form.id)
        return links_page(found, asked, question.links if new else {}, again=not new)
    return redirect(url_for(".requests", screening_id=screening_id, _anchor=f"request-{form.id}"), 303)


@pages.get("/screenings/<screening_id>/beds")
@allow(*_VIEWERS)
def requests(screening_id: str) -> ResponseReturnValue:
    """Who was asked for a bed, and what everybody answered. Loading the page again shows what came meanwhile."""
    return requests_page(following(screening_id))


@pages.get("/screenings/<screening_id>/beds/answer")
@allow(*_KEEPERS)
def answer(screening_id: str) -> ResponseReturnValue:
    """The form for an answer that came by phone. ``?place=`` names whose; without one, the list of all."""
    found = following(screening_id)
    if not request.args.get("place"):
        return requests_page(found)
    return answer_page(found, *_asked(screening_id, place_id=request.args["place"]), ReplyForm())


@pages.post("/screenings/<screening_id>/beds/answer")
@allow(*_KEEPERS)
def save_answer(screening_id: str) -> ResponseReturnValue:
    """Keep what a place answered on the phone."""
    found = following(screening_id)
    asked, place = _asked(screening_id, place_id=request.form.get("place", ""))
    guide = placement_guide(found.rulebook)
    form = posted_reply(request.form, guide, _("Say who at the place said so."))
    if form.faults:
        return answer_page(found, asked, place, form), 422
    with services().database.writing(g.actor) as tx:
        enter_answer(tx, screening_id, place.id, form.reply)
    return redirect(url_for(".requests", screening_id=screening_id, _anchor=f"request-{asked.id}"), 303)


@pages.post("/screenings/<screening_id>/beds/link")
@allow(*_KEEPERS)
def link(screening_id: str) -> ResponseReturnValue:
    """Draw a new link for a place that has not answered: the first was lost, or it was asked by phone. The old one is dead."""
    found, here = following(screening_id), services()
    asked, place = _asked(screening_id, place_id=request.form.get("place", ""))
    drawn = draw_link(here.database.passwords)
    with here.database.writing(g.actor) as tx:
        given = link_place(tx, screening_id, place.id, drawn)
    if not given:
        return requests_page(
            found, _("It answered meanwhile, or the question was closed. No link was made.")
        ), 409
    return links_page(found, asked, {place.service_id: drawn})


@pages.post("/screenings/<screening_id>/beds/close")
@allow(*_KEEPERS)
def close(screening_id: str) -> ResponseReturnValue:
    """Close a question: the youth has a place, or nobody needs to look any further."""
    following(screening_id)
    request_id = plain_id(request.form.get("request")) or abort(404)
    status: RequestStatus = "placed" if request.form.get("how") == "placed" else "closed"
    try:
        with services().database.writing(g.actor) as tx:
            close_bed_request(tx, screening_id, request_id, status)
    except RequestNotFound:
        abort(404)
    return redirect(url_for(".requests", screening_id=screening_id, _anchor=f"request-{request_id}"), 303)


@pages.errorhandler(NoPlacementRules)
def _no_rules(refusal: NoPlacementRules) -> ResponseReturnValue:
    """Said plainly where no edition holds the words this needs."""
    return render_template("beds/no_rules.html", words=translate(str(refusal))), 200


def _require_seen(service_ids: list[str]) -> None:
    with services().database.reading(g.actor) as tx:
        if len(places_named(tx, service_ids)) != len(service_ids):
            abort(404)


def _asked(screening_id: str, *, request_id: str = "", place_id: str = "") -> tuple[BedRequest, AskedPlace]:
    """A question of the screening by its id, or by that of one of its places, and that place. 404 if there is none."""
    with services().database.reading(g.actor) as tx:
        made = bed_requests_of(tx, screening_id)
    found = ((each, place) for each in made for place in each.places)
    wanted = (pair for pair in found if request_id == pair[0].id or place_id == pair[1].id)
    return next(wanted, None) or abort(404)
