"""Tables of HSDS 1.x and 2.x, invented, with the faults real ones have."""

from screening.config import shipped_folder
from screening.core.directory_rows import FlatRows
from screening.core.directory_seed import starter_rows
from screening.core.directory_upgrade import is_legacy, upgraded
from screening.core.loading import load_rulebook

TABLES = {
    "organizations.csv": [
        {"id": "1", "name": "Old House", "website": "old.example", "date_incorporated": "May 1, 1987",
         "funding_sources": "County, Gifts"},
    ],
    "locations.csv": [
        {"id": "1", "organization_id": "1", "name": "Main", "languages": "Spanish, Tagalog", "accessibility": "ramp"},
        {"id": "2", "organization_id": "1", "virtual": "true", "short_desc": "By telephone"},
    ],
    "services.csv": [
        {"id": "1", "location_id": "1", "name": "Lunch", "audience": "Older youths", "eligibility": "Age 12 to 17",
         "fees": "None", "accepted_payments": "Cash", "taxonomy_ids": "101", "service_areas": "North, South",
         "required_documents": "Photo", "website": "https://old.example/lunch"},
        {"id": "2", "organization_id": "1", "name": "Calls", "status": "Inactive"},
        {"id": "3", "name": "", "organization_id": "1"},
    ],
    "services_at_location.csv": [{"id": "9", "service_id": "2", "location_id": "2"}],
    "physical_addresses.csv": [
        {"id": "1", "location_id": "1", "address_1": "1 Old Road", "city": "Exampleville", "state_province": "MO",
         "postal_code": "64000", "country": "US"},
    ],
    "postal_addresses.csv": [
        {"id": "1", "location_id": "1", "address_1": "Box 1", "city": "Exampleville", "state_province": "MO",
         "postal_code": "64000", "country": "US"},
        {"id": "2", "location_id": "1", "address_1": "Box 2"},
    ],
    "phones.csv": [{"id": "1", "location_id": "1", "number": "816 555 0100", "number_type": "voice",
                    "department": "Desk", "country_prefix": "1"}],
    "regular_schedules.csv": [
        {"id": "1", "location_id": "1", "weekday": "Monday", "opens_at": "9:00", "closes_at": "17:00"},
        {"id": "2", "service_id": "1", "weekday": "2", "opens_at": "09:00", "closes_at": "noon"},
    ],
    "holiday_schedules.csv": [
        {"id": "1", "location_id": "1", "start_date": "12/24/15", "end_date": "12/24/2015", "closed": "true"},
    ],
    "taxonomy.csv": [{"id": "101", "name": "Emergency"}, {"id": "101-01", "name": "Shelter", "parent_id": "101"}],
    "eligibility.csv": [{"id": "1", "service_id": "2", "eligibility": "Anybody"}],
}  # fmt: skip


def read(source="old list"):
    rows = FlatRows()
    numbered = {
        file: [(f"line {number}", dict(row)) for number, row in enumerate(listed, 2)]
        for file, listed in TABLES.items()
    }
    for table, row, place in upgraded(numbered, source):
        rows.add(table, row, place)
    rows.settle(lambda _table, _id: False)
    return rows


def only(rows, table, **wanted):
    (found,) = [row for row in rows.tables[table].values() if wanted.items() <= row.items()]
    return found


def test_old_tables_are_recognised_by_their_files_or_columns():
    assert is_legacy({"regular_schedules.csv": ["id"]})
    assert is_legacy({"services.csv": ["id", "audience"]})
    assert not is_legacy({"services.csv": ["id", "eligibility_description"], "schedules.csv": ["id"]})


def test_what_old_tables_say_is_said_in_the_new_ones():
    rows = read()
    organization = only(rows, "organization")
    assert (organization["website"], organization["year_incorporated"]) == ("http://old.example", 1987)
    assert organization["description"] == "Old House"
    assert {row["source"] for row in rows.tables["funding"].values()} == {"County", "Gifts"}
    lunch = only(rows, "service", name="Lunch")
    assert lunch["organization_id"] == organization["id"]
    assert lunch["eligibility_description"] == "Age 12 to 17\nOlder youths"
    assert lunch["fees_description"] == "None\nAccepted payments: Cash"
    assert (lunch["status"], lunch["url"]) == ("active", "https://old.example/lunch")
    calls = only(rows, "service", name="Calls")
    assert (calls["status"], calls["eligibility_description"]) == ("inactive", "Anybody")
    assert {row["location_type"] for row in rows.tables["location"].values()} == {"physical", "virtual"}
    at = {(row["service_id"], row["location_id"]) for row in rows.tables["service_at_location"].values()}
    places = {row.get("name", row.get("description")): row["id"] for row in rows.tables["location"].values()}
    assert at == {(lunch["id"], places["Main"]), (calls["id"], places["By telephone"])}
    assert {row["address_type"] for row in rows.tables["address"].values()} == {"physical", "postal"}
    assert {row["name"] for row in rows.tables["language"].values()} == {"Spanish", "Tagalog"}
    assert only(rows, "phone")["number"] == "+1 816 555 0100"
    assert only(rows, "schedule", byday="MO")["opens_at"] == "09:00"
    holiday = only(rows, "schedule", description="Closed")
    assert (holiday["dtstart"], holiday["until"]) == ("2015-12-24", "2015-12-24")
    assert (
        only(rows, "taxonomy_term", code="101-01")["parent_id"]
        == only(rows, "taxonomy_term", code="101")["id"]
    )
    assert only(rows, "attribute")["link_id"] == lunch["id"]


def test_what_is_wrong_with_old_rows_is_told_where_it_stands():
    told = {(fault.file, fault.row, fault.field, fault.kept) for fault in read().faults}
    assert {
        ("services.csv", "line 4", "name", False),
        ("postal_addresses.csv", "line 3", "city", False),
        ("regular_schedules.csv", "line 3", "closes_at", True),
    } <= told


def test_ids_are_the_same_each_time_and_differ_between_sources():
    assert read().tables == read().tables
    assert not read().tables["service"].keys() & read("another list").tables["service"].keys()


def test_the_starter_directory_is_whole_and_says_who_is_confidential():
    rulebook = load_rulebook(shipped_folder("rules"))
    rows = starter_rows(rulebook.services.values(), rulebook.kinds, rulebook.placement.features)
    rows.settle(lambda _table, _id: False)
    assert rows.faults == []
    listed = [service for service in rulebook.services.values() if service.listing != "never"]
    assert len(rows.tables["service"]) == len(listed) > 40
    assert not rows.tables["address"]
    confidential = [row for row in rows.tables["attribute"].values() if row.get("value") == "confidential"]
    assert len(confidential) == len([service for service in listed if service.confidential])
