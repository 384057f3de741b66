"""A whole rulebook evaluated by an engine: one expression over a table of coded answers, which nobody has run yet.

What comes out is, row by row, exactly what ``assess`` finds; no proofs are kept. Whatever has a name (whether a
question applies, an indicator, a count, a score, a band, a level) becomes a column once and is read by name from then on,
in as many stages as names rest on each other. So the SQL is at most as long as stages times columns; it does not double
wherever a condition is used twice.

Ibis is an optional extra; nothing else of the application imports this module.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from operator import and_, or_

import ibis
import ibis.expr.types as ir
from ibis.common.exceptions import IbisError

from screening.core.compiled_rules import CompiledInstrument, CompiledRules, rules_in
from screening.core.engine_columns import (
    EngineColumns,
    Pair,
    applies_name,
    both,
    held,
    never,
    truth_columns,
    weighed,
    within,
)
from screening.core.engine_tables import KEY, distinct_names, engine_schema, require_columns, unfilled_table
from screening.core.rulebook import Rulebook

AT_LEAST, AT_MOST = "at_least", "at_most"
"""The result's columns for the lowest and the highest level, as the numbers of ``Level``."""
Fence = Callable[[ir.Table], ir.Table]


def interruption_column(id: str) -> str:
    """The result's column that says for whom an interruption holds."""
    return f"interruption__{id}"


def outcome_column(id: str) -> str:
    """The result's column that says for whom an outcome holds."""
    return f"outcome__{id}"


@dataclass(slots=True)
class _Stages:
    """Columns in the order they can be made: each one stage after the last of those it reads."""

    made: list[dict[str, ibis.Deferred]] = field(default_factory=list)
    read: list[set[str]] = field(default_factory=list)
    place: dict[str, int] = field(default_factory=dict)

    def hold(self, name: str, truth: Pair) -> None:
        """Make a truth two columns."""
        certain, possible = truth_columns(name)
        self.add({certain: truth.certain, possible: truth.possible}, truth.reads)

    def add(self, columns: dict[str, ibis.Deferred], reads: frozenset[str]) -> None:
        """Make columns that read others, all made before or brought by the table."""
        if doubled := sorted(columns.keys() & self.place.keys()):
            raise ValueError(f"two results would have the same name: {', '.join(doubled)}; rename an id")
        stage = max((self.place[name] + 1 for name in reads if name in self.place), default=0)
        while len(self.made) <= stage:
            self.made.append({})
            self.read.append(set())
        self.made[stage] |= columns
        self.read[stage] |= reads
        self.place |= dict.fromkeys(columns, stage)

    def over(self, table: ir.Table, results: Sequence[str], fence: Fence) -> ir.Table:
        """The results over a table; each stage hands on what a later one reads, and nothing more."""
        for stage, columns in enumerate(self.made):
            wanted = set(results).union(*self.read[stage + 1 :])
            kept = [name for name in table.columns if name in wanted]
            table = fence(table.select(KEY, *kept, **columns))
        return table.select(KEY, *results)


def _instrument(stages: _Stages, tool: CompiledInstrument[Pair]) -> None:
    """An instrument's score, then its bands."""
    instrument = tool.instrument
    # A tool may leave out every item; then nothing is known of its score but the points it has at most.
    score = (
        weighed(list(zip(tool.items, tool.points, strict=True))) if tool.items else weighed([(never(), 1)])
    )
    if instrument.left_out_points:
        # What a left-out item would give is never known.
        score = score._replace(possible=score.possible + instrument.left_out_points)
    stages.hold(f"score {instrument.id}", score)
    for band in instrument.bands:
        truth = within(band, held(f"score {instrument.id}"))
        stages.hold(
            f"{instrument.id} {band.id}", truth if tool.used is None else both([truth, tool.used], and_)
        )


def _bounds(level: int) -> tuple[ibis.Deferred, frozenset[str]]:
    """The lowest (0) or the highest (1) level as a number. Whoever has the clear level has the possible one too."""
    clear, possible = truth_columns("clear")[level], truth_columns("possible")[level]
    return ibis._[clear].cast("int32") + ibis._[possible].cast("int32"), frozenset((clear, possible))


