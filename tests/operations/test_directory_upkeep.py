"""Checks by telephone, the order of calls, counts, reported errors and their history, on both databases."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from directory_edits import changes, edit, present, verified_at
from directory_examples import uid
from directory_files import HIDDEN, bring_in, levelled, service
from sqlalchemy import insert, select, update

from screening.core.placement_shapes import VerificationRules
from screening.operations.actors import ACCOUNT_ROLES, ALLOWED, PermissionRefused, Role, Verb
from screening.operations.directory import EntryNotFound, Query, list_entries
from screening.operations.directory.checks import (
    CheckRefused,
    Show,
    call_queue,
    checks_of,
    directory_counts,
    record_check,
)
from screening.operations.directory.errors import (
    ErrorRefused,
    close_error,
    my_reports,
    open_errors,
    report_error,
)
from screening.operations.directory.history import service_history
from screening.store.directory_models import ServiceRow
from screening.store.help_models import ContactAttemptRow, DirectoryCheckRow, ReferralRow
from screening.store.models import JournalEntry
from tests.store.two_agencies import add_person, opened_by

RULES = VerificationRules(warn_days=180, demote_days=365)
FIELDS = ("phone", "hours", "closed")


@pytest.fixture
def editor(database, agencies):
    return add_person(database, agencies.intake.agency_id, "editor", Role.DIRECTORY_EDITOR)


@pytest.fixture
def stocked(database, editor):
    """Services A to E of one organization; nobody has verified any."""
    bring_in(database, editor, [service(name, f"816-555-010{n}") for n, name in enumerate("ABCDE")])


def age(database, editor, name, **ago):
    with database.writing(editor) as tx:
        tx.session.execute(
            update(ServiceRow).where(ServiceRow.id == uid(name)).values(verified_at=tx.now - timedelta(**ago))
        )


def use(database, agencies, name, times, **ago):
    """Attempts to reach a service, made some time ago."""
    screening_id = opened_by(database, agencies.intake)
    with database.writing(agencies.intake) as tx:
        rows = [
            {
                "id": str(uuid4()),
                "agency_id": agencies.intake.agency_id,
                "screening_id": screening_id,
                "service_id": uid(name),
                "outcome": "no_answer",
                "at": tx.now - timedelta(**ago),
                "recorded_by": agencies.intake.user_id,
                "recorded_at": tx.now,
                "sealed": None,
            }
            for _ in range(times)
        ]
        tx.session.execute(insert(ContactAttemptRow), rows)


def refer(database, agencies, name):
    screening_id = opened_by(database, agencies.intake)
    with database.writing(agencies.intake) as tx:
        row = {"id": str(uuid4()), "agency_id": agencies.intake.agency_id, "screening_id": screening_id}
        row |= {
            "service_id": uid(name),
            "need": "shelter",
            "made_by": agencies.intake.user_id,
            "made_at": tx.now,
        }
        tx.session.execute(
            insert(ReferralRow), [{**row, "step": "offered", "step_at": tx.now, "ended_at": None}]
        )


def queue(database, editor, **options):
    with database.reading(editor) as tx:
        found = call_queue(tx, RULES, **options)
    return [each.name for each in found.items]


def check(database, editor, name, outcome, **words):
    with database.writing(editor) as tx:
        return record_check(tx, uid(name), outcome, **{"spoke_with": "Desk", **words})


@pytest.mark.usefixtures("stocked")
def test_who_is_called_first(database, editor, agencies):
    for name, days in (("A", 10), ("B", 200), ("C", 400)):
        age(database, editor, name, days=days)
    use(database, agencies, "E", 2, days=3)
    assert queue(database, editor) == ["E", "D", "C", "B", "A"]
    use(database, agencies, "D", 9, days=181)
    assert queue(database, editor) == ["E", "D", "C", "B", "A"]
    refer(database, agencies, "D")
    use(database, agencies, "D", 2, days=179)
    assert queue(database, editor) == ["D", "E", "C", "B", "A"]
    with database.reading(editor) as tx:
        assert {each.name: each.uses for each in call_queue(tx, RULES).items if each.uses} == {"D": 3, "E": 2}
    assert queue(database, editor, show=Show.UNVERIFIED) == ["D", "E"]
    assert queue(database, editor, show=Show.DEMOTED) == ["C"]
    assert queue(database, editor, show=Show.WARNED) == ["B"]
    assert queue(database, editor, show=Show.USED) == ["D", "E"]
    assert queue(database, editor, page=2, per_page=2) == ["C", "B"]


@pytest.mark.usefixtures("stocked")
def test_counts_say_how_much_is_verified(database, editor, agencies):
    bring_in(database, editor, levelled(), source="other")
    for name, days in (("A", 10), ("B", 200), ("C", 400)):
        age(database, editor, name, days=days)
    for actor in (editor, agencies.administrator, agencies.intake):
        with database.reading(actor) as tx:
            counts = directory_counts(tx, RULES)
        assert (counts.verified, counts.unverified, counts.warned, counts.demoted) == (3, 5, 1, 1)
    check(database, editor, "D", "closed")
    with database.reading(editor) as tx:
        assert directory_counts(tx, RULES).unverified == 4
    with database.reading(agencies.elsewhere) as tx:
        assert directory_counts(tx, RULES).unverified == 0


@pytest.mark.usefixtures("stocked")
def test_right_verifies_and_not_reached_does_not(database, editor):
    check(database, editor, "A", "not_reached", spoke_with="")
    assert verified_at(database, editor, uid("A")) is None
    check(database, editor, "A", "right", note="All of it")
    assert verified_at(database, editor, uid("A")) is not None
    with database.reading(editor) as tx:
        (latest, earlier) = checks_of(tx, uid("A"))
        (shown,) = list_entries(tx, "service", Query(search="a", minimal=False, per_page=1)).contents
    assert (latest.outcome, latest.spoke_with, latest.note) == ("right", "Desk", "All of it")
    assert (earlier.outcome, latest.checked_by_name) == ("not_reached", "Editor")
    assert shown["assured_date"]
    assert [each[::2] for each in changes(database, editor, uid("A"))] == [
        ("@checked", "not_reached"),
        ("@checked", "right"),
    ]


@pytest.mark.usefixtures("stocked")
def test_a_change_after_the_check_takes_the_verification_away(database, editor, rulebook):
    check(database, editor, "A", "right")
    edit(database, editor, uid("A"), rulebook, alert="New")
    assert verified_at(database, editor, uid("A")) is None
    check(database, editor, "A", "changed")
    assert verified_at(database, editor, uid("A")) is not None


@pytest.mark.usefixtures("stocked")
def test_closed_closes_the_entry_and_no_import_opens_it(database, editor, rulebook):
    check(database, editor, "A", "closed")
    assert present(database, editor, uid("A"), rulebook).entry.status == "defunct"
    assert "A" not in queue(database, editor)
    bring_in(database, editor, [service(name, "816-555-0100", alert="New") for name in "ABCDE"])
    assert present(database, editor, uid("A"), rulebook).entry.status == "defunct"
    assert ("status", "active", "defunct") in changes(database, editor, uid("A"))


@pytest.mark.usefixtures("stocked")
def test_not_reached_is_counted_since_somebody_was_last_reached(database, editor):
    check(database, editor, "A", "not_reached")
    check(database, editor, "A", "right")
    for _ in range(2):
        check(database, editor, "A", "not_reached")
    assert queue(database, editor, show=Show.NOT_REACHED) == []
    check(database, editor, "A", "not_reached")
    assert queue(database, editor, show=Show.NOT_REACHED) == ["A"]
    with database.reading(editor) as tx:
        (tried,) = (each for each in call_queue(tx, RULES).items if each.name == "A")
    assert tried.not_reached == 3


@pytest.mark.usefixtures("stocked")
def test_whoever_was_tried_lately_waits(database, editor, clock):
    check(database, editor, "A", "not_reached")
    assert queue(database, editor) == ["B", "C", "D", "E", "A"]
    clock.moment += timedelta(days=2)
    assert queue(database, editor) == ["A", "B", "C", "D", "E"]


@pytest.mark.usefixtures("stocked")
def test_a_check_that_cannot_be_is_refused_and_one_sent_twice_is_one(database, editor):
    for outcome, spoke_with in (("fine", "Desk"), ("right", " "), ("closed", ""), ("right", "x" * 501)):
        with pytest.raises(CheckRefused):
            check(database, editor, "A", outcome, spoke_with=spoke_with)
    for _ in range(2):
        check(database, editor, "A", "right", check_id=uid("check"))
    with database.reading(editor) as tx:
        assert len(tx.session.execute(select(DirectoryCheckRow.id)).all()) == 1


@pytest.mark.usefixtures("stocked")
def test_who_may_check_report_and_close(database, editor, agencies):
    for role in ACCOUNT_ROLES:
        actor = replace(editor, role=role)
        with database.reading(actor) as tx:
            assert my_reports(tx).total == 0
        if Verb.EDIT_DIRECTORY in ALLOWED[role]:
            continue
        for asked in (open_errors, lambda tx: call_queue(tx, RULES), lambda tx: checks_of(tx, uid("A"))):
            with pytest.raises(PermissionRefused), database.reading(actor) as tx:
                asked(tx)
        with pytest.raises(PermissionRefused), database.writing(actor) as tx:
            record_check(tx, uid("A"), "right", spoke_with="Desk")
        with pytest.raises(PermissionRefused), database.writing(actor) as tx:
            close_error(tx, uid("error"), "mended")


def test_what_must_not_be_seen_is_neither_called_nor_reported_on(database, editor, agencies):
    bring_in(database, editor, levelled())
    secret = uid("Undisclosed Canary Service")
    with database.reading(editor) as tx:
        told = repr(call_queue(tx, RULES))
    assert not [each for each in HIDDEN if each in told]
    assert "Robin Service" in told
    with pytest.raises(EntryNotFound), database.writing(editor) as tx:
        record_check(tx, secret, "right", spoke_with="Desk")
    for actor, entry in ((editor, secret), (agencies.administrator, uid("Robin Service"))):
        with pytest.raises(EntryNotFound), database.writing(actor) as tx:
            report_error(tx, entry, ["phone"], "", known=FIELDS)


@pytest.mark.usefixtures("stocked")
def test_an_error_is_reported_seen_to_and_told_back(database, editor, agencies):
    with database.writing(agencies.intake) as tx:
        error_id = report_error(tx, uid("A"), ["closed", "phone", "made_up"], " Rings on ", known=FIELDS)
    with database.reading(editor) as tx:
        (one,) = open_errors(tx).items
    assert (one.service_name, one.fields, one.note, one.reported_by_name) == (
        "A",
        ("phone", "closed"),
        "Rings on",
        "Intake",
    )
    assert queue(database, editor, show=Show.ERRORS) == ["A"]
    for status in ("mended", "not_wrong"):  # the second comes too late and changes nothing
        with database.writing(editor) as tx:
            assert close_error(tx, error_id, status) == uid("A")
    with database.reading(agencies.intake) as tx:
        (mine,) = my_reports(tx).items
    assert (mine.status, mine.closed_by_name) == ("mended", "Editor")
    with database.reading(editor) as tx:
        assert open_errors(tx).total == 0
        journal = tx.session.execute(select(JournalEntry.action, JournalEntry.detail)).all()
    actions = [row.action for row in journal]
    assert actions.count("directory.error_reported") == actions.count("directory.error_closed") == 1
    assert "Rings" not in str(journal)


@pytest.mark.usefixtures("stocked")
def test_a_report_that_cannot_be_is_refused(database, editor, agencies):
    for fields, note in (([], ""), (["made_up"], ""), (["phone"], "x" * 501)):
        with pytest.raises(ErrorRefused), database.writing(agencies.intake) as tx:
            report_error(tx, uid("A"), fields, note, known=FIELDS)
    with pytest.raises(EntryNotFound), database.writing(agencies.elsewhere) as tx:
        report_error(tx, uid("A"), ["phone"], "", known=FIELDS)
    with pytest.raises(ErrorRefused), database.writing(editor) as tx:
        close_error(tx, uid("error"), "gone")
    with pytest.raises(EntryNotFound), database.writing(editor) as tx:
        close_error(tx, uid("error"), "mended")


@pytest.mark.usefixtures("stocked")
def test_history_has_every_edit_import_and_check_the_latest_first(database, editor, agencies, rulebook):
    edit(database, editor, uid("A"), rulebook, alert="One")
    check(database, editor, "A", "right")
    bring_in(database, editor, [service(n, "816-555-0100", alert="Two") for n in "ABCDE"], take_theirs=True)
    with database.reading(agencies.intake) as tx:
        lines = service_history(tx, uid("A")).lines
    told = [(line.field, line.before, line.after) for line in lines]
    assert ("alert", None, "One") in told
    assert ("alert", "One", "Two") in told
    assert ("@checked", None, "right") in told
    assert ("@imported", None, "list") in told
    moments = [line.changed_at for line in lines]
    assert moments == sorted(moments, reverse=True)
    assert database.verify().is_sound


@pytest.mark.usefixtures("stocked")
def test_restricted_traits_are_told_to_those_who_place_youths_only(database, editor, agencies, rulebook):
    edit(database, editor, uid("A"), rulebook, traits={"security": ("Two doors",)})
    for actor, told in ((agencies.intake, True), (agencies.administrator, False)):
        with database.reading(actor) as tx:
            found = service_history(tx, uid("A"), restricted=["security"])
        assert ("Two doors" in repr(found)) == told
