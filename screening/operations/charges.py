"""Charges a youth faces, kept beside a screening: adding, withdrawing, putting back, reading.

A charge is sealed under the screening's own key and bound to its row. Nothing about it can be read in the database, not
even from the length of what is sealed. A withdrawn charge stays as a row, so that withdrawing can be undone.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from screening.core.charges import Charge
from screening.operations.actors import Refusal, Verb, require
from screening.operations.database import Transaction
from screening.operations.screenings import hold_screening, read_screening
from screening.store.follow_up_models import ChargeRow
from screening.store.journal_actions import AuditAction
from screening.store.models import User
from screening.store.vault import RecordKey

MOST_CHARGES = 40
"""In one screening, withdrawn ones included: far more than a booking sheet holds, and a page still holds them."""
_LONGEST_KIND = 60
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_KIND = re.compile(rf"[a-z][a-z0-9_]{{0,{_LONGEST_KIND - 1}}}")
_NO_DAY = "-" * len("2026-11-24")
_ADD: Mapping[str, Any] = {
    name: dialect.insert(ChargeRow).on_conflict_do_nothing(index_elements=["id"])
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}


class ChargeRefused(Refusal):
    """A charge is not one: its id, kind or day has no fitting form, or there are too many."""


class ChargeConflict(Refusal):
    """A charge's id is taken by a different charge. Nothing was overwritten."""

    def __init__(self) -> None:
        super().__init__(
            "A charge was sent under an id that belongs to a different charge. Nothing was overwritten."
        )


class ChargeNotFound(Refusal):
    """There is no such charge in the screening."""

    def __init__(self) -> None:
        super().__init__("There is no such charge in this screening.")


@dataclass(frozen=True, slots=True)
class KeptCharge:
    """A charge as it is kept: who entered it when, and who withdrew it when, if anybody did."""

    charge: Charge
    added_at: datetime
    added_by_name: str
    withdrawn_at: datetime | None = None
    withdrawn_by_name: str = ""


class _Identity(NamedTuple):
    """What the seal is bound to: everything about the row that never changes."""

    id: str
    screening_id: str
    agency_id: str
    added_by: str
    added_at: datetime

    @property
    def parts(self) -> tuple[str, ...]:
        moment = self.added_at.isoformat(timespec="microseconds")
        return ("charge", self.id, self.screening_id, self.agency_id, self.added_by, moment)


_IDENTITY = tuple(getattr(ChargeRow, name) for name in _Identity._fields)


def add_charge(tx: Transaction, screening_id: str, charge: Charge) -> bool:
    """Keep a charge; out: whether it was not there yet. The sender chooses its id, so that sending it again changes nothing.

    A completed screening takes charges too: they follow a result. A withdrawn charge that is sent again stays withdrawn.

    Raises ChargeRefused, ChargeConflict, ScreeningNotFound, PermissionRefused.
    """
    actor = require(tx.actor, Verb.FOLLOW_UP)
    _check_form(tx, charge)
    screening, _status, _recognised_at = hold_screening(tx, screening_id)
    key = screening.open_key(tx.vault)
    held = _row(tx, screening_id, charge.id)
    if held is not None:
        if _opened(key, _Identity(*held[: len(_IDENTITY)]), held.sealed) != charge:
            raise ChargeConflict
        return False
    _refuse_too_many(tx, screening_id)
    identity = _Identity(charge.id, screening_id, actor.agency_id, actor.user_id, tx.now)
    row = {**identity._asdict(), "sealed": _sealed(key, identity, charge)}
    tx.session.execute(_ADD[tx.session.connection().dialect.name], [row])
    if _row(tx, screening_id, charge.id) is None:  # the id is taken in another screening
        raise ChargeConflict
    tx.journal.record(AuditAction.CHARGE_ADDED, screening_id, charge=charge.id)
    return True


def withdraw_charge(tx: Transaction, screening_id: str, charge_id: str) -> bool:
    """Take a charge off the worksheet; out: whether it was on it. Its row stays.

    Raises ChargeNotFound, ScreeningNotFound, PermissionRefused.
    """
    actor = require(tx.actor, Verb.FOLLOW_UP)
    if not _is_withdrawn(tx, screening_id, charge_id):
        _change(tx, charge_id, withdrawn_at=tx.now, withdrawn_by=actor.user_id)
        tx.journal.record(AuditAction.CHARGE_WITHDRAWN, screening_id, charge=charge_id)
        return True
    return False


