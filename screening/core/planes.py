"""The third algebra: conditions become functions over bit planes, 64 screenings a word.

A truth is a pair of planes: (certain, possible). No is (0, 0), unknown (0, 1), yes (1, 1). Both planes
go through the same monotone operation, so Kleene's logic is a bitwise "and" or "or" on each, and "not" swaps and
inverts them. Counts and scores are added up in bit slices and compared with a fixed bound: exact for any count.

After "not" the bits behind the last screening may be set; ``batch`` clears them in whatever it hands out.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from screening.core.algebra import findings_by_category
from screening.core.columns import WORD, Columns, Numbers, Words
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
from screening.core.rulebook import Band, Rulebook


class Plane(NamedTuple):
    """The truths of one condition: who certainly has a yes, and who may still have one."""

    certain: Words
    possible: Words


@dataclass(slots=True, eq=False)
class Chunk:
    """A run of screenings being evaluated: where it lies in the columns, and what is worked out so far."""

    columns: Columns
    span: slice
    applies: dict[str, Plane] = field(default_factory=dict)
    truths: dict[str, Plane] = field(default_factory=dict)
    sums: dict[tuple[str, ...], "Sums"] = field(default_factory=dict)

    def read(self, question: str, certain: Words, possible: Words) -> Plane:
        """A test's planes, limited to where its question applies."""
        applies = self.applies.get(question)
        if applies is None:
            return Plane(certain, possible)
        return Plane(certain & applies.certain, possible & applies.possible)

    def nobody(self) -> Words:
        """A plane without any bit."""
        return np.zeros(self.span.stop - self.span.start, np.uint64)

    def at_least_of(self, names: tuple[str, ...], count: int) -> Plane:
        """Whether so many of these conditions hold; added up once, since several rules count the same signs."""
        truths = [self.truths[name] for name in names]
        if count == 1:
            return counted(truths, count, self.nobody())
        held = self.sums.get(names)
        if held is None:
            held = self.sums[names] = sums((truth, 1) for truth in truths)
        return held.reach(count, self.nobody())


class Sums(NamedTuple):
    """An interval for each screening, both ends in binary, lowest bit first."""

    lowest: list[Words]
    highest: list[Words]

    def reach(self, bound: int, nobody: Words) -> Plane:
        """Where the interval's ends are at least ``bound``."""
        return Plane(reaches(self.lowest, bound, nobody), reaches(self.highest, bound, nobody))


PlaneTest = Callable[[Chunk], Plane]


def union(planes: Sequence[Words]) -> Words:
    """Who is in any of the planes; the planes themselves stay as they are."""
    if len(planes) == 1:
        return planes[0]
    together = planes[0] | planes[1]
    for plane in planes[2:]:
        together |= plane
    return together


def intersection(planes: Sequence[Words]) -> Words:
    """Who is in all of the planes; the planes themselves stay as they are."""
    if len(planes) == 1:
        return planes[0]
    together = planes[0] & planes[1]
    for plane in planes[2:]:
        together &= plane
    return together


def add_up(terms: Iterable[tuple[Words, int]]) -> list[Words]:
    """The sum of weights per screening, in binary: one plane a bit, lowest first.

    Three planes of equal weight become their sum and a carry (a full adder) until each bit has one plane left.
    """
    waiting: list[list[Words]] = []
    for plane, weight in terms:
        waiting += [[] for _ in range(weight.bit_length() - len(waiting))]
        for place in range(weight.bit_length()):
            if weight >> place & 1:
                waiting[place].append(plane)
    bits: list[Words] = []
    for planes in waiting:  # carries lengthen the list while it is gone through
        carries: list[Words] = []
        while len(planes) > 2:
            first, second, third = planes.pop(), planes.pop(), planes.pop()
            carry, odd = first & second, first ^ second
            carry |= odd & third
            odd ^= third
            carries.append(carry)
            planes.append(odd)
        if len(planes) == 2:
            first, second = planes
            carries.append(first & second)
            planes[:] = [first ^ second]
        bits.append(planes[0] if planes else np.zeros_like(waiting[-1][0]))
        if carries and len(bits) == len(waiting):
            waiting.append(carries)
        elif carries:
            waiting[len(bits)] += carries
    return bits


def sums(terms: Iterable[tuple[Plane, int]]) -> Sums:
    """The lowest and the highest sum of weights: of what is certain, and of what is possible."""
    held = tuple(terms)
    return Sums(
        add_up((truth.certain, weight) for truth, weight in held),
        add_up((truth.possible, weight) for truth, weight in held),
    )


def reaches(bits: Sequence[Words], bound: int, nobody: Words) -> Words:
    """Where a sum in binary is at least ``bound``."""
    if bound <= 0:
        return ~nobody
    if bound >> len(bits):
        return nobody
    # From the lowest bit upwards: a sum reaches the bound's bits so far if its top bit is the greater one, or
    # equal and the lower bits reach theirs. None stands for "everybody": nothing but zeros asked so far.
    held: Words | None = None
    for place, bit in enumerate(bits):
        if bound >> place & 1:
            held = bit if held is None else bit & held
        elif held is not None:
            held = bit | held
    return nobody if held is None else held


def so_many(planes: Sequence[Words], count: int, nobody: Words) -> Words:
    """Who is in at least ``count`` of the planes."""
    if count == 1 and planes:
        return union(planes)
    if count == len(planes) and planes:
        return intersection(planes)
    return reaches(add_up((plane, 1) for plane in planes), count, nobody)


