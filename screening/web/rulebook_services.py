"""The starter directory as the rulebook holds it: by kind and by place, and nothing that locates a confidential place."""

from collections.abc import Iterable
from dataclasses import dataclass

from screening.core.rulebook import Reference, Rulebook, Service, ServiceKind
from screening.web.rulebook_entries import is_named
from screening.web.spoken import translate


@dataclass(frozen=True, slots=True)
class ServiceView:
    """A service as the explorer shows it.

    Attributes:
        service: the entry; a template shows of it only what ``located`` and ``listed`` allow.
        listed: it may be offered; what is kept out of every list is named and nothing more.
        areas: the places it serves in words; empty where that could help to find a confidential place.
        further: the other kinds it stands under.
        sources: what it rests on, by id.
        notes: what it rests on where the rulebook says so in words.
    """

    service: Service
    listed: bool
    areas: tuple[str, ...]
    further: tuple[ServiceKind, ...]
    sources: tuple[Reference, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KindGroup:
    """The services that stand under a kind in full, and those that do so under another and are linked."""

    kind: ServiceKind
    services: tuple[ServiceView, ...]
    elsewhere: tuple[Service, ...]


@dataclass(frozen=True, slots=True)
class Directory:
    """The services of the chosen place, and how many are not named at all."""

    groups: tuple[KindGroup, ...]
    shown: int
    held: int
    unnamed: int


def places(rulebook: Rulebook) -> dict[str, str]:
    """Every place a service may serve: id → label, the wide ones first."""
    wide = {place.id: place.label for place in rulebook.about.jurisdictions}
    return wide | {county.id: county.label for county in rulebook.about.counties}


def directory(rulebook: Rulebook, place: str = "") -> Directory:
    """The starter directory, all of it or what serves one place (its own, and what serves all around it).

    All of it shows the kinds that have no service, too. A confidential service is found for its whole state only,
    so that choosing a county does not locate it.
    """
    named = [service for service in rulebook.services.values() if is_named(service)]
    chosen = [service for service in named if not place or _serves(rulebook, service, place)]
    groups = (_group(rulebook, kind, chosen) for kind in rulebook.kinds.values())
    return Directory(
        groups=tuple(group for group in groups if not place or group.services or group.elsewhere),
        shown=len(chosen),
        held=len(named),
        unnamed=len(rulebook.services) - len(named),
    )


def _serves(rulebook: Rulebook, service: Service, place: str) -> bool:
    if service.listing == "never":
        return False
    states = {county.id: county.jurisdiction for county in rulebook.about.counties}
    around = rulebook.applicable_jurisdictions(states.get(place, place))
    if service.confidential:
        return any(states.get(area, area) in around for area in service.areas)
    return any(area == place or area in around for area in service.areas) or (
        place not in states and any(states.get(area) == place for area in service.areas)
    )


def _group(rulebook: Rulebook, kind: ServiceKind, chosen: Iterable[Service]) -> KindGroup:
    of_kind = [service for service in chosen if kind.id in service.kinds]
    first = [service for service in of_kind if service.kinds[0] == kind.id]
    return KindGroup(
        kind,
        tuple(
            _view(rulebook, service) for service in sorted(first, key=lambda each: each.listing == "never")
        ),
        tuple(service for service in of_kind if service.kinds[0] != kind.id),
    )


def _view(rulebook: Rulebook, service: Service) -> ServiceView:
    listed = service.listing != "never"
    labels = places(rulebook)
    shows_areas = listed and not service.confidential
    known = [each for each in service.sources if each in rulebook.sources] if listed else []
    return ServiceView(
        service,
        listed,
        tuple(translate(labels.get(area, area)) for area in service.areas) if shows_areas else (),
        tuple(rulebook.kinds[kind] for kind in service.kinds[1:]),
        tuple(rulebook.sources[each] for each in known),
        tuple(each for each in service.sources if each not in rulebook.sources) if listed else (),
    )
