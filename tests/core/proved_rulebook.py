"""The tiny rulebook made whole enough that nothing is found in it, and what is found once it is changed."""

from collections.abc import Mapping
from datetime import date

from tiny_rulebook import INDICATORS, QUESTIONS, files_with

from screening.core.rule_files import Fault
from screening.core.rule_proofs import check_rule_files

QUESTION_FILE, INDICATOR_FILE = "questions/01_first.yaml", "indicators/01_first.yaml"
USES = """
category: {id: last_kind, label: Last kind}
indicators:
  - {id: uses_all, label: Uses, strength: context, when: {any: [{c: yes}, {d: yes}, {count: {at_least: 1}}]},
      means: m, sources: [house_one]}
"""
SOUND = {"indicators/09_last.yaml": USES}


def found(changes: Mapping[str, str | None], today: date | None = None) -> tuple[list[Fault], list[Fault]]:
    checked = check_rule_files(files_with({**SOUND, **changes}), today)
    assert checked.rulebook is not None, checked.faults
    return list(checked.faults), list(checked.warnings)


def with_indicator(when: str) -> dict[str, str | None]:
    """The tiny rulebook with one more strong indicator."""
    more = f"  - {{id: odd, label: Odd, strength: strong, when: {when}, means: m, sources: [house_one]}}\n"
    return {INDICATOR_FILE: INDICATORS + more}


def question_with(id: str, more: str, kind: str = "yes_no") -> str:
    return (
        QUESTIONS + f"  - {{id: {id}, kind: {kind}, text: T?, ways: [observe, record], why: test, {more}}}\n"
    )


INSTRUMENT = """
instrument:
  id: screen
  label: Short screen
  aim: p
  made_for: m
  items: [{id: one, label: First topic, when: {b: yes}}, {id: two, label: Second topic, when: {b: no}}]
  readings:
    - id: usual
      label: Usual
      bands: [{id: low, label: Low, at_least: 0, below: 2}, {id: high, label: High, at_least: 2}]
  caveats: [Never tested.]
  licence: own
  sources: [house_one]
"""
