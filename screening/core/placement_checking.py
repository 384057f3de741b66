"""Cross-checks of the criteria by which services are matched, of the features they read, and of what services say of these."""

import re
from collections.abc import Iterable

from screening.core import rulebook as shapes
from screening.core.checking import check_condition
from screening.core.rule_files import CriteriaFile, Origin, did_you_mean
from screening.core.rule_index import Index

_BLANK = re.compile(r"\{(\w*)\}")
_BLANKS = frozenset({"ages", "served", "who", "value"})
_YES_NO = frozenset({"yes", "no"})
_READS_FEATURE = ("feature", "admits_now")


def check_criteria(index: Index) -> None:
    """All of these cross-checks; faults are added to the index."""
    for origin, feature in index.all("feature"):
        _check_feature(index, origin, feature)
    for origin, criterion in index.all("criterion"):
        _check_criterion(index, origin, criterion)
    for origin, need in index.all("need"):
        if need.wanted_when is not None:
            check_condition(index, need.wanted_when, origin, "wanted_when")
        for kind in need.arranged_by:
            if kind not in need.kinds:
                fix = "add it to kinds as well, or take it out here"
                message = f"'{kind}' is none of the kinds of '{need.id}'"
                index.faults.append(origin.fault("E202", message, fix, "arranged_by", word=kind))
    for origin, service in index.all("service"):
        _check_service(index, origin, service)
    if not list(index.entries.of(shapes.PlacementGuide)):
        for file, _criteria in index.entries.of(CriteriaFile):
            fix = "add placement.yaml, which holds the features that they read"
            index.faults.append(
                Origin(file, ()).fault("E210", "there are criteria but no placement.yaml", fix, "criteria")
            )


def _check_feature(index: Index, origin: Origin, feature: shapes.Feature) -> None:
    listed = feature.kind in ("one_of", "some_of")
    if listed != bool(feature.options):
        message = f"the feature '{feature.id}' is of the kind {feature.kind}" + (
            " and lists no options" if listed else ", which has no options"
        )
        fix = "list its options" if listed else "take the options out, or make it one_of or some_of"
        index.faults.append(origin.fault("E210", message, fix, "options" if feature.options else "kind"))
    seen: set[str] = set()
    for place, option in enumerate(feature.options):
        if option.id in seen:
            message = f"'{option.id}' stands twice in '{feature.id}'"
            index.faults.append(
                origin.fault("E201", message, "give one of them another id", "options", place)
            )
        seen.add(option.id)


def _check_criterion(index: Index, origin: Origin, criterion: shapes.Criterion) -> None:
    index.need_all("source", criterion.sources, origin, "sources")
    index.need_all("need", criterion.needs, origin, "needs")
    if criterion.when is not None:
        check_condition(index, criterion.when, origin, "when")
    for key, belongs in (
        ("feature", criterion.reads in _READS_FEATURE),
        ("field", criterion.reads == "field"),
        ("by_day", criterion.reads == "admits_now"),
    ):
        if (getattr(criterion, key) is not None) != belongs:
            message = f"'{criterion.id}' reads {criterion.reads}, " + (
                f"so it needs '{key}'" if belongs else f"which has no '{key}'"
            )
            fix = f"add {key}" if belongs else f"take {key} out, or change what it reads"
            index.faults.append(origin.fault("E210", message, fix, "reads" if belongs else key))
    _check_words(index, origin, criterion)
    if criterion.reads == "kind":
        index.need_all("kind of service", (*criterion.wanted, *criterion.refused), origin)
    if criterion.feature is not None:
        index.need("feature", criterion.feature, origin, "feature")
        _origin, feature = index.ids.get("feature", {}).get(criterion.feature, (None, None))
        if feature is not None:
            _check_reading(index, origin, criterion, feature)


def _check_reading(
    index: Index, origin: Origin, criterion: shapes.Criterion, feature: shapes.Feature
) -> None:
    """What a criterion wants of a feature is something the feature can say, and silence is never as good as a yes."""
    for key in ("wanted", "refused"):
        _check_values(index, origin, feature, getattr(criterion, key), key)
    bounded = criterion.at_least is not None or criterion.at_most is not None
    if bounded != (feature.kind == "days"):
        message = f"the feature '{feature.id}' is of the kind {feature.kind}"
        fix = "name at_least or at_most" if feature.kind == "days" else "take at_least and at_most out"
        index.faults.append(origin.fault("E210", message, fix, "feature"))
    decides = criterion.effect in ("exclude", "ask")
    if (
        decides
        and criterion.unknown != "ask"
        and not (criterion.unknown == "homes" and criterion.residential)
    ):
        message = (
            f"'{criterion.id}' decides by '{feature.id}', and an entry that says nothing of it would pass"
        )
        index.faults.append(origin.fault("E211", message, "write unknown: ask", "effect"))


def _check_values(
    index: Index, origin: Origin, feature: shapes.Feature, values: Iterable[str], *path: str
) -> None:
    if feature.kind in ("words", "days"):
        return
    known = _YES_NO if feature.kind == "yes_no" else {option.id for option in feature.options}
    for value in values:
        if value not in known:
            message = f"the feature '{feature.id}' cannot be '{value}'"
            fix = f"{did_you_mean(value, known)} It can be: {', '.join(sorted(known))}"
            index.faults.append(origin.fault("E202", message, fix, *path, word=value))


def _check_words(index: Index, origin: Origin, criterion: shapes.Criterion) -> None:
    for key in shapes.CriterionWords.model_fields:
        for blank in _BLANK.findall(getattr(criterion.words, key) or ""):
            if blank not in _BLANKS:
                fix = f"blanks are: {', '.join(sorted(_BLANKS))}"
                message = f"nothing fills the blank '{{{blank}}}'"
                index.faults.append(origin.fault("E212", message, fix, "words", key))


def _check_service(index: Index, origin: Origin, service: shapes.Service) -> None:
    for id, values in service.features.items():
        index.need("feature", id, origin, "features")
        _origin, feature = index.ids.get("feature", {}).get(id, (None, None))
        if feature is None:
            continue
        _check_values(index, origin, feature, values, "features", id)
        if feature.kind == "days" and not all(value.isdigit() for value in values):
            index.faults.append(
                origin.fault("E208", f"'{id}' is a number of days", "write a whole number", "features", id)
            )
        if len(values) > 1 and feature.kind != "some_of":
            index.faults.append(
                origin.fault("E208", f"'{id}' can be one thing only", "write one value", "features", id)
            )
