"""Questions as HTML. Drawing is remembered as long as nothing that was typed, and nobody's name, is in it.

Most questions of a page are blank or hold one ticked answer, so the same few drawings come again and again: remembering
them halves the time a page takes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from flask import current_app
from markupsafe import Markup

from screening.core.rulebook import Question
from screening.core.statements import Source
from screening.web.answer_fields import NONE_OF_THESE, AnswerField
from screening.web.language import page_language
from screening.web.spoken import gettext as _
from screening.web.spoken import translate

MOST_REMEMBERED = 4000
_remembered: dict[tuple[object, ...], Markup] = {}


@dataclass(frozen=True, slots=True)
class OtherAnswer:
    """What somebody recorded, in words: where it came from, what, by whom and when."""

    source: str
    value: str
    author: str
    at: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as a section page shows it.

    Attributes:
        put: whether it is shown at all; it is on the page either way, so that the script can show it.
        rows: the rows at hand.
        folded: sources whose row is there for the asking.
        others: what others recorded.
        worked_out: the value that follows from another question, in words.
    """

    question: Question
    put: bool
    rows: tuple[AnswerField, ...]
    folded: tuple[Source, ...]
    others: tuple[OtherAnswer, ...]
    worked_out: str

    @property
    def asks_youth(self) -> bool:
        """Whether the row for what the youth says is at hand, and with it the words to ask with."""
        return any(row.source is Source.SAID for row in self.rows)

    @property
    def is_impersonal(self) -> bool:
        """Whether nothing typed, no fault and nothing from others is to be drawn."""
        return not (self.others or self.worked_out) and all(row.is_plain for row in self.rows)


@dataclass(frozen=True, slots=True)
class Words:
    """The words every question uses. By source: the row's heading, how a sentence names it, how "also from" does."""

    labels: Mapping[Source, str]
    phrases: Mapping[Source, str]
    also_from: Mapping[Source, str]
    unknowns: Mapping[Source, Mapping[str, str]]
    yes_no: tuple[tuple[str, str], ...]
    also: str
    why: str
    if_you_ask: str
    ask_like: str
    worked_out: str


@lru_cache(maxsize=32)
def words_in(language: str) -> Words:
    """The words in the language of this request, which ``language`` names."""
    del language  # tells the remembered ones apart; gettext itself knows it from the request
    not_sure, not_said = _("Not sure"), _("Did not want to say")
    asked = {"unsure": not_sure, "declined": not_said, "not_asked": _("Not asked")}
    checked = {"unsure": not_sure, "declined": not_said, "not_asked": _("Not checked")}
    said, observed, record, collateral = Source.SAID, Source.OBSERVED, Source.RECORD, Source.COLLATERAL
    return Words(
        labels={
            said: _("Youth said"),
            observed: _("Staff saw"),
            record: _("Records show"),
            collateral: _("Others said"),
        },
        phrases={
            said: _("said by the youth"),
            observed: _("seen by staff"),
            record: _("from records"),
            collateral: _("from others"),
        },
        also_from={said: _("the youth"), observed: _("staff"), record: _("records"), collateral: _("others")},
        unknowns={said: asked, collateral: asked, observed: checked, record: checked},
        yes_no=(("yes", _("Yes")), ("no", _("No"))),
        also=_("Also from"),
        why=_("Why we ask"),
        if_you_ask=_("If you ask:"),
        ask_like=_("Other ways to put it:"),
        worked_out=_("Worked out from the date of birth:"),
    )


def listed_options(question: Question) -> list[tuple[str, str]]:
    """The options of a choice as (value, label); of several choices with "None of these" after them."""
    options = [(option.id, translate(option.label)) for option in question.options]
    return [*options, (NONE_OF_THESE, _("None of these"))] if question.kind == "choices" else options


def questions_html(digest: str, questions: list[Asked], asking: bool) -> Markup:
    """The questions of a section of the rulebook with this digest; ``asking`` offers the words to ask the youth with."""
    language = page_language()
    return Markup("\n").join(_question_html(digest, asked, asking, language) for asked in questions)


def _question_html(digest: str, asked: Asked, asking: bool, language: str) -> Markup:
    if not asked.is_impersonal:
        return _drawn(asked, asking, language)
    rows = tuple((row.source, row.ticked) for row in asked.rows)
    key = (digest, asked.question.id, language, asking, asked.put, rows, asked.folded)
    html = _remembered.get(key)
    if html is None:
        if len(_remembered) >= MOST_REMEMBERED:
            _remembered.clear()
        html = _remembered[key] = _drawn(asked, asking, language)
    return html


def _drawn(asked: Asked, asking: bool, language: str) -> Markup:
    macros = current_app.jinja_env.get_template("screenings/_questions.html").module
    html: Markup = macros.ask(asked, words_in(language), asking)  # type: ignore[attr-defined]
    return html
