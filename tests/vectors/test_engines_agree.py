"""The same conditions on plain functions, on bit planes, on DuckDB and on PostgreSQL: whatever is found is the same."""

import importlib
import json
import random
import sys
from pathlib import Path
from subprocess import run
from typing import Any

import ibis
import pytest
from ibis.expr.operations import DatabaseTable
from test_columns import invented_rulebook, random_screening
from tiny_rulebook import tiny

from screening.core import batch
from screening.core.engine_evaluation import (
    evaluate_on_engine,
    sql_for,
)
from screening.core.engine_tables import engine_rows, engine_schema
from screening.core.evaluation import assess, effective_answers
from screening.core.rulebook import Rulebook
from screening.core.truth import Truth
from tests.vectors.engine_work import Work, compare, on_planes, worked
from tests.vectors.engines_at_work import DuckDb, Engine, PostgreSql
from tests.vectors.operator_vectors import MIXES, SHOWN, TODAY, operator_vectors, rulebook_of_operators
from tests.vectors.twin_vectors import INVENTED_RULEBOOKS, vectors

OPERATORS = {
    "AnswerIs", "NumberAtLeast", "NumberBelow", "Includes", "All", "AnyOf", "Not", "AtLeast", "Named", "InBand",
    "Findings", "ConcernAtLeast",
}  # fmt: skip


@pytest.fixture(scope="module")
def all_work() -> list[Work]:
    """The screenings the browser's twin is tried on, and rulebooks with longer counts and greater scores."""
    works = [
        worked(
            f"rulebook {number}",
            rulebook,
            [effective_answers(rulebook, each.statements, each.today) for each in screenings],
        )
        for number, (rulebook, screenings) in enumerate(vectors())
    ]
    for seed in range(12):
        chance = random.Random(seed)  # noqa: S311
        rulebook = invented_rulebook(chance)
        works.append(
            worked(f"seed {seed}", rulebook, [random_screening(rulebook, chance) for _ in range(60)])
        )
    return works


# ---- agreement ------------------------------------------------------------------------------------


def test_vectors_come_out_the_same_on_duckdb(duck: DuckDb, all_work: list[Work]) -> None:
    # Writing the SQL of a rulebook takes most of the time: a third of the invented ones (50 of 150), and all the others.
    chosen = [*all_work[:INVENTED_RULEBOOKS:3], *all_work[INVENTED_RULEBOOKS:]]
    for work in chosen:
        compare(work, duck.evaluate(work.rulebook, engine_rows(work.rulebook, work.screenings)))
    assert sum(len(work.screenings) for work in chosen) >= 1_800


def test_vectors_come_out_the_same_on_postgresql(postgres: PostgreSql, all_work: list[Work]) -> None:
    # As above, but a tenth (15 of 150).
    chosen = [*all_work[:INVENTED_RULEBOOKS:10], *all_work[INVENTED_RULEBOOKS:]]
    for work in chosen:
        compare(work, postgres.evaluate(work.rulebook, engine_rows(work.rulebook, work.screenings)))
    assert len(chosen) >= 25
    assert sum(len(work.screenings) for work in chosen) >= 1_200


def test_every_vector_comes_out_the_same_on_planes(all_work: list[Work], operators: Work) -> None:
    for work in (*all_work, operators):
        compare(work, on_planes(work.rulebook, work.screenings))


def test_every_operator_comes_out_the_same_on_an_engine(engine: Engine, operators: Work) -> None:
    compare(
        operators, engine.evaluate(operators.rulebook, engine_rows(operators.rulebook, operators.screenings))
    )