def counted(parts: Sequence[Plane], count: int, nobody: Words) -> Plane:
    """Kleene's "at least so many": by the certain ones, and by all not ruled out."""
    return Plane(
        so_many([part.certain for part in parts], count, nobody),
        so_many([part.possible for part in parts], count, nobody),
    )


def in_band(band: Band, score: Sums, nobody: Words) -> Plane:
    """Whether score intervals lie in a band: ``band_truth`` for many."""
    certain, possible = score.reach(band.at_least, nobody)
    if band.below is None:
        return Plane(certain, possible)
    lowest_above, highest_above = score.reach(band.below, nobody)
    return Plane(certain & ~highest_above, possible & ~lowest_above)


@dataclass(frozen=True, slots=True)
class Planes:
    """Conditions become functions of a chunk: of its answers and of the truths of conditions before.

    The truths of bands and of levels stand under the same names as in ``Compiled``.
    """

    rulebook: Rulebook

    def answer_is(self, leaf: AnswerIs) -> PlaneTest:
        """Yes for those with a named answer, unknown for the others whose value is open."""
        question, values = leaf.question, tuple(dict.fromkeys(leaf.values))

        def test(chunk: Chunk) -> Plane:
            column, span = chunk.columns.of[question], chunk.span
            certain = union([column.tokens[value][span] for value in values])
            return chunk.read(question, certain, certain | column.open[span])

        return test

    def includes(self, leaf: Includes) -> PlaneTest:
        """Yes for those who ticked an option, unknown for the others whose ticks are open or partly known."""
        question, options = leaf.question, tuple(dict.fromkeys(leaf.options))

        def test(chunk: Chunk) -> Plane:
            column, span = chunk.columns.of[question], chunk.span
            certain = union([column.ticked[option][span] for option in options])
            possible = certain | column.open[span]
            if column.partial is not None:
                possible |= column.partial[span]
            return chunk.read(question, certain, possible)

        return test

    def number(self, leaf: NumberAtLeast | NumberBelow) -> PlaneTest:
        """Compares the numbers; where partly known, only the side its question settles stays certain."""
        question, bound, upwards = leaf.question, leaf.bound, isinstance(leaf, NumberAtLeast)
        combining = self.rulebook.questions[question].combining
        yes_is_settled = combining == ("highest" if upwards else "lowest")
        no_is_settled = combining == ("lowest" if upwards else "highest")

        def test(chunk: Chunk) -> Plane:
            column, span = chunk.columns.of[question], chunk.span
            is_open = loose = column.open[span]
            if column.partial is not None:
                loose = is_open | column.partial[span]
            if column.numbers is None:
                raise ValueError(f"{question} has no numbers")
            holds = _compared(column.numbers[span.start * WORD : span.stop * WORD], bound)
            if not upwards:
                holds = ~holds
            certain = holds & ~(is_open if yes_is_settled else loose)
            return chunk.read(question, certain, holds | (is_open if no_is_settled else loose))

        return test

    def all_of(self, _: All, parts: Sequence[PlaneTest]) -> PlaneTest:
        """Both planes: those in all."""

        def test(chunk: Chunk) -> Plane:
            values = [part(chunk) for part in parts]
            return Plane(
                intersection([value.certain for value in values]),
                intersection([value.possible for value in values]),
            )

        return test

    def any_of(self, _: AnyOf, parts: Sequence[PlaneTest]) -> PlaneTest:
        """Both planes: those in any."""

        def test(chunk: Chunk) -> Plane:
            values = [part(chunk) for part in parts]
            return Plane(
                union([value.certain for value in values]), union([value.possible for value in values])
            )

        return test

    def opposite(self, _: Not, part: PlaneTest) -> PlaneTest:
        """Certain is what was not possible; possible is what was not certain."""

        def test(chunk: Chunk) -> Plane:
            value = part(chunk)
            return Plane(~value.possible, ~value.certain)

        return test

    def at_least(self, node: AtLeast, parts: Sequence[PlaneTest]) -> PlaneTest:
        """Counts the parts."""
        count = node.count
        return lambda chunk: counted([part(chunk) for part in parts], count, chunk.nobody())

    def named(self, node: Named) -> PlaneTest:
        """Looks up what was evaluated before."""
        return _looked_up(node.name)

    def in_band(self, node: InBand) -> PlaneTest:
        """Looks up the instrument's band."""
        return _looked_up(f"{node.instrument} {node.band}")

    def concern(self, node: ConcernAtLeast) -> PlaneTest:
        """Looks up the level."""
        return _looked_up(node.level)

    def findings(self, node: Findings) -> PlaneTest:
        """Counts indicators, and the categories they are of."""
        grouped = findings_by_category(node, self.rulebook)
        names = tuple(name for group in grouped.values() for name in group)

        def test(chunk: Chunk) -> Plane:
            truths = chunk.truths
            together = chunk.at_least_of(names, node.count)
            if node.categories == 1:
                return together
            spread = [
                Plane(
                    union([truths[name].certain for name in group]),
                    union([truths[name].possible for name in group]),
                )
                for group in grouped.values()
            ]
            kinds = counted(spread, node.categories, chunk.nobody())
            return Plane(together.certain & kinds.certain, together.possible & kinds.possible)

        return test


def _looked_up(name: str) -> PlaneTest:
    return lambda chunk: chunk.truths[name]


def _compared(numbers: Numbers, bound: int) -> Words:
    return np.packbits(numbers >= bound, bitorder="little").view(np.uint64)
