"""Effective answers: what several sources' statements on a question come to, and how tests on it come out.

The order that combines yes/no replies is yes > unsure > declined > no > not asked: what staff saw or a record
shows outweighs a denial, and a reply nobody could give is never read as a no.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
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
        return Effective(question.id, _state(state), statements=statements)
    partial = any(statement.value in ("unsure", "declined") for statement in statements)
    distinct = {statement.value for statement in known}
    return Effective(
        question.id,
        "known",
        _combined_value(question, known),
        partial,
        statements=statements,
        conflict=len(distinct) > 1 and question.kind != "choices",
    )


def _state(value: Value) -> State:
    if value == "unsure":
        return "unsure"
    return "declined" if value == "declined" else "not_asked"


def _combine_yes_no(question: Question, statements: tuple[Statement, ...]) -> Effective:
    values = {statement.value for statement in statements}
    strongest = max(values, key=lambda value: _YES_NO_ORDER[value])
    conflict = {"yes", "no"} <= values
    if strongest in ("yes", "no"):
        return Effective(question.id, "known", strongest, statements=statements, conflict=conflict)
    return Effective(question.id, _state(strongest), statements=statements)


def _combined_value(question: Question, known: list[Statement]) -> Value:
    if question.combining == "union":
        ticked = {option for statement in known for option in _options(statement.value)}
        return tuple(option.id for option in question.options if option.id in ticked)
    if question.combining == "latest":
        return known[-1].value
    pick = max if question.combining == "highest" else min
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
    held = in_force(statements)
    answers = {id: combine(question, held.get(id, ())) for id, question in rulebook.questions.items()}
    for id, question in rulebook.questions.items():
        if question.years_since is not None:
            answers[id] = _with_years(question, answers[id], answers[question.years_since], today)
    return answers


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
        if answer.value is None:
            truth = YES if answer.state in values else UNKNOWN
        else:
            truth = YES if answer.value in values else NO
        return truth if answer.applies is YES else min(truth, answer.applies)

    return test


def includes_test(leaf: Includes) -> AnswerTest:
    """The function that does an ``Includes`` test."""
    question, options = leaf.question, frozenset(leaf.options)

    def test(answers: Answers, _: object) -> Truth:
        answer = answers[question]
        if answer.value is None:
            truth = UNKNOWN
        elif isinstance(answer.value, tuple) and not options.isdisjoint(answer.value):
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

    def test(answers: Answers, _: object) -> Truth:
        answer = answers[question]
        if answer.value is None:
            truth = UNKNOWN
        else:
            value = int(str(answer.value))
            truth = at_or_above if value >= bound else below
            settled_side = at_or_above if combining == "highest" else below if combining == "lowest" else None
            if answer.partial and truth is not settled_side:
                truth = UNKNOWN
        return truth if answer.applies is YES else min(truth, answer.applies)

    return test
