"""Making a referral and recording what became of it. A step is never changed: what was wrong is put right by a further one."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from screening.core.directory_profile import Confidentiality
from screening.operations.actors import Actor, Verb, require
from screening.operations.database import Transaction
from screening.operations.referrals.sealing import seal_words
from screening.operations.referrals.shapes import (
    ReferralChanged,
    ReferralExists,
    ReferralNotFound,
    ReferralRefused,
    StepRules,
    checked_words,
)
from screening.operations.screenings import hold_screening
from screening.store.directory_models import ServiceRow
from screening.store.help_models import ReferralRow, ReferralStepRow
from screening.store.journal_actions import AuditAction
from screening.store.screening_rows import SealedScreening

_ID = re.compile(r"[a-z0-9-]{36}")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")


@dataclass(frozen=True, slots=True)
class _New:
    """A step about to be written."""

    id: str
    referral_id: str
    sequence: int
    step: str
    at: datetime
    words: Mapping[str, str]


def make_referral(
    tx: Transaction,
    screening_id: str,
    service_id: str,
    need: str,
    first_step: str,
    words: Mapping[str, str],
    id: str,
    *,
    steps: StepRules,
    at: datetime | None = None,
) -> bool:
    """Refer a youth to a service of the agency's directory; out: whether it is new.

    In: ids of the service, the need and the first step; words: note; the referral's id, drawn by whoever sends it, so that
    sending it again makes no second one; ``steps`` as the screening's rulebook has them; ``at``: when it was offered, nothing
    for now.

    Raises ReferralExists (open already, made by somebody else meanwhile), ReferralRefused, ReferralNotFound (the id belongs
    to another screening), ScreeningNotFound, PermissionRefused.
    """
    actor = require(tx.actor, Verb.FOLLOW_UP)
    said = checked_words(words)
    if not _ID.fullmatch(id):
        raise ReferralNotFound
    if not _NAME.fullmatch(need):
        raise ReferralRefused("There is no such need.")
    if first_step not in steps or steps[first_step].after is not None:
        raise ReferralRefused("A referral cannot begin with this step.")
    moment = _past(tx, at)
    screening, _status, _recognised_at = hold_screening(tx, screening_id)
    found = tx.session.execute(select(ReferralRow.screening_id).where(ReferralRow.id == id)).one_or_none()
    if found is not None:
        if found.screening_id != screening_id:
            raise ReferralNotFound
        return False
    _refuse_unfit(tx, screening_id, service_id, need)
    row = {
        "id": id,
        "screening_id": screening_id,
        "agency_id": screening.agency_id,
        "service_id": service_id,
        "need": need,
        "made_by": actor.user_id,
        "made_at": tx.now,
        "step": first_step,
        "step_at": moment,
        "ended_at": moment if steps[first_step].ends else None,
    }
    try:
        tx.session.execute(insert(ReferralRow), [row])
    except IntegrityError:  # the id is taken where this agency cannot look
        raise ReferralNotFound from None
    tx.journal.record(AuditAction.REFERRAL_MADE, screening_id, referral=id, need=need)
    _add(tx, actor, screening, _New(id, id, 1, first_step, moment, said))
    return True


def _refuse_unfit(tx: Transaction, screening_id: str, service_id: str, need: str) -> None:
    """Whoever refers sees confidential places; an undisclosed one is as little there as another agency's."""
    hidden = Confidentiality.UNDISCLOSED.value
    there = select(ServiceRow.id).where(ServiceRow.id == service_id, ServiceRow.confidentiality != hidden)
    if tx.session.execute(there).one_or_none() is None:
        raise ReferralRefused("There is no such service in your directory.")
    same = select(ReferralRow.id).where(
        ReferralRow.screening_id == screening_id,
        ReferralRow.service_id == service_id,
        ReferralRow.need == need,
        ReferralRow.ended_at.is_(None),
    )
    open_one = tx.session.execute(same.limit(1)).scalar_one_or_none()
    if open_one is not None:
        raise ReferralExists(open_one)


