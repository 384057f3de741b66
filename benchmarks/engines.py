"""How many screenings a second an engine takes with Ibis's SQL, beside SQL written by hand, and how far it is from bit planes.

Run: ``make bench ARGS=engines``, or ``python benchmarks/engines.py 10000000`` for ten million. Screenings of the shipped
rulebook with random answers, made in portions from fixed seeds, so that every way gets the same ones. On DuckDB, in memory,
three ways take turns: the SQL that Ibis writes, and two written by hand (``_flat_sql.py``): one flat SELECT, and the same in
steps. Each writes its results into a table. On planes, evaluating and a plain copy of the same columns take turns; packing is
apart. Each way also runs once in a process of its own, whose greatest memory is told with what it held before. All
must find the same numbers of screenings at each level.
"""

import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from _flat_sql import flat_sql, stepped_sql
from numpy.typing import NDArray

from screening.core.batch import evaluate
from screening.core.columns import KNOWN, UNKNOWN_CODES, Codes, Columns, value_codes
from screening.core.engine_evaluation import sql_for
from screening.core.engine_tables import KEY, engine_arrays, engine_schema
from screening.core.evaluation import Level
from screening.core.loading import load_rulebook
from screening.core.rulebook import Question, Rulebook

PORTION, ROUNDS = 250_000, 5
WAYS = ("ibis", "flat", "steps", "planes")


def random_codes(question: Question, chance: np.random.Generator, count: int) -> Codes:
    """Answers as intakes might give: a third unknown, of yes/no mostly no."""
    values = sorted(value_codes(question).values())
    known = chance.choice(values, count) if question.kind == "choice" else np.full(count, KNOWN)
    if question.kind == "yes_no":
        known = np.where(chance.random(count) < 0.97, values[0], values[1])
    unknown = chance.integers(0, len(UNKNOWN_CODES), count)
    is_number = question.kind == "number"
    return Codes(
        np.where(chance.random(count) < 0.35, unknown, known).astype(np.uint8),
        numbers=chance.integers(question.least or 0, 21, count, np.int32) if is_number else None,
        ticked={option.id: chance.random(count) < 0.02 for option in question.options},
        partial=chance.random(count) < 0.05 if question.kind in ("number", "choices") else None,
    )


def portions(rulebook: Rulebook, count: int) -> Iterator[dict[str, Codes]]:
    """The screenings, a portion at a time."""
    for start in range(0, count, PORTION):
        chance, size = np.random.default_rng(start), min(PORTION, count - start)
        yield {id: random_codes(question, chance, size) for id, question in rulebook.questions.items()}


def filled_engine(rulebook: Rulebook, count: int) -> duckdb.DuckDBPyConnection:
    """DuckDB with the table of answers."""
    kinds = {"int64": "BIGINT", "int32": "INTEGER", "int16": "SMALLINT", "boolean": "BOOLEAN"}
    columns = ((name, kinds[str(kind).removeprefix("!")]) for name, kind in engine_schema(rulebook).items())
    engine, start = duckdb.connect(), 0
    engine.execute(f"CREATE TABLE answers ({', '.join(f'{name} {kind} NOT NULL' for name, kind in columns)})")
    for coded in portions(rulebook, count):
        arrays: dict[str, NDArray[np.generic]] = engine_arrays(rulebook, coded)
        size = len(next(iter(arrays.values())))
        engine.register("arrays", {KEY: np.arange(start, start + size), **arrays})
        engine.execute("INSERT INTO answers SELECT * FROM arrays")
        engine.unregister("arrays")
        start += size
    return engine


def arrays_of(parts: list[Columns]) -> list[Any]:
    """Every array of the columns."""
    held = (
        (each.open, each.partial, each.numbers, *each.tokens.values(), *each.ticked.values())
        for part in parts
        for each in part.of.values()
    )
    return [array for arrays in held for array in arrays if array is not None]


def seconds(work: Callable[[], object]) -> float:
    """One call's time."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def processor_seconds(work: Callable[[], object]) -> float:
    """One call's time on all processors together: steadier where others use the machine too."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def both_times(work: Callable[[], object]) -> tuple[float, float]:
    """One call's time by the clock and on the processors."""
    spent: list[float] = []
    return seconds(lambda: spent.append(processor_seconds(work))), spent[0]


