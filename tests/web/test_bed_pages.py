"""The board, a word about a place, a question to several of them and what they answered."""

import pytest
from bed_directory import ADVICE, BOYS, GIRLS, ROBIN, SECRET
from bed_screens import CONCERN, FACTS, ask, ask_address, asked_link, links_on, with_homes
from bs4 import BeautifulSoup

from screening.operations.actors import Role
from screening.operations.beds import bed_requests_of

SECRETS = ("Canary", "816-555-0199")


@pytest.fixture
def homes(database, people):
    with_homes(database, people)


@pytest.fixture
def intake(browser_of):
    return browser_of(Role.INTAKE_STAFF)


@pytest.fixture
def screening_id(homes, screen):
    return screen(record=FACTS)


def intake_page(response):
    return BeautifulSoup(response.text, "html.parser")


def report(browser, service_id, status=303, **fields):
    page = browser.get(f"/beds/report?service={service_id}")
    return browser.submit(page, "/beds/report", status, **{"said_by": "Ms. Desk", **fields})


def row_of(page, service_id):
    link = page.select_one(f'a[href="/directory/services/{service_id}"]')
    return link.find_parent("tr").get_text(" ", strip=True)


def counts(page):
    table = page.select("table")[0]
    return {
        row.th.get_text(strip=True): [int(each.get_text(strip=True)) for each in row.select("td")]
        for row in table.select("tbody tr")
    }


def request_of(database, people, screening_id):
    with database.reading(people[Role.INTAKE_STAFF].actor) as tx:
        return bed_requests_of(tx, screening_id)[0]


def enter(browser, screening_id, place_id, status=303, **fields):
    page = browser.get(f"/screenings/{screening_id}/beds/answer?place={place_id}")
    return browser.submit(page, f"/screenings/{screening_id}/beds/answer", status, **fields)


def test_the_board_says_who_said_what_when_and_that_it_holds(homes, intake):
    report(intake, GIRLS, stands="available", beds="2")
    page = intake.get("/beds")
    assert "2 beds free" in row_of(page, GIRLS)
    assert "Ms. Desk, Tue, Nov 24, 09:00 CST" in row_of(page, GIRLS)
    assert "call to confirm" not in row_of(page, GIRLS)
    assert "Nobody said yet: call" in row_of(page, BOYS)


def test_after_a_day_a_word_asks_for_a_call_and_counts_no_more(homes, intake, browser_of, clock):
    report(intake, GIRLS, stands="available", beds="2")
    assert counts(intake.get("/beds"))["Girls"] == [2, 1, 2, 0, 1]
    clock.pass_by(hours=24)
    page = browser_of(Role.INTAKE_STAFF).get("/beds")
    assert "Older than 24 hours: call to confirm" in row_of(page, GIRLS)
    assert counts(page)["Girls"] == [2, 0, 0, 0, 2]


def test_a_full_place_stays_and_counts_are_by_whom_a_place_serves(homes, intake):
    report(intake, GIRLS, stands="full")
    report(intake, ROBIN, stands="available", beds="1", serves="boys")
    page = intake.get("/beds")
    assert "Full" in row_of(page, GIRLS)
    assert counts(page) == {
        "Girls": [2, 0, 0, 1, 1],
        "Boys": [2, 1, 1, 0, 1],
        "Transgender youths": [1, 0, 0, 0, 1],
    }
    names = [each.get_text(strip=True) for each in page.select("table.bed-table tbody th a")]
    assert names == ["Robin House", "Boys House", "Girls House"]


def test_the_filters_keep_what_was_chosen_and_unknown_words_choose_nothing(homes, intake):
    report(intake, GIRLS, stands="full")
    page = intake.get("/beds?serves=girls&status=full")
    assert [each["value"] for each in page.select("option[selected]")] == ["girls", "full"]
    assert len(page.select("table.bed-table tbody tr")) == 1
    assert len(intake.get("/beds?serves=cats&page=0").select("table.bed-table tbody tr")) == 3
    empty = intake.get("/beds?status=waitlist")
    assert "None in your directory fits" in empty.get_text()
    assert empty.select_one('.empty a[href="/beds"]')


