"""Two agencies with people in them: most of what the store promises is about what one must not see of the other."""

from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import insert

from screening.core.statements import Source
from screening.operations.accounts import create_user, found_agency
from screening.operations.actors import Actor, Role, system_actor
from screening.operations.database import Database
from screening.operations.screenings import NewStatement, open_screening
from screening.store.models import RulebookFiles, ShippedRulebook

PASSWORD = "correct horse battery"
RULES = "0a1b"
"""Digest of a rulebook that is kept and has no files: nobody loads it."""


@dataclass(frozen=True)
class TwoAgencies:
    """People of a detention intake, and one caseworker of another agency."""

    intake: Actor
    colleague: Actor
    supervisor: Actor
    administrator: Actor
    publisher: Actor
    elsewhere: Actor


def keep_rules(database: Database) -> None:
    """Keep the rulebook that screenings are opened under."""
    with database.writing(None) as tx:
        row = {"digest": RULES, "version": "1", "published_at": tx.now, "files": b""}
        tx.session.execute(insert(RulebookFiles), [row])
        tx.session.execute(insert(ShippedRulebook), [{"digest": RULES, "since": tx.now}])


def found_two_agencies(database: Database) -> TwoAgencies:
    keep_rules(database)
    here, there = (
        found_agency(
            database, name=name, username=f"{name}-admin", administrator=f"Admin of {name}", password=PASSWORD
        )
        for name in ("here", "there")
    )
    return TwoAgencies(
        intake=add_person(database, here, "intake", Role.INTAKE_STAFF),
        colleague=add_person(database, here, "colleague", Role.INTAKE_STAFF),
        supervisor=add_person(database, here, "supervisor", Role.SUPERVISOR),
        administrator=system_actor(here),
        publisher=add_person(database, here, "publisher", Role.RULEBOOK_PUBLISHER),
        elsewhere=add_person(database, there, "elsewhere", Role.CPS_WORKER),
    )


def add_person(database: Database, agency_id: str, username: str, role: Role) -> Actor:
    name = username.capitalize()
    with database.writing(system_actor(agency_id)) as tx:
        user_id = create_user(tx, username=username, name=name, role=role, password=PASSWORD)
    return Actor(user_id, name, role, agency_id)


def opened_by(database: Database, actor: Actor, youth_ref: str = "JC-2026-0417") -> str:
    """Open a screening."""
    with database.writing(actor) as tx:
        return open_screening(
            tx, setting="detention", jurisdiction="us_mo", youth_ref=youth_ref, rulebook_digest=RULES
        )


def said(
    question: str, value: str | int | tuple[str, ...], id: str = "", source: Source = Source.SAID
) -> NewStatement:
    """A statement to save, with an id of its own unless one is given."""
    return NewStatement(id or str(uuid4()), question, value, source)
