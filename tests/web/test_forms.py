"""What a posted row comes to: the value, or a plain message with what was typed kept."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from questionnaire_book import small_rulebook
from werkzeug.datastructures import MultiDict

from screening.config import Config
from screening.core.rulebook import Rulebook
from screening.core.statements import Source, Statement
from screening.web.answer_fields import SHOWN_BACK
from screening.web.forms import (
    SectionForm,
    SentPage,
    form_class,
    last_recorded_at,
    new_statements,
    row_name,
    save_token,
    sections_for,
    values_shown,
)
from screening.web.language import init_language

TODAY = date(2026, 11, 24)
TOKEN = UUID("6f9619ff-8b86-4011-b42d-00c04fc964ff")
NOT_LISTED = "Choose one of the listed answers."


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    return small_rulebook()


@pytest.fixture(autouse=True)
def in_a_request(tmp_path):
    """Messages are translated, which needs a request."""
    app = Flask("forms")
    init_language(app, Config.read(tmp_path / "instance", {}))
    with app.test_request_context():
        yield


def posted(rulebook: Rulebook, fields: dict, section: str = "who", shown: dict | None = None) -> SectionForm:
    """The form of a section over posted fields (a list stands for several values of one name)."""
    pairs = [
        (name, value)
        for name, values in fields.items()
        for value in ([values] if isinstance(values, str) else values)
    ]
    form = form_class(rulebook, section, "child_protection")(MultiDict(pairs), shown or {}, TODAY)
    form.validate()
    return form


def value_of(rulebook, name, values, section="who", shown=None):
    form = posted(rulebook, {name: values}, section, shown)
    assert form.faults() == {}
    return form[name].data


def fault_of(rulebook, name, values, section="who"):
    form = posted(rulebook, {name: values}, section)
    assert form[name].to_record(None) is None
    return form.faults()[name]


# ---- values


@pytest.mark.parametrize("value", ["yes", "no", "unsure", "declined", "not_asked"])
def test_yes_no_takes_yes_no_and_the_unknowns(rulebook, value):
    assert value_of(rulebook, "controlled.said", value, "asked") == value


def test_several_choices_keep_the_order_of_the_rulebook(rulebook):
    assert value_of(rulebook, "found.observed", ["", "cards", "keys"]) == ("keys", "cards")


def test_none_of_these_is_an_empty_choice(rulebook):
    assert value_of(rulebook, "found.observed", ["", "none-of-these"]) == ()


def test_a_choice_may_be_unknown(rulebook):
    assert value_of(rulebook, "found.observed", ["", "unsure"]) == "unsure"
    assert value_of(rulebook, "where.record", "not_asked") == "not_asked"


@pytest.mark.parametrize(("typed", "number"), [("15", 15), (" 15 ", 15), ("0", 0), ("120", 120), ("+7", 7)])
def test_a_number_within_bounds(rulebook, typed, number):
    assert value_of(rulebook, "age.record", typed) == number


def test_an_unknown_in_place_of_a_number(rulebook):
    assert value_of(rulebook, "age.record", ["", "unsure"]) == "unsure"


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        (["3", "14", "2011"], "2011-03-14"),
        (["02", "29", "2012"], "2012-02-29"),
        (["11", "24", "2026"], "2026-11-24"),
        (["", "", "", "unsure"], "unsure"),
        (["unsure"], "unsure"),
    ],
)
def test_a_date_is_month_day_year(rulebook, typed, day):
    assert value_of(rulebook, "birth_date.record", typed) == day


def test_a_text_loses_blank_edges_and_carriage_returns_only(rulebook):
    assert value_of(rulebook, "note.observed", "  one\r\ntwo <b>\x00 ") == "one\ntwo <b>"


def test_half_a_surrogate_pair_is_dropped(rulebook):
    assert value_of(rulebook, "note.observed", "a\ud800b") == "ab"


# ---- impossible input


@pytest.mark.parametrize("typed", ["203", "-1", "121", "999999999"])
def test_a_number_out_of_bounds(rulebook, typed):
    form = posted(rulebook, {"age.record": typed})
    assert form.faults() == {"age.record": "Enter a number from 0 to 120."}
    assert form["age.record"].typed == typed


@pytest.mark.parametrize("typed", ["fifteen", "1.5", "1e3", "9" * 5000, "12 13", "½"])
def test_what_is_no_whole_number(rulebook, typed):
    assert fault_of(rulebook, "age.record", typed) == "Enter a whole number in figures, such as 1."


def test_a_number_and_an_unknown_contradict(rulebook):
    form = posted(rulebook, {"age.record": ["15", "unsure"]})
    assert form.faults()["age.record"] == "Give an answer or tick a box beside it, not both."
    assert (form["age.record"].typed, form["age.record"].ticked) == ("15", ("unsure",))


def test_two_unknowns_contradict(rulebook):
    assert "Tick only one" in fault_of(rulebook, "age.record", ["", "unsure", "not_asked"])


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        (["2", "31", "2011"], "There is no day 31 in month 2 of 2011: it has 28 days."),
        (["2", "29", "2011"], "There is no day 29 in month 2 of 2011: it has 28 days."),
        (["13", "1", "2011"], "Enter a month from 1 to 12."),
        (["0", "1", "2011"], "Enter a month from 1 to 12."),
        (["1", "0", "2011"], "There is no day 0 in month 1 of 2011: it has 31 days."),
        (["3", "14", "11"], "Enter the year with four figures, such as 2009."),
        (["3", "14", "1009"], "Enter the year with four figures, such as 2009."),
        (["3", "", "2011"], "The date needs a month, a day and a year. Missing: day."),
        (["", "14", ""], "The date needs a month, a day and a year. Missing: month, year."),
        (["March", "14", "2011"], "Enter month, day and year in figures, such as 3 14 2009."),
        (["11", "25", "2026"], "This date is in the future. Enter a date up to today."),
        (["3", "14", "2011", "unsure"], "Give an answer or tick a box beside it, not both."),
        (["2011-03-14"], "The date needs a month, a day and a year. Missing: day, year."),
    ],
)
def test_an_impossible_date_says_what_is_wrong_and_keeps_what_was_typed(rulebook, typed, message):
    form = posted(rulebook, {"birth_date.record": typed})
    assert form.faults() == {"birth_date.record": message}
    assert list(form["birth_date.record"].parts)[: len(typed)] == typed[:3]


@pytest.mark.parametrize(
    ("name", "values", "section"),
    [
        ("controlled.said", "maybe", "asked"),
        ("hurt.observed", "declined", "now"),  # eyes cannot decline
        ("where.record", "mo_three", "who"),
        ("found.observed", ["keys", "gun"], "who"),
        ("age.record", ["", "declined"], "who"),
    ],
)
def test_a_forged_option(rulebook, name, values, section):
    assert fault_of(rulebook, name, values, section) == NOT_LISTED


def test_two_answers_where_one_is_asked(rulebook):
    assert fault_of(rulebook, "controlled.said", ["yes", "no"], "asked") == "Choose one answer only."


@pytest.mark.parametrize(
    "values", [["keys", "none-of-these"], ["keys", "unsure"], ["none-of-these", "unsure"]]
)
def test_none_of_these_stands_alone(rulebook, values):
    form = posted(rulebook, {"found.observed": ["", *values]})
    assert "cannot stand beside other answers" in form.faults()["found.observed"]
    assert set(form["found.observed"].ticked) == set(values)


def test_two_megabytes_of_text_give_the_limit_and_a_part_of_it_back(rulebook):
    form = posted(rulebook, {"note.observed": "x" * 2_000_000})
    assert form.faults() == {
        "note.observed": "Shorten this text: it has 2000000 characters and may have 2500."
    }
    assert len(form["note.observed"].typed) == SHOWN_BACK
    assert form["note.observed"].cut


def test_a_text_of_just_the_length_is_taken(rulebook):
    assert value_of(rulebook, "note.observed", "x" * 2500) == "x" * 2500


def test_fields_nobody_knows_are_ignored(rulebook):
    form = posted(rulebook, {"nothing.said": "yes", "age.said": "5", "age": "5", "csrf_token": "x"})
    assert form.faults() == {}
    assert new_statements(form, "me", SentPage(TOKEN, {}, frozenset()), {}) == []


# ---- what is recorded


def recorded(form: SectionForm, shown: dict | None = None, now: dict | None = None, touched=()) -> dict:
    """Row name → what a form adds, over what its page showed and what is recorded now (else the same)."""
    shown = shown or {}
    page = SentPage(TOKEN, shown, frozenset(touched))
    added = new_statements(form, "me", page, shown if now is None else now)
    return {row_name(new.question, new.source): new.value for new in added}


def test_only_changed_rows_are_recorded(rulebook):
    shown = {"age.record": 15, "found.observed": ("keys",), "where.record": "mo_one"}
    form = posted(
        rulebook, {"age.record": "15", "found.observed": ["", "keys"], "where.record": "mo_two"}, shown=shown
    )
    assert recorded(form, shown) == {"where.record": "mo_two"}


@pytest.mark.parametrize(
    ("name", "before", "emptied"),
    [
        ("age.record", 15, ""),
        ("found.observed", ("keys",), ""),
        ("found.observed", (), ""),
        ("where.record", "mo_one", ""),
        ("note.observed", "seen", "  "),
        ("birth_date.record", "2011-03-14", ["", "", ""]),
        ("age.record", "unsure", ""),
    ],
)
def test_an_emptied_row_is_not_asked_once(rulebook, name, before, emptied):
    form = posted(rulebook, {name: emptied}, shown={name: before})
    assert recorded(form, {name: before}) == {name: "not_asked"}
    assert recorded(form, {name: "not_asked"}) == {}
    assert recorded(form) == {}


def test_an_unknown_text_is_not_overwritten_by_the_empty_box_that_cannot_show_it(rulebook):
    assert recorded(posted(rulebook, {"note.observed": ""}), {"note.observed": "declined"}) == {}


def test_rows_that_were_not_posted_stay_as_they_are(rulebook):
    shown = {"age.record": 15, "found.observed": ("keys",), "note.observed": "seen"}
    assert recorded(posted(rulebook, {"where.record": "mo_one"}, shown=shown), shown) == {
        "where.record": "mo_one"
    }


def test_valid_rows_are_recorded_beside_an_invalid_one(rulebook):
    form = posted(rulebook, {"age.record": "203", "where.record": "mo_one"})
    assert recorded(form) == {"where.record": "mo_one"}


def test_a_stale_page_does_not_undo_what_was_saved_elsewhere(rulebook):
    shown, now = {"age.record": 15}, {"age.record": 16}
    form = posted(rulebook, {"age.record": "15", "where.record": "mo_one"})
    assert recorded(form, shown, now) == {"where.record": "mo_one"}


def test_a_row_changed_and_changed_back_on_the_page_is_recorded(rulebook):
    shown, now = {"age.record": 15}, {"age.record": 16}
    form = posted(rulebook, {"age.record": "15"})
    assert recorded(form, shown, now, touched=["age.record"]) == {"age.record": 15}


def ids(form, token=TOKEN, author="me"):
    return [new.id for new in new_statements(form, author, SentPage(token, {}, frozenset()), {})]


def test_the_same_page_sent_twice_gives_the_same_ids_and_nothing_else_does(rulebook):
    once, other = posted(rulebook, {"age.record": "15"}), posted(rulebook, {"age.record": "16"})
    assert ids(once) == ids(posted(rulebook, {"age.record": "15"}))
    assert len({*ids(once), *ids(other), *ids(once, uuid4()), *ids(once, author="you")}) == 4


def test_a_token_that_is_none_is_replaced():
    assert save_token(str(TOKEN)) == TOKEN
    assert save_token("x") != save_token(None)


def statement(value, minute, author="me", question="age"):
    at = datetime(2026, 11, 24, 15, tzinfo=UTC) + timedelta(minutes=minute)
    return Statement(f"{question}{minute}{author}", question, value, Source.RECORD, author, at)


def test_what_a_page_showed_is_what_its_reader_had_recorded_when_it_was_made():
    statements = [statement(15, 1), statement(17, 2, "you"), statement(16, 5)]
    then = last_recorded_at(statements[:2], "me")
    assert values_shown(statements, "me", then) == {"age.record": 15}
    assert values_shown(statements, "me", last_recorded_at(statements, "me")) == {"age.record": 16}


@pytest.mark.parametrize("moment", ["", "yesterday", "2026-11-24T15:01:00", last_recorded_at([], "me")])
def test_a_page_that_names_no_moment_showed_nothing(moment):
    assert values_shown([statement(15, 1)], "me", moment) == {}


# ---- forms


def test_a_form_class_is_made_once(rulebook):
    assert form_class(rulebook, "who", "detention") is form_class(rulebook, "who", "detention")


def test_text_is_left_out_where_the_setting_allows_none(rulebook):
    assert "note.observed" not in form_class(rulebook, "who", "detention")(None, {}, TODAY)
    assert "note.observed" in form_class(rulebook, "who", "child_protection")(None, {}, TODAY)


def test_a_section_without_questions_for_the_setting_is_left_out(rulebook):
    assert [section.id for section in sections_for(rulebook, "detention")] == ["now", "who", "asked", "needs"]


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("age.record", 15, ("typed", "15")),
        ("age.record", "unsure", ("ticked", ("unsure",))),
        ("birth_date.record", "2011-03-14", ("parts", ("3", "14", "2011"))),
        ("birth_date.record", "not_asked", ("ticked", ("not_asked",))),
        ("found.observed", (), ("ticked", ("none-of-these",))),
        ("found.observed", ("keys",), ("ticked", ("keys",))),
        ("found.observed", "unsure", ("ticked", ("unsure",))),
        ("where.record", "mo_one", ("ticked", ("mo_one",))),
        ("note.observed", "seen", ("typed", "seen")),
        ("note.observed", "declined", ("typed", "")),
    ],
)
def test_recorded_values_are_shown(rulebook, name, value, shown):
    form = form_class(rulebook, "who", "child_protection")(None, {name: value}, TODAY)
    assert getattr(form[name], shown[0]) == shown[1]