def test_no_page_about_beds_names_an_undisclosed_place_and_only_some_roles_a_confidential_one(
    homes, browser_of, screening_id
):
    sees_robin = {Role.INTAKE_STAFF: True, Role.DIRECTORY_EDITOR: True, Role.RULEBOOK_PUBLISHER: False}
    for role, sees in sees_robin.items():
        for path in ("/beds", "/beds/report"):
            text = browser_of(role).open(path).text
            assert "Girls House" in text
            assert ("Robin House" in text) is sees
            assert not any(secret in text for secret in SECRETS)
    intake = browser_of(Role.INTAKE_STAFF)
    for path in (f"/screenings/{screening_id}/beds/ask", f"/screenings/{screening_id}/calls/new"):
        text = intake.open(path).text
        assert "Girls House" in text
        assert not any(secret in text for secret in SECRETS)


@pytest.mark.parametrize("hidden", [SECRET, "00000000-0000-4000-8000-000000000000", "no-id"])
def test_a_place_that_must_not_be_seen_is_nowhere(homes, intake, screening_id, hidden):
    for path in (
        f"/beds/report?service={hidden}",
        ask_address(screening_id, hidden),
        ask_address(screening_id, GIRLS, hidden),
        f"/screenings/{screening_id}/calls/new?service={hidden}",
    ):
        intake.get(path, 404)
    intake.post("/beds/report", 404, service=hidden, stands="full", said_by="Desk")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"stands": ""}, "stands"),
        ({"stands": "full", "beds": "2"}, "beds"),
        ({"stands": "available", "beds": "many"}, "beds"),
        ({"stands": "available", "said_by": " "}, "said_by"),
        ({"stands": "available", "at": "2026-11-25T10:00"}, "at"),
        ({"stands": "available", "serves": "cats"}, "serves"),
    ],
)
def test_a_word_that_cannot_be_comes_back_as_it_was_typed(homes, intake, fields, field):
    response = report(intake, GIRLS, 422, **fields)
    page = intake_page(response)
    assert page.select_one(f'.error-summary a[href="#{field}"]')
    assert (field == "said_by") or page.select_one('input[name=said_by][value="Ms. Desk"]')
    assert "Nobody said yet" in page.get_text()


def test_the_same_word_sent_twice_is_one(homes, intake):
    page = intake.get(f"/beds/report?service={GIRLS}")
    for _time in range(2):
        intake.submit(page, "/beds/report", stands="full", said_by="Desk")
    history = intake.get(f"/beds/report?service={GIRLS}").select(".history li")
    assert len(history) == 1
    assert "written down by Person intake_staff" in history[0].get_text()


def test_people_who_place_nobody_read_the_board_and_write_nothing(homes, browser_of):
    publisher = browser_of(Role.RULEBOOK_PUBLISHER)
    page = publisher.get(f"/beds/report?service={GIRLS}")
    assert page.select_one('form[action="/beds/report"]') is None
    publisher.post("/beds/report", 403, service=GIRLS, stands="full", said_by="Desk")


def test_a_place_reads_what_stays_ticked_and_nothing_else(intake, screening_id, database, people):
    page = intake.get(ask_address(screening_id, GIRLS, BOYS))
    told = [each.get_text(" ", strip=True) for each in page.select("fieldset label b")]
    assert told == ["15 years", "Girl", "Neither"]
    assert "Not known, so not told:" in page.get_text()
    ask(intake, screening_id, GIRLS, BOYS, fact=["age", "sex", "exchange_known"], note="For tonight")
    request = request_of(database, people, screening_id)
    assert [(each.question, each.words) for each in request.facts] == [("age", "15 years")]
    assert request.note == "For tonight"


