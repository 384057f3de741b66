"""Cross-checks: every id leads somewhere, every test fits its question, nothing runs in a circle."""

from collections.abc import Mapping

from screening.core import rule_files as files
from screening.core import rulebook as shapes
from screening.core.conditions import (
    AnswerIs,
    ConcernAtLeast,
    Condition,
    Findings,
    InBand,
    Includes,
    Named,
    NumberAtLeast,
    NumberBelow,
    every_node,
    presumes,
    question_of,
)
from screening.core.rule_files import Origin, did_you_mean
from screening.core.rule_index import Index
from screening.core.statements import UNANSWERED, UNKNOWN_VALUES
from screening.core.values import fits

_LEVELS = ("possible", "clear")
_SIMPLE = "a condition here may only test answers, indicators and definitions"


def check_entries(index: Index) -> tuple[str, ...]:
    """All cross-checks; faults are added to the index. Returns the order in which named conditions can be evaluated."""
    _check_questions(index)
    _check_references(index)
    _check_conditions(index)
    _check_cases(index)
    return _order_named(index)


def _check_questions(index: Index) -> None:
    before: set[str] = set()
    for origin, question in index.all("question"):
        index.need_all("setting", question.settings, origin, "settings")
        if question.applies_when is not None:
            for node in every_node(question.applies_when):
                named = question_of(node)
                if named is None and isinstance(node, Named | InBand | Findings | ConcernAtLeast):
                    origin_fault = origin.fault(
                        "E205", "applies_when may only test answers", "name questions", "applies_when"
                    )
                    index.faults.append(origin_fault)
                elif named is not None and named in index.ids["question"] and named not in before:
                    message = f"applies_when names '{named}', which is asked later"
                    fix = "move that question, or this one, so that it comes after"
                    index.faults.append(origin.fault("E206", message, fix, "applies_when", word=named))
        if question.years_since is not None:
            held = index.ids["question"].get(question.years_since)
            if held is None or held[1].kind != "date":
                message = f"years_since names '{question.years_since}', which is no date question"
                index.faults.append(
                    origin.fault("E207", message, "name a question of kind date", "years_since")
                )
        before.add(question.id)


_REFERENCES: Mapping[str, tuple[tuple[str, str], ...]] = {
    # kind of entry: (its key, the kind of thing that key names)
    "indicator": (("sources", "source"),),
    "instrument": (("sources", "source"), ("settings", "setting"), ("jurisdictions", "jurisdiction")),
    "interruption": (("sources", "source"),),
    "outcome": (("sources", "source"),),
    "note of law": (("sources", "source"), ("jurisdiction", "jurisdiction"), ("professions", "profession")),
    "action": (
        ("sources", "source"),
        ("by", "profession"),
        ("settings", "setting"),
        ("jurisdictions", "jurisdiction"),
        ("law", "note of law"),
    ),
    "need": (("kinds", "kind of service"),),
    "service": (
        ("kinds", "kind of service"),
        ("referred_by", "profession"),
        ("areas", "county or jurisdiction"),
    ),
    "setting": (("profession", "profession"),),
    "county": (("jurisdiction", "jurisdiction"),),
    "jurisdiction": (("within", "jurisdiction"),),
    "rights notice": (("jurisdiction", "jurisdiction"), ("sources", "source")),
    "call": (("jurisdictions", "jurisdiction"),),
}


def _check_references(index: Index) -> None:
    index.ids["county or jurisdiction"] = {**index.ids.get("county", {}), **index.ids.get("jurisdiction", {})}
    notices = index.entries.listed(shapes.About, "rights_notices")
    entries = {kind: list(index.all(kind)) for kind in _REFERENCES}
    entries["rights notice"] = list(notices)
    entries["call"] = [
        (origin, call) for origin, interruption in index.all("interruption") for call in interruption.calls
    ]
    for kind, references in _REFERENCES.items():
        for origin, entry in entries[kind]:
            for key, named in references:
                value = getattr(entry, key)
                index.need_all(named, [value] if isinstance(value, str) else value, origin, key)
    for origin, entry in index.entries.listed(files.IndicatorsFile, "indicators"):
        index.need("strength", entry.strength, origin, "strength")
    for file, concern in index.entries.of(shapes.Concern):
        index.need_all("source", concern.sources, Origin(file, ()), "sources")


