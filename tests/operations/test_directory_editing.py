"""Adding and editing services: nothing the form does not know is lost, nobody's change is written over, nothing leaks."""

import json
from dataclasses import replace

import pytest
from directory_edits import changes, edit, present, verified_at, verify
from directory_examples import directories, full_service, uid
from directory_files import HIDDEN, bring_in, levelled, names, place, service, totals
from hypothesis import given, settings
from sqlalchemy import select

from screening.core.directory_disclosure import NOT_DISCLOSED
from screening.core.directory_editing import ServiceChanges
from screening.core.directory_entries import entries, entry_of
from screening.core.directory_nesting import Nesting
from screening.core.directory_offers import service_of
from screening.core.directory_service_entry import (
    Known,
    Opening,
    PhoneLine,
    PlaceEntry,
    ServiceEntry,
    service_entry,
)
from screening.operations.actors import PermissionRefused, Role
from screening.operations.directory import EntryNotFound, ImportRefused, find_entry
from screening.operations.directory.disclosing import visible_tables
from screening.operations.directory.editing import (
    Editing,
    EntryChanged,
    EntryFaults,
    OpensUp,
    add_service,
    edit_service,
    present_service,
)
from screening.operations.directory.history import service_history
from screening.operations.directory.writing import ENTERED_HERE
from screening.store.directory_models import DirectoryAttribute, LocationRow, OrganizationRow, ServiceRow
from screening.store.help_models import DirectoryChangeRow, ServiceOfferRow
from screening.store.models import JournalEntry
from tests.store.two_agencies import add_person

HOUSE = ServiceEntry(
    name="Harbor House",
    organization="Harbor",
    description="Beds for youths",
    kinds=("emergency_shelter",),
    areas=("mo_jackson", "us_ks"),
    phones=(PhoneLine("816-555-0142", "voice", "day"), PhoneLine("harbor.example/chat", "chat", "chat")),
    email="desk@harbor.example",
    url="https://harbor.example",
    openings=(Opening(("MO", "TU"), "09:00", "17:30"),),
    minimum_age=12,
    maximum_age=17,
    eligibility_description="Girls and boys",
    application_process="Call first",
    alert="New building",
    level="confidential",
    places=(PlaceEntry("confidential", "12 Harbor Lane", "", "Kansas City", "MO", "64101"),),
    traits={"people_served": ("girls", "boys"), "residential": ("yes",), "survivor_led": ("no",)},
)


@pytest.fixture
def editor(database, agencies):
    return add_person(database, agencies.intake.agency_id, "editor", Role.DIRECTORY_EDITOR)


@pytest.fixture
def added(database, editor, rulebook):
    with database.writing(editor) as tx:
        return add_service(tx, HOUSE, rulebook, Editing(new_organization=True))


def test_what_is_added_is_read_back_as_it_was_entered(database, editor, rulebook, added):
    shown = present(database, editor, added, rulebook).entry
    assert {each.number: (each.kind, each.label) for each in shown.phones} == {
        "816-555-0142": ("voice", "day"),
        "https://harbor.example/chat": ("chat", "chat"),
    }
    assert [(each.days, each.opens_at, each.closes_at) for each in shown.openings] == [
        (("MO", "TU"), "09:00", "17:30")
    ]
    (where,) = shown.places
    assert (where.level, where.address_1, where.postal_code) == ("confidential", "12 Harbor Lane", "64101")
    apart = {"phones": (), "openings": (), "places": (), "traits": {}}
    assert replace(shown, **apart) == replace(HOUSE, **apart)
    assert {code: set(values) for code, values in shown.traits.items()} == {
        code: set(values) for code, values in HOUSE.traits.items()
    }


def test_what_is_added_is_found_and_matched(database, editor, rulebook, added):
    with database.reading(editor) as tx:
        offers = {(row.kind, row.area) for row in tx.session.execute(select(ServiceOfferRow)).scalars()}
        read = service_of(visible_tables(tx, {"service": [added]}), added, rulebook)
        marked = tx.session.execute(
            select(DirectoryAttribute.id).where(DirectoryAttribute.link_id == added)
        ).all()
    assert offers == {("emergency_shelter", "mo_jackson"), ("emergency_shelter", "us_ks")}
    assert read.kinds == ("emergency_shelter",)
    assert read.residential
    assert (read.minimum_age, read.maximum_age) == (12, 17)
    assert set(read.genders_served) == {"girls", "boys"}
    assert len(marked) == 5
    assert names(database, editor, search="harbor") == ["Harbor House"]


