"""A supervisor's reviews in words: what the rules found and what was set, always both; and what stands beside a result."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

from flask import g

from screening.core.advice import calls_for
from screening.core.evaluation import Level
from screening.core.rulebook import Call, Interruption, Rulebook
from screening.core.supposed_level import interruptions_at
from screening.operations.actors import Verb, may
from screening.operations.hand_offs import HandOff, hand_offs_of
from screening.operations.reviews import Review, reviews_of
from screening.web.following import Following
from screening.web.hand_off_pages import is_standing_alert
from screening.web.hand_off_views import unit_sheet
from screening.web.services import services
from screening.web.spoken import gettext as _
from screening.web.spoken import translate
from screening.web.wording import moment_in_words

_LEVELS = {"none": Level.NONE, "possible": Level.POSSIBLE, "clear": Level.CLEAR}
_RANKS = ("none", "cannot_rule_out", "possible", "clear")


@dataclass(frozen=True, slots=True)
class ReviewView:
    """One review in words. ``set`` is empty unless it overrode."""

    review: Review
    found: str
    set: str

    @property
    def sentence(self) -> str:
        """What was found and what the supervisor said, in one sentence."""
        words = {
            "found": self.found,
            "name": self.review.reviewed_by_name or _("a supervisor"),
            "moment": moment_in_words(self.review.reviewed_at),
            "set": self.set,
            "reason": self.review.reason,
        }
        if self.review.decision == "overridden":
            return _(
                "The rules found “%(found)s”; %(name)s set “%(set)s” on %(moment)s because: %(reason)s",
                **words,
            )
        if self.review.decision == "sent_back":
            return _(
                "The rules found “%(found)s”; %(name)s sent it back on %(moment)s because: %(reason)s",
                **words,
            )
        if self.review.reason:
            return _(
                "The rules found “%(found)s”; %(name)s agreed on %(moment)s, and noted: %(reason)s", **words
            )
        return _("The rules found “%(found)s”; %(name)s agreed on %(moment)s.", **words)


@dataclass(frozen=True)
class BesideResult:
    """What people added to a result: reviews and hand-offs. Nothing of it changes what the rules found.

    Attributes:
        reviews: oldest first.
        hand_offs: newest first.
    """

    found: Following
    reviews: Sequence[ReviewView]
    hand_offs: Sequence[HandOff]

    @property
    def override(self) -> ReviewView | None:
        """The level a supervisor set, while no later review says otherwise."""
        last = self.reviews[-1] if self.reviews else None
        return last if last is not None and last.review.decision == "overridden" else None

    @property
    def earlier(self) -> Sequence[ReviewView]:
        """The reviews but for an override that stands, oldest first."""
        return self.reviews if self.override is None else self.reviews[:-1]

    @property
    def changed_since(self) -> bool:
        """Whether the rules find another level now than they did when the override was set."""
        return self.override is not None and self.override.review.level_found != self.found.assessment.result

    @property
    def is_lower(self) -> bool:
        """Whether a supervisor set less than what the rules find."""
        level = None if self.override is None else self.override.review.level_set
        return level is not None and _RANKS.index(level) < _RANKS.index(self.found.assessment.result)

    @property
    def raised(self) -> list[tuple[Interruption, Sequence[Call]]]:
        """What holds from a concern on, with whom to call: where a supervisor set a concern and the rules found none."""
        if (
            self._set is None
            or self._set < Level.POSSIBLE
            or self.found.assessment.at_least >= Level.POSSIBLE
        ):
            return []
        rulebook, place = self.found.rulebook, self.found.record.jurisdiction
        new = interruptions_at(self.found.assessment, self._set)
        return [(each, calls_for(rulebook, each, place)) for each in new]

    @property
    def silent(self) -> int:
        """How many hand-offs got no answer in time."""
        return sum(1 for each in self.hand_offs if each.silent(services().clock()))

    @property
    def may_tell_unit(self) -> bool:
        """Whether the unit can be told, and was not told yet."""
        sheet = unit_sheet(self.found.rulebook)
        told = sheet is not None and any(is_standing_alert(each, sheet) for each in self.hand_offs)
        return sheet is not None and not told and may(g.actor, Verb.HAND_OFF)

    @property
    def alert_id(self) -> str:
        """What an alert sent from this page will be called, so that sending it twice tells once."""
        return str(uuid4())

    @property
    def may_review(self) -> bool:
        """Whether this person signs off."""
        return may(g.actor, Verb.REVIEW_SCREENING)

    @property
    def _set(self) -> Level | None:
        return None if self.override is None else _LEVELS[self.override.review.level_set or "none"]


def beside_result(found: Following) -> BesideResult:
    """What people added to the result of a screening."""
    with services().database.reading(g.actor) as tx:
        reviews, hand_offs = reviews_of(tx, found.record.id), hand_offs_of(tx, found.record.id)
    return BesideResult(found, review_views(reviews, found.rulebook), hand_offs)


def review_views(reviews: Sequence[Review], rulebook: Rulebook) -> list[ReviewView]:
    """Reviews in the words of an edition."""
    return [
        ReviewView(
            each,
            result_headline(rulebook, each.level_found),
            "" if each.level_set is None else result_headline(rulebook, each.level_set),
        )
        for each in reviews
    ]


def result_headline(rulebook: Rulebook, result: str) -> str:
    """What a result is called."""
    return translate(getattr(rulebook.concern.levels, result).headline)
