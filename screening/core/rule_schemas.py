"""JSON Schemas of the rulebook's files, made from the shapes, so that an editor completes and checks while one types.

A schema knows the form of a file, not its meaning: whether ids lead somewhere stays the business of ``checking``. With
a rulebook at hand a schema also offers the ids that it holds, with what they are called. It offers them and demands
none: an id that was added since is no mistake.
"""

import re
from collections.abc import Mapping
from typing import Any

from screening.core.conditions import RESERVED_WORDS
from screening.core.rule_files import FOLDERS, SINGLE_FILES
from screening.core.rulebook import Question, Rulebook, Shape
from screening.core.shape import CONDITION_FORMAT
from screening.core.statements import UNANSWERED, UNKNOWN_VALUES

Schema = dict[str, Any]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_CONDITION = {"$ref": "#/$defs/Condition"}
_ID = {"type": "string", "pattern": "^[a-z][a-z0-9_]*$"}
_COUNT = {"type": "integer", "minimum": 1}
_PARTS = {"type": "array", "minItems": 1, "items": _CONDITION}
_WORDS = {"type": "array", "minItems": 1, "items": {"type": "string"}}
_WORD_OR_WORDS = {"anyOf": [{"type": "string"}, _WORDS]}
_QUESTION_PATTERN = f"^(?!(?:{'|'.join(sorted(RESERVED_WORDS))})$)[a-z][a-z0-9_]*$"


def schema_name_of(file: str) -> str | None:
    """The name of the schema that a rule file follows ("questions"), or nothing where no rule file belongs."""
    if file in SINGLE_FILES:
        return _name(file)
    folder, _, rest = file.partition("/")
    return folder if folder in FOLDERS and rest and "/" not in rest else None


def rule_schemas(rulebook: Rulebook | None = None) -> dict[str, Schema]:
    """Schema name → the JSON Schema of that kind of file. Conditions are described by their twelve operators.

    Args:
        rulebook: whose ids are offered; without it schemas know the form alone.
    """
    shapes = {**{_name(file): shape for file, shape in SINGLE_FILES.items()}, **FOLDERS}
    schemas = {name: _schema_of(name, shape) for name, shape in shapes.items()}
    if rulebook is not None:
        for schema in schemas.values():
            _offer_ids(schema, rulebook)
    return schemas


def _name(file: str) -> str:
    return file.rsplit("/", maxsplit=1)[-1].removesuffix(".yaml")


def _schema_of(name: str, shape: type[Shape]) -> Schema:
    described: Schema = _with_conditions(shape.model_json_schema())
    definitions = described.setdefault("$defs", {})
    for part in (described, *definitions.values()):
        _describe_keys(part)
    definitions.update(_condition_definitions())
    return {"$schema": _DIALECT, **described, "title": f"Rulebook file: {name}"}


def _with_conditions(part: Any) -> Any:
    """The same schema with a reference to the operators wherever a shape holds a condition."""
    if isinstance(part, Mapping):
        if part.get("format") == CONDITION_FORMAT:
            return dict(_CONDITION)
        return {key: _with_conditions(value) for key, value in part.items()}
    return [_with_conditions(value) for value in part] if isinstance(part, list) else part


def _condition_definitions() -> Schema:
    return {
        "Condition": {
            "description": "One question with a test of its answer, or one operator.",
            "type": "object",
            "anyOf": [
                _operator("All of these hold.", {"all": _PARTS}),
                _operator("At least one of these holds.", {"any": _PARTS}),
                _operator("This does not hold.", {"not": _CONDITION}),
                _operator("At least so many of the list hold.", {"at_least": _COUNT, "of": _PARTS}),
                _operator("That indicator or definition holds.", {"indicator": _ID}),
                _operator("The whole score lies in that band.", {"instrument": _ID, "band": _ID}),
                _operator("So many indicators of these strengths are raised.", {"findings": _findings()}),
                _operator("Concern is at least so high.", {"concern": {"enum": ["possible", "clear"]}}),
                {
                    "description": "A question's id with a test of its answer.",
                    "minProperties": 1,
                    "maxProperties": 1,
                    "patternProperties": {_QUESTION_PATTERN: {"$ref": "#/$defs/AnswerTest"}},
                    "additionalProperties": False,
                },
            ],
        },
        "AnswerTest": _answer_test(),
    }


