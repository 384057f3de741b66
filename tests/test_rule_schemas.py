"""Schemas for authors' editors: they take what the program takes, explain keys and offer ids."""

import json

import pytest
from jsonschema import Draft202012Validator

from screening.config import shipped_folder
from screening.core.conditions import ConditionFault, parse_condition
from screening.core.loading import load_rulebook, read_rule_files
from screening.core.rule_schemas import rule_schemas, schema_name_of
from screening.core.yaml_files import read_yaml

RULES = shipped_folder("rules")
SCHEMAS = rule_schemas()
WITH_IDS = rule_schemas(load_rulebook(RULES))


def faults_of(name, data, schemas=SCHEMAS):
    return [
        f"{list(error.path)}: {error.message}"
        for error in Draft202012Validator(schemas[name]).iter_errors(data)
    ]


@pytest.mark.parametrize("name", SCHEMAS)
def test_each_schema_is_a_schema(name):
    Draft202012Validator.check_schema(SCHEMAS[name])
    Draft202012Validator.check_schema(WITH_IDS[name])


@pytest.mark.parametrize("file", sorted(read_rule_files(RULES)))
def test_every_shipped_file_fits_its_schema(file):
    data = read_yaml(file, (RULES / file).read_bytes()).data
    assert faults_of(schema_name_of(file), data) == []
    assert faults_of(schema_name_of(file), data, WITH_IDS) == []


def test_a_file_that_belongs_nowhere_has_no_schema():
    assert [schema_name_of(name) for name in ("notes.yaml", "law/old/us.yaml", "other/us.yaml", "law")] == [
        None
    ] * 4


def test_a_misspelled_key_a_missing_key_and_two_deadlines_are_refused():
    definition = {"id": "a", "label": "A", "when": {"b": "yes"}, "means": "m", "sources": ["s"]}
    assert faults_of("definitions", {"definitions": [definition]}) == []
    assert faults_of("definitions", {"definitions": [{**definition, "labl": "A"}]})
    assert faults_of("definitions", {"definitions": [{**definition, "id": "Not-an-id"}]})
    definition.pop("means")
    assert faults_of("definitions", {"definitions": [definition]})
    action = {"id": "a", "label": "A", "must": True, "order": 1, "by": ["b"], "sources": ["s"]}
    for due, sound in (
        ({"immediately": True}, True),
        ({"hours": 24}, True),
        ({"hours": 24, "days": 1}, False),
    ):
        assert (faults_of("actions", {"actions": [{**action, "due": due}]}) == []) is sound


@pytest.mark.parametrize(
    "condition",
    [
        {"a": "yes"},
        {"a": ["yes", "unsure"]},
        {"n": {"at_least": 3}},
        {"n": {"below": 18}},
        {"f": {"includes": "keys"}},
        {"f": {"includes": ["keys", "cards"]}},
        {"all": [{"a": "yes"}]},
        {"any": [{"a": "yes"}, {"not": {"b": "no"}}]},
        {"at_least": 1, "of": [{"a": "yes"}]},
        {"indicator": "minor"},
        {"instrument": "screen", "band": "high"},
        {"findings": {"strength": ["strong"], "at_least": 2, "categories": 2}},
        {"findings": {"strength": "strong", "at_least": 1}},
        {"concern": "possible"},
        # and what is no condition
        {},
        [],
        "yes",
        {"a": "yes", "b": "yes"},
        {"a": []},
        {"a": 3},
        {"n": {"over": 3}},
        {"n": {"at_least": "three"}},
        {"n": {"at_least": 1, "below": 3}},
        {"f": {"includes": []}},
        {"all": []},
        {"all": {"a": "yes"}},
        {"any": [{"a": "yes", "b": "yes"}]},
        {"not": [{"a": "yes"}]},
        {"at_least": 2},
        {"at_least": 0, "of": [{"a": "yes"}]},
        {"indicator": ["minor"]},
        {"instrument": "screen"},
        {"findings": {"strength": ["strong"]}},
        {"findings": {"strength": ["strong"], "at_least": 1, "kinds": 1}},
    ],
    ids=str,
)
def test_a_schema_takes_a_condition_exactly_when_the_program_does(condition):
    try:
        parse_condition(condition)
        readable = True
    except ConditionFault:
        readable = False
    definition = {"id": "a", "label": "A", "when": condition, "means": "m", "sources": ["s"]}
    for schemas in (SCHEMAS, WITH_IDS):
        assert (faults_of("definitions", {"definitions": [definition]}, schemas) == []) is readable


def offered(schema):
    """Every word that a part of a schema offers."""
    if isinstance(schema, dict):
        return set(schema.get("enum", [])) | {word for value in schema.values() for word in offered(value)}
    return {word for value in schema for word in offered(value)} if isinstance(schema, list) else set()


def test_known_ids_are_offered_where_they_belong():
    rulebook = load_rulebook(RULES)
    indicator = WITH_IDS["indicators"]["$defs"]["IndicatorEntry"]["properties"]
    assert offered(indicator["sources"]) == set(rulebook.sources)
    assert offered(indicator["strength"]) == {strength.id for strength in rulebook.about.strengths}
    assert set(rulebook.settings) <= offered(
        WITH_IDS["questions"]["$defs"]["Question"]["properties"]["settings"]
    )
    tests = WITH_IDS["indicators"]["$defs"]["Condition"]["anyOf"][-1]["properties"]
    assert set(tests) == set(rulebook.questions)
    assert {"yes", "no", "unsure", "declined"} <= offered(tests["phone_watched"])
    assert "hotel_keys" in offered(tests["items_found"])
    assert tests["phone_watched"]["description"] == rulebook.questions["phone_watched"].text
    assert set(WITH_IDS["cases"]["properties"]["said"]["properties"]) == set(rulebook.questions)
    assert not offered(SCHEMAS["indicators"]["$defs"]["IndicatorEntry"])


def test_an_id_that_was_added_since_is_no_mistake():
    entry = {
        "id": "a",
        "label": "A",
        "strength": "new_strength",
        "when": {"new_question": "yes"},
        "means": "m",
    }
    data = {"category": {"id": "c", "label": "C"}, "indicators": [{**entry, "sources": ["new_source"]}]}
    assert faults_of("indicators", data, WITH_IDS) == []
    data["indicators"][0]["sources"] = ["Not-an-id"]
    assert faults_of("indicators", data, WITH_IDS)


def test_keys_are_described_by_their_shape():
    question = SCHEMAS["questions"]["$defs"]["Question"]
    assert question["properties"]["ways"]["description"] == "'ways' lists the sources in the usual order."
    assert "``" not in json.dumps(SCHEMAS)
