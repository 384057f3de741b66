"""Sheets: what is handed on of a screening. Each look at one is noted, sheet by sheet."""

from screening.operations.actors import Verb, require
from screening.operations.database import Transaction
from screening.operations.screenings import read_screening
from screening.store.journal_actions import AuditAction


def note_sheet_viewed(tx: Transaction, screening_id: str, sheet: str) -> None:
    """Note in the journal that the actor looked at one sheet of a screening, on a page or as a file to print.

    Raises ScreeningNotFound, PermissionRefused.
    """
    require(tx.actor, Verb.VIEW_SCREENING)
    read_screening(tx, screening_id)
    tx.note_view(AuditAction.SHEET_VIEWED, screening_id, sheet=sheet)
