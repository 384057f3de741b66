"""Duties: events that start clocks, what is due by when, and the proof that it was done."""

from screening.operations.duties.closing import (
    Closing,
    DutyRefused,
    assign_duty,
    close_duties,
    close_duty,
    reopen_duty,
)
from screening.operations.duties.events import EventRefused, RecordedEvent, record_event
from screening.operations.duties.listing import DueDuty, DueFilter, due_counts, due_duties, how_many_overdue
from screening.operations.duties.raising import Duty, FollowUp, WantedDuty, follow_up, raise_duties

__all__ = [
    "Closing",
    "DueDuty",
    "DueFilter",
    "Duty",
    "DutyRefused",
    "EventRefused",
    "FollowUp",
    "RecordedEvent",
    "WantedDuty",
    "assign_duty",
    "close_duties",
    "close_duty",
    "due_counts",
    "due_duties",
    "follow_up",
    "how_many_overdue",
    "raise_duties",
    "record_event",
    "reopen_duty",
]
