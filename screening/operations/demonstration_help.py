"""Invented rows about finding help, so that no page of it is empty in the demonstration: beds, calls, referrals, stays, checks.

The services are those of the starter directory, which exist. Nothing that is put down here was ever said by any of them, and
every word says that it is invented.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import exists, select

from screening.core.bed_words import BedStatus
from screening.core.directory_seed import STARTER
from screening.core.directory_service_entry import PhoneLine, ServiceEntry
from screening.core.directory_values import derived_id
from screening.core.rulebook import Rulebook
from screening.operations.actors import Actor
from screening.operations.beds import (
    BedQuestion,
    Fact,
    Reply,
    ask_for_beds,
    bed_requests_of,
    close_bed_request,
    enter_answer,
    record_attempt,
    report_beds,
)
from screening.operations.database import Database, Transaction
from screening.operations.directory.checks import record_check
from screening.operations.directory.editing import Editing, add_service, edit_service, present_service
from screening.operations.directory.errors import report_error
from screening.operations.referrals import StepRule, StepRules, make_referral, record_step
from screening.operations.screenings import list_screenings
from screening.operations.unmet_need import record_stay, record_unmet_need
from screening.store.help_models import BedReportRow

AT_THE_SHELTER = "Person at the shelter (invented)"
AT_THE_DESK = "Person at the desk (invented)"
INVENTED = "Invented for the demonstration."
_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Team:
    """Whoever records in an invented agency, and the agency's screenings that get rows: the first more than the second."""

    staff: Actor
    editor: Actor
    youth_refs: tuple[str, str]
    age: int
    sex: str


_BEDS: tuple[tuple[str, BedStatus, int | None, str | None, timedelta], ...] = (
    ("kc_synergy", "available", 2, "girls", 2 * _HOUR),
    ("kc_synergy", "full", None, "boys", 2 * _HOUR),
    ("kc_jdc_crisis_house", "full", None, None, 3 * _HOUR),
    ("kc_mbch", "assess_first", None, None, 20 * _HOUR),
    ("stl_covering_house", "waitlist", None, None, 9 * _HOUR),
    ("kc_drumm_foster", "available", 1, None, 5 * _HOUR),
    ("kc_restart", "available", None, None, 30 * _HOUR),
    ("kc_cornerstones", "full", None, None, 120 * _HOUR),
    ("kc_hope_house", "unknown", None, None, 6 * _HOUR),
)
_CALLS = (
    ("kc_jdc_crisis_house", "no_bed", 50, AT_THE_SHELTER, "Full for about two weeks. Invented."),
    ("kc_restart", "no_answer", 45, "", ""),
    ("kc_mbch", "assess_first", 40, AT_THE_SHELTER, "They call back after a talk with the team. Invented."),
    ("kc_veronicas_voice", "call_back", 15, "Advocate on call (invented)", ""),
)
_REFERRALS: tuple[tuple[str, str, str, tuple[tuple[str, int], ...]], ...] = (
    (
        "kc_veronicas_voice",
        "survivor_advocate",
        "The youth would like an advocate near. Invented.",
        (("offered", 30), ("accepted", 25), ("contacted", 15)),
    ),
    (
        "kc_mbch",
        "home_for_trafficked_youth",
        INVENTED,
        (("offered", 55), ("accepted", 50), ("contacted", 40), ("waiting", 35)),
    ),
    (
        "kc_mocsa",
        "counseling",
        "Somebody to talk with was offered. Invented.",
        (("offered", 22), ("declined", 20)),
    ),
)
_CHECKED = (
    ("kc_cpc", "right", AT_THE_DESK),
    ("kc_mocsa", "right", AT_THE_DESK),
    ("kc_synergy", "right", AT_THE_SHELTER),
    ("kc_lawmo", "not_reached", ""),
)
_WRONG = (
    ("kc_restart", "phone", "The number leads to another office. Invented."),
    ("kc_drumm_compass", "hours", "They close an hour earlier. Invented."),
)
_ENTRIES = (
    ServiceEntry(
        name="Example Drop-In Center (invented)",
        organization="Example Youth Project (invented)",
        description="An invented entry: it shows how an entry is changed, and how two of the same are found.",
        kinds=("drop_in",),
        areas=("mo_jackson",),
        phones=(PhoneLine("816-555-0101"),),
    ),
    ServiceEntry(
        name="Example Drop In Centre (invented)",
        organization="Example Youth Project (invented)",
        description="The same invented place, entered twice.",
        kinds=("drop_in",),
        areas=("mo_jackson",),
        phones=(PhoneLine("816-555-0101"),),
    ),
    ServiceEntry(
        name="Example House (invented)",
        organization="Example House (invented)",
        description="An invented confidential place: only people who place youths see that it is here.",
        kinds=("longer_safe_home",),
        areas=("mo_jackson",),
        phones=(PhoneLine("816-555-0102"),),
        level="confidential",
    ),
)


