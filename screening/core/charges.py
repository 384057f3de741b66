"""Charges → a worksheet for a lawyer: how each may be linked to the exploitation, what to ask of whom, what may lift it.

Nothing here decides a charge. Which kinds there are and what links them is written in ``rules/charges.yaml``.

How a charge is sorted: the first rule of its kind that certainly holds. Rules before it that an open answer could
still make hold are listed as what the link *may be*. A charge counts as unrelated only when every other rule is
ruled out for certain; as long as one of them is open, the link is still *to be shown*. Unknown is not no.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import get_args

from screening.core.advice import law_of
from screening.core.algebra import Proof
from screening.core.answers import whole_years
from screening.core.evaluation import Assessment, assess_answers, with_applicability
from screening.core.rulebook import Ask, ChargeKind, ChargeLink, LegalNote, LinkRule, Relief, Rulebook
from screening.core.truth import UNKNOWN, YES

LINKS: tuple[ChargeLink, ...] = get_args(ChargeLink)
"""The ways of being linked, closest first."""


@dataclass(frozen=True, slots=True)
class Charge:
    """A charge as it was entered. ``privileged``: kept between the youth and counsel, on no other sheet."""

    id: str
    kind: str
    offense_on: date | None = None
    privileged: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class PossibleLink:
    """A rule that an open answer could still make hold: how the charge would then be linked, why, and what is open."""

    link: ChargeLink
    reason: str
    proof: Proof


@dataclass(frozen=True, slots=True, eq=False)
class LinkFound:
    """How a kind of charge is linked on an assessment.

    Attributes:
        link: how it is sorted.
        rule: the rule that holds; nothing where open answers alone keep the charge from being unrelated.
        proof: why that rule holds; nothing for the last rule, which needs no condition.
        may_be: the links that open answers could still bring about, in the order of the rules.
    """

    link: ChargeLink
    rule: LinkRule | None
    proof: Proof | None
    may_be: tuple[PossibleLink, ...]


@dataclass(frozen=True, slots=True, eq=False)
class LawThenAndNow:
    """A note of law, whether it is law today, and whether it was on the day of the offense (nothing: day not known)."""

    note: LegalNote
    now: bool
    then: bool | None


@dataclass(frozen=True, slots=True, eq=False)
class AskedOf:
    """What to ask of one profession, each with the law it rests on today."""

    profession: str
    asks: tuple[tuple[Ask, tuple[LegalNote, ...]], ...]


@dataclass(frozen=True, slots=True, eq=False)
class WorksheetLine:
    """One charge, sorted.

    Attributes:
        charge: as it was entered.
        kind: its kind; nothing where the rulebook does not list it.
        found: how it is linked, why, and what it may be.
        law: the law that bears on it, today and on the day of the offense, innermost place first.
        asks: what to ask of whom about it.
        reliefs: what may lift the charge or its label here, each with the law it rests on today.
        age_then: the youth's age on the day of the offense, where both days are known: a hint, nothing more.
        link_by_age_then: how it would be sorted by that age, where that differs: the age at the event governs.
    """

    charge: Charge
    kind: ChargeKind | None
    found: LinkFound
    law: tuple[LawThenAndNow, ...] = ()
    asks: tuple[AskedOf, ...] = ()
    reliefs: tuple[tuple[Relief, tuple[LegalNote, ...]], ...] = ()
    age_then: int | None = None
    link_by_age_then: ChargeLink | None = None

    @property
    def link(self) -> ChargeLink:
        """How it is sorted."""
        return self.found.link


def visible_charges(charges: Iterable[Charge], *, privileged: bool = False) -> tuple[Charge, ...]:
    """The charges that may stand on a sheet: without those kept between the youth and counsel, unless it is counsel's."""
    return tuple(charge for charge in charges if privileged or not charge.privileged)


def sort_charges(
    assessment: Assessment, charges: Iterable[Charge], *, jurisdiction: str, day: date
) -> tuple[WorksheetLine, ...]:
    """The worksheet: a line a charge, closest link first, else in the order given.

    Args:
        assessment: what was found.
        charges: the charges as entered, in any order.
        jurisdiction: id of the state; the law of those it lies within applies as well.
        day: today. Law in force is told for this day and for the day of each offense.
    """
    kinds = kinds_of(assessment.rulebook)
    place = _Place(assessment.rulebook, jurisdiction, day)
    lines = [_line(assessment, charge, kinds.get(charge.kind), place) for charge in charges]
    return tuple(sorted(lines, key=lambda line: LINKS.index(line.link)))


def kinds_of(rulebook: Rulebook) -> dict[str, ChargeKind]:
    """Id → kind of charge; empty for a rulebook without a worksheet."""
    return {kind.id: kind for kind in rulebook.charges.kinds} if rulebook.charges else {}


def link_of(assessment: Assessment, kind: ChargeKind) -> LinkFound:
    """How a kind of charge is linked: the first rule that certainly holds, and what open answers could still make of it."""
    may_be: list[PossibleLink] = []
    for rule in kind.links:
        proof = None if rule.when is None else assessment.explain(rule.when)
        if proof is None or proof.truth is YES:
            open_links = tuple(each for each in may_be if each.link != rule.link)
            if rule.link == LINKS[-1] and open_links:
                return _kept_open(open_links)
            return LinkFound(rule.link, rule, proof, open_links)
        if proof.truth is UNKNOWN:
            may_be.append(PossibleLink(rule.link, rule.reason, proof))
    return _kept_open(tuple(may_be))


