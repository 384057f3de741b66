"""What became of a hand-off: taken, declined with a reason, done; or withdrawn by whoever offered it."""

from collections.abc import Mapping

from sqlalchemy import select, update

from screening.operations.actors import Actor, Role, Verb, require
from screening.operations.database import Transaction
from screening.operations.guest_links import LinkRefused
from screening.operations.hand_offs.links import hand_off_id_of, opened_hand_off
from screening.operations.hand_offs.shapes import (
    Answer,
    HandOffNotFound,
    HandOffRefused,
    Receipt,
    checked_words,
    opened_receipts,
    sealed_receipts,
)
from screening.operations.screenings import read_screening
from screening.store.follow_up_models import HandOffRow
from screening.store.journal_actions import AuditAction

_FIELDS = frozenset({"name", "reason", "outcome"})
_ACTIONS: Mapping[Answer, AuditAction] = {
    "acknowledged": AuditAction.HAND_OFF_ACKNOWLEDGED,
    "declined": AuditAction.HAND_OFF_DECLINED,
    "done": AuditAction.HAND_OFF_DONE,
}
_FROM: Mapping[Answer, tuple[str, ...]] = {
    "acknowledged": ("offered",),
    "declined": ("offered", "acknowledged"),
    "done": ("offered", "acknowledged"),
}


def answer_hand_off(tx: Transaction, hand_off_id: str, answer: Answer, words: Mapping[str, str]) -> bool:
    """Take a hand-off, decline it, or say that it is done; out: whether that was new. The same answer twice is one.

    What goes to everybody on the unit is taken by each person who read it; the first ends the waiting, and nobody can
    decline it for the others.

    In: words: name (who answers; needed from outside), reason (needed to decline), outcome. A guest answers their own
    hand-off only, and only within their sitting. Raises HandOffRefused, LinkRefused, PermissionRefused.
    """
    actor = require(tx.actor, Verb.ANSWER_HAND_OFF)
    said = checked_words(words, _FIELDS)
    if answer not in _FROM:
        raise HandOffRefused("An answer is taken, declined or done.")
    if answer == "declined" and "reason" not in said:
        raise HandOffRefused("Say why you cannot take it.")
    if actor.role is Role.GUEST:
        _refuse_unfit_guest(tx, actor, hand_off_id, said)
    row = _held(tx, hand_off_id)
    _refuse_unfit_person(actor, row, answer)
    key = read_screening(tx, row.screening_id).open_key(tx.vault)
    receipts = opened_receipts(key, row)
    on_unit = row.to_user is None and row.token_hash is None
    again = on_unit and answer == "acknowledged" and row.status in ("acknowledged", "done")
    if (
        any(each.by == actor.user_id and each.step == answer for each in receipts)
        if again
        else row.status == answer
    ):
        return False
    if not again and row.status not in _FROM[answer]:
        raise HandOffRefused("This hand-off was answered otherwise already. Open the page again to see how.")
    receipt = Receipt(answer, tx.now, _account(actor), said.get("name") or actor.name, said)
    change: dict[str, object] = {"answer_sealed": sealed_receipts(key, row, (*receipts, receipt))}
    if not again:
        change |= {"status": answer, "done_at" if answer == "done" else "answered_at": tx.now}
    tx.session.execute(update(HandOffRow).where(HandOffRow.id == row.id).values(**change))
    tx.journal.record(_ACTIONS[answer], row.screening_id, hand_off=row.id)
    return True


def _account(actor: Actor) -> str:
    """The account behind an answer; somebody outside has none."""
    return "" if actor.role is Role.GUEST else actor.user_id


def _refuse_unfit_person(actor: Actor, row: HandOffRow, answer: Answer) -> None:
    if row.to_user is not None and row.to_user != actor.user_id:
        raise HandOffRefused("This hand-off goes to somebody else.")
    if row.to_user is not None or actor.role is Role.GUEST:
        return
    if row.token_hash is None and answer == "declined":
        raise HandOffRefused("It goes to everybody on the unit, so nobody can decline it for the others.")
    if row.token_hash is not None and answer != "done":
        raise HandOffRefused(
            "This hand-off goes outside. Only the person it went to can say that they took it or cannot."
        )


def _refuse_unfit_guest(tx: Transaction, guest: Actor, hand_off_id: str, said: Mapping[str, str]) -> None:
    if hand_off_id_of(guest) != hand_off_id:
        raise LinkRefused
    opened_hand_off(tx)
    if "name" not in said:
        raise HandOffRefused("Write your name, so that the sender knows who has it.")


def withdraw_hand_off(tx: Transaction, hand_off_id: str) -> bool:
    """Take back a hand-off that nobody answered; its link leads nowhere from then on. Out: whether it was still open.

    Raises HandOffRefused, PermissionRefused.
    """
    actor = require(tx.actor, Verb.HAND_OFF)
    row = _held(tx, hand_off_id)
    if row.status != "offered":
        return False
    key = read_screening(tx, row.screening_id).open_key(tx.vault)
    receipt = Receipt("withdrawn", tx.now, actor.user_id, actor.name, {})
    receipts = sealed_receipts(key, row, (*opened_receipts(key, row), receipt))
    tx.session.execute(
        update(HandOffRow).where(HandOffRow.id == row.id).values(status="withdrawn", answer_sealed=receipts)
    )
    tx.journal.record(AuditAction.HAND_OFF_WITHDRAWN, row.screening_id, hand_off=row.id)
    return True


def _held(tx: Transaction, hand_off_id: str) -> HandOffRow:
    row = tx.session.execute(
        select(HandOffRow).where(HandOffRow.id == hand_off_id).with_for_update()
    ).scalar_one_or_none()
    if row is None:
        raise HandOffNotFound
    return row
