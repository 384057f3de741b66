"""Many screenings at once: the whole rulebook over bit planes, in chunks that fit the processor's cache.

What comes out is, screening by screening, exactly what ``assess`` finds; no proofs are kept. Only the results
grow with the number of screenings; what is worked out on the way is as large as one chunk.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from screening.core.columns import WORD, Columns, Words, flags_of, plane_of, words_for
from screening.core.compiled_rules import CompiledInstrument, CompiledRules, rules_in
from screening.core.evaluation import Level
from screening.core.planes import Chunk, Plane, Planes, PlaneTest, in_band, sums
from screening.core.rulebook import Rulebook

CHUNK_WORDS = 4096
"""A quarter of a million screenings: large enough that Python's share is small, small enough for the cache."""


@dataclass(frozen=True, slots=True, eq=False)
class BatchResult:
    """What the rulebook finds in ``count`` screenings, as bit planes without a bit behind the last screening.

    Attributes:
        count: how many screenings.
        truths: named condition, ``"instrument band"`` or level → its truths.
        interruptions: id → for whom it holds.
        outcomes: id → for whom it holds.
    """

    count: int
    truths: Mapping[str, Plane]
    interruptions: Mapping[str, Words]
    outcomes: Mapping[str, Words]

    def truth_codes(self, name: str) -> NDArray[np.uint8]:
        """One condition's truths, screening by screening, as the numbers of ``Truth``."""
        certain, possible = self.truths[name]
        return self._sum(certain, possible)

    def level_bounds(self) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """The lowest and the highest level, screening by screening, as the numbers of ``Level``."""
        clear, possible = self.truths["clear"], self.truths["possible"]
        # Whoever has the clear level has the possible one too, so the two planes add up to the level.
        return self._sum(clear.certain, possible.certain), self._sum(clear.possible, possible.possible)

    def _sum(self, one: Words, other: Words) -> NDArray[np.uint8]:
        together = flags_of(one, self.count).view(np.uint8)
        together += flags_of(other, self.count).view(np.uint8)
        return together

    @property
    def at_least(self) -> dict[Level, int]:
        """How many screenings have each level as their lowest."""
        return self._counts(self.truths["clear"].certain, self.truths["possible"].certain)

    @property
    def at_most(self) -> dict[Level, int]:
        """How many screenings have each level as their highest."""
        return self._counts(self.truths["clear"].possible, self.truths["possible"].possible)

    def _counts(self, clear: Words, possible: Words) -> dict[Level, int]:
        clear_count, reached = how_many(clear), how_many(possible)
        return {
            Level.NONE: self.count - reached,
            Level.POSSIBLE: reached - clear_count,
            Level.CLEAR: clear_count,
        }


def how_many(plane: Words) -> int:
    """How many bits of a result's plane are set."""
    return int(np.bitwise_count(plane).sum(dtype=np.int64))


@lru_cache(maxsize=16)
def _rules(rulebook: Rulebook) -> CompiledRules[PlaneTest]:
    return rules_in(rulebook, Planes(rulebook))


def evaluate(rulebook: Rulebook, columns: Columns, chunk_words: int = CHUNK_WORDS) -> BatchResult:
    """The rulebook's findings, levels, interruptions and outcomes for all screenings of the columns.

    Args:
        rulebook: the one the columns were made for.
        columns: the answers.
        chunk_words: how many words, of 64 screenings each, are worked on at a time.
    """
    if columns.rulebook is not rulebook:
        raise ValueError("the columns were made for another rulebook")
    rules, words = _rules(rulebook), words_for(columns.count)
    truths = {name: Plane(*np.empty((2, words), np.uint64)) for name in _names(rules)}
    interruptions = {each.id: np.empty(words, np.uint64) for each, _ in rules.interruptions}
    outcomes = {each.id: np.empty(words, np.uint64) for each, _ in rules.outcomes}
    for start in range(0, words, chunk_words):
        chunk = Chunk(columns, slice(start, min(start + chunk_words, words)))
        _work_out(rules, chunk)
        for name, held in truths.items():
            held.certain[chunk.span], held.possible[chunk.span] = chunk.truths[name]
        for interruption, test in rules.interruptions:
            interruptions[interruption.id][chunk.span] = test(chunk).certain
        for outcome, test in rules.outcomes:
            outcomes[outcome.id][chunk.span] = test(chunk).certain
    result = BatchResult(columns.count, truths, interruptions, outcomes)
    _clear_behind_the_last(result)
    return result


def _names(rules: CompiledRules[PlaneTest]) -> list[str]:
    tools = (tool.instrument for tool in rules.instruments)
    bands = [f"{tool.id} {band.id}" for tool in tools for band in tool.bands]
    return [*(name for name, _ in rules.named), *bands, "clear", "possible"]


def _work_out(rules: CompiledRules[PlaneTest], chunk: Chunk) -> None:
    """Everything in the order of a single evaluation: applicability, conditions, scores, levels."""
    for question, test in rules.applicability:
        chunk.applies[question] = test(chunk)
    truths = chunk.truths
    for name, test in rules.named:
        truths[name] = test(chunk)
    for tool in rules.instruments:
        truths.update(_bands(tool, chunk))
    clear, possible = rules.clear(chunk), rules.possible(chunk)
    truths["clear"] = clear
    truths["possible"] = Plane(clear.certain | possible.certain, clear.possible | possible.possible)


def _bands(tool: CompiledInstrument[PlaneTest], chunk: Chunk) -> dict[str, Plane]:
    nobody, instrument = chunk.nobody(), tool.instrument
    terms = [(test(chunk), points) for test, points in zip(tool.items, tool.points, strict=True)]
    if instrument.left_out_points:
        terms.append((Plane(nobody, ~nobody), instrument.left_out_points))
    score = sums(terms)
    used = None if tool.used is None else tool.used(chunk)
    bands = {f"{instrument.id} {band.id}": in_band(band, score, nobody) for band in instrument.bands}
    if used is None:
        return bands
    return {
        name: Plane(plane.certain & used.certain, plane.possible & used.possible)
        for name, plane in bands.items()
    }


def _clear_behind_the_last(result: BatchResult) -> None:
    """Clear the bits of the last word that belong to no screening: a "not" may have set them."""
    left_over = result.count % WORD
    if not left_over:
        return
    last = plane_of(np.ones(left_over, np.bool_))[0]
    pairs = (plane for truth in result.truths.values() for plane in truth)
    for plane in (*pairs, *result.interruptions.values(), *result.outcomes.values()):
        plane[-1] &= last
