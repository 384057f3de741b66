"""A rulebook's conditions made ready to run, once for each loaded rulebook and shared by all assessments."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar

from screening.core.algebra import Algebra, Compiled, Explained, Explanation, Test, walk
from screening.core.conditions import Condition, Findings, InBand, Named, every_node, presumes, question_of
from screening.core.rulebook import Instrument, Interruption, Outcome, Rulebook

V = TypeVar("V")


@dataclass(frozen=True, slots=True, eq=False)
class CompiledInstrument(Generic[V]):
    """A scored instrument: whether it is used (nothing: always), and the items that are not left out."""

    instrument: Instrument
    used: V | None
    items: tuple[V, ...]

    @property
    def points(self) -> tuple[int, ...]:
        """What each item gives."""
        return tuple(item.points for item, _ in self.instrument.asked_items)


@dataclass(frozen=True, slots=True, eq=False)
class CompiledRules(Generic[V]):
    """Conditions as values of an algebra (functions, for the most part), in the order they must run.

    ``instruments`` holds those with bands: no condition can rest on a list without any.
    """

    applicability: tuple[tuple[str, V], ...]
    named: tuple[tuple[str, V], ...]
    instruments: tuple[CompiledInstrument[V], ...]
    clear: V
    possible: V
    interruptions: tuple[tuple[Interruption, V], ...]
    outcomes: tuple[tuple[Outcome, V], ...]


def rules_in(rulebook: Rulebook, algebra: Algebra[V]) -> CompiledRules[V]:
    """The rulebook's conditions in an algebra."""
    concern = rulebook.concern
    return CompiledRules(
        tuple(
            (question.id, walk(question.applies_when, algebra))
            for question in rulebook.questions.values()
            if question.applies_when is not None
        ),
        tuple((name, walk(rulebook.named(name).when, algebra)) for name in rulebook.named_order),
        tuple(
            CompiledInstrument(
                instrument,
                None if instrument.used_when is None else walk(instrument.used_when, algebra),
                tuple(walk(when, algebra) for _, when in instrument.asked_items),
            )
            for instrument in rulebook.instruments.values()
            if instrument.scored
        ),
        walk(concern.levels.clear.when, algebra),
        walk(concern.levels.possible.when, algebra),
        tuple((each, walk(each.when, algebra)) for each in concern.interruptions),
        tuple((each, walk(each.when, algebra)) for each in concern.outcomes),
    )


@lru_cache(maxsize=16)
def compile_rules(rulebook: Rulebook) -> CompiledRules[Test]:
    """The rulebook's conditions as functions of one screening's answers."""
    return rules_in(rulebook, Compiled(rulebook))


@lru_cache(maxsize=16)
def instruments_behind_result(rulebook: Rulebook) -> tuple[CompiledInstrument[Test], ...]:
    """The instruments whose bands a level, an interruption or an outcome rests on: the others need no scoring to assess."""
    concern = rulebook.concern
    conditions = [concern.levels.clear.when, concern.levels.possible.when]
    conditions += [interruption.when for interruption in concern.interruptions]
    conditions += [outcome.when for outcome in concern.outcomes]
    nodes = (node for condition in conditions for node in every_node(condition))
    tested = {node.instrument for node in nodes if isinstance(node, InBand)}
    return tuple(tool for tool in compile_rules(rulebook).instruments if tool.instrument.id in tested)


class Explanations:
    """A rulebook's conditions as functions that prove them, each compiled when it is first asked for."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._algebra = Explained(rulebook)
        # By identity: hashing a condition would walk it. The condition is kept, so its identity stays taken.
        self._known: dict[int, tuple[Condition, Explanation]] = {}

    def of(self, condition: Condition) -> Explanation:
        """The function that proves a condition."""
        held = self._known.get(id(condition))
        if held is None:
            held = self._known[id(condition)] = (condition, walk(condition, self._algebra))
        return held[1]


@lru_cache(maxsize=16)
def explanations(rulebook: Rulebook) -> Explanations:
    """The explanations of a loaded rulebook, shared by all assessments."""
    return Explanations(rulebook)


def conditions_of(instrument: Instrument) -> list[Condition]:
    """Everything an instrument's bands rest on: its items, and whether it is used at all."""
    used = [] if instrument.used_when is None else [instrument.used_when]
    return [*(when for _, when in instrument.asked_items), *used]


@lru_cache(maxsize=16)
def conditions_behind_level(rulebook: Rulebook) -> tuple[Condition, ...]:
    """Every condition that can bear on the level: the two level rules and whatever they rest on."""
    waiting: list[Condition] = [rulebook.concern.levels.clear.when, rulebook.concern.levels.possible.when]
    found: dict[int, Condition] = {}
    while waiting:
        condition = waiting.pop()
        if id(condition) in found:
            continue
        found[id(condition)] = condition
        for node in every_node(condition):
            match node:
                case Named(name):
                    waiting.append(rulebook.named(name).when)
                case InBand(instrument):
                    waiting += conditions_of(rulebook.instruments[instrument])
                case Findings(strengths):
                    waiting += [
                        each.when for each in rulebook.indicators.values() if each.strength in strengths
                    ]
                case _:
                    pass
    return tuple(found.values())


@lru_cache(maxsize=16)
def presumable_questions(rulebook: Rulebook) -> tuple[str, ...]:
    """The questions whose lack of any answer counts for the level, by a definition's presumption."""
    nodes = (node for condition in conditions_behind_level(rulebook) for node in every_node(condition))
    return tuple(dict.fromkeys(str(question_of(node)) for node in nodes if presumes(node)))
