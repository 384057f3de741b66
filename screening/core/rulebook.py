"""The shapes of everything in ``rules/``: small, frozen, typed, and strict about unknown keys.

A shape says what a file may hold. Whether ids exist, cycles are absent and values fit is the business of ``loading``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, StringConstraints, model_validator

from screening.core.conditions import RESERVED_WORDS, Condition, parse_condition
from screening.core.statements import UNKNOWN_VALUES, Source


Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Texts = tuple[Text, ...]
Ids = tuple[Id, ...]
ConditionField = Annotated[Condition, PlainValidator(parse_condition)]


class Shape(BaseModel):
    """What all shapes share: immutable, and an unknown key is a fault, never ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Setting(Shape):
    """Where a screening is done, and what that setting allows."""

    id: Id
    label: Text
    free_text: bool


class Jurisdiction(Shape):
    """A state or the nation; ``within`` names the one whose law applies as well."""

    id: Id
    label: Text
    within: Id | None = None


class County(Shape):
    """A county as questions and service areas name it."""

    id: Id
    label: Text
    jurisdiction: Id


class Profession(Shape):
    """One of the professions an action or a note is for."""

    id: Id
    label: Text


class Strength(Shape):
    """How strongly an indicator speaks, in words. Listed strongest first."""

    id: Id
    label: Text
    means: Text


class RightsNotice(Shape):
    """What a youth is told before being asked anything, by jurisdiction."""

    jurisdiction: Id
    text: Texts
    sources: Ids


class About(Shape):
    """rules/rulebook.yaml: title, version and the vocabularies the other files use."""

    title: Text
    version: Text
    as_of: date
    settings: tuple[Setting, ...]
    jurisdictions: tuple[Jurisdiction, ...]
    counties: tuple[County, ...]
    professions: tuple[Profession, ...]
    strengths: tuple[Strength, ...]
    rights_notices: tuple[RightsNotice, ...]
    limits: Texts


class Reference(Shape):
    """A source: a study, a statute, practice guidance, or the house's own documented consensus."""

    id: Id
    title: Text
    citation: Text | None = None
    url: Text | None = None
    as_of: date
    evidence: Literal["confirmed", "derived", "house"]
    note: Text | None = None


class Option(Shape):
    """One of the listed answers of a question."""

    id: Id
    label: Text

    @model_validator(mode="after")
    def _is_no_unknown(self) -> Self:
        if self.id in UNKNOWN_VALUES:
            raise ValueError(f"every question already has the answer '{self.id}'; an option needs another id")
        return self


Kind = Literal["yes_no", "choice", "choices", "number", "date", "text"]
Way = Literal["ask", "observe", "record", "collateral"]
Combine = Literal["any_yes", "union", "latest", "highest", "lowest"]
SOURCE_OF_WAY: Mapping[str, Source] = {
    "ask": Source.SAID,
    "observe": Source.OBSERVED,
    "record": Source.RECORD,
    "collateral": Source.COLLATERAL,
}
_COMBINE_BY_KIND: Mapping[str, tuple[Combine, ...]] = {
    "yes_no": ("any_yes",),
    "choices": ("union",),
    "number": ("highest", "lowest", "latest"),
    "choice": ("latest", "highest", "lowest"),
    "date": ("latest",),
    "text": ("latest",),
}