def test_the_same_form_sent_twice_adds_one(database, editor, rulebook):
    for _ in range(2):
        with database.writing(editor) as tx:
            how = Editing(new_organization=True)
            assert add_service(tx, HOUSE, rulebook, how, service_id=uid("form")) == uid("form")
    assert names(database, editor) == ["Harbor House"]
    assert names(database, editor, "organization") == ["Harbor"]


@pytest.mark.parametrize(
    "role", [Role.INTAKE_STAFF, Role.SUPERVISOR, Role.ADMINISTRATOR, Role.RULEBOOK_PUBLISHER]
)
def test_only_editors_add_and_edit(database, editor, rulebook, added, role):
    actor = replace(editor, role=role)
    with pytest.raises(PermissionRefused), database.writing(actor) as tx:
        add_service(tx, HOUSE, rulebook, Editing(new_organization=True))
    with pytest.raises(PermissionRefused), database.reading(actor) as tx:
        present_service(tx, added, rulebook)
    with pytest.raises(PermissionRefused), database.writing(actor) as tx:
        edit_service(tx, added, HOUSE, rulebook, Editing(), version="")


def test_another_agencys_and_an_undisclosed_entry_are_not_found(database, editor, agencies, rulebook):
    bring_in(database, editor, levelled())
    elsewhere = add_person(database, agencies.elsewhere.agency_id, "editor2", Role.DIRECTORY_EDITOR)
    for actor, name in ((elsewhere, "Open Service"), (editor, "Undisclosed Canary Service")):
        with pytest.raises(EntryNotFound), database.reading(actor) as tx:
            present_service(tx, uid(name), rulebook)


def test_an_edit_leaves_everything_the_form_does_not_know(database, editor, rulebook):
    bring_in(database, editor, [full_service()])
    with database.reading(editor) as tx:
        before = find_entry(tx, "service", uid("service"))
    assert edit(database, editor, uid("service"), rulebook, alert="Full tonight", maximum_age=18) == 2
    with database.reading(editor) as tx:
        after = find_entry(tx, "service", uid("service"))
    assert after.pop("alert") == "Full tonight"
    assert (after.pop("maximum_age"), before.pop("maximum_age")) == (18, 17.5)
    assert after == before


def test_an_edit_that_changes_nothing_writes_nothing(database, editor, rulebook):
    bring_in(database, editor, [full_service()])
    verify(database, editor, uid("service"))
    assert edit(database, editor, uid("service"), rulebook) == 0
    assert changes(database, editor, uid("service")) == []
    assert verified_at(database, editor, uid("service")) is not None


@settings(max_examples=60, deadline=None)
@given(directories())
def test_any_directory_put_back_unchanged_is_the_same(rows):
    """For whatever rows there are: what the form shows, put back, changes no byte."""
    known = Known({}, frozenset(), ("residential",))
    found = list(entries(rows))
    tables = rows.tables
    for entry in found:
        content = json.loads(entry.document)
        assert entry_of(entry.table, entry.row["id"], content).document == entry.document
        if entry.table == "service":
            shown = service_entry(tables, entry.row["id"], "public", known)
            put = ServiceChanges(content, entry.row["id"], known, lambda: uid("new"))
            put.put(shown, shown)
            assert put.content == content
            assert put.left == []


def test_a_change_makes_it_unverified_and_is_journalled_without_words(database, editor, rulebook):
    bring_in(database, editor, [full_service()])
    verify(database, editor, uid("service"))
    edit(database, editor, uid("service"), rulebook, alert="Very special words")
    assert verified_at(database, editor, uid("service")) is None
    with database.reading(editor) as tx:
        journal = tx.session.execute(select(JournalEntry.action, JournalEntry.detail)).all()
    details = [row.detail for row in journal if row.action == "directory.entry_edited"]
    assert [json.loads(each) for each in details] == [{"kind": "service", "fields": 1}]
    assert "special" not in str(journal)


