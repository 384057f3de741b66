"""One rulebook that shows each operator by itself, and screenings in which every mix of sources settles it every way."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import combinations
from random import Random
from typing import Any

from tiny_rulebook import tiny

from screening.core.rulebook import Rulebook
from screening.core.statements import Source, Statement, Value

TODAY = date(2026, 11, 24)
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
UNKNOWNS = ("unsure", "declined", "not_asked")
TOLD = {"sources": ["house_one"]}
YES_NO, NUMBERS = ("a", "b", "c", "gated"), ("most", "fewest", "latest")
Mix = tuple[Source, ...]
MIXES: tuple[Mix, ...] = tuple(mix for size in range(1, 5) for mix in combinations(Source, size))
COMMON: dict[str, Any] = {"text": "?", "ways": ["observe", "record", "collateral"], "why": "test"}
OPTIONS = [{"id": id, "label": "O"} for id in ("one", "two", "three")]
QUESTIONS: list[dict[str, Any]] = [
    *({"id": id, "kind": "yes_no"} for id in ("a", "b", "c")),
    {"id": "gated", "kind": "yes_no", "applies_when": {"c": "yes"}},
    *(
        {"id": id, "kind": "number", "least": 0, "most": 99, "combine": combine}
        for id, combine in zip(NUMBERS, ("highest", "lowest", "latest"), strict=True)
    ),
    {"id": "found", "kind": "choices", "options": OPTIONS},
    {"id": "where", "kind": "choice", "options": OPTIONS, "combine": "latest"},
]
SAID_YES = {"id": "said_yes", "label": "D", "when": {"a": "yes"}, "means": "m", **TOLD}
SHOWN: dict[str, Any] = {
    "answer_is": {"a": "yes"},
    "answer_is_of_several": {"where": ["one", "three"]},
    "answer_is_or_unknown": {"b": ["no", "declined"]},
    "answer_is_only_unknown": {"found": ["unsure", "not_asked"]},
    "answer_is_where_it_applies": {"gated": "yes"},
    **{f"number_at_least_{id}": {id: {"at_least": 3}} for id in NUMBERS},
    **{f"number_below_{id}": {id: {"below": 3}} for id in NUMBERS},
    "includes": {"found": {"includes": ["one", "two"]}},
    "all": {"all": [{"a": "yes"}, {"b": "yes"}]},
    "any": {"any": [{"a": "yes"}, {"b": "yes"}]},
    "not": {"not": {"a": "yes"}},
    "at_least": {"at_least": 2, "of": [{"a": "yes"}, {"b": "yes"}, {"gated": "yes"}, {"where": "one"}]},
    "named": {"indicator": "sign_strong"},
    "named_definition": {"indicator": "said_yes"},
    "in_band_low": {"instrument": "tool", "band": "low"},
    "in_band_high": {"instrument": "tool", "band": "high"},
    "findings": {"findings": {"strength": ["strong", "moderate"], "at_least": 2}},
    "findings_of_two_kinds": {
        "findings": {"strength": ["strong", "moderate"], "at_least": 2, "categories": 2}
    },
    "findings_that_cannot_be": {"findings": {"strength": ["context"], "at_least": 1}},
    "concern_possible": {"concern": "possible"},
    "concern_clear": {"concern": "clear"},
}


def rulebook_of_operators() -> Rulebook:
    """An outcome for each operator and one for its opposite: together they show all three truths."""
    section = {"id": "first", "title": "First", "lead": "Staff see.", "purpose": "screening"}
    wording = {"headline": "h", "sentence": "s"}
    outcomes = [{"id": id, "when": when} for id, when in SHOWN.items()]
    outcomes += [{"id": f"opposite_of_{id}", "when": {"not": when}} for id, when in SHOWN.items()]
    concern = {
        "rationale": ["r"],
        "levels": {
            "clear": {"when": {"findings": {"strength": ["strong", "moderate"], "at_least": 2}}, **wording},
            "possible": {"when": {"findings": {"strength": ["strong"], "at_least": 1}}, **wording},
            "none": wording,
            "cannot_rule_out": wording,
        },
        "interruptions": [],
        "outcomes": [{**outcome, "label": "O", "text": "t", **TOLD} for outcome in outcomes],
        **TOLD,
    }
    questions = [{**question, **COMMON} for question in QUESTIONS]
    return tiny(
        {
            "questions/01_first.yaml": json.dumps({"section": section, "questions": questions}),
            "definitions.yaml": json.dumps({"definitions": [SAID_YES]}),
            "indicators/01_first.yaml": json.dumps(_indicators("first_kind", "strong", {"a": "yes"})),
            "indicators/02_second.yaml": json.dumps(_indicators("second_kind", "moderate", {"most": {"at_least": 3}})),
            "instruments/tool.yaml": json.dumps({"instrument": _tool()}),
            "concern.yaml": json.dumps(concern),
            "needs.yaml": json.dumps(
                {"profile": {"age": "most", "counties": ["where"], "served_as": [{"served": "girls", "when": {"a": "yes"}}],
                             "under_control": {"b": "yes"}}, "needs": []}
            ),
        }
    )  # fmt: skip


def _indicators(category: str, strength: str, when: Any) -> dict[str, Any]:
    sign = {
        "id": f"sign_{strength}",
        "label": "Sign",
        "strength": strength,
        "when": when,
        "means": "m",
        **TOLD,
    }
    return {"category": {"id": category, "label": "Kind"}, "indicators": [sign]}


def _tool() -> dict[str, Any]:
    whens = [{"a": "yes"}, {"b": "yes"}, {"found": {"includes": ["one"]}}]
    items = [{"id": f"item_{n}", "label": "I", "points": n + 1, "when": when} for n, when in enumerate(whens)]
    bands = [
        {"id": "low", "label": "L", "at_least": 0, "below": 3},
        {"id": "high", "label": "H", "at_least": 3},
    ]
    told = {"aim": "a", "made_for": "m", "caveats": ["c"], "licence": "own", **TOLD}
    return {
        "id": "tool",
        "label": "T",
        "items": items,
        "readings": [{"id": "usual", "label": "R", "bands": bands}],
        **told,
    }


REPLIES: dict[str, tuple[Value, Value]] = {
    **dict.fromkeys(YES_NO, ("no", "yes")),
    **dict.fromkeys(NUMBERS, (2, 3)),
    "found": (("three",), ("one", "three")),
    "where": ("two", "one"),
}
"""For each question a reply against what the operators test, and one for it."""


def operator_vectors() -> Iterator[tuple[Mix, tuple[Statement, ...]]]:
    """Screenings in which each source of a mix, and no other, replies to every question."""
    chance = Random(20261124)  # noqa: S311 - chance for tests keeps no secret
    for mix in MIXES:
        for reply in (0, 1):
            yield mix, _stated(mix, lambda question, _, reply=reply: REPLIES[question][reply])
            # The first source knows, the others do not: partly known wherever there are others.
            for unknown in UNKNOWNS:
                yield (
                    mix,
                    _stated(
                        mix,
                        lambda question, place, reply=reply, unknown=unknown: (
                            unknown if place else REPLIES[question][reply]
                        ),
                    ),
                )
        for unknown in UNKNOWNS:
            yield mix, _stated(mix, lambda *_, unknown=unknown: unknown)
        for _ in range(20):
            yield mix, _stated(mix, lambda question, _: chance.choice([*REPLIES[question] * 2, *UNKNOWNS]))


def _stated(mix: Mix, reply: Any) -> tuple[Statement, ...]:
    return tuple(
        Statement(f"{question} {source}", question, reply(question, place), source, "officer_a", NOON)
        for question in REPLIES
        for place, source in enumerate(mix)
    )
