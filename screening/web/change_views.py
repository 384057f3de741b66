"""What would change a result: the smallest sets of answers, grouped by the level they lead to, in words."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import prod

from screening.core.evaluation import Level
from screening.core.routing import Change
from screening.core.rulebook import Question, Rulebook
from screening.core.statements import Value
from screening.web.spoken import gettext as _
from screening.web.spoken import translate
from screening.web.wording import level_headline, supposition_in_words

MOST_SHOWN = 12
"""How many entries of a group are shown: a list of hundreds tells nobody what to find out."""

Words = Callable[[Question, Value], str]


@dataclass(frozen=True, slots=True)
class Supposition:
    """A question and the supposed answer or answers, any one of which is enough."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class ChangeGroup:
    """Smallest changes that lead to one level: each entry holds one supposition, or several that are needed together.

    ``more`` says how many entries are not shown.
    """

    level: Level
    headline: str
    entries: tuple[tuple[Supposition, ...], ...]
    more: int = 0


def change_groups(
    rulebook: Rulebook, changes: Sequence[Change], words: Words | None = None
) -> list[ChangeGroup]:
    """The changes by the level they lead to, highest first. ``words`` puts a supposed answer into words."""
    spoken = words or (lambda question, value: supposition_in_words(rulebook, question, value))
    groups = []
    for level in sorted({change.level for change in changes}, reverse=True):
        sets = [change.answers for change in changes if change.level == level]
        entries = tuple(_suppositions(rulebook, sets, spoken))
        shown, more = entries[:MOST_SHOWN], max(0, len(entries) - MOST_SHOWN)
        groups.append(ChangeGroup(level, level_headline(rulebook, level), shown, more))
    return groups


def _suppositions(
    rulebook: Rulebook, sets: Sequence[tuple[tuple[str, Value], ...]], words: Words
) -> Iterator[tuple[Supposition, ...]]:
    """Sets over the same questions become one entry whose answers are joined by "or".

    Where only some combinations of those answers would do, each set stays an entry of its own.
    """
    over: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    for answers in sets:
        spoken = tuple(words(rulebook.questions[question], value) for question, value in answers)
        alike = over.setdefault(tuple(question for question, _value in answers), [])
        if spoken not in alike:
            alike.append(spoken)
    for questions, alike in over.items():
        slots = [tuple(dict.fromkeys(column)) for column in zip(*alike, strict=True)]
        is_every = prod(map(len, slots)) == len(alike)
        for told in [tuple(_(" or ").join(slot) for slot in slots)] if is_every else alike:
            yield tuple(
                Supposition(translate(rulebook.questions[question].text), answer)
                for question, answer in zip(questions, told, strict=True)
            )
