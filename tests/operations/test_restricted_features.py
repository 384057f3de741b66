"""What only people who place youths may read of a service reaches nobody else, and is not found by asking for it."""

import pytest

from screening.core.directory_profile import RESTRICTED_ID, feature_attribute, feature_term_id
from screening.core.directory_rows import Place
from screening.core.directory_seed import STARTER, starter_rows
from screening.operations.actors import Role
from screening.operations.directory import Query, import_directory, list_entries
from screening.operations.directory.disclosing import visible_tables, whole_directory
from tests.store.two_agencies import add_person

WARNED = "recruitment_warning"


@pytest.fixture
def warned(database, agencies, rulebook):
    """The id of a service about which there is a warning."""
    editor = add_person(database, agencies.intake.agency_id, "editor", Role.DIRECTORY_EDITOR)
    rows = starter_rows(rulebook.services.values(), rulebook.kinds, rulebook.placement.features)
    service_id = next(iter(rows.tables["service"]))
    rows.add("attribute", feature_attribute("service", service_id, WARNED, "yes"), Place(STARTER, "1"))
    import_directory(database, editor, rows, source=STARTER)
    return service_id


def is_told(tables) -> bool:
    return any(row.get("taxonomy_term_id") == feature_term_id(WARNED) for row in tables["attribute"].values())


def found_by(tx, **asked: str) -> int:
    return list_entries(tx, "service", Query(**asked)).total


@pytest.mark.parametrize(("who", "told"), [("intake", True), ("administrator", False), ("publisher", False)])
def test_a_warning_is_told_to_people_who_place_youths_alone(database, agencies, warned, who, told):
    with database.reading(getattr(agencies, who)) as tx:
        assert is_told(visible_tables(tx, {"service": {warned}})) is told
        assert is_told(whole_directory(tx)) is told
        assert found_by(tx, taxonomy_term_id=feature_term_id(WARNED)) == int(told)
        assert found_by(tx, taxonomy_id=RESTRICTED_ID) == int(told)
