"""Conditions in words: what is named, and the words that join it, not yet in any language.

There is one way to put a condition into words. The command line says it in English, the pages say it in the language of
the page and make links of what is named. How a condition came out in a screening is told by proofs, not here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

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
from screening.core.rulebook import Band, Instrument, Question, Rulebook

NamedKind = Literal[
    "question", "option", "indicator", "definition", "instrument", "band", "strength", "level"
]
AnswerTest = AnswerIs | NumberAtLeast | NumberBelow | Includes


@dataclass(frozen=True, slots=True)
class Label:
    """A text of the rulebook inside a sentence: as it is, with a small first letter, or in quotation marks."""

    kind: NamedKind
    id: str
    text: str
    how: Literal["plain", "small", "quoted"] = "plain"


@dataclass(frozen=True, slots=True)
class Number:
    """A number with the unit of its question, if that has one."""

    value: int
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Connecting words as a message for the translators, and what fills its gaps.

    ``plural`` is the message for more than one of ``number``, which fills the gap ``num``.
    """

    message: str
    gaps: tuple[tuple[str, "Part"], ...] = ()
    plural: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class Either:
    """Several, of which one is enough."""

    parts: tuple["Part", ...]


Part = Label | Number | Phrase | Either


@dataclass(frozen=True, slots=True)
class ConditionLine:
    """One line of a condition.

    Attributes:
        before: what kind of line it is, or the whole line where it names nothing.
        named: the question, sign, definition or tool it is about.
        after: the answer or band that is needed.
        parts: the lines inside a group.
    """

    before: Part | None = None
    named: Label | None = None
    after: Part | None = None
    parts: tuple["ConditionLine", ...] = ()


class Speaker(Protocol):
    """Who says a message in a language: the functions of gettext, with the gaps filled in."""

    def gettext(self, text: str, **variables: object) -> str:
        """The text in the language."""
        ...

    def ngettext(self, one: str, many: str, num: int, **variables: object) -> str:
        """The text for one or for many."""
        ...


class English:
    """Says messages as they are written."""

    def gettext(self, text: str, **variables: object) -> str:
        """The text with its gaps filled."""
        return text % variables if variables else text

    def ngettext(self, one: str, many: str, num: int, **variables: object) -> str:
        """The text for one or for many with its gaps filled."""
        return (one if num == 1 else many) % {"num": num, **variables}


# The translators' tool finds messages by these two names.
def _(message: str, **gaps: Part) -> Phrase:
    return Phrase(message, tuple(gaps.items()))


def ngettext(one: str, many: str, num: int, **gaps: Part) -> Phrase:
    """A message with a number."""
    return Phrase(one, tuple(gaps.items()), many, num)


_UNKNOWNS = {
    "unsure": _("not sure"),
    "declined": _("did not want to say"),
    "not_asked": _("not asked or checked"),
    "unanswered": _("not answered yet"),
}
_YES_NO = {"yes": _("yes"), "no": _("no")}
_QUOTED = _("“%(answer)s”")
_OR, _COMMA = _(" or "), _(", ")


def condition_line(rulebook: Rulebook, condition: Condition) -> ConditionLine:
    """A condition in words. There is a case for every operator: a new one does not pass the type check."""
    match condition:
        case AnswerIs() | NumberAtLeast() | NumberBelow() | Includes():
            question = rulebook.questions[condition.question]
            return ConditionLine(
                None, Label("question", question.id, question.text), _test(question, condition)
            )
        case All(parts):
            return _group(rulebook, _("All of these:"), parts)
        case AnyOf(parts):
            return _group(rulebook, _("Any one of these:"), parts)
        case AtLeast(count, parts):
            counted = ngettext("At least %(num)d of these:", "At least %(num)d of these:", count)
            return ConditionLine(counted, parts=tuple(condition_line(rulebook, part) for part in parts))
        case Not(part):
            return ConditionLine(_("This is known not to be so:"), parts=(condition_line(rulebook, part),))
        case Named(name):
            return _named(rulebook, name)
        case InBand(instrument, band):
            return _in_band(rulebook.instruments[instrument], band)
        case Findings():
            return ConditionLine(_findings(rulebook, condition))
        case ConcernAtLeast(level):
            headline = getattr(rulebook.concern.levels, level).headline
            return ConditionLine(
                _("The result is at least %(level)s", level=Label("level", level, headline, "small"))
            )


