"""Verifying the directory by telephone: whom to call next, what was heard, and how much is verified.

Never called comes first, then what is called out of date, then what should be warned of, then the rest; among these whatever
is used most, and of that the longest ago. Use is counted from what was done in the last half year: referrals, questions for a
bed, attempts to reach a service. What somebody tried to reach in the last day waits behind the others of its group.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, case, func, insert, or_, select, true, update

from screening.core.directory_history import FieldChange
from screening.core.directory_profile import Confidentiality
from screening.core.placement_shapes import VerificationRules
from screening.operations.actors import Refusal, Verb, require
from screening.operations.database import Transaction
from screening.operations.directory.disclosing import visible_tables
from screening.operations.directory.entries import EntryNotFound, levels_open_to, visible
from screening.operations.directory.history import Mark
from screening.operations.directory.writing import change_entry, hold
from screening.store.directory_models import ServiceRow
from screening.store.help_models import (
    BedRequestPlaceRow,
    BedRequestRow,
    ContactAttemptRow,
    DirectoryCheckRow,
    DirectoryErrorRow,
    ReferralRow,
)
from screening.store.journal_actions import AuditAction
from screening.store.models import User

USED_WITHIN = timedelta(days=180)
TRIED_LATELY = timedelta(hours=24)
OFTEN_NOT_REACHED = 3
LONGEST_WORDS = 500
PER_PAGE = 25
_REACHED = ("right", "changed", "closed")
_GONE = ("defunct", "inactive")


class CheckRefused(Refusal):
    """A check that cannot be kept as it was entered."""


class Show(StrEnum):
    """Which entries of the queue are asked for."""

    ALL = "all"
    UNVERIFIED = "unverified"
    DEMOTED = "demoted"
    WARNED = "warned"
    NOT_REACHED = "not_reached"
    USED = "used"
    ERRORS = "errors"


@dataclass(frozen=True, slots=True)
class Counts:
    """How much of the directory is verified. ``warned`` and ``demoted`` are verified, but so long ago."""

    verified: int
    unverified: int
    warned: int
    demoted: int


@dataclass(frozen=True, slots=True)
class ToCall:
    """A service somebody should call. ``not_reached``: how many times in a row nobody was reached since the last answer."""

    id: str
    name: str
    phones: tuple[str, ...]
    verified_at: datetime | None
    uses: int
    not_reached: int
    tried_at: datetime | None
    errors: int


@dataclass(frozen=True, slots=True)
class Queue:
    """A page of the services to call."""

    items: tuple[ToCall, ...]
    page: int
    pages: int
    total: int


@dataclass(frozen=True, slots=True)
class Check:
    """What was heard on one call."""

    outcome: str
    spoke_with: str
    note: str
    checked_by_name: str
    checked_at: datetime


def directory_counts(tx: Transaction, rules: VerificationRules) -> Counts:
    """How much is verified, of all services that are not closed. Numbers only, so undisclosed ones are among them.

    Raises PermissionRefused.
    """
    require(tx.actor, Verb.VIEW_DIRECTORY)
    parts = [
        ServiceRow.verified_at.is_not(None),
        ServiceRow.verified_at.is_(None),
        (ServiceRow.verified_at < _before(tx, rules.warn_days))
        & (ServiceRow.verified_at >= _before(tx, rules.demote_days)),
        ServiceRow.verified_at < _before(tx, rules.demote_days),
    ]
    sums = [func.coalesce(func.sum(case((part, 1), else_=0)), 0) for part in parts]
    row = tx.session.execute(select(*sums).where(ServiceRow.status.not_in(_GONE))).one()
    return Counts(*(int(each) for each in row))


def call_queue(
    tx: Transaction,
    rules: VerificationRules,
    *,
    show: Show = Show.ALL,
    page: int = 1,
    per_page: int = PER_PAGE,
) -> Queue:
    """A page of the services to call, the most pressing first. Raises PermissionRefused."""
    actor = require(tx.actor, Verb.EDIT_DIRECTORY)
    uses, last, failed, errors = _uses(tx), _last_try(), _failed_tries(), _open_errors()
    used = func.coalesce(uses.c.uses, 0)
    wanted = [visible("service", levels_open_to(actor)), ServiceRow.status.not_in(_GONE)]
    wanted.append(
        _shown(tx, rules, show, used, func.coalesce(failed.c.tries, 0), func.coalesce(errors.c.errors, 0))
    )
    sources = (uses, last, failed, errors)
    counted = _joined(select(func.count(ServiceRow.id)), sources).where(*wanted)
    total = tx.session.execute(counted).scalar_one()
    columns = (
        ServiceRow.id,
        ServiceRow.verified_at,
        uses.c.uses,
        failed.c.tries,
        last.c.tried_at,
        errors.c.errors,
    )
    order = (
        _group(tx, rules),
        case((last.c.tried_at > tx.now - TRIED_LATELY, 1), else_=0),
        used.desc(),
        ServiceRow.verified_at.is_not(None),
        ServiceRow.verified_at,
        ServiceRow.sort_name,
        ServiceRow.id,
    )
    page = max(1, page)
    query = _joined(select(*columns), sources).where(*wanted).order_by(*order)
    rows = tx.session.execute(query.limit(per_page).offset((page - 1) * per_page)).all()
    tx.note_view(AuditAction.DIRECTORY_LISTED, actor.agency_id, kind="service", found=total)
    return Queue(_to_call(tx, rows), page, max(1, -(-total // per_page)), total)


def checks_of(tx: Transaction, service_id: str) -> tuple[Check, ...]:
    """The calls to a service, the latest first. Raises EntryNotFound, PermissionRefused."""
    require(tx.actor, Verb.EDIT_DIRECTORY)
    _require_visible(tx, service_id)
    query = (
        select(DirectoryCheckRow, User.name)
        .outerjoin(User, User.id == DirectoryCheckRow.checked_by)
        .where(DirectoryCheckRow.service_id == service_id)
        .order_by(DirectoryCheckRow.checked_at.desc(), DirectoryCheckRow.id)
        .limit(20)
    )
    return tuple(
        Check(row.outcome, row.spoke_with, row.note, name or "", row.checked_at)
        for row, name in tx.session.execute(query)
    )


def record_check(
    tx: Transaction,
    service_id: str,
    outcome: str,
    *,
    spoke_with: str = "",
    note: str = "",
    check_id: str = "",
) -> str:
    """Keep what a call came to; out: its id. The same id twice is one check.

    ``right`` verifies the entry, ``closed`` closes it as well; ``changed`` is kept beside the edit that was made during the
    call. Raises CheckRefused, EntryNotFound, PermissionRefused.
    """
    actor = require(tx.actor, Verb.EDIT_DIRECTORY)
    _require_visible(tx, service_id)
    if outcome not in (*_REACHED, "not_reached"):
        raise CheckRefused("Choose what the call came to.")
    if outcome in _REACHED and not spoke_with.strip():
        raise CheckRefused("Say with whom you spoke, for example: front desk.")
    if max(len(spoke_with), len(note)) > LONGEST_WORDS:
        raise CheckRefused(f"Keep it to {LONGEST_WORDS} characters.")
    check_id = check_id or str(uuid4())
    if tx.session.execute(select(DirectoryCheckRow.id).where(DirectoryCheckRow.id == check_id)).one_or_none():
        return check_id
    (held,) = hold(tx, "service", [service_id])
    content = held.content
    if outcome == "closed":
        row = next(each for each in content["service"] if each["id"] == service_id)
        row["status"] = "defunct"
    row = {"id": check_id, "agency_id": actor.agency_id, "service_id": service_id, "outcome": outcome}
    row |= {
        "spoke_with": spoke_with.strip(),
        "note": note.strip(),
        "checked_by": actor.user_id,
        "checked_at": tx.now,
    }
    tx.session.execute(insert(DirectoryCheckRow), [row])
    change_entry(tx, held, content, marks=[FieldChange(Mark.CHECKED, None, outcome)])
    if outcome in _REACHED:
        verify = update(ServiceRow).where(ServiceRow.id == service_id)
        tx.session.execute(verify.values(verified_at=tx.now))
    tx.journal.record(AuditAction.DIRECTORY_ENTRY_CHECKED, service_id, outcome=outcome)
    return check_id


def _require_visible(tx: Transaction, service_id: str) -> None:
    query = select(ServiceRow.id).where(
        ServiceRow.id == service_id, visible("service", levels_open_to(tx.actor))
    )
    if tx.session.execute(query).one_or_none() is None:
        raise EntryNotFound("There is no such entry.")


def _before(tx: Transaction, days: int) -> datetime:
    return tx.now - timedelta(days=days)


def _group(tx: Transaction, rules: VerificationRules) -> ColumnElement[int]:
    return case(
        (ServiceRow.verified_at.is_(None), 0),
        (ServiceRow.verified_at < _before(tx, rules.demote_days), 1),
        (ServiceRow.verified_at < _before(tx, rules.warn_days), 2),
        else_=3,
    )


def _shown(
    tx: Transaction, rules: VerificationRules, show: Show, used: Any, tries: Any, errors: Any
) -> ColumnElement[bool]:
    warned = ServiceRow.verified_at < _before(tx, rules.warn_days)
    demoted = ServiceRow.verified_at < _before(tx, rules.demote_days)
    conditions: Mapping[Show, ColumnElement[bool]] = {
        Show.UNVERIFIED: ServiceRow.verified_at.is_(None),
        Show.DEMOTED: demoted,
        Show.WARNED: warned & ~demoted,
        Show.NOT_REACHED: tries >= OFTEN_NOT_REACHED,
        Show.USED: used > 0,
        Show.ERRORS: errors > 0,
    }
    return conditions.get(show, true())


def _uses(tx: Transaction) -> Any:
    """How often each service was used: three counts, each by itself, added up."""
    since = tx.now - USED_WITHIN
    asked = select(BedRequestRow.id).where(BedRequestRow.asked_at >= since)
    parts = [
        _counted(ReferralRow.service_id, ReferralRow.made_at >= since),
        _counted(BedRequestPlaceRow.service_id, BedRequestPlaceRow.request_id.in_(asked)),
        _counted(ContactAttemptRow.service_id, ContactAttemptRow.at >= since),
    ]
    total = sum((func.coalesce(part.c.count, 0) for part in parts[1:]), func.coalesce(parts[0].c.count, 0))
    query = select(ServiceRow.id.label("service_id"), total.label("uses"))
    for part in parts:
        query = query.outerjoin(part, part.c.service_id == ServiceRow.id)
    return query.where(or_(*(part.c.count.is_not(None) for part in parts))).subquery()


def _counted(column: Any, condition: ColumnElement[bool]) -> Any:
    query = select(column.label("service_id"), func.count(column).label("count"))
    return query.where(condition).group_by(column).subquery()


def _last_try() -> Any:
    query = select(DirectoryCheckRow.service_id, func.max(DirectoryCheckRow.checked_at).label("tried_at"))
    return query.group_by(DirectoryCheckRow.service_id).subquery()


def _failed_tries() -> Any:
    """How many tries failed since somebody was last reached."""
    reached = (
        select(DirectoryCheckRow.service_id, func.max(DirectoryCheckRow.checked_at).label("at"))
        .where(DirectoryCheckRow.outcome.in_(_REACHED))
        .group_by(DirectoryCheckRow.service_id)
        .subquery()
    )
    query = select(DirectoryCheckRow.service_id, func.count(DirectoryCheckRow.id).label("tries"))
    query = query.outerjoin(reached, reached.c.service_id == DirectoryCheckRow.service_id)
    since = or_(reached.c.at.is_(None), DirectoryCheckRow.checked_at > reached.c.at)
    failed = query.where(DirectoryCheckRow.outcome == "not_reached", since)
    return failed.group_by(DirectoryCheckRow.service_id).subquery()


def _open_errors() -> Any:
    query = select(DirectoryErrorRow.service_id, func.count(DirectoryErrorRow.id).label("errors"))
    return query.where(DirectoryErrorRow.status == "open").group_by(DirectoryErrorRow.service_id).subquery()


def _joined(query: Any, sources: Collection[Any]) -> Any:
    query = query.select_from(ServiceRow)
    for source in sources:
        query = query.outerjoin(source, source.c.service_id == ServiceRow.id)
    return query


def _to_call(tx: Transaction, rows: Collection[Any]) -> tuple[ToCall, ...]:
    ids = [row.id for row in rows]
    tables = visible_tables(tx, {"service": ids})
    phones: dict[str, list[str]] = {each: [] for each in ids}
    for row in tables["phone"].values():
        if row.get("service_id") in phones and row.get("type", "voice") == "voice":
            phones[row["service_id"]].append(row["number"])
    for row in tables["attribute"].values():
        if row.get("value") == Confidentiality.CONFIDENTIAL.value and row.get("link_id") in phones:
            tx.note_view(AuditAction.DIRECTORY_CONFIDENTIAL_VIEWED, row["link_id"])
    return tuple(
        ToCall(
            id=row.id,
            name=tables["service"][row.id]["name"],
            phones=tuple(phones[row.id]),
            verified_at=row.verified_at,
            uses=row.uses or 0,
            not_reached=row.tries or 0,
            tried_at=row.tried_at,
            errors=row.errors or 0,
        )
        for row in rows
    )
