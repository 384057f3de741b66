"""The directory as people read it: a list that is narrowed down, and one service with everything about it.

Nothing here measures a distance: a place is near by the area it serves, never by where it lies. What is confidential is folded
away; only ``reveal_service`` hands it out, and writes into the journal each time that it did.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from screening.core.bed_words import BedStatus
from screening.core.directory_folding import folded
from screening.core.directory_nesting import Nesting
from screening.core.directory_profile import term_id
from screening.operations.actors import Verb, may, require
from screening.operations.database import Transaction
from screening.operations.directory.disclosing import visible_tables
from screening.operations.directory.entries import EntryNotFound, levels_open_to, visible
from screening.operations.directory.listing import masked_names, split_words, word_in
from screening.store.directory_models import DirectoryAttribute, OrganizationRow, ServiceRow
from screening.store.help_models import BedReportRow, ServiceOfferRow
from screening.store.journal_actions import AuditAction

UNSAID = "unsaid"
"""Asks for services that do not say what kind of help they give."""
ANYWHERE = ""
"""The area of services that name none; they are found with every place."""
MOST_A_PRINT = 200
_CLOSED = ("inactive", "defunct")
_Said = aliased(BedReportRow)


@dataclass(frozen=True)
class Browse:
    """What is looked for. Everything that is given must hold.

    Attributes:
        words: each must occur in the name or the description of the service or its organization.
        kind: a kind of help, or ``UNSAID``.
        areas: the place and every one that counts with it.
        serves: girls, boys or transgender. Who does not say whom they serve is found as well.
        residential: *yes* or *no*, as the entry says.
        verified: checked by phone, or not yet.
        beds: what was last said of beds, since ``beds_since``; *unknown* finds those of whom nothing was said since.
        closed_too: also what has closed for good or for now unknown time.
    """

    words: str = ""
    kind: str = ""
    areas: tuple[str, ...] = ()
    serves: str = ""
    residential: str = ""
    verified: bool | None = None
    beds: BedStatus | None = None
    beds_since: datetime | None = None
    closed_too: bool = False
    page: int = 1
    per_page: int = 20


@dataclass(frozen=True)
class BrowsedService:
    """A service as its reader may see it.

    Attributes:
        id: its id.
        entry: the service as HSDS nests it, without what is folded away.
        level: public or confidential.
        kinds: kind → the areas it is given in, as found for the list.
        verified_at: when somebody of the agency called; none if nobody did since it last changed.
        as_of: the day its content is of.
        source: where it came from.
        left_source: its source no longer has it.
        has_more: something is folded away that ``reveal_service`` shows.
    """

    id: str
    entry: Mapping[str, Any]
    level: str
    kinds: Mapping[str, frozenset[str]]
    verified_at: datetime | None
    as_of: date
    source: str
    left_source: bool
    has_more: bool


@dataclass(frozen=True)
class Browsed:
    """A page of what was found."""

    total: int
    page: int
    per_page: int
    services: tuple[BrowsedService, ...]

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // self.per_page))


@dataclass(frozen=True)
class AreaCount:
    """How many services name a place themselves, and how many serve it in all."""

    own: int
    every: int


def browse_services(tx: Transaction, wanted: Browse, restricted: Collection[str] = ()) -> Browsed:
    """A page of services in the order of their names. A page beyond the last is the last.

    ``restricted`` names features that are folded away. Raises PermissionRefused.
    """
    actor = require(tx.actor, Verb.VIEW_DIRECTORY)
    conditions = _conditions(tx, wanted)
    total = tx.session.execute(select(func.count(ServiceRow.id)).where(*conditions)).scalar_one()
    per_page = max(1, min(wanted.per_page, MOST_A_PRINT))
    page = max(1, min(wanted.page, -(-total // per_page)))
    query = select(ServiceRow).where(*conditions).order_by(ServiceRow.sort_name, ServiceRow.id)
    rows = tx.session.execute(query.limit(per_page).offset((page - 1) * per_page)).scalars().all()
    tx.note_view(AuditAction.DIRECTORY_LISTED, actor.agency_id, kind="service", found=total)
    return Browsed(total, page, per_page, _shown(tx, rows, restricted, reveal=False))


def read_service(tx: Transaction, service_id: str, restricted: Collection[str] = ()) -> BrowsedService:
    """One service, what is confidential of it folded away. Raises EntryNotFound, PermissionRefused."""
    require(tx.actor, Verb.VIEW_DIRECTORY)
    return _one(tx, service_id, restricted, reveal=False)


def reveal_service(tx: Transaction, service_id: str) -> BrowsedService:
    """One service with what is confidential of it. The transaction must write: each time, the journal says so.

    Raises EntryNotFound, PermissionRefused.
    """
    require(tx.actor, Verb.VIEW_DIRECTORY)
    require(tx.actor, Verb.SEE_CONFIDENTIAL_PLACES)
    found = _one(tx, service_id, (), reveal=True)
    tx.journal.record(AuditAction.DIRECTORY_CONFIDENTIAL_VIEWED, service_id)
    return found


def count_areas(tx: Transaction, around: Mapping[str, Collection[str]]) -> dict[str, AreaCount]:
    """Place → how many open services serve it, of those the actor may see.

    ``around`` names with each place those that lie around it, whose services count in ``every``. Raises PermissionRefused.
    """
    require(tx.actor, Verb.VIEW_DIRECTORY)
    pairs = (
        select(ServiceOfferRow.area, ServiceOfferRow.service_id)
        .join(ServiceRow, ServiceRow.id == ServiceOfferRow.service_id)
        .where(visible("service", levels_open_to(tx.actor)), ServiceRow.status.not_in(_CLOSED))
        .distinct()
    )
    serving: dict[str, set[str]] = defaultdict(set)
    for area, service_id in tx.session.execute(pairs):
        serving[area].add(service_id)
    return {
        place: AreaCount(
            len(serving[place]), len(set().union(*(serving[area] for area in {place, ANYWHERE, *wider})))
        )
        for place, wider in around.items()
    }


def count_unsaid(tx: Transaction) -> int:
    """How many open services do not say what kind of help they give; no place finds them. Raises PermissionRefused."""
    require(tx.actor, Verb.VIEW_DIRECTORY)
    conditions = _conditions(tx, Browse(kind=UNSAID))
    return tx.session.execute(select(func.count(ServiceRow.id)).where(*conditions)).scalar_one()


def _conditions(tx: Transaction, wanted: Browse) -> list[ColumnElement[bool]]:
    levels = levels_open_to(tx.actor)
    conditions = [visible("service", levels), *_words(tx, wanted.words, levels)]
    if not wanted.closed_too:
        conditions.append(ServiceRow.status.not_in(_CLOSED))
    conditions += _offered(wanted)
    if wanted.serves:
        conditions.append(or_(_marked("people_served", wanted.serves, "all"), ~_marked("people_served")))
    if wanted.residential:
        conditions.append(_marked("residential", wanted.residential))
    if wanted.verified is not None:
        called = ServiceRow.verified_at.is_not(None)
        conditions.append(called if wanted.verified else ~called)
    if wanted.beds is not None and wanted.beds_since is not None:
        conditions.append(_beds(wanted.beds, wanted.beds_since))
    return conditions


def _words(tx: Transaction, words: str, levels: tuple[str, ...]) -> list[ColumnElement[bool]]:
    """Each word in the service or in its organization, where they are shown."""
    split = split_words(words)
    masked = {table: masked_names(tx, table, split, levels) for table in ("service", "organization")}
    found: list[ColumnElement[bool]] = []
    for word in split:
        of_word = word_in("organization", word, levels, masked["organization"])
        organizations = select(OrganizationRow.id).where(visible("organization", levels), of_word)
        own = word_in("service", word, levels, masked["service"])
        found.append(or_(own, ServiceRow.organization_id.in_(organizations)))
    return found


def _offered(wanted: Browse) -> list[ColumnElement[bool]]:
    if wanted.kind == UNSAID:
        offer = select(ServiceOfferRow.kind).where(ServiceOfferRow.service_id == ServiceRow.id)
        return [~exists(offer)]
    conditions: list[ColumnElement[bool]] = []
    if wanted.kind:
        conditions.append(ServiceOfferRow.kind == wanted.kind)
    if wanted.areas:
        conditions.append(ServiceOfferRow.area.in_([*wanted.areas, ANYWHERE]))
    return [ServiceRow.id.in_(select(ServiceOfferRow.service_id).where(*conditions))] if conditions else []


def _marked(code: str, *values: str) -> ColumnElement[bool]:
    """Whether the service says this of itself; without values, whether it says anything."""
    mark = [
        DirectoryAttribute.link_id == ServiceRow.id,
        DirectoryAttribute.link_entity == "service",
        DirectoryAttribute.taxonomy_term_id == term_id(code),
    ]
    if values:
        mark.append(DirectoryAttribute.value.in_(values))
    return exists(select(DirectoryAttribute.id).where(*mark))


def _beds(status: BedStatus, since: datetime) -> ColumnElement[bool]:
    """What was last said, if it was said since then."""
    own = BedReportRow.service_id == ServiceRow.id
    of_same = select(func.max(_Said.said_at)).where(_Said.service_id == ServiceRow.id)
    last = of_same.correlate(ServiceRow).scalar_subquery()
    fresh = and_(own, BedReportRow.said_at == last, BedReportRow.said_at >= since)
    said = exists(select(BedReportRow.id).where(fresh, BedReportRow.status == status))
    if status != "unknown":
        return said
    return and_(_marked("residential", "yes"), or_(said, ~exists(select(BedReportRow.id).where(fresh))))


def _one(tx: Transaction, service_id: str, restricted: Collection[str], *, reveal: bool) -> BrowsedService:
    condition = visible("service", levels_open_to(tx.actor))
    query = select(ServiceRow).where(ServiceRow.id == service_id, condition)
    rows = tx.session.execute(query).scalars().all()
    if not rows:
        raise EntryNotFound("There is no such entry.")
    return _shown(tx, rows, restricted, reveal=reveal)[0]


def _shown(
    tx: Transaction, rows: Iterable[ServiceRow], restricted: Collection[str], *, reveal: bool
) -> tuple[BrowsedService, ...]:
    found = list(rows)
    if not found:
        return ()
    ids = [row.id for row in found]
    tables, more = visible_tables(tx, {"service": ids}), frozenset[str]()
    if not reveal:
        tables, more = folded(tables, restricted)
    if not may(tx.actor, Verb.SEE_CONFIDENTIAL_PLACES):
        more = frozenset()
    nesting, kinds = Nesting(tables), _kinds(tx, ids)
    return tuple(
        BrowsedService(
            row.id,
            nesting.whole("service", row.id),
            row.confidentiality,
            {kind: frozenset(areas) for kind, areas in kinds[row.id].items()},
            row.verified_at,
            row.as_of,
            row.source,
            row.left_source_at is not None,
            row.id in more,
        )
        for row in found
    )


def _kinds(tx: Transaction, ids: list[str]) -> dict[str, dict[str, set[str]]]:
    kinds: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for row in tx.session.execute(
        select(ServiceOfferRow).where(ServiceOfferRow.service_id.in_(ids))
    ).scalars():
        kinds[row.service_id][row.kind].add(row.area)
    return kinds
