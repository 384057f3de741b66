"""Entries that may be the same, found without comparing each with each.

Entries are compared only within blocks: those with the same telephone number, with the same rare word in the name, or with
the same name in the same area. A block is never larger than ``LARGEST_BLOCK``, so the work grows with the number of entries
and the memory with the number of pairs found. Names are compared by RapidFuzz.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from rapidfuzz import fuzz, process

LARGEST_BLOCK = 200
RARE_WORDS = 2
ALIKE = 88
ALIKE_WITH_NUMBER = 75
MOST_PAIRS = 2000
_NO_WORD = re.compile(r"[\W_]+")


class Reason(StrEnum):
    """Why two entries may be the same."""

    SAME_NUMBER = "same_number"
    SAME_ORGANIZATION = "same_organization"
    SAME_AREA = "same_area"
    SAME_NAME = "same_name"
    NAME_ALIKE = "name_alike"


class Described(NamedTuple):
    """What entries are told apart by. ``numbers``: digits of telephone numbers; ``areas``: none means not known."""

    id: str
    name: str
    organization: str
    numbers: frozenset[str]
    areas: frozenset[str]


class Pair(NamedTuple):
    """Two entries that may be the same, how alike their names are (of 100), and why."""

    first: str
    second: str
    alike: int
    reasons: tuple[Reason, ...]


def possible_duplicates(entries: Sequence[Described]) -> list[Pair]:
    """The pairs that may be the same entry, the likeliest first, at most ``MOST_PAIRS``."""
    names = [plain_name(each.name) for each in entries]
    found: dict[tuple[int, int], int] = {}
    for block, needed in _blocks(entries, names):
        for pair, alike in _alike(block, names, needed):
            found[pair] = max(alike, found.get(pair, 0))
    pairs = (_pair(entries[first], entries[second], alike) for (first, second), alike in found.items())
    likely = [each for each in pairs if each is not None]
    likely.sort(key=lambda each: (-len(each.reasons), -each.alike, each.first, each.second))
    return likely[:MOST_PAIRS]


def plain_name(name: str) -> str:
    """A name as it is compared: small letters, words in the order of the alphabet."""
    return " ".join(sorted(_NO_WORD.sub(" ", name.casefold()).split()))


def _blocks(entries: Sequence[Described], names: Sequence[str]) -> Iterator[tuple[list[int], int]]:
    """Blocks of entries with how alike their names must be."""
    frequency = Counter(word for name in names for word in set(name.split()))
    by_number: dict[str, list[int]] = defaultdict(list)
    by_word: dict[str, list[int]] = defaultdict(list)
    by_name: dict[tuple[str, str], list[int]] = defaultdict(list)
    for index, entry in enumerate(entries):
        for number in entry.numbers:
            by_number[number].append(index)
        rare = sorted(set(names[index].split()), key=lambda word: (frequency[word], word))[:RARE_WORDS]
        for word in rare:
            if frequency[word] <= LARGEST_BLOCK:
                by_word[word].append(index)
        for area in entry.areas or ("",):
            by_name[names[index], area].append(index)
    for blocks, needed in ((by_number, ALIKE_WITH_NUMBER), (by_word, ALIKE), (by_name, ALIKE)):
        for block in blocks.values():
            if 1 < len(block) <= LARGEST_BLOCK:
                yield block, needed


def _alike(block: list[int], names: Sequence[str], needed: int) -> Iterable[tuple[tuple[int, int], int]]:
    if len(block) == 2:  # most blocks are pairs, and a matrix for each would cost more than the comparing
        first, second = sorted(block)
        alike = int(fuzz.ratio(names[first], names[second], score_cutoff=needed))
        return [((first, second), alike)] if alike else []
    texts = [names[index] for index in block]
    scores = process.cdist(texts, texts, scorer=fuzz.ratio, score_cutoff=needed, dtype=np.uint8)
    rows, columns = np.nonzero(np.triu(scores, k=1))
    return [
        ((min(block[row], block[column]), max(block[row], block[column])), int(scores[row, column]))
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True)
    ]


def _pair(first: Described, second: Described, alike: int) -> Pair | None:
    """The pair with its reasons, unless a name alone is all they share: many towns have a Food Pantry."""
    number = bool(first.numbers & second.numbers)
    organization = bool(first.organization) and plain_name(first.organization) == plain_name(
        second.organization
    )
    area = bool(first.areas & second.areas)
    apart = bool(first.areas) and bool(second.areas) and not area
    if alike < ALIKE and not number:
        return None
    if apart and not (number or organization):
        return None
    if not (number or organization or area) and alike < 100:
        return None
    same = plain_name(first.name) == plain_name(second.name)
    reasons = [Reason.SAME_NAME if same else Reason.NAME_ALIKE]
    held = ((number, Reason.SAME_NUMBER), (organization, Reason.SAME_ORGANIZATION), (area, Reason.SAME_AREA))
    reasons += [reason for holds, reason in held if holds]
    return Pair(first.id, second.id, alike, tuple(reasons))


def digits_of(number: str) -> str:
    """The digits two numbers are compared by: the last ten; nothing where there are fewer than seven."""
    digits = re.sub(r"\D+", "", number)
    return digits[-10:] if len(digits) >= 7 else ""


def without(pairs: Iterable[Pair], apart: Iterable[tuple[str, str]]) -> list[Pair]:
    """The pairs somebody has not said of that they are not the same."""
    known = {frozenset(each) for each in apart}
    return [pair for pair in pairs if frozenset((pair.first, pair.second)) not in known]
