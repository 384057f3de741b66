"""Telling of hand-offs that nobody answered in time, for every agency of an installation: from the command line, by a timer."""

from dataclasses import dataclass

from sqlalchemy import select

from screening.operations.actors import system_actor
from screening.operations.database import Database
from screening.operations.hand_offs.listing import escalate_silent
from screening.store.models import Agency


@dataclass(frozen=True, slots=True)
class Reminded:
    """What a round of reminding came to, in numbers only."""

    agencies: int
    escalated: int


def remind_everywhere(database: Database) -> Reminded:
    """Mark every silent hand-off of every agency that was not marked yet. Running it again at once changes nothing."""
    with database.reading(None) as tx:
        agencies = tx.session.execute(select(Agency.id).order_by(Agency.id)).scalars().all()
    escalated = 0
    for agency_id in agencies:
        with database.writing(system_actor(agency_id)) as tx:
            escalated += escalate_silent(tx)
    return Reminded(len(agencies), escalated)
