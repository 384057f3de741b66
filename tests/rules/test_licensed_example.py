"""An agency's own tool under a licence plugs into the shipped rules; the example is invented."""

from datetime import UTC, date, datetime
from itertools import product
from pathlib import Path

import pytest

from screening.core.cases import run_case
from screening.core.evaluation import InstrumentScore, assess
from screening.core.loading import load_rulebook
from screening.core.statements import Source, Statement, Value

RULES = Path(__file__).parents[2] / "rules"
EXAMPLE = Path(__file__).parents[1] / "core" / "licensed_example"
RULEBOOK = load_rulebook(RULES, EXAMPLE)
LINES = ("harbor_rest", "harbor_calls", "harbor_ride")
ANSWERS = {line: (*(option.id for option in RULEBOOK.questions[line].options), "declined") for line in LINES}


def score(answers: dict[str, Value]) -> InstrumentScore:
    at = datetime(2026, 11, 24, 12, tzinfo=UTC)
    statements = [
        Statement(question, question, value, Source.OBSERVED, "officer_a", at)
        for question, value in answers.items()
    ]
    found = assess(RULEBOOK, statements, date(2026, 11, 24)).instruments
    return next(each for each in found if each.instrument.id == "harbor_signs")


@pytest.mark.parametrize("answers", list(product(*ANSWERS.values())))
def test_a_line_of_none_some_or_most_gives_nought_one_or_two_points_and_stays_open_between(
    answers: tuple[str, ...],
) -> None:
    given = dict(zip(LINES, answers, strict=True))
    places = [ANSWERS[line].index(answer) for line, answer in given.items()]
    known, open_lines = sum(place for place in places if place < 3), places.count(3)
    found = score({"age": 15, **given})
    assert (found.lowest, found.highest) == (known, known + 2 * open_lines)
    ((_, band),) = found.bands
    possible = {"low" if each < 2 else "middle" if each < 4 else "high" for each in (known, found.highest)}
    assert (band.id if band else None) == (possible.pop() if len(possible) == 1 else None)


@pytest.mark.parametrize(("age", "band"), [(9, None), (10, "low"), (17, "low"), (18, None)])
def test_it_is_read_for_the_ages_it_was_made_for(age: int, band: str | None) -> None:
    found = score({"age": age, **{line: ANSWERS[line][0] for line in LINES}})
    ((_, reached),) = found.bands
    assert (reached.id if reached else None) == band


def test_what_is_plugged_in_is_marked_as_licensed_and_changes_no_mock_case() -> None:
    public = load_rulebook(RULES)
    assert public.licensed == frozenset()
    assert RULEBOOK.licensed == {
        ("source", "form_harbor_signs"),
        ("section", "harbor_signs"),
        *(("question", line) for line in LINES),
        ("instrument", "harbor_signs"),
        ("mock case", "harbor_signs_middle"),
    }
    assert RULEBOOK.digest != public.digest
    for case in RULEBOOK.cases.values():
        assert run_case(RULEBOOK, case) == []
