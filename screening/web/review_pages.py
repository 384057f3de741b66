"""Sign-off: what waits for a supervisor, and the review of one screening, with what was found beside what was set."""

from collections.abc import Mapping
from datetime import timedelta
from typing import cast

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from screening.operations.actors import ALLOWED, Role, Verb
from screening.operations.reviews import (
    LONGEST_REASON,
    Decision,
    LevelSet,
    ReviewRefused,
    record_review,
    review_obstacle,
    unreviewed,
)
from screening.web.access import allow
from screening.web.following import Following, following
from screening.web.result_views import ResultView
from screening.web.review_views import beside_result, result_headline
from screening.web.services import services
from screening.web.spoken import gettext as _
from screening.web.spoken import translate

pages = Blueprint("review_pages", __name__)

PER_PAGE = 25
LAST_PAGE = 1_000_000
_SUPERVISORS = tuple(role for role in Role if Verb.REVIEW_SCREENING in ALLOWED[role])
_LEVELS = ("clear", "possible", "none")


@pages.get("/reviews")
@allow(*_SUPERVISORS)
def reviews() -> ResponseReturnValue:
    """What waits for a review: with a recognized concern first, then oldest first."""
    page = min(max(1, request.args.get("page", default=1, type=int)), LAST_PAGE)
    with services().database.reading(g.actor) as tx:
        found = unreviewed(tx, page=page, per_page=PER_PAGE)
    return render_template(
        "reviews/reviews.html",
        found=found,
        page_address=lambda number: url_for("review_pages.reviews", page=number),
    )


@pages.get("/screenings/<screening_id>/review")
@allow(*_SUPERVISORS)
def review(screening_id: str) -> ResponseReturnValue:
    """The result in short, the reviews so far, and the three decisions."""
    return _page(following(screening_id), {}, {})


@pages.post("/screenings/<screening_id>/review")
@allow(*_SUPERVISORS)
def decide(screening_id: str) -> ResponseReturnValue:
    """Record one decision on the result the page showed; a result that changed meanwhile has to be looked at first."""
    found = following(screening_id)
    result = found.assessment.result
    # Lines of a reason may be kept; what nobody can see is not.
    typed = {name: request.form.get(name, "") for name in ("decision", "level_set")}
    typed["reason"] = _plain_lines(request.form.get("reason", ""))
    if request.form.get("found") != result:
        message = _("The result changed since you opened this page. Look at it again, then decide.")
        return _page(found, typed, {"found": message}), 409
    decision = typed["decision"]
    faults = _faults(typed, result)
    if not faults:
        try:
            with services().database.writing(g.actor) as tx:
                record_review(
                    tx,
                    screening_id,
                    decision=cast(Decision, decision),
                    level_found=result,
                    level_set=cast(LevelSet, typed["level_set"]) if decision == "overridden" else None,
                    reason=typed["reason"],
                    amend_for=timedelta(hours=services().config.amend_hours),
                )
        except ReviewRefused as refusal:
            return _page(found, typed, {"decision": translate(str(refusal))}), 409
    if faults:
        return _page(found, typed, faults), 422
    return redirect(url_for(".review", screening_id=screening_id, _anchor="history"), 303)


def _plain_lines(text: str) -> str:
    lines = ("".join(letter for letter in line if letter.isprintable()) for line in text.splitlines())
    return "\n".join(lines).strip()


def _faults(typed: Mapping[str, str], result: str) -> dict[str, str]:
    """Field → what is wrong with it. Each decision has a form, and so fields, of its own."""
    decision = typed["decision"]
    if decision not in ("agreed", "overridden", "sent_back"):
        return {"decision": _("Choose whether to agree, to set another level, or to send it back.")}
    faults = {}
    if decision == "overridden" and (typed["level_set"] not in _LEVELS or typed["level_set"] == result):
        faults["level_set"] = _("Choose the level that counts, another one than the rules found.")
    if decision != "agreed" and not typed["reason"]:
        faults[f"reason-{decision}"] = _("Write down the reason. It stays with the screening.")
    if len(typed["reason"]) > LONGEST_REASON:
        faults[f"reason-{decision}"] = _("Keep the reason to %(num)d characters.", num=LONGEST_REASON)
    return faults


def _page(found: Following, typed: Mapping[str, str], faults: Mapping[str, str]) -> str:
    here = services()
    with here.database.reading(g.actor) as tx:
        obstacle = review_obstacle(tx, found.record.id)
    result = found.assessment.result
    return render_template(
        "reviews/review.html",
        found=found,
        beside=beside_result(found),
        view=ResultView(
            found.rulebook,
            found.record,
            found.assessment,
            found.advice,
            found.follow_up,
            now=here.clock(),
            may_answer=False,
            unfolded=False,
        ),
        headline=result_headline(found.rulebook, result),
        others=[(level, result_headline(found.rulebook, level)) for level in _LEVELS if level != result],
        obstacle="" if obstacle is None else translate(str(obstacle)),
        typed=typed,
        faults=faults,
        longest=LONGEST_REASON,
    )
