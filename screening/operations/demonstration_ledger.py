"""Invented youths of past months whose needs nothing met, so that the report of unmet need has something to count.

They are spread so that some numbers may be shown and some are too small. The verbs take the moment from the clock, so each
youth's rows are recorded with the clock set back to when they would have been.
"""

import string
from copy import copy
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import NAMESPACE_URL, uuid5

from screening.core.directory_values import derived_id
from screening.core.evaluation import assess
from screening.core.rulebook import Rulebook
from screening.core.statements import Source, Statement
from screening.operations.actors import Actor
from screening.operations.database import Database, Transaction
from screening.operations.demonstration_help import INVENTED, refer
from screening.operations.referrals import StepRule, StepRules
from screening.operations.reviews import record_review
from screening.operations.screenings import (
    NewStatement,
    complete_screening,
    list_screenings,
    open_screening,
    save_statements,
)
from screening.operations.unmet_need import record_stay, record_unmet_need

YOUTHS = 24
MONTHS = 8
_FIRST_NUMBER = 101
_DAY = timedelta(days=1)
_NAMESPACE = uuid5(NAMESPACE_URL, "screening-assistant:demonstration:ledger")
_SEXES = ("girl", "boy", "girl", "girl", "boy", "girl")
_UNANSWERED = "unanswered"
_RARE_SEXES = {10: "intersex_or_other", 16: _UNANSWERED}
_AGES = (15, 16, 14, 17, 15, 13, 16, 17)
_RARE_AGES = {5: 12, 21: 18}
_REASONS = (
    "no_bed",
    "none_exists",
    "no_bed",
    "does_not_take",
    "no_bed",
    "not_safe",
    "none_exists",
    "waiting_list",
    "no_bed",
    "does_not_take",
    "not_open_now",
    "no_bed",
    "none_exists",
    "not_safe",
    "no_bed",
    "no_funding",
)


@dataclass(frozen=True, slots=True)
class Past:
    """Who screened and who reviewed, in which setting and jurisdiction."""

    staff: Actor
    supervisor: Actor
    setting: str
    jurisdiction: str


@dataclass(frozen=True, slots=True)
class _Youth:
    """An invented youth: when which need came up."""

    number: int
    age: int
    sex: str
    needs: tuple[tuple[str, str, datetime], ...]

    @property
    def name(self) -> str:
        return f"Youth {string.ascii_uppercase[self.number]}"

    @property
    def youth_ref(self) -> str:
        return f"DEMO-{_FIRST_NUMBER + self.number:04}"


def load_ledger(db: Database, rulebook: Rulebook, past: Past) -> int:
    """Add the invented youths of the last whole months that are not there yet; out: how many were added."""
    if rulebook.placement is None:
        return 0
    with db.reading(past.staff) as tx:
        youths = [_youth(number, _months(tx.today)) for number in range(YOUTHS)]
        if _is_there(tx, youths[0]):
            return 0
        missing = [youth for youth in youths if not _is_there(tx, youth)]
    rules = {
        step.id: StepRule(None if step.after is None else frozenset(step.after), step.ends)
        for step in rulebook.placement.referral_steps
    }
    for youth in reversed(missing):  # the first one last: where it is, all of them are
        _add(db, rulebook, past, youth, rules)
    return len(missing)


def _is_there(tx: Transaction, youth: _Youth) -> bool:
    return list_screenings(tx, page=1, youth_ref=youth.youth_ref).total > 0


