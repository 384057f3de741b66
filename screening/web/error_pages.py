"""What a person sees when a request fails: what happened, that nothing was lost or what was, and a way back.

Never a trace, never a word of what was sent. A script gets ``{"error": {"code", "message"}}`` with the same status.
"""

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import Flask, g, jsonify, render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import (
    Forbidden,
    HTTPException,
    InternalServerError,
    NotFound,
    SecurityError,
    ServiceUnavailable,
)

from screening.operations.actors import PermissionRefused, Refusal
from screening.operations.database import DatabaseBusy
from screening.operations.screenings import ScreeningNotFound
from screening.web.access import wants_json
from screening.web.request_log import log_fault
from screening.web.spoken import translate


@dataclass(frozen=True)
class Words:
    """Heading and explanation of one kind of failure."""

    code: str
    title: Any
    text: Any


_WORDS = {
    400: Words(
        "not_understood",
        lazy_gettext("This request could not be read"),
        lazy_gettext("Something in the request was incomplete. Nothing was saved. Go back and try again."),
    ),
    401: Words(
        "signed_out",
        lazy_gettext("You are signed out"),
        lazy_gettext("Sign in again to go on. What was saved before is kept."),
    ),
    403: Words(
        "not_allowed",
        lazy_gettext("You cannot open this page"),
        lazy_gettext("Your account is not set up for it. If you need it for your work, ask your supervisor."),
    ),
    404: Words(
        "not_found",
        lazy_gettext("Page not found"),
        lazy_gettext(
            "It does not exist, or it belongs to another agency. Check the address, or start from the list."
        ),
    ),
    405: Words(
        "wrong_way",
        lazy_gettext("This page cannot be opened that way"),
        lazy_gettext("It only takes what a form sends. Start from the list of screenings."),
    ),
    413: Words(
        "too_large",
        lazy_gettext("That was too much at once"),
        lazy_gettext(
            "What was sent is larger than this tool takes, so it was not saved. Go back, shorten it, and save again."
        ),
    ),
    429: Words(
        "too_many",
        lazy_gettext("Too many attempts"),
        lazy_gettext(
            "Wait five minutes, then try again. If you forgot your password, ask your administrator."
        ),
    ),
    503: Words(
        "busy",
        lazy_gettext("Too many people are saving at once"),
        lazy_gettext("Nothing of this request was saved. Wait a few seconds, go back, and save again."),
    ),
    500: Words(
        "fault",
        lazy_gettext("Something went wrong on our side"),
        lazy_gettext(
            "The fault has been recorded. What was saved before is kept. Try again, or use your paper form."
        ),
    ),
}
_STALE_FORM = Words(
    "stale_form",
    lazy_gettext("This page was open too long"),
    lazy_gettext("You signed in or out since then, so it was not saved. Go back, reload it, and save again."),
)


_REFUSED = lazy_gettext("This cannot be done now")


def init_error_pages(app: Flask) -> None:
    """Answer every HTTP failure, every refused operation and every fault with a page of ours."""
    app.register_error_handler(HTTPException, _answer)
    app.register_error_handler(PermissionRefused, lambda _: _answer(Forbidden()))
    app.register_error_handler(ScreeningNotFound, lambda _: _answer(NotFound()))
    app.register_error_handler(DatabaseBusy, lambda _: _answer(ServiceUnavailable(retry_after=5)))
    app.register_error_handler(Refusal, _refuse)

    def record(fault_information: Any) -> None:
        log_fault(fault_information[1])

    app.log_exception = record  # type: ignore[method-assign,assignment]


def _answer(failure: HTTPException) -> ResponseReturnValue:
    status = failure.code or 500
    if failure.response is not None:
        return failure.response
    if isinstance(failure, SecurityError):
        return "This installation does not answer to that name.\n", 400, {"Content-Type": "text/plain"}
    if isinstance(failure, InternalServerError):
        g.actor = None  # the database may be the fault: show a page that needs nothing
    words = _STALE_FORM if isinstance(failure, CSRFError) else _WORDS.get(status) or _plain_words(status)
    return _shown(words, status, _extra_headers(failure))


def _refuse(refusal: Refusal) -> ResponseReturnValue:
    """An operation said no, in words that are fit to be shown, and changed nothing."""
    code = re.sub(r"(?<!^)(?=[A-Z])", "_", type(refusal).__name__).lower()
    return _shown(Words(code, _REFUSED, translate(str(refusal))), 409, [])


def _shown(words: Words, status: int, headers: list[tuple[str, str]]) -> ResponseReturnValue:
    if wants_json():
        return jsonify(error={"code": words.code, "message": str(words.text)}), status, headers
    return render_template("errors/error.html", words=words, status=status), status, headers


def _plain_words(status: int) -> Words:
    """Words for a status nothing special is said about."""
    kind = _WORDS[400] if status < 500 else _WORDS[500]
    return Words(HTTPStatus(status).name.lower(), kind.title, kind.text)


def _extra_headers(failure: HTTPException) -> list[tuple[str, str]]:
    """Headers a failure must keep, such as Allow of a 405 and Retry-After of a 429."""
    return [header for header in failure.get_headers() if header[0] not in ("Content-Type", "Content-Length")]
