from datetime import timedelta

import pytest
from hand_off_offers import WORDS, answer, offered, only, told

from screening.operations.database import Database
from screening.operations.hand_offs import (
    HandOffCounts,
    HandOffRefused,
    Reminded,
    escalate_silent,
    hand_off_counts,
    hand_offs_of,
    pending_hand_offs,
    remind_everywhere,
)
from screening.operations.screenings import ScreeningNotFound
from tests.conftest import SteppingClock
from tests.store.two_agencies import TwoAgencies, opened_by


def test_a_hand_off_to_a_colleague_is_taken_and_done(database: Database, agencies: TwoAgencies) -> None:
    screening_id = opened_by(database, agencies.intake)
    id = offered(database, agencies.intake, screening_id, to_user=agencies.colleague.user_id)
    with database.reading(agencies.colleague) as tx:
        assert [each.id for each in pending_hand_offs(tx, for_me=True).items] == [id]
    with database.reading(agencies.intake) as tx:
        assert pending_hand_offs(tx, for_me=True).items == ()
    with pytest.raises(HandOffRefused):
        answer(database, agencies.supervisor, id, "acknowledged")
    assert answer(database, agencies.colleague, id, "acknowledged")
    assert not answer(database, agencies.colleague, id, "acknowledged")
    assert answer(database, agencies.colleague, id, "done", outcome="Spoke with the unit.")
    found = only(database, agencies.intake, screening_id)
    assert (found.status, found.words, found.answer) == ("done", WORDS, {"outcome": "Spoke with the unit."})
    assert found.answered_at is not None
    assert found.done_at is not None
    assert told(database, agencies.intake, screening_id) == [
        "hand_off.offered",
        "hand_off.acknowledged",
        "hand_off.done",
    ]


def test_declining_needs_a_reason_and_a_done_one_is_not_declined(
    database: Database, agencies: TwoAgencies
) -> None:
    screening_id = opened_by(database, agencies.intake)
    id = offered(database, agencies.intake, screening_id)
    with pytest.raises(HandOffRefused):
        answer(database, agencies.colleague, id, "declined", reason="  ")
    assert only(database, agencies.intake, screening_id).status == "offered"
    assert answer(database, agencies.colleague, id, "done")
    with pytest.raises(HandOffRefused):
        answer(database, agencies.colleague, id, "declined", reason="Too late")


def test_everybody_on_the_unit_says_that_they_read_it_and_nobody_declines_for_the_others(
    database: Database, agencies: TwoAgencies
) -> None:
    screening_id = opened_by(database, agencies.intake)
    id = offered(database, agencies.intake, screening_id, sheet="unit_alert", to_profession=None)
    with pytest.raises(HandOffRefused):
        answer(database, agencies.colleague, id, "declined", reason="not mine")
    assert answer(database, agencies.colleague, id, "acknowledged")
    first = only(database, agencies.intake, screening_id)
    assert answer(database, agencies.supervisor, id, "acknowledged")
    assert not answer(database, agencies.colleague, id, "acknowledged")
    with database.reading(agencies.intake) as tx:
        (waiting,) = pending_hand_offs(tx, on_unit=True).items
        assert (waiting.taken_by_names, waiting.taken_by_me) == (("Colleague", "Supervisor"), False)
        assert pending_hand_offs(tx, for_me=True).items == ()
    assert answer(database, agencies.intake, id, "done", outcome="Over")
    assert answer(database, agencies.intake, id, "acknowledged")
    found = only(database, agencies.intake, screening_id)
    assert [each.name for each in found.taken] == ["Colleague", "Supervisor", "Intake"]
    assert (found.status, found.answered_at) == ("done", first.answered_at)
    assert found.answer == {"outcome": "Over"}


