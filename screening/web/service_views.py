"""What the directory holds for each need, as the result page shows it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from screening.core.matching import Match, NeedMatch
from screening.core.rulebook import Rulebook, Service

NATIONAL_LINES = 3
MOST_IN_FULL = 2


@dataclass(frozen=True, slots=True)
class NeedView:
    """What the directory holds for one need.

    Attributes:
        found: the sorted services.
        full: ids of those described in full; the others are named with their number.
        national: lines to call when nothing fits.
        residential: the need is a place to stay.
    """

    found: NeedMatch
    full: frozenset[str]
    national: tuple[Service, ...]
    residential: bool


def need_views(
    rulebook: Rulebook,
    found: Sequence[NeedMatch],
    jurisdiction: str,
    *,
    services: Iterable[Service],
    in_full: bool,
) -> list[NeedView]:
    """The needs as matching ordered them. Nobody calls ten places: the nearest few are described, the others named."""
    residential = residential_kinds(rulebook)
    lines = national_lines(rulebook, jurisdiction, services)
    return [
        NeedView(
            found=each,
            full=_first(each, None if in_full else MOST_IN_FULL),
            national=lines if each.nothing_fits else (),
            residential=bool(residential & set(each.need.kinds)),
        )
        for each in found
    ]


def _first(found: NeedMatch, count: int | None) -> frozenset[str]:
    return frozenset(each.service.id for each in (*found.fits, *found.ask)[:count])


def residential_kinds(rulebook: Rulebook) -> frozenset[str]:
    """The kinds of help that are places to live."""
    services = rulebook.services.values()
    return frozenset(kind for service in services if service.residential for kind in service.kinds)


def line_kinds(rulebook: Rulebook) -> frozenset[str]:
    """The kinds of help under which lines stand that answer day and night."""
    lines = (service for service in rulebook.services.values() if service.open_24_7 and service.phones)
    return frozenset(kind for service in lines if not service.residential for kind in service.kinds)


def national_lines(rulebook: Rulebook, jurisdiction: str, services: Iterable[Service]) -> tuple[Service, ...]:
    """Of these services the lines that answer day and night everywhere, those made for trafficked youths first."""
    everywhere = rulebook.applicable_jurisdictions(jurisdiction)[-1]
    lines = [
        service
        for service in services
        if service.listing == "list" and service.open_24_7 and service.phones and everywhere in service.areas
    ]
    return tuple(sorted(lines, key=lambda service: not service.trafficking_specific)[:NATIONAL_LINES])


def unfitting(found: Sequence[NeedMatch]) -> list[Match]:
    """Services that fit none of the needs, each once."""
    offered = {each.service.id for need in found for each in (*need.fits, *need.ask)}
    excluded = {each.service.id: each for need in found for each in need.excluded}
    return [each for service, each in excluded.items() if service not in offered]