def _group(rulebook: Rulebook, heading: Phrase, parts: Sequence[Condition]) -> ConditionLine:
    """A list under a heading. A list of one is its only line."""
    if len(parts) == 1:
        return condition_line(rulebook, parts[0])
    return ConditionLine(heading, parts=tuple(condition_line(rulebook, part) for part in parts))


def _test(question: Question, test: AnswerTest) -> Part:
    match test:
        case AnswerIs(_question, values):
            return either(_answer(question, value) for value in values)
        case NumberAtLeast(_question, bound):
            return at_least(Number(bound, question.unit or ""))
        case NumberBelow(_question, bound):
            return _("under %(bound)s", bound=Number(bound, question.unit or ""))
        case Includes(_question, options):
            return _("ticked: %(options)s", options=either(_answer(question, option) for option in options))


def _answer(question: Question, value: str) -> Part:
    """An answer inside a sentence. The unknowns and yes and no stand as words, what is listed in quotation marks."""
    if value in _UNKNOWNS:
        return _UNKNOWNS[value]
    if question.kind == "yes_no":
        return _YES_NO[value]
    return Label("option", value, question.option_labels.get(value, value), "quoted")


def _named(rulebook: Rulebook, name: str) -> ConditionLine:
    label = rulebook.named(name).label
    if name in rulebook.indicators:
        return ConditionLine(_("Sign raised:"), Label("indicator", name, label))
    return ConditionLine(_("Holds:"), Label("definition", name, label))


def _in_band(instrument: Instrument, band_id: str) -> ConditionLine:
    band = next(each for each in instrument.bands if each.id == band_id)
    named = Label("instrument", instrument.id, instrument.label)
    after = _(
        "the whole range of points lies in %(band)s (%(points)s)",
        band=Label("band", band.id, band.label, "quoted"),
        points=band_points(band),
    )
    return ConditionLine(_("Published tool:"), named, after)


def band_points(band: Band) -> Part:
    """The points of a band: "3 or more", "0 to 2", or one number."""
    if band.below is None:
        return at_least(Number(band.at_least))
    if band.below - 1 == band.at_least:
        return Number(band.at_least)
    return _("%(least)s to %(most)s", least=Number(band.at_least), most=Number(band.below - 1))


def at_least(bound: Number) -> Phrase:
    """A lower bound: "3 or more"."""
    return _("%(bound)s or more", bound=bound)


def _findings(rulebook: Rulebook, node: Findings) -> Phrase:
    signs = ngettext(
        "At least %(num)d sign is raised (%(kinds)s)",
        "At least %(num)d signs are raised (%(kinds)s)",
        node.count,
        kinds=strengths_of(rulebook, node),
    )
    if node.categories == 1:
        return signs
    return ngettext(
        "%(signs)s, of at least %(num)d kind",
        "%(signs)s, of at least %(num)d different kinds",
        node.categories,
        signs=signs,
    )


def strengths_of(rulebook: Rulebook, node: Findings) -> Part:
    """The strengths of which findings are counted: "direct sign or strong sign"."""
    labels = {strength.id: strength.label for strength in rulebook.about.strengths}
    return either(Label("strength", each, labels[each], "small") for each in node.strengths)


def either(parts: Iterator[Part]) -> Part:
    """Any one of several; of one, that one."""
    listed = tuple(parts)
    return listed[0] if len(listed) == 1 else Either(listed)


def say(part: Part, speaker: Speaker) -> str:
    """A part of a sentence in the speaker's language."""
    match part:
        case Label(text=text, how=how):
            return _said_label(speaker.gettext(text), how, speaker)
        case Number(value, unit):
            return f"{value} {speaker.gettext(unit)}" if unit else str(value)
        case Either(parts):
            said = [say(each, speaker) for each in parts]
            listed = speaker.gettext(_COMMA.message).join(said[:-1])
            return speaker.gettext(_OR.message).join((listed, said[-1]))
        case Phrase(message, gaps, plural, number):
            filled = {name: say(gap, speaker) for name, gap in gaps}
            if plural:
                return speaker.ngettext(message, plural, number, **filled)
            return speaker.gettext(message, **filled)


def _said_label(text: str, how: str, speaker: Speaker) -> str:
    if how == "quoted":
        return speaker.gettext(_QUOTED.message, answer=text)
    return text[:1].lower() + text[1:] if how == "small" else text
