"""What a youth hears stands in both languages on the pages, the Spanish marked as Spanish, and pages stay small."""

import pytest
from bs4 import BeautifulSoup

from screening.operations.actors import Role


def texts(found) -> set[str]:
    return {" ".join(each.get_text().split()) for each in found}


def asked_on(rulebook, section_id: str) -> list:
    section = next(each for each in rulebook.sections if each.id == section_id)
    return [question for question in section.questions if question.youth_text]


@pytest.mark.parametrize("section_id", ["youth_safety", "youth_pressure"])
def test_a_question_to_the_youth_stands_in_both_languages(
    browser_of, rulebook, open_screening_of, section_id
):
    screening_id = open_screening_of(Role.INTAKE_STAFF)
    page = browser_of(Role.INTAKE_STAFF).get(f"/screenings/{screening_id}/sections/{section_id}")
    for question in asked_on(rulebook, section_id):
        assert question.youth_text in texts(page.select(f"#{question.id} .say:not([lang]) q"))
        assert texts(page.select(f"#{question.id} .say[lang=es] q")) == {question.youth_spanish}


def test_options_are_said_in_spanish_under_their_question(browser_of, rulebook, open_screening_of):
    screening_id = open_screening_of(Role.INTAKE_STAFF)
    page = browser_of(Role.INTAKE_STAFF).get(f"/screenings/{screening_id}/sections/needs")
    said = page.select_one("#placement_needs [lang=es]").get_text()
    options = rulebook.questions["placement_needs"].options
    assert len(options) == 6
    assert all(option.spanish in said for option in options)


def test_the_rights_notice_is_in_spanish_where_it_stands_open_and_one_link_away_elsewhere(
    browser_of, rulebook, screening_of_case
):
    role, screening_id = screening_of_case(rulebook.cases["abuse_without_trade"])
    browser = browser_of(role)
    notice = next(each for each in rulebook.about.rights_notices if each.jurisdiction == "us_mo")
    opened = browser.open(f"/screenings/{screening_id}/sections/youth_safety").text
    lines = BeautifulSoup(opened, "html5lib").select(".rights[open] ul[lang=es] li")
    assert [line.get_text().strip() for line in lines] == list(notice.spanish)
    folded = browser.get(f"/screenings/{screening_id}/sections/youth_pressure")
    target = folded.select_one(".rights [lang=es] a")["href"]
    path, anchor = target.split("#")
    assert texts(browser.get(path).select(f"#{anchor} ul[lang=es] li")) == set(notice.spanish)


def test_the_explorer_shows_all_of_it(browser_of, rulebook):
    page = browser_of(Role.INTAKE_STAFF).get("/rulebook/questions")
    shown = texts(page.select("[lang=es] q"))
    for question in rulebook.questions.values():
        if question.youth_text:
            assert {question.youth_spanish, *question.ask_like_spanish} <= shown


def test_pages_that_ask_stay_small_in_every_mock_case(browser_of, rulebook, screening_of_case):
    """The browser fails for a question page of more than 20 kB."""
    asking = [each.id for each in rulebook.sections if asked_on(rulebook, each.id)]
    assert len(asking) == 5
    for case in rulebook.cases.values():
        role, screening_id = screening_of_case(case)
        for section_id in asking:
            browser_of(role).open(f"/screenings/{screening_id}/sections/{section_id}")
