"""Publications as the journal vouches for them: a digest over each row, told in its entry."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, select

from screening.store.journal_actions import AuditAction
from screening.store.models import JournalEntry, RulebookPublication

PUBLICATION_COLUMNS = (
    "id",
    "agency_id",
    "sequence",
    "digest",
    "published_by",
    "published_at",
    "reason",
    "replaces",
)
_ACTIONS = (AuditAction.RULEBOOK_PUBLISHED.value, AuditAction.RULEBOOK_ROLLED_BACK.value)


def publication_digest(row: Mapping[str, str | int | datetime]) -> str:
    """A digest over a publication as stored: changed later, it no longer fits the journal."""
    parts = [row[name] for name in PUBLICATION_COLUMNS]
    plain = [
        part.isoformat(timespec="microseconds") if isinstance(part, datetime) else part for part in parts
    ]
    return hashlib.sha256(json.dumps(plain).encode("ascii")).hexdigest()


def publications_unlike_journal(connection: Connection) -> list[str]:
    """Every publication is there as its journal entry tells, and there is none the journal knows nothing of."""
    told = {
        str(json.loads(detail)["row"])
        for detail in connection.execute(
            select(JournalEntry.detail).where(JournalEntry.action.in_(_ACTIONS))
        ).scalars()
    }
    columns = [getattr(RulebookPublication, name) for name in PUBLICATION_COLUMNS]
    faults = []
    for row in connection.execute(select(*columns).order_by(RulebookPublication.id)):
        digest = publication_digest(row._asdict())
        if digest not in told:
            faults.append(f"publication {row.id} of a rulebook is not as the journal tells")
        told.discard(digest)
    if told:
        faults.append(f"{len(told)} publications of rulebooks are in the journal but not in the database")
    return faults
