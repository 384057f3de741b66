"""Everything in ``rules/`` as one object, and the one door to the shapes it is made of.

A shape says what a file may hold. Whether ids exist, cycles are absent and values fit is the business of ``checking``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from screening.core.case_shapes import (
    CaseHead,
    CaseValue,
    Expectation,
    LevelName,
    MockCase,
    MustNot,
    Result,
)
from screening.core.charge_shapes import (
    Ask,
    ChargeGroup,
    ChargeKind,
    ChargeLink,
    Charges,
    LinkRule,
    LinkWords,
    Relief,
)
from screening.core.finding_shapes import (
    Band,
    Call,
    Category,
    Concern,
    Definition,
    Indicator,
    IndicatorEntry,
    Instrument,
    Interruption,
    Item,
    LevelRule,
    Levels,
    Outcome,
    Reading,
    SetAside,
    SettingCaveat,
    Validation,
    Wording,
)
from screening.core.help_shapes import (
    Action,
    Due,
    Event,
    Events,
    Gender,
    Holiday,
    LegalNote,
    Need,
    Phone,
    Profile,
    ServedAs,
    Service,
    ServiceKind,
)
from screening.core.placement_shapes import (
    BedRules,
    ContactOutcome,
    Contested,
    CountRules,
    Criterion,
    CriterionWords,
    Feature,
    NoBedReason,
    PlacementGuide,
    PlacementWord,
    ReferralStep,
    StayPlace,
    VerificationRules,
)
from screening.core.question_shapes import (
    SOURCE_OF_WAY,
    About,
    Combine,
    County,
    Jurisdiction,
    Kind,
    Option,
    Profession,
    Question,
    Reference,
    RightsNotice,
    Section,
    SectionHead,
    Setting,
    Strength,
    Way,
)
from screening.core.report_shapes import ReportGuide, ReportLine
from screening.core.shape import Shape
from screening.core.sheet_shapes import Sheet, SheetPart, Sheets, SheetText

__all__ = [
    "SOURCE_OF_WAY",
    "About",
    "Action",
    "Ask",
    "Band",
    "BedRules",
    "Call",
    "CaseHead",
    "CaseValue",
    "Category",
    "ChargeGroup",
    "ChargeKind",
    "ChargeLink",
    "Charges",
    "Combine",
    "Concern",
    "ContactOutcome",
    "Contested",
    "CountRules",
    "County",
    "Criterion",
    "CriterionWords",
    "Definition",
    "Due",
    "Event",
    "Events",
    "Expectation",
    "Feature",
    "Gender",
    "Holiday",
    "Indicator",
    "IndicatorEntry",
    "Instrument",
    "Interruption",
    "Item",
    "Jurisdiction",
    "Kind",
    "LegalNote",
    "LevelName",
    "LevelRule",
    "Levels",
    "LinkRule",
    "LinkWords",
    "MockCase",
    "MustNot",
    "Need",
    "NoBedReason",
    "Option",
    "Outcome",
    "Phone",
    "PlacementGuide",
    "PlacementWord",
    "Profession",
    "Profile",
    "Question",
    "Reading",
    "Reference",
    "ReferralStep",
    "Relief",
    "ReportGuide",
    "ReportLine",
    "Result",
    "RightsNotice",
    "Rulebook",
    "Section",
    "SectionHead",
    "ServedAs",
    "Service",
    "ServiceKind",
    "SetAside",
    "Setting",
    "SettingCaveat",
    "Shape",
    "Sheet",
    "SheetPart",
    "SheetText",
    "Sheets",
    "StayPlace",
    "Strength",
    "Validation",
    "VerificationRules",
    "Way",
    "Wording",
]


@dataclass(frozen=True, eq=False)
class Rulebook:
    """All of ``rules/`` at one digest, cross-checked. Identity is the object: load once and share.

    ``indicators`` and ``definitions`` are ordered so that each stands after those its condition names. ``licensed`` names
    (kind, id) what an agency plugged in under a licence of its own: it is shown to that agency only and never exported.
    ``events``, ``charges``, ``sheets``, ``report`` and ``placement`` may be missing: an edition need not hold those files.
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
    licensed: frozenset[tuple[str, str]] = frozenset()
    events: Events | None = None
    charges: Charges | None = None
    sheets: Mapping[str, Sheet] = field(default_factory=dict)
    report: ReportGuide | None = None
    placement: PlacementGuide | None = None
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

    @cached_property
    def settings(self) -> dict[str, Setting]:
        """Setting id → setting."""
        return {setting.id: setting for setting in self.about.settings}

    @cached_property
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
