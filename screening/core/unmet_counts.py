"""Needs that nothing met, counted: by reason, need, sex, age and month, and how long youths waited for a safe place.

Whoever counts hands in one youth after the other; nothing about a youth is kept but numbers. Small numbers are taken out
before anything is handed on (see ``small_cells``).
"""

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from statistics import median, quantiles

from screening.core.placement_waits import (
    SECONDS_PER_DAY,
    CountedStay,
    UnmetEntry,
    clip,
    days_covered,
    reached_safety,
)
from screening.core.small_cells import Arc, Key, Verdict, is_sensitive, protect

AGE_OUTSIDE = "outside"
"""The group of ages that are known and in no group of the rulebook."""


@dataclass(frozen=True, slots=True)
class CountingRules:
    """How to count: groups of age, which needs are for a place to stay, the smallest number that is shown."""

    age_groups: tuple[tuple[int, int], ...]
    place_needs: frozenset[str]
    smallest: int


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as it may be shown; nothing where it may not."""

    count: int | None
    verdict: Verdict = "shown"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a table: what it counts, and the number."""

    key: str
    figure: Figure


@dataclass(frozen=True, slots=True)
class PlaceWaits:
    """Youths who needed a place to stay. Days are nothing where they are of too few youths, or of none.

    Attributes:
        needed: how many youths.
        reached, waiting: how many of them were in a safe place later, how many are still waiting.
        median_days: from the need to the safe place, of those who reached one.
        quarter_days, three_quarter_days: by when a quarter and three quarters of them were there. The shortest and the longest
            wait would each be one youth's; a quarter is told only where it is itself of enough youths.
        waiting_median_days: from the need until now, of those still waiting.
        held, not_held: how many were in detention while they waited, how many were not.
        detention_days: days in detention while waiting, of all together.
    """

    needed: Figure
    reached: Figure
    waiting: Figure
    median_days: float | None
    quarter_days: float | None
    three_quarter_days: float | None
    waiting_median_days: float | None
    held: Figure
    not_held: Figure
    detention_days: float | None


_WITHHELD = Figure(None, "withheld")
_NOTHING_TOLD = PlaceWaits(
    _WITHHELD, _WITHHELD, _WITHHELD, None, None, None, None, _WITHHELD, _WITHHELD, None
)
_PLACES: Key = ("needs", "place")


@dataclass(frozen=True, slots=True)
class UnmetCounts:
    """What may be shown of a period. Where fewer youths than the smallest number are concerned, no table is given.

    ``crossed`` holds a line per reason: its numbers by sex, in the order of ``sexes``; nothing where that is left out.
    """

    entries: Figure
    youths: Figure
    reasons: tuple[Line, ...] = ()
    needs: tuple[Line, ...] = ()
    sexes: tuple[Line, ...] = ()
    ages: tuple[Line, ...] = ()
    months: tuple[Line, ...] = ()
    crossed: tuple[tuple[Figure, ...], ...] = ()
    place_need_total: Figure = _WITHHELD
    places: PlaceWaits | None = None


def age_group(age: int | str, groups: Iterable[tuple[int, int]]) -> str:
    """The group an age belongs to, as in "13_14"; one of no group is *outside*; an unknown stays the unknown it is."""
    if isinstance(age, str):
        return age
    found = next((group for group in groups if group[0] <= age <= group[1]), None)
    return AGE_OUTSIDE if found is None else f"{found[0]}_{found[1]}"


@dataclass(slots=True)
class Tally:
    """Counts as they grow, youth by youth. Holds no ids: numbers of youths, of entries, and lengths of waits."""

    rules: CountingRules
    zone: tzinfo
    now: datetime
    youths: int = 0
    entries: int = 0
    counts: Counter[Key] = field(default_factory=Counter)
    people: Counter[Key] = field(default_factory=Counter)
    waits: list[float] = field(default_factory=list)
    waiting: list[float] = field(default_factory=list)
    held: int = 0
    detention_days: float = 0.0

    def add(self, entries: Sequence[UnmetEntry], stays: Sequence[CountedStay]) -> None:
        """Count one youth: every entry of the period, and where the youth stayed."""
        self.youths += 1
        self.entries += len(entries)
        found = [cell for entry in entries for cell in self._cells(entry)]
        self.counts.update(found)
        self.people.update(set(found))
        of_place = [entry for entry in entries if entry.need in self.rules.place_needs]
        if of_place:
            self._add_wait(of_place, stays)

    def _cells(self, entry: UnmetEntry) -> list[Key]:
        group = "place" if entry.need in self.rules.place_needs else "other"
        return [
            ("reason", entry.reason),
            ("sex", entry.sex),
            ("reason and sex", entry.reason, entry.sex),
            ("need", entry.need),
            ("needs", group),
            ("age", age_group(entry.age, self.rules.age_groups)),
            ("month", entry.needed_at.astimezone(self.zone).strftime("%Y-%m")),
        ]

    def _add_wait(self, of_place: Sequence[UnmetEntry], stays: Sequence[CountedStay]) -> None:
        needed_at = min(entry.needed_at for entry in of_place)
        safe_at = reached_safety(of_place, stays, self.now)
        end = self.now if safe_at is None else safe_at
        days = max(0.0, (end - needed_at).total_seconds()) / SECONDS_PER_DAY
        (self.waiting if safe_at is None else self.waits).append(days)
        meanwhile = [
            clip((stay.from_at, stay.until_at or self.now), (needed_at, end))
            for stay in stays
            if stay.detention
        ]
        detained = days_covered(span for span in meanwhile if span is not None)
        self.held += detained > 0
        self.detention_days += detained