def restore_charge(tx: Transaction, screening_id: str, charge_id: str) -> bool:
    """Undo withdrawing; out: whether it was withdrawn. The journal keeps both.

    Raises ChargeNotFound, ScreeningNotFound, PermissionRefused.
    """
    require(tx.actor, Verb.FOLLOW_UP)
    if _is_withdrawn(tx, screening_id, charge_id):
        _change(tx, charge_id, withdrawn_at=None, withdrawn_by=None)
        tx.journal.record(AuditAction.CHARGE_RESTORED, screening_id, charge=charge_id)
        return True
    return False


def charges_of(tx: Transaction, screening_id: str) -> tuple[KeptCharge, ...]:
    """All charges of a screening in the order they were added, withdrawn ones too. Noted as a view of the screening.

    Raises ScreeningNotFound, PermissionRefused, SealBroken.
    """
    require(tx.actor, Verb.VIEW_SCREENING)
    key = read_screening(tx, screening_id).open_key(tx.vault)
    tx.note_view(AuditAction.SCREENING_VIEWED, screening_id)
    names = _names(tx, screening_id)
    rows = (
        select(*_IDENTITY, ChargeRow.sealed, ChargeRow.withdrawn_at, ChargeRow.withdrawn_by)
        .where(ChargeRow.screening_id == screening_id)
        .order_by(ChargeRow.added_at, ChargeRow.id)
    )
    return tuple(
        KeptCharge(
            _opened(key, _Identity(*row[: len(_IDENTITY)]), row.sealed),
            row.added_at,
            names.get(row.added_by, ""),
            row.withdrawn_at,
            names.get(row.withdrawn_by, ""),
        )
        for row in tx.session.execute(rows)
    )


def standing(kept: tuple[KeptCharge, ...]) -> tuple[Charge, ...]:
    """The charges that are not withdrawn."""
    return tuple(each.charge for each in kept if each.withdrawn_at is None)


def _check_form(tx: Transaction, charge: Charge) -> None:
    if not _ID.fullmatch(charge.id):
        raise ChargeRefused("A charge's id is 1 to 64 letters, digits, hyphens or underscores.")
    if not _KIND.fullmatch(charge.kind):
        raise ChargeRefused("A charge names its kind by the kind's id.")
    if charge.offense_on is not None and charge.offense_on > tx.today:
        raise ChargeRefused("The day of the offense is in the future.")


def _refuse_too_many(tx: Transaction, screening_id: str) -> None:
    count = select(func.count(ChargeRow.id)).where(ChargeRow.screening_id == screening_id)
    if tx.session.execute(count).scalar_one() >= MOST_CHARGES:
        raise ChargeRefused(f"A screening holds at most {MOST_CHARGES} charges.")


def _sealed(key: RecordKey, identity: _Identity, charge: Charge) -> bytes:
    """The charge, sealed. Every charge fills the same length, so that the length tells nothing either."""
    day = charge.offense_on.isoformat() if charge.offense_on else _NO_DAY
    privileged = "1" if charge.privileged else "0"
    return key.seal(f"{charge.kind:<{_LONGEST_KIND}}{day}{privileged}", "charges", identity.parts)


def _opened(key: RecordKey, identity: _Identity, sealed: bytes) -> Charge:
    """Raises SealBroken when anything about the row is not as it was sealed."""
    text = str(key.open(sealed, "charges", identity.parts))
    kind, day, privileged = text[:_LONGEST_KIND].rstrip(), text[_LONGEST_KIND:-1], text[-1]
    return Charge(identity.id, kind, None if day == _NO_DAY else date.fromisoformat(day), privileged == "1")


def _row(tx: Transaction, screening_id: str, charge_id: str) -> Any:
    """The row of a charge of this screening, or nothing."""
    found = select(*_IDENTITY, ChargeRow.sealed, ChargeRow.withdrawn_at).where(
        ChargeRow.id == charge_id, ChargeRow.screening_id == screening_id
    )
    return tx.session.execute(found).one_or_none()


def _is_withdrawn(tx: Transaction, screening_id: str, charge_id: str) -> bool:
    """Whether a charge is withdrawn; its screening is held. Raises ChargeNotFound, ScreeningNotFound."""
    hold_screening(tx, screening_id)
    row = _row(tx, screening_id, charge_id) if _ID.fullmatch(charge_id) else None
    if row is None:
        raise ChargeNotFound
    return row.withdrawn_at is not None


def _change(tx: Transaction, charge_id: str, **columns: object) -> None:
    tx.session.execute(update(ChargeRow).where(ChargeRow.id == charge_id).values(**columns))


def _names(tx: Transaction, screening_id: str) -> dict[str, str]:
    people = select(ChargeRow.added_by, ChargeRow.withdrawn_by).where(ChargeRow.screening_id == screening_id)
    ids = {person for row in tx.session.execute(people) for person in row if person}
    return {
        row.id: row.name for row in tx.session.execute(select(User.id, User.name).where(User.id.in_(ids)))
    }
