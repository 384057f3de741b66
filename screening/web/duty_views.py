"""What the pages about duties show: how each stands, until when, on what basis, whom to call, and what starts its clock."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from functools import cached_property

from screening.core.advice import law_of
from screening.core.rulebook import Action, Call, Due, Event, LegalNote, Rulebook
from screening.operations.duties import Duty, RecordedEvent
from screening.web.following import Following, is_owed
from screening.web.moment_fields import TypedMoment, shown_moment
from screening.web.spoken import gettext as _
from screening.web.spoken import ngettext, translate
from screening.web.wording import Deadline, deadline_in_words, moment_in_words

SOON = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a duty stands, in words: ``kind`` is how the style sheet names it, never the only sign of it."""

    kind: str
    label: str
    detail: str = ""


def duration_in_words(length: timedelta) -> str:
    """A length of time with at most two units: "2 days 4 hours", "35 minutes"."""
    minutes = int(abs(length).total_seconds()) // 60
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [
        ngettext("%(num)d day", "%(num)d days", days) if days else "",
        ngettext("%(num)d hour", "%(num)d hours", hours) if hours else "",
        ngettext("%(num)d minute", "%(num)d minutes", minutes) if minutes and not days else "",
    ]
    return " ".join(part for part in parts if part) or _("less than a minute")


def open_standing(due: Due | None, due_at: datetime | None, now: datetime) -> Standing:
    """How an open duty stands at this moment."""
    if due_at is None:
        return Standing("unknown", _("Start not entered"), _("its time cannot be told yet"))
    moment, length = moment_in_words(due_at), duration_in_words(due_at - now)
    if due is not None and due.immediately:
        return Standing("clear", _("Due now"), _("open for %(length)s", length=length))
    if due_at < now:
        return Standing(
            "clear", _("Overdue"), _("by %(length)s, since %(moment)s", length=length, moment=moment)
        )
    label = _("Due soon") if due_at < now + SOON else _("Open")
    kind = "possible" if due_at < now + SOON else "open"
    return Standing(kind, label, _("in %(length)s, by %(moment)s", length=length, moment=moment))


def duty_standing(duty: Duty, due: Due | None, now: datetime) -> Standing:
    """How a duty stands: open until when, or closed when and by whom."""
    if duty.status == "open":
        return open_standing(due, duty.due_at, now)
    moment = "" if duty.closed_at is None else moment_in_words(duty.closed_at)
    if duty.status == "lapsed":
        return Standing("neutral", _("No longer asked for"), moment)
    by = _("%(moment)s, entered by %(name)s", moment=moment, name=duty.closed_by_name or _("a colleague"))
    if duty.status == "done":
        return Standing("done", _("Done"), by)
    return Standing("unknown", _("Not done"), by)


def calls_of(rulebook: Rulebook, actions: Iterable[Action], jurisdiction: str) -> list[Call]:
    """Whom to call for some actions in a place, each number once."""
    chain = rulebook.applicable_jurisdictions(jurisdiction)
    calls: dict[str, Call] = {}
    for action in actions:
        for call in action.calls:
            if call.jurisdictions is None or set(call.jurisdictions) & set(chain):
                calls.setdefault(call.number, call)
    return list(calls.values())


def clock_start(rulebook: Rulebook, action: Action) -> str:
    """The event that starts the action's clock, in words; empty where it is this screening or its concern."""
    events = rulebook.events.events if rulebook.events else ()
    return next((translate(event.label) for event in events if event.id == action.starts), "")


@dataclass(frozen=True, slots=True)
class DutyView:
    """One duty of a screening, and the action it is about; the edition may have lost the action, the duty stays."""

    duty: Duty
    action: Action | None
    label: str
    standing: Standing
    deadline: Deadline
    clock: str
    started_at: datetime | None
    law: tuple[LegalNote, ...]
    calls: Sequence[Call]

    @property
    def is_open(self) -> bool:
        """Whether it is still owed."""
        return self.duty.status == "open"

    @property
    def before_its_clock(self) -> bool:
        """Done before the clock started: early on purpose, or the clock was started anew since."""
        closed, started = self.duty.closed_at, self.started_at
        return self.duty.status == "done" and None not in (closed, started) and closed < started  # type: ignore[operator]

    @property
    def urgency(self) -> tuple[bool, datetime, int]:
        """Sorts the open ones: by when they are due, those without a time last."""
        due_at = self.duty.due_at
        return due_at is None, due_at or self.duty.raised_at, 0 if self.action is None else self.action.order


