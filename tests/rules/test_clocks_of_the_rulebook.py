"""The clocks that ship: the worked examples come out, also across daylight saving and the year's end; each can be started."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from screening.core.advice import Advice, advise
from screening.core.evaluation import assess
from screening.core.follow_up_checking import KNOWN_MOMENTS
from screening.core.loading import load_rulebook
from screening.core.rulebook import Action
from screening.core.statements import Source, Statement, Value

RULEBOOK = load_rulebook(Path(__file__).parents[2] / "rules")
KANSAS_CITY = ZoneInfo("America/Chicago")
ACTIONS = {action.id: action for action in RULEBOOK.actions}
EVENTS = RULEBOOK.events.events if RULEBOOK.events else ()
HOLIDAYS = RULEBOOK.events.holidays if RULEBOOK.events else ()
IN_CARE_AND_MISSING: Mapping[str, Value] = {"age": 15, "missing_now": "yes", "custody": "state_care"}
CLEAR: Mapping[str, Value] = {"age": 15, "exchange_known": "yes", "earlier_finding": "yes"}
STATUS_ONLY: Mapping[str, Value] = {"age": 15, "charge_kinds": ("status_offense",)}
RAN_BEFORE: Mapping[str, Value] = {"age": 15, "missing_episodes": 2}


def advised(
    answers: Mapping[str, Value], state: str, setting: str, day: date, started: Mapping[str, datetime]
) -> Advice:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    statements = [
        Statement(question, question, value, Source.RECORD, "officer", at)
        for question, value in answers.items()
    ]
    assessment = assess(RULEBOOK, statements, day)
    return advise(assessment, jurisdiction=state, setting=setting, day=day, started=started, zone=KANSAS_CITY)


def due(
    action: str,
    answers: Mapping[str, Value],
    start: str,
    state: str = "us_mo",
    setting: str = "child_protection",
) -> str:
    """When the action is due by the wall clock, its event having happened at that time on the wall clock."""
    moment = datetime.fromisoformat(start).replace(tzinfo=KANSAS_CITY)
    found = advised(answers, state, setting, moment.date(), {ACTIONS[action].starts: moment})
    (one,) = [each for each in found.actions if each.action.id == action]
    assert one.due_at is not None
    return one.due_at.astimezone(KANSAS_CITY).isoformat()[:16]


@pytest.mark.parametrize(
    ("action", "answers", "start", "expected"),
    [
        # the Missouri tool, example B: back from a run
        ("screen_again", {"age": 15}, "2026-03-01T10:00", "2026-03-02T10:00"),
        ("screen_again", {"age": 15}, "2026-12-31T20:00", "2027-01-01T20:00"),
        # the night the clocks go forward or back: an hour is sixty minutes
        ("screen_again", {"age": 15}, "2026-03-07T10:00", "2026-03-08T11:00"),
        ("screen_again", {"age": 15}, "2026-10-31T10:00", "2026-11-01T09:00"),
        # the Missouri tool: 72 hours for a known history of running away
        ("screen_for_run_history_mo", RAN_BEFORE, "2026-12-30T09:00", "2027-01-02T09:00"),
        # 42 USC 671(a)(34): to the police within 24 hours of being identified
        ("agency_police_report_24h", CLEAR, "2026-01-10T08:00", "2026-01-11T08:00"),
        ("agency_police_report_24h", CLEAR, "2026-02-28T23:00", "2026-03-01T23:00"),
        # RSMo 210.795: two hours, also over midnight at the year's end
        ("missing_from_care_mo", IN_CARE_AND_MISSING, "2026-12-31T23:30", "2027-01-01T01:30"),
        ("missing_from_care_mo", IN_CARE_AND_MISSING, "2026-03-08T01:30", "2026-03-08T04:30"),
        ("missing_information_mo", IN_CARE_AND_MISSING, "2026-12-31T20:00", "2027-01-01T20:00"),
    ],
)
def test_worked_examples(action: str, answers: Mapping[str, Value], start: str, expected: str) -> None:
    assert due(action, answers, start) == expected


@pytest.mark.parametrize(
    ("state", "action"), [("us_ks", "missing_from_care_ks"), ("us_ne", "missing_from_care_other_state")]
)
def test_a_missing_child_in_care_elsewhere_has_24_hours(state: str, action: str) -> None:
    """42 USC 671(a)(35)(B), example A: over the year's end."""
    assert due(action, IN_CARE_AND_MISSING, "2026-12-31T20:00", state) == "2027-01-01T20:00"


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("2026-11-24T10:00", "2026-11-25T10:00"),  # Tuesday
        ("2026-11-25T10:00", "2026-11-27T10:00"),  # over Thanksgiving
        ("2026-11-27T16:00", "2026-11-30T16:00"),  # over a weekend
        ("2026-02-11T09:00", "2026-02-13T09:00"),  # over Lincoln Day
        ("2026-05-07T09:00", "2026-05-11T09:00"),  # over Truman Day and a weekend
        ("2026-12-31T18:00", "2027-01-04T18:00"),  # over New Year's Day and a weekend
        (
            "2026-07-02T09:00",
            "2026-07-03T09:00",
        ),  # July 4 on a Saturday: the Friday before is no holiday of the state
        ("2027-07-02T09:00", "2027-07-06T09:00"),  # July 4 on a Sunday: the Monday is
        ("2026-06-18T09:00", "2026-06-19T09:00"),  # Juneteenth is not named in the copy that was read
        ("2026-03-06T09:00", "2026-03-09T09:00"),  # the clocks go forward while the time stands still
    ],
)
def test_status_offense_hours_stand_still_on_weekends_and_holidays(start: str, expected: str) -> None:
    """RSMo 211.063."""
    assert due("status_offense_clock_mo", STATUS_ONLY, start, setting="detention") == expected