def test_a_screening_without_answers_asks_with_no_facts(homes, screen, intake, database, people):
    screening_id = screen()
    page = intake.get(ask_address(screening_id, GIRLS))
    assert "a place reads nothing of the youth" in page.get_text()
    ask(intake, screening_id, GIRLS)
    assert request_of(database, people, screening_id).facts == ()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"hours": "3"}, "Say by when you need an answer."),
        ({"note": "n" * 201}, "Keep it to 200 characters."),
        ({"note": "it is about JO 77"}, "The note holds the case number."),
    ],
)
def test_a_question_that_cannot_be_comes_back_as_it_was_typed(intake, screening_id, fields, words):
    response = ask(intake, screening_id, GIRLS, status=422, call_back="Desk 5", **fields)
    page = intake_page(response)
    assert words in page.select_one(".error-summary").get_text()
    assert page.select_one('input[name=call_back][value="Desk 5"]')
    assert len(page.select("input[name=fact][checked]")) == 3
    assert "Nobody was asked yet" in intake.get(f"/screenings/{screening_id}/beds").get_text()


def test_links_are_shown_once_and_a_second_sending_asks_nobody_again(intake, screening_id):
    page = intake.get(ask_address(screening_id, GIRLS, BOYS))
    fields = {"hours": "2", "service": [GIRLS, BOYS], "link": [GIRLS, BOYS]}
    first = intake.submit(page, f"/screenings/{screening_id}/beds/ask", 200, **fields)
    assert len(links_on(first)) == 2
    again = intake.submit(page, f"/screenings/{screening_id}/beds/ask", 200, **fields)
    assert links_on(again) == []
    assert "The links were shown before" in again.text
    listed = intake.open(f"/screenings/{screening_id}/beds").text
    assert listed.count('class="card bed-request"') == 1
    assert not any(each.code in listed or each.path in listed for each in links_on(first))


def test_every_answer_is_seen_and_when_all_said_no_the_ledger_is_offered(
    homes, screen, intake, database, people
):
    screening_id = screen(record={**FACTS, **CONCERN, "place_tonight": "no_place"})
    ask(intake, screening_id, GIRLS, BOYS, ROBIN)
    answers = [
        {"answer": "no", "reason": "not_this_age", "said_by": "A"},
        {"answer": "no", "reason": "full", "said_by": "B"},
        {"answer": "no", "reason": "staffing", "said_by": "C"},
    ]
    places = request_of(database, people, screening_id).places
    for number, (place, fields) in enumerate(zip(places, answers, strict=True)):
        text = intake.get(f"/screenings/{screening_id}/beds").get_text(" ", strip=True)
        assert f"{number} of 3 answered" in text
        assert "Every place said no." not in text
        enter(intake, screening_id, place.id, **fields)
    page = intake.get(f"/screenings/{screening_id}/beds")
    link = page.select_one('a[href*="/unmet-needs/new"]')
    assert link["href"] == (
        f"/screenings/{screening_id}/unmet-needs/new?need=safe_place_tonight&reason=no_bed"
    )
    intake.get(link["href"])
    full = next(
        each.service_id for each, fields in zip(places, answers, strict=True) if fields["said_by"] == "B"
    )
    assert "B, Tue, Nov 24" in row_of(intake.get("/beds"), full)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"said_by": "A"}, "answer"),
        ({"answer": "no", "said_by": "A"}, "reason"),
        ({"answer": "no", "said_by": "A", "reason": "because"}, "reason"),
        ({"answer": "yes"}, "said_by"),
    ],
)
def test_an_answer_needs_its_word_its_reason_and_a_name(
    intake, screening_id, database, people, fields, field
):
    ask(intake, screening_id, GIRLS)
    (place,) = request_of(database, people, screening_id).places
    page = intake_page(enter(intake, screening_id, place.id, 422, **fields))
    assert page.select_one(f'.error-summary a[href="#{field}"]')
    assert request_of(database, people, screening_id).places[0].replies == ()


