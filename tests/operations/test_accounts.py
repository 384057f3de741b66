import json
from collections.abc import Callable

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from screening.operations import accounts
from screening.operations.accounts import (
    AccountRefused,
    actor_for,
    create_user,
    deactivate_user,
    found_agency,
    set_password,
    sign_in,
)
from screening.operations.actors import PermissionRefused, Role
from screening.operations.database import Database
from screening.store.models import JournalEntry, User
from tests.store.two_agencies import PASSWORD, TwoAgencies, add_person


class CountingHasher(PasswordHasher):
    """Counts what a sign-in costs."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.checked: list[str] = []

    def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # noqa: A002 - the library's name
        self.checked.append(str(hash))
        return super().verify(hash, password)


def test_a_person_signs_in_with_name_and_password(database: Database, agencies: TwoAgencies) -> None:
    actor = sign_in(database, "intake", PASSWORD)

    assert actor == agencies.intake
    assert actor.stamp
    assert PASSWORD not in repr(actor)
    assert actor.stamp not in repr(actor)


@pytest.mark.parametrize("username", ["INTAKE", " Intake ", "ｉｎｔａｋｅ"])
def test_capitals_and_spaces_around_a_name_do_not_matter(
    database: Database, agencies: TwoAgencies, username: str
) -> None:
    assert sign_in(database, username, PASSWORD) == agencies.intake


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("intake", PASSWORD.upper()),
        ("intake", PASSWORD + " "),
        ("intake", ""),
        ("intake", "\ud800"),
        ("nobody", PASSWORD),
        ("", PASSWORD),
        ("x" * 10_000, PASSWORD),
        ("in\x00take", PASSWORD),
        ("' OR 1=1 --", PASSWORD),
    ],
)
def test_anything_else_does_not_sign_in(
    database: Database, agencies: TwoAgencies, username: str, password: str
) -> None:
    assert sign_in(database, username, password) is None


def test_an_unknown_name_costs_what_a_wrong_password_costs(
    open_database: Callable[..., Database], agencies: TwoAgencies
) -> None:
    """One hash of the same parameters each: nothing to measure from outside."""
    hasher = CountingHasher()
    database = open_database(passwords=hasher)
    with database.writing(agencies.administrator) as tx:
        deactivate_user(tx, agencies.colleague.user_id)

    for username, password in (("intake", "wrong"), ("nobody", PASSWORD), ("colleague", PASSWORD)):
        assert sign_in(database, username, password) is None

    real, decoy, inactive = (each.rsplit("$", 2) for each in hasher.checked)
    assert real[0] == decoy[0] == inactive[0]
    assert [len(part) for part in real] == [len(part) for part in decoy]
    assert not hasher.check_needs_rehash("$".join(decoy))


def test_a_deactivated_user_cannot_sign_in_and_is_signed_out(
    database: Database, agencies: TwoAgencies
) -> None:
    actor = sign_in(database, "intake", PASSWORD)
    assert actor_for(database, actor.user_id, actor.stamp) == actor

    with database.writing(agencies.administrator) as tx:
        deactivate_user(tx, actor.user_id)

    assert sign_in(database, "intake", PASSWORD) is None
    assert actor_for(database, actor.user_id, actor.stamp) is None


def test_a_new_password_ends_open_sign_ins(database: Database, agencies: TwoAgencies) -> None:
    actor = sign_in(database, "intake", PASSWORD)

    with database.writing(actor) as tx:
        set_password(tx, actor.user_id, "another long password")

    assert actor_for(database, actor.user_id, actor.stamp) is None
    assert sign_in(database, "intake", PASSWORD) is None
    assert sign_in(database, "intake", "another long password") == actor


@pytest.mark.parametrize(
    ("user", "stamp"),
    [("", ""), ("nobody", "x"), (None, ""), (None, "é"), (None, "x" * 9000), ("a\x00b", "")],
)
def test_a_stamp_that_is_not_the_accounts_signs_nobody_in(
    database: Database, agencies: TwoAgencies, user: str | None, stamp: str
) -> None:
    assert actor_for(database, agencies.intake.user_id if user is None else user, stamp) is None


def test_failures_are_counted_journalled_and_forgotten_after_success(
    database: Database, agencies: TwoAgencies
) -> None:
    for _ in range(3):
        sign_in(database, "intake", "wrong")
    sign_in(database, "my secret typed in the wrong box", "wrong")
    assert failures(database, agencies) == 3

    sign_in(database, "intake", PASSWORD)
    sign_in(database, "intake", PASSWORD)

    assert failures(database, agencies) == 0
    with database._connections.inspecting() as connection:
        query = select(JournalEntry.action, JournalEntry.subject, JournalEntry.detail)
        rows = connection.execute(query.where(JournalEntry.action.startswith("user.sign"))).all()
    told = [(row.action, row.subject, json.loads(row.detail)) for row in rows]
    me = agencies.intake.user_id
    assert told == [
        *(("user.sign_in_failed", me, {"failures": count}) for count in (1, 2, 3)),
        ("user.sign_in_failed", accounts.UNKNOWN_USER, {"failures": 1}),
        ("user.signed_in", me, {}),
        ("user.signed_in", me, {}),
    ]
    assert database.verify().is_sound


def failures(database: Database, agencies: TwoAgencies) -> int:
    with database.reading(agencies.administrator) as tx:
        counted = select(User.failed_sign_ins).where(User.id == agencies.intake.user_id)
        return tx.session.execute(counted).scalar_one()


def test_a_hash_of_weaker_parameters_is_renewed_at_the_next_sign_in(
    open_database: Callable[..., Database], agencies: TwoAgencies
) -> None:
    stronger = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
    database = open_database(passwords=stronger)

    assert sign_in(database, "intake", PASSWORD)

    with database.reading(agencies.administrator) as tx:
        renewed = tx.session.execute(
            select(User.password_hash).where(User.id == agencies.intake.user_id)
        ).scalar_one()
    assert not stronger.check_needs_rehash(renewed)
    assert sign_in(database, "intake", PASSWORD)


def test_passwords_are_hashed_with_argon2id_at_the_librarys_strength_by_default(
    open_database: Callable[..., Database],
) -> None:
    hasher = open_database(passwords=None).passwords

    assert (hasher.memory_cost, hasher.time_cost, hasher.type.name) == (64 * 1024, 3, "ID")


@pytest.mark.parametrize(
    "password",
    [
        "",
        "short",
        "elevenchars",
        "x" * 1025,
        "aaaaaaaaaaaaaaaa",
        "abababababababab",
        "new-person-2026",
        "NEW-PERSON!!!!",
    ],
)
def test_an_easy_password_is_refused(database: Database, agencies: TwoAgencies, password: str) -> None:
    with pytest.raises(AccountRefused), database.writing(agencies.administrator) as tx:
        create_user(tx, username="new-person", name="New", role=Role.SUPERVISOR, password=password)


@pytest.mark.parametrize(
    "username", ["", " ", "x" * 65, "two words", "a\nb", "<b>", "intake", "INTAKE", "elsewhere"]
)
def test_a_name_that_cannot_be_or_is_taken_anywhere_is_refused(
    database: Database, agencies: TwoAgencies, username: str
) -> None:
    with pytest.raises(AccountRefused), database.writing(agencies.administrator) as tx:
        create_user(tx, username=username, name="New", role=Role.SUPERVISOR, password=PASSWORD)


def test_composed_and_decomposed_letters_are_the_same_password(
    database: Database, agencies: TwoAgencies
) -> None:
    with database.writing(agencies.administrator) as tx:
        create_user(tx, username="zoe", name="Zoë", role=Role.SUPERVISOR, password="très long mot de passe")

    assert sign_in(database, "zoe", "tre\u0300s long mot de passe")


@pytest.mark.parametrize("role", [Role.INTAKE_STAFF, Role.CPS_WORKER, Role.SUPERVISOR])
def test_only_administrators_manage_users(database: Database, agencies: TwoAgencies, role: Role) -> None:
    actor = add_person(database, agencies.intake.agency_id, "somebody", role)

    for attempt in (
        lambda tx: create_user(tx, username="new", name="New", role=Role.SUPERVISOR, password=PASSWORD),
        lambda tx: set_password(tx, agencies.intake.user_id, "another long password"),
        lambda tx: deactivate_user(tx, agencies.intake.user_id),
    ):
        with pytest.raises(PermissionRefused), database.writing(actor) as tx:
            attempt(tx)


def test_an_administrator_manages_only_the_own_agency(database: Database, agencies: TwoAgencies) -> None:
    there = agencies.elsewhere.user_id

    for attempt in (
        lambda tx: set_password(tx, there, "another long password"),
        lambda tx: deactivate_user(tx, there),
    ):
        told = pytest.raises(AccountRefused, match="no such user in your agency")
        with told, database.writing(agencies.administrator) as tx:
            attempt(tx)
    assert sign_in(database, "elsewhere", PASSWORD) == agencies.elsewhere


def test_an_agency_is_founded_whole_or_not_at_all(database: Database, agencies: TwoAgencies) -> None:
    for name, username, password in (
        ("New", "intake", PASSWORD),
        ("New", "new", "short"),
        ("here", "new", PASSWORD),
        ("", "new", PASSWORD),
    ):
        with pytest.raises(AccountRefused):
            found_agency(database, name=name, username=username, administrator="New", password=password)

    found_agency(database, name="New", username="new", administrator="New", password=PASSWORD)
    assert sign_in(database, "new", PASSWORD).role is Role.ADMINISTRATOR