def test_a_shared_row_is_changed_for_the_service_alone(database, editor, rulebook):
    raw = full_service()
    bring_in(database, editor, [raw])
    shown = present(database, editor, uid("service"), rulebook).entry
    phones = tuple(
        replace(each, number="816-555-0999") if each.number == "+1 816 555 0100" else each
        for each in shown.phones
    )
    assert phones != shown.phones
    edit(database, editor, uid("service"), rulebook, phones=phones)
    with database.reading(editor) as tx:
        now = find_entry(tx, "service", uid("service"))
    own = [each["number"] for each in now["phones"]]
    house = now["service_at_locations"][0]["location"]
    assert own == ["816-555-0999"]
    assert now["phones"][0]["languages"][0]["name"] == "Spanish"
    assert [each["number"] for each in house["phones"]] == ["+1 816 555 0100"]
    assert [each["number"] for each in now["organization"]["phones"]] == ["+1 816 555 0100"]
    assert bring_in(database, editor, [raw]).total("kept") >= 2
    with database.reading(editor) as tx:
        again = find_entry(tx, "service", uid("service"))
    assert [each["number"] for each in again["phones"]] == ["816-555-0999"]


def test_numbers_hours_kinds_and_areas_come_and_go(database, editor, rulebook, added):
    shown = present(database, editor, added, rulebook).entry
    changed = {
        "phones": (shown.phones[0], PhoneLine("233733", "text", "text HELP")),
        "openings": (),
        "day_and_night": True,
        "kinds": ("hotline",),
        "areas": ("ks_johnson",),
        "traits": {**shown.traits, "people_served": ("all",), "survivor_led": ()},
    }
    edit(database, editor, added, rulebook, **changed)
    now = present(database, editor, added, rulebook).entry
    assert {each.number for each in now.phones} == {"816-555-0142", "233733"}
    assert (now.day_and_night, now.openings, now.kinds, now.areas) == (
        True,
        (),
        ("hotline",),
        ("ks_johnson",),
    )
    assert now.traits["people_served"] == ("all",)
    assert "survivor_led" not in now.traits
    said = {field: (before, after) for field, before, after in changes(database, editor, added)}
    assert said["=people_served"] == ("boys, girls", "all")
    assert said["=hotline"] == (None, "yes")
    assert said["=survivor_led"] == ("no", None)


def test_nobodys_change_is_written_over(database, editor, rulebook):
    bring_in(database, editor, [full_service()])
    mine = present(database, editor, uid("service"), rulebook)
    edit(database, editor, uid("service"), rulebook, alert="Theirs")
    entry = replace(mine.entry, alert="Mine")
    with pytest.raises(EntryChanged), database.writing(editor) as tx:
        edit_service(tx, uid("service"), entry, rulebook, Editing(), version=mine.version)
    assert present(database, editor, uid("service"), rulebook).entry.alert == "Theirs"


def test_a_change_of_its_place_counts_as_a_change_too(database, editor, rulebook):
    bring_in(database, editor, [service("A", "816-555-0100", place("P", "1 Road", "816-555-0101"))])
    mine = present(database, editor, uid("A"), rulebook)
    bring_in(database, editor, [service("A", "816-555-0100", place("P", "2 Road", "816-555-0101"))])
    with pytest.raises(EntryChanged), database.writing(editor) as tx:
        edit_service(tx, uid("A"), mine.entry, rulebook, Editing(), version=mine.version)


@pytest.mark.parametrize("what", ["level", "place"])
def test_opening_up_needs_a_word_of_its_own(database, editor, rulebook, added, what):
    shown = present(database, editor, added, rulebook).entry
    opened = (
        {"level": "public"} if what == "level" else {"places": (replace(shown.places[0], level="public"),)}
    )
    with pytest.raises(OpensUp):
        edit(database, editor, added, rulebook, **opened)
    assert present(database, editor, added, rulebook).entry == shown
    edit(database, editor, added, rulebook, opens=True, **opened)
    now = present(database, editor, added, rulebook).entry
    assert (now.level, now.places[0].level) == (
        ("public", "confidential") if what == "level" else ("confidential", "public")
    )


def test_closing_needs_none(database, editor, rulebook, added):
    edit(database, editor, added, rulebook, level="undisclosed")
    assert names(database, editor) == []


