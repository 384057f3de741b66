"""The forms about beds: a word about a place, a question to several, an answer. What was typed, what is wrong, what it makes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import cast
from uuid import uuid4

from argon2 import PasswordHasher
from werkzeug.datastructures import MultiDict

from screening.core.answers import Effective
from screening.core.bed_words import BedStatus
from screening.core.evaluation import Assessment
from screening.core.placement_shapes import PlacementGuide
from screening.core.rulebook import Rulebook
from screening.core.truth import NO
from screening.operations.beds import (
    LONGEST_NOTE,
    LONGEST_WHO,
    MOST_BEDS,
    MOST_PLACES,
    REPLIES,
    SERVES,
    STATUSES,
    BedQuestion,
    Fact,
    Reply,
    ReplyWord,
    draw_link,
)
from screening.web.access import plain_id
from screening.web.moment_fields import NOTHING_TYPED, TypedMoment
from screening.web.security import one_line
from screening.web.spoken import gettext as _
from screening.web.spoken import translate
from screening.web.wording import answer_in_words


@dataclass(frozen=True, slots=True)
class WordForm:
    """A word about beds as it is typed."""

    id: str
    status: str = ""
    beds: str = ""
    serves: str = ""
    said_by: str = ""
    at: TypedMoment = NOTHING_TYPED
    faults: Mapping[str, str] = field(default_factory=dict)

    @property
    def number(self) -> int | None:
        """How many beds, if that was typed and can be read."""
        return int(self.beds) if self.beds.isdecimal() and len(self.beds) <= len(str(MOST_BEDS)) else None

    @property
    def bed_status(self) -> BedStatus:
        """The status of a form without faults."""
        return cast(BedStatus, self.status)


def posted_word(posted: MultiDict[str, str], at: TypedMoment) -> WordForm:
    """What was typed, with what is wrong with it in the order of the page."""
    form = WordForm(
        plain_id(posted.get("report")) or str(uuid4()),
        posted.get("stands", ""),
        one_line(posted.get("beds")),
        posted.get("serves", ""),
        one_line(posted.get("said_by")),
        at,
    )
    faults = {}
    if form.status not in STATUSES:
        faults["stands"] = _("Choose how the place stands.")
    if form.beds and (form.number is None or form.status != "available"):
        faults["beds"] = _("Give a number only if there are free beds; leave it empty if you do not know.")
    if form.serves and form.serves not in SERVES:
        faults["serves"] = _("Choose for whom the beds are.")
    if not form.said_by:
        faults["said_by"] = _("Say who at the place said so.")
    elif len(form.said_by) > LONGEST_WHO:
        faults["said_by"] = _("Keep it to %(num)d characters.", num=LONGEST_WHO)
    if at.error:
        faults["at"] = at.error
    return replace(form, faults=faults)


@dataclass(frozen=True, slots=True)
class AskForm:
    """A question for a bed as it is typed: ``told`` are the facts that stay ticked, ``by_link`` the places that get a link."""

    id: str
    told: tuple[str, ...]
    by_link: tuple[str, ...] = ()
    note: str = ""
    call_back: str = ""
    hours: int = 0
    faults: Mapping[str, str] = field(default_factory=dict)

    def refused(self, words: str) -> "AskForm":
        """The same with what the verb said against it; that is about the words that were added."""
        return replace(self, faults={"note": words})


def known_facts(rulebook: Rulebook, guide: PlacementGuide, assessment: Assessment) -> list[Fact]:
    """What can be told: known answers to the questions the rulebook lists for this, and no free text."""
    return [
        Fact(
            id, translate(rulebook.questions[id].text), answer_in_words(rulebook.questions[id], answer.value)
        )
        for id, answer in _listed(rulebook, guide, assessment).items()
        if answer.value is not None
    ]


def unknown_facts(rulebook: Rulebook, guide: PlacementGuide, assessment: Assessment) -> list[str]:
    """The questions of that list whose answer nobody knows: a place may ask, and nothing is made up."""
    return [
        translate(rulebook.questions[id].text)
        for id, answer in _listed(rulebook, guide, assessment).items()
        if answer.value is None
    ]


def _listed(rulebook: Rulebook, guide: PlacementGuide, assessment: Assessment) -> dict[str, Effective]:
    return {
        id: assessment.answers[id]
        for id in guide.beds.facts
        if id in rulebook.questions
        and rulebook.questions[id].kind != "text"
        and assessment.answers[id].applies != NO
    }


def posted_question(
    posted: MultiDict[str, str], guide: PlacementGuide, service_ids: Sequence[str]
) -> AskForm:
    """What was typed, with what is wrong with it."""
    form = AskForm(
        plain_id(posted.get("request")) or str(uuid4()),
        tuple(posted.getlist("fact")),
        tuple(each for each in posted.getlist("link") if each in service_ids),
        one_line(posted.get("note")),
        one_line(posted.get("call_back")),
        posted.get("hours", default=0, type=int),
    )
    faults = {}
    if not service_ids:
        faults["service"] = _("Choose at least one place to ask.")
    elif len(service_ids) > MOST_PLACES:
        faults["service"] = _("Ask at most %(num)d places at once.", num=MOST_PLACES)
    for name in ("note", "call_back"):
        if len(getattr(form, name)) > LONGEST_NOTE:
            faults[name] = _("Keep it to %(num)d characters.", num=LONGEST_NOTE)
    if form.hours not in guide.beds.answer_within_hours:
        faults["hours"] = _("Say by when you need an answer.")
    return replace(form, faults=faults)


def question_of(
    form: AskForm, facts: Sequence[Fact], service_ids: Sequence[str], passwords: PasswordHasher
) -> BedQuestion:
    """The question a form without faults asks, its links drawn."""
    return BedQuestion(
        service_ids=tuple(service_ids),
        answer_within=timedelta(hours=form.hours),
        facts=tuple(each for each in facts if each.question in form.told),
        note=form.note,
        call_back=form.call_back,
        links={each: draw_link(passwords) for each in form.by_link},
        id=form.id,
    )


@dataclass(frozen=True, slots=True)
class ReplyForm:
    """An answer as it is typed: three fields."""

    answer: str = ""
    reason: str = ""
    said_by: str = ""
    faults: Mapping[str, str] = field(default_factory=dict)

    @property
    def reply(self) -> Reply:
        """The answer of a form without faults."""
        reason = self.reason if self.answer == "no" else None
        return Reply(cast(ReplyWord, self.answer), self.said_by, reason)


def posted_reply(posted: MultiDict[str, str], guide: PlacementGuide, who_fault: str) -> ReplyForm:
    """What was typed, with what is wrong with it; ``who_fault`` is said where the name is missing."""
    form = ReplyForm(posted.get("answer", ""), posted.get("reason", ""), one_line(posted.get("said_by")))
    faults = {}
    if form.answer not in REPLIES:
        faults["answer"] = _("Say whether there is a bed.")
    if form.answer == "no" and form.reason not in {each.id for each in guide.no_bed_reasons}:
        faults["reason"] = _("Choose why not. It is counted, so that missing beds are seen.")
    if not form.said_by:
        faults["said_by"] = who_fault
    elif len(form.said_by) > LONGEST_WHO:
        faults["said_by"] = _("Keep it to %(num)d characters.", num=LONGEST_WHO)
    return replace(form, faults=faults)
