"""What goes into and comes out of the verbs on hand-offs, how they refuse, and how their words are sealed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, cast

from screening.operations.actors import Refusal
from screening.store.follow_up_models import HandOffRow
from screening.store.vault import RecordKey

Status = Literal["offered", "acknowledged", "declined", "done", "withdrawn"]
Answer = Literal["acknowledged", "declined", "done"]
Step = Literal["opened", "acknowledged", "declined", "done", "withdrawn"]
LONGEST_WORDS = 500


class HandOffRefused(Refusal):
    """A hand-off cannot be offered or answered like this. Nothing was changed."""


class HandOffNotFound(HandOffRefused):
    """There is no such hand-off in the actor's agency."""

    def __init__(self) -> None:
        super().__init__("There is no such hand-off in your agency.")


@dataclass(frozen=True, slots=True)
class Offer:
    """A hand-off to make.

    Attributes:
        sheet: id of the rulebook's sheet that is handed on.
        to_profession: id of the profession it goes to, or nothing for the unit.
        to_user: somebody of the agency; nothing for everybody on the unit, or for somebody outside.
        outside: whether it leaves the agency, by a link with a code.
        words: recipient, organization, note: field → text. Never about the youth beyond what the sheet says.
        answer_within: until when an answer is expected; silence after that is told to supervisors.
        link_valid_for: how long a link leads anywhere.
        id: chosen by the sender, so that sending the same offer again changes nothing; drawn where it is left out.
    """

    sheet: str
    to_profession: str | None
    to_user: str | None
    outside: bool
    words: Mapping[str, str]
    answer_within: timedelta
    link_valid_for: timedelta = timedelta(hours=24)
    id: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """One thing that became of a hand-off: who did it, when, in which words. Receipts are only ever added.

    ``by`` is the id of an account, empty for somebody outside; ``name`` is what that person is called.
    """

    step: Step
    at: datetime
    by: str
    name: str
    words: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class HandOff:
    """A hand-off as it stands. ``words`` say to whom and why, ``receipts`` what became of it, oldest first."""

    id: str
    screening_id: str
    sheet: str
    to_profession: str | None
    to_user: str | None
    to_user_name: str
    outside: bool
    offered_by_name: str
    offered_at: datetime
    answer_by: datetime
    status: Status
    words: Mapping[str, str]
    expires_at: datetime | None
    opened_at: datetime | None
    answered_at: datetime | None
    receipts: tuple[Receipt, ...]
    done_at: datetime | None
    escalated_at: datetime | None

    @property
    def to_unit(self) -> bool:
        """Whether it goes to everybody on the unit."""
        return self.to_user is None and not self.outside

    @property
    def answer(self) -> Mapping[str, str]:
        """The words of the answer that counts now."""
        return next((each.words for each in reversed(self.receipts) if each.step == self.status), {})

    @property
    def taken(self) -> tuple[Receipt, ...]:
        """Who took it or, on the unit, who read it, in that order."""
        return tuple(each for each in self.receipts if each.step == "acknowledged")

    def taken_by(self, user_id: str) -> bool:
        """Whether that person took it already."""
        return any(each.by == user_id for each in self.taken)

    def silent(self, now: datetime) -> bool:
        """Whether an answer is overdue."""
        return self.status == "offered" and self.answer_by <= now


def checked_words(words: Mapping[str, str], known: frozenset[str]) -> dict[str, str]:
    """The words that are there, each a short line. Raises HandOffRefused."""
    kept = {name: text.strip() for name, text in words.items() if text.strip()}
    if not kept.keys() <= known:
        raise HandOffRefused("A hand-off says to whom it goes and why, nothing else.")
    if any(len(text) > LONGEST_WORDS or not text.isprintable() for text in kept.values()):
        raise HandOffRefused(f"Keep it to one line of at most {LONGEST_WORDS} characters.")
    return kept


def sealed_words(key: RecordKey, identity: tuple[str, ...], words: Mapping[str, str]) -> bytes:
    """To whom and why, sealed under the screening's key for the row with that identity (id, screening, agency, sheet)."""
    return key.seal(_text(dict(sorted(words.items()))), "hand_offs", ("offer", *identity))


def opened_words(key: RecordKey, row: HandOffRow) -> dict[str, str]:
    """To whom a row goes and why. Raises SealBroken."""
    text = str(key.open(row.sealed, "hand_offs", ("offer", *identity_of(row))))
    return {str(name): str(value) for name, value in json.loads(text).items()}


def sealed_receipts(key: RecordKey, row: HandOffRow, receipts: tuple[Receipt, ...]) -> bytes:
    """Everything that became of a row, sealed like its words."""
    kept = [
        {
            "step": each.step,
            "at": each.at.isoformat(),
            "by": each.by,
            "name": each.name,
            "words": dict(sorted(each.words.items())),
        }
        for each in receipts
    ]
    return key.seal(_text(kept), "hand_offs", ("answer", *identity_of(row)))


def opened_receipts(key: RecordKey, row: HandOffRow) -> tuple[Receipt, ...]:
    """What became of a row, oldest first. Raises SealBroken."""
    if row.answer_sealed is None:
        return ()
    text = str(key.open(row.answer_sealed, "hand_offs", ("answer", *identity_of(row))))
    return tuple(
        Receipt(
            step=cast(Step, each["step"]),
            at=datetime.fromisoformat(each["at"]),
            by=str(each["by"]),
            name=str(each["name"]),
            words={str(name): str(value) for name, value in each["words"].items()},
        )
        for each in json.loads(text)
    )


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def identity_of(row: HandOffRow) -> tuple[str, ...]:
    """What the seals of a row are bound to."""
    return (row.id, row.screening_id, row.agency_id, row.sheet)


def hand_off_of(row: HandOffRow, key: RecordKey, *, offered_by: str | None, to_user: str | None) -> HandOff:
    """A row with its words opened. Raises SealBroken."""
    return HandOff(
        id=row.id,
        screening_id=row.screening_id,
        sheet=row.sheet,
        to_profession=row.to_profession,
        to_user=row.to_user,
        to_user_name=to_user or "",
        outside=row.token_hash is not None,
        offered_by_name=offered_by or "",
        offered_at=row.offered_at,
        answer_by=row.answer_by,
        status=cast(Status, row.status),
        words=opened_words(key, row),
        expires_at=row.expires_at,
        opened_at=row.opened_at,
        answered_at=row.answered_at,
        receipts=opened_receipts(key, row),
        done_at=row.done_at,
        escalated_at=row.escalated_at,
    )