def test_a_late_answer_is_shown_as_late_and_a_silent_place_is_told_of(
    intake, screening_id, database, people, clock
):
    ask(intake, screening_id, GIRLS, BOYS, hours="1")
    clock.pass_by(minutes=25)
    intake.get("/about")
    places = request_of(database, people, screening_id).places
    enter(intake, screening_id, places[0].id, answer="yes", said_by="A")
    clock.pass_by(minutes=29)
    text = intake.get(f"/screenings/{screening_id}/beds").get_text(" ", strip=True)
    assert "Late" not in text
    assert "Past its time" not in text
    clock.pass_by(minutes=10)
    text = intake.get(f"/screenings/{screening_id}/beds").get_text(" ", strip=True)
    assert "Past its time: call those who have not answered" in text
    assert "1 question for a bed is past its time" in intake.get("/beds").get_text()
    enter(intake, screening_id, places[1].id, answer="assess_first", said_by="B")
    assert "Late" in intake.get(f"/screenings/{screening_id}/beds").get_text()
    assert "past its time" not in intake.get("/beds").get_text()


def test_a_question_is_closed_once_and_its_answers_stay(intake, screening_id, database, people):
    ask(intake, screening_id, GIRLS)
    address = f"/screenings/{screening_id}/beds/close"
    page = intake.get(f"/screenings/{screening_id}/beds")
    for _time in range(2):
        intake.submit(page, address, how="placed")
    assert request_of(database, people, screening_id).status == "placed"
    text = intake.get(f"/screenings/{screening_id}/beds").get_text(" ", strip=True)
    assert "Placed" in text
    intake.post(address, 404, request="00000000-0000-4000-8000-000000000000")
    place = request_of(database, people, screening_id).places[0].id
    intake.post(f"/screenings/{screening_id}/beds/link", 409, place=place)


def test_a_lost_link_is_replaced_by_a_new_one(intake, stranger, screening_id, database, people):
    old = asked_link(intake, screening_id, GIRLS)
    place = request_of(database, people, screening_id).places[0].id
    page = intake.get(f"/screenings/{screening_id}/beds")
    (new,) = links_on(intake.submit(page, f"/screenings/{screening_id}/beds/link", 200, place=place))
    assert new.path != old.path
    stranger.submit(stranger.get(old.path), old.path, 410, code=old.code)
    stranger.submit(stranger.get(new.path), new.path, 303, code=new.code)


def test_another_agency_sees_no_question_and_asks_no_place_of_ours(
    browser_of, intake, screening_id, open_screening_of, database, people
):
    ask(intake, screening_id, GIRLS)
    place = request_of(database, people, screening_id).places[0].id
    foreign = browser_of(Role.CPS_WORKER)
    own = open_screening_of(Role.CPS_WORKER)
    foreign.get(f"/screenings/{screening_id}/beds", 404)
    foreign.get(ask_address(own, GIRLS), 404)
    foreign.get(f"/screenings/{own}/beds/answer?place={place}", 404)
    foreign.post(f"/screenings/{own}/beds/answer", 404, place=place, answer="yes", said_by="A")
    assert "Girls House" not in foreign.open("/beds").text


def test_the_part_for_the_page_about_placing_counts_answers_and_calls(
    app, intake, screening_id, database, people
):
    ask(intake, screening_id, GIRLS, BOYS)
    place = request_of(database, people, screening_id).places[0].id
    enter(intake, screening_id, place, answer="yes", said_by="A")
    intake.post(f"/screenings/{screening_id}/calls/new", service=ADVICE, outcome="no_answer")
    text = intake.get(f"/screenings/{screening_id}/placement").get_text(" ", strip=True)
    assert "1 of 2 places answered, 1 with a bed." in text
    assert "1 call was written down." in text
