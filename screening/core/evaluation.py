"""Statements and a rulebook → an assessment: findings with proofs, scores and concern as intervals.

Nothing here decides that a youth is or is not a victim. Concern is the documented consensus of
``rules/concern.yaml``, given as the lowest and highest level that the open answers still allow.

Truths are worked out at once, by plain functions; a proof is made when somebody asks why.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from functools import cached_property
from typing import NamedTuple

from screening.core.algebra import Proof, Test, band_truth
from screening.core.answers import Effective, combine_all
from screening.core.compiled_rules import (
    CompiledInstrument,
    compile_rules,
    explanations,
    instruments_behind_result,
    presumable_questions,
)
from screening.core.conditions import Condition, InBand
from screening.core.rulebook import (
    Band,
    Indicator,
    Instrument,
    Interruption,
    Outcome,
    Reading,
    Result,
    Rulebook,
)
from screening.core.statements import UNANSWERED, Statement
from screening.core.truth import NO, UNKNOWN, YES, Truth


class Level(IntEnum):
    """How much concern, lowest first."""

    NONE = 0
    POSSIBLE = 1
    CLEAR = 2


class Proofs(dict[str, Proof]):
    """The proofs of named conditions, of instruments' bands and of levels, each made when it is first asked for."""

    def __init__(self, rulebook: Rulebook, answers: Mapping[str, Effective]) -> None:
        super().__init__()
        self._rulebook, self._answers, self._explanations = rulebook, answers, explanations(rulebook)

    def explain(self, condition: Condition) -> Proof:
        """The proof of any condition, resting on these."""
        return self._explanations.of(condition)(self._answers, self)

    def __missing__(self, name: str) -> Proof:
        if name == "clear":
            proof = self.explain(self._rulebook.concern.levels.clear.when)
        elif name == "possible":
            possible, clear = self.explain(self._rulebook.concern.levels.possible.when), self["clear"]
            proof = possible if possible.truth >= clear.truth else clear
        elif " " in name:
            proof = self._of_band(*name.split(" "))
        else:
            proof = self.explain(self._rulebook.named(name).when)
        self[name] = proof
        return proof

    def _of_band(self, instrument_id: str, band_id: str) -> Proof:
        score = scored(self._rulebook.instruments[instrument_id], self)
        band = next(band for band in score.instrument.bands if band.id == band_id)
        parts = tuple(proof for proof in (*score.items, score.used) if proof is not None)
        return Proof(InBand(instrument_id, band_id), score.reaches(band), parts)


class Finding(NamedTuple):
    """An indicator as evaluated: raised (YES), not raised (NO) or cannot tell (UNKNOWN)."""

    indicator: Indicator
    truth: Truth
    proofs: Proofs

    @property
    def proof(self) -> Proof:
        """Why."""
        return self.proofs[self.indicator.id]


@dataclass(frozen=True, slots=True, eq=False)
class InstrumentScore:
    """An instrument's score interval, with the proofs of its items (nothing for one left out) and of its being used.

    ``used`` is nothing for a tool that is for everybody, always. A tool that is not used has no band.
    """

    instrument: Instrument
    lowest: int
    highest: int
    items: tuple[Proof | None, ...]
    used: Proof | None

    @property
    def in_use(self) -> Truth:
        """Whether the tool is for this youth and not set aside."""
        return YES if self.used is None else self.used.truth

    def reaches(self, band: Band) -> Truth:
        """Whether the whole score lies in a band."""
        return band_truth(band, self.lowest, self.highest, self.in_use)

    @property
    def bands(self) -> tuple[tuple[Reading, Band | None], ...]:
        """Each published reading with the band that holds the whole score, or nothing while none does."""
        return tuple(
            (reading, next((band for band in reading.bands if self.reaches(band) is YES), None))
            for reading in self.instrument.readings
        )


