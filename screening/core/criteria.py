"""One criterion, one service, one youth → how the service stands. Three-valued: what nobody knows is never a yes.

The comparisons are generic; what is compared, what counts and what is said about it are data of ``rules/criteria/``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, NamedTuple

from screening.core.bed_words import BedWord
from screening.core.help_shapes import Gender, Service
from screening.core.placement_shapes import BedRules, Criterion, Feature, Reads, VerificationRules
from screening.core.truth import NO, UNKNOWN, YES, Truth

Verdict = Literal["met", "missed", "unknown", "note"]
_DECIDING = ("exclude", "ask")


@dataclass(frozen=True, slots=True)
class YouthProfile:
    """What matching needs to know of a youth; never a name.

    ``places`` runs from the county outwards to the nation; ``county`` is nothing as long as it is not answered.
    """

    age: int | None
    places: tuple[str, ...]
    county: str | None
    served_as: Mapping[Gender, Truth]


@dataclass(frozen=True, slots=True)
class Circumstances:
    """The youth, who is looking, and what is known at this moment.

    Attributes:
        youth: the profile.
        concerns: criterion → whether it concerns this youth.
        profession: of whoever looks; empty if it does not matter.
        beds: service → the latest word about its beds.
        now: the moment, in the time of the place; nothing if no moment is asked about.
        day: the day that verification is counted to; nothing if it does not matter.
        features: what entries can say, by id.
        states: county → the jurisdiction it lies in.
        bed_rules: for how long a word about beds holds.
        verification: when an entry must be called again.
    """

    youth: YouthProfile
    concerns: Mapping[str, Truth]
    profession: str
    beds: Mapping[str, BedWord]
    now: datetime | None
    day: date | None
    features: Mapping[str, Feature]
    states: Mapping[str, str]
    bed_rules: BedRules | None
    verification: VerificationRules | None


@dataclass(frozen=True, slots=True)
class Reason:
    """How a service stands by one criterion.

    Attributes:
        criterion: which.
        verdict: met, missed, unknown, or a note that decides nothing.
        is_open: what is unknown is an answer about the youth, not what the entry says.
        excludes: it rules the service out.
        asks: somebody must ask before anybody relies on the service.
    """

    criterion: Criterion
    verdict: Verdict
    is_open: bool = False
    excludes: bool = False
    asks: bool = False

    @property
    def words(self) -> str | None:
        """What the rulebook says about it, not yet translated, with its blanks; nothing if it is not worth saying."""
        words = self.criterion.words
        if self.verdict == "unknown":
            return (words.open if self.is_open else None) or words.unsaid or words.open
        return words.missed if self.verdict == "missed" else words.met


class _Compared(NamedTuple):
    """What a comparison found; ``is_open`` if it lacks an answer about the youth."""

    truth: Truth
    is_open: bool = False


_MET, _MISSED, _UNSAID, _OPEN = _Compared(YES), _Compared(NO), _Compared(UNKNOWN), _Compared(UNKNOWN, True)


def reason_for(criterion: Criterion, service: Service, here: Circumstances) -> Reason | None:
    """How the service stands by the criterion; nothing where that says nothing about this youth and this service."""
    concerns = here.concerns.get(criterion.id, YES)
    if concerns is NO or (criterion.residential and not service.residential):
        return None
    found = _COMPARISONS[criterion.reads](criterion, service, here)
    if found is None:
        return None
    if concerns is UNKNOWN:
        # It may concern the youth: what is not a plain yes of the service must be asked. No preference rests on a guess.
        if found.truth is YES or criterion.effect not in _DECIDING:
            return None
        found = _OPEN
    return _reason(criterion, service, found)


def _reason(criterion: Criterion, service: Service, found: _Compared) -> Reason | None:
    effect = criterion.effect
    if found.truth is YES:
        is_note = effect == "route" or (
            effect in ("show", "warn") and criterion.reads in ("feature", "answers")
        )
        return Reason(criterion, "note" if is_note else "met")
    if found.truth is NO:
        return Reason(criterion, "missed", excludes=effect == "exclude", asks=effect == "ask")
    if found.is_open:
        return Reason(criterion, "unknown", is_open=True, asks=effect in _DECIDING)
    if criterion.unknown == "ignore" or (criterion.unknown == "homes" and not service.residential):
        return None
    asks = effect in _DECIDING and criterion.unknown != "tell"
    return Reason(criterion, "unknown", asks=asks)


def is_left_out(criterion: Criterion, service: Service) -> bool:
    """Whether the service is of a kind that must not appear at all, for anybody."""
    return criterion.reads == "kind" and bool(set(criterion.refused) & set(service.kinds))


def _age(_criterion: Criterion, service: Service, here: Circumstances) -> _Compared:
    lowest, highest, age = service.minimum_age, service.maximum_age, here.youth.age
    if lowest is None and highest is None:
        return _UNSAID
    if age is None:
        return _OPEN
    outside = (lowest is not None and age < lowest) or (highest is not None and age > highest)
    return _MISSED if outside else _MET


def _people_served(_criterion: Criterion, service: Service, here: Circumstances) -> _Compared:
    if service.genders_served == "all":
        return _MET
    if service.genders_served == "unknown" or not service.genders_served:
        return _UNSAID
    served = max(here.youth.served_as.get(gender, UNKNOWN) for gender in service.genders_served)
    return _OPEN if served is UNKNOWN else _Compared(served)


def _area(_criterion: Criterion, service: Service, here: Circumstances) -> _Compared:
    if not service.areas:
        return _UNSAID
    if any(area in here.youth.places for area in service.areas):
        return _MET
    nearby = any(here.states.get(area) in here.youth.places for area in service.areas)
    return _OPEN if nearby and here.youth.county is None else _MISSED


def _county(_criterion: Criterion, service: Service, here: Circumstances) -> _Compared:
    return _MET if here.youth.county in service.areas else _MISSED


def _kind(criterion: Criterion, service: Service, _here: Circumstances) -> _Compared:
    if set(criterion.refused) & set(service.kinds):
        return _MISSED
    return _MET if not criterion.wanted or set(criterion.wanted) & set(service.kinds) else _MISSED


def _referral_path(_criterion: Criterion, service: Service, here: Circumstances) -> _Compared:
    if not service.referred_by:
        return _UNSAID
    if not here.profession:
        return _OPEN
    return _MET if here.profession in service.referred_by else _MISSED


def _address(_criterion: Criterion, service: Service, _here: Circumstances) -> _Compared:
    return _MET if service.confidential else _MISSED


def _listing(_criterion: Criterion, service: Service, _here: Circumstances) -> _Compared:
    return _MISSED if service.listing == "verify_first" else _MET


def _verification(_criterion: Criterion, service: Service, here: Circumstances) -> _Compared | None:
    if here.day is None or here.verification is None:
        return None
    if service.verified_on is None:
        return _UNSAID
    return _MET if (here.day - service.verified_on).days <= here.verification.warn_days else _MISSED


def _beds(_criterion: Criterion, service: Service, here: Circumstances) -> _Compared | None:
    word = here.beds.get(service.id)
    if here.now is None or here.bed_rules is None:
        return None
    if word is None or not word.is_fresh(here.now, here.bed_rules):
        return _UNSAID
    if word.status in ("full", "waitlist"):
        return _MISSED
    if word.status != "available":
        return _UNSAID
    served = _served_word(word.serves, here.youth)
    return _OPEN if served is UNKNOWN else _Compared(served)


def _served_word(serves: str | None, youth: YouthProfile) -> Truth:
    """Whether a bed kept for certain people is for this youth; a word nobody knows must be asked about."""
    if serves is None or serves == "all":
        return YES
    return next((truth for served, truth in youth.served_as.items() if served == serves), UNKNOWN)


def _admits_now(criterion: Criterion, service: Service, here: Circumstances) -> _Compared | None:
    """Whether it takes youths in at this hour. By day that goes without saying, so nothing is said."""
    if here.now is None or criterion.by_day is None:
        return None
    begins, ends = criterion.by_day
    if begins <= here.now.hour < ends:
        return None
    if service.open_24_7:
        return _MET
    return _feature(criterion, service, here) if criterion.feature else _UNSAID


def _field(criterion: Criterion, service: Service, _here: Circumstances) -> _Compared:
    value: bool | None = getattr(service, criterion.field or "", None)
    return _UNSAID if value is None else _Compared(YES if value else NO)


def _feature(criterion: Criterion, service: Service, here: Circumstances) -> _Compared:
    feature = here.features.get(criterion.feature or "")
    values = service.features.get(criterion.feature or "", ())
    if feature is None or not values:
        return _UNSAID
    if feature.kind == "days":
        return _days(criterion, values[0])
    wanted, refused = set(criterion.wanted), set(criterion.refused)
    if refused & set(values):
        return _MISSED
    if wanted & set(values) or (feature.kind == "words" and not wanted):
        return _MET
    known = {"yes", "no"} if feature.kind == "yes_no" else {option.id for option in feature.options}
    if feature.kind == "some_of" or not set(values) <= known:
        # A list that does not name it says nothing about it; words of somebody else's have to be asked about.
        return _MET if not wanted and not refused and set(values) & known else _UNSAID
    return _MISSED if wanted else _MET


def _days(criterion: Criterion, value: str) -> _Compared:
    if not value.isascii() or not value.isdigit():
        return _UNSAID
    days = int(value)
    too_few = criterion.at_least is not None and days < criterion.at_least
    too_many = criterion.at_most is not None and days > criterion.at_most
    return _MISSED if too_few or too_many else _MET


def _answers(_criterion: Criterion, _service: Service, _here: Circumstances) -> _Compared:
    return _MET


_COMPARISONS: Mapping[Reads, Callable[[Criterion, Service, Circumstances], _Compared | None]] = {
    "age": _age,
    "people_served": _people_served,
    "area": _area,
    "county": _county,
    "kind": _kind,
    "referral_path": _referral_path,
    "address": _address,
    "listing": _listing,
    "verification": _verification,
    "beds": _beds,
    "admits_now": _admits_now,
    "field": _field,
    "feature": _feature,
    "answers": _answers,
}
