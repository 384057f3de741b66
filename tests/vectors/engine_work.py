"""Screenings to evaluate in several ways, what each comes to when it is taken alone, and the comparison."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from screening.core import batch
from screening.core.answers import Effective
from screening.core.columns import Columns, flags_of
from screening.core.engine_columns import truth_columns
from screening.core.engine_evaluation import AT_LEAST, AT_MOST, interruption_column, outcome_column
from screening.core.evaluation import assess_answers, every_truth
from screening.core.rulebook import Rulebook
from screening.core.truth import Truth
from tests.vectors.engines_at_work import Found

Screenings = Mapping[int, Mapping[str, Effective]]


@dataclass(frozen=True)
class Work:
    """A rulebook, screenings by number, and what each comes to when it is taken alone."""

    name: str
    rulebook: Rulebook
    screenings: Screenings
    wanted: Mapping[int, Found]


def worked(name: str, rulebook: Rulebook, screenings: Sequence[Mapping[str, Effective]]) -> Work:
    numbered = dict(enumerate(screenings, start=1))
    return Work(name, rulebook, numbered, {key: alone(rulebook, each) for key, each in numbered.items()})


def alone(rulebook: Rulebook, answers: Mapping[str, Effective]) -> Found:
    """What a screening comes to, in the columns of an engine's result."""
    assessment, found = assess_answers(rulebook, answers), {}
    for name, truth in every_truth(rulebook, answers).items():
        certain, possible = truth_columns(name)
        found |= {certain: truth is Truth.YES, possible: truth is not Truth.NO}
    found |= {AT_LEAST: int(assessment.at_least), AT_MOST: int(assessment.at_most)}
    for each in rulebook.concern.interruptions:
        found[interruption_column(each.id)] = each in assessment.interruptions
    for each in rulebook.concern.outcomes:
        found[outcome_column(each.id)] = each in assessment.outcomes
    return found


def on_planes(rulebook: Rulebook, screenings: Screenings) -> dict[int, Found]:
    """What bit planes find, in the same columns."""
    result = batch.evaluate(rulebook, Columns.pack(rulebook, list(screenings.values())))
    planes = {}
    for name, truth in result.truths.items():
        planes |= dict(zip(truth_columns(name), truth, strict=True))
    planes |= {interruption_column(id): plane for id, plane in result.interruptions.items()}
    planes |= {outcome_column(id): plane for id, plane in result.outcomes.items()}
    columns = {name: flags_of(plane, result.count).tolist() for name, plane in planes.items()}
    columns |= dict(zip((AT_LEAST, AT_MOST), (each.tolist() for each in result.level_bounds()), strict=True))
    return {
        key: {name: column[place] for name, column in columns.items()} for place, key in enumerate(screenings)
    }


def compare(work: Work, found: Mapping[int, Found]) -> None:
    """Every column of every screening; NULL is no truth, and a truth is no number."""
    assert found.keys() == work.wanted.keys(), work.name
    for key, wanted in work.wanted.items():
        differing = {
            name: (wanted.get(name), found[key].get(name)) for name in wanted | found[key]
            if repr(wanted.get(name)) != repr(found[key].get(name))
        }  # fmt: skip
        assert not differing, f"{work.name}, screening {key}: alone and here {differing}"