def age_on(assessment: Assessment, day: date | None) -> int | None:
    """The youth's age on a day, where the date of birth is known and not later. What governs is the age at the event."""
    rulebook = assessment.rulebook
    asked = rulebook.questions[rulebook.profile.age].years_since
    born = None if asked is None else assessment.answers[asked].value
    if born is None or day is None:
        return None
    years = whole_years(date.fromisoformat(str(born)), day)
    return years if years >= 0 else None


def birth_date(assessment: Assessment) -> date | None:
    """The youth's date of birth, if it is known."""
    asked = assessment.rulebook.questions[assessment.rulebook.profile.age].years_since
    born = None if asked is None else assessment.answers[asked].value
    return None if born is None else date.fromisoformat(str(born))


def asks_of_all(rulebook: Rulebook, *, jurisdiction: str, day: date) -> tuple[AskedOf, ...]:
    """What to ask about every charge here, by profession in the rulebook's order."""
    asks = rulebook.charges.asks_of_all if rulebook.charges else ()
    return _Place(rulebook, jurisdiction, day).asked(asks, None)


def law_on_age(rulebook: Rulebook, *, jurisdiction: str, days: Iterable[date]) -> tuple[LegalNote, ...]:
    """The law beside the age facts that is in force here on any of the days: today, and the days of offenses."""
    wanted = rulebook.charges.age_facts.law if rulebook.charges and rulebook.charges.age_facts else ()
    notes = {note.id: note for day in sorted(set(days)) for note in law_of(rulebook, jurisdiction, day)}
    return tuple(notes[id] for id in wanted if id in notes)


def _kept_open(open_links: tuple[PossibleLink, ...]) -> LinkFound:
    return LinkFound("to_be_shown", None, None, open_links)


def _line(assessment: Assessment, charge: Charge, kind: ChargeKind | None, place: "_Place") -> WorksheetLine:
    age = age_on(assessment, charge.offense_on)
    if kind is None:
        return WorksheetLine(charge, None, _kept_open(()), age_then=age)
    found = link_of(assessment, kind)
    return WorksheetLine(
        charge,
        kind,
        found,
        law=place.law(kind, charge.offense_on),
        asks=place.asked(kind.asks, found.link),
        reliefs=place.reliefs(kind.reliefs),
        age_then=age,
        link_by_age_then=_link_at_age(assessment, kind, age, found.link),
    )


def _link_at_age(
    assessment: Assessment, kind: ChargeKind, age: int | None, link: ChargeLink
) -> ChargeLink | None:
    """How the charge would be sorted if the youth were of that age; nothing where that makes no difference."""
    if age is None:
        return None
    rulebook = assessment.rulebook
    stated = assessment.answers[rulebook.profile.age]
    then = stated._replace(state="known", value=age, partial=False, conflict=False, derived=True)
    answers = with_applicability(rulebook, {**assessment.answers, then.question: then})
    at_age = link_of(assess_answers(rulebook, answers), kind).link
    return None if at_age == link else at_age


class _Place:
    """The law of one place, looked up once a day that counts."""

    def __init__(self, rulebook: Rulebook, jurisdiction: str, day: date) -> None:
        self._rulebook = rulebook
        self._jurisdiction = jurisdiction
        self._chain = rulebook.applicable_jurisdictions(jurisdiction)
        self._today = day
        self._by_day: dict[date, Mapping[str, LegalNote]] = {}

    def law(self, kind: ChargeKind, offense_on: date | None) -> tuple[LawThenAndNow, ...]:
        """Of the law on a kind of charge, what is law here today or was on the day of the offense; innermost place first."""
        now = self._on(self._today)
        then = None if offense_on is None else self._on(offense_on)
        notes = [
            note
            for note in self._rulebook.law.values()
            if note.jurisdiction in self._chain and (note.id in kind.law or note.topic in kind.law_topics)
        ]
        found = [
            LawThenAndNow(note, note.id in now, None if then is None else note.id in then) for note in notes
        ]
        shown = [each for each in found if each.now or each.then]
        return tuple(sorted(shown, key=lambda each: self._chain.index(each.note.jurisdiction)))

    def asked(self, asks: Iterable[Ask], link: ChargeLink | None) -> tuple[AskedOf, ...]:
        """The asks that hold here for a link, by profession in the rulebook's order."""
        here = [
            ask
            for ask in asks
            if (link is None or ask.links is None or link in ask.links) and self._holds(ask)
        ]
        order = [profession.id for profession in self._rulebook.about.professions]
        grouped = {
            profession: tuple((ask, self._in_force_today(ask.law)) for ask in here if ask.of == profession)
            for profession in order
        }
        return tuple(AskedOf(profession, found) for profession, found in grouped.items() if found)

    def reliefs(self, ids: Sequence[str]) -> tuple[tuple[Relief, tuple[LegalNote, ...]], ...]:
        """The reliefs that exist here today: one that rests on law needs a note of it in force."""
        charges = self._rulebook.charges
        known = {relief.id: relief for relief in charges.reliefs} if charges else {}
        here = [known[id] for id in ids if id in known and self._holds(known[id])]
        found = [(relief, self._in_force_today(relief.law)) for relief in here]
        return tuple((relief, law) for relief, law in found if law or not relief.law)

    def _holds(self, entry: Ask | Relief) -> bool:
        return entry.jurisdictions is None or any(place in self._chain for place in entry.jurisdictions)

    def _in_force_today(self, ids: Sequence[str]) -> tuple[LegalNote, ...]:
        now = self._on(self._today)
        return tuple(now[id] for id in ids if id in now)

    def _on(self, day: date) -> Mapping[str, LegalNote]:
        if day not in self._by_day:
            self._by_day[day] = {note.id: note for note in law_of(self._rulebook, self._jurisdiction, day)}
        return self._by_day[day]
