"""The what-if page: suppositions are shown, never recorded, and nothing about a youth is in an address."""

import json
import re
import sqlite3
from datetime import date
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup

from screening.core.evaluation import Level, assess
from screening.core.routing import Change
from screening.core.rule_export import exported
from screening.core.statements import Source
from screening.operations.actors import Role
from screening.operations.screenings import NewStatement, find_screening, save_statements
from screening.web.change_views import MOST_SHOWN, change_groups
from screening.web.what_if_choices import asked_questions, supposable


@pytest.fixture
def screening(database, people, open_screening_of):
    """A function: answers → the id of a screening of intake staff that holds them, as staff saw them."""

    def make(**answers: object) -> str:
        id = open_screening_of(Role.INTAKE_STAFF, youth_ref="24-1189")
        new = [NewStatement(f"{id}-{name}", name, value, Source.OBSERVED) for name, value in answers.items()]
        with database.writing(people[Role.INTAKE_STAFF].actor) as tx:
            save_statements(tx, id, new)
        return id

    return make


@pytest.fixture
def speaking(app):
    """Inside a request: texts are spoken in its language."""
    with app.test_request_context():
        app.preprocess_request()
        yield


@pytest.fixture
def staff(browser_of):
    return browser_of(Role.INTAKE_STAFF)


@pytest.fixture
def supposing(staff):
    """A function: a screening's id and suppositions → the page that answers the form."""

    def send(id: str, **answers: str | list[str]) -> BeautifulSoup:
        sent = {f"q.{question}": value for question, value in answers.items()}
        return BeautifulSoup(staff.post(f"/screenings/{id}/what-if", 200, **sent).text, "html.parser")

    return send


def texts(page: BeautifulSoup, selector: str) -> list[str]:
    return [" ".join(each.get_text().split()) for each in page.select(selector)]


def supposed_rows(page: BeautifulSoup) -> list[str]:
    return [str(row.select_one("[name]")["name"]) for row in page.select(".row.supposed")]


CANNOT_TELL = "Cannot rule out yet Between “No current concern” and “Clear concern”"


def test_it_says_where_the_result_stands_and_that_nothing_is_saved(staff, screening):
    page = staff.get(f"/screenings/{screening(age=15)}/what-if")
    assert "Suppositions: nothing is saved" in page.select_one(".alert").get_text()
    assert texts(page, "#standing dd") == [CANNOT_TELL, CANNOT_TELL]
    assert texts(page, "#raises p") == ["Would make it “Clear concern”:", "Would make it “Possible concern”:"]
    assert texts(page, "#lowers p") == ["Nothing is raised that could fall."]
    assert not page.select_one("#no-difference").has_attr("hidden")
    assert supposed_rows(page) == []


def test_a_supposition_shows_what_would_be_different(screening, supposing):
    page = supposing(screening(age=15), exchange_known="yes")
    assert texts(page, "#standing dd") == [CANNOT_TELL, "Clear concern It stays “Clear concern”"]
    assert texts(page, "#signs .added li")
    assert "Report first, before any further questions" in texts(page, "#interruptions .added li")
    assert texts(page, "#actions .added li")
    assert page.select_one("#signs .gone").has_attr("hidden")
    assert not page.select_one("#stops-asking").has_attr("hidden")
    assert page.select_one("#no-difference").has_attr("hidden")
    assert texts(page, "#raises p") == ["It cannot be higher."]
    assert len(page.select("#lowers li")) == 1
    assert page.select_one("select[name='q.exchange_known'] option[selected]")["value"] == "yes"
    assert supposed_rows(page) == ["q.exchange_known"]


def test_a_given_answer_may_be_supposed_otherwise(screening, supposing):
    id = screening(age=15, exchange_known="yes", items_found=("hotel_keys", "prepaid_cards"))
    page = supposing(id, exchange_known="no", items_found=["", "hotel_keys"])
    assert texts(page, "#standing dd")[0].startswith("Clear concern")
    assert not texts(page, "#standing dd")[1].startswith("Clear concern")
    assert texts(page, "#signs .gone li")
    assert set(supposed_rows(page)) == {"q.exchange_known", "q.items_found"}
    unsure = supposing(id, exchange_known="unsure", items_found=["", "hotel_keys", "prepaid_cards"])
    assert "Between" in texts(unsure, "#standing dd")[1]
    assert supposed_rows(unsure) == ["q.exchange_known"]


