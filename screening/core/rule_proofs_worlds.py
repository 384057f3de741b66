"""A rulebook's conditions as formulas over all answers at once, for a solver to search.

A ``World`` is one screening whose answers are not known: each question becomes a handful of true-or-false
variables, each condition a pair of formulas (certainly holds, possibly holds), by the same walk that evaluates a
screening. What the solver finds no answers for, no screening can ever show. Two worlds side by side tell what a
change of answers can do.

The domain of a question is what ``answers.combine`` can make of any statements: each unknown, each known value that
a condition can tell apart, and whether a further source was unsure.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

import z3

from screening.core.algebra import findings_by_category, walk
from screening.core.compiled_rules import CompiledInstrument, rules_in
from screening.core.conditions import (
    All,
    AnswerIs,
    AnyOf,
    AtLeast,
    ConcernAtLeast,
    Condition,
    Findings,
    InBand,
    Includes,
    Named,
    Not,
    NumberAtLeast,
    NumberBelow,
    every_node,
)
from screening.core.rulebook import Band, Question, Rulebook, Shape
from screening.core.statements import UNANSWERED, UNKNOWN_VALUES

Formula = Any
"""A formula of the solver, which brings no types."""


class Pair(NamedTuple):
    """A three-valued truth: yes is ``certain``, no is not ``possible``, unknown is possible and not certain."""

    certain: Formula
    possible: Formula


@dataclass(frozen=True, slots=True)
class OpenAnswer:
    """What could be known on one question; exactly one of the unknowns and of the ways to know it holds.

    Attributes:
        unknowns: state → it holds (``unanswered`` among them).
        values: "yes" and "no", or the options of a choice → it is the answer.
        ticked: the options of several that may be ticked → it is ticked.
        reaches: bound → the number is so high or higher, for the bounds that conditions test.
        known: an answer is known.
        partial: it is known, and a further source was unsure or declined.
    """

    question: Question
    unknowns: Mapping[str, Formula]
    values: Mapping[str, Formula]
    ticked: Mapping[str, Formula]
    reaches: Mapping[int, Formula]
    known: Formula
    partial: Formula

    @property
    def variables(self) -> tuple[Formula, ...]:
        """All its variables, in the same order in every world."""
        named = (self.unknowns, self.values, self.ticked, self.reaches)
        return (*(each for group in named for each in group.values()), self.known, self.partial)

    def rules(self, bounds_reached: Mapping[int, bool]) -> list[Formula]:
        """What holds between the variables, whatever is answered."""
        ways = list(self.values.values()) or [self.known]
        held = [z3.PbEq([(each, 1) for each in (*self.unknowns.values(), *ways)], 1)]
        held.append(self.known == z3.Or(ways))
        held += [z3.Implies(each, self.known) for each in (*self.ticked.values(), self.partial)]
        bounds = sorted(self.reaches)
        held += [z3.Implies(self.reaches[higher], self.reaches[lower]) for lower, higher in pairwise(bounds)]
        held += [self.reaches[bound] == reached for bound, reached in bounds_reached.items()]
        return held


def _open_answer(question: Question, bounds: Iterable[int], prefix: str) -> OpenAnswer:
    def variables(words: Iterable[Any]) -> dict[Any, Formula]:
        return {word: z3.Bool(f"{prefix}{question.id}:{word}") for word in words}

    options = [option.id for option in question.options]
    values = ["yes", "no"] if question.kind == "yes_no" else options if question.kind == "choice" else []
    return OpenAnswer(
        question,
        variables((UNANSWERED, *UNKNOWN_VALUES)),
        variables(values),
        variables(options if question.kind == "choices" else ()),
        variables(sorted(bounds)),
        z3.Bool(f"{prefix}{question.id}:known"),
        z3.Bool(f"{prefix}{question.id}:partial")
        if question.kind in ("choices", "number")
        else z3.BoolVal(False),
    )


def tested_bounds(rulebook: Rulebook) -> dict[str, tuple[int, ...]]:
    """Number question → the bounds that any condition tests it for."""
    found: dict[str, set[int]] = {}
    for condition in _conditions(vars(rulebook)):
        for node in every_node(condition):
            if isinstance(node, NumberAtLeast | NumberBelow):
                found.setdefault(node.question, set()).add(node.bound)
    return {question: tuple(sorted(bounds)) for question, bounds in found.items()}


def _conditions(thing: object) -> Iterator[Condition]:
    """Every condition that a part of the rulebook holds."""
    if isinstance(thing, Condition):
        yield thing
    elif isinstance(thing, Shape):
        for key in type(thing).model_fields:
            yield from _conditions(getattr(thing, key))
    elif isinstance(thing, Mapping):
        for value in thing.values():
            yield from _conditions(value)
    elif isinstance(thing, tuple):
        for value in thing:
            yield from _conditions(value)


def settled_bounds(question: Question, bounds: Iterable[int]) -> dict[int, bool]:
    """The bounds that every allowed number reaches, or none does. A number of years since a date is not limited."""
    if question.least is None or question.most is None or question.years_since is not None:
        return {}
    settled = {bound: True for bound in bounds if bound <= question.least}
    return settled | {bound: False for bound in bounds if bound > question.most}


@dataclass(eq=False)
class World:
    """One screening whose answers are open.

    Args:
        rulebook: a loaded rulebook.
        prefix: tells the variables of two worlds apart. The setting is the same in all.
        applying: whether a question applies follows from the answers; else it is open like an answer itself.
    """

    rulebook: Rulebook
    prefix: str = ""
    applying: bool = True
    answers: dict[str, OpenAnswer] = field(default_factory=dict)
    truths: dict[str, Pair] = field(default_factory=dict)
    rules: list[Formula] = field(default_factory=list)
    tools: dict[str, CompiledInstrument[Pair]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        tested = tested_bounds(self.rulebook)
        for question in self.rulebook.questions.values():
            bounds = tested.get(question.id, ())
            answer = self.answers[question.id] = _open_answer(question, bounds, self.prefix)
            self.rules += answer.rules(settled_bounds(question, bounds))
        for question in self.rulebook.questions.values():
            if question.years_since is not None:
                since = self.answers[question.years_since]
                self.rules.append(z3.Implies(since.known, self.answers[question.id].known))
        self._settle_settings()
        self._hold_rules()

    def _settle_settings(self) -> None:
        """A screening is done in one setting, and what is not for that setting is not asked there."""
        settings = {id: self.in_settings([id]) for id in self.rulebook.settings}
        if settings:
            self.rules.append(z3.PbEq([(each, 1) for each in settings.values()], 1))
        for id, here in settings.items():
            self.rules += [
                z3.Implies(here, answer.unknowns[UNANSWERED])
                for answer in self.answers.values()
                if not answer.question.is_for(id)
            ]

    def in_settings(self, settings: Iterable[str] | None) -> Formula:
        """The screening is done in one of these settings; with nothing given, in any."""
        return z3.BoolVal(True) if settings is None else z3.Or([z3.Bool(f"setting:{id}") for id in settings])

    def truth_of(self, condition: Condition) -> Pair:
        """The formulas of any condition."""
        return walk(condition, self)

    def band_if_answered(self, instrument: str, band: Band) -> Formula:
        """Certainly in the band, if it were also known what is left out of the instrument here."""
        tool = self.tools[instrument]
        left_out = [
            (z3.Bool(f"{self.prefix}{instrument} {item.id}"), item.points)
            for item in tool.instrument.items
            if item.when is None
        ]
        return _band(tool, band, 0, left_out).certain

    def truth_named(self, name: str) -> Pair:
        """The variables of a truth that has a name: an applicability, an indicator, a band, a level."""
        held = self.truths.get(name)
        if held is None:
            certain, possible = (z3.Bool(f"{self.prefix}{name}={word}") for word in ("certain", "possible"))
            held = self.truths[name] = Pair(certain, possible)
        return held

    def _hold(self, name: str, truth: Pair) -> None:
        named = self.truth_named(name)
        self.rules += [named.certain == truth.certain, named.possible == truth.possible]

    def _hold_rules(self) -> None:
        rules = rules_in(self.rulebook, self)
        for question, truth in rules.applicability:
            if self.applying:
                self._hold(f"applies {question}", truth)
            else:
                applies = self.truth_named(f"applies {question}")
                self.rules.append(z3.Implies(applies.certain, applies.possible))
        for name, truth in rules.named:
            self._hold(name, truth)
        for tool in rules.instruments:
            self.tools[tool.instrument.id] = tool
            for band in tool.instrument.bands:
                self._hold(
                    f"{tool.instrument.id} {band.id}", _band(tool, band, tool.instrument.left_out_points)
                )
        self._hold("level clear", rules.clear)
        reached = Pair(*map(z3.Or, zip(rules.clear, rules.possible, strict=True)))
        self._hold("level possible", reached)

    # ---- the operators ---------------------------------------------------------------------------

    def answer_is(self, leaf: AnswerIs) -> Pair:
        """One of the named answers, or a named unknown."""
        answer = self.answers[leaf.question]
        matching = [each for value, each in answer.values.items() if value in leaf.values]
        counted = [each for state, each in answer.unknowns.items() if state in leaf.values]
        return self._applying(
            leaf.question, z3.Or(matching + counted), z3.Or(matching + list(answer.unknowns.values()))
        )

    def number(self, leaf: NumberAtLeast | NumberBelow) -> Pair:
        """From or below a bound; where a further source was unsure, known on the side that combining settles."""
        answer = self.answers[leaf.question]
        above = answer.reaches[leaf.bound]
        holds = above if isinstance(leaf, NumberAtLeast) else z3.Not(above)
        combining = answer.question.combining
        settled = above if combining == "highest" else z3.Not(above) if combining == "lowest" else False
        unsettled = z3.And(answer.partial, z3.Not(settled))
        return self._applying(
            leaf.question,
            z3.And(answer.known, holds, z3.Not(unsettled)),
            z3.Or(z3.Not(answer.known), holds, unsettled),
        )

    def includes(self, leaf: Includes) -> Pair:
        """Any of the options is ticked."""
        answer = self.answers[leaf.question]
        ticked = z3.Or([answer.ticked[option] for option in leaf.options])
        return self._applying(leaf.question, ticked, z3.Or(ticked, z3.Not(answer.known), answer.partial))

    def _applying(self, question: str, certain: Formula, possible: Formula) -> Pair:
        if self.rulebook.questions[question].applies_when is None:
            return Pair(certain, possible)
        applies = self.truth_named(f"applies {question}")
        return Pair(z3.And(certain, applies.certain), z3.And(possible, applies.possible))

    def all_of(self, _: All, parts: Sequence[Pair]) -> Pair:
        """Every part."""
        return Pair(*map(z3.And, zip(*parts, strict=True)))

    def any_of(self, _: AnyOf, parts: Sequence[Pair]) -> Pair:
        """Any part."""
        return Pair(*map(z3.Or, zip(*parts, strict=True)))

    def opposite(self, _: Not, part: Pair) -> Pair:
        """The mirror image."""
        return Pair(z3.Not(part.possible), z3.Not(part.certain))

    def at_least(self, node: AtLeast, parts: Sequence[Pair]) -> Pair:
        """So many parts."""
        return _counted(node.count, parts)

    def named(self, node: Named) -> Pair:
        """An indicator or definition."""
        return self.truth_named(node.name)

    def in_band(self, node: InBand) -> Pair:
        """An instrument's band."""
        return self.truth_named(f"{node.instrument} {node.band}")

    def findings(self, node: Findings) -> Pair:
        """So many indicators of so many categories."""
        grouped = [
            [self.truth_named(name) for name in group]
            for group in findings_by_category(node, self.rulebook).values()
        ]
        together = _counted(node.count, [truth for group in grouped for truth in group])
        spread = _counted(node.categories, [Pair(*map(z3.Or, zip(*group, strict=True))) for group in grouped])
        return Pair(*map(z3.And, zip(together, spread, strict=True)))

    def concern(self, node: ConcernAtLeast) -> Pair:
        """A level."""
        return self.truth_named(f"level {node.level}")


