"""What the pages about referrals show: each as a line of steps in time, what may come next, and which were not followed up."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import g

from screening.core.placement_shapes import PlacementGuide, ReferralStep
from screening.core.rulebook import Rulebook, Service
from screening.operations.directory.finding import services_named
from screening.operations.referrals import Referral, Step, StepRule, StepRules, referrals_of
from screening.web.duty_views import duration_in_words
from screening.web.moment_fields import NOTHING_TYPED, TypedMoment
from screening.web.services import services
from screening.web.spoken import gettext as _
from screening.web.spoken import translate

QUIET_AFTER = timedelta(days=7)
"""After so long without a step a referral counts as not followed up. A waiting place or a call that was promised is asked
about at least once a week: how this house works, not a rule from elsewhere."""


def guide_of(rulebook: Rulebook) -> PlacementGuide | None:
    """The steps of a referral: those of the screening's edition, or of the agency's present one where it has none."""
    return rulebook.placement or services().rulebook_of(g.get("actor")).placement


def step_rules(guide: PlacementGuide) -> StepRules:
    """The steps as the verbs take them."""
    return {
        step.id: StepRule(None if step.after is None else frozenset(step.after), step.ends)
        for step in guide.referral_steps
    }


def first_step(guide: PlacementGuide) -> ReferralStep | None:
    """The step a referral begins with."""
    return next((step for step in guide.referral_steps if step.after is None), None)


def steps_after(guide: PlacementGuide, step_id: str) -> tuple[ReferralStep, ...]:
    """What may follow a step."""
    return tuple(step for step in guide.referral_steps if step_id in (step.after or ()))


def need_label(rulebook: Rulebook, need_id: str) -> str:
    """What a need is called; its id where the edition lists it no longer."""
    return next((translate(need.label) for need in rulebook.needs if need.id == need_id), need_id)


def place_label(service: Service | None) -> str:
    """The name of a service; of one that may not be seen any more, no name."""
    return translate(service.name) if service is not None else _("Place not shown")


def who_refers(rulebook: Rulebook, service: Service) -> list[str]:
    """The professions that may refer to a service, in words; empty if its entry names none."""
    labels = {each.id: translate(each.label) for each in rulebook.about.professions}
    return [labels.get(each, each) for each in service.referred_by or ()]


@dataclass(frozen=True, slots=True)
class ShownStep:
    """A step in words."""

    step: Step
    label: str
    hint: str


@dataclass(frozen=True, slots=True)
class TypedStep:
    """What was typed to record a step, the id it will have, and what is wrong with it: field → message."""

    id: str
    at: TypedMoment = NOTHING_TYPED
    note: str = ""
    faults: tuple[tuple[str, str], ...] = ()
    changed: bool = False


@dataclass(frozen=True, slots=True)
class ReferralView:
    """A referral as its page shows it.

    ``youth_next`` are the steps that only the youth decides, ``service_next`` what the service or staff did. ``unmet`` is the
    reason that is offered for the ledger. ``again``: it is over, and can be offered again.
    """

    referral: Referral
    service: Service | None
    need: str
    steps: tuple[ShownStep, ...]
    youth_next: tuple[ReferralStep, ...]
    service_next: tuple[ReferralStep, ...]
    unmet: str | None
    declined: bool
    quiet_for: str

    @property
    def place(self) -> str:
        """Where the youth is referred to."""
        return place_label(self.service)

    @property
    def is_open(self) -> bool:
        """Whether it goes on."""
        return self.referral.ended_at is None

    @property
    def may_go_on(self) -> bool:
        """Whether any step may follow."""
        return bool(self.youth_next or self.service_next)


def referral_view(
    referral: Referral,
    service: Service | None,
    rulebook: Rulebook,
    guide: PlacementGuide | None,
    now: datetime,
) -> ReferralView:
    """One referral in words."""
    known = {step.id: step for step in guide.referral_steps} if guide else {}
    last = known.get(referral.last.step)
    following = steps_after(guide, referral.last.step) if guide else ()
    quiet = now - referral.last.at
    return ReferralView(
        referral,
        service,
        need_label(rulebook, referral.need),
        tuple(_shown(step, known) for step in referral.steps),
        tuple(step for step in following if step.youth_decides),
        tuple(step for step in following if not step.youth_decides),
        last.unmet if last else None,
        bool(last and last.youth_decides and last.ends),
        duration_in_words(quiet) if referral.ended_at is None and quiet > QUIET_AFTER else "",
    )


def step_label(rulebook: Rulebook, step_id: str) -> str:
    """What people call a step of a referral."""
    steps = rulebook.placement.referral_steps if rulebook.placement else ()
    return next((translate(step.label) for step in steps if step.id == step_id), step_id)


def _shown(step: Step, known: Mapping[str, ReferralStep]) -> ShownStep:
    words = known.get(step.step)
    if words is None:
        return ShownStep(step, step.step, "")
    return ShownStep(step, translate(words.label), translate(words.hint) if words.hint else "")


def referral_views(screening_id: str, rulebook: Rulebook) -> list[ReferralView]:
    """The referrals of a screening: those not followed up first, then the open ones, then those that are over."""
    here = services()
    with here.database.reading(g.actor) as tx:
        referrals = referrals_of(tx, screening_id)
        named = services_named(tx, rulebook, {each.service_id for each in referrals}) if referrals else ()
    by_id = {service.id: service for service in named}
    guide, now = guide_of(rulebook), here.clock()
    views = [referral_view(each, by_id.get(each.service_id), rulebook, guide, now) for each in referrals]
    return sorted(views, key=lambda each: (not each.is_open, not each.quiet_for))
