"""What in the rulebook uses a question, an indicator, a note of law or a source."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any

from screening.core.conditions import Condition, Findings, InBand, Named, every_node, question_of
from screening.core.rulebook import MockCase, Rulebook
from screening.core.statements import Source


@dataclass(frozen=True, slots=True)
class Use:
    """One place that uses an entry: what kind of thing it is, its id and label, and how it uses the entry."""

    kind: str
    id: str
    label: str
    how: str


def name_of(entry: Any) -> str:
    """What people call an entry: its label, title, text or name, whichever it has."""
    named = (getattr(entry, key, None) for key in ("label", "title", "text", "name"))
    return next((str(name) for name in named if name), str(entry.id))


def users_of(rulebook: Rulebook, id: str, kind: str | None = None) -> tuple[Use, ...]:
    """Everything that uses the entry with that id, in the order of the rulebook; mock cases last.

    Args:
        rulebook: the loaded rulebook.
        id: the entry's id.
        kind: what the id is of, where entries of two kinds share it ("question", "indicator", "action", ...);
            without it all are looked for. "indicator" stands for definitions too, which share their ids.
    """
    return tuple(dict.fromkeys(use for of, use in _uses(rulebook).get(id, ()) if kind is None or of == kind))


_Place = tuple[str, str, str]
_Found = tuple[str, str, Use]  # the kind and the id of what is used, and its use


@lru_cache(maxsize=4)
def _uses(rulebook: Rulebook) -> Mapping[str, Sequence[tuple[str, Use]]]:
    """Every id → its uses. Gathered once a rulebook: to explain one entry or all of them costs the same walk."""
    gathered: dict[str, list[tuple[str, Use]]] = {}
    for kind, id, use in chain(
        (use for place, condition in _conditions(rulebook) for use in _tested(rulebook, place, condition)),
        _named_outside_conditions(rulebook),
        (use for case in rulebook.cases.values() for use in _in_case(case)),
    ):
        gathered.setdefault(id, []).append((kind, use))
    return gathered


def _entries(rulebook: Rulebook) -> Iterator[tuple[str, Any]]:
    """Every entry that may carry a condition or sources, with its kind."""
    for kind, entries in (
        ("question", rulebook.questions.values()),
        ("definition", rulebook.definitions.values()),
        ("indicator", rulebook.indicators.values()),
        ("instrument", rulebook.instruments.values()),
        ("interruption", rulebook.concern.interruptions),
        ("outcome", rulebook.concern.outcomes),
        ("action", rulebook.actions),
        ("need", rulebook.needs),
        ("note of law", rulebook.law.values()),
        ("service", rulebook.services.values()),
        ("kind of charge", rulebook.charges.kinds if rulebook.charges else ()),
        ("relief", rulebook.charges.reliefs if rulebook.charges else ()),
        ("criterion", rulebook.placement.criteria if rulebook.placement else ()),
    ):
        for entry in entries:
            yield kind, entry


def _conditions(rulebook: Rulebook) -> Iterator[tuple[_Place, Condition]]:
    """Every condition of the rulebook with the place that holds it."""
    for kind, entry in _entries(rulebook):
        place = (kind, entry.id, name_of(entry))
        for key in ("applies_when", "when", "wanted_when", "show_when"):
            condition = getattr(entry, key, None)
            if condition is not None:
                yield place, condition
        if kind == "instrument":
            for item, when in entry.asked_items:
                yield (kind, entry.id, f"{entry.label}: {item.label}"), when
            for aside in entry.set_aside:
                yield (kind, entry.id, f"{entry.label}: not used"), aside.when
    levels = rulebook.concern.levels
    yield ("level", "possible", levels.possible.headline), levels.possible.when
    yield ("level", "clear", levels.clear.headline), levels.clear.when
    for kind_of_charge in rulebook.charges.kinds if rulebook.charges else ():
        for rule in kind_of_charge.links:
            if rule.when is not None:
                yield ("kind of charge", kind_of_charge.id, kind_of_charge.label), rule.when
    for sheet in rulebook.sheets.values():
        for text in sheet.texts:
            if text.when is not None:
                yield ("sheet", sheet.id, f"{sheet.title}: {text.heading}"), text.when
    yield ("profile", "under_control", "someone may look for the youth"), rulebook.profile.under_control
    for served in rulebook.profile.served_as:
        yield ("profile", "served_as", f"counts as {served.served}"), served.when


def _tested(rulebook: Rulebook, place: _Place, condition: Condition) -> Iterator[_Found]:
    """What one condition uses: answers, the truth of other conditions, scores, and findings by their strength."""
    for node in every_node(condition):
        question = question_of(node)
        if question is not None:
            yield "question", question, Use(*place, "tests its answer")
        match node:
            case Named(name):
                yield "indicator", name, Use(*place, "names it in its condition")
            case InBand(instrument, band):
                yield "instrument", instrument, Use(*place, f"looks at its band {band}")
            case Findings(strengths):
                for indicator in rulebook.indicators.values():
                    if indicator.strength in strengths:
                        yield (
                            "indicator",
                            indicator.id,
                            Use(*place, f"counts {indicator.strength} indicators"),
                        )
            case _:
                pass


_NAMING_KEYS = (
    # key, the kind of thing it names, how that is used
    ("law", "note of law", "rests on it"),
    ("sources", "source", "rests on it"),
)


def _named_outside_conditions(rulebook: Rulebook) -> Iterator[_Found]:
    """The keys, other than conditions, by which entries name each other."""
    for kind, entry in _entries(rulebook):
        place = (kind, entry.id, name_of(entry))
        if getattr(entry, "years_since", None):
            yield "question", entry.years_since, Use(*place, "also follows from its date")
        for named in getattr(entry, "kinds", ()):
            yield "kind of service", named, Use(*place, "gives it" if kind == "service" else "is met by it")
        for study in getattr(entry, "validation", ()):
            yield from (("source", named, Use(*place, "rests on it")) for named in study.sources)
        for key, named_kind, how in _NAMING_KEYS:
            for named in getattr(entry, key, ()):
                yield named_kind, named, Use(*place, how)
    for named in rulebook.concern.sources:
        yield "source", named, Use("level", "concern", "the rule of concern", "rests on it")
    for notice in rulebook.about.rights_notices:
        use = Use("rights notice", notice.jurisdiction, "what a youth is told first", "rests on it")
        yield from (("source", named, use) for named in notice.sources)
    yield from _named_after_a_result(rulebook)
    yield from _named_to_find_a_place(rulebook)
    profile = rulebook.profile
    yield "question", profile.age, Use("profile", "age", "which services fit the age", "reads its answer")
    for named in profile.counties:
        yield "question", named, Use("profile", "counties", "where help is looked for", "reads its answer")


def _named_after_a_result(rulebook: Rulebook) -> Iterator[_Found]:
    """What the clocks, the charges and the sheets name."""
    for action in rulebook.actions:
        yield "event", action.starts, Use("action", action.id, action.label, "its clock starts there")
    for kind in rulebook.charges.kinds if rulebook.charges else ():
        use = Use("kind of charge", kind.id, kind.label, "rests on it")
        yield from (("note of law", named, use) for named in kind.law)
        yield from (("source", named, use) for rule in kind.links for named in rule.sources)
        yield from (("note of law", named, use) for ask in kind.asks for named in ask.law)
    for sheet in rulebook.sheets.values():
        use = Use("sheet", sheet.id, sheet.title, "rests on it")
        yield from (("source", named, use) for text in sheet.texts for named in text.sources)
        yield from (("note of law", named, use) for text in sheet.texts for named in text.law)
        for named in sheet.answers:
            yield "question", named, Use("sheet", sheet.id, sheet.title, "may show its answer")
    for line in rulebook.report.lines if rulebook.report else ():
        for named in line.questions:
            yield "question", named, Use("report page", line.id, line.label, "shows its answer")


def _named_to_find_a_place(rulebook: Rulebook) -> Iterator[_Found]:
    """Features, and the needs and kinds that criteria name."""
    if rulebook.placement is None:
        return
    for criterion in rulebook.placement.criteria:
        place = ("criterion", criterion.id, criterion.label)
        if criterion.feature is not None:
            yield "feature", criterion.feature, Use(*place, "reads it")
        for named in criterion.needs or ():
            yield "need", named, Use(*place, "is for it")
        if criterion.reads == "kind":
            for named in (*criterion.wanted, *criterion.refused):
                yield "kind of service", named, Use(*place, "looks at it")
    for service in rulebook.services.values():
        for named in service.features:
            yield "feature", named, Use("service", service.id, service.name, "tells it")


_CASE_KEYS = (
    ("raised", "indicator"),
    ("not_raised", "indicator"),
    ("cannot_tell", "indicator"),
    ("outcomes", "outcome"),
    ("interruptions", "interruption"),
    ("actions", "action"),
    ("services", "service"),
    ("bands", "instrument"),
)


def _in_case(case: MockCase) -> Iterator[_Found]:
    place = ("mock case", case.case.id, case.case.title)
    for source in Source:
        for question in getattr(case, source):
            yield "question", question, Use(*place, "answers it")
    for part, how in (
        (case.expect, "says what is expected of it"),
        (case.must_not, "says that it must not be there"),
    ):
        for key, kind in _CASE_KEYS:
            for named in getattr(part, key, ()):
                yield kind, named, Use(*place, how)
