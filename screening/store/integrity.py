"""Checking everything that is kept: the journal's chain, every seal, and that rows and journal tell the same story."""

import json
from collections import defaultdict
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import Connection, select

from screening.store.faults import SealBroken
from screening.store.journal import JournalHead, verify_chain
from screening.store.journal_actions import AuditAction
from screening.store.models import JournalEntry, RulebookFiles, Screening, StatementRow
from screening.store.publication_rows import publications_unlike_journal
from screening.store.screening_rows import SealedScreening
from screening.store.statement_rows import SealedStatement, rows_digest
from screening.store.vault import Vault

_STATES = {
    AuditAction.SCREENING_COMPLETED.value: ("completed_at", True),
    AuditAction.SCREENING_REOPENED.value: ("completed_at", False),
    AuditAction.SCREENING_RECOGNISED.value: ("recognised_at", True),
}
"""Journal action → the column it sets, and whether it sets or empties it."""


@dataclass(frozen=True, slots=True)
class IntegrityReport:
    """Outcome of a check. ``head`` is worth noting down elsewhere: later it proves that nothing up to it has changed."""

    head: JournalHead
    screenings: int
    statements: int
    faults: tuple[str, ...]
    rulebooks_missing: tuple[str, ...]

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong. A rulebook never kept is a gap in the record, not a sign of tampering."""
        return not self.faults


def verify_store(connection: Connection, vault: Vault, noted: JournalHead | None = None) -> IntegrityReport:
    """Check the whole store; out: every fault found. Faults name rows by id and never hold a value."""
    chain = verify_chain(connection, noted)
    faults = list(chain.faults)
    screenings = statements = 0
    saves = _journalled_saves(connection)
    for sealed in _screenings(connection):
        rows = _rows_of(connection, sealed.id)
        screenings += 1
        statements += len(rows)
        faults += _broken_seals(vault, sealed, rows)
        faults += _unlike_journal(sealed.id, rows, saves.pop(sealed.id, []))
    faults += _states_unlike_journal(connection)
    faults += publications_unlike_journal(connection)
    faults += [f"screening {missing} is in the journal but not in the database" for missing in sorted(saves)]
    return IntegrityReport(chain.head, screenings, statements, tuple(faults), _rulebooks_missing(connection))


def _screenings(connection: Connection) -> list[SealedScreening]:
    columns = [getattr(Screening, each.name) for each in fields(SealedScreening)]
    return [SealedScreening(*row) for row in connection.execute(select(*columns).order_by(Screening.id))]


def _rows_of(connection: Connection, screening_id: str) -> list[SealedStatement]:
    columns = [getattr(StatementRow, name) for name in SealedStatement._fields]
    found = select(*columns).where(StatementRow.screening_id == screening_id).order_by(StatementRow.sequence)
    return [SealedStatement._make(row) for row in connection.execute(found)]


def _broken_seals(vault: Vault, screening: SealedScreening, rows: list[SealedStatement]) -> list[str]:
    try:
        key = screening.open_key(vault)
        screening.open_youth_ref(key)
    except SealBroken:
        return [f"screening {screening.id} does not open: it was changed or moved, or its key is missing"]
    broken = []
    for row in rows:
        try:
            row.open(key)
        except SealBroken:
            broken.append(
                f"statement {row.id} of screening {screening.id} does not open: it was changed or moved"
            )
    return broken


def _journalled_saves(connection: Connection) -> dict[str, list[dict[str, str | int]]]:
    """Screening → the details of its ``statements.saved`` entries, oldest first."""
    saves: dict[str, list[dict[str, str | int]]] = defaultdict(list)
    entries = (
        select(JournalEntry.subject, JournalEntry.detail)
        .where(JournalEntry.action == AuditAction.STATEMENTS_SAVED.value)
        .order_by(JournalEntry.sequence)
    )
    for row in connection.execute(entries):
        saves[row.subject].append(json.loads(row.detail))
    return saves


def _unlike_journal(
    screening_id: str, rows: list[SealedStatement], saves: list[dict[str, str | int]]
) -> list[str]:
    """Every save left exactly the rows its journal entry tells of, and there is no row no entry tells of."""
    faults = []
    told = 0
    for save in saves:
        first, last = int(save["first"]), int(save["last"])
        saved = [row for row in rows if first <= row.sequence <= last]
        told += len(saved)
        if len(saved) != save["kept"] or rows_digest(saved) != save["rows"]:
            faults.append(
                f"statements {first} to {last} of screening {screening_id} are not as they were saved"
            )
    if told != len(rows):
        faults.append(f"screening {screening_id} holds statements the journal knows nothing of")
    return faults


def _states_unlike_journal(connection: Connection) -> list[str]:
    """A screening is completed, and its concern recognised, exactly when and since the journal says so."""
    told: dict[str, dict[str, datetime | None]] = defaultdict(dict)
    entries = (
        select(JournalEntry.subject, JournalEntry.action, JournalEntry.at)
        .where(JournalEntry.action.in_(_STATES))
        .order_by(JournalEntry.sequence)
    )
    for row in connection.execute(entries):
        column, holds = _STATES[row.action]
        told[row.subject][column] = row.at if holds else None
    faults = []
    states = select(Screening.id, Screening.completed_at, Screening.recognised_at)
    for screening_id, *state in connection.execute(states):
        if state != [told[screening_id].get(column) for column in ("completed_at", "recognised_at")]:
            faults.append(
                f"screening {screening_id} was completed, reopened or recognised without the journal"
            )
    return faults


def _rulebooks_missing(connection: Connection) -> tuple[str, ...]:
    kept = select(RulebookFiles.digest)
    used = select(Screening.rulebook_digest).where(Screening.rulebook_digest.not_in(kept)).distinct()
    return tuple(sorted(connection.execute(used).scalars()))
