"""Where screenings are done, and what is asked there."""

from collections.abc import Mapping
from datetime import date
from typing import Literal, Self

from pydantic import Field, model_validator

from screening.core.conditions import RESERVED_WORDS
from screening.core.shape import ConditionField, Id, Ids, Shape, Text, Texts
from screening.core.statements import UNANSWERED, UNKNOWN_VALUES, Source


class Setting(Shape):
    """Where a screening is done, the profession of those who do it there, and whether free text is allowed."""

    id: Id
    label: Text
    profession: Id
    free_text: bool


class Jurisdiction(Shape):
    """A state, a group of states or the nation; ``within`` names the one whose law applies as well.

    ``hint`` helps to choose it: what people mistake at its borders, for example.
    """

    id: Id
    label: Text
    within: Id | None = None
    hint: Text | None = None


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
    """How strongly an indicator speaks, in words. Listed strongest first.

    ``background`` marks what is shown apart from the signs, because it raises nothing alone.
    """

    id: Id
    label: Text
    means: Text
    background: bool = False


_STAFF_LINE = "For staff"


class RightsNotice(Shape):
    """What a youth is told before being asked anything, by jurisdiction. Lines that begin with "For staff" are not read out.

    ``spanish`` says the lines that are heard in Spanish, one for one. Editions kept from before it have none.
    """

    jurisdiction: Id
    text: Texts
    spanish: Texts | None = None
    sources: Ids

    @property
    def heard(self) -> tuple[tuple[int, str], ...]:
        """The lines a youth hears, each with its place."""
        return tuple(
            (place, line) for place, line in enumerate(self.text) if not line.startswith(_STAFF_LINE)
        )


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
    """One of the listed answers of a question; ``spanish`` says it to a youth who is asked."""

    id: Id
    label: Text
    spanish: Text | None = None

    @model_validator(mode="after")
    def _is_no_unknown(self) -> Self:
        if self.id in (*UNKNOWN_VALUES, UNANSWERED):
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

    ``ways`` lists the sources in the usual order. ``combine`` says how several known answers become one (the
    first entry by kind is the default). ``years_since`` makes a number question also follow from a date
    question. ``youth_spanish`` and ``ask_like_spanish`` say in Spanish what ``youth_text`` and ``ask_like`` say;
    editions kept from before them have neither, so it is a proof (E311) that asks for them, not the shape.
    """

    id: Id
    kind: Kind
    text: Text
    youth_text: Text | None = None
    youth_spanish: Text | None = None
    ways: tuple[Way, ...] = Field(min_length=1)
    why: Text
    ask_like: Texts = ()
    ask_like_spanish: Texts = ()
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
        if self.youth_text is None and (self.youth_spanish is not None or self.ask_like_spanish):
            raise ValueError("youth_spanish and ask_like_spanish say what youth_text says: write that first")
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

    @property
    def spanish_options(self) -> tuple[str, ...]:
        """The options as a youth hears them in Spanish; names of counties have no Spanish and are left out."""
        return tuple(option.spanish for option in self.options if option.spanish is not None)

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
