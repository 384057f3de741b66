"""The counts of unmet need in words, bars and rows of a file. A number that may not be shown is in none of them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from screening.core.rulebook import Rulebook
from screening.core.unmet_counts import AGE_OUTSIDE, CountingRules, Figure, Line, PlaceWaits
from screening.operations.unmet_need import CountedPeriod, CountOrder
from screening.web.services import services
from screening.web.spoken import day_in_words, translate
from screening.web.spoken import gettext as _
from screening.web.unmet_need_views import UNKNOWN, days_in_words
from screening.web.wording import unknown_in_words, within_sentence

BAR = 100
"""How long the longest bar is, in units of its picture."""
HIDDEN_BAR = 6
"""How long the mark of a hidden number is: the same for all of them."""
CHART = (720, 190, 20, 150)
"""Of the picture of the months: width, height, where the bars may begin, where they stand."""


@dataclass(frozen=True, slots=True)
class LineView:
    """One line of a table: label, the number or why there is none, and how long its bar is."""

    key: str
    label: str
    text: str
    hidden: bool
    bar: int


@dataclass(frozen=True, slots=True)
class TableView:
    """One table with its bars. ``id`` is its anchor and its name in the file."""

    id: str
    title: str
    head: str
    lines: tuple[LineView, ...]

    @property
    def has_hidden(self) -> bool:
        """Whether a number is missing, which must be said."""
        return any(line.hidden for line in self.lines)


@dataclass(frozen=True, slots=True)
class Column:
    """A month in the picture; ``label`` is empty where there is no room for one."""

    x: float
    y: float
    width: float
    height: float
    number: str
    label: str
    hidden: bool

    @property
    def middle(self) -> float:
        """Where its words stand."""
        return self.x + self.width / 2


class ReportView:
    """A counted period in words."""

    def __init__(self, rulebook: Rulebook, found: CountedPeriod) -> None:
        self._rulebook, self.found = rulebook, found
        guide = rulebook.placement
        self.smallest = guide.counts.smallest if guide else 0
        self.means = translate(guide.counts.means) if guide else ""
        self._reasons = (
            {} if guide is None else {each.id: translate(each.label) for each in guide.unmet_reasons}
        )
        self._needs = {need.id: translate(need.label) for need in rulebook.needs}
        sex = rulebook.questions.get(guide.counts.sex) if guide else None
        self._sexes = {} if sex is None else {each.id: translate(each.label) for each in sex.options}

    @property
    def period(self) -> str:
        """From which month to which."""
        first, last = month_in_words(self.found.first), month_in_words(self.found.last)
        return first if first == last else _("%(first)s to %(last)s", first=first, last=last)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was written down in the period."""
        return self.found.counts.youths == Figure(0)

    @property
    def is_too_few(self) -> bool:
        """Whether so few youths are concerned that no table is given."""
        return self.found.counts.youths.count is None

    @property
    def places(self) -> PlaceWaits | None:
        """Youths who needed a place to stay."""
        return self.found.counts.places

    def number(self, figure: Figure) -> str:
        """The number, or why there is none."""
        if figure.count is not None:
            return str(figure.count)
        return (
            _("fewer than %(smallest)d", smallest=self.smallest)
            if figure.verdict == "small"
            else _("not shown")
        )

    def days(self, days: float | None) -> str:
        """Days in words, or that too few youths are concerned."""
        if days is None:
            return _("not shown: too few youths")
        return days_in_words(days) if days else _("0 days")

    @property
    def tables(self) -> tuple[TableView, ...]:
        """By reason, need, sex and age, each a list with bars."""
        counts = self.found.counts
        return (
            self._table("reason", _("Why it was not met"), _("Reason"), counts.reasons, self._reason_label),
            self._table("need", _("What was needed"), _("Need"), counts.needs, self._need_label),
            self._table("sex", _("Sex"), _("Sex"), counts.sexes, self._sex_label),
            self._table("age", _("Age"), _("Age"), counts.ages, self._age_label),
        )

    @property
    def months(self) -> TableView:
        """By month."""
        label = _("Month")
        return self._table("month", _("Month by month"), label, self.found.counts.months, _month_label)

    @property
    def sex_labels(self) -> list[str]:
        """The columns of the table of reasons by sex."""
        return [self._sex_label(line.key) for line in self.found.counts.sexes]

    @property
    def crossed(self) -> list[tuple[str, list[str], str]]:
        """Reasons by sex: label, the numbers, the number of the whole line."""
        counts = self.found.counts
        if not counts.crossed:
            return []
        return [
            (self._reason_label(line.key), [self.number(each) for each in cells], self.number(line.figure))
            for line, cells in zip(counts.reasons, counts.crossed, strict=True)
        ]

    @property
    def sex_totals(self) -> list[str]:
        """The last line of that table."""
        return [self.number(line.figure) for line in self.found.counts.sexes]

    def columns(self) -> list[Column]:
        """The months as bars that stand on one line."""
        width, _height, top, ground = CHART
        lines = self.months.lines
        most = max((line.figure.count or 0 for line in self.found.counts.months), default=0)
        step = width / max(1, len(lines))
        every = -(-len(lines) // 12)
        columns = []
        for place, (line, counted) in enumerate(zip(lines, self.found.counts.months, strict=True)):
            part = (counted.figure.count or 0) / most if most else 0.0
            height = float(HIDDEN_BAR) if line.hidden else round((ground - top) * part, 1)
            columns.append(
                Column(
                    x=round(place * step + step * 0.15, 1),
                    y=round(ground - height, 1),
                    width=round(step * 0.7, 1),
                    height=height,
                    number="" if line.hidden else line.text,
                    label=day_in_words(date.fromisoformat(f"{line.key}-01"), "MMM yy")
                    if place % every == 0
                    else "",
                    hidden=line.hidden,
                )
            )
        return columns

    def _table(
        self, id: str, title: str, head: str, lines: Sequence[Line], label: Callable[[str], str]
    ) -> TableView:
        most = max((line.figure.count or 0 for line in lines), default=0)
        return TableView(id, title, head, tuple(self._line(line, label(line.key), most) for line in lines))

    def _line(self, line: Line, label: str, most: int) -> LineView:
        hidden = line.figure.count is None
        bar = HIDDEN_BAR if hidden else round(BAR * (line.figure.count or 0) / most) if most else 0
        return LineView(line.key, label, self.number(line.figure), hidden, bar)

    def _reason_label(self, key: str) -> str:
        return self._reasons.get(key, key)

    def _need_label(self, key: str) -> str:
        return self._needs.get(key, key)

    def _sex_label(self, key: str) -> str:
        return _unknown_label(key) if key in UNKNOWN else self._sexes.get(key, key)

    def _age_label(self, key: str) -> str:
        if key in UNKNOWN:
            return _unknown_label(key)
        if key == AGE_OUTSIDE:
            return _("Another age")
        lowest, highest = key.split("_")
        if lowest == highest:
            return lowest
        return _("%(highest)s and under", highest=highest) if lowest == "0" else f"{lowest}–{highest}"


def counting_order(rulebook: Rulebook, looked_at: str) -> CountOrder | None:
    """What the rulebook says about counting; nothing where its edition says nothing. ``looked_at``: as page or csv."""
    guide = rulebook.placement
    if guide is None:
        return None
    rules, sex = guide.counts, rulebook.questions.get(guide.counts.sex)
    groups = tuple((lowest, highest) for lowest, highest in rules.age_groups)
    return CountOrder(
        rules=CountingRules(groups, frozenset(rules.place_needs), rules.smallest),
        safe_places=frozenset(place.id for place in guide.stay_places if place.safe),
        detention_places=frozenset(place.id for place in guide.stay_places if place.detention),
        reasons=tuple(reason.id for reason in guide.unmet_reasons),
        needs=tuple(need.id for need in rulebook.needs),
        sexes=(*(() if sex is None else (option.id for option in sex.options)), *UNKNOWN),
        ages=(*(f"{lowest}_{highest}" for lowest, highest in groups), AGE_OUTSIDE, *UNKNOWN),
        zone=services().timezone,
        looked_at_as=looked_at,
    )


def csv_rows(view: ReportView) -> Iterator[tuple[str, ...]]:
    """The whole report as rows of a file: table, line, column, value. A hidden number is the same words as on the page."""
    found, counts = view.found, view.found.counts
    yield ("table", "line", "column", "value")
    yield ("about", _("Agency"), "", found.agency_name)
    yield ("about", _("First month"), "", f"{found.first:%Y-%m}")
    yield ("about", _("Last month"), "", f"{found.last:%Y-%m}")
    yield ("about", _("What is counted"), "", view.means)
    yield ("all", _("Needs nothing met"), "", view.number(counts.entries))
    yield ("all", _("Youths concerned"), "", view.number(counts.youths))
    for name, value in place_lines(view):
        yield ("places", name, "", value)
    for table in (*view.tables, view.months):
        for line in table.lines:
            yield (table.id, line.key if table.id == "month" else line.label, "", line.text)
    for label, cells, _whole in view.crossed:
        for column, text in zip(view.sex_labels, cells, strict=True):
            yield ("reason_by_sex", label, column, text)


def place_lines(view: ReportView) -> Iterable[tuple[str, str]]:
    """How it went for the youths who needed a place to stay: what, and the number or the days."""
    places = view.places
    if places is None:
        return []
    lines = [
        (_("Youths who needed a place to stay"), view.number(places.needed)),
        (_("Reached a safe placement"), view.number(places.reached)),
        (_("Still waiting when this was counted"), view.number(places.waiting)),
        (_("Held in detention meanwhile"), view.number(places.held)),
        (_("Not held in detention meanwhile"), view.number(places.not_held)),
        (_("Days in detention meanwhile, of all together"), view.days(places.detention_days)),
    ]
    if places.reached != Figure(0):
        lines += [
            (_("Median days until a safe placement"), view.days(places.median_days)),
            (_("Days until a quarter of them were there"), view.days(places.quarter_days)),
            (_("Days until three quarters were there"), view.days(places.three_quarter_days)),
        ]
    if places.waiting != Figure(0):
        lines.append((_("Median days so far of those still waiting"), view.days(places.waiting_median_days)))
    return lines


def month_in_words(month: date) -> str:
    """A month, as in "November 2026"."""
    return day_in_words(month, "MMMM y")


def _month_label(key: str) -> str:
    return month_in_words(date.fromisoformat(f"{key}-01"))


def _unknown_label(key: str) -> str:
    return _("Not known: %(kind)s", kind=within_sentence(unknown_in_words(key)))
