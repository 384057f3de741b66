"""Which questions still decide, when asking may stop, and what would change the level.

``decisive`` is sound by construction: a settled (yes or no) condition never changes when open answers are
filled in, so only the open answers beneath unknown conditions can matter. When none is left, asking for the
level's sake may stop.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, islice

from screening.core.algebra import Proof
from screening.core.answers import Effective, State
from screening.core.compiled_rules import conditions_behind_level
from screening.core.conditions import (
    AnswerIs,
    Condition,
    Includes,
    NumberAtLeast,
    NumberBelow,
    every_node,
    question_of,
)
from screening.core.covering import Covering, Family, Goal
from screening.core.evaluation import Assessment, Level, level_bounds, with_applicability
from screening.core.rulebook import Question, Rulebook
from screening.core.statements import UNANSWERED, UNKNOWN_VALUES, Value
from screening.core.truth import UNKNOWN, YES

LARGEST_SET = 3
MOST_TRIALS = 600
"""More sets of one size are not tried: a list of hundreds tells nobody what to find out."""


@dataclass(frozen=True, slots=True)
class Route:
    """Where asking stands.

    Attributes:
        decisive: open questions that can still change the level, in the rulebook's order.
        unasked: those of them that nobody has put yet; the others were answered with an unknown.
        may_stop: no open answer can change the level.
    """

    decisive: tuple[str, ...]
    unasked: tuple[str, ...]
    may_stop: bool


@dataclass(frozen=True, slots=True)
class Change:
    """A smallest set of answers (question id, value) that would move the level to ``level``."""

    answers: tuple[tuple[str, Value], ...]
    level: Level


def route(assessment: Assessment) -> Route:
    """The open questions that can still change the assessment's level, and whether asking may stop."""
    rulebook, answers = assessment.rulebook, assessment.answers
    open_questions = {
        question for question in assessment.presumed if _presumption_carries(assessment, question)
    }
    settled = assessment.at_least == assessment.at_most
    undecided = [] if settled else [proof for proof in assessment.levels.values() if proof.truth == UNKNOWN]
    for proof in undecided:
        _collect_open(proof, rulebook, answers, open_questions, set())
    decisive = tuple(question for question in rulebook.questions if question in open_questions)
    return Route(
        decisive, tuple(question for question in decisive if answers[question].is_unasked), not decisive
    )


def _presumption_carries(assessment: Assessment, question: str) -> bool:
    """Whether some answer to a presumed question would lower what is certain now."""
    return any(
        level_bounds(assessment.rulebook, suppose(assessment, [(question, value)]))[0] < assessment.at_least
        for value in hypothetical_values(assessment.rulebook, question)
    )


def _collect_open(
    proof: Proof, rulebook: Rulebook, answers: Mapping[str, Effective], found: set[str], seen: set[int]
) -> None:
    """Add the open questions beneath an unknown proof to ``found``."""
    if id(proof) in seen:
        return
    seen.add(id(proof))
    question = question_of(proof.condition)
    if question is not None:
        _collect_open_question(question, rulebook, answers, found)
    for part in proof.parts:
        if part.truth is UNKNOWN:
            _collect_open(part, rulebook, answers, found, seen)


def _collect_open_question(
    question: str, rulebook: Rulebook, answers: Mapping[str, Effective], found: set[str]
) -> None:
    answer = answers[question]
    if answer.is_open:
        found.add(question)
    applies_when = rulebook.questions[question].applies_when
    if answer.applies == UNKNOWN and applies_when is not None:
        for node in every_node(applies_when):
            inner = question_of(node)
            if inner is not None and inner not in found:
                _collect_open_question(inner, rulebook, answers, found)


def smallest_raises(assessment: Assessment) -> tuple[Change, ...]:
    """The smallest sets of open answers (at most three) that would surely raise the level."""
    if assessment.at_least == Level.CLEAR:
        return ()
    candidates = [
        (question, value)
        for question in route(assessment).decisive
        for value in hypothetical_values(assessment.rulebook, question)
    ]
    levels = assessment.rulebook.concern.levels
    wanted = [levels.clear.when, *([levels.possible.when] if assessment.at_least == Level.NONE else [])]

    def covers(covering: Covering) -> Family:
        return covering.either(covering.of(condition, Goal(True, YES)) for condition in wanted)

    return _smallest(assessment, candidates, covers, lambda level: level > assessment.at_least)


def smallest_lowers(assessment: Assessment) -> tuple[Change, ...]:
    """The smallest sets of given answers (at most three) whose correction would lower what is certain now."""
    if assessment.at_least == Level.NONE:
        return ()
    levels = assessment.rulebook.concern.levels
    level = levels.clear if assessment.at_least == Level.CLEAR else levels.possible
    carrying: dict[str, None] = {}
    _collect_carrying(assessment.explain(level.when), carrying)
    candidates = [
        (question, _absence(assessment.rulebook.questions[question]))
        for question in carrying
        if assessment.answers[question].state == "known"
        and assessment.rulebook.questions[question].kind in ("yes_no", "choices")
    ]

    def covers(covering: Covering) -> Family:
        return covering.of(level.when, Goal(False, YES))

    return _smallest(assessment, candidates, covers, lambda found: found < assessment.at_least)


