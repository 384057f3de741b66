"""The truth table of every operator, through the compiled and the explained algebra alike."""

import json

import pytest
from tiny_rulebook import TODAY, said, tiny

from screening.core.algebra import Compiled, walk
from screening.core.conditions import ConditionFault, parse_condition
from screening.core.evaluation import assess, effective_answers
from screening.core.rulebook import Rulebook
from screening.core.statements import Source, Statement
from screening.core.truth import NO, UNKNOWN, YES, Truth

TABLE: list[tuple[dict[str, object], list[Statement], Truth]] = [
    ({"a": "yes"}, [said("a", "yes")], YES),
    ({"a": "yes"}, [said("a", "no")], NO),
    ({"a": "yes"}, [], UNKNOWN),
    ({"a": "yes"}, [said("a", "declined")], UNKNOWN),
    ({"a": "no"}, [said("a", "unsure")], UNKNOWN),
    ({"a": ["yes", "unsure"]}, [said("a", "unsure")], YES),
    ({"a": ["yes", "unsure"]}, [said("a", "declined")], UNKNOWN),
    ({"a": ["declined"]}, [said("a", "yes")], NO),
    ({"where": "aa_one"}, [said("where", "aa_one")], YES),
    ({"where": "aa_one"}, [said("where", "aa_two")], NO),
    ({"where": ["aa_one", "aa_two"]}, [], UNKNOWN),
    ({"count": {"at_least": 3}}, [said("count", 3)], YES),
    ({"count": {"at_least": 3}}, [said("count", 2)], NO),
    ({"count": {"at_least": 3}}, [], UNKNOWN),
    ({"count": {"at_least": 3}}, [said("count", 2), said("count", "unsure", Source.RECORD)], UNKNOWN),
    ({"count": {"at_least": 2}}, [said("count", 2), said("count", "unsure", Source.RECORD)], YES),
    ({"count": {"below": 3}}, [said("count", 2)], YES),
    ({"count": {"below": 3}}, [said("count", 3), said("count", "declined", Source.RECORD)], NO),
    ({"count": {"below": 3}}, [said("count", 2), said("count", "declined", Source.RECORD)], UNKNOWN),
    ({"age": {"below": 18}}, [said("age", 17), said("age", "unsure", Source.RECORD)], YES),
    ({"age": {"below": 18}}, [said("age", 18), said("age", "unsure", Source.RECORD)], UNKNOWN),
    ({"found": {"includes": "keys"}}, [said("found", ("keys",))], YES),
    ({"found": {"includes": ["keys", "cards"]}}, [said("found", ("cards",))], YES),
    ({"found": {"includes": "keys"}}, [said("found", ())], NO),
    ({"found": {"includes": "keys"}}, [said("found", ()), said("found", "unsure", Source.RECORD)], UNKNOWN),
    ({"found": {"includes": "keys"}}, [], UNKNOWN),
    ({"all": [{"a": "yes"}, {"b": "yes"}]}, [said("a", "yes")], UNKNOWN),
    ({"all": [{"a": "yes"}, {"b": "yes"}]}, [said("a", "no")], NO),
    ({"all": [{"a": "yes"}, {"b": "yes"}]}, [said("a", "yes"), said("b", "yes")], YES),
    ({"any": [{"a": "yes"}, {"b": "yes"}]}, [said("a", "no")], UNKNOWN),
    ({"any": [{"a": "yes"}, {"b": "yes"}]}, [said("a", "yes")], YES),
    ({"any": [{"a": "yes"}, {"b": "yes"}]}, [said("a", "no"), said("b", "no")], NO),
    ({"not": {"a": "yes"}}, [said("a", "yes")], NO),
    ({"not": {"a": "yes"}}, [said("a", "no")], YES),
    ({"not": {"a": "yes"}}, [], UNKNOWN),
    ({"at_least": 2, "of": [{"a": "yes"}, {"b": "yes"}, {"c": "yes"}]}, [said("a", "yes")], UNKNOWN),
    (
        {"at_least": 2, "of": [{"a": "yes"}, {"b": "yes"}, {"c": "yes"}]},
        [said("a", "no"), said("b", "no")],
        NO,
    ),
    (
        {"at_least": 2, "of": [{"a": "yes"}, {"b": "yes"}, {"c": "yes"}]},
        [said("a", "yes"), said("c", "yes")],
        YES,
    ),
    ({"indicator": "minor"}, [said("age", 12)], YES),
    ({"indicator": "minor"}, [said("age", 21)], NO),
    ({"indicator": "minor"}, [], UNKNOWN),
    ({"findings": {"strength": "strong", "at_least": 1}}, [said("b", "yes")], YES),
    ({"findings": {"strength": "strong", "at_least": 1}}, [said("b", "no")], UNKNOWN),
    ({"findings": {"strength": "strong", "at_least": 1}}, [said("b", "no"), said("found", ())], NO),
    (
        {"findings": {"strength": ["strong", "direct"], "at_least": 2, "categories": 2}},
        [said("b", "yes")],
        NO,
    ),
    ({"concern": "possible"}, [said("b", "yes")], YES),
    ({"concern": "clear"}, [said("b", "yes")], UNKNOWN),
    ({"concern": "clear"}, [said("a", "no")], NO),
    # not applicable: {d: yes} applies only where c is yes
    ({"d": "yes"}, [said("d", "yes"), said("c", "no")], NO),
    ({"d": "yes"}, [said("d", "yes")], UNKNOWN),
    ({"d": "yes"}, [said("d", "yes"), said("c", "yes")], YES),
    ({"d": "yes"}, [said("d", "no")], NO),
    ({"not": {"d": "yes"}}, [said("d", "yes"), said("c", "no")], YES),
]


