"""All tables. What a row must always fulfil is a named constraint here, not a habit of the code that writes it."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    Dialect,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

NO_AGENCY = "none"
"""Stands in the journal for "no agency": entries of the installation itself and of people nobody knows."""

_ID = String(64)
_DIGEST = String(128)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC with microseconds, the same on both databases; a time without a zone is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware → UTC; SQLite keeps it without the zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Always aware, always UTC."""
        return None if value is None else value.astimezone(UTC)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None] | None:
        """How a value is read: SQLite's text in one step, since a page reads one with every statement."""
        if dialect.name == "sqlite":
            return lambda text: None if text is None else datetime.fromisoformat(f"{text}+00:00")
        return super().result_processor(dialect, coltype)


class Base(DeclarativeBase):
    """Root of all tables; every constraint has a name, so that a migration can speak of it."""

    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
        }
    )


class AgencyOwned:
    """Rows that belong to one agency. The session's scope applies to every class that carries this (see ``scope``)."""

    agency_id: Mapped[str] = mapped_column(_ID, ForeignKey("agencies.id"))


class Agency(Base):
    """An agency. ``demonstration`` marks invented ones; they never share a database with real ones."""

    __tablename__ = "agencies"

    id: Mapped[str] = mapped_column(_ID, primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    demonstration: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class User(AgencyOwned, Base):
    """A person who can sign in. ``session_stamp`` changes whenever open sign-ins must end."""

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint(
            "role IN ('intake_staff', 'cps_worker', 'supervisor', 'administrator', 'rulebook_publisher', "
            "'directory_editor')",
            name="role_known",
        ),
        CheckConstraint("failed_sign_ins >= 0", name="failed_sign_ins_counted"),
    )

    id: Mapped[str] = mapped_column(_ID, primary_key=True)
    username: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20))
    password_hash: Mapped[str] = mapped_column(String(200))
    session_stamp: Mapped[str] = mapped_column(_ID)
    active: Mapped[bool] = mapped_column(default=True)
    failed_sign_ins: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Screening(AgencyOwned, Base):
    """One sitting about one youth. The case number is sealed; a keyed blind index finds it again."""

    __tablename__ = "screenings"
    __table_args__ = (
        UniqueConstraint("id", "agency_id"),
        CheckConstraint("status IN ('open', 'completed')", name="status_known"),
        CheckConstraint("(status = 'completed') = (completed_at IS NOT NULL)", name="completed_has_time"),
        CheckConstraint("key_version >= 1", name="key_version_positive"),
        Index(None, "agency_id", "opened_at", "id"),
        Index(None, "agency_id", "youth_ref_index"),
    )

    id: Mapped[str] = mapped_column(_ID, primary_key=True)
    opened_by: Mapped[str] = mapped_column(_ID, ForeignKey("users.id"))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_on: Mapped[date]
    setting: Mapped[str] = mapped_column(String(60))
    jurisdiction: Mapped[str] = mapped_column(String(60))
    status: Mapped[str] = mapped_column(String(20), default="open")
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    recognised_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    amendable_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    rulebook_digest: Mapped[str] = mapped_column(_DIGEST, ForeignKey("rulebooks.digest"))
    youth_ref_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    youth_ref_index: Mapped[str | None] = mapped_column(String(64))
    wrapped_key: Mapped[bytes] = mapped_column(LargeBinary)
    key_version: Mapped[int]