def shown_counts(
    tally: Tally,
    *,
    reasons: Iterable[str],
    needs: Iterable[str],
    sexes: Iterable[str],
    ages: Iterable[str],
    months: Iterable[str],
) -> UnmetCounts:
    """A tally → what of it may be shown. The lists give the order of lines; keys not in them come last.

    Reasons, needs, sexes and ages that do not occur are left out; months that do not occur are lines of zero.
    """
    smallest = tally.rules.smallest
    if tally.youths == 0:
        return UnmetCounts(Figure(0), Figure(0))
    if tally.youths < smallest:
        few = Figure(None, "small")
        return UnmetCounts(few if tally.entries < smallest else Figure(None, "withheld"), few)
    reason_lines, sex_lines, crossed = _reasons_and_sexes(
        tally, _keys(tally, "reason", reasons), _keys(tally, "sex", sexes)
    )
    need_lines, group, places = _needs_and_places(tally, _keys(tally, "need", needs))
    return UnmetCounts(
        entries=Figure(tally.entries),
        youths=Figure(tally.youths),
        reasons=reason_lines,
        sexes=sex_lines,
        crossed=crossed,
        needs=need_lines,
        ages=_list(tally, "age", _keys(tally, "age", ages)),
        months=_list(tally, "month", [*months]),
        place_need_total=group,
        places=places,
    )


def _keys(tally: Tally, kind: str, order: Iterable[str]) -> list[str]:
    there = {cell[1] for cell in tally.counts if cell[0] == kind}
    wanted = [key for key in order if key in there]
    return [*wanted, *sorted(there.difference(wanted))]


def _figures(arcs: Sequence[Arc], smallest: int, also_hidden: Collection[Key] = ()) -> dict[Key, Figure]:
    verdicts = protect(arcs, smallest, also_hidden)
    return {
        arc.key: Figure(arc.count if verdicts[arc.key] == "shown" else None, verdicts[arc.key])
        for arc in arcs
    }


def _arc(tally: Tally, cell: Key, tail: Hashable, head: Hashable, *, total: bool = False) -> Arc:
    return Arc(cell, tail, head, tally.counts[cell], tally.people[cell], total)


def _whole(tally: Tally, tail: Hashable, head: Hashable) -> Arc:
    return Arc(("all",), tail, head, tally.entries, tally.youths, total=True, fixed=True)


def _list(tally: Tally, kind: str, keys: Sequence[str]) -> tuple[Line, ...]:
    """A table of one column whose sum is the whole."""
    arcs = [_arc(tally, (kind, key), "whole", "parts") for key in keys]
    figures = _figures([*arcs, _whole(tally, "parts", "whole")], tally.rules.smallest)
    return tuple(Line(key, figures[kind, key]) for key in keys)


def _reasons_and_sexes(
    tally: Tally, reason_keys: Sequence[str], sex_keys: Sequence[str]
) -> tuple[tuple[Line, ...], tuple[Line, ...], tuple[tuple[Figure, ...], ...]]:
    """Reasons, sexes, and one by the other. Where the last would cost numbers of the first two, it is left out."""
    table = _crossed(tally, reason_keys, sex_keys)
    reasons = tuple(Line(key, table["reason", key]) for key in reason_keys)
    sexes = tuple(Line(key, table["sex", key]) for key in sex_keys)
    alone = _list(tally, "reason", reason_keys), _list(tally, "sex", sex_keys)
    if _hidden(reasons) + _hidden(sexes) > _hidden(alone[0]) + _hidden(alone[1]):
        return *alone, ()
    crossed = tuple(
        tuple(table.get(("reason and sex", reason, sex), Figure(0)) for sex in sex_keys)
        for reason in reason_keys
    )
    return reasons, sexes, crossed


