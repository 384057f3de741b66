"""A screening as a whole: opening, finding, noting that concern was recognised, completing, reopening."""

import re
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Executable, Row, bindparam, insert, select, update

from screening.core.statements import Source, Statement
from screening.operations.actors import Verb, require
from screening.operations.database import Transaction
from screening.operations.screenings.shapes import (
    ScreeningLocked,
    ScreeningNotFound,
    ScreeningRecord,
    ScreeningRefused,
    Status,
)
from screening.store.journal_actions import AuditAction
from screening.store.models import RulebookFiles, Screening, User
from screening.store.screening_rows import ScreeningIdentity, SealedScreening, sealed_columns
from screening.store.statement_rows import statements_of

LONGEST_YOUTH_REF = 80
_ID = re.compile(r"[a-z0-9-]{36}")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
_DIGEST = re.compile(r"[A-Za-z0-9_.:-]{1,128}")

_SOURCES = {source.value: source for source in Source}
_IDENTITY = tuple(ScreeningIdentity.__dataclass_fields__)
SEALED_COLUMNS = tuple(getattr(Screening, name) for name in SealedScreening.__dataclass_fields__)
_STATE_COLUMNS = (Screening.status, Screening.completed_at, Screening.recognised_at)
_FOUND = (
    select(*SEALED_COLUMNS, *_STATE_COLUMNS, User.name.label("opened_by_name"))
    .outerjoin(User, User.id == Screening.opened_by)
    .where(Screening.id == bindparam("screening"))
)
_KEPT = select(RulebookFiles.digest).where(RulebookFiles.digest == bindparam("digest"))
_SEALED = select(*SEALED_COLUMNS).where(Screening.id == bindparam("screening"))
_HELD = (
    select(*SEALED_COLUMNS, *_STATE_COLUMNS).where(Screening.id == bindparam("screening")).with_for_update()
)


def open_screening(
    tx: Transaction, *, setting: str, jurisdiction: str, youth_ref: str, rulebook_digest: str
) -> str:
    """Open a screening and give its id.

    In: ids of the rulebook's setting and jurisdiction, the agency's own case number (may be empty, never a name),
    and the digest of the rulebook the screening is pinned to. Raises ScreeningRefused, PermissionRefused.
    """
    actor = require(tx.actor, Verb.OPEN_SCREENING)
    number = youth_ref.strip()
    if (
        not _NAME.fullmatch(setting)
        or not _NAME.fullmatch(jurisdiction)
        or not _DIGEST.fullmatch(rulebook_digest)
    ):
        raise ScreeningRefused("A screening needs a setting, a jurisdiction and a rulebook.")
    if len(number) > LONGEST_YOUTH_REF or not number.isprintable():
        raise ScreeningRefused(
            f"A case number has at most {LONGEST_YOUTH_REF} characters, all of them visible."
        )
    if tx.session.execute(_KEPT, {"digest": rulebook_digest}).one_or_none() is None:
        raise ScreeningRefused("The rulebook of a screening must be one that is kept for your agency.")
    identity = ScreeningIdentity(
        id=str(uuid4()),
        agency_id=actor.agency_id,
        opened_by=actor.user_id,
        opened_at=tx.now,
        opened_on=tx.today,
        setting=setting,
        jurisdiction=jurisdiction,
        rulebook_digest=rulebook_digest,
    )
    columns = {name: getattr(identity, name) for name in _IDENTITY}
    sealed = sealed_columns(tx.vault, identity, number)
    tx.session.execute(insert(Screening), [{**columns, **sealed, "status": "open"}])
    tx.journal.record(
        AuditAction.SCREENING_OPENED,
        identity.id,
        setting=setting,
        jurisdiction=jurisdiction,
        rulebook=rulebook_digest,
    )
    return identity.id


def find_screening(tx: Transaction, screening_id: str) -> ScreeningRecord:
    """A screening with all its statements, oldest first. Noted in the journal as viewed.

    Raises ScreeningNotFound, PermissionRefused, SealBroken.
    """
    require(tx.actor, Verb.VIEW_SCREENING)
    record = record_of(tx, screening_id)
    tx.note_view(AuditAction.SCREENING_VIEWED, screening_id)
    return record


