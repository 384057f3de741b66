"""When something is due: from the moment that starts the clock, in the agency's own time.

Moments are in UTC; days are days where the agency is, so that daylight saving and weekends come out right. An hour
is sixty minutes whatever the clocks on the wall do. "Three days" end at the same time of day three days later.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from screening.core.rulebook import Due, Rulebook

_SATURDAY = 5
FreeDay = Callable[[date], bool]


def due_at(due: Due, start: datetime, *, zone: tzinfo, is_free: FreeDay) -> datetime:
    """The last moment to do it.

    Args:
        due: as the rulebook says it.
        start: the moment that starts the clock (aware).
        zone: where the agency is.
        is_free: whether a day is a Saturday, a Sunday or a holiday there (see ``free_days``).

    Returns: a moment in UTC, never before ``start``. What is due immediately is due at the start.
    """
    begun = start.astimezone(UTC)
    if due.days is not None:
        return max(begun, _same_time_on(begun, zone, _local_day(begun, zone) + timedelta(days=due.days)))
    if due.working_days is not None:
        return max(
            begun, _same_time_on(begun, zone, _working_day_after(begun, zone, due.working_days, is_free))
        )
    if due.court_hours is not None:
        return _after_running_time(begun, timedelta(hours=due.court_hours), zone, is_free)
    return begun + timedelta(hours=due.hours or 0)


def free_days(rulebook: Rulebook, jurisdictions: tuple[str, ...]) -> FreeDay:
    """Saturdays, Sundays and the holidays the rulebook lists for any of the jurisdictions, or for everywhere."""
    holidays = {
        holiday.day
        for holiday in (rulebook.events.holidays if rulebook.events else ())
        if holiday.jurisdictions is None or set(holiday.jurisdictions) & set(jurisdictions)
    }
    return lambda day: day.weekday() >= _SATURDAY or day in holidays


def _local_day(moment: datetime, zone: tzinfo) -> date:
    return moment.astimezone(zone).date()


def _same_time_on(moment: datetime, zone: tzinfo, day: date) -> datetime:
    """The same time of day on another day.

    Where the clocks skip it, the time they show instead an hour on; where they show it twice, the first of the two: a
    deadline is never later than the law says.
    """
    wall = moment.astimezone(zone).time().replace(fold=0)
    return datetime.combine(day, wall, zone).astimezone(UTC)


def _working_day_after(moment: datetime, zone: tzinfo, count: int, is_free: FreeDay) -> date:
    """The working day so many after the day of the moment, which itself does not count."""
    day = _local_day(moment, zone)
    while count:
        day += timedelta(days=1)
        count -= not is_free(day)
    return day


def _after_running_time(moment: datetime, running: timedelta, zone: tzinfo, is_free: FreeDay) -> datetime:
    """The moment at which so much time has run, while it stands still on free days."""
    now, left = moment, running
    while True:
        day = _local_day(now, zone)
        midnight = datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
        if not is_free(day):
            if now + left <= midnight:
                return now + left
            left -= midnight - now
        now = midnight
