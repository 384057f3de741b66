"""The questionnaire's pages: what a section shows, what depends on what, interruptions."""

import re
from uuid import uuid4

import pytest
from bs4 import BeautifulSoup
from questionnaire_screening import leads_to, opener, small_application, text_of

from screening.core.statements import Source
from screening.operations.actors import Role
from screening.web.section_views import with_phone_links


@pytest.fixture
def app(tmp_path, database, clock):
    return small_application(tmp_path, database, clock)


@pytest.fixture
def screening_in(app, database, people, browser_of):
    return opener(app, database, people, browser_of)


@pytest.fixture
def screening(screening_in):
    return screening_in(youth_ref="24-1189")


def names_of(page):
    return {field["name"] for field in page.select("#questions fieldset [name], #questions .d [name]")}


# ---- a section's page


def test_a_section_shows_its_questions_in_staff_words_with_the_usual_row(screening):
    page = screening.get("now")
    assert page.h1.text == "Right now"
    assert names_of(page) == {"hurt.observed", "told.observed", "told_what.observed"}
    hurt = page.select_one("#hurt")
    assert hurt.h2.text == "Is the youth hurt?"
    assert text_of(hurt.fieldset) == "Staff saw Yes No Not sure Not checked"
    assert "Staff call help." in hurt.details.text
    assert "Are you hurt?" not in hurt.text


def test_rows_for_further_sources_come_when_asked_for_with_the_words_to_ask(screening):
    assert text_of(screening.get("now").select_one("#hurt button")) == "Also from the youth, records"
    hurt = screening.get("now", also="hurt").select_one("#hurt")
    assert [row["id"] for row in hurt.select("fieldset")] == ["hurt.observed", "hurt.said", "hurt.record"]
    assert text_of(hurt.select_one("[id='hurt.said']")).endswith("Did not want to say Not asked")
    assert text_of(hurt.select_one(".say")) == "If you ask: Are you hurt?"
    assert hurt.button is None


def test_without_a_script_asking_for_more_rows_saves_the_page_and_comes_back(screening):
    response = screening.send("now", hurt__observed="no", also="hurt")
    assert leads_to(response) == "sections/now?also=hurt#hurt"
    assert screening.answers == [("hurt", "observed", "no")]


def test_a_row_that_holds_an_answer_is_at_hand(screening):
    screening.add("hurt", "no", Source.SAID)
    assert "hurt.said" in names_of(screening.get("now"))


def test_a_single_source_needs_no_heading_but_has_one_to_be_read_out(screening):
    told = screening.get("now").select_one("#told")
    assert "one" in told["class"]
    assert told.legend.text == "Staff saw"


def test_own_answers_are_filled_in_and_others_answers_are_shown_beside(screening, people):
    screening.add("hurt", "no", Source.OBSERVED)
    screening.add("hurt", "unsure", Source.RECORD, people[Role.SUPERVISOR].actor)
    hurt = screening.get("now").select_one("#hurt")
    assert hurt.select_one("input[checked]")["value"] == "no"
    assert text_of(hurt.select_one(".by")) == "Person supervisor, from records: Not sure , Nov 24, 09:00"
    assert not hurt.select("[name='hurt.record']")


def test_a_page_drawn_for_one_is_not_shown_to_another(screening, people, browser_of):
    screening.add("hurt", "yes", Source.OBSERVED)
    screening.get("now")
    theirs = browser_of(Role.SUPERVISOR).get(screening.path("sections/now")).select_one("#hurt")
    assert theirs.select_one("input[checked]") is None
    assert "Person intake_staff" in theirs.text


