"""The floor for an engine: the rulebook in SQL as a person who knows DuckDB well would write it.

A truth is a pair of flags, since DuckDB's CASE, which three-valued truths in one column need, takes longer. As one flat
SELECT, in which names are read further down in the same list, which DuckDB allows; and in steps. No checks of what the table
brings, no other engine that it must run on; a code is taken to be one its question can have. It is generated
from the rulebook so that it stays right; the benchmark compares its levels with those of the other ways.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from screening.core.algebra import findings_by_category
from screening.core.columns import KNOWN, UNKNOWN_CODES, value_codes
from screening.core.compiled_rules import CompiledInstrument, rules_in
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
from screening.core.rulebook import Rulebook


class Texts(NamedTuple):
    """One truth as two SQL expressions."""

    certain: str
    possible: str


def joined(parts: Sequence[Texts], word: str) -> Texts:
    """AND or OR over both."""
    return Texts(
        "(" + f" {word} ".join(part.certain for part in parts) + ")",
        "(" + f" {word} ".join(part.possible for part in parts) + ")",
    )


def at_least(count: int, parts: Sequence[Texts]) -> Texts:
    """So many parts hold."""
    if count in (1, len(parts)):
        return joined(parts, "OR" if count == 1 else "AND")
    flags = [Texts(f"{part.certain}::INT", f"{part.possible}::INT") for part in parts]
    sums = joined(flags, "+")
    return Texts(f"({sums.certain} >= {count})", f"({sums.possible} >= {count})")


def one_of(column: str, codes: Sequence[int]) -> str:
    """Whether a column holds one of these codes."""
    if len(codes) == 1:
        return f"({column} = {codes[0]})"
    return f"({column} IN ({', '.join(map(str, codes))}))"


def held(name: str) -> Texts:
    """A truth that was given a name before."""
    return Texts(f"yes__{name}", f"may__{name}")


class FlatSql:
    """The algebra whose values are SQL expressions."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook

    def answer_is(self, leaf: AnswerIs) -> Texts:
        """A test on one answer."""
        values = value_codes(self.rulebook.questions[leaf.question])
        codes = [{**UNKNOWN_CODES, **values}[value] for value in leaf.values]
        others = [code for code in values.values() if code not in codes]
        # Whatever is neither named nor another listed value is open, or named: one comparison instead of two.
        possible = f"(NOT {one_of(leaf.question, others)})" if others else "true"
        if not values:
            possible = f"({leaf.question} < {KNOWN})"
        return self._read(leaf.question, Texts(one_of(leaf.question, codes), possible))

    def includes(self, leaf: Includes) -> Texts:
        """A test on ticked options."""
        ticked = " OR ".join(option_column(leaf.question, option) for option in leaf.options)
        is_open = f"{leaf.question} < {KNOWN}"
        certain = f"({leaf.question} >= {KNOWN} AND ({ticked}))"
        return self._read(
            leaf.question, Texts(certain, f"({is_open} OR {partial_column(leaf.question)} OR {ticked})")
        )

    def number(self, leaf: NumberAtLeast | NumberBelow) -> Texts:
        """A test on one number."""
        id, upwards = leaf.question, isinstance(leaf, NumberAtLeast)
        holds, partial = f"{number_column(id)} {'>=' if upwards else '<'} {leaf.bound}", partial_column(id)
        combining = self.rulebook.questions[id].combining
        yes_is_settled = combining == ("highest" if upwards else "lowest")
        no_is_settled = combining == ("lowest" if upwards else "highest")
        certain = f"({holds} AND {id} >= {KNOWN}{'' if yes_is_settled else f' AND NOT {partial}'})"
        possible = f"({holds} OR {id} < {KNOWN}{'' if no_is_settled else f' OR {partial}'})"
        return self._read(id, Texts(certain, possible))

    def _read(self, question: str, test: Texts) -> Texts:
        if self.rulebook.questions[question].applies_when is None:
            return test
        return joined([held(f"applies__{question}"), test], "AND")

    def all_of(self, _: All, parts: Sequence[Texts]) -> Texts:
        """All parts hold."""
        return joined(parts, "AND")

    def any_of(self, _: AnyOf, parts: Sequence[Texts]) -> Texts:
        """Any part holds."""
        return joined(parts, "OR")

    def opposite(self, _: Not, part: Texts) -> Texts:
        """The part does not hold."""
        return Texts(f"(NOT {part.possible})", f"(NOT {part.certain})")

    def at_least(self, node: AtLeast, parts: Sequence[Texts]) -> Texts:
        """So many parts hold."""
        return at_least(node.count, parts)

    def named(self, node: Named) -> Texts:
        """An indicator or definition holds."""
        return held(node.name)

    def in_band(self, node: InBand) -> Texts:
        """An instrument's score lies in a band."""
        return held(f"{node.instrument}__{node.band}")

    def findings(self, node: Findings) -> Texts:
        """So many indicators are raised."""
        grouped = findings_by_category(node, self.rulebook).values()
        together = at_least(node.count, [held(name) for group in grouped for name in group])
        if node.categories == 1:
            return together
        kinds = [joined([held(name) for name in group], "OR") for group in grouped]
        return joined([together, at_least(node.categories, kinds)], "AND")

    def concern(self, node: ConcernAtLeast) -> Texts:
        """The level of concern is reached."""
        return held(node.level)


