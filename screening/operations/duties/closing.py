"""Closing a duty with proof or with a reason, taking that back, and saying who sees to it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from sqlalchemy import select, update

from screening.operations.actors import ALLOWED, Actor, Refusal, Verb, require
from screening.operations.database import Transaction
from screening.operations.duties.sealing import seal_words
from screening.operations.screenings import hold_screening
from screening.store.follow_up_models import DutyRow
from screening.store.journal_actions import AuditAction
from screening.store.models import User
from screening.store.screening_rows import SealedScreening

LONGEST_WORDS = 500
_FIELDS = frozenset({"proof", "taken_by", "reason"})
_WHO_FOLLOW_UP = [role.value for role, verbs in ALLOWED.items() if Verb.FOLLOW_UP in verbs]


class DutyRefused(Refusal):
    """A duty cannot be closed or opened like this. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class Closing:
    """How a duty was closed.

    Attributes:
        how: done, with ``proof`` (a report number, a receipt) or ``taken_by``; or not_done, with ``reason``.
        at: when it was done (aware), which may be before it is entered, and before the clock started: a report made on
            somebody's own suspicion, before the screening, is a report. Nothing for now.
        words: field → text; fields are proof, taken_by and reason.
        not_before: set where an earlier time cannot count, as for a screening after a return.
    """

    how: Literal["done", "not_done"]
    at: datetime | None = None
    words: Mapping[str, str] = field(default_factory=dict)
    not_before: datetime | None = None


def close_duty(tx: Transaction, screening_id: str, duty_id: str, closing: Closing) -> bool:
    """Close an open duty; out: whether it was open. One that is closed already stays as it is.

    Raises DutyRefused (no proof, no reason, a time that cannot be, no such duty), ScreeningNotFound, PermissionRefused.
    """
    return close_duties(tx, screening_id, [duty_id], closing) == 1


def close_duties(tx: Transaction, screening_id: str, duty_ids: Iterable[str], closing: Closing) -> int:
    """Close several open duties with the same words; out: how many were open. All of them or, when refused, none.

    Raises what ``close_duty`` raises.
    """
    actor = require(tx.actor, Verb.FOLLOW_UP)
    words = _checked_words(closing)
    at = tx.now if closing.at is None else closing.at
    if at > tx.now:
        raise DutyRefused("That moment has not come yet. Check the date and the time.")
    if closing.not_before is not None and at < closing.not_before:
        raise DutyRefused("That is before the clock started, so it cannot count. Check both times.")
    screening, _status, _recognised_at = hold_screening(tx, screening_id)
    return sum(_close(tx, actor, screening, each, closing.how, at, words) for each in duty_ids)


def _close(
    tx: Transaction,
    actor: Actor,
    screening: SealedScreening,
    duty_id: str,
    how: str,
    at: datetime,
    words: Mapping[str, str],
) -> bool:
    screening_id = screening.id
    if _row(tx, screening_id, duty_id).status != "open":
        return False
    sealed = seal_words(
        screening.open_key(tx.vault),
        words,
        id=duty_id,
        screening_id=screening_id,
        agency_id=screening.agency_id,
    )
    change = {"status": how, "closed_at": at, "closed_by": actor.user_id, "sealed": sealed}
    tx.session.execute(update(DutyRow).where(DutyRow.id == duty_id).values(**change))
    action = AuditAction.DUTY_DONE if how == "done" else AuditAction.DUTY_NOT_DONE
    tx.journal.record(action, screening_id, duty=duty_id)
    return True


def _checked_words(closing: Closing) -> dict[str, str]:
    words = {name: text.strip() for name, text in closing.words.items() if text.strip()}
    if not words.keys() <= _FIELDS:
        raise DutyRefused("A duty is closed with proof, with who took it, or with a reason.")
    if any(len(text) > LONGEST_WORDS or not text.isprintable() for text in words.values()):
        raise DutyRefused(f"Keep it to one line of at most {LONGEST_WORDS} characters.")
    if closing.how == "done" and not words.keys() & {"proof", "taken_by"}:
        raise DutyRefused("Say what shows that it was done: a report number, a receipt, or who took it.")
    if closing.how == "not_done" and "reason" not in words:
        raise DutyRefused("Say why it was not done.")
    return words


def reopen_duty(tx: Transaction, screening_id: str, duty_id: str) -> bool:
    """Open a closed duty again, its words are let go, the journal keeps that it was closed; out: whether it was closed.

    Raises DutyRefused (no such duty), ScreeningNotFound, PermissionRefused.
    """
    require(tx.actor, Verb.FOLLOW_UP)
    hold_screening(tx, screening_id)
    row = _row(tx, screening_id, duty_id)
    if row.status not in ("done", "not_done"):
        return False
    change = {"status": "open", "closed_at": None, "closed_by": None, "sealed": None}
    tx.session.execute(update(DutyRow).where(DutyRow.id == duty_id).values(**change))
    tx.journal.record(AuditAction.DUTY_REOPENED, screening_id, duty=duty_id)
    return True


def assign_duty(tx: Transaction, screening_id: str, duty_id: str, user_id: str | None) -> None:
    """Say who in the agency sees to a duty, or that nobody does. Raises DutyRefused, ScreeningNotFound, PermissionRefused."""
    require(tx.actor, Verb.FOLLOW_UP)
    hold_screening(tx, screening_id)
    _row(tx, screening_id, duty_id)
    if user_id is not None:
        there = select(User.id).where(User.id == user_id, User.active, User.role.in_(_WHO_FOLLOW_UP))
        if tx.session.execute(there).one_or_none() is None:
            raise DutyRefused("There is no such person in your agency.")
    tx.session.execute(update(DutyRow).where(DutyRow.id == duty_id).values(assigned_to=user_id))
    tx.journal.record(AuditAction.DUTY_ASSIGNED, screening_id, duty=duty_id)


def _row(tx: Transaction, screening_id: str, duty_id: str) -> DutyRow:
    row = tx.session.execute(
        select(DutyRow).where(DutyRow.id == duty_id, DutyRow.screening_id == screening_id)
    ).scalar_one_or_none()
    if row is None:
        raise DutyRefused("There is no such duty on this screening.")
    return row
