"""Finding help: beds, requests, calls, referrals, stays, unmet needs; and keeping the directory right.

Revision ID: 0006
Revises: 0005
"""

from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_ID = sa.String(64)
_NAME = sa.String(60)
_STATUS = sa.String(20)
_MOMENT = sa.DateTime(timezone=True)
_TABLES = (
    "service_offers",
    "bed_reports",
    "bed_requests",
    "bed_request_places",
    "contact_attempts",
    "referrals",
    "referral_steps",
    "stays",
    "unmet_needs",
    "directory_changes",
    "directory_checks",
    "directory_errors",
)
_GUARDED = ("bed_reports", "contact_attempts", "referral_steps", "directory_changes", "directory_checks")
_Part = Callable[[str], sa.schema.SchemaItem]
"""A part of a table, given the table's name, which stands in the names of constraints."""


def upgrade() -> None:
    """Make the tables. What services give is drawn from their documents when the program next writes them (see ``offers``)."""
    _make_service_offers()
    _make_bed_reports()
    _make_bed_requests()
    _make_bed_request_places()
    _make_contact_attempts()
    _make_referrals()
    _make_referral_steps()
    _make_stays()
    _make_unmet_needs()
    _make_directory_changes()
    _make_directory_checks()
    _make_directory_errors()
    _guard()


def _make(table: str, *parts: _Part) -> None:
    op.create_table(
        table,
        sa.Column("id", _ID, nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        *(part(table) for part in parts),
        sa.Column("agency_id", _ID, nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=f"fk_{table}_agency_id"),
    )


def _column(name: str, kind: Any, *, nullable: bool = False) -> _Part:
    return lambda table: sa.Column(name, kind, nullable=nullable)


def _refers(columns: Sequence[str], target: str, there: Sequence[str]) -> _Part:
    return lambda table: sa.ForeignKeyConstraint(
        list(columns), [f"{target}.{each}" for each in there], name=f"fk_{table}_{'_'.join(columns)}"
    )


def _unique(*columns: str) -> _Part:
    return lambda table: sa.UniqueConstraint(*columns, name=f"uq_{table}_{'_'.join(columns)}")


def _check(name: str, rule: str) -> _Part:
    return lambda table: sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def _index(table: str, *columns: str) -> None:
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, columns)


def _make_service_offers() -> None:
    table = "service_offers"
    op.create_table(
        table,
        sa.Column("kind", _NAME, nullable=False),
        sa.Column("area", _NAME, nullable=False),
        sa.Column("service_id", _ID, nullable=False),
        sa.Column("agency_id", _ID, nullable=False),
        sa.PrimaryKeyConstraint("agency_id", "kind", "area", "service_id", name=f"pk_{table}"),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=f"fk_{table}_agency_id"),
        _refers(["agency_id", "service_id"], "services", ["agency_id", "id"])(table),
    )
    _index(table, "agency_id", "service_id")


def _make_bed_reports() -> None:
    _make(
        "bed_reports",
        _column("service_id", _ID),
        _column("status", _STATUS),
        _column("beds", sa.Integer, nullable=True),
        _column("serves", _NAME, nullable=True),
        _column("said_by", sa.Text),
        _column("said_at", _MOMENT),
        _column("recorded_by", _ID),
        _column("recorded_at", _MOMENT),
        _check("beds_when_available", "beds IS NULL OR (beds >= 0 AND status = 'available')"),
        _check("status_known", "status IN ('available', 'waitlist', 'full', 'assess_first', 'unknown')"),
        _refers(["agency_id", "service_id"], "services", ["agency_id", "id"]),
    )
    _index("bed_reports", "agency_id", "service_id", "said_at")


def _make_bed_requests() -> None:
    _make(
        "bed_requests",
        _column("screening_id", _ID),
        _column("asked_by", _ID),
        _column("asked_at", _MOMENT),
        _column("answer_by", _MOMENT),
        _column("status", _STATUS),
        _column("closed_at", _MOMENT, nullable=True),
        _column("sealed", sa.LargeBinary),
        _check("closed_has_time", "(status = 'open') = (closed_at IS NULL)"),
        _check("status_known", "status IN ('open', 'placed', 'closed')"),
        _refers(["asked_by"], "users", ["id"]),
        _refers(["screening_id", "agency_id"], "screenings", ["id", "agency_id"]),
    )
    _index("bed_requests", "agency_id", "status", "answer_by")
    _index("bed_requests", "screening_id")


