"""Effective answers: what several sources' statements on a question come to, and how tests on it come out.

The order that combines yes/no replies is yes > unsure > declined > no > not asked: what staff saw or a record
shows outweighs a denial, and a reply nobody could give is never read as a no.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Literal, NamedTuple

from screening.core.conditions import AnswerIs, Includes, NumberAtLeast, NumberBelow
from screening.core.rulebook import Question, Rulebook
from screening.core.statements import Statement, Value, in_force
from screening.core.truth import NO, UNKNOWN, YES, Truth

State = Literal["unanswered", "not_asked", "declined", "unsure", "known"]
_YES_NO_ORDER: Mapping[Value, int] = {"yes": 4, "unsure": 3, "declined": 2, "no": 1, "not_asked": 0}
_UNKNOWN_ORDER: Mapping[Value, int] = {"unsure": 2, "declined": 1, "not_asked": 0}


class Effective(NamedTuple):
    """What is known on one question.

    Attributes:
        question: id of the question.
        state: ``known``, or which kind of unknown.
        value: the combined value when known, else None.
        partial: known, but some source was unsure or declined, so more may be true than the value shows.
        applies: whether the question applies at all; NO keeps the value but does not count it.
        statements: the statements in force, oldest first.
        conflict: known replies of different sources or authors differ.
        derived: the value also follows from another question (an age from a date of birth).
    """

    question: str
    state: State
    value: Value | None = None
    partial: bool = False
    applies: Truth = YES
    statements: tuple[Statement, ...] = ()
    conflict: bool = False
    derived: bool = False

    @property
    def token(self) -> Value:
        """The value when known, else the kind of unknown."""
        return self.state if self.value is None else self.value

    @property
    def is_open(self) -> bool:
        """Whether a further reply could still add to it: unknown or only partly known, and not inapplicable."""
        return (self.state != "known" or self.partial) and self.applies != NO

    @property
    def is_unasked(self) -> bool:
        """Whether nobody has put the question yet."""
        return self.state in ("unanswered", "not_asked") and self.applies != NO


def combine(question: Question, statements: tuple[Statement, ...]) -> Effective:
    """One question's statements in force → its effective answer (applicability not yet considered)."""
    if not statements:
        return Effective(question.id, "unanswered")
    if question.kind == "yes_no":
        return _combine_yes_no(question, statements)
    known = [statement for statement in statements if not statement.is_unknown]
    if not known:
        state = max((statement.value for statement in statements), key=lambda value: _UNKNOWN_ORDER[value])
        return Effective(question.id, _state(state), None, False, YES, statements)
    value = _combined_value(question, known)
    if len(statements) == 1:
        return Effective(question.id, "known", value, False, YES, statements)
    partial = any(statement.value in ("unsure", "declined") for statement in statements)
    distinct = {statement.value for statement in known}
    conflict = len(distinct) > 1 and question.kind != "choices"
    return Effective(question.id, "known", value, partial, YES, statements, conflict)


def _state(value: Value) -> State:
    if value == "unsure":
        return "unsure"
    return "declined" if value == "declined" else "not_asked"


def _combine_yes_no(question: Question, statements: tuple[Statement, ...]) -> Effective:
    if len(statements) == 1:
        strongest, conflict = statements[0].value, False
    else:
        values = {statement.value for statement in statements}
        strongest = max(values, key=lambda value: _YES_NO_ORDER[value])
        conflict = {"yes", "no"} <= values
    if strongest in ("yes", "no"):
        return Effective(question.id, "known", strongest, False, YES, statements, conflict)
    return Effective(question.id, _state(strongest), None, False, YES, statements)


def _combined_value(question: Question, known: list[Statement]) -> Value:
    combining = question.combining
    if combining == "union":
        ticked = {option for statement in known for option in _options(statement.value)}
        return tuple(option.id for option in question.options if option.id in ticked) if ticked else ()
    if combining == "latest":
        return known[-1].value
    pick = max if combining == "highest" else min
    if question.kind == "choice":
        order = {option.id: position for position, option in enumerate(question.options)}
        return pick((str(statement.value) for statement in known), key=lambda value: order.get(value, -1))
    return pick(int(str(statement.value)) for statement in known)


