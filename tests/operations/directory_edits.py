"""What tests of keeping the directory share: people who keep it, and editing as the form does."""

from dataclasses import replace

from sqlalchemy import select

from screening.operations.directory.editing import Editing, edit_service, present_service
from screening.store.directory_models import ServiceRow
from screening.store.help_models import DirectoryChangeRow


def present(database, actor, service_id, rulebook):
    with database.reading(actor) as tx:
        return present_service(tx, service_id, rulebook)


def edit(database, actor, service_id, rulebook, *, opens=False, new_organization=False, **changed):
    """Change some values of a service; out: how many fields changed."""
    shown = present(database, actor, service_id, rulebook)
    entry = replace(shown.entry, **changed)
    how = Editing(opens, new_organization)
    with database.writing(actor) as tx:
        return edit_service(tx, service_id, entry, rulebook, how, version=shown.version)


def changes(database, actor, entry_id):
    """Everything the history of an entry holds: (field, before, after)."""
    with database.reading(actor) as tx:
        rows = tx.session.execute(
            select(DirectoryChangeRow)
            .where(DirectoryChangeRow.entry_id == entry_id)
            .order_by(DirectoryChangeRow.sequence)
        ).scalars()
        return [(row.field, row.before, row.after) for row in rows]


def verify(database, actor, service_id):
    with database.writing(actor) as tx:
        row = tx.session.execute(select(ServiceRow).where(ServiceRow.id == service_id)).scalar_one()
        row.verified_at = tx.now


def verified_at(database, actor, service_id):
    with database.reading(actor) as tx:
        return tx.session.execute(
            select(ServiceRow.verified_at).where(ServiceRow.id == service_id)
        ).scalar_one()
