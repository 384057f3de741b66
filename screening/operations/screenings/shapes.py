"""What goes into and comes out of the verbs on screenings, and how they refuse."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, Literal, TypeVar

from screening.core.statements import Source, Statement, Value
from screening.operations.actors import Refusal

Status = Literal["open", "completed"]
_Item = TypeVar("_Item")


class ScreeningNotFound(Refusal):
    """There is no such screening in the actor's agency."""

    def __init__(self) -> None:
        super().__init__("There is no such screening in your agency.")


class ScreeningCompleted(Refusal):
    """The screening is completed: it takes nothing new until it is reopened."""

    def __init__(self) -> None:
        super().__init__("This screening is completed. Reopen it to add something.")


class ScreeningLocked(Refusal):
    """The time to amend is over: only a supervisor can send the screening back."""

    def __init__(self) -> None:
        super().__init__(
            "The time to change this screening is over. A supervisor can send it back, with a reason; "
            "or open a new screening for what is new."
        )


class ScreeningRefused(Refusal):
    """A screening cannot be opened like this."""


class StatementRefused(Refusal):
    """A statement is not one: its id, question, source or value has no fitting form."""


class StatementConflict(Refusal):
    """A statement's id is taken by a different statement. Nothing was overwritten, nothing of the save was kept."""

    def __init__(self) -> None:
        super().__init__(
            "An answer was sent under an id that belongs to a different answer. Nothing was overwritten."
        )


@dataclass(frozen=True, slots=True)
class NewStatement:
    """A statement to save. The sender chooses the id, unique for ever, so that sending it again changes nothing."""

    id: str
    question: str
    value: Value
    source: Source


@dataclass(frozen=True, slots=True)
class SaveReceipt:
    """What a save came to: ids added now, ids that were there already, and when the latest of them was saved."""

    saved_at: datetime
    kept: tuple[str, ...]
    already: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ScreeningRecord:
    """A screening with everything recorded in it, opened. ``youth_ref`` is empty when none was given."""

    id: str
    setting: str
    jurisdiction: str
    youth_ref: str
    opened_at: datetime
    opened_on: date
    opened_by_name: str
    status: Status
    completed_at: datetime | None
    recognised_at: datetime | None
    rulebook_digest: str
    statements: tuple[Statement, ...]
    author_names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ScreeningSummary:
    """A line of the list. ``youth_ref`` is also empty for those who may not see case numbers."""

    id: str
    setting: str
    jurisdiction: str
    youth_ref: str
    opened_at: datetime
    opened_on: date
    opened_by_name: str
    status: Status
    completed_at: datetime | None
    recognised_at: datetime | None


@dataclass(frozen=True, slots=True)
class Page(Generic[_Item]):
    """One page of a list, counted from 1."""

    items: tuple[_Item, ...]
    page: int
    per_page: int
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are; at least one."""
        return max(1, -(-self.total // self.per_page))
