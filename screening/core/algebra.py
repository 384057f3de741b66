"""One walk over a condition, several algebras.

``walk`` visits a condition once and asks an algebra what each operator means. What the values are is the
algebra's business: here a plain function of the answers (``Compiled``, for speed and for what-if) and a truth
with its proof (``Explained``, for people). A batch or an engine brings an algebra of its own and reads the
same conditions.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from screening.core import truth as kleene
from screening.core.answers import Effective, answer_truth, includes_truth, number_truth
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
    Leaf,
    Named,
    Not,
    NumberAtLeast,
    NumberBelow,
)
from screening.core.rulebook import Band, Rulebook
from screening.core.truth import NO, UNKNOWN, YES, Truth

V = TypeVar("V")


class Algebra(Protocol[V]):
    """What the operators mean for one kind of value: leaves get their node, the others their parts' values too."""

    def answer_is(self, leaf: AnswerIs, /) -> V:
        """A test on one answer."""

    def number(self, leaf: NumberAtLeast | NumberBelow, /) -> V:
        """A test on one number."""

    def includes(self, leaf: Includes, /) -> V:
        """A test on ticked options."""

    def all_of(self, node: All, parts: Sequence[V], /) -> V:
        """All parts hold."""

    def any_of(self, node: AnyOf, parts: Sequence[V], /) -> V:
        """Any part holds."""

    def opposite(self, node: Not, part: V, /) -> V:
        """The part does not hold."""

    def at_least(self, node: AtLeast, parts: Sequence[V], /) -> V:
        """So many parts hold."""

    def named(self, node: Named, /) -> V:
        """An indicator or definition holds."""

    def in_band(self, node: InBand, /) -> V:
        """An instrument's score lies in a band."""

    def findings(self, node: Findings, /) -> V:
        """So many indicators are raised."""

    def concern(self, node: ConcernAtLeast, /) -> V:
        """The level of concern is reached."""


def walk(condition: Condition, algebra: Algebra[V]) -> V:
    """The value of a condition in an algebra: parts first, each node once."""
    match condition:
        case AnyOf(parts):
            return algebra.any_of(condition, [walk(part, algebra) for part in parts])
        case All(parts):
            return algebra.all_of(condition, [walk(part, algebra) for part in parts])
        case AtLeast(_, parts):
            return algebra.at_least(condition, [walk(part, algebra) for part in parts])
        case Not(part):
            return algebra.opposite(condition, walk(part, algebra))
        case _:
            return _leaf(condition, algebra)


def _leaf(condition: Leaf, algebra: Algebra[V]) -> V:
    match condition:
        case AnswerIs():
            return algebra.answer_is(condition)
        case Includes():
            return algebra.includes(condition)
        case NumberAtLeast() | NumberBelow():
            return algebra.number(condition)
        case Named():
            return algebra.named(condition)
        case Findings():
            return algebra.findings(condition)
        case ConcernAtLeast():
            return algebra.concern(condition)
        case InBand():
            return algebra.in_band(condition)


def findings_by_category(node: Findings, rulebook: Rulebook) -> dict[str, list[str]]:
    """The indicators a count of findings ranges over: category id → indicator ids."""
    grouped: dict[str, list[str]] = {}
    for indicator in rulebook.indicators.values():
        if indicator.strength in node.strengths:
            grouped.setdefault(indicator.category, []).append(indicator.id)
    return grouped


def count_truth(node: Findings, grouped: Mapping[str, Sequence[Truth]]) -> Truth:
    """Truth of a count of findings from the truths of its indicators, grouped by category."""
    together = kleene.at_least(node.count, (truth for truths in grouped.values() for truth in truths))
    spread = kleene.at_least(node.categories, (kleene.disjunction(truths) for truths in grouped.values()))
    return min(together, spread)


def band_truth(band: Band, lowest: int, highest: int) -> Truth:
    """Whether a score interval lies in a band: wholly, not at all, or cannot tell."""
    if lowest >= band.at_least and (band.below is None or highest < band.below):
        return YES
    if highest < band.at_least or (band.below is not None and lowest >= band.below):
        return NO
    return UNKNOWN


Answers = Mapping[str, Effective]
Truths = Mapping[str, Truth]
Test = Callable[[Answers, Truths], Truth]


