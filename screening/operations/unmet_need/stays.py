"""Where a youth stayed from when until when. Days in detention and days until a safe placement are counted from this."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from screening.operations.actors import Refusal, Verb, require
from screening.operations.database import Transaction
from screening.operations.screenings import hold_screening, read_screening
from screening.store.help_models import StayRow
from screening.store.journal_actions import AuditAction
from screening.store.models import User

_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
_ID = re.compile(r"[0-9a-f-]{36}")


class StayRefused(Refusal):
    """The stay cannot be entered or changed like this. Nothing was changed."""


class StaysOverlap(StayRefused):
    """A youth cannot be in two places at once. ``with_place`` is the place of the other stay, ``open_end``: it has no end yet."""

    def __init__(self, with_place: str, *, open_end: bool) -> None:
        super().__init__(
            "Another stay covers part of that time and has no end yet. End it, or let the new one end it."
            if open_end
            else "Another stay covers part of that time. Correct one of the two."
        )
        self.with_place = with_place
        self.open_end = open_end


class StayNotFound(Refusal):
    """There is no such stay in the actor's agency."""

    def __init__(self) -> None:
        super().__init__("There is no such stay in your agency.")


@dataclass(frozen=True, slots=True)
class Stay:
    """One stay; no end: the youth is there still, as far as is known. ``withdrawn_at``: taken back, not counted."""

    id: str
    screening_id: str
    place: str
    from_at: datetime
    until_at: datetime | None
    recorded_by_name: str
    recorded_at: datetime
    withdrawn_at: datetime | None


def record_stay(
    tx: Transaction,
    screening_id: str,
    place: str,
    from_at: datetime,
    until_at: datetime | None,
    id: str,
    *,
    ends_former: bool = False,
) -> bool:
    """Enter a stay; out: whether it is new. The same id again changes nothing.

    In: a place of the rulebook, when it began and ended (aware; no end: still there), an id the sender chose.
    ``ends_former``: an earlier stay without an end ends where this one begins. Raises StaysOverlap, StayRefused,
    ScreeningNotFound, PermissionRefused.
    """
    actor = require(tx.actor, Verb.FOLLOW_UP)
    if not (_NAME.fullmatch(place) and _ID.fullmatch(id)):
        raise StayRefused("Choose the place.")
    if from_at > tx.now or (until_at is not None and until_at > tx.now):
        raise StayRefused("That moment has not come yet. Check the date and the time.")
    if until_at is not None and until_at <= from_at:
        raise StayRefused("A stay ends after it begins. Check both times.")
    screening, _status, _recognised_at = hold_screening(tx, screening_id)
    held = tx.session.execute(select(StayRow.screening_id).where(StayRow.id == id)).scalar_one_or_none()
    if held is not None:
        if held != screening_id:
            raise StayRefused("This stay was sent under an id that belongs to another one.")
        return False
    _make_room(tx, _counted(tx, screening_id), from_at, until_at, ends_former)
    row = {
        "id": id,
        "screening_id": screening_id,
        "agency_id": screening.agency_id,
        "place": place,
        "from_at": from_at,
        "until_at": until_at,
        "recorded_by": actor.user_id,
        "recorded_at": tx.now,
    }
    try:
        tx.session.execute(insert(StayRow), [row])
    except IntegrityError:  # another agency has that id, which is drawn by chance: nothing of it is told
        raise StayRefused("This stay could not be saved. Open the form again.") from None
    tx.journal.record(AuditAction.STAY_RECORDED, screening_id, stay=id, place=place)
    return True


def end_stay(tx: Transaction, id: str, until_at: datetime) -> bool:
    """Note when a stay ended; out: whether anything changed. Raises StayRefused, StayNotFound, PermissionRefused."""
    require(tx.actor, Verb.FOLLOW_UP)
    row = _held_row(tx, id)
    if row.withdrawn_at is not None:
        raise StayRefused("This stay was taken back. Restore it first.")
    if row.until_at is not None:
        if row.until_at == until_at:
            return False
        raise StayRefused("This stay has ended already. To correct it, take it back and enter it again.")
    if until_at > tx.now:
        raise StayRefused("That moment has not come yet. Check the date and the time.")
    if until_at <= row.from_at:
        raise StayRefused("A stay ends after it begins. Check both times.")
    _end(tx, row, until_at)
    return True


