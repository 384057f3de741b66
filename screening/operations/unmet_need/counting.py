"""Counting the agency's unmet needs of some months. What is sealed is opened to be counted; only what may be shown comes out."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from itertools import groupby, islice
from typing import Any

from sqlalchemy import func, select

from screening.core.placement_waits import CountedStay, UnmetEntry
from screening.core.unmet_counts import CountingRules, Tally, UnmetCounts, shown_counts
from screening.operations.actors import Refusal, Verb, require
from screening.operations.database import Transaction
from screening.operations.unmet_need.sealing import open_facts
from screening.store.help_models import StayRow, UnmetNeedRow
from screening.store.journal_actions import AuditAction
from screening.store.models import Agency, Screening
from screening.store.screening_rows import SealedScreening

MOST_MONTHS = 36
_ROWS_AT_ONCE = 500
_YOUTHS_AT_ONCE = 200
_SEALED = tuple(getattr(Screening, name) for name in SealedScreening.__dataclass_fields__)
_YOUTH = func.coalesce(Screening.youth_ref_index, Screening.id)


class CountRefused(Refusal):
    """These months cannot be counted."""


@dataclass(frozen=True, slots=True)
class CountOrder:
    """What the rulebook says about counting: the rules, the places that are safe or detention, the order of the lines.

    ``looked_at_as`` is how the counts are looked at, for the journal: page or csv.
    """

    rules: CountingRules
    safe_places: frozenset[str]
    detention_places: frozenset[str]
    reasons: tuple[str, ...]
    needs: tuple[str, ...]
    sexes: tuple[str, ...]
    ages: tuple[str, ...]
    zone: tzinfo
    looked_at_as: str


@dataclass(frozen=True, slots=True)
class CountedPeriod:
    """The counts of an agency from one month to another, both included, as they stood at a moment."""

    agency_name: str
    first: date
    last: date
    counted_at: datetime
    counts: UnmetCounts


def count_unmet(tx: Transaction, since: date, until: date, order: CountOrder) -> CountedPeriod:
    """Count the needs that came up from the month of ``since`` to the month of ``until``.

    Only whole months that are over are counted: otherwise two looks a day apart would tell a single youth. A youth with a
    case number is one youth in all screenings with that number. Reads row after row, so memory grows with the number of
    different answers and not with that of rows. Noted in the journal.

    Raises CountRefused (months to come, the wrong way round, too many), PermissionRefused, SealBroken.
    """
    actor = require(tx.actor, Verb.COUNT_UNMET_NEED)
    first, last = since.replace(day=1), until.replace(day=1)
    months = _months(first, last)
    if not months or len(months) > MOST_MONTHS or following_month(last) > tx.today:
        raise CountRefused(
            "Choose whole months that are over, the first before the last, at most three years."
        )
    span = (_midnight(first, order.zone), _midnight(following_month(last), order.zone))
    tally = Tally(order.rules, order.zone, tx.now)
    for youths in _batches(_youths(tx, span), _YOUTHS_AT_ONCE):
        stays = _stays(tx, [youth.key for youth in youths], order)
        for youth in youths:
            tally.add(youth.entries, stays.get(youth.key, []))
    counts = shown_counts(
        tally, reasons=order.reasons, needs=order.needs, sexes=order.sexes, ages=order.ages, months=months
    )
    tx.note_view(AuditAction.UNMET_NEEDS_COUNTED, actor.agency_id, format=order.looked_at_as)
    name = tx.session.execute(select(Agency.name).where(Agency.id == actor.agency_id)).scalar_one()
    return CountedPeriod(name, first, last, tx.now, counts)


def first_month(tx: Transaction, zone: tzinfo) -> date | None:
    """The month of the earliest need in the ledger, where the agency is; nothing if there is none. Raises PermissionRefused."""
    require(tx.actor, Verb.COUNT_UNMET_NEED)
    query = select(UnmetNeedRow.needed_at).where(UnmetNeedRow.withdrawn_at.is_(None))
    earliest = tx.session.execute(query.order_by(UnmetNeedRow.needed_at).limit(1)).scalar_one_or_none()
    return None if earliest is None else earliest.astimezone(zone).date().replace(day=1)


def following_month(day: date) -> date:
    """The first day of the month after that of ``day``."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _months(first: date, last: date) -> list[str]:
    months: list[str] = []
    while first <= last and len(months) <= MOST_MONTHS:
        months.append(f"{first:%Y-%m}")
        first = following_month(first)
    return months


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class _Youth:
    key: str
    entries: list[UnmetEntry]


def _youths(tx: Transaction, span: tuple[datetime, datetime]) -> Iterator[_Youth]:
    """Every youth with a need in that time, one after the other, with all their entries of it."""
    columns = (
        UnmetNeedRow.id.label("unmet_id"),
        UnmetNeedRow.need,
        UnmetNeedRow.reason,
        UnmetNeedRow.needed_at,
        UnmetNeedRow.met_at,
        UnmetNeedRow.sealed.label("facts"),
    )
    query = (
        select(_YOUTH.label("youth"), *columns, *_SEALED)
        .join(Screening, Screening.id == UnmetNeedRow.screening_id)
        .where(
            UnmetNeedRow.withdrawn_at.is_(None),
            UnmetNeedRow.needed_at >= span[0],
            UnmetNeedRow.needed_at < span[1],
        )
        .order_by(_YOUTH, UnmetNeedRow.screening_id, UnmetNeedRow.needed_at, UnmetNeedRow.id)
        .execution_options(yield_per=_ROWS_AT_ONCE)
    )
    for youth, rows in groupby(tx.session.execute(query), lambda row: row.youth):
        entries = []
        for _id, of_screening in groupby(rows, lambda row: row.id):
            entries += _entries(tx, list(of_screening))
        yield _Youth(youth, entries)


def _entries(tx: Transaction, rows: list[Any]) -> list[UnmetEntry]:
    """The entries of one screening, whose key is opened once."""
    screening = SealedScreening(*rows[0][-len(_SEALED) :])
    key = screening.open_key(tx.vault)
    entries = []
    for row in rows:
        facts = open_facts(
            key, row.facts, id=row.unmet_id, screening_id=screening.id, agency_id=screening.agency_id
        )
        entries.append(UnmetEntry(row.need, row.reason, row.needed_at, row.met_at, facts.sex, facts.age))
    return entries


def _batches(youths: Iterable[_Youth], size: int) -> Iterator[list[_Youth]]:
    iterator = iter(youths)
    while batch := list(islice(iterator, size)):
        yield batch


def _stays(tx: Transaction, keys: Collection[str], order: CountOrder) -> dict[str, list[CountedStay]]:
    """Youth → the stays that matter for the wait, of all screenings of that youth.

    Asked in two steps that each find their rows by an index: in one, a database reads every screening once a batch.
    """
    same = select(Screening.id, Screening.youth_ref_index).where(Screening.youth_ref_index.in_(keys))
    youths = {key: key for key in keys} | {row.id: row.youth_ref_index for row in tx.session.execute(same)}
    query = select(StayRow.screening_id, StayRow.place, StayRow.from_at, StayRow.until_at).where(
        StayRow.screening_id.in_(youths),
        StayRow.withdrawn_at.is_(None),
        StayRow.place.in_([*order.safe_places, *order.detention_places]),
    )
    found: dict[str, list[CountedStay]] = {}
    for row in tx.session.execute(query):
        stay = CountedStay(
            row.from_at, row.until_at, row.place in order.safe_places, row.place in order.detention_places
        )
        found.setdefault(youths[row.screening_id], []).append(stay)
    return found
