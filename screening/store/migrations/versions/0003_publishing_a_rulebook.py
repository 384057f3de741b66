"""Agencies publish editions of the rulebook, by people with a role for it; a screening names a rulebook that is kept.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_ID = sa.String(64)
_DIGEST = sa.String(128)
_MOMENT = sa.DateTime(timezone=True)
_ROLES = "'intake_staff', 'cps_worker', 'supervisor', 'administrator'"
_ROLE_KNOWN = "ck_users_role_known"
_KEPT = "fk_screenings_rulebook_digest"
_GUARDED = ("rulebooks_shipped", "rulebook_offers", "rulebook_publications")


def upgrade() -> None:
    """Make the tables. Every rulebook kept so far is one the installation was started with."""
    _change_roles(f"{_ROLES}, 'rulebook_publisher'")
    _name_the_kept_rulebook()
    _make_shipped()
    _make_offers()
    _make_publications()
    _guard()


def _change_roles(roles: str) -> None:
    with op.batch_alter_table("users") as users:
        users.drop_constraint(op.f(_ROLE_KNOWN), type_="check")
        users.create_check_constraint(op.f(_ROLE_KNOWN), f"role IN ({roles})")


def _name_the_kept_rulebook() -> None:
    """From now on. A screening that was opened before under a rulebook nobody kept stays, as the gap it is."""
    if op.get_bind().dialect.name == "postgresql":
        op.create_foreign_key(
            _KEPT, "screenings", "rulebooks", ["rulebook_digest"], ["digest"], postgresql_not_valid=True
        )
        return
    with op.batch_alter_table("screenings") as screenings:
        screenings.create_foreign_key(_KEPT, "rulebooks", ["rulebook_digest"], ["digest"])


def _make_shipped() -> None:
    op.create_table(
        "rulebooks_shipped",
        sa.Column("digest", _DIGEST, nullable=False),
        sa.Column("since", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_rulebooks_shipped"),
        sa.ForeignKeyConstraint(["digest"], ["rulebooks.digest"], name="fk_rulebooks_shipped_digest"),
    )
    op.execute("INSERT INTO rulebooks_shipped (digest, since) SELECT digest, published_at FROM rulebooks")


def _make_offers() -> None:
    op.create_table(
        "rulebook_offers",
        sa.Column("digest", _DIGEST, nullable=False),
        sa.Column("offered_by", _ID, nullable=False),
        sa.Column("offered_at", _MOMENT, nullable=False),
        sa.Column("licensed_files", sa.Integer, nullable=False),
        sa.Column("report", sa.Text, nullable=False),
        sa.Column("agency_id", _ID, nullable=False),
        sa.PrimaryKeyConstraint("agency_id", "digest", name="pk_rulebook_offers"),
        sa.ForeignKeyConstraint(["digest"], ["rulebooks.digest"], name="fk_rulebook_offers_digest"),
        sa.ForeignKeyConstraint(["offered_by"], ["users.id"], name="fk_rulebook_offers_offered_by"),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name="fk_rulebook_offers_agency_id"),
        sa.CheckConstraint("licensed_files >= 0", name=op.f("ck_rulebook_offers_licensed_files_counted")),
    )


def _make_publications() -> None:
    table = "rulebook_publications"
    op.create_table(
        table,
        sa.Column("id", _ID, nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("digest", _DIGEST, nullable=False),
        sa.Column("published_by", _ID, nullable=False),
        sa.Column("published_at", _MOMENT, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("replaces", _DIGEST, nullable=False),
        sa.Column("agency_id", _ID, nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.UniqueConstraint("agency_id", "sequence", name=f"uq_{table}_agency_id_sequence"),
        sa.ForeignKeyConstraint(["digest"], ["rulebooks.digest"], name=f"fk_{table}_digest"),
        sa.ForeignKeyConstraint(["published_by"], ["users.id"], name=f"fk_{table}_published_by"),
        sa.ForeignKeyConstraint(["replaces"], ["rulebooks.digest"], name=f"fk_{table}_replaces"),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=f"fk_{table}_agency_id"),
        sa.CheckConstraint("sequence >= 1", name=op.f(f"ck_{table}_sequence_positive")),
        sa.CheckConstraint("length(reason) BETWEEN 1 AND 500", name=op.f(f"ck_{table}_reason_length")),
        sa.CheckConstraint("replaces <> digest", name=op.f(f"ck_{table}_replaces_another")),
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
    """Remove the tables and everything in them. Screenings and kept rulebooks stay.

    The earlier version knows no publishers: their accounts are closed, under the role that may do least with accounts.
    """
    for table in reversed(_GUARDED):
        op.drop_table(table)
    with op.batch_alter_table("screenings") as screenings:
        screenings.drop_constraint(_KEPT, type_="foreignkey")
    closed = "UPDATE users SET role = 'intake_staff', active = {false} WHERE role = 'rulebook_publisher'"
    op.execute(closed.format(false="false" if op.get_bind().dialect.name == "postgresql" else "0"))
    _change_roles(_ROLES)
