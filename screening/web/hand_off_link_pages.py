"""The way in for somebody outside: a link, its code, one sheet, and an answer. Nothing else opens from here.

Fetching a link shows the form for its code and asks the database nothing, so that whatever follows links by itself (a mail
filter, a preview) uses nothing up and learns nothing. A link that is unknown, expired, used or locked gets one answer.
"""

from collections.abc import Mapping
from typing import cast
from uuid import uuid4

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_limiter.util import get_remote_address
from werkzeug.exceptions import TooManyRequests
from werkzeug.wrappers import Response

from screening.operations.actors import Actor
from screening.operations.hand_offs import (
    LONGEST_WORDS,
    Answer,
    HandOffRefused,
    LinkRefused,
    WrongCode,
    answer_hand_off,
    hand_off_id_of,
    open_link,
)
from screening.web.access import open_to_everyone
from screening.web.guest_sheet import guest_sheet
from screening.web.guest_sitting import begin_guest_sitting, end_guest_sitting, present_guest
from screening.web.hand_off_views import ANSWER_FIELDS, sheet_to_print, typed_answer
from screening.web.security import attempts, one_line
from screening.web.services import services
from screening.web.sheet_pages import render_sheet
from screening.web.sheet_pdf import sheet_pdf
from screening.web.spoken import gettext as _
from screening.web.spoken import translate

pages = Blueprint("hand_off_link_pages", __name__)

LONGEST_CODE = 40
_NAME_FIELDS = {"acknowledged": "name", "declined": "name-declined", "done": "name-done"}


def _failed(response: Response) -> bool:
    return response.status_code != 303


@pages.get("/hand-off/<token>")
@open_to_everyone
def link(token: str) -> ResponseReturnValue:
    """The form for the code. It is the same for every address, whether a hand-off is behind it or not."""
    return _code_form(token)


@pages.post("/hand-off/<token>")
@open_to_everyone
@attempts.limit(lambda: services().config.sign_in_attempts, key_func=get_remote_address, deduct_when=_failed)
def open_with_code(token: str) -> ResponseReturnValue:
    """Open the link with its code and go to the sheet. Sending the same form twice opens it once."""
    code = one_line(request.form.get("code"))[:LONGEST_CODE]
    if not code:
        return _code_form(token, _("Enter the code")), 422
    attempt = one_line(request.form.get("attempt"))[:LONGEST_CODE]
    try:
        guest = open_link(services().database, token, code, attempt=attempt)
    except WrongCode as refusal:
        return _code_form(token, translate(str(refusal))), 422
    begin_guest_sitting(guest)
    return redirect(url_for(".sheet"), 303)


@pages.get("/hand-off/sheet")
@open_to_everyone
def sheet() -> ResponseReturnValue:
    """The sheet, and what can be answered."""
    return _sheet_page(_guest(), {}, {})


@pages.post("/hand-off/sheet")
@open_to_everyone
def answer() -> ResponseReturnValue:
    """Take it, decline it, or say that it is done."""
    guest = _guest()
    how, words = typed_answer(request.form)
    faults = _faults(how, words)
    if not faults:
        try:
            with services().database.writing(guest) as tx:
                answer_hand_off(tx, hand_off_id_of(guest), cast(Answer, how), words)
        except HandOffRefused as refusal:
            faults = {"answer": translate(str(refusal))}
    if faults:
        return _sheet_page(guest, words, faults, how), 422
    return redirect(url_for(".sheet", _anchor="answer"), 303)


@pages.get("/hand-off/sheet.pdf")
@open_to_everyone
def pdf() -> ResponseReturnValue:
    """The same sheet as a file to print."""
    return sheet_to_print(sheet_pdf(guest_sheet(_guest()).content))


@pages.post("/hand-off/close")
@open_to_everyone
def close() -> ResponseReturnValue:
    """Let go of the sheet on this computer. The answer that was given stays."""
    end_guest_sitting()
    return redirect(url_for(".closed"), 303)


@pages.get("/hand-off/closed")
@open_to_everyone
def closed() -> ResponseReturnValue:
    """Nothing of the sheet is left in this browser."""
    g.actor = None
    return render_template("hand_offs/closed.html")


@pages.errorhandler(LinkRefused)
def _link_refused(refusal: LinkRefused) -> ResponseReturnValue:
    """One answer for every link that leads nowhere; whoever opened a sheet here before may go on with it."""
    has_sheet = request.endpoint == f"{pages.name}.open_with_code" and present_guest() is not None
    g.actor = None
    if not has_sheet:
        end_guest_sitting()
    return render_template("hand_offs/nowhere.html", words=translate(str(refusal)), has_sheet=has_sheet), 410


@pages.errorhandler(TooManyRequests)
def _too_many(_fault: TooManyRequests) -> ResponseReturnValue:
    g.actor = None
    words = _("There were too many attempts from here. Wait five minutes, then try again; nothing is lost.")
    return render_template("hand_offs/nowhere.html", words=words, has_sheet=False), 429


def _guest() -> Actor:
    guest = present_guest()
    if guest is None:
        raise LinkRefused
    return guest


def _code_form(token: str, error: str = "") -> str:
    has_sheet = present_guest() is not None
    g.actor = None
    return render_template(
        "hand_offs/code.html", token=token, attempt=str(uuid4()), error=error, has_sheet=has_sheet
    )


def _faults(how: str, words: Mapping[str, str]) -> dict[str, str]:
    """Field → what is wrong with it. Each answer has a field of its own for the name."""
    if how not in ANSWER_FIELDS:
        return {"answer": _("Say whether you take it, cannot take it, or have done it.")}
    faults = {}
    if not words.get("name"):
        faults[_NAME_FIELDS[how]] = _("Write your name, so that the sender knows who has it.")
    if how == "declined" and not words.get("reason"):
        faults["reason"] = _("Say why you cannot take it.")
    return faults


def _sheet_page(guest: Actor, typed: Mapping[str, str], faults: Mapping[str, str], how: str = "") -> str:
    found = guest_sheet(guest)
    return render_template(
        "hand_offs/guest.html",
        found=found,
        title=translate(found.content.sheet.title),
        sheet=render_sheet(found.content),
        name=typed.get("name")
        or next((each.name for each in reversed(found.hand_off.receipts) if each.name), ""),
        typed=typed,
        faults=faults,
        how=how,
        longest=LONGEST_WORDS,
    )
