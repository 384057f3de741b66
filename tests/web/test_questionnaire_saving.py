"""Saving a section's page, and single rows as they are given."""

from uuid import uuid4

import pytest
from bs4 import BeautifulSoup
from questionnaire_screening import Screening, leads_to, opener, small_application

from screening.operations.actors import Role


@pytest.fixture
def app(tmp_path, database, clock):
    return small_application(tmp_path, database, clock)


@pytest.fixture
def screening_in(app, database, people, browser_of):
    return opener(app, database, people, browser_of)


@pytest.fixture
def screening(screening_in):
    return screening_in(youth_ref="24-1189")


# ---- saving


def test_saving_goes_on_to_the_next_section_and_from_the_last_to_the_check(screening):
    assert leads_to(screening.send("now")) == "sections/who"
    assert leads_to(screening.send("needs", bed__said="no")) == "check"


def test_nothing_changed_writes_nothing(screening):
    screening.send("who", age__record="15")
    screening.send("who")
    assert screening.answers == [("age", "record", 15)]


def test_a_page_sent_twice_is_recorded_once(screening):
    page = screening.get("who")
    screening.send("who", page=page, age__record="15")
    screening.send("who", page=page, age__record="15")
    assert screening.answers == [("age", "record", 15)]


def test_a_page_sent_again_with_another_answer_keeps_both(screening):
    page = screening.get("who")
    screening.send("who", page=page, age__record="15")
    screening.send("who", page=page, age__record="16")
    assert [value for _, _, value in screening.answers] == [15, 16]


def test_two_tabs_do_not_undo_each_other(screening):
    screening.send("who", age__record="15", where__record="mo_one")
    first, second = screening.get("who"), screening.get("who")
    screening.send("who", page=first, age__record="16")
    screening.send("who", page=second, where__record="mo_two")
    assert screening.answers[2:] == [("age", "record", 16), ("where", "record", "mo_two")]


def test_answers_of_two_people_stand_side_by_side(screening, browser_of, people):
    screening.send("now", hurt__observed="no")
    theirs = Screening(
        screening.database, browser_of(Role.SUPERVISOR), people[Role.SUPERVISOR].actor, screening.id
    )
    theirs.send("now", hurt__observed="yes")
    assert {(each.author, each.value) for each in screening.record.statements} == {
        (screening.actor.user_id, "no"),
        (theirs.actor.user_id, "yes"),
    }


def test_an_emptied_answer_is_taken_back_as_not_asked(screening):
    screening.send("who", age__record="15")
    screening.send("who", age__record="")
    assert screening.answers[-1] == ("age", "record", "not_asked")


def test_faults_are_named_in_the_title_the_summary_and_beside_the_row_and_the_rest_is_saved(screening):
    response = screening.send(
        "who", 422, birth_date__record=["2", "31", "2011"], age__record="203", where__record="mo_one"
    )
    assert screening.answers == [("where", "record", "mo_one")]
    page = BeautifulSoup(response.text, "html.parser")
    assert page.title.text.startswith("Error: Who")
    assert [(link["href"], link.text) for link in page.select(".error-summary a")] == [
        ("#birth_date.record", "Born when? There is no day 31 in month 2 of 2011: it has 28 days."),
        ("#age.record", "How old? Enter a number from 0 to 120."),
    ]
    assert page.select_one("[id='age.record-e']").text == "Error: Enter a number from 0 to 120."
    assert page.select_one("[name='age.record']")["value"] == "203"
    assert [field["value"] for field in page.select("[name='birth_date.record'][inputmode]")] == [
        "2",
        "31",
        "2011",
    ]


def test_a_page_with_faults_shows_the_rest_as_recorded_meanwhile(screening):
    screening.send("who", age__record="15")
    stale = screening.get("who")
    screening.send("who", age__record="16")
    response = screening.send("who", 422, page=stale, birth_date__record=["1", "", ""])
    page = BeautifulSoup(response.text, "html.parser")
    assert page.select_one("[name='age.record']")["value"] == "16"
    screening.send("who", page=page, birth_date__record=["1", "2", "2011"])
    assert screening.answers[-1] == ("birth_date", "record", "2011-01-02")
    assert ("age", "record", 15) not in screening.answers[1:]


