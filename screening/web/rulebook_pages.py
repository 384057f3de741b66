"""The rulebook explorer: every question, sign, rule, note of law, service and source, for whoever wants to check them.

It shows the edition in use now, or an earlier one whose digest stands in the address, and nothing of any screening.
"""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from screening.core.law_review import stale_notes, unconfirmed_notes
from screening.core.rulebook import Rulebook
from screening.web.access import signed_in
from screening.web.rulebook_compare import compared
from screening.web.rulebook_editions import edition_with, editions_to_choose, present_edition
from screening.web.rulebook_placement import (
    EFFECTS,
    criteria_by_effect,
    unknown_in_words,
    weight_in_words,
)
from screening.web.rulebook_search import LONGEST_SEARCH, search
from screening.web.rulebook_services import directory, places
from screening.web.rulebook_views import (
    RulebookView,
    answers_in_words,
    gender_in_words,
    grouped,
    percent_in_words,
    points_in_words,
    sheet_part_in_words,
    ways_in_words,
)
from screening.web.security import one_line
from screening.web.services import services
from screening.web.wording import deadline_in_words

pages = Blueprint("rulebook_pages", __name__)
_WORDING = {
    each.__name__: each
    for each in (
        answers_in_words,
        gender_in_words,
        grouped,
        percent_in_words,
        points_in_words,
        sheet_part_in_words,
        unknown_in_words,
        ways_in_words,
        weight_in_words,
    )
}

_PAGES = ("questions", "indicators", "tools", "actions", "charges", "placement", "services", "law", "sources")
_EDITION = "<string(length=64):edition>"


def _page(name: str, edition: str | None, **more: object) -> str:
    """A page of the explorer over one edition.

    Some pages have a thousand links. From any page but the overview they are relative: short, and within the edition.
    """
    here = services()
    rulebook, present = edition_with(edition), present_edition()
    overview = url_for("rulebook_pages.overview", edition=edition)
    beside = f"{overview}/" if name == "overview" else ""
    return render_template(
        f"rulebook/{name}.html",
        page_name=name,
        view=RulebookView(rulebook),
        rulebook=rulebook,
        present=present,
        is_earlier=rulebook.digest != present.digest,
        addresses={"overview": overview, **{each: f"{beside}{each}" for each in _PAGES}},
        due_in_words=lambda due: deadline_in_words(due, None, here.clock()).relative,
        **_WORDING,
        **more,
    )


@pages.get("/rulebook")
@pages.get(f"/rulebook/{_EDITION}")
@signed_in
def overview(edition: str | None = None) -> ResponseReturnValue:
    """Title, version, how findings lead to a level, contents, and a search (``?q=``) through all of it."""
    wanted = (one_line(request.args.get("q")) or "")[:LONGEST_SEARCH]
    found = search(edition_with(edition), wanted, request.args.get("kind", ""))
    return _page("overview", edition, wanted=wanted, found=found, longest=LONGEST_SEARCH)


@pages.get("/rulebook/questions")
@pages.get(f"/rulebook/{_EDITION}/questions")
@signed_in
def questions(edition: str | None = None) -> ResponseReturnValue:
    """Every question: in whose words, why, who can know, when it is asked, what uses it."""
    return _page("questions", edition)


@pages.get("/rulebook/indicators")
@pages.get(f"/rulebook/{_EDITION}/indicators")
@signed_in
def indicators(edition: str | None = None) -> ResponseReturnValue:
    """Every sign: how strong, when it is raised, what it may mean, what it rests on."""
    return _page("indicators", edition)


@pages.get("/rulebook/tools")
@pages.get(f"/rulebook/{_EDITION}/tools")
@signed_in
def tools(edition: str | None = None) -> ResponseReturnValue:
    """Every published tool: caveats first, its items and how its points are read, the published figures, the licence."""
    return _page("tools", edition)


