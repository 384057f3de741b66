import pytest

from screening.operations.actors import ACCOUNT_ROLES, ALLOWED, PermissionRefused, Role, Verb, may, require
from screening.operations.database import Database
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
from tests.store.two_agencies import RULES, TwoAgencies, opened_by, said

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
}


def test_every_role_has_its_line_in_the_table() -> None:
    assert set(ALLOWED) == set(Role)
    assert set(VERBS) | {Verb.MANAGE_USERS, Verb.OFFER_RULEBOOK, Verb.PUBLISH_RULEBOOK} == set(Verb)
    assert frozenset().union(*ALLOWED.values()) == set(Verb)


@pytest.mark.parametrize("verb", VERBS)
def test_nobody_may_do_nothing(database: Database, agencies: TwoAgencies, verb: Verb) -> None:
    screening_id = opened_by(database, agencies.intake)

    assert not may(None, verb)
    with pytest.raises(PermissionRefused), database.writing(None) as tx:
        VERBS[verb](tx, screening_id)


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("role", ACCOUNT_ROLES)
def test_the_table_decides(database: Database, agencies: TwoAgencies, verb: Verb, role: Role) -> None:
    screening_id = opened_by(database, agencies.intake)
    by_role = {
        Role.INTAKE_STAFF: agencies.intake,
        Role.CPS_WORKER: type(agencies.intake)(
            agencies.colleague.user_id, "Colleague", Role.CPS_WORKER, agencies.intake.agency_id
        ),
        Role.SUPERVISOR: agencies.supervisor,
        Role.ADMINISTRATOR: agencies.administrator,
        Role.RULEBOOK_PUBLISHER: agencies.publisher,
    }

    with database.writing(by_role[role]) as tx:
        if verb in ALLOWED[role]:
            VERBS[verb](tx, screening_id)
        else:
            with pytest.raises(PermissionRefused):
                VERBS[verb](tx, screening_id)


def test_noting_that_concern_was_recognised_needs_the_right_to_save(
    database: Database, agencies: TwoAgencies
) -> None:
    screening_id = opened_by(database, agencies.intake)

    with pytest.raises(PermissionRefused), database.writing(agencies.administrator) as tx:
        note_recognised(tx, screening_id)


def test_require_gives_the_actor(agencies: TwoAgencies) -> None:
    assert require(agencies.intake, Verb.OPEN_SCREENING) is agencies.intake