def _make_bed_request_places() -> None:
    _make(
        "bed_request_places",
        _column("request_id", _ID),
        _column("screening_id", _ID),
        _column("service_id", _ID),
        _column("token_hash", _ID, nullable=True),
        _column("code_hash", sa.String(200), nullable=True),
        _column("expires_at", _MOMENT, nullable=True),
        _column("failed_codes", sa.Integer),
        _column("opened_at", _MOMENT, nullable=True),
        _column("answer", _STATUS, nullable=True),
        _column("reason", _NAME, nullable=True),
        _column("answered_at", _MOMENT, nullable=True),
        _column("recorded_by", _ID, nullable=True),
        _column("answer_sealed", sa.LargeBinary, nullable=True),
        _check("answer_known", "answer IS NULL OR answer IN ('yes', 'assess_first', 'no')"),
        _check("answered_has_time", "(answer IS NULL) = (answered_at IS NULL)"),
        _check("failed_codes_counted", "failed_codes >= 0"),
        _check("link_has_code", "(token_hash IS NULL) = (code_hash IS NULL)"),
        _refers(["agency_id", "service_id"], "services", ["agency_id", "id"]),
        _refers(["request_id"], "bed_requests", ["id"]),
        _refers(["screening_id", "agency_id"], "screenings", ["id", "agency_id"]),
        _unique("request_id", "service_id"),
        _unique("token_hash"),
    )
    _index("bed_request_places", "agency_id", "service_id")


def _make_contact_attempts() -> None:
    _make(
        "contact_attempts",
        _column("screening_id", _ID),
        _column("service_id", _ID),
        _column("outcome", _NAME),
        _column("at", _MOMENT),
        _column("recorded_by", _ID),
        _column("recorded_at", _MOMENT),
        _column("sealed", sa.LargeBinary, nullable=True),
        _refers(["agency_id", "service_id"], "services", ["agency_id", "id"]),
        _refers(["recorded_by"], "users", ["id"]),
        _refers(["screening_id", "agency_id"], "screenings", ["id", "agency_id"]),
    )
    _index("contact_attempts", "agency_id", "service_id", "at")
    _index("contact_attempts", "screening_id")


def _make_referrals() -> None:
    _make(
        "referrals",
        _column("screening_id", _ID),
        _column("service_id", _ID),
        _column("need", _NAME),
        _column("made_by", _ID),
        _column("made_at", _MOMENT),
        _column("step", _NAME),
        _column("step_at", _MOMENT),
        _column("ended_at", _MOMENT, nullable=True),
        _refers(["agency_id", "service_id"], "services", ["agency_id", "id"]),
        _refers(["made_by"], "users", ["id"]),
        _refers(["screening_id", "agency_id"], "screenings", ["id", "agency_id"]),
    )
    _index("referrals", "agency_id", "ended_at", "step_at")
    _index("referrals", "agency_id", "service_id")
    _index("referrals", "screening_id")


def _make_referral_steps() -> None:
    _make(
        "referral_steps",
        _column("referral_id", _ID),
        _column("screening_id", _ID),
        _column("sequence", sa.Integer),
        _column("step", _NAME),
        _column("at", _MOMENT),
        _column("recorded_by", _ID),
        _column("recorded_at", _MOMENT),
        _column("sealed", sa.LargeBinary, nullable=True),
        _check("sequence_positive", "sequence >= 1"),
        _refers(["recorded_by"], "users", ["id"]),
        _refers(["referral_id"], "referrals", ["id"]),
        _refers(["screening_id", "agency_id"], "screenings", ["id", "agency_id"]),
        _unique("referral_id", "sequence"),
    )


