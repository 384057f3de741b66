"""What every shape of ``rules/`` is made of: small, frozen, typed, and strict about unknown keys."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, PlainValidator, StringConstraints, WithJsonSchema

from screening.core.conditions import Condition, parse_condition

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Texts = tuple[Text, ...]
Ids = tuple[Id, ...]
CONDITION_FORMAT = "condition"
"""Marks a condition in a generated schema; ``rule_schemas`` puts the operators in its place."""
ConditionField = Annotated[
    Condition, PlainValidator(parse_condition), WithJsonSchema({"format": CONDITION_FORMAT})
]


class Shape(BaseModel):
    """What all shapes share: immutable, and an unknown key is a fault, never ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)
