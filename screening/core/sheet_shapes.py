"""rules/sheets.yaml: one page for each profession and one for the youth, each with the least its reader needs."""

from typing import Literal, Self

from pydantic import model_validator

from screening.core.shape import ConditionField, Id, Ids, Shape, Text, Texts

SheetPart = Literal[
    "case_number",
    "level",
    "basis",  # why the youth is to be treated as a victim: notes of law that say so
    "signs",  # the labels of raised signs, nothing of the answers
    "duties",  # what this profession owes, by when, and what is done
    "actions",  # what this profession is advised to do
    "law",
    "charges",
    "needs",
    "services",
    "calls",
    "danger",  # of the interruptions the sheet names, those that hold
    "rights",
]
"""What a sheet can show. What a sheet does not name it never shows."""


class SheetText(Shape):
    """Fixed words on a sheet, where and when they hold.

    A text that names notes of law stands only while one of them is law in the place on the day. ``heading_es`` and
    ``lines_es`` say the same in Spanish: the youth's page shows both.
    """

    heading: Text
    lines: Texts
    heading_es: Text | None = None
    lines_es: Texts = ()
    when: ConditionField | None = None
    jurisdictions: Ids | None = None
    law: Ids = ()
    sources: Ids


class SheetNumber(Shape):
    """A service of the directory on the youth's page: what it is for, and how to reach it, in both languages.

    The numbers in ``how`` are numbers of the service. ``on_card``: it also stands on the small card, which may tell nobody
    anything.
    """

    service: Id
    text: Text
    text_es: Text
    how: Text
    how_es: Text
    jurisdictions: Ids | None = None
    on_card: bool = False


class SheetNumbers(Shape):
    """Whom to call, on the youth's page."""

    heading: Text
    heading_es: Text
    lines: tuple[SheetNumber, ...]


class SheetCard(Shape):
    """A small card to cut out, with neutral words only: it may be found."""

    title: Text
    title_es: Text
    lines: Texts
    lines_es: Texts


class Sheet(Shape):
    """One page for one reader.

    Attributes:
        profession: whom it is for; nothing for the youth's own page and for the alert to the unit.
        lead: the first words, where there is a concern. Where there is none, the level's own sentence stands there.
        parts: everything that is shown, in this order; then answers, what to find out, and texts.
        answers: the questions whose effective answers it may show, and no others.
        danger: the only interruptions it may tell of.
        calls_of: further interruptions whose numbers may stand among its calls, and nothing else of them.
        actions: the only duties and actions it may show; nothing named: all of its profession.
        law_topics: the only topics of law it may list; nothing named: all that its profession is shown.
        find_out: what this reader can find out from where they stand.
        privileged_charges: whether it may show charges kept between the youth and counsel.
        for_youth: the youth's own page, in two languages, with nothing of any screening.
    """

    id: Id
    profession: Id | None = None
    title: Text
    lead: Text
    title_es: Text | None = None
    lead_es: Text | None = None
    parts: tuple[SheetPart, ...]
    answers: Ids = ()
    danger: Ids = ()
    calls_of: Ids = ()
    actions: Ids = ()
    law_topics: Ids = ()
    find_out: Texts = ()
    texts: tuple[SheetText, ...] = ()
    numbers: SheetNumbers | None = None
    card: SheetCard | None = None
    privileged_charges: bool = False
    for_youth: bool = False

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if "danger" in self.parts and not self.danger:
            raise ValueError(
                "a sheet with the part 'danger' names under 'danger' which interruptions it may tell of"
            )
        if not self.for_youth:
            if self.numbers or self.card:
                raise ValueError("only the youth's own page has 'numbers' and a 'card'")
            return self
        if self.parts or self.answers or self.find_out or any(text.when for text in self.texts):
            raise ValueError(
                "the youth's own page shows nothing of a screening: no parts, answers, or 'when'"
            )
        if self.title_es is None or self.lead_es is None or not all(map(_in_both_languages, self.texts)):
            raise ValueError("the youth's own page says everything in Spanish too, line by line")
        return self


def _in_both_languages(text: SheetText) -> bool:
    return text.heading_es is not None and len(text.lines) == len(text.lines_es)


class Sheets(Shape):
    """rules/sheets.yaml as a whole."""

    sheets: tuple[Sheet, ...]
