"""Needs and a youth's profile × services → fits, ask, excluded, each with reasons.

Unknown is never a yes: an age, a county or a service's own limits that nobody knows make a service one to
*ask*, not one that fits. There is no score of success; services made for trafficked youth and those led by
survivors come first.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from screening.core.evaluation import Assessment
from screening.core.rulebook import Gender, Need, Rulebook, Service
from screening.core.truth import NO, UNKNOWN, YES, Truth

ReasonCode = Literal[
    "age_outside",
    "age_unknown",
    "age_limits_unknown",
    "serves_others",
    "gender_unknown",
    "genders_served_unknown",
    "area_outside",
    "county_unknown",
    "verify_first",
    "open_address",
    "made_for_this",
    "survivor_led",
    "local",
    "referral_by",
    "confidential",
    "always_open",
]
_EXCLUDING = frozenset({"age_outside", "serves_others", "area_outside"})
_ASKING = frozenset(
    {
        "age_unknown",
        "age_limits_unknown",
        "gender_unknown",
        "genders_served_unknown",
        "county_unknown",
        "verify_first",
        "open_address",
    }
)


@dataclass(frozen=True, slots=True)
class Match:
    """A service for a need, and why it stands where it stands."""

    service: Service
    reasons: tuple[ReasonCode, ...]

    @property
    def is_excluded(self) -> bool:
        """Whether a plain fact of eligibility rules the service out."""
        return any(reason in _EXCLUDING for reason in self.reasons)

    @property
    def must_ask(self) -> bool:
        """Whether something unknown must be asked before anybody relies on it."""
        return any(reason in _ASKING for reason in self.reasons)


@dataclass(frozen=True, slots=True)
class NeedMatch:
    """What the directory holds for one need."""

    need: Need
    fits: tuple[Match, ...]
    ask: tuple[Match, ...]
    excluded: tuple[Match, ...]


@dataclass(frozen=True, slots=True)
class YouthProfile:
    """What matching needs to know of a youth; never a name."""

    age: int | None
    places: tuple[str, ...]
    county_known: bool
    served_as: Mapping[Gender, Truth]
    under_control: Truth


def profile_of(assessment: Assessment, jurisdiction: str) -> YouthProfile:
    """The profile that the answers give; ``places`` runs from the county outwards to the nation."""
    rulebook, profile = assessment.rulebook, assessment.rulebook.profile
    age = assessment.answers[profile.age]
    counties = {county.id: county for county in rulebook.about.counties}
    answered = (assessment.answers[question] for question in profile.counties)
    county = next((counties[str(answer.value)] for answer in answered if str(answer.value) in counties), None)
    around = rulebook.applicable_jurisdictions(county.jurisdiction if county else jurisdiction)
    return YouthProfile(
        age=int(str(age.value)) if age.state == "known" and not age.partial else None,
        places=(county.id, *around) if county else around,
        county_known=county is not None,
        served_as={served.served: assessment.explain(served.when).truth for served in profile.served_as},
        under_control=assessment.explain(profile.under_control).truth,
    )


def match(assessment: Assessment, needs: tuple[Need, ...], *, jurisdiction: str) -> tuple[NeedMatch, ...]:
    """Sort the directory for each need. Services never to be listed are left out altogether."""
    rulebook = assessment.rulebook
    profile = profile_of(assessment, jurisdiction)
    listed = [service for service in rulebook.services.values() if service.listing != "never"]
    matches = [Match(service, reasons_for(service, profile, rulebook)) for service in listed]
    return tuple(_for_need(need, matches, profile) for need in needs)


def _for_need(need: Need, matches: list[Match], profile: YouthProfile) -> NeedMatch:
    offered = sorted(
        (found for found in matches if set(found.service.kinds) & set(need.kinds)),
        key=lambda found: _rank(found.service, profile),
    )
    return NeedMatch(
        need,
        fits=tuple(found for found in offered if not found.is_excluded and not found.must_ask),
        ask=tuple(found for found in offered if not found.is_excluded and found.must_ask),
        excluded=tuple(found for found in offered if found.is_excluded),
    )


def _rank(service: Service, profile: YouthProfile) -> tuple[bool, bool, bool, int, str]:
    unreachable = not service.phones and service.referral is None
    distance = min(
        (profile.places.index(area) for area in service.areas if area in profile.places), default=99
    )
    return not service.trafficking_specific, not service.survivor_led, unreachable, distance, service.name


def reasons_for(service: Service, profile: YouthProfile, rulebook: Rulebook) -> tuple[ReasonCode, ...]:
    """Everything that speaks for, against or for a question about a service."""
    reasons: list[ReasonCode] = [
        *_age(service, profile),
        *_gender(service, profile),
        *_area(service, profile, rulebook),
    ]
    if service.listing == "verify_first":
        reasons.append("verify_first")
    if service.residential and not service.confidential and profile.under_control != NO:
        reasons.append("open_address")
    spoken_for: tuple[tuple[bool | None, ReasonCode], ...] = (
        (service.trafficking_specific, "made_for_this"),
        (service.survivor_led, "survivor_led"),
        (service.open_24_7, "always_open"),
        (service.referred_by is not None, "referral_by"),
        (service.confidential, "confidential"),
    )
    return (*reasons, *(code for holds, code in spoken_for if holds))


def _age(service: Service, profile: YouthProfile) -> tuple[ReasonCode, ...]:
    lowest, highest = service.minimum_age, service.maximum_age
    if lowest is None and highest is None:
        return ("age_limits_unknown",) if service.residential else ()
    if profile.age is None:
        return ("age_unknown",)
    outside = (lowest is not None and profile.age < lowest) or (highest is not None and profile.age > highest)
    return ("age_outside",) if outside else ()


def _gender(service: Service, profile: YouthProfile) -> tuple[ReasonCode, ...]:
    if service.genders_served == "all":
        return ()
    if service.genders_served == "unknown":
        return ("genders_served_unknown",) if service.residential else ()
    truth = max(profile.served_as.get(gender, UNKNOWN) for gender in service.genders_served)
    if truth == YES:
        return ()
    return ("serves_others",) if truth == NO else ("gender_unknown",)


def _area(service: Service, profile: YouthProfile, rulebook: Rulebook) -> tuple[ReasonCode, ...]:
    served = [area for area in service.areas if area in profile.places]
    if served:
        return ("local",) if profile.county_known and profile.places[0] in served else ()
    if profile.county_known:
        return ("area_outside",)
    counties = {county.id: county.jurisdiction for county in rulebook.about.counties}
    nearby = any(counties.get(area) in profile.places for area in service.areas)
    return ("county_unknown",) if nearby else ("area_outside",)