def _hidden(lines: Sequence[Line]) -> int:
    return sum(line.figure.count is None for line in lines)


def _crossed(tally: Tally, reason_keys: Sequence[str], sex_keys: Sequence[str]) -> dict[Key, Figure]:
    """Reasons by sex, with both margins and the whole."""
    cell = "reason and sex"
    arcs = [
        _arc(tally, (cell, reason, sex), ("row", reason), ("column", sex))
        for reason in reason_keys
        for sex in sex_keys
        if tally.counts[cell, reason, sex]
    ]
    arcs += [_arc(tally, ("reason", key), "all columns", ("row", key), total=True) for key in reason_keys]
    arcs += [_arc(tally, ("sex", key), ("column", key), "all rows", total=True) for key in sex_keys]
    return _figures([*arcs, _whole(tally, "all rows", "all columns")], tally.rules.smallest)


def _needs_and_places(
    tally: Tally, keys: Sequence[str]
) -> tuple[tuple[Line, ...], Figure, PlaceWaits | None]:
    """Needs, in two groups: for a place, and others; and the youths of the first group.

    Where every youth has one entry, the group's number and that of its youths are the same: where one must be hidden, so is
    the other, and nothing of those youths is told. Where there are no other needs, both are the whole, which is shown.
    """
    smallest = tally.rules.smallest
    arcs = _need_arcs(tally, keys)
    by_need, by_youth = _figures(arcs, smallest), _figures(_youth_arcs(tally), smallest)
    group = by_need.get(_PLACES)
    told = group is not None and group.verdict == by_youth[("needed",)].verdict == "shown"
    if group is not None and not told:
        by_need = _figures(arcs, smallest, {_PLACES})
    lines = tuple(Line(key, by_need["need", key]) for key in keys)
    if group is None:
        return lines, Figure(0), None
    return lines, by_need[_PLACES], _place_waits(tally, by_youth) if told else _NOTHING_TOLD


def _need_arcs(tally: Tally, keys: Sequence[str]) -> list[Arc]:
    groups = {key: "place" if key in tally.rules.place_needs else "other" for key in keys}
    arcs = [_arc(tally, ("need", key), ("group", group), "parts") for key, group in groups.items()]
    arcs += [
        _arc(tally, ("needs", group), "whole", ("group", group), total=True)
        for group in sorted(set(groups.values()))
    ]
    if len(set(groups.values())) == 1:
        arcs[-1] = replace(arcs[-1], fixed=True)
    return [*arcs, _whole(tally, "parts", "whole")]


def _youth_arcs(tally: Tally) -> list[Arc]:
    """Youths: those who needed a place, split by how it ended and by whether they were held; and the others."""
    reached, waiting = len(tally.waits), len(tally.waiting)
    needed = reached + waiting
    parts = [
        ("others", "youths", "end", tally.youths - needed, False),
        ("needed", "youths", "needed", needed, True),
        ("reached", "needed", "ended", reached, False),
        ("waiting", "needed", "ended", waiting, False),
        ("held", "ended", "end", tally.held, False),
        ("not held", "ended", "end", needed - tally.held, False),
    ]
    only_places = tally.counts["needs", "place"] == tally.entries
    arcs = [
        Arc((key,), tail, head, count, count, total, fixed=only_places and key in ("others", "needed"))
        for key, tail, head, count, total in parts
    ]
    return [*arcs, Arc(("youths",), "end", "youths", tally.youths, tally.youths, total=True, fixed=True)]


def _place_waits(tally: Tally, figures: dict[Key, Figure]) -> PlaceWaits:
    smallest = tally.rules.smallest
    told = not is_sensitive(tally.held, tally.held, smallest)
    waits = tally.waits if len(tally.waits) >= smallest else []
    quarters = quantiles(waits, n=4, method="inclusive") if len(waits) >= 4 * smallest else None
    return PlaceWaits(
        needed=figures[("needed",)],
        reached=figures[("reached",)],
        waiting=figures[("waiting",)],
        median_days=median(waits) if waits else None,
        quarter_days=quarters[0] if quarters else None,
        three_quarter_days=quarters[2] if quarters else None,
        waiting_median_days=median(tally.waiting) if len(tally.waiting) >= smallest else None,
        held=figures[("held",)],
        not_held=figures[("not held",)],
        detention_days=tally.detention_days if told else None,
    )
