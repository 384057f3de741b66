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
    ScreeningLocked,
    ScreeningNotFound,
    ScreeningRecord,
    ScreeningRefused,
    ScreeningSummary,
    StatementConflict,
    StatementRefused,
)
from screening.operations.screenings.sittings import (
    amendable_until,
    complete_screening,
    find_screening,
    hold_screening,
    note_recognised,
    open_screening,
    read_screening,
    record_of,
    reopen_screening,
    send_back_screening,
)

__all__ = [
    "NewStatement",
    "Page",
    "SaveReceipt",
    "ScreeningCompleted",
    "ScreeningLocked",
    "ScreeningNotFound",
    "ScreeningRecord",
    "ScreeningRefused",
    "ScreeningSummary",
    "StatementConflict",
    "StatementRefused",
    "amendable_until",
    "complete_screening",
    "find_screening",
    "hold_screening",
    "list_screenings",
    "note_recognised",
    "open_screening",
    "read_screening",
    "record_of",
    "reopen_screening",
    "save_statements",
    "send_back_screening",
]
