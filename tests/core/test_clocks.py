from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.core.clocks import due_at, free_days
from screening.core.rulebook import Due, Events, Holiday
from tests.core.tiny_rulebook import tiny

KANSAS_CITY = ZoneInfo("America/Chicago")
THANKSGIVING = date(2026, 11, 26)


def is_free(day: date) -> bool:
    return day.weekday() >= 5 or day == THANKSGIVING


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=KANSAS_CITY)


@pytest.mark.parametrize(
    ("due", "start", "expected"),
    [
        ({"immediately": True}, "2026-11-24T10:00", "2026-11-24T10:00"),
        # the worked examples: a day and a year's end, a February of 28 days
        ({"hours": 24}, "2026-01-10T08:00", "2026-01-11T08:00"),
        ({"hours": 24}, "2026-02-28T23:00", "2026-03-01T23:00"),
        ({"hours": 24}, "2026-12-31T20:00", "2027-01-01T20:00"),
        ({"hours": 8}, "2026-05-04T22:00", "2026-05-05T06:00"),
        ({"days": 45}, "2026-01-10T09:00", "2026-02-24T09:00"),
        # the night the clocks go forward has 23 hours, the night they go back 25
        ({"hours": 24}, "2026-03-07T12:00", "2026-03-08T13:00"),
        ({"days": 1}, "2026-03-07T12:00", "2026-03-08T12:00"),
        ({"hours": 24}, "2026-10-31T12:00", "2026-11-01T11:00"),
        ({"days": 1}, "2026-10-31T12:00", "2026-11-01T12:00"),
        # half past two does not exist that night: the clock then shows half past three
        ({"days": 1}, "2026-03-07T02:30", "2026-03-08T03:30"),
        # half past one is there twice: the first one counts
        ({"days": 1}, "2026-10-31T01:30", "2026-11-01T01:30"),
        ({"working_days": 1}, "2026-11-20T16:00", "2026-11-23T16:00"),
        ({"working_days": 2}, "2026-11-25T16:00", "2026-11-30T16:00"),
        ({"working_days": 1}, "2026-11-21T16:00", "2026-11-23T16:00"),
        ({"court_hours": 24}, "2026-11-24T10:00", "2026-11-25T10:00"),
        ({"court_hours": 24}, "2026-11-25T10:00", "2026-11-27T10:00"),
        ({"court_hours": 24}, "2026-11-27T10:00", "2026-11-30T10:00"),
        ({"court_hours": 24}, "2026-11-28T10:00", "2026-12-01T00:00"),
    ],
)
def test_when_something_is_due(due: dict[str, object], start: str, expected: str) -> None:
    found = due_at(Due.model_validate(due), local(start), zone=KANSAS_CITY, is_free=is_free)
    assert found.astimezone(KANSAS_CITY).isoformat(timespec="minutes")[:16] == expected
    assert found.tzinfo is UTC


MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
DUES = st.one_of(
    st.builds(Due, hours=st.integers(1, 200)),
    st.builds(Due, days=st.integers(1, 60)),
    st.builds(Due, working_days=st.integers(1, 30)),
    st.builds(Due, court_hours=st.integers(1, 200)),
)


@given(MOMENTS, DUES)
def test_nothing_is_due_before_its_clock_starts(start: datetime, due: Due) -> None:
    assert due_at(due, start, zone=KANSAS_CITY, is_free=is_free) >= start


@given(MOMENTS, MOMENTS, DUES)
def test_what_starts_later_is_not_due_earlier(one: datetime, other: datetime, due: Due) -> None:
    """A day with a missing or doubled hour may bring two starts together, never in the wrong order."""
    earlier, later = sorted((one, other))
    first, second = (due_at(due, start, zone=KANSAS_CITY, is_free=is_free) for start in (earlier, later))
    assert first <= second + timedelta(hours=1)
    if due.hours is not None or due.court_hours is not None:
        assert first <= second


@given(MOMENTS, st.integers(1, 100))
def test_court_hours_end_on_no_free_day_and_count_only_running_time(start: datetime, hours: int) -> None:
    end = due_at(Due(court_hours=hours), start, zone=KANSAS_CITY, is_free=is_free)
    last = (end - timedelta(microseconds=1)).astimezone(KANSAS_CITY).date()
    assert not is_free(last)
    minutes, running = timedelta(minutes=1), 0
    moment = start
    while moment < end:
        running += not is_free(moment.astimezone(KANSAS_CITY).date())
        moment += minutes
    assert abs(running - hours * 60) <= 2


def test_holidays_are_those_of_the_place() -> None:
    rulebook = tiny({})
    object.__setattr__(
        rulebook,
        "events",
        Events(
            events=(),
            sources=("house_one",),
            holidays=(
                Holiday(day=date(2026, 11, 26), label="Thanksgiving"),
                Holiday(day=date(2026, 5, 8), label="Truman Day", jurisdictions=("us_mo",)),
            ),
        ),
    )
    missouri, kansas = free_days(rulebook, ("us_mo", "us")), free_days(rulebook, ("us_ks", "us"))
    assert missouri(date(2026, 5, 8))
    assert not kansas(date(2026, 5, 8))
    assert missouri(THANKSGIVING)
    assert kansas(THANKSGIVING)
    assert kansas(date(2026, 11, 28))
    assert not kansas(date(2026, 11, 30))
