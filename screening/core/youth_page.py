"""The youth's own page: what can be asked for, and whom to call, in two languages. It knows of no screening."""

from dataclasses import dataclass
from datetime import date

from screening.core.advice import law_of
from screening.core.rulebook import Rulebook, Service, Sheet, SheetText
from screening.core.sheet_shapes import SheetNumber
from screening.core.sheets import holds_in


@dataclass(frozen=True, slots=True)
class NumberShown:
    """A service whose numbers stand on the youth's page, and what it is for."""

    number: SheetNumber
    service: Service


@dataclass(frozen=True, slots=True)
class YouthPage:
    """The youth's own page in one place on one day. It knows of no screening."""

    sheet: Sheet
    texts: tuple[SheetText, ...]
    numbers: tuple[NumberShown, ...]

    @property
    def card_numbers(self) -> tuple[NumberShown, ...]:
        """The numbers on the small card."""
        return tuple(each for each in self.numbers if each.number.on_card)


def youth_page(rulebook: Rulebook, *, jurisdiction: str, day: date) -> YouthPage | None:
    """The youth's own page in one place, or nothing where the rulebook has none.

    A number of the directory is left out while somebody must first confirm that it works.
    """
    sheet = next((each for each in rulebook.sheets.values() if each.for_youth), None)
    if sheet is None:
        return None
    chain = rulebook.applicable_jurisdictions(jurisdiction)
    in_force = {note.id for note in law_of(rulebook, jurisdiction, day)}
    return YouthPage(
        sheet=sheet,
        texts=tuple(
            text
            for text in sheet.texts
            if holds_in(chain, text.jurisdictions) and (not text.law or in_force & set(text.law))
        ),
        numbers=tuple(
            NumberShown(number, rulebook.services[number.service])
            for number in (sheet.numbers.lines if sheet.numbers else ())
            if holds_in(chain, number.jurisdictions) and _may_be_given(rulebook.services[number.service])
        ),
    )


def _may_be_given(service: Service) -> bool:
    return service.listing == "list" and not service.confidential and bool(service.phones)
