"""The ledger of needs that nothing met: writing them down, where youths stay meanwhile, and counting for those who decide."""

from screening.operations.unmet_need.counting import (
    MOST_MONTHS,
    CountedPeriod,
    CountOrder,
    CountRefused,
    count_unmet,
    first_month,
    following_month,
)
from screening.operations.unmet_need.recording import (
    LONGEST_WORDS,
    UnmetNeed,
    UnmetNeedNotFound,
    UnmetNeedRefused,
    mark_met,
    record_unmet_need,
    restore,
    unmet_of,
    withdraw,
)
from screening.operations.unmet_need.sealing import UnmetFacts
from screening.operations.unmet_need.stays import (
    Stay,
    StayNotFound,
    StayRefused,
    StaysOverlap,
    end_stay,
    record_stay,
    restore_stay,
    stays_of,
    withdraw_stay,
)

__all__ = [
    "LONGEST_WORDS",
    "MOST_MONTHS",
    "CountOrder",
    "CountRefused",
    "CountedPeriod",
    "Stay",
    "StayNotFound",
    "StayRefused",
    "StaysOverlap",
    "UnmetFacts",
    "UnmetNeed",
    "UnmetNeedNotFound",
    "UnmetNeedRefused",
    "count_unmet",
    "end_stay",
    "first_month",
    "following_month",
    "mark_met",
    "record_stay",
    "record_unmet_need",
    "restore",
    "restore_stay",
    "stays_of",
    "unmet_of",
    "withdraw",
    "withdraw_stay",
]
