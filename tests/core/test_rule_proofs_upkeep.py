"""Uses, sources, bands, words said to youths, wording of instruments, and the age of the law."""

import json

import pytest
from proved_rulebook import INDICATOR_FILE, INSTRUMENT, QUESTION_FILE, found, question_with
from tiny_rulebook import BASE, DEFINITIONS, RULEBOOK, TODAY, files_with

from screening.core.reading_grade import reading_grade
from screening.core.rule_proofs import check_rule_files


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("below: 2}", "below: 1}", "the score 1 lies in no band"),
        ("below: 2}", "below: 3}", "the score 2 lies in 'low' and 'high'"),
        ("at_least: 0, ", "at_least: 1, ", "the score 0 lies in no band"),
        ("at_least: 2}]", "at_least: 2, below: 2}]", "the score 2 lies in no band"),
    ],
)
def test_bands_with_a_gap_or_an_overlap_are_found(old: str, new: str, problem: str) -> None:
    text = INSTRUMENT.replace("{b: no}", "{c: yes}")
    assert text.count(old) == 1
    faults = [
        fault
        for fault in found({"instruments/screen.yaml": text.replace(old, new)})[0]
        if fault.code == "E308"
    ]
    assert [problem in fault.message for fault in faults] == [True]


@pytest.mark.parametrize(
    "label",
    ["Do they owe money?", "Whether your pay was kept", 'Said "I owe him"', "A topic " + "that goes on " * 6],
)
def test_an_item_worded_like_a_form_is_found(label: str) -> None:
    text = INSTRUMENT.replace("{b: no}", "{c: yes}").replace("First topic", json.dumps(label))
    assert [fault.code for fault in found({"instruments/screen.yaml": text})[0]] == ["E309"]


def test_a_question_and_a_definition_that_nothing_uses_are_found() -> None:
    definition = "  - {id: idle, label: I, when: {a: yes}, means: m, sources: [house_one]}\n"
    changes = {
        QUESTION_FILE: question_with("unused", "sensitive: true"),
        "definitions.yaml": DEFINITIONS + definition,
    }
    messages = {fault.message for fault in found(changes)[0] if fault.code == "E305"}
    assert messages == {"nothing uses the definition 'idle'", "nothing uses the question 'unused'"}


@pytest.mark.parametrize(
    ("file", "old"),
    [
        (INDICATOR_FILE, "sources: [house_one]}"),
        ("concern.yaml", "stops_asking: false, sources: [house_one]"),
        ("concern.yaml", "rationale: [consensus]\nsources: [house_one]"),
        ("rulebook.yaml", "sources: [house_one]"),
    ],
)
def test_a_claim_without_a_source_is_found(file: str, old: str) -> None:
    text = BASE[file]
    assert old in text
    changed = text.replace(old, old.replace("[house_one]", "[]"), 1)
    assert [(fault.code, fault.file) for fault in found({file: changed})[0]] == [("E306", file)]


HARD = "Notwithstanding considerable deliberation, institutional representatives remain uncommunicative."


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (QUESTION_FILE, "youth_text: A?", f"youth_text: {json.dumps(HARD)}"),
        (QUESTION_FILE, "youth_text: A?", f"youth_text: A?, ask_like: [{json.dumps(HARD)}]"),
        ("rulebook.yaml", "[You may stay silent.]", f"[You may stay silent., {json.dumps(HARD)}]"),
        (
            QUESTION_FILE,
            "kind: choices\n    text: Found?\n    ways: [observe, record]",
            "kind: choices\n    text: Found?\n    youth_text: What?\n    ways: [ask, record]",
        ),
    ],
    ids=["youth_text", "ask_like", "rights notice", "options"],
)
def test_what_is_too_hard_for_a_youth_is_found(file: str, old: str, new: str) -> None:
    assert old in BASE[file]
    text = BASE[file].replace(old, new).replace("label: Keys", f"label: {json.dumps(HARD)}")
    faults = [
        fault for fault in found({file: text})[0] if fault.code != "E311"
    ]  # the new words have no Spanish
    assert [(fault.code, fault.file) for fault in faults] == [("E307", file)]


def test_what_staff_read_may_be_hard() -> None:
    text = RULEBOOK.replace(
        "[You may stay silent.]", f"[You may stay silent., {json.dumps('For staff: ' + HARD)}]"
    )
    assert found({"rulebook.yaml": text})[0] == []


def test_grades_follow_the_published_formula() -> None:
    """0.39 words a sentence + 11.8 syllables a word - 15.59."""
    assert reading_grade("The cat sat on the mat.") == pytest.approx(0.39 * 6 + 11.8 - 15.59)
    assert reading_grade(HARD) > 12


LAW = """
notes:
  - {id: old_note, jurisdiction: us_aa, topic: t, title: T, plain: p, citation: c, verified_on: "2024-01-01",
      status: confirmed, sources: [house_one]}
  - {id: gone_note, jurisdiction: us_aa, topic: t, title: T, plain: p, citation: c, verified_on: "2024-01-01",
      in_force_until: "2025-06-30", status: confirmed, sources: [house_one]}
  - {id: new_note, jurisdiction: us_aa, topic: t, title: T, plain: p, citation: c, verified_on: "2026-11-01",
      status: confirmed, sources: [house_one]}
"""


def test_law_past_its_review_is_listed_on_that_day_only() -> None:
    files = {"law/aa.yaml": LAW}
    assert found(files) == ([], [])
    faults, warnings = found(files, TODAY)
    assert faults == []
    assert [(each.code, each.line, "old_note" in each.message) for each in warnings] == [("E310", 3, True)]


def test_a_rulebook_that_does_not_hold_together_is_not_proved() -> None:
    checked = check_rule_files(files_with({"needs.yaml": None}))
    assert checked.rulebook is None
    assert {fault.code for fault in checked.faults} == {"E002"}