def record_of(tx: Transaction, screening_id: str) -> ScreeningRecord:
    """The same for a verb that has its own permission and its own entry in the journal. Raises ScreeningNotFound, SealBroken."""
    row = _row(tx, _FOUND, screening_id)
    screening = SealedScreening(*row[: len(SEALED_COLUMNS)])
    key = screening.open_key(tx.vault)
    statements = []
    names = {screening.opened_by: row.opened_by_name}
    for stored, author_name in statements_of(tx.session, screening_id):
        value, source = stored.open(key), _SOURCES[stored.source]
        statements.append(
            Statement(stored.id, stored.question, value, source, stored.author_id, stored.saved_at)
        )
        names[stored.author_id] = author_name
    return ScreeningRecord(
        id=screening.id,
        setting=screening.setting,
        jurisdiction=screening.jurisdiction,
        youth_ref=screening.open_youth_ref(key),
        opened_at=screening.opened_at,
        opened_on=screening.opened_on,
        opened_by_name=row.opened_by_name or "",
        status=row.status,
        completed_at=row.completed_at,
        recognised_at=row.recognised_at,
        rulebook_digest=screening.rulebook_digest,
        statements=tuple(statements),
        author_names={author: name for author, name in names.items() if name},
    )


def note_recognised(tx: Transaction, screening_id: str) -> datetime:
    """Note the first moment concern reached possible, which starts the clocks. Later calls change nothing.

    Out: that first moment. Raises ScreeningNotFound, PermissionRefused.
    """
    require(tx.actor, Verb.SAVE_STATEMENTS)
    _screening, _status, recognised_at = hold_screening(tx, screening_id)
    if recognised_at is not None:
        return recognised_at
    _change(tx, screening_id, AuditAction.SCREENING_RECOGNISED, recognised_at=tx.now)
    return tx.now


def complete_screening(
    tx: Transaction, screening_id: str, *, amend_for: timedelta = timedelta(hours=72)
) -> None:
    """Close a screening: it takes nothing new until reopened. Completing it again changes nothing.

    ``amend_for``: how long staff may reopen it, counted from the first time it is completed. Raises ScreeningNotFound,
    PermissionRefused.
    """
    require(tx.actor, Verb.COMPLETE_SCREENING)
    _screening, status, _recognised_at = hold_screening(tx, screening_id)
    if status == "open":
        until = amendable_until(tx, screening_id) or tx.now + amend_for
        change = {"status": "completed", "completed_at": tx.now, "amendable_until": until}
        _change(tx, screening_id, AuditAction.SCREENING_COMPLETED, **change)


def reopen_screening(tx: Transaction, screening_id: str) -> None:
    """Let a completed screening take statements again. The journal keeps that it was completed, and when.

    Raises ScreeningLocked when the time to amend is over, ScreeningNotFound, PermissionRefused.
    """
    require(tx.actor, Verb.REOPEN_SCREENING)
    _screening, status, _recognised_at = hold_screening(tx, screening_id)
    if status == "completed":
        until = amendable_until(tx, screening_id)
        if until is not None and tx.now >= until:
            raise ScreeningLocked
        _change(tx, screening_id, AuditAction.SCREENING_REOPENED, status="open", completed_at=None)


def send_back_screening(tx: Transaction, screening_id: str, *, amend_for: timedelta) -> None:
    """Open a completed screening again by a supervisor's review, also after its lock; a new time to amend begins.

    Raises ScreeningNotFound, PermissionRefused.
    """
    require(tx.actor, Verb.REVIEW_SCREENING)
    _screening, status, _recognised_at = hold_screening(tx, screening_id)
    change: dict[str, object] = {"amendable_until": tx.now + amend_for}
    if status == "completed":
        _change(tx, screening_id, AuditAction.SCREENING_REOPENED, status="open", completed_at=None, **change)


def amendable_until(tx: Transaction, screening_id: str) -> datetime | None:
    """Until when staff may reopen a screening; nothing before it was first completed."""
    query = select(Screening.amendable_until).where(Screening.id == screening_id)
    return tx.session.execute(query).scalar_one_or_none()


def read_screening(tx: Transaction, screening_id: str) -> SealedScreening:
    """The screening as far as it is sealed, for areas that keep something beside it. Raises ScreeningNotFound."""
    return SealedScreening(*_row(tx, _SEALED, screening_id)[: len(SEALED_COLUMNS)])


def hold_screening(tx: Transaction, screening_id: str) -> tuple[SealedScreening, Status, datetime | None]:
    """The screening, its status and when concern was recognised; its row is held until the transaction ends.

    Whoever changes a screening holds it first, so that two come one after the other. Raises ScreeningNotFound.
    """
    row = _row(tx, _HELD, screening_id)
    return SealedScreening(*row[: len(SEALED_COLUMNS)]), row.status, row.recognised_at


def _row(tx: Transaction, query: Executable, screening_id: str) -> Row[Any]:
    row = None
    if _ID.fullmatch(screening_id):  # what cannot be an id need not be asked for
        row = tx.session.execute(query, {"screening": screening_id}).one_or_none()
    if row is None:
        raise ScreeningNotFound
    return row


def _change(tx: Transaction, screening_id: str, action: AuditAction, **columns: object) -> None:
    tx.session.execute(update(Screening).where(Screening.id == screening_id).values(**columns))
    tx.journal.record(action, screening_id)
