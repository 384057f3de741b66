"""The engines, and the screenings that show every operator."""

from collections.abc import Iterator

import pytest

from screening.core.evaluation import effective_answers
from tests.store.postgres_cluster import Cluster
from tests.vectors.engine_work import Work, worked
from tests.vectors.engines_at_work import DuckDb, Engine, PostgreSql
from tests.vectors.operator_vectors import TODAY, operator_vectors, rulebook_of_operators


@pytest.fixture(scope="module")
def operators() -> Work:
    rulebook = rulebook_of_operators()
    statements = [statements for _, statements in operator_vectors()]
    return worked("operators", rulebook, [effective_answers(rulebook, each, TODAY) for each in statements])


@pytest.fixture(scope="module")
def duck() -> Iterator[DuckDb]:
    engine = DuckDb()
    yield engine
    engine.connection.close()


@pytest.fixture(scope="module")
def postgres(postgres_cluster: Cluster) -> Iterator[PostgreSql]:
    engine = PostgreSql(postgres_cluster.without_tables("engines"))
    yield engine
    engine.connection.close()


@pytest.fixture(params=["duckdb", "postgres"])
def engine(request: pytest.FixtureRequest) -> Engine:
    held: Engine = request.getfixturevalue("duck" if request.param == "duckdb" else "postgres")
    return held
