import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select
from unmet_need_entries import IN_OCTOBER, ORDER, USUAL, entered, stayed

from screening.core.unmet_counts import Figure, UnmetCounts
from screening.operations.actors import Actor, PermissionRefused
from screening.operations.database import Database, SealBroken
from screening.operations.screenings import ScreeningNotFound
from screening.operations.unmet_need import (
    CountRefused,
    StayNotFound,
    StayRefused,
    StaysOverlap,
    UnmetNeedNotFound,
    UnmetNeedRefused,
    count_unmet,
    end_stay,
    first_month,
    following_month,
    mark_met,
    record_stay,
    record_unmet_need,
    restore,
    restore_stay,
    stays_of,
    unmet_of,
    withdraw,
    withdraw_stay,
)
from screening.operations.unmet_need.sealing import UnmetFacts
from screening.store.help_models import StayRow, UnmetNeedRow
from screening.store.models import JournalEntry
from tests.store.two_agencies import TwoAgencies, opened_by

OCTOBER, SEPTEMBER, NOVEMBER = date(2026, 10, 1), date(2026, 9, 1), date(2026, 11, 1)
WORDS = "Called six homes, spoke with Harbor House"


@pytest.fixture
def screening_id(database: Database, agencies: TwoAgencies) -> str:
    return opened_by(database, agencies.intake)


def ledger(database: Database, actor: Actor, screening_id: str) -> tuple:
    with database.reading(actor) as tx:
        return unmet_of(tx, screening_id)


def stays(database: Database, actor: Actor, screening_id: str) -> list:
    with database.reading(actor) as tx:
        return [
            (each.place, each.from_at, each.until_at)
            for each in stays_of(tx, screening_id)
            if each.withdrawn_at is None
        ]


def counts(database: Database, actor: Actor, first: date = OCTOBER, last: date = OCTOBER) -> UnmetCounts:
    with database.reading(actor) as tx:
        return count_unmet(tx, first, last, ORDER).counts


def journalled(database: Database, actor: Actor, subject: str) -> list[tuple[str, dict]]:
    with database.reading(actor) as tx:
        found = tx.session.scalars(
            select(JournalEntry).where(JournalEntry.subject == subject).order_by(JournalEntry.sequence)
        )
        return [
            (each.action, json.loads(each.detail) if isinstance(each.detail, str) else dict(each.detail))
            for each in found
        ]


# ---- the ledger -------------------------------------------------------------------------------------


def test_a_need_is_written_down_once_however_often_it_is_sent(database, agencies, screening_id):
    id = str(uuid4())
    for again in (False, True, True):
        with database.writing(agencies.colleague if again else agencies.intake) as tx:
            values = {**USUAL, "words": WORDS, "reason": "no_bed" if not again else "too_far"}
            assert record_unmet_need(tx, screening_id, **values, id=id) is not again
    (entry,) = ledger(database, agencies.colleague, screening_id)
    assert (entry.need, entry.reason, entry.needed_at) == ("safe_place_tonight", "no_bed", IN_OCTOBER)
    assert entry.facts == UnmetFacts("girl", 15, WORDS)
    assert (entry.recorded_by_name, entry.met_at, entry.withdrawn_at) == ("Intake", None, None)


def test_the_database_shows_neither_sex_nor_age_nor_words(database, agencies, screening_id):
    for sex, age in (("girl", 15), ("intersex_or_other", "declined")):
        entered(database, agencies.intake, screening_id, sex=sex, age=age, words=WORDS)
    with database.reading(agencies.intake) as tx:
        rows = tx.session.scalars(select(UnmetNeedRow)).all()
        for row in rows:
            held = {name: value for name, value in vars(row).items() if not name.startswith("_")}
            sealed = held.pop("sealed")
            for readable in (b"girl", b"intersex", b"declined", b"Harbor"):
                assert readable not in sealed
            assert "Harbor" not in str(held)
        assert len({len(row.sealed) for row in rows}) == 1  # the length tells nothing


def test_what_is_sealed_opens_in_its_own_row_only(database, agencies, screening_id):
    entered(database, agencies.intake, screening_id)
    entered(database, agencies.intake, screening_id, sex="boy")
    with database.writing(agencies.intake) as tx:
        first, second = tx.session.scalars(select(UnmetNeedRow).order_by(UnmetNeedRow.id)).all()
        first.sealed, second.sealed = second.sealed, first.sealed
        tx.session.flush()
    with pytest.raises(SealBroken):
        ledger(database, agencies.intake, screening_id)


