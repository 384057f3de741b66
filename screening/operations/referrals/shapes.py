"""What goes into and comes out of the verbs on referrals, and how they refuse."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from screening.operations.actors import Refusal

LONGEST_WORDS = 500


class ReferralRefused(Refusal):
    """A referral cannot be made or moved on like this. Nothing was changed."""


class ReferralNotFound(ReferralRefused):
    """There is no such referral in the actor's agency."""

    def __init__(self) -> None:
        super().__init__("There is no such referral in your agency.")


class ReferralExists(ReferralRefused):
    """The youth is referred to that service for that need already, and it is not over. ``referral_id`` says which it is."""

    def __init__(self, referral_id: str) -> None:
        super().__init__("There is an open referral to this service for this need already.")
        self.referral_id = referral_id


class ReferralChanged(ReferralRefused):
    """Somebody recorded another step since the page was opened. Both are told apart by a person, none is overwritten."""

    def __init__(self) -> None:
        super().__init__(
            "Somebody recorded another step meanwhile. See how it stands now, then record yours."
        )


@dataclass(frozen=True, slots=True)
class StepRule:
    """What the rules say of a step: which steps it may follow (nothing: a referral begins with it), whether it ends one."""

    after: frozenset[str] | None
    ends: bool = False


StepRules = Mapping[str, StepRule]
"""Step → its rule. Whoever calls takes them from the rulebook: the verbs themselves know no steps."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step as it was recorded: what, when it was, by whom; ``note`` holds the words about it."""

    sequence: int
    step: str
    at: datetime
    recorded_by_name: str
    recorded_at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class Referral:
    """A referral with all its steps, the first one first."""

    id: str
    screening_id: str
    service_id: str
    need: str
    made_by_name: str
    made_at: datetime
    ended_at: datetime | None
    steps: tuple[Step, ...]

    @property
    def last(self) -> Step:
        """The step that counts now."""
        return self.steps[-1]


def checked_words(words: Mapping[str, str]) -> dict[str, str]:
    """The words that are there: one short note. Raises ReferralRefused."""
    kept = {name: text.strip() for name, text in words.items() if text.strip()}
    if not kept.keys() <= {"note"}:
        raise ReferralRefused("A step of a referral has a note, nothing else.")
    if any(len(text) > LONGEST_WORDS or not text.isprintable() for text in kept.values()):
        raise ReferralRefused(f"Keep it to one line of at most {LONGEST_WORDS} characters.")
    return kept
