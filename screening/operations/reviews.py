"""A supervisor's review of a completed screening: agreed, overridden with a reason, or sent back.

What the rules found stays beside what the supervisor set; neither is ever changed, and a later review does not remove an
earlier one.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, cast
from uuid import uuid4

from sqlalchemy import func, insert, select

from screening.operations.actors import Actor, Refusal, Verb, require
from screening.operations.database import Transaction
from screening.operations.screenings import (
    Page,
    hold_screening,
    read_screening,
    send_back_screening,
)
from screening.store.follow_up_models import ReviewRow
from screening.store.journal_actions import AuditAction
from screening.store.models import Screening, User
from screening.store.vault import RecordKey

Decision = Literal["agreed", "overridden", "sent_back"]
LevelFound = Literal["none", "cannot_rule_out", "possible", "clear"]
LevelSet = Literal["none", "possible", "clear"]
LONGEST_REASON = 1000
MOST_PER_PAGE = 100


class ReviewRefused(Refusal):
    """A review cannot be recorded like this. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class Review:
    """One review, as it was recorded. ``reason`` may be empty only where the supervisor agreed."""

    sequence: int
    decision: Decision
    level_found: LevelFound
    level_set: LevelSet | None
    reason: str
    reviewed_by_name: str
    reviewed_at: datetime


@dataclass(frozen=True, slots=True)
class Unreviewed:
    """A completed screening that nobody has reviewed since it was completed."""

    screening_id: str
    opened_at: datetime
    completed_at: datetime
    recognised_at: datetime | None
    opened_by_name: str


def record_review(
    tx: Transaction,
    screening_id: str,
    *,
    decision: Decision,
    level_found: LevelFound,
    level_set: LevelSet | None,
    reason: str,
    amend_for: timedelta,
) -> int:
    """Record a supervisor's review; out: its number. A screening that is sent back opens again.

    In: what the rules found at that moment; for an override the level that shall count, and the reason. Raises
    ReviewRefused (not completed, one's own screening, no reason, an override to what was found), ScreeningNotFound,
    PermissionRefused.
    """
    actor = require(tx.actor, Verb.REVIEW_SCREENING)
    screening, status, _recognised_at = hold_screening(tx, screening_id)
    words = reason.strip()
    _refuse_unfit(decision, level_found, level_set, words)
    if (obstacle := _obstacle(status, screening.opened_by, actor)) is not None:
        raise obstacle
    last = tx.session.execute(
        select(func.max(ReviewRow.sequence)).where(ReviewRow.screening_id == screening_id)
    ).scalar_one()
    id, sequence = str(uuid4()), (last or 0) + 1
    identity = _identity(id, screening_id, screening.agency_id, sequence, decision, level_found, level_set)
    row = {
        "id": id,
        "screening_id": screening_id,
        "agency_id": screening.agency_id,
        "sequence": sequence,
        "reviewed_by": actor.user_id,
        "reviewed_at": tx.now,
        "decision": decision,
        "level_found": level_found,
        "level_set": level_set,
        "sealed": screening.open_key(tx.vault).seal(words, "reviews", identity),
    }
    tx.session.execute(insert(ReviewRow), [row])
    tx.journal.record(AuditAction.REVIEW_RECORDED, screening_id, sequence=sequence, decision=decision)
    if decision == "sent_back":
        send_back_screening(tx, screening_id, amend_for=amend_for)
    return sequence


def review_obstacle(tx: Transaction, screening_id: str) -> ReviewRefused | None:
    """Why the actor cannot review a screening now; nothing if they can. Raises ScreeningNotFound, PermissionRefused."""
    actor = require(tx.actor, Verb.REVIEW_SCREENING)
    opened_by = read_screening(tx, screening_id).opened_by
    status = tx.session.execute(select(Screening.status).where(Screening.id == screening_id)).scalar_one()
    return _obstacle(status, opened_by, actor)


