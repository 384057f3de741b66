"""What goes into and comes out of the verbs on questions for a bed, and how their words are sealed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, cast, get_args

from screening.operations.beds.words import BedRefused
from screening.operations.guest_links import DrawnLink
from screening.store.help_models import BedRequestPlaceRow, BedRequestRow
from screening.store.vault import RecordKey

RequestStatus = Literal["open", "placed", "closed"]
ReplyWord = Literal["yes", "assess_first", "no"]
REPLIES: tuple[ReplyWord, ...] = get_args(ReplyWord)
MOST_PLACES = 12
MOST_FACTS = 12
LONGEST_FACT = 300
LONGEST_NOTE = 200


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing a place is told of the youth: a question of the rulebook, how it is called, and the answer in words."""

    question: str
    label: str
    words: str


@dataclass(frozen=True, slots=True)
class BedQuestion:
    """A question for a bed to put to several places at once.

    Attributes:
        service_ids: the places, each once.
        answer_within: by when an answer is expected.
        facts: what every place reads of the youth, and nothing else.
        note: one line beside the facts: what the bed is needed for, never who.
        call_back: how a place reaches whoever asks, if it would rather call.
        links: place → its link, drawn before; the others are called, and the answer is entered.
        id: chosen by the sender, so that sending the same question again changes nothing.
    """

    service_ids: tuple[str, ...]
    answer_within: timedelta
    facts: tuple[Fact, ...] = ()
    note: str = ""
    call_back: str = ""
    links: Mapping[str, DrawnLink] = field(default_factory=dict)
    id: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a place answers, and who at the place said so. A reason belongs to a no."""

    answer: ReplyWord
    said_by: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class GivenReply:
    """An answer that was given. ``by`` is the account that entered it, empty when the place did; replies are only added."""

    reply: Reply
    at: datetime
    by: str
    by_name: str


@dataclass(frozen=True, slots=True)
class AskedPlace:
    """A place that was asked. ``replies``: what it answered, oldest first; the last counts."""

    id: str
    service_id: str
    by_link: bool
    expires_at: datetime | None
    opened_at: datetime | None
    failed_codes: int
    replies: tuple[GivenReply, ...]

    @property
    def given(self) -> GivenReply | None:
        """The answer that counts now."""
        return self.replies[-1] if self.replies else None


@dataclass(frozen=True, slots=True)
class BedRequest:
    """A question for a bed as it stands, with every place that was asked."""

    id: str
    screening_id: str
    asked_by_name: str
    asked_at: datetime
    answer_by: datetime
    status: RequestStatus
    closed_at: datetime | None
    facts: tuple[Fact, ...]
    note: str
    call_back: str
    places: tuple[AskedPlace, ...]

    def is_late(self, given: GivenReply) -> bool:
        """Whether an answer came after it was expected, or after the question was closed."""
        return given.at > self.answer_by or (self.closed_at is not None and given.at > self.closed_at)

    def is_overdue(self, now: datetime) -> bool:
        """Whether somebody still owes an answer that was expected by now."""
        return (
            self.status == "open" and self.answer_by <= now and any(not each.replies for each in self.places)
        )

    @property
    def all_said_no(self) -> bool:
        """Whether every place answered, and each of them with a no."""
        return all(each.given is not None and each.given.reply.answer == "no" for each in self.places)


def checked_line(text: str, longest: int) -> str:
    """One line without blanks around it. Raises BedRefused."""
    line = text.strip()
    if len(line) > longest or not line.isprintable():
        raise BedRefused(f"Keep it to one line of at most {longest} characters.")
    return line


def sealed_question(key: RecordKey, question: BedQuestion, identity: tuple[str, ...]) -> bytes:
    """What every place reads, sealed under the screening's key for the row with that identity (id, screening, agency)."""
    kept = {
        "facts": [[each.question, each.label, each.words] for each in question.facts],
        "note": question.note,
        "call_back": question.call_back,
    }
    return key.seal(_text(kept), "bed_requests", ("question", *identity))


def opened_question(key: RecordKey, row: BedRequestRow) -> tuple[tuple[Fact, ...], str, str]:
    """The facts, the note and the line to call back. Raises SealBroken."""
    text = key.open(row.sealed, "bed_requests", ("question", row.id, row.screening_id, row.agency_id))
    kept = json.loads(str(text))
    return tuple(Fact(*each) for each in kept["facts"]), str(kept["note"]), str(kept["call_back"])


@dataclass(frozen=True, slots=True)
class PlaceWords:
    """What is sealed with a place: the mark of the form that opened its link, and its replies."""

    attempt: str = ""
    replies: tuple[GivenReply, ...] = ()


def sealed_place(key: RecordKey, row: BedRequestPlaceRow, words: PlaceWords) -> bytes:
    """A place's words, sealed and bound to its row."""
    replies = [
        {
            "answer": each.reply.answer,
            "reason": each.reply.reason,
            "said_by": each.reply.said_by,
            "at": each.at.isoformat(),
            "by": each.by,
            "by_name": each.by_name,
        }
        for each in words.replies
    ]
    return key.seal(
        _text({"attempt": words.attempt, "replies": replies}), "bed_request_places", _identity(row)
    )


def opened_place(key: RecordKey, row: BedRequestPlaceRow) -> PlaceWords:
    """A place's words. Raises SealBroken."""
    if row.answer_sealed is None:
        return PlaceWords()
    kept = json.loads(str(key.open(row.answer_sealed, "bed_request_places", _identity(row))))
    return PlaceWords(str(kept["attempt"]), tuple(_given(each) for each in kept["replies"]))


def asked_place(key: RecordKey, row: BedRequestPlaceRow) -> AskedPlace:
    """A row with its words opened. Raises SealBroken."""
    return AskedPlace(
        id=row.id,
        service_id=row.service_id,
        by_link=row.token_hash is not None,
        expires_at=row.expires_at,
        opened_at=row.opened_at,
        failed_codes=row.failed_codes,
        replies=opened_place(key, row).replies,
    )


def _given(kept: Mapping[str, Any]) -> GivenReply:
    reply = Reply(cast(ReplyWord, kept["answer"]), str(kept["said_by"]), kept["reason"])
    return GivenReply(reply, datetime.fromisoformat(kept["at"]), str(kept["by"]), str(kept["by_name"]))


def _identity(row: BedRequestPlaceRow) -> tuple[str, ...]:
    return ("answer", row.id, row.request_id, row.screening_id, row.agency_id, row.service_id)


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
