"""What places said about their beds. A word is only ever added; the latest counts, and grows stale."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import get_args
from uuid import uuid4

from sqlalchemy import func, insert, select

from screening.core.bed_words import BedStatus, BedWord
from screening.operations.actors import Actor, Refusal, Verb, may, require
from screening.operations.database import Transaction
from screening.store.directory_models import ServiceRow
from screening.store.help_models import BedReportRow
from screening.store.journal_actions import AuditAction
from screening.store.models import User

STATUSES: tuple[BedStatus, ...] = get_args(BedStatus)
EVERYBODY = "all"
SERVES = ("girls", "boys", "transgender", EVERYBODY)
"""For whom a word about beds can be; without one of these it is about the place as a whole."""
LONGEST_WHO = 120
MOST_BEDS = 999
_ID = re.compile(r"[a-z0-9-]{36}")
_AT_ONCE = 500


class BedRefused(Refusal):
    """A word about beds, a question for one, or an answer cannot be like this. Nothing was changed."""


class PlaceNotFound(BedRefused):
    """There is no such place for this person: it does not exist, belongs to another agency, or must not be seen."""

    def __init__(self) -> None:
        super().__init__("There is no such place in your directory.")


@dataclass(frozen=True, slots=True)
class BedReport:
    """A word about a place as it was recorded: ``recorded_by_name`` is empty when the place itself did."""

    id: str
    service_id: str
    word: BedWord
    recorded_by_name: str
    recorded_at: datetime


def is_own_id(id: str) -> bool:
    """Whether it has the form of an id drawn by a sender."""
    return _ID.fullmatch(id) is not None


def levels_open_to(actor: Actor | None) -> tuple[str, ...]:
    """The levels of confidentiality a person may see; undisclosed is never among them."""
    return ("public", "confidential") if may(actor, Verb.SEE_CONFIDENTIAL_PLACES) else ("public",)


def require_places(tx: Transaction, service_ids: Collection[str]) -> None:
    """Refuse a place that is not in the agency's directory or must not be seen. Raises PlaceNotFound."""
    wanted = set(service_ids)
    found = select(func.count(ServiceRow.id)).where(
        ServiceRow.id.in_(wanted), ServiceRow.confidentiality.in_(levels_open_to(tx.actor))
    )
    if not wanted or tx.session.execute(found).scalar_one() != len(wanted):
        raise PlaceNotFound


def note_confidential(tx: Transaction, service_ids: Collection[str]) -> None:
    """Note in the journal that the confidential ones of these places were looked at by name."""
    found = select(ServiceRow.id).where(
        ServiceRow.id.in_(sorted(set(service_ids))), ServiceRow.confidentiality == "confidential"
    )
    for service_id in tx.session.execute(found).scalars():
        tx.note_view(AuditAction.DIRECTORY_CONFIDENTIAL_VIEWED, service_id)


def report_beds(
    tx: Transaction,
    service_id: str,
    status: BedStatus,
    beds: int | None = None,
    serves: str | None = None,
    said_by: str = "",
    said_at: datetime | None = None,
    *,
    id: str = "",
) -> bool:
    """Record what a place said about its beds; out: whether that was new. The same id twice is one word.

    In: how many are free, only with *available*; for whom, one of ``SERVES`` or nothing for the whole place; who at the
    place said so; when (aware), nothing for now. Raises BedRefused, PlaceNotFound, PermissionRefused.
    """
    actor = require(tx.actor, Verb.REPORT_BEDS)
    said_by, said_at = said_by.strip(), said_at or tx.now
    if said_at > tx.now:
        raise BedRefused("That moment has not come yet. Check the date and the time.")
    if not said_by:
        raise BedRefused("Say who at the place said so.")
    if len(said_by) > LONGEST_WHO or not said_by.isprintable():
        raise BedRefused(f"Keep it to one line of at most {LONGEST_WHO} characters.")
    require_places(tx, [service_id])
    return add_word(
        tx, actor, service_id, BedWord(status, beds, serves, said_by, said_at), id or str(uuid4())
    )


