"""What a table of coded answers must bring to an engine, and what is refused."""

import json
from typing import Any

import ibis
import numpy as np
import pytest
from tiny_rulebook import said, tiny

from screening.core.columns import KNOWN, UNKNOWN_CODES, Codes
from screening.core.engine_evaluation import evaluate_on_engine, sql_for
from screening.core.engine_tables import engine_arrays, engine_rows, engine_schema, faults_in, unfilled_table
from screening.core.evaluation import effective_answers
from tests.vectors.engine_work import Work, compare
from tests.vectors.engines_at_work import DuckDb, Engine
from tests.vectors.operator_vectors import TODAY


def test_nulls_and_codes_for_nothing_are_found_and_a_sound_table_has_no_faults(
    engine: Engine, operators: Work
) -> None:
    rulebook = operators.rulebook
    rows = engine_rows(rulebook, dict(list(operators.screenings.items())[:4]))
    assert engine.faults(rulebook, rows) == {}
    rows[0]["a"] = rows[1]["found__has__one"] = rows[2]["screening"] = None  # type: ignore[assignment]
    rows[1]["a"], rows[2]["a"], rows[3]["where"] = -1, 7, 8
    assert engine.faults(rulebook, rows) == {"a": 3, "where": 1, "found__has__one": 1, "screening": 1}


def test_further_columns_do_no_harm_whatever_they_are_called(duck: DuckDb, operators: Work) -> None:
    rulebook = operators.rulebook
    duck.fill(rulebook, engine_rows(rulebook, operators.screenings))
    duck.run("ALTER TABLE answers ADD COLUMN at_least VARCHAR DEFAULT 'a note'")
    duck.run("ALTER TABLE answers ADD COLUMN clear__certain VARCHAR DEFAULT 'a note'")
    schema = {**dict(engine_schema(rulebook).items()), "at_least": "string", "clear__certain": "string"}
    query = ibis.to_sql(evaluate_on_engine(rulebook, ibis.table(schema, name="answers")), dialect="duckdb")
    compare(operators, {row.pop("screening"): row for row in duck.select(str(query))})


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"a": None}, "no column a, which"),
        ({"found__has__one": None, "most__number": None}, "no column most__number, found__has__one"),
        ({"screening": None}, "no column screening"),
        ({"a": "string"}, "column a holds string"),
        ({"most__partial": "int16"}, "column most__partial holds int16"),
        ({"most__number": "float64"}, "column most__number holds float64"),
    ],
)
def test_a_table_that_lacks_something_is_refused(
    changes: dict[str, Any], words: str, operators: Work
) -> None:
    columns = {**dict(engine_schema(operators.rulebook).items()), **changes}
    table = ibis.table({name: kind for name, kind in columns.items() if kind is not None}, name="answers")
    for judge in (evaluate_on_engine, faults_in):
        with pytest.raises(ValueError, match=words):
            judge(operators.rulebook, table)


def test_a_pseudonym_may_be_a_text_and_integers_of_any_width(duck: DuckDb, operators: Work) -> None:
    rulebook, numbered = operators.rulebook, operators.screenings
    named = {f"youth {key}": answers for key, answers in numbered.items()}
    rows = engine_rows(rulebook, named)
    duck.run("DROP TABLE IF EXISTS answers")
    columns = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    duck.connection.register("arrays", columns)
    duck.run("CREATE TABLE answers AS SELECT * FROM arrays")
    duck.connection.unregister("arrays")
    found = duck.select(sql_for(rulebook, "duckdb"))
    compare(operators, {int(row.pop("screening").split()[1]): row for row in found})


def indicator_called(id: str) -> str:
    told = {"label": "L", "means": "m", "sources": ["house_one"], "strength": "direct"}
    signs = [{"id": id, "when": {"a": "yes"}, **told}]
    return json.dumps({"category": {"id": "first_kind", "label": "K"}, "indicators": signs})


@pytest.mark.parametrize(
    ("id", "words"),
    [
        ("s" * 60, "longer than the 63 letters"),
        ("applies__d", "two results would have the same name: applies__d__certain"),
    ],
)
def test_ids_that_an_engine_would_confuse_are_refused(id: str, words: str) -> None:
    rulebook = tiny({"indicators/01_first.yaml": indicator_called(id)})
    with pytest.raises(ValueError, match=words):
        evaluate_on_engine(rulebook, unfilled_table(rulebook))


def test_a_question_called_like_another_ones_column_is_refused() -> None:
    questions = """
section: {id: second, title: Second, lead: Staff see., purpose: screening}
questions: [{id: age__number, kind: yes_no, text: Q?, ways: [observe], why: test}]
"""
    signs = indicator_called("sign").replace('{"a": "yes"}', '{"age__number": "yes"}')
    rulebook = tiny({"questions/02_second.yaml": questions, "indicators/01_first.yaml": signs})
    with pytest.raises(ValueError, match="same name: age__number"):
        engine_schema(rulebook)


@pytest.mark.parametrize(
    ("id", "codes", "words"),
    [
        ("a", None, "no codes for a"),
        ("most", Codes(np.zeros(1, np.uint8)), "most needs its numbers"),
        ("found", Codes(np.zeros(1, np.uint8)), "found lacks option"),
    ],
)
def test_codes_that_lack_something_are_refused(
    id: str, codes: Codes | None, words: str, operators: Work
) -> None:
    nothing = np.full(1, UNKNOWN_CODES["unanswered"], np.uint8)
    numbers, flags = np.zeros(1, np.int32), {each: np.zeros(1, np.bool_) for each in ("one", "two", "three")}
    coded = {each: Codes(nothing, numbers, flags) for each in operators.rulebook.questions}
    assert set(engine_arrays(operators.rulebook, coded)) == set(engine_schema(operators.rulebook)) - {
        "screening"
    }
    if codes is None:
        del coded[id]
    else:
        coded[id] = codes
    with pytest.raises(ValueError, match=words):
        engine_arrays(operators.rulebook, coded)


def test_rows_hold_codes_and_no_free_text() -> None:
    rulebook = tiny()
    statements = [said("note", "a secret"), said("age", 15), said("found", ("keys",)), said("a", "declined")]
    (row,) = engine_rows(rulebook, {9: effective_answers(rulebook, statements, TODAY)})
    assert list(row) == list(engine_schema(rulebook))
    assert (row["screening"], row["a"], row["b"]) == (
        9,
        UNKNOWN_CODES["declined"],
        UNKNOWN_CODES["unanswered"],
    )
    assert (row["age"], row["age__number"], row["age__partial"]) == (KNOWN, 15, False)
    assert (row["found"], row["found__has__keys"]) == (KNOWN, True)
    assert "secret" not in str(row)