def _absence(question: Question) -> Value:
    return "no" if question.kind == "yes_no" else ()


def _collect_carrying(proof: Proof, found: dict[str, None]) -> None:
    if proof.truth != YES:
        return
    question = question_of(proof.condition)
    if question is not None:
        found[question] = None
    for part in proof.parts:
        _collect_carrying(part, found)


def suppose(assessment: Assessment, supposed: Iterable[tuple[str, Value]]) -> dict[str, Effective]:
    """The assessment's effective answers as they would be if these questions had these known answers.

    Supposing ticked options leaves those ticked already; supposing none of them takes all away.
    """
    answers = dict(assessment.answers)
    for question, value in supposed:
        answers[question] = _supposed(assessment.rulebook.questions[question], answers[question], value)
    return with_applicability(assessment.rulebook, answers)


def _supposed(question: Question, held: Effective, value: Value) -> Effective:
    if isinstance(value, tuple) and isinstance(held.value, tuple) and value:
        value = tuple(option.id for option in question.options if option.id in {*held.value, *value})
    return held._replace(state="known", value=value, partial=False)


def with_answers(assessment: Assessment, supposed: Mapping[str, Value]) -> dict[str, Effective]:
    """The assessment's effective answers with these in the place of those given: known ones, or recorded unknowns."""
    answers = dict(assessment.answers)
    for question, value in supposed.items():
        state: State = "known"
        match value:
            case "not_asked" | "declined" | "unsure":
                state = value
        known = value if state == "known" else None
        answers[question] = answers[question]._replace(
            state=state, value=known, partial=False, conflict=False, derived=False
        )
    return with_applicability(assessment.rulebook, answers)


def _smallest(
    assessment: Assessment,
    candidates: Sequence[tuple[str, Value]],
    covers: Callable[[Covering], Family],
    moves: Callable[[Level], bool],
) -> tuple[Change, ...]:
    """The smallest sets of supposed answers after which the lower bound ``moves``: single ones, else pairs, else triples."""
    rulebook, answers = assessment.rulebook, assessment.answers
    supposed: dict[str, list[tuple[int, Effective]]] = {}
    for place, (question, value) in enumerate(candidates):
        answer = _supposed(rulebook.questions[question], answers[question], value)
        supposed.setdefault(question, []).append((place, answer))
    for size in range(1, LARGEST_SET + 1):
        found = []
        for places in _trials(covers(Covering(assessment, supposed, size)), candidates, size):
            chosen = tuple(candidates[place] for place in places)
            level = level_bounds(rulebook, suppose(assessment, chosen))[0]
            if moves(level):
                found.append(Change(chosen, level))
        if found:
            return tuple(found)
    return ()


def _trials(family: Family, candidates: Sequence[tuple[str, Value]], size: int) -> Iterable[tuple[int, ...]]:
    """The sets of that size worth trying, in the candidates' order.

    Smaller sets have been tried and do not suffice alone; what holds one of them still might.
    """
    grown = {each for each in family if len(each) == size}
    for each in family:
        for further in combinations(range(len(candidates)), size - len(each)) if len(each) < size else ():
            union = each.union(further)
            if len({candidates[place][0] for place in union}) == size:
                grown.add(union)
    return islice(sorted(tuple(sorted(each)) for each in grown), MOST_TRIALS)


@lru_cache(maxsize=16)
def _tested_values(rulebook: Rulebook) -> Mapping[str, tuple[Value, ...]]:
    """Per question the known values its conditions ask about: those are the ones worth supposing."""
    tested: dict[str, dict[Value, None]] = {}
    for condition in conditions_behind_level(rulebook):
        for node in every_node(condition):
            question = question_of(node)
            if question is not None:
                tested.setdefault(question, {}).update(dict.fromkeys(_values_of(node)))
    return {question: tuple(values) for question, values in tested.items()}


def _values_of(node: Condition) -> tuple[Value, ...]:
    match node:
        case AnswerIs(_, values):
            return tuple(value for value in values if value not in (*UNKNOWN_VALUES, UNANSWERED))
        case Includes(_, options):
            return tuple((option,) for option in options)
        case NumberAtLeast(_, bound) | NumberBelow(_, bound):
            return (bound - 1, bound)
        case _:
            return ()


def hypothetical_values(rulebook: Rulebook, question: str) -> tuple[Value, ...]:
    """The answers to a question that some condition asks about; supposing others tells nothing new."""
    return _tested_values(rulebook).get(question, ())
