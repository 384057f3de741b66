"""What the report page shows: what a hotline asks, from what is known and nothing more, and whom to call."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from screening.core.answers import Effective
from screening.core.rulebook import Action, Call, Question, ReportLine
from screening.core.truth import NO, YES
from screening.operations.duties import Duty, WantedDuty
from screening.web.duty_views import calls_of
from screening.web.following import Following
from screening.web.spoken import gettext as _
from screening.web.spoken import translate
from screening.web.wording import answer_in_words, statement_in_words


@dataclass(frozen=True, slots=True)
class Said:
    """One question's answer in words. ``known``: no is a known answer, silence is not."""

    question: str
    answer: str
    known: bool


@dataclass(frozen=True, slots=True)
class AskedLine:
    """Something the hotline asks, with what the screening holds of it; without either, the person has it ready."""

    line: ReportLine
    answers: tuple[Said, ...]
    signs: tuple[str, ...]


@dataclass(frozen=True)
class ReportView:
    """The report of one screening."""

    found: Following

    @cached_property
    def _chain(self) -> tuple[str, ...]:
        return self.found.rulebook.applicable_jurisdictions(self.found.record.jurisdiction)

    def _here(self, jurisdictions: tuple[str, ...] | None) -> bool:
        return jurisdictions is None or bool(set(jurisdictions) & set(self._chain))

    @cached_property
    def ways(self) -> list[Action]:
        """The reports these people can owe in this place, called for by the answers or not."""
        setting, profession = self.found.record.setting, self.found.profession
        return [
            action
            for action in self.found.rulebook.actions
            if action.report
            and profession in action.by
            and self._here(action.jurisdictions)
            and setting in (action.settings or (setting,))
        ]

    @property
    def calls(self) -> list[Call]:
        """Whom to call, the emergency first."""
        guide = self.found.rulebook.report
        first = [call for call in (guide.calls if guide else ()) if self._here(call.jurisdictions)]
        numbers = {call.number for call in first}
        place = self.found.record.jurisdiction
        found = calls_of(self.found.rulebook, self.ways, place)
        return [*first, *(call for call in found if call.number not in numbers)]

    @cached_property
    def _raised(self) -> list[tuple[Action, Duty]]:
        actions = {action.id: action for action in self.found.rulebook.actions if action.report}
        return [
            (actions[duty.action], duty) for duty in self.found.follow_up.duties if duty.action in actions
        ]

    @property
    def owed(self) -> list[tuple[Action, Duty]]:
        """The reports that are open: one call closes them all."""
        return [each for each in self._raised if each[1].status == "open"]

    @property
    def made(self) -> list[tuple[Action, Duty]]:
        """The reports that were made."""
        return [each for each in self._raised if each[1].status == "done"]

    @property
    def unasked(self) -> WantedDuty | None:
        """What to keep a report under that no answer calls for: somebody's own worry is reason enough."""
        kept = {duty.action for duty in self.found.follow_up.duties if duty.status != "lapsed"}
        free = next((action for action in self.ways if action.id not in kept), None)
        return WantedDuty(free.id, False, None) if free and not self.owed and not self.made else None

    @property
    def may_record(self) -> bool:
        """Whether there is a report to record."""
        return bool(self.owed) or self.unasked is not None

    @cached_property
    def lines(self) -> list[AskedLine]:
        """What the hotline asks, in its order."""
        guide = self.found.rulebook.report
        return [
            AskedLine(line, tuple(self._answers(line)), tuple(self._signs()) if line.signs else ())
            for line in (guide.lines if guide else ())
            if self._here(line.jurisdictions)
        ]

    def _signs(self) -> Iterator[str]:
        """The signs that were raised; circumstances that make a youth easier to exploit are no grounds by themselves."""
        about = self.found.rulebook.about
        background = {strength.id for strength in about.strengths if strength.background}
        for finding in self.found.assessment.findings:
            if finding.truth == YES and finding.indicator.strength not in background:
                yield translate(finding.indicator.label)

    def _answers(self, line: ReportLine) -> Iterator[Said]:
        for id in line.questions:
            question = self.found.rulebook.questions[id]
            answer = self.found.assessment.answers[id]
            asked_here = question.settings is None or self.found.record.setting in question.settings
            if answer.applies is not NO and (asked_here or answer.statements):
                yield _said(question, answer)


def _said(question: Question, answer: Effective) -> Said:
    text = translate(question.text)
    words = "; ".join(dict.fromkeys(statement_in_words(question, each) for each in answer.statements))
    if answer.value is not None:
        found = words or _(
            "%(answer)s, from the date of birth", answer=answer_in_words(question, answer.value)
        )
        return Said(text, found, True)
    return Said(text, _("Not known: %(words)s", words=words) if words else _("Not known"), False)
