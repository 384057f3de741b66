"""Screenings: opening, finding, saving what was said or seen, completing, listing.

Another agency's screening is not found, like one that does not exist: the session sees only its own agency's rows.
"""

from screening.operations.screenings.listing import list_screenings
from screening.operations.screenings.saving import save_statements
from screening.operations.screenings.shapes import (
    NewStatement,
    Page,
    SaveReceipt,
    ScreeningCompleted,
    ScreeningNotFound,
    ScreeningRecord,
    ScreeningRefused,
    ScreeningSummary,
    StatementConflict,
    StatementRefused,
)
from screening.operations.screenings.sittings import (
    complete_screening,
    find_screening,
    note_recognised,
    open_screening,
    reopen_screening,
)

__all__ = [
    "NewStatement",
    "Page",
    "SaveReceipt",
    "ScreeningCompleted",
    "ScreeningNotFound",
    "ScreeningRecord",
    "ScreeningRefused",
    "ScreeningSummary",
    "StatementConflict",
    "StatementRefused",
    "complete_screening",
    "find_screening",
    "list_screenings",
    "note_recognised",
    "open_screening",
    "reopen_screening",
    "save_statements",
]