@pages.get("/rulebook/actions")
@pages.get(f"/rulebook/{_EDITION}/actions")
@signed_in
def actions(edition: str | None = None) -> ResponseReturnValue:
    """What follows from a result: interruptions, what is said beside the level, actions, needs."""
    return _page("actions", edition)


@pages.get("/rulebook/charges")
@pages.get(f"/rulebook/{_EDITION}/charges")
@signed_in
def charges(edition: str | None = None) -> ResponseReturnValue:
    """How charges are sorted, what is asked of whom, what may lift them, and what each reader's sheet shows."""
    return _page("charges", edition)


@pages.get("/rulebook/placement")
@pages.get(f"/rulebook/{_EDITION}/placement")
@signed_in
def placement(edition: str | None = None) -> ResponseReturnValue:
    """How services are told to fit: every criterion with why and how sure, what is disputed, and the features they read."""
    return _page("placement", edition, effects=EFFECTS, criteria=criteria_by_effect(edition_with(edition)))


@pages.get("/rulebook/services")
@pages.get(f"/rulebook/{_EDITION}/services")
@signed_in
def directory_of_services(edition: str | None = None) -> ResponseReturnValue:
    """The starter directory by kind, all of it or what serves one place (``?place=``)."""
    rulebook = edition_with(edition)
    place = request.args.get("place", "")
    known = places(rulebook)
    found = directory(rulebook, place if place in known else "")
    return _page("services", edition, found=found, places=known, place=place)


@pages.get("/rulebook/law")
@pages.get(f"/rulebook/{_EDITION}/law")
@signed_in
def law(edition: str | None = None) -> ResponseReturnValue:
    """Every note of law by place, or those of one place and of what it lies within (``?place=``)."""
    rulebook = edition_with(edition)
    place = request.args.get("place", "")
    all_places = rulebook.jurisdictions
    chosen = rulebook.applicable_jurisdictions(place) if place in all_places else tuple(all_places)
    today = services().today()
    stale = [each for each in stale_notes(rulebook, today) if each.note.jurisdiction in chosen]
    waiting = [note for note in unconfirmed_notes(rulebook) if note.jurisdiction in chosen]
    places = [all_places[each] for each in chosen]
    place = place if place in all_places else ""
    return _page("law", edition, places=places, place=place, stale=stale, waiting=waiting)


@pages.get("/rulebook/sources")
@pages.get(f"/rulebook/{_EDITION}/sources")
@signed_in
def sources(edition: str | None = None) -> ResponseReturnValue:
    """Every source, and what rests on it."""
    return _page("sources", edition)


@pages.get("/rulebook/compare")
@signed_in
def choose_editions() -> ResponseReturnValue:
    """The editions kept here, to choose two of; with both chosen (``?old=&new=``) on to their comparison."""
    old, new = (one_line(request.args.get(name)) or "" for name in ("old", "new"))
    if old and new:
        old_rules, new_rules = edition_with(old), edition_with(new)
        return redirect(
            url_for("rulebook_pages.compare", old_digest=old_rules.digest, new_digest=new_rules.digest), 303
        )
    return render_template("rulebook/choose.html", editions=editions_to_choose())


@pages.get("/rulebook/compare/<string(length=64):old_digest>/<string(length=64):new_digest>")
@signed_in
def compare(old_digest: str, new_digest: str) -> ResponseReturnValue:
    """Two editions beside each other: what was added, removed and changed, all or of one kind (``?kind=``)."""
    old, new = edition_with(old_digest), edition_with(new_digest)
    found = compared(old, new, request.args.get("kind", ""))
    return render_template(
        "rulebook/compare.html",
        old=old,
        new=new,
        found=found,
        address_of=_address_of,
    )


def _address_of(rulebook: Rulebook) -> str:
    """Where an edition is read whole."""
    is_present = rulebook.digest == present_edition().digest
    return url_for("rulebook_pages.overview", edition=None if is_present else rulebook.digest)
