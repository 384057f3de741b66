"""An assessment → what to do: actions with deadlines and legal basis, the law in force that day, needs.

Everything said here is written in ``rules/``; this module only chooses what applies in a place, on a day, to
an assessment.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from screening.core.clocks import due_at, free_days
from screening.core.evaluation import Assessment
from screening.core.rulebook import Action, Call, Interruption, LegalNote, Need, RightsNotice, Rulebook
from screening.core.truth import YES


@dataclass(frozen=True, slots=True, eq=False)
class DueAction:
    """An action that applies.

    Attributes:
        action: as written in the rulebook.
        due_at: until when (UTC), if the action has a deadline and the moment that starts its clock is known. An action
            due immediately carries that moment.
        law: the notes of law it rests on that are in force.
    """

    action: Action
    due_at: datetime | None
    law: tuple[LegalNote, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Advice:
    """What to do about an assessment, in one place on one day."""

    actions: tuple[DueAction, ...]
    law: tuple[LegalNote, ...]
    needs: tuple[Need, ...]

    @property
    def victim_basis(self) -> tuple[LegalNote, ...]:
        """The notes that say the youth is to be treated as a victim."""
        return tuple(note for note in self.law if note.treats_as_victim)


def advise(
    assessment: Assessment,
    *,
    jurisdiction: str,
    setting: str,
    day: date,
    started: Mapping[str, datetime],
    zone: tzinfo,
) -> Advice:
    """Choose the actions, law notes and needs that apply.

    Args:
        assessment: what was found.
        jurisdiction: id of the state; the law of those it lies within applies as well.
        setting: id of the setting the screening is done in.
        day: the day whose law counts (the screening's day).
        started: event → when it happened (UTC); "recognised" is when concern first reached *possible*. An action whose
            event is not here has no deadline yet.
        zone: where the agency is; days, weekends and holidays are those of that place.
    """
    rulebook = assessment.rulebook
    law = notes_in_force(assessment, jurisdiction, day)
    in_force = {note.id: note for note in law_of(rulebook, jurisdiction, day)}
    chain = rulebook.applicable_jurisdictions(jurisdiction)
    is_free = free_days(rulebook, chain)
    actions = tuple(
        DueAction(
            action,
            None
            if action.due is None or action.starts not in started
            else due_at(action.due, started[action.starts], zone=zone, is_free=is_free),
            tuple(in_force[note] for note in action.law if note in in_force),
        )
        for action in rulebook.actions
        if _is_for(action, chain, setting)
        and (action.when is None or assessment.explain(action.when).truth == YES)
    )
    needs = tuple(need for need in rulebook.needs if assessment.explain(need.when).truth == YES)
    return Advice(actions, law, needs)


def law_of(rulebook: Rulebook, jurisdiction: str, day: date) -> tuple[LegalNote, ...]:
    """The notes of a jurisdiction and of those around it that are law on a day, innermost jurisdiction first."""
    chain = rulebook.applicable_jurisdictions(jurisdiction)
    notes = [note for note in rulebook.law.values() if note.jurisdiction in chain and note.in_force(day)]
    return tuple(sorted(notes, key=lambda note: chain.index(note.jurisdiction)))


def notes_in_force(assessment: Assessment, jurisdiction: str, day: date) -> tuple[LegalNote, ...]:
    """The notes in force that fit the assessment."""
    return tuple(
        note
        for note in law_of(assessment.rulebook, jurisdiction, day)
        if note.show_when is None or assessment.explain(note.show_when).truth == YES
    )


def rights_notices(rulebook: Rulebook, jurisdiction: str) -> tuple[RightsNotice, ...]:
    """What the youth is told before being asked anything, in that jurisdiction and those around it."""
    chain = rulebook.applicable_jurisdictions(jurisdiction)
    return tuple(notice for notice in rulebook.about.rights_notices if notice.jurisdiction in chain)


def calls_for(rulebook: Rulebook, interruption: Interruption, jurisdiction: str) -> tuple[Call, ...]:
    """Whom an interruption says to call in that jurisdiction."""
    chain = rulebook.applicable_jurisdictions(jurisdiction)
    return tuple(
        call
        for call in interruption.calls
        if call.jurisdictions is None or any(place in chain for place in call.jurisdictions)
    )


def _is_for(action: Action, chain: tuple[str, ...], setting: str) -> bool:
    fits_place = action.jurisdictions is None or any(place in chain for place in action.jurisdictions)
    return fits_place and (action.settings is None or setting in action.settings)
