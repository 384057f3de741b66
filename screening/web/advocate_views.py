"""A survivor advocate for one youth: who there is, how to reach them now, and how the offer stands."""

from dataclasses import dataclass

from flask import g, url_for

from screening.core.matching import match, profile_of
from screening.core.placement_shapes import AdvocateOffer, PlacementGuide
from screening.core.rulebook import Rulebook, Service
from screening.operations.directory.finding import any_services, services_for
from screening.operations.directory.offers import fill_offers
from screening.operations.referrals import Referral, referrals_of
from screening.web.following import Following
from screening.web.services import services

MOST_ADVOCATES = 3
MOST_OTHERS = 3


def advocate_of(rulebook: Rulebook) -> AdvocateOffer | None:
    """What an edition says of the offer; nothing in editions from before there was one."""
    return rulebook.placement.advocate if rulebook.placement else None


def advocate_address(rulebook: Rulebook, screening_id: str, then: str, at: str | None = None) -> str:
    """The address of the offer, with where to come back to: ``then`` a section, ``at`` a question; empty if none is made."""
    if advocate_of(rulebook) is None:
        return ""
    return url_for("advocate_pages.offer", screening_id=screening_id, then=then, at=at)


@dataclass(frozen=True, slots=True)
class AdvocateView:
    """The offer as its page shows it.

    Attributes:
        rulebook: the edition whose words are used: the screening's, or the agency's present one where it has none.
        guide: its steps of a referral.
        offer: its words.
        advocates: whom to ask, those led by survivors first; where there are none, the others.
        others: who helps when none of them can be reached.
        own: they are of the agency's own directory, so that a referral can be kept.
        current: the latest referral for this need.
    """

    rulebook: Rulebook
    guide: PlacementGuide
    offer: AdvocateOffer
    advocates: tuple[Service, ...]
    others: tuple[Service, ...]
    own: bool
    current: Referral | None

    @property
    def state(self) -> str:
        """How the offer stands: the last step's id while it goes on or was declined, empty if it can be made afresh."""
        if self.current is None:
            return ""
        last = self.current.last.step
        return last if self.current.ended_at is None or last == self.offer.not_now else ""

    @property
    def is_asked_for(self) -> bool:
        """Whether the youth would like it and nobody recorded yet that the call was made."""
        return self.state in (self.offer.offered, self.offer.wanted)

    def choice(self, service_id: str | None) -> Service | None:
        """One of the advocates; the first if none is named."""
        if not service_id:
            return self.advocates[0] if self.advocates else None
        return next((each for each in self.advocates if each.id == service_id), None)


def advocate_view(found: Following) -> AdvocateView | None:
    """The offer for one screening; None where no edition at hand makes it."""
    here = services()
    editions = (found.rulebook, here.rulebook_of(g.actor))
    rulebook = next((each for each in editions if advocate_of(each) is not None), None)
    if rulebook is None or rulebook.placement is None or rulebook.placement.advocate is None:
        return None
    offer = rulebook.placement.advocate
    own, there = _services(found, rulebook, offer)
    sorted_ones = _sorted(found, rulebook, offer, there)
    first = [each for each in sorted_ones if set(each.kinds) & set(offer.kinds)]
    first.sort(key=lambda each: not each.survivor_led)
    other = [each for each in sorted_ones if each not in first and each.phones]
    with here.database.reading(g.actor) as tx:
        referrals = [each for each in referrals_of(tx, found.record.id) if each.need == offer.need]
    going_on = [each for each in referrals if each.ended_at is None]
    return AdvocateView(
        rulebook,
        rulebook.placement,
        offer,
        tuple(first[:MOST_ADVOCATES] or other[:MOST_OTHERS]),
        tuple(other[:MOST_OTHERS]) if first else () if other else _lines(rulebook, offer),
        own,
        next(reversed(going_on or referrals), None),
    )


def _services(found: Following, rulebook: Rulebook, offer: AdvocateOffer) -> tuple[bool, tuple[Service, ...]]:
    """Whether the agency has a directory of its own, and what is offered around the youth: there, or in the starter services."""
    here = services()
    with here.database.reading(g.actor) as tx:
        own = any_services(tx)
    if not own:
        return False, tuple(rulebook.services.values())
    fill_offers(here.database, g.actor)
    places = profile_of(found.assessment, found.record.jurisdiction).places
    counties = {county.id: county.jurisdiction for county in rulebook.about.counties}
    # As long as no county is known, an advocate anywhere in the state may be asked.
    is_known = any(place in counties for place in places)
    around = () if is_known else tuple(each for each, state in counties.items() if state in places)
    with here.database.reading(g.actor) as tx:
        kinds = (*offer.kinds, *offer.otherwise)
        return True, services_for(tx, rulebook, kinds, (*places, *around)).services


def _lines(rulebook: Rulebook, offer: AdvocateOffer) -> tuple[Service, ...]:
    """Where the directory holds nobody for this youth: lines of the rulebook that answer day and night everywhere."""
    lines = (
        each
        for each in rulebook.services.values()
        if each.listing == "list"
        and each.open_24_7
        and each.phones
        and set(each.kinds) & set(offer.otherwise)
    )
    return tuple(sorted(lines, key=lambda each: not each.trafficking_specific)[:1])


def _sorted(
    found: Following, rulebook: Rulebook, offer: AdvocateOffer, there: tuple[Service, ...]
) -> list[Service]:
    """Those that fit the youth or may be asked, as they are matched for the need; never what is ruled out."""
    here = services()
    need = next(each for each in rulebook.needs if each.id == offer.need)
    asked = need.model_copy(update={"kinds": (*offer.kinds, *offer.otherwise)})
    (matched,) = match(
        found.assessment,
        (asked,),
        services=there,
        jurisdiction=found.record.jurisdiction,
        profession=found.profession,
        now=here.clock().astimezone(here.timezone),
        day=here.today(),
    )
    return [each.service for each in (*matched.fits, *matched.ask)]