def test_numbers_are_supposed_as_the_ranges_the_rules_tell_apart(staff, screening, supposing):
    id = screening(exchange_known="yes", age=15)
    offered = staff.get(f"/screenings/{id}/what-if").select("select[name='q.age'] option")
    assert [str(each.contents[0]).strip() for each in offered] == [
        "Recorded: 15 years", "under 18 years", "18 years or more", "Not sure",
    ]  # fmt: skip
    assert texts(supposing(id, age="18"), "#standing dd")[1].startswith("Cannot rule out")
    assert texts(supposing(id, age="unsure"), "#standing dd")[1].startswith("Clear concern")


def test_unknown_is_never_shown_as_a_no(staff, screening):
    page = staff.get(f"/screenings/{screening(suicide_risk_now='unsure', threatened='declined')}/what-if")
    shown = {
        str(select["name"]): str(select.select_one("option").contents[0]).strip()
        for select in page.select("#suppositions select")
    }
    assert shown.pop("q.suicide_risk_now") == "Recorded: Not sure"
    assert shown.pop("q.threatened") == "Recorded: Did not want to say"
    assert set(shown.values()) == {"Recorded: Not answered yet"}
    assert set(texts(page, "#suppositions legend small")) == {"Recorded: Not answered yet"}


def test_what_the_page_does_not_offer_supposes_nothing(screening, supposing):
    id = screening(age=15)
    page = supposing(
        id, exchange_known="maybe", age="999", no_such_question="yes", items_found=["", "a_house", "<b>"],
        medical_care_now=["yes", "no"],
    )  # fmt: skip
    assert supposed_rows(page) == []
    assert texts(page, "#standing dd") == [CANNOT_TELL, CANNOT_TELL]


def test_nothing_is_recorded_but_that_it_was_looked_at(database, people, screening, supposing, tmp_path):
    id = screening(age=15)
    supposing(id, exchange_known="yes", controlled_by_other="yes")
    with database.reading(people[Role.INTAKE_STAFF].actor) as tx:
        record = find_screening(tx, id)
    assert [(each.question, each.value) for each in record.statements] == [("age", 15)]
    assert record.recognised_at is None
    with sqlite3.connect(tmp_path / "instance" / "screening.sqlite") as connection:
        rows = connection.execute("select action from journal where subject = ?", (id,)).fetchall()
    connection.close()
    assert [row[0] for row in rows].count("screening.viewed") == 1


def test_only_who_may_see_the_screening_sees_it(browser_of, screening, stranger):
    path = f"/screenings/{screening(age=15)}/what-if"
    assert "/sign-in" in stranger.open(path, 303).headers["Location"]
    browser_of(Role.ADMINISTRATOR).open(path, 403)
    browser_of(Role.CPS_WORKER).open(path, 404)
    browser_of(Role.CPS_WORKER).post(path, 404)
    browser_of(Role.SUPERVISOR).get(path)
    browser_of(Role.INTAKE_STAFF).open("/screenings/no-such/what-if", 404)
    browser_of(Role.INTAKE_STAFF).open(path, 400, method="POST", data={"q.exchange_known": "yes"})


def test_every_mock_case_has_its_page(app, screening_of_case, rulebook, browser_of):
    with app.test_request_context():
        expected = {f"q.{question.id}" for question in asked_questions(rulebook)}
    for case in rulebook.cases.values():
        role, id = screening_of_case(case)
        page = browser_of(role).get(f"/screenings/{id}/what-if")
        named = {field["name"] for field in page.select("#suppositions [name^='q.']")}
        assert named == expected


