"""Two texts beside each other, with the words that differ marked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from screening.web.rulebook_fields import TextLine

_LIKE_ENOUGH = 0.35
"""Below this share of common words every mark would stand alone: then the whole text is marked as replaced."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that stands in both, or in one alone."""

    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class MarkedLine:
    """One line in pieces, and how deep it is set in."""

    depth: int
    pieces: tuple[Piece, ...]


_Word = tuple[int, str]
"""The number of its line, and a word."""


def marked(
    before: Sequence[TextLine], after: Sequence[TextLine]
) -> tuple[tuple[MarkedLine, ...], tuple[MarkedLine, ...]]:
    """Both texts with the words marked that the other does not have there."""
    olds, news = list(_words(before)), list(_words(after))
    matcher = SequenceMatcher(None, [word for _, word in olds], [word for _, word in news], autojunk=False)
    same_old: set[int] = set()
    same_new: set[int] = set()
    if matcher.ratio() >= _LIKE_ENOUGH:
        for block in matcher.get_matching_blocks():
            same_old.update(range(block.a, block.a + block.size))
            same_new.update(range(block.b, block.b + block.size))
    return _lines(before, olds, same_old), _lines(after, news, same_new)


def unmarked(lines: Sequence[TextLine]) -> tuple[MarkedLine, ...]:
    """A text that has nothing beside it."""
    return tuple(MarkedLine(line.depth, (Piece(line.text, marked=False),)) for line in lines)


def _words(lines: Sequence[TextLine]) -> Iterator[_Word]:
    for number, line in enumerate(lines):
        yield from ((number, word) for word in line.text.split())


def _lines(lines: Sequence[TextLine], words: Sequence[_Word], same: set[int]) -> tuple[MarkedLine, ...]:
    pieces: list[list[Piece]] = [[] for _ in lines]
    for place, (number, word) in enumerate(words):
        here, is_marked = pieces[number], place not in same
        if here and here[-1].marked == is_marked:
            here[-1] = Piece(f"{here[-1].text} {word}", is_marked)
        else:
            here.append(Piece(word, is_marked))
    return tuple(MarkedLine(line.depth, tuple(found)) for line, found in zip(lines, pieces, strict=True))
