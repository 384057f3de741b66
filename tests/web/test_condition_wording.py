"""Conditions as the pages say them: every operator has words, and what is named leads to where it is shown."""

from collections.abc import Iterator
from typing import get_args

import pytest
from result_text import speaking_app

from screening.core.conditions import (
    All,
    AnswerIs,
    AnyOf,
    AtLeast,
    ConcernAtLeast,
    Condition,
    Findings,
    InBand,
    Includes,
    Named,
    Not,
    NumberAtLeast,
    NumberBelow,
)
from screening.core.rulebook import Band, Reading
from screening.web.condition_wording import condition_in_words

WATCHED = AnswerIs("phone_watched", ("yes",))
# One of every operator, with words its text must hold. The test below fails for an operator that is not here.
IN_WORDS: dict[type, tuple[Condition, tuple[str, ...]]] = {
    AnswerIs: (AnswerIs("phone_watched", ("yes", "unsure")), ("track the youth", "yes or not sure")),
    NumberAtLeast: (NumberAtLeast("missing_episodes", 3), ("3", "or more")),
    NumberBelow: (NumberBelow("age", 18), ("How old is the youth? under 18 years",)),
    Includes: (Includes("items_found", ("hotel_keys", "prepaid_cards")), ("ticked: “", "” or “")),
    All: (All((WATCHED, NumberBelow("age", 18))), ("All of these:", "track the youth", "under 18")),
    AnyOf: (AnyOf((WATCHED, NumberBelow("age", 18))), ("Any one of these:", "track the youth", "under 18")),
    Not: (Not(WATCHED), ("known not to be so", "track the youth")),
    AtLeast: (AtLeast(2, (WATCHED, WATCHED, WATCHED)), ("At least 2 of these:", "track the youth")),
    Named: (Named("presumed_minor"), ("Holds: Under 18, or age in doubt",)),
    InBand: (InBand("delaware_checklist", "high"), ("Delaware", "the whole range of points", "“Many” (3 or more)")),
    Findings: (Findings(("direct", "strong"), 2, 2), ("2 signs", "direct or strong", "2 different kinds")),
    ConcernAtLeast: (ConcernAtLeast("possible"), ("at least possible concern",)),
}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def english(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with speaking_app(tmp_path_factory.mktemp("speaking")).test_request_context():
        yield


def with_bands(rulebook):
    """The shipped rulebook, its list turned into a score."""
    tool = rulebook.instruments["delaware_checklist"]
    reading = Reading(id="usual", label="Usual", bands=(Band(id="high", label="Many", at_least=3),))
    changed = object.__new__(type(rulebook))
    instruments = {**rulebook.instruments, tool.id: tool.model_copy(update={"readings": (reading,)})}
    changed.__dict__.update({**rulebook.__dict__, "instruments": instruments})
    return changed


def test_every_operator_has_words(rulebook):
    operators = get_args(Condition)
    assert set(operators) == set(IN_WORDS)
    for operator in operators:
        condition, expected = IN_WORDS[operator]
        text = condition_in_words(with_bands(rulebook), condition).text
        assert all(each in text for each in expected), f"{operator.__name__}: {text}"


@pytest.mark.parametrize(
    ("condition", "page", "anchor"),
    [
        (WATCHED, "questions", "phone_watched"),
        (Named("presumed_minor"), "indicators", "presumed_minor"),
        (InBand("delaware_checklist", "high"), "tools", "delaware_checklist"),
        (ConcernAtLeast("clear"), "", ""),
    ],
)
def test_what_is_named_leads_to_where_it_is_shown(rulebook, condition, page, anchor):
    words = condition_in_words(with_bands(rulebook), condition)
    assert (words.page, words.anchor) == (page, anchor)


def test_a_colon_stands_between_a_name_and_what_is_needed_but_not_after_a_question_mark(rulebook):
    band = condition_in_words(with_bands(rulebook), InBand("delaware_checklist", "high"))
    assert f"{band.linked}: the whole range" in band.line
    question = condition_in_words(rulebook, WATCHED)
    assert question.line == f"{question.linked} yes"