def _check_conditions(index: Index) -> None:
    for kind, key, simple in (
        ("question", "applies_when", False),
        ("indicator", "when", True),
        ("interruption", "when", False),
        ("outcome", "when", False),
        ("action", "when", False),
        ("need", "when", False),
        ("note of law", "show_when", False),
    ):
        for origin, entry in index.all(kind):
            condition = getattr(entry, key)
            if condition is not None:
                check_condition(index, condition, origin, key, simple=simple)
    for origin, tool in index.all("instrument"):
        _check_instrument(index, origin, tool)
    _check_levels(index)
    _check_profile(index)


def _check_instrument(index: Index, origin: Origin, tool: shapes.Instrument) -> None:
    for place, item in enumerate(tool.items):
        if item.when is not None:
            check_condition(index, item.when, origin, "items", place, "when", simple=True)
    if tool.applies_when is not None:
        check_condition(index, tool.applies_when, origin, "applies_when", simple=True)
    for place, aside in enumerate(tool.set_aside):
        check_condition(index, aside.when, origin, "set_aside", place, "when", simple=True)
    for place, caveat in enumerate(tool.setting_caveats):
        index.need_all("setting", caveat.settings, origin, "setting_caveats", place, "settings")
    readings = {reading.id for reading in tool.readings}
    for place, study in enumerate(tool.validation):
        index.need_all("source", study.sources, origin, "validation", place, "sources")
        if study.reading is not None and study.reading not in readings:
            message = f"'{tool.id}' has no reading '{study.reading}'"
            fault = origin.fault("E202", message, "name one of its readings", "validation", place, "reading")
            index.faults.append(fault)
    for key, entries in (("items", tool.items), ("readings", tool.readings), ("readings", tool.bands)):
        seen: set[str] = set()
        for entry in entries:
            if entry.id in seen:
                message = f"'{entry.id}' stands twice in '{tool.id}'"
                index.faults.append(origin.fault("E201", message, "give one of them another id", key))
            seen.add(entry.id)


def _check_levels(index: Index) -> None:
    for file, concern in index.entries.of(shapes.Concern):
        origin = Origin(file, ())
        for level in _LEVELS:
            condition = getattr(concern.levels, level).when
            check_condition(index, condition, origin, "levels", level, "when")
            if any(isinstance(node, ConcernAtLeast) for node in every_node(condition)):
                fix = "count findings"
                index.faults.append(
                    origin.fault("E205", "a level cannot rest on a level", fix, "levels", level)
                )


def _check_profile(index: Index) -> None:
    for file, needs in index.entries.of(files.NeedsFile):
        origin = Origin(file, ("profile",))
        index.need_all("question", [needs.profile.age, *needs.profile.counties], origin)
        check_condition(index, needs.profile.under_control, origin, "under_control")
        for place, served in enumerate(needs.profile.served_as):
            check_condition(index, served.when, origin, "served_as", place, "when")


def check_condition(
    index: Index, condition: Condition, origin: Origin, *subpath: str | int, simple: bool = False
) -> None:
    """Every test fits its question, every name leads somewhere; ``simple`` allows answers and named conditions only."""
    for node in every_node(condition):
        match node:
            case AnswerIs() | NumberAtLeast() | NumberBelow() | Includes():
                _check_test(index, node, origin, *subpath)
            case Named(name):
                index.need("indicator", name, origin, *subpath)
            case InBand(instrument, band):
                index.need("instrument", instrument, origin, *subpath)
                _check_band(index, instrument, band, origin, *subpath)
            case Findings(strengths):
                index.need_all("strength", strengths, origin, *subpath)
            case ConcernAtLeast(level) if level not in _LEVELS:
                fault = origin.fault(
                    "E202", f"there is no level '{level}'", "write possible or clear", *subpath, word=level
                )
                index.faults.append(fault)
            case _:
                pass
        behind_level = simple or {"applies_when", "levels"} & set(subpath)
        if presumes(node) and behind_level and origin.path[:1] != ("definitions",):
            fix = "name it in a definition, so that the presumption can be shown"
            index.faults.append(origin.fault("E205", "'unanswered' cannot count here", fix, *subpath))
        if simple and isinstance(node, Findings | ConcernAtLeast | InBand):
            index.faults.append(origin.fault("E205", _SIMPLE, "move it to concern.yaml", *subpath))