def test_an_undisclosed_place_is_kept_and_never_shown_or_remembered(database, editor, rulebook):
    bring_in(database, editor, levelled())
    shown = present(database, editor, uid("Open Service"), rulebook)
    assert not [each for each in HIDDEN if each in repr(shown)]
    hidden = next(each for each in shown.entry.places if not each.shown)
    assert (hidden.id, hidden.level, hidden.is_empty) == (uid("CANARY-ANNEX"), "undisclosed", True)
    edit(database, editor, uid("Open Service"), rulebook, description="Other words")
    others = tuple(each for each in shown.entry.places if each.shown)
    moved = replace(hidden, address_1="88 Canary Street", city="X", state_province="MO", postal_code="64001")
    edit(database, editor, uid("Open Service"), rulebook, places=(*others, moved))
    with database.reading(editor) as tx:
        rows = tx.session.execute(select(DirectoryChangeRow)).scalars().all()
        annex = tx.session.execute(
            select(LocationRow.document).where(LocationRow.id == uid("CANARY-ANNEX"))
        ).scalar_one()
        row = tx.session.execute(
            select(ServiceRow.document).where(ServiceRow.id == uid("Open Service"))
        ).scalar_one()
    assert "88 Canary Street" in annex
    assert "Come to 77  CANARY street" in row  # not shown, so not touched
    told = " ".join(f"{each.before} {each.after}" for each in rows)
    assert "Canary" not in told
    assert "Other words" not in told  # words of an entry near an undisclosed place may repeat where it is
    assert NOT_DISCLOSED in told


def test_a_place_that_became_undisclosed_has_no_history_to_be_seen(database, editor, rulebook, added):
    shown = present(database, editor, added, rulebook).entry
    (where,) = shown.places
    edit(database, editor, added, rulebook, places=(replace(where, address_1="99 Secret Road"),))
    assert ("address.address_1", "12 Harbor Lane", "99 Secret Road") in changes(database, editor, where.id)
    edit(
        database,
        editor,
        added,
        rulebook,
        places=(replace(where, address_1="99 Secret Road", level="undisclosed"),),
    )
    edit(
        database,
        editor,
        added,
        rulebook,
        places=(PlaceEntry("undisclosed", "7 Hidden Road", "", "X", "MO", "64001", where.id, shown=False),),
    )
    with database.reading(editor) as tx:
        told = repr(service_history(tx, added, revealed=True))
    assert not [words for words in ("Harbor Lane", "Secret", "Hidden") if words in told]
    assert "Hidden Road" not in str(changes(database, editor, where.id))


def test_history_shows_confidential_values_only_when_revealed_and_journals_that(
    database, editor, agencies, rulebook, added
):
    shown = present(database, editor, added, rulebook).entry
    edit(
        database,
        editor,
        added,
        rulebook,
        places=(replace(shown.places[0], address_1="99 Robin Road"),),
        alert="Knock",
    )
    with database.reading(editor) as tx:
        folded = service_history(tx, added)
    assert "Robin" not in repr(folded)
    assert "Knock" not in repr(folded)
    assert folded.has_confidential
    with database.reading(editor) as tx:
        told = service_history(tx, added, revealed=True)
    assert "99 Robin Road" in repr(told)
    assert "Knock" in repr(told)
    assert {line.changed_by_name for line in told.lines} == {"Editor"}
    with pytest.raises(EntryNotFound), database.reading(agencies.administrator) as tx:
        service_history(tx, added)


