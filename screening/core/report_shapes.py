"""rules/report.yaml: what a hotline asks, and where this screening already holds it."""

from typing import Self

from pydantic import Field, model_validator

from screening.core.finding_shapes import Call
from screening.core.shape import Id, Ids, Shape, Text


class ReportLine(Shape):
    """Something a hotline asks.

    ``questions`` name the answers that say it, ``signs`` shows which signs of concern were raised. A line with neither
    is not kept in a screening: the person who reports has it ready.
    """

    id: Id
    label: Text
    hint: Text | None = None
    questions: Ids = ()
    signs: bool = False
    jurisdictions: Ids | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if self.questions and self.signs:
            raise ValueError("a line shows answers or signs, not both")
        return self


class ReportGuide(Shape):
    """rules/report.yaml as a whole. ``calls`` come before the numbers of the actions that report."""

    lead: Text
    calls: tuple[Call, ...] = ()
    lines: tuple[ReportLine, ...] = Field(min_length=1)
    sources: Ids
