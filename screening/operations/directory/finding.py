"""Finding who helps: the services of the agency's own directory for kinds of help and places. Matching then tells which fit.

One indexed question finds them, in proportion to what is offered there, not to the directory; what is handed out comes from
``visible_tables``, as everything does. Nothing is kept from one question to the next: what may be shown of a service also rests
on hidden places beside it, so that no key of the service alone would tell when a kept copy went stale.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, bindparam, case, exists, select

from screening.core.directory_offers import ANYWHERE, service_of
from screening.core.directory_profile import Confidentiality, term_id
from screening.core.rulebook import Rulebook, Service
from screening.operations.actors import Verb, require
from screening.operations.database import Transaction
from screening.operations.directory.disclosing import FlatTables, visible_tables
from screening.operations.directory.entries import levels_open_to
from screening.store.directory_models import DirectoryAttribute, ServiceRow
from screening.store.help_models import ServiceOfferRow
from screening.store.journal_actions import AuditAction

MOST_OF_A_KIND = 60
MOST_COUNTED = 5000
_OWN = {"attribute": "link_id", **dict.fromkeys(("phone", "url", "schedule", "service_area"), "service_id")}
_AREAS: BindParameter[str] = bindparam("areas", expanding=True)
_MARKED = exists(
    select(DirectoryAttribute.id).where(
        DirectoryAttribute.link_id == ServiceRow.id,
        DirectoryAttribute.taxonomy_term_id.in_(bindparam("first", expanding=True)),
        DirectoryAttribute.value == "yes",
    )
)
_OPEN = (
    ServiceOfferRow.kind.in_(bindparam("kinds", expanding=True)),
    ServiceRow.status == "active",
    ServiceRow.confidentiality.in_(bindparam("levels", expanding=True)),
)
# Written once, so that both stay compiled.
_HERE = (
    select(
        ServiceOfferRow.service_id,
        ServiceOfferRow.kind,
        ServiceOfferRow.area,
        ServiceRow.sort_name,
        case((_MARKED, 0), else_=1).label("unmarked"),
    )
    .join(ServiceRow, ServiceRow.id == ServiceOfferRow.service_id)
    .where(ServiceOfferRow.area.in_(_AREAS), *_OPEN)
)
_ELSEWHERE = (
    select(ServiceOfferRow.service_id, ServiceOfferRow.kind)
    .join(ServiceRow, ServiceRow.id == ServiceOfferRow.service_id)
    .where(ServiceOfferRow.area.not_in(_AREAS), *_OPEN)
    .limit(MOST_COUNTED)
)


@dataclass(frozen=True, slots=True)
class Found:
    """What the directory holds.

    Attributes:
        services: those that give one of the kinds in one of the places, or say nowhere in particular.
        here: kind → all that give it here, read or not.
        elsewhere: kind → those that give it in other places, as far as they were counted.
        unread: how many more give it here than anybody could call; of each kind the nearest were read.
        uncounted: there are more elsewhere than were counted.
    """

    services: tuple[Service, ...]
    here: Mapping[str, frozenset[str]]
    elsewhere: Mapping[str, frozenset[str]]
    unread: int
    uncounted: bool

    @property
    def outside(self) -> int:
        """How many more give one of the kinds, but only elsewhere."""
        return self.outside_of(self.elsewhere)

    def outside_of(self, kinds: Iterable[str]) -> int:
        """How many give one of these kinds, but only elsewhere."""
        asked = tuple(kinds)
        inside = {own for kind in asked for own in self.here.get(kind, ())}
        return len({own for kind in asked for own in self.elsewhere.get(kind, ())} - inside)


def any_services(tx: Transaction) -> bool:
    """Whether the agency has a directory of its own: any service in it, whoever may see it."""
    require(tx.actor, Verb.VIEW_DIRECTORY)
    return bool(tx.session.execute(select(exists(select(ServiceRow.id)))).scalar_one())


def services_for(tx: Transaction, rulebook: Rulebook, kinds: Collection[str], places: Sequence[str]) -> Found:
    """The active services that give one of these kinds in one of these places, as the actor may see them.

    ``places`` runs from the nearest outwards. Each confidential one that is handed out is journalled. Raises PermissionRefused.
    """
    require(tx.actor, Verb.VIEW_DIRECTORY)
    offers = _offers(tx, kinds, places)
    wanted = _nearest(offers, places)
    found = _read(tx, rulebook, wanted)
    others = _others(tx, kinds, places)
    return Found(
        found,
        here=_by_kind(offers),
        elsewhere=_by_kind(others),
        unread=len({row.service_id for row in offers}) - len(wanted),
        uncounted=len(others) == MOST_COUNTED,
    )


def services_named(tx: Transaction, rulebook: Rulebook, service_ids: Iterable[str]) -> tuple[Service, ...]:
    """Those of these services the actor may see, active or not, in the order of their names. Raises PermissionRefused."""
    require(tx.actor, Verb.VIEW_DIRECTORY)
    return _read(tx, rulebook, set(service_ids))


def _offers(tx: Transaction, kinds: Collection[str], places: Sequence[str]) -> list[Any]:
    """What is offered here, a row for each service, kind and place, with what decides the order of reading."""
    return list(tx.session.execute(_HERE, _asked(tx, kinds, places)))


def _others(tx: Transaction, kinds: Collection[str], places: Sequence[str]) -> list[Any]:
    """Who gives these kinds in other places, a row for each service and kind; so many at most, which bounds the work."""
    return list(tx.session.execute(_ELSEWHERE, _asked(tx, kinds, places)))


def _asked(tx: Transaction, kinds: Collection[str], places: Sequence[str]) -> dict[str, list[str]]:
    return {
        "kinds": list(kinds),
        "areas": [*places, ANYWHERE],
        "levels": list(levels_open_to(tx.actor)),
        "first": [term_id("trafficking_specific"), term_id("survivor_led")],
    }


def _by_kind(offers: Iterable[Any]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for row in offers:
        found[row.kind].add(row.service_id)
    return {kind: frozenset(ids) for kind, ids in found.items()}


def _nearest(offers: Iterable[Any], places: Sequence[str]) -> set[str]:
    """Of each kind those made for trafficked youths or led by survivors, then the nearest, as many as are read at most."""
    distance = {place: steps for steps, place in enumerate(places)}
    of_kind: dict[str, dict[str, tuple[int, int, str]]] = defaultdict(dict)
    for row in offers:
        rank = (row.unmarked, distance.get(row.area, len(places)), row.sort_name)
        ranks = of_kind[row.kind]
        ranks[row.service_id] = min(rank, ranks.get(row.service_id, rank))
    return {
        own for ranks in of_kind.values() for own in sorted(ranks, key=ranks.__getitem__)[:MOST_OF_A_KIND]
    }


def _read(tx: Transaction, rulebook: Rulebook, service_ids: set[str]) -> tuple[Service, ...]:
    if not service_ids:
        return ()
    tables = visible_tables(tx, {"service": service_ids})
    for row in tables["attribute"].values():
        if row.get("value") == Confidentiality.CONFIDENTIAL and row.get("link_entity") in (
            "service",
            "location",
        ):
            tx.note_view(AuditAction.DIRECTORY_CONFIDENTIAL_VIEWED, row["link_id"])
    own = _own_rows(tables)
    found = sorted(
        service_ids & tables["service"].keys(), key=lambda each: (tables["service"][each]["name"], each)
    )
    return tuple(service_of({**tables, **own[each]}, each, rulebook) for each in found)


def _own_rows(tables: FlatTables) -> Mapping[str, FlatTables]:
    """Service → its own rows of the tables that matching reads, so that each service is read without those of all the others."""
    found: dict[str, FlatTables] = defaultdict(lambda: {table: {} for table in _OWN})
    for table, reference in _OWN.items():
        for row_id, row in tables[table].items():
            if reference in row:
                found[row[reference]][table][row_id] = row
    return found
