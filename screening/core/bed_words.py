"""What somebody said about beds of a place, and for how long that holds."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from screening.core.placement_shapes import BedRules

BedStatus = Literal["available", "waitlist", "full", "assess_first", "unknown"]


@dataclass(frozen=True, slots=True)
class BedWord:
    """How a place stood at one moment.

    Attributes:
        status: what was said.
        beds: how many are free, if that was said; only with *available*.
        serves: for whom they are (a word of the rulebook, such as girls), if that was said.
        said_by: who at the place said so, or *the place itself* in the words of whoever recorded it.
        said_at: when, with a time zone.
    """

    status: BedStatus
    beds: int | None
    serves: str | None
    said_by: str
    said_at: datetime

    def is_fresh(self, now: datetime, rules: BedRules) -> bool:
        """Whether the word still holds; after that it reads "call to confirm". A word from the future does not hold."""
        return timedelta(0) <= now - self.said_at < timedelta(hours=rules.fresh_hours)
