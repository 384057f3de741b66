"""Statements and a rulebook → an assessment: findings with proofs, scores and concern as intervals.

Nothing here decides that a youth is or is not a victim. Concern is the documented consensus of
``rules/concern.yaml``, given as the lowest and highest level that the open answers still allow.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from functools import lru_cache

from screening.core.algebra import Compiled, Explained, Explanation, Proof, Test, band_truth, walk
from screening.core.answers import Effective, combine_all
from screening.core.conditions import Condition, Findings, InBand, Named, every_node, presumes, question_of
from screening.core.rulebook import Band, Indicator, Instrument, Interruption, Outcome, Result, Rulebook
from screening.core.statements import UNANSWERED, Statement
from screening.core.truth import NO, UNKNOWN, YES, Truth


class Level(IntEnum):
    """How much concern, lowest first."""

    NONE = 0
    POSSIBLE = 1
    CLEAR = 2


@dataclass(frozen=True, slots=True, eq=False)
class Finding:
    """An indicator as evaluated: raised (YES), not raised (NO) or cannot tell (UNKNOWN), with its proof."""

    indicator: Indicator
    proof: Proof

    @property
    def truth(self) -> Truth:
        """Raised, not raised or cannot tell."""
        return self.proof.truth


@dataclass(frozen=True, slots=True, eq=False)
class InstrumentScore:
    """An instrument's score interval, its items' proofs, and the band if the whole interval lies in one."""

    instrument: Instrument
    lowest: int
    highest: int
    band: Band | None
    items: tuple[Proof, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Raised:
    """An interruption or an outcome that holds, with its proof."""

    what: Interruption | Outcome
    proof: Proof


@dataclass(frozen=True, slots=True, eq=False)
class Assessment:
    """Everything found on one set of statements."""

    rulebook: Rulebook
    answers: Mapping[str, Effective]
    findings: tuple[Finding, ...]
    instruments: tuple[InstrumentScore, ...]
    at_least: Level
    at_most: Level
    levels: Mapping[str, Proof]
    interruptions: tuple[Raised, ...]
    outcomes: tuple[Raised, ...]
    proofs: Mapping[str, Proof]

    @property
    def presumed(self) -> tuple[str, ...]:
        """The questions nobody touched whose answer the rulebook presumes; the bounds hold as long as it does."""
        return tuple(
            question
            for question in presumable_questions(self.rulebook)
            if self.answers[question].state == UNANSWERED
        )

    @property
    def result(self) -> Result:
        """The bounds in one word: clear, possible, none, or cannot rule out."""
        if self.at_least == Level.CLEAR:
            return "clear"
        if self.at_least == Level.POSSIBLE:
            return "possible"
        return "none" if self.at_most == Level.NONE else "cannot_rule_out"

    def explain(self, condition: Condition) -> Proof:
        """The proof of any further condition (an action's, a need's, a law note's) on this assessment."""
        return explanations(self.rulebook).of(condition)(self.answers, self.proofs)


@dataclass(frozen=True, slots=True, eq=False)
class CompiledRules:
    """A rulebook's conditions as plain functions, in the order they must run.

    ``items`` holds the instruments with bands: no condition can rest on a list without any.
    """

    applicability: tuple[tuple[str, Test], ...]
    named: tuple[tuple[str, Test], ...]
    items: tuple[tuple[Instrument, tuple[Test, ...]], ...]
    clear: Test
    possible: Test


@lru_cache(maxsize=16)
def compile_rules(rulebook: Rulebook) -> CompiledRules:
    """The rulebook's conditions as functions; compiled once per loaded rulebook."""
    algebra = Compiled(rulebook)
    levels = rulebook.concern.levels
    return CompiledRules(
        tuple(
            (question.id, walk(question.applies_when, algebra))
            for question in rulebook.questions.values()
            if question.applies_when is not None
        ),
        tuple((name, walk(rulebook.named(name).when, algebra)) for name in rulebook.named_order),
        tuple(
            (instrument, tuple(walk(item.when, algebra) for item in instrument.items))
            for instrument in rulebook.instruments.values()
            if instrument.bands
        ),
        walk(levels.clear.when, algebra),
        walk(levels.possible.when, algebra),
    )


@lru_cache(maxsize=16)
def conditions_behind_level(rulebook: Rulebook) -> tuple[Condition, ...]:
    """Every condition that can bear on the level: the two level rules and whatever they rest on."""
    waiting: list[Condition] = [rulebook.concern.levels.clear.when, rulebook.concern.levels.possible.when]
    found: dict[int, Condition] = {}
    while waiting:
        condition = waiting.pop()
        if id(condition) in found:
            continue
        found[id(condition)] = condition
        for node in every_node(condition):
            match node:
                case Named(name):
                    waiting.append(rulebook.named(name).when)
                case InBand(instrument):
                    waiting += [item.when for item in rulebook.instruments[instrument].items]
                case Findings(strengths):
                    waiting += [
                        each.when for each in rulebook.indicators.values() if each.strength in strengths
                    ]
                case _:
                    pass
    return tuple(found.values())


@lru_cache(maxsize=16)
def presumable_questions(rulebook: Rulebook) -> tuple[str, ...]:
    """The questions whose lack of any answer counts for the level, by a definition's presumption."""
    nodes = (node for condition in conditions_behind_level(rulebook) for node in every_node(condition))
    return tuple(dict.fromkeys(str(question_of(node)) for node in nodes if presumes(node)))


class Explanations:
    """A rulebook's conditions as functions that prove them, each compiled when it is first asked for."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._algebra = Explained(rulebook)
        # By identity: hashing a condition would walk it. The condition is kept, so its identity stays taken.
        self._known: dict[int, tuple[Condition, Explanation]] = {}

    def of(self, condition: Condition) -> Explanation:
        """The function that proves a condition."""
        held = self._known.get(id(condition))
        if held is None:
            held = self._known[id(condition)] = (condition, walk(condition, self._algebra))
        return held[1]


@lru_cache(maxsize=16)
def explanations(rulebook: Rulebook) -> Explanations:
    """The explanations of a loaded rulebook, shared by all assessments."""
    return Explanations(rulebook)


def with_applicability(rulebook: Rulebook, combined: Mapping[str, Effective]) -> dict[str, Effective]:
    """Combined answers → effective answers: each notes whether its question's ``applies_when`` holds."""
    answers = dict(combined)
    for question, test in compile_rules(rulebook).applicability:
        applies = test(answers, {})
        if answers[question].applies is not applies:
            answers[question] = answers[question]._replace(applies=applies)
    return answers


def effective_answers(
    rulebook: Rulebook, statements: Iterable[Statement], today: date
) -> dict[str, Effective]:
    """Statements → every question's effective answer. ``today`` is the screening's day."""
    return with_applicability(rulebook, combine_all(rulebook, statements, today))


def level_bounds(rulebook: Rulebook, answers: Mapping[str, Effective]) -> tuple[Level, Level]:
    """The lowest and highest level the answers allow, without proofs: the fast path for what-if."""
    rules = compile_rules(rulebook)
    truths: dict[str, Truth] = {}
    for name, test in rules.named:
        truths[name] = test(answers, truths)
    for instrument, tests in rules.items:
        lowest, highest = _score(instrument, [test(answers, truths) for test in tests])
        for band in instrument.bands:
            truths[f"{instrument.id} {band.id}"] = band_truth(band, lowest, highest)
    clear = rules.clear(answers, truths)
    return _bounds(clear, max(clear, rules.possible(answers, truths)))


def _score(instrument: Instrument, truths: Sequence[Truth]) -> tuple[int, int]:
    lowest = sum(item.points for item, truth in zip(instrument.items, truths, strict=True) if truth == YES)
    open_points = sum(
        item.points for item, truth in zip(instrument.items, truths, strict=True) if truth == UNKNOWN
    )
    return lowest, lowest + open_points


def _bounds(clear: Truth, possible: Truth) -> tuple[Level, Level]:
    at_least = Level.CLEAR if clear == YES else Level.POSSIBLE if possible == YES else Level.NONE
    at_most = Level.CLEAR if clear != NO else Level.POSSIBLE if possible != NO else Level.NONE
    return at_least, at_most


def assess(rulebook: Rulebook, statements: Iterable[Statement], today: date) -> Assessment:
    """Everything the rulebook finds in the statements, with a proof for each finding.

    Args:
        rulebook: a loaded rulebook.
        statements: all statements of one screening, in any order.
        today: the screening's day; ages are counted to it.
    """
    return assess_answers(rulebook, effective_answers(rulebook, statements, today))


def assess_answers(rulebook: Rulebook, answers: Mapping[str, Effective]) -> Assessment:
    """The same from effective answers."""
    proofs: dict[str, Proof] = {}
    known = explanations(rulebook)
    for name in rulebook.named_order:
        proofs[name] = known.of(rulebook.named(name).when)(answers, proofs)
    scores = tuple(
        _explain_score(instrument, known, answers, proofs) for instrument in rulebook.instruments.values()
    )
    levels = rulebook.concern.levels
    clear = proofs["clear"] = known.of(levels.clear.when)(answers, proofs)
    possible = known.of(levels.possible.when)(answers, proofs)
    proofs["possible"] = possible if possible.truth >= clear.truth else clear
    at_least, at_most = _bounds(clear.truth, proofs["possible"].truth)

    def raised(holders: Sequence[Interruption | Outcome]) -> tuple[Raised, ...]:
        proved = ((holder, known.of(holder.when)(answers, proofs)) for holder in holders)
        return tuple(Raised(holder, proof) for holder, proof in proved if proof.truth is YES)

    return Assessment(
        rulebook=rulebook,
        answers=answers,
        findings=tuple(
            Finding(indicator, proofs[indicator.id]) for indicator in rulebook.indicators.values()
        ),
        instruments=scores,
        at_least=at_least,
        at_most=at_most,
        levels={"clear": clear, "possible": proofs["possible"]},
        interruptions=raised(rulebook.concern.interruptions),
        outcomes=raised(rulebook.concern.outcomes),
        proofs=proofs,
    )


def _explain_score(
    instrument: Instrument, known: Explanations, answers: Mapping[str, Effective], proofs: dict[str, Proof]
) -> InstrumentScore:
    items = tuple(known.of(item.when)(answers, proofs) for item in instrument.items)
    lowest, highest = _score(instrument, [item.truth for item in items])
    within = None
    for band in instrument.bands:
        truth = band_truth(band, lowest, highest)
        proofs[f"{instrument.id} {band.id}"] = Proof(InBand(instrument.id, band.id), truth, items)
        within = band if truth is YES else within
    return InstrumentScore(instrument, lowest, highest, within, items)
