"""An invented world to try the program in: two agencies, people for every role, the rulebook's mock cases and starter directory.

Loading it twice changes nothing. It never goes into a database that holds real work (``found_agency`` refuses), because the
password of these people is printed for everyone.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import select

from screening.core.evaluation import Level, assess
from screening.core.rulebook import MockCase, Rulebook
from screening.core.statements import Source, Statement
from screening.operations.accounts import create_user, found_agency
from screening.operations.actors import Actor, Role, system_actor
from screening.operations.database import Database, Transaction
from screening.operations.demonstration_help import Team, load_help
from screening.operations.demonstration_ledger import Past, load_ledger
from screening.operations.directory.starting import begin_directory
from screening.operations.screenings import (
    NewStatement,
    complete_screening,
    list_screenings,
    note_recognised,
    open_screening,
    save_statements,
)
from screening.store.journal_actions import AuditAction
from screening.store.models import Agency, User

PASSWORD = "invented-people-only"  # noqa: S105 - printed for everyone, good for nothing but the demonstration
CASES_PER_AGENCY = 5
HOME_JURISDICTION = "us_mo"  # where both invented agencies are
_NAMESPACE = uuid5(NAMESPACE_URL, "screening-assistant:demonstration")


@dataclass(frozen=True, slots=True)
class Person:
    """An invented user."""

    username: str
    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class Setup:
    """An invented agency: the setting whose mock cases it gets, who screens there, who runs accounts and rules."""

    agency: str
    setting: str
    screener: Person
    supervisor: Person
    administrator: Person
    publisher: Person
    editor: Person
    looked_for: tuple[str, str]
    """Case numbers of the youths for whom help is looked for."""
    facts: tuple[int, str]
    """Age and sex of the first of them, as its mock case says."""
    has_ledger: bool = False
    """Whether youths of past months are invented as well, whose needs nothing met."""

    @property
    def people(self) -> tuple[Person, ...]:
        """Whoever can sign in there."""
        return self.screener, self.supervisor, self.administrator, self.publisher, self.editor


SETUPS = (
    Setup(
        "Demonstration detention intake (Independence, Missouri)",
        "detention",
        Person("demo-intake", "Ines Intake (invented)", Role.INTAKE_STAFF),
        Person("demo-intake-supervisor", "Sam Supervisor (invented)", Role.SUPERVISOR),
        Person("demo-intake-administrator", "Ada Administrator (invented)", Role.ADMINISTRATOR),
        Person("demo-intake-publisher", "Piet Publisher (invented)", Role.RULEBOOK_PUBLISHER),
        Person("demo-intake-editor", "Edda Editor (invented)", Role.DIRECTORY_EDITOR),
        ("DEMO-0005", "DEMO-0003"),
        (15, "girl"),
        has_ledger=True,
    ),
    Setup(
        "Demonstration child protection (Kansas City)",
        "child_protection",
        Person("demo-cps", "Casey Caseworker (invented)", Role.CPS_WORKER),
        Person("demo-cps-supervisor", "Sasha Supervisor (invented)", Role.SUPERVISOR),
        Person("demo-cps-administrator", "Alex Administrator (invented)", Role.ADMINISTRATOR),
        Person("demo-cps-publisher", "Petra Publisher (invented)", Role.RULEBOOK_PUBLISHER),
        Person("demo-cps-editor", "Edgar Editor (invented)", Role.DIRECTORY_EDITOR),
        ("DEMO-0009", "DEMO-0007"),
        (15, "girl"),
    ),
)


@dataclass(frozen=True, slots=True)
class Login:
    """How to sign in as an invented person; for printing."""

    username: str
    password: str
    name: str
    role: Role
    agency: str


@dataclass(frozen=True, slots=True)
class Demonstration:
    """What the demonstration holds, and how many of the screenings were added just now."""

    logins: tuple[Login, ...]
    screenings: int
    added: int


def load_demonstration(db: Database, rulebook: Rulebook) -> Demonstration:
    """Add the invented agencies, people and screenings that are not there yet. The rulebook must be kept already.

    Raises AccountRefused when the database holds real work.
    """
    screenings = added = 0
    logins = []
    for number, setup in enumerate(SETUPS):
        agency_id = _agency(db, setup)
        people = _people(db, agency_id, setup)
        staff = people[setup.screener.username]
        begin_directory(db, agency_id, rulebook)
        logins += [Login(who.username, PASSWORD, who.name, who.role, setup.agency) for who in setup.people]
        cases = _varied([case for case in rulebook.cases.values() if case.case.setting == setup.setting])
        for position, case in enumerate(cases[:CASES_PER_AGENCY], start=1 + number * CASES_PER_AGENCY):
            screenings += 1
            added += _screening(db, staff, rulebook, case, position)
        team = Team(staff, people[setup.editor.username], setup.looked_for, *setup.facts)
        load_help(db, rulebook, team)
        if setup.has_ledger:
            past = Past(staff, people[setup.supervisor.username], setup.setting, HOME_JURISDICTION)
            load_ledger(db, rulebook, past)
    if added:
        with db.writing(None) as tx:
            tx.journal.record(AuditAction.DEMONSTRATION_LOADED, "demonstration", screenings=added)
    return Demonstration(tuple(logins), screenings, added)


def _varied(cases: Sequence[MockCase]) -> list[MockCase]:
    """The cases in an order that shows every kind of result early."""
    met: Counter[str] = Counter()
    turns = []
    for case in cases:
        met[case.expect.result] += 1
        turns.append((met[case.expect.result], case))
    return [case for _turn, case in sorted(turns, key=lambda each: each[0])]


def _agency(db: Database, setup: Setup) -> str:
    with db.reading(None) as tx:
        held = select(Agency.id).where(Agency.name == setup.agency, Agency.demonstration.is_(True))
        agency_id = tx.session.execute(held).scalar_one_or_none()
    return agency_id or found_agency(
        db,
        name=setup.agency,
        username=setup.administrator.username,
        administrator=setup.administrator.name,
        password=PASSWORD,
        demonstration=True,
    )


def _people(db: Database, agency_id: str, setup: Setup) -> dict[str, Actor]:
    """Add who is missing; out: user name → everybody who can sign in there."""
    with db.writing(system_actor(agency_id)) as tx:
        held = {name: id for id, name in tx.session.execute(select(User.id, User.username))}
        for who in setup.people:  # the administrator came with the agency
            if who.username not in held:
                held[who.username] = create_user(
                    tx, username=who.username, name=who.name, role=who.role, password=PASSWORD
                )
    return {who.username: Actor(held[who.username], who.name, who.role, agency_id) for who in setup.people}


def _screening(db: Database, staff: Actor, rulebook: Rulebook, case: MockCase, position: int) -> bool:
    """Open a mock case as a screening, unless it is there; all of it in one transaction. Out: whether it was added."""
    youth_ref = f"DEMO-{position:04}"
    with db.writing(staff) as tx:
        if list_screenings(tx, page=1, youth_ref=youth_ref).total:
            return False
        screening_id = open_screening(
            tx,
            setting=case.case.setting,
            jurisdiction=case.case.jurisdiction,
            youth_ref=youth_ref,
            rulebook_digest=rulebook.digest,
        )
        new = _statements(case, screening_id)
        saved_at = save_statements(tx, screening_id, new).saved_at
        if _reaches_possible(rulebook, new, staff, saved_at, tx):
            note_recognised(tx, screening_id)
        if position % 3:  # some are left open, to be gone on with
            complete_screening(tx, screening_id)
    return True


def _statements(case: MockCase, screening_id: str) -> list[NewStatement]:
    by_source = (
        (Source.SAID, case.said),
        (Source.OBSERVED, case.observed),
        (Source.RECORD, case.record),
        (Source.COLLATERAL, case.collateral),
    )
    return [
        NewStatement(str(uuid5(_NAMESPACE, f"{screening_id} {source} {question}")), question, value, source)
        for source, answers in by_source
        for question, value in answers.items()
    ]


def _reaches_possible(
    rulebook: Rulebook, new: Sequence[NewStatement], staff: Actor, saved_at: datetime, tx: Transaction
) -> bool:
    statements = [
        Statement(each.id, each.question, each.value, each.source, staff.user_id, saved_at) for each in new
    ]
    return assess(rulebook, statements, tx.today).at_least >= Level.POSSIBLE
