"""What would change a result: the smallest sets of answers, grouped by the level they lead to, in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from screening.core.evaluation import Level
from screening.core.routing import Change
from screening.core.rulebook import Rulebook
from screening.core.statements import Value
from screening.web.spoken import gettext as _
from screening.web.spoken import translate
from screening.web.wording import level_headline, supposition_in_words


@dataclass(frozen=True, slots=True)
class Supposition:
    """A question and the supposed answer or answers, any one of which is enough."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class ChangeGroup:
    """Smallest changes that lead to one level: each entry holds one supposition, or two that are needed together."""

    level: Level
    headline: str
    entries: tuple[tuple[Supposition, ...], ...]


def change_groups(rulebook: Rulebook, changes: Sequence[Change]) -> list[ChangeGroup]:
    """The changes by the level they lead to, highest first."""
    levels = sorted({change.level for change in changes}, reverse=True)
    return [
        ChangeGroup(
            level,
            level_headline(rulebook, level),
            _suppositions(rulebook, [change.answers for change in changes if change.level == level]),
        )
        for level in levels
    ]


def _suppositions(
    rulebook: Rulebook, sets: Sequence[tuple[tuple[str, Value], ...]]
) -> tuple[tuple[Supposition, ...], ...]:
    """Sets over the same questions become one entry whose answers are joined by "or"."""
    merged: dict[tuple[str, ...], list[dict[str, None]]] = {}
    for answers in sets:
        key = tuple(question for question, _value in answers)
        slots = merged.setdefault(key, [{} for _question in key])
        for slot, (question, value) in zip(slots, answers, strict=True):
            slot[supposition_in_words(rulebook, rulebook.questions[question], value)] = None
    return tuple(
        tuple(
            Supposition(translate(rulebook.questions[question].text), _(" or ").join(slot))
            for question, slot in zip(key, slots, strict=True)
        )
        for key, slots in merged.items()
    )
