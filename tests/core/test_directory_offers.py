"""The starter directory as HSDS rows and back as services that match: nothing is lost, nothing unknown becomes known."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from screening.core.directory_csv import csv_lines
from screening.core.directory_entries import entries, rows_of
from screening.core.directory_nesting import Nesting
from screening.core.directory_offers import offers_of, service_of
from screening.core.directory_profile import RESTRICTED_ID, TAXONOMY_ID, feature_attribute, profile_attribute
from screening.core.directory_rows import FlatRows, Place, take_apart
from screening.core.directory_seed import STARTER, kind_term_id, starter_rows
from screening.core.directory_values import derived_id
from screening.core.loading import load_rulebook
from screening.core.rulebook import Service

RULEBOOK = load_rulebook(Path(__file__).parents[2] / "rules")
FEATURES = RULEBOOK.placement.features if RULEBOOK.placement else ()
LISTED = [service for service in RULEBOOK.services.values() if service.listing != "never"]
PLACE = Place("test", "1")
OWN = derived_id("test", "service")


def starter() -> FlatRows:
    rows = starter_rows(RULEBOOK.services.values(), RULEBOOK.kinds, FEATURES)
    rows.settle(lambda _table, _id: False)
    assert rows.faults == []
    return rows


def through_json(rows: FlatRows) -> FlatRows:
    found = FlatRows()
    nesting = Nesting(rows.tables)
    for own in rows.tables["service"]:
        take_apart(found, "service", nesting.whole("service", own), PLACE)
    found.settle(lambda _table, _id: False)
    return found


def through_tables(rows: FlatRows) -> FlatRows:
    found = FlatRows()
    for table, each in rows.tables.items():
        text = "".join(csv_lines(table, each.values()))
        for row in csv.DictReader(io.StringIO(text, newline="")):
            found.add(table, row, PLACE)
    found.settle(lambda _table, _id: False)
    return found


@pytest.mark.parametrize("way", [lambda rows: rows, through_json, through_tables])
def test_the_starter_services_come_back_as_they_were(way: Any) -> None:
    rows = way(starter())
    assert rows.faults == []
    for service in LISTED:
        own = derived_id(STARTER, "service", service.id)
        again = service_of(rows.tables, own, RULEBOOK)
        assert again.id == own
        for key in (
            "name", "organization", "description", "minimum_age", "maximum_age", "referral", "residential", "security",
            "length_of_stay", "survivor_led", "trafficking_specific", "confidential", "listing", "alert", "as_of",
        ):  # fmt: skip
            assert getattr(again, key) == getattr(service, key), (service.id, key)
        assert set(again.kinds) == set(service.kinds)
        assert set(again.areas) == set(service.areas)
        assert set(again.referred_by or ()) == set(service.referred_by or ())
        assert set(again.genders_served) == set(service.genders_served)
        assert again.open_24_7 == (service.open_24_7 or None)
        assert {id: set(values) for id, values in again.features.items()} == {
            id: set(values) for id, values in service.features.items()
        }
        assert {(phone.number, phone.kind) for phone in again.phones} == {
            (phone.number, phone.kind) for phone in service.phones
        }
        assert again.verified_on is None


def test_ids_of_features_are_the_same_every_time() -> None:
    assert starter().tables == starter().tables
    told = feature_attribute("service", OWN, "licensed", "yes")
    assert told == feature_attribute("service", OWN, "licensed", "yes")
    assert told["id"] != feature_attribute("service", OWN, "licensed", "no")["id"]
    terms = starter().tables["taxonomy_term"].values()
    homes = {row.get("code"): row.get("taxonomy_id") for row in terms}
    assert {feature.id: homes[feature.id] for feature in FEATURES} == {
        feature.id: RESTRICTED_ID if feature.restricted else TAXONOMY_ID for feature in FEATURES
    }
    assert RESTRICTED_ID in homes.values()


def test_what_is_offered_where_is_read_from_one_document() -> None:
    rows = starter()
    terms = rows.tables["taxonomy_term"]
    for entry in entries(rows):
        if entry.table != "service":
            continue
        service = next(each for each in LISTED if derived_id(STARTER, "service", each.id) == entry.row["id"])
        tables = {**rows_of([entry.document]), "taxonomy_term": terms}
        assert offers_of(tables) == {(kind, area) for kind in service.kinds for area in service.areas}


def tables(*attributes: Any, areas: tuple[str, ...] = (), **fields: Any) -> dict[str, dict[str, Any]]:
    row = {"id": OWN, "name": "A place", "status": "active", **fields}
    of_kind = {
        "id": derived_id("k"),
        "link_id": OWN,
        "link_entity": "service",
        "taxonomy_term_id": kind_term_id("safe_home"),
    }
    terms = starter().tables["taxonomy_term"]
    return {
        "service": {OWN: row},
        "attribute": {each["id"]: each for each in (of_kind, *attributes)},
        "service_area": {name: {"id": name, "service_id": OWN, "name": name} for name in areas},
        "taxonomy_term": dict(terms),
    }


def read(*attributes: Any, areas: tuple[str, ...] = (), **fields: Any) -> Service:
    return service_of(tables(*attributes, areas=areas, **fields), OWN, RULEBOOK)


def test_what_an_entry_does_not_say_stays_unknown() -> None:
    found = read()
    assert (found.open_24_7, found.minimum_age, found.maximum_age, found.referred_by) == (
        None,
        None,
        None,
        None,
    )
    assert found.genders_served == "unknown"
    assert (found.areas, found.features, found.phones) == ((), {}, ())
    assert found.residential  # a kind that is a place to live is asked all that such a place is asked
    assert not found.trafficking_specific


def test_areas_are_known_by_id_or_by_what_they_are_called_and_others_say_nothing() -> None:
    assert read(areas=("Jackson County, Missouri", "us_ks")).areas == ("mo_jackson", "us_ks")
    assert read(areas=("the northern part",)).areas == ()
    assert read(areas=("tx_harris",)).areas == ("tx_harris",)
    assert offers_of(tables(areas=("Jackson County, Missouri",))) == {("safe_home", "")}
    assert offers_of(tables()) == {("safe_home", "")}
    assert offers_of(tables(areas=("mo_jackson", "the north"))) == {("safe_home", "mo_jackson")}


def test_a_word_nobody_knows_about_who_is_served_is_unknown_and_not_narrower() -> None:
    said = [
        profile_attribute("service", OWN, "people_served", word) for word in ("girls", "nonbinary people")
    ]
    assert read(*said).genders_served == "unknown"
    assert read(said[0]).genders_served == ("girls",)


def test_a_listing_to_verify_holds_until_somebody_of_the_agency_called() -> None:
    waiting = profile_attribute("service", OWN, "listing", "verify_first")
    verified = profile_attribute("service", OWN, "verification", "verified")
    assert read(waiting).listing == "verify_first"
    found = read(waiting, verified, assured_date="2026-11-01")
    assert (found.listing, str(found.verified_on)) == ("list", "2026-11-01")
    assert (
        read(waiting, assured_date="2026-11-01").verified_on is None
    )  # another system's word does not count
    assert read(profile_attribute("service", OWN, "listing", "never"), verified).listing == "never"


def test_a_place_that_is_not_public_is_confidential_and_no_address_is_ever_read() -> None:
    for level, expected in (("public", False), ("confidential", True), ("undisclosed", True)):
        found = read(profile_attribute("service", OWN, "confidentiality", level))
        assert found.confidential is expected
    whole = {**tables(), "address": {"a": {"id": "a", "address_1": "12 Hidden Street", "location_id": "l"}}}
    assert "Hidden" not in service_of(whole, OWN, RULEBOOK).model_dump_json()


def test_there_is_no_such_service() -> None:
    with pytest.raises(KeyError):
        service_of(tables(), derived_id("another"), RULEBOOK)
