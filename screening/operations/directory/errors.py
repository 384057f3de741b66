"""Errors in the directory that somebody noticed: reported by anybody, seen to by those who keep it, told back.

A report speaks of an entry, never of a youth.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import aliased

from screening.operations.actors import Refusal, Verb, require
from screening.operations.database import Transaction
from screening.operations.directory.disclosing import visible_tables
from screening.operations.directory.entries import EntryNotFound, levels_open_to, visible
from screening.store.directory_models import ServiceRow
from screening.store.help_models import DirectoryErrorRow
from screening.store.journal_actions import AuditAction
from screening.store.models import User

LONGEST_NOTE = 500
PER_PAGE = 25
OPEN, MENDED, NOT_WRONG = "open", "mended", "not_wrong"
_Reporter = aliased(User)
_Closer = aliased(User)


class ErrorRefused(Refusal):
    """A report that cannot be kept as it was entered."""


@dataclass(frozen=True, slots=True)
class ReportedError:
    """Something somebody says is wrong with a service, and what became of it."""

    id: str
    service_id: str
    service_name: str
    fields: tuple[str, ...]
    note: str
    reported_by_name: str
    reported_at: datetime
    status: str
    closed_by_name: str
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Errors:
    """A page of reports."""

    items: tuple[ReportedError, ...]
    page: int
    pages: int
    total: int


def report_error(
    tx: Transaction,
    service_id: str,
    fields: Collection[str],
    note: str,
    *,
    known: Collection[str],
    error_id: str = "",
) -> str:
    """Say that an entry is wrong; out: the report's id. ``known`` are the fields the rulebook lists. The same id twice is one.

    Raises ErrorRefused, EntryNotFound, PermissionRefused.
    """
    actor = require(tx.actor, Verb.REPORT_DIRECTORY_ERROR)
    query = select(ServiceRow.id).where(
        ServiceRow.id == service_id, visible("service", levels_open_to(actor))
    )
    if tx.session.execute(query).one_or_none() is None:
        raise EntryNotFound("There is no such entry.")
    chosen = [each for each in known if each in fields]
    if not chosen:
        raise ErrorRefused("Choose what is wrong.")
    if len(note) > LONGEST_NOTE:
        raise ErrorRefused(f"Keep it to {LONGEST_NOTE} characters.")
    error_id = error_id or str(uuid4())
    if tx.session.execute(select(DirectoryErrorRow.id).where(DirectoryErrorRow.id == error_id)).one_or_none():
        return error_id
    row: dict[str, Any] = {
        "id": error_id,
        "agency_id": actor.agency_id,
        "service_id": service_id,
        "fields": " ".join(chosen),
    }
    row |= {"note": note.strip(), "reported_by": actor.user_id, "reported_at": tx.now, "status": OPEN}
    tx.session.execute(insert(DirectoryErrorRow), [row])
    tx.journal.record(AuditAction.DIRECTORY_ERROR_REPORTED, service_id, error=error_id)
    return error_id


def reported_name(tx: Transaction, service_id: str) -> str:
    """What a service somebody wants to report on is called. Raises EntryNotFound, PermissionRefused."""
    actor = require(tx.actor, Verb.REPORT_DIRECTORY_ERROR)
    query = select(ServiceRow.id).where(
        ServiceRow.id == service_id, visible("service", levels_open_to(actor))
    )
    if tx.session.execute(query).one_or_none() is None:
        raise EntryNotFound("There is no such entry.")
    name: str = visible_tables(tx, {"service": [service_id]})["service"][service_id]["name"]
    return name


def close_error(tx: Transaction, error_id: str, status: str) -> str:
    """Say what became of a report; out: the service it is about. One that is closed already stays as it is.

    Raises ErrorRefused, EntryNotFound, PermissionRefused.
    """
    actor = require(tx.actor, Verb.EDIT_DIRECTORY)
    if status not in (MENDED, NOT_WRONG):
        raise ErrorRefused("Choose what became of it.")
    query = select(DirectoryErrorRow).join(ServiceRow, ServiceRow.id == DirectoryErrorRow.service_id)
    query = query.where(DirectoryErrorRow.id == error_id, visible("service", levels_open_to(actor)))
    row = tx.session.execute(query.with_for_update(of=DirectoryErrorRow)).scalar_one_or_none()
    if row is None:
        raise EntryNotFound("There is no such report.")
    if row.status == OPEN:
        change = update(DirectoryErrorRow).where(DirectoryErrorRow.id == error_id)
        tx.session.execute(change.values(status=status, closed_at=tx.now, closed_by=actor.user_id))
        tx.journal.record(AuditAction.DIRECTORY_ERROR_CLOSED, row.service_id, error=error_id, status=status)
    service_id: str = row.service_id
    return service_id


def open_errors(tx: Transaction, *, page: int = 1) -> Errors:
    """A page of the reports nobody has seen to, the oldest first. Raises PermissionRefused."""
    require(tx.actor, Verb.EDIT_DIRECTORY)
    return _page(tx, DirectoryErrorRow.status == OPEN, DirectoryErrorRow.reported_at, page)


def my_reports(tx: Transaction, *, page: int = 1) -> Errors:
    """A page of what the caller reported, the latest first. Raises PermissionRefused."""
    actor = require(tx.actor, Verb.REPORT_DIRECTORY_ERROR)
    return _page(
        tx, DirectoryErrorRow.reported_by == actor.user_id, DirectoryErrorRow.reported_at.desc(), page
    )


def _page(tx: Transaction, condition: Any, order: Any, page: int) -> Errors:
    seen = visible("service", levels_open_to(tx.actor))
    total = tx.session.execute(
        select(func.count(DirectoryErrorRow.id))
        .join(ServiceRow, ServiceRow.id == DirectoryErrorRow.service_id)
        .where(condition, seen)
    ).scalar_one()
    page = max(1, page)
    rows = tx.session.execute(
        select(DirectoryErrorRow, _Reporter.name, _Closer.name)
        .join(ServiceRow, ServiceRow.id == DirectoryErrorRow.service_id)
        .outerjoin(_Reporter, _Reporter.id == DirectoryErrorRow.reported_by)
        .outerjoin(_Closer, _Closer.id == DirectoryErrorRow.closed_by)
        .where(condition, seen)
        .order_by(order, DirectoryErrorRow.id)
        .limit(PER_PAGE)
        .offset((page - 1) * PER_PAGE)
    ).all()
    names = visible_tables(tx, {"service": {row.service_id for row, _by, _closed in rows}})["service"]
    items = tuple(
        ReportedError(
            row.id,
            row.service_id,
            names[row.service_id]["name"],
            tuple(row.fields.split()),
            row.note,
            by or "",
            row.reported_at,
            row.status,
            closed or "",
            row.closed_at,
        )
        for row, by, closed in rows
    )
    return Errors(items, page, max(1, -(-total // PER_PAGE)), total)
