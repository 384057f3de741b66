"""One walk over a condition, several algebras.

``walk`` visits a condition once and asks an algebra what each operator means. What the values are is the
algebra's business: here a plain function of the answers (``Compiled``, for speed and for what-if) and a truth
with its proof (``Explained``, for people). A batch brings an algebra of its own (``planes``), as an engine
would, and reads the same conditions.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import NamedTuple, Protocol, TypeVar

from screening.core import truth as kleene
from screening.core.answers import Answers, AnswerTest, answer_test, includes_test, number_test
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
Truths = Mapping[str, Truth]
Test = Callable[[Answers, Truths], Truth]


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


def count_test(node: Findings, rulebook: Rulebook) -> Callable[[Truths], Truth]:
    """The function that counts findings: from the truths of indicators to the truth of the count."""
    count, categories = node.count, node.categories
    counted = [(name, kind) for kind, names in findings_by_category(node, rulebook).items() for name in names]
    kinds = [kind for _, kind in counted]
    truths_of_counted = _truths_of([name for name, _ in counted])

    def test(truths: Truths) -> Truth:
        values = truths_of_counted(truths)
        together = kleene.at_least(count, values)
        if categories == 1 or together is NO:
            return together
        possible = {kind for kind, value in zip(kinds, values, strict=True) if value is not NO}
        if len(possible) < categories:
            return NO
        certain = {kind for kind, value in zip(kinds, values, strict=True) if value is YES}
        return together if len(certain) >= categories else UNKNOWN

    return test


def _truths_of(names: Sequence[str]) -> Callable[[Truths], Sequence[Truth]]:
    """The function that takes the truths of these names out of all."""
    if len(names) > 1:
        return itemgetter(*names)
    return lambda truths: [truths[name] for name in names]


def band_truth(band: Band, lowest: int, highest: int, used: Truth = YES) -> Truth:
    """Whether a score interval lies in a band: wholly, not at all, or cannot tell. A tool not used reaches no band."""
    return min(used, _within(band, lowest, highest))


def _within(band: Band, lowest: int, highest: int) -> Truth:
    if lowest >= band.at_least and (band.below is None or highest < band.below):
        return YES
    if highest < band.at_least or (band.below is not None and lowest >= band.below):
        return NO
    return UNKNOWN


@dataclass(frozen=True, slots=True)
class Compiled:
    """Conditions become plain functions of the answers and of the truths of conditions evaluated before.

    The truths of instruments' bands stand under ``"instrument band"``, those of levels under the level's
    name.
    """

    rulebook: Rulebook

    def answer_is(self, leaf: AnswerIs) -> Test:
        """A function that tests one answer."""
        return answer_test(leaf)

    def number(self, leaf: NumberAtLeast | NumberBelow) -> Test:
        """A function that tests one number."""
        return number_test(leaf, self.rulebook.questions[leaf.question].combining)

    def includes(self, leaf: Includes) -> Test:
        """A function that tests ticked options."""
        return includes_test(leaf)

    def all_of(self, _: All, parts: Sequence[Test]) -> Test:
        """Stops at the first no."""

        def test(answers: Answers, truths: Truths) -> Truth:
            lowest = YES
            for part in parts:
                value = part(answers, truths)
                if value is NO:
                    return NO
                if value is UNKNOWN:
                    lowest = UNKNOWN
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
                if value is UNKNOWN:
                    highest = UNKNOWN
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
        test = count_test(node, self.rulebook)
        return lambda _, truths: test(truths)

    def concern(self, node: ConcernAtLeast) -> Test:
        """Looks up the level."""
        level = node.level
        return lambda _, truths: truths[level]


class Proof(NamedTuple):
    """Why a condition is yes, no or unknown: the condition, its truth, and the proofs it rests on."""

    condition: Condition
    truth: Truth
    parts: tuple["Proof", ...] = ()


Proofs = Mapping[str, Proof]
Explanation = Callable[[Answers, Proofs], Proof]


@dataclass(frozen=True, slots=True)
class Explained:
    """Conditions become functions that prove them, from the answers and from the proofs made before.

    The proofs of instruments' bands and of levels stand under the same names as in ``Compiled``.
    """

    rulebook: Rulebook

    def answer_is(self, leaf: AnswerIs) -> Explanation:
        """Proves a test on one answer."""
        return self._tested(leaf, answer_test(leaf))

    def number(self, leaf: NumberAtLeast | NumberBelow) -> Explanation:
        """Proves a test on one number."""
        return self._tested(leaf, number_test(leaf, self.rulebook.questions[leaf.question].combining))

    def includes(self, leaf: Includes) -> Explanation:
        """Proves a test on ticked options."""
        return self._tested(leaf, includes_test(leaf))

    @staticmethod
    def _tested(leaf: Condition, test: AnswerTest) -> Explanation:
        return lambda answers, proofs: Proof(leaf, test(answers, proofs))

    def all_of(self, node: All, parts: Sequence[Explanation]) -> Explanation:
        """Proves that all hold."""
        return self._over(node, parts, kleene.conjunction)

    def any_of(self, node: AnyOf, parts: Sequence[Explanation]) -> Explanation:
        """Proves that any holds."""
        return self._over(node, parts, kleene.disjunction)

    def opposite(self, node: Not, part: Explanation) -> Explanation:
        """Proves the opposite."""
        return self._over(node, [part], lambda truths: kleene.negation(truths[0]))

    def at_least(self, node: AtLeast, parts: Sequence[Explanation]) -> Explanation:
        """Proves a count."""
        return self._over(node, parts, lambda truths: kleene.at_least(node.count, truths))

    @staticmethod
    def _over(
        node: Condition, parts: Sequence[Explanation], together: Callable[[list[Truth]], Truth]
    ) -> Explanation:
        def explain(answers: Answers, proofs: Proofs) -> Proof:
            proved = [part(answers, proofs) for part in parts]
            return Proof(node, together([proof.truth for proof in proved]), tuple(proved))

        return explain

    def named(self, node: Named) -> Explanation:
        """Proves by a named condition."""
        return self._by_name(node, node.name)

    def concern(self, node: ConcernAtLeast) -> Explanation:
        """Proves by the level of concern."""
        return self._by_name(node, node.level)

    @staticmethod
    def _by_name(node: Condition, name: str) -> Explanation:
        def explain(_: Answers, proofs: Proofs) -> Proof:
            inner = proofs[name]
            return Proof(node, inner.truth, (inner,))

        return explain

    def in_band(self, node: InBand) -> Explanation:
        """Proves by an instrument's band."""
        name = f"{node.instrument} {node.band}"

        def explain(_: Answers, proofs: Proofs) -> Proof:
            return Proof(node, proofs[name].truth, proofs[name].parts)

        return explain

    def findings(self, node: Findings) -> Explanation:
        """Proves by counting findings; the parts are the indicators counted, each by its name."""
        grouped = findings_by_category(node, self.rulebook)
        named = [Named(name) for group in grouped.values() for name in group]
        test = count_test(node, self.rulebook)

        def explain(_: Answers, proofs: Proofs) -> Proof:
            proved = [(each, proofs[each.name]) for each in named]
            truth = test({each.name: proof.truth for each, proof in proved})
            return Proof(node, truth, tuple([Proof(each, proof.truth, (proof,)) for each, proof in proved]))

        return explain
