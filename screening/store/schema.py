"""Bringing a database to the tables this version of the program knows; run on every opening, cheap when nothing is due."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, select

from screening.store.connections import Connections
from screening.store.faults import DatabaseFault

_MIGRATION_LOCK = 0x736368656D61  # "schema": on PostgreSQL one process at a time migrates
_FOLDER = Path(__file__).resolve().parent / "migrations"


def upgrade(connections: Connections, revision: str = "head") -> None:
    """Run the migrations still due, all in one transaction: a crash leaves the database as it was.

    Raises DatabaseFault: the database was made by a newer version of the program.
    """
    steps = ScriptDirectory(str(_FOLDER))
    with connections.inspecting() as connection:
        if current_revision(connection) == steps.get_current_head() and revision == "head":
            return
    with connections.rebuilding() as connection:
        wait_for_others(connection)
        _refuse_newer(steps, current_revision(connection))
        command.upgrade(_config(connection), revision)


def downgrade(connections: Connections, revision: str) -> None:
    """Undo migrations down to ``revision`` ("base": all of them, with everything in the tables)."""
    with connections.rebuilding() as connection:
        wait_for_others(connection)
        command.downgrade(_config(connection), revision)


def current_revision(connection: Connection) -> str | None:
    """The migration the database stands at; None for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()


def wait_for_others(connection: Connection) -> None:
    """Let one process at a time change what all share; SQLite's writers stand in line anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_MIGRATION_LOCK)))


def _refuse_newer(steps: ScriptDirectory, revision: str | None) -> None:
    known = {step.revision for step in steps.walk_revisions()}
    if revision is not None and revision not in known:
        raise DatabaseFault(
            f"The database was made by a newer version of this program (its tables stand at '{revision}'). "
            "Install that version or a later one. Nothing was changed."
        )


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.attributes["connection"] = connection
    return config
