"""What evaluating a screening needs of a rulebook, as plain data that can be sent to another evaluator as JSON.

Texts, sources, law and services stay behind: only what bears on truths, bounds and the route is written. The
same rulebook always comes out the same, lists in the rulebook's order.

A condition becomes a short list that begins with its operator::

    ["is", question, [value, ...]]              ["all", [condition, ...]]
    ["from", question, bound]                   ["any", [condition, ...]]
    ["below", question, bound]                  ["not", condition]
    ["includes", question, [option, ...]]       ["count", number, [condition, ...]]
    ["named", name]                             ["band", instrument, band]
    ["findings", [strength, ...], count, categories]
    ["concern", level]
"""

from collections.abc import Sequence
from typing import Any

from screening.core.algebra import walk
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
from screening.core.rulebook import Action, Instrument, Question, Rulebook

Plain = list[Any]


class Written:
    """The algebra whose values are conditions as plain lists."""

    def answer_is(self, leaf: AnswerIs) -> Plain:
        """A test on one answer."""
        return ["is", leaf.question, list(leaf.values)]

    def number(self, leaf: NumberAtLeast | NumberBelow) -> Plain:
        """A test on one number."""
        return ["from" if isinstance(leaf, NumberAtLeast) else "below", leaf.question, leaf.bound]

    def includes(self, leaf: Includes) -> Plain:
        """A test on ticked options."""
        return ["includes", leaf.question, list(leaf.options)]

    def all_of(self, _: All, parts: Sequence[Plain]) -> Plain:
        """All parts hold."""
        return ["all", list(parts)]

    def any_of(self, _: AnyOf, parts: Sequence[Plain]) -> Plain:
        """Any part holds."""
        return ["any", list(parts)]

    def opposite(self, _: Not, part: Plain) -> Plain:
        """The part does not hold."""
        return ["not", part]

    def at_least(self, node: AtLeast, parts: Sequence[Plain]) -> Plain:
        """So many parts hold."""
        return ["count", node.count, list(parts)]

    def named(self, node: Named) -> Plain:
        """An indicator or definition holds."""
        return ["named", node.name]

    def in_band(self, node: InBand) -> Plain:
        """An instrument's score lies in a band."""
        return ["band", node.instrument, node.band]

    def findings(self, node: Findings) -> Plain:
        """So many indicators are raised."""
        return ["findings", list(node.strengths), node.count, node.categories]

    def concern(self, node: ConcernAtLeast) -> Plain:
        """The level of concern is reached."""
        return ["concern", node.level]


_WRITTEN = Written()


def written(condition: Condition) -> Plain:
    """One condition as a plain list."""
    return walk(condition, _WRITTEN)


def exported(rulebook: Rulebook) -> dict[str, Any]:
    """The rulebook as far as evaluation needs it: texts, numbers, lists and mappings only, ready for JSON.

    Args:
        rulebook: a loaded rulebook. Its digest goes along, so that nobody evaluates with another one unawares.
    """
    levels = rulebook.concern.levels
    return {
        "digest": rulebook.digest,
        "questions": [_question(question) for question in rulebook.questions.values()],
        "named": [{"id": name, "when": written(rulebook.named(name).when)} for name in rulebook.named_order],
        "indicators": [
            {"id": each.id, "strength": each.strength, "category": each.category}
            for each in rulebook.indicators.values()
        ],
        "instruments": [_instrument(instrument) for instrument in rulebook.instruments.values()],
        "levels": {"possible": written(levels.possible.when), "clear": written(levels.clear.when)},
        "interruptions": [
            {"id": each.id, "when": written(each.when), "stops_asking": each.stops_asking}
            for each in rulebook.concern.interruptions
        ],
        "outcomes": [{"id": each.id, "when": written(each.when)} for each in rulebook.concern.outcomes],
        "actions": [_action(action) for action in rulebook.actions],
    }


def _question(question: Question) -> dict[str, Any]:
    plain: dict[str, Any] = {"id": question.id, "kind": question.kind, "combining": question.combining}
    if question.options:
        plain["options"] = [option.id for option in question.options]
    if question.years_since is not None:
        plain["years_since"] = question.years_since
    if question.applies_when is not None:
        plain["applies_when"] = written(question.applies_when)
    return plain


def _instrument(instrument: Instrument) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "id": instrument.id,
        "items": [{"points": item.points, "when": written(when)} for item, when in instrument.asked_items],
        "left_out_points": instrument.left_out_points,
        "bands": [
            {"id": band.id, "at_least": band.at_least, "below": band.below} for band in instrument.bands
        ],
    }
    if instrument.used_when is not None:
        plain["used_when"] = written(instrument.used_when)
    return plain


def _action(action: Action) -> dict[str, Any]:
    """An action without a condition is always called for. Where and for whom it is stays behind."""
    return {"id": action.id} | ({} if action.when is None else {"when": written(action.when)})
