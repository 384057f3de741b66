"""Every attempt to reach a service for a youth, and what came of it. Only ever added."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import func, insert, select

from screening.operations.actors import Verb, require
from screening.operations.beds.shapes import checked_line
from screening.operations.beds.words import (
    BedRefused,
    PlaceNotFound,
    is_own_id,
    levels_open_to,
    require_places,
)
from screening.operations.database import Transaction
from screening.operations.screenings import hold_screening, read_screening
from screening.store.directory_models import ServiceRow
from screening.store.help_models import ContactAttemptRow
from screening.store.journal_actions import AuditAction
from screening.store.models import User
from screening.store.vault import RecordKey

LONGEST_WORDS = 300
_FIELDS = frozenset({"spoke_with", "note"})
_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")


@dataclass(frozen=True, slots=True)
class Attempt:
    """Somebody tried to reach a service. ``words``: field → text (spoke_with, note), what is not there was not said."""

    id: str
    service_id: str
    outcome: str
    at: datetime
    recorded_by_name: str
    recorded_at: datetime
    words: Mapping[str, str]


def record_attempt(
    tx: Transaction,
    screening_id: str,
    service_id: str,
    outcome: str,
    at: datetime | None = None,
    words: Mapping[str, str] | None = None,
    *,
    id: str = "",
) -> tuple[str, bool]:
    """Write down that somebody tried to reach a service; out: the attempt's id, and whether it was new.

    In: an outcome id of the rulebook; when (aware), nothing for now; words: spoke_with, note. Sending the same id again
    changes nothing. Raises BedRefused, PlaceNotFound, ScreeningNotFound, PermissionRefused.
    """
    actor = require(tx.actor, Verb.FOLLOW_UP)
    if not _NAME.fullmatch(outcome):
        raise BedRefused("Choose what came of it.")
    at, id = at or tx.now, id or str(uuid4())
    if at > tx.now:
        raise BedRefused("That moment has not come yet. Check the date and the time.")
    given = words or {}
    if not given.keys() <= _FIELDS:
        raise BedRefused("A call is written down with whom you spoke and a note, nothing else.")
    lines = {name: checked_line(text, LONGEST_WORDS) for name, text in sorted(given.items())}
    kept_words = {name: line for name, line in lines.items() if line}
    screening, _status, _recognised_at = hold_screening(tx, screening_id)
    require_places(tx, [service_id])
    if not is_own_id(id):
        raise PlaceNotFound
    kept = tx.session.execute(
        select(ContactAttemptRow.screening_id).where(ContactAttemptRow.id == id)
    ).scalar_one_or_none()
    if kept is not None:
        if kept != screening_id:
            raise PlaceNotFound
        return id, False
    identity = (id, screening_id, screening.agency_id, service_id)
    row = {
        "id": id,
        "screening_id": screening_id,
        "agency_id": screening.agency_id,
        "service_id": service_id,
        "outcome": outcome,
        "at": at,
        "recorded_by": actor.user_id,
        "recorded_at": tx.now,
        "sealed": _sealed(screening.open_key(tx.vault), kept_words, identity) if kept_words else None,
    }
    tx.session.execute(insert(ContactAttemptRow), [row])
    tx.journal.record(AuditAction.CONTACT_TRIED, screening_id, attempt=id, outcome=outcome)
    return id, True


def attempts_of(tx: Transaction, screening_id: str) -> tuple[Attempt, ...]:
    """Every attempt on a screening, newest first. Raises ScreeningNotFound, PermissionRefused, SealBroken."""
    require(tx.actor, Verb.VIEW_SCREENING)
    key = read_screening(tx, screening_id).open_key(tx.vault)
    query = (
        select(ContactAttemptRow, User.name)
        .outerjoin(User, User.id == ContactAttemptRow.recorded_by)
        .where(ContactAttemptRow.screening_id == screening_id)
        .order_by(ContactAttemptRow.at.desc(), ContactAttemptRow.recorded_at.desc(), ContactAttemptRow.id)
    )
    return tuple(
        Attempt(
            id=row.id,
            service_id=row.service_id,
            outcome=row.outcome,
            at=row.at,
            recorded_by_name=name or "",
            recorded_at=row.recorded_at,
            words=_opened(key, row),
        )
        for row, name in tx.session.execute(query)
    )


def recent_attempts(
    tx: Transaction, service_ids: Iterable[str], *, days: int = 14
) -> Mapping[str, Mapping[str, int]]:
    """Service → outcome → how often in the last days, over all screenings of the agency and naming none.

    That a number was not answered three times is worth knowing before the fourth call. Raises PermissionRefused.
    """
    require(tx.actor, Verb.FOLLOW_UP)
    query = (
        select(ContactAttemptRow.service_id, ContactAttemptRow.outcome, func.count(ContactAttemptRow.id))
        .join(ServiceRow, ServiceRow.id == ContactAttemptRow.service_id)
        .where(
            ContactAttemptRow.service_id.in_(sorted(set(service_ids))),
            ContactAttemptRow.at > tx.now - timedelta(days=days),
            ServiceRow.confidentiality.in_(levels_open_to(tx.actor)),
        )
        .group_by(ContactAttemptRow.service_id, ContactAttemptRow.outcome)
    )
    counts: dict[str, Counter[str]] = {}
    for service_id, outcome, number in tx.session.execute(query):
        counts.setdefault(service_id, Counter())[outcome] = number
    return counts


def _sealed(key: RecordKey, words: Mapping[str, str], identity: tuple[str, ...]) -> bytes:
    return key.seal(json.dumps(dict(words), ensure_ascii=False), "contact_attempts", ("words", *identity))


def _opened(key: RecordKey, row: ContactAttemptRow) -> Mapping[str, str]:
    if row.sealed is None:
        return {}
    identity = ("words", row.id, row.screening_id, row.agency_id, row.service_id)
    opened = key.open(row.sealed, "contact_attempts", identity)
    return {str(field): str(text) for field, text in json.loads(str(opened)).items()}
