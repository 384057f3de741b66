"""What the rulebook explorer shows: how findings lead to a level as a picture, what uses what, and a search."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from screening.core.conditions import All, AnyOf, Condition, Findings, Includes
from screening.core.rulebook import (
    Indicator,
    LegalNote,
    LevelRule,
    Question,
    Reference,
    Rulebook,
    Way,
)
from screening.web.condition_wording import ConditionWords, Words
from screening.web.rulebook_entries import KINDS, Entry, Uses, entries, uses
from screening.web.spoken import gettext as _
from screening.web.spoken import ngettext, translate
from screening.web.wording import number_in_words

LONGEST_SEARCH = 80
MOST_OF_A_KIND = 8
_EXCERPT = 140
_MOST_NAMED_IN_PICTURE = 3


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing a way to a level needs: drawn as ``count`` marks of these strengths (by rank), and in words."""

    marks: tuple[int, ...]
    count: int
    words: Words


@dataclass(frozen=True, slots=True)
class LevelPicture:
    """A level, and the ways that lead to it; each way is enough alone."""

    name: str
    rule: LevelRule
    ways: tuple[tuple[Requirement, ...], ...]
    words: Words


@dataclass(frozen=True, slots=True)
class Hit:
    """One search result; the excerpt shows where the words stand if the label does not."""

    entry: Entry
    label: str
    excerpt: str


@dataclass(frozen=True, slots=True)
class HitGroup:
    """The results of one kind: the first few, and how many more there are."""

    heading: str
    hits: tuple[Hit, ...]
    more: int


@dataclass(frozen=True)
class RulebookView:
    """A rulebook as the explorer tells it."""

    rulebook: Rulebook

    @cached_property
    def condition(self) -> ConditionWords:
        """Puts conditions into words."""
        return ConditionWords(self.rulebook)

    @cached_property
    def uses(self) -> Uses:
        """Who uses what."""
        return uses(self.rulebook)

    @cached_property
    def levels(self) -> tuple[LevelPicture, ...]:
        """The levels that rules reach, highest first."""
        levels = self.rulebook.concern.levels
        return tuple(self._picture(name, getattr(levels, name)) for name in ("clear", "possible"))

    def _picture(self, name: str, rule: LevelRule) -> LevelPicture:
        ways = rule.when.parts if isinstance(rule.when, AnyOf) else (rule.when,)
        drawn = (way.parts if isinstance(way, All) else (way,) for way in ways)
        requirements = tuple(tuple(self._requirement(part) for part in way) for way in drawn)
        return LevelPicture(name, rule, requirements, self.condition.of(rule.when))

    def _requirement(self, condition: Condition) -> Requirement:
        words = self.condition.of(condition)
        if isinstance(condition, Includes) and len(condition.options) > _MOST_NAMED_IN_PICTURE:
            # The rule in words, below the picture, names them all.
            answer = _("one of %(num)d listed answers", num=len(condition.options))
            return Requirement((), 0, replace(words, after=answer))
        if not isinstance(condition, Findings):
            return Requirement((), 0, words)
        ranks = {strength.id: rank for rank, strength in enumerate(self.rulebook.about.strengths)}
        return Requirement(tuple(ranks[each] for each in condition.strengths), condition.count, words)

    def signs_of(self, category: str) -> list[Indicator]:
        """The indicators of a category."""
        return [each for each in self.rulebook.indicators.values() if each.category == category]

    def count_of(self, strength: str) -> int:
        """How many indicators have a strength."""
        return sum(each.strength == strength for each in self.rulebook.indicators.values())

    def notes_of(self, jurisdiction: str) -> list[LegalNote]:
        """The notes of law of one place."""
        return [note for note in self.rulebook.law.values() if note.jurisdiction == jurisdiction]

    def sources_of(self, evidence: str) -> list[Reference]:
        """The sources with one kind of evidence."""
        return [source for source in self.rulebook.sources.values() if source.evidence == evidence]

    def references(self, ids: Iterable[str]) -> list[Reference]:
        """The sources with these ids."""
        return [self.rulebook.sources[each] for each in ids if each in self.rulebook.sources]

    def services_on(self, source: str) -> int:
        """How many entries of the starter directory rest on a source."""
        return sum(source in service.sources for service in self.rulebook.services.values())

    def search(self, wanted: str) -> list[HitGroup]:
        """Entries that hold every word, in the text or the id, by kind; those whose label holds them come first."""
        words = wanted.casefold().split()
        found: dict[str, list[Hit]] = defaultdict(list)
        for entry in entries(self.rulebook) if words else ():
            if (hit := _hit(entry, words)) is not None:
                found[entry.kind].append(hit)
        return [
            HitGroup(
                _(KINDS[kind]),
                tuple(sorted(hits, key=lambda hit: bool(hit.excerpt))[:MOST_OF_A_KIND]),
                max(0, len(hits) - MOST_OF_A_KIND),
            )
            for kind, hits in found.items()
        ]


def _hit(entry: Entry, words: Sequence[str]) -> Hit | None:
    label = translate(entry.label)
    texts = [translate(text) for text in entry.texts if text]
    everything = "\n".join((entry.id, label, *texts)).casefold()
    if not all(word in everything for word in words):
        return None
    named = f"{entry.id}\n{label}".casefold()
    telling = [text for text in texts for word in words if word not in named and word in text.casefold()]
    return Hit(entry, label, _cut(telling[0], words) if telling else "")


def _cut(text: str, words: Sequence[str]) -> str:
    """The stretch of a text around the first of the words that stands in it."""
    places = [place for word in words if (place := text.casefold().find(word)) >= 0]
    begin = max(0, min(places) - _EXCERPT // 3)
    begin = text.rfind(" ", 0, begin) + 1 if begin else 0
    shown = text[begin : begin + _EXCERPT]
    if begin + _EXCERPT < len(text):
        shown = shown.rpartition(" ")[0] + " …"
    return ("… " if begin else "") + shown


def grouped(found: Iterable[Entry]) -> list[tuple[str, list[Entry]]]:
    """Entries by kind, with the heading of the kind."""
    groups: dict[str, list[Entry]] = defaultdict(list)
    for entry in found:
        groups[entry.kind].append(entry)
    return [(_(KINDS[kind]), groups[kind]) for kind in KINDS if kind in groups]


def ways_in_words(ways: Iterable[Way]) -> str:
    """Who can know the answer."""
    words = {
        "ask": _("the youth, if willing"),
        "observe": _("staff, by what they see"),
        "record": _("records"),
        "collateral": _("other people"),
    }
    return "; ".join(words[way] for way in ways)


def answers_in_words(question: Question) -> str:
    """What kind of answer a question takes; the options of a list stand beside it."""
    match question.kind:
        case "yes_no":
            return _("Yes or no")
        case "choice":
            return _("One of:")
        case "choices":
            return _("Any of:")
        case "number":
            most = number_in_words(question, question.most or 0)
            return _("A number from %(least)d to %(most)s", least=question.least or 0, most=most)
        case "date":
            return _("A date")
        case "text":
            return ngettext(
                "Text of at most %(num)d character", "Text of at most %(num)d characters", question.max_length
            )
