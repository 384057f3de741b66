"""Deadlines of a screening: what is owed, closing with proof, moments that start clocks, the agency's list, who may see it."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from bs4 import BeautifulSoup
from duty_screens import CONCERN, MISSING, STATUS_ONLY, address, card, enter, owed
from result_text import text_of, texts

from screening.core.statements import Source
from screening.operations.actors import Role
from screening.operations.duties import Closing, WantedDuty, close_duty, follow_up, raise_duties
from screening.operations.screenings import NewStatement, save_statements


@pytest.fixture
def officer(browser_of):
    return browser_of(Role.INTAKE_STAFF)


@pytest.fixture
def wait(clock, browser_of):
    """A function: let time pass → an officer who signed in again after it."""

    def let_pass(**duration: float):
        clock.pass_by(**duration)
        return browser_of(Role.INTAKE_STAFF)

    return let_pass


# ---- what is owed


def test_a_duty_shows_until_when_on_what_basis_whom_to_call_and_what_it_is(officer, screen, wait):
    screening_id = screen(**CONCERN)
    owed(officer, screening_id)
    officer = wait(hours=2, minutes=5)
    page = owed(officer, screening_id)
    report = card(page, "Report to the Missouri child abuse hotline yourself, now")
    for words in ("Due now", "open for 2 hours 5 minutes", "Duty", "RSMo 210.115.1", "1-800-392-3738"):
        assert words in report, words
    assert page.select_one('a.phone[href="tel:1-800-392-3738"]')
    assert page.select_one(".back a")["href"] == f"/screenings/{screening_id}/result"
    lawyer = texts(page, "article h3")
    assert "Pass the concern on by name to the unit, the juvenile officer, and the youth's lawyer" in lawyer
    assert "Treat the youth as a victim of abuse and not as an offender" not in lawyer
    unit = card(page, "Pass the concern on by name")
    assert "Due soon in 21 hours 55 minutes, by Wed, Nov 25, 09:00 CST" in unit


def test_what_is_late_says_so_in_words(officer, screen, wait):
    screening_id = screen(**CONCERN)
    owed(officer, screening_id)
    officer = wait(hours=25)
    page = owed(officer, screening_id)
    assert "Overdue by 1 hour, since Wed, Nov 25, 09:00 CST" in card(page, "Pass the concern on by name")
    assert "due now or overdue" in text_of(page, ".late")


def test_nothing_owed_says_so_and_leads_on(officer, screen):
    page = owed(officer, screen())
    assert "Nothing is open" in text_of(page, ".empty")
    assert page.select_one(".empty a")
    assert texts(page, "article") == []


def test_only_what_this_profession_owes_is_followed_up_and_others_are_named(officer, screen, kept):
    screening_id = screen(**MISSING)
    page = owed(officer, screening_id)
    assert "missing_from_care_mo" not in kept(screening_id)
    others = text_of(page, ".others")
    assert "police and NCMEC hear within two hours" in others
    assert "Child protection workers" in others
    assert "RSMo 210.795" in others


def test_an_answer_that_takes_the_concern_away_lets_its_duties_lapse(officer, screen, kept, database, people):
    screening_id = screen(**STATUS_ONLY)
    owed(officer, screening_id)
    assert kept(screening_id)["status_offense_clock_mo"].status == "open"
    with database.writing(people[Role.INTAKE_STAFF].actor) as tx:
        new = NewStatement(uuid4().hex, "charge_kinds", ("drugs", "status_offense"), Source.RECORD)
        save_statements(tx, screening_id, [new])
    page = owed(officer, screening_id)
    assert kept(screening_id)["status_offense_clock_mo"].status == "lapsed"
    assert "no longer asked for" in text_of(page, "details.more summary")


# ---- moments that start clocks


def test_a_moment_starts_the_clock_and_weekends_and_holidays_stand_still(browser_of, screen, clock):
    """Thanksgiving 2026: in secure detention on Wednesday at ten, out by Friday at ten."""
    clock.now = datetime(2026, 11, 25, 18, 0, tzinfo=UTC)
    officer = browser_of(Role.INTAKE_STAFF)
    screening_id = screen(**STATUS_ONLY)
    before = card(owed(officer, screening_id), "Status offense only: out of secure detention")
    assert "Start not entered" in before
    enter(officer, screening_id, secure_detention_began="2026-11-25T10:00")
    after = card(owed(officer, screening_id), "Status offense only: out of secure detention")
    assert "by Fri, Nov 27, 10:00 CST" in after
    assert "Within 24 hours, weekends and holidays not counted" in after


def test_two_hours_for_a_missing_child_from_when_it_was_noticed(browser_of, screen, kept):
    worker = browser_of(Role.CPS_WORKER)
    screening_id = screen(role=Role.CPS_WORKER, **MISSING)
    enter(worker, screening_id, found_missing="2026-11-24T08:00")
    page = owed(worker, screening_id)
    assert "by Tue, Nov 24, 10:00 CST" in card(page, "police and NCMEC hear within two hours")
    assert "by Wed, Nov 25, 08:00 CST" in card(page, "look for information")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("2026-11-24T10:00", "That moment has not come yet"),
        ("2026-03-08T02:30", "the clocks went forward"),
        ("2026-11-01T01:30", "showed this time twice"),
        ("2026-13-40T10:00", "Both must exist"),
        ("yesterday", "Both must exist"),
        ("0026-11-24T10:00", "Check the year"),
        ("9999-12-31T23:59", "Check the year"),
    ],
)
def test_a_moment_that_cannot_be_is_refused_and_stays_in_its_field(
    officer, screen, database, people, typed, said
):
    screening_id = screen(**STATUS_ONLY)
    owed(officer, screening_id)
    answer = enter(
        officer, screening_id, 422, secure_detention_began=typed, back_from_missing="2026-11-23T10:00"
    )
    page = BeautifulSoup(answer.text, "html.parser")
    assert said in text_of(page, ".error-summary")
    assert page.select_one(".error-summary a")["href"] == "#at-secure_detention_began"
    assert page.select_one("#at-secure_detention_began")["value"] == typed
    assert page.select_one("#at-back_from_missing")["value"] == "2026-11-23T10:00"
    with database.reading(people[Role.INTAKE_STAFF].actor) as tx:
        assert follow_up(tx, screening_id).events == {}


@pytest.mark.parametrize(("which", "expected"), [("first", 6), ("second", 7)])
def test_a_time_the_clocks_showed_twice_is_told_apart(officer, screen, database, people, which, expected):
    screening_id = screen(**STATUS_ONLY)
    answer = enter(officer, screening_id, 422, secure_detention_began="2026-11-01T01:30")
    page = BeautifulSoup(answer.text, "html.parser")
    form = f"/screenings/{screening_id}/duties/events"
    officer.submit(page, form, **{"which-secure_detention_began": which})
    with database.reading(people[Role.INTAKE_STAFF].actor) as tx:
        found = follow_up(tx, screening_id).events["secure_detention_began"].happened_at
    assert found == datetime(2026, 11, 1, expected, 30, tzinfo=UTC)
    officer.submit(owed(officer, screening_id), form)
    with database.reading(people[Role.INTAKE_STAFF].actor) as tx:
        assert follow_up(tx, screening_id).events["secure_detention_began"].happened_at == found


def test_a_moment_is_taken_back_by_emptying_its_field(officer, screen):
    screening_id = screen(**STATUS_ONLY)
    enter(officer, screening_id, secure_detention_began="2026-11-24T07:00")
    enter(officer, screening_id, secure_detention_began="")
    page = owed(officer, screening_id)
    assert "Start not entered" in card(page, "Status offense only: out of secure detention")
    assert "Not known after all, said Person intake_staff" in text_of(page, ".entered")


def test_a_return_later_on_calls_for_another_screening(officer, screen, kept, wait):
    screening_id = screen(record={"age": 15})
    owed(officer, screening_id)
    assert "screen_again" not in kept(screening_id)
    officer = wait(days=30)
    enter(officer, screening_id, back_from_missing="2026-12-24T08:00")
    page = owed(officer, screening_id)
    again = card(page, "Screen again")
    assert "by Fri, Dec 25, 08:00 CST" in again
    assert "Start a new screening" in again
    duty = kept(screening_id)["screen_again"]
    refused = officer.post(
        address(screening_id, duty.id, "/done"), 422, proof="The screening of November", at="2026-11-24T09:00"
    )
    assert "before the clock started" in refused.text
    officer.post(address(screening_id, duty.id, "/done"), proof="Screened again", at="2026-12-24T09:00")
    assert kept(screening_id)["screen_again"].status == "done"


# ---- the agency's list


def test_the_list_sorts_counts_and_filters(officer, screen, wait):
    for ref in ("JO-1", "JO-2"):
        owed(officer, screen(youth_ref=ref, **CONCERN))
        officer = wait(hours=1)
    owed(officer, screen(youth_ref="JO-3", **STATUS_ONLY))
    page = officer.get("/duties")
    counts = dict(each.rsplit(" (", 1) for each in texts(page, ".filters li a") if "(" in each)
    counts = {label: int(count.rstrip(")")) for label, count in counts.items()}
    shown = texts(page, "tbody tr")
    assert counts["All that is open"] == len(shown)
    assert "JO-1" in shown[0]
    assert "Start not entered" in shown[-1]
    for label, query in (("Due now or overdue", "overdue"), ("Due within a day", "soon")):
        assert len(officer.get(f"/duties?when={query}").select("tbody tr")) == counts[label] > 0
    untimed = officer.get("/duties?when=untimed")
    assert len(untimed.select("tbody tr")) == counts["Start not entered"] == 1
    assert untimed.select_one("tbody th a")["href"].startswith("/screenings/")
    assert len(officer.get("/duties?when=nonsense&page=x").select("tbody tr")) == len(shown)


def test_the_list_is_paged_and_a_page_past_the_end_says_so(officer, screen):
    for number in range(5):
        owed(officer, screen(youth_ref=f"JO-{number}", **CONCERN))
    first = officer.get("/duties")
    assert len(first.select("tbody tr")) == 25
    second = officer.get(first.select_one(".pagination a[rel=next]")["href"])
    assert 0 < len(second.select("tbody tr")) <= 25
    assert "Nothing here" in text_of(officer.get("/duties?page=99"), ".empty")


def test_the_home_page_says_how_many_are_late_to_those_who_follow_up(officer, screen, browser_of, clock):
    assert "due now or overdue" not in text_of(officer.get("/"))
    owed(officer, screen(**CONCERN))
    clock.pass_by(minutes=1)
    page = officer.get("/")
    assert "due now or overdue" in text_of(page, ".summary-box")
    assert page.select_one('.summary-box a[href="/duties?when=overdue"]')
    assert page.select_one('.site-nav a[href="/duties"]')
    for role in (Role.ADMINISTRATOR, Role.CPS_WORKER):
        assert "due now or overdue" not in text_of(browser_of(role).get("/"))
    assert not browser_of(Role.ADMINISTRATOR).get("/").select_one('.site-nav a[href="/duties"]')


# ---- who


def test_other_agencies_and_strangers_find_nothing(officer, screen, kept, browser_of, stranger):
    screening_id = screen(**CONCERN)
    owed(officer, screening_id)
    duty = kept(screening_id)["pass_on_concern"]
    path = address(screening_id, duty.id)
    elsewhere = browser_of(Role.CPS_WORKER)
    for page in (f"/screenings/{screening_id}/duties", path, f"/screenings/{screening_id}/report"):
        elsewhere.open(page, 404)
        browser_of(Role.ADMINISTRATOR).open(page, 403)
        stranger.open(page, 303)
    for post in ("/done", "/not-done", "/reopen", "/assign"):
        elsewhere.post(path + post, 404, proof="1", reason="2", to="")
        browser_of(Role.ADMINISTRATOR).post(path + post, 403)
    elsewhere.post(f"/screenings/{screening_id}/report", 404, proof="1")
    enter(elsewhere, screening_id, 404, back_from_missing="2026-11-24T08:00")
    assert "Nothing here" in text_of(elsewhere.get("/duties"), ".empty")
    browser_of(Role.ADMINISTRATOR).open("/duties", 403)
    stranger.open("/duties", 303)
    mine = screen(role=Role.CPS_WORKER, **CONCERN)
    elsewhere.post(address(mine, duty.id, "/done"), 404, proof="1")
    assert kept(screening_id)["pass_on_concern"] == duty
    officer.open(address(screening_id, str(uuid4())), 404)
    officer.open("/screenings/none/duties", 404)


def test_a_post_without_a_token_is_refused(officer, screen, kept):
    screening_id = screen(**CONCERN)
    owed(officer, screening_id)
    duty = kept(screening_id)["pass_on_concern"]
    for post in ("/done", "/not-done", "/reopen", "/assign"):
        officer.open(address(screening_id, duty.id, post), 400, method="POST", data={"proof": "1"})
    officer.open(f"/screenings/{screening_id}/report", 400, method="POST", data={"proof": "1"})
    assert kept(screening_id)["pass_on_concern"].status == "open"


def test_looking_again_writes_nothing(officer, screen, database, people):
    """The first look raises the duties; every further look only reads."""
    screening_id = screen(**CONCERN)
    owed(officer, screening_id)
    with database.reading(people[Role.INTAKE_STAFF].actor) as tx:
        before = follow_up(tx, screening_id)
    for page in ("duties", "report", "result"):
        officer.get(f"/screenings/{screening_id}/{page}")
    with database.reading(people[Role.INTAKE_STAFF].actor) as tx:
        assert follow_up(tx, screening_id) == before


def test_a_duty_whose_action_the_edition_does_not_know_is_shown_by_its_id(
    officer, screen, database, people, kept
):
    screening_id = screen()
    with database.writing(people[Role.INTAKE_STAFF].actor) as tx:
        raise_duties(tx, screening_id, [WantedDuty("lost_action", True, tx.now + timedelta(hours=1))])
        duty = follow_up(tx, screening_id).duties[0]
        close_duty(tx, screening_id, duty.id, Closing("done", words={"proof": "1"}))
    assert "lost_action" in text_of(owed(officer, screening_id), ".closed")
    officer.get(address(screening_id, duty.id))
