"""What the charge worksheet shows, worked out once from one screening and its charges."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from screening.core.charges import (
    AskedOf,
    LawThenAndNow,
    WorksheetLine,
    asks_of_all,
    law_on_age,
    sort_charges,
    visible_charges,
)
from screening.core.evaluation import Assessment
from screening.core.rulebook import ChargeKind, LegalNote, LinkWords, Relief
from screening.operations.charges import KeptCharge, standing
from screening.operations.screenings import ScreeningRecord
from screening.web.proof_wording import Line, ProofWords
from screening.web.spoken import gettext as _
from screening.web.spoken import translate


@dataclass(frozen=True, slots=True)
class OpenLink:
    """What a charge may still turn out to be: in words, with the reason it would then have, and what is open."""

    label: str
    reason: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class ChargeView:
    """One charge of the worksheet in words."""

    line: WorksheetLine
    kept: KeptCharge
    reason: str
    proof: tuple[Line, ...]
    may_be: tuple[OpenLink, ...]
    by_age_then: str = ""

    @property
    def label(self) -> str:
        """The kind of charge; by its id where the rules do not list it."""
        return translate(self.line.kind.label) if self.line.kind else self.line.charge.kind


@dataclass(frozen=True)
class WorksheetView:
    """The charges of one screening as the page tells them.

    Attributes:
        record: the screening.
        assessment: what was found in it.
        kept: all its charges.
        today: the day whose law is told beside that of each offense.
        sharing: whether the page is to be handed on: then without what is kept between the youth and counsel.
    """

    record: ScreeningRecord
    assessment: Assessment
    kept: tuple[KeptCharge, ...]
    today: date
    sharing: bool

    @property
    def cautions(self) -> tuple[str, ...]:
        """What has to be said on every worksheet."""
        charges = self.assessment.rulebook.charges
        return charges.cautions if charges else ()

    @cached_property
    def lines(self) -> tuple[WorksheetLine, ...]:
        """The worksheet."""
        charges = visible_charges(standing(self.kept), privileged=not self.sharing)
        return sort_charges(self.assessment, charges, jurisdiction=self.record.jurisdiction, day=self.today)

    @cached_property
    def groups(self) -> list[tuple[LinkWords, list[ChargeView]]]:
        """Charges by how they are linked, closest first; only links that occur."""
        known = {each.charge.id: each for each in self.kept}
        views = [self._view(line, known[line.charge.id]) for line in self.lines]
        grouped = [
            (words, [view for view in views if view.line.link == words.id]) for words in self._words.values()
        ]
        return [(words, found) for words, found in grouped if found]

    @property
    def withdrawn(self) -> list[tuple[str, KeptCharge]]:
        """Charges that were taken off, by label. None of them is handed on."""
        kinds = {kind.id: translate(kind.label) for kind in self.kinds}
        found = [] if self.sharing else [each for each in self.kept if each.withdrawn_at is not None]
        return [(kinds.get(each.charge.kind, each.charge.kind), each) for each in found]

    @property
    def has_privileged(self) -> bool:
        """Whether something is kept between the youth and counsel."""
        return any(each.privileged for each in standing(self.kept))

    @cached_property
    def kinds(self) -> tuple[ChargeKind, ...]:
        """The kinds a charge can be of."""
        charges = self.assessment.rulebook.charges
        return charges.kinds if charges else ()

    @property
    def kinds_by_group(self) -> list[tuple[str, list[ChargeKind]]]:
        """The same under their headings."""
        charges = self.assessment.rulebook.charges
        groups = charges.groups if charges else ()
        return [
            (translate(group.label), [kind for kind in self.kinds if kind.group == group.id])
            for group in groups
        ]

    @cached_property
    def asks_of_all(self) -> tuple[AskedOf, ...]:
        """What to ask about every charge."""
        return asks_of_all(self.assessment.rulebook, jurisdiction=self.record.jurisdiction, day=self.today)

    @cached_property
    def reliefs(self) -> list[tuple[Relief, tuple[LegalNote, ...]]]:
        """What may lift any of the charges, each once."""
        found = {relief.id: (relief, law) for line in self.lines for relief, law in line.reliefs}
        return list(found.values())

    @cached_property
    def age_lines(self) -> list[Line]:
        """What was entered on the youth's age, whoever said or saw it. Nothing is concluded from it."""
        charges = self.assessment.rulebook.charges
        asked = charges.age_facts.questions if charges and charges.age_facts else ()
        known = (self.assessment.answers.get(question) for question in asked)
        return [self._proofs.question_line(each.question) for each in known if each and each.statements]

    @cached_property
    def age_law(self) -> tuple[LegalNote, ...]:
        """The law beside it, today and on the days of the offenses."""
        days = [self.today, *(line.charge.offense_on for line in self.lines if line.charge.offense_on)]
        return law_on_age(self.assessment.rulebook, jurisdiction=self.record.jurisdiction, days=days)

    @cached_property
    def law(self) -> list[LegalNote]:
        """Every note of law the page names, once, in the order it names them."""
        asked = [each for line in self.lines for each in line.asks] + list(self.asks_of_all)
        notes = [
            *(each.note for line in self.lines for each in line.law),
            *(note for each in asked for _ask, law in each.asks for note in law),
            *(note for _relief, law in self.reliefs for note in law),
            *(self.age_law if self.age_lines else ()),
        ]
        return list({note.id: note for note in notes}.values())

    @cached_property
    def professions(self) -> Mapping[str, str]:
        """Profession id → label."""
        return {each.id: translate(each.label) for each in self.assessment.rulebook.about.professions}

    @cached_property
    def _proofs(self) -> ProofWords:
        return ProofWords(self.assessment, self.record.author_names)

    @cached_property
    def _words(self) -> Mapping[str, LinkWords]:
        charges = self.assessment.rulebook.charges
        return {words.id: words for words in charges.links} if charges else {}

    def _view(self, line: WorksheetLine, kept: KeptCharge) -> ChargeView:
        found = line.found
        may_be = tuple(
            OpenLink(
                translate(self._words[each.link].label),
                translate(each.reason),
                self._proofs.lines(each.proof),
            )
            for each in found.may_be
        )
        proof = () if found.proof is None else self._proofs.lines(found.proof)
        by_age = translate(self._words[line.link_by_age_then].label) if line.link_by_age_then else ""
        return ChargeView(line, kept, _reason(line), proof, may_be, by_age)


def _reason(line: WorksheetLine) -> str:
    if line.kind is None:
        return _("These rules do not list this kind of charge. Whether it is linked has to be shown.")
    if line.found.rule is None:
        return _("Nothing entered shows a link so far, but open answers still could.")
    return translate(line.found.rule.reason)


def standing_then(each: LawThenAndNow) -> str:
    """When a note is law: today, on the day of the offense, both, or not known."""
    if each.then is None:
        return _("today")
    if each.now and each.then:
        if each.note.in_force_from is None:
            return _("today; its start is not noted, so check that day")
        return _("today and on that day")
    return _("today, but not yet on that day") if each.now else _("on that day, but no longer today")


def labels_of(professions: Mapping[str, str], ids: Sequence[str]) -> str:
    """Professions in words."""
    return "; ".join(professions[each] for each in ids if each in professions)
