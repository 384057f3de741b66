"""Sign-off: what waits, the three decisions, both levels always together, and when a screening can be changed."""

import re

import pytest
from bs4 import BeautifulSoup
from hand_off_work import CONCERN, answered

from screening.operations.actors import Role
from screening.operations.reviews import reviews_of
from screening.operations.screenings import complete_screening, find_screening

NO_SIGN = {"birth_date": "2011-03-14"}


@pytest.fixture
def officer(browser_of):
    return browser_of(Role.INTAKE_STAFF)


@pytest.fixture
def supervisor(browser_of):
    return browser_of(Role.SUPERVISOR)


@pytest.fixture
def completed(database, people, open_screening_of):
    """A function: answers → the id of a completed screening of the intake officer, or of another role's person."""

    def complete(answers: dict[str, str] = CONCERN, role: Role = Role.INTAKE_STAFF) -> str:
        actor = people[role].actor
        screening = answered(database, actor, open_screening_of(role, youth_ref="JD-4711"), answers)
        with database.writing(actor) as tx:
            complete_screening(tx, screening)
        return screening

    return complete


@pytest.fixture
def kept(database, people):
    """A function: a screening → its reviews, and its status."""

    def read(screening):
        with database.reading(people[Role.INTAKE_STAFF].actor) as tx:
            return reviews_of(tx, screening), find_screening(tx, screening).status

    return read


def words_of(answer):
    soup = answer if hasattr(answer, "select_one") else BeautifulSoup(answer.text, "html.parser")
    return " ".join(soup.select_one("main").get_text(" ").split())


def decide(browser, screening, decision, status=303, /, **fields):
    """Send the form of one decision as the page shows it."""
    path = f"/screenings/{screening}/review"
    page = browser.get(path)
    (form,) = [each.find_parent("form") for each in page.select(f'input[name=decision][value="{decision}"]')]
    values = {each["name"]: each["value"] for each in form.select("input[type=hidden]")}
    return browser.open(path, status, method="POST", data={"reason": "", **values, **fields})


def levels_of(page):
    """What the page says that was found, and what was set."""
    return [each.get_text(strip=True) for each in page.select(".levels b")]


def test_what_waits_recognized_concern_first(officer, supervisor, completed, clock):
    plain = completed(NO_SIGN)
    clock.pass_by(minutes=1)
    concern = completed()
    officer.get(f"/screenings/{concern}/result")  # the first look starts the clocks
    page = supervisor.get("/reviews")
    assert [link["href"] for link in page.select("tbody a")] == [
        f"/screenings/{each}/review" for each in (concern, plain)
    ]
    assert "2 screenings wait" in page.text
    assert "Concern noted" in page.select("tbody tr")[0].text
    decide(supervisor, concern, "agreed")
    assert len(supervisor.get("/reviews").select("tbody tr")) == 1
    supervisor.get("/reviews?page=99999999999999999999")


def test_the_list_is_paged(supervisor, completed):
    for _ in range(26):
        completed(NO_SIGN)
    assert len(supervisor.get("/reviews").select("tbody tr")) == 25
    assert len(supervisor.get("/reviews?page=2").select("tbody tr")) == 1


def test_agreeing_needs_no_reason(supervisor, officer, completed, kept):
    screening = completed()
    decide(supervisor, screening, "agreed")
    reviews, status = kept(screening)
    assert ([each.decision for each in reviews], status) == (["agreed"], "completed")
    assert "Person supervisor agreed on" in words_of(officer.get(f"/screenings/{screening}/result"))
    assert levels_of(supervisor.get(f"/screenings/{screening}/review"))[1] == "Nothing else"


def test_a_lower_level_stands_beside_what_was_found_and_takes_nothing_away(
    supervisor, officer, completed, kept
):
    screening = completed()
    before = officer.get(f"/screenings/{screening}/result")
    found = before.select_one("#concern").get_text(strip=True)
    decide(supervisor, screening, "overridden", level_set="none", reason="Two officers saw the papers")
    after = officer.get(f"/screenings/{screening}/result")
    assert after.select_one("#concern").get_text(strip=True) == found
    sentence = words_of(after)
    assert re.search(
        rf"The rules found “{found}”; Person supervisor set “.*?” on .*? because: Two officers saw", sentence
    )
    assert "A lower level takes nothing away" in sentence
    for kind in ("#stops", ".actions li", "#victim", ".do-first li"):
        assert [each.get_text(strip=True) for each in after.select(kind)] == [
            each.get_text(strip=True) for each in before.select(kind)
        ]
    assert after.select_one("#overridden").find_parent(class_="no-print") is None
    shown, set_level = levels_of(supervisor.get(f"/screenings/{screening}/review"))
    assert shown == found
    assert set_level not in ("", found)
    duties = words_of(officer.get(f"/screenings/{screening}/duties"))
    assert "No longer asked for" not in duties


def test_a_higher_level_adds_what_must_come_first(supervisor, officer, completed, rulebook):
    screening = completed(NO_SIGN)
    report = next(each for each in rulebook.concern.interruptions if each.id == "report_first")
    adult = next(each for each in rulebook.concern.interruptions if each.id == "concern_about_adult")
    assert report.title not in officer.get(f"/screenings/{screening}/result").text
    decide(supervisor, screening, "overridden", level_set="possible", reason="The hospital called")
    for browser, page in ((officer, "result"), (supervisor, "review")):
        shown = browser.get(f"/screenings/{screening}/{page}")
        notice = shown.select_one(".raised")
        assert notice.h2.get_text(strip=True) == report.title
        assert "1-800-392-3738" in notice.text
        assert notice.select_one(f'a[href="/screenings/{screening}/duties"]')
        assert adult.title not in shown.select_one("main").text
    decide(supervisor, screening, "agreed", reason="The hospital erred")
    page = officer.get(f"/screenings/{screening}/result")
    assert not page.select(".raised")
    assert "The hospital called" in page.text


