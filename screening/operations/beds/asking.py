"""Putting one question for a bed to several places at once, seeing who answered what, and closing it."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast
from uuid import uuid4

from sqlalchemy import ColumnElement, func, insert, select, update

from screening.operations.actors import Verb, require
from screening.operations.beds.shapes import (
    LONGEST_FACT,
    LONGEST_NOTE,
    MOST_FACTS,
    MOST_PLACES,
    AskedPlace,
    BedQuestion,
    BedRequest,
    Fact,
    PlaceWords,
    RequestStatus,
    asked_place,
    checked_line,
    opened_question,
    sealed_place,
    sealed_question,
)
from screening.operations.beds.words import BedRefused, is_own_id, require_places
from screening.operations.database import Transaction
from screening.operations.guest_links import DrawnLink
from screening.operations.screenings import hold_screening, read_screening
from screening.store.help_models import BedRequestPlaceRow, BedRequestRow
from screening.store.journal_actions import AuditAction
from screening.store.models import User
from screening.store.screening_rows import SealedScreening
from screening.store.vault import RecordKey

AFTER_DUE = timedelta(hours=24)
"""For how long a link still opens when the answer is overdue: a late answer is an answer."""
LONGEST_WAIT = timedelta(days=7)


class RequestNotFound(BedRefused):
    """There is no such question for a bed on this screening."""

    def __init__(self) -> None:
        super().__init__("There is no such question for a bed on this screening.")


def ask_for_beds(tx: Transaction, screening_id: str, question: BedQuestion) -> tuple[str, bool]:
    """Ask several places for a bed; out: the question's id, and whether it was new. The same id twice is one question.

    Raises BedRefused (nobody asked, too many, no time, words that are too long or hold the case number), PlaceNotFound,
    ScreeningNotFound, PermissionRefused.
    """
    actor = require(tx.actor, Verb.FOLLOW_UP)
    screening, _status, _recognised_at = hold_screening(tx, screening_id)
    key = screening.open_key(tx.vault)
    question = _checked(question, screening.open_youth_ref(key))
    require_places(tx, question.service_ids)
    if not is_own_id(question.id):
        raise RequestNotFound
    kept = tx.session.execute(
        select(BedRequestRow.screening_id).where(BedRequestRow.id == question.id)
    ).scalar_one_or_none()
    if kept is not None:
        if kept != screening_id:
            raise RequestNotFound
        return question.id, False
    own = (question.id, screening_id, screening.agency_id)
    row = {
        "id": question.id,
        "screening_id": screening_id,
        "agency_id": screening.agency_id,
        "asked_by": actor.user_id,
        "asked_at": tx.now,
        "answer_by": tx.now + question.answer_within,
        "status": "open",
        "sealed": sealed_question(key, question, own),
    }
    tx.session.execute(insert(BedRequestRow), [row])
    tx.session.execute(insert(BedRequestPlaceRow), _place_rows(tx, screening, question))
    tx.journal.record(
        AuditAction.BEDS_ASKED_FOR, screening_id, request=question.id, places=len(question.service_ids)
    )
    return question.id, True


def _checked(question: BedQuestion, youth_ref: str) -> BedQuestion:
    places = tuple(dict.fromkeys(question.service_ids))
    if not places:
        raise BedRefused("Choose at least one place to ask.")
    if len(places) > MOST_PLACES:
        raise BedRefused(f"Ask at most {MOST_PLACES} places at once.")
    if not timedelta(0) < question.answer_within <= LONGEST_WAIT:
        raise BedRefused("Say by when you need an answer.")
    if len(question.facts) > MOST_FACTS:
        raise BedRefused("A place needs a few facts, not a file.")
    facts = tuple(
        Fact(each.question, checked_line(each.label, LONGEST_FACT), checked_line(each.words, LONGEST_FACT))
        for each in question.facts
    )
    note, call_back = (checked_line(each, LONGEST_NOTE) for each in (question.note, question.call_back))
    if _names_case(f"{note} {call_back}", youth_ref):
        raise BedRefused("The note holds the case number. A place does not need it to say yes or no.")
    return BedQuestion(
        places, question.answer_within, facts, note, call_back, question.links, question.id or str(uuid4())
    )


def _names_case(text: str, youth_ref: str) -> bool:
    """Whether a text holds the case number, however it is spaced; a number of one or two signs is no number."""
    number, plain = (_plain(each) for each in (youth_ref, text))
    return len(number) > 2 and number in plain


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(letter for letter in folded if letter.isalnum())


def _place_rows(
    tx: Transaction, screening: SealedScreening, question: BedQuestion
) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for service_id in question.service_ids:
        link = question.links.get(service_id)
        rows.append(
            {
                "id": str(uuid4()),
                "request_id": question.id,
                "screening_id": screening.id,
                "agency_id": screening.agency_id,
                "service_id": service_id,
                "token_hash": None if link is None else link.token_hash,
                "code_hash": None if link is None else link.code_hash,
                "expires_at": None if link is None else tx.now + question.answer_within + AFTER_DUE,
                "failed_codes": 0,
            }
        )
    return rows


def bed_requests_of(tx: Transaction, screening_id: str) -> tuple[BedRequest, ...]:
    """The questions for a bed on a screening, newest first. Raises ScreeningNotFound, PermissionRefused, SealBroken."""
    require(tx.actor, Verb.VIEW_SCREENING)
    key = read_screening(tx, screening_id).open_key(tx.vault)
    rows = tx.session.execute(
        select(BedRequestRow, User.name)
        .outerjoin(User, User.id == BedRequestRow.asked_by)
        .where(BedRequestRow.screening_id == screening_id)
        .order_by(BedRequestRow.asked_at.desc(), BedRequestRow.id)
    ).all()
    places: dict[str, list[AskedPlace]] = {}
    asked = (
        select(BedRequestPlaceRow)
        .where(BedRequestPlaceRow.screening_id == screening_id)
        .order_by(BedRequestPlaceRow.service_id)
    )
    for place in tx.session.execute(asked).scalars():
        places.setdefault(place.request_id, []).append(asked_place(key, place))
    return tuple(_request(key, row, name or "", places.get(row.id, ())) for row, name in rows)


def _request(key: RecordKey, row: BedRequestRow, asked_by: str, places: Iterable[AskedPlace]) -> BedRequest:
    facts, note, call_back = opened_question(key, row)
    return BedRequest(
        id=row.id,
        screening_id=row.screening_id,
        asked_by_name=asked_by,
        asked_at=row.asked_at,
        answer_by=row.answer_by,
        status=cast(RequestStatus, row.status),
        closed_at=row.closed_at,
        facts=facts,
        note=note,
        call_back=call_back,
        places=tuple(places),
    )


def close_bed_request(tx: Transaction, screening_id: str, request_id: str, status: RequestStatus) -> bool:
    """Close a question: the youth was placed, or it is closed for another reason; out: whether it was open.

    Its links still take an answer that comes late, and show nothing more. Raises BedRefused, RequestNotFound,
    ScreeningNotFound, PermissionRefused.
    """
    require(tx.actor, Verb.FOLLOW_UP)
    if status not in ("placed", "closed"):
        raise BedRefused("A question for a bed is closed as placed, or without.")
    hold_screening(tx, screening_id)
    row = tx.session.execute(
        select(BedRequestRow).where(
            BedRequestRow.id == request_id, BedRequestRow.screening_id == screening_id
        )
    ).scalar_one_or_none()
    if row is None:
        raise RequestNotFound
    if row.status != "open":
        return False
    tx.session.execute(
        update(BedRequestRow).where(BedRequestRow.id == request_id).values(status=status, closed_at=tx.now)
    )
    tx.journal.record(AuditAction.BED_REQUEST_CLOSED, screening_id, request=request_id, status=status)
    return True


def link_place(tx: Transaction, screening_id: str, place_id: str, link: DrawnLink) -> bool:
    """Give a place that has not answered a new link; its old one opens nothing from then on. Out: whether it was given.

    Nothing is given once the place answered or the question is closed. Raises RequestNotFound, ScreeningNotFound,
    PermissionRefused.
    """
    require(tx.actor, Verb.FOLLOW_UP)
    screening, _status, _recognised_at = hold_screening(tx, screening_id)
    row, request = place_on(tx, screening_id, place_id)
    if row.answer is not None or request.status != "open":
        return False
    change = {
        "token_hash": link.token_hash,
        "code_hash": link.code_hash,
        "expires_at": max(tx.now, request.answer_by) + AFTER_DUE,
        "failed_codes": 0,
        "opened_at": None,
        "answer_sealed": sealed_place(screening.open_key(tx.vault), row, PlaceWords()),
    }
    tx.session.execute(update(BedRequestPlaceRow).where(BedRequestPlaceRow.id == place_id).values(**change))
    tx.journal.record(AuditAction.BEDS_ASKED_FOR, screening_id, request=request.id, places=1)
    return True


def place_on(tx: Transaction, screening_id: str, place_id: str) -> tuple[BedRequestPlaceRow, BedRequestRow]:
    """A place that was asked and its question, held until the transaction ends. Raises RequestNotFound."""
    query = select(BedRequestPlaceRow).where(
        BedRequestPlaceRow.id == place_id, BedRequestPlaceRow.screening_id == screening_id
    )
    row = tx.session.execute(query.with_for_update()).scalar_one_or_none()
    if row is None:
        raise RequestNotFound
    request = tx.session.execute(select(BedRequestRow).where(BedRequestRow.id == row.request_id)).scalar_one()
    return row, request


def overdue_bed_requests(tx: Transaction) -> int:
    """How many open questions of the agency somebody has not answered in time. Raises PermissionRefused."""
    require(tx.actor, Verb.FOLLOW_UP)
    query = select(func.count(BedRequestRow.id)).where(*_is_waiting(tx))
    return tx.session.execute(query).scalar_one()


@dataclass(frozen=True, slots=True)
class WaitingRequest:
    """An open question for a bed that somebody has not answered in time."""

    screening_id: str
    asked_by_name: str
    asked_at: datetime
    answer_by: datetime


def waiting_requests(tx: Transaction, limit: int = 25) -> tuple[WaitingRequest, ...]:
    """Those questions of the agency, the longest overdue first. Raises PermissionRefused."""
    require(tx.actor, Verb.FOLLOW_UP)
    query = (
        select(BedRequestRow.screening_id, User.name, BedRequestRow.asked_at, BedRequestRow.answer_by)
        .outerjoin(User, User.id == BedRequestRow.asked_by)
        .where(*_is_waiting(tx))
        .order_by(BedRequestRow.answer_by)
        .limit(limit)
    )
    return tuple(
        WaitingRequest(screening_id, name or "", asked_at, answer_by)
        for screening_id, name, asked_at, answer_by in tx.session.execute(query)
    )


def _is_waiting(tx: Transaction) -> tuple[ColumnElement[bool], ...]:
    unanswered = select(BedRequestPlaceRow.request_id).where(BedRequestPlaceRow.answer.is_(None))
    return (
        BedRequestRow.status == "open",
        BedRequestRow.answer_by <= tx.now,
        BedRequestRow.id.in_(unanswered),
    )
