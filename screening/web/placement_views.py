"""What the placement page shows: each need, the places for it, what to ask them, why others are left out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from screening.core.bed_words import BedWord
from screening.core.matching import Match, NeedMatch, Reason, criteria_of
from screening.core.rulebook import Criterion, Need, Rulebook, Service
from screening.web.bed_wording import WordView, word_view
from screening.web.matching_words import (
    asking_reasons,
    excluding_reasons,
    question_in_words,
    reason_in_words,
    telling_reasons,
)
from screening.web.placement_search import Choice
from screening.web.service_views import national_lines, residential_kinds

MOST_SHOWN = 3
MOST_EXCLUDED_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Card:
    """A service for a need: what to ask it, what else there is to say, what it says where people disagree, its beds.

    ``again``: it stands in full further up. ``on_paper``: where it is may be printed.
    """

    service: Service
    asks: tuple[str, ...]
    tells: tuple[str, ...]
    disputed: tuple[str, ...]
    beds: WordView | None
    again: bool
    on_paper: bool


@dataclass(frozen=True, slots=True)
class Excluded:
    """A service that is left out, and why, in words."""

    service: Service
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Nearest:
    """Where nothing fits, what comes nearest, and what it lacks."""

    service: Service
    lacks: tuple[str, ...]
    is_excluded: bool


@dataclass(frozen=True, slots=True)
class NeedSection:
    """One need with what there is for it.

    Attributes:
        need: which.
        wanted: the youth asked for it.
        residential: it is a place to live.
        nothing_fits: no help of this kind fits, at most somebody who arranges it.
        fits: those that fit, as many as are shown.
        ask: those to ask first, likewise.
        excluded: those left out, likewise.
        counts: how many there are of the three in all.
        outside: how many give this help elsewhere.
        nearest: what comes nearest when nothing fits.
    """

    need: Need
    wanted: bool
    residential: bool
    nothing_fits: bool
    fits: tuple[Card, ...]
    ask: tuple[Card, ...]
    excluded: tuple[Excluded, ...]
    counts: tuple[int, int, int]
    outside: int
    nearest: Nearest | None

    @property
    def is_cut(self) -> bool:
        """Whether more stands on the page of this need alone."""
        shown = (len(self.fits), len(self.ask), len(self.excluded))
        return shown != self.counts


class PlacementView:
    """The page, worked out once. ``alone``: the id of the one need that is shown in full; without it all are, in brief."""

    def __init__(
        self,
        rulebook: Rulebook,
        choice: Choice,
        matches: Sequence[NeedMatch],
        *,
        jurisdiction: str,
        now: datetime,
        alone: str | None = None,
    ) -> None:
        self.rulebook = rulebook
        self.choice = choice
        self.matches = matches
        self.alone = next((each.need for each in matches if each.need.id == alone), None)
        self.lines = national_lines(rulebook, jurisdiction, choice.services)
        self._now = now
        self._homes = residential_kinds(rulebook)
        self._met: set[str] = set()
        self.sections = [
            self._section(each) for each in matches if self.alone is None or each.need is self.alone
        ]
        self.contested = self._contested()

    @property
    def homes(self) -> bool:
        """Whether a shown need is a place to live, so that beds can be asked for."""
        return any(section.residential for section in self.sections)

    @property
    def off_paper(self) -> int:
        """How many of the shown services are not printed."""
        cards = {card.service.id for card in self._cards() if not card.on_paper}
        return len(cards)

    @property
    def can_ask(self) -> bool:
        """Whether there is a place to ask for a bed."""
        return self.choice.own and any(card.service.residential for card in self._cards())

    def _cards(self) -> Iterable[Card]:
        return (card for section in self.sections for card in (*section.fits, *section.ask))

    def _section(self, found: NeedMatch) -> NeedSection:
        most, most_excluded = (None, None) if self.alone else (MOST_SHOWN, MOST_EXCLUDED_SHOWN)
        near = found.next_best
        return NeedSection(
            need=found.need,
            wanted=found.wanted,
            residential=bool(self._homes & set(found.need.kinds)),
            nothing_fits=found.nothing_fits,
            fits=tuple(self._card(each) for each in found.fits[:most]),
            ask=tuple(self._card(each) for each in found.ask[:most]),
            excluded=tuple(
                Excluded(each.service, self._words(each, excluding_reasons(each)))
                for each in found.excluded[:most_excluded]
            ),
            counts=(len(found.fits), len(found.ask), len(found.excluded)),
            outside=self.choice.outside.get(found.need.id, 0),
            nearest=Nearest(near.service, self._words(near, near.shortfall), near.is_excluded)
            if near
            else None,
        )

    def _card(self, found: Match) -> Card:
        service = found.service
        again = service.id in self._met
        self._met.add(service.id)
        asks = (question_in_words(each, service, self.rulebook) for each in asking_reasons(found))
        return Card(
            service,
            asks=_distinct(asks),
            tells=self._words(found, telling_reasons(found)),
            disputed=self._disputed(found),
            beds=self._beds(service),
            again=again,
            on_paper=not service.confidential,
        )

    def _disputed(self, found: Match) -> tuple[str, ...]:
        said = [each for each in found.reasons if each.criterion.contested and not each.asks and each.words]
        return self._words(found, said)

    def _words(self, found: Match, reasons: Iterable[Reason]) -> tuple[str, ...]:
        return _distinct(reason_in_words(each, found.service, self.rulebook) for each in reasons)

    def _beds(self, service: Service) -> WordView | None:
        guide = self.rulebook.placement
        if guide is None or not service.residential or not self.choice.own:
            return None
        words: Mapping[str, BedWord] = self.choice.beds
        return word_view(words.get(service.id), self._now, guide.beds)

    def _contested(self) -> list[Criterion]:
        """The questions on which those who know disagree, as far as they concern what is shown."""
        shown = {section.need.id for section in self.sections}
        return [
            each
            for each in criteria_of(self.rulebook)
            if each.contested
            and (each.needs is None or shown & set(each.needs))
            and (self.homes or not each.residential)
        ]


def _distinct(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for each in words if each))