def test_met_and_not_met_after_all(database, agencies, screening_id):
    id = entered(database, agencies.intake, screening_id)
    later = IN_OCTOBER + timedelta(days=3)
    for met_at, changed in ((later, True), (later, False), (None, True), (None, False)):
        with database.writing(agencies.colleague) as tx:
            assert mark_met(tx, id, met_at) is changed
        assert ledger(database, agencies.intake, screening_id)[0].met_at == met_at
    for wrong in (IN_OCTOBER - timedelta(seconds=1), IN_OCTOBER + timedelta(days=400)):
        with pytest.raises(UnmetNeedRefused), database.writing(agencies.intake) as tx:
            mark_met(tx, id, wrong)


def test_an_entry_made_by_mistake_is_taken_back_and_may_come_back(database, agencies, screening_id):
    id = entered(database, agencies.intake, screening_id)
    for change, changed in ((withdraw, True), (withdraw, False), (restore, True), (restore, False)):
        with database.writing(agencies.colleague) as tx:
            assert change(tx, id) is changed
    with database.writing(agencies.colleague) as tx:
        withdraw(tx, id)
    with pytest.raises(UnmetNeedRefused), database.writing(agencies.intake) as tx:
        mark_met(tx, id, tx.now)
    actions = [action for action, _detail in journalled(database, agencies.intake, screening_id)]
    assert [action for action in actions if action.startswith("unmet_need.")] == [
        "unmet_need.recorded", "unmet_need.withdrawn", "unmet_need.recorded", "unmet_need.withdrawn",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [
        {"need": ""},
        {"need": "Safe place"},
        {"reason": "x" * 61},
        {"needed_at": IN_OCTOBER + timedelta(days=400)},
        {"sex": ""},
        {"age": -1},
        {"age": 121},
        {"age": ""},
        {"words": "x" * 501},
        {"words": "two\nlines"},
        {"id": "JD-4711"},
    ],
)
def test_what_cannot_be_is_refused(database, agencies, screening_id, wrong):
    with pytest.raises(UnmetNeedRefused), database.writing(agencies.intake) as tx:
        record_unmet_need(tx, screening_id, **{**USUAL, "id": str(uuid4()), **wrong})
    assert ledger(database, agencies.intake, screening_id) == ()


def test_an_id_of_another_screening_or_agency_is_refused_and_overwrites_nothing(
    database, agencies, screening_id
):
    id = entered(database, agencies.intake, screening_id)
    other, elsewhere = opened_by(database, agencies.intake), opened_by(database, agencies.elsewhere)
    for actor, screening in ((agencies.intake, other), (agencies.elsewhere, elsewhere)):
        with pytest.raises(UnmetNeedRefused), database.writing(actor) as tx:
            record_unmet_need(tx, screening, **USUAL, id=id)
    assert ledger(database, agencies.elsewhere, elsewhere) == ()
    assert len(ledger(database, agencies.intake, screening_id)) == 1


def test_another_agency_finds_nothing_of_it(database, agencies, screening_id):
    id, stay = (
        entered(database, agencies.intake, screening_id),
        stayed(database, agencies.intake, screening_id, "detention", 0),
    )
    attempts: list[tuple[type[Exception], Callable]] = [
        (ScreeningNotFound, lambda tx: unmet_of(tx, screening_id)),
        (ScreeningNotFound, lambda tx: stays_of(tx, screening_id)),
        (ScreeningNotFound, lambda tx: record_unmet_need(tx, screening_id, **USUAL, id=str(uuid4()))),
        (
            ScreeningNotFound,
            lambda tx: record_stay(tx, screening_id, "detention", IN_OCTOBER, None, str(uuid4())),
        ),
        (UnmetNeedNotFound, lambda tx: mark_met(tx, id, tx.now)),
        (UnmetNeedNotFound, lambda tx: withdraw(tx, id)),
        (UnmetNeedNotFound, lambda tx: restore(tx, id)),
        (StayNotFound, lambda tx: end_stay(tx, stay, tx.now)),
        (StayNotFound, lambda tx: withdraw_stay(tx, stay)),
        (StayNotFound, lambda tx: restore_stay(tx, stay)),
    ]
    for expected, attempt in attempts:
        with pytest.raises(expected), database.writing(agencies.elsewhere) as tx:
            attempt(tx)
    assert len(ledger(database, agencies.intake, screening_id)) == 1


