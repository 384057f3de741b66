"""Rulebooks invented by chance, always the same for the same chance: every operator, however deep, on every kind of question."""

import json
from random import Random
from typing import Any

from tiny_rulebook import tiny

from screening.core.rulebook import Rulebook

Raw = dict[str, Any]

YES_NO = ("a", "b", "c", "d", "e")
NUMBERS = ("count_high", "count_low", "count_last", "age")
CHOICES = ("found", "marks")
CHOICE = ("where_high", "where_low", "where_last")
OPTIONS = ("one", "two", "three")
UNKNOWNS = ("unsure", "declined", "not_asked")
STRENGTHS = ("direct", "strong", "moderate", "context")
CATEGORIES = ("first_kind", "second_kind", "third_kind")
WORDING = {"headline": "h", "sentence": "s"}


class Inventor:
    """Invents one rulebook."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.bands: list[tuple[str, str]] = []
        self.definitions: list[str] = []

    def rulebook(self) -> Rulebook:
        files: dict[str, str | None] = {
            "questions/01_first.yaml": json.dumps(self.questions()),
            "indicators/01_first.yaml": None,
            "needs.yaml": json.dumps(NEEDS),
        }
        names = [f"named_{number}" for number in range(self.chance.randint(4, 9))]
        # A condition may name those that were invented before it; the files list them in another order.
        entries = [self.entry(name, names[:place]) for place, name in enumerate(names)]
        self.chance.shuffle(entries)
        cut = self.chance.randint(1, 3)
        for entry in entries[:cut]:
            self.definitions.append(entry["id"])
            entry["when"] = self.presumed(entry["when"])
        files["definitions.yaml"] = json.dumps({"definitions": entries[:cut]})
        for place, category in enumerate(CATEGORIES):
            indicators = [
                {**entry, "strength": self.chance.choice(STRENGTHS)} for entry in entries[cut + place :: 3]
            ]
            head = {"id": category, "label": "Kind"}
            files[f"indicators/0{place}_{category}.yaml"] = json.dumps(
                {"category": head, "indicators": indicators}
            )
        for number in range(self.chance.randint(0, 2)):
            files[f"instruments/tool_{number}.yaml"] = json.dumps(
                {"instrument": self.instrument(f"tool_{number}", names)}
            )
        files["concern.yaml"] = json.dumps(self.concern(names))
        files["actions/all.yaml"] = json.dumps({"actions": self.actions(names)})
        return tiny(files)

    # ---- questions

    def questions(self) -> Raw:
        shared = {"text": "?", "ways": ["observe", "record", "collateral"], "why": "test"}
        listed: list[Raw] = [{"id": "birth_date", "kind": "date", "past_only": True}]
        listed += [{"id": id, "kind": "yes_no"} for id in YES_NO]
        listed += [
            {"id": id, "kind": "number", "least": 0, "most": 99, "combine": combine}
            for id, combine in zip(NUMBERS, ("highest", "lowest", "latest", "lowest"), strict=True)
        ]
        listed[-1] |= {
            "years_since": "birth_date",
            "combine": self.chance.choice(["highest", "lowest", "latest"]),
        }
        options = [{"id": option, "label": "O"} for option in OPTIONS]
        listed += [{"id": id, "kind": "choices", "options": options} for id in CHOICES]
        listed += [
            {"id": id, "kind": "choice", "options": options, "combine": combine}
            for id, combine in zip(CHOICE, ("highest", "lowest", "latest"), strict=True)
        ]
        listed.append({"id": "note", "kind": "text"})
        self.chance.shuffle(listed)
        asked: list[str] = []
        for question in listed:
            if asked and self.chance.random() < 0.3:
                question["applies_when"] = self.condition(1, [self.answer_leaf], among=asked)
            asked.append(question["id"])
        head = {"id": "first", "title": "First", "lead": "Staff see.", "purpose": "screening"}
        return {"section": head, "questions": [{**question, **shared} for question in listed]}

    # ---- conditions

    def condition(self, depth: int, leaves: list[Any], among: list[str] | None = None) -> Raw:
        if depth == 0 or self.chance.random() < 0.35:
            leaf = self.chance.choice(leaves)
            return leaf(among) if leaf == self.answer_leaf else leaf()
        parts = [self.condition(depth - 1, leaves, among) for _ in range(self.chance.randint(1, 3))]
        match self.chance.choice(["all", "any", "not", "at_least"]):
            case "not":
                return {"not": parts[0]}
            case "at_least":
                return {"at_least": self.chance.randint(1, len(parts)), "of": parts}
            case operator:
                return {operator: parts}

    def answer_leaf(self, among: list[str] | None = None) -> Raw:
        question = self.chance.choice(
            among or [*YES_NO, *YES_NO, *NUMBERS, *CHOICES, *CHOICE, "note", "birth_date"]
        )
        if question in NUMBERS and self.chance.random() < 0.85:
            bound = self.chance.choice([14, 18, 20] if question == "age" else [1, 3, 4])
            return {question: {self.chance.choice(["at_least", "below"]): bound}}
        if question in CHOICES and self.chance.random() < 0.85:
            return {question: {"includes": self.some(OPTIONS)}}
        known = ("yes", "no") if question in YES_NO else OPTIONS if question in CHOICE else ()
        values = self.some([*known, *known, *known, *UNKNOWNS])
        return {question: values[0] if len(values) == 1 else values}

    def some(self, values: Any) -> list[str]:
        return list(dict.fromkeys(self.chance.choices(values, k=self.chance.randint(1, 3))))

    def presumed(self, when: Raw) -> Raw:
        """Most definitions count some question that nobody touched."""
        if self.chance.random() < 0.3:
            return when
        question = self.chance.choice([*YES_NO, *NUMBERS, *CHOICES, *CHOICE])
        leaves = [{question: ["unanswered", *self.some(UNKNOWNS)]}, self.answer_leaf([question])]
        return {"any": [when, *leaves]} if self.chance.random() < 0.5 else {"any": leaves}

    def findings_leaf(self) -> Raw:
        strengths = self.some(STRENGTHS)
        count: Raw = {"strength": strengths, "at_least": self.chance.randint(1, 3)}
        if self.chance.random() < 0.6:
            count["categories"] = self.chance.randint(1, 3)
        return {"findings": count}

    def band_leaf(self) -> Raw:
        if not self.bands:
            return self.findings_leaf()
        instrument, band = self.chance.choice(self.bands)
        return {"instrument": instrument, "band": band}

    def concern_leaf(self) -> Raw:
        return {"concern": self.chance.choice(["possible", "clear"])}

    # ---- what conditions are for

    def entry(self, name: str, earlier: list[str]) -> Raw:
        leaves = [self.answer_leaf] * 4 + [self.naming(earlier)] * bool(earlier)
        when = self.condition(2, leaves)
        return {"id": name, "label": "N", "when": when, "means": "m", "sources": ["house_one"]}

    def naming(self, names: list[str]) -> Any:
        return lambda: {"indicator": self.chance.choice(names)}

    def instrument(self, id: str, names: list[str]) -> Raw:
        items = [
            {
                "id": f"item_{number}",
                "label": "I",
                "points": self.chance.randint(1, 3),
                "when": self.condition(1, [self.answer_leaf, self.naming(names)]),
            }
            for number in range(self.chance.randint(1, 4))
        ]
        if self.chance.random() < 0.3:
            items.append({"id": "not_asked_here", "label": "I", "points": 2, "left_out": "not asked here"})
        bands: list[Raw] = [
            {"id": "low", "label": "L", "at_least": 0, "below": 2},
            {"id": "high", "label": "H", "at_least": 2},
            {"id": "higher", "label": "H", "at_least": 3, "below": 9},
        ]
        readings: list[Raw] = [
            {"id": "usual", "label": "R", "bands": bands[:2]},
            {"id": "other", "label": "R", "bands": bands[2:]},
        ][: self.chance.randint(0, 2)]
        self.bands += [(id, band["id"]) for reading in readings for band in reading["bands"]]
        told = {"aim": "a", "made_for": "m", "caveats": ["c"], "licence": "own", "sources": ["house_one"]}
        used: Raw = {}
        if self.chance.random() < 0.4:
            used["applies_when"] = self.condition(1, [self.answer_leaf, self.naming(names)])
        if self.chance.random() < 0.4:
            used["set_aside"] = [{"when": self.answer_leaf(), "text": "t"}]
        return {"id": id, "label": "T", "items": items, "readings": readings, **used, **told}

    def concern(self, names: list[str]) -> Raw:
        named = [self.naming(names), self.naming(self.definitions)]
        behind = [self.findings_leaf, self.findings_leaf, self.band_leaf, self.answer_leaf, *named]
        every = [*behind, self.concern_leaf]
        outcomes: list[Raw] = []
        for number in range(4):
            when = self.condition(2, every)
            # With its opposite beside it, an outcome shows all three truths.
            outcomes += [
                {"id": f"holds_{number}", "when": when},
                {"id": f"fails_{number}", "when": {"not": when}},
            ]
        told = {"sources": ["house_one"]}
        return {
            "rationale": ["r"],
            **told,
            "levels": {
                "clear": {"when": self.condition(1, behind), **WORDING},
                "possible": {"when": self.condition(1, behind), **WORDING},
                "none": WORDING,
                "cannot_rule_out": WORDING,
            },
            "interruptions": [
                {"id": f"stop_{number}", "title": "S", "when": self.condition(1, every), "steps": ["Call."],
                 "stops_asking": self.chance.random() < 0.5, **told}
                for number in range(2)
            ],
            "outcomes": [{**outcome, "label": "O", "text": "t", **told} for outcome in outcomes],
        }  # fmt: skip

    def actions(self, names: list[str]) -> list[Raw]:
        leaves = [self.answer_leaf, self.naming(names), self.findings_leaf, self.concern_leaf]
        told = {"label": "A", "must": False, "by": ["intake"], "sources": ["house_one"]}
        return [
            {
                "id": f"do_{order}",
                "order": order,
                **({"when": self.condition(1, leaves)} if order else {}),
                **told,
            }
            for order in range(3)
        ]


GATE_QUESTIONS = ("a", "c", "d")


def gate_questions() -> Raw:
    shared = {"kind": "yes_no", "text": "?", "ways": ["observe"], "why": "test"}
    return {
        "section": {"id": "first", "title": "First", "lead": "Staff see.", "purpose": "screening"},
        "questions": [
            *({"id": id, **shared} for id in ("a", "b", "c")),
            {"id": "d", **shared, "applies_when": {"c": "no"}},
            {"id": "age", **shared, "kind": "number", "least": 0, "most": 99},
            {"id": "where_last", **shared, "kind": "choice", "options": [{"id": "one", "label": "O"}]},
        ],
    }


def rulebook_with_presumed_gate() -> Rulebook:
    """A presumed answer that also decides whether another question applies: too rare to leave to chance."""
    told = {"means": "m", "sources": ["house_one"]}
    presumption = {"any": [{"c": ["unanswered", "yes"]}, {"all": [{"c": "no"}, {"a": "yes"}]}]}
    definition = {"id": "minor", "label": "M", "when": presumption, **told}
    concern = {
        "rationale": ["r"],
        "sources": ["house_one"],
        "levels": {
            # {d: yes} counts where c is no, that is where the presumption does not hold.
            "clear": {"when": {"all": [{"indicator": "minor"}, {"a": ["yes", "unsure"]}]}, **WORDING},
            "possible": {"when": {"any": [{"indicator": "minor"}, {"d": "yes"}]}, **WORDING},
            "none": WORDING,
            "cannot_rule_out": WORDING,
        },
        "interruptions": [],
        "outcomes": [],
    }
    files = {
        "questions/01_first.yaml": json.dumps(gate_questions()),
        "indicators/01_first.yaml": None,
        "definitions.yaml": json.dumps({"definitions": [definition]}),
        "concern.yaml": json.dumps(concern),
        "needs.yaml": json.dumps(NEEDS),
    }
    return tiny(files)


def rulebook_with_two_ticks() -> Rulebook:
    """A level that needs two options of one question: what is supposed must leave standing what was ticked before."""
    questions = gate_questions()
    options = [{"id": option, "label": "O"} for option in OPTIONS]
    shared = {"text": "?", "ways": ["observe", "record"], "why": "test"}
    questions["questions"].append({"id": "found", "kind": "choices", "options": options, **shared})
    both = {"all": [{"found": {"includes": "one"}}, {"found": {"includes": "two"}}]}
    concern = {
        "rationale": ["r"],
        "sources": ["house_one"],
        "levels": {
            "clear": {"when": {"all": [both, {"a": "yes"}]}, **WORDING},
            "possible": {"when": both, **WORDING},
            "none": WORDING,
            "cannot_rule_out": WORDING,
        },
        "interruptions": [],
        "outcomes": [],
    }
    files = {
        "questions/01_first.yaml": json.dumps(questions),
        "indicators/01_first.yaml": None,
        "definitions.yaml": json.dumps({"definitions": []}),
        "concern.yaml": json.dumps(concern),
        "needs.yaml": json.dumps(NEEDS),
    }
    return tiny(files)


NEEDS: Raw = {
    "profile": {
        "age": "age",
        "counties": ["where_last"],
        "served_as": [{"served": "girls", "when": {"b": "yes"}}],
        "under_control": {"b": "yes"},
    },
    "needs": [],
}
