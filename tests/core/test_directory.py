"""HSDS in and out: whatever a directory holds comes back the same through JSON and through tables."""

import io
import json

import pytest
from directory_examples import PLACE, directories, full_service, uid
from hypothesis import HealthCheck, Phase, given, settings

from screening.core.directory import Organization, Service, as_json
from screening.core.directory_csv import csv_lines, data_package, read_csv
from screening.core.directory_entries import entries, rows_of
from screening.core.directory_nesting import Nesting
from screening.core.directory_rows import FlatRows, Place, take_apart
from screening.core.directory_tables import COLUMNS, TABLES

slowly = settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # making a whole directory smaller takes minutes
)


def read(table, raw):
    rows = FlatRows()
    take_apart(rows, table, raw, PLACE)
    rows.settle(lambda _table, _id: False)
    return rows


def told(rows):
    return [(fault.field, fault.why, fault.kept) for fault in rows.faults]


def test_a_service_with_everything_is_read_without_a_fault_and_comes_back_the_same():
    raw = full_service()
    rows = read("service", raw)
    assert told(rows) == []
    assert {table for table, found in rows.tables.items() if found} == set(TABLES)
    again = read("service", Nesting(rows.tables).whole("service", raw["id"]))
    assert again.tables == rows.tables


def test_what_is_written_fits_the_shapes():
    rows = read("service", full_service())
    nesting = Nesting(rows.tables)
    service = Service.model_validate(nesting.whole("service", uid("service")))
    assert service.phones[0].languages[0].code == "es"
    assert service.capacities[0].unit.name == "Bed"
    assert service.attributes[0].taxonomy_term.taxonomy_detail.version == "1"
    assert service.service_at_locations[0].location.addresses[0].city == "Exampleville"
    assert as_json(Service.model_validate(full_service())) == full_service()
    organization = Organization.model_validate(nesting.whole("organization", uid("organization")))
    assert organization.services[0].id == uid("service")


def test_a_short_form_has_single_objects_and_no_lists():
    rows = read("service", full_service())
    short = Nesting(rows.tables).short("service", uid("service"))
    assert short["organization"]["name"] == "Example House"
    assert not [field for field, value in short.items() if isinstance(value, list)]


@slowly
@given(directories())
def test_any_directory_survives_json(directory):
    directory.settle(lambda _table, _id: False)
    nesting = Nesting(directory.tables)
    rows = FlatRows()
    for table in ("taxonomy_term", "taxonomy", "organization", "service", "location"):
        for row_id in directory.tables[table]:
            written = json.loads(json.dumps(nesting.whole(table, row_id)))
            take_apart(rows, table, written, PLACE)
    used = rows_of(entry.document for entry in entries(directory))
    assert told(rows) == []
    assert rows.tables == used


@slowly
@given(directories())
def test_any_directory_survives_tables(directory):
    rows = FlatRows()
    for table, found in directory.tables.items():
        text = io.StringIO("".join(csv_lines(table, found.values())), newline="")
        for line, row in read_csv(text):
            rows.add(table, row, Place(TABLES[table].file, line))
    assert told(rows) == []
    assert rows.tables == directory.tables


@slowly
@given(directories())
def test_the_order_of_a_file_changes_no_digest(directory):
    directory.settle(lambda _table, _id: False)
    backwards = FlatRows()
    for table, row in reversed(list(directory.all_rows())):
        backwards.add(table, row, PLACE)
    digests = {(each.table, each.row["id"]): each.digest for each in entries(directory)}
    assert digests == {(each.table, each.row["id"]): each.digest for each in entries(backwards)}


def test_a_change_deep_inside_changes_the_digest_of_whoever_it_belongs_to():
    raw = full_service()
    before = {each.row["id"]: each.digest for each in entries(read("service", raw))}
    raw["phones"][0]["languages"][0]["note"] = "by appointment"
    after = {each.row["id"]: each.digest for each in entries(read("service", raw))}
    changed = {entry for entry in before if before[entry] != after[entry]}
    assert changed == {uid("service"), uid("location"), uid("organization"), uid("at")}