def _staged(rules: CompiledRules[Pair], algebra: EngineColumns) -> tuple[_Stages, list[str]]:
    """Everything in the order of a single evaluation, and the names of the results."""
    stages, truths = _Stages(), [name for name, _ in rules.named]
    for question, truth in rules.applicability:
        stages.hold(applies_name(question), truth)
    for name, truth in rules.named:
        stages.hold(name, truth)
    for tool in rules.instruments:
        _instrument(stages, tool)
        truths += [f"{tool.instrument.id} {band.id}" for band in tool.instrument.bands]
    for groups, name in algebra.counts.items():
        stages.hold(name, weighed([(both([held(each) for each in group], or_), 1) for group in groups]))
    stages.hold("clear", rules.clear)
    stages.hold("possible", both([held("clear"), rules.possible], or_))
    results = [column for name in (*truths, "clear", "possible") for column in truth_columns(name)]
    for place, name in enumerate((AT_LEAST, AT_MOST)):
        number, reads = _bounds(place)
        stages.add({name: number}, reads)
    further = [(interruption_column(each.id), truth) for each, truth in rules.interruptions]
    further += [(outcome_column(each.id), truth) for each, truth in rules.outcomes]
    for name, truth in further:
        stages.add({name: truth.certain}, truth.reads)
    return stages, [*results, AT_LEAST, AT_MOST, *(name for name, _ in further)]


def as_they_are(table: ir.Table) -> ir.Table:
    """No fence."""
    return table


def kept_apart(table: ir.Table) -> ir.Table:
    """A fence for PostgreSQL: a limit that no table reaches.

    Its planner dissolves a plain subquery into the one around it and writes each expression wherever it is read, which
    doubles with every stage that reads twice; it leaves one with a limit alone.
    """
    return table.limit(2**62)


def fence_for(engine: str) -> Fence:
    """The fence an engine needs, by Ibis's name for it."""
    return kept_apart if engine == "postgres" else as_they_are


def _fence_of(table: ir.Table) -> Fence:
    try:
        return fence_for(table.get_backend().name)
    except IbisError:  # it stands in no engine yet
        return as_they_are


def sql_for(rulebook: Rulebook, dialect: str, answers: str = "answers") -> str:
    """The whole evaluation as one SELECT from a table of that name, for whoever runs SQL without Ibis.

    Args:
        rulebook: the one the table was coded for.
        dialect: as Ibis calls it: ``duckdb``, ``postgres``, ``pyspark``, or another.
        answers: the table's name.
    """
    expression = evaluate_on_engine(rulebook, unfilled_table(rulebook, answers), fence_for(dialect))
    return str(ibis.to_sql(expression, dialect=dialect, pretty=False))


def evaluate_on_engine(rulebook: Rulebook, table: ir.Table, fence: Fence | None = None) -> ir.Table:
    """Everything the rulebook finds in each row of a table of coded answers, as an expression that nobody has run yet.

    Args:
        rulebook: the one the table was coded for.
        table: the answers, in an engine or unfilled; see ``engine_tables`` for what it must bring. Its columns must be
            free of NULL: ``faults_in`` tells.
        fence: put around each stage; when left out, the one that the engine needs in which the table stands. For an
            unfilled table that is to be run on PostgreSQL give ``kept_apart``.

    Returns:
        A row a screening: ``screening``, two columns for each truth (``truth_columns``), ``at_least`` and ``at_most``, and
        a flag for each interruption and outcome. None of them is ever NULL.

    Raises:
        ValueError: the table lacks a column, or ids make names that an engine would confuse.
    """
    require_columns(rulebook, table)
    brought, algebra = list(engine_schema(rulebook)), EngineColumns(rulebook)
    stages, results = _staged(rules_in(rulebook, algebra), algebra)
    distinct_names([*brought, *stages.place])
    return stages.over(table.select(brought), results, fence or _fence_of(table))
