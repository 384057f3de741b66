"""The files of clocks and of the report page: what holds together is loaded, what names nothing is told with its line."""

import pytest

from screening.core.loading import RulebookFaults
from screening.core.rule_diff import entries_by_kind
from screening.core.rule_users import users_of
from screening.core.rulebook import Action, Due
from tests.core.tiny_rulebook import tiny

EVENTS = """
events: [{id: back, label: Back, ask: When did the youth come back?}]
holidays: [{day: "2026-11-26", label: Thanksgiving, jurisdictions: [us_aa]}]
sources: [house_one]
"""
ACTIONS = """
actions:
  - {id: again, label: Again, due: {hours: 24}, starts: back, proof: The day., screen_again: true, must: false, order: 1,
      by: [intake], sources: [house_one], calls: [{label: Hotline, number: 1-800-555-0100, jurisdictions: [us_aa]}]}
"""
REPORT = """
lead: Say what is known.
calls: [{label: Emergency, number: "911"}]
lines:
  - {id: danger, label: Danger, questions: [a, b]}
  - {id: why, label: Why, signs: true}
  - {id: you, label: You}
sources: [house_one]
"""


def faults_of(**changes: str) -> list[str]:
    files = {"events.yaml": EVENTS, "actions/a.yaml": ACTIONS, "report.yaml": REPORT}
    names = {"events": "events.yaml", "actions": "actions/a.yaml", "report": "report.yaml"}
    with pytest.raises(RulebookFaults) as found:
        tiny({**files, **{names[key]: text for key, text in changes.items()}})
    return [str(fault) for fault in found.value.faults]


def test_what_holds_together_is_loaded_compared_and_its_uses_are_known() -> None:
    rulebook = tiny({"events.yaml": EVENTS, "actions/a.yaml": ACTIONS, "report.yaml": REPORT})
    assert rulebook.report is not None
    assert [line.id for line in rulebook.report.lines] == ["danger", "why", "you"]
    assert rulebook.actions[0].followed_up
    assert "report.yaml" in entries_by_kind(rulebook)["report page"]
    assert any(use.kind == "report page" for use in users_of(rulebook, "b", "question"))


def test_an_edition_without_these_files_is_still_whole() -> None:
    rulebook = tiny()
    assert rulebook.events is None
    assert rulebook.report is None


def test_what_is_named_must_be_there() -> None:
    (fault,) = faults_of(report=REPORT.replace("[a, b]", "[a, nothing_known]"))
    assert fault.startswith("report.yaml:5:")
    assert "nothing_known" in fault
    (fault,) = faults_of(actions=ACTIONS.replace("starts: back", "starts: bakc"))
    assert fault.startswith("actions/a.yaml:")
    assert "did you mean 'back'?" in fault
    (fault,) = faults_of(events=EVENTS.replace("[us_aa]", "[us_zz]"))
    assert fault.startswith("events.yaml:3:")
    (fault,) = faults_of(report=REPORT.replace("[house_one]", "[house_two]"))
    assert "house_two" in fault


def test_a_line_shows_answers_or_signs() -> None:
    (fault,) = faults_of(report=REPORT.replace("questions: [a, b]", "questions: [a, b], signs: true"))
    assert "E114" in fault


@pytest.mark.parametrize(
    ("due", "proof", "expected"),
    [
        (Due(hours=2), "The number.", True),
        (Due(hours=2), None, False),
        (None, "The number.", False),
        (None, None, False),
    ],
)
def test_something_is_followed_up_when_it_has_a_clock_and_can_be_shown(
    due: Due | None, proof: str | None, expected: bool
) -> None:
    action = Action(
        id="one",
        label="One",
        due=due,
        proof=proof,
        must=True,
        order=1,
        by=("intake",),
        sources=("house_one",),
    )
    assert action.followed_up is expected


def test_the_opening_and_the_recognition_need_no_event() -> None:
    for moment in ("opened", "recognised"):
        rulebook = tiny({"actions/a.yaml": ACTIONS.replace("starts: back", f"starts: {moment}")})
        assert rulebook.actions[0].starts == moment
