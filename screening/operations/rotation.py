"""Changing the master key. Done while the program stands still: a running process knows only the keys it started with."""

from pathlib import Path

from screening.operations.actors import SYSTEM
from screening.operations.database import Clock
from screening.store.connections import Connections
from screening.store.journal import Journal
from screening.store.journal_actions import AuditAction
from screening.store.key_marks import open_vault
from screening.store.keys import add_master_key
from screening.store.models import NO_AGENCY
from screening.store.schema import upgrade
from screening.store.screening_rows import rewrap_screenings


def rotate_master_key(url: str, keys_path: Path, clock: Clock) -> int:
    """Draw a new master key and wrap every screening's key with it; out: how many there were.

    The old master keys stay in the file, because older backups need them. If it is interrupted, everything still opens,
    and it may be run again. Raises StoreFault: the database, the keys file or a seal is not sound.
    """
    connections = Connections(url)
    try:
        upgrade(connections)
        open_vault(connections, keys_path, clock())  # before anything changes: do they belong together?
        version = add_master_key(keys_path).current
        vault = open_vault(connections, keys_path, clock())
        with connections.administering() as connection:
            screenings = rewrap_screenings(connection, vault)
            journal = Journal(SYSTEM, NO_AGENCY)
            journal.record(AuditAction.KEYS_ROTATED, f"master-key-{version}", screenings=screenings)
            journal.write(connection, clock())
    finally:
        connections.close()
    return screenings
