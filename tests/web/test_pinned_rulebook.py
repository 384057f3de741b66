"""A screening is shown under the rulebook it was opened with, also when another one has been published since."""

import pytest
from questionnaire_book import FILES
from questionnaire_screening import Screening, opener, small_application, text_of

from screening.core.loading import load_files
from screening.operations.actors import Role
from screening.operations.screenings import ScreeningRefused, open_screening

QUESTION_FILE = next(name for name in FILES if name.startswith("questions/"))


@pytest.fixture
def earlier(tmp_path, database, clock, people, browser_in) -> Screening:
    """A screening opened under the small rulebook."""
    app = small_application(tmp_path, database, clock)
    return opener(app, database, people, lambda role: browser_in(app, role))()


@pytest.fixture
def app_now(tmp_path, database, clock, earlier):
    """The application after one question's words were changed."""
    text = load_files({name: text.encode() for name, text in FILES.items()}).sections[0].questions[0].text
    changed = FILES[QUESTION_FILE].replace(text, "Changed since?")
    assert changed != FILES[QUESTION_FILE]
    return small_application(tmp_path, database, clock, {QUESTION_FILE: changed})


def test_an_earlier_screening_keeps_its_questions_and_a_new_one_has_the_new(
    app_now, database, people, browser_in, earlier
):
    browser = browser_in(app_now, Role.INTAKE_STAFF)
    section = app_now.extensions["screening"].rulebook.sections[0].id
    page = browser.get(f"/screenings/{earlier.id}/sections/{section}")
    assert "Changed since?" not in text_of(page.select_one("#questions"))
    new = opener(app_now, database, people, lambda role: browser)()
    assert "Changed since?" in text_of(new.get(section).select_one("#questions"))


def test_the_result_says_that_a_newer_edition_is_in_use(app_now, browser_in, earlier):
    browser = browser_in(app_now, Role.INTAKE_STAFF)
    browser.get(f"/screenings/{earlier.id}/check")
    page = browser.get(f"/screenings/{earlier.id}/result")
    assert "keeps the edition it was opened under" in text_of(page)


def test_a_screening_cannot_be_opened_under_a_rulebook_nobody_kept(database, people):
    with (
        pytest.raises(ScreeningRefused, match="kept for your agency"),
        database.writing(people[Role.INTAKE_STAFF].actor) as tx,
    ):
        open_screening(tx, setting="detention", jurisdiction="us_mo", youth_ref="", rulebook_digest="0" * 64)
