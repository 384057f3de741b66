"""The authors' commands: JSON for editors, explanations, comparisons, schemas."""

import json
import shutil

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from screening import cli
from screening.config import shipped_folder
from screening.core.conditions import ConditionFault, parse_condition
from screening.core.loading import load_rulebook, read_rule_files
from screening.core.rule_schemas import rule_schemas, schema_name_of
from screening.core.yaml_files import read_yaml

RULES = shipped_folder("rules")
SCHEMAS = rule_schemas()


def run(*words):
    """The exit code, what was printed, and what was said of errors."""
    result = CliRunner().invoke(cli.main, ["rules", *words])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture
def changed_rules(tmp_path):
    """A function: file, text, replacement → a copy of the shipped rules with that change."""

    def change(name, text, replacement):
        folder = tmp_path / "changed"
        shutil.copytree(RULES, folder)
        before = (folder / name).read_text()
        assert text in before
        (folder / name).write_text(before.replace(text, replacement))
        return folder

    return change


# ---- check and test ---------------------------------------------------------------------------


def test_a_sound_rulebook_is_told_as_json_with_its_digest():
    code, printed, _ = run("check", "--json")
    assert code == 0
    assert json.loads(printed) == {"faults": [], "digest": load_rulebook(RULES).digest}


def test_faults_are_told_as_json(changed_rules):
    folder = changed_rules("definitions.yaml", "could_be_minor:", "could_be_minr:")
    code, printed, _ = run("check", "--json", "--rules", str(folder))
    assert code == 1
    (fault,) = json.loads(printed)["faults"]
    lines = (folder / "definitions.yaml").read_text().splitlines()
    assert "could_be_minr" in lines[fault.pop("line") - 1]
    assert fault == {
        "file": f"{folder}/definitions.yaml",
        "code": "E202",
        "message": "there is no question 'could_be_minr'",
        "fix": "did you mean 'could_be_minor'?",
    }


def test_a_folder_without_rules_is_named_itself(tmp_path):
    code, _, said = run("check", "--rules", str(tmp_path))
    assert code == 1
    assert said.startswith(f"{tmp_path}:1: E001 ")
    assert said.endswith("\n1 fault; the rulebook cannot be used\n")


def test_mock_cases_are_told_as_json(changed_rules):
    code, printed, _ = run("test", "--json")
    assert (code, json.loads(printed)["failed"]) == (0, 0)
    folder = changed_rules("cases/plain_no_to_all.yaml", "result: none", "result: clear")
    code, printed, _ = run("test", "--json", "--rules", str(folder))
    told = json.loads(printed)
    assert (code, told["failed"], told["passed"]) == (1, 1, len(told["cases"]) - 1)
    (failed,) = [case for case in told["cases"] if not case["passed"]]
    assert (failed["id"], failed["differences"]) == (
        "plain_no_to_all",
        ["result: expected clear, found none"],
    )


# ---- explain ----------------------------------------------------------------------------------


def test_an_entry_is_explained():
    code, printed, _ = run("explain", "presumed_minor")
    assert code == 0
    assert "written in definitions.yaml:2" in printed
    assert "(age) is below 18" in printed
    assert "action report_hotline_mo" in printed
    assert "house_age_in_doubt: " in printed
    assert "as of " in printed


def test_an_unknown_id_is_answered_with_the_nearest():
    code, _, said = run("explain", "presumed_miner")
    assert code == 1
    assert "did you mean 'presumed_minor'?" in said


# ---- diff -------------------------------------------------------------------------------------


def test_a_change_and_what_it_does_to_the_cases_is_told(changed_rules):
    folder = changed_rules("indicators/01_exchange.yaml", "strength: direct", "strength: context")
    code, printed, _ = run("diff", str(RULES), str(folder))
    assert code == 0
    assert "changed indicator sexual_activity_for_value: strength" in printed
    assert "comes out otherwise: " in printed
    assert "result: clear before" in printed
    code, printed, _ = run("diff", str(RULES), str(folder), "--json")
    told = json.loads(printed)
    assert code == 0
    assert told["old_digest"] == load_rulebook(RULES).digest != told["new_digest"]
    changed = {
        "what": "changed",
        "kind": "indicator",
        "id": "sexual_activity_for_value",
        "keys": ["strength"],
    }
    assert changed in told["changes"]
    assert all(case["differences"] for case in told["cases"])


def test_the_same_rules_do_not_differ():
    code, printed, _ = run("diff", str(RULES), str(RULES))
    count = len(load_rulebook(RULES).cases)
    assert (code, printed) == (
        0,
        f"0 entries differ; 0 of {count} mock cases come out otherwise\n",
    )


def test_rules_that_do_not_hold_together_are_not_compared(changed_rules):
    folder = changed_rules("definitions.yaml", "could_be_minor:", "could_be_minr:")
    code, _, said = run("diff", str(RULES), str(folder))
    assert code == 1
    assert f"{folder}/definitions.yaml:" in said


# ---- schemas ----------------------------------------------------------------------------------


def faults_of(name, data):
    return [
        f"{list(error.path)}: {error.message}"
        for error in Draft202012Validator(SCHEMAS[name]).iter_errors(data)
    ]


def test_schemas_are_written_one_a_kind_of_file(tmp_path):
    code, printed, _ = run("schema", "--out", str(tmp_path / "made"))
    assert code == 0
    assert printed.startswith(f"{len(SCHEMAS)} schemas written")
    written = {path.name: json.loads(path.read_text()) for path in (tmp_path / "made").iterdir()}
    assert written == {f"{name}.schema.json": schema for name, schema in SCHEMAS.items()}
    assert {"questions", "indicators", "concern", "kinds", "rulebook", "cases"} <= set(SCHEMAS)


@pytest.mark.parametrize("name", SCHEMAS)
def test_each_schema_is_a_schema(name):
    Draft202012Validator.check_schema(SCHEMAS[name])


@pytest.mark.parametrize("file", sorted(read_rule_files(RULES)))
def test_every_shipped_file_fits_its_schema(file):
    data = read_yaml(file, (RULES / file).read_bytes()).data
    assert faults_of(schema_name_of(file), data) == []


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
    assert (faults_of("definitions", {"definitions": [definition]}) == []) is readable
