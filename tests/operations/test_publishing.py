"""Publishing: only what is sound comes into use, by a named person; and one step leads back."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from edition_files import BROKEN, check_here, edition, licensed_edition
from publishing_steps import FALLBACK, SHIPPED, in_use, journal, offered, published, put_into_use, taken_back
from sqlalchemy import create_engine, text

from screening.core.loading import load_files
from screening.operations.actors import ACCOUNT_ROLES, Actor, PermissionRefused, Role
from screening.operations.database import Database
from screening.operations.rulebooks import (
    CheckImpossible,
    CheckReport,
    EditionRefused,
    EditionUnreadable,
    editions,
    keep_rulebook,
    kept_rulebook,
    offer_edition,
    offer_report,
)
from tests.store.two_agencies import TwoAgencies, add_person


@pytest.fixture(autouse=True)
def shipped(database: Database) -> None:
    keep_rulebook(database, load_files(SHIPPED), SHIPPED)


@pytest.fixture
def publisher(agencies: TwoAgencies) -> Actor:
    return agencies.publisher


@pytest.fixture
def other_publisher(database: Database, agencies: TwoAgencies) -> Actor:
    return add_person(database, agencies.elsewhere.agency_id, "other_publisher", Role.RULEBOOK_PUBLISHER)


def test_an_agency_that_published_nothing_uses_what_it_was_started_with(
    database: Database, publisher: Actor
) -> None:
    assert in_use(database, publisher) is None
    with database.reading(publisher) as tx:
        found = editions(tx, fallback=FALLBACK)

    assert (found.current.digest, found.current.is_shipped, found.before) == (FALLBACK, True, None)
    assert [each.digest for each in found.all] == [FALLBACK]


def test_what_is_published_is_in_use_with_who_when_and_why(database: Database, publisher: Actor) -> None:
    digest = offered(database, publisher, edition("2"))
    put_into_use(database, publisher, digest, "  Two questions\n are clearer ")

    with database.reading(publisher) as tx:
        found = editions(tx, fallback=FALLBACK)
        report = offer_report(tx, digest)
    (entry,) = found.publications
    assert in_use(database, publisher) == found.current.digest == digest
    assert (entry.published_by_name, entry.reason) == (publisher.name, "Two questions are clearer")
    assert (entry.version, entry.replaces, entry.sequence) == ("2", FALLBACK, 1)
    assert found.before is not None
    assert found.before.digest == FALLBACK
    assert report is not None
    assert report.is_sound
    assert [case.id for case in report.cases] == ["told_staff"]


def test_everything_is_journalled(database: Database, publisher: Actor) -> None:
    digest = offered(database, publisher, licensed_edition("2"))
    put_into_use(database, publisher, digest)
    taken_back(database, publisher, digest)

    (offer,) = journal(database, publisher, "rulebook.offered")
    (publication,) = journal(database, publisher, "rulebook.published")
    (back,) = journal(database, publisher, "rulebook.rolled_back")
    assert offer == (
        publisher.user_id, digest, {"version": "2", "files": len(licensed_edition()), "licensed": 4, "cases": 2}
    )  # fmt: skip
    assert publication[:2] == (publisher.user_id, digest)
    assert (publication[2]["sequence"], publication[2]["replaces"]) == (1, FALLBACK)
    assert back[:2] == (publisher.user_id, FALLBACK)
    assert (back[2]["sequence"], back[2]["replaces"]) == (2, digest)
    assert database.verify().is_sound


@pytest.mark.parametrize("fault", BROKEN)
def test_a_bad_edition_is_not_kept_and_cannot_be_published(
    database: Database, publisher: Actor, fault: str
) -> None:
    head = database.verify().head

    report = offer_edition(database, publisher, BROKEN[fault], check_here)

    assert not report.is_sound
    assert report.faults or report.failed or not report.cases
    assert database.verify().head == head
    if report.digest:
        with pytest.raises(EditionRefused, match="checked in your agency"):
            put_into_use(database, publisher, report.digest)
    assert in_use(database, publisher) is None


def test_a_check_that_comes_to_no_end_leaves_everything_as_it_was(
    database: Database, publisher: Actor
) -> None:
    def endless(files: object) -> CheckReport:
        raise CheckImpossible("The check did not end within 60 seconds.")

    head = database.verify().head
    with pytest.raises(CheckImpossible):
        offer_edition(database, publisher, edition(), endless)
    assert database.verify().head == head


def test_offering_and_publishing_the_same_again_changes_nothing(database: Database, publisher: Actor) -> None:
    digest = published(database, publisher, "2")
    head = database.verify().head

    assert offered(database, publisher, edition("2")) == digest
    with pytest.raises(EditionRefused, match="in use already"):
        put_into_use(database, publisher, digest)

    assert database.verify().head == head


def test_what_came_with_the_program_is_published_only_after_a_check(
    database: Database, publisher: Actor
) -> None:
    published(database, publisher, "2")
    with pytest.raises(EditionRefused, match="checked"):
        put_into_use(database, publisher, FALLBACK)

    offered(database, publisher, SHIPPED)
    put_into_use(database, publisher, FALLBACK)

    assert in_use(database, publisher) == FALLBACK


def test_one_step_back_is_a_new_entry(database: Database, publisher: Actor) -> None:
    first, second = (published(database, publisher, version) for version in ("2", "3"))

    assert taken_back(database, publisher, second) == first

    with database.reading(publisher) as tx:
        found = editions(tx, fallback=FALLBACK)
    assert found.current.digest == first
    assert [each.digest for each in found.publications] == [first, second, first]
    assert found.publications[0].reason == "A question confused everybody"


def test_going_back_twice_by_mistake_goes_back_once(database: Database, publisher: Actor) -> None:
    digest = published(database, publisher, "2")
    taken_back(database, publisher, digest)

    with pytest.raises(EditionRefused, match="meanwhile"):
        taken_back(database, publisher, digest)

    assert in_use(database, publisher) == FALLBACK


def test_with_nothing_published_there_is_nothing_to_take_back(database: Database, publisher: Actor) -> None:
    with pytest.raises(EditionRefused, match="nothing to take back"):
        taken_back(database, publisher, FALLBACK)


@pytest.mark.parametrize("reason", ["", "  \n ", "x" * 501, "a\x00b"])
def test_a_reason_is_required(database: Database, publisher: Actor, reason: str) -> None:
    digest = offered(database, publisher, edition())

    with pytest.raises(EditionRefused, match="Say why"):
        put_into_use(database, publisher, digest, reason)
    assert in_use(database, publisher) is None


@pytest.mark.parametrize("role", [role for role in ACCOUNT_ROLES if role is not Role.RULEBOOK_PUBLISHER])
def test_only_a_publisher_publishes(database: Database, agencies: TwoAgencies, role: Role) -> None:
    digest = offered(database, agencies.publisher, edition())
    put_into_use(database, agencies.publisher, digest)
    somebody = Actor(agencies.intake.user_id, "Somebody", role, agencies.intake.agency_id)

    with pytest.raises(PermissionRefused):
        offer_edition(database, somebody, edition("3"), check_here)
    with pytest.raises(PermissionRefused):
        put_into_use(database, somebody, digest)
    with pytest.raises(PermissionRefused):
        taken_back(database, somebody, digest)
    with database.reading(somebody) as tx:
        assert editions(tx, fallback=FALLBACK).current.digest == digest


def test_of_two_who_publish_at_the_same_moment_both_are_recorded_and_the_later_counts(
    database: Database, agencies: TwoAgencies, publisher: Actor
) -> None:
    colleague = add_person(database, publisher.agency_id, "second", Role.RULEBOOK_PUBLISHER)
    tasks = [
        (actor, offered(database, actor, edition(version)))
        for version, actor in zip("23456789", [publisher, colleague] * 4, strict=True)
    ]

    with ThreadPoolExecutor(len(tasks)) as pool:
        list(pool.map(lambda task: put_into_use(database, *task), tasks))

    with database.reading(publisher) as tx:
        found = editions(tx, fallback=FALLBACK)
    assert [each.sequence for each in found.publications] == [8, 7, 6, 5, 4, 3, 2, 1]
    assert {each.digest for each in found.publications} == {digest for _actor, digest in tasks}
    replaced = [each.replaces for each in found.publications]
    assert replaced == [each.digest for each in found.publications[1:]] + [FALLBACK]
    assert found.current.digest == found.publications[0].digest
    assert database.verify().is_sound


def test_after_a_restart_the_published_edition_is_still_in_use(
    open_database: Callable[..., Database], database: Database, publisher: Actor
) -> None:
    digest = published(database, publisher, "2")
    database.close()

    again = open_database()

    assert in_use(again, publisher) == digest
    with again.reading(publisher) as tx:
        assert load_files(kept_rulebook(tx, digest).files).digest == digest


def test_an_edition_the_program_cannot_read_any_more_does_not_come_into_use(
    database: Database, publisher: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (published(database, publisher, version) for version in ("2", "3"))

    def no_longer(files: dict[str, bytes], **options: bool) -> None:
        load_files({"rulebook.yaml": b""})

    monkeypatch.setattr("screening.operations.rulebooks.publishing.load_files", no_longer)
    with pytest.raises(EditionUnreadable, match="cannot read that edition"):
        taken_back(database, publisher, second)
    assert in_use(database, publisher) == second != first


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE rulebook_publications SET reason = 'Somebody else said so'",
        "UPDATE rulebook_publications SET sequence = sequence + 10",
        "DELETE FROM rulebook_publications",
    ],
)
def test_a_publication_changed_behind_the_journal_shows(
    database: Database, publisher: Actor, database_url: str, change: str
) -> None:
    published(database, publisher, "2")
    assert database.verify().is_sound
    engine = create_engine(database_url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            for guarded in ("update", "delete"):
                connection.execute(text(f"DROP TRIGGER rulebook_publications_no_{guarded}"))
        else:
            connection.execute(text("SET session_replication_role = replica"))
        connection.execute(text(change))
    engine.dispose()

    assert any("publication" in fault for fault in database.verify().faults)
