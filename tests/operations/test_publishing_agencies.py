"""Editions of two agencies: what is brought in for one is not there for the other, in whatever way it asks."""

import json

import pytest
from edition_files import CANARY, edition, licensed_edition
from publishing_steps import FALLBACK, SHIPPED, in_use, offered, put_into_use
from sqlalchemy import insert, select

from screening.core.loading import load_files
from screening.core.rule_export import exported
from screening.operations.actors import Actor, Role
from screening.operations.database import Database
from screening.operations.rulebooks import (
    EditionRefused,
    RulebookNotKept,
    editions,
    keep_rulebook,
    kept_rulebook,
    offer_report,
    publisher_named,
)
from screening.operations.screenings import ScreeningRefused, find_screening, open_screening
from screening.store.faults import ScopeFault
from screening.store.models import RulebookFiles, RulebookOffer
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


def test_another_agency_sees_and_uses_nothing_of_it(
    database: Database, publisher: Actor, other_publisher: Actor
) -> None:
    for files in (edition("2"), licensed_edition()):
        digest = offered(database, publisher, files)
        put_into_use(database, publisher, digest)

        with database.reading(other_publisher) as tx:
            found = editions(tx, fallback=FALLBACK)
            assert [each.digest for each in found.all] == [FALLBACK]
            assert offer_report(tx, digest) is None
            with pytest.raises(RulebookNotKept):
                kept_rulebook(tx, digest)
        for actor in (other_publisher, None):
            with database.reading(actor) as tx:
                seen = tx.session.execute(select(RulebookFiles.digest)).scalars().all()
                assert digest not in seen
        with pytest.raises(EditionRefused):
            put_into_use(database, other_publisher, digest)
        assert in_use(database, other_publisher) is None


def test_a_screening_is_opened_only_under_what_the_agency_may_read(
    database: Database, agencies: TwoAgencies, publisher: Actor
) -> None:
    digest = offered(database, publisher, licensed_edition())
    opening = {"setting": "detention", "jurisdiction": "us_mo", "youth_ref": "", "rulebook_digest": digest}

    with database.writing(agencies.intake) as tx:
        screening_id = open_screening(tx, **opening)
    with pytest.raises(ScreeningRefused), database.writing(agencies.elsewhere) as tx:
        open_screening(tx, **opening)

    with database.reading(agencies.intake) as tx:
        assert find_screening(tx, screening_id).rulebook_digest == digest
        assert editions(tx, fallback=FALLBACK).find(digest).screenings == 1


def test_two_agencies_with_the_same_files_keep_them_once_and_learn_nothing_of_each_other(
    database: Database, publisher: Actor, other_publisher: Actor
) -> None:
    digest = offered(database, publisher, licensed_edition())

    assert offered(database, other_publisher, licensed_edition()) == digest

    put_into_use(database, other_publisher, digest)
    assert (in_use(database, publisher), in_use(database, other_publisher)) == (None, digest)
    with database.reading(publisher) as tx:
        (mine,) = [each for each in editions(tx, fallback=FALLBACK).all if each.digest == digest]
        assert mine.offer is not None
        assert mine.offer.offered_by_name == publisher.name
        assert tx.session.execute(select(RulebookOffer.agency_id)).scalars().all() == [publisher.agency_id]


def test_an_offered_edition_that_later_ships_is_open_to_everybody(
    database: Database, publisher: Actor, other_publisher: Actor
) -> None:
    digest = offered(database, publisher, edition("4"))

    assert keep_rulebook(database, load_files(edition("4")), edition("4"))

    with database.reading(other_publisher) as tx:
        assert kept_rulebook(tx, digest).files == edition("4")


def test_licensed_files_are_never_kept_for_everybody(database: Database) -> None:
    files = licensed_edition()
    with pytest.raises(RulebookNotKept, match="belong to one agency"):
        keep_rulebook(database, load_files(files), files)


def test_nobody_can_offer_in_the_name_of_another_agency(
    database: Database, publisher: Actor, other_publisher: Actor
) -> None:
    digest = offered(database, publisher, licensed_edition())
    with database.reading(publisher) as tx:
        row = tx.session.execute(select(RulebookOffer)).scalar_one()
        columns = {column.key: getattr(row, column.key) for column in RulebookOffer.__table__.columns}

    with pytest.raises(ScopeFault), database.writing(other_publisher) as tx:
        tx.session.execute(insert(RulebookOffer), [columns | {"digest": FALLBACK}])
    assert digest == columns["digest"]


def test_what_leaves_for_a_tablet_holds_no_licensed_wording(database: Database, publisher: Actor) -> None:
    rulebook = load_files(licensed_edition())

    assert ("instrument", "invented_tool") in rulebook.licensed
    assert "invented_tool" in json.dumps(exported(rulebook))
    assert CANARY not in json.dumps(exported(rulebook))


def test_a_publisher_is_found_by_agency_and_user_name(database: Database, publisher: Actor) -> None:
    assert publisher_named(database, agency="here", username=" PUBLISHER ") == publisher
    assert publisher_named(database, agency=publisher.agency_id, username="publisher") == publisher
    for agency, username in (("nowhere", "publisher"), ("there", "publisher"), ("here", "nobody")):
        with pytest.raises(EditionRefused, match=r"no agency|no open account"):
            publisher_named(database, agency=agency, username=username)
