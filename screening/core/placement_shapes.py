"""rules/placement.yaml: how a place is told to fit, and the words for what happens on the way to it."""

from typing import Literal

from pydantic import Field

from screening.core.shape import Id, Ids, Shape, Text


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

    ``sex`` and ``age`` name the questions whose answers are kept with each.
    """

    smallest: int = Field(ge=2)
    age_groups: tuple[tuple[int, int], ...] = Field(min_length=1)
    sex: Id
    age: Id
    means: Text


class PlacementGuide(Shape):
    """All of rules/placement.yaml."""

    features: tuple[Feature, ...] = ()
    beds: BedRules
    verification: VerificationRules
    counts: CountRules
    contact_outcomes: tuple[ContactOutcome, ...] = Field(min_length=1)
    no_bed_reasons: tuple[NoBedReason, ...] = Field(min_length=1)
    unmet_reasons: tuple[PlacementWord, ...] = Field(min_length=1)
    referral_steps: tuple[ReferralStep, ...] = Field(min_length=1)
    stay_places: tuple[StayPlace, ...] = Field(min_length=1)
    entry_errors: tuple[PlacementWord, ...] = Field(min_length=1)
    sources: Ids
