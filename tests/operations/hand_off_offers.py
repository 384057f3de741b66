"""Offers, links and answers, as tests of hand-offs make them."""

from datetime import timedelta

from sqlalchemy import select

from screening.operations.database import Database
from screening.operations.hand_offs import (
    HandOff,
    Offer,
    OfferedLink,
    answer_hand_off,
    hand_offs_of,
    offer_hand_off,
)
from screening.store.models import JournalEntry
from tests.store.two_agencies import TwoAgencies, opened_by

WORDS = {"recipient": "Officer of the day", "organization": "Invented County Police", "note": "Call first."}


def offer(**changes: object) -> Offer:
    usual: dict[str, object] = {
        "sheet": "law_enforcement",
        "to_profession": "law_enforcement",
        "to_user": None,
        "outside": False,
        "words": WORDS,
        "answer_within": timedelta(hours=4),
    }
    return Offer(**{**usual, **changes})


def offered(database: Database, actor: object, screening_id: str, **changes: object) -> str:
    with database.writing(actor) as tx:
        return offer_hand_off(tx, screening_id, offer(**changes))[0]


def linked(database: Database, agencies: TwoAgencies, **changes: object) -> tuple[str, OfferedLink]:
    screening_id = opened_by(database, agencies.intake)
    with database.writing(agencies.intake) as tx:
        _, link = offer_hand_off(tx, screening_id, offer(outside=True, **changes))
    assert link is not None
    return screening_id, link


def only(database: Database, actor: object, screening_id: str) -> HandOff:
    with database.reading(actor) as tx:
        (found,) = hand_offs_of(tx, screening_id)
    return found


def answer(database: Database, actor: object, id: str, how: str, **words: str) -> bool:
    with database.writing(actor) as tx:
        return answer_hand_off(tx, id, how, words)


def told(database: Database, actor: object, screening_id: str) -> list[str]:
    with database.reading(actor) as tx:
        rows = tx.session.execute(
            select(JournalEntry.action)
            .where(JournalEntry.subject == screening_id, JournalEntry.action.like("hand_off.%"))
            .order_by(JournalEntry.sequence)
        )
        return list(rows.scalars())
