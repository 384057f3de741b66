"""Opening databases: SQLite (the default) and PostgreSQL, set up so that what was acknowledged survives a crash.

SQLite: WAL, ``synchronous=FULL`` (each commit is on the disk before it is acknowledged), foreign keys on, BEGIN emitted by
SQLAlchemy (the driver's own BEGIN comes too late for IMMEDIATE). PostgreSQL: psycopg 3; readers see one snapshot.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, create_engine, event, inspect, make_url, select
from sqlalchemy.exc import ArgumentError, DisconnectionError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from screening.store.faults import DatabaseBusy, DatabaseFault, ScopeFault
from screening.store.scope import AgencySession
from screening.store.writer_queue import WAIT_SECONDS, WriterQueue

_WRITING = "screening_writing"
_POOL = 8
_SQLITE_SETTINGS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA recursive_triggers=ON",  # so that INSERT OR REPLACE meets the trigger that refuses DELETE
    "PRAGMA trusted_schema=OFF",
)
_POSTGRES_SETTINGS = "-c synchronous_commit=on -c timezone=UTC -c lock_timeout=30s"


class Connections:
    """One database: an engine for reading, one for writing (sharing a pool), and the line of writers."""

    def __init__(self, address: str) -> None:
        """Raises DatabaseFault: not an address of a database this program can use."""
        url = _checked(address)
        self.dialect = url.get_backend_name()
        self._queue: WriterQueue | None = None
        if self.dialect == "sqlite":
            path = _prepare_file(url)
            self._queue = WriterQueue(path)
            engine = create_engine(
                url, pool_size=_POOL, max_overflow=_POOL, connect_args={"timeout": WAIT_SECONDS}
            )
            event.listen(engine, "connect", _set_up_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
            self._reading = engine
        else:
            engine = create_engine(
                url.set(drivername="postgresql+psycopg"),
                pool_size=_POOL,
                max_overflow=_POOL,
                connect_args={"options": _POSTGRES_SETTINGS},
            )
            self._reading = engine.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        event.listen(engine, "before_cursor_execute", _refuse_full_joins)
        event.listen(engine, "connect", _note_process)
        event.listen(engine, "checkout", _refuse_inherited)
        self._engine = engine
        self._writing = engine.execution_options(**{_WRITING: True})
        self._settle_journal_mode()

    def _settle_journal_mode(self) -> None:
        """Have one connection, in its turn, switch a fresh SQLite file to its write-ahead log.

        SQLite does not wait for that lock: of several programs that start at the same moment on a fresh file, all
        but one would fail. Once switched the file stays so, and later connections ask for nothing new.
        """
        if self._queue is not None:
            try:
                with self._queue.turn():
                    self._engine.connect().close()
            except BaseException:
                self.close()
                raise

    @contextmanager
    def reading(self, agency_id: str | None) -> Iterator[AgencySession]:
        """A session that reads one agency's rows from one snapshot."""
        with AgencySession(self._reading, agency_id, writing=False) as session, session.begin():
            yield session

    @contextmanager
    def writing(self, agency_id: str | None) -> Iterator[AgencySession]:
        """A session whose work is committed when the block ends, and undone when it raises.

        Raises DatabaseBusy: another writer held the database for too long.
        """
        with self._turn(), AgencySession(self._writing, agency_id, writing=True) as session, session.begin():
            yield session

    @contextmanager
    def administering(self) -> Iterator[Connection]:
        """A plain connection in a writing transaction, beyond every scope: for migrations and marks of keys only."""
        with self._turn(), self._writing.begin() as connection:
            yield connection

    @contextmanager
    def rebuilding(self) -> Iterator[Connection]:
        """Like ``administering``, for migrations: SQLite changes a table by making it anew and dropping the old one.

        Foreign keys would refuse that halfway, so they are off meanwhile and counted at the end: what led somewhere before
        must lead somewhere after. Raises DatabaseFault, and nothing was changed.
        """
        if self.dialect != "sqlite":
            with self.administering() as connection:
                yield connection
            return
        with self._turn(), self._writing.connect() as connection:
            driver: Any = connection.connection.driver_connection
            driver.execute("PRAGMA foreign_keys=OFF")  # before BEGIN: within a transaction it does nothing
            try:
                with connection.begin():
                    known = _broken_references(connection)
                    yield connection
                    now = _broken_references(connection)
                    if any(now[each] > count for each, count in known.items() if each in now):
                        raise DatabaseFault("A change of the tables would break references between rows.")
            finally:
                driver.execute("PRAGMA foreign_keys=ON")

    @contextmanager
    def inspecting(self) -> Iterator[Connection]:
        """A plain connection that reads one snapshot, beyond every scope: for checks of the whole store only."""
        with self._reading.begin() as connection:
            yield connection

    def answers(self) -> bool:
        """Whether the database answers a question at all."""
        try:
            with self.inspecting() as connection:
                return connection.execute(select(1)).scalar() == 1
        except SQLAlchemyError:
            return False

    @contextmanager
    def _turn(self) -> Iterator[None]:
        try:
            if self._queue is None:
                yield
            else:
                with self._queue.turn():
                    yield
        except OperationalError as fault:
            if _is_busy(fault):
                raise DatabaseBusy("Another save held the database for too long. Save again.") from fault
            raise

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()
        if self._queue is not None:
            self._queue.close()


def _checked(address: str) -> URL:
    try:
        url = make_url(address)
    except ArgumentError:
        raise DatabaseFault(
            "The database address cannot be read. Write sqlite:///<file> or postgresql://..."
        ) from None
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        raise DatabaseFault("The database must be SQLite (sqlite:///<file>) or PostgreSQL (postgresql://...)")
    return url


def _prepare_file(url: URL) -> Path:
    """The database file, made with mode 0600 if there is none: SQLite itself would let others read it."""
    if not url.database or url.database == ":memory:":
        raise DatabaseFault("The database must be a file (sqlite:///<file>): one in memory would be lost.")
    path = Path(url.database)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as fault:
        raise DatabaseFault(f"The database file {path} cannot be written: {fault.strerror}.") from None
    return path


def _set_up_sqlite(connection: Any, _entry: object) -> None:
    connection.isolation_level = None
    for setting in _SQLITE_SETTINGS:
        connection.execute(setting)


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get(_WRITING)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _refuse_full_joins(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
    """The agency scope stands in a join's ON clause, and a full join shows the rows that fail it, too."""
    if "FULL OUTER JOIN" in statement:
        raise ScopeFault("the agency scope cannot limit a full join; ask twice")


def _broken_references(connection: Connection) -> dict[tuple[str, str], int]:
    """(table, table it refers to) → how many of its rows refer to nothing there, for all tables and references there are."""
    inspector = inspect(connection)
    counts = {
        (name, reference["referred_table"]): 0
        for name in inspector.get_table_names()
        for reference in inspector.get_foreign_keys(name)
    }
    for name, _row, referred, _reference in connection.exec_driver_sql("PRAGMA foreign_key_check"):
        counts[name, referred] += 1
    return counts


def _note_process(_connection: object, entry: ConnectionPoolEntry) -> None:
    entry.info["process"] = os.getpid()


def _refuse_inherited(_connection: object, entry: Any, proxy: Any) -> None:
    """A connection opened before a fork is not used after it; the pool then opens a new one."""
    if entry.info["process"] != os.getpid():
        entry.dbapi_connection = proxy.dbapi_connection = None
        raise DisconnectionError("this connection belongs to the parent process")


def _is_busy(fault: OperationalError) -> bool:
    text = str(fault.orig)
    return "database is locked" in text or "lock timeout" in text
