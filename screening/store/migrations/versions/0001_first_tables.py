"""The first tables.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_ID = sa.String(64)
_MOMENT = sa.DateTime(timezone=True)
_JOURNAL_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the tables."""
    _make_agencies_and_users()
    _make_screenings()
    _make_statements()
    _make_journal()
    op.create_table(
        "rulebooks",
        sa.Column("digest", sa.String(128), nullable=False),
        sa.Column("version", sa.String(60), nullable=False),
        sa.Column("published_at", _MOMENT, nullable=False),
        sa.Column("files", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_rulebooks"),
    )
    op.create_table(
        "master_keys",
        sa.Column("version", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("first_used_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("version", name="pk_master_keys"),
    )


def _make_agencies_and_users() -> None:
    op.create_table(
        "agencies",
        sa.Column("id", _ID, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("demonstration", sa.Boolean, nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_agencies"),
        sa.UniqueConstraint("name", name="uq_agencies_name"),
    )
    op.create_table(
        "users",
        sa.Column("id", _ID, nullable=False),
        sa.Column("username", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("session_stamp", _ID, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("failed_sign_ins", sa.Integer, nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("agency_id", _ID, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("username", name="uq_users_username"),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name="fk_users_agency_id"),
        sa.CheckConstraint(
            "role IN ('intake_staff', 'cps_worker', 'supervisor', 'administrator')",
            name=op.f("ck_users_role_known"),
        ),
        sa.CheckConstraint("failed_sign_ins >= 0", name=op.f("ck_users_failed_sign_ins_counted")),
    )


def _make_screenings() -> None:
    op.create_table(
        "screenings",
        sa.Column("id", _ID, nullable=False),
        sa.Column("opened_by", _ID, nullable=False),
        sa.Column("opened_at", _MOMENT, nullable=False),
        sa.Column("opened_on", sa.Date, nullable=False),
        sa.Column("setting", sa.String(60), nullable=False),
        sa.Column("jurisdiction", sa.String(60), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("completed_at", _MOMENT, nullable=True),
        sa.Column("recognised_at", _MOMENT, nullable=True),
        sa.Column("rulebook_digest", sa.String(128), nullable=False),
        sa.Column("youth_ref_sealed", sa.LargeBinary, nullable=False),
        sa.Column("youth_ref_index", sa.String(64), nullable=True),
        sa.Column("wrapped_key", sa.LargeBinary, nullable=False),
        sa.Column("key_version", sa.Integer, nullable=False),
        sa.Column("agency_id", _ID, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_screenings"),
        sa.UniqueConstraint("id", "agency_id", name="uq_screenings_id_agency_id"),
        sa.ForeignKeyConstraint(["opened_by"], ["users.id"], name="fk_screenings_opened_by"),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name="fk_screenings_agency_id"),
        sa.CheckConstraint("status IN ('open', 'completed')", name=op.f("ck_screenings_status_known")),
        sa.CheckConstraint(
            "(status = 'completed') = (completed_at IS NOT NULL)",
            name=op.f("ck_screenings_completed_has_time"),
        ),
        sa.CheckConstraint("key_version >= 1", name=op.f("ck_screenings_key_version_positive")),
    )
    op.create_index("ix_screenings_agency_id_opened_at_id", "screenings", ["agency_id", "opened_at", "id"])
    op.create_index("ix_screenings_agency_id_youth_ref_index", "screenings", ["agency_id", "youth_ref_index"])


def _make_statements() -> None:
    op.create_table(
        "statements",
        sa.Column("id", _ID, nullable=False),
        sa.Column("screening_id", _ID, nullable=False),
        sa.Column("question", sa.String(60), nullable=False),
        sa.Column("source", sa.String(20), nullable=False),
        sa.Column("author_id", _ID, nullable=False),
        sa.Column("saved_at", _MOMENT, nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("agency_id", _ID, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_statements"),
        sa.UniqueConstraint("screening_id", "sequence", name="uq_statements_screening_id_sequence"),
        sa.ForeignKeyConstraint(
            ["screening_id", "agency_id"],
            ["screenings.id", "screenings.agency_id"],
            name="fk_statements_screening_id_agency_id",
        ),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name="fk_statements_author_id"),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name="fk_statements_agency_id"),
        sa.CheckConstraint("length(id) BETWEEN 1 AND 64", name=op.f("ck_statements_id_length")),
        sa.CheckConstraint(
            "source IN ('said', 'observed', 'record', 'collateral')", name=op.f("ck_statements_source_known")
        ),
        sa.CheckConstraint("sequence >= 1", name=op.f("ck_statements_sequence_positive")),
    )


def _make_journal() -> None:
    op.create_table(
        "journal",
        sa.Column("sequence", _JOURNAL_NUMBER, nullable=False, autoincrement=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("actor_id", _ID, nullable=False),
        sa.Column("agency_id", _ID, nullable=False),
        sa.Column("action", sa.String(60), nullable=False),
        sa.Column("subject", sa.String(128), nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("previous_hash", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name="pk_journal"),
        sa.CheckConstraint("sequence >= 1", name=op.f("ck_journal_sequence_positive")),
        sa.CheckConstraint(
            "length(hash) = 64 AND length(previous_hash) = 64", name=op.f("ck_journal_hash_length")
        ),
    )
    op.create_index("ix_journal_agency_id_sequence", "journal", ["agency_id", "sequence"])
    op.create_index("ix_journal_subject", "journal", ["subject"])


def downgrade() -> None:
    """Remove the tables and everything in them."""
    for table in ("master_keys", "rulebooks", "journal", "statements", "screenings", "users", "agencies"):
        op.drop_table(table)