def test_the_vectors_show_every_operator_with_every_truth_from_every_mix_of_sources(operators: Work) -> None:
    shown: set[tuple[str, Truth, frozenset[Any]]] = set()
    seen: set[tuple[str, Truth]] = set()
    partial = 0
    outcomes = {each.id: each.when for each in operators.rulebook.concern.outcomes}
    for mix, statements in operator_vectors():
        assert {statement.source for statement in statements} == set(mix)
        assessment = assess(operators.rulebook, statements, TODAY)
        for id in SHOWN:
            proof = assessment.explain(outcomes[id])
            shown.add((type(proof.condition).__name__, proof.truth, frozenset(mix)))
            seen.add((id, proof.truth))
        partial += sum(answer.partial for answer in assessment.answers.values())
    assert len(MIXES) == 15
    assert shown == {(name, truth, frozenset(mix)) for name in OPERATORS for truth in Truth for mix in MIXES}
    never = {(id, truth) for id, truth in seen if id == "findings_that_cannot_be"}
    assert never == {("findings_that_cannot_be", Truth.NO)}
    assert seen - never == {(id, truth) for id in SHOWN for truth in Truth if id != "findings_that_cannot_be"}
    assert partial > 500


def test_no_rows_give_no_results(engine: Engine, operators: Work) -> None:
    assert engine.evaluate(operators.rulebook, []) == {}


# ---- the SQL --------------------------------------------------------------------------------------


def test_spark_is_reached_by_the_same_expressions(all_work: list[Work], operators: Work) -> None:
    for work in (all_work[0], all_work[INVENTED_RULEBOOKS + 1], operators):
        query = sql_for(work.rulebook, "pyspark")
        assert query.startswith("SELECT `")
        assert all(f"`{column}`" in query for column in next(iter(work.wanted.values())))


def chain(links: int) -> Rulebook:
    """Definitions that each name the one before twice: written out, the last would be two to the power of links long."""
    told = {"label": "L", "means": "m", "sources": ["house_one"]}
    definitions: list[dict[str, Any]] = [{"id": "link_0", "when": {"a": "yes"}, **told}]
    for number in range(1, links):
        before = {"indicator": f"link_{number - 1}"}
        when = {"any": [{"all": [before, {"b": "yes"}]}, {"all": [before, {"not": {"c": "yes"}}]}]}
        definitions.append({"id": f"link_{number}", "when": when, **told})
    signs = {
        "category": {"id": "first_kind", "label": "K"},
        "indicators": [
            {"id": "sign", "strength": "direct", "when": {"indicator": f"link_{links - 1}"}, **told}
        ],
    }
    return tiny(
        {
            "definitions.yaml": json.dumps({"definitions": definitions}),
            "indicators/01_first.yaml": json.dumps(signs),
        }
    )


def test_conditions_that_name_each_other_twice_do_not_double_the_work(engine: Engine) -> None:
    rulebook, chance = chain(20), random.Random(5)  # noqa: S311
    work = worked("chain", rulebook, [random_screening(rulebook, chance) for _ in range(30)])
    assert len(sql_for(rulebook, engine.dialect)) < 100_000
    compare(work, engine.evaluate(rulebook, engine_rows(rulebook, work.screenings)))


@pytest.mark.parametrize(("backend", "fenced"), [("postgres", True), ("duckdb", False)])
def test_a_table_that_stands_in_an_engine_gets_the_fence_of_that_engine(
    backend: str, fenced: bool, operators: Work
) -> None:
    source = importlib.import_module(f"ibis.backends.{backend}").Backend()
    table = DatabaseTable("answers", engine_schema(operators.rulebook), source=source).to_expr()
    query = str(ibis.to_sql(evaluate_on_engine(operators.rulebook, table), dialect=backend))
    assert ("LIMIT" in query) is fenced
    assert ("LIMIT" in sql_for(operators.rulebook, backend)) is fenced


def test_what_is_written_for_the_same_rulebook_is_always_the_same(operators: Work) -> None:
    assert sql_for(operators.rulebook, "duckdb") == sql_for(rulebook_of_operators(), "duckdb")


def test_nothing_else_of_the_application_loads_the_engines() -> None:
    core = Path(batch.__file__).parent
    names = sorted(path.stem for path in core.glob("*.py") if not path.stem.startswith("engine_"))
    loading = "; ".join(f"import screening.core.{name}" for name in names if name != "__init__")
    code = f"import sys, screening.cli; {loading}; print([n for n in ('ibis', 'sqlglot', 'duckdb') if n in sys.modules])"
    done = run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