def _make_stays() -> None:
    _make(
        "stays",
        _column("screening_id", _ID),
        _column("place", _NAME),
        _column("from_at", _MOMENT),
        _column("until_at", _MOMENT, nullable=True),
        _column("recorded_by", _ID),
        _column("recorded_at", _MOMENT),
        _column("withdrawn_at", _MOMENT, nullable=True),
        _column("withdrawn_by", _ID, nullable=True),
        _check("ends_after_start", "until_at IS NULL OR until_at >= from_at"),
        _check("withdrawn_by_somebody", "(withdrawn_at IS NULL) = (withdrawn_by IS NULL)"),
        _refers(["recorded_by"], "users", ["id"]),
        _refers(["screening_id", "agency_id"], "screenings", ["id", "agency_id"]),
        _refers(["withdrawn_by"], "users", ["id"]),
    )
    _index("stays", "agency_id", "place", "from_at")
    _index("stays", "screening_id")


def _make_unmet_needs() -> None:
    _make(
        "unmet_needs",
        _column("screening_id", _ID),
        _column("need", _NAME),
        _column("reason", _NAME),
        _column("needed_at", _MOMENT),
        _column("met_at", _MOMENT, nullable=True),
        _column("recorded_by", _ID),
        _column("recorded_at", _MOMENT),
        _column("withdrawn_at", _MOMENT, nullable=True),
        _column("withdrawn_by", _ID, nullable=True),
        _column("sealed", sa.LargeBinary),
        _check("met_after_needed", "met_at IS NULL OR met_at >= needed_at"),
        _check("withdrawn_by_somebody", "(withdrawn_at IS NULL) = (withdrawn_by IS NULL)"),
        _refers(["recorded_by"], "users", ["id"]),
        _refers(["screening_id", "agency_id"], "screenings", ["id", "agency_id"]),
        _refers(["withdrawn_by"], "users", ["id"]),
    )
    _index("unmet_needs", "agency_id", "needed_at")
    _index("unmet_needs", "screening_id")


def _make_directory_changes() -> None:
    _make(
        "directory_changes",
        _column("kind", sa.String(30)),
        _column("entry_id", _ID),
        _column("sequence", sa.Integer),
        _column("field", sa.String(120)),
        _column("before", sa.Text, nullable=True),
        _column("after", sa.Text, nullable=True),
        _column("changed_by", _ID),
        _column("changed_at", _MOMENT),
        _check("sequence_positive", "sequence >= 1"),
        _unique("agency_id", "entry_id", "sequence"),
    )


def _make_directory_checks() -> None:
    _make(
        "directory_checks",
        _column("service_id", _ID),
        _column("outcome", _STATUS),
        _column("spoke_with", sa.Text),
        _column("note", sa.Text),
        _column("checked_by", _ID),
        _column("checked_at", _MOMENT),
        _check("outcome_known", "outcome IN ('right', 'changed', 'not_reached', 'closed')"),
        _refers(["agency_id", "service_id"], "services", ["agency_id", "id"]),
        _refers(["checked_by"], "users", ["id"]),
    )
    _index("directory_checks", "agency_id", "service_id", "checked_at")


def _make_directory_errors() -> None:
    _make(
        "directory_errors",
        _column("service_id", _ID),
        _column("fields", sa.Text),
        _column("note", sa.Text),
        _column("reported_by", _ID),
        _column("reported_at", _MOMENT),
        _column("status", _STATUS),
        _column("closed_at", _MOMENT, nullable=True),
        _column("closed_by", _ID, nullable=True),
        _check("closed_has_time", "(status = 'open') = (closed_at IS NULL)"),
        _check("status_known", "status IN ('open', 'mended', 'not_wrong')"),
        _refers(["agency_id", "service_id"], "services", ["agency_id", "id"]),
        _refers(["closed_by"], "users", ["id"]),
        _refers(["reported_by"], "users", ["id"]),
    )
    _index("directory_errors", "agency_id", "service_id")
    _index("directory_errors", "agency_id", "status", "reported_at")


def _guard() -> None:
    """What migration 0002 does for the tables of its time."""
    for table in _GUARDED:
        if op.get_bind().dialect.name == "postgresql":
            op.execute(
                f"CREATE TRIGGER {table}_only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )
            continue
        for change in ("update", "delete"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{change} BEFORE {change.upper()} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} are only ever added to'); END"
            )


def downgrade() -> None:
    """Remove the tables with everything in them. The directory itself stays."""
    for table in reversed(_TABLES):
        op.drop_table(table)
