from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.operations.accounts import colleagues, deactivate_user
from screening.operations.actors import PermissionRefused, Verb
from screening.operations.database import Database
from screening.operations.duties import (
    Closing,
    DueFilter,
    Duty,
    DutyRefused,
    EventRefused,
    FollowUp,
    WantedDuty,
    assign_duty,
    close_duties,
    close_duty,
    due_counts,
    due_duties,
    follow_up,
    how_many_overdue,
    raise_duties,
    record_event,
    reopen_duty,
)
from screening.operations.duties.raising import _change_of
from screening.operations.screenings import ScreeningNotFound
from tests.conftest import SteppingClock
from tests.store.two_agencies import TwoAgencies, opened_by

PROOF = Closing("done", words={"proof": "Call 12-345", "taken_by": "Hotline worker 7"})
REASON = Closing("not_done", words={"reason": "The line was down; police were told instead."})


def seen(database: Database, actor: object, screening_id: str) -> FollowUp:
    with database.reading(actor) as tx:
        return follow_up(tx, screening_id)


def wanted(clock: SteppingClock, *actions: str, hours: int = 24) -> list[WantedDuty]:
    return [WantedDuty(action, True, clock.moment + timedelta(hours=hours)) for action in actions]


def raised(database: Database, actor: object, screening_id: str, duties: list[WantedDuty]) -> int:
    with database.writing(actor) as tx:
        return raise_duties(tx, screening_id, duties)


def the_duty(database: Database, actor: object, screening_id: str, action: str = "report") -> Duty:
    return next(duty for duty in seen(database, actor, screening_id).duties if duty.action == action)


def test_raising_the_same_duties_again_changes_nothing(
    database: Database, agencies: TwoAgencies, clock: SteppingClock
) -> None:
    screening_id = opened_by(database, agencies.intake)
    duties = wanted(clock, "report", "tell_unit")
    assert raised(database, agencies.intake, screening_id, duties) == 2
    before = seen(database, agencies.intake, screening_id)
    assert [raised(database, agencies.colleague, screening_id, duties) for _ in range(3)] == [0, 0, 0]
    assert seen(database, agencies.intake, screening_id) == before
    assert {duty.action: duty.due_at for duty in before.duties} == {
        duty.action: duty.due_at for duty in duties
    }


def test_what_no_longer_applies_lapses_and_comes_back_but_what_was_closed_stays_closed(
    database: Database, agencies: TwoAgencies, clock: SteppingClock
) -> None:
    screening_id = opened_by(database, agencies.intake)
    raised(database, agencies.intake, screening_id, wanted(clock, "report", "tell_unit"))
    report = the_duty(database, agencies.intake, screening_id)
    with database.writing(agencies.intake) as tx:
        assert close_duty(tx, screening_id, report.id, PROOF)
    raised(database, agencies.intake, screening_id, [])
    assert {duty.action: duty.status for duty in seen(database, agencies.intake, screening_id).duties} == {
        "report": "done",
        "tell_unit": "lapsed",
    }
    later = wanted(clock, "report", "tell_unit", hours=48)
    raised(database, agencies.intake, screening_id, later)
    back = the_duty(database, agencies.intake, screening_id, "tell_unit")
    assert (back.status, back.due_at, back.closed_at) == ("open", later[1].due_at, None)
    assert the_duty(database, agencies.intake, screening_id).due_at == report.due_at


def test_a_duty_is_closed_with_proof_once_and_can_be_opened_again(
    database: Database, agencies: TwoAgencies, clock: SteppingClock
) -> None:
    screening_id = opened_by(database, agencies.intake)
    raised(database, agencies.intake, screening_id, wanted(clock, "report"))
    duty = the_duty(database, agencies.intake, screening_id)
    done_at = clock.moment - timedelta(minutes=20)
    with database.writing(agencies.intake) as tx:
        assert close_duty(tx, screening_id, duty.id, Closing("done", done_at, PROOF.words))
    with database.writing(agencies.colleague) as tx:
        assert not close_duty(tx, screening_id, duty.id, REASON)
    closed = the_duty(database, agencies.colleague, screening_id)
    assert (closed.status, closed.closed_at, closed.closed_by_name) == ("done", done_at, "Intake")
    assert closed.words == PROOF.words
    with database.writing(agencies.colleague) as tx:
        assert reopen_duty(tx, screening_id, duty.id)
    with database.writing(agencies.colleague) as tx:
        assert not reopen_duty(tx, screening_id, duty.id)
    again = the_duty(database, agencies.intake, screening_id)
    assert (again.status, again.closed_at, again.words) == ("open", None, {})


