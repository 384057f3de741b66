"""Tiny rulebooks for the core's tests: each test writes the few lines of YAML its behaviour needs."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

from screening.core.loading import load_files
from screening.core.rulebook import Rulebook
from screening.core.statements import Source, Statement, Value

TODAY = date(2026, 11, 24)
START = datetime(2026, 11, 24, 12, tzinfo=UTC)

RULEBOOK = """
title: Tiny
version: "1"
as_of: "2026-11-24"
settings: [{id: desk, label: Desk, profession: intake, free_text: false},
    {id: field, label: Field, profession: intake, free_text: true}]
jurisdictions: [{id: us, label: United States}, {id: us_aa, label: State A, within: us}]
counties: [{id: aa_one, label: "County One", jurisdiction: us_aa}, {id: aa_two, label: "County Two",
    jurisdiction: us_aa}]
professions: [{id: intake, label: Intake}]
strengths:
  - {id: direct, label: Direct, means: enough}
  - {id: strong, label: Strong, means: much}
  - {id: moderate, label: Moderate, means: some}
  - {id: context, label: Context, means: background}
rights_notices: [{jurisdiction: us_aa, text: [You may stay silent.], spanish: [Puedes callar.], sources: [house_one]}]
limits: [A screening clears nobody.]
"""
SOURCES = 'sources: [{id: house_one, title: House consensus, as_of: "2026-11-24", evidence: house}]\n'
QUESTIONS = """
section: {id: first, title: First, lead: Staff see., purpose: screening}
questions:
  - {id: a, kind: yes_no, text: A?, youth_text: A?, youth_spanish: ¿A?, ways: [ask, observe, record],
      why: test}
  - {id: b, kind: yes_no, text: B?, ways: [observe, record], why: test}
  - {id: c, kind: yes_no, text: C?, ways: [observe], why: test}
  - {id: d, kind: yes_no, text: D?, ways: [observe], why: test, applies_when: {c: yes}}
  - {id: count, kind: number, text: How many?, ways: [record, observe], why: test, least: 0, most: 99}
  - {id: birth_date, kind: date, text: Born?, ways: [record], why: test, past_only: true}
  - {id: age, kind: number, text: Age?, ways: [observe, record], why: test, least: 0, most: 120,
      years_since: birth_date, combine: lowest}
  - id: found
    kind: choices
    text: Found?
    ways: [observe, record]
    why: test
    options: [{id: keys, label: Keys}, {id: cards, label: Cards}]
  - {id: where, kind: choice, text: Where?, ways: [observe], why: test, options: [{id: aa_one,
      label: One}, {id: aa_two, label: Two}]}
  - {id: note, kind: text, text: Note?, ways: [observe], why: test}
"""
INDICATORS = """
category: {id: first_kind, label: First kind}
indicators:
  - {id: sign_direct, label: Sign, strength: direct, when: {all: [{a: yes}, {indicator: minor}]},
      means: m, sources: [house_one]}
  - {id: sign_strong, label: Sign, strength: strong, when: {any: [{b: yes}, {found: {includes: keys}}]},
      means: m, sources: [house_one]}
"""
DEFINITIONS = """
definitions:
  - {id: minor, label: Minor, when: {any: [{age: {below: 18}}, {age: [unsure, declined]}]}, means: m,
      sources: [house_one]}
"""
CONCERN = """
rationale: [consensus]
sources: [house_one]
levels:
  clear: {when: {findings: {strength: [direct], at_least: 1}}, headline: Clear concern, sentence: s}
  possible: {when: {findings: {strength: [direct, strong], at_least: 1}}, headline: Possible concern,
      sentence: s}
  none: {headline: No current concern, sentence: s}
  cannot_rule_out: {headline: Cannot rule out yet, sentence: s}
interruptions:
  - {id: report_first, title: Report first, when: {concern: possible}, steps: [Call.],
      stops_asking: false, sources: [house_one]}
outcomes:
  - {id: adult, label: Adult now, when: {age: {at_least: 18}}, text: t, sources: [house_one]}
"""
NEEDS = """
profile:
  age: age
  counties: [where]
  served_as: [{served: girls, when: {b: yes}}, {served: boys, when: {c: yes}}]
  under_control: {b: yes}
needs: [{id: bed, label: A bed, when: {concern: possible}, kinds: [shelter], urgent: true}]
"""
BASE: Mapping[str, str] = {
    "rulebook.yaml": RULEBOOK,
    "sources/house.yaml": SOURCES,
    "questions/01_first.yaml": QUESTIONS,
    "definitions.yaml": DEFINITIONS,
    "indicators/01_first.yaml": INDICATORS,
    "concern.yaml": CONCERN,
    "needs.yaml": NEEDS,
    "services/kinds.yaml": "kinds: [{id: shelter, label: Shelter}]\n",
}


def files_with(changes: Mapping[str, str | None] | None = None) -> dict[str, bytes]:
    """The tiny rulebook's files with some replaced, added or (None) taken away."""
    files = {**BASE, **(changes or {})}
    return {name: text.encode() for name, text in files.items() if text is not None}


def tiny(changes: Mapping[str, str | None] | None = None) -> Rulebook:
    """The tiny rulebook, loaded."""
    return load_files(files_with(changes))


def said(
    question: str,
    value: Value,
    source: Source = Source.OBSERVED,
    author: str = "officer_a",
    minute: int = 0,
    id: str | None = None,
) -> Statement:
    """A statement made so many minutes after noon."""
    at = START + timedelta(minutes=minute)
    return Statement(id or f"{question}.{source}.{author}.{minute}", question, value, source, author, at)
