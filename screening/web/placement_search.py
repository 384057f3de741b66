"""What there is to choose from for one screening: the agency's own directory, or the rulebook's starter services without one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from flask import g

from screening.core.bed_words import BedWord
from screening.core.matching import NeedMatch, match, profile_of
from screening.core.rulebook import Need, Service
from screening.core.truth import YES
from screening.operations.beds import bed_words
from screening.operations.database import Transaction
from screening.operations.directory.finding import any_services, services_for
from screening.operations.directory.offers import fill_offers
from screening.web.following import Following
from screening.web.service_views import line_kinds
from screening.web.services import services


@dataclass(frozen=True, slots=True)
class Choice:
    """The services to match, and what is known around them.

    Attributes:
        services: what there is for the needs of this youth.
        own: it is the agency's directory; otherwise the starter services of the rulebook.
        beds: service → the latest word about its beds.
        unread: how many more the directory holds here than were read.
        outside: need → how many services give that help elsewhere.
        uncounted: there are more elsewhere than were counted.
    """

    services: tuple[Service, ...] = ()
    own: bool = False
    beds: Mapping[str, BedWord] = field(default_factory=dict)
    unread: int = 0
    outside: Mapping[str, int] = field(default_factory=dict)
    uncounted: bool = False


NOTHING_TO_CHOOSE = Choice()


def choice_for(found: Following) -> Choice:
    """What there is for the needs of a screening. A directory from before there were rows of offers is made ready first."""
    here = services()
    fill_offers(here.database, g.actor)
    with here.database.reading(g.actor) as tx:
        if not any_services(tx):
            return Choice(tuple(found.rulebook.services.values()))
        return _own_choice(tx, found)


def _own_choice(tx: Transaction, found: Following) -> Choice:
    rulebook, needs = found.rulebook, found.advice.needs
    if not needs:
        return Choice(own=True)
    kinds = {kind for need in needs for kind in need.kinds} | line_kinds(rulebook)
    offered = services_for(tx, rulebook, kinds, _places(found))
    homes = [service.id for service in offered.services if service.residential]
    return Choice(
        offered.services,
        own=True,
        beds=bed_words(tx, homes, _counted_among(found)) if homes else {},
        unread=offered.unread,
        outside={need.id: offered.outside_of(need.kinds) for need in needs},
        uncounted=offered.uncounted,
    )


def _counted_among(found: Following) -> tuple[str, ...]:
    """The groups the youth is known to count among, so that beds kept for others say nothing here."""
    profile = profile_of(found.assessment, found.record.jurisdiction)
    return tuple(group for group, truth in profile.served_as.items() if truth is YES)


def _places(found: Following) -> tuple[str, ...]:
    """Where help is looked for, from the county outwards; every county of the state as long as none is known."""
    profile = profile_of(found.assessment, found.record.jurisdiction)
    if profile.county is not None:
        return profile.places
    around = (county.id for county in found.rulebook.about.counties if county.jurisdiction in profile.places)
    return (*profile.places, *around)


def matches_of(
    found: Following, choice: Choice, needs: Iterable[Need] | None = None
) -> tuple[NeedMatch, ...]:
    """The services sorted for the needs of the screening, or for some of them, at this hour."""
    here = services()
    return match(
        found.assessment,
        found.advice.needs if needs is None else tuple(needs),
        services=choice.services,
        jurisdiction=found.record.jurisdiction,
        profession=found.profession,
        beds=choice.beds,
        now=here.clock().astimezone(here.timezone),
        day=here.today(),
    )
