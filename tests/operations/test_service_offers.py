"""What services give where, as rows: right after an import, a change, a change of a term, and for an old directory."""

import pytest
from directory_examples import uid
from directory_files import bring_in, service
from sqlalchemy import delete, select, update

from screening.core.directory_profile import TAXONOMY_ID, profile_attribute, profile_rows, term_id
from screening.core.directory_rows import FlatRows
from screening.core.directory_seed import STARTER, starter_rows
from screening.operations.actors import PermissionRefused, Role
from screening.operations.directory import import_directory
from screening.operations.directory.offers import fill_offers, save_offers
from screening.store.directory_models import DirectoryAttribute, ServiceRow
from screening.store.help_models import ServiceOfferRow
from tests.store.two_agencies import add_person

TAXONOMY = {"id": uid("kinds"), "name": "Kinds", "description": "Kinds of help"}


def term(code):
    return {
        "id": uid("term", code),
        "code": code,
        "name": code,
        "description": code,
        "taxonomy_detail": TAXONOMY,
    }


def profiled(name, code, value):
    """A value of our placement profile on a service, with its term as a file brings it."""
    rows = profile_rows()
    term_row = {**rows["taxonomy_term"][term_id(code)], "taxonomy_detail": rows["taxonomy"][TAXONOMY_ID]}
    del term_row["taxonomy_id"]
    attribute = profile_attribute("service", uid(name), code, value)
    del attribute["taxonomy_term_id"]
    return {**attribute, "taxonomy_term": term_row}


def helping(name, kinds=("emergency_shelter",), areas=(), **more):
    """A service that gives kinds of help in areas."""
    return service(
        name,
        "816-555-0100",
        service_areas=[{"id": uid(name, "area", area), "name": area} for area in areas],
        attributes=[
            {"id": uid(name, kind), "link_entity": "service", "taxonomy_term": term(kind)} for kind in kinds
        ]
        + more.pop("attributes", []),
        **more,
    )


@pytest.fixture
def editor(database, agencies):
    return add_person(database, agencies.intake.agency_id, "editor", Role.DIRECTORY_EDITOR)


def offers(database, actor):
    query = select(ServiceOfferRow.service_id, ServiceOfferRow.kind, ServiceOfferRow.area)
    with database.reading(actor) as tx:
        return {(row.service_id, row.kind, row.area) for row in tx.session.execute(query)}


def test_an_import_writes_each_kind_in_each_area(database, editor):
    bring_in(database, editor, [helping("A", ("emergency_shelter", "drop_in"), ("jackson_mo", "us_mo"))])
    assert offers(database, editor) == {
        (uid("A"), kind, area)
        for kind in ("emergency_shelter", "drop_in")
        for area in ("jackson_mo", "us_mo")
    }


def test_without_a_known_area_it_is_asked_for_everywhere(database, editor):
    bring_in(database, editor, [helping("A"), helping("B", areas=["Along the river"])])
    assert offers(database, editor) == {
        (uid("A"), "emergency_shelter", ""),
        (uid("B"), "emergency_shelter", ""),
    }


def test_neither_our_profile_nor_codes_of_other_systems_are_kinds(database, editor):
    profile = [profiled("A", "survivor_led", "yes")]
    bring_in(database, editor, [helping("A", ("BH-1800.8500",), attributes=profile), helping("B")])
    assert {own for own, _kind, _area in offers(database, editor)} == {uid("B")}


def test_a_change_replaces_what_was_there_and_a_dry_run_nothing(database, editor):
    bring_in(database, editor, [helping("A", areas=["jackson_mo"])])
    changed = [helping("A", ("drop_in",), ["clay_mo"])]
    bring_in(database, editor, changed, dry_run=True)
    assert offers(database, editor) == {(uid("A"), "emergency_shelter", "jackson_mo")}
    bring_in(database, editor, changed)
    assert offers(database, editor) == {(uid("A"), "drop_in", "clay_mo")}


def test_a_changed_code_of_a_term_reaches_services_that_did_not_change(database, editor):
    bring_in(database, editor, [helping("A")])
    renamed = {**term("emergency_shelter"), "code": "safe_home"}
    bring_in(database, editor, [renamed], source="terms")
    assert offers(database, editor) == {(uid("A"), "safe_home", "")}


def test_editing_writes_them_again(database, editor):
    bring_in(database, editor, [helping("A"), helping("B")])
    with database.writing(editor) as tx:
        document = tx.session.execute(
            select(ServiceRow.document).where(ServiceRow.id == uid("A"))
        ).scalar_one()
        moved = document.replace(uid("term", "emergency_shelter"), uid("a term that is not there"))
        tx.session.execute(update(ServiceRow).where(ServiceRow.id == uid("A")).values(document=moved))
        save_offers(tx, [uid("A"), uid("no such service")])
    assert offers(database, editor) == {(uid("B"), "emergency_shelter", "")}


def test_the_starter_directory_is_offered_as_the_rulebook_says(database, editor, rulebook):
    rows: FlatRows = starter_rows(rulebook.services.values(), rulebook.kinds)
    import_directory(database, editor, rows, source=STARTER)
    listed = [each for each in rulebook.services.values() if each.listing != "never"]
    assert len(offers(database, editor)) == sum(len(each.kinds) * len(each.areas) for each in listed)
    assert {(kind, area) for _own, kind, area in offers(database, editor)} == {
        (kind, area) for each in listed for kind in each.kinds for area in each.areas
    }


def test_a_directory_of_before_is_filled_at_its_first_use_even_if_that_was_broken_off(
    open_database, agencies, editor
):
    database = open_database()
    bring_in(database, editor, [helping("A"), helping("B"), service("C", "816-555-0101")])
    expected = offers(database, editor)
    for gone in (ServiceOfferRow.kind.is_not(None), ServiceOfferRow.service_id == uid("A")):
        with database.writing(editor) as tx:
            tx.session.execute(delete(ServiceOfferRow).where(gone))
        database = open_database()
        fill_offers(database, agencies.intake)
        assert offers(database, editor) == expected
    assert database.verify().is_sound


def test_filling_leaves_other_agencies_alone_and_needs_a_person(open_database, agencies, editor):
    database = open_database()
    there = add_person(database, agencies.elsewhere.agency_id, "editor2", Role.DIRECTORY_EDITOR)
    for person in (editor, there):
        bring_in(database, person, [helping("A")])
        with database.writing(person) as tx:
            tx.session.execute(delete(ServiceOfferRow).where(ServiceOfferRow.kind.is_not(None)))
    fill_offers(database, agencies.intake)
    assert offers(database, editor)
    assert not offers(database, there)
    with pytest.raises(PermissionRefused):
        fill_offers(database, None)


def test_attributes_of_what_belongs_to_a_service_are_not_its_own(database, editor):
    raw = helping("A", ())
    raw["phones"][0]["attributes"] = [
        {"id": uid("mark"), "link_entity": "phone", "taxonomy_term": term("drop_in")}
    ]
    bring_in(database, editor, [raw])
    with database.reading(editor) as tx:
        assert tx.session.execute(select(DirectoryAttribute.id)).all() == []
    assert offers(database, editor) == set()