class Question(Shape):
    """What is asked, in whose words, from which sources, and why.

    ``ways`` lists the sources in the usual order. ``combine`` says how several known answers become one (the first entry
    by kind is the default). ``years_since`` makes a number question also follow from a date question.
    """

    id: Id
    kind: Kind
    text: Text
    youth_text: Text | None = None
    ways: tuple[Way, ...] = Field(min_length=1)
    why: Text
    ask_like: Texts = ()
    hint: Text | None = None
    options: tuple[Option, ...] = ()
    least: int | None = None
    most: int | None = None
    unit: Text | None = None
    past_only: bool = False
    max_length: int = 1000
    applies_when: ConditionField | None = None
    combine: Combine | None = None
    years_since: Id | None = None
    sensitive: bool = False
    settings: Ids | None = None

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        if self.id in RESERVED_WORDS:
            raise ValueError(f"'{self.id}' is a word of the rule language and cannot be a question's id")
        if (self.kind in ("choice", "choices")) != bool(self.options):
            raise ValueError("options belong to the kinds choice and choices, and those need them")
        if self.kind == "number" and (self.least is None or self.most is None or self.least > self.most):
            raise ValueError("a number question needs least and most, in that order")
        if self.combine is not None and self.combine not in _COMBINE_BY_KIND[self.kind]:
            allowed = ", ".join(_COMBINE_BY_KIND[self.kind])
            raise ValueError(f"combine of a {self.kind} question is one of: {allowed}")
        if (self.youth_text is not None) != ("ask" in self.ways):
            raise ValueError("youth_text and the way 'ask' come together: write both or neither")
        if self.years_since is not None and self.kind != "number":
            raise ValueError("years_since belongs to number questions")
        if len(set(self.ways)) != len(self.ways) or len({option.id for option in self.options}) != len(
            self.options
        ):
            raise ValueError("a way or an option is listed twice")
        return self

    @property
    def combining(self) -> Combine:
        """How several known answers become one: as written, else the default of the kind."""
        return self.combine or _COMBINE_BY_KIND[self.kind][0]

    @property
    def option_labels(self) -> dict[str, str]:
        """Option id → label."""
        return {option.id: option.label for option in self.options}

    def is_for(self, setting: str) -> bool:
        """Whether the question is asked in this setting."""
        return self.settings is None or setting in self.settings


class SectionHead(Shape):
    """Title and purpose of a section as written in its file."""

    id: Id
    title: Text
    lead: Text
    purpose: Literal["screening", "needs"]


class Section(SectionHead):
    """A group of questions that belong on one page."""

    questions: tuple[Question, ...]


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
    """A range of an instrument's score: from ``at_least`` up to but not including ``below`` (open when absent)."""

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


class Interruption(Shape):
    """Something that outranks the flow of questions the moment it holds."""

    id: Id
    title: Text
    when: ConditionField
    steps: Texts
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


class LegalNote(Shape):
    """One rule of law in plain words, dated and sourced. ``verify_with_counsel`` notes are shown with exactly that advice."""

    id: Id
    jurisdiction: Id
    topic: Id
    title: Text
    plain: Text
    citation: Text
    in_force_from: date | None = None
    in_force_until: date | None = None
    verified_on: date
    status: Literal["confirmed", "verify_with_counsel"]
    professions: Ids | None = None
    show_when: ConditionField | None = None
    treats_as_victim: bool = False
    sources: Ids

    def in_force(self, day: date) -> bool:
        """Whether the note is law on that day; an unknown start counts as in force."""
        begun = self.in_force_from is None or self.in_force_from <= day
        return begun and (self.in_force_until is None or day <= self.in_force_until)


class Due(Shape):
    """By when: immediately, or hours or days after the concern was recognised."""

    immediately: Literal["true"] | None = None
    hours: int | None = Field(default=None, ge=1)
    days: int | None = Field(default=None, ge=1)

    @model_validator(mode="before")
    @classmethod
    def _one_way(cls, raw: object) -> object:
        if not isinstance(raw, Mapping) or len(raw) != 1:
            raise ValueError("write exactly one of {immediately: true}, {hours: 24}, {days: 3}")
        return {key: "true" if value is True else value for key, value in raw.items()}


class Action(Shape):
    """Something to do: who, by when, on what legal basis. ``must`` marks a duty, otherwise it is advice."""

    id: Id
    label: Text
    detail: Texts = ()
    when: ConditionField
    due: Due | None = None
    must: bool
    order: int
    by: Ids
    settings: Ids | None = None
    jurisdictions: Ids | None = None
    law: Ids = ()
    sources: Ids


class Need(Shape):
    """Help a youth may need, and the kinds of service that give it."""

    id: Id
    label: Text
    when: ConditionField
    kinds: Ids
    urgent: bool


Gender = Literal["girls", "boys", "transgender"]


class ServedAs(Shape):
    """When a youth counts among those a service says it serves."""

    served: Gender
    when: ConditionField


class Profile(Shape):
    """Which answers say where and for whom help is looked for (in rules/needs.yaml, beside the needs).

    ``age`` names a number question; ``counties`` name choice questions whose options are county ids, the first answered one
    counts; ``under_control`` says when someone may look for the youth, so that an open address needs a second thought.
    """

    age: Id
    counties: Ids = Field(min_length=1)
    served_as: tuple[ServedAs, ...]
    under_control: ConditionField


class ServiceKind(Shape):
    """A kind of service."""

    id: Id
    label: Text


