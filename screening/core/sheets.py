"""An assessment and its advice → what one sheet may show of them, and nothing else.

What a sheet shows is written in ``rules/sheets.yaml``. A ``SheetContent`` holds values and entries of the rulebook only,
never the assessment, an answer that is not listed, or who said what: whoever renders it cannot show more than it holds.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from screening.core.advice import Advice, DueAction, calls_for, law_of, rights_notices
from screening.core.charges import Charge, sort_charges, visible_charges
from screening.core.evaluation import Assessment, Level
from screening.core.matching import Match, match
from screening.core.rulebook import Call, Interruption, LegalNote, Rulebook, Sheet, SheetPart, Wording
from screening.core.sheet_content import (
    ActionShown,
    AnswerShown,
    ChargeShown,
    ServiceShown,
    SheetContent,
    Standing,
    TextShown,
)
from screening.core.truth import NO, YES

MOST_SERVICES_A_NEED = 2
MOST_SERVICES = 6
"""Nobody calls ten places from one page; the result page has them all."""


def sheet_content(
    sheet: Sheet,
    assessment: Assessment,
    advice: Advice,
    *,
    jurisdiction: str,
    day: date,
    case_number: str = "",
    charges: Iterable[Charge] = (),
    standings: Mapping[str, Standing] | None = None,
) -> SheetContent:
    """What a sheet shows of a screening.

    Args:
        sheet: one of the rulebook's sheets. Raises ValueError for the youth's own page: that holds no screening.
        assessment: what was found.
        advice: what follows from it in that place, setting and day.
        jurisdiction: id of the state; the law of those it lies within applies as well.
        day: the day whose law counts.
        case_number: the agency's number for the youth.
        charges: the charges that stand; those kept with counsel are left out unless the sheet is counsel's.
        standings: action → how it stands, where it is followed up.
    """
    if sheet.for_youth:
        raise ValueError("the youth's own page holds nothing of a screening")
    found = _Found(sheet, assessment, advice, jurisdiction, day)
    rulebook = assessment.rulebook
    words: Wording = getattr(rulebook.concern.levels, assessment.result)
    parts: Mapping[SheetPart, Callable[[], Any]] = {
        "case_number": lambda: case_number,
        "level": lambda: words,
        "basis": found.basis,
        "signs": found.signs,
        "duties": lambda: found.actions(standings or {}, must=True),
        "actions": lambda: found.actions(standings or {}, must=False),
        "law": found.law,
        "charges": lambda: found.charges(charges),
        "needs": lambda: tuple(sorted(advice.needs, key=lambda need: not need.urgent)),
        "services": found.services,
        "calls": found.calls,
        "danger": found.danger,
        "rights": found.rights,
    }
    readers = {profession.id: profession.label for profession in rulebook.about.professions}
    return SheetContent(
        sheet=sheet,
        reader=readers.get(sheet.profession or "", ""),
        is_concern=found.is_concern,
        lead=sheet.lead if found.is_concern else words.sentence,
        place=_label_of(rulebook, jurisdiction),
        day=day,
        rules_version=rulebook.version,
        answers=found.answers(),
        find_out=sheet.find_out if assessment.at_most >= Level.POSSIBLE else (),
        texts=found.texts(),
        **{part: parts[part]() for part in sheet.parts},
    )


def holds_in(chain: tuple[str, ...], jurisdictions: tuple[str, ...] | None) -> bool:
    """Whether something written for some jurisdictions (or for all) holds in a place with those around it."""
    return jurisdictions is None or any(place in chain for place in jurisdictions)


def _label_of(rulebook: Rulebook, jurisdiction: str) -> str:
    place = rulebook.jurisdictions.get(jurisdiction)
    return place.label if place else jurisdiction


class _Found:
    """Everything that was found, looked at through one sheet."""

    def __init__(
        self, sheet: Sheet, assessment: Assessment, advice: Advice, jurisdiction: str, day: date
    ) -> None:
        self._sheet = sheet
        self._assessment = assessment
        self._rulebook = assessment.rulebook
        self._advice = advice
        self._jurisdiction = jurisdiction
        self._day = day
        self._chain = assessment.rulebook.applicable_jurisdictions(jurisdiction)
        self.is_concern = assessment.at_least >= Level.POSSIBLE

    def basis(self) -> tuple[LegalNote, ...]:
        """The law that says to treat the youth as a victim; none while there is no concern."""
        return tuple(
            note for note in self._advice.victim_basis if self.is_concern and self._is_for_reader(note)
        )

    def signs(self) -> tuple[str, ...]:
        """Labels of raised signs, strongest first. Circumstances are no signs."""
        labels = [
            finding.indicator.label
            for strength in self._rulebook.about.strengths
            if not strength.background
            for finding in self._assessment.findings
            if finding.truth == YES and finding.indicator.strength == strength.id
        ]
        return tuple(dict.fromkeys(labels))

    def actions(self, standings: Mapping[str, Standing], *, must: bool) -> tuple[ActionShown, ...]:
        """What this reader must do, or is advised to do, in the rulebook's order."""
        return tuple(
            ActionShown(due.action, due.due_at, standings.get(due.action.id))
            for due in self._due_actions()
            if due.action.must is must
        )

    def law(self) -> tuple[LegalNote, ...]:
        """The law for this reader that stands nowhere else on the sheet, innermost place first."""
        notes = {note.id: note for note in self._advice.law}
        notes |= {note.id: note for due in self._due_actions() for note in due.law}
        elsewhere = {note.id for text in self.texts() for note in text.law}
        if "basis" in self._sheet.parts:
            elsewhere |= {note.id for note in self.basis()}
        topics = self._sheet.law_topics
        return tuple(
            sorted(
                (
                    note
                    for note in notes.values()
                    if self._is_for_reader(note)
                    and note.id not in elsewhere
                    and (not topics or note.topic in topics)
                ),
                key=lambda note: self._chain.index(note.jurisdiction),
            )
        )

    def charges(self, charges: Iterable[Charge]) -> tuple[ChargeShown, ...]:
        """The charges this reader may see, closest link first."""
        visible = visible_charges(charges, privileged=self._sheet.privileged_charges)
        lines = sort_charges(self._assessment, visible, jurisdiction=self._jurisdiction, day=self._day)
        known = self._rulebook.charges
        links = {words.id: words.label for words in known.links} if known else {}
        return tuple(
            ChargeShown(
                label=line.kind.label if line.kind else line.charge.kind,
                offense_on=line.charge.offense_on,
                link=links.get(line.link, ""),
                asks=tuple(
                    ask.text
                    for asked in line.asks
                    if asked.profession == self._sheet.profession
                    for ask, _law in asked.asks
                ),
                privileged=line.charge.privileged,
            )
            for line in lines
        )

    def services(self) -> tuple[ServiceShown, ...]:
        """A few services for the needs, urgent needs first. One whose place is not disclosed is on no paper."""
        found = match(
            self._assessment,
            self._advice.needs,
            services=self._rulebook.services.values(),
            jurisdiction=self._jurisdiction,
        )
        shown: dict[str, ServiceShown] = {}
        for each in sorted(found, key=lambda each: not each.need.urgent):
            open_ones = [one for one in (*each.fits, *each.ask) if _may_stand_on_paper(one)]
            for one in open_ones[:MOST_SERVICES_A_NEED]:
                shown.setdefault(one.service.id, _service_shown(one))
        return tuple(shown.values())[:MOST_SERVICES]

    def danger(self) -> tuple[Interruption, ...]:
        """Of the interruptions the sheet names, those that hold."""
        return tuple(each for each in self._assessment.interruptions if each.id in self._sheet.danger)

    def calls(self) -> tuple[Call, ...]:
        """Whom to call here, each number once."""
        named = (*self._sheet.danger, *self._sheet.calls_of)
        calls = [
            call
            for each in self._assessment.interruptions
            if each.id in named
            for call in calls_for(self._rulebook, each, self._jurisdiction)
        ]
        calls += [
            call
            for due in self._due_actions()
            for call in due.action.calls
            if holds_in(self._chain, call.jurisdictions)
        ]
        return tuple({call.number: call for call in reversed(calls)}.values())[::-1]

    def rights(self) -> tuple[str, ...]:
        """What the youth was told before being asked anything."""
        notices = rights_notices(self._rulebook, self._jurisdiction)
        return tuple(line for notice in notices for _, line in notice.heard)

    def answers(self) -> tuple[AnswerShown, ...]:
        """The listed answers, in the sheet's order. Unknown is not no: an open one is told as open."""
        return tuple(self._answers())

    def texts(self) -> tuple[TextShown, ...]:
        """The fixed words that hold here and now."""
        in_force = {note.id: note for note in law_of(self._rulebook, self._jurisdiction, self._day)}
        found = []
        for text in self._sheet.texts:
            law = tuple(in_force[note] for note in text.law if note in in_force)
            holds = text.when is None or self._assessment.explain(text.when).truth == YES
            if holds and holds_in(self._chain, text.jurisdictions) and (law or not text.law):
                found.append(TextShown(text, law))
        return tuple(found)

    def _answers(self) -> Iterator[AnswerShown]:
        for id in self._sheet.answers:
            answer = self._assessment.answers[id]
            if answer.applies is not NO:
                yield AnswerShown(self._rulebook.questions[id], answer.token)

    def _due_actions(self) -> Iterator[DueAction]:
        """The actions this sheet may show: those it names, or all of its profession."""
        named, profession = self._sheet.actions, self._sheet.profession
        for due in self._advice.actions:
            if profession is not None and profession not in due.action.by:
                continue
            if due.action.id in named or (not named and profession is not None):
                yield due

    def _is_for_reader(self, note: LegalNote) -> bool:
        return note.professions is None or self._sheet.profession in note.professions


def _may_stand_on_paper(found: Match) -> bool:
    reachable = bool(found.service.phones) or found.service.referral is not None
    return reachable and not found.service.confidential


def _service_shown(found: Match) -> ServiceShown:
    return ServiceShown(found.service, found.must_ask)