def test_every_kind_of_answer_comes_back_as_it_was_given(screening_in):
    screening = screening_in(Role.CPS_WORKER)
    given = {
        "birth_date__record": ["3", "14", "2011"],
        "age__record": "15",
        "found__observed": ["", "cards", "keys"],
        "where__record": "mo_two",
        "note__observed": "line one\nline <two>",
    }
    screening.send("who", **given)
    assert set(screening.answers) == {
        ("birth_date", "record", "2011-03-14"),
        ("age", "record", 15),
        ("found", "observed", ("keys", "cards")),
        ("where", "record", "mo_two"),
        ("note", "observed", "line one\nline <two>"),
    }
    page = screening.get("who")
    assert [field["value"] for field in page.select("[name='birth_date.record'][inputmode]")] == [
        "3",
        "14",
        "2011",
    ]
    assert page.select_one("[name='age.record']")["value"] == "15"
    assert [box["value"] for box in page.select("[name='found.observed'][checked]")] == ["keys", "cards"]
    assert page.select_one("[name='where.record'] [selected]")["value"] == "mo_two"
    assert page.textarea.text.strip() == "line one\nline <two>"


def test_free_text_is_not_asked_where_the_setting_allows_none(screening):
    assert screening.get("who").textarea is None
    screening.browser.post(screening.path("sections/who"), **{"note.observed": "forged"})
    assert screening.answers == []


def test_an_age_that_follows_from_the_date_of_birth_is_shown(screening):
    screening.add("birth_date", "2011-03-14")
    assert (
        text_of(screening.get("who").select_one("#age .by")) == "Worked out from the date of birth: 15 years"
    )


def test_steps_show_how_far_each_section_is(screening):
    screening.send("now", hurt__observed="no")
    screening.add("bed", "declined", Source.SAID)
    steps = [text_of(step) for step in screening.get("who").select(".steps li")]
    assert steps == [
        "Right now 1 of 2",
        "Who not started",
        "If the youth is willing not started",
        "Needs done",
    ]
    assert screening.get("who").select_one("[aria-current=step]")["href"] == "who"


def test_the_concern_so_far_is_shown_with_its_bounds(screening):
    line = text_of(screening.get("now").select_one("#so-far"))
    assert line.startswith(
        "So far: Cannot rule out yet It can turn out to be anything from no current concern"
    )


def test_the_rights_notice_is_on_each_section_that_asks_and_open_where_asking_begins(screening):
    assert screening.get("who").select_one(".rights") is None
    assert not screening.get("now").select_one(".rights").has_attr("open")
    notice = screening.get("asked").select_one(".rights")
    assert notice.has_attr("open")
    assert "You may stay silent." in notice.text


def test_another_jurisdiction_has_no_notice(screening_in):
    assert screening_in(jurisdiction="us").get("asked").select_one(".rights") is None


# ---- questions that depend on others


def test_a_question_waits_for_the_answer_it_depends_on(screening):
    assert screening.get("now").select_one("#told_what").has_attr("hidden")
    screening.add("told", "unsure", Source.OBSERVED)
    assert not screening.get("now").select_one("#told_what").has_attr("hidden")


def test_questions_that_begin_to_apply_bring_the_page_back(screening):
    screening.send("now", told__observed="no")
    screening.add("hurt", "yes", Source.OBSERVED)
    response = screening.send("now", told__observed="unsure")
    assert leads_to(response) == "sections/now?more=1"
    page = screening.browser.get(response.location)
    assert "more questions apply here" in page.text
    assert leads_to(screening.send("now", told_what__observed="work")) == "sections/who"


def test_what_no_longer_applies_is_kept_and_not_counted(screening):
    screening.add("told_what", "work", Source.OBSERVED)
    screening.send("now", told__observed="no")
    assert screening.get("now").select_one("#told_what").has_attr("hidden")
    line = text_of(screening.browser.get(screening.path("check")).select_one(".not-counted"))
    assert "Work" in line
    assert "Kept, not counted" in line


# ---- interruptions


def test_an_answer_that_calls_for_action_leads_to_what_to_do_and_then_onward(screening):
    response = screening.send("now", hurt__observed="yes")
    assert leads_to(response) == "interruptions/danger_now?then=who"
    page = screening.browser.get(response.location)
    assert page.h1.text == "Danger now"
    assert page.select_one(".phone[href='tel:1-800-555-0100']")
    onward = page.find("a", string="Continue screening")["href"]
    assert onward.endswith("sections/who")
    assert text_of(screening.browser.get(onward).select_one(".stop")) == "Act now Danger now See the steps"


