"""What follows a result: charges, events, duties, hand-offs, reviews; and until when a completed screening may be amended.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_ID = sa.String(64)
_NAME = sa.String(60)
_STATUS = sa.String(20)
_MOMENT = sa.DateTime(timezone=True)
_TABLES = ("charges", "screening_events", "duties", "hand_offs", "reviews")
_GUARDED = ("screening_events", "reviews")


def upgrade() -> None:
    """Make the tables. Screenings completed before stay open to amendment until they are completed again."""
    with op.batch_alter_table("screenings") as screenings:
        screenings.add_column(sa.Column("amendable_until", _MOMENT, nullable=True))
    _make_charges()
    _make_events()
    _make_duties()
    _make_hand_offs()
    _make_reviews()
    _guard()


def _of_screening(table: str, *people: str) -> list[sa.Constraint]:
    """What every one of these tables is bound by: its key, its screening in the same agency, its agency, its people."""
    return [
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.ForeignKeyConstraint(
            ["screening_id", "agency_id"],
            ["screenings.id", "screenings.agency_id"],
            name=f"fk_{table}_screening_id_agency_id",
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=f"fk_{table}_agency_id"),
        *(sa.ForeignKeyConstraint([person], ["users.id"], name=f"fk_{table}_{person}") for person in people),
    ]


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def _make_charges() -> None:
    op.create_table(
        "charges",
        sa.Column("id", _ID, nullable=False),
        sa.Column("screening_id", _ID, nullable=False),
        sa.Column("added_by", _ID, nullable=False),
        sa.Column("added_at", _MOMENT, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("withdrawn_at", _MOMENT, nullable=True),
        sa.Column("withdrawn_by", _ID, nullable=True),
        sa.Column("agency_id", _ID, nullable=False),
        *_of_screening("charges", "added_by", "withdrawn_by"),
        _check("charges", "id_length", "length(id) BETWEEN 1 AND 64"),
        _check("charges", "withdrawn_by_somebody", "(withdrawn_at IS NULL) = (withdrawn_by IS NULL)"),
    )
    op.create_index("ix_charges_screening_id", "charges", ["screening_id"])


def _make_events() -> None:
    table = "screening_events"
    op.create_table(
        table,
        sa.Column("id", _ID, nullable=False),
        sa.Column("screening_id", _ID, nullable=False),
        sa.Column("event", _NAME, nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("happened_at", _MOMENT, nullable=True),
        sa.Column("recorded_by", _ID, nullable=False),
        sa.Column("recorded_at", _MOMENT, nullable=False),
        sa.Column("agency_id", _ID, nullable=False),
        *_of_screening(table, "recorded_by"),
        sa.UniqueConstraint(
            "screening_id", "event", "sequence", name=f"uq_{table}_screening_id_event_sequence"
        ),
        _check(table, "sequence_positive", "sequence >= 1"),
    )


def _make_duties() -> None:
    op.create_table(
        "duties",
        sa.Column("id", _ID, nullable=False),
        sa.Column("screening_id", _ID, nullable=False),
        sa.Column("action", _NAME, nullable=False),
        sa.Column("must", sa.Boolean, nullable=False),
        sa.Column("status", _STATUS, nullable=False),
        sa.Column("raised_at", _MOMENT, nullable=False),
        sa.Column("due_at", _MOMENT, nullable=True),
        sa.Column("assigned_to", _ID, nullable=True),
        sa.Column("closed_at", _MOMENT, nullable=True),
        sa.Column("closed_by", _ID, nullable=True),
        sa.Column("sealed", sa.LargeBinary, nullable=True),
        sa.Column("agency_id", _ID, nullable=False),
        *_of_screening("duties", "assigned_to", "closed_by"),
        sa.UniqueConstraint("screening_id", "action", name="uq_duties_screening_id_action"),
        _check("duties", "status_known", "status IN ('open', 'done', 'not_done', 'lapsed')"),
        _check("duties", "closed_has_time", "(status = 'open') = (closed_at IS NULL)"),
        _check("duties", "closed_with_words", "status NOT IN ('done', 'not_done') OR sealed IS NOT NULL"),
    )
    op.create_index("ix_duties_agency_id_status_due_at", "duties", ["agency_id", "status", "due_at"])


def _make_hand_offs() -> None:
    table = "hand_offs"
    op.create_table(
        table,
        sa.Column("id", _ID, nullable=False),
        sa.Column("screening_id", _ID, nullable=False),
        sa.Column("sheet", _NAME, nullable=False),
        sa.Column("to_profession", _NAME, nullable=True),
        sa.Column("to_user", _ID, nullable=True),
        sa.Column("offered_by", _ID, nullable=False),
        sa.Column("offered_at", _MOMENT, nullable=False),
        sa.Column("answer_by", _MOMENT, nullable=False),
        sa.Column("status", _STATUS, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("token_hash", _ID, nullable=True),
        sa.Column("code_hash", sa.String(200), nullable=True),
        sa.Column("expires_at", _MOMENT, nullable=True),
        sa.Column("failed_codes", sa.Integer, nullable=False),
        sa.Column("opened_at", _MOMENT, nullable=True),
        sa.Column("answered_at", _MOMENT, nullable=True),
        sa.Column("answer_sealed", sa.LargeBinary, nullable=True),
        sa.Column("done_at", _MOMENT, nullable=True),
        sa.Column("escalated_at", _MOMENT, nullable=True),
        sa.Column("agency_id", _ID, nullable=False),
        *_of_screening(table, "to_user", "offered_by"),
        sa.UniqueConstraint("token_hash", name=f"uq_{table}_token_hash"),
        _check(
            table, "status_known", "status IN ('offered', 'acknowledged', 'declined', 'done', 'withdrawn')"
        ),
        _check(table, "link_has_code", "(token_hash IS NULL) = (code_hash IS NULL)"),
        _check(table, "failed_codes_counted", "failed_codes >= 0"),
    )
    op.create_index(f"ix_{table}_agency_id_status_answer_by", table, ["agency_id", "status", "answer_by"])
    op.create_index(f"ix_{table}_screening_id", table, ["screening_id"])


def _make_reviews() -> None:
    op.create_table(
        "reviews",
        sa.Column("id", _ID, nullable=False),
        sa.Column("screening_id", _ID, nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("reviewed_by", _ID, nullable=False),
        sa.Column("reviewed_at", _MOMENT, nullable=False),
        sa.Column("decision", _STATUS, nullable=False),
        sa.Column("level_found", _STATUS, nullable=False),
        sa.Column("level_set", _STATUS, nullable=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("agency_id", _ID, nullable=False),
        *_of_screening("reviews", "reviewed_by"),
        sa.UniqueConstraint("screening_id", "sequence", name="uq_reviews_screening_id_sequence"),
        _check("reviews", "sequence_positive", "sequence >= 1"),
        _check("reviews", "decision_known", "decision IN ('agreed', 'overridden', 'sent_back')"),
        _check("reviews", "override_names_level", "(decision = 'overridden') = (level_set IS NOT NULL)"),
    )


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
    """Remove the tables with everything in them. Screenings and statements stay."""
    for table in reversed(_TABLES):
        op.drop_table(table)
    with op.batch_alter_table("screenings") as screenings:
        screenings.drop_column("amendable_until")
