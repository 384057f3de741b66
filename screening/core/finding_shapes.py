"""What answers may mean: indicators, instruments, levels of concern, interruptions, outcomes."""

from pydantic import Field

from screening.core.shape import ConditionField, Id, Ids, Shape, Text, Texts


class Definition(Shape):
    """A named condition other conditions use; never a finding of its own."""

    id: Id
    label: Text
    when: ConditionField
    means: Text
    sources: Ids


class Category(Shape):
    """What kind of sign an indicator is; the concern rule counts categories."""

    id: Id
    label: Text


class IndicatorEntry(Shape):
    """A sign of trafficking or a circumstance, as written in its file."""

    id: Id
    label: Text
    strength: Id
    when: ConditionField
    means: Text
    sources: Ids


class Indicator(IndicatorEntry):
    """A sign of trafficking or a circumstance, with its category."""

    category: Id


class Item(Shape):
    """One scored line of an instrument."""

    id: Id
    label: Text
    when: ConditionField
    points: int = Field(default=1, ge=1)


class Band(Shape):
    """A range of an instrument's score: from ``at_least`` up to, not including, ``below`` (open when absent)."""

    id: Id
    label: Text
    at_least: int
    below: int | None = None

    def holds(self, score: int) -> bool:
        """Whether a score lies in the band."""
        return score >= self.at_least and (self.below is None or score < self.below)


class Instrument(Shape):
    """A published tool with its own scoring, or (``scored: false``) a published list shown as a list."""

    id: Id
    label: Text
    items: tuple[Item, ...]
    bands: tuple[Band, ...] = ()
    scored: bool
    settings: Ids | None = None
    ages: tuple[int, int] | None = None
    caveats: Texts
    licence: Text
    sources: Ids


class Wording(Shape):
    """How a result is put in words."""

    headline: Text
    sentence: Text


class LevelRule(Wording):
    """A level of concern: when it is reached, and its words."""

    when: ConditionField


class Levels(Shape):
    """The two levels that rules reach, and the words for the two results that follow from their bounds."""

    possible: LevelRule
    clear: LevelRule
    none: Wording
    cannot_rule_out: Wording


class Call(Shape):
    """Whom to call at once; in the named jurisdictions only, or everywhere."""

    label: Text
    number: Text
    jurisdictions: Ids | None = None


class Interruption(Shape):
    """Something that outranks the flow of questions the moment it holds."""

    id: Id
    title: Text
    when: ConditionField
    steps: Texts
    calls: tuple[Call, ...] = ()
    stops_asking: bool
    sources: Ids


class Outcome(Shape):
    """Something to be said beside the level."""

    id: Id
    label: Text
    when: ConditionField
    text: Text
    sources: Ids


class Concern(Shape):
    """rules/concern.yaml: the documented consensus that turns findings into a level."""

    rationale: Texts
    sources: Ids
    levels: Levels
    interruptions: tuple[Interruption, ...]
    outcomes: tuple[Outcome, ...]
