"""The what-if page of a screening, and the rulebook as its script reads it.

Suppositions come in a form and go out in the page that answers it: none is in an address, none is recorded.
"""

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from typing import cast
from uuid import UUID

from flask import Blueprint, Response, abort, current_app, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from screening.core.evaluation import assess
from screening.core.rule_export import exported
from screening.core.rulebook import Rulebook
from screening.operations.actors import ALLOWED, Verb
from screening.operations.rulebooks import RulebookNotKept
from screening.operations.screenings import ScreeningNotFound, ScreeningRecord, find_screening
from screening.web.access import allow, declared_access, signed_in
from screening.web.language import page_language
from screening.web.services import services
from screening.web.what_if_choices import supposed_answers
from screening.web.what_if_views import WhatIf, labels_in

pages = Blueprint("what_if_pages", __name__)

_VIEWERS = tuple(role for role, verbs in ALLOWED.items() if Verb.VIEW_SCREENING in verbs)
_KEPT_FOR_A_YEAR = "private, max-age=31536000, immutable"


@pages.get("/screenings/<screening_id>/what-if")
@allow(*_VIEWERS)
def what_if(screening_id: str) -> ResponseReturnValue:
    """Where the result stands, what would change it, and a form to suppose answers."""
    return _page(screening_id, MultiDict())


@pages.post("/screenings/<screening_id>/what-if")
@allow(*_VIEWERS)
def suppose(screening_id: str) -> ResponseReturnValue:
    """The same with the suppositions of the form. Nothing is recorded but that the screening was looked at."""
    return _page(screening_id, request.form)


@pages.get("/rulebook/<digest>/twin.json")
@signed_in
def twin(digest: str) -> ResponseReturnValue:
    """The rulebook as plain conditions, without texts. Nothing of any screening and no wording of any tool is in it.

    Its address in pages carries a hash of the content (``?v=``): the browser may keep it, for it never changes.
    """
    return _kept(_exported(_rulebook(digest)))


@pages.get("/rulebook/<digest>/labels.json")
@signed_in
def labels(digest: str) -> ResponseReturnValue:
    """What a script calls signs, interruptions, outcomes and actions, in the language of the page; kept likewise."""
    return _kept(_labels(_rulebook(digest), page_language()))


def _rulebook(digest: str) -> Rulebook:
    try:
        return services().rulebook_for(digest)
    except RulebookNotKept:
        abort(404)


@dataclass(frozen=True, slots=True)
class Kept:
    """A text a browser may keep, and a short hash of it."""

    text: str
    version: str


def _kept(kept: Kept) -> Response:
    response = Response(kept.text, mimetype="application/json")
    is_current = request.args.get("v") == kept.version
    response.headers["Cache-Control"] = _KEPT_FOR_A_YEAR if is_current else "no-cache"
    response.set_etag(kept.version)
    return cast(Response, response.make_conditional(request))


def _plain(content: object) -> Kept:
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return Kept(text, hashlib.sha256(text.encode()).hexdigest()[:12])


@lru_cache(maxsize=16)
def _exported(rulebook: Rulebook) -> Kept:
    return _plain(exported(rulebook))


@lru_cache(maxsize=32)
def _labels(rulebook: Rulebook, language: str) -> Kept:
    del language  # tells the remembered ones apart; gettext itself knows it from the request
    return _plain(labels_in(rulebook))


def _page(screening_id: str, sent: MultiDict[str, str]) -> str:
    record = _record(screening_id)
    digest = record.rulebook_digest
    rulebook = services().rulebook_for(digest)
    recorded = assess(rulebook, record.statements, record.opened_on)
    check = declared_access(current_app, "questionnaire_pages.check")
    return render_template(
        "what_if/what_if.html",
        view=WhatIf(record, recorded, supposed_answers(rulebook, recorded, sent)),
        may_answer=check is not None and g.actor.role in check.roles,
        rules=url_for(".twin", digest=digest, v=_exported(rulebook).version),
        labels=url_for(".labels", digest=digest, v=_labels(rulebook, page_language()).version),
    )


def _record(screening_id: str) -> ScreeningRecord:
    """The screening. What is no id, another agency's screening and none at all are equally not found."""
    try:
        UUID(screening_id)
        with services().database.reading(g.actor) as tx:
            return find_screening(tx, screening_id)
    except (ValueError, ScreeningNotFound):
        abort(404)