def _at_least(count: int, weighted: Iterable[tuple[Formula, int]]) -> Formula:
    """The weights of what holds come to ``count``; of nothing only zero can come."""
    pairs = list(weighted)
    return z3.PbGe(pairs, count) if pairs and count > 0 else z3.BoolVal(count <= 0)


def _counted(count: int, parts: Sequence[Pair]) -> Pair:
    certain, possible = ([(part[side], 1) for part in parts] for side in (0, 1))
    return Pair(_at_least(count, certain), _at_least(count, possible))


def _band(
    tool: CompiledInstrument[Pair], band: Band, open_points: int, known: Sequence[tuple[Formula, int]] = ()
) -> Pair:
    """The whole score interval in the band. ``open_points`` may come on top; of ``known`` items it is clear if they do."""
    lowest = [*known, *((item.certain, point) for item, point in zip(tool.items, tool.points, strict=True))]
    highest = [*known, *((item.possible, point) for item, point in zip(tool.items, tool.points, strict=True))]
    certain = [_at_least(band.at_least, lowest)]
    possible = [_at_least(band.at_least - open_points, highest)]
    if band.below is not None:
        certain.append(z3.Not(_at_least(band.below - open_points, highest)))
        possible.append(z3.Not(_at_least(band.below, lowest)))
    if tool.used is not None:
        certain.append(tool.used.certain)
        possible.append(tool.used.possible)
    return Pair(z3.And(certain), z3.And(possible))
