"""The way in for a place that was asked for a bed: a link, its code, a few facts, an answer. Nothing else opens from here.

Fetching a link shows the form for its code and asks the database nothing, so that whatever follows links by itself (a mail
filter, a preview) uses nothing up and learns nothing. A link that is unknown, expired, used or locked gets one answer.
"""

from uuid import uuid4

from flask import Blueprint, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_limiter.util import get_remote_address
from werkzeug.exceptions import TooManyRequests
from werkzeug.wrappers import Response

from screening.core.placement_shapes import PlacementGuide
from screening.operations.actors import Actor
from screening.operations.beds import (
    LONGEST_WHO,
    REPLIES,
    GuestQuestion,
    LinkRefused,
    WrongCode,
    answer_as_place,
    guest_of_place,
    open_bed_link,
    opened_bed_question,
    place_id_of,
)
from screening.web.access import open_to_everyone, plain_id
from screening.web.bed_forms import ReplyForm, posted_reply
from screening.web.bed_wording import reply_in_words
from screening.web.security import attempts, one_line
from screening.web.services import services
from screening.web.spoken import gettext as _
from screening.web.spoken import translate
from screening.web.wording import moment_in_words

pages = Blueprint("bed_link_pages", __name__)

LONGEST_CODE = 40
_KEY = "bed_guest"


def _failed(response: Response) -> bool:
    return response.status_code != 303


@pages.get("/bed-question/<token>")
@open_to_everyone
def link(token: str) -> ResponseReturnValue:
    """The form for the code. It is the same for every address, whether a question is behind it or not."""
    return _code_form(token)


@pages.post("/bed-question/<token>")
@open_to_everyone
@attempts.limit(lambda: services().config.sign_in_attempts, key_func=get_remote_address, deduct_when=_failed)
def open_with_code(token: str) -> ResponseReturnValue:
    """Open the link with its code and go to the question. Sending the same form twice opens it once."""
    code = one_line(request.form.get("code"))[:LONGEST_CODE]
    if not code:
        return _code_form(token, _("Enter the code")), 422
    attempt = one_line(request.form.get("attempt"))[:LONGEST_CODE]
    try:
        guest = open_bed_link(services().database, token, code, attempt=attempt)
    except WrongCode as refusal:
        return _code_form(token, translate(str(refusal))), 422
    session[_KEY] = [place_id_of(guest), guest.agency_id]
    return redirect(url_for(".question"), 303)


@pages.get("/bed-question")
@open_to_everyone
def question() -> ResponseReturnValue:
    """The few facts, and three fields to answer."""
    return _question_page(_guest(), None)


@pages.post("/bed-question")
@open_to_everyone
@attempts.limit(lambda: services().config.sign_in_attempts, key_func=get_remote_address, deduct_when=_failed)
def answer() -> ResponseReturnValue:
    """Keep what the place answers. It may answer again within its half hour; the last answer counts."""
    guest = _guest()
    with services().database.reading(guest) as tx:
        opened = opened_bed_question(tx)
    form = posted_reply(
        request.form, _guide(opened, guest), _("Write your name, so that they know who said so.")
    )
    if form.faults:
        return _question_page(guest, form), 422
    with services().database.writing(guest) as tx:
        answer_as_place(tx, form.reply)
    return redirect(url_for(".question", _anchor="given"), 303)


@pages.post("/bed-question/close")
@open_to_everyone
def close() -> ResponseReturnValue:
    """Let go of the question on this computer. The answer that was given stays."""
    session.pop(_KEY, None)
    return redirect(url_for(".closed"), 303)


@pages.get("/bed-question/closed")
@open_to_everyone
def closed() -> ResponseReturnValue:
    """Nothing of the question is left in this browser."""
    g.actor = None
    return render_template("beds/guest_closed.html")


@pages.errorhandler(LinkRefused)
def _link_refused(refusal: LinkRefused) -> ResponseReturnValue:
    """One answer for every link that leads nowhere; whoever opened a question here before may go on with it."""
    has_question = request.endpoint == f"{pages.name}.open_with_code" and _present_guest() is not None
    g.actor = None
    if not has_question:
        session.pop(_KEY, None)
    words = translate(str(refusal))
    return render_template("beds/guest_nowhere.html", words=words, has_question=has_question), 410


@pages.errorhandler(TooManyRequests)
def _too_many(_fault: TooManyRequests) -> ResponseReturnValue:
    g.actor = None
    words = _("There were too many attempts from here. Wait five minutes, then try again; nothing is lost.")
    return render_template("beds/guest_nowhere.html", words=words, has_question=False), 429


def _present_guest() -> Actor | None:
    """The guest of this browser, if one opened a link. The page is then theirs: it shows nothing of a signed-in person."""
    kept = session.get(_KEY)
    if not isinstance(kept, list) or len(kept) != 2:
        return None
    place_id, agency_id = (plain_id(each) for each in kept)
    if place_id is None or agency_id is None:
        return None
    g.actor = None
    return guest_of_place(place_id, agency_id)


def _guest() -> Actor:
    guest = _present_guest()
    if guest is None:
        raise LinkRefused
    return guest


def _guide(opened: GuestQuestion, guest: Actor) -> PlacementGuide:
    """The reasons a place can name: of the edition the youth was screened under, or of one that holds them."""
    here = services()
    pinned = here.edition(opened.rulebook_digest, guest)
    guide = pinned.placement or here.rulebook_of(guest).placement or here.rulebook.placement
    if guide is None:
        raise LinkRefused
    return guide


def _code_form(token: str, error: str = "") -> str:
    has_question = _present_guest() is not None
    g.actor = None
    return render_template(
        "beds/guest_code.html", token=token, attempt=str(uuid4()), error=error, has_question=has_question
    )


def _question_page(guest: Actor, form: ReplyForm | None) -> str:
    with services().database.reading(guest) as tx:
        opened = opened_bed_question(tx)
    guide = _guide(opened, guest)
    reasons = [(each.id, translate(each.label)) for each in guide.no_bed_reasons]
    given = opened.given
    return render_template(
        "beds/guest_question.html",
        opened=opened,
        form=form or ReplyForm(said_by=given.reply.said_by if given and not given.by else ""),
        answer_by=moment_in_words(opened.answer_by),
        given=reply_in_words(given.reply.answer) if given else "",
        given_reason=dict(reasons).get(given.reply.reason or "", "") if given else "",
        given_at=moment_in_words(given.at) if given else "",
        answers=[(each, reply_in_words(each)) for each in REPLIES],
        reasons=reasons,
        longest=LONGEST_WHO,
    )