def test_those_who_may_not_follow_up_change_nothing(database, agencies, screening_id):
    id = entered(database, agencies.intake, screening_id)
    stay = stayed(database, agencies.intake, screening_id, "detention", 0)
    for attempt in (
        lambda tx: record_unmet_need(tx, screening_id, **USUAL, id=str(uuid4())),
        lambda tx: mark_met(tx, id, tx.now),
        lambda tx: withdraw(tx, id),
        lambda tx: restore(tx, id),
        lambda tx: unmet_of(tx, screening_id),
        lambda tx: stays_of(tx, screening_id),
        lambda tx: record_stay(tx, screening_id, "detention", IN_OCTOBER, None, str(uuid4())),
        lambda tx: end_stay(tx, stay, tx.now),
        lambda tx: withdraw_stay(tx, stay),
        lambda tx: restore_stay(tx, stay),
    ):
        with pytest.raises(PermissionRefused), database.writing(agencies.administrator) as tx:
            attempt(tx)


# ---- stays ----------------------------------------------------------------------------------------


def at(days: float) -> datetime:
    return IN_OCTOBER + timedelta(days=days)


def test_nobody_is_in_two_places_at_once(database, agencies, screening_id):
    stayed(database, agencies.intake, screening_id, "detention", 0, 5)
    stayed(database, agencies.intake, screening_id, "hospital", 5, 6)  # from one door to the next
    for first, last in ((-1, 1), (1, 2), (4, 9), (-1, 9), (-1, None), (5.5, None)):
        until = None if last is None else at(last)
        with pytest.raises(StaysOverlap) as refusal, database.writing(agencies.intake) as tx:
            record_stay(tx, screening_id, "shelter", at(first), until, str(uuid4()), ends_former=True)
        assert not refusal.value.open_end
    assert len(stays(database, agencies.intake, screening_id)) == 2


def test_a_new_stay_may_end_the_one_before_it(database, agencies, screening_id):
    stayed(database, agencies.intake, screening_id, "detention", 0)
    with pytest.raises(StaysOverlap) as refusal, database.writing(agencies.intake) as tx:
        record_stay(tx, screening_id, "safe_placement", at(3), None, str(uuid4()))
    assert (refusal.value.with_place, refusal.value.open_end) == ("detention", True)
    with pytest.raises(StaysOverlap), database.writing(agencies.intake) as tx:  # not one that began later
        record_stay(tx, screening_id, "safe_placement", at(-3), None, str(uuid4()), ends_former=True)
    id = str(uuid4())
    for new in (True, False):
        with database.writing(agencies.intake) as tx:
            assert record_stay(tx, screening_id, "safe_placement", at(3), None, id, ends_former=True) is new
    assert stays(database, agencies.intake, screening_id) == [
        ("safe_placement", at(3), None),
        ("detention", at(0), at(3)),
    ]


def test_a_stay_ends_once_after_it_began_and_not_in_the_future(database, agencies, screening_id):
    id = stayed(database, agencies.intake, screening_id, "detention", 0)
    for wrong in (at(0), at(-1), at(400)):
        with pytest.raises(StayRefused), database.writing(agencies.intake) as tx:
            end_stay(tx, id, wrong)
    with database.writing(agencies.intake) as tx:
        assert end_stay(tx, id, at(2))
    with database.writing(agencies.intake) as tx:
        assert not end_stay(tx, id, at(2))
    with pytest.raises(StayRefused), database.writing(agencies.intake) as tx:
        end_stay(tx, id, at(3))


def test_a_stay_taken_back_leaves_room_and_comes_back_only_where_there_is_room(
    database, agencies, screening_id
):
    id = stayed(database, agencies.intake, screening_id, "detention", 0)
    for change, changed in (
        (withdraw_stay, True),
        (withdraw_stay, False),
        (restore_stay, True),
        (restore_stay, False),
    ):
        with database.writing(agencies.intake) as tx:
            assert change(tx, id) is changed
    with database.writing(agencies.intake) as tx:
        withdraw_stay(tx, id)
    stayed(database, agencies.intake, screening_id, "hospital", 1)
    with pytest.raises(StaysOverlap), database.writing(agencies.intake) as tx:
        restore_stay(tx, id)
    with pytest.raises(StayRefused), database.writing(agencies.intake) as tx:
        end_stay(tx, id, at(2))
    assert [place for place, _from, _until in stays(database, agencies.intake, screening_id)] == ["hospital"]


@pytest.mark.parametrize(
    ("place", "first", "last"),
    [("", 0, None), ("detention", 400, None), ("detention", 0, 400), ("detention", 2, 2)],
)
def test_a_stay_that_cannot_be_is_refused(database, agencies, screening_id, place, first, last):
    with pytest.raises(StayRefused), database.writing(agencies.intake) as tx:
        record_stay(tx, screening_id, place, at(first), None if last is None else at(last), str(uuid4()))
    with database.reading(agencies.intake) as tx:
        assert tx.session.scalars(select(StayRow)).all() == []


