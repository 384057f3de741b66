"""What publishing takes, for tests: bringing in, publishing, going back, and looking at what came of it."""

import json
from typing import Any

from edition_files import check_here, edition
from sqlalchemy import select

from screening.core.loading import load_files
from screening.operations.actors import Actor
from screening.operations.database import Database
from screening.operations.rulebooks import (
    current_digest,
    offer_edition,
    publish_edition,
    roll_back,
)
from screening.store.models import JournalEntry

SHIPPED = edition("1")
FALLBACK = load_files(SHIPPED).digest


def offered(database: Database, actor: Actor, files: dict[str, bytes]) -> str:
    report = offer_edition(database, actor, files, check_here)
    assert report.is_sound
    return report.digest


def put_into_use(database: Database, actor: Actor, digest: str, reason: str = "Better words") -> None:
    with database.writing(actor) as tx:
        publish_edition(tx, digest, reason=reason, fallback=FALLBACK)


def published(database: Database, actor: Actor, version: str) -> str:
    digest = offered(database, actor, edition(version))
    put_into_use(database, actor, digest)
    return digest


def taken_back(database: Database, actor: Actor, current: str) -> str:
    with database.writing(actor) as tx:
        return roll_back(tx, current=current, reason="A question confused everybody")


def in_use(database: Database, actor: Actor) -> str | None:
    with database.reading(actor) as tx:
        return current_digest(tx)


def journal(database: Database, actor: Actor, action: str) -> list[tuple[str, str, dict[str, Any]]]:
    """(who, what, detail) of every such entry of the actor's agency."""
    with database.reading(actor) as tx:
        query = (
            select(JournalEntry.actor_id, JournalEntry.subject, JournalEntry.detail)
            .where(JournalEntry.action == action)
            .order_by(JournalEntry.sequence)
        )
        return [(row[0], row[1], json.loads(row[2])) for row in tx.session.execute(query)]