def _bands(tool: CompiledInstrument[Texts]) -> list[tuple[str, str]]:
    """An instrument's score interval and its bands, each with its name."""
    id, pairs = tool.instrument.id, list(zip(tool.items, tool.points, strict=True))
    least = " + ".join(f"{item.certain}::INT * {points}" for item, points in pairs)
    most = " + ".join(f"{item.possible}::INT * {points}" for item, points in pairs)
    columns = [(f"least__{id}", least), (f"most__{id}", f"{most} + {tool.instrument.left_out_points}")]
    for band in tool.instrument.bands:
        under = (
            (f"most__{id} < {band.below}", f"least__{id} < {band.below}") if band.below else ("true", "true")
        )
        inside = Texts(
            f"(least__{id} >= {band.at_least} AND {under[0]})",
            f"(most__{id} >= {band.at_least} AND {under[1]})",
        )
        truth = inside if tool.used is None else joined([tool.used, inside], "AND")
        columns += zip(held(f"{id}__{band.id}"), truth, strict=True)
    return columns


def named_columns(rulebook: Rulebook) -> list[tuple[str, str]]:
    """Every result with its name: two flags for each named condition, band and level, the two bounds, a flag for the rest."""
    rules = rules_in(rulebook, FlatSql(rulebook))
    truths = [(f"applies__{question}", truth) for question, truth in rules.applicability]
    truths += rules.named
    columns = [pair for name, truth in truths for pair in zip(held(name), truth, strict=True)]
    for tool in rules.instruments:
        columns += _bands(tool)
    for name, truth in (("clear", rules.clear), ("possible", joined([held("clear"), rules.possible], "OR"))):
        columns += zip(held(name), truth, strict=True)
    columns += [("at_least", "yes__clear::INT + yes__possible::INT")]
    columns += [("at_most", "may__clear::INT + may__possible::INT")]
    columns += [(f"interruption__{each.id}", truth.certain) for each, truth in rules.interruptions]
    columns += [(f"outcome__{each.id}", truth.certain) for each, truth in rules.outcomes]
    return columns


def flat_sql(rulebook: Rulebook, table: str) -> str:
    """One SELECT."""
    selected = ",\n  ".join(f"{text} AS {name}" for name, text in named_columns(rulebook))
    return f"SELECT screening,\n  {selected}\nFROM {table}"


def stepped_sql(rulebook: Rulebook, table: str) -> str:
    """The same in common table expressions: each step adds what rests on the steps before."""
    columns, place = named_columns(rulebook), dict[str, int]()
    steps: dict[int, list[str]] = {}
    for name, text in columns:
        place[name] = max((place[word] + 1 for word in re.findall(r"\w+", text) if word in place), default=0)
        steps.setdefault(place[name], []).append(f"{text} AS {name}")
    written = [
        f"step_{step} AS (SELECT *, {', '.join(steps[step])} FROM {f'step_{step - 1}' if step else table})"  # noqa: S608 - of our own rulebook, nobody's input
        for step in sorted(steps)
    ]
    results = ", ".join(name for name, _ in columns)
    return f"WITH {', '.join(written)}\nSELECT screening, {results} FROM step_{max(steps)}"