def _operator(description: str, properties: Mapping[str, Any]) -> Schema:
    """An operator stands with exactly its own keys."""
    return {
        "description": description,
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def _findings() -> Schema:
    return {
        "type": "object",
        "properties": {"strength": _WORD_OR_WORDS, "at_least": _COUNT, "categories": _COUNT},
        "required": ["strength", "at_least"],
        "additionalProperties": False,
    }


def _answer_test() -> Schema:
    """The four tests of one answer: it is one of these, a number from or below, and what was ticked."""
    number = {"type": "integer"}
    return {
        "anyOf": [
            {"description": "The answer is this.", "type": "string"},
            {"description": "The answer is one of these.", **_WORDS},
            {"type": "object", **_operator("The number is so high or higher.", {"at_least": number})},
            {"type": "object", **_operator("The number is below.", {"below": number})},
            {"type": "object", **_operator("Any of these was ticked.", {"includes": _WORD_OR_WORDS})},
        ]
    }


# ---- descriptions from the shapes' docstrings -----------------------------------------------------


def _describe_keys(shape: Schema) -> None:
    """Give each key the sentences of its shape's docstring that name it."""
    sentences = re.split(r"(?<=[.!?])\s+", " ".join(str(shape.get("description", "")).split()))
    for key, described in shape.get("properties", {}).items():
        told = [sentence for sentence in sentences if f"``{key}" in sentence]
        if told and isinstance(described, dict):
            described["description"] = " ".join(told).replace("``", "'")
    if "description" in shape:
        shape["description"] = str(shape["description"]).replace("``", "'")


# ---- ids of a rulebook ----------------------------------------------------------------------------

_NAMED_BY: Mapping[str, str] = {
    # key: the kind of thing that it names, wherever it stands
    "sources": "source",
    "settings": "setting",
    "setting": "setting",
    "strength": "strength",
    "jurisdiction": "jurisdiction",
    "jurisdictions": "jurisdiction",
    "within": "jurisdiction",
    "areas": "area",
    "profession": "profession",
    "professions": "profession",
    "by": "profession",
    "referred_by": "profession",
    "law": "note of law",
    "kinds": "kind of service",
    "questions": "question",
    "years_since": "question",
    "age": "question",
    "counties": "question",
    "indicator": "indicator",
    "raised": "indicator",
    "not_raised": "indicator",
    "cannot_tell": "indicator",
    "outcomes": "outcome",
    "interruptions": "interruption",
    "actions": "action",
    "services": "service",
    "instrument": "instrument",
    "feature": "feature",
    "needs": "need",
}


def _known_ids(rulebook: Rulebook) -> dict[str, list[str]]:
    jurisdictions = list(rulebook.jurisdictions)
    return {
        "source": list(rulebook.sources),
        "setting": list(rulebook.settings),
        "strength": [each.id for each in rulebook.about.strengths],
        "jurisdiction": jurisdictions,
        "area": [*jurisdictions, *(county.id for county in rulebook.about.counties)],
        "profession": [each.id for each in rulebook.about.professions],
        "note of law": list(rulebook.law),
        "kind of service": list(rulebook.kinds),
        "question": list(rulebook.questions),
        "indicator": list(rulebook.named_order),
        "outcome": [each.id for each in rulebook.concern.outcomes],
        "interruption": [each.id for each in rulebook.concern.interruptions],
        "action": [each.id for each in rulebook.actions],
        "service": list(rulebook.services),
        "instrument": list(rulebook.instruments),
        "feature": [each.id for each in rulebook.placement.features] if rulebook.placement else [],
        "need": [each.id for each in rulebook.needs],
    }


def _offer_ids(schema: Schema, rulebook: Rulebook) -> None:
    """Put the known ids beside the form of an id, and the questions beside the form of a test."""
    known = _known_ids(rulebook)
    definitions = schema["$defs"]
    for part in (schema, *definitions.values()):
        for key, described in part.get("properties", {}).items():
            part["properties"][key] = _offered(described, known.get(_NAMED_BY.get(key, ""), []))
    for operator in definitions["Condition"]["anyOf"]:
        for key, described in operator.get("properties", {}).items():
            operator["properties"][key] = _offered(described, known.get(_NAMED_BY.get(key, ""), []))
            _offer_strengths(described, known["strength"])
    questions = rulebook.questions.values()
    definitions["Condition"]["anyOf"][-1]["properties"] = {each.id: _test_of(each) for each in questions}
    for source in ("said", "observed", "record", "collateral"):
        given = schema.get("properties", {}).get(source)
        if given is not None:
            (form,) = given["patternProperties"].values()
            given["properties"] = {each.id: _answer_of(each, form) for each in questions}


def _offered(form: Any, ids: list[str]) -> Any:
    """The same form with ids offered: for one id, for a list of them, and where the key may be left out."""
    if not ids or not isinstance(form, dict):
        return form
    if _is_id(form):
        return {"anyOf": [{"enum": ids}, form]}
    inside = {key: _offered(form[key], ids) for key in ("items",) if key in form}
    if "anyOf" in form:
        inside["anyOf"] = [_offered(each, ids) for each in form["anyOf"]]
    return {**form, **inside}


def _is_id(schema: Schema) -> bool:
    return schema.get("type") == "string" and "pattern" in schema


def _offer_strengths(counted: Schema, strengths: list[str]) -> None:
    """A count of findings names strengths, one or several."""
    if "strength" in counted.get("properties", {}):
        word, words = {"type": "string"}, {"type": "array", "minItems": 1}
        offered = {"anyOf": [{"enum": strengths}, word]}
        counted["properties"]["strength"] = {"anyOf": [*offered["anyOf"], {**words, "items": offered}]}


def _values_of(question: Question) -> list[str]:
    known = ["yes", "no"] if question.kind == "yes_no" else list(question.option_labels)
    return known if question.kind in ("yes_no", "choice") else []


def _test_of(question: Question) -> Schema:
    """A test of one question: the words it can be answered with are offered, any test of the right form is taken."""
    test = {"$ref": "#/$defs/AnswerTest"}
    words = [*_values_of(question), *UNKNOWN_VALUES, UNANSWERED]
    offered: list[Schema] = [{"enum": words}, {"type": "array", "minItems": 1, "items": {"enum": words}}]
    if question.kind == "choices":
        options = list(question.option_labels)
        either = {"anyOf": [{"enum": options}, {"type": "array", "minItems": 1, "items": {"enum": options}}]}
        offered.insert(0, {"type": "object", **_operator("Any of these was ticked.", {"includes": either})})
    return {"description": question.text, "anyOf": [*offered, test]}


def _answer_of(question: Question, form: Schema) -> Schema:
    """An answer in a mock case."""
    words = [*_values_of(question), *UNKNOWN_VALUES]
    ticks = {"type": "array", "items": {"enum": list(question.option_labels)}}
    offered: list[Schema] = [{"enum": words}, *([ticks] if question.kind == "choices" else [])]
    return {"description": question.text, "anyOf": [*offered, form]}
