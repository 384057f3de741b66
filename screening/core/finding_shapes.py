"""What answers may mean: indicators, instruments, levels of concern, interruptions, outcomes."""

from functools import cached_property
from typing import Annotated, Self

from pydantic import Field, model_validator

from screening.core.conditions import All, AnyOf, Condition, Not
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
    """One scored line of an instrument, met by a condition, or left out here for a stated reason.

    What a left-out item would give is never known: its points stay open in every score.
    """

    id: Id
    label: Text
    when: ConditionField | None = None
    left_out: Text | None = None
    points: int = Field(default=1, ge=1)

    @model_validator(mode="after")
    def _met_or_left_out(self) -> Self:
        if (self.when is None) == (self.left_out is None):
            raise ValueError("an item has either 'when' or, with its reason, 'left_out'")
        return self


class Band(Shape):
    """A range of an instrument's score: from ``at_least`` up to, not including, ``below`` (open when absent)."""

    id: Id
    label: Text
    at_least: int
    below: int | None = None

    def holds(self, score: int) -> bool:
        """Whether a score lies in the band."""
        return score >= self.at_least and (self.below is None or score < self.below)


class Reading(Shape):
    """One published way to read an instrument's score; a tool with two published cut-offs has two."""

    id: Id
    label: Text
    bands: Annotated[tuple[Band, ...], Field(min_length=1)]
    note: Text | None = None


class SetAside(Shape):
    """When an instrument must not be used, and what is done instead."""

    when: ConditionField
    text: Text


class SettingCaveat(Shape):
    """A caveat that holds in some settings only, and is said there first."""

    settings: Ids
    text: Text


class Validation(Shape):
    """Published figures of one study: how an instrument did there, as percentages. What a study does not give is absent."""

    study: Text
    people: int | None = Field(default=None, ge=1)
    reading: Id | None = None
    sensitivity: float | None = Field(default=None, ge=0, le=100)
    specificity: float | None = Field(default=None, ge=0, le=100)
    positive_predictive_value: float | None = Field(default=None, ge=0, le=100)
    negative_predictive_value: float | None = Field(default=None, ge=0, le=100)
    note: Text | None = None
    sources: Ids


class Instrument(Shape):
    """A published tool with its own scoring, or (without ``readings``) a published list that is shown as a list.

    It enters no level of concern unless a rule of ``concern.yaml`` names one of its bands.
    """

    id: Id
    label: Text
    aim: Text
    made_for: Text
    items: Annotated[tuple[Item, ...], Field(min_length=1)]
    readings: tuple[Reading, ...] = ()
    applies_when: ConditionField | None = None
    set_aside: tuple[SetAside, ...] = ()
    settings: Ids | None = None
    jurisdictions: Ids | None = None
    validation: tuple[Validation, ...] = ()
    caveats: Texts
    setting_caveats: tuple[SettingCaveat, ...] = ()
    licence: Text
    sources: Ids

    @property
    def scored(self) -> bool:
        """Whether the tool has a score at all."""
        return bool(self.readings)

    @property
    def bands(self) -> tuple[Band, ...]:
        """The bands of all readings; their ids are unique within the instrument."""
        return tuple(band for reading in self.readings for band in reading.bands)

    @property
    def asked_items(self) -> tuple[tuple[Item, Condition], ...]:
        """The items that are not left out, each with its condition."""
        return tuple((item, item.when) for item in self.items if item.when is not None)

    @property
    def left_out_points(self) -> int:
        """What the left-out items could add to any score."""
        return sum(item.points for item in self.items if item.when is None)

    @cached_property
    def used_when(self) -> Condition | None:
        """Whether the tool is for this youth and not set aside; nothing when it is for everybody, always."""
        parts: list[Condition] = [] if self.applies_when is None else [self.applies_when]
        if self.set_aside:
            parts.append(Not(AnyOf(tuple(each.when for each in self.set_aside))))
        return None if not parts else parts[0] if len(parts) == 1 else All(tuple(parts))


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
