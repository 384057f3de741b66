"""The ledger of a screening as its pages show it: what is kept of the youth, each need and each stay in words, the forms."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from flask import abort, g

from screening.core.answers import Effective, combine_all
from screening.core.placement_shapes import PlacementGuide
from screening.core.placement_waits import days_covered
from screening.core.rulebook import Question, Rulebook
from screening.operations.actors import Verb, may
from screening.operations.database import Transaction
from screening.operations.screenings import ScreeningNotFound, ScreeningRecord, find_screening
from screening.operations.unmet_need import Stay, UnmetNeed, stays_of, unmet_of
from screening.web.moment_fields import NOTHING_TYPED, TypedMoment
from screening.web.services import services
from screening.web.spoken import gettext as _
from screening.web.spoken import ngettext, translate
from screening.web.wording import number_in_words, unknown_in_words

UNKNOWN = ("unanswered", "unsure", "declined", "not_asked")
"""The kinds of unknown, kept apart."""


@dataclass(frozen=True, slots=True)
class NeedForm:
    """The form that writes a need down, under the id the entry will have; and what is wrong with it, field → message."""

    id: str
    need: str = ""
    reason: str = ""
    at: TypedMoment = NOTHING_TYPED
    words: str = ""
    faults: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StayForm:
    """The form that enters a stay, likewise; and for the forms that end one, stay → when that was.

    ``ends_former``: an earlier stay without an end ends where this one begins.
    """

    id: str
    place: str = ""
    since: TypedMoment = NOTHING_TYPED
    until: TypedMoment = NOTHING_TYPED
    ends_former: bool = True
    ending: Mapping[str, TypedMoment] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Kept:
    """What of the youth is kept with a need: as it is stored, and in words."""

    sex: str
    age: int | str
    sex_words: str
    age_words: str


@dataclass(frozen=True, slots=True)
class UnmetWork:
    """The ledger of one screening."""

    record: ScreeningRecord
    rulebook: Rulebook
    guide: PlacementGuide | None
    unmet: tuple[UnmetNeed, ...]
    stays: tuple[Stay, ...]
    now: datetime

    @property
    def waiting(self) -> tuple[UnmetNeed, ...]:
        """Needs that are not met yet."""
        return tuple(each for each in self.unmet if each.met_at is None and each.withdrawn_at is None)

    @property
    def counted(self) -> tuple[UnmetNeed, ...]:
        """All that count."""
        return tuple(each for each in self.unmet if each.withdrawn_at is None)

    @property
    def taken_back(self) -> tuple[UnmetNeed, ...]:
        """Those entered by mistake."""
        return tuple(each for each in self.unmet if each.withdrawn_at is not None)

    @property
    def counted_stays(self) -> tuple[Stay, ...]:
        """Stays that count, the latest first."""
        return tuple(stay for stay in self.stays if stay.withdrawn_at is None)

    @property
    def stays_taken_back(self) -> tuple[Stay, ...]:
        """Those entered by mistake."""
        return tuple(stay for stay in self.stays if stay.withdrawn_at is not None)

    @property
    def open_stay(self) -> Stay | None:
        """Where the youth is now, as far as is known."""
        return next((stay for stay in self.counted_stays if stay.until_at is None), None)

    @property
    def need_labels(self) -> dict[str, str]:
        """Need → label."""
        return {need.id: translate(need.label) for need in self.rulebook.needs}

    @property
    def reason_labels(self) -> dict[str, str]:
        """Reason → label."""
        return (
            {}
            if self.guide is None
            else {each.id: translate(each.label) for each in self.guide.unmet_reasons}
        )

    @property
    def place_labels(self) -> dict[str, str]:
        """Place of a stay → label."""
        return (
            {} if self.guide is None else {each.id: translate(each.label) for each in self.guide.stay_places}
        )

    @property
    def detention_in_words(self) -> str:
        """Days in detention until now, of all stays; empty if there were none."""
        places = (
            set() if self.guide is None else {each.id for each in self.guide.stay_places if each.detention}
        )
        days = days_covered(
            (stay.from_at, stay.until_at or self.now) for stay in self.counted_stays if stay.place in places
        )
        return days_in_words(days) if days else ""

    def kept(self) -> Kept:
        """Sex and age as the screening has them now."""
        answers = combine_all(self.rulebook, self.record.statements, self.record.opened_on)
        rules = self.guide.counts if self.guide else None
        sex, age = (answers.get(id) if id else None for id in ((rules.sex, rules.age) if rules else ("", "")))
        known_age = None if age is None or age.value is None else int(str(age.value))
        sex_kept, age_kept = _token(sex), known_age if known_age is not None else _token(age)
        return Kept(sex_kept, age_kept, self.sex_in_words(sex_kept), self.age_in_words(age_kept))

    def sex_in_words(self, sex: str) -> str:
        """As it is kept → as it is said."""
        question = self._question("sex")
        labels = question.option_labels if question else {}
        return unknown_in_words(sex) if sex in UNKNOWN else translate(labels.get(sex, sex))

    def age_in_words(self, age: int | str) -> str:
        """As it is kept → as it is said."""
        if isinstance(age, str):
            return unknown_in_words(age)
        question = self._question("age")
        return number_in_words(question, age) if question else str(age)

    def _question(self, which: str) -> Question | None:
        return None if self.guide is None else self.rulebook.questions.get(getattr(self.guide.counts, which))


def _token(answer: Effective | None) -> str:
    return "unanswered" if answer is None else str(answer.token)


def read_unmet_work(screening_id: str) -> UnmetWork:
    """The ledger of a screening; 404 if there is none. Words come from its own edition, or from that in use now."""
    here = services()
    try:
        UUID(screening_id)
        with here.database.reading(g.actor) as tx:
            record = find_screening(tx, screening_id)
            return _work(tx, record)
    except (ValueError, ScreeningNotFound):
        abort(404)


def unmet_work(screening_id: str) -> UnmetWork:
    """For templates of other areas: the ledger of a screening that is on the page already."""
    return read_unmet_work(screening_id)


def _work(tx: Transaction, record: ScreeningRecord) -> UnmetWork:
    here = services()
    rulebook = here.rulebook_for(record.rulebook_digest)
    guide = rulebook.placement or here.rulebook_of(g.actor, tx).placement
    return UnmetWork(record, rulebook, guide, unmet_of(tx, record.id), stays_of(tx, record.id), here.clock())


def may_count_unmet() -> bool:
    """Whether the person at the keyboard sees the counts of the agency."""
    return may(g.get("actor"), Verb.COUNT_UNMET_NEED)


def days_in_words(days: float) -> str:
    """A length of time in whole days, as people say it."""
    whole = round(days)
    return ngettext("%(num)d day", "%(num)d days", whole) if whole else _("less than a day")


def wait_in_words(start: datetime, end: datetime) -> str:
    """How long it took, or has taken."""
    return days_in_words((end - start) / timedelta(days=1))


def new_id() -> str:
    """An id for a form: sent twice, it makes one entry."""
    return str(uuid4())


def first_known(wanted: str | None, known: Iterable[str]) -> str:
    """What was asked for in an address, if there is such a thing."""
    return wanted if wanted is not None and wanted in set(known) else ""
