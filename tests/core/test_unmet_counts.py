"""What is shown of counts tells no hidden number: checked by a solver that knows nothing of how the numbers were hidden."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import z3
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.core.placement_waits import CountedStay, UnmetEntry, clip, days_covered, reached_safety
from screening.core.small_cells import Arc, exposed_cells, is_sensitive, protect
from screening.core.unmet_counts import (
    AGE_OUTSIDE,
    CountingRules,
    Figure,
    Tally,
    UnmetCounts,
    age_group,
    shown_counts,
)

SMALLEST = 5
NEEDS = ("safe_tonight", "months", "lawyer", "school")
RULES = CountingRules(((0, 12), (13, 14), (15, 15), (16, 17)), frozenset(NEEDS[:2]), SMALLEST)
REASONS = ("none_exists", "no_bed", "does_not_take", "not_safe")
SEXES = ("girl", "boy", "unanswered", "declined")
AGES = ("0_12", "13_14", "15_15", "16_17", AGE_OUTSIDE, "unsure")
MONTHS = ("2026-01", "2026-02", "2026-03")
START = datetime(2026, 1, 10, tzinfo=UTC)
NOW = datetime(2026, 4, 1, tzinfo=UTC)
ZONE = ZoneInfo("America/Chicago")


def day(number: float) -> datetime:
    return START + timedelta(days=number)


def entry(need: str = "safe_tonight", at: float = 0, met: float | None = None, **other: object) -> UnmetEntry:
    values = {"reason": "no_bed", "sex": "girl", "age": 15} | other
    return UnmetEntry(need, needed_at=day(at), met_at=None if met is None else day(met), **values)


def stay(
    start: float, end: float | None = None, *, safe: bool = False, detention: bool = False
) -> CountedStay:
    return CountedStay(day(start), None if end is None else day(end), safe, detention)


def counted(youths: Iterable[tuple[Sequence[UnmetEntry], Sequence[CountedStay]]]) -> UnmetCounts:
    tally = Tally(RULES, ZONE, NOW)
    for entries, stays in youths:
        tally.add(entries, stays)
    return shown_counts(tally, reasons=REASONS, needs=NEEDS, sexes=SEXES, ages=AGES, months=MONTHS)


# ---- what a reader can work out -------------------------------------------------------------------


class Reader:
    """Somebody who adds and subtracts everything shown. Each figure is a whole number of which the reader knows something."""

    def __init__(self) -> None:
        self.solver = z3.Solver()
        self.hidden: list[tuple[str, z3.ArithRef]] = []

    def figures(self, named: Iterable[tuple[str, Figure]]) -> list[z3.ArithRef]:
        """The figures of one table: where not all are withheld, a withheld one is none of the small."""
        named = [*named]
        told = any(figure.verdict == "small" or figure.count for _name, figure in named)
        return [self.figure(name, figure, SMALLEST if told else 0) for name, figure in named]

    def figure(self, name: str, figure: Figure, withheld: int = 0) -> z3.ArithRef:
        number = z3.Int(name)
        if figure.verdict == "shown":
            assert figure.count is not None
            self.solver.add(number == figure.count)
            return number
        assert figure.count is None
        low, high = (1, SMALLEST - 1) if figure.verdict == "small" else (withheld, None)
        self.solver.add(number >= low)
        if high is not None:
            self.solver.add(number <= high)
        self.hidden.append((name, number))
        return number

    def adds_up(self, total: z3.ArithRef, parts: Iterable[z3.ArithRef]) -> None:
        self.solver.add(total == z3.Sum([*parts]))

    def learned(self) -> list[str]:
        """The hidden numbers that can be only one."""
        assert self.solver.check() == z3.sat, "what is shown contradicts itself"
        found = []
        model = self.solver.model()
        for name, number in self.hidden:
            self.solver.push()
            self.solver.add(number != model.eval(number, model_completion=True))
            if self.solver.check() == z3.unsat:
                found.append(name)
            self.solver.pop()
        return found


def read(counts: UnmetCounts, *, one_need_each: bool = False) -> Reader:
    """Everything the page and the file hold, with every sum a reader knows."""
    reader = Reader()
    whole, youths = reader.figure("all", counts.entries), reader.figure("youths", counts.youths)
    table = {
        kind: reader.figures((f"{kind} {line.key}", line.figure) for line in lines)
        for kind, lines in (
            ("reason", counts.reasons), ("sex", counts.sexes), ("need", counts.needs), ("age", counts.ages),
            ("month", counts.months),
        )
    }  # fmt: skip
    for parts in table.values():
        if parts:
            reader.adds_up(whole, parts)
    crossed = [
        reader.figures((f"cell {row} {column}", figure) for column, figure in enumerate(line))
        for row, line in enumerate(counts.crossed)
    ]
    assert len(crossed) in (0, len(table["reason"]))
    for row, cells in enumerate(crossed):
        reader.adds_up(table["reason"][row], cells)
    for column, total in enumerate(table["sex"] if crossed else ()):
        reader.adds_up(total, [cells[column] for cells in crossed])
    if counts.places is not None:
        places = counts.places
        needed, group = (
            reader.figure("needed", places.needed),
            reader.figure("group", counts.place_need_total),
        )
        others = reader.figure("others", Figure(None, "withheld"))
        reader.hidden.pop()
        reader.adds_up(youths, [needed, others])
        for name in (("reached", "waiting"), ("held", "not_held")):
            reader.adds_up(needed, [reader.figure(each, getattr(places, each)) for each in name])
        of_place = [
            number
            for line, number in zip(counts.needs, table["need"], strict=True)
            if line.key in RULES.place_needs
        ]
        reader.adds_up(group, of_place)
        if one_need_each:
            reader.adds_up(needed, [group])
    return reader


SPAN = st.floats(0, 70, allow_nan=False)
ENTRIES = st.builds(
    entry,
    need=st.sampled_from(NEEDS),
    at=SPAN,
    reason=st.sampled_from(REASONS),
    sex=st.sampled_from(SEXES),
    age=st.sampled_from((11, 14, 15, 16, 19, "unsure")),
)
STAYS = st.builds(stay, SPAN, st.none(), safe=st.booleans(), detention=st.booleans())
YOUTHS = st.tuples(st.lists(ENTRIES, min_size=1, max_size=3), st.lists(STAYS, max_size=2))


@settings(max_examples=60)
@given(st.lists(YOUTHS, max_size=30))
def test_nothing_hidden_can_be_told_from_what_is_shown(youths):
    counts = counted(youths)
    assert read(counts).learned() == []
    for figure in all_figures(counts):
        assert figure.count is None or figure.count == 0 or figure.count >= SMALLEST


@settings(max_examples=60)
@given(st.lists(ENTRIES, max_size=40))
def test_nor_where_every_youth_has_one_need(entries):
    assert read(counted([([each], []) for each in entries]), one_need_each=True).learned() == []


@given(st.lists(YOUTHS, min_size=SMALLEST, max_size=40))
def test_every_shown_number_is_the_true_one_and_every_small_one_is_hidden(youths):
    counts = counted(youths)
    every = [each for entries, _stays in youths for each in entries]
    for kind, lines in (("reason", counts.reasons), ("sex", counts.sexes), ("need", counts.needs)):
        for line in lines:
            of_it = [each for each in every if getattr(each, kind) == line.key]
            people = sum(any(getattr(each, kind) == line.key for each in entries) for entries, _ in youths)
            assert line.figure.count in (None, len(of_it))
            if is_sensitive(len(of_it), people, SMALLEST):
                assert line.figure.count is None
            if line.figure.verdict == "small":
                assert 0 < len(of_it) < SMALLEST


def all_figures(counts: UnmetCounts) -> list[Figure]:
    lines = (*counts.reasons, *counts.needs, *counts.sexes, *counts.ages, *counts.months)
    figures = [counts.entries, counts.youths, *(line.figure for line in lines)]
    figures += [figure for line in counts.crossed for figure in line]
    if counts.places is not None:
        places = counts.places
        figures += [places.needed, places.reached, places.waiting, places.held, places.not_held]
    return figures


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ([1, 9, 20], {0, 1}),  # the smallest other one goes with it
        ([2, 3, 20], {0, 1}),  # 5 in two cells of one to four: several ways
        ([1, 1, 20], {0, 1, 2}),  # 2 in two cells can only be one each
        ([4, 4, 20], {0, 1, 2}),  # 8 likewise can only be four each
        ([1, 5, 20], {0, 1, 2}),  # 6 in a small and a large one can only be 1 and 5
        ([5, 9, 20], set()),
        ([0, 9, 20], set()),
    ],
)
def test_a_list_hides_as_little_as_it_must(counts, hidden):
    arcs = [Arc((str(place),), "whole", "parts", count, count) for place, count in enumerate(counts)]
    whole = Arc(("all",), "parts", "whole", sum(counts), sum(counts), total=True, fixed=True)
    verdicts = protect([*arcs, whole], SMALLEST)
    assert {int(key[0]) for key, verdict in verdicts.items() if verdict != "shown"} == hidden
    assert exposed_cells([*arcs, whole], verdicts, SMALLEST) == []


def test_a_table_of_two_ways_is_left_out_where_it_would_cost_the_lists():
    youths = [
        ([entry(reason=reason, sex=sex)], []) for reason, sex in zip(REASONS * 6, SEXES * 6, strict=True)
    ]
    youths += [([entry(reason="no_bed", sex="girl")], [])]
    counts = counted(youths)
    assert [line.figure.count for line in counts.reasons] == [6, 7, 6, 6]
    assert [line.figure.count for line in counts.sexes] == [7, 6, 6, 6]
    assert counts.crossed == ()  # one girl among seven who found no bed would be told by what is left


def test_where_there_are_only_needs_of_a_place_the_whole_is_no_secret():
    youths = [([entry()], [stay(1, safe=True)])] * 4 + [([entry()], [])] * 4
    counts = counted(youths)
    assert counts.place_need_total == counts.places.needed == Figure(8)
    assert counts.places.reached.count is None
    assert counts.places.waiting.count is None
    assert read(counts, one_need_each=True).learned() == []


def test_many_entries_of_few_youths_are_hidden_too():
    few = [([entry(reason="no_bed"), entry(reason="no_bed"), entry(reason="no_bed")], [])] * 2
    counts = counted(few + [([entry(reason="not_safe")], [])] * 30)
    by_reason = {line.key: line.figure for line in counts.reasons}
    assert by_reason["no_bed"] == Figure(None, "withheld")  # six entries, of two youths


def test_of_fewer_than_five_youths_no_table_is_given():
    counts = counted([([entry(), entry("lawyer")], [])] * 4)
    assert counts == UnmetCounts(Figure(None, "withheld"), Figure(None, "small"))
    assert counted([]) == UnmetCounts(Figure(0), Figure(0))


# ---- waits and days ------------------------------------------------------------------------------


def test_still_waiting_is_counted_apart_and_never_as_no_wait():
    reached = [([entry()], [stay(length, safe=True)]) for length in (1, 2, 3, 10, 30)]
    waiting = [([entry()], [stay(0, detention=True)])] * 6
    places = counted(reached + waiting).places
    assert places is not None
    assert (places.needed.count, places.reached.count, places.waiting.count) == (11, 5, 6)
    assert (places.median_days, places.quarter_days, places.three_quarter_days) == (3, None, None)
    assert places.waiting_median_days == (NOW - START) / timedelta(days=1)
    assert (places.held.count, places.not_held.count) == (6, 5)
    assert places.detention_days == pytest.approx(6 * (NOW - START) / timedelta(days=1))


def test_quarters_are_told_where_each_is_of_enough_youths_and_never_one_youths_wait():
    places = counted([([entry()], [stay(length, safe=True)]) for length in range(1, 21)]).places
    assert places is not None
    assert (places.quarter_days, places.median_days, places.three_quarter_days) == (5.75, 10.5, 15.25)
    fewer = counted([([entry()], [stay(length, safe=True)]) for length in range(1, 20)]).places
    assert fewer is not None
    assert (fewer.quarter_days, fewer.median_days, fewer.three_quarter_days) == (None, 10, None)


def test_of_few_youths_no_days_are_given():
    places = counted(
        [([entry()], [stay(4, safe=True), stay(0, 4, detention=True)])] * 4 + [([entry()], [])] * 9
    ).places
    assert places is not None
    assert (places.median_days, places.quarter_days, places.detention_days) == (None, None, None)
    assert places.reached == places.held == Figure(None, "small")
    assert places.waiting.count is None


def test_a_place_is_not_reached_by_a_lawyer_found():
    entries = [entry("safe_tonight", 0), entry("lawyer", 0, met=1)]
    assert reached_safety(entries[:1], [], NOW) is None
    places = counted([(entries, [])] * 5).places
    assert places is not None
    assert places.waiting.count == 5
    assert counted([([entry("lawyer")], [])] * 5).places is None


@pytest.mark.parametrize(
    ("entries", "stays", "expected"),
    [
        ([entry(met=3)], [], 3),
        ([entry(met=9)], [stay(5, safe=True)], 5),
        ([entry(at=2)], [stay(0, 1, safe=True)], None),  # left before it was needed
        ([entry(at=2)], [stay(0, 6, safe=True)], 2),  # there when it came up
        ([entry(), entry("months", 4, met=6)], [], 6),
        ([entry()], [stay(500, safe=True)], None),  # has not happened
        ([entry()], [stay(1, safe=False, detention=True)], None),
    ],
)
def test_when_a_wait_ends(entries, stays, expected):
    assert reached_safety(entries, stays, NOW) == (None if expected is None else day(expected))


def test_days_in_detention_are_those_of_the_wait_and_count_once():
    held = [stay(-5, 2, detention=True), stay(1, 3, detention=True), stay(8, detention=True)]
    places = counted([([entry()], [*held, stay(10, safe=True)])] * 5).places
    assert places is not None
    assert places.detention_days == pytest.approx(5 * (3 + 2))


MOMENTS = st.integers(0, 40).map(day)
SPANS = st.tuples(MOMENTS, MOMENTS).map(lambda pair: (min(pair), max(pair)))


@given(SPANS, SPANS)
def test_a_clipped_span_lies_in_both(span, within):
    found = clip(span, within)
    if found is None:
        assert span[1] <= within[0] or within[1] <= span[0] or span[0] == span[1] or within[0] == within[1]
    else:
        assert max(span[0], within[0]) == found[0] < found[1] == min(span[1], within[1])


@given(st.lists(SPANS, max_size=8))
def test_covered_days_are_those_a_calendar_would_mark(spans):
    marked = {number for number in range(41) for start, end in spans if start <= day(number) < end}
    assert days_covered(spans) == pytest.approx(len(marked))


def test_ages_fall_into_their_group_and_unknown_ones_stay_the_unknown_they_are():
    found = [age_group(age, RULES.age_groups) for age in (0, 12, 13, 15, 18, "unsure", "declined")]
    assert found == ["0_12", "0_12", "13_14", "15_15", AGE_OUTSIDE, "unsure", "declined"]


def test_a_month_is_the_one_on_the_wall_where_the_agency_is():
    last_night = datetime(2026, 2, 1, 3, 0, tzinfo=UTC)  # January 31 in the evening there
    counts = counted([([UnmetEntry("lawyer", "no_bed", last_night, None, "girl", 15)], [])] * 5)
    assert [(line.key, line.figure.count) for line in counts.months] == [
        ("2026-01", 5), ("2026-02", 0), ("2026-03", 0),
    ]  # fmt: skip