@pytest.mark.parametrize(
    "closing",
    [
        Closing("done"),
        Closing("done", words={"reason": "because"}),
        Closing("not_done", words={"proof": "12"}),
        Closing("not_done", words={"reason": "   "}),
        Closing("done", words={"proof": "x" * 501}),
        Closing("done", words={"proof": "two\nlines"}),
        Closing("done", words={"proof": "12", "name": "somebody"}),
    ],
)
def test_without_proof_or_reason_nothing_is_closed(
    database: Database, agencies: TwoAgencies, clock: SteppingClock, closing: Closing
) -> None:
    screening_id = opened_by(database, agencies.intake)
    raised(database, agencies.intake, screening_id, wanted(clock, "report"))
    duty = the_duty(database, agencies.intake, screening_id)
    with pytest.raises(DutyRefused), database.writing(agencies.intake) as tx:
        close_duty(tx, screening_id, duty.id, closing)
    assert the_duty(database, agencies.intake, screening_id) == duty


def test_nothing_is_done_in_the_future(
    database: Database, agencies: TwoAgencies, clock: SteppingClock
) -> None:
    screening_id = opened_by(database, agencies.intake)
    raised(database, agencies.intake, screening_id, wanted(clock, "report"))
    duty = the_duty(database, agencies.intake, screening_id)
    tomorrow = clock.moment + timedelta(days=1)
    with pytest.raises(DutyRefused), database.writing(agencies.intake) as tx:
        close_duty(tx, screening_id, duty.id, Closing("done", tomorrow, PROOF.words))
    with pytest.raises(EventRefused), database.writing(agencies.intake) as tx:
        record_event(tx, screening_id, "found_missing", tomorrow)


def test_a_later_entry_of_an_event_counts_and_taking_it_back_is_an_entry_too(
    database: Database, agencies: TwoAgencies, clock: SteppingClock
) -> None:
    screening_id = opened_by(database, agencies.intake)
    first, second = clock.moment - timedelta(hours=5), clock.moment - timedelta(hours=3)
    for moment, new in ((first, True), (first, False), (second, True)):
        with database.writing(agencies.intake) as tx:
            assert record_event(tx, screening_id, "found_missing", moment) is new
    events = seen(database, agencies.intake, screening_id)
    assert events.events["found_missing"].happened_at == second
    recognised = clock.moment - timedelta(hours=1)
    assert events.started(recognised) == {"found_missing": second, "recognised": recognised}
    with database.writing(agencies.colleague) as tx:
        assert record_event(tx, screening_id, "found_missing", None)
    taken_back = seen(database, agencies.intake, screening_id)
    assert taken_back.started(None) == {}
    assert taken_back.events["found_missing"].recorded_by_name == "Colleague"


def test_the_list_of_what_is_due_is_sorted_filtered_and_counted(
    database: Database, agencies: TwoAgencies, clock: SteppingClock
) -> None:
    mine, other = opened_by(database, agencies.intake), opened_by(database, agencies.colleague)
    raised(
        database, agencies.intake, mine, [*wanted(clock, "late", hours=-2), *wanted(clock, "soon", hours=2)]
    )
    raised(database, agencies.intake, other, [WantedDuty("untimed", True, None)])
    with database.reading(agencies.intake) as tx:
        everything = due_duties(tx)
        assert [duty.action for duty in everything.items] == ["late", "soon", "untimed"]
        assert everything.total == 3
        assert [duty.action for duty in due_duties(tx, which=DueFilter.OVERDUE).items] == ["late"]
        assert [duty.action for duty in due_duties(tx, which=DueFilter.UNTIMED).items] == ["untimed"]
        assert [duty.action for duty in due_duties(tx, mine=True).items] == ["late", "soon"]
        assert [duty.action for duty in due_duties(tx, page=2, per_page=2).items] == ["untimed"]
        assert how_many_overdue(tx) == 1
    untimed = the_duty(database, agencies.intake, other, "untimed")
    with database.writing(agencies.colleague) as tx:
        assign_duty(tx, other, untimed.id, agencies.intake.user_id)
    with database.reading(agencies.intake) as tx:
        assert [duty.action for duty in due_duties(tx, mine=True).items] == ["late", "soon", "untimed"]


def test_another_agency_sees_and_changes_nothing(
    database: Database, agencies: TwoAgencies, clock: SteppingClock
) -> None:
    screening_id = opened_by(database, agencies.intake)
    raised(database, agencies.intake, screening_id, wanted(clock, "report", hours=-1))
    duty = the_duty(database, agencies.intake, screening_id)
    with database.reading(agencies.elsewhere) as tx:
        assert due_duties(tx).total == 0
        assert how_many_overdue(tx) == 0
        with pytest.raises(ScreeningNotFound):
            follow_up(tx, screening_id)
    for attempt in (
        lambda tx: close_duty(tx, screening_id, duty.id, PROOF),
        lambda tx: reopen_duty(tx, screening_id, duty.id),
        lambda tx: assign_duty(tx, screening_id, duty.id, None),
        lambda tx: raise_duties(tx, screening_id, []),
        lambda tx: record_event(tx, screening_id, "found_missing", None),
    ):
        with pytest.raises(ScreeningNotFound), database.writing(agencies.elsewhere) as tx:
            attempt(tx)
    own = opened_by(database, agencies.elsewhere)
    with pytest.raises(DutyRefused), database.writing(agencies.elsewhere) as tx:
        close_duty(tx, own, duty.id, PROOF)
    with pytest.raises(DutyRefused), database.writing(agencies.intake) as tx:
        assign_duty(tx, screening_id, duty.id, agencies.elsewhere.user_id)
    with pytest.raises(PermissionRefused), database.reading(None) as tx:
        due_duties(tx)


