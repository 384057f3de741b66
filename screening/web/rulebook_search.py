"""The search through everything a rulebook holds: every word must stand somewhere, whatever its case and accents."""

import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from screening.core.rulebook import Rulebook
from screening.web.language import page_language
from screening.web.rulebook_entries import KINDS, Entry, entries
from screening.web.spoken import gettext as _
from screening.web.spoken import translate

LONGEST_SEARCH = 80
MOST_OF_A_KIND = 8
_EXCERPT = 140


@dataclass(frozen=True, slots=True)
class Hit:
    """One search result; the excerpt shows where the words stand if the label does not."""

    entry: Entry
    label: str
    excerpt: str


@dataclass(frozen=True, slots=True)
class HitGroup:
    """The results of one kind: the first few, and how many more there are."""

    kind: str
    heading: str
    hits: tuple[Hit, ...]
    more: int


@dataclass(frozen=True, slots=True)
class _Searchable:
    """An entry in one language, with its texts folded for comparing."""

    entry: Entry
    label: str
    texts: tuple[str, ...]
    named: str
    everything: str


def search(rulebook: Rulebook, wanted: str, kind: str = "") -> list[HitGroup]:
    """Entries that hold every word, in the text or the id, by kind; those whose label holds them come first.

    With ``kind`` all of that kind are found, without it the first few of each.
    """
    words = folded(wanted).split()
    found: dict[str, list[Hit]] = defaultdict(list)
    for each in _searchable(rulebook, page_language()) if words else ():
        if kind in ("", each.entry.kind) and all(word in each.everything for word in words):
            found[each.entry.kind].append(_hit(each, words))
    most = None if kind else MOST_OF_A_KIND
    return [
        HitGroup(
            each,
            _(KINDS[each]),
            tuple(sorted(hits, key=lambda hit: bool(hit.excerpt))[:most]),
            0 if most is None else max(0, len(hits) - most),
        )
        for each, hits in found.items()
    ]


def folded(text: str) -> str:
    """A text as it is compared: small letters without accents; curly quotation marks and apostrophes are straight."""
    straight = text.translate({0x2018: "'", 0x2019: "'", 0x201C: '"', 0x201D: '"'})
    parts = unicodedata.normalize("NFKD", straight.casefold())
    return "".join(letter for letter in parts if not unicodedata.combining(letter))


@lru_cache(maxsize=8)
def _searchable(rulebook: Rulebook, _language: str) -> tuple[_Searchable, ...]:
    """Every entry in the language of the page, folded once a rulebook and language."""
    return tuple(_in_this_language(entry) for entry in entries(rulebook))


def _in_this_language(entry: Entry) -> _Searchable:
    label = translate(entry.label)
    texts = tuple(translate(text) for text in entry.texts if text)
    named = folded(f"{entry.id}\n{label}")
    return _Searchable(entry, label, texts, named, "\n".join((named, *map(folded, texts))))


def _hit(found: _Searchable, words: Sequence[str]) -> Hit:
    missing = [word for word in words if word not in found.named]
    telling = next((text for text in found.texts for word in missing if word in folded(text)), "")
    return Hit(found.entry, found.label, _cut(telling, missing) if telling else "")


def _cut(text: str, words: Sequence[str]) -> str:
    """The stretch of a text around the first of the words that stands in it."""
    searched = folded(text)
    places = [place for word in words if (place := searched.find(word)) >= 0]
    begin = max(0, min(places) - _EXCERPT // 3)
    begin = text.rfind(" ", 0, begin) + 1 if begin else 0
    shown = text[begin : begin + _EXCERPT]
    if begin + _EXCERPT < len(text):
        shown = shown.rpartition(" ")[0] + " …"
    return ("… " if begin else "") + shown
