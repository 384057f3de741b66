"""Nothing of a hidden place is handed out, wherever it may stand."""

import json

from directory_examples import PLACE, full_service, uid
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.core.directory_disclosure import NOT_DISCLOSED, disclosed
from screening.core.directory_entries import entries, rows_of
from screening.core.directory_profile import (
    Confidentiality,
    profile_attribute,
    profile_rows,
    take_levels,
    term_id,
)
from screening.core.directory_rows import FlatRows, take_apart

CANARIES = (
    "CANARY STREET",
    "39.0977777",
    "816-555-0199",
    "8165550199",
    "Canary Person",
    "canary@example.org",
)


def with_hidden_place():
    """The example with a second location that must stay hidden."""
    raw = full_service()
    hidden = {
        "id": uid("hidden"), "location_type": "physical", "name": "Annex", "latitude": 39.0977777, "longitude": -94.5977777,
        "addresses": [{
            "id": uid("hidden address"), "address_1": "77 Canary Street", "city": "Exampleville",
            "state_province": "MO", "postal_code": "64999", "country": "US", "address_type": "physical",
        }],
        "phones": [{"id": uid("hidden phone"), "number": "816-555-0199"}],
        "contacts": [{"id": uid("hidden contact"), "name": "Canary Person", "email": "canary@example.org"}],
    }  # fmt: skip
    raw["service_at_locations"].append({"id": uid("hidden at"), "location": hidden})
    return raw


def rows_shown(raw, hidden=("hidden", "hidden at")):
    rows = FlatRows()
    take_apart(rows, "service", raw, PLACE)
    rows.settle(lambda _table, _id: False)
    closed = {uid(each) for each in hidden}
    found = list(entries(rows))
    return disclosed(
        rows_of(each.document for each in found if each.row["id"] not in closed),
        rows_of(each.document for each in found if each.row["id"] in closed),
    )


def test_a_place_that_is_hidden_is_not_there_and_the_rest_is():
    shown = rows_shown(with_hidden_place())
    text = json.dumps(shown)
    assert not [canary for canary in CANARIES if canary.casefold() in text.casefold()]
    assert uid("hidden") not in text
    assert uid("location") in shown["location"]
    assert "100 Example Avenue" in text
    assert "+1 816 555 0100" in text


@settings(deadline=None, max_examples=40)
@given(
    st.sampled_from(CANARIES),
    st.sampled_from(["description", "alert", "application_process", "eligibility_description", "name"]),
    st.sampled_from(["service", "organization"]),
    st.text("x .,\n", max_size=5),
)
def test_texts_that_repeat_it_are_taken_out(canary, field, where, around):
    raw = with_hidden_place()
    target = raw if where == "service" else raw["organization"]
    field = field if where == "service" or field in ("description", "name") else "alternate_name"
    target[field] = f"{around} {canary} {around}"
    shown = rows_shown(raw)
    assert canary.casefold() not in json.dumps(shown).casefold()
    if (where, field) in (("service", "name"), ("organization", "name"), ("organization", "description")):
        assert NOT_DISCLOSED in json.dumps(shown)


def test_a_number_of_the_place_goes_from_its_service_and_organization_too():
    raw = with_hidden_place()
    shared = {"id": uid("hidden phone"), "number": "816-555-0199"}
    raw["phones"].append(shared)
    raw["organization"]["phones"].append({"id": uid("another row"), "number": "(816) 555 0199"})
    shown = rows_shown(raw)
    assert set(shown["phone"]) == {uid("phone")}


def test_areas_and_earlier_values_of_its_service_are_not_told():
    raw = with_hidden_place()
    raw["metadata"][0]["previous_value"] = "where it was before"
    shown = rows_shown(raw)
    assert not shown["metadata"]
    assert shown["service_area"][uid("area")]["name"] == "Example County"
    assert "extent" not in shown["service_area"][uid("area")]


def test_where_nothing_is_hidden_nothing_is_changed():
    raw = full_service()
    rows = FlatRows()
    take_apart(rows, "service", raw, PLACE)
    rows.settle(lambda _table, _id: False)
    assert rows_shown(raw, hidden=()) == rows.tables


def levels_of(*values, on="location"):
    rows = FlatRows()
    take_apart(rows, "service", full_service(), PLACE)
    for table, found in profile_rows().items():
        for row in found.values():
            rows.add(table, row, PLACE)
    for value in values:
        attribute = profile_attribute(on, uid(on), "confidentiality", value)
        rows.add("attribute", {**attribute, "id": uid(value)}, PLACE)
    return rows, take_levels(rows)


def test_levels_are_read_off_and_the_closest_counts():
    rows, levels = levels_of("public", " Undisclosed ", "confidential")
    assert levels == {uid("location"): Confidentiality.UNDISCLOSED}
    assert set(rows.tables["attribute"]) == {uid("attribute")}


def test_a_word_that_is_no_level_closes_the_entry():
    rows, levels = levels_of("sort of secret")
    assert levels == {uid("location"): Confidentiality.UNDISCLOSED}
    assert rows.faults[0].why == "is no level of confidentiality; the entry is kept undisclosed"


def test_a_level_on_anything_else_is_told():
    rows, levels = levels_of("public", on="organization")
    assert levels == {}
    assert [fault.field for fault in rows.faults] == ["link_id"]


def test_what_others_verified_is_not_taken_over():
    rows, _levels = levels_of()
    rows.add("attribute", profile_attribute("service", uid("service"), "verification", "verified"), PLACE)
    take_levels(rows)
    assert term_id("verification") not in {
        row.get("taxonomy_term_id") for row in rows.tables["attribute"].values()
    }
