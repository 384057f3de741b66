"""Databases for tests: a real SQLite file and a real PostgreSQL, each test with one of its own."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from tests.store.postgres_cluster import Cluster, started_cluster
from tests.store.two_agencies import TwoAgencies, found_two_agencies

from screening.operations.database import Database
from screening.store.connections import Connections
from screening.store.schema import upgrade

FAST_HASHING = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class SteppingClock:
    """A clock that moves on by a second each time it is read, so that no two moments are equal by chance."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
        self.step = timedelta(seconds=1)

    def __call__(self) -> datetime:
        self.moment += self.step
        return self.moment


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[Cluster]:
    """One PostgreSQL server for the whole run. Without one the tests fail; they are never left out."""
    with started_cluster() as cluster:
        yield cluster


@pytest.fixture
def clock() -> SteppingClock:
    return SteppingClock()


@pytest.fixture
def sqlite_path(tmp_path: Path) -> Path:
    return tmp_path / "instance" / "screening.sqlite"


@pytest.fixture(scope="session")
def postgres_template(postgres_cluster: Cluster) -> str:
    """A database with all tables and nothing in them: copying it is faster than making the tables again."""
    name = "with_tables"
    postgres_cluster.run(f"CREATE DATABASE {name}")
    connections = Connections(postgres_cluster.url(name))
    upgrade(connections)
    connections.close()
    return name


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a database with nothing in it, once of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{request.getfixturevalue('sqlite_path')}"
        return
    template = request.getfixturevalue("postgres_template")
    with request.getfixturevalue("postgres_cluster").new_database(template) as url:
        yield url


@pytest.fixture
def keys_path(tmp_path: Path) -> Path:
    return tmp_path / "instance" / "keys.json"


@pytest.fixture
def open_database(
    database_url: str, keys_path: Path, clock: SteppingClock
) -> Iterator[Callable[..., Database]]:
    """Opens the test's database; may be called again for another opening of the same one."""
    opened: list[Database] = []

    def open_again(**options: object) -> Database:
        settings = {"clock": clock, "passwords": FAST_HASHING, **options}
        opened.append(Database.open(database_url, keys_path, **settings))
        return opened[-1]

    yield open_again
    for database in opened:
        database.close()


@pytest.fixture
def database(open_database: Callable[..., Database]) -> Database:
    return open_database()


@pytest.fixture
def agencies(database: Database) -> TwoAgencies:
    return found_two_agencies(database)
