"""Three-valued (Kleene) truth: no, unknown, yes.

An open answer is neither a yes nor a no. With the values ordered NO < UNKNOWN < YES, Kleene's strong logic is
minimum, maximum and mirror image, so every operation below is one line and monotone: learning an answer can
settle an unknown, never turn a settled value round.
"""

from collections.abc import Iterable, Sequence
from enum import IntEnum


class Truth(IntEnum):
    """One three-valued truth. The integer order is the logic's order; do not compare with ``bool``."""

    NO = 0
    UNKNOWN = 1
    YES = 2


NO, UNKNOWN, YES = Truth.NO, Truth.UNKNOWN, Truth.YES
_OPPOSITE = (YES, UNKNOWN, NO)


def negation(value: Truth) -> Truth:
    """Mirror image: yes and no change places, unknown stays unknown."""
    return _OPPOSITE[value]


def conjunction(values: Iterable[Truth]) -> Truth:
    """Yes when all are yes, no as soon as one is no, else unknown. Of nothing: yes."""
    return min(values, default=YES)


def disjunction(values: Iterable[Truth]) -> Truth:
    """Yes as soon as one is yes, no when all are no, else unknown. Of nothing: no."""
    return max(values, default=NO)


def at_least(count: int, values: Sequence[Truth]) -> Truth:
    """Yes when at least ``count`` values are yes; no when even all unknown ones together could not reach it."""
    certain = values.count(YES)
    if certain >= count:
        return YES
    return UNKNOWN if certain + values.count(UNKNOWN) >= count else NO