def test_two_megabytes_are_refused_with_the_limit_and_a_short_page(screening_in):
    screening = screening_in(Role.CPS_WORKER)
    response = screening.send("who", 422, note__observed="x" * 2_000_000)
    assert "it has 2000000 characters and may have 2500" in response.text
    assert "Only the first 2,000 characters are shown here." in response.text
    assert screening.answers == []


def test_a_fault_in_a_row_of_a_question_that_does_not_apply_is_shown(screening):
    screening.send("now", told__observed="no")
    response = screening.send("now", 422, told_what__observed="forged")
    page = BeautifulSoup(response.text, "html.parser")
    assert not page.select_one("#told_what").has_attr("hidden")
    assert "Choose one of the listed answers." in page.select_one("#told_what").text


# ---- autosave


def test_an_answer_is_saved_as_it_is_given_and_the_page_told_where_it_stands(screening):
    answer = screening.autosave("hurt.observed", "yes", section="now")
    assert screening.answers == [("hurt", "observed", "yes")]
    assert (answer["saved_at"], answer["message"], answer["errors"]) == ("09:00", "Saved 09:00", {})
    assert answer["concern"]["headline"] == "Cannot rule out yet"
    assert answer["not_applicable"] == ["told_what"]
    assert (answer["may_stop"], answer["progress"]) == (False, "1 of 2")
    (stop,) = answer["interruptions"]
    assert (stop["id"], stop["title"], stop["new"]) == ("danger_now", "Danger now", True)
    assert stop["href"] == screening.path("interruptions/danger_now")
    assert not screening.autosave("told.observed", "no", section="now")["interruptions"][0]["new"]


def test_autosave_reveals_what_begins_to_apply_and_starts_the_clocks(screening):
    answer = screening.autosave("told.observed", "yes", section="now")
    assert answer["not_applicable"] == []
    assert answer["may_stop"] is True
    assert screening.record.recognised_at is not None


def test_a_replayed_autosave_changes_nothing(screening):
    token = str(uuid4())
    screening.autosave("hurt.observed", "no", section="now", save=token)
    screening.autosave("hurt.observed", "unsure", section="now")
    screening.autosave("hurt.observed", "no", section="now", save=token)
    assert [value for _, _, value in screening.answers] == ["no", "unsure"]
    assert screening.get("now").select_one("#hurt input[checked]")["value"] == "unsure"


def test_the_page_saved_after_its_own_autosaves_adds_nothing(screening):
    page = screening.get("now")
    screening.autosave("hurt.observed", "no", section="now")
    screening.autosave("hurt.observed", "unsure", section="now")
    screening.send("now", page=page, hurt__observed="unsure", touched="hurt.observed")
    assert len(screening.answers) == 2


def test_autosave_names_what_is_wrong_and_saves_nothing(screening):
    answer = screening.autosave("age.record", "203", section="who")
    assert answer["errors"] == {"age.record": "Enter a number from 0 to 120."}
    assert answer["message"].startswith("Not saved.")
    assert screening.answers == []


@pytest.mark.parametrize(
    "body",
    [
        [],
        {"section": "now", "field": "hurt.observed", "values": "yes"},
        {"section": "now", "field": "hurt.observed", "values": [1]},
        {"section": "now", "field": 3, "values": []},
        {"section": "now", "values": []},
        {"section": "now", "field": "hurt.observed", "values": ["yes"] * 101},
    ],
)
def test_a_malformed_autosave_is_refused(screening, body):
    screening.browser.post_json(screening.path("answers"), body, 400)


def test_autosave_for_an_unknown_section_or_row(screening):
    screening.autosave("hurt.observed", "yes", section="nowhere", status=404)
    assert screening.autosave("nothing.said", "yes", section="now")["errors"] == {}
    assert screening.answers == []


def test_a_signed_out_script_is_told_so(screening, app):
    body = {"section": "now", "field": "hurt.observed", "values": ["yes"]}
    assert app.test_client().post(screening.path("answers"), json=body).status_code == 401
