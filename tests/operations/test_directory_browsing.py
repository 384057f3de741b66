"""Reading the directory: filters that combine, a true count, what is confidential folded away, what is undisclosed nowhere."""

import json
from datetime import timedelta

import pytest
from directory_examples import uid
from directory_files import bring_in, place, service
from directory_shelves import feature_mark, fill_shelves, shelf, shelves
from sqlalchemy import func, select

from screening.operations.actors import PermissionRefused, Role
from screening.operations.beds import report_beds
from screening.operations.directory import EntryNotFound, Query, list_entries
from screening.operations.directory.browsing import (
    Browse,
    browse_services,
    count_areas,
    count_unsaid,
    read_service,
    reveal_service,
)
from screening.store.journal_actions import AuditAction
from screening.store.models import JournalEntry
from tests.store.two_agencies import add_person

JACKSON = ("mo_jackson", "us_mo", "us")
OPEN = [
    "Acorn House",
    "Birch Shelter",
    "Cedar Line",
    "Dogwood Counsel",
    "Elm Unsaid",
    "Fir Refuge",
    "Hazel Haven",
]


@pytest.fixture
def editor(database, agencies):
    editor = add_person(database, agencies.intake.agency_id, "editor", Role.DIRECTORY_EDITOR)
    fill_shelves(database, editor)
    return editor


def found(database, actor, **wanted):
    with database.reading(actor) as tx:
        page = browse_services(tx, Browse(**wanted))
    return [each.entry["name"] for each in page.services]


def views_of(database, actor, service_id):
    with database.reading(actor) as tx:
        entries = select(func.count(JournalEntry.sequence)).where(
            JournalEntry.subject == service_id,
            JournalEntry.action == AuditAction.DIRECTORY_CONFIDENTIAL_VIEWED,
        )
        return tx.session.execute(entries).scalar_one()


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ({}, OPEN),
        ({"words": "shelter"}, ["Birch Shelter"]),
        ({"words": "organization acorn"}, ["Acorn House"]),
        ({"words": "ACORN house"}, ["Acorn House"]),
        ({"words": "100%"}, []),
        ({"kind": "safe_home"}, ["Acorn House", "Fir Refuge", "Hazel Haven"]),
        ({"kind": "unsaid"}, ["Elm Unsaid"]),
        ({"areas": JACKSON}, ["Acorn House", "Birch Shelter", "Cedar Line", "Hazel Haven"]),
        ({"areas": JACKSON, "kind": "safe_home", "serves": "girls"}, ["Acorn House", "Hazel Haven"]),
        ({"serves": "boys"}, ["Birch Shelter", "Cedar Line", "Elm Unsaid", "Fir Refuge"]),
        ({"residential": "yes"}, ["Acorn House", "Birch Shelter", "Fir Refuge", "Hazel Haven"]),
        ({"residential": "no"}, ["Cedar Line"]),
        ({"verified": True}, ["Acorn House"]),
        ({"verified": False, "kind": "safe_home"}, ["Fir Refuge", "Hazel Haven"]),
        ({"closed_too": True, "kind": "hotline"}, ["Cedar Line", "Ivy Old"]),
        ({"kind": "no_such_kind"}, []),
    ],
)  # fmt: skip
def test_filters_combine_and_the_list_is_ordered_by_name(database, agencies, editor, wanted, names):
    assert found(database, agencies.intake, **wanted) == names


def test_a_kind_and_a_place_must_hold_of_the_same_offer_and_pages_end(database, agencies, editor):
    assert found(database, agencies.intake, kind="counseling", areas=JACKSON) == []
    with database.reading(agencies.intake) as tx:
        first, last = (browse_services(tx, Browse(per_page=3, page=page)) for page in (1, 99))
    assert (first.total, first.pages, len(first.services)) == (7, 3, 3)
    assert (last.page, [each.entry["name"] for each in last.services]) == (3, ["Hazel Haven"])


def test_beds_are_asked_by_what_was_last_said_and_grow_stale(database, agencies, editor, clock):
    with database.writing(agencies.intake) as tx:
        report_beds(tx, uid("Acorn House"), "full", said_by="Desk", said_at=tx.now - timedelta(hours=3))
        report_beds(
            tx, uid("Acorn House"), "available", 2, said_by="Desk", said_at=tx.now - timedelta(hours=1)
        )
        report_beds(tx, uid("Birch Shelter"), "full", said_by="Desk", said_at=tx.now - timedelta(hours=30))
        since = tx.now - timedelta(hours=24)
    by_status = {
        status: found(database, agencies.intake, beds=status, beds_since=since)
        for status in ("available", "full", "unknown")
    }
    assert by_status["available"] == ["Acorn House"]
    assert by_status["full"] == []
    assert by_status["unknown"] == ["Birch Shelter", "Fir Refuge", "Hazel Haven"]


