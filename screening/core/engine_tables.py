"""What an engine is handed: one table of coded effective answers, a row a screening.

The codes are those of ``columns``. For each question that conditions test the table brings

- ``<question>``: the code of its effective answer, an integer;
- ``<question>__number`` and ``<question>__partial`` for a number: its value (anything where the answer is unknown),
  and whether it is known only in part;
- ``<question>__partial`` and, for each option that conditions test, ``<question>__has__<option>`` for a question with
  several answers: whether the option is known to be ticked.

One more column, ``screening``, tells the rows apart: a pseudonym of whatever type. It is handed through and never
looked at. No column may hold NULL: an engine would take it for a third truth of its own and two unknowns would be mixed
up. ``faults_in`` finds NULLs and codes that stand for nothing; run it on a table that others filled. Whether a question
applies is not in the table: the engine works it out from the answers, as ``with_applicability`` does.

The codes of a choice follow the order of its options, so a table belongs to the rulebook it was coded for. Keep the
rulebook's digest beside it.
"""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import ibis
import ibis.expr.types as ir
import numpy as np
from numpy.typing import NDArray

from screening.core.answers import Effective
from screening.core.columns import KNOWN, Codes, codes_of, tested_by_conditions, value_codes
from screening.core.rulebook import Question, Rulebook

KEY = "screening"
LONGEST_NAME = 63
"""How many letters of a name PostgreSQL reads; the names of the ids' language take one byte a letter."""
Cell: TypeAlias = int | bool | str
Row: TypeAlias = dict[str, Cell]


def number_column(question: str) -> str:
    """Where the value of a number question stands."""
    return f"{question}__number"


def partial_column(question: str) -> str:
    """Where it stands whether an answer is known only in part."""
    return f"{question}__partial"


def option_column(question: str, option: str) -> str:
    """Where it stands whether an option is ticked."""
    return f"{question}__has__{option}"


def distinct_names(names: Sequence[str]) -> None:
    """Refuse names that an engine would confuse.

    Raises:
        ValueError: two are the same, or one is longer than PostgreSQL reads.
    """
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise ValueError(f"two columns would have the same name: {', '.join(doubled)}; rename an id")
    too_long = [name for name in names if len(name) > LONGEST_NAME]
    if too_long:
        raise ValueError(f"longer than the {LONGEST_NAME} letters of a column's name: {', '.join(too_long)}")


def _columns_of(question: Question, options: set[str]) -> dict[str, str]:
    """One question's columns with their types: those that conditions on it need."""
    columns = {question.id: "!int16"}
    if question.kind == "number":
        columns[number_column(question.id)] = "!int32"
    if question.kind in ("number", "choices"):
        columns[partial_column(question.id)] = "!boolean"
    if question.kind == "choices":
        columns |= {
            option_column(question.id, option.id): "!boolean"
            for option in question.options
            if option.id in options
        }
    return columns


def engine_schema(rulebook: Rulebook) -> ibis.Schema:
    """The columns a table of answers must bring, none of them nullable; further ones do no harm.

    Raises:
        ValueError: the rulebook's ids make names that an engine would confuse.
    """
    columns: list[tuple[str, str]] = [(KEY, "!int64")]
    for id, tested in tested_by_conditions(rulebook).items():
        columns += _columns_of(rulebook.questions[id], tested.options).items()
    distinct_names([name for name, _ in columns])
    return ibis.schema(columns)


def unfilled_table(rulebook: Rulebook, name: str = "answers") -> ir.Table:
    """A table of that schema which stands in no engine yet: for SQL text, to be run wherever one likes."""
    return ibis.table(engine_schema(rulebook), name=name)


def require_columns(rulebook: Rulebook, table: ir.Table) -> None:
    """See that a table can be evaluated.

    Raises:
        ValueError: a column is missing or of another kind. Nothing is assumed for it: a forgotten column must not
            look like screenings without answers.
    """
    held, wanted = table.schema(), engine_schema(rulebook)
    missing = [name for name in wanted if name not in held]
    if missing:
        raise ValueError(f"no column {', '.join(missing)}, which conditions test")
    for name, kind in wanted.items():
        fits = held[name].is_boolean() if kind.is_boolean() else held[name].is_integer()
        if name != KEY and not fits:
            raise ValueError(f"column {name} holds {held[name]}, not {kind}")


def faults_in(rulebook: Rulebook, table: ir.Table) -> ir.Table:
    """One row: for each column, how many rows hold NULL or a code that stands for no answer. All zeros: sound."""
    require_columns(rulebook, table)
    greatest = {
        id: max(value_codes(rulebook.questions[id]).values(), default=KNOWN)
        for id in tested_by_conditions(rulebook)
    }
    counts = {}
    for name in engine_schema(rulebook):
        sound = table[name].notnull()
        if name in greatest:
            sound &= table[name].between(0, greatest[name])
        counts[name] = table.count(where=~sound)
    return table.aggregate(**counts)


def engine_arrays(rulebook: Rulebook, coded: Mapping[str, Codes]) -> dict[str, NDArray[np.generic]]:
    """Coded answers → the table's columns but for ``screening``, in the schema's order and types.

    Raises:
        ValueError: a question that a condition tests, or an option of it, or a number, is missing.
    """
    arrays: dict[str, NDArray[np.generic]] = {}
    for id, tested in tested_by_conditions(rulebook).items():
        if id not in coded:
            raise ValueError(f"no codes for {id}, which conditions test")
        question, codes = rulebook.questions[id], coded[id]
        arrays[id] = codes.answers.astype(np.int16)
        if question.kind == "number":
            if codes.numbers is None:
                raise ValueError(f"{id} needs its numbers")
            arrays[number_column(id)] = codes.numbers
        if question.kind in ("number", "choices"):
            partial = codes.partial
            arrays[partial_column(id)] = (
                np.zeros(len(codes.answers), np.bool_) if partial is None else partial
            )
        for option in question.options:
            if question.kind == "choices" and option.id in tested.options:
                if option.id not in codes.ticked:
                    raise ValueError(f"{id} lacks option {option.id}")
                arrays[option_column(id, option.id)] = codes.ticked[option.id]
    return arrays


def engine_rows(
    rulebook: Rulebook,
    screenings: Mapping[int, Mapping[str, Effective]] | Mapping[str, Mapping[str, Effective]],
) -> list[Row]:
    """Effective answers by the screening's pseudonym → rows of plain values, ready for an engine's own loader."""
    answers = list(screenings.values())
    coded = {
        id: codes_of(rulebook.questions[id], [each[id] for each in answers])
        for id in tested_by_conditions(rulebook)
    }
    columns = {name: array.tolist() for name, array in engine_arrays(rulebook, coded).items()}
    names = (KEY, *columns)
    return [dict(zip(names, cells, strict=True)) for cells in zip(screenings, *columns.values(), strict=True)]
