"""Referrals on both databases: only allowed orders get through, every step is kept, nobody overwrites anybody."""

from datetime import timedelta
from uuid import uuid4

import pytest
from directory_examples import uid
from directory_files import bring_in, levelled
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from screening.core.rulebook import Rulebook
from screening.operations.actors import Actor, PermissionRefused, Role
from screening.operations.database import Database
from screening.operations.referrals import (
    LONGEST_WORDS,
    Referral,
    ReferralChanged,
    ReferralExists,
    ReferralNotFound,
    ReferralRefused,
    StepRule,
    StepRules,
    make_referral,
    open_referrals,
    quiet_referrals,
    record_step,
    referrals_of,
)
from screening.operations.screenings import ScreeningNotFound
from screening.store.help_models import ReferralRow, ReferralStepRow
from screening.store.journal_actions import AuditAction
from screening.store.models import JournalEntry
from tests.conftest import SteppingClock
from tests.store.two_agencies import TwoAgencies, add_person, opened_by

OPEN, ROBIN, SECRET = (uid(name) for name in ("Open Service", "Robin Service", "Undisclosed Canary Service"))
NEED = "survivor_advocate"


@pytest.fixture
def rules(rulebook: Rulebook) -> StepRules:
    """The steps as they ship."""
    assert rulebook.placement is not None
    return {
        step.id: StepRule(None if step.after is None else frozenset(step.after), step.ends)
        for step in rulebook.placement.referral_steps
    }


@pytest.fixture
def stocked(database: Database, agencies: TwoAgencies) -> None:
    """Both agencies have the same directory, with a service of each level of confidentiality."""
    for agency in (agencies.intake.agency_id, agencies.elsewhere.agency_id):
        bring_in(
            database, add_person(database, agency, f"editor-{agency}", Role.DIRECTORY_EDITOR), levelled()
        )


@pytest.fixture
def refer(database: Database, agencies: TwoAgencies, rules: StepRules, stocked: None):
    """A function: a screening → the id of a new referral of it."""

    def make(screening_id: str, service: str = OPEN, actor: Actor | None = None, note: str = "") -> str:
        id = str(uuid4())
        with database.writing(actor or agencies.intake) as tx:
            assert make_referral(tx, screening_id, service, NEED, "offered", {"note": note}, id, steps=rules)
        return id

    return make


@pytest.fixture
def go(database: Database, agencies: TwoAgencies, rules: StepRules):
    """A function: record a step; out: whether it was new."""

    def record(referral: str, step: str, at=None, actor: Actor | None = None, id: str = "", **more) -> bool:
        words = {"note": more.pop("note", "")}
        with database.writing(actor or agencies.intake) as tx:
            return record_step(tx, referral, step, at, words, id or str(uuid4()), steps=rules, **more)

    return record


def seen(database: Database, actor: Actor, screening_id: str) -> tuple[Referral, ...]:
    with database.reading(actor) as tx:
        return referrals_of(tx, screening_id)


def listed(database: Database, actor: Actor, **more: int):
    with database.reading(actor) as tx:
        return open_referrals(tx, **more)


def test_a_referral_is_followed_from_the_offer_to_its_end(database, agencies, refer, go):
    screening = opened_by(database, agencies.intake)
    referral = refer(screening, note="Offered in the visiting room")
    path = ("accepted", "contacted", "waiting", "admitted", "left", "admitted", "completed")
    for step in path:
        assert go(referral, step, actor=agencies.colleague, note=f"about {step}")
    (found,) = seen(database, agencies.supervisor, screening)
    assert [each.step for each in found.steps] == ["offered", *path]
    assert [each.note for each in found.steps] == [
        "Offered in the visiting room",
        *(f"about {step}" for step in path),
    ]
    assert {each.recorded_by_name for each in found.steps} == {"Intake", "Colleague"}
    assert (found.ended_at, found.last.step) == (found.last.at, "completed")
    assert listed(database, agencies.intake).total == 0


def test_a_no_is_kept_and_closes_nothing_for_ever(database, agencies, refer, go):
    screening = opened_by(database, agencies.intake)
    referral = refer(screening)
    go(referral, "declined")
    assert seen(database, agencies.intake, screening)[0].ended_at is not None
    again = refer(screening)  # it can be offered again
    go(again, "declined")
    go(referral, "accepted")  # or the youth changes their mind
    first, second = seen(database, agencies.intake, screening)
    assert [each.step for each in first.steps] == ["offered", "declined", "accepted"]
    assert first.ended_at is None
    assert [each.step for each in second.steps] == ["offered", "declined"]
    assert [each.id for each in listed(database, agencies.intake).items] == [referral]


