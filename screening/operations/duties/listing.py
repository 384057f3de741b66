"""What is overdue and what is due soon, over all screenings of an agency, for everybody or for one person."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, case, func, or_, select, true

from screening.operations.actors import Actor, Verb, may, require
from screening.operations.database import Transaction
from screening.operations.screenings import Page
from screening.store.follow_up_models import DutyRow
from screening.store.journal_actions import AuditAction
from screening.store.models import Screening, User
from screening.store.screening_rows import SealedScreening

MOST_PER_PAGE = 100
_SEALED = tuple(getattr(Screening, name) for name in SealedScreening.__dataclass_fields__)
SOON = timedelta(hours=24)


class DueFilter(StrEnum):
    """Which open duties are asked for."""

    ALL = "all"
    OVERDUE = "overdue"
    SOON = "soon"  # within the next ``SOON``
    UNTIMED = "untimed"  # the event that starts the clock is not entered yet


@dataclass(frozen=True, slots=True)
class DueDuty:
    """One open duty with the screening it belongs to. The action is looked up in that screening's rulebook.

    ``youth_ref`` is empty when none was given, and for those who may not see case numbers.
    """

    id: str
    screening_id: str
    youth_ref: str
    rulebook_digest: str
    action: str
    must: bool
    due_at: datetime | None
    raised_at: datetime
    opened_by_name: str
    assigned_to_name: str


def due_duties(
    tx: Transaction,
    *,
    which: DueFilter = DueFilter.ALL,
    mine: bool = False,
    page: int = 1,
    per_page: int = 25,
) -> Page[DueDuty]:
    """A page of the agency's open duties, the most overdue first, those without a time last.

    ``mine``: those assigned to the caller, and those nobody is assigned to on screenings the caller opened. Noted in the
    journal as looked at. Raises PermissionRefused.
    """
    actor = require(tx.actor, Verb.FOLLOW_UP)
    page, per_page = max(1, page), min(max(1, per_page), MOST_PER_PAGE)
    wanted = _wanted(tx, which) & _whose(actor, mine)
    total = tx.session.execute(select(func.count(DutyRow.id)).where(wanted)).scalar_one()
    # Which ones, from the duties alone: on a large agency a join before the cut costs many times as much.
    rows = tx.session.scalars(
        select(DutyRow)
        .where(wanted)
        .order_by(DutyRow.due_at.is_(None), DutyRow.due_at, DutyRow.raised_at, DutyRow.id)
        .limit(per_page)
        .offset((page - 1) * per_page)
    ).all()
    screenings = _screenings(tx, {row.screening_id for row in rows})
    people = {screening.opened_by for screening in screenings.values()} | {row.assigned_to for row in rows}
    names = _names(tx, people)
    tx.note_view(AuditAction.DUTIES_LISTED, actor.agency_id)
    items = tuple(_due_duty(tx, actor, row, screenings[row.screening_id], names) for row in rows)
    return Page(items, page, per_page, total)


def due_counts(tx: Transaction, *, mine: bool = False) -> Mapping[DueFilter, int]:
    """How many open duties each filter would list. Raises PermissionRefused."""
    actor = require(tx.actor, Verb.FOLLOW_UP)
    counts = [func.sum(case((_wanted(tx, which), 1), else_=0)).label(which.value) for which in DueFilter]
    query = select(*counts).where(_wanted(tx, DueFilter.ALL) & _whose(actor, mine))
    found = tx.session.execute(query).mappings().one()
    return {which: int(found[which.value] or 0) for which in DueFilter}


def how_many_overdue(tx: Transaction) -> int:
    """How many of the agency's duties are overdue. Raises PermissionRefused."""
    require(tx.actor, Verb.FOLLOW_UP)
    query = select(func.count(DutyRow.id)).where(_wanted(tx, DueFilter.OVERDUE))
    return tx.session.execute(query).scalar_one()


def _wanted(tx: Transaction, which: DueFilter) -> ColumnElement[bool]:
    open_ones = DutyRow.status == "open"
    if which is DueFilter.OVERDUE:
        return open_ones & (DutyRow.due_at < tx.now)
    if which is DueFilter.SOON:
        return open_ones & (DutyRow.due_at >= tx.now) & (DutyRow.due_at < tx.now + SOON)
    return open_ones & DutyRow.due_at.is_(None) if which is DueFilter.UNTIMED else open_ones


def _whose(actor: Actor, mine: bool) -> ColumnElement[bool]:
    """All of the agency's; or those assigned to the actor and, on screenings the actor opened, those of nobody."""
    if not mine:
        return true()
    own = DutyRow.screening_id.in_(select(Screening.id).where(Screening.opened_by == actor.user_id))
    unassigned_own = DutyRow.assigned_to.is_(None) & own
    return or_(DutyRow.assigned_to == actor.user_id, unassigned_own)


def _names(tx: Transaction, ids: set[str | None]) -> dict[str, str]:
    known = [id for id in ids if id is not None]
    found = tx.session.execute(select(User.id, User.name).where(User.id.in_(known)))
    return {row.id: row.name for row in found}


def _screenings(tx: Transaction, ids: set[str]) -> dict[str, Any]:
    columns = (*_SEALED, Screening.rulebook_digest, Screening.opened_by)
    return {row.id: row for row in tx.session.execute(select(*columns).where(Screening.id.in_(ids)))}


def _due_duty(tx: Transaction, actor: Actor, duty: DutyRow, row: Any, names: dict[str, str]) -> DueDuty:
    screening = SealedScreening(*row[: len(_SEALED)])
    shown = may(actor, Verb.SEE_CASE_NUMBERS)
    return DueDuty(
        id=duty.id,
        screening_id=duty.screening_id,
        youth_ref=screening.open_youth_ref(screening.open_key(tx.vault)) if shown else "",
        rulebook_digest=row.rulebook_digest,
        action=duty.action,
        must=duty.must,
        due_at=duty.due_at,
        raised_at=duty.raised_at,
        opened_by_name=names.get(row.opened_by, ""),
        assigned_to_name=names.get(duty.assigned_to or "", ""),
    )
