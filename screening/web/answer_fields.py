"""Answer rows as WTForms fields: one question from one source each.

A field reads what was posted, says plainly what is wrong with it, keeps what was typed so that the page can show it
again, and gives the statement value to record. Fields are validated here and drawn by the macros of
``templates/screenings/_questions.html``; WTForms' own widgets are not used because they cost several times as much.

Every input of a row has the row's name (``<question>.<source>``): a date posts month, day and year in that order, and
the unknowns ("Not sure" and so on) are further values of the same name.
"""

import calendar
import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from wtforms.fields.core import Field
from wtforms.validators import ValidationError

from screening.core.rulebook import Question
from screening.core.statements import UNKNOWN_VALUES, Source, Value
from screening.web.spoken import gettext as _

NONE_OF_THESE = "none-of-these"
"""Posted for "None of these". The hyphen keeps it apart from every option id."""

UNKNOWNS_OF_SOURCE: Mapping[Source, tuple[str, ...]] = {
    Source.SAID: ("unsure", "declined", "not_asked"),
    Source.COLLATERAL: ("unsure", "declined", "not_asked"),
    Source.OBSERVED: ("unsure", "not_asked"),
    Source.RECORD: ("unsure", "not_asked"),
}
"""The unknowns a row offers. Staff's own eyes and a record cannot decline."""

SHOWN_BACK = 2000
"""How much of a text that is too long is shown again."""

EARLIEST_YEAR = 1900


class AnswerField(Field):
    """What all rows share. ``data`` is the value as a statement holds it, None while the row is empty."""

    ticked: tuple[str, ...] = ()

    def __init__(self, question: Question, source: Source, **kwargs: Any) -> None:
        super().__init__(label=question.text, **kwargs)
        self.question = question
        self.source = source
        self.unknowns = UNKNOWNS_OF_SOURCE[source]

    @property
    def is_plain(self) -> bool:
        """Whether it holds nothing but ticked answers, at most one, and no fault."""
        return len(self.ticked) < 2 and not self.errors

    @property
    def error(self) -> str | None:
        """The first thing wrong with the row."""
        return str(self.errors[0]) if self.errors else None

    def to_record(self, previous: Value | None) -> Value | None:
        """The value to record over ``previous`` (None: nothing yet), or None when there is nothing to record.

        A row that was not posted, is invalid, or says what is already recorded records nothing. A row that was emptied
        takes its answer back, which is recorded as "not asked".
        """
        if not self.raw_data or self.errors:
            return None
        if self.data is not None:
            value: Value = self.data
            return None if value == previous else value
        return None if previous in (None, "not_asked") else "not_asked"

    def _take_unknowns(self, posted: Sequence[str]) -> list[str]:
        """Remember the unknowns among the posted values and give the rest that is not blank."""
        self.data = None
        self.ticked = tuple(value for value in UNKNOWN_VALUES if value in posted)
        return [value for value in posted if value.strip() and value not in UNKNOWN_VALUES]

    def _settle_unknown(self, something_given: bool) -> None:
        """Take a single unknown as the answer; refuse one the row does not offer, two of them, or one beside an answer."""
        if not set(self.ticked) <= set(self.unknowns):
            raise ValueError(_("Choose one of the listed answers."))
        if len(self.ticked) > 1:
            raise ValueError(_("Tick only one of “Not sure” and the boxes beside it."))
        if self.ticked and something_given:
            raise ValueError(_("Give an answer or tick a box beside it, not both."))
        if self.ticked:
            self.data = self.ticked[0]


class OneOfField(AnswerField):
    """Yes or no, or one of the listed options, or one unknown."""

    def __init__(self, question: Question, source: Source, **kwargs: Any) -> None:
        super().__init__(question, source, **kwargs)
        listed = (
            ("yes", "no") if question.kind == "yes_no" else tuple(option.id for option in question.options)
        )
        self.listed = (*listed, *self.unknowns)

    def process_data(self, value: Value | None) -> None:
        """Show a recorded answer."""
        self.data = value
        self.ticked = () if value is None else (str(value),)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read the chosen answer."""
        if not valuelist:
            return
        self.data = None
        chosen = {value for value in valuelist if value}
        self.ticked = tuple(value for value in self.listed if value in chosen)
        if not chosen <= set(self.listed):
            raise ValueError(_("Choose one of the listed answers."))
        if len(chosen) > 1:
            raise ValueError(_("Choose one answer only."))
        self.data = next(iter(chosen), None)


class ManyOfField(AnswerField):
    """Any of the listed options, or "None of these", or one unknown."""

    def process_data(self, value: Value | None) -> None:
        """Show a recorded answer; an empty tuple is "None of these"."""
        self.data = value
        if value is None:
            self.ticked = ()
        elif isinstance(value, tuple):
            self.ticked = value or (NONE_OF_THESE,)
        else:
            self.ticked = (str(value),)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read the ticked boxes; "None of these" and the unknowns stand alone."""
        if not valuelist:
            return
        self.data = None
        chosen = {value for value in valuelist if value}
        options = tuple(option.id for option in self.question.options)
        alone = (NONE_OF_THESE, *self.unknowns)
        self.ticked = tuple(value for value in (*options, *alone) if value in chosen)
        if not chosen <= {*options, *alone}:
            raise ValueError(_("Choose one of the listed answers."))
        standing_alone = [value for value in alone if value in chosen]
        if standing_alone and len(chosen) > 1:
            raise ValueError(
                _("“None of these” or “Not sure” cannot stand beside other answers. Untick one or the other.")
            )
        if standing_alone:
            self.data = () if standing_alone[0] == NONE_OF_THESE else standing_alone[0]
        elif chosen:
            self.data = self.ticked