def test_sent_twice_it_is_one(database, agencies, rules, refer, go):
    screening = opened_by(database, agencies.intake)
    referral = refer(screening)
    with database.writing(agencies.intake) as tx:
        assert not make_referral(tx, screening, OPEN, NEED, "offered", {}, referral, steps=rules)
    step = str(uuid4())
    assert [go(referral, "accepted", id=step, seen=1) for _ in range(3)] == [True, False, False]
    assert len(seen(database, agencies.intake, screening)[0].steps) == 2
    with pytest.raises(ReferralRefused, match="sent before"):
        go(referral, "contacted", id=step)


def test_two_at_once_are_told_and_nothing_is_overwritten(database, agencies, rules, refer, go):
    screening = opened_by(database, agencies.intake)
    referral = refer(screening)
    assert go(referral, "accepted", seen=1)
    with pytest.raises(ReferralChanged, match="meanwhile"):
        go(referral, "declined", seen=1, actor=agencies.colleague)
    assert [each.step for each in seen(database, agencies.intake, screening)[0].steps] == [
        "offered",
        "accepted",
    ]
    with pytest.raises(ReferralExists) as refused, database.writing(agencies.colleague) as tx:
        make_referral(tx, screening, OPEN, NEED, "offered", {}, str(uuid4()), steps=rules)
    assert refused.value.referral_id == referral
    assert len(seen(database, agencies.intake, screening)) == 1


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_only_allowed_orders_get_through_and_nothing_is_lost(
    database, agencies, rulebook, rules, refer, go, data
):
    wanted = data.draw(st.lists(st.sampled_from(sorted(rules)), max_size=12))
    screening = opened_by(database, agencies.intake)
    referral = refer(screening)
    kept = ["offered"]
    allowed = {step.id: step.after for step in rulebook.placement.referral_steps}
    for step in wanted:
        may_follow = allowed[step] is not None and kept[-1] in allowed[step]
        if may_follow:
            assert go(referral, step, note=step)
            kept.append(step)
        else:
            with pytest.raises(ReferralRefused):
                go(referral, step, note=step)
    (found,) = seen(database, agencies.intake, screening)
    assert [each.step for each in found.steps] == kept
    assert [each.sequence for each in found.steps] == list(range(1, len(kept) + 1))
    assert [each.note for each in found.steps] == ["", *kept[1:]]
    assert [each.at for each in found.steps] == sorted(each.at for each in found.steps)
    ends = next(step.ends for step in rulebook.placement.referral_steps if step.id == kept[-1])
    assert (found.ended_at is not None) is ends
    assert (
        referral in {each.id for each in listed(database, agencies.intake, per_page=100).items}
    ) is not ends


@pytest.mark.parametrize("step", ["accepted", "no_such_step", ""])
def test_a_referral_begins_where_the_rules_say(database, agencies, rules, stocked, step):
    screening = opened_by(database, agencies.intake)
    with pytest.raises(ReferralRefused), database.writing(agencies.intake) as tx:
        make_referral(tx, screening, OPEN, NEED, step, {}, str(uuid4()), steps=rules)


@pytest.mark.parametrize("service", [SECRET, "no-such-service", ""])
def test_what_may_not_be_seen_is_not_there(database, agencies, rules, stocked, service):
    screening = opened_by(database, agencies.intake)
    with pytest.raises(ReferralRefused, match="no such service"), database.writing(agencies.intake) as tx:
        make_referral(tx, screening, service, NEED, "offered", {}, str(uuid4()), steps=rules)
    assert seen(database, agencies.intake, screening) == ()


def test_a_confidential_service_may_be_referred_to(database, agencies, refer):
    screening = opened_by(database, agencies.intake)
    assert seen(database, agencies.intake, screening) == ()
    refer(screening, ROBIN)
    assert seen(database, agencies.intake, screening)[0].service_id == ROBIN


def test_times_go_forward_and_never_into_the_future(database, agencies, refer, go, clock: SteppingClock):
    screening = opened_by(database, agencies.intake)
    referral = refer(screening)
    offered = seen(database, agencies.intake, screening)[0].last.at
    for wrong in (clock.moment + timedelta(days=1), offered - timedelta(minutes=2)):
        with pytest.raises(ReferralRefused):
            go(referral, "accepted", wrong)
    # A field for a time knows no seconds.
    assert go(referral, "accepted", offered.replace(second=0))
    first, second = seen(database, agencies.intake, screening)[0].steps
    assert second.at == first.at


