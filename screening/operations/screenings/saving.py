"""Saving statements: any number at once, all or none, each exactly once however often it is sent."""

import json
import re
from collections.abc import Iterable, Sequence

from screening.core.statements import Source, Value
from screening.operations.actors import Actor, Verb, require
from screening.operations.database import Transaction
from screening.operations.screenings.shapes import (
    NewStatement,
    SaveReceipt,
    ScreeningCompleted,
    StatementConflict,
    StatementRefused,
)
from screening.operations.screenings.sittings import hold_screening
from screening.store.journal_actions import AuditAction
from screening.store.statement_rows import (
    SealedStatement,
    add_statements,
    last_place,
    rows_digest,
    statements_by_id,
)
from screening.store.vault import RecordKey

LARGEST_VALUE = 20_000  # bytes
LARGEST_NUMBER = 2**53  # what JavaScript still counts exactly
MOST_AT_ONCE = 500
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_QUESTION = re.compile(r"[a-z][a-z0-9_]{0,59}")


def save_statements(tx: Transaction, screening_id: str, new: Sequence[NewStatement]) -> SaveReceipt:
    """Add statements to an open screening: all of them, or none.

    A statement that is there already with the same content, author included, is answered "already", also after the
    screening was completed. So a save may be sent again and again until its receipt arrives.

    Raises:
        StatementRefused: one has no fitting form, or there are more than 500.
        StatementConflict: an id is taken by a different statement, here or in another screening.
        ScreeningCompleted, ScreeningNotFound, PermissionRefused.
    """
    actor = require(tx.actor, Verb.SAVE_STATEMENTS)
    wanted = _distinct(new)
    screening, status, _recognised_at = hold_screening(tx, screening_id)
    if not wanted:
        return SaveReceipt(tx.now, (), ())
    key = screening.open_key(tx.vault)
    added: list[SealedStatement] = []
    if status == "open":
        added = add_statements(tx.session, _sealed(tx, actor, key, screening_id, wanted))
    kept = {row.id for row in added}
    rest = [statement for statement in wanted if statement.id not in kept]
    stored = _stored_alike(tx, actor, key, screening_id, rest)
    if len(stored) < len(rest):
        raise ScreeningCompleted if status == "completed" else StatementConflict
    if added:
        tx.journal.record(
            AuditAction.STATEMENTS_SAVED,
            screening_id,
            kept=len(added),
            first=added[0].sequence,
            last=added[-1].sequence,
            rows=rows_digest(added),
        )
    return SaveReceipt(
        saved_at=max(row.saved_at for row in (added or stored)),
        kept=tuple(row.id for row in added),
        already=tuple(statement.id for statement in rest),
    )


def _sealed(
    tx: Transaction, actor: Actor, key: RecordKey, screening_id: str, wanted: Iterable[NewStatement]
) -> list[SealedStatement]:
    place = last_place(tx.session, screening_id)
    rows = []
    for statement in wanted:
        place = place.next(tx.now)
        row = SealedStatement(
            id=statement.id,
            screening_id=screening_id,
            agency_id=actor.agency_id,
            question=statement.question,
            source=statement.source.value,
            author_id=actor.user_id,
            saved_at=place.saved_at,
            sequence=place.sequence,
        )
        rows.append(row.sealing(key, statement.value))
    return rows


def _stored_alike(
    tx: Transaction, actor: Actor, key: RecordKey, screening_id: str, wanted: Sequence[NewStatement]
) -> list[SealedStatement]:
    """Those of the statements that this screening holds. Raises StatementConflict when one has other content."""
    if not wanted:
        return []
    stored = statements_by_id(tx.session, screening_id, [statement.id for statement in wanted])
    for statement in wanted:
        row = stored.get(statement.id)
        if row is None:
            continue
        held = (row.question, row.source, row.author_id, row.open(key))
        if held != (statement.question, statement.source, actor.user_id, statement.value):
            raise StatementConflict
    return list(stored.values())


def _distinct(new: Sequence[NewStatement]) -> list[NewStatement]:
    """The statements, each once, in the order given. Raises StatementRefused, StatementConflict."""
    if len(new) > MOST_AT_ONCE:
        raise StatementRefused(f"At most {MOST_AT_ONCE} answers can be saved at once.")
    distinct: dict[str, NewStatement] = {}
    for statement in new:
        _check_form(statement)
        if distinct.setdefault(statement.id, statement) != statement:
            raise StatementConflict
    return list(distinct.values())


def _check_form(statement: NewStatement) -> None:
    if not _is_text(statement.id) or not _ID.fullmatch(statement.id):
        raise StatementRefused("An answer's id is 1 to 64 letters, digits, hyphens or underscores.")
    if not _is_text(statement.question) or not _QUESTION.fullmatch(statement.question):
        raise StatementRefused("An answer names its question by the question's id.")
    if not isinstance(statement.source, Source):
        raise StatementRefused("An answer's source is one of: said, observed, record, collateral.")
    if not _has_form(statement.value):
        raise StatementRefused("An answer is a text, a whole number or a list of texts.")
    if len(json.dumps(statement.value, ensure_ascii=False).encode()) > LARGEST_VALUE:
        raise StatementRefused(f"An answer is longer than {LARGEST_VALUE // 1000} kilobytes. Shorten it.")


def _has_form(value: Value) -> bool:
    if isinstance(value, tuple):
        return all(_is_text(part) for part in value)
    if isinstance(value, int):
        return not isinstance(value, bool) and abs(value) <= LARGEST_NUMBER
    return _is_text(value)


def _is_text(value: object) -> bool:
    """A text that can be written: half of a surrogate pair cannot, and no page could ever show it."""
    return isinstance(value, str) and not any("\ud800" <= letter <= "\udfff" for letter in value)
