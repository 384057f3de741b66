"""What the board shows: places to live with how they stand, what is looked for, counts by whom they serve; one place's words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from flask import g, render_template, url_for
from werkzeug.datastructures import MultiDict

from screening.core.bed_words import BedWord
from screening.core.placement_shapes import BedRules
from screening.core.rulebook import Rulebook
from screening.operations.actors import Verb, may
from screening.operations.beds import (
    EVERYBODY,
    GROUPS,
    LONGEST_WHO,
    NO_WORD,
    SERVES,
    STATUSES,
    BoardPlace,
    bed_history,
    standing_words,
)
from screening.web.bed_forms import WordForm
from screening.web.bed_places import Place, board_with_names, one_place, placement_guide
from screening.web.bed_wording import (
    WordView,
    group_in_words,
    served_in_words,
    status_in_words,
    word_view,
)
from screening.web.services import services
from screening.web.spoken import gettext as _
from screening.web.spoken import translate

_ORDER = ("available", "assess_first", "waitlist")


@dataclass(frozen=True, slots=True)
class BoardLine:
    """A place on the board: ``words`` are what holds of it, at least one line that says that nobody said anything."""

    place: Place
    serves: str
    confidential: bool
    paused: bool
    words: tuple[WordView, ...]


@dataclass(frozen=True, slots=True)
class GroupCount:
    """How the places stand for one group: all that take it, those with a bed by a fresh word, and how many beds were named."""

    label: str
    places: int
    with_bed: int
    beds: int
    full: int
    to_call: int


def in_order(board: Iterable[BoardPlace], now: datetime, rules: BedRules) -> list[BoardPlace]:
    """Those that have a bed by a fresh word first, those known to be full last, but there."""
    return sorted(board, key=lambda each: (_rank(each, now, rules), each.sort_name))


def board_lines(
    board: Iterable[BoardPlace], places: Mapping[str, Place], now: datetime, rules: BedRules
) -> list[BoardLine]:
    """The lines of the board."""
    return [
        BoardLine(
            places[each.service_id],
            served_in_words(each.serves),
            each.is_confidential,
            each.is_paused,
            tuple(word_view(word, now, rules) for word in each.words) or (word_view(None, now, rules),),
        )
        for each in board
        if each.service_id in places
    ]


def _rank(place: BoardPlace, now: datetime, rules: BedRules) -> int:
    fresh = [word.status for word in place.words if word.is_fresh(now, rules)]
    best = min((_ORDER.index(each) for each in fresh if each in _ORDER), default=len(_ORDER))
    return len(_ORDER) + 1 if fresh and set(fresh) == {"full"} else best


def group_counts(board: Sequence[BoardPlace], now: datetime, rules: BedRules) -> list[GroupCount]:
    """How the places stand for girls, for boys, for transgender youths. A place that takes several counts with each.

    A place of which nobody knows whom it takes counts with none of them, so that no bed is counted that may not be theirs.
    """
    return [_group_count(board, group, now, rules) for group in GROUPS]


def _group_count(board: Sequence[BoardPlace], group: str, now: datetime, rules: BedRules) -> GroupCount:
    taking = [place for place in board if _is_known_to_take(place, group)]
    latest = [next((word for word in place.words if _is_for(word, group)), None) for place in taking]
    fresh = [word for word in latest if word is not None and word.is_fresh(now, rules)]
    return GroupCount(
        label=group_in_words(group),
        places=len(taking),
        with_bed=sum(word.status == "available" for word in fresh),
        beds=sum(word.beds or 0 for word in fresh),
        full=sum(word.status == "full" for word in fresh),
        to_call=len(taking) - sum(word.status != "unknown" for word in fresh),
    )


def _is_known_to_take(place: BoardPlace, group: str) -> bool:
    """Whether the directory, or a word about its beds, says that a place takes the group."""
    said = any(word.serves in (EVERYBODY, group) for word in place.words)
    return said or (bool(place.serves) and place.takes(group))


def _is_for(word: BedWord, group: str) -> bool:
    return word.serves in (None, EVERYBODY, group)


@dataclass(frozen=True, slots=True)
class BoardFilters:
    """What is looked for on the board, with every choice there is: (value, label)."""

    serves: str
    kind: str
    area: str
    status: str
    areas: tuple[str, ...]
    choices: Mapping[str, tuple[tuple[str, str], ...]]

    @property
    def chosen(self) -> dict[str, str]:
        """What was chosen, as the address says it."""
        every = {"serves": self.serves, "kind": self.kind, "area": self.area, "status": self.status}
        return {name: value for name, value in every.items() if value}

    def address(self, **more: str) -> str:
        """The address of the board with what was chosen."""
        query = urlencode({**self.chosen, **more})
        return f"{url_for('bed_pages.board')}?{query}" if query else url_for("bed_pages.board")


def board_filters(rulebook: Rulebook, asked: MultiDict[str, str]) -> BoardFilters:
    """The filters of an address. What is no choice means all."""
    lives = sorted({kind for each in rulebook.services.values() if each.residential for kind in each.kinds})
    places = {each.id: each.label for each in rulebook.about.jurisdictions}
    places |= {each.id: each.label for each in rulebook.about.counties}
    choices = {
        "serves": tuple((each, group_in_words(each)) for each in GROUPS),
        "kind": tuple(
            (each, translate(rulebook.kinds[each].label)) for each in lives if each in rulebook.kinds
        ),
        "area": tuple((id, translate(label)) for id, label in places.items()),
        "status": (
            *((each, status_in_words(each)) for each in STATUSES),
            (NO_WORD, _("Nobody said yet")),
        ),
    }
    chosen = {
        name: value if value in dict(choices[name]) else ""
        for name in choices
        for value in (asked.get(name, ""),)
    }
    return BoardFilters(**chosen, areas=_with_it(rulebook, chosen["area"]), choices=choices)


def _with_it(rulebook: Rulebook, area: str) -> tuple[str, ...]:
    """A place and all that count with it: what lies around it, and the counties within."""
    if not area:
        return ()
    counties = {each.id: each.jurisdiction for each in rulebook.about.counties}
    around = rulebook.applicable_jurisdictions(counties.get(area, area))
    return (area, *around, *(county for county, state in counties.items() if state == area))


def place_choice(title: str, address: str, *, several: bool) -> str:
    """A page that asks which place, or which places, something is about: the places to live, by name."""
    with services().database.reading(g.actor) as tx:
        board, places = board_with_names(tx)
    lines = [
        (places[each.service_id], served_in_words(each.serves)) for each in board if each.service_id in places
    ]
    return render_template("beds/choose.html", title=title, address=address, several=several, lines=lines)


def word_page(service_id: str, form: WordForm, *, saved: bool = False) -> str:
    """What was said of one place, and the form for a new word. 404 for a place the person may not see."""
    here = services()
    guide = placement_guide(here.rulebook_of(g.actor))
    now = here.clock()
    with here.database.reading(g.actor) as tx:
        place = one_place(tx, service_id)
        standing = standing_words(tx, [service_id]).get(service_id, ())
        history = bed_history(tx, service_id)
    return render_template(
        "beds/report.html",
        place=place,
        standing=[word_view(each, now, guide.beds) for each in standing]
        or [word_view(None, now, guide.beds)],
        history=[(word_view(each.word, now, guide.beds), each.recorded_by_name) for each in history],
        form=form,
        saved=saved,
        statuses=[(each, status_in_words(each)) for each in STATUSES],
        groups=[(each, group_in_words(each)) for each in SERVES],
        fresh_hours=guide.beds.fresh_hours,
        longest=LONGEST_WHO,
        may_report=may(g.actor, Verb.REPORT_BEDS),
    )
