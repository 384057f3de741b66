"""The fourth algebra: conditions become column expressions, evaluated by an engine over a table of coded answers.

A truth is a pair of boolean columns (certain, possible), as on bit planes: no is (false, false), unknown (false, true),
yes (true, true). NULL never appears, so an engine's own idea of an unknown does not matter.

The expressions are Ibis's and not yet of any table, so the same ones run on DuckDB, PostgreSQL, Spark and whatever else
Ibis writes SQL for. Each knows the names of the columns it reads: that is what ``engine_evaluation`` puts them in order by.

Ibis is an optional extra; nothing else of the application imports this module.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import add, and_, or_
from typing import NamedTuple

import ibis
from ibis.common.deferred import const

from screening.core.algebra import findings_by_category
from screening.core.columns import KNOWN, UNKNOWN_CODES, value_codes
from screening.core.conditions import (
    All,
    AnswerIs,
    AnyOf,
    AtLeast,
    ConcernAtLeast,
    Findings,
    InBand,
    Includes,
    Named,
    Not,
    NumberAtLeast,
    NumberBelow,
)
from screening.core.engine_tables import number_column, option_column, partial_column
from screening.core.rulebook import Band, Rulebook


class Pair(NamedTuple):
    """One condition as columns of whatever table it is put to, and the names of the columns it reads."""

    certain: ibis.Deferred
    possible: ibis.Deferred
    reads: frozenset[str]


def truth_columns(name: str) -> tuple[str, str]:
    """The result's columns (certain, possible) for a named condition, an ``"instrument band"`` or a level."""
    stem = name.replace(" ", "__")
    return f"{stem}__certain", f"{stem}__possible"


def held(name: str) -> Pair:
    """A truth that stands in two columns already."""
    certain, possible = truth_columns(name)
    return Pair(ibis._[certain], ibis._[possible], frozenset((certain, possible)))


def both(parts: Sequence[Pair], operation: Callable[[ibis.Deferred, ibis.Deferred], ibis.Deferred]) -> Pair:
    """The same monotone operation on the certain and on the possible columns."""
    return Pair(
        reduce(operation, [part.certain for part in parts]),
        reduce(operation, [part.possible for part in parts]),
        frozenset().union(*(part.reads for part in parts)),
    )


def weighed(parts: Sequence[tuple[Pair, int]]) -> Pair:
    """The lowest and the highest sum of weights: of what is certain, and of what is possible. Integers, not flags."""

    def points(flag: ibis.Deferred, weight: int) -> ibis.Deferred:
        one = flag.cast("int32")
        return one if weight == 1 else one * weight

    terms = [
        Pair(points(part.certain, weight), points(part.possible, weight), part.reads)
        for part, weight in parts
    ]
    return both(terms, add)


def reached(sums: Pair, bound: int) -> Pair:
    """Where sums are at least ``bound``."""
    return Pair(sums.certain >= bound, sums.possible >= bound, sums.reads)


def counted(parts: Sequence[Pair], count: int) -> Pair:
    """Kleene's "at least so many"."""
    if count == 1:
        return both(parts, or_)
    if count == len(parts):
        return both(parts, and_)
    return reached(weighed([(part, 1) for part in parts]), count)


def never() -> Pair:
    """No, whatever the answers."""
    no = const(ibis.literal(False))
    return Pair(no, no, frozenset())


def within(band: Band, score: Pair) -> Pair:
    """Whether score intervals lie in a band: ``band_truth`` as columns."""
    inside = reached(score, band.at_least)
    if band.below is None:
        return inside
    certain, possible = (
        inside.certain & (score.possible < band.below),
        inside.possible & (score.certain < band.below),
    )
    return Pair(certain, possible, score.reads)