class WholeNumberField(AnswerField):
    """A whole number within the question's bounds, or one unknown."""

    typed = ""

    @property
    def is_plain(self) -> bool:
        """As for every row, and nothing typed."""
        return super().is_plain and not self.typed

    def process_data(self, value: Value | None) -> None:
        """Show a recorded answer."""
        self.data = value
        known = isinstance(value, int)
        self.typed = str(value) if known else ""
        self.ticked = () if known or value is None else (str(value),)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read the number."""
        if not valuelist:
            return
        given = self._take_unknowns(valuelist)
        self.typed = " ".join(given).strip()[:40]
        self._settle_unknown(bool(given))
        if not given:
            return
        least, most = self.question.least or 0, self.question.most or 0
        if re.fullmatch(r"[+-]?\d{1,9}", given[0].strip()) is None or len(given) > 1:
            raise ValueError(
                _("Enter a whole number in figures, such as %(example)d.", example=max(least, 1))
            )
        number = int(given[0])
        if not least <= number <= most:
            raise ValueError(_("Enter a number from %(least)d to %(most)d.", least=least, most=most))
        self.data = number


class DayField(AnswerField):
    """A date typed as month, day and year, or one unknown."""

    parts: tuple[str, str, str] = ("", "", "")

    @property
    def is_plain(self) -> bool:
        """As for every row, and nothing typed."""
        return super().is_plain and not any(self.parts)

    def process_data(self, value: Value | None) -> None:
        """Show a recorded answer."""
        self.data = value
        known = isinstance(value, str) and value not in UNKNOWN_VALUES
        if known:
            day = date.fromisoformat(str(value))
            self.parts = (str(day.month), str(day.day), str(day.year))
        self.ticked = () if known or value is None else (str(value),)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read month, day and year, in that order."""
        if not valuelist:
            return
        self._take_unknowns(valuelist)
        typed = [value.strip()[:20] for value in valuelist if value not in UNKNOWN_VALUES]
        month, day, year = (*typed, "", "", "")[:3]
        self.parts = (month, day, year)
        self._settle_unknown(any(self.parts))
        if any(self.parts):
            self.data = _day_from(month, day, year).isoformat()

    def pre_validate(self, form: Any) -> None:
        """A date that must have happened may not lie after the form's ``today``."""
        known = isinstance(self.data, str) and self.data not in UNKNOWN_VALUES
        if known and self.question.past_only and date.fromisoformat(self.data) > form.today:
            raise ValidationError(_("This date is in the future. Enter a date up to today."))


def _day_from(month: str, day: str, year: str) -> date:
    """Three typed parts → a date, or ``ValueError`` with a message that says which part is wrong."""
    missing = [name for name, part in ((_("month"), month), (_("day"), day), (_("year"), year)) if not part]
    if missing:
        raise ValueError(
            _("The date needs a month, a day and a year. Missing: %(parts)s.", parts=", ".join(missing))
        )
    if not all(re.fullmatch(r"\d{1,4}", part) for part in (month, day, year)):
        raise ValueError(_("Enter month, day and year in figures, such as 3 14 2009."))
    if len(year) != 4 or int(year) < EARLIEST_YEAR:
        raise ValueError(_("Enter the year with four figures, such as 2009."))
    if not 1 <= int(month) <= 12:
        raise ValueError(_("Enter a month from 1 to 12."))
    days = calendar.monthrange(int(year), int(month))[1]
    if not 1 <= int(day) <= days:
        raise ValueError(
            _("There is no day %(day)s in month %(month)s of %(year)s: it has %(days)d days.",
              day=int(day), month=int(month), year=year, days=days)
        )  # fmt: skip
    return date(int(year), int(month), int(day))


class WordsField(AnswerField):
    """A text in the recorder's own words. Only a part of a text that is too long is shown again."""

    typed = ""
    cut = False

    @property
    def is_plain(self) -> bool:
        """As for every row, and nothing typed."""
        return super().is_plain and not self.typed

    def process_data(self, value: Value | None) -> None:
        """Show a recorded text. An unknown has no box of its own in this row and counts as empty."""
        self.data = None if value in UNKNOWN_VALUES else value
        self.typed = "" if self.data is None else str(self.data)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read the text, with one kind of line end and no blank edges."""
        if not valuelist:
            return
        # Half of a surrogate pair can come in by JSON; it can neither be stored nor shown.
        text = valuelist[0].encode("utf-8", "ignore").decode("utf-8")
        text = text.replace("\r\n", "\n").replace("\x00", "").strip()
        self.data = text or None
        self.typed = text
        if len(text) > self.question.max_length:
            self.cut = len(text) > SHOWN_BACK
            self.typed = text[:SHOWN_BACK]
            self.data = None
            raise ValueError(
                _("Shorten this text: it has %(length)d characters and may have %(most)d.",
                  length=len(text), most=self.question.max_length)
            )  # fmt: skip

    def to_record(self, previous: Value | None) -> Value | None:
        """As for every row; an unknown recorded elsewhere is not overwritten by an empty box."""
        return super().to_record(None if previous in UNKNOWN_VALUES else previous)


FIELD_OF_KIND: Mapping[str, type[AnswerField]] = {
    "yes_no": OneOfField,
    "choice": OneOfField,
    "choices": ManyOfField,
    "number": WholeNumberField,
    "date": DayField,
    "text": WordsField,
}
