from datetime import timedelta

import pytest

from screening.operations.actors import PermissionRefused
from screening.operations.database import Database
from screening.operations.reviews import Review, ReviewRefused, record_review, reviews_of, unreviewed
from screening.operations.screenings import (
    ScreeningLocked,
    ScreeningNotFound,
    complete_screening,
    find_screening,
    reopen_screening,
)
from tests.conftest import SteppingClock
from tests.store.two_agencies import TwoAgencies, opened_by

AMEND = timedelta(hours=72)
AGREED = {"decision": "agreed", "level_found": "possible", "level_set": None, "reason": ""}
OVERRIDDEN = {
    **AGREED,
    "decision": "overridden",
    "level_set": "clear",
    "reason": "The ad was seen by two officers.",
}
SENT_BACK = {**AGREED, "decision": "sent_back", "reason": "The record of the hospital is missing."}


def completed(database: Database, agencies: TwoAgencies) -> str:
    screening_id = opened_by(database, agencies.intake)
    with database.writing(agencies.intake) as tx:
        complete_screening(tx, screening_id, amend_for=AMEND)
    return screening_id


def review(database: Database, actor: object, screening_id: str, **given: object) -> int:
    with database.writing(actor) as tx:
        return record_review(tx, screening_id, **given, amend_for=AMEND)


def reviews(database: Database, actor: object, screening_id: str) -> tuple[Review, ...]:
    with database.reading(actor) as tx:
        return reviews_of(tx, screening_id)


def status(database: Database, actor: object, screening_id: str) -> str:
    with database.reading(actor) as tx:
        return find_screening(tx, screening_id).status


def test_what_was_found_and_what_was_set_are_both_kept(database: Database, agencies: TwoAgencies) -> None:
    screening_id = completed(database, agencies)
    assert review(database, agencies.supervisor, screening_id, **AGREED) == 1
    assert review(database, agencies.supervisor, screening_id, **OVERRIDDEN) == 2
    first, second = reviews(database, agencies.intake, screening_id)
    assert (first.decision, first.level_set, first.reason) == ("agreed", None, "")
    assert (second.level_found, second.level_set) == ("possible", "clear")
    assert second.reason == OVERRIDDEN["reason"]
    assert second.reviewed_by_name == "Supervisor"


@pytest.mark.parametrize(
    "given",
    [
        {**OVERRIDDEN, "reason": "  "},
        {**SENT_BACK, "reason": ""},
        {**OVERRIDDEN, "level_set": None},
        {**OVERRIDDEN, "level_set": "possible"},
        {**OVERRIDDEN, "level_set": "cleared"},
        {**AGREED, "level_set": "none"},
        {**AGREED, "decision": "deleted"},
        {**SENT_BACK, "reason": "x" * 1001},
    ],
)
def test_a_level_never_moves_without_a_reason_and_a_level(
    database: Database, agencies: TwoAgencies, given: dict[str, object]
) -> None:
    screening_id = completed(database, agencies)
    with pytest.raises(ReviewRefused):
        review(database, agencies.supervisor, screening_id, **given)
    assert reviews(database, agencies.intake, screening_id) == ()


def test_only_a_supervisor_reviews_and_never_their_own_nor_an_open_one(
    database: Database, agencies: TwoAgencies
) -> None:
    screening_id = completed(database, agencies)
    for actor in (agencies.intake, agencies.administrator, agencies.publisher):
        with pytest.raises(PermissionRefused):
            review(database, actor, screening_id, **AGREED)
    with pytest.raises(ScreeningNotFound), database.reading(agencies.elsewhere) as tx:
        reviews_of(tx, screening_id)
    still_open = opened_by(database, agencies.intake)
    with pytest.raises(ReviewRefused):
        review(database, agencies.supervisor, still_open, **AGREED)
    own = opened_by(database, agencies.supervisor)
    with database.writing(agencies.supervisor) as tx:
        complete_screening(tx, own)
    with pytest.raises(ReviewRefused):
        review(database, agencies.supervisor, own, **AGREED)


def test_staff_may_reopen_until_the_lock_and_a_supervisor_can_send_back_after_it(
    database: Database, agencies: TwoAgencies, clock: SteppingClock
) -> None:
    screening_id = completed(database, agencies)
    clock.moment += AMEND - timedelta(minutes=1)
    with database.writing(agencies.intake) as tx:
        reopen_screening(tx, screening_id)
    with database.writing(agencies.intake) as tx:
        complete_screening(tx, screening_id, amend_for=AMEND)
    clock.moment += timedelta(minutes=2)
    with pytest.raises(ScreeningLocked), database.writing(agencies.intake) as tx:
        reopen_screening(tx, screening_id)
    assert status(database, agencies.intake, screening_id) == "completed"
    review(database, agencies.supervisor, screening_id, **SENT_BACK)
    assert status(database, agencies.intake, screening_id) == "open"
    with database.writing(agencies.intake) as tx:
        complete_screening(tx, screening_id, amend_for=AMEND)
    with database.writing(agencies.intake) as tx:
        reopen_screening(tx, screening_id)


def test_what_waits_for_a_review(database: Database, agencies: TwoAgencies, clock: SteppingClock) -> None:
    first, second = completed(database, agencies), completed(database, agencies)
    opened_by(database, agencies.intake)
    with database.reading(agencies.supervisor) as tx:
        waiting = unreviewed(tx)
        assert [each.screening_id for each in waiting.items] == [first, second]
        assert [each.screening_id for each in unreviewed(tx, page=2, per_page=1).items] == [second]
    review(database, agencies.supervisor, first, **AGREED)
    review(database, agencies.supervisor, second, **SENT_BACK)
    with database.reading(agencies.supervisor) as tx:
        assert unreviewed(tx).items == ()
    with database.writing(agencies.intake) as tx:
        complete_screening(tx, second)
    with database.reading(agencies.supervisor) as tx:
        assert [each.screening_id for each in unreviewed(tx).items] == [second]
    with pytest.raises(PermissionRefused), database.reading(agencies.intake) as tx:
        unreviewed(tx)
