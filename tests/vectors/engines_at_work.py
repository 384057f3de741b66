"""Two real engines for tests: each is handed rows and a SELECT, and gives back what it found."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import duckdb
import ibis
import numpy as np
import psycopg

from screening.core.engine_evaluation import sql_for
from screening.core.engine_tables import Row, engine_schema, faults_in, unfilled_table
from screening.core.rulebook import Rulebook

Found = dict[str, Any]
TYPES = {"int64": "BIGINT", "int32": "INTEGER", "int16": "SMALLINT", "boolean": "BOOLEAN"}


class Engine(ABC):
    """An engine with one table, ``answers``, filled anew for each rulebook."""

    dialect: str

    def evaluate(self, rulebook: Rulebook, rows: Sequence[Row]) -> dict[int, Found]:
        """Everything found in the rows, by screening: one query."""
        self.fill(rulebook, rows)
        found = self.select(sql_for(rulebook, self.dialect))
        return {row.pop("screening"): row for row in found}

    def faults(self, rulebook: Rulebook, rows: Sequence[Row]) -> Found:
        """The faults in the rows, column by column; none when there are none."""
        self.fill(rulebook, rows, nullable=True)
        query = ibis.to_sql(faults_in(rulebook, unfilled_table(rulebook)), dialect=self.dialect)
        (counts,) = self.select(str(query))
        return {name: count for name, count in counts.items() if count}

    def fill(self, rulebook: Rulebook, rows: Sequence[Row], nullable: bool = False) -> None:
        """Make the table as the schema says and put the rows in."""
        schema = engine_schema(rulebook)
        kinds = {name: TYPES[str(kind).removeprefix("!")] for name, kind in schema.items()}
        rest = "" if nullable else " NOT NULL"
        self.run("DROP TABLE IF EXISTS answers")
        columns = ", ".join(f'"{name}" {kind}{rest}' for name, kind in kinds.items())
        self.run(f"CREATE TABLE answers ({columns})")
        self.load(list(schema), rows)

    @abstractmethod
    def run(self, statement: str) -> None: ...

    @abstractmethod
    def load(self, columns: Sequence[str], rows: Sequence[Row]) -> None: ...

    @abstractmethod
    def select(self, query: str) -> list[Found]: ...


class DuckDb(Engine):
    """DuckDB in memory."""

    dialect = "duckdb"

    def __init__(self) -> None:
        self.connection = duckdb.connect()

    def run(self, statement: str) -> None:
        self.connection.execute(statement)

    def load(self, columns: Sequence[str], rows: Sequence[Row]) -> None:
        if any(value is None for row in rows for value in row.values()):
            for row in rows:
                self.connection.table("answers").insert(list(row.values()))
            return
        self.connection.register("arrays", {name: np.array([row[name] for row in rows]) for name in columns})
        self.connection.execute("INSERT INTO answers SELECT * FROM arrays")
        self.connection.unregister("arrays")

    def select(self, query: str) -> list[Found]:
        cursor = self.connection.execute(query)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


class PostgreSql(Engine):
    """A PostgreSQL server."""

    dialect = "postgres"

    def __init__(self, url: str) -> None:
        self.connection = psycopg.connect(url, autocommit=True)

    def run(self, statement: str) -> None:
        self.connection.execute(statement.encode())

    def load(self, columns: Sequence[str], rows: Sequence[Row]) -> None:
        with self.connection.cursor().copy("COPY answers FROM STDIN") as copy:
            for row in rows:
                copy.write_row([row[name] for name in columns])

    def select(self, query: str) -> list[Found]:
        cursor = self.connection.execute(query.encode())
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
