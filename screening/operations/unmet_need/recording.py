"""Needs of one youth that nothing met: writing them down, marking them met, taking back what was entered by mistake."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from screening.operations.actors import Actor, Refusal, Verb, require
from screening.operations.database import Transaction
from screening.operations.screenings import hold_screening, read_screening
from screening.operations.unmet_need.sealing import UnmetFacts, open_facts, seal_facts
from screening.store.help_models import UnmetNeedRow
from screening.store.journal_actions import AuditAction
from screening.store.models import User
from screening.store.vault import RecordKey

LONGEST_WORDS = 500
OLDEST_AGE = 120
_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
_ID = re.compile(r"[0-9a-f-]{36}")


class UnmetNeedRefused(Refusal):
    """The need cannot be written down or changed like this. Nothing was changed."""


class UnmetNeedNotFound(Refusal):
    """There is no such entry in the actor's agency."""

    def __init__(self) -> None:
        super().__init__("There is no such entry in your agency.")


@dataclass(frozen=True, slots=True)
class UnmetNeed:
    """One entry of the ledger, opened for those who work on the screening. ``withdrawn_at``: taken back, not counted."""

    id: str
    screening_id: str
    need: str
    reason: str
    needed_at: datetime
    met_at: datetime | None
    facts: UnmetFacts
    recorded_by_name: str
    recorded_at: datetime
    withdrawn_at: datetime | None


def record_unmet_need(
    tx: Transaction,
    screening_id: str,
    need: str,
    reason: str,
    needed_at: datetime,
    sex: str,
    age: int | str,
    words: str,
    id: str,
) -> bool:
    """Write down that a need was not met, and why; out: whether the entry is new. The same id again changes nothing.

    In: need and reason (ids of the rulebook), when it was needed (aware), sex and age as the screening has them (an answer,
    or the kind of unknown), a few words that may be empty, an id the sender chose. Raises UnmetNeedRefused,
    ScreeningNotFound, PermissionRefused.
    """
    actor = require(tx.actor, Verb.FOLLOW_UP)
    facts = _checked_facts(sex, age, words)
    if not (_NAME.fullmatch(need) and _NAME.fullmatch(reason) and _ID.fullmatch(id)):
        raise UnmetNeedRefused("Choose the need and the reason.")
    if needed_at > tx.now:
        raise UnmetNeedRefused("That moment has not come yet. Check the date and the time.")
    screening, _status, _recognised_at = hold_screening(tx, screening_id)
    held = tx.session.execute(
        select(UnmetNeedRow.screening_id).where(UnmetNeedRow.id == id)
    ).scalar_one_or_none()
    if held is not None:
        if held != screening_id:
            raise UnmetNeedRefused("This entry was sent under an id that belongs to another one.")
        return False
    place = {"id": id, "screening_id": screening_id, "agency_id": screening.agency_id}
    row = {
        **place,
        "need": need,
        "reason": reason,
        "needed_at": needed_at,
        "recorded_by": actor.user_id,
        "recorded_at": tx.now,
        "sealed": seal_facts(screening.open_key(tx.vault), facts, **place),
    }
    try:
        tx.session.execute(insert(UnmetNeedRow), [row])
    except IntegrityError:  # another agency has that id, which is drawn by chance: nothing of it is told
        raise UnmetNeedRefused("This entry could not be saved. Open the form again.") from None
    tx.journal.record(AuditAction.UNMET_NEED_RECORDED, screening_id, unmet=id, need=need, reason=reason)
    return True


def mark_met(tx: Transaction, id: str, met_at: datetime | None) -> bool:
    """Note when the need was met after all; nothing takes that back. Out: whether anything changed.

    Taking it back stands in the journal as the need recorded again. Raises UnmetNeedRefused (a moment before the need or
    to come, an entry taken back), UnmetNeedNotFound, PermissionRefused.
    """
    require(tx.actor, Verb.FOLLOW_UP)
    row = _held_row(tx, id)
    if row.withdrawn_at is not None:
        raise UnmetNeedRefused("This entry was taken back. Restore it first.")
    if met_at is not None and not row.needed_at <= met_at <= tx.now:
        raise UnmetNeedRefused("It can only have been met after it was needed, and not in the future.")
    if row.met_at == met_at:
        return False
    tx.session.execute(update(UnmetNeedRow).where(UnmetNeedRow.id == id).values(met_at=met_at))
    if met_at is None:
        _note_recorded(tx, row)
    else:
        tx.journal.record(AuditAction.UNMET_NEED_MET, row.screening_id, unmet=id)
    return True


