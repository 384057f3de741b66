"""Hand-offs: a sheet offered to somebody, inside or outside the agency, and the receipt of what became of it."""

from screening.operations.guest_links import LinkRefused, WrongCode
from screening.operations.hand_offs.answering import answer_hand_off, withdraw_hand_off
from screening.operations.hand_offs.links import (
    Opened,
    guest_of,
    hand_off_id_of,
    open_link,
    opened_hand_off,
    read_for_guest,
)
from screening.operations.hand_offs.listing import (
    HandOffCounts,
    PendingHandOff,
    escalate_silent,
    hand_off_counts,
    hand_off_of_agency,
    hand_offs_of,
    pending_hand_offs,
)
from screening.operations.hand_offs.offering import LONGEST_LINK, OfferedLink, offer_hand_off
from screening.operations.hand_offs.reminding import Reminded, remind_everywhere
from screening.operations.hand_offs.shapes import (
    LONGEST_WORDS,
    Answer,
    HandOff,
    HandOffNotFound,
    HandOffRefused,
    Offer,
    Receipt,
)

__all__ = [
    "LONGEST_LINK",
    "LONGEST_WORDS",
    "Answer",
    "HandOff",
    "HandOffCounts",
    "HandOffNotFound",
    "HandOffRefused",
    "LinkRefused",
    "Offer",
    "OfferedLink",
    "Opened",
    "PendingHandOff",
    "Receipt",
    "Reminded",
    "WrongCode",
    "answer_hand_off",
    "escalate_silent",
    "guest_of",
    "hand_off_counts",
    "hand_off_id_of",
    "hand_off_of_agency",
    "hand_offs_of",
    "offer_hand_off",
    "open_link",
    "opened_hand_off",
    "pending_hand_offs",
    "read_for_guest",
    "remind_everywhere",
    "withdraw_hand_off",
]
