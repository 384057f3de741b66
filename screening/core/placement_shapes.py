"""rules/placement.yaml: how a place is told to fit, and the words for what happens on the way to it."""

from datetime import date
from typing import Literal, Self

from pydantic import Field, model_validator

from screening.core.shape import ConditionField, Id, Ids, Shape, Text, Texts


class PlacementWord(Shape):
    """Something a person chooses from a list: its id is kept, its label shown."""

    id: Id
    label: Text
    hint: Text | None = None


class Feature(Shape):
    """What a directory entry can say about a service beyond HSDS's own fields; it travels as a term of our taxonomy.

    ``ask`` is how it is asked on the phone. ``options`` belong to the kinds ``one_of`` and ``some_of``; a ``yes_no`` holds
    *yes* or *no*, ``days`` a whole number. What an entry does not say is unknown, never no. ``restricted`` marks what only
    people who place a youth may read; ``residential`` what concerns places to live only.
    """

    id: Id
    label: Text
    ask: Text
    kind: Literal["yes_no", "one_of", "some_of", "days", "words"]
    options: tuple[PlacementWord, ...] = ()
    restricted: bool = False
    residential: bool = False


class Contested(Shape):
    """A criterion on which those who know disagree: both sides are shown, people decide. ``dispute`` is the question."""

    dispute: Text
    in_favor: Texts = Field(min_length=1)
    against: Texts = Field(min_length=1)


class CriterionWords(Shape):
    """What is said of a service by how it stands; what is not said is not worth saying.

    ``unsaid`` is for what the entry does not say, ``open`` for what the answers do not say. A text may hold ``{ages}``,
    ``{served}``, ``{who}``, ``{value}``: the service's ages, whom it serves, who may refer, what the entry says.
    """

    met: Text | None = None
    missed: Text | None = None
    unsaid: Text | None = None
    open: Text | None = None


Effect = Literal["exclude", "ask", "warn", "prefer", "show", "route"]
Reads = Literal[
    "age",
    "people_served",
    "area",
    "county",
    "kind",
    "referral_path",
    "address",
    "listing",
    "verification",
    "beds",
    "admits_now",
    "field",
    "feature",
    "answers",
]


class Criterion(Shape):
    """What is compared between a youth and a service, and what follows.

    ``effect`` says what a miss does: *exclude* rules the service out, *ask* has somebody call first, *warn* is said beside
    it; *prefer* ranks what meets it, *show* decides nothing, *route* says what comes before any place. ``when`` says which
    youths it concerns (nothing: all), ``looked_for`` whether those whom someone may look for, or the others (as the profile in
    needs.yaml tells), ``needs`` for which needs, ``residential`` whether places to live only.
    ``reads`` names the comparison, ``feature`` or ``field`` what it reads, ``wanted`` and ``refused`` the words that meet or
    miss it, ``at_least`` and ``at_most`` the days, ``by_day`` the hours outside of which admission must be known.
    ``unknown`` says what silence of an entry means: *ask* somebody, ask *homes* only (and let others pass), *tell* it,
    or *ignore* it. It is never a yes. ``weight`` ranks: *first* one by one in the order
    of the file, then *high*, then *normal*. ``why`` and ``support`` tell why, and in words how strong the evidence is.
    """

    id: Id
    label: Text
    effect: Effect
    reads: Reads
    when: ConditionField | None = None
    needs: Ids | None = None
    residential: bool = False
    looked_for: bool | None = None
    feature: Id | None = None
    field: Literal["trafficking_specific", "survivor_led", "open_24_7", "confidential"] | None = None
    wanted: Ids = ()
    refused: Ids = ()
    at_least: int | None = Field(default=None, ge=0)
    at_most: int | None = Field(default=None, ge=0)
    by_day: tuple[int, int] | None = None
    unknown: Literal["ask", "homes", "tell", "ignore"] = "ignore"
    weight: Literal["first", "high", "normal"] = "normal"
    words: CriterionWords
    why: Text
    contested: Contested | None = None
    support: Text
    sources: Ids
    as_of: date


