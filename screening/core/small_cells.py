"""Counts that may be shown, so that none of the small ones can be told: not from its cell, nor from totals minus the rest.

Tables are given as a network: every cell is an arc, and at every node what flows in flows out. A row of a table is a node, a
total is an arc that leads back. So one rule serves lists with a sum, tables with margins, and groups within groups.

A reader is taken to know every shown number, that a *small* cell holds from one to ``smallest`` less one, and that a
*withheld* one holds ``smallest`` or more. A hidden cell is safe if, by all that, it can still hold more than one number.
Whether it can is decided exactly: another table that fits differs from the true one by circles through the network, so it
is enough to look for one circle through the cell along which one unit can be moved.

Source: primary and complementary cell suppression as described in the Handbook on Statistical Disclosure Control
(Hundepool and others, 2010), chapter 4. The threshold is the rulebook's.
"""

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Key = tuple[str, ...]
"""What a cell is called."""
Verdict = Literal["shown", "small", "withheld"]
"""*small*: fewer than the smallest number that is shown. *withheld*: not itself below it in number, but hidden with the small."""


@dataclass(frozen=True, slots=True)
class Arc:
    """One cell.

    Attributes:
        key: what it is called.
        tail, head: the sums it stands in.
        count: the number in it.
        people: how many people that number is about.
        total: a sum of others; hidden only after the others.
        fixed: shown whatever happens; the caller has seen to it that it may be.
    """

    key: Key
    tail: Hashable
    head: Hashable
    count: int
    people: int
    total: bool = False
    fixed: bool = False


def is_sensitive(count: int, people: int, smallest: int) -> bool:
    """Whether a number must not be shown: it is not zero, and it or the people it is about are fewer than ``smallest``."""
    return count > 0 and min(count, people) < smallest


def protect(arcs: Sequence[Arc], smallest: int, also_hidden: Collection[Key] = ()) -> Mapping[Key, Verdict]:
    """Key of each cell → whether it is shown.

    ``also_hidden`` names cells that must be hidden because they could be told from elsewhere. Where no choice of further
    cells makes the hidden ones safe, all are withheld but the fixed ones.
    """
    verdicts: dict[Key, Verdict] = {arc.key: _verdict(arc, smallest, arc.key in also_hidden) for arc in arcs}
    while exposed := exposed_cells(arcs, verdicts, smallest):
        found = _next_to_withhold(exposed[0], arcs, verdicts)
        if found is None:
            return {arc.key: "shown" if arc.fixed else "withheld" for arc in arcs}
        verdicts[found.key] = "withheld"
    return verdicts


def _verdict(arc: Arc, smallest: int, also_hidden: bool) -> Verdict:
    if arc.fixed or not (also_hidden or is_sensitive(arc.count, arc.people, smallest)):
        return "shown"
    return "small" if 0 < arc.count < smallest else "withheld"


def exposed_cells(arcs: Sequence[Arc], verdicts: Mapping[Key, Verdict], smallest: int) -> list[Arc]:
    """The hidden cells whose number follows from what is shown."""
    hidden = [(arc, *_room(arc, verdicts[arc.key], smallest)) for arc in arcs if verdicts[arc.key] != "shown"]
    return [
        arc
        for arc, up, down in hidden
        if not (up and _leads(hidden, arc, arc.head, arc.tail))
        and not (down and _leads(hidden, arc, arc.tail, arc.head))
    ]


def _room(arc: Arc, verdict: Verdict, smallest: int) -> tuple[bool, bool]:
    """Whether, for all a reader knows of the cell alone, it might hold one more and one less."""
    if verdict == "small":
        return arc.count < smallest - 1, arc.count > 1
    # A zero or a small number is withheld only where the whole is, and then nothing is known of any.
    return True, arc.count > (smallest if arc.count >= smallest else 0)


def _leads(hidden: Sequence[tuple[Arc, bool, bool]], without: Arc, start: Hashable, goal: Hashable) -> bool:
    """Whether one unit can be moved from ``start`` to ``goal`` through hidden cells other than ``without``."""
    reached, waiting = {start}, [start]
    while waiting:
        node = waiting.pop()
        if node == goal:
            return True
        for arc, up, down in hidden:
            if arc is without:
                continue
            for allowed, here, there in ((up, arc.tail, arc.head), (down, arc.head, arc.tail)):
                if allowed and here == node and there not in reached:
                    reached.add(there)
                    waiting.append(there)
    return False


def _next_to_withhold(exposed: Arc, arcs: Sequence[Arc], verdicts: Mapping[Key, Verdict]) -> Arc | None:
    """The cell to hide next: in a sum with the exposed one, rather no total, the smallest; none if there is none left."""
    open_ones = [
        arc
        for arc in arcs
        if verdicts[arc.key] == "shown" and not arc.fixed and arc.count and arc is not exposed
    ]
    sums = {exposed.tail, exposed.head}
    return min(
        open_ones,
        key=lambda arc: (sums.isdisjoint((arc.tail, arc.head)), arc.total, arc.count, arc.key),
        default=None,
    )
