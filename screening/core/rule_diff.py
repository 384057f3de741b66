"""Two rulebooks beside each other: what was added, removed or changed, and which mock cases come out otherwise."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from screening.core.cases import statements_of
from screening.core.evaluation import Assessment, assess
from screening.core.rulebook import MockCase, Rulebook
from screening.core.shape import Shape
from screening.core.truth import YES
from screening.core.values import fits

What = Literal["added", "removed", "changed"]


@dataclass(frozen=True, slots=True)
class Change:
    """One entry that differs between two rulebooks; ``keys`` are named where it was changed."""

    what: What
    kind: str
    id: str
    keys: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.what} {self.kind} {self.id}{': ' if self.keys else ''}{', '.join(self.keys)}"


@dataclass(frozen=True, slots=True)
class CaseChange:
    """A mock case that comes out otherwise: one sentence a difference.

    ``rulebook`` says whose case it is. ``left_out`` names the answers that one of the two rulebooks cannot take,
    so that the comparison is without them there.
    """

    case: str
    title: str
    rulebook: Literal["old", "new"]
    differences: tuple[str, ...]
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RulebookDiff:
    """Everything that differs between two rulebooks."""

    changes: tuple[Change, ...]
    cases: tuple[CaseChange, ...]
    cases_compared: int


def diff_rulebooks(old: Rulebook, new: Rulebook) -> RulebookDiff:
    """What the new rulebook has that the old has not, the reverse, what differs, and what that does to mock cases.

    A case of both rulebooks is run as the new one writes it, and once more as the old one does where its
    statements were changed.
    """
    cases = list(_cases(old, new))
    compared = [_compare_case(old, new, whose, case) for whose, case in cases]
    return RulebookDiff(
        changes=tuple(_changes(old, new)),
        cases=tuple(each for each in compared if each.differences),
        cases_compared=len(cases),
    )


def _changes(old: Rulebook, new: Rulebook) -> Iterator[Change]:
    olds, news = _entries(old), _entries(new)
    for kind, before in olds.items():
        after = news[kind]
        yield from (Change("removed", kind, id) for id in before if id not in after)
        for id, entry in after.items():
            if id not in before:
                yield Change("added", kind, id)
                continue
            keys = _changed_keys(before[id], entry)
            if keys:
                yield Change("changed", kind, id, keys)


def _entries(rulebook: Rulebook) -> Mapping[str, Mapping[str, Shape]]:
    concern = rulebook.concern

    def by_id(entries: tuple[Any, ...]) -> Mapping[str, Shape]:
        return {entry.id: entry for entry in entries}

    return {
        "rulebook": {"rulebook.yaml": rulebook.about},
        "source": rulebook.sources,
        "question": rulebook.questions,
        "definition": rulebook.definitions,
        "indicator": rulebook.indicators,
        "instrument": rulebook.instruments,
        "level": {name: getattr(concern.levels, name) for name in type(concern.levels).model_fields},
        "interruption": by_id(concern.interruptions),
        "outcome": by_id(concern.outcomes),
        "note of law": rulebook.law,
        "action": by_id(rulebook.actions),
        "need": by_id(rulebook.needs),
        "profile": {"needs.yaml": rulebook.profile},
        "kind of service": rulebook.kinds,
        "service": rulebook.services,
        "mock case": rulebook.cases,
    }


def _changed_keys(before: Shape, after: Shape) -> tuple[str, ...]:
    return tuple(
        key for key in type(after).model_fields if getattr(before, key, None) != getattr(after, key, None)
    )


def _cases(old: Rulebook, new: Rulebook) -> Iterator[tuple[Literal["old", "new"], MockCase]]:
    for case in new.cases.values():
        yield "new", case
    for id, case in old.cases.items():
        if id not in new.cases or _givens(case) != _givens(new.cases[id]):
            yield "old", case


def _givens(case: MockCase) -> tuple[object, ...]:
    """What decides how a case comes out: its day and its answers, not its story and what is expected."""
    return case.case.day, case.said, case.observed, case.record, case.collateral


def _compare_case(old: Rulebook, new: Rulebook, whose: Literal["old", "new"], case: MockCase) -> CaseChange:
    before, left_out_before = _assessed(old, case)
    after, left_out_after = _assessed(new, case)
    left_out = (
        *(f"{answer} (the old rules do not know it)" for answer in left_out_before),
        *(f"{answer} (the new rules do not know it)" for answer in left_out_after),
    )
    return CaseChange(case.case.id, case.case.title, whose, tuple(_differences(before, after)), left_out)


def _assessed(rulebook: Rulebook, case: MockCase) -> tuple[Assessment, list[str]]:
    """The case under a rulebook that may not be its own, and the answers which that rulebook cannot take."""
    taken, left_out = [], []
    for statement in statements_of(case):
        question = rulebook.questions.get(statement.question)
        if question is not None and fits(question, statement.value):
            taken.append(statement)
        else:
            left_out.append(f"{statement.source}: {statement.question}")
    return assess(rulebook, taken, case.case.day), left_out


def _differences(before: Assessment, after: Assessment) -> Iterator[str]:
    for label, was, now in (
        ("result", before.result, after.result),
        ("at_least", before.at_least.name.lower(), after.at_least.name.lower()),
        ("at_most", before.at_most.name.lower(), after.at_most.name.lower()),
    ):
        if was != now:
            yield f"{label}: {was} before, {now} now"
    was_raised, now_raised = _raised(before), _raised(after)
    yield from (f"{id}: raised now" for id in sorted(now_raised - was_raised))
    yield from (f"{id}: no longer raised" for id in sorted(was_raised - now_raised))


def _raised(assessment: Assessment) -> set[str]:
    return {finding.indicator.id for finding in assessment.findings if finding.truth is YES}
