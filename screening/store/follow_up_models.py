"""Tables of what follows a result: charges, events that start clocks, duties, hand-offs, reviews.

Each row names its screening together with that screening's agency, so that nothing can stand in another agency. What
could tell of a youth is sealed under the screening's own key; what lists must sort and find by stays plain.
"""

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from screening.store.models import AgencyOwned, Base, UtcDateTime

_ID = String(64)
_NAME = String(60)


def of_screening() -> ForeignKeyConstraint:
    """To a screening of the same agency."""
    return ForeignKeyConstraint(["screening_id", "agency_id"], ["screenings.id", "screenings.agency_id"])


class ChargeRow(AgencyOwned, Base):
    """A charge the youth faces. Sealed: its kind, the day of the offense, and whether it stays with counsel.

    A withdrawn charge stays as a row; nothing but the two columns of withdrawal ever changes.
    """

    __tablename__ = "charges"
    __table_args__ = (
        of_screening(),
        CheckConstraint("length(id) BETWEEN 1 AND 64", name="id_length"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name="withdrawn_by_somebody"),
        Index(None, "screening_id"),
    )

    id: Mapped[str] = mapped_column(_ID, primary_key=True)
    screening_id: Mapped[str] = mapped_column(_ID)
    added_by: Mapped[str] = mapped_column(_ID, ForeignKey("users.id"))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_by: Mapped[str | None] = mapped_column(_ID, ForeignKey("users.id"))


class EventRow(AgencyOwned, Base):
    """A moment that starts clocks, as a person entered it. Only ever added: a later row of the same event supersedes."""

    __tablename__ = "screening_events"
    __table_args__ = (
        of_screening(),
        UniqueConstraint("screening_id", "event", "sequence"),
        CheckConstraint("sequence >= 1", name="sequence_positive"),
    )

    id: Mapped[str] = mapped_column(_ID, primary_key=True)
    screening_id: Mapped[str] = mapped_column(_ID)
    event: Mapped[str] = mapped_column(_NAME)
    sequence: Mapped[int]
    happened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    recorded_by: Mapped[str] = mapped_column(_ID, ForeignKey("users.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DutyRow(AgencyOwned, Base):
    """An action with a clock, on one screening. ``due_at`` is unknown until the event that starts the clock is entered.

    Closed with proof (``done``), with a reason (``not_done``), or because it no longer applies (``lapsed``).
    """

    __tablename__ = "duties"
    __table_args__ = (
        of_screening(),
        UniqueConstraint("screening_id", "action"),
        CheckConstraint("status IN ('open', 'done', 'not_done', 'lapsed')", name="status_known"),
        CheckConstraint("(status = 'open') = (closed_at IS NULL)", name="closed_has_time"),
        CheckConstraint("status NOT IN ('done', 'not_done') OR sealed IS NOT NULL", name="closed_with_words"),
        Index(None, "agency_id", "status", "due_at"),
    )

    id: Mapped[str] = mapped_column(_ID, primary_key=True)
    screening_id: Mapped[str] = mapped_column(_ID)
    action: Mapped[str] = mapped_column(_NAME)
    must: Mapped[bool]
    status: Mapped[str] = mapped_column(String(20), default="open")
    raised_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    assigned_to: Mapped[str | None] = mapped_column(_ID, ForeignKey("users.id"))
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by: Mapped[str | None] = mapped_column(_ID, ForeignKey("users.id"))
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)


class HandOffRow(AgencyOwned, Base):
    """A sheet offered to somebody, and what became of it.

    ``to_user`` is somebody of the agency; otherwise a link with a code leads to it, of which only hashes are kept.
    ``sealed`` holds to whom and why, ``answer_sealed`` who took it or why it was declined.
    """

    __tablename__ = "hand_offs"
    __table_args__ = (
        of_screening(),
        CheckConstraint(
            "status IN ('offered', 'acknowledged', 'declined', 'done', 'withdrawn')", name="status_known"
        ),
        CheckConstraint("(token_hash IS NULL) = (code_hash IS NULL)", name="link_has_code"),
        CheckConstraint("failed_codes >= 0", name="failed_codes_counted"),
        Index(None, "agency_id", "status", "answer_by"),
        Index(None, "screening_id"),
    )

    id: Mapped[str] = mapped_column(_ID, primary_key=True)
    screening_id: Mapped[str] = mapped_column(_ID)
    sheet: Mapped[str] = mapped_column(_NAME)
    to_profession: Mapped[str | None] = mapped_column(_NAME)
    to_user: Mapped[str | None] = mapped_column(_ID, ForeignKey("users.id"))
    offered_by: Mapped[str] = mapped_column(_ID, ForeignKey("users.id"))
    offered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answer_by: Mapped[datetime] = mapped_column(UtcDateTime)
    status: Mapped[str] = mapped_column(String(20), default="offered")
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    code_hash: Mapped[str | None] = mapped_column(String(200))
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failed_codes: Mapped[int] = mapped_column(default=0)
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    escalated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ReviewRow(AgencyOwned, Base):
    """A supervisor's review. Only ever added. ``level_set`` is an override; what the rules found stays beside it."""

    __tablename__ = "reviews"
    __table_args__ = (
        of_screening(),
        UniqueConstraint("screening_id", "sequence"),
        CheckConstraint("sequence >= 1", name="sequence_positive"),
        CheckConstraint("decision IN ('agreed', 'overridden', 'sent_back')", name="decision_known"),
        CheckConstraint("(decision = 'overridden') = (level_set IS NOT NULL)", name="override_names_level"),
    )

    id: Mapped[str] = mapped_column(_ID, primary_key=True)
    screening_id: Mapped[str] = mapped_column(_ID)
    sequence: Mapped[int]
    reviewed_by: Mapped[str] = mapped_column(_ID, ForeignKey("users.id"))
    reviewed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decision: Mapped[str] = mapped_column(String(20))
    level_found: Mapped[str] = mapped_column(String(20))
    level_set: Mapped[str | None] = mapped_column(String(20))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
