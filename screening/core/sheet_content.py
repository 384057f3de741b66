"""What a sheet holds once it is filled in: entries of the rulebook and a few values, and no way back to the screening."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from screening.core.rulebook import (
    Action,
    Call,
    Interruption,
    LegalNote,
    Need,
    Question,
    Service,
    Sheet,
    SheetText,
    Wording,
)
from screening.core.statements import Value

Standing = Literal["open", "done", "not_done"]
"""How a duty that is followed up stands."""


@dataclass(frozen=True, slots=True)
class ActionShown:
    """Something to do, by when, and how it stands, where that is followed up."""

    action: Action
    due_at: datetime | None
    standing: Standing | None


@dataclass(frozen=True, slots=True)
class AnswerShown:
    """The effective answer to a question the sheet lists; where it is not known, how it came to be open."""

    question: Question
    value: Value


@dataclass(frozen=True, slots=True)
class ChargeShown:
    """A charge on the sheet: what it is, its link in the worksheet's words, what to ask of this reader. No reasons."""

    label: str
    offense_on: date | None
    link: str
    asks: tuple[str, ...]
    privileged: bool


@dataclass(frozen=True, slots=True)
class ServiceShown:
    """A service to call, and whether something must be asked before anybody relies on it."""

    service: Service
    must_ask: bool


@dataclass(frozen=True, slots=True)
class TextShown:
    """Fixed words, with the notes of law behind them that are in force."""

    text: SheetText
    law: tuple[LegalNote, ...]


@dataclass(frozen=True, slots=True)
class SheetContent:
    """Everything a sheet holds. What its sheet does not name is empty.

    Attributes:
        sheet: the sheet as the rulebook writes it.
        reader: label of the profession it is for; empty for the unit.
        is_concern: whether possible concern is certain, so that the sheet's own first words hold.
        lead: the first words.
        place: label of the state whose law counts.
        day: the day whose law counts.
        rules_version: the rulebook's version.
        find_out: what this reader can find out; nothing where no open answer could raise a concern any more.
    """

    sheet: Sheet
    reader: str
    is_concern: bool
    lead: str
    place: str
    day: date
    rules_version: str
    answers: tuple[AnswerShown, ...]
    find_out: tuple[str, ...]
    texts: tuple[TextShown, ...]
    case_number: str = ""
    level: Wording | None = None
    basis: tuple[LegalNote, ...] = ()
    signs: tuple[str, ...] = ()
    duties: tuple[ActionShown, ...] = ()
    actions: tuple[ActionShown, ...] = ()
    law: tuple[LegalNote, ...] = ()
    charges: tuple[ChargeShown, ...] = ()
    needs: tuple[Need, ...] = ()
    services: tuple[ServiceShown, ...] = ()
    calls: tuple[Call, ...] = ()
    danger: tuple[Interruption, ...] = ()
    rights: tuple[str, ...] = ()
