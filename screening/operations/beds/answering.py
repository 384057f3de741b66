"""What a place answers: through its link, or on the phone to somebody who enters it. Also the way in through a link.

Only what the asker chose to tell is shown to whoever follows a link, and nothing else of the screening can be reached from
there. An answer that comes late is kept like any other.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import select, update

from screening.core.bed_words import BedStatus, BedWord
from screening.operations.actors import Actor, Role, Verb, require
from screening.operations.beds.asking import place_on
from screening.operations.beds.shapes import (
    REPLIES,
    Fact,
    GivenReply,
    PlaceWords,
    Reply,
    checked_line,
    opened_place,
    opened_question,
    sealed_place,
)
from screening.operations.beds.words import LONGEST_WHO, STATUSES, BedRefused, add_word
from screening.operations.database import Database, Transaction
from screening.operations.guest_links import (
    LinkRefused,
    WrongCode,
    code_fits,
    hash_of_token,
    is_dead,
    sitting_is_over,
)
from screening.operations.screenings import hold_screening, read_screening
from screening.store.help_models import BedRequestPlaceRow, BedRequestRow
from screening.store.journal_actions import AuditAction
from screening.store.models import Agency
from screening.store.scope import ACROSS_AGENCIES, AcrossAgencies
from screening.store.screening_rows import SealedScreening
from screening.store.vault import RecordKey

_KIND = "bed_place"
_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")


@dataclass(frozen=True, slots=True)
class GuestQuestion:
    """All that a place sees; ``given`` is its own last answer.

    Once the question is closed, the facts, the note and the line to call are not given out.
    """

    place_id: str
    agency: str
    rulebook_digest: str
    asked_at: datetime
    answer_by: datetime
    is_open: bool
    facts: tuple[Fact, ...]
    note: str
    call_back: str
    given: GivenReply | None


def open_bed_link(database: Database, token: str, code: str, *, attempt: str = "") -> Actor:
    """Open a place's link, once; out: the guest it makes, for ``opened_bed_question`` and ``answer_as_place``.

    ``attempt``: drawn for one showing of the form, so that sending it twice opens once and lets the same person in.
    Raises LinkRefused, WrongCode. A wrong code is counted and journalled; after five the link is dead.
    """
    guest = _guest_behind(database, token)
    with database.writing(guest) as tx:
        row = _own_row(tx, guest, hold=True)
        if is_dead(row.failed_codes, row.expires_at, tx.now) or row.token_hash != hash_of_token(token):
            raise LinkRefused
        key = read_screening(tx, row.screening_id).open_key(tx.vault)
        words = opened_place(key, row)
        again = bool(attempt) and words.attempt == hash_of_token(attempt)
        again = again and not sitting_is_over(row.opened_at, tx.now)
        if row.opened_at is not None and not again:
            raise LinkRefused
        right = code_fits(tx.passwords, row.code_hash, code)
        if right and not again:
            opened = PlaceWords(hash_of_token(attempt), words.replies)
            _change(tx, row, opened_at=tx.now, answer_sealed=sealed_place(key, row, opened))
            tx.journal.record(AuditAction.BED_LINK_OPENED, row.screening_id, place=row.id)
        elif not right:
            failures = row.failed_codes + 1
            _change(tx, row, failed_codes=failures)
            tx.journal.record(
                AuditAction.BED_LINK_CODE_FAILED, row.screening_id, place=row.id, failures=failures
            )
    if not right:
        raise WrongCode
    return guest


def opened_bed_question(tx: Transaction) -> GuestQuestion:
    """What the guest of this transaction may see. Raises LinkRefused once the sitting is over, PermissionRefused."""
    guest = require(tx.actor, Verb.ANSWER_BED_REQUEST)
    row, request, screening = _opened(tx, guest)
    key = screening.open_key(tx.vault)
    is_open = request.status == "open"
    facts, note, call_back = opened_question(key, request) if is_open else ((), "", "")
    agency = tx.session.execute(select(Agency.name).where(Agency.id == guest.agency_id)).scalar_one()
    own = [each for each in opened_place(key, row).replies if not each.by]
    return GuestQuestion(
        place_id=row.id,
        agency=agency,
        rulebook_digest=screening.rulebook_digest,
        asked_at=request.asked_at,
        answer_by=request.answer_by,
        is_open=is_open,
        facts=facts,
        note=note,
        call_back=call_back,
        given=own[-1] if own else None,
    )


def answer_as_place(tx: Transaction, reply: Reply) -> bool:
    """Answer as the place whose link this guest opened, within their sitting; out: whether that is new.

    Raises BedRefused, LinkRefused, PermissionRefused.
    """
    guest = require(tx.actor, Verb.ANSWER_BED_REQUEST)
    reply = checked_reply(reply)
    row, _request, screening = _opened(tx, guest, hold=True)
    return _keep(tx, guest, screening, row, reply)


def enter_answer(tx: Transaction, screening_id: str, place_id: str, reply: Reply) -> bool:
    """Enter what a place answered on the phone; out: whether that is new. An earlier answer stays in the file.

    Raises BedRefused, RequestNotFound, ScreeningNotFound, PermissionRefused.
    """
    actor = require(tx.actor, Verb.FOLLOW_UP)
    reply = checked_reply(reply)
    screening, _status, _recognised_at = hold_screening(tx, screening_id)
    row, _request = place_on(tx, screening_id, place_id)
    return _keep(tx, actor, screening, row, reply)


def checked_reply(reply: Reply) -> Reply:
    """The answer with its words checked. Raises BedRefused."""
    if reply.answer not in REPLIES:
        raise BedRefused("Say whether there is a bed.")
    said_by = checked_line(reply.said_by, LONGEST_WHO)
    if not said_by:
        raise BedRefused("Say who at the place said so.")
    if reply.answer != "no":
        return Reply(reply.answer, said_by)
    if reply.reason is None or not _NAME.fullmatch(reply.reason):
        raise BedRefused("Choose why not. It is counted, so that missing beds are seen.")
    return Reply("no", said_by, reply.reason)


def _keep(
    tx: Transaction, actor: Actor, screening: SealedScreening, row: BedRequestPlaceRow, reply: Reply
) -> bool:
    key: RecordKey = screening.open_key(tx.vault)
    words = opened_place(key, row)
    if words.replies and words.replies[-1].reply == reply:
        return False
    by = "" if actor.role is Role.GUEST else actor.user_id
    given = GivenReply(reply, tx.now, by, "" if actor.role is Role.GUEST else actor.name)
    kept = PlaceWords(words.attempt, (*words.replies, given))
    _change(
        tx,
        row,
        answer=reply.answer,
        reason=reply.reason,
        answered_at=tx.now,
        recorded_by=actor.user_id,
        answer_sealed=sealed_place(key, row, kept),
    )
    tx.journal.record(AuditAction.BED_REQUEST_ANSWERED, row.screening_id, place=row.id, answer=reply.answer)
    status = _status_told(reply)
    if status is not None:
        # For whom the bed would be is left out: the word stays when the youth is long gone, and tells nothing of them.
        word = BedWord(status, None, None, reply.said_by, tx.now)
        add_word(tx, actor, row.service_id, word, str(uuid4()))
    return True


def _status_told(reply: Reply) -> BedStatus | None:
    """What an answer says about the place for everybody: that it has a bed, or a reason that is itself a word about beds."""
    if reply.answer == "yes":
        return "available"
    return next((each for each in STATUSES if each == reply.reason), None)


def guest_of_place(place_id: str, agency_id: str) -> Actor:
    """Whoever opened the link of that place."""
    return Actor(f"{_KIND}:{place_id}", "", Role.GUEST, agency_id)


def place_id_of(guest: Actor) -> str:
    """The place a guest answers for. Raises LinkRefused."""
    kind, _, id = guest.user_id.partition(":")
    if guest.role is not Role.GUEST or kind != _KIND:
        raise LinkRefused
    return id


def _guest_behind(database: Database, token: str) -> Actor:
    query = select(BedRequestPlaceRow.id, BedRequestPlaceRow.agency_id).where(
        BedRequestPlaceRow.token_hash == hash_of_token(token)
    )
    with database.reading(None) as tx:
        found = tx.session.execute(
            query, execution_options={ACROSS_AGENCIES: AcrossAgencies.BED_REQUEST_LINK}
        ).one_or_none()
    if found is None:
        raise LinkRefused
    return guest_of_place(found.id, found.agency_id)


def _opened(
    tx: Transaction, guest: Actor, *, hold: bool = False
) -> tuple[BedRequestPlaceRow, BedRequestRow, SealedScreening]:
    row = _own_row(tx, guest, hold=hold)
    if sitting_is_over(row.opened_at, tx.now):
        raise LinkRefused
    request = tx.session.execute(select(BedRequestRow).where(BedRequestRow.id == row.request_id)).scalar_one()
    return row, request, read_screening(tx, row.screening_id)


def _own_row(tx: Transaction, guest: Actor, *, hold: bool = False) -> BedRequestPlaceRow:
    query = select(BedRequestPlaceRow).where(BedRequestPlaceRow.id == place_id_of(guest))
    row = tx.session.execute(query.with_for_update() if hold else query).scalar_one_or_none()
    if row is None:
        raise LinkRefused
    return row


def _change(tx: Transaction, row: BedRequestPlaceRow, **columns: object) -> None:
    tx.session.execute(update(BedRequestPlaceRow).where(BedRequestPlaceRow.id == row.id).values(**columns))