def test_who_may_not_see_confidential_places_finds_none_and_counts_none(database, agencies, editor):
    around = {"mo_jackson": JACKSON, "ks_johnson": ("ks_johnson", "us_ks", "us")}
    counts = {}
    for name in ("intake", "administrator"):
        with database.reading(getattr(agencies, name)) as tx:
            counts[name] = count_areas(tx, around)
            assert count_unsaid(tx) == 1
    assert (counts["intake"]["mo_jackson"].own, counts["intake"]["mo_jackson"].every) == (3, 4)
    assert (counts["intake"]["ks_johnson"].own, counts["intake"]["ks_johnson"].every) == (1, 3)
    assert (counts["administrator"]["ks_johnson"].own, counts["administrator"]["ks_johnson"].every) == (0, 2)
    for place_id, areas in around.items():
        for name in ("intake", "administrator"):
            listed = found(database, getattr(agencies, name), areas=areas)
            assert len(listed) == counts[name][place_id].every
    assert "Fir Refuge" not in found(database, agencies.administrator)
    for read in (read_service, reveal_service):
        with (
            pytest.raises((EntryNotFound, PermissionRefused)),
            database.writing(agencies.administrator) as tx,
        ):
            read(tx, uid("Fir Refuge"))


def test_what_is_confidential_is_folded_away_and_each_showing_is_journalled(database, agencies, editor):
    own = uid("Fir Refuge")
    with database.reading(agencies.intake) as tx:
        shown = read_service(tx, own)
        listed = browse_services(tx, Browse(words="fir"))
    for each in (shown, *listed.services):
        said = json.dumps(each.entry)
        assert each.has_more
        assert "9 Fir Court" not in said
        assert "816-555-9002" not in said
        assert each.entry["phones"]
    assert views_of(database, editor, own) == 0
    for times in (1, 2, 3):
        with database.writing(agencies.intake) as tx:
            whole = reveal_service(tx, own)
        assert views_of(database, editor, own) == times
    assert "9 Fir Court" in json.dumps(whole.entry)
    assert not whole.has_more
    assert database.verify().is_sound


def test_a_public_service_keeps_its_line_while_its_undisclosed_place_is_shown_to_nobody(
    database, agencies, editor
):
    own = uid("Hazel Haven")
    for actor in (agencies.intake, agencies.supervisor, editor):
        with database.writing(actor) as tx:
            shown = [read_service(tx, own), reveal_service(tx, own)]
        for each in shown:
            said = json.dumps(each.entry)
            assert each.entry["phones"]
            assert not each.has_more
            for secret in ("3 Hazel Hollow", "816-555-9003", uid("Hazel")):
                assert secret not in said
    assert "Hazel Haven" in found(database, agencies.administrator)
    assert found(database, agencies.intake, words="hollow") == []


def test_a_name_that_tells_where_a_hidden_place_is_is_neither_shown_nor_found(database, agencies, editor):
    hidden = place("Annex", "44 Juniper Row", "816-555-9004", "undisclosed")
    bring_in(
        database,
        editor,
        [service("House at Juniper Row", "816-555-9005", hidden, organization="J")],
        source="j",
    )
    for words in ("juniper", "house at"):
        assert "Not disclosed." not in found(database, agencies.intake, words=words)
        with database.reading(agencies.intake) as tx:
            for table in ("service", "service_at_location"):
                assert list_entries(tx, table, Query(search=words)).total == 0
    assert "Not disclosed." in found(database, agencies.intake)


def test_restricted_features_are_folded_away(database, agencies, editor):
    own = uid("Acorn House")
    raw = shelves()[0]
    raw["attributes"] += [feature_mark(own, "guarded", "yes"), feature_mark(own, "plain", "no")]
    bring_in(database, editor, [raw], source="shelves again")
    with database.reading(agencies.intake) as tx:
        folded = read_service(tx, own, restricted={"guarded"})
    with database.reading(agencies.administrator) as tx:
        elsewhere = read_service(tx, own, restricted={"guarded"})
    with database.writing(agencies.intake) as tx:
        whole = reveal_service(tx, own)
    codes = [
        {each["taxonomy_term"].get("code") for each in entry.entry["attributes"]}
        for entry in (folded, elsewhere, whole)
    ]
    assert [("guarded" in each, "plain" in each) for each in codes] == [
        (False, True),
        (False, True),
        (True, True),
    ]
    assert (folded.has_more, elsewhere.has_more) == (True, False)


def test_another_agency_finds_nothing_and_nobody_may_not_look(database, agencies, editor):
    assert found(database, agencies.elsewhere) == []
    with pytest.raises(EntryNotFound), database.reading(agencies.elsewhere) as tx:
        read_service(tx, uid("Acorn House"))
    for look in (lambda tx: browse_services(tx, Browse()), lambda tx: count_areas(tx, {}), count_unsaid):
        with pytest.raises(PermissionRefused), database.reading(None) as tx:
            look(tx)


def test_a_list_is_journalled_with_a_number_and_no_words(database, agencies, editor):
    found(database, agencies.intake, words="acorn")
    with database.reading(editor) as tx:
        entries = tx.session.execute(
            select(JournalEntry.detail).where(JournalEntry.action == AuditAction.DIRECTORY_LISTED)
        ).scalars()
        assert [json.loads(each) for each in entries] == [{"kind": "service", "found": 1}]


def test_a_service_without_a_place_named_is_found_with_every_place(database, agencies, editor):
    bring_in(database, editor, [shelf("Juniper Anywhere", ["hotline"])], source="more")
    for areas in (JACKSON, ("us_ks", "us")):
        assert "Juniper Anywhere" in found(database, agencies.intake, areas=areas)