def test_an_interruption_in_force_does_not_interrupt_again(screening):
    screening.send("now", hurt__observed="yes")
    assert leads_to(screening.send("who", age__record="15")) == "sections/asked"


def test_the_outranking_interruption_comes_first(screening):
    response = screening.send("now", hurt__observed="yes", told__observed="yes")
    assert leads_to(response).startswith("interruptions/danger_now?then=now")
    page = screening.browser.get(response.location)
    assert [text_of(link) for link in page.select("main li a:not(.phone)")] == ["Stop asking", "Report first"]
    stops = screening.get("who").select(".stop span")
    assert [stop.text for stop in stops] == ["Danger now", "Stop asking", "Report first"]


def test_a_disclosure_sets_the_questions_to_the_youth_aside_but_not_those_about_needs(screening):
    screening.send("now", told__observed="yes")
    asked = screening.get("asked")
    assert asked.select_one(".rights") is None
    assert "Does someone decide for you?" not in asked.text
    assert asked.select_one("#controlled fieldset")["id"] == "controlled.collateral"
    assert "Do you need a bed?" in screening.get("needs").text
    page = screening.browser.get(screening.path("interruptions/disclosure"))
    assert page.find("a", string="Continue screening") is None
    assert page.find("a", string="Go to the result")["href"] == "../result"
    assert page.find("a", string="Record only what staff saw or records show")["href"].endswith(
        "sections/now"
    )


def test_concern_recognised_starts_the_clocks_once(screening):
    screening.send("now", hurt__observed="no")
    assert screening.record.recognised_at is None
    assert leads_to(screening.send("asked", controlled__said="yes")).startswith("interruptions/report_first")
    first = screening.record.recognised_at
    assert first is not None
    screening.send("asked", sold__said="yes")
    assert screening.record.recognised_at == first


def test_when_nothing_open_can_change_the_result_asking_may_stop(screening):
    assert screening.get("who").select_one("#may-stop").has_attr("hidden")
    screening.send("asked", sold__said="yes")
    panel = screening.get("who").select_one("#may-stop")
    assert not panel.has_attr("hidden")
    assert panel.find("a", string="Go to needs")["href"] == "needs"


@pytest.mark.parametrize("page", ["interruptions/nothing", "sections/nowhere", "sections/Who"])
def test_what_is_not_there_is_not_found(screening, page):
    screening.browser.get(screening.path(page), 404)


@pytest.mark.parametrize("page", ["check", "sections/now", "interruptions/danger_now"])
def test_another_agencys_screening_and_no_id_are_not_found(screening, browser_of, page):
    browser_of(Role.CPS_WORKER).get(screening.path(page), 404)
    screening.browser.get(f"/screenings/{uuid4()}/{page}", 404)
    screening.browser.get(f"/screenings/x/{page}", 404)


def test_an_interruption_not_in_force_says_so_and_a_strange_then_is_ignored(screening):
    page = screening.browser.get(screening.path("interruptions/danger_now?then=//evil.example"))
    assert "Not called for by the answers now" in page.text
    assert page.find("a", string="Continue screening")["href"].endswith("sections/now")


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Call 911 or 988, or 1-888-373-7888.", ["911", "988", "1-888-373-7888"]),
        ("816-555-0100 <b>", ["816-555-0100"]),
        ("Section 911-5 of 2911 and 98876", []),
    ],
)
def test_phone_numbers_can_be_called(text, numbers):
    html = with_phone_links(text)
    assert re.findall(r'href="tel:([^"]+)"', html) == numbers
    assert BeautifulSoup(html, "html.parser").text == text


# ---- going on


def test_going_on_leads_to_the_first_section_with_something_open(screening):
    def onward():
        return leads_to(screening.browser.open(f"/screenings/{screening.id}", 303))

    assert onward() == "sections/now"
    screening.add("hurt", "no")
    screening.add("told", "no")
    assert onward().startswith("sections/")
    assert onward() != "sections/now"