def _months(today: date) -> list[date]:
    """The first days of the last whole months, the earliest first."""
    places = [today.year * 12 + today.month - 1 - back for back in range(MONTHS, 0, -1)]
    return [date(place // 12, place % 12 + 1, 1) for place in places]


def _youth(number: int, months: list[date]) -> _Youth:
    """Needs come up in one, two or three months: few youths at first, more later."""
    first = number % MONTHS
    later = [first + step for step in (3, 5) if first + step < MONTHS]
    kinds = (
        "safe_place_tonight" if number % 3 == 0 else "home_for_trafficked_youth",
        "place_for_months" if number % 2 else "crisis_mental_health",
        "home_for_trafficked_youth",
    )
    needs = []
    for turn, month in enumerate([first, *later]):
        moment = datetime.combine(months[month], time(15 + number % 5), UTC) + _DAY * (2 + (number * 5) % 24)
        needs.append((kinds[turn], _REASONS[(number + 7 * turn) % len(_REASONS)], moment))
    age = _RARE_AGES.get(number, _AGES[number % len(_AGES)])
    sex = _RARE_SEXES.get(number, _SEXES[number % len(_SEXES)])
    return _Youth(number, age, sex, tuple(needs))


def _at(db: Database, moment: datetime) -> Database:
    """The same database with its clock set back."""
    earlier = copy(db)
    earlier.clock = lambda: moment
    return earlier


def _add(db: Database, rulebook: Rulebook, past: Past, youth: _Youth, rules: StepRules) -> None:
    now = db.clock().astimezone(UTC)
    opened = youth.needs[0][2]
    with _at(db, opened).writing(past.staff) as tx:
        screening_id = open_screening(
            tx,
            setting=past.setting,
            jurisdiction=past.jurisdiction,
            youth_ref=youth.youth_ref,
            rulebook_digest=rulebook.digest,
        )
        new = _answers(youth, screening_id)
        save_statements(tx, screening_id, new)
        complete_screening(tx, screening_id)
        said = [Statement(each.id, each.question, each.value, each.source, "", tx.now) for each in new]
        found = assess(rulebook, said, tx.today).result
    with _at(db, min(now, opened + _DAY)).writing(past.supervisor) as tx:
        record_review(
            tx,
            screening_id,
            decision="agreed",
            level_found=found,
            level_set=None,
            reason=INVENTED,
            amend_for=_DAY,
        )
    with _at(db, min(now, max(youth.needs[-1][2], opened + 30 * _DAY))).writing(past.staff) as tx:
        _needs_and_stays(tx, youth, screening_id)
        if youth.number in (MONTHS - 2, MONTHS - 1):
            _there_and_back(tx, youth, screening_id, rules)


def _answers(youth: _Youth, screening_id: str) -> list[NewStatement]:
    answers = (("age", youth.age), ("sex", youth.sex), ("place_tonight", "no_place"))
    return [
        NewStatement(str(uuid5(_NAMESPACE, f"{screening_id} {question}")), question, value, Source.RECORD)
        for question, value in answers
        if value != _UNANSWERED
    ]


def _needs_and_stays(tx: Transaction, youth: _Youth, screening_id: str) -> None:
    """Half of the youths were held while they waited; two of three came to a safe place, sooner or later."""
    for turn, (need, reason, needed_at) in enumerate(youth.needs):
        words, own = f"{youth.name} (invented)", derived_id(screening_id, "need", str(turn))
        record_unmet_need(tx, screening_id, need, reason, needed_at, youth.sex, youth.age, words, own)
    began = youth.needs[0][2]
    moved = began + _DAY * (3 + youth.number % 11)
    meanwhile = "detention" if youth.number % 2 == 0 else "shelter"
    record_stay(tx, screening_id, meanwhile, began, moved, derived_id(screening_id, "stay", "first"))
    after = "elsewhere" if youth.number % 3 == 2 else "safe_placement"
    record_stay(tx, screening_id, after, moved, None, derived_id(screening_id, "stay", "second"))


def _there_and_back(tx: Transaction, youth: _Youth, screening_id: str, rules: StepRules) -> None:
    """Leaving and coming back, which is common; one of the two youths finished as planned."""
    began = youth.needs[0][2]
    days = [("offered", 0), ("accepted", 0), ("contacted", 1), ("admitted", 4), ("left", 9), ("admitted", 12)]
    days += [("completed", 28)] if youth.number == MONTHS - 2 else []
    steps = tuple((step, began + day * _DAY) for step, day in days)
    what = (screening_id, "stl_covering_house", "home_for_trafficked_youth")
    refer(tx, what, f"{youth.name} (invented)", steps, derived_id(screening_id, "referral"), rules)
