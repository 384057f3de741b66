"""Which duties a screening has: raised when the rules ask for them, lapsed when they no longer do, never lost."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast
from uuid import uuid4

from sqlalchemy import Select, insert, select, update
from sqlalchemy.orm import aliased

from screening.operations.actors import Verb, require
from screening.operations.database import Transaction
from screening.operations.duties.events import RecordedEvent, recorded_events
from screening.operations.duties.sealing import open_words
from screening.operations.screenings import hold_screening, read_screening
from screening.store.follow_up_models import DutyRow
from screening.store.journal_actions import AuditAction
from screening.store.models import User
from screening.store.vault import RecordKey

DutyStatus = Literal["open", "done", "not_done", "lapsed"]


@dataclass(frozen=True, slots=True)
class WantedDuty:
    """An action with a clock that applies to the screening now: its id, whether it is a duty, and when it is due."""

    action: str
    must: bool
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Duty:
    """One duty of a screening. ``words`` say with what proof or for what reason it was closed: field → text."""

    id: str
    action: str
    must: bool
    status: DutyStatus
    raised_at: datetime
    due_at: datetime | None
    assigned_to: str | None
    assigned_to_name: str
    closed_at: datetime | None
    closed_by_name: str
    words: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What follows one screening: the events entered, and the duties, in the order they were raised."""

    events: Mapping[str, RecordedEvent]
    duties: tuple[Duty, ...]

    def started(self, recognised_at: datetime | None) -> dict[str, datetime]:
        """Event → when it happened, as far as it is known; with the recognition of the concern."""
        moments = {event: entry.happened_at for event, entry in self.events.items()}
        moments["recognised"] = recognised_at
        return {event: moment for event, moment in moments.items() if moment is not None}


def raise_duties(tx: Transaction, screening_id: str, wanted: Iterable[WantedDuty]) -> int:
    """Bring the screening's duties in line with what the rules ask for now; out: how many rows changed.

    New ones are raised; open ones that no longer apply lapse, and come back if they apply again; what somebody closed
    with proof or a reason stays closed. A due time follows the event it depends on, as long as the duty is open.
    Running it again changes nothing. Raises ScreeningNotFound, PermissionRefused.
    """
    require(tx.actor, Verb.FOLLOW_UP)
    screening, _status, _recognised_at = hold_screening(tx, screening_id)
    asked = {duty.action: duty for duty in wanted}
    held = {row.action: row for row in tx.session.execute(_state_of(screening_id))}
    new = [
        {
            "id": str(uuid4()),
            "screening_id": screening_id,
            "agency_id": screening.agency_id,
            "action": duty.action,
            "must": duty.must,
            "status": "open",
            "raised_at": tx.now,
            "due_at": duty.due_at,
        }
        for duty in asked.values()
        if duty.action not in held
    ]
    if new:
        tx.session.execute(insert(DutyRow), new)
    changed = lapsed = 0
    for action, row in held.items():
        change = _change_of(row.status, row.due_at, asked.get(action), tx.now)
        if change:
            tx.session.execute(update(DutyRow).where(DutyRow.id == row.id).values(**change))
            changed += 1
            lapsed += change.get("status") == "lapsed"
    if new or changed:
        tx.journal.record(AuditAction.DUTIES_RAISED, screening_id, raised=len(new), lapsed=lapsed)
    return len(new) + changed


def _state_of(screening_id: str) -> Select[str, str, str, datetime | None]:
    return select(DutyRow.id, DutyRow.action, DutyRow.status, DutyRow.due_at).where(
        DutyRow.screening_id == screening_id
    )


def _change_of(
    status: str, due_at: datetime | None, asked: WantedDuty | None, now: datetime
) -> dict[str, object]:
    """The columns to change on a duty that is there already."""
    if status in ("done", "not_done"):
        return {}
    if asked is None:
        return {"status": "lapsed", "closed_at": now} if status == "open" else {}
    change: dict[str, object] = {"status": "open", "closed_at": None} if status == "lapsed" else {}
    if asked.due_at != due_at:
        change["due_at"] = asked.due_at
    return change


def follow_up(tx: Transaction, screening_id: str) -> FollowUp:
    """The events and duties of a screening. Raises ScreeningNotFound, PermissionRefused, SealBroken."""
    require(tx.actor, Verb.VIEW_SCREENING)
    key = read_screening(tx, screening_id).open_key(tx.vault)
    closer, assignee = aliased(User), aliased(User)
    rows = tx.session.execute(
        select(DutyRow, closer.name.label("closer"), assignee.name.label("assignee"))
        .outerjoin(closer, closer.id == DutyRow.closed_by)
        .outerjoin(assignee, assignee.id == DutyRow.assigned_to)
        .where(DutyRow.screening_id == screening_id)
        .order_by(DutyRow.raised_at, DutyRow.id)
    )
    duties = tuple(_duty(row.DutyRow, row.closer, row.assignee, key) for row in rows)
    return FollowUp(recorded_events(tx, screening_id), duties)


def _duty(row: DutyRow, closer: str | None, assignee: str | None, key: RecordKey) -> Duty:
    return Duty(
        id=row.id,
        action=row.action,
        must=row.must,
        status=cast(DutyStatus, row.status),
        raised_at=row.raised_at,
        due_at=row.due_at,
        assigned_to=row.assigned_to,
        assigned_to_name=assignee or "",
        closed_at=row.closed_at,
        closed_by_name=closer or "",
        words={} if row.sealed is None else open_words(key, row),
    )
