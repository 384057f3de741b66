from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from unmet_need_entries import ORDER

from screening.operations.actors import ACCOUNT_ROLES, ALLOWED, PermissionRefused, Role, Verb, may, require
from screening.operations.beds import PlaceNotFound, Reply, answer_as_place, report_beds
from screening.operations.database import Database, Transaction
from screening.operations.directory import Query, list_entries
from screening.operations.directory.errors import my_reports, open_errors
from screening.operations.duties import record_event
from screening.operations.hand_offs import Offer, answer_hand_off, escalate_silent, guest_of, offer_hand_off
from screening.operations.reviews import unreviewed
from screening.operations.rulebooks import editions
from screening.operations.screenings import (
    complete_screening,
    find_screening,
    list_screenings,
    note_recognised,
    open_screening,
    reopen_screening,
    save_statements,
)
from screening.operations.unmet_need import count_unmet
from screening.store.follow_up_models import HandOffRow
from tests.store.two_agencies import RULES, TwoAgencies, opened_by, said

OCTOBER = date(2026, 10, 1)
UNKNOWN = "00000000-0000-4000-8000-000000000000"
OFFER = Offer("unit_alert", None, None, False, {}, timedelta(hours=1))
OPENING = {"setting": "detention", "jurisdiction": "us_mo", "youth_ref": "", "rulebook_digest": RULES}
VERBS = {
    Verb.OPEN_SCREENING: lambda tx, screening_id: open_screening(tx, **OPENING),
    Verb.VIEW_SCREENING: find_screening,
    Verb.SAVE_STATEMENTS: lambda tx, screening_id: save_statements(tx, screening_id, [said("a", "yes")]),
    Verb.COMPLETE_SCREENING: complete_screening,
    Verb.REOPEN_SCREENING: reopen_screening,
    Verb.LIST_SCREENINGS: lambda tx, screening_id: list_screenings(tx, page=1),
    Verb.VIEW_EDITIONS: lambda tx, screening_id: editions(tx, fallback=RULES),
    Verb.SEE_CASE_NUMBERS: lambda tx, screening_id: list_screenings(tx, page=1, youth_ref="JC-1"),
    Verb.FOLLOW_UP: lambda tx, screening_id: record_event(tx, screening_id, "custody", tx.now),
    Verb.HAND_OFF: lambda tx, screening_id: offer_hand_off(tx, screening_id, OFFER),
    Verb.ANSWER_HAND_OFF: lambda tx, screening_id: answer_hand_off(tx, offered(tx, screening_id), "done", {}),
    Verb.REMIND: lambda tx, screening_id: escalate_silent(tx),
    Verb.REVIEW_SCREENING: lambda tx, screening_id: unreviewed(tx),
    Verb.VIEW_DIRECTORY: lambda tx, screening_id: list_entries(tx, "service", Query()),
    Verb.EDIT_DIRECTORY: lambda tx, screening_id: open_errors(tx),
    Verb.REPORT_DIRECTORY_ERROR: lambda tx, screening_id: my_reports(tx),
    Verb.COUNT_UNMET_NEED: lambda tx, screening_id: count_unmet(tx, OCTOBER, OCTOBER, ORDER),
    Verb.REPORT_BEDS: lambda tx, screening_id: beds_of_no_place(tx),
    Verb.ANSWER_BED_REQUEST: lambda tx, screening_id: answer_as_place(tx, Reply("yes", "Desk")),
}


def offered(tx: Transaction, screening_id: str) -> str:
    """The id of a hand-off on the screening, whoever asks."""
    found = tx.session.execute(select(HandOffRow.id).where(HandOffRow.screening_id == screening_id))
    return found.scalar_one_or_none() or UNKNOWN


def beds_of_no_place(tx: Transaction) -> None:
    """Whoever may say how a place stands learns that there is no such place."""
    with suppress(PlaceNotFound):
        report_beds(tx, UNKNOWN, "full", said_by="Desk")


def with_hand_off(database: Database, agencies: TwoAgencies) -> str:
    """A screening of the agency with a hand-off to everybody on the unit; out: its id."""
    screening_id = opened_by(database, agencies.intake)
    with database.writing(agencies.intake) as tx:
        offer_hand_off(tx, screening_id, OFFER)
    return screening_id


def test_every_role_has_its_line_in_the_table() -> None:
    assert set(ALLOWED) == set(Role)
    elsewhere = {  # their own areas' tests ask for each role
        Verb.MANAGE_USERS,
        Verb.OFFER_RULEBOOK,
        Verb.PUBLISH_RULEBOOK,
        Verb.SEE_CONFIDENTIAL_PLACES,
    }
    assert set(VERBS) | elsewhere == set(Verb)
    assert frozenset().union(*ALLOWED.values()) == set(Verb)


@pytest.mark.parametrize("verb", VERBS)
def test_nobody_may_do_nothing(database: Database, agencies: TwoAgencies, verb: Verb) -> None:
    screening_id = with_hand_off(database, agencies)

    assert not may(None, verb)
    with pytest.raises(PermissionRefused), database.writing(None) as tx:
        VERBS[verb](tx, screening_id)


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("role", ACCOUNT_ROLES)
def test_the_table_decides(database: Database, agencies: TwoAgencies, verb: Verb, role: Role) -> None:
    screening_id = with_hand_off(database, agencies)
    people = {
        Role.INTAKE_STAFF: agencies.intake,
        Role.SUPERVISOR: agencies.supervisor,
        Role.ADMINISTRATOR: agencies.administrator,
        Role.RULEBOOK_PUBLISHER: agencies.publisher,
    }
    actor = people.get(role) or replace(agencies.colleague, role=role)

    with database.writing(actor) as tx:
        if verb in ALLOWED[role]:
            VERBS[verb](tx, screening_id)
        else:
            with pytest.raises(PermissionRefused):
                VERBS[verb](tx, screening_id)


@pytest.mark.parametrize("verb", set(VERBS) - {Verb.ANSWER_HAND_OFF, Verb.ANSWER_BED_REQUEST})
def test_a_guest_may_do_nothing_but_answer(database: Database, agencies: TwoAgencies, verb: Verb) -> None:
    screening_id = with_hand_off(database, agencies)
    guest = guest_of(UNKNOWN, agencies.intake.agency_id)

    with pytest.raises(PermissionRefused), database.writing(guest) as tx:
        VERBS[verb](tx, screening_id)


def test_noting_that_concern_was_recognised_needs_the_right_to_save(
    database: Database, agencies: TwoAgencies
) -> None:
    screening_id = opened_by(database, agencies.intake)

    with pytest.raises(PermissionRefused), database.writing(agencies.administrator) as tx:
        note_recognised(tx, screening_id)


def test_require_gives_the_actor(agencies: TwoAgencies) -> None:
    assert require(agencies.intake, Verb.OPEN_SCREENING) is agencies.intake