def test_what_the_script_is_given_names_nobody(staff, screening, people):
    page = staff.get(f"/screenings/{screening(age=15, suicide_risk_now='unsure')}/what-if")
    form = page.select_one("#suppositions")
    assert json.loads(str(form["data-known"])) == {
        "suicide_risk_now": ["unsure", None, False],
        "age": ["known", 15, False],
    }
    given = str(form)
    assert people[Role.INTAKE_STAFF].actor.user_id not in given
    assert not re.search(r"\d{4}-\d\d-\d\d", given)
    assert form["action"] == "what-if"
    assert form["method"] == "post"


# ---- the rulebook for the script


def test_the_rulebook_for_the_script_can_be_kept_and_holds_conditions_only(
    staff, screening, rulebook, stranger
):
    form = staff.get(f"/screenings/{screening()}/what-if").select_one("#suppositions")
    answer = staff.open(str(form["data-rules"]))
    assert answer.json == exported(rulebook)
    assert answer.mimetype == "application/json"
    again = staff.open(str(form["data-rules"]), 304, headers={"If-None-Match": answer.headers["ETag"]})
    assert not again.data
    wordings = [each.text for each in rulebook.questions.values()]
    wordings += [item.label for tool in rulebook.instruments.values() for item in tool.items]
    assert not [words for words in wordings if words in answer.text]
    stranger.open(str(form["data-rules"]), 401, headers={"Accept": "application/json"})


def test_the_labels_for_the_script_are_those_of_the_page(staff, screening, rulebook):
    form = staff.get(f"/screenings/{screening()}/what-if").select_one("#suppositions")
    labels = staff.open(str(form["data-labels"])).json
    assert labels["signs"] == {each.id: each.label for each in rulebook.indicators.values()}
    assert set(str(form["data-actions"]).split()) <= set(labels["actions"])


@pytest.mark.parametrize("name", ["twin", "labels"])
def test_a_rulebook_nobody_kept_is_not_found(staff, name):
    staff.open(f"/rulebook/{'0' * 64}/{name}.json", 404)


@pytest.mark.parametrize("name", ["data-rules", "data-labels"])
def test_only_the_address_with_the_hash_may_be_kept(staff, screening, name):
    address = str(staff.get(f"/screenings/{screening()}/what-if").select_one("#suppositions")[name])
    assert staff.open(address).headers["Cache-Control"] == "private, max-age=31536000, immutable"
    plain = urlsplit(address).path
    assert "immutable" not in staff.open(f"{plain}?v=other").headers["Cache-Control"]
    assert "immutable" not in staff.open(plain).headers["Cache-Control"]


# ---- words


@pytest.mark.usefixtures("speaking")
def test_answers_are_joined_only_where_each_combination_would_do(rulebook):
    def change(**answers: str) -> Change:
        return Change(tuple(answers.items()), Level.CLEAR)

    every = [change(phone_watched=one, threatened=other) for one in ("yes", "no") for other in ("yes", "no")]
    (joined,) = change_groups(rulebook, every)
    assert [[each.answer for each in entry] for entry in joined.entries] == [["yes or no", "yes or no"]]
    (apart,) = change_groups(rulebook, [every[0], every[3]])
    assert [[each.answer for each in entry] for entry in apart.entries] == [["yes", "yes"], ["no", "no"]]


@pytest.mark.usefixtures("speaking")
def test_of_many_sets_a_few_are_shown_and_the_rest_counted(rulebook):
    questions = [each.id for each in rulebook.questions.values() if each.kind == "yes_no"][: MOST_SHOWN + 5]
    (group,) = change_groups(rulebook, [Change(((id, "yes"),), Level.POSSIBLE) for id in questions])
    assert (len(group.entries), group.more) == (MOST_SHOWN, 5)


@pytest.mark.usefixtures("speaking")
def test_every_answer_offered_for_a_number_stands_for_a_range_without_gaps(rulebook):
    assessment = assess(rulebook, (), date(2026, 11, 24))
    for question in asked_questions(rulebook):
        if question.kind == "number":
            options = supposable(rulebook, question, assessment.answers[question.id], None).options
            values = [int(value) for value, _ in options if value != "unsure"]
            assert values == sorted(set(values))
            assert "under" in options[0][1]
            assert "or more" in options[-2][1]
