"""When something is open, in words: HSDS writes it in the terms of calendar rules."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from screening.web.spoken import N_, day_in_words
from screening.web.spoken import gettext as _

_DAYS = {
    "MO": N_("Monday"),
    "TU": N_("Tuesday"),
    "WE": N_("Wednesday"),
    "TH": N_("Thursday"),
    "FR": N_("Friday"),
    "SA": N_("Saturday"),
    "SU": N_("Sunday"),
}
_WORKDAYS = ("MO", "TU", "WE", "TH", "FR")
_END_OF_DAY = ("23:59", "24:00", "00:00")


def hours_in_words(schedules: Iterable[Mapping[str, Any]]) -> list[str]:
    """A line for each schedule. What a schedule does not say is not made up."""
    return [line for line in (_line(each) for each in schedules) if line]


def is_always_open(schedules: Iterable[Mapping[str, Any]]) -> bool:
    """Whether one of the schedules says day and night, every day."""
    return any(_all_day(each) and len(_codes(each)) == len(_DAYS) for each in schedules)


def _line(schedule: Mapping[str, Any]) -> str:
    if is_always_open([schedule]):
        when = _("Day and night, every day")
    else:
        when = " ".join(each for each in (_days(schedule), _times(schedule)) if each)
    words = [str(schedule[field]) for field in ("description", "notes") if schedule.get(field)]
    said = [when.strip(), *words, _bounds(schedule)]
    return ". ".join(each.rstrip(".") for each in said if each)


def _days(schedule: Mapping[str, Any]) -> str:
    codes = _codes(schedule)
    if schedule.get("freq") == "MONTHLY":
        days = str(schedule.get("bymonthday") or "")
        return _("On these days of the month: %(days)s", days=days) if days else _("Once a month")
    if len(codes) == len(_DAYS):
        return _("Every day")
    if codes == _WORKDAYS:
        return _("Monday to Friday")
    return ", ".join(_(_DAYS[code]) for code in codes)


def _codes(schedule: Mapping[str, Any]) -> tuple[str, ...]:
    written = [each.strip()[-2:].upper() for each in str(schedule.get("byday") or "").split(",")]
    return tuple(code for code in _DAYS if code in written)


def _times(schedule: Mapping[str, Any]) -> str:
    opens, closes = _time(schedule.get("opens_at")), _time(schedule.get("closes_at"))
    if _all_day(schedule):
        return _("all day")
    if opens and closes:
        return _("%(opens)s to %(closes)s", opens=opens, closes=closes)
    if opens:
        return _("from %(opens)s", opens=opens)
    return _("until %(closes)s", closes=closes) if closes else ""


def _all_day(schedule: Mapping[str, Any]) -> bool:
    return _time(schedule.get("opens_at")) == "00:00" and _time(schedule.get("closes_at")) in _END_OF_DAY


def _time(value: object) -> str:
    return str(value)[:5] if value else ""


def _bounds(schedule: Mapping[str, Any]) -> str:
    """Until when a schedule is said to hold: after ``valid_to`` nobody knows, after ``until`` it ended."""
    for field, words in (("until", N_("Ends on %(day)s")), ("valid_to", N_("Said to hold until %(day)s"))):
        if schedule.get(field):
            return _(words, day=day_in_words(date.fromisoformat(str(schedule[field]))))
    return ""
