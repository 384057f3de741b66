"""Mock cases: invented youths and what an expert expects of the rulebook."""

from datetime import date
from typing import Literal

from pydantic import Field

from screening.core.shape import Id, Ids, Shape, Text


class CaseHead(Shape):
    """What a mock case is about."""

    id: Id
    title: Text
    story: Text
    setting: Id
    jurisdiction: Id
    day: date


CaseValue = str | int | tuple[str, ...]
Result = Literal["clear", "possible", "none", "cannot_rule_out"]
LevelName = Literal["none", "possible", "clear"]


class Expectation(Shape):
    """What an expert expects of the rulebook in a mock case.

    ``bands`` gives, for an instrument, exactly the bands its readings reach: ``[]`` where none can be told, or the tool is
    not for this youth.
    """

    result: Result
    at_least: LevelName
    at_most: LevelName
    raised: Ids = ()
    not_raised: Ids = ()
    cannot_tell: Ids = ()
    outcomes: Ids = ()
    interruptions: Ids = ()
    actions: Ids = ()
    bands: dict[Id, Ids] = Field(default_factory=dict)
    may_stop: bool | None = None


class MustNot(Shape):
    """What must not appear in a mock case."""

    raised: Ids = ()
    outcomes: Ids = ()
    interruptions: Ids = ()
    actions: Ids = ()
    services: Ids = ()


class MockCase(Shape):
    """An invented youth with statements by source, and what an expert expects."""

    case: CaseHead
    said: dict[Id, CaseValue] = Field(default_factory=dict)
    observed: dict[Id, CaseValue] = Field(default_factory=dict)
    record: dict[Id, CaseValue] = Field(default_factory=dict)
    collateral: dict[Id, CaseValue] = Field(default_factory=dict)
    expect: Expectation
    must_not: MustNot = MustNot()
