"""The way in for a place that was asked: code, a few facts, three fields, and nothing else whatever is tried."""

import pytest
from bed_directory import BOYS, GIRLS, ROBIN
from bed_screens import FACTS, ask, asked_link, enter_code, with_homes
from bs4 import BeautifulSoup

from screening.operations.actors import Role
from screening.operations.beds import bed_requests_of
from screening.web.access import declared_access

QUESTION = "/bed-question"
WRONG = "00000000"
NEVER = ("JD-4711", "clear concern", "possible concern", "Intake", "Person intake_staff", "screenings/")


@pytest.fixture
def intake(browser_of):
    return browser_of(Role.INTAKE_STAFF)


@pytest.fixture
def screening_id(database, people, screen):
    with_homes(database, people)
    return screen(youth_ref="JD-4711", record={**FACTS, "exchange_known": "yes", "owes_someone": "yes"})


@pytest.fixture
def link(intake, screening_id):
    return asked_link(intake, screening_id, GIRLS, BOYS, note="For tonight", call_back="Desk 816-555-0177")


@pytest.fixture
def opened(stranger, link):
    """A browser of a place that opened its link."""
    assert enter_code(stranger, link).headers["Location"].endswith(QUESTION)
    return stranger


@pytest.fixture
def made(database, people, screening_id):
    """A function: the only question of the screening, its girls' place first."""

    def read():
        with database.reading(people[Role.INTAKE_STAFF].actor) as tx:
            (one,) = bed_requests_of(tx, screening_id)
        return one, next(each for each in one.places if each.service_id == GIRLS)

    return read


def test_a_place_reads_a_few_facts_and_answers_in_three_fields(opened, made):
    page = opened.get(QUESTION)
    text = page.main.get_text(" ", strip=True)
    for words in (
        "Detention asks for a bed", "15 years", "Girl", "Neither", "For tonight", "816-555-0177", "11:00 CST",
    ):  # fmt: skip
        assert words in text
    assert not any(words in str(page) for words in NEVER)
    assert "Robin" not in text
    assert "Boys House" not in text
    form = page.select_one(f'form[action="{QUESTION}"]')
    assert {each["name"] for each in form.select("[name]")} == {"csrf_token", "answer", "reason", "said_by"}
    opened.submit(page, QUESTION, answer="no", reason="full", said_by="Ms. Desk")
    _request, place = made()
    assert (place.given.reply.answer, place.given.reply.reason, place.given.by) == ("no", "full", "")
    again = opened.get(QUESTION)
    assert "You answered: No." in again.get_text()
    opened.submit(again, QUESTION, answer="yes", said_by="Ms. Desk")
    _request, place = made()
    assert [each.reply.answer for each in place.replies] == ["no", "yes"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"said_by": "A"}, "answer"),
        ({"answer": "no", "said_by": "A"}, "reason"),
        ({"answer": "yes"}, "said_by"),
        ({"answer": "yes", "said_by": "A" * 121}, "said_by"),
    ],
)
def test_an_answer_that_cannot_be_comes_back_as_it_was_typed(opened, made, fields, field):
    response = opened.submit(opened.get(QUESTION), QUESTION, 422, **fields)
    page = BeautifulSoup(response.text, "html.parser")
    assert page.select_one(f'.error-summary a[href="#{field}"]')
    chosen = page.select_one("input[name=answer][checked]")
    assert (chosen["value"] if chosen else None) == fields.get("answer")
    assert page.select_one("input[name=said_by]")["value"] == fields.get("said_by", "")
    assert made()[1].replies == ()


def test_every_link_that_leads_nowhere_gives_the_same_answer(browser_of, intake, link, opened, clock):
    pages = []
    for path, code in ((link.path, link.code), ("/bed-question/no-such-token", link.code)):
        browser = browser_of(None)
        response = browser.submit(browser.get(path), path, 410, code=code)
        pages.append(BeautifulSoup(response.text, "html.parser").main.get_text(" ", strip=True))
    assert len(set(pages)) == 1


