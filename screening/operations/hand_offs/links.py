"""Following a link from outside: once, in time, with its code."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import select, update

from screening.operations.actors import ALLOWED, Actor, Role, Verb, require
from screening.operations.database import Database, Transaction
from screening.operations.guest_links import (
    LinkRefused,
    WrongCode,
    code_fits,
    hash_of_token,
    is_dead,
    sitting_is_over,
)
from screening.operations.hand_offs.shapes import (
    HandOff,
    Receipt,
    hand_off_of,
    opened_receipts,
    sealed_receipts,
)
from screening.operations.screenings import ScreeningRecord, read_screening, record_of
from screening.store.follow_up_models import HandOffRow
from screening.store.journal_actions import AuditAction
from screening.store.models import User
from screening.store.scope import ACROSS_AGENCIES, AcrossAgencies

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Opened:
    """What a guest sees: the hand-off and the screening behind it, of which the page shows the sheet's part only."""

    hand_off: HandOff
    record: ScreeningRecord


def open_link(database: Database, token: str, code: str, *, attempt: str = "") -> Actor:
    """Open a link, once; out: the guest it makes, for ``opened_hand_off`` and ``answer_hand_off``.

    ``attempt``: drawn for one showing of the form, so that sending it twice opens once and lets the same person in.
    Raises LinkRefused, WrongCode. A wrong code is counted and journalled; after five the link is dead.
    """
    guest = _guest_of(database, token)
    with database.writing(guest) as tx:
        row = _row(tx, guest, hold=True)
        if is_dead(row.failed_codes, row.expires_at, tx.now):
            raise LinkRefused
        key = read_screening(tx, row.screening_id).open_key(tx.vault)
        receipts = opened_receipts(key, row)
        again = _sent_again(tx, row, receipts, attempt)
        if not again and (row.status != "offered" or row.opened_at is not None):
            raise LinkRefused
        right = code_fits(tx.passwords, row.code_hash, code)
        if right and not again:
            opening = Receipt("opened", tx.now, "", "", {"attempt": hash_of_token(attempt)})
            _change(tx, row, opened_at=tx.now, answer_sealed=sealed_receipts(key, row, (*receipts, opening)))
            tx.journal.record(AuditAction.HAND_OFF_OPENED, row.screening_id, hand_off=row.id)
        elif not right:
            failures = row.failed_codes + 1
            _change(tx, row, failed_codes=failures)
            tx.journal.record(
                AuditAction.HAND_OFF_CODE_FAILED, row.screening_id, hand_off=row.id, failures=failures
            )
    if not right:
        raise WrongCode
    return guest


def _sent_again(tx: Transaction, row: HandOffRow, receipts: tuple[Receipt, ...], attempt: str) -> bool:
    """Whether the same form opened the link a moment ago: a double click, or a page sent again after a lost answer."""
    if not attempt or row.status == "withdrawn" or sitting_is_over(row.opened_at, tx.now):
        return False
    mark = hash_of_token(attempt)
    return any(each.step == "opened" and each.words.get("attempt") == mark for each in receipts)


def _change(tx: Transaction, row: HandOffRow, **columns: object) -> None:
    tx.session.execute(update(HandOffRow).where(HandOffRow.id == row.id).values(**columns))


def opened_hand_off(tx: Transaction) -> Opened:
    """What the guest of this transaction may see. Raises LinkRefused once the sitting is over, PermissionRefused."""
    guest = require(tx.actor, Verb.ANSWER_HAND_OFF)
    row = _row(tx, guest)
    if sitting_is_over(row.opened_at, tx.now) or row.status == "withdrawn":
        raise LinkRefused
    key = read_screening(tx, row.screening_id).open_key(tx.vault)
    offered_by = tx.session.execute(select(User.name).where(User.id == row.offered_by)).scalar_one_or_none()
    hand_off = hand_off_of(row, key, offered_by=offered_by, to_user=None)
    return Opened(hand_off, record_of(tx, row.screening_id))


def read_for_guest(
    database: Database, guest: Actor, read: Callable[[Transaction, Opened], T]
) -> tuple[Opened, T]:
    """What a guest may see, and whatever else their sheet draws on of the same screening (charges, how duties stand).

    ``read`` gets a transaction with the rights of whoever offered the hand-off, for this one moment and without writing;
    what it looks at is journalled under the hand-off. Raises LinkRefused, PermissionRefused, and what ``read`` raises.
    """
    with database.reading(guest) as tx:
        opened = opened_hand_off(tx)
        sender = select(User.role).join(HandOffRow, HandOffRow.offered_by == User.id)
        role = tx.session.execute(sender.where(HandOffRow.id == opened.hand_off.id)).scalar_one_or_none()
    if role is None or Verb.VIEW_SCREENING not in ALLOWED[Role(role)]:
        raise LinkRefused
    with database.reading(Actor(guest.user_id, "", Role(role), guest.agency_id)) as tx:
        return opened, read(tx, opened)


def guest_of(hand_off_id: str, agency_id: str) -> Actor:
    """Whoever opened the link of that hand-off."""
    return Actor(f"hand_off:{hand_off_id}", "", Role.GUEST, agency_id)


def hand_off_id_of(guest: Actor) -> str:
    """The hand-off a guest came by. Raises LinkRefused."""
    kind, _, id = guest.user_id.partition(":")
    if guest.role is not Role.GUEST or kind != "hand_off":
        raise LinkRefused
    return id


def _guest_of(database: Database, token: str) -> Actor:
    query = select(HandOffRow.id, HandOffRow.agency_id).where(HandOffRow.token_hash == hash_of_token(token))
    options = {ACROSS_AGENCIES: AcrossAgencies.HAND_OFF_LINK}
    with database.reading(None) as tx:
        found = tx.session.execute(query, execution_options=options).one_or_none()
    if found is None:
        raise LinkRefused
    return guest_of(found.id, found.agency_id)


def _row(tx: Transaction, guest: Actor, *, hold: bool = False) -> HandOffRow:
    query = select(HandOffRow).where(HandOffRow.id == hand_off_id_of(guest))
    row = tx.session.execute(query.with_for_update() if hold else query).scalar_one_or_none()
    if row is None:
        raise LinkRefused
    return row
