"""JSON Schemas of the rulebook's files, made from the shapes, so that an editor completes and checks while one types.

A schema knows the form of a file, not its meaning: whether ids lead somewhere stays the business of ``checking``.
"""

from collections.abc import Mapping
from typing import Any

from screening.core.conditions import RESERVED_WORDS
from screening.core.rule_files import FOLDERS, SINGLE_FILES
from screening.core.rulebook import Shape
from screening.core.shape import CONDITION_FORMAT

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


def rule_schemas() -> dict[str, Schema]:
    """Schema name → the JSON Schema of that kind of file. Conditions are described by their twelve operators."""
    shapes = {**{_name(file): shape for file, shape in SINGLE_FILES.items()}, **FOLDERS}
    return {name: _schema_of(name, shape) for name, shape in shapes.items()}


def _name(file: str) -> str:
    return file.rsplit("/", maxsplit=1)[-1].removesuffix(".yaml")


def _schema_of(name: str, shape: type[Shape]) -> Schema:
    described: Schema = _with_conditions(shape.model_json_schema())
    definitions = described.setdefault("$defs", {})
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
