"""What the what-if page shows: where the result stands, what would change it, and what suppositions would come to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from screening.core.answers import Effective
from screening.core.evaluation import Assessment, Level, assess_answers
from screening.core.routing import Change, Route, route, smallest_lowers, smallest_raises, with_answers
from screening.core.rulebook import Action, Question, Rulebook
from screening.core.statements import Value
from screening.core.truth import YES
from screening.operations.screenings import ScreeningRecord
from screening.web.change_views import MOST_SHOWN, ChangeGroup, change_groups
from screening.web.spoken import gettext as _
from screening.web.spoken import translate
from screening.web.what_if_choices import Supposable, asked_questions, supposable, supposed_in_words
from screening.web.wording import level_headline

_CHANGES = ("interruptions", "signs", "outcomes", "actions")


@dataclass(frozen=True, slots=True)
class Difference:
    """What suppositions add to a list and what they take from it, in words."""

    kind: str
    title: str
    added: tuple[str, ...]
    gone: tuple[str, ...]


def labels_in(rulebook: Rulebook) -> dict[str, dict[str, str]]:
    """What can differ, in words: kind → id → label. No youth and no published tool's wording is in it."""
    concern = rulebook.concern
    return {
        "interruptions": {each.id: translate(each.title) for each in concern.interruptions},
        "signs": {each.id: translate(each.label) for each in rulebook.indicators.values()},
        "outcomes": {each.id: translate(each.label) for each in concern.outcomes},
        "actions": {each.id: translate(each.label) for each in rulebook.actions},
    }


