"""The one sheet that somebody outside may see: read anew at each look, with the least it names."""

from dataclasses import dataclass

from screening.core.advice import advise
from screening.core.evaluation import assess
from screening.core.sheet_content import SheetContent
from screening.operations.actors import Actor
from screening.operations.charges import charges_of, standing
from screening.operations.database import Transaction
from screening.operations.duties import follow_up
from screening.operations.hand_offs import HandOff, LinkRefused, Opened, read_for_guest
from screening.operations.sheets import note_sheet_viewed
from screening.web.following import Following
from screening.web.services import services
from screening.web.sheet_pages import content_of


@dataclass(frozen=True, slots=True)
class GuestSheet:
    """A hand-off and what its sheet shows."""

    hand_off: HandOff
    content: SheetContent


def guest_sheet(guest: Actor) -> GuestSheet:
    """The sheet of the guest's hand-off as it is now; that it was looked at is in the journal under the hand-off.

    Raises LinkRefused when the time to read is over, or the edition holds no such sheet.
    """
    here = services()
    opened, content = read_for_guest(here.database, guest, lambda tx, opened: _content(tx, opened, guest))
    return GuestSheet(opened.hand_off, content)


def _content(tx: Transaction, opened: Opened, guest: Actor) -> SheetContent:
    here, record = services(), opened.record
    rulebook = here.edition(record.rulebook_digest, guest)
    sheet = rulebook.sheets.get(opened.hand_off.sheet)
    if sheet is None or sheet.for_youth:
        raise LinkRefused
    held = follow_up(tx, record.id)
    charges = standing(charges_of(tx, record.id)) if "charges" in sheet.parts else ()
    note_sheet_viewed(tx, record.id, sheet.id)
    assessment = assess(rulebook, record.statements, record.opened_on)
    started = {"opened": record.opened_at, **held.started(record.recognised_at)}
    advice = advise(
        assessment,
        jurisdiction=record.jurisdiction,
        setting=record.setting,
        day=record.opened_on,
        started=started,
        zone=here.timezone,
    )
    return content_of(Following(rulebook, record, assessment, advice, held, started), sheet, charges)
