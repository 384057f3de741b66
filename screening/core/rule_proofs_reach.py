"""What no answers can make true, what no answers can rule out, and parts of conditions that change nothing."""

from collections.abc import Iterator, Sequence

import z3

from screening.core.conditions import All, AnyOf, AtLeast, Condition, Not
from screening.core.rule_files import Fault, Origin
from screening.core.rule_index import Index
from screening.core.rule_proofs_places import Place, places
from screening.core.rule_proofs_worlds import Formula, Pair, World
from screening.core.rulebook import Instrument
from screening.core.yaml_files import Path_


class Reach:
    """Searches all answers of one world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._solver = z3.SolverFor("QF_FD")
        self._solver.add(*world.rules)

    def is_possible(self, *formulas: Formula) -> bool:
        """Whether some answers make all the formulas true."""
        self._solver.push()
        self._solver.add(*formulas)
        found = bool(self._solver.check() == z3.sat)
        self._solver.pop()
        return found

    def faults(self, index: Index) -> list[Fault]:
        """What is never true and what is never ruled out."""
        faults: list[Fault] = []
        for place in places(index):
            truth = self._world.truth_of(place.condition)
            here = self._world.in_settings(place.settings)
            if not self.is_possible(truth.certain, here):
                faults.append(self._never_true(place, here))
            elif not self.is_possible(z3.Not(truth.possible), here):
                message = f"no answers ever rule out {place.what}: its condition says nothing"
                faults.append(place.fault("E302", message, "take out the part that always holds"))
        for origin, tool in index.all("instrument"):
            faults += self._bands(origin, tool)
        return faults

    def idle_parts(self, index: Index) -> list[Fault]:
        """Parts of conditions that change nothing. Ask a world in which it is open whether questions apply.

        A condition may well repeat what the ``applies_when`` of its question says already: a reader needs it.
        """
        return [
            fault
            for place in places(index)
            for fault in self._idle_parts(place, self._world.in_settings(place.settings))
        ]

    def _never_true(self, place: Place, here: Formula) -> Fault:
        message = f"no answers ever make {place.what} true"
        together = self._clash(place, here)
        if together:
            lines = " and ".join(str(line) for line in together)
            message += f": what stands in line{'s' if len(together) > 1 else ''} {lines} cannot hold" + (
                " together" if len(together) > 1 else ""
            )
        fix = "change one of the tests so that both can hold, or take the entry out"
        return place.fault("E301", message, fix)

    def _clash(self, place: Place, here: Formula) -> list[int]:
        """The lines of the parts of an ``all`` that cannot hold together."""
        if not isinstance(place.condition, All):
            return []
        parts = [self._world.truth_of(part).certain for part in place.condition.parts]
        needed = list(range(len(parts)))
        for number in range(len(parts)):
            without = [parts[other] for other in needed if other != number]
            if not self.is_possible(here, *without):
                needed.remove(number)
        return sorted({place.line_of("all", number) for number in needed})

    def _bands(self, origin: Origin, tool: Instrument) -> Iterator[Fault]:
        """Bands out of reach. What an item is left out for is written beside it; a band it keeps open is no fault."""
        here = self._world.in_settings(tool.settings)
        for place, reading in enumerate(tool.readings):
            for number, band in enumerate(reading.bands):
                if not self.is_possible(self._world.band_if_answered(tool.id, band), here):
                    message = (
                        f"no answers ever bring the score of '{tool.id}' wholly into the band '{band.id}'"
                    )
                    fix = "compare the band with what the items give, and with when the instrument is used"
                    yield origin.fault("E301", message, fix, "readings", place, "bands", number)

    def _idle_parts(self, place: Place, here: Formula) -> Iterator[Fault]:
        for path, node in _groups(place.condition, ()):
            parts = [self._world.truth_of(part) for part in _parts(node)]
            for number in self._idle(node, parts, here):
                message = (
                    f"in {place.what}, this part changes nothing: without it the condition says the same"
                )
                fix = "take it out, or correct the test so that it counts"
                yield place.fault("E303", message, fix, *path, number)

    def _idle(self, node: Condition, parts: Sequence[Pair], here: Formula) -> Iterator[int]:
        """The positions of parts of an ``all`` or ``any`` without which it says the same; the last of equals goes."""
        if not isinstance(node, All | AnyOf):
            return
        kept = list(range(len(parts)))
        for number in reversed(range(len(parts))):
            others = [parts[other] for other in kept if other != number]
            if not others:
                continue
            join = z3.And if isinstance(node, All) else z3.Or
            with_it, without_it = (
                [join([part[side] for part in group]) for side in (0, 1)]
                for group in ([*others, parts[number]], others)
            )
            differs = z3.Or([one != other for one, other in zip(with_it, without_it, strict=True)])
            if not self.is_possible(here, differs):
                kept.remove(number)
                yield number


def _parts(node: Condition) -> tuple[Condition, ...]:
    return node.parts if isinstance(node, All | AnyOf | AtLeast) else ()


def _groups(condition: Condition, path: Path_) -> Iterator[tuple[Path_, Condition]]:
    """The groups of a condition, each with the path of its list of parts."""
    match condition:
        case All() | AnyOf() | AtLeast():
            key = "all" if isinstance(condition, All) else "any" if isinstance(condition, AnyOf) else "of"
            yield (*path, key), condition
            for number, part in enumerate(condition.parts):
                yield from _groups(part, (*path, key, number))
        case Not(part):
            yield from _groups(part, (*path, "not"))
        case _:
            pass
