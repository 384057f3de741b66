"""Alembic's entry: runs the steps on the connection it was handed. There is no offline mode and no ini file."""

from alembic import context

from screening.store import directory_models, follow_up_models, help_models  # noqa: F401 - their tables belong to the same metadata
from screening.store.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    transactional_ddl=True,
    render_as_batch=True,
)
context.run_migrations()
