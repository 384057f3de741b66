"""The referrals of one screening with all their steps, and those of an agency that are not over."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from screening.operations.actors import Actor, Verb, may, require
from screening.operations.database import Transaction
from screening.operations.referrals.sealing import open_words
from screening.operations.referrals.shapes import Referral, Step
from screening.operations.screenings import Page, read_screening
from screening.store.help_models import ReferralRow, ReferralStepRow
from screening.store.journal_actions import AuditAction
from screening.store.models import Screening, User
from screening.store.screening_rows import SealedScreening
from screening.store.vault import RecordKey

MOST_PER_PAGE = 100
_SEALED = tuple(getattr(Screening, name) for name in SealedScreening.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class OpenReferral:
    """A referral that is not over, with the screening it belongs to. What its step is called stands in that rulebook.

    ``youth_ref`` is empty when none was given, and for those who may not see case numbers.
    """

    id: str
    screening_id: str
    youth_ref: str
    rulebook_digest: str
    service_id: str
    need: str
    step: str
    step_at: datetime
    made_at: datetime
    made_by_name: str


def referrals_of(tx: Transaction, screening_id: str) -> tuple[Referral, ...]:
    """The referrals of a screening in the order they were made. Raises ScreeningNotFound, PermissionRefused, SealBroken."""
    require(tx.actor, Verb.VIEW_SCREENING)
    screening = read_screening(tx, screening_id)
    rows = tx.session.execute(
        select(ReferralRow, User.name)
        .outerjoin(User, User.id == ReferralRow.made_by)
        .where(ReferralRow.screening_id == screening_id)
        .order_by(ReferralRow.made_at, ReferralRow.id)
    ).all()
    if not rows:
        return ()
    steps = _steps(tx, [row.ReferralRow.id for row in rows], screening.open_key(tx.vault))
    return tuple(_referral(row.ReferralRow, row.name, steps[row.ReferralRow.id]) for row in rows)


def _steps(tx: Transaction, ids: list[str], key: RecordKey) -> dict[str, list[Step]]:
    rows = tx.session.execute(
        select(ReferralStepRow, User.name)
        .outerjoin(User, User.id == ReferralStepRow.recorded_by)
        .where(ReferralStepRow.referral_id.in_(ids))
        .order_by(ReferralStepRow.referral_id, ReferralStepRow.sequence)
    )
    steps: dict[str, list[Step]] = defaultdict(list)
    for row, name in rows:
        note = open_words(key, row).get("note", "")
        steps[row.referral_id].append(Step(row.sequence, row.step, row.at, name or "", row.recorded_at, note))
    return steps


def _referral(row: ReferralRow, made_by: str | None, steps: list[Step]) -> Referral:
    return Referral(
        id=row.id,
        screening_id=row.screening_id,
        service_id=row.service_id,
        need=row.need,
        made_by_name=made_by or "",
        made_at=row.made_at,
        ended_at=row.ended_at,
        steps=tuple(steps),
    )


def open_referrals(tx: Transaction, *, page: int = 1, per_page: int = 25) -> Page[OpenReferral]:
    """A page of the agency's referrals that are not over, the one whose last step is longest ago first.

    Noted in the journal as looked at. Raises PermissionRefused.
    """
    actor = require(tx.actor, Verb.FOLLOW_UP)
    page, per_page = max(1, page), min(max(1, per_page), MOST_PER_PAGE)
    going_on = ReferralRow.ended_at.is_(None)
    total = tx.session.execute(select(func.count(ReferralRow.id)).where(going_on)).scalar_one()
    rows = tx.session.scalars(
        select(ReferralRow)
        .where(going_on)
        .order_by(ReferralRow.step_at, ReferralRow.id)
        .limit(per_page)
        .offset((page - 1) * per_page)
    ).all()
    columns = (*_SEALED, Screening.rulebook_digest)
    wanted = select(*columns).where(Screening.id.in_({row.screening_id for row in rows}))
    screenings = {row.id: row for row in tx.session.execute(wanted)}
    people = select(User.id, User.name).where(User.id.in_({row.made_by for row in rows}))
    names = {row.id: row.name for row in tx.session.execute(people)}
    tx.note_view(AuditAction.REFERRALS_LISTED, actor.agency_id)
    items = tuple(
        _open(tx, actor, row, screenings[row.screening_id], names.get(row.made_by, "")) for row in rows
    )
    return Page(items, page, per_page, total)


def _open(tx: Transaction, actor: Actor, row: ReferralRow, found: Any, made_by: str) -> OpenReferral:
    screening = SealedScreening(*found[: len(_SEALED)])
    shown = may(actor, Verb.SEE_CASE_NUMBERS)
    return OpenReferral(
        id=row.id,
        screening_id=row.screening_id,
        youth_ref=screening.open_youth_ref(screening.open_key(tx.vault)) if shown else "",
        rulebook_digest=found.rulebook_digest,
        service_id=row.service_id,
        need=row.need,
        step=row.step,
        step_at=row.step_at,
        made_at=row.made_at,
        made_by_name=made_by,
    )


def quiet_referrals(tx: Transaction, since: datetime) -> int:
    """How many of the agency's open referrals had no step from that moment on. Raises PermissionRefused."""
    require(tx.actor, Verb.FOLLOW_UP)
    quiet = ReferralRow.ended_at.is_(None) & (ReferralRow.step_at < since)
    return tx.session.execute(select(func.count(ReferralRow.id)).where(quiet)).scalar_one()
