"""What a change needs at the least: sets of supposed answers, one of which lies within every set that brings it about.

A condition comes out differently only if some of its leaves do, and a leaf only if an answer it tests is supposed.
Following the condition downwards gives, for "this becomes yes" or "this stops being yes", a short list of sets of
suppositions that covers every way to get there. Trying those is enough; all other combinations need not be tried.
The list may hold sets that do not suffice (an answer can help in one place and hurt in another), never too few.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from screening.core.algebra import Compiled, findings_by_category, walk
from screening.core.answers import Effective
from screening.core.conditions import (
    All,
    AnswerIs,
    AnyOf,
    AtLeast,
    Condition,
    Findings,
    Includes,
    Named,
    Not,
    NumberAtLeast,
    NumberBelow,
)
from screening.core.evaluation import Assessment
from screening.core.truth import UNKNOWN, YES, Truth

MOST_SETS = 3000
"""How long a list may grow. Where so many sets of answers would do, showing them all would help nobody."""

Family = Sequence[frozenset[int]]
NOTHING_NEEDED: Family = (frozenset(),)
IMPOSSIBLE: Family = ()


class Goal(NamedTuple):
    """Where a truth is to get: to ``bound`` or above it, or below it."""

    upwards: bool
    bound: Truth

    def is_met(self, truth: Truth) -> bool:
        """Whether a truth is there."""
        return (truth >= self.bound) is self.upwards

    @property
    def mirrored(self) -> "Goal":
        """The same for the opposite condition."""
        return Goal(not self.upwards, UNKNOWN if self.bound is YES else YES)


class Covering:
    """Covering lists for one assessment.

    Args:
        assessment: what is known now.
        supposed: by question, the suppositions that may be made: position and the answer as it would then be.
        largest: how many suppositions a set may hold, each on another question.
    """

    def __init__(
        self, assessment: Assessment, supposed: Mapping[str, Sequence[tuple[int, Effective]]], largest: int
    ) -> None:
        self._assessment, self._supposed, self._largest = assessment, supposed, largest
        self._question_of = {place: question for question, each in supposed.items() for place, _ in each}
        self._compiled = Compiled(assessment.rulebook)
        self._known: dict[tuple[int, Goal], Family] = {}

    def of(self, condition: Condition, goal: Goal) -> Family:
        """Sets of suppositions (positions), one of which lies within every set that brings the condition to the goal."""
        key = (id(condition), goal)
        if key not in self._known:
            self._known[key] = self._found(condition, goal)
        return self._known[key]

    def either(self, families: Iterable[Family]) -> Family:
        """What covers reaching any one of several things."""
        return _reduced(each for family in families for each in family)

    def _found(self, condition: Condition, goal: Goal) -> Family:
        rulebook = self._assessment.rulebook
        match condition:
            case All(parts):
                return self._so_many(len(parts), [self.of(part, goal) for part in parts], goal)
            case AnyOf(parts):
                return self._so_many(1, [self.of(part, goal) for part in parts], goal)
            case AtLeast(count, parts):
                return self._so_many(count, [self.of(part, goal) for part in parts], goal)
            case Not(part):
                return self.of(part, goal.mirrored)
            case Named(name):
                return self.of(rulebook.named(name).when, goal)
            case Findings():
                return self._findings(condition, goal)
            case AnswerIs() | NumberAtLeast() | NumberBelow() | Includes():
                return self._answered(condition, goal)
            case _:  # a score or a level: any supposition at all may move it
                met = goal.is_met(self._assessment.explain(condition).truth)
                return NOTHING_NEEDED if met else [frozenset((place,)) for place in self._question_of]

    def _answered(self, leaf: AnswerIs | NumberAtLeast | NumberBelow | Includes, goal: Goal) -> Family:
        """A test comes out as it does, but no further than its question applies."""
        question = leaf.question
        test = walk(leaf, self._compiled)

        def comes_out(answer: Effective) -> bool:
            return goal.is_met(test({question: answer._replace(applies=YES)}, {}))

        if comes_out(self._assessment.answers[question]):
            family = NOTHING_NEEDED
        else:
            supposed = self._supposed.get(question, ())
            family = [frozenset((place,)) for place, answer in supposed if comes_out(answer)]
        applies_when = self._assessment.rulebook.questions[question].applies_when
        if applies_when is None:
            return family
        return self._so_many(2, [family, self.of(applies_when, goal)], goal)

    def _findings(self, node: Findings, goal: Goal) -> Family:
        rulebook = self._assessment.rulebook
        groups = [
            [self.of(rulebook.named(name).when, goal) for name in group]
            for group in findings_by_category(node, rulebook).values()
        ]
        together = self._so_many(node.count, [family for group in groups for family in group], goal)
        if node.categories == 1:
            return together
        spread = self._so_many(node.categories, [self._so_many(1, group, goal) for group in groups], goal)
        return self._so_many(2, [together, spread], goal)

    def _so_many(self, count: int, families: Sequence[Family], goal: Goal) -> Family:
        """What covers a count of parts: upwards that many get there, downwards so many that it is not reached."""
        wanted = count if goal.upwards else len(families) - count + 1
        wanted -= sum(family is NOTHING_NEEDED for family in families)
        if wanted <= 0:
            return NOTHING_NEEDED
        needing = [family for family in families if family and family is not NOTHING_NEEDED]
        if len(needing) < wanted:
            return IMPOSSIBLE
        # By how many parts are there: the sets that bring it about with the parts seen so far.
        reached: list[Family] = [NOTHING_NEEDED, *([IMPOSSIBLE] * wanted)]
        for family in needing:
            for number in range(wanted, 0, -1):
                further = self._both(reached[number - 1], family)
                reached[number] = _reduced([*reached[number], *further]) if further else reached[number]
        return reached[wanted]

    def _both(self, first: Family, second: Family) -> Family:
        """Every union of two sets that is not too large and supposes one answer a question."""
        found: dict[frozenset[int], None] = {}
        for one in first:
            for other in second:
                union = one | other
                if len(union) <= self._largest and self._one_a_question(union):
                    found[union] = None
                    if len(found) == MOST_SETS:
                        return list(found)
        return list(found)

    def _one_a_question(self, places: frozenset[int]) -> bool:
        return len({self._question_of[place] for place in places}) == len(places)


def _reduced(sets: Iterable[frozenset[int]]) -> Family:
    """The sets without those that hold another one of them."""
    kept = dict.fromkeys(sets)
    if NOTHING_NEEDED[0] in kept:
        return NOTHING_NEEDED
    singles = {place for each in kept if len(each) == 1 for place in each}
    pairs = {each for each in kept if len(each) == 2}
    return [each for each in kept if len(each) == 1 or not (each & singles or _holds_pair(each, pairs))][
        :MOST_SETS
    ]


def _holds_pair(places: frozenset[int], pairs: set[frozenset[int]]) -> bool:
    return len(places) > 2 and any(places - {place} in pairs for place in places)