def test_history_of_an_open_entry_tells_nothing_of_a_place_its_reader_may_not_see(
    database, editor, agencies, rulebook
):
    raw = service("A", "816-555-0100", place("P", "1 Robin Road", "816-555-0101", "confidential"))
    bring_in(database, editor, [raw])
    edit(database, editor, uid("A"), rulebook, alert="Go to 1 Robin Road")
    edit(database, editor, uid("A"), rulebook, alert="Call")
    edit(
        database,
        editor,
        uid("A"),
        rulebook,
        places=(PlaceEntry("confidential", "2 Robin Road", "", "X", "MO", "64001", uid("P")),),
    )
    with database.reading(agencies.administrator) as tx:
        assert "Robin" not in repr(service_history(tx, uid("A"), revealed=True))
    with database.reading(agencies.intake) as tx:
        assert "2 Robin Road" in repr(service_history(tx, uid("A"), revealed=True))


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": ""}, "name"),
        ({"email": "nobody"}, "email"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"status": "gone"}, "status"),
        ({"alert": "a\x00b"}, "alert"),
        ({"minimum_age": 19}, "maximum_age"),
        ({"maximum_age": 300}, "maximum_age"),
        ({"phones": (PhoneLine("call us"),)}, "phones-0"),
        ({"phones": (PhoneLine("not a page", "chat"),)}, "phones-0"),
        ({"openings": (Opening(("MO",), "9", "17"),)}, "openings-0"),
        ({"openings": (Opening(("MO",), "09:00", ""),)}, "openings-0"),
        ({"openings": (Opening((), "09:00", "17:00"),)}, "openings-0"),
        ({"places": (PlaceEntry("public", "1 Road"),)}, "places-0"),
        ({"organization": "Harbour"}, "organization"),
        ({"organization": ""}, "organization"),
        ({"level": "secret"}, "level"),
        ({"description": "x" * 5000}, "description"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_field_by_field_and_writes_nothing(
    database, editor, rulebook, added, changed, field
):
    shown = present(database, editor, added, rulebook)
    with pytest.raises(EntryFaults) as refused:
        edit(database, editor, added, rulebook, **changed)
    assert list(refused.value.faults) == [field]
    assert present(database, editor, added, rulebook) == shown


def test_a_mistyped_organization_gets_the_names_that_are_near(database, editor, rulebook, added):
    with pytest.raises(EntryFaults) as refused:
        edit(database, editor, added, rulebook, organization="Harbour")
    assert refused.value.names == ("Harbor",)
    edit(database, editor, added, rulebook, organization="Haven", new_organization=True)
    assert present(database, editor, added, rulebook).entry.organization == "Haven"
    edit(database, editor, added, rulebook, organization=" harbor ".strip())
    with database.reading(editor) as tx:
        assert len(tx.session.execute(select(OrganizationRow.id)).all()) == 2


def test_an_import_leaves_what_a_person_edited_and_says_so(database, editor, rulebook):
    bring_in(database, editor, [service("A", "816-555-0100"), service("B", "816-555-0101")])
    edit(database, editor, uid("A"), rulebook, alert="Ours")
    theirs = [service("A", "816-555-0100", alert="Theirs"), service("B", "816-555-0101", alert="Theirs")]
    planned = bring_in(database, editor, theirs, dry_run=True)
    report = bring_in(database, editor, theirs)
    assert planned.changes == report.changes
    assert totals(report) == (0, 1, 1, 0)
    assert report.total("kept") == 1
    assert ("kept", "service", uid("A")) in report.changes
    assert present(database, editor, uid("A"), rulebook).entry.alert == "Ours"
    assert present(database, editor, uid("B"), rulebook).entry.alert == "Theirs"
    assert ("alert", None, "Theirs") in changes(database, editor, uid("B"))
    assert ("@imported", None, "list") in changes(database, editor, uid("B"))
    taken = bring_in(database, editor, theirs, take_theirs=True)
    assert taken.total("kept") == 0
    assert present(database, editor, uid("A"), rulebook).entry.alert == "Theirs"
    again = bring_in(database, editor, [service("A", "816-555-0100", alert="New")])
    assert again.total("changed") == 1


def test_an_import_closes_an_edited_entry_but_not_against_a_persons_word(database, editor, rulebook):
    bring_in(database, editor, [service("A", "816-555-0100")])
    edit(database, editor, uid("A"), rulebook, alert="Ours")
    closer = json.loads(json.dumps(levelled()[1]).replace(uid("Robin Service"), uid("A")))
    bring_in(database, editor, [closer])
    assert present(database, editor, uid("A"), rulebook).entry.level == "confidential"
    edit(database, editor, uid("A"), rulebook, level="public", opens=True)
    assert bring_in(database, editor, [closer]).total("kept") >= 1
    assert present(database, editor, uid("A"), rulebook).entry.level == "public"


def test_what_people_added_is_no_source_of_a_file(database, editor):
    with pytest.raises(ImportRefused):
        bring_in(database, editor, [service("A", "1")], source=ENTERED_HERE)


def test_an_export_of_edited_entries_is_sound(database, editor, rulebook, added):
    with database.reading(editor) as tx:
        tables = visible_tables(tx, {"service": [added]})
        whole = Nesting(tables).whole("service", added)
    other = bring_in(database, editor, [whole], source="back")
    assert other.faults == []
    assert other.total("added") == 0