def withdraw_stay(tx: Transaction, id: str) -> bool:
    """Take back a stay entered by mistake; out: whether it was counted before. Raises StayNotFound, PermissionRefused."""
    actor = require(tx.actor, Verb.FOLLOW_UP)
    row = _held_row(tx, id)
    if row.withdrawn_at is not None:
        return False
    change = {"withdrawn_at": tx.now, "withdrawn_by": actor.user_id}
    tx.session.execute(update(StayRow).where(StayRow.id == id).values(**change))
    tx.journal.record(AuditAction.STAY_WITHDRAWN, row.screening_id, stay=id)
    return True


def restore_stay(tx: Transaction, id: str) -> bool:
    """Undo ``withdraw_stay``; stands in the journal as the stay recorded again. Out: whether it was taken back.

    Raises StaysOverlap, StayNotFound, PermissionRefused.
    """
    require(tx.actor, Verb.FOLLOW_UP)
    row = _held_row(tx, id)
    if row.withdrawn_at is None:
        return False
    _make_room(tx, _counted(tx, row.screening_id), row.from_at, row.until_at, ends_former=False)
    change = {"withdrawn_at": None, "withdrawn_by": None}
    tx.session.execute(update(StayRow).where(StayRow.id == id).values(**change))
    tx.journal.record(AuditAction.STAY_RECORDED, row.screening_id, stay=id, place=row.place)
    return True


def stays_of(tx: Transaction, screening_id: str) -> tuple[Stay, ...]:
    """The stays of a screening, the latest first, with what was taken back. Raises ScreeningNotFound, PermissionRefused."""
    require(tx.actor, Verb.VIEW_SCREENING)
    read_screening(tx, screening_id)
    rows = tx.session.execute(
        select(StayRow, User.name)
        .outerjoin(User, User.id == StayRow.recorded_by)
        .where(StayRow.screening_id == screening_id)
        .order_by(StayRow.from_at.desc(), StayRow.recorded_at.desc(), StayRow.id)
    )
    return tuple(
        Stay(
            id=row.StayRow.id,
            screening_id=row.StayRow.screening_id,
            place=row.StayRow.place,
            from_at=row.StayRow.from_at,
            until_at=row.StayRow.until_at,
            recorded_by_name=row.name or "",
            recorded_at=row.StayRow.recorded_at,
            withdrawn_at=row.StayRow.withdrawn_at,
        )
        for row in rows
    )


def _counted(tx: Transaction, screening_id: str) -> Sequence[StayRow]:
    query = select(StayRow).where(StayRow.screening_id == screening_id, StayRow.withdrawn_at.is_(None))
    return tx.session.scalars(query.execution_options(populate_existing=True)).all()


def _make_room(
    tx: Transaction,
    others: Sequence[StayRow],
    from_at: datetime,
    until_at: datetime | None,
    ends_former: bool,
) -> None:
    """See to it that no other stay covers part of the time. Raises StaysOverlap."""
    for other in others:
        before = other.until_at is not None and other.until_at <= from_at
        after = until_at is not None and other.from_at >= until_at
        if before or after:
            continue
        if ends_former and other.until_at is None and other.from_at < from_at:
            _end(tx, other, from_at)
        else:
            raise StaysOverlap(other.place, open_end=other.until_at is None)


def _end(tx: Transaction, row: StayRow, until_at: datetime) -> None:
    tx.session.execute(update(StayRow).where(StayRow.id == row.id).values(until_at=until_at))
    tx.journal.record(AuditAction.STAY_ENDED, row.screening_id, stay=row.id)


def _held_row(tx: Transaction, id: str) -> StayRow:
    """The stay, its screening held until the transaction ends. Raises StayNotFound."""
    query = select(StayRow).where(StayRow.id == id)
    found = tx.session.execute(query).scalar_one_or_none()
    if found is None:
        raise StayNotFound
    hold_screening(tx, found.screening_id)
    return tx.session.execute(query.execution_options(populate_existing=True)).scalar_one()
