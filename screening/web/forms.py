"""Sections as WTForms forms, made from the rulebook, and what a posted form adds to a screening.

A form class depends only on the rulebook, the section and the setting, so it is made once. Comparing happens three ways:
what the page showed, what was posted, and what is recorded now. A row counts as changed only if it differs from what its
page showed, so a page left open in another tab never undoes what was saved since.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import cast
from uuid import UUID, uuid4, uuid5

from werkzeug.datastructures import MultiDict
from wtforms.form import Form

from screening.core.answers import Effective
from screening.core.rulebook import SOURCE_OF_WAY, Question, Rulebook, Section
from screening.core.statements import Source, Statement, Value, in_force
from screening.operations.screenings import NewStatement
from screening.web.answer_fields import FIELD_OF_KIND, AnswerField


class SectionForm(Form):
    """The rows of one section. Made by ``form_class``; ``today`` is what dates in the past are measured against."""

    def __init__(self, posted: MultiDict[str, str] | None, shown: Mapping[str, Value], today: date) -> None:
        self.today = today
        super().__init__(posted, data=dict(shown))

    def row(self, question: Question, source: Source) -> AnswerField:
        """The row of a question from a source."""
        return cast(AnswerField, self[row_name(question.id, source)])

    def rows(self) -> Iterable[AnswerField]:
        """All rows, in the order of the page."""
        return (field for field in self if isinstance(field, AnswerField))

    def faults(self) -> dict[str, str]:
        """Row name → what is wrong with it, after ``validate``."""
        return {field.name: field.error for field in self.rows() if field.error}


def row_name(question: str, source: Source) -> str:
    """The name all inputs of a row share."""
    return f"{question}.{source}"


def sources_of(question: Question) -> tuple[Source, ...]:
    """Where answers to a question may come from, the usual one first."""
    return tuple(SOURCE_OF_WAY[way] for way in question.ways)


@lru_cache(maxsize=64)
def sections_for(rulebook: Rulebook, setting: str) -> tuple[Section, ...]:
    """The sections asked in a setting, each with only the questions for it; text questions only where text is allowed."""
    free_text = rulebook.settings[setting].free_text
    kept = []
    for section in rulebook.sections:
        questions = tuple(
            question
            for question in section.questions
            if question.is_for(setting) and (free_text or question.kind != "text")
        )
        if questions:
            kept.append(section.model_copy(update={"questions": questions}))
    return tuple(kept)


@lru_cache(maxsize=512)
def form_class(rulebook: Rulebook, section_id: str, setting: str) -> type[SectionForm]:
    """The form of a section in a setting. Raises ``KeyError`` when the setting has no such section."""
    for section in sections_for(rulebook, setting):
        if section.id == section_id:
            rows = {
                row_name(question.id, source): FIELD_OF_KIND[question.kind](question, source)
                for question in section.questions
                for source in sources_of(question)
            }
            return type("SectionForm", (SectionForm,), rows)
    raise KeyError(section_id)


def own_values(answers: Mapping[str, Effective], author: str) -> dict[str, Value]:
    """Row name → what this author has recorded there and nothing since has replaced."""
    return {
        row_name(statement.question, statement.source): statement.value
        for answer in answers.values()
        for statement in answer.statements
        if statement.author == author
    }


def last_recorded_at(statements: Iterable[Statement], author: str) -> str:
    """When this author last recorded something, as the page carries it; empty when never."""
    moments = [statement.at for statement in statements if statement.author == author]
    return max(moments).isoformat() if moments else ""


def values_shown(statements: Iterable[Statement], author: str, last_recorded: str) -> dict[str, Value]:
    """Row name → what a page showed that was made when ``last_recorded_at`` gave ``last_recorded``.

    A page that carries no such moment showed nothing, so every posted answer counts as changed.
    """
    try:
        until = datetime.fromisoformat(last_recorded)
    except ValueError:
        return {}
    if until.tzinfo is None:
        return {}
    seen = [statement for statement in statements if statement.author == author and statement.at <= until]
    return {
        row_name(statement.question, statement.source): statement.value
        for group in in_force(seen).values()
        for statement in group
    }


def save_token(posted: object) -> UUID:
    """The token that makes saving the same page twice one save; a fresh one when the posted one is none."""
    try:
        return UUID(str(posted))
    except ValueError:
        return uuid4()


@dataclass(frozen=True, slots=True)
class SentPage:
    """What a page says beside its answers.

    Attributes:
        token: makes saving the same page twice one save.
        shown: what the page showed at first (row name → value).
        touched: rows known to have been changed on it, even if they look as they did at first.
    """

    token: UUID
    shown: Mapping[str, Value]
    touched: frozenset[str]


def new_statements(
    form: SectionForm, author: str, page: SentPage, recorded: Mapping[str, Value]
) -> list[NewStatement]:
    """What a validated form adds over what is recorded now (row name → value).

    One statement for each valid row that was changed on its page and differs from now. The ids follow from the page's
    token, the author, the row and the value: posting a page twice gives the same ids, and a page posted again with other
    answers does not lose them.
    """
    added = []
    for field in form.rows():
        if field.name not in page.touched and field.to_record(page.shown.get(field.name)) is None:
            continue
        value = field.to_record(recorded.get(field.name))
        if value is not None:
            id = str(uuid5(page.token, json.dumps([author, field.name, value])))
            added.append(NewStatement(id, field.question.id, value, field.source))
    return added