# ---- counting -------------------------------------------------------------------------------------


def test_needs_are_counted_by_youth_with_waits_and_detention(database, agencies):
    for number in range(6):
        screening = opened_by(database, agencies.intake, youth_ref=f"JC-{number}")
        entered(database, agencies.intake, screening)
        entered(database, agencies.intake, screening, need="legal_help", reason="none_exists")
        stayed(database, agencies.intake, screening, "detention", -2, 4)
        # The safe place was entered on a second screening of the same youth.
        later = opened_by(database, agencies.colleague, youth_ref=f"jc {number}")
        stayed(database, agencies.colleague, later, "safe_placement", 4)
    found = counts(database, agencies.supervisor)
    assert (found.entries, found.youths) == (Figure(12), Figure(6))
    assert [(line.key, line.figure.count) for line in found.reasons] == [("none_exists", 6), ("no_bed", 6)]
    assert [(line.key, line.figure.count) for line in found.sexes] == [("girl", 12)]
    assert [(line.key, line.figure.count) for line in found.months] == [("2026-10", 12)]
    assert found.places is not None
    assert (found.places.reached, found.places.waiting) == (Figure(6), Figure(0))
    assert (found.places.median_days, found.places.held) == (4, Figure(6))
    assert found.places.detention_days == pytest.approx(24)


def test_what_was_taken_back_or_lies_outside_is_not_counted(database, agencies):
    for number in range(7):
        screening = opened_by(database, agencies.intake, youth_ref=f"JC-{number}")
        entered(database, agencies.intake, screening)
        id = entered(database, agencies.intake, screening, reason="does_not_take")
        stay = stayed(database, agencies.intake, screening, "safe_placement", 1)
        entered(
            database, agencies.intake, screening, needed_at=datetime.fromisoformat("2026-10-01T04:59:00Z")
        )
        entered(
            database, agencies.intake, screening, needed_at=datetime.fromisoformat("2026-11-01T05:00:00Z")
        )
        with database.writing(agencies.intake) as tx:
            withdraw(tx, id)
            withdraw_stay(tx, stay)
    found = counts(database, agencies.supervisor)
    assert found.entries == Figure(7)
    assert [line.key for line in found.reasons] == ["no_bed"]
    assert found.places is not None
    assert found.places.waiting == Figure(7)
    assert counts(database, agencies.supervisor, SEPTEMBER).entries == Figure(14)


def test_the_agencies_are_counted_apart(database, agencies):
    for number in range(5):
        entered(database, agencies.intake, opened_by(database, agencies.intake, youth_ref=f"JC-{number}"))
    other = opened_by(database, agencies.elsewhere, youth_ref="JC-0")
    entered(database, agencies.elsewhere, other)
    stayed(database, agencies.elsewhere, other, "safe_placement", 1)
    found = counts(database, agencies.administrator)
    assert (found.entries, found.youths) == (Figure(5), Figure(5))
    assert found.places is not None
    assert found.places.waiting == Figure(5)


def test_only_whole_months_that_are_over_are_counted(database, agencies):
    for first, last in ((NOVEMBER, NOVEMBER), (OCTOBER, SEPTEMBER), (date(2020, 1, 1), OCTOBER)):
        with pytest.raises(CountRefused):
            counts(database, agencies.supervisor, first, last)
    assert counts(database, agencies.supervisor).entries == Figure(0)


def test_who_may_count_and_that_it_is_journalled(database, agencies):
    for actor in (agencies.intake, agencies.publisher, agencies.elsewhere):
        with pytest.raises(PermissionRefused):
            counts(database, actor)
        with pytest.raises(PermissionRefused), database.reading(actor) as tx:
            first_month(tx, ORDER.zone)
    counts(database, agencies.supervisor)
    looked = journalled(database, agencies.supervisor, agencies.supervisor.agency_id)
    assert ("unmet_needs.counted", {"format": "page"}) in looked


def test_the_first_month_of_the_ledger(database, agencies, screening_id):
    with database.reading(agencies.supervisor) as tx:
        assert first_month(tx, ORDER.zone) is None
    entered(database, agencies.intake, screening_id, needed_at=datetime.fromisoformat("2026-09-01T03:00:00Z"))
    with database.reading(agencies.supervisor) as tx:
        assert first_month(tx, ORDER.zone) == date(2026, 8, 1)


def test_after_december_comes_january():
    assert following_month(date(2026, 12, 9)) == date(2027, 1, 1)
    assert following_month(date(2026, 1, 31)) == date(2026, 2, 1)