def _obstacle(status: str, opened_by: str, actor: Actor) -> ReviewRefused | None:
    if opened_by == actor.user_id:
        return ReviewRefused("You opened this screening yourself. Somebody else reviews it.")
    if status != "completed":
        return ReviewRefused("This screening is still open. It can be reviewed when it is completed.")
    return None


def _refuse_unfit(decision: Decision, found: LevelFound, level_set: LevelSet | None, reason: str) -> None:
    if decision not in ("agreed", "overridden", "sent_back"):
        raise ReviewRefused("A review agrees, overrides, or sends back.")
    if (decision == "overridden") != (level_set is not None):
        raise ReviewRefused("Only an override names a level, and it must name one.")
    if level_set is not None and (level_set not in ("none", "possible", "clear") or level_set == found):
        raise ReviewRefused("An override names a level other than the one that was found.")
    if decision != "agreed" and not reason:
        raise ReviewRefused("Write down the reason. It stays with the screening.")
    if len(reason) > LONGEST_REASON:
        raise ReviewRefused(f"Keep the reason to {LONGEST_REASON} characters.")


def reviews_of(tx: Transaction, screening_id: str) -> tuple[Review, ...]:
    """The reviews of a screening, oldest first. Raises ScreeningNotFound, PermissionRefused, SealBroken."""
    require(tx.actor, Verb.VIEW_SCREENING)
    key = read_screening(tx, screening_id).open_key(tx.vault)
    rows = tx.session.execute(
        select(ReviewRow, User.name)
        .outerjoin(User, User.id == ReviewRow.reviewed_by)
        .where(ReviewRow.screening_id == screening_id)
        .order_by(ReviewRow.sequence)
    )
    return tuple(_review(row.ReviewRow, row.name, key) for row in rows)


def _review(row: ReviewRow, name: str | None, key: RecordKey) -> Review:
    identity = _identity(
        row.id, row.screening_id, row.agency_id, row.sequence, row.decision, row.level_found, row.level_set
    )
    return Review(
        sequence=row.sequence,
        decision=cast(Decision, row.decision),
        level_found=cast(LevelFound, row.level_found),
        level_set=cast(LevelSet | None, row.level_set),
        reason=str(key.open(row.sealed, "reviews", identity)),
        reviewed_by_name=name or "",
        reviewed_at=row.reviewed_at,
    )


def unreviewed(tx: Transaction, *, page: int = 1, per_page: int = 25) -> Page[Unreviewed]:
    """A page of the agency's completed screenings that wait for a review, those with a recognised concern first, oldest first.

    One's own are left out: somebody else reviews them. Raises PermissionRefused.
    """
    actor = require(tx.actor, Verb.REVIEW_SCREENING)
    page, per_page = max(1, page), min(max(1, per_page), MOST_PER_PAGE)
    reviewed = (
        select(ReviewRow.id)
        .where(ReviewRow.screening_id == Screening.id, ReviewRow.reviewed_at >= Screening.completed_at)
        .exists()
    )
    wanted = (Screening.status == "completed") & ~reviewed & (Screening.opened_by != actor.user_id)
    total = tx.session.execute(select(func.count(Screening.id)).where(wanted)).scalar_one()
    rows = tx.session.execute(
        select(Screening.id, Screening.opened_at, Screening.completed_at, Screening.recognised_at, User.name)
        .outerjoin(User, User.id == Screening.opened_by)
        .where(wanted)
        .order_by(Screening.recognised_at.is_(None), Screening.completed_at, Screening.id)
        .limit(per_page)
        .offset((page - 1) * per_page)
    )
    items = tuple(
        Unreviewed(row.id, row.opened_at, row.completed_at, row.recognised_at, row.name or "") for row in rows
    )
    return Page(items, page, per_page, total)


def _identity(
    id: str,
    screening_id: str,
    agency_id: str,
    sequence: int,
    decision: str,
    found: str,
    level_set: str | None,
) -> tuple[str, ...]:
    return ("review", id, screening_id, agency_id, str(sequence), decision, found, level_set or "")