@dataclass(frozen=True)
class WhatIf:
    """One screening with suppositions.

    Attributes:
        record: the screening.
        recorded: the assessment of what is recorded.
        supposed: question id → supposed answer.
    """

    record: ScreeningRecord
    recorded: Assessment
    supposed: Mapping[str, Value]

    @property
    def rulebook(self) -> Rulebook:
        """The screening's rules."""
        return self.recorded.rulebook

    @cached_property
    def assessment(self) -> Assessment:
        """What would be found if the suppositions were so."""
        return assess_answers(self.rulebook, with_answers(self.recorded, self.supposed))

    @cached_property
    def route(self) -> Route:
        """Which open answers would still decide."""
        return route(self.assessment)

    @cached_property
    def _asked(self) -> list[Question]:
        return asked_questions(self.rulebook)

    @cached_property
    def groups(self) -> list[tuple[str, list[Supposable], bool]]:
        """The questions in three groups: title, questions, whether the group is unfolded."""
        decisive = set(route(self.recorded).decisive)
        answers = self.recorded.answers
        deciding = [each for each in self._asked if each.id in decisive]
        given = [
            each for each in self._asked if each.id not in decisive and answers[each.id].state != "unanswered"
        ]
        shown = {each.id for each in (*deciding, *given)}
        rest = [each for each in self._asked if each.id not in shown]
        titles = (_("Open answers that decide"), _("Answers given"), _("Other questions that count"))
        groups = [
            (title, [self._supposable(each) for each in questions])
            for title, questions in zip(titles, (deciding, given, rest), strict=True)
            if questions
        ]
        return [
            (title, rows, place == 0 or any(each.supposed for each in rows))
            for place, (title, rows) in enumerate(groups)
        ]

    def _supposable(self, question: Question) -> Supposable:
        return supposable(
            self.rulebook, question, self.recorded.answers[question.id], self.supposed.get(question.id)
        )

    # ---- what it comes to

    @property
    def differences(self) -> list[Difference]:
        """What would be different: interruptions, signs, what is said beside the level, things to do."""
        titles = {
            "interruptions": _("Act now"),
            "signs": _("Signs"),
            "outcomes": _("Also to note"),
            "actions": _("What would be done"),
        }
        before, after = self._holding(self.recorded), self._holding(self.assessment)
        return [
            Difference(
                kind,
                titles[kind],
                tuple(self._labels[kind][id] for id in after[kind] if id not in before[kind]),
                tuple(self._labels[kind][id] for id in before[kind] if id not in after[kind]),
            )
            for kind in _CHANGES
        ]

    def _holding(self, assessment: Assessment) -> dict[str, list[str]]:
        return {
            "interruptions": [each.id for each in assessment.interruptions],
            "signs": [each.indicator.id for each in assessment.findings if each.truth == YES],
            "outcomes": [each.id for each in assessment.outcomes],
            "actions": [
                each.id
                for each in self._actions_here
                if each.when is None or assessment.explain(each.when).truth == YES
            ],
        }

    @cached_property
    def _labels(self) -> dict[str, dict[str, str]]:
        return labels_in(self.rulebook)

    @property
    def actions_here(self) -> str:
        """Ids of the actions of this place and setting, for the script."""
        return " ".join(each.id for each in self._actions_here)

    @cached_property
    def _actions_here(self) -> list[Action]:
        """The actions of this place and setting, as ``core.advice`` chooses them; deadlines do not matter here."""
        chain = self.rulebook.applicable_jurisdictions(self.record.jurisdiction)
        return [
            each
            for each in self.rulebook.actions
            if (each.settings is None or self.record.setting in each.settings)
            and (each.jurisdictions is None or not set(chain).isdisjoint(each.jurisdictions))
        ]

    @property
    def stops_asking(self) -> bool:
        """Whether questions to the youth would be set aside."""
        return any(each.stops_asking for each in self.assessment.interruptions)

    @cached_property
    def raises(self) -> list[ChangeGroup]:
        """What to find out next: the smallest sets of open answers that would raise the level."""
        return self._changes(smallest_raises(self.assessment))

    @cached_property
    def lowers(self) -> list[ChangeGroup]:
        """What rests on few answers: the smallest sets whose correction would lower what is certain."""
        return self._changes(smallest_lowers(self.assessment))

    def _changes(self, changes: Sequence[Change]) -> list[ChangeGroup]:
        askable = {each.id for each in self._asked}
        return change_groups(
            self.rulebook,
            [each for each in changes if askable.issuperset(question for question, _value in each.answers)],
            lambda question, value: supposed_in_words(self.rulebook, question, value),
        )

    # ---- words, for this page and for its script

    @cached_property
    def words(self) -> dict[str, object]:
        """The page's own sentences, for the script to say what the page would say. No answer is among them."""
        levels = self.rulebook.concern.levels
        results = ("none", "possible", "clear", "cannot_rule_out")
        headlines = [level_headline(self.rulebook, level) for level in Level]
        return {
            "results": {each: translate(getattr(levels, each).headline) for each in results},
            "bounds": {
                f"{low}-{high}": _(
                    "Between “%(low)s” and “%(high)s”", low=headlines[low], high=headlines[high]
                )
                if low != high
                else _("It stays “%(level)s”", level=headlines[low])
                for low in Level
                for high in Level
                if low <= high
            },
            "raise": [_("Would make it “%(level)s”:", level=each) for each in headlines],
            "lower": [_("Would leave it, for sure, only at “%(level)s”:", level=each) for each in headlines],
            "nothing_raises": {
                "highest": _("It cannot be higher."),
                "settled": _("No open answer can change it."),
                "many": _("No one, two or three open answers would raise it."),
            },
            "nothing_lowers": {
                "lowest": _("Nothing is raised that could fall."),
                "many": _("It does not rest on any one, two or three answers alone."),
            },
            "together": _("Together:"),
            "or": _(" or "),
            "quoted": _("“%(answer)s”", answer="{answer}"),
            "more": _("and %(count)s more", count="{count}"),
            "open": _("Open answers that can change it: %(count)s", count="{count}"),
            "most": MOST_SHOWN,
        }

    @property
    def nothing_raises(self) -> str:
        """Which sentence says that nothing raises it."""
        if self.assessment.at_least == Level.CLEAR:
            return "highest"
        return "settled" if self.route.may_stop else "many"

    @property
    def nothing_lowers(self) -> str:
        """Which sentence says that nothing lowers it."""
        return "lowest" if self.assessment.at_least == Level.NONE else "many"

    @property
    def known(self) -> dict[str, list[object]]:
        """What the script needs of the answers: state, value, partly known. No source, author or time, no date, no text."""
        return {
            id: [answer.state, _bare(self.rulebook.questions[id], answer), answer.partial]
            for id, answer in self.recorded.answers.items()
            if answer.state != "unanswered"
        }


def _bare(question: Question, answer: Effective) -> object:
    if question.kind in ("date", "text"):
        return "" if answer.state == "known" else None
    return list(answer.value) if isinstance(answer.value, tuple) else answer.value