def test_the_package_describes_each_file_with_its_keys_and_references():
    package = json.loads(data_package(["service", "phone"]))
    service, phone = (each["schema"] for each in package["resources"])
    assert [each["name"] for each in service["fields"]] == list(COLUMNS["service"])
    kinds = {each["name"]: each["type"] for each in service["fields"]}
    assert (kinds["minimum_age"], kinds["assured_date"], kinds["name"]) == ("number", "date", "string")
    assert {"fields": "service_id", "reference": {"resource": "service", "fields": "id"}} in phone[
        "foreignKeys"
    ]
    assert package["profile"] == "tabular-data-package"


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"minimum_age": "twelve"}, ("minimum_age", "is not a number", True)),
        ({"minimum_age": True}, ("minimum_age", "is not a number", True)),
        ({"minimum_age": float("inf")}, ("minimum_age", "is not a number", True)),
        ({"assured_date": "01/02/2026"}, ("assured_date", "is not a date written as 2026-11-24", True)),
        (
            {"url": "javascript:alert(1)"},
            ("url", "is not a web address that begins with http:// or https://", True),
        ),
        ({"email": "nobody"}, ("email", "is not an e-mail address", True)),
        ({"description": "a\x00b"}, ("description", "holds control characters", True)),
        ({"description": "\ud800"}, ("description", "holds half a character", True)),
        ({"description": 7}, ("description", "is not a text", True)),
        ({"description": ["x"]}, ("description", "is not a text", True)),
        ({"color": "red"}, ("color", "is no field of HSDS 3.1 and was not read", True)),
        ({"name": ""}, ("name", "is missing", False)),
        ({"name": None}, ("name", "is missing", False)),
        ({"id": "17"}, ("id", "is not a UUID", False)),
        ({"status": "open"}, ("status", "is none of the words the specification allows", False)),
        ({"phones": "816"}, ("phones", "is not a list", True)),
        ({"phones": ["816"]}, ("phone", "is not a JSON object", False)),
    ],
    ids=str,
)
def test_what_is_wrong_is_told_without_its_value(change, fault):
    rows = read("service", {"id": uid("s"), "name": "S", "status": "active"} | change)
    assert fault in told(rows)
    assert bool(rows.tables["service"]) == fault[2] or fault[0] == "phone"
    for value in change.values():
        for each in rows.faults:
            assert len(str(value)) < 4 or str(value) not in str(each)


def test_a_wrong_row_never_sinks_another():
    raw = full_service()
    raw["phones"] = [{"id": uid("bad")}, *raw["phones"]]
    raw["service_at_locations"][0]["location"]["addresses"].append({"id": uid("half"), "city": "Nowhere"})
    rows = read("service", raw)
    assert uid("phone") in rows.tables["phone"]
    assert list(rows.tables["address"]) == [uid("address")]
    wrong = [(fault.row, fault.field) for fault in rows.faults if not fault.kept]
    assert ("1.phones[0]", "number") in wrong


def test_rows_that_lose_what_they_hang_on_go_with_it_one_by_one():
    rows = FlatRows()
    rows.add("service", {"id": uid("s"), "name": "S", "status": "active"}, PLACE)
    rows.add(
        "phone", {"id": uid("p"), "number": "1", "service_id": uid("gone")}, Place("phones.csv", "line 2")
    )
    rows.add(
        "language", {"id": uid("l"), "name": "Urdu", "phone_id": uid("p")}, Place("languages.csv", "line 2")
    )
    rows.add(
        "phone", {"id": uid("q"), "number": "2", "service_id": uid("s"), "contact_id": uid("gone")}, PLACE
    )
    rows.settle(lambda _table, _id: False)
    assert list(rows.tables["phone"]) == [uid("q")]
    assert rows.tables["phone"][uid("q")] == {"id": uid("q"), "number": "2", "service_id": uid("s")}
    assert not rows.tables["language"]
    assert {(fault.file, fault.row) for fault in rows.faults if not fault.kept} == {
        ("phones.csv", "line 2"),
        ("languages.csv", "line 2"),
    }


def test_two_rows_with_one_id_that_differ_are_told_and_the_first_counts():
    rows = FlatRows()
    rows.add("taxonomy", {"id": uid("t"), "name": "A", "description": "d"}, PLACE)
    rows.add("taxonomy", {"id": uid("t"), "name": "B", "description": "d", "version": "2"}, PLACE)
    assert rows.tables["taxonomy"][uid("t")] == {
        "id": uid("t"),
        "name": "A",
        "description": "d",
        "version": "2",
    }
    assert told(rows) == [("name", "differs from an earlier row with the same id", True)]


def test_a_document_that_nests_without_end_is_stopped():
    raw = {"id": uid("at")}
    for _ in range(40):
        raw = {
            "id": uid("s"),
            "name": "S",
            "status": "active",
            "service_at_locations": [{"id": uid("at"), "service": raw}],
        }
    assert ("service_at_location", "is nested more deeply than HSDS nests", False) in told(
        read("service", raw)
    )
