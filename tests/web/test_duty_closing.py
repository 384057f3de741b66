"""Closing a duty: with proof or with a reason, taken back, given to a colleague; nothing typed is lost or overwritten."""

from datetime import UTC, datetime

import pytest
from bs4 import BeautifulSoup
from duty_screens import CONCERN, address, card, owed
from result_text import text_of, texts

from screening.operations.actors import Role
from screening.operations.duties import Closing, close_duty


@pytest.fixture
def officer(browser_of):
    return browser_of(Role.INTAKE_STAFF)


def test_a_duty_is_closed_with_proof_and_the_result_tells(officer, screen, kept, clock, browser_of):
    screening_id = screen(**CONCERN)
    page = officer.get(f"/screenings/{screening_id}/result")
    duty = kept(screening_id)["pass_on_concern"]
    assert page.select_one(f'.actions a[href="duties/{duty.id}"]')
    clock.pass_by(hours=3)
    officer = browser_of(Role.INTAKE_STAFF)
    officer.get(address(screening_id, duty.id))
    officer.post(
        address(screening_id, duty.id, "/done"),
        proof="Log 12",
        taken_by="Sergeant B. of unit 3",
        at="2026-11-24T10:30",
    )
    closed = kept(screening_id)["pass_on_concern"]
    assert (closed.status, closed.closed_at) == ("done", datetime(2026, 11, 24, 16, 30, tzinfo=UTC))
    shown = card(owed(officer, screening_id), "Pass the concern on by name")
    for words in ("Done", "Tue, Nov 24, 10:30 CST, entered by Person intake_staff", "Log 12", "Sergeant B."):
        assert words in shown, words
    result = officer.get(f"/screenings/{screening_id}/result")
    said = "Done Tue, Nov 24, 10:30 CST, entered by Person intake_staff"
    assert [each for each in texts(result, ".actions .when") if each == said] == [said]
    assert "Pass the concern on" not in text_of(result, ".do-first")


def test_without_proof_it_stays_open_and_nothing_typed_is_lost(officer, screen, kept):
    screening_id = screen(**CONCERN)
    owed(officer, screening_id)
    duty = kept(screening_id)["pass_on_concern"]
    path = address(screening_id, duty.id)
    answer = officer.post(f"{path}/done", 422, taken_by="", proof="", at="2026-11-24T08:30")
    page = BeautifulSoup(answer.text, "html.parser")
    assert page.select_one(".error-summary a")["href"] == "#proof"
    assert page.select_one("#at")["value"] == "2026-11-24T08:30"
    answer = officer.post(f"{path}/done", 422, proof="Log 9", taken_by="Unit 3", at="2026-11-25T08:30")
    page = BeautifulSoup(answer.text, "html.parser")
    assert page.select_one(".error-summary a")["href"] == "#at"
    assert [page.select_one(f"#{name}")["value"] for name in ("proof", "taken_by")] == ["Log 9", "Unit 3"]
    answer = officer.post(f"{path}/not-done", 422, reason=" ")
    assert "Say why it was not done" in answer.text
    assert kept(screening_id)[duty.action].status == "open"


def test_not_done_with_a_reason_then_taken_back(officer, screen, kept):
    screening_id = screen(**CONCERN)
    owed(officer, screening_id)
    duty = kept(screening_id)["medical_check_72h"]
    path = address(screening_id, duty.id)
    officer.post(f"{path}/not-done", reason="The youth said no")
    shown = card(owed(officer, screening_id), "Offer a medical check")
    assert "Not done" in shown
    assert "The youth said no" in shown
    officer.submit(officer.get(path), f"{path}/reopen")
    assert kept(screening_id)["medical_check_72h"].status == "open"


def test_a_report_made_before_the_screening_counts_and_says_so(officer, screen, kept):
    screening_id = screen(**CONCERN)
    owed(officer, screening_id)
    duty = kept(screening_id)["report_hotline_mo"]
    officer.post(address(screening_id, duty.id, "/done"), proof="12-345", at="2026-11-24T07:00")
    assert "Before its clock started" in card(owed(officer, screening_id), "Report to the Missouri")


def test_sending_the_form_twice_is_fine_but_somebody_elses_closing_is_not_overwritten(
    officer, screen, kept, database, people
):
    screening_id = screen(**CONCERN)
    owed(officer, screening_id)
    duty = kept(screening_id)["pass_on_concern"]
    path = address(screening_id, duty.id)
    for _ in range(2):
        officer.post(f"{path}/done", proof="Log 1")
    with database.writing(people[Role.SUPERVISOR].actor) as tx:
        assert not close_duty(tx, screening_id, duty.id, Closing("done", words={"proof": "Log 2"}))
    answer = officer.post(f"{path}/not-done", 409, reason="Nobody was there")
    page = BeautifulSoup(answer.text, "html.parser")
    assert "Nobody was there" in text_of(page, ".alert")
    assert kept(screening_id)["pass_on_concern"].words == {"proof": "Log 1"}


def test_a_duty_is_given_to_a_colleague_who_works_here(officer, screen, kept, people, browser_of):
    screening_id = screen(**CONCERN)
    owed(officer, screening_id)
    duty = kept(screening_id)["pass_on_concern"]
    path = address(screening_id, duty.id)
    offered = [option["value"] for option in officer.get(path).select("#to option")]
    assert offered == ["", people[Role.INTAKE_STAFF].actor.user_id, people[Role.SUPERVISOR].actor.user_id]
    supervisor = people[Role.SUPERVISOR].actor.user_id
    officer.post(f"{path}/assign", to=supervisor)
    assert "Seen to by Person supervisor" in card(owed(officer, screening_id), "Pass the concern on")
    for stranger in (people[Role.CPS_WORKER], people[Role.ADMINISTRATOR]):
        answer = officer.post(f"{path}/assign", 422, to=stranger.actor.user_id)
        assert "no such person in your agency" in answer.text
    assert "Pass the concern on" in text_of(browser_of(Role.SUPERVISOR).get("/duties?who=mine"), "table")
    assert "Pass the concern on" not in text_of(officer.get("/duties?who=mine"), "table")
    officer.post(f"{path}/assign", to="")
    assert kept(screening_id)["pass_on_concern"].assigned_to is None