@dataclass(frozen=True, slots=True)
class Compiled:
    """Conditions become plain functions of the answers and of the truths of conditions evaluated before.

    The truths of instruments' bands stand under ``"instrument band"``, those of levels under the level's
    name.
    """

    rulebook: Rulebook

    def answer_is(self, leaf: AnswerIs) -> Test:
        """A function that tests one answer."""
        question = leaf.question
        return lambda answers, _: answer_truth(leaf, answers[question])

    def number(self, leaf: NumberAtLeast | NumberBelow) -> Test:
        """A function that tests one number."""
        question, combining = leaf.question, self.rulebook.questions[leaf.question].combining
        return lambda answers, _: number_truth(leaf, answers[question], combining)

    def includes(self, leaf: Includes) -> Test:
        """A function that tests ticked options."""
        question = leaf.question
        return lambda answers, _: includes_truth(leaf, answers[question])

    def all_of(self, _: All, parts: Sequence[Test]) -> Test:
        """Stops at the first no."""

        def test(answers: Answers, truths: Truths) -> Truth:
            lowest = YES
            for part in parts:
                value = part(answers, truths)
                if value is NO:
                    return NO
                lowest = min(lowest, value)
            return lowest

        return test

    def any_of(self, _: AnyOf, parts: Sequence[Test]) -> Test:
        """Stops at the first yes."""

        def test(answers: Answers, truths: Truths) -> Truth:
            highest = NO
            for part in parts:
                value = part(answers, truths)
                if value is YES:
                    return YES
                highest = max(highest, value)
            return highest

        return test

    def opposite(self, _: Not, part: Test) -> Test:
        """The mirror image."""
        return lambda answers, truths: kleene.negation(part(answers, truths))

    def at_least(self, node: AtLeast, parts: Sequence[Test]) -> Test:
        """Counts the parts."""
        count = node.count
        return lambda answers, truths: kleene.at_least(count, [part(answers, truths) for part in parts])

    def named(self, node: Named) -> Test:
        """Looks up what was evaluated before."""
        name = node.name
        return lambda _, truths: truths[name]

    def in_band(self, node: InBand) -> Test:
        """Looks up the instrument's band."""
        name = f"{node.instrument} {node.band}"
        return lambda _, truths: truths[name]

    def findings(self, node: Findings) -> Test:
        """Counts indicators over categories."""
        grouped = findings_by_category(node, self.rulebook)
        return lambda _, truths: count_truth(
            node, {category: [truths[name] for name in names] for category, names in grouped.items()}
        )

    def concern(self, node: ConcernAtLeast) -> Test:
        """Looks up the level."""
        level = node.level
        return lambda _, truths: truths[level]


@dataclass(frozen=True, slots=True, eq=False)
class Proof:
    """Why a condition is yes, no or unknown: the condition, its truth, and the proofs it rests on."""

    condition: Condition
    truth: Truth
    parts: tuple["Proof", ...] = ()


@dataclass(frozen=True, slots=True)
class Explained:
    """Conditions become proofs over one screening's answers.

    ``proofs`` holds those of the named conditions that were proved before.
    """

    rulebook: Rulebook
    answers: Answers
    proofs: Mapping[str, Proof]

    def answer_is(self, leaf: AnswerIs) -> Proof:
        """Proof of a test on one answer."""
        return Proof(leaf, answer_truth(leaf, self.answers[leaf.question]))

    def number(self, leaf: NumberAtLeast | NumberBelow) -> Proof:
        """Proof of a test on one number."""
        combining = self.rulebook.questions[leaf.question].combining
        return Proof(leaf, number_truth(leaf, self.answers[leaf.question], combining))

    def includes(self, leaf: Includes) -> Proof:
        """Proof of a test on ticked options."""
        return Proof(leaf, includes_truth(leaf, self.answers[leaf.question]))

    def all_of(self, node: All, parts: Sequence[Proof]) -> Proof:
        """Proof that all hold."""
        return Proof(node, kleene.conjunction([part.truth for part in parts]), tuple(parts))

    def any_of(self, node: AnyOf, parts: Sequence[Proof]) -> Proof:
        """Proof that any holds."""
        return Proof(node, kleene.disjunction([part.truth for part in parts]), tuple(parts))

    def opposite(self, node: Not, part: Proof) -> Proof:
        """Proof of the opposite."""
        return Proof(node, kleene.negation(part.truth), (part,))

    def at_least(self, node: AtLeast, parts: Sequence[Proof]) -> Proof:
        """Proof of a count."""
        return Proof(node, kleene.at_least(node.count, [part.truth for part in parts]), tuple(parts))

    def named(self, node: Named) -> Proof:
        """Proof by a named condition."""
        inner = self.proofs[node.name]
        return Proof(node, inner.truth, (inner,))

    def in_band(self, node: InBand) -> Proof:
        """Proof by an instrument's band."""
        inner = self.proofs[f"{node.instrument} {node.band}"]
        return Proof(node, inner.truth, inner.parts)

    def findings(self, node: Findings) -> Proof:
        """Proof by counting findings; its parts are named proofs of the indicators counted."""
        grouped = findings_by_category(node, self.rulebook)
        truths = {
            category: [self.proofs[name].truth for name in names] for category, names in grouped.items()
        }
        parts = tuple(self.named(Named(name)) for names in grouped.values() for name in names)
        return Proof(node, count_truth(node, truths), parts)

    def concern(self, node: ConcernAtLeast) -> Proof:
        """Proof by the level of concern."""
        inner = self.proofs[node.level]
        return Proof(node, inner.truth, (inner,))
