"""Two editions of the rulebook beside each other, for people: every change in words, the words that differ marked."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from screening.core.evaluation import Level
from screening.core.rule_diff import (
    CaseChange,
    CaseResult,
    Change,
    RulebookDiff,
    What,
    diff_rulebooks,
    entries_by_kind,
    keys_of,
)
from screening.core.rule_users import name_of
from screening.core.rulebook import Rulebook, Service, Shape
from screening.web.rulebook_entries import Entry, entries, is_named
from screening.web.rulebook_fields import FieldWords, TextLine, key_in_words
from screening.web.rulebook_marking import MarkedLine, marked, unmarked
from screening.web.spoken import N_, translate
from screening.web.spoken import gettext as _
from screening.web.wording import level_headline, within_sentence

MOST_AT_ONCE = 60
"""More changes than this are not told all on one page: each kind has a page of its own."""

KINDS: Mapping[str, str] = {
    "rulebook": N_("Title, places, and vocabularies"),
    "rule of concern": N_("Why the rules of concern are so"),
    "level": N_("Levels of concern"),
    "indicator": N_("Signs and circumstances"),
    "definition": N_("Definitions"),
    "category": N_("Kinds of sign"),
    "question": N_("Questions"),
    "section": N_("Sections of questions"),
    "instrument": N_("Published tools"),
    "interruption": N_("Interruptions"),
    "outcome": N_("Said beside the level"),
    "action": N_("Actions"),
    "event": N_("What starts a clock"),
    "clocks": N_("Days on which clocks stand still"),
    "charge worksheet": N_("The charge worksheet"),
    "kind of charge": N_("Kinds of charge"),
    "relief": N_("What may lift a charge or its label"),
    "report page": N_("Report page"),
    "finding a place": N_("Finding a place"),
    "criterion": N_("Criteria of a place"),
    "feature": N_("What is known of a service"),
    "sheet": N_("Sheets"),
    "need": N_("Needs"),
    "profile": N_("How a service is matched"),
    "note of law": N_("Notes of law"),
    "kind of service": N_("Kinds of service"),
    "service": N_("Services"),
    "source": N_("Sources"),
    "mock case": N_("Mock cases"),
}
"""Kind of change → heading, what decides a result first."""

_EXPLORED_AS = {
    "indicator": "sign",
    "note of law": "note",
    "kind of service": "kind",
    "kind of charge": "charge",
}
_WITHHELD_OF_CASES = frozenset({"said", "observed", "record", "collateral", "expect", "must_not"})
"""The cases are used to train people: what is expected of them is not told to everybody."""
_TOLD_OF_UNLISTED = frozenset({"id", "organization", "name", "kinds", "confidential", "listing", "as_of"})


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One key of an entry, before and now. ``withheld``: it differs, and how is not shown."""

    key: str
    before: tuple[MarkedLine, ...]
    after: tuple[MarkedLine, ...]
    withheld: bool = False


@dataclass(frozen=True, slots=True)
class ChangeView:
    """One entry that was added, removed or changed; ``before`` and ``after`` say where the explorer shows it."""

    what: What
    kind: str
    id: str
    label: str
    anchor: str
    before: Entry | None
    after: Entry | None
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class KindChanges:
    """How many entries of a kind were added, removed and changed, and those that are told."""

    kind: str
    heading: str
    counts: Mapping[What, int]
    changes: tuple[ChangeView, ...]


@dataclass(frozen=True, slots=True)
class ResultWords:
    """How a mock case comes out, and between which levels open answers leave it."""

    level: str
    bounds: str


