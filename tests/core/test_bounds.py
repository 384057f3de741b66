"""The proofs of the heart: intervals hold every completion, "may stop" is sound, a sign never lowers concern.

Each property runs on rulebooks and answers that hypothesis invents, against brute force over all completions.
"""

import json
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_rulebook import TODAY, said, tiny

from screening.core.conditions import AnswerIs, every_node
from screening.core.evaluation import Assessment, Level, assess, effective_answers, level_bounds
from screening.core.routing import route, smallest_lowers, smallest_raises, suppose
from screening.core.rulebook import Rulebook
from screening.core.statements import Value
from screening.core.truth import NO, YES

VALUES: Mapping[str, tuple[Value, ...]] = {
    "a": ("yes", "no"),
    "b": ("yes", "no"),
    "c": ("yes", "no"),
    "d": ("yes", "no"),
    "count": (0, 2, 5),
    "found": ((), ("keys",), ("cards",), ("keys", "cards")),
}
POSITIVE_LEAVES: list[Any] = [
    {"a": "yes"},
    {"b": "yes"},
    {"c": "yes"},
    {"d": "yes"},
    {"count": {"at_least": 3}},
    {"found": {"includes": "keys"}},
    {"found": {"includes": ["keys", "cards"]}},
]
OTHER_LEAVES: list[Any] = [
    {"a": "no"},
    {"b": ["yes", "unsure"]},
    {"count": {"below": 2}},
    {"c": ["declined"]},
]