@dataclass(frozen=True, slots=True)
class EngineColumns:
    """Conditions become pairs of columns over coded answers and over the truths made columns before.

    Attributes:
        rulebook: whose conditions are walked.
        counts: what is counted, as found while walking: groups of indicators → the name under which whoever evaluates
            holds how many of the groups have one that is raised. Rules that count the same signs share it.
    """

    rulebook: Rulebook
    counts: dict[tuple[tuple[str, ...], ...], str] = field(default_factory=dict)

    def answer_is(self, leaf: AnswerIs) -> Pair:
        """Yes for those with a named answer, unknown for the others whose value is open."""
        known = {**UNKNOWN_CODES, **value_codes(self.rulebook.questions[leaf.question])}
        # A token the question cannot have is nobody's answer, as it is for a single screening.
        codes = sorted({known[value] for value in leaf.values if value in known})
        answer, listed = ibis._[leaf.question], [code for code in codes if code >= KNOWN]
        named = answer == codes[0] if len(codes) == 1 else answer.isin(codes)
        still = answer < KNOWN
        if listed:
            still |= answer == listed[0] if len(listed) == 1 else answer.isin(listed)
        return self._read(leaf.question, named, still, leaf.question)

    def includes(self, leaf: Includes) -> Pair:
        """Yes for those who ticked an option, unknown for the others whose ticks are open or partly known."""
        columns = [option_column(leaf.question, option) for option in dict.fromkeys(leaf.options)]
        ticked = reduce(or_, [ibis._[column] for column in columns])
        is_open, partial = ibis._[leaf.question] < KNOWN, partial_column(leaf.question)
        # A tick beside an unknown does not count: without a known value a single screening sees none either.
        certain, possible = ~is_open & ticked, is_open | ibis._[partial] | ticked
        return self._read(leaf.question, certain, possible, leaf.question, partial, *columns)

    def number(self, leaf: NumberAtLeast | NumberBelow) -> Pair:
        """Compares the numbers; where partly known, only the side its question settles stays certain."""
        question, upwards = leaf.question, isinstance(leaf, NumberAtLeast)
        combining = self.rulebook.questions[question].combining
        value, partial = ibis._[number_column(question)], ibis._[partial_column(question)]
        is_open = ibis._[question] < KNOWN
        loose = is_open | partial
        holds = value >= leaf.bound if upwards else value < leaf.bound
        yes_is_settled = combining == ("highest" if upwards else "lowest")
        no_is_settled = combining == ("lowest" if upwards else "highest")
        certain = holds & ~(is_open if yes_is_settled else loose)
        possible = holds | (is_open if no_is_settled else loose)
        names = (question, number_column(question), partial_column(question))
        return self._read(question, certain, possible, *names)

    def _read(self, question: str, certain: ibis.Deferred, possible: ibis.Deferred, *columns: str) -> Pair:
        """A test's columns, limited to where its question applies."""
        test = Pair(certain, possible, frozenset(columns))
        if self.rulebook.questions[question].applies_when is None:
            return test
        return both([held(applies_name(question)), test], and_)

    def all_of(self, _: All, parts: Sequence[Pair]) -> Pair:
        """Both columns: those in all."""
        return both(parts, and_)

    def any_of(self, _: AnyOf, parts: Sequence[Pair]) -> Pair:
        """Both columns: those in any."""
        return both(parts, or_)

    def opposite(self, _: Not, part: Pair) -> Pair:
        """Certain is what was not possible; possible is what was not certain."""
        return Pair(~part.possible, ~part.certain, part.reads)

    def at_least(self, node: AtLeast, parts: Sequence[Pair]) -> Pair:
        """Counts the parts."""
        return counted(parts, node.count)

    def named(self, node: Named) -> Pair:
        """Reads what was evaluated before."""
        return held(node.name)

    def in_band(self, node: InBand) -> Pair:
        """Reads the instrument's band."""
        return held(f"{node.instrument} {node.band}")

    def concern(self, node: ConcernAtLeast) -> Pair:
        """Reads the level."""
        return held(node.level)

    def findings(self, node: Findings) -> Pair:
        """Counts indicators, and the categories they are of."""
        groups = tuple(tuple(group) for group in findings_by_category(node, self.rulebook).values())
        signs = tuple((name,) for group in groups for name in group)
        together = self._reached(signs, node.count)
        if node.categories == 1:
            return together
        return both([together, self._reached(groups, node.categories)], and_)

    def _reached(self, groups: tuple[tuple[str, ...], ...], count: int) -> Pair:
        """Whether so many of these groups hold an indicator that is raised."""
        if count > len(groups):
            return never()
        return reached(held(self.counts.setdefault(groups, f"count {len(self.counts) + 1}")), count)


def applies_name(question: str) -> str:
    """The name under which it stands whether a question applies."""
    return f"applies {question}"