def record_step(
    tx: Transaction,
    referral_id: str,
    step: str,
    at: datetime | None,
    words: Mapping[str, str],
    id: str,
    *,
    steps: StepRules,
    seen: int | None = None,
) -> bool:
    """Add a step to a referral; out: whether it is new. The same id with the same step again is one step.

    In: ``at``: when it was (aware), nothing for now; words: note; ``steps`` as the screening's rulebook has them; ``seen``:
    the number of the last step that the person saw, so that nobody moves on from a step they do not know of.

    Raises ReferralChanged (another step came meanwhile), ReferralRefused (may not follow, a time that cannot be),
    ReferralNotFound, PermissionRefused.
    """
    actor = require(tx.actor, Verb.FOLLOW_UP)
    said = checked_words(words)
    moment = _past(tx, at)
    if not _ID.fullmatch(referral_id) or not _ID.fullmatch(id):
        raise ReferralNotFound
    screening_id = tx.session.execute(
        select(ReferralRow.screening_id).where(ReferralRow.id == referral_id)
    ).scalar_one_or_none()
    if screening_id is None:
        raise ReferralNotFound
    screening, _status, _recognised_at = hold_screening(tx, screening_id)
    if _is_there(tx, referral_id, step, id):
        return False
    columns = (ReferralStepRow.sequence, ReferralStepRow.step, ReferralStepRow.at)
    last = tx.session.execute(
        select(*columns)
        .where(ReferralStepRow.referral_id == referral_id)
        .order_by(ReferralStepRow.sequence.desc())
        .limit(1)
    ).one()
    if seen is not None and seen != last.sequence:
        raise ReferralChanged
    if step not in steps or last.step not in (steps[step].after or ()):
        raise ReferralRefused("This step cannot follow the last one. See how the referral stands.")
    # A field for a time knows no seconds: what came within the minute of the last step came after it.
    if moment < last.at.replace(second=0, microsecond=0):
        raise ReferralRefused("That is before the last step. Check the date and the time.")
    moment = max(moment, last.at)
    _add(tx, actor, screening, _New(id, referral_id, last.sequence + 1, step, moment, said))
    change = {"step": step, "step_at": moment, "ended_at": moment if steps[step].ends else None}
    tx.session.execute(update(ReferralRow).where(ReferralRow.id == referral_id).values(**change))
    return True


def _past(tx: Transaction, at: datetime | None) -> datetime:
    if at is not None and at > tx.now:
        raise ReferralRefused("That moment has not come yet. Check the date and the time.")
    return at or tx.now


def _is_there(tx: Transaction, referral_id: str, step: str, id: str) -> bool:
    """Whether just this step was recorded under that id. Raises ReferralRefused: the id stands for something else."""
    columns = (ReferralStepRow.referral_id, ReferralStepRow.step)
    found = tx.session.execute(select(*columns).where(ReferralStepRow.id == id)).one_or_none()
    if found is None:
        return False
    if (found.referral_id, found.step) != (referral_id, step):
        raise ReferralRefused("This form was sent before. Open the page again to record another step.")
    return True


def _add(tx: Transaction, actor: Actor, screening: SealedScreening, new: _New) -> None:
    identity = (new.id, new.referral_id, screening.id, screening.agency_id)
    row = {
        "id": new.id,
        "referral_id": new.referral_id,
        "screening_id": screening.id,
        "agency_id": screening.agency_id,
        "sequence": new.sequence,
        "step": new.step,
        "at": new.at,
        "recorded_by": actor.user_id,
        "recorded_at": tx.now,
        "sealed": seal_words(screening.open_key(tx.vault), new.words, identity),
    }
    tx.session.execute(insert(ReferralStepRow), [row])
    tx.journal.record(
        AuditAction.REFERRAL_STEP_RECORDED, screening.id, referral=new.referral_id, step=new.step
    )
