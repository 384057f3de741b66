"""Any entry of the rulebook in plain words: where it is written, when it holds, what rests on it.

For people who write rules. What a screening found, and why, is told by ``evaluation`` and its proofs.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

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
from screening.core.rule_files import did_you_mean
from screening.core.rule_index import Index
from screening.core.rule_users import Use, name_of, users_of
from screening.core.rulebook import Rulebook

__all__ = ["Explanation", "Use", "condition_in_words", "explain", "nearest_id", "users_of"]

_INDENT = "  "
_UNKNOWN_WORDS = {
    "unsure": "not sure",
    "declined": "not wanting to say",
    "not_asked": "not asked",
    "unanswered": "not answered yet",
}


def condition_in_words(rulebook: Rulebook, condition: Condition) -> list[str]:
    """A condition as indented lines of plain words, through all operators."""
    match condition:
        case All(parts):
            return _group(rulebook, "all of these hold:", parts)
        case AnyOf(parts):
            return _group(rulebook, "at least one of these holds:", parts)
        case AtLeast(count, parts):
            return _group(rulebook, f"at least {count} of these {len(parts)} hold:", parts)
        case Not(part):
            return _group(rulebook, "this does not hold:", (part,))
        case Named(name):
            return [_named_in_words(rulebook, name)]
        case InBand(instrument, band):
            return [_band_in_words(rulebook, instrument, band)]
        case Findings():
            return [_findings_in_words(rulebook, condition)]
        case ConcernAtLeast(level):
            return [f"concern is at least {level}"]
        case _:
            return [_answer_in_words(rulebook, condition)]


def _group(rulebook: Rulebook, heading: str, parts: Iterable[Condition]) -> list[str]:
    lines = [line for part in parts for line in condition_in_words(rulebook, part)]
    return [heading, *(_INDENT + line for line in lines)]


def _answer_in_words(rulebook: Rulebook, leaf: AnswerIs | NumberAtLeast | NumberBelow | Includes) -> str:
    question = rulebook.questions[leaf.question]
    asked = f'"{question.text}" ({question.id})'
    labels = {**_UNKNOWN_WORDS, **question.option_labels}
    match leaf:
        case NumberAtLeast(_, bound):
            return f"the number given to {asked} is {bound} or more"
        case NumberBelow(_, bound):
            return f"the number given to {asked} is below {bound}"
        case Includes(_, options):
            return (
                f"what was ticked at {asked} includes {_either([labels.get(each, each) for each in options])}"
            )
        case AnswerIs(_, values):
            return f"the answer to {asked} is {_either([labels.get(each, each) for each in values])}"


def _named_in_words(rulebook: Rulebook, name: str) -> str:
    if name in rulebook.indicators:
        return f'the indicator "{rulebook.indicators[name].label}" ({name}) is raised'
    return f'the definition "{rulebook.definitions[name].label}" ({name}) holds'


def _band_in_words(rulebook: Rulebook, instrument_id: str, band_id: str) -> str:
    instrument = rulebook.instruments[instrument_id]
    band = next(each for each in instrument.bands if each.id == band_id)
    last = None if band.below is None else band.below - 1
    reach = f"{band.at_least} or more" if last is None else _span(band.at_least, last)
    return f'the whole score of "{instrument.label}" ({instrument_id}) lies in "{band.label}" ({reach})'


def _span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first} to {last}"


def _findings_in_words(rulebook: Rulebook, node: Findings) -> str:
    labels = {strength.id: strength.label for strength in rulebook.about.strengths}
    strengths = _either([f'"{labels.get(each, each)}"' for each in node.strengths])
    indicators = "indicator is" if node.count == 1 else "indicators are"
    spread = f", from at least {node.categories} categories" if node.categories > 1 else ""
    return f"at least {node.count} {indicators} raised whose strength is {strengths}{spread}"


def _either(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


@dataclass(frozen=True, slots=True)
class Explanation:
    """One entry in words: a heading, where it is written, and paragraphs of lines under a title each."""

    kind: str
    id: str
    file: str
    line: int
    paragraphs: tuple[tuple[str, tuple[str, ...]], ...]

    def lines(self) -> list[str]:
        """Everything as lines to print."""
        shown = [f"{self.kind} {self.id}", f"{_INDENT}written in {self.file}:{self.line}"]
        for title, lines in self.paragraphs:
            shown.append(f"{_INDENT}{title}:")
            shown += [_INDENT * 2 + line for line in lines]
        return shown


_EXPLAINED = (
    "question",
    "indicator",
    "outcome",
    "action",
    "need",
    "note of law",
    "interruption",
    "instrument",
    "service",
    "kind of service",
    "source",
)


def explain(rulebook: Rulebook, index: Index, id: str) -> list[Explanation]:
    """Every entry with that id (a question and a need may share one); empty where there is none.

    Args:
        rulebook: the loaded rulebook.
        index: the index of the same files, which knows where each entry is written.
        id: what to explain.
    """
    return [
        Explanation(
            "definition" if kind == "indicator" and id in rulebook.definitions else kind,
            id,
            origin.file.name,
            origin.file.line_of(origin.path),
            tuple(_paragraphs(rulebook, kind, entry)),
        )
        for kind in _EXPLAINED
        for origin, entry in [index.ids.get(kind, {}).get(id, (None, None))]
        if origin is not None
    ]


def nearest_id(index: Index, id: str) -> str:
    """A hint for an id that nothing has: the nearest one that can be explained."""
    return did_you_mean(id, (known for kind in _EXPLAINED for known in index.ids.get(kind, {})))


_TEXTS = (
    # key, how it is headed; only what an entry has is shown
    ("text", "text"),
    ("youth_text", "to the youth"),
    ("label", "label"),
    ("title", "title"),
    ("name", "name"),
    ("plain", "in plain words"),
    ("citation", "citation"),
    ("description", "description"),
    ("strength", "strength"),
    ("means", "means"),
    ("why", "why it is asked"),
    ("detail", "in detail"),
    ("steps", "steps"),
    ("caveats", "caveats"),
)


def _paragraphs(rulebook: Rulebook, kind: str, entry: Any) -> Iterator[tuple[str, tuple[str, ...]]]:
    for key, title in _TEXTS:
        value = getattr(entry, key, None)
        if value:
            yield title, (value,) if isinstance(value, str) else tuple(value)
    if kind == "question" and entry.options:
        yield "answers", tuple(f"{option.label} ({option.id})" for option in entry.options)
    yield from _conditions(rulebook, kind, entry)
    law = [f"{name_of(rulebook.law[id])}: {rulebook.law[id].citation}" for id in getattr(entry, "law", ())]
    if law:
        yield "rests on the law", tuple(law)
    users = users_of(rulebook, entry.id, kind)
    yield "used by", tuple(_listed_users(users)) or ("nothing",)
    sources = tuple(_source_lines(rulebook, getattr(entry, "sources", ())))
    if sources:
        yield "sources", sources
    if kind == "source":
        yield "last looked at", (entry.as_of.isoformat(),)


def _conditions(rulebook: Rulebook, kind: str, entry: Any) -> Iterator[tuple[str, tuple[str, ...]]]:
    for key, title in (("when", "holds when"), ("applies_when", "asked when"), ("show_when", "shown when")):
        condition = getattr(entry, key, None)
        if condition is not None:
            yield title, tuple(condition_in_words(rulebook, condition))
    if kind == "action" and entry.when is None:
        yield "holds when", ("always: it stands beside every result",)
    if kind == "instrument":
        for item in entry.items:
            yield f'"{item.label}" counts when', tuple(condition_in_words(rulebook, item.when))


def _listed_users(users: Iterable[Use]) -> Iterator[str]:
    """One line a use; mock cases, of which there may be many, on one line."""
    cases: dict[str, None] = {}
    for use in users:
        if use.kind == "mock case":
            cases[use.id] = None
        else:
            yield f"{use.kind} {use.id} ({use.label}): {use.how}"
    if cases:
        yield f"mock cases: {', '.join(cases)}"


def _source_lines(rulebook: Rulebook, ids: Iterable[str]) -> Iterator[str]:
    for id in ids:
        source = rulebook.sources.get(id)
        if source is None:
            yield id  # the starter directory names its sources in words, not by id
        else:
            yield f"{id}: {source.title} ({source.evidence}, as of {source.as_of.isoformat()})"
