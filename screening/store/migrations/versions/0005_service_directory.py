"""The service directory, and people who keep it.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_ID = sa.String(64)
_MOMENT = sa.DateTime(timezone=True)
_LEVEL = sa.String(12)
_LEVEL_KNOWN = "confidentiality IN ('public', 'confidential', 'undisclosed')"
_ROLES = "'intake_staff', 'cps_worker', 'supervisor', 'administrator', 'rulebook_publisher'"
_ROLE_KNOWN = "ck_users_role_known"
_TABLES = (
    "taxonomies",
    "taxonomy_terms",
    "organizations",
    "locations",
    "services",
    "service_at_locations",
    "directory_attributes",
)


def upgrade() -> None:
    """Make the tables."""
    _change_roles(f"{_ROLES}, 'directory_editor'")
    _make("taxonomies", *_searchable())
    _make(
        "taxonomy_terms",
        *_searchable(),
        sa.Column("taxonomy_id", _ID, nullable=True),
        sa.Column("parent_id", _ID, nullable=True),
        _refers("taxonomy_terms", "taxonomy_id", "taxonomies"),
    )
    _index("taxonomy_terms", "taxonomy_id")
    _make("organizations", *_searchable(), sa.Column("verified_at", _MOMENT, nullable=True))
    _make_locations()
    _make_services()
    _make_service_at_locations()
    _make_attributes()


def _change_roles(roles: str) -> None:
    with op.batch_alter_table("users") as users:
        users.drop_constraint(op.f(_ROLE_KNOWN), type_="check")
        users.create_check_constraint(op.f(_ROLE_KNOWN), f"role IN ({roles})")


def _make(table: str, *more: sa.schema.SchemaItem) -> None:
    op.create_table(
        table,
        sa.Column("id", _ID, nullable=False),
        sa.Column("source", sa.String(100), nullable=False),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("changed_at", _MOMENT, nullable=False),
        sa.Column("left_source_at", _MOMENT, nullable=True),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("agency_id", _ID, nullable=False),
        *more,
        sa.PrimaryKeyConstraint("agency_id", "id", name=f"pk_{table}"),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=f"fk_{table}_agency_id"),
    )
    _index(table, "source")


def _searchable() -> list[sa.Column[str]]:
    return [
        sa.Column("sort_name", sa.String(80), nullable=False),
        sa.Column("search_text", sa.Text, nullable=False),
    ]


def _refers(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["agency_id", column],
        [f"{target}.agency_id", f"{target}.id"],
        name=f"fk_{table}_agency_id_{column}",
    )


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def _index(table: str, *columns: str) -> None:
    op.create_index(f"ix_{table}_agency_id_{'_'.join(columns)}", table, ["agency_id", *columns])


def _make_locations() -> None:
    _make(
        "locations",
        sa.Column("organization_id", _ID, nullable=True),
        sa.Column("postal_code", sa.String(20), nullable=True),
        sa.Column("confidentiality", _LEVEL, nullable=False),
        sa.Column("verified_at", _MOMENT, nullable=True),
        _refers("locations", "organization_id", "organizations"),
        _check("locations", "confidentiality_known", _LEVEL_KNOWN),
    )
    _index("locations", "organization_id")
    _index("locations", "postal_code")


def _make_services() -> None:
    _make(
        "services",
        *_searchable(),
        sa.Column("organization_id", _ID, nullable=True),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("confidentiality", _LEVEL, nullable=False),
        sa.Column("verified_at", _MOMENT, nullable=True),
        _refers("services", "organization_id", "organizations"),
        _check("services", "confidentiality_known", _LEVEL_KNOWN),
        _check(
            "services", "status_known", "status IN ('active', 'inactive', 'defunct', 'temporarily closed')"
        ),
    )
    _index("services", "organization_id")
    _index("services", "sort_name", "id")


def _make_service_at_locations() -> None:
    table = "service_at_locations"
    _make(
        table,
        sa.Column("service_id", _ID, nullable=False),
        sa.Column("location_id", _ID, nullable=True),
        _refers(table, "service_id", "services"),
        _refers(table, "location_id", "locations"),
    )
    _index(table, "service_id")
    _index(table, "location_id")


def _make_attributes() -> None:
    table = "directory_attributes"
    op.create_table(
        table,
        sa.Column("id", _ID, nullable=False),
        sa.Column("link_entity", sa.String(30), nullable=False),
        sa.Column("link_id", _ID, nullable=False),
        sa.Column("taxonomy_term_id", _ID, nullable=True),
        sa.Column("value", sa.Text, nullable=True),
        sa.Column("agency_id", _ID, nullable=False),
        sa.PrimaryKeyConstraint("agency_id", "id", "link_id", name=f"pk_{table}"),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=f"fk_{table}_agency_id"),
    )
    _index(table, "taxonomy_term_id", "link_id")
    _index(table, "link_id")


def downgrade() -> None:
    """Remove the tables with everything in them. The earlier version knows no editors: their accounts are closed."""
    for table in reversed(_TABLES):
        op.drop_table(table)
    closed = "UPDATE users SET role = 'intake_staff', active = {false} WHERE role = 'directory_editor'"
    op.execute(closed.format(false="false" if op.get_bind().dialect.name == "postgresql" else "0"))
    _change_roles(_ROLES)