def add_word(tx: Transaction, actor: Actor, service_id: str, word: BedWord, id: str) -> bool:
    """Write a word down, for verbs that asked for permission and place already; out: whether that was new. Raises BedRefused."""
    if word.status not in STATUSES:
        raise BedRefused("Choose how the place stands.")
    if word.beds is not None and (word.status != "available" or not 0 <= word.beds <= MOST_BEDS):
        raise BedRefused("A number of free beds belongs to a place that has some.")
    if word.serves is not None and word.serves not in SERVES:
        raise BedRefused("Choose for whom the beds are.")
    if not is_own_id(id):
        raise PlaceNotFound
    kept = tx.session.execute(
        select(BedReportRow.service_id).where(BedReportRow.id == id)
    ).scalar_one_or_none()
    if kept is not None:
        if kept != service_id:
            raise PlaceNotFound
        return False
    row = {
        "id": id,
        "agency_id": actor.agency_id,
        "service_id": service_id,
        "status": word.status,
        "beds": word.beds,
        "serves": word.serves,
        "said_by": word.said_by,
        "said_at": word.said_at,
        "recorded_by": actor.user_id,
        "recorded_at": tx.now,
    }
    tx.session.execute(insert(BedReportRow), [row])
    tx.journal.record(AuditAction.BEDS_REPORTED, service_id, status=word.status)
    return True


def bed_words(
    tx: Transaction, service_ids: Iterable[str], for_whom: Collection[str] = ()
) -> Mapping[str, BedWord]:
    """Service → the latest word about its beds, of those the person may see and somebody said something about.

    With ``for_whom`` (girls, boys, transgender) words that are for others are left aside, so that beds for boys say nothing
    to a girl. Raises PermissionRefused.
    """
    latest: dict[str, BedWord] = {}
    for service_id, words in standing_words(tx, service_ids).items():
        meant = [
            word
            for word in words
            if not for_whom or word.serves in (None, EVERYBODY) or word.serves in for_whom
        ]
        if meant:
            latest[service_id] = meant[0]
    return latest


def standing_words(tx: Transaction, service_ids: Iterable[str]) -> Mapping[str, tuple[BedWord, ...]]:
    """Service → what holds of it now, newest first: the latest word for each group it serves.

    A word about the whole place replaces every earlier one; one for girls only leaves standing what was said for boys.
    Raises PermissionRefused.
    """
    require(tx.actor, Verb.VIEW_DIRECTORY)
    found: dict[str, dict[str | None, BedWord]] = {}
    for row in _latest_rows(tx, sorted(set(service_ids))):
        words = found.setdefault(row.service_id, {})
        if row.serves in (None, EVERYBODY):
            words.clear()
        words[row.serves] = _word(row)
    return {
        service_id: tuple(sorted(words.values(), key=lambda word: word.said_at, reverse=True))
        for service_id, words in found.items()
    }


def _latest_rows(tx: Transaction, service_ids: list[str]) -> list[BedReportRow]:
    """Of each place the latest report for each group, oldest first."""
    rows: list[BedReportRow] = []
    for start in range(0, len(service_ids), _AT_ONCE):
        part = service_ids[start : start + _AT_ONCE]
        latest = (
            select(
                BedReportRow.service_id,
                BedReportRow.serves,
                func.max(BedReportRow.said_at).label("said_at"),
            )
            .where(BedReportRow.service_id.in_(part))
            .group_by(BedReportRow.service_id, BedReportRow.serves)
            .subquery()
        )
        same_group = (BedReportRow.serves == latest.c.serves) | (
            BedReportRow.serves.is_(None) & latest.c.serves.is_(None)
        )
        query = (
            select(BedReportRow)
            .join(
                latest,
                (BedReportRow.service_id == latest.c.service_id)
                & (BedReportRow.said_at == latest.c.said_at)
                & same_group,
            )
            .join(ServiceRow, ServiceRow.id == BedReportRow.service_id)
            .where(ServiceRow.confidentiality.in_(levels_open_to(tx.actor)))
            .order_by(BedReportRow.said_at, BedReportRow.recorded_at, BedReportRow.id)
        )
        rows += tx.session.execute(query).scalars()
    return rows


def bed_history(tx: Transaction, service_id: str, limit: int = 50) -> tuple[BedReport, ...]:
    """What was said about a place, newest first. Raises PlaceNotFound, PermissionRefused."""
    require(tx.actor, Verb.VIEW_DIRECTORY)
    require_places(tx, [service_id])
    query = (
        select(BedReportRow, User.name)
        .outerjoin(User, User.id == BedReportRow.recorded_by)
        .where(BedReportRow.service_id == service_id)
        .order_by(BedReportRow.said_at.desc(), BedReportRow.recorded_at.desc(), BedReportRow.id)
        .limit(limit)
    )
    return tuple(
        BedReport(row.id, row.service_id, _word(row), name or "", row.recorded_at)
        for row, name in tx.session.execute(query)
    )


def _word(row: BedReportRow) -> BedWord:
    status = next(each for each in STATUSES if each == row.status)
    return BedWord(status, row.beds, row.serves, row.said_by, row.said_at)
