"""Moments that people type: a day and a time on the wall where the agency is, read into a moment that is without doubt."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from screening.web.spoken import gettext as _

_TYPED = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})[T ]+(\d{1,2}):(\d{2})(?::\d{2}(?:\.\d+)?)?")
_FIRST_YEAR = 2000
_LONGEST = 40


@dataclass(frozen=True, slots=True)
class TypedMoment:
    """What was typed, and what it means.

    Attributes:
        text: as the field shows it again.
        which: "first" or "second", where the clocks showed that time twice and somebody said which.
        at: the moment (UTC); nothing if the field is empty or cannot be read.
        twice: the clocks showed that time twice.
        error: what is wrong with it, in words; empty if nothing is.
    """

    text: str = ""
    which: str = ""
    at: datetime | None = None
    twice: bool = False
    error: str = ""


NOTHING_TYPED = TypedMoment()


def read_moment(text: str, which: str, *, zone: tzinfo, now: datetime) -> TypedMoment:
    """Read a typed moment. An empty field is no fault. A time the clocks skipped, or a moment to come, is refused."""
    text = text.strip()[:_LONGEST]
    if not text:
        return NOTHING_TYPED
    which = which if which in ("first", "second") else ""
    wall = _wall(text)
    if wall is None:
        return TypedMoment(
            text, which, error=_("Enter the day and the time, as in 2026-11-24 14:03. Both must exist.")
        )
    if not _FIRST_YEAR <= wall.year <= now.year + 1:
        return TypedMoment(text, which, error=_("Check the year."))
    first, second = (wall.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    at = (second if which == "second" else first).astimezone(UTC)
    if at.astimezone(zone).replace(tzinfo=None, fold=0) != wall:
        return TypedMoment(
            text,
            which,
            error=_("There was no such time that night: the clocks went forward. Check the time."),
        )
    twice = first.utcoffset() != second.utcoffset()
    if twice and not which:
        error = _("The clocks went back that night and showed this time twice. Say which of the two it was.")
        return TypedMoment(text, which, None, twice, error)
    if at > now:
        error = _("That moment has not come yet. Check the date and the time.")
        return TypedMoment(text, which, None, twice, error)
    return TypedMoment(text, which, at, twice)


def shown_moment(at: datetime | None, zone: tzinfo) -> TypedMoment:
    """A kept moment as its field shows it for correction. Seconds are no longer shown."""
    if at is None:
        return NOTHING_TYPED
    local = at.astimezone(zone).replace(second=0, microsecond=0)
    twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    which = ("second" if local.fold else "first") if twice else ""
    return TypedMoment(local.strftime("%Y-%m-%dT%H:%M"), which, at, twice)


def _wall(text: str) -> datetime | None:
    """What the clock on the wall showed, without a zone."""
    found = _TYPED.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute = (int(part) for part in found.groups())
    try:
        return datetime(year, month, day, hour, minute)  # noqa: DTZ001
    except ValueError:
        return None
