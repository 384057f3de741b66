"""The counties of the rulebook as an outline that needs no map service and no script, beside the list that says the same.

Outlines are those of the U.S. Census Bureau; see the file. A county without one stands in the list alone.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from screening.config import shipped_folder
from screening.core.rulebook import Rulebook
from screening.operations.database import Transaction
from screening.operations.directory.browsing import AreaCount, count_areas
from screening.web.directory_filters import around, places
from screening.web.spoken import translate

OUTLINES = "county_outlines.json"


@dataclass(frozen=True, slots=True)
class CountyShape:
    """A county as it is drawn: its outline, where its name stands, and its name without "County" and state."""

    id: str
    name: str
    short_name: str
    state: str
    outline: str
    x: int
    y: int
    count: AreaCount


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """A line of the list: a place, how many services there are, and its neighbors (id, name)."""

    id: str
    name: str
    count: AreaCount
    neighbors: tuple[tuple[str, str], ...]
    is_county: bool


@dataclass(frozen=True, slots=True)
class CountyMap:
    """The drawing and the list."""

    size: tuple[int, int]
    shapes: tuple[CountyShape, ...]
    states: tuple[tuple[str, str], ...]
    states_size: tuple[int, int]
    shown: tuple[int, int, int, int]
    lines: tuple[PlaceLine, ...]
    source: str


@lru_cache(maxsize=1)
def outlines() -> Mapping[str, Any]:
    """The outlines as they are kept: sizes, counties, states, where they are from."""
    found: Mapping[str, Any] = json.loads((shipped_folder("static") / OUTLINES).read_text(encoding="utf-8"))
    return found


def neighbors_of(rulebook: Rulebook, place: str) -> tuple[tuple[str, str], ...]:
    """The counties that border on a county, as far as outlines tell: id and name."""
    known = outlines()["counties"].get(place, {}).get("neighbors", ())
    return tuple((each.id, translate(each.label)) for each in rulebook.about.counties if each.id in known)


def county_map(tx: Transaction, rulebook: Rulebook) -> CountyMap:
    """Every place of the list with its true numbers, for whoever asks. Raises PermissionRefused."""
    labels = places(rulebook)
    counts = count_areas(tx, {place: around(rulebook, place) for place in labels})
    kept = outlines()
    counties = {each.id: each for each in rulebook.about.counties}
    width, height = kept["size"]
    return CountyMap(
        size=(width, height),
        shapes=tuple(
            CountyShape(
                own,
                labels[own],
                labels[own].partition(",")[0].removesuffix(" County"),
                counties[own].jurisdiction,
                drawn["outline"],
                drawn["label_at"][0],
                drawn["label_at"][1],
                counts[own],
            )
            for own, drawn in kept["counties"].items()
            if own in counties
        ),
        states=tuple(kept["states"]["outlines"].items()),
        states_size=tuple(kept["states"]["size"]),
        shown=tuple(kept["states"]["shown"]),
        lines=tuple(
            PlaceLine(place, label, counts[place], neighbors_of(rulebook, place), place in counties)
            for place, label in labels.items()
        ),
        source=kept["source"],
    )