def _check_band(index: Index, instrument: str, band: str, origin: Origin, *subpath: str | int) -> None:
    held = index.ids.get("instrument", {}).get(instrument)
    if held and band not in {entry.id for entry in held[1].bands}:
        message = f"'{instrument}' has no band '{band}'"
        index.faults.append(origin.fault("E202", message, "name one of its bands", *subpath))


_FITTING_KINDS: Mapping[type, tuple[str, ...]] = {
    AnswerIs: ("yes_no", "choice"),
    NumberAtLeast: ("number",),
    NumberBelow: ("number",),
    Includes: ("choices",),
}
_FITTING_FORM: Mapping[str, str] = {
    "yes_no": "{id: yes}",
    "choice": "{id: option}",
    "choices": "{id: {includes: option}}",
    "number": "{id: {at_least: 3}} or {id: {below: 18}}",
    "date": "nothing: test the number that counts years since it",
    "text": "nothing: free text is for people",
}


def _check_test(index: Index, node: Condition, origin: Origin, *subpath: str | int) -> None:
    id = str(question_of(node))
    index.need("question", id, origin, *subpath)
    held = index.ids["question"].get(id)
    if held is None:
        return
    question: shapes.Question = held[1]
    unknowns = (*UNKNOWN_VALUES, UNANSWERED)
    only_unknowns = isinstance(node, AnswerIs) and all(value in unknowns for value in node.values)
    if question.kind not in _FITTING_KINDS[type(node)] and not only_unknowns:
        message = f"'{id}' is a {question.kind} question and cannot be tested this way"
        fix = f"test it with {_FITTING_FORM[question.kind]}"
        index.faults.append(origin.fault("E203", message, fix, *subpath, word=id))
        return
    allowed = {"yes", "no"} if question.kind == "yes_no" else set(question.option_labels)
    named = node.values if isinstance(node, AnswerIs) else node.options if isinstance(node, Includes) else ()
    for value in named:
        if value not in allowed and not (isinstance(node, AnswerIs) and value in unknowns):
            message = f"'{id}' has no answer '{value}'"
            fix = f"{did_you_mean(value, allowed)} Its answers: {', '.join(sorted(allowed))}"
            index.faults.append(origin.fault("E202", message, fix, *subpath, word=value))


def _check_cases(index: Index) -> None:
    for file, case in index.entries.of(shapes.MockCase):
        origin = Origin(file, ())
        index.need("setting", case.case.setting, origin, "case")
        index.need("jurisdiction", case.case.jurisdiction, origin, "case")
        for source in ("said", "observed", "record", "collateral"):
            for id, value in getattr(case, source).items():
                index.need("question", id, origin, source)
                held = index.ids["question"].get(id)
                if held is not None and not fits(held[1], value):
                    message = f"'{id}' cannot be answered with {value!r}"
                    fix = f"it is a {held[1].kind} question; rules/README.md shows what each kind takes"
                    index.faults.append(origin.fault("E208", message, fix, source, id))
        for part, kinds in (
            (case.expect, ("raised", "not_raised", "cannot_tell")),
            (case.must_not, ("raised",)),
        ):
            for key in kinds:
                index.need_all("indicator", getattr(part, key), origin)
        for expected in (case.expect, case.must_not):
            index.need_all("outcome", expected.outcomes, origin)
            index.need_all("interruption", expected.interruptions, origin)
            index.need_all("action", expected.actions, origin)
        for tool, bands in case.expect.bands.items():
            index.need("instrument", tool, origin, "expect", "bands")
            for band in bands:
                _check_band(index, tool, band, origin, "expect", "bands", tool)
        index.need_all("service", case.must_not.services, origin)


def _order_named(index: Index) -> tuple[str, ...]:
    """Indicators and definitions, each after those it names; a circle is a fault."""
    order: dict[str, None] = {}
    trail: list[str] = []

    def visit(name: str) -> None:
        if name in order or name not in index.ids.get("indicator", {}):
            return
        origin, entry = index.ids["indicator"][name]
        if name in trail:
            circle = " → ".join([*trail[trail.index(name) :], name])
            fix = "take one of these out of the other's condition"
            index.faults.append(
                origin.fault("E204", f"these conditions name each other in a circle: {circle}", fix, "when")
            )
            return
        trail.append(name)
        for node in every_node(entry.when):
            if isinstance(node, Named):
                visit(node.name)
        trail.pop()
        order[name] = None

    for name in index.ids.get("indicator", {}):
        visit(name)
    return tuple(order)