@dataclass(frozen=True, eq=False)
class Assessment:
    """Everything found on one set of statements. The first interruption outranks the others.

    ``truths`` are those of named conditions, of levels, and of the bands that any of the results rests on.
    """

    rulebook: Rulebook
    answers: Mapping[str, Effective]
    truths: Mapping[str, Truth]
    at_least: Level
    at_most: Level
    interruptions: tuple[Interruption, ...]
    outcomes: tuple[Outcome, ...]
    proofs: Proofs

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """Every indicator with its truth, in the rulebook's order."""
        indicators = self.rulebook.indicators.items()
        return tuple([Finding(indicator, self.truths[id], self.proofs) for id, indicator in indicators])

    @property
    def levels(self) -> dict[str, Proof]:
        """Why each level is, is not, or may be reached."""
        return {name: self.proofs[name] for name in ("clear", "possible")}

    @cached_property
    def instruments(self) -> tuple[InstrumentScore, ...]:
        """The scores of the rulebook's instruments."""
        return tuple(scored(instrument, self.proofs) for instrument in self.rulebook.instruments.values())

    @property
    def presumed(self) -> tuple[str, ...]:
        """The questions nobody touched whose answer the rulebook presumes; the bounds hold as long as it does."""
        presumable = presumable_questions(self.rulebook)
        return tuple(question for question in presumable if self.answers[question].state == UNANSWERED)

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
        return self.proofs.explain(condition)


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


def every_truth(rulebook: Rulebook, answers: Mapping[str, Effective]) -> dict[str, Truth]:
    """The truths of all named conditions, of all instruments' bands and of the levels, by name."""
    return _truths(rulebook, answers, compile_rules(rulebook).instruments)


def _truths(
    rulebook: Rulebook, answers: Mapping[str, Effective], tools: Iterable[CompiledInstrument[Test]]
) -> dict[str, Truth]:
    """The same with the bands of these instruments only."""
    rules = compile_rules(rulebook)
    truths: dict[str, Truth] = {}
    for name, test in rules.named:
        truths[name] = test(answers, truths)
    for tool in tools:
        score = _score(tool.instrument, [test(answers, truths) for test in tool.items])
        used = YES if tool.used is None else tool.used(answers, truths)
        for band in tool.instrument.bands:
            truths[f"{tool.instrument.id} {band.id}"] = band_truth(band, *score, used)
    clear = truths["clear"] = rules.clear(answers, truths)
    truths["possible"] = max(clear, rules.possible(answers, truths))
    return truths


def level_bounds(rulebook: Rulebook, answers: Mapping[str, Effective]) -> tuple[Level, Level]:
    """The lowest and highest level the answers allow: the fast path for what-if."""
    return _bounds(_truths(rulebook, answers, instruments_behind_result(rulebook)))


def _score(instrument: Instrument, truths: Sequence[Truth]) -> tuple[int, int]:
    """The lowest and highest score, from the truths of the items that are not left out."""
    pairs = [(item.points, truth) for (item, _), truth in zip(instrument.asked_items, truths, strict=True)]
    lowest = sum(points for points, truth in pairs if truth == YES)
    return lowest, lowest + instrument.left_out_points + sum(
        points for points, truth in pairs if truth == UNKNOWN
    )


def _bounds(truths: Mapping[str, Truth]) -> tuple[Level, Level]:
    clear, possible = truths["clear"], truths["possible"]
    at_least = Level.CLEAR if clear == YES else Level.POSSIBLE if possible == YES else Level.NONE
    at_most = Level.CLEAR if clear != NO else Level.POSSIBLE if possible != NO else Level.NONE
    return at_least, at_most


def assess(rulebook: Rulebook, statements: Iterable[Statement], today: date) -> Assessment:
    """Everything the rulebook finds in the statements; each finding can be asked for its proof.

    Args:
        rulebook: a loaded rulebook.
        statements: all statements of one screening, in any order.
        today: the screening's day; ages are counted to it.
    """
    return assess_answers(rulebook, effective_answers(rulebook, statements, today))


def assess_answers(rulebook: Rulebook, answers: Mapping[str, Effective]) -> Assessment:
    """The same from effective answers."""
    rules, truths = compile_rules(rulebook), _truths(rulebook, answers, instruments_behind_result(rulebook))
    at_least, at_most = _bounds(truths)
    return Assessment(
        rulebook=rulebook,
        answers=answers,
        truths=truths,
        at_least=at_least,
        at_most=at_most,
        interruptions=tuple(each for each, test in rules.interruptions if test(answers, truths) is YES),
        outcomes=tuple(each for each, test in rules.outcomes if test(answers, truths) is YES),
        proofs=Proofs(rulebook, answers),
    )


def scored(instrument: Instrument, proofs: Proofs) -> InstrumentScore:
    """An instrument's score with the proofs it rests on."""
    items = tuple(None if item.when is None else proofs.explain(item.when) for item in instrument.items)
    lowest, highest = _score(instrument, [item.truth for item in items if item is not None])
    used = None if instrument.used_when is None else proofs.explain(instrument.used_when)
    return InstrumentScore(instrument, lowest, highest, items, used)
