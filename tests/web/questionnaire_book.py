"""A small rulebook with one question of every kind, for the tests of the questionnaire."""

from screening.core.loading import load_files
from screening.core.rulebook import Rulebook

FILES = {
    "rulebook.yaml": """
title: Small
version: "1"
as_of: "2026-11-24"
settings:
  - {id: detention, label: Detention, profession: juvenile_detention, free_text: false}
  - {id: child_protection, label: Child protection, profession: juvenile_detention, free_text: true}
jurisdictions: [{id: us, label: United States}, {id: us_mo, label: Missouri, within: us}]
counties: [{id: mo_one, label: County One, jurisdiction: us_mo}, {id: mo_two, label: County Two, jurisdiction: us_mo}]
professions: [{id: juvenile_detention, label: Detention}]
strengths: [{id: direct, label: Direct, means: m}, {id: strong, label: Strong, means: m}]
rights_notices:
  - {jurisdiction: us_mo, text: [You may stay silent.], sources: [house_one]}
limits: [A screening clears nobody.]
""",
    "sources/house.yaml": 'sources: [{id: house_one, title: House, as_of: "2026-11-24", evidence: house}]\n',
    "questions/01_now.yaml": """
section: {id: now, title: Right now, lead: Look first., purpose: screening}
questions:
  - id: hurt
    kind: yes_no
    text: Is the youth hurt?
    youth_text: Are you hurt?
    ways: [observe, ask, record]
    why: Staff call help.
    ask_like: [Does anything hurt?]
  - {id: told, kind: yes_no, text: Did the youth tell you?, ways: [observe], why: Staff stop asking.}
  - {id: told_what, kind: choice, text: What was it about?, ways: [observe], why: For the report.,
     options: [{id: sale, label: Sale}, {id: work, label: Work}], applies_when: {told: yes}}
""",
    "questions/02_who.yaml": """
section: {id: who, title: Who, lead: From records., purpose: screening}
questions:
  - {id: birth_date, kind: date, text: Born when?, ways: [record], why: Age., past_only: true}
  - {id: age, kind: number, text: How old?, ways: [record, observe], why: Age., least: 0, most: 120, unit: years,
     years_since: birth_date, combine: lowest}
  - id: found
    kind: choices
    text: What was found?
    ways: [observe, record]
    why: Signs.
    options: [{id: keys, label: Hotel keys}, {id: cards, label: Cards}]
  - {id: where, kind: choice, text: Which county?, ways: [record], why: Services.,
     options: [{id: mo_one, label: One}, {id: mo_two, label: Two}, {id: c, label: C}, {id: d, label: D}, {id: e, label: E},
               {id: f, label: F}, {id: g, label: G}, {id: h, label: H}]}
  - {id: note, kind: text, text: Anything else?, ways: [observe, collateral], why: Details., max_length: 2500}
""",
    "questions/03_ask.yaml": """
section: {id: asked, title: If the youth is willing, lead: Skippable., purpose: screening}
questions:
  - {id: controlled, kind: yes_no, text: Does someone decide?, youth_text: Does someone decide for you?,
     ways: [ask, collateral, record], why: Control.}
  - {id: sold, kind: yes_no, text: Was the youth sold?, youth_text: Did someone sell you?, ways: [ask, record], why: Law.}
""",
    "questions/04_needs.yaml": """
section: {id: needs, title: Needs, lead: Help does not depend on it., purpose: needs}
questions:
  - {id: bed, kind: yes_no, text: Is a bed needed?, youth_text: Do you need a bed?, ways: [ask, observe], why: Placement.}
""",
    "definitions.yaml": "definitions: []\n",
    "indicators/01_one.yaml": """
category: {id: control, label: Control}
indicators:
  - {id: sign_control, label: Control, strength: strong, when: {controlled: yes}, means: m, sources: [house_one]}
  - {id: sign_sold, label: Sold, strength: direct, when: {any: [{sold: yes}, {told: yes}]}, means: m, sources: [house_one]}
""",
    "concern.yaml": """
rationale: [consensus]
sources: [house_one]
levels:
  clear: {when: {findings: {strength: [direct], at_least: 1}}, headline: Clear concern, sentence: s}
  possible: {when: {findings: {strength: [direct, strong], at_least: 1}}, headline: Possible concern, sentence: s}
  none: {headline: No current concern, sentence: s}
  cannot_rule_out: {headline: Cannot rule out yet, sentence: s}
interruptions:
  - {id: danger_now, title: Danger now, when: {hurt: yes}, steps: ["Call 911 or 1-800-555-0100."], stops_asking: false,
     sources: [house_one]}
  - {id: disclosure, title: Stop asking, when: {told: yes}, steps: [Listen.], stops_asking: true, sources: [house_one]}
  - {id: report_first, title: Report first, when: {concern: possible}, steps: [Report.], stops_asking: false,
     sources: [house_one]}
outcomes: []
""",
    "needs.yaml": """
profile:
  age: age
  counties: [where]
  served_as: [{served: girls, when: {bed: yes}}]
  under_control: {controlled: yes}
needs: [{id: bed_tonight, label: A bed, when: {bed: yes}, kinds: [shelter], urgent: true}]
""",
    "services/kinds.yaml": "kinds: [{id: shelter, label: Shelter}]\n",
}


def small_rulebook() -> Rulebook:
    """The rulebook, loaded."""
    return load_files({name: text.encode() for name, text in FILES.items()})