def test_reminding_goes_through_every_agency_and_tells_once(
    database: Database, agencies: TwoAgencies, clock: SteppingClock
) -> None:
    for actor in (agencies.intake, agencies.intake, agencies.elsewhere):
        offered(database, actor, opened_by(database, actor))
    assert remind_everywhere(database) == Reminded(2, 0)
    clock.moment += timedelta(hours=5)
    assert remind_everywhere(database) == Reminded(2, 3)
    assert remind_everywhere(database) == Reminded(2, 0)


def test_counts_are_what_the_lists_hold(
    database: Database, agencies: TwoAgencies, clock: SteppingClock
) -> None:
    screening_id = opened_by(database, agencies.intake)
    offered(database, agencies.intake, screening_id, to_user=agencies.colleague.user_id)
    offered(database, agencies.colleague, screening_id, answer_within=timedelta(hours=9))
    clock.moment += timedelta(hours=5)
    offered(database, agencies.supervisor, screening_id, to_user=agencies.intake.user_id)
    wanted = {
        agencies.intake: HandOffCounts(for_me=2, silent=1),
        agencies.colleague: HandOffCounts(for_me=2, silent=0),
        agencies.supervisor: HandOffCounts(for_me=1, silent=1),
        agencies.elsewhere: HandOffCounts(for_me=0, silent=0),
    }
    for actor, counts in wanted.items():
        with database.reading(actor) as tx:
            assert hand_off_counts(tx) == counts
            assert pending_hand_offs(tx, for_me=True).total == counts.for_me
            assert pending_hand_offs(tx, silent=True).total == counts.silent


def test_silence_is_told_once(database: Database, agencies: TwoAgencies, clock: SteppingClock) -> None:
    screening_id = opened_by(database, agencies.intake)
    id = offered(database, agencies.intake, screening_id)
    with database.writing(agencies.supervisor) as tx:
        assert escalate_silent(tx) == 0
    clock.moment += timedelta(hours=5)
    with database.reading(agencies.supervisor) as tx:
        assert [each.id for each in pending_hand_offs(tx, silent=True).items] == [id]
    with database.writing(agencies.supervisor) as tx:
        assert escalate_silent(tx) == 1
    with database.writing(agencies.supervisor) as tx:
        assert escalate_silent(tx) == 0
    found = only(database, agencies.intake, screening_id)
    assert found.escalated_at is not None
    assert found.silent(clock.moment)


@pytest.mark.parametrize(
    "changes",
    [
        {"outside": True, "words": {"note": "no recipient"}},
        {"outside": True, "link_valid_for": timedelta(days=15)},
        {"outside": True, "link_valid_for": timedelta(0)},
        {"to_user": "nobody"},
        {"words": {"recipient": "a", "youth": "name"}},
        {"words": {"recipient": "a\nb"}},
        {"answer_within": timedelta(0)},
        {"sheet": "Not an id"},
    ],
    ids=str,
)
def test_what_cannot_be_offered(
    database: Database, agencies: TwoAgencies, changes: dict[str, object]
) -> None:
    screening_id = opened_by(database, agencies.intake)
    with pytest.raises(HandOffRefused):
        offered(database, agencies.intake, screening_id, **changes)
    with database.reading(agencies.intake) as tx:
        assert hand_offs_of(tx, screening_id) == ()


def test_another_agency_sees_and_answers_nothing(database: Database, agencies: TwoAgencies) -> None:
    screening_id = opened_by(database, agencies.intake)
    id = offered(database, agencies.intake, screening_id)
    with database.reading(agencies.elsewhere) as tx:
        assert pending_hand_offs(tx).total == 0
        with pytest.raises(ScreeningNotFound):
            hand_offs_of(tx, screening_id)
    with pytest.raises(HandOffRefused):
        answer(database, agencies.elsewhere, id, "done")
    with pytest.raises(HandOffRefused):
        offered(database, agencies.intake, screening_id, to_user=agencies.elsewhere.user_id)
    with pytest.raises(ScreeningNotFound):
        offered(database, agencies.elsewhere, screening_id)
