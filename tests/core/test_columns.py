"""A batch on bit planes finds, screening by screening, exactly what a screening taken alone gets."""

import json
import random
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_bounds import rulebooks
from tiny_rulebook import TODAY, said, tiny

from screening.core.answers import Effective
from screening.core.batch import BatchResult, evaluate, how_many
from screening.core.cases import statements_of
from screening.core.columns import KNOWN, UNKNOWN_CODES, Codes, Columns, flags_of, plane_of, value_codes
from screening.core.evaluation import (
    Level,
    assess_answers,
    effective_answers,
    every_truth,
    level_bounds,
    with_applicability,
)
from screening.core.loading import load_rulebook
from screening.core.planes import add_up, reaches, so_many
from screening.core.rulebook import Question, Rulebook
from screening.core.statements import Source, Value

Screenings = Sequence[Mapping[str, Effective]]
UNKNOWNS: tuple[Value, ...] = ("unsure", "declined", "not_asked")


@pytest.fixture(scope="module")
def shipped() -> Rulebook:
    return load_rulebook(Path(__file__).parents[2] / "rules")


def assert_same(rulebook: Rulebook, screenings: Screenings, result: BatchResult) -> None:
    """Every truth, level, interruption and outcome, and nothing behind the last screening."""
    assert result.count == len(screenings)
    truths = [every_truth(rulebook, answers) for answers in screenings]
    for name in result.truths:
        assert result.truth_codes(name).tolist() == [int(each[name]) for each in truths], name
    assert not truths or set(truths[0]) == set(result.truths)
    bounds = [level_bounds(rulebook, answers) for answers in screenings]
    least, most = result.level_bounds()
    assert list(zip(least.tolist(), most.tolist(), strict=True)) == bounds
    assert result.at_least == {level: sum(low == level for low, _ in bounds) for level in Level}
    assert result.at_most == {level: sum(high == level for _, high in bounds) for level in Level}
    assessments = [assess_answers(rulebook, answers) for answers in screenings]
    for found, attribute in ((result.interruptions, "interruptions"), (result.outcomes, "outcomes")):
        for id, plane in found.items():
            alone = [id in {each.id for each in getattr(assessment, attribute)} for assessment in assessments]
            assert flags_of(plane, result.count).tolist() == alone, id
            assert how_many(plane) == sum(alone)


def some_value(question: Question, chance: random.Random) -> Value | None:
    """A reply of any kind: known or one of the unknowns; text is left out."""
    if question.kind == "text" or chance.random() < 0.2:
        return chance.choice(UNKNOWNS)
    match question.kind:
        case "yes_no":
            return chance.choice(["yes", "no"])
        case "choice":
            return chance.choice(question.options).id
        case "choices":
            return tuple(option.id for option in question.options if chance.random() < 0.3)
        case "date":
            return date(chance.randint(1990, 2020), chance.randint(1, 12), chance.randint(1, 28)).isoformat()
    return chance.randint(question.least or 0, min(question.most or 0, 30))


def random_screening(rulebook: Rulebook, chance: random.Random) -> dict[str, Effective]:
    """Statements from several sources on some of the questions, so that answers conflict and are partial."""
    answered = chance.random()
    statements = [
        said(question.id, value, source, author)
        for question in rulebook.questions.values()
        for source in Source
        for author in ("officer_a", "officer_b")
        if chance.random() < answered * 0.4 and (value := some_value(question, chance)) is not None
    ]
    return effective_answers(rulebook, statements, TODAY)


