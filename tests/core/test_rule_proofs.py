"""What is proved of a rulebook: the formulas say what the evaluation says, and what cannot happen is found."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random

import pytest
import z3
from proved_rulebook import INDICATOR_FILE, INSTRUMENT, QUESTION_FILE, found, with_indicator
from tiny_rulebook import (
    CONCERN,
    INDICATORS,
    QUESTIONS,
    RULEBOOK,
    TODAY,
)

from screening.core.answers import Effective
from screening.core.evaluation import effective_answers, every_truth
from screening.core.loading import load_rulebook
from screening.core.rule_proofs_worlds import Formula, World
from screening.core.rulebook import Rulebook
from screening.core.truth import NO, YES
from tests.vectors.invented_rulebooks import Inventor
from tests.vectors.twin_vectors import invented_statements

RULES = Path(__file__).parents[2] / "rules"


# ---- the formulas say what the evaluation says -------------------------------------------------


def pinned(world: World, answers: Mapping[str, Effective]) -> Iterator[Formula]:
    """Formulas that hold the world to these answers."""
    for id, answer in world.answers.items():
        held = answers[id]
        for state, formula in answer.unknowns.items():
            yield formula == (held.value is None and held.state == state)
        yield answer.known == (held.value is not None)
        for value, formula in answer.values.items():
            yield formula == (held.value == value)
        for option, formula in answer.ticked.items():
            yield formula == (isinstance(held.value, tuple) and option in held.value)
        if held.value is not None:
            for bound, formula in answer.reaches.items():
                yield formula == (int(str(held.value)) >= bound)
            if answer.question.kind in ("choices", "number"):
                yield answer.partial == held.partial


def assert_says_the_same(rulebook: Rulebook, chance: Random, screenings: int) -> None:
    world = World(rulebook)
    solver = z3.Solver()
    solver.add(*world.rules)
    for _ in range(screenings):
        statements = [
            each for each in invented_statements(rulebook, chance) if each.question in rulebook.questions
        ]
        of_settings = {q.id for q in rulebook.questions.values() if q.settings is not None}
        statements = [each for each in statements if each.question not in of_settings]
        answers = effective_answers(rulebook, statements, TODAY)
        solver.push()
        solver.add(*pinned(world, answers))
        assert solver.check() == z3.sat, "every screening must be one of the world's"
        model = solver.model()
        for name, truth in every_truth(rulebook, answers).items():
            pair = world.truth_named(f"level {name}" if name in ("clear", "possible") else name)
            told = tuple(z3.is_true(model.eval(side, model_completion=True)) for side in pair)
            assert told == (truth is YES, truth is not NO), name
        solver.pop()


@pytest.mark.parametrize("seed", range(25))
def test_formulas_of_invented_rulebooks_say_what_the_evaluation_says(seed: int) -> None:
    chance = Random(seed)  # noqa: S311 - chance for tests keeps no secret
    assert_says_the_same(Inventor(chance).rulebook(), chance, 4)


def test_formulas_of_the_shipped_rulebook_say_what_the_evaluation_says() -> None:
    assert_says_the_same(load_rulebook(RULES), Random(2026), 12)  # noqa: S311


# ---- what cannot happen ----------------------------------------------------------------------


def test_the_tiny_rulebook_is_sound() -> None:
    assert found({}) == ([], [])


@pytest.mark.parametrize(
    "when",
    [
        "{all: [{a: yes}, {a: no}]}",
        "{all: [{age: {below: 13}}, {age: {at_least: 18}}]}",
        "{count: {at_least: 100}}",
        "{all: [{c: no}, {d: yes}]}",  # d applies only where c is yes
        "{all: [{a: yes}, {not: {a: yes}}]}",
        "{at_least: 2, of: [{a: yes}, {a: no}]}",
        "{all: [{indicator: minor}, {age: {at_least: 18}}]}",
        "{all: [{a: unsure}, {a: declined}]}",
    ],
)
def test_a_condition_that_contradicts_itself_is_found(when: str) -> None:
    faults = [fault for fault in found(with_indicator(when))[0] if fault.code == "E301"]
    assert [fault.file for fault in faults] == [INDICATOR_FILE]
    assert "'when' of 'odd'" in faults[0].message


@pytest.mark.parametrize(
    "when",
    [
        "{all: [{found: {includes: keys}}, {found: {includes: cards}}]}",
        "{all: [{age: {at_least: 13}}, {age: {below: 14}}]}",
        "{all: [{d: yes}, {c: yes}]}",
        "{all: [{a: no}, {age: [unsure]}]}",
    ],
)
def test_a_condition_that_can_hold_is_not_blamed(when: str) -> None:
    assert "E301" not in {fault.code for fault in found(with_indicator(when))[0]}


def test_the_lines_of_what_cannot_hold_together_are_named() -> None:
    text = INDICATORS + (
        "  - id: odd\n    label: Odd\n    strength: strong\n    means: m\n    sources: [house_one]\n"
        "    when:\n      all:\n        - {b: yes}\n        - {age: {below: 13}}\n        - {age: {at_least: 18}}\n"
    )
    (fault,) = [fault for fault in found({INDICATOR_FILE: text})[0] if fault.code == "E301"]
    lines = text.splitlines()
    below, above = (
        1 + next(i for i, line in enumerate(lines) if word in line) for word in ("below: 13", "18}")
    )
    assert f"lines {below} and {above} cannot hold together" in fault.message
    assert fault.line == 1 + lines.index("    when:")


def test_an_entry_for_a_setting_where_its_question_is_not_asked_is_found() -> None:
    questions = QUESTIONS.replace("{id: b, kind: yes_no,", "{id: b, kind: yes_no, settings: [field],")
    action = (
        "actions: [{id: act, label: A, must: false, order: 1, by: [intake], when: {b: yes}, sources: [house_one],"
        " settings: [desk]}]\n"
    )
    files: dict[str, str | None] = {QUESTION_FILE: questions, "actions/all.yaml": action}
    assert [fault.code for fault in found(files)[0]] == ["E301"]
    assert found({**files, "actions/all.yaml": action.replace("[desk]", "[field]")})[0] == []


def test_a_band_that_no_score_reaches_is_found() -> None:
    (fault,) = found({"instruments/screen.yaml": INSTRUMENT})[0]
    assert (fault.code, fault.file) == ("E301", "instruments/screen.yaml")
    assert "'high'" in fault.message
    assert found({"instruments/screen.yaml": INSTRUMENT.replace("{b: no}", "{c: yes}")})[0] == []


def test_a_band_kept_open_by_a_left_out_item_is_no_fault() -> None:
    text = INSTRUMENT.replace("when: {b: no}", "left_out: Nobody asks it here.")
    assert found({"instruments/screen.yaml": text})[0] == []


def test_a_condition_that_is_never_ruled_out_is_found() -> None:
    says_nothing = found(with_indicator("{any: [{a: yes}, {not: {a: yes}}]}"))[0]
    assert "E302" in {fault.code for fault in says_nothing}
    outcome = "  - {id: always, label: A, when: {any: [{b: yes}, {b: no}]}, text: t, sources: [house_one]}\n"
    (fault,) = found({"concern.yaml": CONCERN + outcome})[0]
    assert (fault.code, fault.file) == ("E302", "concern.yaml")
    assert "'always'" in fault.message


@pytest.mark.parametrize(
    ("when", "idle"),
    [
        ("{any: [{b: yes}, {all: [{b: yes}, {c: yes}]}]}", True),
        ("{all: [{b: yes}, {any: [{b: yes}, {c: yes}]}]}", True),
        ("{any: [{c: yes}, {c: yes}]}", True),
        ("{any: [{count: {at_least: 3}}, {count: {at_least: 5}}]}", True),
        ("{any: [{b: yes}, {c: yes}]}", False),
        ("{all: [{c: yes}, {d: yes}]}", False),  # applies_when says it too, and a reader should see it
        ("{any: [{b: yes}, {b: [unsure]}]}", False),
    ],
)
def test_a_part_that_changes_nothing_is_a_warning(when: str, idle: bool) -> None:
    faults, warnings = found(with_indicator(when))
    assert [warning.code for warning in warnings] == ["E303"] * idle
    assert "E303" not in {fault.code for fault in faults}


def test_a_rulebook_without_settings_is_proved_too() -> None:
    settings = RULEBOOK[RULEBOOK.index("settings:") : RULEBOOK.index("jurisdictions:")]
    assert found({"rulebook.yaml": RULEBOOK.replace(settings, "settings: []\n")})[0] == []