def megabytes() -> float:
    """The most memory the process has had so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def on_engine(rulebook: Rulebook, count: int, rounds: int, ways: tuple[str, ...]) -> dict[str, Any]:
    """Ways of SQL in turns; the levels that the last of them found, each compared with the others."""
    engine = filled_engine(rulebook, count)
    written = {"flat": flat_sql, "steps": stepped_sql}
    texts = {
        way: sql_for(rulebook, "duckdb") if way == "ibis" else written[way](rulebook, "answers")
        for way in ways
    }
    before, times, levels = megabytes(), [], set()
    for _ in range(rounds):
        turn = {}
        for way, text in texts.items():
            turn[way] = both_times(lambda text=text: engine.execute(f"CREATE TABLE found AS {text}"))  # type: ignore[misc]
            levels.add(_levels(engine))
            engine.execute("DROP TABLE found")
        times.append(turn)
    assert len(levels) == 1, levels
    return {"times": times, "before": before, "most": megabytes(), "levels": levels.pop()}


def _levels(engine: duckdb.DuckDBPyConnection) -> str:
    rows = engine.execute(
        "SELECT at_least, at_most, count(*) FROM found GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    bounds = [
        (level, sum(count for *pair, count in rows if pair[end] == level))
        for end in (0, 1)
        for level in range(3)
    ]
    return json.dumps(bounds)


def packed(rulebook: Rulebook, coded: dict[str, Codes]) -> Columns:
    """A portion as planes."""
    return Columns.from_codes(rulebook, len(next(iter(coded.values())).answers), coded)


def on_planes(rulebook: Rulebook, count: int, rounds: int) -> dict[str, Any]:
    """Planes and a copy of the same columns in turns; what packing took. All results are kept, as a table would keep them."""
    packing, parts = 0.0, []
    for coded in portions(rulebook, count):
        packing += seconds(lambda coded=coded: parts.append(packed(rulebook, coded)))  # type: ignore[misc]
    arrays, before = arrays_of(parts), megabytes()
    results = [evaluate(rulebook, part) for part in parts]
    most = megabytes()
    bounds = [
        [int(level), sum(getattr(result, end)[level] for result in results)]
        for end in ("at_least", "at_most")
        for level in Level
    ]
    copies = [np.zeros_like(array) for array in arrays]
    times = []
    for turn in range(rounds + 1):
        pair = {
            "planes": both_times(lambda: [evaluate(rulebook, part) for part in parts]),
            "copying": both_times(lambda: [np.copyto(*each) for each in zip(copies, arrays, strict=True)]),
        }
        if turn:  # the first touches the copies, so that the rest times copying and not the kernel
            times.append(pair)
    told = {"before": before, "most": most, "levels": json.dumps(bounds)}
    return {**told, "times": times, "packing": packing, "size": sum(array.nbytes for array in arrays)}


def child(task: str, count: int, rounds: int) -> None:
    """One process's work, told as JSON."""
    rulebook = load_rulebook(Path(__file__).parents[1] / "rules")
    if task == "planes":
        told = on_planes(rulebook, count, rounds)
    else:
        told = on_engine(rulebook, count, rounds, WAYS[:3] if task == "turns" else (task,))
    print(json.dumps(told))


def from_child(task: str, count: int, rounds: int) -> dict[str, Any]:
    """The same in a process of its own."""
    command = [sys.executable, __file__, task, str(count), str(rounds)]
    told: dict[str, Any] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return told


def report(count: int) -> None:
    """Print the figures for so many screenings."""
    turns, planes = from_child("turns", count, ROUNDS), from_child("planes", count, ROUNDS)
    alone = {way: from_child(way, count, 1) for way in WAYS[:3]} | {"planes": planes}
    assert len({told["levels"] for told in (turns, *alone.values())}) == 1, "the ways differ"
    labels = {"ibis": "Ibis on DuckDB", "flat": "one flat SELECT by hand", "steps": "by hand, in steps"}
    labels |= {"planes": "bit planes", "copying": "copying the same columns"}
    print(
        f"{count:,} screenings; columns for planes {planes['size'] / 1e6:.0f} MB; levels {planes['levels']}"
    )
    print(f"{'':<26}{'M/s':>10}{'processor s/M':>14}{'memory before':>15}{'at most':>10}")
    for told in (turns, planes):
        for way in told["times"][0]:
            clock, processor = (
                statistics.median(turn[way][part] for turn in told["times"]) for part in (0, 1)
            )
            memory = alone.get(way)
            held = f"{memory['before']:>12.0f} MB{memory['most']:>7.0f} MB" if memory else ""
            print(f"{labels[way]:<26}{count / clock / 1e6:>10.3f}{processor / count * 1e6:>14.3f}{held}")
    for one, other in (("ibis", "flat"), ("ibis", "steps")):
        pairs = [(turn[one], turn[other]) for turn in turns["times"]]
        clock, processor = (statistics.median(a[part] / b[part] for a, b in pairs) for part in (0, 1))
        print(f"Ibis takes {clock:.2f} of the time, {processor:.2f} of the processor, of {labels[other]}")
    print(f"packing coded arrays for planes: {count / planes['packing'] / 1e6:.1f} M/s")
    least = statistics.median(turn["copying"][0] / turn["planes"][0] for turn in planes["times"])
    print(f"copying takes {least:.2f} of the time on planes")


def main() -> None:
    """A report, or one child's work."""
    if len(sys.argv) == 4:
        child(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
    else:
        report(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)


if __name__ == "__main__":
    main()
