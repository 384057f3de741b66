"""Any entry of the rulebook in plain words: where it is written, when it holds, what rests on it.

For people who write rules. What a screening found, and why, is told by ``evaluation`` and its proofs.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from screening.core.condition_words import ConditionLine, English, band_points, condition_line, say
from screening.core.conditions import Condition
from screening.core.rule_files import did_you_mean
from screening.core.rule_index import Index
from screening.core.rule_users import Use, name_of, users_of
from screening.core.rulebook import Instrument, Rulebook

__all__ = ["Explanation", "Use", "condition_in_words", "explain", "nearest_id", "users_of"]

_INDENT = "  "
_ENGLISH = English()


def condition_in_words(rulebook: Rulebook, condition: Condition) -> list[str]:
    """A condition as indented lines of plain English; what it names stands in quotation marks with its id."""
    return list(_printed(condition_line(rulebook, condition)))


def _printed(line: ConditionLine) -> Iterator[str]:
    before = [say(line.before, _ENGLISH)] if line.before else []
    named = [f'"{line.named.text}" ({line.named.id}){":" if line.after else ""}'] if line.named else []
    after = [say(line.after, _ENGLISH)] if line.after else []
    yield " ".join((*before, *named, *after))
    yield from (_INDENT + inner for part in line.parts for inner in _printed(part))


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
    ("youth_spanish", "to the youth, in Spanish"),
    ("ask_like", "or like this"),
    ("ask_like_spanish", "or like this, in Spanish"),
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
    ("aim", "aim"),
    ("made_for", "made for"),
    ("caveats", "caveats"),
)


def _paragraphs(rulebook: Rulebook, kind: str, entry: Any) -> Iterator[tuple[str, tuple[str, ...]]]:
    for key, title in _TEXTS:
        value = getattr(entry, key, None)
        if value:
            yield title, (value,) if isinstance(value, str) else tuple(value)
    if kind == "question" and entry.options:
        yield "answers", tuple(f"{option.label} ({option.id})" for option in entry.options)
        spanish = tuple(f"{option.spanish} ({option.id})" for option in entry.options if option.spanish)
        if spanish:
            yield "answers in Spanish", spanish
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
    for key, title in (
        ("when", "holds when"),
        ("applies_when", "used when" if kind == "instrument" else "asked when"),
        ("show_when", "shown when"),
    ):
        condition = getattr(entry, key, None)
        if condition is not None:
            yield title, tuple(condition_in_words(rulebook, condition))
    if kind == "action" and entry.when is None:
        yield "holds when", ("always: it stands beside every result",)
    if kind == "instrument":
        yield from _scoring(rulebook, entry)


def _scoring(rulebook: Rulebook, tool: Instrument) -> Iterator[tuple[str, tuple[str, ...]]]:
    """How an instrument is filled in and read: when it is set aside, its items, its readings."""
    for aside in tool.set_aside:
        yield f'set aside ("{aside.text}") when', tuple(condition_in_words(rulebook, aside.when))
    for item in tool.items:
        if item.when is None:
            yield f'"{item.label}" is left out', (item.left_out or "",)
        else:
            yield f'"{item.label}" counts when', tuple(condition_in_words(rulebook, item.when))
    for reading in tool.readings:
        bands = (f"{say(band_points(band), _ENGLISH)}: {band.label} ({band.id})" for band in reading.bands)
        yield f'read as "{reading.label}"', tuple(bands)


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