def test_five_wrong_codes_close_the_link(browser_of, app_with, browser_in, intake, link, made):
    browser = browser_of(None)
    for _time in range(5):
        enter_code(browser, link, 422, code=WRONG if link.code != WRONG else "1")
    enter_code(browser, link, 410 if made()[1].failed_codes == 5 else 422)
    assert made()[1].replies == ()
    assert made()[1].opened_at is None


def test_too_many_tries_from_one_address_have_to_wait(app_with, browser_in, stranger, link):
    browser = browser_in(app_with(sign_in_attempts="3 per 5 minutes"), None)
    path = "/bed-question/no-such-token"
    for _time in range(3):
        browser.submit(browser.get(path), path, 410, code="1")
    response = browser.submit(browser.get(path), path, 429, code="1")
    assert "too many attempts" in response.text


def test_without_a_code_nothing_opens_and_nothing_is_used_up(stranger, link, made):
    stranger.get(QUESTION, 410)
    stranger.post(QUESTION, 410, answer="yes", said_by="A")
    stranger.submit(stranger.get(link.path), link.path, 422, code=" ")
    assert made()[1].opened_at is None
    enter_code(stranger, link)


def test_a_guest_opens_no_other_page(app, opened, screening_id):
    for rule in app.url_map.iter_rules():
        access = declared_access(app, rule.endpoint)
        if access is None or access.everyone or rule.arguments or "GET" not in (rule.methods or ()):
            continue
        response = opened.client.get(rule.rule)
        assert response.status_code in (303, 401), rule.rule
    for path in ("beds", "beds/ask", "calls", "result"):
        assert opened.client.get(f"/screenings/{screening_id}/{path}").status_code == 303


def test_the_question_is_open_for_half_an_hour(opened, clock):
    clock.pass_by(minutes=29)
    opened.get(QUESTION)
    clock.pass_by(minutes=2)
    opened.get(QUESTION, 410)
    opened.post(QUESTION, 410, answer="yes", said_by="A")


def test_once_a_bed_is_found_the_facts_are_gone(opened, intake, screening_id, made, clock):
    page = intake.get(f"/screenings/{screening_id}/beds")
    intake.submit(page, f"/screenings/{screening_id}/beds/close", how="placed")
    text = opened.get(QUESTION).main.get_text(" ", strip=True)
    assert "The question is closed." in text
    assert "15 years" not in text
    assert "For tonight" not in text
    clock.pass_by(minutes=1)
    opened.post(QUESTION, answer="yes", said_by="Ms. Desk")  # it was on its way
    request, place = made()
    assert request.is_late(place.given)


def test_closing_leaves_nothing_in_the_browser(opened):
    opened.submit(opened.get(QUESTION), "/bed-question/close")
    opened.get("/bed-question/closed")
    opened.get(QUESTION, 410)


def test_a_signed_in_person_who_opens_a_link_sees_the_places_page_only(browser_of, intake, screening_id):
    link = asked_link(intake, screening_id, ROBIN)
    foreign = browser_of(Role.CPS_WORKER)
    enter_code(foreign, link)
    page = foreign.get(QUESTION)
    assert "Person cps_worker" not in page.get_text()
    assert page.select_one("nav") is None
    assert foreign.get("/").select_one("nav") is not None


def test_what_is_told_is_what_was_left_ticked(browser_of, intake, screening_id):
    page = ask(intake, screening_id, GIRLS, status=200, link=GIRLS, fact=["age"])
    link = [each.get_text(strip=True) for each in BeautifulSoup(page.text, "html.parser").select(".secret")]
    guest = browser_of(None)
    path = "/" + link[0].split("/", 3)[3]
    guest.submit(guest.get(path), path, code=link[1])
    text = guest.get(QUESTION).main.get_text(" ", strip=True)
    assert "15 years" in text
    assert "Girl" not in text
