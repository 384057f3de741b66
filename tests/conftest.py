"""Databases for tests: a real SQLite file and a real PostgreSQL, each test with one of its own."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from screening.operations.database import Database
from screening.store.connections import Connections
from screening.store.schema import upgrade
from tests.store.postgres_cluster import Cluster, started_cluster
from tests.store.two_agencies import TwoAgencies, found_two_agencies

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
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with all tables and nothing in them: copying it is faster than making the tables again."""
    path = tmp_path_factory.mktemp("with_tables") / "screening.sqlite"
    connections = Connections(f"sqlite:///{path}")
    upgrade(connections)
    connections.close()
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a database with nothing in it, once of each kind."""
    if request.param == "sqlite":
        path: Path = request.getfixturevalue("sqlite_path")
        path.parent.mkdir(mode=0o700)
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        return f"sqlite:///{path}"
    cluster: Cluster = request.getfixturevalue("postgres_cluster")
    return cluster.without_rows("with_tables")


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
