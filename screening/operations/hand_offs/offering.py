"""Offering a hand-off; to somebody outside by a link that leads nowhere without its code."""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import insert, select

from screening.operations.actors import Verb, require
from screening.operations.database import Transaction
from screening.operations.guest_links import hash_of_token, new_code
from screening.operations.hand_offs.shapes import (
    HandOffNotFound,
    HandOffRefused,
    Offer,
    checked_words,
    sealed_words,
)
from screening.operations.screenings import hold_screening
from screening.store.follow_up_models import HandOffRow
from screening.store.journal_actions import AuditAction
from screening.store.models import User

LONGEST_LINK = timedelta(days=14)
_ID = re.compile(r"[a-z0-9-]{36}")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
_FIELDS = frozenset({"recipient", "organization", "note"})


@dataclass(frozen=True, slots=True)
class OfferedLink:
    """A link's two halves, shown once: the token goes into the address, the code another way. Neither is kept here."""

    hand_off_id: str
    token: str
    code: str
    expires_at: datetime


def offer_hand_off(tx: Transaction, screening_id: str, offer: Offer) -> tuple[str, OfferedLink | None]:
    """Offer a sheet; out: the hand-off's id, and the link when it goes outside.

    The same offer sent again is one offer, and its link is not shown a second time.

    Raises HandOffRefused (nobody named, no such person, a link for too long), ScreeningNotFound, PermissionRefused.
    """
    actor = require(tx.actor, Verb.HAND_OFF)
    words = checked_words(offer.words, _FIELDS)
    _refuse_unfit(tx, offer, words)
    screening, _status, _recognised_at = hold_screening(tx, screening_id)
    id = offer.id or str(uuid4())
    if _is_there(tx, id, screening_id):
        return id, None
    link = None
    row: dict[str, object] = {
        "id": id,
        "screening_id": screening_id,
        "agency_id": screening.agency_id,
        "sheet": offer.sheet,
        "to_profession": offer.to_profession,
        "to_user": offer.to_user,
        "offered_by": actor.user_id,
        "offered_at": tx.now,
        "answer_by": tx.now + offer.answer_within,
        "status": "offered",
        "failed_codes": 0,
        "sealed": sealed_words(
            screening.open_key(tx.vault), (id, screening_id, screening.agency_id, offer.sheet), words
        ),
    }
    if offer.outside:
        link = OfferedLink(id, secrets.token_urlsafe(24), new_code(), tx.now + offer.link_valid_for)
        row |= {
            "token_hash": hash_of_token(link.token),
            "code_hash": tx.passwords.hash(link.code),
            "expires_at": link.expires_at,
        }
    tx.session.execute(insert(HandOffRow), [row])
    tx.journal.record(AuditAction.HAND_OFF_OFFERED, screening_id, hand_off=id, sheet=offer.sheet)
    return id, link


def _is_there(tx: Transaction, id: str, screening_id: str) -> bool:
    """Whether the screening has a hand-off with that id. Raises HandOffNotFound: no id, or that of another screening."""
    if not _ID.fullmatch(id):
        raise HandOffNotFound
    found = tx.session.execute(
        select(HandOffRow.screening_id).where(HandOffRow.id == id)
    ).scalar_one_or_none()
    if found not in (None, screening_id):
        raise HandOffNotFound
    return found is not None


def _refuse_unfit(tx: Transaction, offer: Offer, words: dict[str, str]) -> None:
    if not _NAME.fullmatch(offer.sheet) or not _NAME.fullmatch(offer.to_profession or "unit"):
        raise HandOffRefused("There is no such sheet.")
    if offer.answer_within <= timedelta(0):
        raise HandOffRefused("Say by when you expect an answer.")
    if offer.outside:
        if offer.to_user is not None:
            raise HandOffRefused("A hand-off goes to a colleague or outside, not both.")
        if "recipient" not in words:
            raise HandOffRefused("Name the person or the office it goes to.")
        if not timedelta(0) < offer.link_valid_for <= LONGEST_LINK:
            raise HandOffRefused(f"A link is valid for at most {LONGEST_LINK.days} days.")
    elif offer.to_user is not None:
        there = select(User.id).where(User.id == offer.to_user, User.active)
        if tx.session.execute(there).one_or_none() is None:
            raise HandOffRefused("There is no such person in your agency.")
