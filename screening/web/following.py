"""One screening with what follows it: its result, its clocks, its duties. Every page about a screening's duties begins here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from flask import abort, g

from screening.core.advice import Advice, DueAction, advise
from screening.core.evaluation import Assessment, Level, assess
from screening.core.rulebook import Action, Rulebook
from screening.operations.database import Transaction
from screening.operations.duties import Duty, FollowUp, WantedDuty, follow_up, raise_duties
from screening.operations.screenings import (
    ScreeningNotFound,
    ScreeningRecord,
    find_screening,
    note_recognised,
)
from screening.web.services import Services, services


@dataclass(frozen=True, slots=True)
class Following:
    """A screening, what its rules find, what follows, and what is kept of it.

    ``started``: event → when it happened, as far as it is known; with the opening of the screening and the recognition
    of the concern.
    """

    rulebook: Rulebook
    record: ScreeningRecord
    assessment: Assessment
    advice: Advice
    follow_up: FollowUp
    started: Mapping[str, datetime]

    @property
    def profession(self) -> str:
        """The profession of the people who screen in this setting; empty where the edition does not know the setting."""
        return _profession(self.rulebook, self.record.setting)

    def duty_of(self, action: Action) -> Duty | None:
        """How an action with a clock stands, if it was raised."""
        return next((duty for duty in self.follow_up.duties if duty.action == action.id), None)


def following(screening_id: str) -> Following:
    """The screening with its duties in line with its rules; clocks that were not started are. 404 if there is none.

    Reads only, unless something is due to be written: the first look after an answer raised the concern, or after an
    event was entered.
    """
    here = services()
    record, held = _read(here, screening_id)
    rulebook = here.rulebook_for(record.rulebook_digest)
    assessment = assess(rulebook, record.statements, record.opened_on)
    starts_clock = assessment.at_least >= Level.POSSIBLE and record.recognised_at is None
    if starts_clock:
        with here.database.writing(g.actor) as tx:
            record = replace(record, recognised_at=note_recognised(tx, record.id))
    started = {"opened": record.opened_at, **held.started(record.recognised_at)}
    advice = advise(
        assessment,
        jurisdiction=record.jurisdiction,
        setting=record.setting,
        day=record.opened_on,
        started=started,
        zone=here.timezone,
    )
    wanted = wanted_duties(rulebook, record.setting, advice)
    if not _in_line(held.duties, wanted):
        with here.database.writing(g.actor) as tx:
            raise_duties(tx, record.id, wanted)
            held = follow_up(tx, record.id)
    return Following(rulebook, record, assessment, advice, held, started)


def wanted_duties(rulebook: Rulebook, setting: str, advice: Advice) -> tuple[WantedDuty, ...]:
    """What is kept open for this agency until it is closed.

    An action that is followed up (it has a clock and something can show that it was done), that the people of this setting
    owe, and that the answers call for. One that stands beside every result waits for the event that starts its clock.
    """
    owing = _profession(rulebook, setting)
    return tuple(
        WantedDuty(due.action.id, due.action.must, due.due_at)
        for due in advice.actions
        if is_owed(due.action, owing) and _has_begun(due)
    )


def is_owed(action: Action, profession: str) -> bool:
    """Whether the action is followed up, and by people of that profession."""
    return action.followed_up and profession in action.by


def _has_begun(due: DueAction) -> bool:
    return due.action.when is not None or due.due_at is not None


def _profession(rulebook: Rulebook, setting: str) -> str:
    return rulebook.settings[setting].profession if setting in rulebook.settings else ""


def _in_line(duties: Iterable[Duty], wanted: Iterable[WantedDuty]) -> bool:
    asked = {duty.action: duty.due_at for duty in wanted}
    held = {duty.action: duty for duty in duties}
    for action, due_at in asked.items():
        duty = held.get(action)
        if duty is None or duty.status == "lapsed" or (duty.status == "open" and duty.due_at != due_at):
            return False
    return all(duty.status != "open" or action in asked for action, duty in held.items())


def _read(here: Services, screening_id: str) -> tuple[ScreeningRecord, FollowUp]:
    """What is no id, another agency's screening and none at all are equally not found."""
    try:
        UUID(screening_id)
        with here.database.reading(g.actor) as tx:
            return _record_and_follow_up(tx, screening_id)
    except (ValueError, ScreeningNotFound):
        abort(404)


def _record_and_follow_up(tx: Transaction, screening_id: str) -> tuple[ScreeningRecord, FollowUp]:
    return find_screening(tx, screening_id), follow_up(tx, screening_id)
