"""The result of one screening: how much concern, what to do by when, why, and what help there is."""

from collections.abc import Callable

from flask import Blueprint, current_app, g, render_template, request
from flask.sansio.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from screening.operations.actors import ALLOWED, Verb
from screening.web.access import allow, declared_access
from screening.web.following import following
from screening.web.language import page_language
from screening.web.matching_words import (
    asking_reasons,
    brief_reasons,
    checked_in_words,
    excluding_reasons,
    reason_in_words,
)
from screening.web.placement_search import choice_for, matches_of
from screening.web.result_views import ResultView
from screening.web.review_views import beside_result
from screening.web.services import services
from screening.web.wording import (
    ages_in_words,
    evidence_in_words,
    moment_in_words,
    served_in_words,
    standing_of_note,
)

pages = Blueprint("result_pages", __name__)

for _words in (
    ages_in_words,
    asking_reasons,
    checked_in_words,
    evidence_in_words,
    excluding_reasons,
    moment_in_words,
    reason_in_words,
    served_in_words,
    standing_of_note,
    brief_reasons,
):
    pages.add_app_template_global(_words)

_VIEWERS = tuple(role for role, verbs in ALLOWED.items() if Verb.VIEW_SCREENING in verbs)


@pages.get("/screenings/<screening_id>/result")
@allow(*_VIEWERS)
def result(screening_id: str) -> ResponseReturnValue:
    """The result page. ``?unfold=all`` opens everything that is folded, for paper and for those who search the page."""
    here = services()
    found = following(screening_id)
    unfolded = request.args.get("unfold") == "all"
    choice = choice_for(found)
    return render_template(
        "results/result.html",
        kept=_keeper(found.rulebook.digest, unfolded),
        kept_service=_keeper(found.rulebook.digest, unfolded or choice.own),
        newer_rules=found.rulebook.digest != here.rulebook_of(g.actor).digest,
        beside=beside_result(found),
        view=ResultView(
            found.rulebook,
            found.record,
            found.assessment,
            found.advice,
            found.follow_up,
            now=here.clock(),
            may_answer=_may_answer(),
            unfolded=unfolded,
            choice=choice,
            matches=matches_of(found, choice),
        ),
    )


@pages.record_once
def _prepare_fragments(state: BlueprintSetupState) -> None:
    state.app.extensions["result_fragments"] = {}


def _keeper(digest: str, unfolded: bool) -> Callable[..., str]:
    """A function for templates: a fragment that only the rulebook and the language decide is made once and kept.

    Such are notes of law, what an action rests on, the entry of a starter service: more than half of the page. Nothing about
    a youth is ever kept, nor anything of an agency's directory. The version for paper numbers its sources anew each time, so
    it makes everything itself.
    """
    fragments: dict[tuple[str, str, str], str] = current_app.extensions["result_fragments"]
    language = page_language()

    def keep(name: str, make: Callable[..., str], *arguments: object) -> str:
        if unfolded:
            return make(*arguments)
        found = fragments.get((digest, language, name))
        if found is None:
            found = fragments[digest, language, name] = make(*arguments)
        return found

    return keep


def _may_answer() -> bool:
    """Whether this person may open the questions as well."""
    access = declared_access(current_app, "questionnaire_pages.section")
    return access is not None and g.actor.role in access.roles
