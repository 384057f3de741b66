"""The rulebook as straight-line Python in three values: the ceiling beside which the evaluation of one screening is measured.

Every condition becomes one line that computes 0, 1 or 2 from numbers above it: no walk, no closures, nothing called.
It reads the same effective answers and returns the bounds of the level with the truth of every indicator.
"""

from collections.abc import Callable, Mapping, Sequence

from screening.core.algebra import findings_by_category, walk
from screening.core.answers import Effective
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
from screening.core.rulebook import Rulebook

Found = tuple[int, int, tuple[int, ...]]
"""The lowest and the highest level, and the truths of the indicators in the rulebook's order."""


def straight_line(rulebook: Rulebook) -> Callable[[Mapping[str, Effective]], Found]:
    """The function, generated and compiled now."""
    space: dict[str, Callable[[Mapping[str, Effective]], Found]] = {}
    exec(compile(Lines(rulebook).source(), "straight line", "exec"), space)  # noqa: S102 - our own lines
    return space["found"]


class Lines:
    """An algebra whose values are names of variables; walking a condition writes the lines that compute them."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self.names: dict[str, str] = {}
        self.read: dict[str, str] = {}
        self.lines: list[str] = []

    def source(self) -> str:
        """The text of ``found(answers)``."""
        levels = self.rulebook.concern.levels
        for name in self.rulebook.named_order:
            self.names[name] = self.value(self.rulebook.named(name).when)
        clear, possible = self.value(levels.clear.when), self.value(levels.possible.when)
        least = f"2 if {clear} == 2 else 1 if {possible} == 2 else 0"
        most = f"2 if {clear} else 1 if {possible} else 0"
        truths = ", ".join(self.names[name] for name in self.rulebook.indicators)
        body = [*self.lines, f"return ({least}, {most}, ({truths},))"]
        return "\n    ".join(["def found(answers):", *body])

    def value(self, condition: Condition) -> str:
        """The variable that holds a condition's truth."""
        return walk(condition, self)

    def line(self, expression: str) -> str:
        """One more line; out: its variable."""
        name = f"n{len(self.lines)}"
        self.lines.append(f"{name} = {expression}")
        return name

    def answer(self, question: str) -> str:
        """The variables of an answer begin with this; they are read once."""
        if question not in self.read:
            held = self.read[question] = f"q{len(self.read)}"
            self.lines.append(f"{held} = answers[{question!r}]; {held}v = {held}.value")
            if self.rulebook.questions[question].applies_when is not None:
                self.lines.append(f"{held}a = {held}.applies")
        return self.read[question]

    def tested(self, question: str, known: str, unknown: str = "1") -> str:
        """A test on one answer, no further than the question applies. ``$`` stands for the answer."""
        held = self.answer(question)
        truth = self.line(f"({known}) if $v is not None else {unknown}".replace("$", held))
        if self.rulebook.questions[question].applies_when is None:
            return truth
        return self.line(f"{truth} if {truth} < {held}a else {held}a")

    def answer_is(self, leaf: AnswerIs) -> str:
        values = repr(leaf.values)
        equal = f"$v == {leaf.values[0]!r}" if len(leaf.values) == 1 else f"$v in {values}"
        return self.tested(leaf.question, f"2 if {equal} else 0", f"(2 if $.state in {values} else 1)")

    def includes(self, leaf: Includes) -> str:
        ticked = " or ".join(f"{option!r} in $v" for option in leaf.options)
        return self.tested(leaf.question, f"2 if {ticked} else 1 if $.partial else 0")

    def number(self, leaf: NumberAtLeast | NumberBelow) -> str:
        upwards = isinstance(leaf, NumberAtLeast)
        combining = self.rulebook.questions[leaf.question].combining
        above, below = (2, 0) if upwards else (0, 2)
        over = f"{above}" if combining == "highest" else f"(1 if $.partial else {above})"
        under = f"{below}" if combining == "lowest" else f"(1 if $.partial else {below})"
        return self.tested(leaf.question, f"{over} if $v >= {leaf.bound} else {under}")

    def all_of(self, _: All, parts: Sequence[str]) -> str:
        certain = " and ".join(f"{part} == 2" for part in parts)
        return self.line(f"2 if {certain} else 1 if {' and '.join(parts)} else 0")

    def any_of(self, _: AnyOf, parts: Sequence[str]) -> str:
        certain = " or ".join(f"{part} == 2" for part in parts)
        return self.line(f"2 if {certain} else 1 if {' or '.join(parts)} else 0")

    def opposite(self, _: Not, part: str) -> str:
        return self.line(f"2 - {part}")

    def at_least(self, node: AtLeast, parts: Sequence[str]) -> str:
        return self.counted(node.count, self.line(f"({', '.join(parts)},)"))

    def counted(self, count: int, truths: str) -> str:
        """Whether that many of a tuple of truths hold."""
        certain = self.line(f"{truths}.count(2)")
        return self.line(
            f"2 if {certain} >= {count} else 1 if {certain} + {truths}.count(1) >= {count} else 0"
        )

    def named(self, node: Named) -> str:
        return self.names[node.name]

    def findings(self, node: Findings) -> str:
        groups = [
            [self.names[id] for id in group] for group in findings_by_category(node, self.rulebook).values()
        ]
        signs = self.line(f"({', '.join(name for group in groups for name in group)},)")
        together = self.counted(node.count, signs)
        if node.categories == 1:
            return together
        kinds = [self.any_of(AnyOf(()), group) if len(group) > 1 else group[0] for group in groups]
        spread = self.counted(node.categories, self.line(f"({', '.join(kinds)},)"))
        return self.line(f"{together} if {together} < {spread} else {spread}")

    def in_band(self, node: InBand) -> str:
        raise NotImplementedError(f"no level rests on a band of {node.instrument}")

    def concern(self, node: ConcernAtLeast) -> str:
        raise NotImplementedError(f"no level rests on the level {node.level}")