@dataclass(frozen=True, slots=True)
class EventView:
    """A moment that starts a clock: what was entered, and the field to enter it."""

    event: Event
    entry: RecordedEvent | None
    typed: TypedMoment

    @property
    def known(self) -> bool:
        """Whether a moment is entered."""
        return self.entry is not None and self.entry.happened_at is not None


@dataclass(frozen=True, slots=True)
class OwedByOthers:
    """Something another profession owes: shown so that somebody can remind them."""

    label: str
    by: str
    deadline: Deadline
    law: tuple[LegalNote, ...]


@dataclass(frozen=True)
class DutiesView:
    """All that is owed on a screening. ``typed``: event → what somebody just typed for it, where it was refused."""

    found: Following
    now: datetime
    zone: tzinfo
    typed: Mapping[str, TypedMoment] = field(default_factory=dict)

    @cached_property
    def all(self) -> list[DutyView]:
        """Every duty ever raised on it."""
        return [self._view(duty) for duty in self.found.follow_up.duties]

    @property
    def open(self) -> list[DutyView]:
        """What is owed, the most urgent first."""
        return sorted((each for each in self.all if each.is_open), key=lambda each: each.urgency)

    @property
    def closed(self) -> list[DutyView]:
        """What was done, or was not done for a reason."""
        return [each for each in self.all if each.duty.status in ("done", "not_done")]

    @property
    def lapsed(self) -> list[DutyView]:
        """What the rules no longer ask for on these answers."""
        return [each for each in self.all if each.duty.status == "lapsed"]

    @property
    def late(self) -> int:
        """How many are due now or overdue."""
        return sum(1 for each in self.open if each.duty.due_at is not None and each.duty.due_at < self.now)

    def duty(self, duty_id: str) -> DutyView | None:
        """One of them."""
        return next((each for each in self.all if each.duty.id == duty_id), None)

    @cached_property
    def events(self) -> list[EventView]:
        """The moments that matter here: what starts a clock that this agency owes, and what was entered."""
        asked = {
            due.action.starts
            for due in self.found.advice.actions
            if is_owed(due.action, self.found.profession)
        }
        entries = self.found.follow_up.events
        known = self.found.rulebook.events
        return [
            EventView(
                event,
                entries.get(event.id),
                self.typed.get(event.id)
                or shown_moment(entries[event.id].happened_at if event.id in entries else None, self.zone),
            )
            for event in (known.events if known else ())
            if event.id in asked or event.id in entries
        ]

    @cached_property
    def others(self) -> list[OwedByOthers]:
        """Duties with a time that other professions owe."""
        names = {each.id: translate(each.label) for each in self.found.rulebook.about.professions}
        return [
            OwedByOthers(
                translate(due.action.label),
                "; ".join(names[each] for each in due.action.by),
                deadline_in_words(due.action.due, due.due_at, self.now),
                due.law,
            )
            for due in self.found.advice.actions
            if due.action.must and due.action.due is not None and self.found.profession not in due.action.by
        ]

    @cached_property
    def _actions(self) -> dict[str, Action]:
        return {action.id: action for action in self.found.rulebook.actions}

    @cached_property
    def _law(self) -> dict[str, LegalNote]:
        record = self.found.record
        return {note.id: note for note in law_of(self.found.rulebook, record.jurisdiction, record.opened_on)}

    def _view(self, duty: Duty) -> DutyView:
        rulebook, action = self.found.rulebook, self._actions.get(duty.action)
        due = action.due if action else None
        return DutyView(
            duty,
            action,
            translate(action.label) if action else duty.action,
            duty_standing(duty, due, self.now),
            deadline_in_words(due, duty.due_at, self.now),
            clock_start(rulebook, action) if action else "",
            self.found.started.get(action.starts) if action else None,
            tuple(self._law[id] for id in action.law if id in self._law) if action else (),
            calls_of(rulebook, [action], self.found.record.jurisdiction) if action else (),
        )