@given(st.sampled_from(["open", "lapsed", "done", "not_done"]), st.booleans())
def test_a_closed_duty_is_never_changed_by_raising(status: str, applies: bool) -> None:
    now = datetime(2026, 11, 24, tzinfo=UTC)
    asked = WantedDuty("report", True, now) if applies else None
    change = _change_of(status, None, asked, now)
    if status in ("done", "not_done"):
        assert change == {}
    else:
        assert (change.get("status", status) == "open") is applies


def test_several_are_closed_with_the_same_words_or_none_is(
    database: Database, agencies: TwoAgencies, clock: SteppingClock
) -> None:
    screening_id = opened_by(database, agencies.intake)
    raised(database, agencies.intake, screening_id, wanted(clock, "one", "two", "three"))
    ids = [duty.id for duty in seen(database, agencies.intake, screening_id).duties]
    with pytest.raises(DutyRefused), database.writing(agencies.intake) as tx:
        close_duties(tx, screening_id, [*ids, "no such duty"], PROOF)
    assert {duty.status for duty in seen(database, agencies.intake, screening_id).duties} == {"open"}
    with database.writing(agencies.intake) as tx:
        assert close_duties(tx, screening_id, ids[:2], PROOF) == 2
        assert close_duties(tx, screening_id, ids, REASON) == 1
    found = {duty.id: duty for duty in seen(database, agencies.intake, screening_id).duties}
    assert [found[id].status for id in ids] == ["done", "done", "not_done"]
    assert found[ids[0]].words == PROOF.words


def test_a_time_that_cannot_count_is_refused(
    database: Database, agencies: TwoAgencies, clock: SteppingClock
) -> None:
    screening_id = opened_by(database, agencies.intake)
    raised(database, agencies.intake, screening_id, wanted(clock, "screen_again"))
    duty = the_duty(database, agencies.intake, screening_id, "screen_again")
    back = clock.moment - timedelta(hours=1)
    early = Closing("done", back - timedelta(minutes=1), PROOF.words, not_before=back)
    with pytest.raises(DutyRefused), database.writing(agencies.intake) as tx:
        close_duty(tx, screening_id, duty.id, early)
    with database.writing(agencies.intake) as tx:
        assert close_duty(tx, screening_id, duty.id, Closing("done", back, PROOF.words, not_before=back))


def test_counts_are_what_each_filter_lists_and_a_line_names_its_case(
    database: Database, agencies: TwoAgencies, clock: SteppingClock
) -> None:
    screening_id = opened_by(database, agencies.intake)
    other = opened_by(database, agencies.colleague)
    late, soon = wanted(clock, "late", hours=-2), wanted(clock, "soon", hours=2)
    later = wanted(clock, "later", hours=72)
    raised(database, agencies.intake, screening_id, [*late, *soon, *later, WantedDuty("open", True, None)])
    raised(database, agencies.intake, other, wanted(clock, "late_too", hours=-1))
    for mine in (False, True):
        with database.reading(agencies.intake) as tx:
            counts = due_counts(tx, mine=mine)
            listed = {which: due_duties(tx, which=which, mine=mine) for which in DueFilter}
        assert counts == {which: page.total for which, page in listed.items()}
        assert [duty.action for duty in listed[DueFilter.SOON].items] == ["soon"]
        assert counts[DueFilter.ALL] == (4 if mine else 5)
    with database.reading(agencies.elsewhere) as tx:
        assert set(due_counts(tx).values()) == {0}
        assert agencies.intake.user_id not in colleagues(tx, Verb.FOLLOW_UP)


def test_a_duty_goes_only_to_active_colleagues_who_work_on_duties(
    database: Database, agencies: TwoAgencies, clock: SteppingClock
) -> None:
    screening_id = opened_by(database, agencies.intake)
    raised(database, agencies.intake, screening_id, wanted(clock, "report"))
    duty = the_duty(database, agencies.intake, screening_id)
    with database.reading(agencies.intake) as tx:
        people = colleagues(tx, Verb.FOLLOW_UP)
    assert set(people) == {
        each.user_id for each in (agencies.intake, agencies.colleague, agencies.supervisor)
    }
    assert list(people.values()) == sorted(people.values())
    with database.writing(agencies.administrator) as tx:
        deactivate_user(tx, agencies.colleague.user_id)
    for nobody in (agencies.publisher, agencies.colleague, agencies.elsewhere):
        with pytest.raises(DutyRefused), database.writing(agencies.intake) as tx:
            assign_duty(tx, screening_id, duty.id, nobody.user_id)
    with database.reading(agencies.intake) as tx:
        assert agencies.colleague.user_id not in colleagues(tx, Verb.FOLLOW_UP)
    with pytest.raises(PermissionRefused), database.reading(agencies.publisher) as tx:
        colleagues(tx, Verb.FOLLOW_UP)
