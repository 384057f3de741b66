"""The list of an agency's screenings, and finding them by case number."""

from typing import Any

from sqlalchemy import func, select

from screening.operations.actors import Actor, Verb, may, require
from screening.operations.database import Transaction
from screening.operations.screenings.shapes import Page, ScreeningSummary
from screening.operations.screenings.sittings import SEALED_COLUMNS
from screening.store.journal_actions import AuditAction
from screening.store.models import Screening, User
from screening.store.screening_rows import SealedScreening, youth_ref_index

MOST_PER_PAGE = 100
_NO_NUMBER = "none"  # is no index, so it finds nothing


def list_screenings(
    tx: Transaction, *, page: int, per_page: int = 25, youth_ref: str | None = None
) -> Page[ScreeningSummary]:
    """A page of the agency's screenings, newest first; with ``youth_ref`` only those with that case number.

    Case, spaces and punctuation of the number do not matter. A page past the last one is empty. Raises
    PermissionRefused.
    """
    actor = require(tx.actor, Verb.LIST_SCREENINGS)
    page, per_page = max(1, page), min(max(1, per_page), MOST_PER_PAGE)
    rows = select(
        *SEALED_COLUMNS,
        Screening.status,
        Screening.completed_at,
        Screening.recognised_at,
        User.name.label("opened_by_name"),
    ).outerjoin(User, User.id == Screening.opened_by)
    count = select(func.count(Screening.id))
    index = None if youth_ref is None else _index(tx, actor, youth_ref)
    if index is not None:
        rows = rows.where(Screening.youth_ref_index == index)
        count = count.where(Screening.youth_ref_index == index)
    rows = rows.order_by(Screening.opened_at.desc(), Screening.id.desc())
    total = tx.session.execute(count).scalar_one()
    found = tx.session.execute(rows.limit(per_page).offset((page - 1) * per_page))
    items = tuple(_summary(tx, actor, row) for row in found)
    if index is None:
        tx.note_view(AuditAction.SCREENING_LISTED, actor.agency_id)
    else:
        tx.note_view(AuditAction.SCREENING_SEARCHED, index, found=total)
    return Page(items, page, per_page, total)


def _index(tx: Transaction, actor: Actor, youth_ref: str) -> str:
    require(actor, Verb.SEE_CASE_NUMBERS)
    return youth_ref_index(tx.vault, actor.agency_id, youth_ref) or _NO_NUMBER


def _summary(tx: Transaction, actor: Actor, row: Any) -> ScreeningSummary:
    screening = SealedScreening(*row[: len(SEALED_COLUMNS)])
    shown = may(actor, Verb.SEE_CASE_NUMBERS)
    return ScreeningSummary(
        id=screening.id,
        setting=screening.setting,
        jurisdiction=screening.jurisdiction,
        youth_ref=screening.open_youth_ref(screening.open_key(tx.vault)) if shown else "",
        opened_at=screening.opened_at,
        opened_on=screening.opened_on,
        opened_by_name=row.opened_by_name or "",
        status=row.status,
        completed_at=row.completed_at,
        recognised_at=row.recognised_at,
    )
