"""Which keys a database was sealed with: fingerprints in the database, compared with the keys file on every opening."""

from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, insert, select

from screening.store.connections import Connections
from screening.store.keys import create_keys, read_keys
from screening.store.models import MasterKeyMark
from screening.store.schema import wait_for_others
from screening.store.vault import Vault


def open_vault(connections: Connections, keys_path: Path, now: datetime) -> Vault:
    """Open the keys file of a database. New keys are drawn only for a database that was never sealed with any.

    Raises KeysFault: the file is missing, open to others, damaged, or another database's.
    """
    with connections.inspecting() as connection:
        marks = _marks(connection)
    keys = read_keys(keys_path) if marks or keys_path.exists() else create_keys(keys_path)
    vault = Vault(keys)
    vault.require_match(marks)
    if marks.keys() != vault.fingerprints().keys():
        with connections.administering() as connection:
            wait_for_others(connection)
            _mark_new(connection, vault, now)
    return vault


def _marks(connection: Connection) -> dict[int, str]:
    found = connection.execute(select(MasterKeyMark.version, MasterKeyMark.fingerprint))
    return {row.version: row.fingerprint for row in found}


def _mark_new(connection: Connection, vault: Vault, now: datetime) -> None:
    """Mark the keys not marked yet; another process may have been first, then they must be the same."""
    marks = _marks(connection)
    vault.require_match(marks)
    new = [
        {"version": version, "fingerprint": fingerprint, "first_used_at": now}
        for version, fingerprint in vault.fingerprints().items()
        if version not in marks
    ]
    if new:
        connection.execute(insert(MasterKeyMark), new)
