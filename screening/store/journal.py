"""The journal: append-only, each entry's SHA-256 over its canonical JSON including the hash of the entry before.

Triggers refuse UPDATE and DELETE, and the chain shows what got past them. An attacker who rewrites the whole tail, or cuts
it off, leaves a chain that is sound in itself: only a head noted elsewhere (``JournalHead``, printed by the check) tells.
So note it down with every backup.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import Connection, Row, Table, func, insert, select

from screening.store.faults import JournalFault
from screening.store.journal_actions import AuditAction, Detail, checked_detail
from screening.store.models import JournalEntry

GENESIS = "0" * 64
_CHAIN_LOCK = 0x6A6F75726E616C  # "journal": PostgreSQL lets one transaction at a time continue the chain
_BATCH = 1000
_TABLE = cast(Table, JournalEntry.__table__)
_LATEST = select(_TABLE.c.sequence, _TABLE.c.hash).order_by(_TABLE.c.sequence.desc()).limit(1)
_INSERT = insert(_TABLE)
_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode


@dataclass(frozen=True, slots=True)
class JournalHead:
    """The last entry: its number and hash. Kept outside the database it proves later that nothing before it changed."""

    sequence: int
    hash: str


@dataclass(frozen=True, slots=True)
class ChainReport:
    """Outcome of checking the chain. ``faults`` is empty when it is sound."""

    head: JournalHead
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Pending:
    action: AuditAction
    subject: str
    detail: Detail


class Journal:
    """The entries of one transaction: collected while it runs, chained and written as its last step.

    Written last because from then on nobody else can continue the chain until this transaction ends: the wait is as short
    as can be, and no two transactions can wait for each other.
    """

    __slots__ = ("_actor_id", "_agency_id", "_pending")

    def __init__(self, actor_id: str, agency_id: str) -> None:
        self._actor_id = actor_id
        self._agency_id = agency_id
        self._pending: list[_Pending] = []

    def record(self, action: AuditAction, subject: str, **detail: str | int) -> None:
        """Note that the actor did this to ``subject`` (an id). Raises JournalFault for wrong detail fields."""
        if not 1 <= len(subject) <= 128:
            raise JournalFault(f"{action} needs the id of its subject")
        self._pending.append(_Pending(action, subject, checked_detail(action, detail)))

    def write(self, connection: Connection, at: datetime) -> None:
        """Continue the chain with everything recorded so far. Call last, in the transaction the entries tell of."""
        if not self._pending:
            return
        if connection.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(_CHAIN_LOCK)))
        head = journal_head(connection)
        rows: list[dict[str, str | int | datetime]] = []
        sequence, previous = head.sequence, head.hash
        for entry in self._pending:
            sequence += 1
            row: dict[str, str | int | datetime] = {
                "sequence": sequence,
                "at": at.astimezone(UTC),
                "actor_id": self._actor_id,
                "agency_id": self._agency_id,
                "action": entry.action.value,
                "subject": entry.subject,
                "detail": _encode(dict(entry.detail)),
                "previous_hash": previous,
            }
            row["hash"] = previous = _hash_of(row)
            rows.append(row)
        connection.execute(_INSERT, rows)
        self._pending.clear()


def journal_head(connection: Connection) -> JournalHead:
    """The last entry's number and hash; number 0 and zeros while the journal is empty."""
    row = connection.execute(_LATEST).one_or_none()
    return JournalHead(0, GENESIS) if row is None else JournalHead(row.sequence, row.hash)


def verify_chain(connection: Connection, noted: JournalHead | None = None) -> ChainReport:
    """Check every entry's hash, number and link; with ``noted``, also that the head noted then is still in the chain."""
    faults: list[str] = []
    head = JournalHead(0, GENESIS)
    met_noted = noted is None or noted.sequence == 0
    for row in _entries(connection):
        if row.sequence != head.sequence + 1:
            faults.append(
                f"entry {head.sequence + 1} is missing: entry {row.sequence} follows {head.sequence}"
            )
        elif row.previous_hash != head.hash:
            faults.append(f"entry {row.sequence} does not continue the one before it")
        if _hash_of(row._asdict()) != row.hash:
            faults.append(f"entry {row.sequence} was changed after it was written")
        head = JournalHead(row.sequence, row.hash)
        met_noted = met_noted or head == noted
    if noted is not None and not met_noted:
        faults.append(
            f"the head noted earlier, entry {noted.sequence}, is not in the journal: it was cut or rewritten"
        )
    return ChainReport(head, tuple(faults))


def _entries(connection: Connection) -> Iterator[Row[Any]]:
    every = select(_TABLE).order_by(_TABLE.c.sequence).execution_options(yield_per=_BATCH)
    yield from connection.execute(every)


def _hash_of(row: dict[str, str | int | datetime]) -> str:
    moment = row["at"]
    stamp = moment.isoformat(timespec="microseconds") if isinstance(moment, datetime) else ""
    covered = {name: value for name, value in row.items() if name != "hash"} | {"at": stamp}
    return hashlib.sha256(_encode(covered).encode("ascii")).hexdigest()
