"""Tables of finding help: which beds there are, asking for one, referrals, needs nobody could meet, keeping the directory right.

What tells of a youth names its screening together with that screening's agency, and its words are sealed under the screening's
own key. What tells of a service names the service of the same agency; nothing in it speaks of a youth.
"""

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from screening.store.follow_up_models import of_screening
from screening.store.models import AgencyOwned, Base, UtcDateTime

_ID = String(64)
_NAME = String(60)


def _of_service() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["agency_id", "service_id"], ["services.agency_id", "services.id"])


class ServiceOfferRow(AgencyOwned, Base):
    """What kind of help a service gives where: drawn from its document, rewritten whenever that changes.

    ``area`` is a county or jurisdiction of the rulebook; a service that names none stands under the empty area, which is
    asked for with every place.
    """

    __tablename__ = "service_offers"
    __table_args__ = (
        PrimaryKeyConstraint("agency_id", "kind", "area", "service_id"),
        _of_service(),
        Index(None, "agency_id", "service_id"),
    )

    kind: Mapped[str] = mapped_column(_NAME)
    area: Mapped[str] = mapped_column(_NAME)
    service_id: Mapped[str] = mapped_column(_ID)


class BedReportRow(AgencyOwned, Base):
    """How a place stood at one moment, and who said so. Only ever added; the latest counts, and grows stale."""

    __tablename__ = "bed_reports"
    __table_args__ = (
        _of_service(),
        CheckConstraint(
            "status IN ('available', 'waitlist', 'full', 'assess_first', 'unknown')", name="status_known"
        ),
        CheckConstraint("beds IS NULL OR (beds >= 0 AND status = 'available')", name="beds_when_available"),
        Index(None, "agency_id", "service_id", "said_at"),
    )

    id: Mapped[str] = mapped_column(_ID, primary_key=True)
    service_id: Mapped[str] = mapped_column(_ID)
    status: Mapped[str] = mapped_column(String(20))
    beds: Mapped[int | None]
    serves: Mapped[str | None] = mapped_column(_NAME)
    said_by: Mapped[str] = mapped_column(Text)
    said_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by: Mapped[str] = mapped_column(_ID)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class BedRequestRow(AgencyOwned, Base):
    """One question, whether there is a bed, put to several places at once. Sealed: the few facts that each of them reads."""

    __tablename__ = "bed_requests"
    __table_args__ = (
        of_screening(),
        CheckConstraint("status IN ('open', 'placed', 'closed')", name="status_known"),
        CheckConstraint("(status = 'open') = (closed_at IS NULL)", name="closed_has_time"),
        Index(None, "screening_id"),
        Index(None, "agency_id", "status", "answer_by"),
    )

    id: Mapped[str] = mapped_column(_ID, primary_key=True)
    screening_id: Mapped[str] = mapped_column(_ID)
    asked_by: Mapped[str] = mapped_column(_ID, ForeignKey("users.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answer_by: Mapped[datetime] = mapped_column(UtcDateTime)
    status: Mapped[str] = mapped_column(String(20), default="open")
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class BedRequestPlaceRow(AgencyOwned, Base):
    """A place that was asked, and its answer: entered by whoever heard it, or by the place itself through a link with a code."""

    __tablename__ = "bed_request_places"
    __table_args__ = (
        of_screening(),
        _of_service(),
        UniqueConstraint("request_id", "service_id"),
        CheckConstraint("answer IS NULL OR answer IN ('yes', 'assess_first', 'no')", name="answer_known"),
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered_has_time"),
        CheckConstraint("(token_hash IS NULL) = (code_hash IS NULL)", name="link_has_code"),
        CheckConstraint("failed_codes >= 0", name="failed_codes_counted"),
        Index(None, "agency_id", "service_id"),
    )

    id: Mapped[str] = mapped_column(_ID, primary_key=True)
    request_id: Mapped[str] = mapped_column(_ID, ForeignKey("bed_requests.id"))
    screening_id: Mapped[str] = mapped_column(_ID)
    service_id: Mapped[str] = mapped_column(_ID)
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    code_hash: Mapped[str | None] = mapped_column(String(200))
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failed_codes: Mapped[int] = mapped_column(default=0)
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer: Mapped[str | None] = mapped_column(String(20))
    reason: Mapped[str | None] = mapped_column(_NAME)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    recorded_by: Mapped[str | None] = mapped_column(_ID)
    answer_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)


class ContactAttemptRow(AgencyOwned, Base):
    """Somebody tried to reach a service for a youth, and what came of it. Only ever added. Sealed: the words about it."""

    __tablename__ = "contact_attempts"
    __table_args__ = (
        of_screening(),
        _of_service(),
        Index(None, "screening_id"),
        Index(None, "agency_id", "service_id", "at"),
    )

    id: Mapped[str] = mapped_column(_ID, primary_key=True)
    screening_id: Mapped[str] = mapped_column(_ID)
    service_id: Mapped[str] = mapped_column(_ID)
    outcome: Mapped[str] = mapped_column(_NAME)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by: Mapped[str] = mapped_column(_ID, ForeignKey("users.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)


class ReferralRow(AgencyOwned, Base):
    """A youth referred to a service for a need. ``step`` is the last of its steps, kept here for lists."""

    __tablename__ = "referrals"
    __table_args__ = (
        of_screening(),
        _of_service(),
        Index(None, "screening_id"),
        Index(None, "agency_id", "service_id"),
        Index(None, "agency_id", "ended_at", "step_at"),
    )

    id: Mapped[str] = mapped_column(_ID, primary_key=True)
    screening_id: Mapped[str] = mapped_column(_ID)
    service_id: Mapped[str] = mapped_column(_ID)
    need: Mapped[str] = mapped_column(_NAME)
    made_by: Mapped[str] = mapped_column(_ID, ForeignKey("users.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    step: Mapped[str] = mapped_column(_NAME)
    step_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ReferralStepRow(AgencyOwned, Base):
    """A step of a referral. Only ever added. Sealed: the words about it."""

    __tablename__ = "referral_steps"
    __table_args__ = (
        of_screening(),
        UniqueConstraint("referral_id", "sequence"),
        CheckConstraint("sequence >= 1", name="sequence_positive"),
    )

    id: Mapped[str] = mapped_column(_ID, primary_key=True)
    referral_id: Mapped[str] = mapped_column(_ID, ForeignKey("referrals.id"))
    screening_id: Mapped[str] = mapped_column(_ID)
    sequence: Mapped[int]
    step: Mapped[str] = mapped_column(_NAME)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by: Mapped[str] = mapped_column(_ID, ForeignKey("users.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)


class StayRow(AgencyOwned, Base):
    """Where a youth stayed from when until when: what days in detention and days until a safe placement are counted from."""

    __tablename__ = "stays"
    __table_args__ = (
        of_screening(),
        CheckConstraint("until_at IS NULL OR until_at >= from_at", name="ends_after_start"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name="withdrawn_by_somebody"),
        Index(None, "screening_id"),
        Index(None, "agency_id", "place", "from_at"),
    )

    id: Mapped[str] = mapped_column(_ID, primary_key=True)
    screening_id: Mapped[str] = mapped_column(_ID)
    place: Mapped[str] = mapped_column(_NAME)
    from_at: Mapped[datetime] = mapped_column(UtcDateTime)
    until_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    recorded_by: Mapped[str] = mapped_column(_ID, ForeignKey("users.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_by: Mapped[str | None] = mapped_column(_ID, ForeignKey("users.id"))


class UnmetNeedRow(AgencyOwned, Base):
    """A need that nothing met, and why. Sealed: sex, age and words; they are opened to be counted, never to be listed."""

    __tablename__ = "unmet_needs"
    __table_args__ = (
        of_screening(),
        CheckConstraint("met_at IS NULL OR met_at >= needed_at", name="met_after_needed"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name="withdrawn_by_somebody"),
        Index(None, "screening_id"),
        Index(None, "agency_id", "needed_at"),
    )

    id: Mapped[str] = mapped_column(_ID, primary_key=True)
    screening_id: Mapped[str] = mapped_column(_ID)
    need: Mapped[str] = mapped_column(_NAME)
    reason: Mapped[str] = mapped_column(_NAME)
    needed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    met_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    recorded_by: Mapped[str] = mapped_column(_ID, ForeignKey("users.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_by: Mapped[str | None] = mapped_column(_ID, ForeignKey("users.id"))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class DirectoryChangeRow(AgencyOwned, Base):
    """What one field of an entry was and became, by whom. Only ever added."""

    __tablename__ = "directory_changes"
    __table_args__ = (
        UniqueConstraint("agency_id", "entry_id", "sequence"),
        CheckConstraint("sequence >= 1", name="sequence_positive"),
    )

    id: Mapped[str] = mapped_column(_ID, primary_key=True)
    kind: Mapped[str] = mapped_column(String(30))
    entry_id: Mapped[str] = mapped_column(_ID)
    sequence: Mapped[int]
    field: Mapped[str] = mapped_column(String(120))
    before: Mapped[str | None] = mapped_column(Text)
    after: Mapped[str | None] = mapped_column(Text)
    changed_by: Mapped[str] = mapped_column(_ID)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DirectoryCheckRow(AgencyOwned, Base):
    """Somebody called a service to check its entry. Only ever added."""

    __tablename__ = "directory_checks"
    __table_args__ = (
        _of_service(),
        CheckConstraint("outcome IN ('right', 'changed', 'not_reached', 'closed')", name="outcome_known"),
        Index(None, "agency_id", "service_id", "checked_at"),
    )

    id: Mapped[str] = mapped_column(_ID, primary_key=True)
    service_id: Mapped[str] = mapped_column(_ID)
    outcome: Mapped[str] = mapped_column(String(20))
    spoke_with: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text)
    checked_by: Mapped[str] = mapped_column(_ID, ForeignKey("users.id"))
    checked_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DirectoryErrorRow(AgencyOwned, Base):
    """Somebody says that an entry is wrong. ``fields`` are ids of what is wrong, separated by blanks."""

    __tablename__ = "directory_errors"
    __table_args__ = (
        _of_service(),
        CheckConstraint("status IN ('open', 'mended', 'not_wrong')", name="status_known"),
        CheckConstraint("(status = 'open') = (closed_at IS NULL)", name="closed_has_time"),
        Index(None, "agency_id", "status", "reported_at"),
        Index(None, "agency_id", "service_id"),
    )

    id: Mapped[str] = mapped_column(_ID, primary_key=True)
    service_id: Mapped[str] = mapped_column(_ID)
    fields: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text)
    reported_by: Mapped[str] = mapped_column(_ID, ForeignKey("users.id"))
    reported_at: Mapped[datetime] = mapped_column(UtcDateTime)
    status: Mapped[str] = mapped_column(String(20), default="open")
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by: Mapped[str | None] = mapped_column(_ID, ForeignKey("users.id"))
