"""What the result page shows, worked out once from one screening: concern, actions, reasons, open answers, services."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property

from screening.core.advice import Advice, DueAction, calls_for
from screening.core.conditions import AnyOf
from screening.core.evaluation import Assessment, Finding, InstrumentScore, Level
from screening.core.jurisdictions import FoundElsewhere, calls_only_there, found_elsewhere
from screening.core.matching import Match, NeedMatch
from screening.core.routing import Route, route, smallest_lowers, smallest_raises
from screening.core.rulebook import (
    Call,
    Instrument,
    Interruption,
    LegalNote,
    Reference,
    Rulebook,
    SetAside,
    Strength,
)
from screening.core.truth import NO, UNKNOWN, YES
from screening.operations.duties import Duty, FollowUp
from screening.operations.screenings import ScreeningRecord
from screening.web.change_views import ChangeGroup, change_groups
from screening.web.placement_search import NOTHING_TO_CHOOSE, Choice
from screening.web.proof_wording import Line, ProofWords
from screening.web.service_views import NeedView, need_views, unfitting
from screening.web.source_list import SourceList
from screening.web.spoken import gettext as _
from screening.web.spoken import translate
from screening.web.wording import (
    Deadline,
    bounds_in_words,
    deadline_in_words,
    interval_in_words,
    level_headline,
)

MOST_AT_ONCE = 5
MOST_LATER = 1


@dataclass(frozen=True, slots=True)
class ActionView:
    """One action with its deadline in words."""

    due: DueAction
    deadline: Deadline
    duty: Duty | None = None

    @property
    def closed(self) -> bool:
        """Whether it was done, or was not done for a reason: nothing more is due."""
        return self.duty is not None and self.duty.status in ("done", "not_done")

    @property
    def urgency(self) -> tuple[bool, bool, datetime]:
        """Sorts by when it is due: at once, then by the clock, then what has no deadline."""
        when, due_at = self.due.action.due, self.due.due_at
        at_once = when is not None and when.immediately is not None
        return not at_once, when is None, due_at or datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class FirstStep:
    """Some of the first things to do, under one deadline."""

    deadline: Deadline
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """An open question that can change the result, and where to answer it."""

    id: str
    section: str
    text: str


@dataclass(frozen=True)
class ResultView:
    """One screening's result as the page tells it.

    Attributes:
        rulebook: the rules in use.
        record: the screening.
        assessment: what was found.
        advice: actions, law and needs that apply.
        follow_up: the duties raised on it, and the events that start their clocks.
        now: the present moment (UTC); deadlines that have passed are told as such.
        may_answer: whether this person may open the questions.
        unfolded: the page is meant for paper: everything in full and open.
        choice: the services to choose from; none where the page shows none.
        matches: how they fit the needs.
    """

    rulebook: Rulebook
    record: ScreeningRecord
    assessment: Assessment
    advice: Advice
    follow_up: FollowUp
    now: datetime
    may_answer: bool
    unfolded: bool
    choice: Choice = NOTHING_TO_CHOOSE
    matches: tuple[NeedMatch, ...] = ()

    @cached_property
    def route(self) -> Route:
        """Which open answers still decide."""
        return route(self.assessment)

    def calls(self, interruption: Interruption) -> tuple[Call, ...]:
        """Whom an interruption says to call here."""
        return calls_for(self.rulebook, interruption, self.record.jurisdiction)

    @cached_property
    def words(self) -> ProofWords:
        """Puts proofs into words."""
        return ProofWords(self.assessment, self.record.author_names)

    @cached_property
    def sources(self) -> SourceList:
        """The sources named on the page."""
        return SourceList(self.rulebook.sources)

    def numbers(self, ids: Iterable[str]) -> list[tuple[int, Reference]]:
        """Numbers into the list of sources, where the page carries it; else none."""
        return self.sources.cite(ids) if self.unfolded else []

    @property
    def is_concern(self) -> bool:
        """Whether possible concern is certain: then the page says to treat the youth as a victim."""
        return self.assessment.at_least >= Level.POSSIBLE

    @property
    def kind(self) -> str:
        """The result as the style sheet names it."""
        return "unknown" if self.assessment.result == "cannot_rule_out" else self.assessment.result

    @property
    def scale(self) -> list[tuple[str, bool]]:
        """The three levels' headlines, and whether each lies within what is still possible."""
        within = range(self.assessment.at_least, self.assessment.at_most + 1)
        return [(level_headline(self.rulebook, level), level in within) for level in Level]

    @property
    def scale_text(self) -> str:
        """The same as a sentence."""
        return interval_in_words(self.assessment)

    @property
    def bounds(self) -> list[str]:
        """What is certain, and what open answers could still do."""
        return bounds_in_words(self.assessment, self.route)

    @cached_property
    def level_ways(self) -> list[tuple[Line, ...]]:
        """Why concern cannot be lower than it is: every way of reaching it that holds, each enough alone."""
        proof = self.assessment.levels["clear" if self.assessment.at_least == Level.CLEAR else "possible"]
        ways = proof.parts if isinstance(proof.condition, AnyOf) else (proof,)
        return [self.words.lines(way) for way in ways if way.truth == YES]

    @cached_property
    def actions(self) -> list[ActionView]:
        """What to do, in order."""
        duties = {duty.action: duty for duty in self.follow_up.duties}
        return [
            ActionView(
                due, deadline_in_words(due.action.due, due.due_at, self.now), duties.get(due.action.id)
            )
            for due in self.advice.actions
        ]

    @cached_property
    def own_actions(self) -> list[ActionView]:
        """Of it, what falls to the people of this setting; on paper everything stands in full."""
        return [each for each in self.actions if self.unfolded or self._reader in each.due.action.by]

    @cached_property
    def others_actions(self) -> list[ActionView]:
        """Of it, what falls to other professions: named here, told in full on their sheets."""
        own = {id(each) for each in self.own_actions}
        return [each for each in self.actions if id(each) not in own]

    @cached_property
    def first_steps(self) -> list[FirstStep]:
        """What to do first and by when: up to five things due at once, then the first thing of the next deadline."""
        groups: dict[Deadline, list[str]] = {}
        still_due = (each for each in self.own_actions if not each.closed)
        for each in sorted(still_due, key=lambda each: each.urgency):
            groups.setdefault(each.deadline, []).append(translate(each.due.action.label))
        steps = [FirstStep(deadline, tuple(labels)) for deadline, labels in groups.items()]
        first = [replace(step, labels=step.labels[:MOST_AT_ONCE]) for step in steps[:1]]
        later = [replace(step, labels=step.labels[:1]) for step in steps[1:] if step.deadline.absolute]
        return first + later[:MOST_LATER]

    @cached_property
    def raised(self) -> list[tuple[Strength, list[Finding]]]:
        """Signs raised, strongest first."""
        return self._raised([each for each in self.rulebook.about.strengths if not each.background])

    @cached_property
    def background(self) -> list[tuple[Strength, list[Finding]]]:
        """Circumstances and what protects the youth: raises nothing alone."""
        return self._raised([each for each in self.rulebook.about.strengths if each.background])

    def _raised(self, strengths: Sequence[Strength]) -> list[tuple[Strength, list[Finding]]]:
        found = [each for each in self.assessment.findings if each.truth == YES]
        grouped = [(each, [one for one in found if one.indicator.strength == each.id]) for each in strengths]
        return [(strength, findings) for strength, findings in grouped if findings]

    @cached_property
    def undecided(self) -> list[Finding]:
        """Signs that cannot be told yet; circumstances last."""
        found = [each for each in self.assessment.findings if each.truth == UNKNOWN]
        background = {each.id for each in self.rulebook.about.strengths if each.background}
        return sorted(found, key=lambda each: each.indicator.strength in background)

    @cached_property
    def not_raised(self) -> list[Finding]:
        """Signs that the answers rule out for now."""
        return [each for each in self.assessment.findings if each.truth == NO]

    @cached_property
    def differing(self) -> list[Line]:
        """Questions on which sources differ."""
        found = (
            each.question for each in self.assessment.answers.values() if each.conflict and each.applies != NO
        )
        return [self.words.question_line(question) for question in found]

    @cached_property
    def strengths(self) -> dict[str, str]:
        """Strength id → label."""
        return {each.id: translate(each.label) for each in self.rulebook.about.strengths}

    @cached_property
    def deciding(self) -> list[tuple[str, list[OpenQuestion]]]:
        """The open questions that can change the result, by how they came to be open."""
        titles = {
            "unanswered": _("Not yet answered"),
            "declined": _("Asked, but the youth or another did not want to say"),
            "unsure": _("Asked or checked, but not sure"),
            "not_asked": _("Marked as not asked or not checked"),
            "known": _("Answered by one source, while another was not sure"),
        }
        grouped: dict[str, list[OpenQuestion]] = {}
        for question in self.route.decisive:
            text = translate(self.rulebook.questions[question].text)
            shown = OpenQuestion(question, self._section_of[question], text)
            grouped.setdefault(self.assessment.answers[question].state, []).append(shown)
        return [(title, grouped[state]) for state, title in titles.items() if state in grouped]

    @cached_property
    def _section_of(self) -> dict[str, str]:
        return {
            question.id: section.id for section in self.rulebook.sections for question in section.questions
        }

    @cached_property
    def raises(self) -> list[ChangeGroup]:
        """The smallest sets of open answers that would raise the level."""
        return change_groups(self.rulebook, smallest_raises(self.assessment))

    @cached_property
    def lowers(self) -> list[ChangeGroup]:
        """The smallest sets of given answers whose correction would lower what is certain."""
        return change_groups(self.rulebook, smallest_lowers(self.assessment))

    @cached_property
    def law(self) -> list[LegalNote]:
        """The law that fits, each note once; without what stands with the recommendation already."""
        shown = {note.id for note in self.advice.victim_basis} if self.is_concern else set()
        notes = {note.id: note for note in self.advice.law}
        notes |= {note.id: note for due in self.advice.actions for note in due.law}
        return [note for note in notes.values() if note.id not in shown]

    @cached_property
    def elsewhere(self) -> FoundElsewhere | None:
        """Set when the youth was found in another state than the one whose law is shown."""
        return found_elsewhere(self.assessment, self.record.jurisdiction)

    @cached_property
    def calls_elsewhere(self) -> tuple[Call, ...]:
        """The hotlines of the state where the youth was found."""
        return calls_only_there(self.rulebook, self.elsewhere) if self.elsewhere else ()

    @cached_property
    def professions(self) -> dict[str, str]:
        """Profession id → label."""
        return {each.id: translate(each.label) for each in self.rulebook.about.professions}

    @cached_property
    def own_law(self) -> list[LegalNote]:
        """Of it, what concerns the people of this setting."""
        return [note for note in self.law if self._is_for_reader(note)]

    @cached_property
    def other_law(self) -> list[LegalNote]:
        """Of it, what concerns other professions."""
        return [note for note in self.law if not self._is_for_reader(note)]

    def _is_for_reader(self, note: LegalNote) -> bool:
        return note.professions is None or self._reader in note.professions

    @property
    def _reader(self) -> str:
        return self.rulebook.settings[self.record.setting].profession

    @cached_property
    def needs(self) -> list[NeedView]:
        """What there is for each need, wanted and urgent needs first."""
        return need_views(
            self.rulebook,
            self.matches,
            self.record.jurisdiction,
            services=self.choice.services,
            in_full=self.unfolded,
        )

    @cached_property
    def unfitting(self) -> list[Match]:
        """Services that fit none of the needs, each once."""
        return unfitting(self.matches)

    @cached_property
    def instruments(self) -> list[InstrumentScore]:
        """Published tools that are meant for this setting and this place."""
        here, chain = self.record.setting, self.rulebook.applicable_jurisdictions(self.record.jurisdiction)
        return [
            each
            for each in self.assessment.instruments
            if here in (each.instrument.settings or (here,))
            and set(chain) & set(each.instrument.jurisdictions or chain)
        ]

    def set_aside(self, instrument: Instrument) -> list[SetAside]:
        """Why the tool must not be used on this screening, if so, and what is done instead."""
        return [each for each in instrument.set_aside if self.assessment.explain(each.when).truth is YES]
