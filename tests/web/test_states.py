"""Choosing the state of a screening, and the notice when the youth was found in another one."""

from uuid import uuid4

import pytest
from result_text import text_of, texts

from screening.core.statements import Source
from screening.operations.actors import Role
from screening.operations.screenings import NewStatement, find_screening, save_statements

NEW = "/screenings/new"


@pytest.fixture
def found_in(database, people, open_screening_of, browser_of):
    """A function: a state and a county → the result page of a screening there with a youth found in that county."""

    def open_one(state: str, county: str, **more: object):
        screening_id = open_screening_of(Role.INTAKE_STAFF, jurisdiction=state)
        said = {"age": 15, "exchange_known": "yes", "county_found": county, **more}
        with database.writing(people[Role.INTAKE_STAFF].actor) as tx:
            save_statements(
                tx,
                screening_id,
                [
                    NewStatement(uuid4().hex, question, value, Source.RECORD)
                    for question, value in said.items()
                ],
            )
        return browser_of(Role.INTAKE_STAFF).get(f"/screenings/{screening_id}/result")

    return open_one


# ---- choosing the state


def test_the_usual_states_stand_first_and_all_others_in_a_list(browser_of):
    page = browser_of(Role.INTAKE_STAFF).get(NEW)
    assert texts(page, "label[for^=jurisdiction]") == ["Missouri", "Kansas", "Another state"]
    others = [option["value"] for option in page.select("#other_state option")]
    assert others[0] == ""
    assert len(others) == 50
    assert not set(others) & {"us_mo", "us_ks", "us", "us_other_states"}
    assert texts(page, "#other_state option")[1:] == sorted(texts(page, "#other_state option")[1:])


def test_the_page_says_that_the_city_lies_in_two_states(browser_of):
    page = browser_of(Role.INTAKE_STAFF).get(NEW)
    hint = text_of(page, "#jurisdiction-hint")
    assert "Choose the state where the youth was found." in hint
    assert hint.count("Kansas City lies in both Missouri and Kansas") == 1


def test_another_state_is_taken_from_the_list(browser_of, database, people):
    browser = browser_of(Role.INTAKE_STAFF)
    answer = browser.submit(browser.get(NEW), NEW, jurisdiction="another", other_state="us_ne")
    with database.reading(people[Role.INTAKE_STAFF].actor) as tx:
        assert find_screening(tx, answer.location.rpartition("/")[2]).jurisdiction == "us_ne"


@pytest.mark.parametrize(
    ("chosen", "other", "message"),
    [
        ("another", "", "Choose the other state from the list"),
        ("another", "us", "Choose the other state from the list"),
        ("another", "us_mo", "Choose the other state from the list"),
        ("us_mo", "us_ne", "A state is chosen above and another one in this list"),
    ],
)
def test_a_state_left_open_or_chosen_twice_is_never_guessed(browser_of, chosen, other, message):
    browser = browser_of(Role.INTAKE_STAFF)
    answer = browser.submit(browser.get(NEW), NEW, 422, jurisdiction=chosen, other_state=other)
    assert message in answer.text
    assert 'href="#other_state"' in answer.text
    assert browser.get("/").select_one("table") is None


# ---- found in another state


def test_a_youth_found_in_the_state_of_the_screening_brings_no_notice(found_in):
    assert found_in("us_mo", "mo_jackson").select_one("#elsewhere") is None


def test_a_youth_found_across_the_line_is_told_plainly(found_in):
    page = found_in("us_mo", "ks_johnson")
    notice = text_of(page, "#elsewhere")
    assert "The youth was found in Kansas, and this page shows the law of Missouri" in notice
    assert "The answers say Johnson County, Kansas." in notice
    assert "1-800-922-5330" in notice
    assert "1-800-392-3738" not in notice
    links = [link["href"] for link in page.select("#elsewhere a")]
    assert any(link.endswith("/law?place=us_ks") for link in links)
    assert NEW in links


def test_the_notice_leads_to_the_law_of_the_other_state(found_in, browser_of, rulebook):
    page = found_in("us_mo", "ks_johnson")
    link = next(link["href"] for link in page.select("#elsewhere a") if "/law" in link["href"])
    assert rulebook.digest in link
    shown = text_of(browser_of(Role.INTAKE_STAFF).get(link))
    assert rulebook.law["ks_protective_custody"].title in shown


def test_a_youth_found_anywhere_else_is_told_too(found_in):
    notice = text_of(found_in("us_ks", "elsewhere"), "#elsewhere")
    assert "The youth was found in another state or country, and this page shows the law of Kansas" in notice


def test_another_state_shows_federal_law_its_own_note_and_where_to_report(found_in):
    page = found_in("us_ne", "elsewhere")
    assert page.select_one("#elsewhere") is None
    law = text_of(page, "section[aria-labelledby=law]")
    assert "Nebraska - can a minor be charged with prostitution?" in law
    assert "ask local counsel what holds today" in law
    assert "looked up on Nov 24, 2026" in law
    assert "RSMo" not in law
    assert "22 USC 7102" in text_of(page, "section[aria-labelledby=victim]")
    assert "Report to this state's child abuse hotline yourself, now" in text_of(page, "#actions, .do-first")
    assert page.select_one("section[aria-labelledby=law] a[href='tel:800-652-1999']")


def test_a_missouri_page_names_no_other_state(found_in):
    assert "can a minor be charged" not in text_of(found_in("us_mo", "mo_jackson"))