def load_help(db: Database, rulebook: Rulebook, team: Team) -> bool:
    """Add the rows of one agency, all of them or none; out: whether they were added. They are added once.

    Its directory and screenings must be there. An edition without rules of placement gets none.
    """
    guide = rulebook.placement
    if guide is None:
        return False
    with db.reading(team.staff) as tx:
        if tx.session.execute(select(exists(select(BedReportRow.id)))).scalar_one():
            return False
    with db.writing(team.editor) as tx:
        _keep_directory(tx, rulebook)
    rules = {
        step.id: StepRule(None if step.after is None else frozenset(step.after), step.ends)
        for step in guide.referral_steps
    }
    with db.writing(team.staff) as tx:
        known = [error.id for error in guide.entry_errors]
        for service, fields, note in _WRONG:
            report_error(
                tx, starter(service), [fields], note, known=known, error_id=_own(team, service, fields)
            )
        for service, status, beds, serves, ago in _BEDS:
            own = _own(team, "beds", service, serves or "")
            report_beds(tx, starter(service), status, beds, serves, AT_THE_SHELTER, tx.now - ago, id=own)
        first, second = (_screening(tx, number) for number in team.youth_refs)
        _look_for_a_bed(tx, team, first)
        _refer(tx, team, first, rules)
        _ask_again(tx, team, second)
        _stay_meanwhile(tx, team, first, second)
    return True


def starter(service: str) -> str:
    """The id under which a service of the rulebook stands in a directory that began with the starter directory."""
    return derived_id(STARTER, "service", service)


def _own(team: Team, *parts: str) -> str:
    return derived_id("demonstration", team.staff.agency_id, *parts)


def _screening(tx: Transaction, youth_ref: str) -> str:
    return list_screenings(tx, page=1, youth_ref=youth_ref).items[0].id


def _keep_directory(tx: Transaction, rulebook: Rulebook) -> None:
    """Some entries were called, one could not be reached, three are invented, and one of those was changed."""
    agency = tx.actor.agency_id if tx.actor else ""
    for service, outcome, spoke_with in _CHECKED:
        own = derived_id("demonstration", agency, "check", service)
        record_check(tx, starter(service), outcome, spoke_with=spoke_with, note=INVENTED, check_id=own)
    ids = [derived_id("demonstration", agency, "entry", each.name) for each in _ENTRIES]
    for id, entry in zip(ids, _ENTRIES, strict=True):
        add_service(tx, entry, rulebook, Editing(new_organization=True), service_id=id)
    shown = present_service(tx, ids[0], rulebook)
    changed = replace(shown.entry, application_process="A youth can come alone. Invented.")
    edit_service(tx, ids[0], changed, rulebook, Editing(), version=shown.version)


