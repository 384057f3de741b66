"""Mock cases: invented youths with an expert's expectations, run against the rulebook that ships them."""

from collections.abc import Iterable
from datetime import UTC, datetime, time

from screening.core.advice import advise
from screening.core.evaluation import Assessment, Level, assess
from screening.core.matching import match
from screening.core.routing import route
from screening.core.rulebook import MockCase, Rulebook
from screening.core.statements import Source, Statement
from screening.core.truth import NO, UNKNOWN, YES, Truth


def statements_of(case: MockCase) -> tuple[Statement, ...]:
    """The case's statements, all by one invented author at noon of the case's day."""
    at = datetime.combine(case.case.day, time(12), UTC)
    return tuple(
        Statement(f"{case.case.id}.{source}.{question}", question, value, source, "case_author", at)
        for source in Source
        for question, value in getattr(case, source).items()
    )


def run_case(rulebook: Rulebook, case: MockCase) -> list[str]:
    """Compare what the rulebook finds with what the case expects: one sentence a difference, none if it passes."""
    assessment = assess(rulebook, statements_of(case), case.case.day)
    expected, differences = case.expect, []
    for label, wanted, found in (
        ("result", expected.result, assessment.result),
        ("at_least", expected.at_least, assessment.at_least.name.lower()),
        ("at_most", expected.at_most, assessment.at_most.name.lower()),
        ("may_stop", expected.may_stop, route(assessment).may_stop),
    ):
        if wanted is not None and wanted != found:
            differences.append(f"{label}: expected {wanted}, found {found}")
    differences += _compare_findings(case, assessment)
    differences += _compare_bands(case, assessment)
    differences += _compare_advice(case, assessment)
    return differences


_WORDS = {YES: "raised", NO: "not raised", UNKNOWN: "cannot tell"}


def _compare_findings(case: MockCase, assessment: Assessment) -> list[str]:
    differences: list[str] = []

    def expect(names: Iterable[str], wanted: Truth) -> None:
        for name in names:
            found = assessment.proofs[name].truth
            if found != wanted:
                differences.append(f"{name}: expected {_WORDS[wanted]}, found {_WORDS[found]}")

    expect(case.expect.raised, YES)
    expect(case.expect.not_raised, NO)
    expect(case.expect.cannot_tell, UNKNOWN)
    refused = [name for name in case.must_not.raised if assessment.proofs[name].truth == YES]
    return [*differences, *(f"{name}: must not be raised" for name in refused)]


def _compare_bands(case: MockCase, assessment: Assessment) -> list[str]:
    reached = {
        score.instrument.id: [band.id for _, band in score.bands if band is not None]
        for score in assessment.instruments
    }
    return [
        f"bands of {tool}: expected {', '.join(wanted) or 'none'}, found {', '.join(reached[tool]) or 'none'}"
        for tool, wanted in case.expect.bands.items()
        if set(wanted) != set(reached[tool])
    ]


def _compare_advice(case: MockCase, assessment: Assessment) -> list[str]:
    where = case.case.jurisdiction
    noon = datetime.combine(case.case.day, time(12), UTC)
    advice = advise(
        assessment,
        jurisdiction=where,
        setting=case.case.setting,
        day=case.case.day,
        started={"recognised": noon} if assessment.at_least > Level.NONE else {},
        zone=UTC,
    )
    matches = match(
        assessment, advice.needs, services=assessment.rulebook.services.values(), jurisdiction=where
    )
    found = {
        "outcomes": {each.id for each in assessment.outcomes},
        "interruptions": {each.id for each in assessment.interruptions},
        "actions": {due.action.id for due in advice.actions},
        "services": {hit.service.id for need in matches for hit in (*need.fits, *need.ask)},
    }
    differences = []
    for kind, ids in found.items():
        wanted = set(getattr(case.expect, kind, ()))
        refused = set(getattr(case.must_not, kind))
        differences += [f"{kind}: '{id}' is missing" for id in sorted(wanted - ids)]
        differences += [f"{kind}: '{id}' must not be there" for id in sorted(refused & ids)]
    return differences
