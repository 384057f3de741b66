"""Needs and stays for tests: entered through the verbs, under a clock that stands at the end of a month."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from screening.core.unmet_counts import AGE_OUTSIDE, CountingRules
from screening.operations.actors import Actor
from screening.operations.database import Database
from screening.operations.unmet_need import CountOrder, record_stay, record_unmet_need

IN_OCTOBER = datetime(2026, 10, 5, 17, 0, tzinfo=UTC)
USUAL: Mapping[str, object] = {
    "need": "safe_place_tonight",
    "reason": "no_bed",
    "needed_at": IN_OCTOBER,
    "sex": "girl",
    "age": 15,
    "words": "",
}
ORDER = CountOrder(
    rules=CountingRules(
        ((0, 12), (13, 14), (15, 15), (16, 16), (17, 17)), frozenset({"safe_place_tonight"}), 5
    ),
    safe_places=frozenset({"safe_placement"}),
    detention_places=frozenset({"detention"}),
    reasons=("none_exists", "no_bed", "does_not_take"),
    needs=("safe_place_tonight", "legal_help"),
    sexes=("girl", "boy", "unanswered", "unsure", "declined", "not_asked"),
    ages=("0_12", "13_14", "15_15", "16_16", "17_17", AGE_OUTSIDE, "unanswered", "unsure"),
    zone=ZoneInfo("America/Chicago"),
    looked_at_as="page",
)


def entered(database: Database, actor: Actor, screening_id: str, **other: object) -> str:
    """Write a need down; out: its id."""
    values = {**USUAL, "id": str(uuid4()), **other}
    with database.writing(actor) as tx:
        assert record_unmet_need(tx, screening_id, **values)
    return str(values["id"])


def stayed(
    database: Database, actor: Actor, screening_id: str, place: str, first: float, last: float | None = None
) -> str:
    """Enter a stay, from and until so many days after the usual need; out: its id."""
    id = str(uuid4())
    until = None if last is None else IN_OCTOBER + timedelta(days=last)
    with database.writing(actor) as tx:
        assert record_stay(tx, screening_id, place, IN_OCTOBER + timedelta(days=first), until, id)
    return id


def order(**changed: object) -> CountOrder:
    return replace(ORDER, **changed)
