"""Statements: who said, saw or read what; and how several become one effective answer.

Statements are only ever added. A later one by the same author from the same source supersedes the earlier, so
a youth's "no" and a record's "yes" live side by side and are combined, never overwritten. Combining is a
maximum over a fixed order, hence the same whatever order statements arrive in.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Source(StrEnum):
    """Where a statement comes from."""

    SAID = "said"
    OBSERVED = "observed"
    RECORD = "record"
    COLLATERAL = "collateral"


UNKNOWN_VALUES = ("not_asked", "declined", "unsure")
"""The three unknowns that may be recorded. Nothing at all is ``unanswered``: a state, not a value."""

UNANSWERED = "unanswered"
"""The state of a question that nobody touched. No statement has it as a value."""

Value = str | int | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """One reply from one source.

    Attributes:
        id: chosen by whoever recorded it, unique for ever; replaying a statement changes nothing.
        question: id of the question.
        value: ``"yes"``/``"no"``, an option id, a tuple of option ids (empty: none of these), a whole number,
            an ISO date, a text, or one of ``UNKNOWN_VALUES``.
        source: who or what it comes from.
        author: id of the user who recorded it.
        at: when the server received it (UTC).
    """

    id: str
    question: str
    value: Value
    source: Source
    author: str
    at: datetime

    @property
    def is_unknown(self) -> bool:
        """Whether the value is one of the three recorded unknowns."""
        return self.value in UNKNOWN_VALUES


def in_force(statements: Iterable[Statement]) -> dict[str, tuple[Statement, ...]]:
    """Per question the statements that no later one supersedes, oldest first.

    A statement supersedes an earlier one of the same question, source and author. Of two with the same time
    the greater id counts as later, so that the outcome never depends on the order they are handed in.
    """
    grouped: dict[str, list[Statement]] = {}
    for statement in statements:
        grouped.setdefault(statement.question, []).append(statement)
    return {
        question: tuple(group) if len(group) == 1 else _latest_of_each(group)
        for question, group in grouped.items()
    }


def _latest_of_each(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    """One question's statements: the last of each source and author, oldest first."""
    latest: dict[tuple[Source, str], Statement] = {}
    for statement in sorted(statements, key=lambda statement: (statement.at, statement.id)):
        key = (statement.source, statement.author)
        latest.pop(key, None)
        latest[key] = statement
    return tuple(latest.values())