def _look_for_a_bed(tx: Transaction, team: Team, screening_id: str) -> None:
    """Three places were asked and said why not, and the calls before that."""
    for service, outcome, minutes, who, note in _CALLS:
        words = {"spoke_with": who, "note": note}
        own = _own(team, "call", service)
        record_attempt(tx, screening_id, starter(service), outcome, tx.now - minutes * _MINUTE, words, id=own)
    question = _question(
        team, "first", ("kc_jdc_crisis_house", "kc_mbch", "kc_synergy"), "A bed for tonight. Invented."
    )
    ask_for_beds(tx, screening_id, question)
    replies = {
        "kc_jdc_crisis_house": Reply("no", AT_THE_SHELTER, "full"),
        "kc_mbch": Reply("assess_first", AT_THE_SHELTER),
        "kc_synergy": Reply("no", AT_THE_SHELTER, "open_charges"),
    }
    asked = next(each for each in bed_requests_of(tx, screening_id) if each.id == question.id)
    names = {starter(service): reply for service, reply in replies.items()}
    for place in asked.places:
        enter_answer(tx, screening_id, place.id, names[place.service_id])
    close_bed_request(tx, screening_id, question.id, "closed")


def _ask_again(tx: Transaction, team: Team, screening_id: str) -> None:
    """A question that waits for answers; one has come."""
    places = ("kc_synergy", "kc_drumm_foster", "kc_restart")
    question = _question(team, "second", places, "A bed for some weeks. Invented.")
    ask_for_beds(tx, screening_id, question)
    asked = next(each for each in bed_requests_of(tx, screening_id) if each.id == question.id)
    answered = next(each for each in asked.places if each.service_id == starter("kc_synergy"))
    enter_answer(tx, screening_id, answered.id, Reply("no", AT_THE_SHELTER, "staffing"))


def _question(team: Team, name: str, places: tuple[str, ...], note: str) -> BedQuestion:
    return BedQuestion(
        tuple(starter(place) for place in places),
        4 * _HOUR,
        facts=(Fact("age", "How old is the youth?", str(team.age)),) if name == "first" else (),
        note=note,
        call_back="816-555-0100 (invented)",
        id=_own(team, "question", name),
    )


def _refer(tx: Transaction, team: Team, screening_id: str, rules: StepRules) -> None:
    for service, need, note, steps in _REFERRALS:
        refer(
            tx, (screening_id, service, need), note, _moments(tx.now, steps), _own(team, service, need), rules
        )


def _moments(now: datetime, steps: tuple[tuple[str, int], ...]) -> tuple[tuple[str, datetime], ...]:
    return tuple((step, now - minutes * _MINUTE) for step, minutes in steps)


def refer(
    tx: Transaction,
    what: tuple[str, str, str],
    note: str,
    steps: tuple[tuple[str, datetime], ...],
    id: str,
    rules: StepRules,
) -> None:
    """A referral with its steps. ``what``: the screening, the service as the rulebook calls it, the need."""
    (screening_id, service, need), ((first, at), *others) = what, steps
    make_referral(tx, screening_id, starter(service), need, first, {"note": note}, id, steps=rules, at=at)
    for number, (step, moment) in enumerate(others):
        record_step(tx, id, step, moment, {}, derived_id(id, str(number)), steps=rules)


def _stay_meanwhile(tx: Transaction, team: Team, first: str, second: str) -> None:
    """Where the two youths stayed while nothing was found, and what was not found."""
    stays = (
        (first, "office_or_hotel", 70, 46),
        (first, "detention", 46, None),
        (second, "family_or_kin", 30, None),
    )
    for screening_id, place, since, until in stays:
        ended = None if until is None else tx.now - until * _HOUR
        record_stay(tx, screening_id, place, tx.now - since * _HOUR, ended, _own(team, screening_id, place))
    needs: Mapping[str, str] = {"home_for_trafficked_youth": "no_bed", "safe_place_tonight": "does_not_take"}
    for need, reason in needs.items():
        own = _own(team, first, need)
        record_unmet_need(tx, first, need, reason, tx.now - _HOUR, team.sex, team.age, INVENTED, own)
