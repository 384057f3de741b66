"""The call log: two taps for "tried, no bed", every try in the list, the ledger offered where a need stayed unmet."""

import pytest
from bed_directory import ADVICE, BOYS, GIRLS, ROBIN
from bed_screens import CONCERN, FACTS, with_homes
from bs4 import BeautifulSoup

from screening.operations.actors import Role
from screening.operations.beds import attempts_of


@pytest.fixture
def intake(browser_of):
    return browser_of(Role.INTAKE_STAFF)


@pytest.fixture
def screening_id(database, people, screen):
    with_homes(database, people)
    return screen(record={**FACTS, **CONCERN, "place_tonight": "no_place"})


@pytest.fixture
def logged(database, people, screening_id):
    """A function: every call about the screening."""

    def read():
        with database.reading(people[Role.INTAKE_STAFF].actor) as tx:
            return attempts_of(tx, screening_id)

    return read


def form_of(browser, screening_id, service_id):
    return browser.get(f"/screenings/{screening_id}/calls/new?service={service_id}")


def call(browser, screening_id, service_id=GIRLS, status=303, **fields):
    page = form_of(browser, screening_id, service_id)
    return browser.submit(page, f"/screenings/{screening_id}/calls/new", status, **fields)


def test_two_taps_write_down_that_there_was_no_bed_and_offer_the_ledger(intake, screening_id, logged, clock):
    page = form_of(intake, screening_id, GIRLS)
    assert page.select_one('button[name=outcome][value="no_bed"]').get_text(strip=True) == "Tried, no bed"
    intake.submit(page, f"/screenings/{screening_id}/calls/new", outcome="no_bed")
    (made,) = logged()
    assert (made.service_id, made.outcome, made.at, dict(made.words)) == (GIRLS, "no_bed", clock(), {})
    listed = intake.get(f"/screenings/{screening_id}/calls")
    assert "Girls House" in listed.select_one(f"#call-{made.id}").get_text()
    address = listed.select_one('a[href*="unmet-needs"]')["href"]
    assert address == f"/screenings/{screening_id}/unmet-needs/new?need=safe_place_tonight&reason=no_bed"
    intake.get(address)


def test_an_outcome_that_helped_offers_no_ledger(intake, screening_id):
    call(intake, screening_id, outcome="placed")
    assert intake.get(f"/screenings/{screening_id}/calls").select('a[href*="unmet-needs"]') == []


def test_who_said_what_when_is_kept_and_shown(intake, screening_id, logged):
    call(intake, screening_id, ROBIN, outcome="call_back", spoke_with="Mr. Night", note="After six",
         at="2026-11-24T07:30")  # fmt: skip
    (made,) = logged()
    assert dict(made.words) == {"spoke_with": "Mr. Night", "note": "After six"}
    text = intake.get(f"/screenings/{screening_id}/calls").get_text(" ", strip=True)
    for words in ("07:30 CST", "with Mr. Night", "After six", "written down by Person intake_staff"):
        assert words in text


def test_the_next_caller_sees_how_often_nobody_answered(
    intake, browser_of, screening_id, open_screening_of, clock
):
    for screening in (screening_id, open_screening_of(Role.INTAKE_STAFF), screening_id):
        call(intake, screening, BOYS, outcome="no_answer")
    call(intake, screening_id, BOYS, outcome="no_bed")
    text = form_of(browser_of(Role.SUPERVISOR), screening_id, BOYS).get_text(" ", strip=True)
    assert "Tried, no bed: once" in text
    assert "No answer: 3 times" in text
    assert "3 times" not in form_of(intake, screening_id, GIRLS).get_text()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({}, "outcome"),
        ({"outcome": "made_up"}, "outcome"),
        ({"outcome": "no_bed", "note": "n" * 301}, "note"),
        ({"outcome": "no_bed", "at": "2026-11-24T23:00"}, "at"),
        ({"outcome": "no_bed", "at": "yesterday"}, "at"),
    ],
)
def test_a_call_that_cannot_be_comes_back_as_it_was_typed(intake, screening_id, logged, fields, field):
    response = call(intake, screening_id, status=422, spoke_with="Mr. Night", **fields)
    page = BeautifulSoup(response.text, "html.parser")
    assert page.select_one(f'.error-summary a[href="#{field}"]')
    assert page.select_one('details[open] input[name=spoke_with][value="Mr. Night"]')
    assert logged() == ()


def test_the_same_form_sent_twice_is_one_call(intake, screening_id, logged):
    page = form_of(intake, screening_id, GIRLS)
    for _time in range(2):
        intake.submit(page, f"/screenings/{screening_id}/calls/new", outcome="no_answer")
    assert len(logged()) == 1


def test_without_a_service_the_page_asks_whom_and_any_service_can_be_called(intake, screening_id, logged):
    page = intake.get(f"/screenings/{screening_id}/calls/new")
    links = [each["href"] for each in page.select(".link-list a")]
    assert f"/screenings/{screening_id}/calls/new?service={GIRLS}" in links
    assert not any(ADVICE in each for each in links)  # nobody lives there; its card leads here
    call(intake, screening_id, ADVICE, outcome="message_left")
    assert logged()[0].service_id == ADVICE


def test_another_agency_sees_no_call_and_writes_none(browser_of, intake, screening_id, open_screening_of):
    call(intake, screening_id, outcome="no_bed")
    foreign = browser_of(Role.CPS_WORKER)
    own = open_screening_of(Role.CPS_WORKER)
    foreign.get(f"/screenings/{screening_id}/calls", 404)
    foreign.get(f"/screenings/{own}/calls/new?service={GIRLS}", 404)
    foreign.post(f"/screenings/{own}/calls/new", 404, service=GIRLS, outcome="no_bed")
    browser_of(Role.RULEBOOK_PUBLISHER).get(f"/screenings/{screening_id}/calls", 403)
