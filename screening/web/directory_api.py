"""The service directory for other programs: the read API of HSDS 3.1, for people who are signed in.

Lists are also asked by POST, so that what somebody looks for stands in no address. Answers are never kept by a
browser; errors say that
something is wrong and nothing of what was sent or is kept. What is undisclosed is not found.

Source: the API reference of the Human Services Data Specification 3.1 (https://docs.openreferral.org/), an Open
Referral resource.
"""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, abort, g, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from screening.core.directory import HSDS_VERSION
from screening.operations.actors import PermissionRefused, Refusal
from screening.operations.database import DatabaseBusy
from screening.operations.directory import (
    EntryNotFound,
    Page,
    Query,
    find_entry,
    list_entries,
)
from screening.web.access import plain_id, signed_in
from screening.web.services import services

pages = Blueprint("directory_api", __name__, url_prefix="/api/hsds")


class DistanceRefused(Refusal):
    """Somebody asked for what lies within a distance."""


_NDJSON = "application/x-ndjson"
_TABLE_OF = {
    "organizations": "organization",
    "service_at_locations": "service_at_location",
    "services": "service",
    "taxonomies": "taxonomy",
    "taxonomy_terms": "taxonomy_term",
}
_KIND = f"<any({', '.join(_TABLE_OF)}):kind>"
_NO_DISTANCES = (
    "no_distances",
    "Distances are not given: they would tell where a confidential place is. Ask by postcode or taxonomy term.",
)
_MESSAGES = {
    400: ("not_understood", "The request could not be read. See the API reference of HSDS 3.1."),
    401: ("signed_out", "Sign in first."),
    403: ("not_allowed", "Your account is not set up for this."),
    404: ("not_found", "There is nothing here."),
    405: ("wrong_way", "This address does not take this method."),
    413: ("too_large", "The request is too large."),
    429: ("too_many", "Too many requests."),
    500: ("fault", "Something went wrong on our side. The fault has been recorded."),
    503: ("busy", "The directory is busy. Try again in a few seconds."),
}


@pages.get("/")
@signed_in
def about() -> ResponseReturnValue:
    """Which version of HSDS this API follows."""
    return jsonify(
        version=HSDS_VERSION,
        profile="https://docs.openreferral.org/",
        openapi_url="https://raw.githubusercontent.com/openreferral/specification/3.1/schema/openapi.json",
    )


@pages.get(f"/{_KIND}")
@signed_in
def list_kind(kind: str) -> ResponseReturnValue:
    """A page of what was asked for in the address."""
    return _answer(kind, request.args)


@pages.post(f"/{_KIND}")
@signed_in
def search_kind(kind: str) -> ResponseReturnValue:
    """The same, asked for in the body: JSON or a form."""
    sent = request.get_json(silent=True) if request.is_json else request.form
    if not isinstance(sent, Mapping):
        abort(400)
    return _answer(kind, sent)


@pages.get(f"/{_KIND}/<entry_id>")
@signed_in
def show(kind: str, entry_id: str) -> ResponseReturnValue:
    """One entry with everything that belongs to it."""
    known = plain_id(entry_id)
    if known is None:
        abort(404)
    with services().database.reading(g.actor) as tx:
        return jsonify(find_entry(tx, _TABLE_OF[kind], known))


def _answer(kind: str, sent: Mapping[str, Any]) -> ResponseReturnValue:
    query, as_lines = _query_of(sent), _wants_lines(sent)
    with services().database.reading(g.actor) as tx:
        page = list_entries(tx, _TABLE_OF[kind], query)
    if as_lines:
        lines = "".join(f"{json.dumps(each, ensure_ascii=False)}\n" for each in page.contents)
        counts = {"X-Total-Items": str(page.total), "X-Total-Pages": str(page.pages)}
        return Response(lines, mimetype=_NDJSON, headers=counts)
    return jsonify(_page(page))


