import pytest

from screening.config import shipped_folder
from screening.core.evaluation import Level, assess
from screening.core.loading import read_rule_files
from screening.core.rulebook import Rulebook
from screening.operations.accounts import AccountRefused, found_agency, sign_in
from screening.operations.actors import ACCOUNT_ROLES, Role
from screening.operations.database import Database
from screening.operations.demonstration import load_demonstration
from screening.operations.rulebooks import keep_rulebook
from screening.operations.screenings import find_screening, list_screenings
from tests.store.two_agencies import PASSWORD, TwoAgencies


@pytest.fixture(autouse=True)
def kept(database: Database, rulebook: Rulebook) -> None:
    keep_rulebook(database, rulebook, read_rule_files(shipped_folder("rules")))


def test_every_role_of_both_agencies_can_sign_in_as_printed(database: Database, rulebook: Rulebook) -> None:
    loaded = load_demonstration(database, rulebook)

    assert {login.agency for login in loaded.logins} == {
        "Demonstration detention intake (Independence, Missouri)",
        "Demonstration child protection (Kansas City)",
    }
    assert {login.role for login in loaded.logins} == set(ACCOUNT_ROLES)
    for login in loaded.logins:
        actor = sign_in(database, login.username, login.password)
        assert (actor.role, actor.name) == (login.role, login.name)
        assert "invented" in login.name


def test_the_screenings_are_plainly_invented_and_show_every_kind_of_result(
    database: Database, rulebook: Rulebook
) -> None:
    loaded = load_demonstration(database, rulebook)
    results, statuses, numbers = set(), set(), []

    for login in loaded.logins:
        if login.role not in (Role.INTAKE_STAFF, Role.CPS_WORKER):
            continue
        actor = sign_in(database, login.username, login.password)
        with database.reading(actor) as tx:
            for line in list_screenings(tx, page=1).items:
                record = find_screening(tx, line.id)
                found = assess(rulebook, record.statements, record.opened_on)
                assert (found.at_least >= Level.POSSIBLE) == (record.recognised_at is not None)
                assert record.statements
                results.add(found.result)
                statuses.add(record.status)
                numbers.append(record.youth_ref)

    assert 6 <= loaded.screenings == loaded.added == len(numbers) <= 10
    assert sorted(numbers) == [f"DEMO-{number:04}" for number in range(1, len(numbers) + 1)]
    assert statuses == {"open", "completed"}
    assert results >= {"clear", "possible"}
    assert database.verify().is_sound


def test_loading_again_changes_nothing(database: Database, rulebook: Rulebook) -> None:
    first = load_demonstration(database, rulebook)
    before = database.verify()

    second = load_demonstration(database, rulebook)

    after = database.verify()
    assert (second.logins, second.screenings, second.added) == (first.logins, first.screenings, 0)
    assert (after.screenings, after.statements) == (before.screenings, before.statements)


def test_invented_people_never_come_into_a_database_with_real_work(
    database: Database, agencies: TwoAgencies, rulebook: Rulebook
) -> None:
    with pytest.raises(AccountRefused, match="two databases"):
        load_demonstration(database, rulebook)


def test_real_work_never_begins_in_the_demonstration(database: Database, rulebook: Rulebook) -> None:
    load_demonstration(database, rulebook)

    with pytest.raises(AccountRefused, match="two databases"):
        found_agency(database, name="Real", username="real", administrator="Real", password=PASSWORD)
