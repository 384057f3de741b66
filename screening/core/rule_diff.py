"""Two rulebooks beside each other: what was added, removed or changed, and which mock cases come out otherwise."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from screening.core.cases import statements_of
from screening.core.evaluation import assess
from screening.core.rulebook import (
    Charges,
    Concern,
    Events,
    MockCase,
    PlacementGuide,
    Rulebook,
    Section,
)
from screening.core.shape import Shape
from screening.core.statements import Statement
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
class CaseResult:
    """How a mock case comes out under one rulebook: the result, its bounds, and the raised indicators by id.

    ``left_out`` names source and question of the answers that this rulebook cannot take.
    """

    result: str
    at_least: str
    at_most: str
    raised: tuple[str, ...]
    left_out: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class CaseChange:
    """A mock case that comes out otherwise, under the old rules and under the new.

    ``rulebook`` says whose case it is. ``differences`` are one sentence each for who reads them in a terminal;
    ``left_out`` says the same of the answers that one of the two rulebooks cannot take, so that the comparison is
    without them there.
    """

    case: str
    title: str
    rulebook: Literal["old", "new"]
    before: CaseResult
    after: CaseResult
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
    olds, news = entries_by_kind(old), entries_by_kind(new)
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


def entries_by_kind(rulebook: Rulebook) -> Mapping[str, Mapping[str, Shape]]:
    """Everything that is compared: kind → id → entry. What has no id of its own goes by the file that holds it."""
    concern, charges, events = rulebook.concern, rulebook.charges, rulebook.events

    def by_id(entries: tuple[Any, ...]) -> Mapping[str, Shape]:
        return {entry.id: entry for entry in entries}

    return {
        "rulebook": {"rulebook.yaml": rulebook.about},
        "source": rulebook.sources,
        "section": by_id(rulebook.sections),
        "question": rulebook.questions,
        "definition": rulebook.definitions,
        "category": rulebook.categories,
        "indicator": rulebook.indicators,
        "instrument": rulebook.instruments,
        "level": {name: getattr(concern.levels, name) for name in type(concern.levels).model_fields},
        "rule of concern": {"concern.yaml": concern},
        "interruption": by_id(concern.interruptions),
        "outcome": by_id(concern.outcomes),
        "note of law": rulebook.law,
        "action": by_id(rulebook.actions),
        "event": by_id(events.events) if events else {},
        "clocks": {"events.yaml": events} if events else {},
        "charge worksheet": {"charges.yaml": charges} if charges else {},
        "kind of charge": by_id(charges.kinds) if charges else {},
        "relief": by_id(charges.reliefs) if charges else {},
        "sheet": rulebook.sheets,
        "report page": {"report.yaml": rulebook.report} if rulebook.report else {},
        "finding a place": {"placement.yaml": rulebook.placement} if rulebook.placement else {},
        "feature": by_id(rulebook.placement.features) if rulebook.placement else {},
        "criterion": by_id(rulebook.placement.criteria) if rulebook.placement else {},
        "need": by_id(rulebook.needs),
        "profile": {"needs.yaml": rulebook.profile},
        "kind of service": rulebook.kinds,
        "service": rulebook.services,
        "mock case": rulebook.cases,
    }


_ENTRIES_OF_THEIR_OWN: Mapping[type[Shape], frozenset[str]] = {
    Section: frozenset({"questions"}),
    Concern: frozenset({"levels", "interruptions", "outcomes"}),
    Charges: frozenset({"kinds", "reliefs"}),
    Events: frozenset({"events"}),
    PlacementGuide: frozenset({"features", "criteria"}),
}


def keys_of(entry: Shape) -> tuple[str, ...]:
    """The keys of an entry that are compared: all but those that hold entries of their own."""
    apart = _ENTRIES_OF_THEIR_OWN.get(type(entry), frozenset())
    return tuple(key for key in type(entry).model_fields if key not in apart)


def _changed_keys(before: Shape, after: Shape) -> tuple[str, ...]:
    return tuple(key for key in keys_of(after) if getattr(before, key, None) != getattr(after, key, None))


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
    before, after = _result(old, case), _result(new, case)
    left_out = (
        *(f"{source}: {question} (the old rules do not know it)" for source, question in before.left_out),
        *(f"{source}: {question} (the new rules do not know it)" for source, question in after.left_out),
    )
    differences = tuple(_differences(before, after))
    return CaseChange(case.case.id, case.case.title, whose, before, after, differences, left_out)


def _result(rulebook: Rulebook, case: MockCase) -> CaseResult:
    """The case under a rulebook that may not be its own, without the answers which that rulebook cannot take."""
    taken: list[Statement] = []
    left_out: list[tuple[str, str]] = []
    for statement in statements_of(case):
        question = rulebook.questions.get(statement.question)
        if question is not None and fits(question, statement.value):
            taken.append(statement)
        else:
            left_out.append((str(statement.source), statement.question))
    found = assess(rulebook, taken, case.case.day)
    raised = sorted(finding.indicator.id for finding in found.findings if finding.truth is YES)
    at_least, at_most = (level.name.lower() for level in (found.at_least, found.at_most))
    return CaseResult(found.result, at_least, at_most, tuple(raised), tuple(left_out))


def _differences(before: CaseResult, after: CaseResult) -> Iterator[str]:
    for label in ("result", "at_least", "at_most"):
        was, now = getattr(before, label), getattr(after, label)
        if was != now:
            yield f"{label}: {was} before, {now} now"
    yield from (f"{id}: raised now" for id in after.raised if id not in before.raised)
    yield from (f"{id}: no longer raised" for id in before.raised if id not in after.raised)