def _page(page: Page) -> dict[str, Any]:
    return {
        "total_items": page.total,
        "total_pages": page.pages,
        "page_number": page.number,
        "size": len(page.contents),
        "first_page": page.number == 1,
        "last_page": page.number >= page.pages,
        "empty": not page.contents,
        "contents": page.contents,
    }


def _query_of(sent: Mapping[str, Any]) -> Query:
    """What is looked for. Ends the request with 400 where something cannot be read or is not offered."""
    if sent.get("proximity") not in (None, ""):
        raise DistanceRefused
    try:
        return Query(
            search=_text(sent, "search"),
            page=_number(sent, "page", 1, 1_000_000),
            per_page=_number(sent, "per_page", 50, 5000),
            taxonomy_term_id=_id(sent, "taxonomy_term_id"),
            taxonomy_id=_id(sent, "taxonomy_id"),
            organization_id=_id(sent, "organization_id"),
            parent_id=_id(sent, "parent_id"),
            postcode=_text(sent, "postcode"),
            top_only=_flag(sent, "top_only"),
            modified_after=_moment(sent, "modified_after"),
            minimal=_flag(sent, "minimal"),
            full=_flag(sent, "full"),
        )
    except (ValueError, OverflowError):
        abort(400)


def _text(sent: Mapping[str, Any], name: str) -> str:
    value = sent.get(name, "")
    if not isinstance(value, str) or len(value) > 200 or "\x00" in value:
        raise ValueError(name)
    value.encode("utf-8")  # half a character is no text a database takes
    return value


def _number(sent: Mapping[str, Any], name: str, usual: int, most: int) -> int:
    value = sent.get(name, usual)
    if isinstance(value, bool) or not isinstance(value, int | str) or not 1 <= int(value) <= most:
        raise ValueError(name)
    return int(value)


def _id(sent: Mapping[str, Any], name: str) -> str:
    value = sent.get(name, "")
    known = plain_id(value) if value else ""
    if known is None:
        raise ValueError(name)
    return known


def _flag(sent: Mapping[str, Any], name: str) -> bool:
    value = str(sent.get(name, "false")).lower()
    if value not in ("true", "false"):
        raise ValueError(name)
    return value == "true"


def _moment(sent: Mapping[str, Any], name: str) -> datetime | None:
    value = _text(sent, name)
    if not value:
        return None
    moment = datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _wants_lines(sent: Mapping[str, Any]) -> bool:
    """Whether one entry a line is wanted: by ``format``, else by what the program says it takes."""
    form = sent.get("format", "")
    if form not in ("", "json", "ndjson"):
        abort(400)
    accepted = request.accept_mimetypes
    best = accepted.best_match(["application/json", _NDJSON]) if accepted.provided else None
    return form == "ndjson" or (not form and best == _NDJSON)


def _told(status: int) -> ResponseReturnValue:
    code, message = _MESSAGES.get(status) or _MESSAGES[400 if status < 500 else 500]
    return jsonify(error={"code": code, "message": message}), status


def _no_distances(_fault: Exception) -> ResponseReturnValue:
    code, message = _NO_DISTANCES
    return jsonify(error={"code": code, "message": message}), 400


def _fixed(status: int) -> Callable[[Exception], ResponseReturnValue]:
    return lambda _fault: _told(status)


pages.register_error_handler(DistanceRefused, _no_distances)
pages.register_error_handler(EntryNotFound, _fixed(404))
pages.register_error_handler(PermissionRefused, _fixed(403))
pages.register_error_handler(DatabaseBusy, _fixed(503))
pages.register_error_handler(Refusal, _fixed(400))


@pages.errorhandler(HTTPException)
def _refused(failure: HTTPException) -> ResponseReturnValue:
    return _told(failure.code or 500)


@pages.after_request
def _no_detour(response: Response) -> Response:
    """A program is told that nobody is signed in, and not sent to a page with what it asked for in the address."""
    if g.get("actor") is None and 300 <= response.status_code < 400:
        code, message = _MESSAGES[401]
        answer = jsonify(error={"code": code, "message": message})
        answer.status_code = 401
        return answer
    return response
