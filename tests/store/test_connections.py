import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from screening.operations.database import Database
from screening.operations.screenings import find_screening, save_statements
from screening.store import connections as connections_module
from screening.store import writer_queue
from screening.store.connections import Connections
from screening.store.faults import DatabaseBusy, DatabaseFault, ScopeFault
from screening.store.writer_queue import WriterQueue
from tests.store.two_agencies import TwoAgencies, opened_by, said


@pytest.mark.parametrize(
    ("setting", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("recursive_triggers", 1)],
)
def test_sqlite_keeps_what_it_acknowledged(sqlite_path: Path, setting: str, value: str | int) -> None:
    """2 is FULL: a commit is on the disk before it is acknowledged."""
    connections = Connections(f"sqlite:///{sqlite_path}")

    for way in (connections.inspecting, connections.administering):
        with way() as connection:
            assert connection.execute(text(f"PRAGMA {setting}")).scalar_one() == value
    connections.close()


def test_postgresql_keeps_what_it_acknowledged(database: Database) -> None:
    with database._connections.administering() as connection:
        if connection.dialect.name == "postgresql":
            assert connection.execute(text("SHOW synchronous_commit")).scalar_one() == "on"


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("", "cannot be read"),
        ("no address", "cannot be read"),
        ("mysql://somebody:canary@host/db", "must be SQLite"),
        ("sqlite://", "must be a file"),
        ("sqlite:///:memory:", "must be a file"),
        ("sqlite:////proc/nowhere/screening.sqlite", "cannot be written"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused_in_words(address: str, told: str) -> None:
    with pytest.raises(DatabaseFault, match=told) as caught:
        Connections(address)
    assert "canary" not in str(caught.value)


def test_a_reader_sees_one_moment(database: Database, agencies: TwoAgencies) -> None:
    screening_id = opened_by(database, agencies.intake)

    with database.reading(agencies.intake) as tx:
        before = len(find_screening(tx, screening_id).statements)
        with database._connections.writing(agencies.intake.agency_id):
            pass
        saver = threading.Thread(target=lambda: save_one(database, agencies, screening_id))
        saver.start()
        saver.join()
        after = len(find_screening(tx, screening_id).statements)

    with database.reading(agencies.intake) as tx:
        assert (before, after, len(find_screening(tx, screening_id).statements)) == (0, 0, 1)


def save_one(database: Database, agencies: TwoAgencies, screening_id: str) -> None:
    with database.writing(agencies.intake) as tx:
        save_statements(tx, screening_id, [said("injured_now", "yes")])


def test_readers_do_not_wait_for_a_writer(database: Database, agencies: TwoAgencies) -> None:
    screening_id = opened_by(database, agencies.intake)
    with database.reading(agencies.intake) as tx:
        find_screening(tx, screening_id)  # looked at already: the second look below writes nothing

    with database.writing(agencies.colleague) as tx:
        save_statements(tx, screening_id, [said("injured_now", "yes")])
        seen: list[int] = []

        def read() -> None:
            with database.reading(agencies.intake) as reading:
                seen.append(len(find_screening(reading, screening_id).statements))

        reader = threading.Thread(target=read)
        reader.start()
        reader.join(timeout=20)

    assert seen == [0]


def test_writing_inside_writing_is_refused_at_once(
    open_database: Callable[..., Database], database_url: str
) -> None:
    database = open_database()
    if database_url.startswith("postgresql"):
        return  # has no line to stand in

    with pytest.raises(ScopeFault, match="already writing"), database.writing(None), database.writing(None):
        pass
    with database.writing(None):
        pass  # the line is free again


def test_threads_behind_a_writer_that_never_ends_are_told(
    sqlite_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer_queue, "WAIT_SECONDS", 0.05)
    sqlite_path.parent.mkdir()
    queue = WriterQueue(sqlite_path)
    told: list[str] = []

    def wait() -> None:
        with pytest.raises(DatabaseBusy) as caught, queue.turn():
            pass
        told.append(str(caught.value))

    with queue.turn():
        waiter = threading.Thread(target=wait)
        waiter.start()
        waiter.join()
    queue.close()

    assert told == ["Another save held the database for too long. Save again."]


def test_a_writer_outside_the_line_is_waited_for_and_then_told(
    sqlite_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as a database tool somebody left open in a transaction."""
    monkeypatch.setattr(connections_module, "WAIT_SECONDS", 0.05)
    connections, tool = (Connections(f"sqlite:///{sqlite_path}") for _ in range(2))

    with tool.inspecting() as connection:
        connection.execute(text("CREATE TABLE held (id)"))
        with pytest.raises(DatabaseBusy), connections.administering():
            pass
    with connections.administering():
        pass
    for each in (connections, tool):
        each.close()


def test_other_faults_of_the_database_are_not_called_busy(sqlite_path: Path) -> None:
    connections = Connections(f"sqlite:///{sqlite_path}")

    with pytest.raises(OperationalError), connections.administering() as connection:
        connection.execute(text("SELECT * FROM nowhere"))
    connections.close()


def test_processes_stand_in_the_same_line(sqlite_path: Path) -> None:
    sqlite_path.parent.mkdir()
    queue = WriterQueue(sqlite_path)
    code = (
        "import sys; from pathlib import Path; from screening.store.writer_queue import WriterQueue\n"
        "queue = WriterQueue(Path(sys.argv[1])); print('waiting', flush=True)\n"
        "with queue.turn(): print('turn', flush=True)\n"
    )

    with queue.turn():
        other = subprocess.Popen([sys.executable, "-c", code, sqlite_path], stdout=subprocess.PIPE, text=True)
        assert other.stdout is not None
        assert other.stdout.readline() == "waiting\n"
        with pytest.raises(subprocess.TimeoutExpired):
            other.wait(timeout=0.3)
    assert other.communicate(timeout=20)[0] == "turn\n"
    queue.close()


def test_after_a_fork_neither_the_line_nor_the_connections_are_shared(
    database: Database, agencies: TwoAgencies
) -> None:
    """As a server does that loads the application before it starts its workers."""
    screening_id = opened_by(database, agencies.intake)
    child = os.fork()
    if child == 0:
        status = 1
        try:
            for _ in range(20):
                save_one(database, agencies, screening_id)
            status = 0
        finally:
            os._exit(status)
    for _ in range(20):
        save_one(database, agencies, screening_id)

    assert os.waitpid(child, 0)[1] == 0
    with database.reading(agencies.intake) as tx:
        assert len(find_screening(tx, screening_id).statements) == 40
    assert database.verify().is_sound


def test_a_database_says_whether_it_answers(
    open_database: Callable[..., Database], sqlite_path: Path
) -> None:
    database = open_database()
    assert database.is_reachable()

    if database._connections.dialect == "sqlite":
        database.close()
        sqlite_path.write_bytes(b"no database at all" * 100)
        assert not database.is_reachable()


def test_many_threads_of_readers_and_writers(database: Database, agencies: TwoAgencies) -> None:
    screenings = [opened_by(database, agencies.intake) for _ in range(3)]
    faults: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for _ in range(10):
                save_one(database, agencies, screenings[number % 3])
                with database.reading(agencies.colleague) as tx:
                    find_screening(tx, screenings[number % 3])
        except BaseException as fault:
            faults.append(fault)
            raise

    threads = [threading.Thread(target=work, args=(number,)) for number in range(9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert faults == []
    report = database.verify()
    assert report.is_sound, report.faults
    assert report.statements == 90
