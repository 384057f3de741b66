"""How long a youth waited for a safe place, and how much of that in detention: spans of time and nothing else."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

SECONDS_PER_DAY = 86_400
Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class UnmetEntry:
    """One need of a youth that nothing met. Sex and age: the answer, or which kind of unknown it is."""

    need: str
    reason: str
    needed_at: datetime
    met_at: datetime | None
    sex: str
    age: int | str


@dataclass(frozen=True, slots=True)
class CountedStay:
    """Where a youth was from when until when (nothing: still), whether that is a safe place, whether it is detention."""

    from_at: datetime
    until_at: datetime | None
    safe: bool
    detention: bool


def clip(span: Span, within: Span) -> Span | None:
    """The part of a span of time that lies within another; nothing if there is none, or only a moment."""
    start, end = max(span[0], within[0]), min(span[1], within[1])
    return (start, end) if start < end else None


def days_covered(spans: Iterable[Span]) -> float:
    """How many days the spans cover together: what overlaps counts once."""
    seconds, reached = 0.0, None
    for start, end in sorted(spans):
        begin = start if reached is None else max(start, reached)
        if end > begin:
            seconds += (end - begin).total_seconds()
            reached = end
    return seconds / SECONDS_PER_DAY


def reached_safety(
    place_entries: Sequence[UnmetEntry], stays: Iterable[CountedStay], now: datetime
) -> datetime | None:
    """When a youth who needed a place was in a safe one: a need of a place was met, or a safe stay began or was running.

    The wait begins with the first of the entries. What lies after ``now`` has not happened.
    """
    needed_at = min(entry.needed_at for entry in place_entries)
    moments = [entry.met_at for entry in place_entries if entry.met_at is not None]
    moments += [
        max(stay.from_at, needed_at)
        for stay in stays
        if stay.safe and (stay.until_at is None or stay.until_at > needed_at)
    ]
    return min((moment for moment in moments if needed_at <= moment <= now), default=None)