@dataclass(frozen=True, slots=True)
class CaseView:
    """A mock case that comes out otherwise, in words."""

    id: str
    title: str
    of_old_rules: bool
    before: ResultWords
    after: ResultWords
    raised: tuple[str, ...]
    no_longer: tuple[str, ...]
    without: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that differs, what of it is told on this page, and what it does to the mock cases."""

    kinds: tuple[KindChanges, ...]
    chosen: str
    total: int
    told: bool
    cases: tuple[CaseView, ...]
    cases_compared: int


def compared(old: Rulebook, new: Rulebook, chosen: str = "") -> Comparison:
    """The comparison of two editions. With ``chosen``, a kind that differs, only that is told in full.

    Without it all is told if it is not too much for one page.
    """
    difference = _difference(old, new)
    changed = {change.kind for change in difference.changes}
    chosen = chosen if chosen in changed else ""
    told = bool(chosen) or len(difference.changes) <= MOST_AT_ONCE
    teller = _Teller(old, new)
    kinds = []
    for kind, heading in KINDS.items():
        of_kind = [change for change in difference.changes if change.kind == kind]
        if of_kind:
            is_told = told and chosen in ("", kind)
            changes = tuple(teller.told(*each) for each in enumerate(of_kind)) if is_told else ()
            counts = Counter(change.what for change in of_kind)
            kinds.append(KindChanges(kind, _(heading), counts, changes))
    cases = tuple(_case(old, new, case) for case in difference.cases)
    return Comparison(tuple(kinds), chosen, len(difference.changes), told, cases, difference.cases_compared)


@lru_cache(maxsize=8)
def _difference(old: Rulebook, new: Rulebook) -> RulebookDiff:
    return diff_rulebooks(old, new)


class _Teller:
    """Tells the changes between two editions."""

    def __init__(self, old: Rulebook, new: Rulebook) -> None:
        self._old_entries, self._new_entries = entries_by_kind(old), entries_by_kind(new)
        self._old_words, self._new_words = FieldWords(old), FieldWords(new)
        self._old_places, self._new_places = (
            {(entry.kind, entry.id): entry for entry in entries(rulebook)} for rulebook in (old, new)
        )

    def told(self, number: int, change: Change) -> ChangeView:
        """One change in words. What is not named goes by its number among the changes of its kind."""
        before = self._old_entries[change.kind].get(change.id)
        after = self._new_entries[change.kind].get(change.id)
        kept = cast(Shape, before if after is None else after)
        sides = [each for each in (before, after) if each is not None]
        is_secret = any(isinstance(each, Service) and not is_named(each) for each in sides)
        name = str(number) if is_secret else change.id
        place = (_EXPLORED_AS.get(change.kind, change.kind), change.id)
        keys = change.keys or tuple(key for key in keys_of(kept) if key != "id")
        hidden = _hidden_keys(keys, sides)
        fields = tuple(
            FieldChange(key_in_words(key), (), (), withheld=True)
            if key in hidden
            else self._field(key, before, after)
            for key in keys
            if change.what == "changed" or key not in hidden
        )
        return ChangeView(
            change.what,
            change.kind,
            "" if is_secret else change.id,
            _("A confidential service that is kept out of every list") if is_secret else _label(change, kept),
            f"{change.kind.replace(' ', '-')}-{name}",
            self._old_places.get(place),
            self._new_places.get(place),
            tuple(field for field in fields if field.withheld or field.before or field.after),
        )

    def _field(self, key: str, before: Shape | None, after: Shape | None) -> FieldChange:
        olds = self._lines(self._old_words, key, before)
        news = self._lines(self._new_words, key, after)
        if before is None or after is None:
            return FieldChange(key_in_words(key), unmarked(olds), unmarked(news))
        return FieldChange(key_in_words(key), *marked(olds, news))

    @staticmethod
    def _lines(words: FieldWords, key: str, entry: Shape | None) -> tuple[TextLine, ...]:
        return words.lines(key, getattr(entry, key, None))


def _label(change: Change, entry: Shape) -> str:
    match change.kind:
        case "rulebook" | "rule of concern" | "profile" | "clocks" | "charge worksheet":
            return _(KINDS[change.kind])
        case "level":
            return translate(getattr(entry, "headline", change.id))
        case "mock case":
            return str(getattr(getattr(entry, "case", None), "title", change.id))
        case _:
            return translate(name_of(entry))


def _hidden_keys(keys: Iterable[str], sides: Iterable[Shape]) -> frozenset[str]:
    """What is not shown of an entry: answers of mock cases, and what could locate a service that is not to be found."""
    hidden: set[str] = set()
    for side in sides:
        if not isinstance(side, Service):
            hidden |= _WITHHELD_OF_CASES if hasattr(side, "must_not") else frozenset()
        elif not is_named(side):
            hidden |= {*keys} - {"kinds", "confidential", "listing", "as_of"}
        elif side.listing == "never":
            hidden |= {*keys} - _TOLD_OF_UNLISTED
        elif side.confidential:
            hidden.add("areas")
    return frozenset(hidden)


def _case(old: Rulebook, new: Rulebook, case: CaseChange) -> CaseView:
    raised = (name for name in case.after.raised if name not in case.before.raised)
    no_longer = (name for name in case.before.raised if name not in case.after.raised)
    return CaseView(
        case.case,
        case.title,
        case.rulebook == "old",
        _result(old, case.before),
        _result(new, case.after),
        tuple(translate(new.indicators[name].label) for name in raised),
        tuple(translate(old.indicators[name].label) for name in no_longer),
        (*_left_out(new, case.before, _("the old rules do not know it")),
         *_left_out(old, case.after, _("the new rules do not know it"))),
    )  # fmt: skip


def _result(rulebook: Rulebook, result: CaseResult) -> ResultWords:
    if result.result == "cannot_rule_out":
        level = translate(rulebook.concern.levels.cannot_rule_out.headline)
    else:
        level = level_headline(rulebook, Level[result.result.upper()])
    low, high = (
        within_sentence(level_headline(rulebook, Level[each.upper()]))
        for each in (result.at_least, result.at_most)
    )
    if low == high:
        return ResultWords(level, _("settled"))
    return ResultWords(level, _("open answers leave it between %(low)s and %(high)s", low=low, high=high))


def _left_out(knowing: Rulebook, result: CaseResult, why: str) -> Iterator[str]:
    for _source, name in result.left_out:
        question = knowing.questions.get(name)
        yield f"{translate(question.text) if question else name} ({why})"
