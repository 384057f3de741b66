"""What the rulebook explorer shows: how findings lead to a level as a picture, and what uses what."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from screening.core.condition_words import band_points, say
from screening.core.conditions import (
    All,
    AnyOf,
    Condition,
    Findings,
    InBand,
    Includes,
    Named,
    every_node,
)
from screening.core.rulebook import (
    Band,
    Gender,
    Indicator,
    Instrument,
    LegalNote,
    LevelRule,
    Question,
    Reference,
    Rulebook,
    Way,
)
from screening.core.sheet_shapes import SheetPart
from screening.web import spoken
from screening.web.condition_wording import Words, condition_in_words
from screening.web.rulebook_entries import KINDS, Entry, uses
from screening.web.spoken import gettext as _
from screening.web.spoken import ngettext, translate
from screening.web.wording import number_in_words

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


@dataclass(frozen=True)
class RulebookView:
    """A rulebook as the explorer tells it."""

    rulebook: Rulebook

    def condition(self, condition: Condition) -> Words:
        """A condition in words."""
        return condition_in_words(self.rulebook, condition)

    def uses(self, kind: str, id: str) -> tuple[Entry, ...]:
        """What uses an entry."""
        return uses(self.rulebook).get((kind, id), ())

    def is_licensed(self, kind: str, id: str) -> bool:
        """Whether an entry was plugged in under a licence of the agency's own."""
        return (kind, id) in self.rulebook.licensed

    @cached_property
    def levels(self) -> tuple[LevelPicture, ...]:
        """The levels that rules reach, highest first."""
        levels = self.rulebook.concern.levels
        return tuple(self._picture(name, getattr(levels, name)) for name in ("clear", "possible"))

    def _picture(self, name: str, rule: LevelRule) -> LevelPicture:
        ways = rule.when.parts if isinstance(rule.when, AnyOf) else (rule.when,)
        drawn = (way.parts if isinstance(way, All) else (way,) for way in ways)
        requirements = tuple(tuple(self._requirement(part) for part in way) for way in drawn)
        return LevelPicture(name, rule, requirements, self.condition(rule.when))

    def _requirement(self, condition: Condition) -> Requirement:
        words = self.condition(condition)
        if isinstance(condition, Includes) and len(condition.options) > _MOST_NAMED_IN_PICTURE:
            # The rule in words, below the picture, names them all.
            answer = _("one of %(num)d listed answers", num=len(condition.options))
            return Requirement((), 0, replace(words, after=answer))
        if not isinstance(condition, Findings):
            return Requirement((), 0, words)
        ranks = {strength.id: rank for rank, strength in enumerate(self.rulebook.about.strengths)}
        return Requirement(tuple(ranks[each] for each in condition.strengths), condition.count, words)

    @cached_property
    def tools_in_levels(self) -> tuple[Instrument, ...]:
        """The instruments whose bands a rule of concern looks at, itself or through what it names; mostly none."""
        levels = self.rulebook.concern.levels
        open_ones: list[Condition] = [levels.clear.when, levels.possible.when]
        seen: set[str] = set()
        tools: set[str] = set()
        while open_ones:
            for node in every_node(open_ones.pop()):
                if isinstance(node, InBand):
                    tools.add(node.instrument)
                named = {node.name} if isinstance(node, Named) else set()
                if isinstance(node, Findings):
                    signs = self.rulebook.indicators.values()
                    named = {each.id for each in signs if each.strength in node.strengths}
                open_ones += [self.rulebook.named(name).when for name in named - seen]
                seen |= named
        return tuple(tool for tool in self.rulebook.instruments.values() if tool.id in tools)

    def event_label(self, id: str) -> str:
        """What starts a clock."""
        events = self.rulebook.events.events if self.rulebook.events else ()
        return next((translate(event.label) for event in events if event.id == id), id)

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


def points_in_words(band: Band) -> str:
    """The points of a band."""
    return say(band_points(band), spoken)


def percent_in_words(share: float) -> str:
    """A published percentage, as precise as it was published."""
    return _("%(share)s%%", share=f"{share:g}")


def gender_in_words(gender: Gender) -> str:
    """Whom a service serves."""
    return {"girls": _("Girls"), "boys": _("Boys"), "transgender": _("Transgender youths")}[gender]


def sheet_part_in_words(part: SheetPart) -> str:
    """What a sheet shows."""
    words: Mapping[SheetPart, str] = {
        "case_number": _("the case number"),
        "level": _("the level of concern"),
        "basis": _("the law that treats the youth as a victim"),
        "signs": _("the names of raised signs"),
        "duties": _("duties of this profession"),
        "actions": _("advice to this profession"),
        "law": _("notes of law"),
        "charges": _("the charge worksheet"),
        "needs": _("needs"),
        "services": _("services"),
        "calls": _("whom to call"),
        "danger": _("danger now"),
        "rights": _("what the youth is told first"),
    }
    return words[part]


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