class StatementRow(AgencyOwned, Base):
    """One statement. Only ever added: triggers refuse UPDATE and DELETE. The id is the client's, hence idempotent.

    The pair (screening, agency) refers to the screening's own pair: a statement cannot stand in another agency.
    ``saved_at`` strictly rises with ``sequence`` within a screening, so that "later" is the same by either.
    """

    __tablename__ = "statements"
    __table_args__ = (
        ForeignKeyConstraint(["screening_id", "agency_id"], ["screenings.id", "screenings.agency_id"]),
        UniqueConstraint("screening_id", "sequence"),
        CheckConstraint("length(id) BETWEEN 1 AND 64", name="id_length"),
        CheckConstraint("source IN ('said', 'observed', 'record', 'collateral')", name="source_known"),
        CheckConstraint("sequence >= 1", name="sequence_positive"),
    )

    id: Mapped[str] = mapped_column(_ID, primary_key=True)
    screening_id: Mapped[str] = mapped_column(_ID)
    question: Mapped[str] = mapped_column(String(60))
    source: Mapped[str] = mapped_column(String(20))
    author_id: Mapped[str] = mapped_column(_ID, ForeignKey("users.id"))
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sequence: Mapped[int]
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class RulebookFiles(Base):
    """Every rulebook ever used or offered, as it was: a compressed archive of its files. Never changed, never removed.

    Who may read one is settled at the session (see ``scope``): everybody reads what the installation was started with,
    an agency also what it was offered. The same files offered in two agencies are kept once, and neither learns of the other.
    """

    __tablename__ = "rulebooks"

    digest: Mapped[str] = mapped_column(_DIGEST, primary_key=True)
    version: Mapped[str] = mapped_column(String(60))
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)
    files: Mapped[bytes] = mapped_column(LargeBinary)


class ShippedRulebook(Base):
    """A rulebook the installation was started with: it holds nothing licensed, and every agency may read it."""

    __tablename__ = "rulebooks_shipped"

    digest: Mapped[str] = mapped_column(_DIGEST, ForeignKey("rulebooks.digest"), primary_key=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)


class RulebookOffer(AgencyOwned, Base):
    """An edition that was brought in for an agency and passed the check; only that agency may read it.

    ``report`` is what the check found, as JSON. ``licensed_files`` counts the files under a licence of the agency's own.
    """

    __tablename__ = "rulebook_offers"
    __table_args__ = (
        PrimaryKeyConstraint("agency_id", "digest"),
        CheckConstraint("licensed_files >= 0", name="licensed_files_counted"),
    )

    digest: Mapped[str] = mapped_column(_DIGEST, ForeignKey("rulebooks.digest"))
    offered_by: Mapped[str] = mapped_column(_ID, ForeignKey("users.id"))
    offered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    licensed_files: Mapped[int]
    report: Mapped[str] = mapped_column(Text)


class RulebookPublication(AgencyOwned, Base):
    """An agency put an edition into use. The one with the highest number counts; ``replaces`` is what counted before."""

    __tablename__ = "rulebook_publications"
    __table_args__ = (
        UniqueConstraint("agency_id", "sequence"),
        CheckConstraint("sequence >= 1", name="sequence_positive"),
        CheckConstraint("length(reason) BETWEEN 1 AND 500", name="reason_length"),
        CheckConstraint("replaces <> digest", name="replaces_another"),
    )

    id: Mapped[str] = mapped_column(_ID, primary_key=True)
    sequence: Mapped[int]
    digest: Mapped[str] = mapped_column(_DIGEST, ForeignKey("rulebooks.digest"))
    published_by: Mapped[str] = mapped_column(_ID, ForeignKey("users.id"))
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(Text)
    replaces: Mapped[str] = mapped_column(_DIGEST, ForeignKey("rulebooks.digest"))


class JournalEntry(AgencyOwned, Base):
    """What was done by whom; each entry's hash covers the one before. No foreign keys: it outlives what it tells of."""

    __tablename__ = "journal"
    __table_args__ = (
        CheckConstraint("sequence >= 1", name="sequence_positive"),
        CheckConstraint("length(hash) = 64 AND length(previous_hash) = 64", name="hash_length"),
        Index(None, "agency_id", "sequence"),
        Index(None, "subject"),
    )

    sequence: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False
    )
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[str] = mapped_column(_ID)
    agency_id: Mapped[str] = mapped_column(_ID)
    action: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(128))
    detail: Mapped[str] = mapped_column(Text)
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class MasterKeyMark(Base):
    """Fingerprint of each master key this database was sealed with: tells a wrong keys file before it does harm."""

    __tablename__ = "master_keys"

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    fingerprint: Mapped[str] = mapped_column(String(64))
    first_used_at: Mapped[datetime] = mapped_column(UtcDateTime)
