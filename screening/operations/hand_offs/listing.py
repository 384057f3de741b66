"""The hand-offs of a screening, those a person is expected to answer, and those nobody answered in time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, func, or_, select, update
from sqlalchemy.orm import aliased

from screening.operations.actors import Actor, Verb, may, require
from screening.operations.database import Transaction
from screening.operations.hand_offs.shapes import HandOff, HandOffNotFound, hand_off_of
from screening.operations.screenings import Page, read_screening
from screening.store.follow_up_models import HandOffRow
from screening.store.journal_actions import AuditAction
from screening.store.models import User

MOST_PER_PAGE = 100
_TO_UNIT = HandOffRow.to_user.is_(None) & HandOffRow.token_hash.is_(None)


@dataclass(frozen=True, slots=True)
class PendingHandOff:
    """A hand-off in a list, without its words. The sheet is looked up in the screening's rulebook.

    ``youth_ref`` is empty when none was given. ``taken_by_names``: who took it or, on the unit, read it, in that order;
    ``taken_by_me``: whether the caller did.
    """

    id: str
    screening_id: str
    youth_ref: str
    rulebook_digest: str
    sheet: str
    to_profession: str | None
    to_user_name: str
    outside: bool
    to_unit: bool
    status: str
    offered_by_name: str
    offered_at: datetime
    answer_by: datetime
    escalated_at: datetime | None
    taken_by_names: tuple[str, ...]
    taken_by_me: bool


@dataclass(frozen=True, slots=True)
class HandOffCounts:
    """How many hand-offs wait for the caller, and how many nobody answered in time (a supervisor's: the whole agency's)."""

    for_me: int
    silent: int


def hand_offs_of(tx: Transaction, screening_id: str) -> tuple[HandOff, ...]:
    """The hand-offs of a screening, newest first. Raises ScreeningNotFound, PermissionRefused, SealBroken."""
    require(tx.actor, Verb.VIEW_SCREENING)
    key = read_screening(tx, screening_id).open_key(tx.vault)
    rows = _rows(tx, HandOffRow.screening_id == screening_id, HandOffRow.offered_at.desc())
    return tuple(
        hand_off_of(row.HandOffRow, key, offered_by=row.offered_by, to_user=row.to_user) for row in rows
    )


def hand_off_of_agency(tx: Transaction, hand_off_id: str) -> HandOff:
    """One hand-off. Raises HandOffNotFound, PermissionRefused, SealBroken."""
    require(tx.actor, Verb.VIEW_SCREENING)
    rows = _rows(tx, HandOffRow.id == hand_off_id, HandOffRow.offered_at)
    if not rows:
        raise HandOffNotFound
    (row,) = rows
    key = read_screening(tx, row.HandOffRow.screening_id).open_key(tx.vault)
    return hand_off_of(row.HandOffRow, key, offered_by=row.offered_by, to_user=row.to_user)


def pending_hand_offs(
    tx: Transaction,
    *,
    for_me: bool = False,
    silent: bool = False,
    on_unit: bool = False,
    page: int = 1,
    per_page: int = 25,
) -> Page[PendingHandOff]:
    """A page of the agency's unanswered hand-offs, the longest expected first.

    ``for_me``: those to the caller or to everybody on the unit. ``silent``: those whose answer is overdue; a supervisor's are
    the whole agency's, anybody else's those they offered. ``on_unit``: those to everybody on the unit that somebody took and
    that are not done, so that others can say that they read them too. Noted in the journal as looked at. Raises
    PermissionRefused.
    """
    actor = require(tx.actor, Verb.HAND_OFF)
    page, per_page = max(1, page), min(max(1, per_page), MOST_PER_PAGE)
    wanted = _TO_UNIT & (HandOffRow.status == "acknowledged") if on_unit else HandOffRow.status == "offered"
    if for_me:
        wanted = wanted & _for(actor)
    if silent:
        wanted = wanted & _silent(tx, actor)
    total = tx.session.execute(select(func.count(HandOffRow.id)).where(wanted)).scalar_one()
    rows = _rows(tx, wanted, HandOffRow.answer_by, limit=per_page, offset=(page - 1) * per_page)
    tx.note_view(AuditAction.HAND_OFFS_LISTED, actor.agency_id)
    return Page(tuple(_pending(tx, actor, row) for row in rows), page, per_page, total)


def hand_off_counts(tx: Transaction) -> HandOffCounts:
    """What waits, in numbers. Raises PermissionRefused."""
    actor = require(tx.actor, Verb.HAND_OFF)
    wanted = (_for(actor), _silent(tx, actor))
    counts = [func.sum(case((each, 1), else_=0)) for each in wanted]
    row = tx.session.execute(select(*counts).where(HandOffRow.status == "offered")).one()
    return HandOffCounts(*(int(count or 0) for count in row))


def escalate_silent(tx: Transaction) -> int:
    """Mark hand-offs whose answer is overdue, so that supervisors are told once; out: how many were new.

    Raises PermissionRefused.
    """
    require(tx.actor, Verb.REMIND)
    silent = (
        HandOffRow.status == "offered",
        HandOffRow.answer_by <= tx.now,
        HandOffRow.escalated_at.is_(None),
    )
    held = select(HandOffRow.id, HandOffRow.screening_id).where(*silent).with_for_update()
    rows = tx.session.execute(held).all()
    for row in rows:
        tx.session.execute(update(HandOffRow).where(HandOffRow.id == row.id).values(escalated_at=tx.now))
        tx.journal.record(AuditAction.HAND_OFF_ESCALATED, row.screening_id, hand_off=row.id)
    return len(rows)


def _for(actor: Actor) -> ColumnElement[bool]:
    """Those to the actor or to everybody on the unit."""
    return or_(HandOffRow.to_user == actor.user_id, _TO_UNIT)


def _silent(tx: Transaction, actor: Actor) -> ColumnElement[bool]:
    """Those whose answer is overdue, as far as the actor is to be told of them."""
    overdue = HandOffRow.answer_by <= tx.now
    if may(actor, Verb.REVIEW_SCREENING):
        return overdue
    return overdue & (HandOffRow.offered_by == actor.user_id)


def _rows(
    tx: Transaction,
    wanted: ColumnElement[bool],
    order: ColumnElement[Any] | Any,
    *,
    limit: int | None = None,
    offset: int | None = None,
) -> list[Any]:
    sender, receiver = aliased(User), aliased(User)
    query = (
        select(HandOffRow, sender.name.label("offered_by"), receiver.name.label("to_user"))
        .outerjoin(sender, sender.id == HandOffRow.offered_by)
        .outerjoin(receiver, receiver.id == HandOffRow.to_user)
        .where(wanted)
        .order_by(order, HandOffRow.id)
    )
    return list(tx.session.execute(query.limit(limit).offset(offset)))


def _pending(tx: Transaction, actor: Actor, found: Any) -> PendingHandOff:
    row: HandOffRow = found.HandOffRow
    screening = read_screening(tx, row.screening_id)
    key = screening.open_key(tx.vault)
    whole = hand_off_of(row, key, offered_by=found.offered_by, to_user=found.to_user)
    return PendingHandOff(
        id=whole.id,
        screening_id=whole.screening_id,
        youth_ref=screening.open_youth_ref(key) if may(actor, Verb.SEE_CASE_NUMBERS) else "",
        rulebook_digest=screening.rulebook_digest,
        sheet=whole.sheet,
        to_profession=whole.to_profession,
        to_user_name=whole.to_user_name,
        outside=whole.outside,
        to_unit=whole.to_unit,
        status=whole.status,
        offered_by_name=whole.offered_by_name,
        offered_at=whole.offered_at,
        answer_by=whole.answer_by,
        escalated_at=whole.escalated_at,
        taken_by_names=tuple(each.name for each in whole.taken),
        taken_by_me=whole.taken_by(actor.user_id),
    )
