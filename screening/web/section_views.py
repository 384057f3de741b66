"""What the questionnaire's pages show, worked out from one loaded screening: steps, rows, words, banners."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from flask import url_for
from flask_babel import format_datetime
from markupsafe import Markup, escape

from screening.core import advice
from screening.core.answers import Effective
from screening.core.conditions import every_node, question_of
from screening.core.evaluation import Assessment, assess
from screening.core.routing import Route, route
from screening.core.rulebook import Interruption, Question, RightsNotice, Rulebook, Section
from screening.core.statements import UNKNOWN_VALUES, Source, Statement, Value
from screening.core.truth import NO, UNKNOWN
from screening.operations.screenings import ScreeningRecord
from screening.web.answer_fields import AnswerField
from screening.web.forms import SectionForm, own_values, sections_for, sources_of
from screening.web.language import page_language
from screening.web.question_html import Asked, OtherAnswer, words_in
from screening.web.spoken import gettext as _
from screening.web.spoken import translate
from screening.web.wording import answer_in_words, bounds_in_words


@dataclass(frozen=True)
class Sitting:
    """One loaded screening as one person sees it, assessed once."""

    rulebook: Rulebook
    record: ScreeningRecord
    author: str

    @cached_property
    def assessment(self) -> Assessment:
        """The assessment on the day the screening was opened."""
        return assess(self.rulebook, self.record.statements, self.record.opened_on)

    @cached_property
    def route(self) -> Route:
        """Where asking stands."""
        return route(self.assessment)

    @cached_property
    def own(self) -> dict[str, Value]:
        """Row name → what this person has recorded there."""
        return own_values(self.assessment.answers, self.author)

    @property
    def sections(self) -> tuple[Section, ...]:
        """The sections asked in this screening's setting."""
        return sections_for(self.rulebook, self.record.setting)

    @property
    def interruptions(self) -> tuple[Interruption, ...]:
        """The interruptions in force, the one that outranks the others first."""
        return self.assessment.interruptions

    def offers_asking(self, section: Section) -> bool:
        """Whether the youth may be asked the section's questions: an interruption sets aside all but those about needs."""
        stopped = any(interruption.stops_asking for interruption in self.interruptions)
        return section.purpose == "needs" or not stopped

    def shows(self, question: Question) -> bool:
        """Whether a question is put: not when it does not apply, nor before the answer it depends on is given.

        Where that answer was given but is not sure, or an answer was recorded anyhow, the question is put.
        """
        answer = self.assessment.answers[question.id]
        if answer.applies is not UNKNOWN or question.applies_when is None or answer.statements:
            return answer.applies is not NO
        depends_on = filter(None, map(question_of, every_node(question.applies_when)))
        return any(self.assessment.answers[id].state in ("unsure", "declined") for id in depends_on)

    def open_in(self, section: Section) -> list[str]:
        """Ids of the section's questions that are put and that nobody has answered in any way."""
        answers = self.assessment.answers
        return [q.id for q in section.questions if self.shows(q) and answers[q.id].state == "unanswered"]


@dataclass(frozen=True, slots=True)
class Step:
    """A section in the list of steps."""

    id: str
    title: str
    answered: int
    total: int

    @property
    def state(self) -> str:
        """``new``, ``begun`` or ``done``."""
        if self.answered >= self.total:
            return "done"
        return "begun" if self.answered else "new"


def steps_of(sitting: Sitting) -> list[Step]:
    """All sections with how many of the questions that apply have some answer. Unanswered ones are what is counted off."""
    steps = []
    for section in sitting.sections:
        put = [question for question in section.questions if sitting.shows(question)]
        answered = sum(sitting.assessment.answers[question.id].state != "unanswered" for question in put)
        steps.append(Step(section.id, translate(section.title), answered, len(put)))
    return steps


def asked_questions(sitting: Sitting, section: Section, form: SectionForm, unfolded: str) -> list[Asked]:
    """The section's questions.

    A row is at hand if it is the usual one, holds an answer, or has a fault to mend; of the ``unfolded`` question all are.
    """
    return [
        _asked(sitting, question, form, unfolded, sitting.offers_asking(section))
        for question in section.questions
    ]


def _asked(sitting: Sitting, question: Question, form: SectionForm, unfolded: str, asking: bool) -> Asked:
    answer = sitting.assessment.answers[question.id]
    sources = sources_of(question)
    if not asking:  # what the youth says of their own accord can still be noted, but is not asked for
        sources = tuple(sorted(sources, key=lambda source: source is Source.SAID))
    at_hand: list[AnswerField] = []
    folded: list[Source] = []
    for source in sources:
        field = form.row(question, source)
        if not at_hand or question.id == unfolded or field.data is not None or field.errors:
            at_hand.append(field)
        else:
            folded.append(source)
    others = tuple(
        other_answer(sitting, question, statement)
        for statement in answer.statements
        if statement.author != sitting.author
    )
    put = sitting.shows(question) or any(field.errors for field in at_hand)
    return Asked(question, put, tuple(at_hand), tuple(folded), others, worked_out(question, answer))


