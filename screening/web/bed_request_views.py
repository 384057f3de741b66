"""What the pages about a question for a bed show: the form that asks, the places with their answers, the links, once."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import g, render_template, url_for

from screening.core.placement_shapes import PlacementGuide
from screening.operations.actors import Verb, may
from screening.operations.beds import (
    LONGEST_NOTE,
    LONGEST_WHO,
    MOST_FAILED_CODES,
    REPLIES,
    AskedPlace,
    BedRequest,
    DrawnLink,
    attempts_of,
    bed_requests_of,
    overdue_bed_requests,
)
from screening.web.bed_forms import AskForm, ReplyForm, known_facts, unknown_facts
from screening.web.bed_places import Place, placement_guide, places_named
from screening.web.bed_wording import reply_in_words
from screening.web.following import Following
from screening.web.hand_off_form import hours_in_words
from screening.web.services import services
from screening.web.spoken import gettext as _
from screening.web.spoken import translate
from screening.web.wording import moment_in_words


@dataclass(frozen=True, slots=True)
class ReplyView:
    """An answer in words, with who said it, who entered it, when, and whether it came late."""

    text: str
    kind: str
    reason: str
    said_by: str
    entered_by: str
    moment: str
    late: bool


@dataclass(frozen=True, slots=True)
class AskedView:
    """A place that was asked. ``name`` says so where the directory no longer shows it."""

    asked: AskedPlace
    name: str
    organization: str
    numbers: tuple[str, ...]
    replies: tuple[ReplyView, ...]
    link: str


@dataclass(frozen=True, slots=True)
class RequestView:
    """A question for a bed on the page of its screening. ``unmet``: the reason for the ledger, once everybody said no."""

    request: BedRequest
    places: tuple[AskedView, ...]
    answered: int
    overdue: bool
    unmet: str

    @property
    def is_open(self) -> bool:
        """Whether answers are still looked for."""
        return self.request.status == "open"


def request_view(
    request: BedRequest, places: Mapping[str, Place], guide: PlacementGuide, now: datetime
) -> RequestView:
    """A question with everything that was answered."""
    return RequestView(
        request,
        tuple(_asked_view(each, request, places, guide, now) for each in request.places),
        sum(each.given is not None for each in request.places),
        request.is_overdue(now),
        unmet_reason(request, guide) if request.all_said_no else "",
    )


def unmet_reason(request: BedRequest, guide: PlacementGuide) -> str:
    """The reason for the ledger that the answers name most often; of equals the one the rulebook lists first."""
    unmet = {each.id: each.unmet for each in guide.no_bed_reasons}
    given = [each.given.reply.reason for each in request.places if each.given is not None]
    counts = Counter(unmet[reason] for reason in given if reason is not None and reason in unmet)
    order = [each.id for each in guide.unmet_reasons]
    return max(counts, key=lambda id: (counts[id], -order.index(id))) if counts else ""


def _asked_view(
    asked: AskedPlace,
    request: BedRequest,
    places: Mapping[str, Place],
    guide: PlacementGuide,
    now: datetime,
) -> AskedView:
    place = places.get(asked.service_id)
    reasons = {each.id: each.label for each in guide.no_bed_reasons}
    kinds = {"yes": "done", "assess_first": "open", "no": "neutral"}
    replies = tuple(
        ReplyView(
            reply_in_words(given.reply.answer),
            kinds[given.reply.answer],
            translate(reasons.get(given.reply.reason, given.reply.reason)) if given.reply.reason else "",
            given.reply.said_by,
            given.by_name,
            moment_in_words(given.at),
            request.is_late(given),
        )
        for given in reversed(asked.replies)
    )
    return AskedView(
        asked,
        place.name if place else _("A place the directory no longer shows"),
        place.organization if place else "",
        place.numbers if place else (),
        replies,
        _link_in_words(asked, now),
    )


def _link_in_words(asked: AskedPlace, now: datetime) -> str:
    if not asked.by_link or asked.expires_at is None:
        return _("Asked by phone")
    if asked.opened_at is not None:
        return _("Link opened %(moment)s", moment=moment_in_words(asked.opened_at))
    if asked.failed_codes >= MOST_FAILED_CODES:
        return _("Link locked after wrong codes")
    if now > asked.expires_at:
        return _("Link too old")
    return _("Link not opened yet")


@dataclass(frozen=True, slots=True)
class BedWork:
    """What was done for a place on one screening, in numbers."""

    open: int
    asked: int
    answered: int
    with_bed: int
    overdue: int
    calls: int


def bed_work(screening_id: str) -> BedWork | None:
    """What was asked and answered, and how many calls there were; nothing for people who place nobody."""
    if not may(g.get("actor"), Verb.VIEW_SCREENING):
        return None
    here = services()
    with here.database.reading(g.actor) as tx:
        requests, calls = bed_requests_of(tx, screening_id), attempts_of(tx, screening_id)
    standing = [each for each in requests if each.status == "open"]
    places = [place for each in standing for place in each.places]
    given = [place.given for place in places if place.given is not None]
    return BedWork(
        open=len(standing),
        asked=len(places),
        answered=len(given),
        with_bed=sum(each.reply.answer == "yes" for each in given),
        overdue=sum(each.is_overdue(here.clock()) for each in standing),
        calls=len(calls),
    )


def late_bed_requests() -> int:
    """How many questions for a bed of the agency somebody has not answered in time."""
    if not may(g.get("actor"), Verb.FOLLOW_UP):
        return 0
    with services().database.reading(g.actor) as tx:
        return overdue_bed_requests(tx)


def ask_page(found: Following, service_ids: Sequence[str], form: AskForm) -> str:
    """The form that asks several places: what each of them would read, word for word, to be unticked."""
    guide = placement_guide(found.rulebook)
    with services().database.reading(g.actor) as tx:
        places = places_named(tx, service_ids)
    return render_template(
        "beds/ask.html",
        found=found,
        places=[places[each] for each in service_ids if each in places],
        facts=known_facts(found.rulebook, guide, found.assessment),
        unknown=unknown_facts(found.rulebook, guide, found.assessment),
        form=form,
        hours=[(each, hours_in_words(each)) for each in guide.beds.answer_within_hours],
        longest=LONGEST_NOTE,
    )


def links_page(
    found: Following, request: BedRequest, links: Mapping[str, DrawnLink], *, again: bool = False
) -> str:
    """Links and codes, once, for the places that get one. ``again``: the page was sent before, and shows none."""
    with services().database.reading(g.actor) as tx:
        places = places_named(tx, [each.service_id for each in request.places])
    shown = [
        (
            places[service_id],
            url_for("bed_link_pages.link", token=link.token, _external=True),
            f"{link.code[:4]} {link.code[4:]}",
        )
        for service_id, link in links.items()
        if service_id in places
    ]
    return render_template("beds/links.html", found=found, request_=request, shown=shown, again=again)


def requests_page(found: Following, refused: str = "") -> str:
    """Every question for a bed of a screening, newest first, with what each place answered."""
    here = services()
    guide, now = placement_guide(found.rulebook), here.clock()
    with here.database.reading(g.actor) as tx:
        made = bed_requests_of(tx, found.record.id)
        places = places_named(tx, [place.service_id for each in made for place in each.places])
    views = [request_view(each, places, guide, now) for each in made]
    return render_template(
        "beds/requests.html",
        found=found,
        views=views,
        need=unmet_need_of(found),
        refused=refused,
        now=moment_in_words(now),
        may_ask=may(g.actor, Verb.FOLLOW_UP),
    )


def answer_page(found: Following, request: BedRequest, asked: AskedPlace, form: ReplyForm) -> str:
    """The form for an answer that came by phone: three fields."""
    guide, now = placement_guide(found.rulebook), services().clock()
    with services().database.reading(g.actor) as tx:
        places = places_named(tx, [asked.service_id])
    view = next(
        each for each in request_view(request, places, guide, now).places if each.asked.id == asked.id
    )
    return render_template(
        "beds/answer.html",
        found=found,
        view=view,
        request_=request,
        form=form,
        answers=[(each, reply_in_words(each)) for each in REPLIES],
        reasons=[(each.id, translate(each.label)) for each in guide.no_bed_reasons],
        longest=LONGEST_WHO,
    )


def unmet_need_of(found: Following) -> str:
    """The need for a place that the answers raise first, the urgent before the others; empty if they raise none."""
    lives = {kind for each in found.rulebook.services.values() if each.residential for kind in each.kinds}
    needs = [need for need in found.advice.needs if lives & set(need.kinds)]
    return next((need.id for need in sorted(needs, key=lambda need: not need.urgent)), "")