def _options(value: Value) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else ()


def whole_years(since: date, today: date) -> int:
    """Completed years between two days, as ages are counted; a February 29 birthday is reached on March 1."""
    return today.year - since.year - ((today.month, today.day) < (since.month, since.day))


def combine_all(rulebook: Rulebook, statements: Iterable[Statement], today: date) -> dict[str, Effective]:
    """Every question of the rulebook → its effective answer, applicability not yet considered.

    A number question with ``years_since`` also takes the years between that date and ``today`` as a known
    value. Statements on questions the rulebook does not hold are left out.
    """
    untouched, counting_years = _before_anything_is_said(rulebook)
    answers = dict(untouched)
    for id, held in in_force(statements).items():
        if id in answers:
            answers[id] = combine(rulebook.questions[id], held)
    for question, since in counting_years:
        answers[question.id] = _with_years(question, answers[question.id], answers[since], today)
    return answers


@lru_cache(maxsize=16)
def _before_anything_is_said(
    rulebook: Rulebook,
) -> tuple[Mapping[str, Effective], tuple[tuple[Question, str], ...]]:
    """Every question without a statement, and the questions that also count years, each with its date question."""
    questions = rulebook.questions
    counting = ((question, question.years_since) for question in questions.values())
    return (
        {id: combine(question, ()) for id, question in questions.items()},
        tuple((question, since) for question, since in counting if since is not None),
    )


def _with_years(question: Question, stated: Effective, since: Effective, today: date) -> Effective:
    if since.state != "known":
        return stated
    years = whole_years(date.fromisoformat(str(since.value)), today)
    if stated.state != "known":
        partial = stated.state in ("unsure", "declined")
        return stated._replace(state="known", value=years, partial=partial, derived=True)
    said = int(str(stated.value))
    pick = {"highest": max, "lowest": min, "latest": max}[question.combining]
    return stated._replace(value=pick(said, years), conflict=stated.conflict or said != years, derived=True)


Answers = Mapping[str, Effective]
AnswerTest = Callable[[Answers, object], Truth]
"""A test on the answers; its second argument is not used, so that it can stand among tests that use it."""


def answer_test(leaf: AnswerIs) -> AnswerTest:
    """The function that does an ``AnswerIs`` test."""
    question, values = leaf.question, leaf.values

    def test(answers: Answers, _: object) -> Truth:
        answer = answers[question]
        value = answer.value
        if value is None:
            truth = YES if answer.state in values else UNKNOWN
        else:
            truth = YES if value in values else NO
        return truth if answer.applies is YES else min(truth, answer.applies)

    return test


def includes_test(leaf: Includes) -> AnswerTest:
    """The function that does an ``Includes`` test."""
    question, options = leaf.question, frozenset(leaf.options)

    def test(answers: Answers, _: object) -> Truth:
        answer = answers[question]
        value = answer.value
        if value is None:
            truth = UNKNOWN
        elif isinstance(value, tuple) and not options.isdisjoint(value):
            truth = YES
        else:
            truth = UNKNOWN if answer.partial else NO
        return truth if answer.applies is YES else min(truth, answer.applies)

    return test


def number_test(leaf: NumberAtLeast | NumberBelow, combining: str) -> AnswerTest:
    """The function that does a number test.

    Where a source was unsure, a question that takes the highest value is known only upwards from its value,
    one that takes the lowest only downwards; otherwise a partly known number is open on both sides.
    """
    question, bound = leaf.question, leaf.bound
    at_or_above, below = (YES, NO) if isinstance(leaf, NumberAtLeast) else (NO, YES)
    settled_side = at_or_above if combining == "highest" else below if combining == "lowest" else None

    def test(answers: Answers, _: object) -> Truth:
        answer = answers[question]
        if answer.value is None:
            truth = UNKNOWN
        else:
            truth = at_or_above if int(str(answer.value)) >= bound else below
            if answer.partial and truth is not settled_side:
                truth = UNKNOWN
        return truth if answer.applies is YES else min(truth, answer.applies)

    return test