def condition(leaves: list[Any], *, negation: bool) -> st.SearchStrategy[Any]:
    def deeper(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        several = st.lists(inner, min_size=1, max_size=3)
        ways = [
            several.map(lambda parts: {"all": parts}),
            several.map(lambda parts: {"any": parts}),
            several.map(lambda parts: {"at_least": (len(parts) + 1) // 2, "of": parts}),
        ]
        if negation:
            ways.append(inner.map(lambda part: {"not": part}))
        return st.one_of(ways)

    return st.recursive(st.sampled_from(leaves), deeper, max_leaves=5)


@st.composite
def rulebooks(draw: st.DrawFn, *, positive: bool = False) -> Rulebook:
    """A rulebook with three to five invented indicators and a concern rule that counts them."""
    leaves = POSITIVE_LEAVES if positive else POSITIVE_LEAVES + OTHER_LEAVES
    when = condition(leaves, negation=not positive)
    files: dict[str, str | None] = {}
    for category in ("first_kind", "second_kind"):
        indicators = [
            {
                "id": f"{category}_{number}",
                "label": "Sign",
                "strength": draw(st.sampled_from(["direct", "strong", "moderate"])),
                "when": draw(when),
                "means": "m",
                "sources": ["house_one"],
            }
            for number in range(draw(st.integers(1, 3)))
        ]
        head = {"id": category, "label": "Kind"}
        files[f"indicators/{'01_first' if category == 'first_kind' else '02_second'}.yaml"] = json.dumps(
            {"category": head, "indicators": indicators}
        )
    levels = {
        "clear": {
            "any": [
                {"findings": {"strength": ["direct"], "at_least": 1}},
                {"findings": {"strength": ["strong"], "at_least": 2, "categories": draw(st.integers(1, 2))}},
            ]
        },
        "possible": {
            "any": [
                {"findings": {"strength": ["direct", "strong"], "at_least": 1}},
                {"findings": {"strength": ["moderate"], "at_least": draw(st.integers(1, 3))}},
            ]
        },
    }
    wording = {"headline": "h", "sentence": "s"}
    files["concern.yaml"] = json.dumps(
        {
            "rationale": ["r"],
            "sources": ["house_one"],
            "levels": {
                "clear": {"when": levels["clear"], **wording},
                "possible": {"when": levels["possible"], **wording},
                "none": wording,
                "cannot_rule_out": wording,
            },
            "interruptions": [],
            "outcomes": [],
        }
    )
    return tiny(files)


@st.composite
def given_answers(draw: st.DrawFn) -> dict[str, Value]:
    """Some questions answered, some with a recorded unknown, the others not at all."""
    chosen: dict[str, Value] = {}
    for question, values in VALUES.items():
        value = draw(st.sampled_from([None, None, "unsure", "declined", "not_asked", *values]))
        if value is not None:
            chosen[question] = value
    return chosen


def assess_given(rulebook: Rulebook, chosen: Mapping[str, Value]) -> Assessment:
    return assess(rulebook, [said(question, value) for question, value in chosen.items()], TODAY)


def bounds_given(rulebook: Rulebook, chosen: Mapping[str, Value]) -> tuple[Level, Level]:
    statements = [said(question, value) for question, value in chosen.items()]
    return level_bounds(rulebook, effective_answers(rulebook, statements, TODAY))


def named_unknowns(rulebook: Rulebook) -> set[tuple[str, Value]]:
    """(question, unknown) pairs that some condition makes count: those are answers, not gaps."""
    return {
        (node.question, value)
        for indicator in rulebook.indicators.values()
        for node in every_node(indicator.when)
        if isinstance(node, AnswerIs)
        for value in node.values
    }


def completions(rulebook: Rulebook, chosen: Mapping[str, Value]) -> Iterator[dict[str, Value]]:
    """Every way to fill what is open."""
    named = named_unknowns(rulebook)
    ways = []
    for question, values in VALUES.items():
        value = chosen.get(question)
        is_gap = value is None or (
            value in ("unsure", "declined", "not_asked") and (question, value) not in named
        )
        ways.append([(question, way) for way in (values if is_gap else (value,))])
    for combination in product(*ways):
        yield dict(combination)


@settings(max_examples=120, deadline=None)
@given(rulebooks(), given_answers())
def test_the_interval_holds_every_completion(rulebook: Rulebook, chosen: dict[str, Value]) -> None:
    assessment = assess_given(rulebook, chosen)
    assert assessment.at_least <= assessment.at_most
    for completion in completions(rulebook, chosen):
        lowest, highest = bounds_given(rulebook, completion)
        assert assessment.at_least <= lowest <= highest <= assessment.at_most
        if all(value in VALUES[question] for question, value in completion.items()):
            assert lowest == highest


@settings(max_examples=80, deadline=None)
@given(rulebooks(), given_answers())
def test_may_stop_is_sound_and_only_decisive_questions_matter(
    rulebook: Rulebook, chosen: dict[str, Value]
) -> None:
    assessment = assess_given(rulebook, chosen)
    way = route(assessment)
    assert way.may_stop == (not way.decisive)
    levels: dict[tuple[Value, ...], set[Level]] = {}
    for completion in completions(rulebook, chosen):
        decided = tuple(completion[question] for question in way.decisive)
        levels.setdefault(decided, set()).add(bounds_given(rulebook, completion)[0])
    assert all(len(reached) == 1 for reached in levels.values())


@settings(max_examples=120, deadline=None)
@given(rulebooks(positive=True), given_answers(), st.sampled_from(["a", "b", "c", "d"]))
def test_adding_a_sign_never_lowers_concern(rulebook: Rulebook, chosen: dict[str, Value], sign: str) -> None:
    before = assess_given(rulebook, chosen)
    after = assess_given(rulebook, {**chosen, sign: "yes"})
    assert after.at_least >= before.at_least
    if (
        sign in chosen
    ):  # turning a given answer into a sign; filling a gap may well lower what was merely possible
        assert after.at_most >= before.at_most or chosen[sign] not in ("no", "yes")


@settings(max_examples=120, deadline=None)
@given(rulebooks(), given_answers())
def test_truths_worked_out_at_once_are_those_the_proofs_show(
    rulebook: Rulebook, chosen: dict[str, Value]
) -> None:
    assessment = assess_given(rulebook, chosen)
    for finding in assessment.findings:
        assert finding.truth is finding.proof.truth
    levels = (
        (Level.CLEAR, assessment.levels["clear"].truth),
        (Level.POSSIBLE, assessment.levels["possible"].truth),
    )
    assert assessment.at_least == max((level for level, truth in levels if truth is YES), default=Level.NONE)
    assert assessment.at_most == max(
        (level for level, truth in levels if truth is not NO), default=Level.NONE
    )


@settings(max_examples=60, deadline=None)
@given(rulebooks(), given_answers())
def test_supposed_changes_do_what_they_say_and_none_is_larger_than_needed(
    rulebook: Rulebook, chosen: dict[str, Value]
) -> None:
    assessment = assess_given(rulebook, chosen)
    for change in smallest_raises(assessment):
        reached = level_bounds(rulebook, suppose(assessment, change.answers))[0]
        assert reached == change.level > assessment.at_least
        for question, value in change.answers if len(change.answers) > 1 else ():
            assert level_bounds(rulebook, suppose(assessment, [(question, value)]))[0] <= assessment.at_least
    for change in smallest_lowers(assessment):
        assert (
            level_bounds(rulebook, suppose(assessment, change.answers))[0]
            == change.level
            < assessment.at_least
        )
