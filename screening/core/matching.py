"""Needs and a youth's profile × services → fits, ask, excluded, each with reasons.

What is compared stands in ``rules/criteria/``; an edition without them is matched on the essentials.
Unknown is never a yes: what neither the entry nor the answers say makes a service one to *ask*, not one that fits. There
is no score of success: services are ranked by what they meet, one thing after the other.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from screening.core.bed_words import BedWord
from screening.core.criteria import Circumstances, Reason, Verdict, YouthProfile, is_left_out, reason_for
from screening.core.essential_criteria import ESSENTIALS
from screening.core.evaluation import Assessment
from screening.core.placement_shapes import Criterion
from screening.core.rulebook import Need, Rulebook, Service
from screening.core.truth import NO, YES, Truth, negation

__all__ = ["Match", "NeedMatch", "Reason", "YouthProfile", "criteria_of", "match", "profile_of"]
_NOBODY: Mapping[str, BedWord] = {}
_ELSEWHERE = 99
_COUNTED: tuple[Literal["high", "normal"], ...] = ("high", "normal")
_SIGNS: tuple[tuple[Verdict, int], ...] = (("met", -1), ("missed", 1))


@dataclass(frozen=True, slots=True)
class Match:
    """A service for a need, and why it stands where it stands: its reasons in the order of the criteria."""

    service: Service
    reasons: tuple[Reason, ...]

    @property
    def is_excluded(self) -> bool:
        """Whether a plain fact of eligibility rules the service out."""
        return any(reason.excludes for reason in self.reasons)

    @property
    def must_ask(self) -> bool:
        """Whether something must be asked before anybody relies on it."""
        return any(reason.asks for reason in self.reasons)

    @property
    def shortfall(self) -> tuple[Reason, ...]:
        """What keeps it from fitting: first what rules it out, then what must be asked."""
        ruled_out = tuple(reason for reason in self.reasons if reason.excludes)
        return ruled_out + tuple(reason for reason in self.reasons if reason.asks)


@dataclass(frozen=True, slots=True)
class NeedMatch:
    """What the directory holds for one need; ``wanted`` if the youth asked for this help."""

    need: Need
    fits: tuple[Match, ...]
    ask: tuple[Match, ...]
    excluded: tuple[Match, ...]
    wanted: bool = False

    @property
    def nothing_fits(self) -> bool:
        """Whether there is no help of this kind that fits, but at most somebody who arranges it."""
        return not any(self._is_help(each) for each in self.fits)

    @property
    def next_best(self) -> Match | None:
        """Where nothing fits, what comes nearest; its ``shortfall`` says what it lacks."""
        if not self.nothing_fits:
            return None
        return next((each for each in (*self.ask, *self.excluded) if self._is_help(each)), None)

    def _is_help(self, found: Match) -> bool:
        return bool((set(self.need.kinds) - set(self.need.arranged_by)) & set(found.service.kinds))


def profile_of(assessment: Assessment, jurisdiction: str) -> YouthProfile:
    """The profile that the answers give. The first county that is answered counts, and the state it lies in."""
    rulebook, profile = assessment.rulebook, assessment.rulebook.profile
    age = assessment.answers[profile.age]
    known = {county.id: county for county in rulebook.about.counties}
    answered = (str(assessment.answers[question].value) for question in profile.counties)
    county = next((known[each] for each in answered if each in known), None)
    around = rulebook.applicable_jurisdictions(county.jurisdiction if county else jurisdiction)
    return YouthProfile(
        age=int(str(age.value)) if age.state == "known" and not age.partial else None,
        places=(county.id, *around) if county else around,
        county=county.id if county else None,
        served_as={served.served: assessment.explain(served.when).truth for served in profile.served_as},
    )


def criteria_of(rulebook: Rulebook) -> tuple[Criterion, ...]:
    """The criteria of an edition; the essentials where it has none of its own."""
    return (rulebook.placement.criteria if rulebook.placement else ()) or ESSENTIALS


def match(
    assessment: Assessment,
    needs: tuple[Need, ...],
    *,
    services: Iterable[Service],
    jurisdiction: str,
    profession: str = "",
    beds: Mapping[str, BedWord] = _NOBODY,
    now: datetime | None = None,
    day: date | None = None,
) -> tuple[NeedMatch, ...]:
    """Sort services for each need: first the needs the youth wants help with, then the urgent ones.

    Services never to be listed, and kinds that no youth is sent to, are left out altogether.

    Args:
        assessment: what the answers give.
        needs: the needs that were found.
        services: what to choose from.
        jurisdiction: where help is looked for as long as no county is answered.
        profession: of whoever looks, to tell whether they can refer.
        beds: service → the latest word about its beds.
        now: the moment in the time of the place; without it neither hours nor beds are looked at.
        day: the day verification is counted to; without it that is not looked at.
    """
    sorting = _Sorting(assessment, jurisdiction, profession, beds, now, day)
    listed = sorting.listed(services)
    found = [sorting.for_need(need, listed) for need in needs]
    return tuple(sorted(found, key=lambda each: (not each.wanted, not each.need.urgent)))


def _concerns(criterion: Criterion, assessment: Assessment, looked_for: Truth) -> Truth:
    """Whether a criterion concerns the youth: by its condition, and by whether someone may look for the youth."""
    holds = YES if criterion.when is None else assessment.explain(criterion.when).truth
    if criterion.looked_for is None:
        return holds
    return min(holds, looked_for if criterion.looked_for else negation(looked_for))


class _Sorting:
    """One youth's circumstances, and the services as they stand in them."""

    def __init__(
        self,
        assessment: Assessment,
        jurisdiction: str,
        profession: str,
        beds: Mapping[str, BedWord],
        now: datetime | None,
        day: date | None,
    ) -> None:
        rulebook = assessment.rulebook
        guide = rulebook.placement
        self._assessment = assessment
        self._criteria = criteria_of(rulebook)
        looked_for = assessment.explain(rulebook.profile.under_control).truth
        self._here = Circumstances(
            youth=profile_of(assessment, jurisdiction),
            concerns={each.id: _concerns(each, assessment, looked_for) for each in self._criteria},
            profession=profession,
            beds=beds,
            now=now,
            day=day,
            features={each.id: each for each in guide.features} if guide else {},
            states={county.id: county.jurisdiction for county in rulebook.about.counties},
            bed_rules=guide.beds if guide else None,
            verification=guide.verification if guide else None,
        )
        # Most criteria do not concern most youths: who is not concerned is not compared with every service.
        concerning = [each for each in self._criteria if self._here.concerns[each.id] is not NO]
        for_all = [each for each in concerning if each.needs is None]
        self._for_homes, self._for_others = for_all, [each for each in for_all if not each.residential]
        self._for_needs = [each for each in concerning if each.needs is not None]
        self._order = {each.id: place for place, each in enumerate(self._criteria)}
        self._first = [
            each.id for each in self._criteria if each.effect == "prefer" and each.weight == "first"
        ]
        self._distances = {
            place: steps for steps, place in reversed(list(enumerate(self._here.youth.places)))
        }
        self._general: dict[str, list[Reason]] = {}

    def listed(self, services: Iterable[Service]) -> list[Service]:
        """The services that may be shown at all."""
        kinds = [each for each in self._criteria if each.reads == "kind" and each.refused]
        return [
            service
            for service in services
            if service.listing != "never" and not any(is_left_out(each, service) for each in kinds)
        ]

    def for_need(self, need: Need, services: Iterable[Service]) -> NeedMatch:
        """What there is for one need."""
        kinds = set(need.kinds)
        offered = [
            Match(service, self._reasons(service, need)) for service in services if kinds & set(service.kinds)
        ]
        offered.sort(key=self._rank)
        excluded, asked, fitting = list[Match](), list[Match](), list[Match]()
        for each in offered:
            (excluded if each.is_excluded else asked if each.must_ask else fitting).append(each)
        excluded.sort(key=lambda each: sum(reason.excludes for reason in each.reasons))
        wanted = need.wanted_when is not None and self._assessment.explain(need.wanted_when).truth is YES
        return NeedMatch(
            need,
            fits=tuple(fitting),
            ask=tuple(asked),
            excluded=tuple(excluded),
            wanted=wanted,
        )

    def _reasons(self, service: Service, need: Need) -> tuple[Reason, ...]:
        """The reasons in the order of the criteria. What does not depend on the need is worked out once a service."""
        general = self._general.get(service.id)
        if general is None:
            general = self._general[service.id] = self._standing(
                service, self._for_homes if service.residential else self._for_others
            )
        own = [each for each in self._for_needs if need.id in (each.needs or ())]
        special = self._standing(service, own) if own else []
        if not special:
            return tuple(general)
        return tuple(sorted(general + special, key=lambda reason: self._order[reason.criterion.id]))

    def _standing(self, service: Service, criteria: Iterable[Criterion]) -> list[Reason]:
        found = (reason_for(each, service, self._here) for each in criteria)
        return [reason for reason in found if reason is not None]

    def _rank(self, found: Match) -> tuple[object, ...]:
        """What comes first: the criteria that rank one by one, then how many others are met, the rest in plain order."""
        service = found.service
        liked = [reason for reason in found.reasons if reason.criterion.effect == "prefer"]
        met = {reason.criterion.id for reason in liked if reason.verdict == "met"}
        first = [each not in met for each in self._first]
        weighed = [(reason.criterion.weight, reason.verdict) for reason in liked]
        counts = [sign * weighed.count((weight, verdict)) for weight in _COUNTED for verdict, sign in _SIGNS]
        unreachable = not service.phones and service.referral is None
        distance = min((self._distances.get(area, _ELSEWHERE) for area in service.areas), default=_ELSEWHERE)
        return (*first, *counts, self._is_stale(service), unreachable, distance, service.name, service.id)

    def _is_stale(self, service: Service) -> bool:
        """Whether nobody looked after the entry for so long that it stands behind others."""
        if self._here.day is None or self._here.verification is None:
            return False
        seen = service.verified_on or service.as_of
        return (self._here.day - seen).days > self._here.verification.demote_days