def test_a_risk_alone_starts_no_police_clock_but_the_agency_still_decides_on_services() -> None:
    """42 USC 671(a)(34), example C, and (9)(C)."""
    moment = datetime(2026, 11, 24, 15, tzinfo=UTC)
    at_risk = {"age": 15, "earlier_report": "yes"}
    found = advised(at_risk, "us_mo", "child_protection", moment.date(), {"recognised": moment})
    ids = {each.action.id for each in found.actions}
    assert "agency_police_report_24h" not in ids
    assert "agency_identifies_and_serves" in ids
    clear = advised(CLEAR, "us_mo", "child_protection", moment.date(), {"recognised": moment})
    (police,) = [each for each in clear.actions if each.action.id == "agency_police_report_24h"]
    assert police.due_at is None


FOR_AND_AGAINST = [
    (
        "missing_from_care_mo",
        "us_mo",
        "child_protection",
        IN_CARE_AND_MISSING,
        {"custody": "parent_or_guardian"},
    ),
    ("missing_information_mo", "us_mo", "child_protection", IN_CARE_AND_MISSING, {"missing_now": "no"}),
    ("missing_from_care_ks", "us_ks", "child_protection", IN_CARE_AND_MISSING, {"missing_now": "unsure"}),
    ("screen_for_run_history_mo", "us_mo", "child_protection", RAN_BEFORE, {"missing_episodes": 0}),
    (
        "status_offense_clock_mo",
        "us_mo",
        "detention",
        STATUS_ONLY,
        {"charge_kinds": ("status_offense", "drugs")},
    ),
    (
        "detention_assessment_ks",
        "us_ks",
        "detention",
        CLEAR,
        {"exchange_known": "no", "earlier_finding": "no"},
    ),
    (
        "agency_police_report_24h",
        "us_mo",
        "child_protection",
        CLEAR,
        {"exchange_known": "no", "earlier_finding": "no"},
    ),
]


@pytest.mark.parametrize(("action", "state", "setting", "answers", "other"), FOR_AND_AGAINST)
def test_each_clock_is_there_when_it_should_and_not_otherwise(
    action: str, state: str, setting: str, answers: Mapping[str, Value], other: Mapping[str, Value]
) -> None:
    day = date(2026, 11, 24)

    def ids(answers: Mapping[str, Value], where: str) -> set[str]:
        return {each.action.id for each in advised(answers, where, setting, day, {}).actions}

    assert action in ids(answers, state)
    assert action not in ids({**answers, **other}, state)
    if ACTIONS[action].jurisdictions is not None:
        assert action not in ids(answers, "us_ne")


def clocked() -> Iterable[Action]:
    return (action for action in RULEBOOK.actions if action.due is not None)


def test_every_event_starts_a_clock_and_is_asked_for_in_plain_words() -> None:
    started = {action.starts for action in clocked()} - set(KNOWN_MOMENTS)
    assert started == {event.id for event in EVENTS}
    assert all(event.ask.startswith("When ") and event.ask.endswith("?") for event in EVENTS)


def test_what_the_law_does_not_surely_say_is_no_duty() -> None:
    """A duty rests on at least one note that was confirmed; advice that does not says that counsel has to verify it."""
    for action in clocked():
        notes = [RULEBOOK.law[id] for id in action.law]
        if action.must:
            assert any(note.status == "confirmed" for note in notes), action.id
        elif notes and all(note.status == "verify_with_counsel" for note in notes):
            said = " ".join([action.label, *action.detail]).lower()
            assert "counsel" in said, action.id


def test_every_report_says_whom_to_call_and_what_shows_it_and_every_duty_with_hours_is_followed_up() -> None:
    reports = [action for action in RULEBOOK.actions if action.report]
    assert {action.id for action in reports} >= {
        "report_hotline_mo",
        "report_hotline_ks",
        "report_hotline_other_state",
    }
    assert all(action.calls and action.followed_up for action in reports)
    timed = [action for action in clocked() if action.must and action.due and action.due.immediately is None]
    assert timed
    assert [action.id for action in timed if not action.followed_up] == []
    assert [action.id for action in RULEBOOK.actions if action.proof and action.due is None] == []


def test_holidays_fall_on_the_days_their_law_names() -> None:
    """Worked out anew from the rule of each holiday; only days that a state's own list names count there."""

    def weekday_of(year: int, month: int, weekday: int, number: int) -> date:
        first = date(year, month, 1)
        return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (number - 1))

    expected = set()
    for year in (2026, 2027):
        last_may = weekday_of(year, 6, 0, 1) - timedelta(days=7)
        everywhere = {
            *(date(year, month, day) for month, day in ((1, 1), (7, 4), (11, 11), (12, 25))),
            weekday_of(year, 1, 0, 3),
            weekday_of(year, 2, 0, 3),
            last_may,
            weekday_of(year, 9, 0, 1),
            weekday_of(year, 10, 0, 2),
            weekday_of(year, 11, 3, 4),
        }
        missouri = {date(year, 2, 12), date(year, 5, 8)}
        kept_on_monday = {day + timedelta(days=1) for day in everywhere | missouri if day.weekday() == 6}
        expected |= {(day, None) for day in everywhere} | {
            (day, ("us_mo",)) for day in missouri | kept_on_monday
        }
    assert {(holiday.day, holiday.jurisdictions) for holiday in HOLIDAYS} == expected
    assert len(HOLIDAYS) == len(expected)