@pytest.mark.parametrize(
    ("raw", "statements", "expected"), TABLE, ids=[f"{json.dumps(row[0])}-{n}" for n, row in enumerate(TABLE)]
)
def test_operator(
    tiny_rulebook: Rulebook, raw: dict[str, object], statements: list[Statement], expected: Truth
) -> None:
    condition = parse_condition(raw)
    assessment = assess(tiny_rulebook, statements, TODAY)
    assert assessment.explain(condition).truth is expected
    names = [*tiny_rulebook.named_order, "clear", "possible"]
    truths = {name: assessment.proofs[name].truth for name in names}
    answers = effective_answers(tiny_rulebook, statements, TODAY)
    assert walk(condition, Compiled(tiny_rulebook))(answers, truths) is expected


INSTRUMENT = """
instrument:
  id: tool
  label: Tool
  aim: p
  made_for: m
  items: [{id: one, label: One, when: {a: yes}}, {id: two, label: Two, when: {b: yes}, points: 2}]
  readings:
    - id: usual
      label: Usual
      bands: [{id: low, label: Low, at_least: 0, below: 2}, {id: high, label: High, at_least: 2}]
  caveats: [c]
  licence: own
  sources: [house_one]
"""


@pytest.mark.parametrize(
    ("statements", "interval", "band", "high"),
    [
        ([], (0, 3), None, UNKNOWN),
        ([said("b", "no")], (0, 1), "low", NO),
        ([said("b", "yes")], (2, 3), "high", YES),
        ([said("a", "yes"), said("b", "declined")], (1, 3), None, UNKNOWN),
    ],
)
def test_an_instruments_score_is_an_interval_and_a_band_is_given_only_for_the_whole_of_it(
    statements: list[Statement], interval: tuple[int, int], band: str | None, high: Truth
) -> None:
    assessment = assess(tiny({"instruments/tool.yaml": INSTRUMENT}), statements, TODAY)
    (score,) = assessment.instruments
    assert (score.lowest, score.highest) == interval
    ((_, reached),) = score.bands
    assert (reached.id if reached else None) == band
    assert assessment.explain(parse_condition({"instrument": "tool", "band": "high"})).truth is high


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("yes", "is a mapping"),
        ({}, "names one question"),
        ({"a": "yes", "b": "yes"}, "2 keys"),
        ({"all": []}, "at least one condition"),
        ({"all": [{"a": "yes"}], "b": "yes"}, "exactly these keys"),
        ({"at_least": 3, "of": [{"a": "yes"}]}, "never be reached"),
        ({"at_least": 0, "of": [{"a": "yes"}]}, "at least 1"),
        ({"count": {"at_least": "3"}}, "cannot read the test"),
        ({"count": {"over": 3}}, "cannot read the test"),
        ({"a": True}, "cannot read the test"),
        ({"a": {"includes": []}}, "cannot read the test"),
        ({"findings": {"strength": "strong"}}, "count of findings"),
    ],
)
def test_what_cannot_be_read_says_why_and_how_to_mend_it(raw: object, words: str) -> None:
    with pytest.raises(ConditionFault, match=words) as fault:
        parse_condition(raw)
    assert fault.value.fix
