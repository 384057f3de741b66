"""What to do about it: law, actions, needs and services."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from screening.core.finding_shapes import Call
from screening.core.shape import ConditionField, Id, Ids, Shape, Text, Texts


class LegalNote(Shape):
    """One rule of law in plain words, dated and sourced.

    A note with the status ``verify_with_counsel`` is shown with exactly that advice.
    """

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
    """By when, counted from what starts the clock: immediately, so many hours or days, or so many working days.

    ``court_hours`` are hours that stand still on Saturdays, Sundays and the holidays of ``rules/events.yaml``.
    """

    # What a file holds is described for its author: exactly one key, and a plain true.
    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 1})

    immediately: Annotated[Literal["true"] | None, WithJsonSchema({"const": True})] = None
    hours: int | None = Field(default=None, ge=1)
    days: int | None = Field(default=None, ge=1)
    court_hours: int | None = Field(default=None, ge=1)
    working_days: int | None = Field(default=None, ge=1)

    @model_validator(mode="before")
    @classmethod
    def _one_way(cls, raw: object) -> object:
        if not isinstance(raw, Mapping) or len(raw) != 1:
            raise ValueError(
                "write exactly one of {immediately: true}, {hours: 24}, {days: 3}, {court_hours: 24}, {working_days: 2}"
            )
        return {key: "true" if value is True else value for key, value in raw.items()}


class Event(Shape):
    """Something that starts a clock, at a moment a person enters.

    Two moments are no events of the file, they are known without asking: ``recognised``, when concern first reached
    *possible*, and ``opened``, when the screening was opened.
    """

    id: Id
    label: Text
    ask: Text
    hint: Text | None = None


class Holiday(Shape):
    """A day on which working days and court hours stand still."""

    day: date
    label: Text
    jurisdictions: Ids | None = None


class Events(Shape):
    """rules/events.yaml: what starts clocks, and the days on which some clocks stand still."""

    events: tuple[Event, ...]
    holidays: tuple[Holiday, ...] = ()
    sources: Ids


class Action(Shape):
    """Something to do: who, by when, on what legal basis.

    ``must`` marks a duty, otherwise it is advice. An action without ``when`` stands beside every result. ``starts`` names
    the event its clock starts from (the recognition of the concern, if nothing is named), ``proof`` what shows that it was
    done, ``calls`` whom to reach. ``report`` marks those done by the report page, ``screen_again`` those done by another
    screening.
    """

    id: Id
    label: Text
    detail: Texts = ()
    when: ConditionField | None = None
    due: Due | None = None
    starts: Id = "recognised"
    proof: Text | None = None
    calls: tuple[Call, ...] = ()
    report: bool = False
    screen_again: bool = False
    must: bool
    order: int
    by: Ids
    settings: Ids | None = None
    jurisdictions: Ids | None = None
    law: Ids = ()
    sources: Ids

    @property
    def followed_up(self) -> bool:
        """Whether it is kept open until it is closed with proof: it has a clock, and something can show that it was done."""
        return self.due is not None and self.proof is not None


class Need(Shape):
    """Help a youth may need, and the kinds of service that give it.

    ``arranged_by`` names those of the kinds that are not this help but arrange it: where only they fit, nothing fits yet.
    ``wanted_when`` says when the youth asked for it.
    """

    id: Id
    label: Text
    when: ConditionField
    wanted_when: ConditionField | None = None
    kinds: Ids
    arranged_by: Ids = ()
    urgent: bool


Gender = Literal["girls", "boys", "transgender"]


class ServedAs(Shape):
    """When a youth counts among those a service says it serves."""

    served: Gender
    when: ConditionField


class Profile(Shape):
    """Which answers say where and for whom help is looked for (in rules/needs.yaml, beside the needs).

    ``age`` names a number question; ``counties`` name choice questions whose options are county ids, the
    first answered one counts; ``under_control`` says when someone may look for the youth, so that an open
    address needs a second thought.
    """

    age: Id
    counties: Ids = Field(min_length=1)
    served_as: tuple[ServedAs, ...]
    under_control: ConditionField


def _told(raw: object) -> object:
    """What an author writes of a feature (yes, 90, one word or several) as the words it stands for."""
    if not isinstance(raw, Mapping):
        return raw
    plain = {True: "yes", False: "no"}
    return {
        name: tuple(
            plain[each] if isinstance(each, bool) else str(each)
            for each in (value if isinstance(value, list | tuple) else (value,))
        )
        for name, value in raw.items()
    }


_WORD_AS_WRITTEN = {"type": ["string", "boolean", "integer"]}
_FEATURES_AS_WRITTEN = {
    "type": "object",
    "additionalProperties": {"anyOf": [_WORD_AS_WRITTEN, {"type": "array", "items": _WORD_AS_WRITTEN}]},
}


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
    """A directory entry in the starter directory. Never holds a street address.

    ``features`` holds what rules/placement.yaml lists as such, id → what is known of it, each a tuple of words.
    ``verified_on`` is the day somebody of an agency called; only that agency's own directory has one.
    """

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
    features: Annotated[Mapping[Id, Texts], BeforeValidator(_told), WithJsonSchema(_FEATURES_AS_WRITTEN)] = (
        Field(default_factory=dict)
    )
    listing: Literal["list", "verify_first", "never"]
    alert: Text | None = None
    as_of: date
    verified_on: date | None = None
    sources: Texts