class ContactOutcome(PlacementWord):
    """What came of trying to reach a service. ``unmet`` names the reason that is offered for the ledger when it did not help."""

    reached: bool
    unmet: Id | None = None


class NoBedReason(PlacementWord):
    """Why a place that was asked has no bed for this youth; ``unmet`` as above."""

    unmet: Id


class ReferralStep(PlacementWord):
    """A step of a referral: which steps it may follow (none: a referral may begin with it), whether it ends the referral.

    ``youth_decides`` marks what the youth said; ``unmet`` as above.
    """

    after: Ids | None = None
    ends: bool = False
    youth_decides: bool = False
    unmet: Id | None = None


class AdvocateNote(Shape):
    """What else is said where the screening takes place in one of these settings: to staff, and to the youth."""

    settings: Ids
    text: Text
    youth_text: Text
    youth_spanish: Text


class AdvocateOffer(Shape):
    """A survivor advocate offered during the screening: which services count as one, and what is said about it.

    ``kinds`` are kinds of service that are asked first, ``otherwise`` those that help where none of them can be reached.
    ``need`` is what the referral is for; ``offered``, ``wanted``, ``not_now`` and ``contacted`` name the steps it goes through.
    ``youth_text`` and ``youth_spanish`` are said to the youth, line for line the same; ``detail`` is for staff.
    """

    label: Text
    kinds: Ids = Field(min_length=1)
    otherwise: Ids = ()
    need: Id
    offered: Id
    wanted: Id
    not_now: Id
    contacted: Id
    youth_text: Texts = Field(min_length=1)
    youth_spanish: Texts = Field(min_length=1)
    detail: Texts = Field(min_length=1)
    setting_notes: tuple[AdvocateNote, ...] = ()
    sources: Ids

    @model_validator(mode="after")
    def _says_the_same_twice(self) -> Self:
        if len(self.youth_text) != len(self.youth_spanish):
            raise ValueError("write under youth_spanish one line for each line of youth_text, in that order")
        return self


class StayPlace(PlacementWord):
    """Where a youth can be staying. A safe placement ends the wait; days in detention are counted apart."""

    safe: bool = False
    detention: bool = False


class BedRules(Shape):
    """For how long a word about beds holds, by when a place is asked to answer, and what it is told of the youth.

    ``facts`` are questions whose answers a place needs in order to say yes or no; nothing else about the youth is passed on.
    """

    fresh_hours: int = Field(ge=1)
    answer_within_hours: tuple[int, ...] = Field(min_length=1)
    facts: Ids


class VerificationRules(Shape):
    """After how many days without a call an entry is warned of, and after how many it is put behind others."""

    warn_days: int = Field(ge=1)
    demote_days: int = Field(ge=1)


class CountRules(Shape):
    """How needs that nothing met are counted: the smallest number that is shown, groups of age, and what a count means.

    ``sex`` and ``age`` name the questions whose answers are kept with each; ``place_needs`` the needs that are for a place to
    stay: a safe placement ends the wait for them.
    """

    smallest: int = Field(ge=2)
    age_groups: tuple[tuple[int, int], ...] = Field(min_length=1)
    sex: Id
    age: Id
    place_needs: Ids = ()
    means: Text


class PlacementGuide(Shape):
    """All of rules/placement.yaml. Without ``criteria`` services are matched on age, people served and area alone."""

    features: tuple[Feature, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    beds: BedRules
    verification: VerificationRules
    counts: CountRules
    contact_outcomes: tuple[ContactOutcome, ...] = Field(min_length=1)
    no_bed_reasons: tuple[NoBedReason, ...] = Field(min_length=1)
    unmet_reasons: tuple[PlacementWord, ...] = Field(min_length=1)
    referral_steps: tuple[ReferralStep, ...] = Field(min_length=1)
    advocate: AdvocateOffer | None = None
    stay_places: tuple[StayPlace, ...] = Field(min_length=1)
    entry_errors: tuple[PlacementWord, ...] = Field(min_length=1)
    sources: Ids
