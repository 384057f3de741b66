"""The starter directory of the rulebook, for an agency that has none. Nothing in it is verified until somebody has called."""

from sqlalchemy import exists, select

from screening.core.directory_seed import STARTER, starter_rows
from screening.core.rulebook import Rulebook
from screening.operations.actors import SYSTEM, Actor, Role
from screening.operations.database import Database
from screening.operations.directory.importing import import_directory
from screening.store.directory_models import ServiceRow


def begin_directory(db: Database, agency_id: str, rulebook: Rulebook) -> int:
    """Give an agency the starter directory, unless it has any service already; out: how many services were added.

    The installation itself does so, when an agency is founded; the journal says it. What people changed since is left alone.
    """
    installation = Actor(SYSTEM, "System", Role.DIRECTORY_EDITOR, agency_id)
    with db.reading(installation) as tx:
        if tx.session.execute(select(exists(select(ServiceRow.id)))).scalar_one():
            return 0
    features = rulebook.placement.features if rulebook.placement else ()
    rows = starter_rows(rulebook.services.values(), rulebook.kinds, features)
    return import_directory(db, installation, rows, source=STARTER).counts["service"].added
