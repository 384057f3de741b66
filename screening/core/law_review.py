"""Which notes of law a person has to look at again: checked long ago, resting on an old copy, or never confirmed."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from screening.core.rulebook import LegalNote, Rulebook

REVIEW_MONTHS = 24
"""Older than this, a note of law is listed: the research behind the notes says so of every state's row."""


@dataclass(frozen=True, slots=True)
class StaleNote:
    """A note of law to read again.

    Attributes:
        note: as written in the rulebook.
        verified_on: when it was last checked.
        oldest_copy: the date of the oldest text it rests on: a note is as fresh as the oldest part of it.
    """

    note: LegalNote
    verified_on: date
    oldest_copy: date

    @property
    def oldest(self) -> date:
        """The date that makes it stale: the older of the two."""
        return min(self.verified_on, self.oldest_copy)


def months_before(today: date, months: int) -> date:
    """The same day so many months earlier; the month's last day where that day does not exist."""
    count = today.year * 12 + today.month - 1 - months
    year, month = divmod(count, 12)
    return date(year, month + 1, min(today.day, monthrange(year, month + 1)[1]))


def stale_notes(rulebook: Rulebook, today: date, months: int = REVIEW_MONTHS) -> tuple[StaleNote, ...]:
    """The notes in force today that were checked, or one of whose sources is dated, longer ago than so many months.

    Stalest first. A note of law that has ended is history and is not listed.
    """
    limit = months_before(today, months)
    found = [
        StaleNote(note, note.verified_on, _oldest_copy(rulebook, note))
        for note in rulebook.law.values()
        if note.in_force(today)
    ]
    return tuple(sorted((each for each in found if each.oldest < limit), key=lambda each: each.oldest))


def unconfirmed_notes(rulebook: Rulebook) -> tuple[LegalNote, ...]:
    """The notes that wait for a lawyer, by place in the rulebook's order."""
    places = {place.id: number for number, place in enumerate(rulebook.about.jurisdictions)}
    waiting = [note for note in rulebook.law.values() if note.status == "verify_with_counsel"]
    return tuple(sorted(waiting, key=lambda note: places[note.jurisdiction]))


def _oldest_copy(rulebook: Rulebook, note: LegalNote) -> date:
    """When the oldest source was read or written; the house's own reasoning is no copy of the law."""
    sources = [rulebook.sources[each] for each in note.sources]
    dated = [source.as_of for source in sources if source.evidence != "house"]
    return min(dated, default=note.verified_on)