# ---- whole rulebooks ----------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(rulebooks(), st.integers(0, 140), st.integers(0, 2**32))
def test_invented_rulebooks_agree(rulebook: Rulebook, count: int, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311
    screenings = [random_screening(rulebook, chance) for _ in range(count)]
    assert_same(rulebook, screenings, evaluate(rulebook, Columns.pack(rulebook, screenings), chunk_words=1))


LEAVES: list[Any] = [
    *({id: answer} for id in "abcd" for answer in ("yes", "no", "unsure", ["yes", "declined"], ["not_asked", "no"])),
    *({id: {test: bound}} for id in ("count", "age", "last") for test in ("at_least", "below") for bound in (3, 18)),
    {"age": ["unsure", "declined"]},
    {"found": {"includes": "keys"}},
    {"found": {"includes": ["keys", "cards"]}},
    {"found": ["unsure"]},
    {"where": "aa_one"},
    {"where": ["aa_two", "declined"]},
]  # fmt: skip
QUESTION_LAST = """
section: {id: second, title: Second, lead: Staff see., purpose: screening}
questions:
  - {id: last, kind: number, text: Last?, ways: [record], why: test, least: 0, most: 99, combine: latest,
      applies_when: {any: [{a: yes}, {count: {at_least: 3}}]}}
"""
TOOL = {
    "id": "tool",
    "label": "Tool",
    "aim": "a",
    "made_for": "m",
    "caveats": ["c"],
    "licence": "own",
    "sources": ["house_one"],
}


def invented_condition(chance: random.Random, depth: int = 3) -> Any:
    """Any operator over parts; counts from one to all of up to seven parts."""
    if depth == 0 or chance.random() < 0.25:
        return chance.choice(LEAVES)
    parts = [invented_condition(chance, depth - 1) for _ in range(chance.randint(1, 7))]
    return chance.choice(
        [
            {"all": parts[:3]},
            {"any": parts[:3]},
            {"not": parts[0]},
            {"at_least": chance.randint(1, len(parts)), "of": parts},
        ]
    )


def invented_rulebook(chance: random.Random) -> Rulebook:
    """Every operator, also scores with bands, conditions on conditions, levels in interruptions and outcomes."""
    files: dict[str, str | None] = {"questions/02_second.yaml": QUESTION_LAST}
    rest = {"means": "m", "sources": ["house_one"]}
    for category in ("first_kind", "second_kind", "third_kind"):
        indicators = [
            {
                "id": f"{category}_{number}",
                "label": "Sign",
                "strength": chance.choice(["direct", "strong", "moderate"]),
                "when": {"any": [invented_condition(chance), {"indicator": "minor"}]}
                if number == 3
                else invented_condition(chance),
                **rest,
            }
            for number in range(chance.randint(1, 4))
        ]
        files[f"indicators/{category}.yaml"] = json.dumps(
            {"category": {"id": category, "label": "Kind"}, "indicators": indicators}
        )
    files["indicators/01_first.yaml"] = None
    items = [
        {"id": f"item_{n}", "label": "Item", "when": invented_condition(chance, 1), "points": chance.randint(1, 6)}
        for n in range(chance.randint(1, 9))
    ]  # fmt: skip
    middle = chance.randint(0, 12)
    bands: list[Any] = [
        {"id": "low", "label": "Low", "at_least": 0, "below": middle},
        {"id": "middle", "label": "Middle", "at_least": middle, "below": middle + 3},
        {"id": "high", "label": "High", "at_least": middle + 3},
    ]
    used: dict[str, Any] = {}
    if chance.random() < 0.5:
        items.append({"id": "not_here", "label": "Item", "left_out": "not asked here", "points": 2})
        used["applies_when"] = invented_condition(chance, 1)
        used["set_aside"] = [{"when": chance.choice(LEAVES), "text": "t"}]
    readings = [{"id": "usual", "label": "R", "bands": bands}]
    tool = {**TOOL, "items": items, "readings": readings, **used}
    files["instruments/tool.yaml"] = json.dumps({"instrument": tool})
    files["concern.yaml"] = json.dumps(invented_concern(chance))
    return tiny(files)


def invented_concern(chance: random.Random) -> dict[str, Any]:
    """Levels by counts of findings, by a band and by answers."""

    def findings() -> Any:
        strengths = chance.sample(["direct", "strong", "moderate", "context"], chance.randint(1, 3))
        return {
            "findings": {
                "strength": strengths,
                "at_least": chance.randint(1, 5),
                "categories": chance.randint(1, 3),
            }
        }

    words = {"headline": "h", "sentence": "s"}
    band = {"instrument": "tool", "band": chance.choice(["low", "middle", "high"])}
    further = {"steps": ["s"], "stops_asking": False, "sources": ["house_one"]}
    return {
        "rationale": ["r"],
        "sources": ["house_one"],
        "levels": {
            "clear": {"when": {"any": [findings(), {"all": [findings(), band]}]}, **words},
            "possible": {"when": {"any": [findings(), invented_condition(chance, 1)]}, **words},
            "none": words,
            "cannot_rule_out": words,
        },
        "interruptions": [
            {"id": "one", "title": "One", "when": {"concern": "clear"}, **further},
            {"id": "two", "title": "Two", "when": {"all": [{"concern": "possible"}, {"not": band}]}, **further},
        ],
        "outcomes": [
            {"id": "other", "label": "l", "when": {"not": {"concern": "possible"}}, "text": "t",
                "sources": ["house_one"]},
        ],
    }  # fmt: skip


@pytest.mark.parametrize("seed", range(40))
def test_every_operator_agrees(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311
    rulebook = invented_rulebook(chance)
    screenings = [random_screening(rulebook, chance) for _ in range(chance.randint(1, 200))]
    assert_same(rulebook, screenings, evaluate(rulebook, Columns.pack(rulebook, screenings), chunk_words=2))


def test_the_shipped_rulebook_agrees_on_random_statements_and_on_its_cases(shipped: Rulebook) -> None:
    chance = random.Random(11)  # noqa: S311
    screenings: list[Mapping[str, Effective]] = [random_screening(shipped, chance) for _ in range(1001)]
    screenings += [
        effective_answers(shipped, statements_of(case), case.case.day) for case in shipped.cases.values()
    ]
    assert_same(shipped, screenings, evaluate(shipped, Columns.pack(shipped, screenings), chunk_words=3))


@pytest.mark.parametrize("count", [0, 1, 63, 64, 65, 128, 129])
def test_any_number_of_screenings_will_do_and_nobody_is_invented(shipped: Rulebook, count: int) -> None:
    nothing_said = effective_answers(shipped, (), TODAY)
    result = evaluate(shipped, Columns.pack(shipped, [nothing_said] * count))
    assert_same(shipped, [nothing_said] * count, result)
    assert sum(result.at_least.values()) == sum(result.at_most.values()) == count
    planes = [plane for truth in result.truths.values() for plane in truth]
    for plane in (*planes, *result.interruptions.values(), *result.outcomes.values()):
        assert how_many(plane) in (0, count)  # all screenings are alike


def test_a_condition_that_a_not_turns_round_leaves_no_bits_behind_the_last_screening() -> None:
    indicators = """
category: {id: first_kind, label: First kind}
indicators:
  - {id: sign_strong, label: Sign, strength: strong, when: {not: {b: yes}}, means: m, sources: [house_one]}
"""
    rulebook = tiny({"indicators/01_first.yaml": indicators})
    result = evaluate(
        rulebook, Columns.pack(rulebook, [effective_answers(rulebook, [said("b", "no")], TODAY)])
    )
    assert result.truths["sign_strong"].certain.tolist() == [1]
    assert result.at_least == {Level.NONE: 0, Level.POSSIBLE: 1, Level.CLEAR: 0}


# ---- columns from codes ---------------------------------------------------------------------------


def coded_screenings(rulebook: Rulebook, count: int, seed: int) -> dict[str, Codes]:
    chance = np.random.default_rng(seed)
    coded = {}
    for question in rulebook.questions.values():
        values = [*UNKNOWN_CODES.values(), *(value_codes(question).values() or [KNOWN, KNOWN])]
        coded[question.id] = Codes(
            chance.choice(values, count).astype(np.uint8),
            numbers=chance.integers(0, 30, count, np.int32) if question.kind == "number" else None,
            ticked={option.id: chance.random(count) < 0.2 for option in question.options},
            partial=chance.random(count) < 0.3 if question.kind in ("number", "choices", "choice") else None,
        )
    return coded


def decoded(rulebook: Rulebook, coded: Mapping[str, Codes], place: int) -> dict[str, Effective]:
    answers = {}
    for question in rulebook.questions.values():
        codes = coded[question.id]
        code, value = int(codes.answers[place]), "text"
        states = {code: state for state, code in UNKNOWN_CODES.items()}
        found: Any = {code: name for name, code in value_codes(question).items()}.get(code, value)
        if question.kind == "number":
            found = int(codes.numbers[place])
        elif question.kind == "choices":
            found = tuple(option for option, flags in codes.ticked.items() if flags[place])
        partial = codes.partial is not None and bool(codes.partial[place])
        state: Any = states.get(code, "known")
        answers[question.id] = Effective(question.id, state, found if state == "known" else None, partial)
    return answers


@pytest.mark.parametrize("seed", range(5))
def test_columns_from_codes_agree_though_ticks_and_numbers_stand_beside_unknowns(seed: int) -> None:
    rulebook = invented_rulebook(random.Random(seed))  # noqa: S311
    coded = coded_screenings(rulebook, 150, seed)
    screenings = [with_applicability(rulebook, decoded(rulebook, coded, place)) for place in range(150)]
    assert_same(
        rulebook, screenings, evaluate(rulebook, Columns.from_codes(rulebook, 150, coded), chunk_words=1)
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"a": None}, "no column for a"),
        ({"a": Codes(np.zeros(4, np.uint8))}, "do not hold 3"),
        ({"a": Codes(np.array([0, 7, 5], np.uint8))}, "stands for no answer"),
        ({"a": Codes(np.zeros(3, np.int64))}, "uint8 or uint16"),
        ({"age": Codes(np.full(3, KNOWN, np.uint8))}, "needs its numbers"),
        ({"found": Codes(np.full(3, KNOWN, np.uint8))}, "lacks options: keys"),
        ({"found": Codes(np.zeros(3, np.uint8), ticked={"keys": np.zeros(3, np.uint8)})}, "are flags"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(
    tiny_rulebook: Rulebook, changes: dict[str, Any], words: str
) -> None:
    coded = {**coded_screenings(tiny_rulebook, 3, 0), **changes}
    given = {question: codes for question, codes in coded.items() if codes is not None}
    with pytest.raises(ValueError, match=words):
        Columns.from_codes(tiny_rulebook, 3, given)


def test_columns_of_another_rulebook_are_refused(tiny_rulebook: Rulebook) -> None:
    with pytest.raises(ValueError, match="another rulebook"):
        evaluate(tiny(), Columns.pack(tiny_rulebook, []))


def test_a_number_beyond_32_bits_lies_on_the_same_side_of_every_bound() -> None:
    rulebook = tiny()
    screenings = [effective_answers(rulebook, [said("age", value)], TODAY) for value in (2**40, -(2**40))]
    assert_same(rulebook, screenings, evaluate(rulebook, Columns.pack(rulebook, screenings)))


# ---- counting in bit slices -----------------------------------------------------------------------


@settings(max_examples=150, deadline=None)
@given(st.lists(st.integers(1, 9), min_size=1, max_size=40), st.integers(0, 2**32))
def test_sums_and_bounds_in_bit_slices_are_exact(weights: list[int], seed: int) -> None:
    flags = np.random.default_rng(seed).random((len(weights), 100)) < 0.6
    planes, nobody = [plane_of(each) for each in flags], np.zeros(2, np.uint64)
    kept = [plane.copy() for plane in planes]
    sums, counts = np.array(weights) @ flags, flags.sum(axis=0)
    bits = add_up(zip(planes, weights, strict=True))
    for bound in range(-1, sum(weights) + 2):
        assert (flags_of(reaches(bits, bound, nobody), 100) == (sums >= bound)).all()
    for count in range(1, len(weights) + 2):
        assert (flags_of(so_many(planes, count, nobody), 100) == (counts >= count)).all()
    assert all((plane == before).all() for plane, before in zip(planes, kept, strict=True))
