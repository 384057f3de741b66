"""Moments that start clocks: what a person entered, and what counts of it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import func, insert, select

from screening.operations.actors import Refusal, Verb, require
from screening.operations.database import Transaction
from screening.operations.screenings import hold_screening
from screening.store.follow_up_models import EventRow
from screening.store.journal_actions import AuditAction
from screening.store.models import User

_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")


class EventRefused(Refusal):
    """The moment cannot be: it lies in the future, or names no event."""


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """A moment as it counts now: the latest entry of its event. No moment: somebody took it back, it is not known."""

    event: str
    happened_at: datetime | None
    recorded_by_name: str
    recorded_at: datetime


def record_event(tx: Transaction, screening_id: str, event: str, happened_at: datetime | None) -> bool:
    """Enter the moment of an event; a later entry supersedes it, and both stay in the file.

    In: an event id of the rulebook; the moment (aware), or nothing to say that it is not known after all. Out: whether
    anything is new: the same moment twice is entered once. Raises EventRefused, ScreeningNotFound, PermissionRefused.
    """
    actor = require(tx.actor, Verb.FOLLOW_UP)
    if not _NAME.fullmatch(event):
        raise EventRefused("There is no such event.")
    if happened_at is not None and happened_at > tx.now:
        raise EventRefused("That moment has not come yet. Check the date and the time.")
    screening, _status, _recognised_at = hold_screening(tx, screening_id)
    last = tx.session.execute(
        select(EventRow.sequence, EventRow.happened_at)
        .where(EventRow.screening_id == screening_id, EventRow.event == event)
        .order_by(EventRow.sequence.desc())
        .limit(1)
    ).one_or_none()
    if (None if last is None else last.happened_at) == happened_at:
        return False
    sequence = 1 if last is None else last.sequence + 1
    row = {
        "id": str(uuid4()),
        "screening_id": screening_id,
        "agency_id": screening.agency_id,
        "event": event,
        "sequence": sequence,
        "happened_at": happened_at,
        "recorded_by": actor.user_id,
        "recorded_at": tx.now,
    }
    tx.session.execute(insert(EventRow), [row])
    tx.journal.record(AuditAction.EVENT_RECORDED, screening_id, event=event, sequence=sequence)
    return True


def recorded_events(tx: Transaction, screening_id: str) -> Mapping[str, RecordedEvent]:
    """Event → what counts of it now, of one screening the caller may see."""
    latest = (
        select(EventRow.event, func.max(EventRow.sequence).label("sequence"))
        .where(EventRow.screening_id == screening_id)
        .group_by(EventRow.event)
        .subquery()
    )
    rows = tx.session.execute(
        select(EventRow.event, EventRow.happened_at, EventRow.recorded_at, User.name)
        .join(latest, (latest.c.event == EventRow.event) & (latest.c.sequence == EventRow.sequence))
        .outerjoin(User, User.id == EventRow.recorded_by)
        .where(EventRow.screening_id == screening_id)
    )
    return {
        row.event: RecordedEvent(row.event, row.happened_at, row.name or "", row.recorded_at) for row in rows
    }
