"""The rulebook for datalogic, the fastest rule engine for Python that package registries hold: two values, no proofs.

It is driven as it is fastest: one rule makes a list of all signs, a second the level from that list; both are compiled
once and read nothing that they do not test. Counts are sums, because the language has no "so many of". An answer nobody
gave cannot be told from a no, so it is given complete answers only.
"""

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from typing import Any

from screening.core.algebra import findings_by_category, walk
from screening.core.answers import Effective
from screening.core.conditions import (
    All,
    AnswerIs,
    AnyOf,
    AtLeast,
    ConcernAtLeast,
    Findings,
    InBand,
    Includes,
    Named,
    Not,
    NumberAtLeast,
    NumberBelow,
)
from screening.core.rulebook import Rulebook

PIN = "datalogic-py==5.9.0"
IS_INSTALLED = find_spec("datalogic_py") is not None
HOW_TO_INSTALL = f"not installed: uv sync, or uv pip install {PIN}"
Logic = Any
"""JSON Logic: an object with one operator, or a literal."""
Found = tuple[int, list[bool]]
"""The level, and whether each named condition holds, in the order in which they are worked out."""


class GenericEngine:
    """The engine with the rulebook's rules."""

    def __init__(self, rulebook: Rulebook) -> None:
        from datalogic_py import Engine  # noqa: PLC0415 - only where it is installed

        signs, levels = Signs(rulebook), rulebook.concern.levels
        listed = [walk(rulebook.named(name).when, signs) for name in rulebook.named_order]
        over_signs = OverSigns(rulebook, signs, listed)
        clear, possible = walk(levels.clear.when, over_signs), walk(levels.possible.when, over_signs)
        engine = Engine(templating=True)
        self._questions = tuple(signs.questions)
        self._signs_of = engine.compile(listed).evaluate
        self._level_of = engine.compile({"if": [clear, 2, possible, 1, 0]}).evaluate

    def plain(self, answers: Mapping[str, Effective]) -> dict[str, Any]:
        """Complete effective answers as the engine takes them: those that it reads."""
        values = {id: answers[id].value for id in self._questions}
        return {id: list(value) if isinstance(value, tuple) else value for id, value in values.items()}

    def found(self, plain: dict[str, Any]) -> Found:
        """The level and the signs. Behind the signs the list holds what the levels test besides."""
        signs: list[bool] = self._signs_of(plain)
        return self._level_of(signs), signs


class Signs:
    """An algebra whose values are JSON Logic over answers; a condition that is named is written out."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self.questions: dict[str, None] = {}

    def tested(self, question: str, test: Logic) -> Logic:
        """A test on one answer, where the question applies."""
        self.questions[question] = None
        applies_when = self.rulebook.questions[question].applies_when
        return test if applies_when is None else {"and": [walk(applies_when, self), test]}

    def answer_is(self, leaf: AnswerIs) -> Logic:
        tests = [{"===": [{"var": leaf.question}, value]} for value in leaf.values]
        return self.tested(leaf.question, any_of(tests))

    def includes(self, leaf: Includes) -> Logic:
        tests = [{"in": [option, {"var": leaf.question}]} for option in leaf.options]
        return self.tested(leaf.question, any_of(tests))

    def number(self, leaf: NumberAtLeast | NumberBelow) -> Logic:
        operator = ">=" if isinstance(leaf, NumberAtLeast) else "<"
        return self.tested(leaf.question, {operator: [{"var": leaf.question}, leaf.bound]})

    def all_of(self, _: All, parts: Sequence[Logic]) -> Logic:
        return {"and": list(parts)}

    def any_of(self, _: AnyOf, parts: Sequence[Logic]) -> Logic:
        return any_of(parts)

    def opposite(self, _: Not, part: Logic) -> Logic:
        return {"!": [part]}

    def at_least(self, node: AtLeast, parts: Sequence[Logic]) -> Logic:
        return so_many(node.count, parts)

    def named(self, node: Named) -> Logic:
        return walk(self.rulebook.named(node.name).when, self)

    def findings(self, node: Findings) -> Logic:
        raise NotImplementedError(f"no sign counts findings: {node}")

    def in_band(self, node: InBand) -> Logic:
        raise NotImplementedError(f"no level rests on a band: {node}")

    def concern(self, node: ConcernAtLeast) -> Logic:
        raise NotImplementedError(f"no level rests on a level: {node}")


class OverSigns(Signs):
    """The same over the list of signs; a test on an answer is put behind them."""

    def __init__(self, rulebook: Rulebook, signs: Signs, listed: list[Logic]) -> None:
        super().__init__(rulebook)
        self.signs, self.listed = signs, listed
        self.places = {name: {"var": place} for place, name in enumerate(rulebook.named_order)}

    def tested(self, question: str, test: Logic) -> Logic:
        self.listed.append(self.signs.tested(question, test))
        return {"var": len(self.listed) - 1}

    def named(self, node: Named) -> Logic:
        return self.places[node.name]

    def findings(self, node: Findings) -> Logic:
        groups = [
            [self.places[id] for id in group] for group in findings_by_category(node, self.rulebook).values()
        ]
        together = so_many(node.count, [sign for group in groups for sign in group])
        if node.categories == 1:
            return together
        return {"and": [together, so_many(node.categories, [any_of(group) for group in groups])]}


def any_of(parts: Sequence[Logic]) -> Logic:
    """Any of several; one alone needs no operator."""
    return parts[0] if len(parts) == 1 else {"or": list(parts)}


def so_many(count: int, parts: Sequence[Logic]) -> Logic:
    """At least so many of several, as a sum."""
    if count == 1:
        return any_of(parts)
    return {">=": [{"+": [{"if": [part, 1, 0]} for part in parts]}, count]}
