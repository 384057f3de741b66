"""Every condition of a rulebook with the place where it is written, and what the place is called in a fault.

Conditions are found wherever a shape holds one, so that a new kind of entry is proved like all others.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from screening.core.conditions import Condition
from screening.core.rule_files import Fault, Origin
from screening.core.rule_index import Index
from screening.core.shape import Shape

Settings = tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Place:
    """One condition: what it decides, where it is written, and in which settings it is looked at (nothing: in all)."""

    what: str
    origin: Origin
    condition: Condition
    settings: Settings

    def fault(self, code: str, message: str, fix: str, *inside: str | int) -> Fault:
        """A fault at this condition, or at a place inside it."""
        return self.origin.fault(code, message, fix, *inside)

    def line_of(self, *inside: str | int) -> int:
        """The line of a place inside the condition."""
        return self.origin.file.line_of((*self.origin.path, *inside))


@dataclass(frozen=True, slots=True)
class Held:
    """A shape of the rulebook where it is written, with the id of the entry it belongs to and that entry's settings."""

    origin: Origin
    shape: Shape
    owner: str
    settings: Settings


def every_shape(index: Index) -> Iterator[Held]:
    """Every shape of the rulebook, from files down to the smallest part, in the order of the files."""
    for name in sorted(index.entries.parsed):
        file, shape = index.entries.parsed[name]
        yield from _within(Held(Origin(file, ()), shape, name, None))


def _within(held: Held) -> Iterator[Held]:
    yield held
    for key in type(held.shape).model_fields:
        value = getattr(held.shape, key)
        for place, part in enumerate(value) if isinstance(value, tuple) else ((None, value),):
            if isinstance(part, Shape):
                path = (*held.origin.path, key) if place is None else (*held.origin.path, key, place)
                yield from _within(
                    _part(held, Origin(held.origin.file, path), part, key if place is None else "")
                )


def _part(around: Held, origin: Origin, shape: Shape, key: str) -> Held:
    """A part is called by its id, else by its key, else as what is around it; settings reach inwards."""
    settings = tuple(each for each in getattr(shape, "settings", None) or () if isinstance(each, str))
    owner = getattr(shape, "id", key or around.owner)
    return Held(origin, shape, owner, settings or around.settings)


def places(index: Index) -> Iterator[Place]:
    """Every condition of the rulebook, in the order of its files."""
    for held in every_shape(index):
        for key in type(held.shape).model_fields:
            value = getattr(held.shape, key)
            if isinstance(value, Condition):
                origin = Origin(held.origin.file, (*held.origin.path, key))
                yield Place(f"'{key}' of '{held.owner}'", origin, value, held.settings)