def withdraw(tx: Transaction, id: str) -> bool:
    """Take back an entry made by mistake: it stays in the file and is not counted. Out: whether it was counted before.

    Raises UnmetNeedNotFound, PermissionRefused.
    """
    actor = require(tx.actor, Verb.FOLLOW_UP)
    row = _held_row(tx, id)
    if row.withdrawn_at is not None:
        return False
    _set_withdrawn(tx, id, tx.now, actor)
    tx.journal.record(AuditAction.UNMET_NEED_WITHDRAWN, row.screening_id, unmet=id)
    return True


def restore(tx: Transaction, id: str) -> bool:
    """Undo ``withdraw``; stands in the journal as the need recorded again. Out: whether it was taken back.

    Raises UnmetNeedNotFound, PermissionRefused.
    """
    require(tx.actor, Verb.FOLLOW_UP)
    row = _held_row(tx, id)
    if row.withdrawn_at is None:
        return False
    _set_withdrawn(tx, id, None, None)
    _note_recorded(tx, row)
    return True


def unmet_of(tx: Transaction, screening_id: str) -> tuple[UnmetNeed, ...]:
    """The ledger of a screening, the latest need first, with what was taken back.

    Raises ScreeningNotFound, PermissionRefused, SealBroken.
    """
    require(tx.actor, Verb.VIEW_SCREENING)
    key = read_screening(tx, screening_id).open_key(tx.vault)
    rows = tx.session.execute(
        select(UnmetNeedRow, User.name)
        .outerjoin(User, User.id == UnmetNeedRow.recorded_by)
        .where(UnmetNeedRow.screening_id == screening_id)
        .order_by(UnmetNeedRow.needed_at.desc(), UnmetNeedRow.id)
    )
    return tuple(_unmet_need(row.UnmetNeedRow, row.name, key) for row in rows)


def _unmet_need(row: UnmetNeedRow, name: str | None, key: RecordKey) -> UnmetNeed:
    facts = open_facts(key, row.sealed, id=row.id, screening_id=row.screening_id, agency_id=row.agency_id)
    return UnmetNeed(
        id=row.id,
        screening_id=row.screening_id,
        need=row.need,
        reason=row.reason,
        needed_at=row.needed_at,
        met_at=row.met_at,
        facts=facts,
        recorded_by_name=name or "",
        recorded_at=row.recorded_at,
        withdrawn_at=row.withdrawn_at,
    )


def _checked_facts(sex: str, age: int | str, words: str) -> UnmetFacts:
    words = words.strip()
    if len(words) > LONGEST_WORDS or not words.isprintable():
        raise UnmetNeedRefused(f"Keep it to one line of at most {LONGEST_WORDS} characters.")
    known_age = 0 <= age <= OLDEST_AGE if isinstance(age, int) else bool(_NAME.fullmatch(age))
    if not (_NAME.fullmatch(sex) and known_age):
        raise UnmetNeedRefused("Sex and age must be answers of the screening.")
    return UnmetFacts(sex, age, words)


def _held_row(tx: Transaction, id: str) -> UnmetNeedRow:
    """The entry, its screening held until the transaction ends. Raises UnmetNeedNotFound."""
    query = select(UnmetNeedRow).where(UnmetNeedRow.id == id)
    found = tx.session.execute(query).scalar_one_or_none()
    if found is None:
        raise UnmetNeedNotFound
    hold_screening(tx, found.screening_id)
    return tx.session.execute(query.execution_options(populate_existing=True)).scalar_one()


def _set_withdrawn(tx: Transaction, id: str, at: datetime | None, by: Actor | None) -> None:
    change: dict[str, Any] = {"withdrawn_at": at, "withdrawn_by": by.user_id if by else None}
    tx.session.execute(update(UnmetNeedRow).where(UnmetNeedRow.id == id).values(**change))


def _note_recorded(tx: Transaction, row: UnmetNeedRow) -> None:
    tx.journal.record(
        AuditAction.UNMET_NEED_RECORDED, row.screening_id, unmet=row.id, need=row.need, reason=row.reason
    )
