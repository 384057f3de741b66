"""The questions one may suppose an answer to, the answers offered, and how a sent form is read.

A supposition is never recorded. It lives in the form that was sent and in the page that answers it, nowhere else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from screening.core.answers import Effective
from screening.core.compiled_rules import conditions_behind_level
from screening.core.conditions import NumberAtLeast, NumberBelow, every_node, question_of
from screening.core.evaluation import Assessment
from screening.core.rulebook import Question, Rulebook
from screening.core.statements import Value
from screening.web.answer_fields import NONE_OF_THESE
from screening.web.spoken import gettext as _
from screening.web.spoken import translate
from screening.web.wording import answer_in_words, number_in_words, unknown_in_words

NOT_SURE = "unsure"


class Posted(Protocol):
    """A form as it was sent."""

    def __contains__(self, name: object, /) -> bool:
        """Whether a field was sent at all."""

    def getlist(self, name: str, /) -> list[str]:
        """All values sent under a name."""


@dataclass(frozen=True, slots=True)
class Supposable:
    """A question one may suppose an answer to.

    Attributes:
        recorded: what is recorded now, in words.
        options: the answers that can be supposed: value as the form sends it, words.
        chosen: what the form shows: the answers supposed, or for ticked options those recorded.
        supposed: whether an answer is supposed now.
    """

    question: Question
    recorded: str
    options: tuple[tuple[str, str], ...]
    chosen: tuple[str, ...]
    supposed: bool

    @property
    def name(self) -> str:
        """The name of its fields."""
        return field_name(self.question)


def field_name(question: Question) -> str:
    """The name under which a supposed answer is sent."""
    return f"q.{question.id}"


@lru_cache(maxsize=16)
def _looked_at(rulebook: Rulebook) -> frozenset[str]:
    """The questions that bear on the level or on an interruption."""
    interruptions = (each.when for each in rulebook.concern.interruptions)
    conditions = (*conditions_behind_level(rulebook), *interruptions)
    return frozenset(
        question
        for condition in conditions
        for node in every_node(condition)
        if (question := question_of(node)) is not None
    )


@lru_cache(maxsize=16)
def _cuts(rulebook: Rulebook) -> Mapping[str, tuple[int, ...]]:
    """Per number question the bounds that conditions compare it with: between two of them all numbers count alike."""
    found: dict[str, set[int]] = {}
    interruptions = (each.when for each in rulebook.concern.interruptions)
    for condition in (*conditions_behind_level(rulebook), *interruptions):
        for node in every_node(condition):
            if isinstance(node, NumberAtLeast | NumberBelow):
                found.setdefault(node.question, set()).add(node.bound)
    return {question: tuple(sorted(bounds)) for question, bounds in found.items()}


def _ranges(rulebook: Rulebook, question: Question) -> list[tuple[int, str]]:
    """The ranges of a number that the rules tell apart: a number out of each, and words for it."""
    cuts = _cuts(rulebook).get(question.id, ())
    if not cuts:
        return []
    ranges = [(cuts[0] - 1, _("under %(bound)s", bound=number_in_words(question, cuts[0])))]
    for low, following in zip(cuts, (*cuts[1:], None), strict=True):
        if following is None:
            words = _("%(bound)s or more", bound=number_in_words(question, low))
        elif following == low + 1:
            words = number_in_words(question, low)
        else:
            words = _("%(low)d to %(high)s", low=low, high=number_in_words(question, following - 1))
        ranges.append((low, words))
    return ranges


def supposed_in_words(rulebook: Rulebook, question: Question, value: Value) -> str:
    """A supposed answer as the page's own choices word it."""
    if isinstance(value, int):
        return [words for low, words in _ranges(rulebook, question) if low <= value][-1]
    words = answer_in_words(question, value)
    return _("“%(answer)s”", answer=words) if question.kind in ("choice", "choices") and value else words


def _options(rulebook: Rulebook, question: Question) -> tuple[tuple[str, str], ...]:
    """The answers that can be supposed. A date or a text cannot: what counts of it is asked by another question."""
    match question.kind:
        case "yes_no":
            known = [("yes", _("Yes")), ("no", _("No"))]
        case "number":
            known = [(str(low), words) for low, words in _ranges(rulebook, question)]
        case "choice" | "choices":
            known = [(option.id, translate(option.label)) for option in question.options]
        case _:
            known = []
    if question.kind == "choices":
        known.append((NONE_OF_THESE, _("None of these")))
    return (*known, (NOT_SURE, unknown_in_words(NOT_SURE))) if known else ()


def supposed_answers(rulebook: Rulebook, assessment: Assessment, sent: Posted) -> dict[str, Value]:
    """The suppositions of a sent form. Whatever the page does not offer, and what is recorded so anyway, is left out."""
    found: dict[str, Value] = {}
    for question in rulebook.questions.values():
        name = field_name(question)
        if question.id not in _looked_at(rulebook) or name not in sent:
            continue
        offered = [value for value, _words in _options(rulebook, question)]
        chosen = tuple(value for value in offered if value in sent.getlist(name))
        if question.kind == "choices":
            if chosen != _ticked(assessment.answers[question.id]):
                found[question.id] = _options_value(chosen)
        elif len(chosen) == 1:
            is_number = question.kind == "number" and chosen[0] != NOT_SURE
            found[question.id] = int(chosen[0]) if is_number else chosen[0]
    return found


def _options_value(chosen: tuple[str, ...]) -> Value:
    """Ticked boxes as an answer: an unknown stands alone, and nothing ticked means none of them."""
    if chosen == (NOT_SURE,):
        return NOT_SURE
    return tuple(value for value in chosen if value not in (NONE_OF_THESE, NOT_SURE))


def _ticked(answer: Effective) -> tuple[str, ...]:
    """The boxes that show an answer as recorded."""
    if isinstance(answer.value, tuple):
        return answer.value or (NONE_OF_THESE,)
    return (NOT_SURE,) if answer.state == NOT_SURE else ()


def asked_questions(rulebook: Rulebook) -> list[Question]:
    """The questions that bear on the result and can be supposed, in the rulebook's order."""
    looked_at = _looked_at(rulebook)
    return [each for each in rulebook.questions.values() if each.id in looked_at and _options(rulebook, each)]


def supposable(rulebook: Rulebook, question: Question, answer: Effective, value: Value | None) -> Supposable:
    """A question as the form shows it, with the answer supposed, if any."""
    chosen = () if value is None else _as_sent(value)
    if question.kind == "choices" and value is None:
        chosen = _ticked(answer)
    recorded = (
        unknown_in_words(answer.state) if answer.value is None else answer_in_words(question, answer.value)
    )
    return Supposable(question, recorded, _options(rulebook, question), chosen, value is not None)


def _as_sent(value: Value) -> tuple[str, ...]:
    """A supposed answer as the form sends it."""
    if isinstance(value, tuple):
        return value or (NONE_OF_THESE,)
    return (str(value),)
