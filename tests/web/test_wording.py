"""Answers, bounds, and deadlines in words."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from result_text import speaking_app
from tiny_rulebook import DEFINITIONS, TODAY, said, tiny

from screening.core.evaluation import Level, assess
from screening.core.routing import route
from screening.core.rulebook import Due, Rulebook, Service
from screening.core.statements import UNKNOWN_VALUES, Source
from screening.web.wording import (
    ages_in_words,
    answer_in_words,
    bounds_in_words,
    deadline_in_words,
    interval_in_words,
    served_in_words,
    statement_in_words,
    supposition_in_words,
    unknown_in_words,
)

B_YES, B_NO = said("b", "yes"), said("b", "no")


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return tiny()


@pytest.fixture(scope="module", autouse=True)
def english(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with speaking_app(tmp_path_factory.mktemp("speaking")).test_request_context():
        yield


# ---- answers and statements


@pytest.mark.parametrize(
    ("question", "value", "expected"),
    [
        ("a", "yes", "Yes"),
        ("a", "no", "No"),
        ("count", 3, "3"),
        ("found", ("keys", "cards"), "Keys, Cards"),
        ("found", (), "None of these"),
        ("found", ("gone",), "gone"),
        ("where", "aa_one", "One"),
        ("where", "gone", "gone"),
        ("birth_date", "2011-03-02", "March 2, 2011"),
        ("note", "as written", "as written"),
        ("a", "declined", "Did not want to say"),
    ],
)
def test_an_answer_in_words(book, question, value, expected):
    assert answer_in_words(book.questions[question], value) == expected


def test_a_number_carries_its_unit(rulebook):
    assert answer_in_words(rulebook.questions["age"], 15) == "15 years"


def test_every_source_has_words_for_every_unknown(book):
    spoken = {
        statement_in_words(book.questions["a"], said("a", value, source))
        for source, value in product(Source, UNKNOWN_VALUES)
    }
    assert len(spoken) == len(Source) * len(UNKNOWN_VALUES)
    assert len({unknown_in_words(value) for value in (*UNKNOWN_VALUES, "unanswered")}) == 4


def test_every_source_has_words(book):
    spoken = {statement_in_words(book.questions["a"], said("a", "yes", source)) for source in Source}
    assert spoken == {"The youth said: yes", "Staff observed: yes", "Records show: yes", "Others said: yes"}


# ---- bounds


NOTHING = (B_NO, said("a", "no"), said("found", ()))


@pytest.mark.parametrize(
    ("statements", "result", "expected", "interval"),
    [
        ((said("a", "yes"), said("age", 15)), "clear",
         ["It stays clear concern, whatever the open answers turn out to be."], "clear concern."),
        ((B_YES,), "possible",
         ["It cannot fall below possible concern, whatever the open answers turn out to be.",
          "2 open answers could still raise it to clear concern."], "between possible concern and clear concern."),
        ((B_YES, said("age", 15)), "possible",
         ["It cannot fall below possible concern, whatever the open answers turn out to be.",
          "1 open answer could still raise it to clear concern."], "between possible concern and clear concern."),
        ((B_YES, said("a", "no")), "possible",
         ["It stays possible concern, whatever the open answers turn out to be."], "possible concern."),
        (NOTHING, "none",
         ["With the answers given, no open answer can raise it.",
          "A screening clears nobody. If something new is seen or heard, screen again."], "no current concern."),
        (NOTHING[1:], "cannot_rule_out",
         ["It can turn out to be anything from no current concern to possible concern.", "1 open answer decides."],
         "between no current concern and possible concern."),
        ((), "cannot_rule_out",
         ["It can turn out to be anything from no current concern to clear concern.", "4 open answers decide."],
         "between no current concern and clear concern."),
    ],
)  # fmt: skip
def test_bounds_promise_no_more_than_they_hold(book, statements, result, expected, interval):
    assessment = assess(book, statements, TODAY)
    assert assessment.result == result
    assert bounds_in_words(assessment, route(assessment)) == expected
    assert interval_in_words(assessment).endswith(interval)


def test_a_bound_that_rests_on_a_presumption_says_so():
    book = tiny(
        {"definitions.yaml": DEFINITIONS.replace("[unsure, declined]", "[unsure, declined, unanswered]")}
    )
    assessment = assess(book, (said("a", "yes"),), TODAY)
    assert assessment.result == "clear"
    assert bounds_in_words(assessment, route(assessment)) == [
        "It cannot fall below clear concern as long as this is presumed: minor.",
        "1 open answer can still change it.",
    ]
    settled = assess(book, (said("a", "yes"), said("age", "unsure")), TODAY)
    assert bounds_in_words(settled, route(settled)) == [
        "It stays clear concern, whatever the open answers turn out to be."
    ]


@pytest.mark.parametrize(
    ("question", "value", "expected"),
    [
        ("a", "yes", "yes"),
        ("age", 17, "under 18"),
        ("count", 3, "3 or more"),
        ("found", ("keys",), "“Keys”"),
        ("found", (), "none of these"),
        ("where", "aa_two", "“Two”"),
    ],
)
def test_a_supposed_answer_is_as_general_as_its_test(book, question, value, expected):
    assert supposition_in_words(book, book.questions[question], value) == expected


# ---- deadlines

RECOGNISED = datetime(2026, 11, 24, 20, 3, tzinfo=UTC)


def due(**how: object) -> Due:
    return Due.model_validate(how)


@pytest.mark.parametrize(
    ("how", "hours", "later", "relative", "absolute", "passed"),
    [
        ({"immediately": True}, 0, 2, "Immediately", "since Tue, Nov 24, 14:03 CST", False),
        ({"hours": 24}, 24, 2, "Within 24 hours", "by Wed, Nov 25, 14:03 CST", False),
        ({"hours": 1}, 1, 2, "Within 1 hour",
         "overdue since Tue, Nov 24, 15:03 CST; if not yet done, do it now", True),
        ({"days": 3}, 72, 72, "Within 3 days", "by Fri, Nov 27, 14:03 CST", False),
    ],
)  # fmt: skip
def test_a_deadline_is_relative_and_absolute_and_says_when_it_has_passed(
    how, hours, later, relative, absolute, passed
):
    found = deadline_in_words(
        due(**how), RECOGNISED + timedelta(hours=hours), RECOGNISED + timedelta(hours=later)
    )
    assert (found.relative, found.absolute, found.passed) == (relative, absolute, passed)


def test_without_a_moment_of_recognition_only_the_rule_is_said():
    found = deadline_in_words(due(days=1), None, RECOGNISED)
    assert (found.relative, found.absolute) == ("Within 1 day", "")
    assert deadline_in_words(None, None, RECOGNISED).relative == "No set deadline"


def test_a_deadline_in_summer_names_summer_time():
    at = datetime(2026, 7, 1, 12, tzinfo=UTC)
    assert deadline_in_words(due(days=1), at, at).absolute == "by Wed, Jul 1, 07:00 CDT"


# ---- services


def service(**changes: object) -> Service:
    fields = {
        "id": "s", "organization": "O", "name": "N", "kinds": ["shelter"], "description": "d", "genders_served": ["girls"],
        "areas": ["us"], "listing": "list", "as_of": "2026-11-24", "sources": ["house_one"], "referred_by": ["intake"],
        "minimum_age": 12, "maximum_age": 17,
    }  # fmt: skip
    return Service.model_validate({**fields, **changes})


@pytest.mark.parametrize(
    ("lowest", "highest", "expected"),
    [
        (12, 17, "ages 12 to 17"),
        (12, None, "ages 12 and up"),
        (None, 17, "up to age 17"),
        (None, None, "ages not stated"),
    ],
)
def test_ages_in_words(lowest, highest, expected):
    assert ages_in_words(service(minimum_age=lowest, maximum_age=highest)) == expected


@pytest.mark.parametrize(
    ("served", "expected"),
    [
        ("all", "everyone"),
        ("unknown", "not stated whom"),
        (["girls", "transgender"], "girls, transgender youths"),
    ],
)
def test_served_in_words(served, expected):
    assert served_in_words(service(genders_served=served)) == expected


def test_levels_are_named_as_the_rulebook_names_them(book):
    assert [level.name for level in Level] == ["NONE", "POSSIBLE", "CLEAR"]
    assert interval_in_words(assess(book, (), TODAY)).startswith(
        "On the scale from no current to clear concern"
    )