def faults_in_words(form: SectionForm) -> list[tuple[str, str]]:
    """For the summary of what is wrong: row name, and the question with the message."""
    return [
        (field.name, f"{translate(field.question.text)} {field.error}")
        for field in form.rows()
        if field.error
    ]


def worked_out(question: Question, answer: Effective) -> str:
    """A value that follows from another question, in words; empty when none does."""
    return answer_in_words(question, answer.value) if answer.derived and answer.value is not None else ""


def other_answer(sitting: Sitting, question: Question, statement: Statement) -> OtherAnswer:
    """A statement in words: from whom, what, recorded by whom and when."""
    return OtherAnswer(
        source=words_in(page_language()).phrases[statement.source],
        value=in_words(question, statement.value, statement.source),
        author=sitting.record.author_names.get(statement.author, _("a colleague")),
        at=format_datetime(statement.at, "MMM d, HH:mm"),
    )


def in_words(question: Question, value: Value, source: Source) -> str:
    """A value as people say it; the unknowns in words that fit the source."""
    if isinstance(value, str) and value in UNKNOWN_VALUES:
        return words_in(page_language()).unknowns[source][value]
    return answer_in_words(question, value)


def concern_words(sitting: Sitting) -> dict[str, str]:
    """The result so far, and how far open answers could still move it."""
    result = sitting.assessment.result
    headline = translate(getattr(sitting.rulebook.concern.levels, result).headline)
    bounds = " ".join(bounds_in_words(sitting.assessment, sitting.route))
    return {
        "kind": "unknown" if result == "cannot_rule_out" else result,
        "headline": headline,
        "bounds": bounds,
    }


def interruption_links(sitting: Sitting, known: frozenset[str] = frozenset()) -> list[dict[str, object]]:
    """The interruptions in force with the address of each page; ``new`` if not among the ``known`` ids."""
    return [
        {
            "id": interruption.id,
            "kind": _("Act now"),
            "title": translate(interruption.title),
            "link": _("See the steps"),
            "href": url_for(
                "questionnaire_pages.interruption",
                screening_id=sitting.record.id,
                interruption_id=interruption.id,
            ),
            "new": interruption.id not in known,
        }
        for interruption in sitting.interruptions
    ]


def rights_notices(sitting: Sitting, section: Section) -> list[RightsNotice]:
    """What the youth is told first: the jurisdiction's notices, on a section where something is asked of the youth."""
    asks = any("ask" in question.ways and sitting.shows(question) for question in section.questions)
    if not asks or not sitting.offers_asking(section):
        return []
    return list(advice.rights_notices(sitting.rulebook, sitting.record.jurisdiction))


def mostly_asks(section: Section) -> bool:
    """Whether asking the youth is the usual way for most of the section's questions."""
    return sum(question.ways[0] == "ask" for question in section.questions) * 2 > len(section.questions)


_PHONE_NUMBER = re.compile(r"(?<![\d-])(?:(?:1-)?\d{3}-\d{3}-\d{4}|911|988)(?![\d-])")


def with_phone_links(text: str) -> Markup:
    """A text in which every phone number can be called by touching it."""
    pieces, end = [], 0
    for number in _PHONE_NUMBER.finditer(text):
        pieces.append(escape(text[end : number.start()]))
        pieces.append(Markup('<a class="phone" href="tel:{0}">{0}</a>').format(number[0]))
        end = number.end()
    return Markup("").join([*pieces, escape(text[end:])])


@dataclass(frozen=True, slots=True)
class CheckedQuestion:
    """A question on the check page: its state, each source's answer, and what marks it."""

    question: Question
    state: str
    state_label: str
    answers: tuple[OtherAnswer, ...]
    worked_out: str
    conflict: bool
    counted: bool


def checked_questions(sitting: Sitting, section: Section) -> list[CheckedQuestion]:
    """The section's questions for checking. One that does not apply appears only when an answer to it was kept."""
    lines = []
    labels = state_labels()
    for question in section.questions:
        answer = sitting.assessment.answers[question.id]
        counted = answer.applies is not NO
        if not sitting.shows(question) and not answer.statements:
            continue
        given = tuple(other_answer(sitting, question, statement) for statement in answer.statements)
        state = answer.state
        lines.append(
            CheckedQuestion(
                question, state, labels[state], given, worked_out(question, answer), answer.conflict, counted
            )
        )
    return lines


def state_labels() -> Mapping[str, str]:
    """What is known on a question, in words that keep the kinds of unknown apart."""
    return {
        "known": _("Answered"),
        "unsure": _("Not sure"),
        "declined": _("Did not want to say"),
        "not_asked": _("Not asked or checked"),
        "unanswered": _("Not answered"),
    }


def newly_applying(before: Sitting, after: Sitting, section: Section) -> int:
    """How many questions of the section began to apply with a save and are still open."""
    still_open = set(after.open_in(section))
    return sum(1 for q in section.questions if q.id in still_open and not before.shows(q))