@pytest.mark.parametrize(
    "words", [{"note": "x" * (LONGEST_WORDS + 1)}, {"note": "a\nb"}, {"name": "somebody"}]
)
def test_words_are_one_short_note(database, agencies, rules, refer, words):
    screening = opened_by(database, agencies.intake)
    referral = refer(screening)
    with pytest.raises(ReferralRefused), database.writing(agencies.intake) as tx:
        record_step(tx, referral, "accepted", None, words, str(uuid4()), steps=rules)
    with pytest.raises(ReferralRefused), database.writing(agencies.intake) as tx:
        make_referral(tx, screening, ROBIN, NEED, "offered", words, str(uuid4()), steps=rules)


def test_the_list_begins_with_what_waited_longest(database, agencies, refer, go, clock: SteppingClock):
    mine, other = (opened_by(database, agencies.intake, ref) for ref in ("JC-1", "JC-2"))
    first, second = refer(mine), refer(other)
    clock.moment += timedelta(days=8)
    third = refer(mine, ROBIN)
    go(first, "accepted")
    assert [each.id for each in listed(database, agencies.intake).items] == [second, third, first]
    page = listed(database, agencies.colleague, page=2, per_page=2)
    assert ([each.id for each in page.items], page.total, page.pages) == ([first], 3, 2)
    assert (page.items[0].youth_ref, page.items[0].step, page.items[0].made_by_name) == (
        "JC-1",
        "accepted",
        "Intake",
    )
    with database.reading(agencies.intake) as tx:
        assert quiet_referrals(tx, tx.now - timedelta(days=7)) == 1
    with database.reading(agencies.intake) as tx:
        actions = {row.action for row in tx.session.execute(select(JournalEntry)).scalars()}
    assert {AuditAction.REFERRALS_LISTED, AuditAction.REFERRAL_MADE} <= actions


def test_another_agency_sees_and_changes_nothing(database, agencies, rules, refer, go):
    screening = opened_by(database, agencies.intake)
    referral = refer(screening)
    assert listed(database, agencies.elsewhere).total == 0
    with pytest.raises(ScreeningNotFound):
        seen(database, agencies.elsewhere, screening)
    with pytest.raises(ReferralNotFound):
        go(referral, "accepted", actor=agencies.elsewhere)
    own = opened_by(database, agencies.elsewhere)
    for target, id, told in (
        (screening, str(uuid4()), ScreeningNotFound),
        (own, referral, ReferralNotFound),
    ):
        with pytest.raises(told), database.writing(agencies.elsewhere) as tx:
            make_referral(tx, target, OPEN, NEED, "offered", {}, id, steps=rules)
    assert len(seen(database, agencies.intake, screening)[0].steps) == 1
    assert seen(database, agencies.elsewhere, own) == ()


def test_who_may(database, agencies, rules, refer, go):
    screening = opened_by(database, agencies.intake)
    referral = refer(screening)
    for nobody in (agencies.publisher, agencies.administrator, None):
        with pytest.raises(PermissionRefused), database.reading(nobody) as tx:
            open_referrals(tx)
        with pytest.raises(PermissionRefused), database.reading(nobody) as tx:
            referrals_of(tx, screening)
        with pytest.raises(PermissionRefused), database.writing(nobody) as tx:
            record_step(tx, referral, "accepted", None, {}, str(uuid4()), steps=rules)
        with pytest.raises(PermissionRefused), database.writing(nobody) as tx:
            make_referral(tx, screening, OPEN, NEED, "offered", {}, str(uuid4()), steps=rules)
    for id in ("", "x" * 36 + "y", str(uuid4())):
        with pytest.raises(ReferralNotFound):
            go(id, "accepted")


def test_notes_are_sealed_and_steps_stand_in_the_journal(database, agencies, refer, go):
    screening = opened_by(database, agencies.intake)
    referral = refer(screening, note="CANARY-NOTE")
    go(referral, "accepted")
    with database.reading(agencies.intake) as tx:
        rows = tx.session.execute(select(ReferralStepRow).order_by(ReferralStepRow.sequence)).scalars().all()
        kept = tx.session.execute(select(ReferralRow)).scalar_one()
        journal = " ".join(
            f"{each.action} {each.subject} {each.detail}"
            for each in tx.session.execute(select(JournalEntry)).scalars()
        )
    assert rows[0].sealed is not None
    assert b"CANARY" not in rows[0].sealed
    assert rows[1].sealed is None
    assert (kept.step, kept.step_at) == ("accepted", rows[1].at)
    assert "CANARY" not in journal
    assert journal.count(AuditAction.REFERRAL_STEP_RECORDED.value) == 2