def test_sending_back_opens_it_again(supervisor, officer, completed, kept):
    screening = completed()
    decide(supervisor, screening, "sent_back", reason="The record of the hospital is missing")
    reviews, status = kept(screening)
    assert (reviews[0].decision, status) == ("sent_back", "open")
    page = supervisor.get(f"/screenings/{screening}/review")
    assert "This screening is still open." in page.text
    assert not page.select("main form")
    assert "The record of the hospital is missing" in officer.get(f"/screenings/{screening}/result").text


@pytest.mark.parametrize(
    ("decision", "fields", "links"),
    [
        ("overridden", {"level_set": "none"}, ["#reason-overridden"]),
        ("overridden", {"reason": "because"}, ["#level_set"]),
        ("overridden", {"reason": "because", "level_set": "cleared"}, ["#level_set"]),
        ("overridden", {}, ["#level_set", "#reason-overridden"]),
        ("sent_back", {"reason": " \n "}, ["#reason-sent_back"]),
        ("sent_back", {"reason": "x" * 1001}, ["#reason-sent_back"]),
        ("agreed", {"decision": "erased"}, ["#decision"]),
    ],
)
def test_what_is_missing_is_said_beside_its_field(supervisor, completed, kept, decision, fields, links):
    screening = completed()
    answer = decide(supervisor, screening, decision, 422, **fields)
    soup = BeautifulSoup(answer.text, "html.parser")
    assert [each["href"] for each in soup.select(".error-summary a")] == links
    assert kept(screening)[0] == ()


def test_ones_own_is_somebody_elses_to_review(supervisor, completed, kept):
    own = completed(role=Role.SUPERVISOR)
    page = supervisor.get(f"/screenings/{own}/review")
    assert "You opened this screening yourself. Somebody else reviews it." in words_of(page)
    assert not page.select("main form")
    found = supervisor.get(f"/screenings/{own}/result")
    assert found.select_one("#concern")
    for result in ("clear", "possible", "none", "cannot_rule_out"):
        supervisor.post(f"/screenings/{own}/review", 409, decision="agreed", found=result)
    assert kept(own)[0] == ()


def test_a_result_that_changed_meanwhile_is_looked_at_first(supervisor, completed, kept):
    screening = completed()
    answer = decide(supervisor, screening, "agreed", 409, found="none")
    assert "The result changed since you opened this page." in answer.text
    assert kept(screening)[0] == ()


@pytest.mark.parametrize(
    "role", [Role.INTAKE_STAFF, Role.CPS_WORKER, Role.ADMINISTRATOR, Role.RULEBOOK_PUBLISHER, None], ids=str
)
def test_only_a_supervisor_of_the_agency(browser_of, completed, role, kept):
    screening = completed()
    browser = browser_of(role)
    status = 303 if role is None else 403
    for path in ("/reviews", f"/screenings/{screening}/review"):
        browser.open(path, status)
    if role is not None:
        browser.post(f"/screenings/{screening}/review", 403, decision="agreed", found="clear")
        assert "/reviews" not in browser.open("/").text
    assert kept(screening)[0] == ()


def test_another_agencys_screening_is_nowhere(supervisor, completed):
    elsewhere = completed(role=Role.CPS_WORKER)
    supervisor.open(f"/screenings/{elsewhere}/review", 404)
    supervisor.post(f"/screenings/{elsewhere}/review", 404, decision="agreed", found="clear")
    assert elsewhere not in supervisor.open("/reviews").text


class TestTheLock:
    def test_the_page_says_until_when(self, officer, open_screening_of, browser_of, clock):
        screening = open_screening_of(Role.INTAKE_STAFF)
        check, reopen = (f"/screenings/{screening}/{each}" for each in ("check", "reopen"))
        assert "For 3 days after completing it can be reopened" in words_of(officer.get(check))
        officer.post(f"/screenings/{screening}/complete")
        assert re.search(r"That is possible until .*Nov 27", words_of(officer.get(check)))
        officer.post(reopen)
        assert re.search(r"Once completed it can be reopened until .*Nov 27", words_of(officer.get(check)))
        officer.post(f"/screenings/{screening}/complete")
        clock.pass_by(hours=73)
        officer = browser_of(Role.INTAKE_STAFF)
        page = officer.get(check)
        assert "the time to change it ended on" in words_of(page)
        assert not page.select('form[action="reopen"]')
        answer = officer.post(reopen, 409)
        assert "A supervisor can send it back" in answer.text

    def test_the_installation_chooses_how_long(self, app_with, browser_in, open_screening_of, clock):
        screening = open_screening_of(Role.INTAKE_STAFF)
        app = app_with(amend_hours=5)
        officer = browser_in(app, Role.INTAKE_STAFF)
        assert "For 5 hours after completing" in words_of(officer.get(f"/screenings/{screening}/check"))
        officer.post(f"/screenings/{screening}/complete")
        clock.pass_by(hours=5)
        officer = browser_in(app, Role.INTAKE_STAFF)
        officer.post(f"/screenings/{screening}/reopen", 409)

    def test_a_supervisor_sends_back_what_is_locked(self, supervisor, browser_of, completed, clock):
        screening = completed()
        clock.pass_by(hours=100)
        decide(browser_of(Role.SUPERVISOR), screening, "sent_back", reason="A record came in")
        officer = browser_of(Role.INTAKE_STAFF)
        officer.post(f"/screenings/{screening}/complete")
        officer.post(f"/screenings/{screening}/reopen")
