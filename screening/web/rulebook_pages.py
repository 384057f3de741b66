"""The rulebook explorer: every question, sign, rule, note of law and source, for whoever wants to check them.

It shows the rules in use now and nothing of any screening.
"""

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from screening.web.access import signed_in
from screening.web.rulebook_views import (
    LONGEST_SEARCH,
    RulebookView,
    answers_in_words,
    grouped,
    ways_in_words,
)
from screening.web.security import one_line
from screening.web.services import services
from screening.web.wording import deadline_in_words

pages = Blueprint("rulebook_pages", __name__)

_PAGES = ("overview", "questions", "indicators", "actions", "law", "sources")


def _page(template: str, **more: object) -> str:
    """A page of the explorer. Addresses are made once: some pages have a thousand links."""
    here = services()
    return render_template(
        template,
        page_name=template.rpartition("/")[2].removesuffix(".html"),
        view=RulebookView(here.rulebook),
        rulebook=here.rulebook,
        addresses={each: url_for(f"rulebook_pages.{each}") for each in _PAGES},
        answers_in_words=answers_in_words,
        grouped=grouped,
        ways_in_words=ways_in_words,
        due_in_words=lambda due: deadline_in_words(due, None, here.clock()).relative,
        **more,
    )


@pages.get("/rulebook")
@signed_in
def overview() -> ResponseReturnValue:
    """Title, version, how findings lead to a level, contents, and a search (``?q=``) through all of it."""
    wanted = (one_line(request.args.get("q")) or "")[:LONGEST_SEARCH]
    found = RulebookView(services().rulebook).search(wanted)
    return _page("rulebook/overview.html", wanted=wanted, found=found, longest=LONGEST_SEARCH)


@pages.get("/rulebook/questions")
@signed_in
def questions() -> ResponseReturnValue:
    """Every question: in whose words, why, who can know, when it is asked, what uses it."""
    return _page("rulebook/questions.html")


@pages.get("/rulebook/indicators")
@signed_in
def indicators() -> ResponseReturnValue:
    """Every sign: how strong, when it is raised, what it may mean, what it rests on."""
    return _page("rulebook/indicators.html")


@pages.get("/rulebook/actions")
@signed_in
def actions() -> ResponseReturnValue:
    """What follows from a result: interruptions, what is said beside the level, actions, needs."""
    return _page("rulebook/actions.html")


@pages.get("/rulebook/law")
@signed_in
def law() -> ResponseReturnValue:
    """Every note of law by place."""
    return _page("rulebook/law.html")


@pages.get("/rulebook/sources")
@signed_in
def sources() -> ResponseReturnValue:
    """Every source, and what rests on it."""
    return _page("rulebook/sources.html")