class Phone(Shape):
    """A number to call, text or open."""

    number: Text
    label: Text | None = None
    kind: Literal["voice", "text", "chat"] = "voice"


class Service(Shape):
    """A directory entry in the starter directory. Never holds a street address."""

    id: Id
    organization: Text
    name: Text
    kinds: Ids
    description: Text
    phones: tuple[Phone, ...] = ()
    open_24_7: bool | None = None
    minimum_age: int | None = None
    maximum_age: int | None = None
    genders_served: tuple[Gender, ...] | Literal["all", "unknown"]
    areas: Ids
    referral: Text | None = None
    referred_by: Ids | None = None
    residential: bool = False
    security: Text | None = None
    length_of_stay: Text | None = None
    survivor_led: bool = False
    trafficking_specific: bool = False
    confidential: bool = False
    listing: Literal["list", "verify_first", "never"]
    alert: Text | None = None
    as_of: date
    sources: Texts


class CaseHead(Shape):
    """What a mock case is about."""

    id: Id
    title: Text
    story: Text
    setting: Id
    jurisdiction: Id
    day: date


CaseValue = str | int | tuple[str, ...]
Result = Literal["clear", "possible", "none", "cannot_rule_out"]
LevelName = Literal["none", "possible", "clear"]


class Expectation(Shape):
    """What an expert expects of the rulebook in a mock case."""

    result: Result
    at_least: LevelName
    at_most: LevelName
    raised: Ids = ()
    not_raised: Ids = ()
    cannot_tell: Ids = ()
    outcomes: Ids = ()
    interruptions: Ids = ()
    actions: Ids = ()
    may_stop: bool | None = None


class MustNot(Shape):
    """What must not appear in a mock case."""

    raised: Ids = ()
    outcomes: Ids = ()
    interruptions: Ids = ()
    actions: Ids = ()
    services: Ids = ()


class MockCase(Shape):
    """An invented youth with statements by source, and what an expert expects."""

    case: CaseHead
    said: dict[Id, CaseValue] = {}
    observed: dict[Id, CaseValue] = {}
    record: dict[Id, CaseValue] = {}
    collateral: dict[Id, CaseValue] = {}
    expect: Expectation
    must_not: MustNot = MustNot()


@dataclass(frozen=True, eq=False)
class Rulebook:
    """All of ``rules/`` at one digest, cross-checked. Identity is the object: load once and share.

    ``indicators`` and ``definitions`` are ordered so that each stands after those its condition names.
    """

    about: About
    digest: str
    sources: Mapping[str, Reference]
    sections: tuple[Section, ...]
    definitions: Mapping[str, Definition]
    categories: Mapping[str, Category]
    indicators: Mapping[str, Indicator]
    named_order: tuple[str, ...]
    instruments: Mapping[str, Instrument]
    concern: Concern
    law: Mapping[str, LegalNote]
    actions: tuple[Action, ...]
    needs: tuple[Need, ...]
    profile: Profile
    kinds: Mapping[str, ServiceKind]
    services: Mapping[str, Service]
    cases: Mapping[str, MockCase]
    questions: Mapping[str, Question] = field(init=False)

    def __post_init__(self) -> None:
        questions = {question.id: question for section in self.sections for question in section.questions}
        object.__setattr__(self, "questions", questions)

    @property
    def title(self) -> str:
        """The rulebook's title."""
        return self.about.title

    @property
    def version(self) -> str:
        """The version its editors gave it; ``digest`` is what tells two rulebooks apart for certain."""
        return self.about.version

    @property
    def settings(self) -> dict[str, Setting]:
        """Setting id → setting."""
        return {setting.id: setting for setting in self.about.settings}

    @property
    def jurisdictions(self) -> dict[str, Jurisdiction]:
        """Jurisdiction id → jurisdiction."""
        return {jurisdiction.id: jurisdiction for jurisdiction in self.about.jurisdictions}

    def applicable_jurisdictions(self, jurisdiction: str) -> tuple[str, ...]:
        """The jurisdiction and every one it lies within, innermost first."""
        chain: list[str] = []
        here: str | None = jurisdiction
        while here is not None and here not in chain:
            chain.append(here)
            here = self.jurisdictions[here].within if here in self.jurisdictions else None
        return tuple(chain)

    def named(self, name: str) -> Indicator | Definition:
        """The indicator or definition with that id."""
        return self.indicators[name] if name in self.indicators else self.definitions[name]
