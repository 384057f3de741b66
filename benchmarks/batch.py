"""How many screenings a second the rules take on bit planes, beside one at a time and beside copying the same bytes.

Run: ``make bench ARGS=batch``. A million screenings of the shipped rulebook with random answers to every question that a
condition tests. Packing is timed apart from evaluating. Figures are medians over rounds; the three ways take turns within
a round, so that the ratios hold whatever mood the machine is in. The first thousand screenings are compared one by one.
"""

import resource
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from screening.core.answers import Effective
from screening.core.batch import BatchResult, evaluate
from screening.core.columns import KNOWN, UNKNOWN_CODES, Codes, Column, Columns, Words, value_codes
from screening.core.evaluation import level_bounds, with_applicability
from screening.core.loading import load_rulebook
from screening.core.rulebook import Question, Rulebook
from screening.core.statements import Value

SCREENINGS, ONE_BY_ONE, ROUNDS = 1_000_000, 1_000, 7


def random_codes(question: Question, chance: np.random.Generator) -> Codes:
    """Answers as intakes might give: a third unknown, of yes/no mostly no."""
    values = sorted(value_codes(question).values())
    known = chance.choice(values, SCREENINGS) if question.kind == "choice" else np.full(SCREENINGS, KNOWN)
    if question.kind == "yes_no":
        known = np.where(chance.random(SCREENINGS) < 0.9, values[0], values[1])
    unknown = chance.integers(0, len(UNKNOWN_CODES), SCREENINGS)
    return Codes(
        np.where(chance.random(SCREENINGS) < 0.35, unknown, known).astype(np.uint8),
        numbers=chance.integers(question.least or 0, 21, SCREENINGS, np.int32)
        if question.kind == "number"
        else None,
        ticked={option.id: chance.random(SCREENINGS) < 0.05 for option in question.options},
        partial=chance.random(SCREENINGS) < 0.05 if question.kind in ("number", "choices") else None,
    )


def effective(question: Question, codes: Codes, place: int) -> Effective:
    """One screening's answer, read back from its code."""
    code = int(codes.answers[place])
    names = {code: name for name, code in UNKNOWN_CODES.items()}
    if code in names:
        return Effective(question.id, names[code])  # type: ignore[arg-type]
    value: Value = {code: name for name, code in value_codes(question).items()}.get(code, "")
    if question.kind == "number" and codes.numbers is not None:
        value = int(codes.numbers[place])
    elif question.kind == "choices":
        value = tuple(option for option, flags in codes.ticked.items() if flags[place])
    return Effective(question.id, "known", value, bool(codes.partial is not None and codes.partial[place]))


def bytes_of(column: Column) -> list[Words]:
    """Every array of a column."""
    arrays = [column.open, column.partial, column.numbers, *column.tokens.values(), *column.ticked.values()]
    return [array for array in arrays if array is not None]


def seconds(work: Callable[[], object]) -> float:
    """One call's time."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def compare(rulebook: Rulebook, singles: list[dict[str, Effective]], result: BatchResult) -> None:
    """Stop if a level differs from that of the screening taken alone."""
    least, most = result.level_bounds()
    for place, answers in enumerate(singles):
        assert level_bounds(rulebook, answers) == (least[place], most[place])


def peak_megabytes() -> float:
    """The most memory the process has had so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Print the figures."""
    rulebook = load_rulebook(Path(__file__).parents[1] / "rules")
    chance = np.random.default_rng(7)
    coded = {id: random_codes(question, chance) for id, question in rulebook.questions.items()}
    singles = [
        with_applicability(rulebook, {id: effective(rulebook.questions[id], coded[id], n) for id in coded})
        for n in range(ONE_BY_ONE)
    ]
    packing = seconds(lambda: Columns.from_codes(rulebook, SCREENINGS, coded))
    columns = Columns.from_codes(rulebook, SCREENINGS, coded)
    arrays = [array for column in columns.of.values() for array in bytes_of(column)]
    copies = [np.empty_like(array) for array in arrays]
    for copy, array in zip(copies, arrays, strict=True):
        np.copyto(copy, array)  # touched once, so that the rounds below time copying and not the kernel
    before = peak_megabytes()
    result = evaluate(rulebook, columns)
    grown = peak_megabytes() - before
    compare(rulebook, singles, result)
    rounds = [
        (
            seconds(lambda: evaluate(rulebook, columns)) / SCREENINGS,
            seconds(lambda: [level_bounds(rulebook, each) for each in singles]) / ONE_BY_ONE,
            seconds(lambda: [np.copyto(*pair) for pair in zip(copies, arrays, strict=True)]) / SCREENINGS,
        )
        for _ in range(ROUNDS)
    ]
    planes, single, copying = (statistics.median(times) for times in zip(*rounds, strict=True))
    size = sum(array.nbytes for array in arrays)
    print(f"{SCREENINGS:,} screenings, {len(columns.of)} questions tested, columns {size / 1e6:.0f} MB")
    print(f"packing from codes        {SCREENINGS / packing / 1e6:10.2f} M screenings/s")
    for label, each in (("planes", planes), ("one at a time", single), ("copying the same bytes", copying)):
        print(
            f"{label:<25} {1 / each / 1e6:10.3f} M screenings/s {each / planes:12.2f} of the time on planes"
        )
    print(f"memory: {grown:.0f} MB more while evaluating, {peak_megabytes():.0f} MB at most in all")


if __name__ == "__main__":
    main()
