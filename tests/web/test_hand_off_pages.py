"""Handing sheets on inside the agency, the alert to the unit, what nobody answered, and who may do what."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from bs4 import BeautifulSoup
from hand_off_work import OUTSIDE, answered, link_on, offer, offered_link

from screening.operations.accounts import create_user, deactivate_user
from screening.operations.actors import Role, system_actor
from screening.operations.hand_offs import Offer, escalate_silent, hand_offs_of, offer_hand_off

UNKNOWN = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def officer(browser_of):
    return browser_of(Role.INTAKE_STAFF)


@pytest.fixture
def supervisor(browser_of):
    return browser_of(Role.SUPERVISOR)


@pytest.fixture
def screening(database, people, open_screening_of):
    return answered(
        database,
        people[Role.INTAKE_STAFF].actor,
        open_screening_of(Role.INTAKE_STAFF, youth_ref="JD-4711"),
    )


@pytest.fixture
def made(database, people, screening):
    """A function: the hand-offs of the screening, newest first."""

    def read():
        with database.reading(people[Role.INTAKE_STAFF].actor) as tx:
            return hand_offs_of(tx, screening)

    return read


def to_supervisor(people, **fields):
    return {
        "sheet": "juvenile_detention",
        "to": "colleague",
        "person": people[Role.SUPERVISOR].actor.user_id,
        **fields,
    }


def words_of(page):
    return " ".join(page.select_one("main").get_text(" ").split())


def test_a_colleague_takes_it_and_says_that_it_is_done(officer, supervisor, people, screening, made):
    offer(officer, screening, **to_supervisor(people, note="Extension 7"))
    (one,) = made()
    assert "1 hand-off waits for your answer." in words_of(supervisor.get("/"))
    assert "waits for your answer" not in words_of(officer.get("/"))
    inbox = supervisor.get("/hand-offs")
    assert "JD-4711" in inbox.text
    address = inbox.select_one("td.row-links a")["href"]
    page = supervisor.get(address)
    assert "Extension 7" in page.text
    assert page.select_one("article.sheet h1")
    supervisor.submit(page, f"{address}#answer", answer="acknowledged")
    supervisor.submit(
        supervisor.get(address), f"{address}#answer", answer="done", outcome="Moved to the quiet unit"
    )
    (one,) = made()
    assert one.status == "done"
    shown = words_of(officer.get(f"/screenings/{screening}/hand-offs"))
    assert re.search(r"Taken by Person supervisor, .*Nov 24", shown)
    assert re.search(r"Done by Person supervisor, .*Moved to the quiet unit", shown)


def test_a_refusal_needs_a_reason_and_shows_it_to_the_sender(officer, supervisor, people, screening, made):
    offer(officer, screening, **to_supervisor(people))
    address = f"/hand-offs/{made()[0].id}"
    page = supervisor.open(
        address, 422, method="POST", data={"csrf_token": supervisor.token(), "answer": "declined"}
    )
    assert "Say why you cannot take it." in page.text
    supervisor.post(address, answer="declined", reason="Off duty from six")
    assert made()[0].status == "declined"
    assert "Off duty from six" in officer.get(f"/screenings/{screening}/hand-offs").text
    again = supervisor.open(
        address, 422, method="POST", data={"csrf_token": supervisor.token(), "answer": "done"}
    )
    assert "answered otherwise already" in again.text
    assert made()[0].status == "declined"


def test_only_whom_it_goes_to_can_answer(officer, people, screening, made):
    offer(officer, screening, **to_supervisor(people))
    address = f"/hand-offs/{made()[0].id}"
    page = officer.get(address)
    assert not page.select("main form")
    officer.post(address, 422, answer="acknowledged")
    officer.post(address, 422, answer="stolen")
    assert made()[0].status == "offered"


def test_an_offer_sent_twice_is_one(officer, people, screening, made):
    path = f"/screenings/{screening}/hand-offs"
    page = officer.get(path)
    for _ in range(2):
        officer.submit(page, path, **to_supervisor(people))
    assert len(made()) == 1


def test_what_is_missing_is_said_beside_its_field_and_nothing_typed_is_lost(officer, screening, made):
    answer = offer(
        officer,
        screening,
        422,
        to="outside",
        organization="Police of Invented",
        answer_hours="72",
        link_hours="24",
    )
    page = BeautifulSoup(answer.text, "html.parser")
    named = [link["href"] for link in page.select(".error-summary a")]
    assert named == ["#sheet", "#recipient", "#link_hours"]
    assert page.select_one("#organization")["value"] == "Police of Invented"
    assert page.select_one("#to-outside").has_attr("checked")
    assert made() == ()


@pytest.mark.parametrize(
    "fields",
    [
        {"sheet": "youth"},
        {"sheet": "no_such"},
        {"sheet": "unit_alert"},
        {"to": "everyone"},
        {"answer_hours": "5"},
        {"answer_hours": "many"},
        {"link_hours": "9999"},
        {"recipient": "  "},
        {"note": "x" * 501},
    ],
    ids=str,
)
def test_what_cannot_be_offered_outside(officer, screening, made, fields):
    offer(officer, screening, 422, **{**OUTSIDE, **fields})
    assert made() == ()


def test_nobody_of_another_agency_and_nobody_who_left_is_offered_anything(
    officer, people, database, screening, made
):
    agency = people[Role.INTAKE_STAFF].actor.agency_id
    with database.writing(system_actor(agency)) as tx:
        leaver = create_user(
            tx, username="leaver", name="Lea Ver", role=Role.INTAKE_STAFF, password="correct horse battery"
        )
    path = f"/screenings/{screening}/hand-offs"
    assert "Lea Ver" in officer.get(path).text
    with database.writing(system_actor(agency)) as tx:
        deactivate_user(tx, leaver)
    page = officer.get(path)
    assert "Lea Ver" not in page.text
    shown = {option["value"] for option in page.select("#person option")}
    assert shown == {"", people[Role.SUPERVISOR].actor.user_id}
    for person in (leaver, people[Role.CPS_WORKER].actor.user_id, ""):
        offer(officer, screening, 422, sheet="juvenile_detention", to="colleague", person=person)
    assert made() == ()


def test_link_and_code_stand_on_one_answer_only(officer, screening, made, caplog):
    path = f"/screenings/{screening}/hand-offs"
    page = officer.get(path)
    first = officer.submit(page, path, 200, **OUTSIDE)
    link = link_on(BeautifulSoup(first.text, "html.parser"))
    token = link.path.rsplit("/", 1)[1]
    assert first.headers["Cache-Control"] == "no-store"
    assert first.headers["Referrer-Policy"] == "no-referrer"
    second = officer.submit(page, path, 200, **OUTSIDE)
    assert "shown only once" in second.text
    assert len(made()) == 1
    later = [second, officer.open(path), officer.open(f"/hand-offs/{made()[0].id}"), officer.open("/")]
    for answer in later:
        assert token not in answer.text
        assert link.code not in answer.text
        assert link.code.replace(" ", "") not in answer.text
    assert token not in caplog.text


def test_an_offer_is_taken_back_and_offered_again_with_its_words(officer, screening, made, stranger):
    link = offered_link(officer, screening)
    (one,) = made()
    path = f"/screenings/{screening}/hand-offs"
    officer.submit(officer.get(path), f"{path}/{one.id}/withdraw")
    assert made()[0].status == "withdrawn"
    page = officer.get(path)
    assert "Taken back by Person intake_staff" in words_of(page)
    assert not page.select(f'form[action="{path}/{one.id}/withdraw"]')
    stranger.submit(stranger.get(link.path), link.path, 410, code=link.code)
    again = officer.get(f"{path}?again={one.id}")
    assert again.select_one("#recipient")["value"] == OUTSIDE["recipient"]
    assert again.select_one("#to-outside").has_attr("checked")
    assert again.select_one("#sheet option[selected]")["value"] == "law_enforcement"
    fresh = link_on(BeautifulSoup(officer.submit(again, path, 200).text, "html.parser"))
    assert fresh.path != link.path


def test_staff_close_what_went_outside_but_cannot_take_it(officer, screening, made):
    offered_link(officer, screening)
    address = f"/hand-offs/{made()[0].id}"
    officer.post(address, 422, answer="acknowledged")
    officer.post(address, 422, answer="declined", reason="no")
    assert made()[0].status == "offered"
    officer.submit(officer.get(address), f"{address}#answer", answer="done", outcome="Told by phone, call 7")
    assert made()[0].status == "done"


class TestTheUnit:
    def test_one_press_tells_the_unit_once(self, officer, screening, made):
        result = f"/screenings/{screening}/result"
        path = f"/screenings/{screening}/hand-offs/unit-alert"
        officer.submit(officer.get(result), path)
        officer.post(path, offer=str(uuid4()))
        (one,) = made()
        assert (one.sheet, one.to_unit, one.answer_by - one.offered_at) == (
            "unit_alert",
            True,
            timedelta(hours=1),
        )
        assert not officer.get(result).select(f'form[action="{path}"]')
        assert not officer.get(f"/screenings/{screening}/hand-offs").select(f'form[action="{path}"]')

    def test_everybody_who_read_it_stands_by_name(self, officer, supervisor, screening, made):
        officer.post(f"/screenings/{screening}/hand-offs/unit-alert")
        address = f"/hand-offs/{made()[0].id}"
        supervisor.submit(supervisor.get(address), f"{address}#answer", answer="acknowledged")
        assert "hand-off waits" not in officer.get("/").text
        unit = officer.get("/hand-offs?list=unit")
        assert "You have not read it." in unit.text
        officer.submit(officer.get(address), f"{address}#answer", answer="acknowledged")
        officer.post(address, answer="acknowledged")
        (one,) = made()
        assert [each.name for each in one.taken] == ["Person supervisor", "Person intake_staff"]
        assert "Read by 2 persons" in officer.get("/hand-offs?list=unit").text
        assert "You have not read it." not in officer.get("/hand-offs?list=unit").text
        officer.post(address, 422, answer="declined", reason="not mine")
        officer.post(address, answer="done", outcome="The youth moved")
        (one,) = made()
        assert one.status == "done"
        assert len(one.taken) == 2

    def test_the_alert_says_nothing_of_what_was_said(self, officer, screening, made, rulebook):
        officer.post(f"/screenings/{screening}/hand-offs/unit-alert")
        page = officer.get(f"/hand-offs/{made()[0].id}")
        shown = " ".join(page.select_one("article.sheet").get_text(" ").split())
        assert "JD-4711" in shown
        for hidden in ("exchange_known", "owes_someone", "phone_watched"):
            assert rulebook.questions[hidden].text not in shown
        for indicator in rulebook.indicators.values():
            assert indicator.label not in shown


class TestSilence:
    def test_supervisors_see_all_of_it_and_staff_their_own(
        self, officer, browser_of, people, screening, clock, database
    ):
        offer(officer, screening, **to_supervisor(people, answer_hours="1"))
        assert "no answer in time" not in officer.get("/").text
        clock.pass_by(minutes=61)
        officer, supervisor = browser_of(Role.INTAKE_STAFF), browser_of(Role.SUPERVISOR)
        assert "1 hand-off of the agency got no answer in time." in words_of(supervisor.get("/"))
        assert "1 hand-off of yours got no answer in time." in words_of(officer.get("/"))
        for browser in (officer, supervisor):
            page = browser.get("/hand-offs?list=silent")
            assert "No answer in time" in page.select_one("tbody").text
        assert "No answer in time" in officer.get(f"/screenings/{screening}/hand-offs").text
        assert "1 got no answer in time" in officer.get(f"/screenings/{screening}/result").text
        with database.writing(system_actor(people[Role.SUPERVISOR].actor.agency_id)) as tx:
            assert escalate_silent(tx) == 1
        assert "Supervisors were told" in supervisor.get("/hand-offs?list=silent").text

    def test_a_supervisors_own_silence_is_not_staffs(self, supervisor, browser_of, people, screening, clock):
        offer(
            supervisor,
            screening,
            sheet="juvenile_detention",
            to="colleague",
            person=people[Role.INTAKE_STAFF].actor.user_id,
            answer_hours="1",
        )
        clock.pass_by(minutes=61)
        assert not browser_of(Role.INTAKE_STAFF).get("/hand-offs?list=silent").select("tbody")
        assert len(browser_of(Role.SUPERVISOR).get("/hand-offs?list=silent").select("tbody tr")) == 1

    def test_lists_are_paged(self, supervisor, people, database, screening):
        for_supervisor = Offer(
            sheet="juvenile_detention",
            to_profession="juvenile_detention",
            to_user=people[Role.SUPERVISOR].actor.user_id,
            outside=False,
            words={},
            answer_within=timedelta(hours=1),
        )
        with database.writing(people[Role.INTAKE_STAFF].actor) as tx:
            for _ in range(26):
                offer_hand_off(tx, screening, for_supervisor)
        assert len(supervisor.get("/hand-offs").select("tbody tr")) == 25
        assert len(supervisor.get("/hand-offs?page=2").select("tbody tr")) == 1
        supervisor.get("/hand-offs?page=99999999999999999999")


@pytest.mark.parametrize(
    "role", [Role.CPS_WORKER, Role.ADMINISTRATOR, Role.RULEBOOK_PUBLISHER, None], ids=str
)
def test_whoever_it_does_not_concern(browser_of, officer, people, screening, made, role):
    offer(officer, screening, **to_supervisor(people))
    (one,) = made()
    browser = browser_of(role)
    status = {None: 303, Role.CPS_WORKER: 404}.get(role, 403)
    path = f"/screenings/{screening}/hand-offs"
    browser.open(path, status)
    browser.open(f"/hand-offs/{one.id}", status)
    if role is None:
        return
    for address in (path, f"{path}/unit-alert", f"{path}/{one.id}/withdraw", f"/hand-offs/{one.id}"):
        browser.post(address, status, answer="done", **to_supervisor(people, answer_hours="4"))
    if role is Role.CPS_WORKER:
        assert one.id not in browser.open("/hand-offs").text
    assert made() == (one,)


def test_what_is_nowhere(officer, people, screening, open_screening_of, made):
    offer(officer, screening, **to_supervisor(people))
    (one,) = made()
    other = open_screening_of(Role.INTAKE_STAFF)
    officer.open("/hand-offs/no-id", 404)
    officer.open(f"/hand-offs/{UNKNOWN}", 404)
    officer.post(f"/screenings/{other}/hand-offs/{one.id}/withdraw", 404)
    officer.post(f"/screenings/{screening}/hand-offs/{UNKNOWN}/withdraw", 404)
    assert made()[0].status == "offered"
