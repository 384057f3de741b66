"""The authors' commands: JSON for editors, explanations, comparisons, schemas."""

import json
import shutil
import subprocess
import sys

import pytest
from click.testing import CliRunner

from screening.config import shipped_folder
from screening.core.loading import load_rulebook
from screening.core.rule_schemas import rule_schemas
from screening.rule_commands import rules

RULES = shipped_folder("rules")


def run(*words):
    """The exit code, what was printed, and what was said of errors."""
    result = CliRunner().invoke(rules, words)
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
    rulebook = load_rulebook(RULES)
    assert code == 0
    assert json.loads(printed) == {
        "faults": [],
        "warnings": [],
        "digest": rulebook.digest,
        "version": rulebook.version,
    }


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


def test_links_of_a_charge_that_may_come_to_nothing_are_told(changed_rules):
    old = "      - link: unrelated\n        reason:"
    folder = changed_rules(
        "charges.yaml", old, old.replace("reason:", "when: {staff_concern: no}\n        reason:")
    )
    code, printed, _ = run("check", "--json", "--rules", str(folder))
    assert code == 1
    assert {fault["code"] for fault in json.loads(printed)["faults"]} == {"E209"}


def test_a_folder_without_rules_is_named_itself(tmp_path):
    code, _, said = run("check", "--rules", str(tmp_path))
    assert code == 1
    assert said.startswith(f"{tmp_path}:1: E001 ")
    assert said.endswith("\n1 fault; the rulebook cannot be used\n")


def test_faults_that_only_a_proof_finds_are_told(changed_rules):
    file, old = "indicators/07_missing.yaml", "{first_missing_age: {below: 13}}"
    folder = changed_rules(file, old, "{missing_episodes: {at_least: 5}}")
    lines = (folder / file).read_text().splitlines()
    line = 1 + next(number for number, text in enumerate(lines) if "at_least: 5" in text)
    code, printed, _ = run("check", "--rules", str(folder))
    assert code == 1, "nothing uses first_missing_age any more"
    assert f"{folder}/{file}:{line}: E303 " in printed
    assert "(no fault)" in printed


def test_a_sign_that_lowers_concern_is_told(changed_rules):
    folder = changed_rules(
        "definitions.yaml", "- {could_be_minor: [yes, unsure]}", "- {not: {could_be_minor: yes}}"
    )
    code, _, said = run("check", "--rules", str(folder))
    assert code == 1
    assert ": E304 " in said
    assert "'could_be_minor'" in said


def test_law_due_for_review_is_listed_on_request():
    code, printed, _ = run("check", "--json", "--today", "2030-01-01")
    told = json.loads(printed)
    assert (code, told["faults"]) == (0, [])
    assert {warning["code"] for warning in told["warnings"]} == {"E310"}


@pytest.mark.parametrize("name", ["law/us.yaml", "law"])
def test_a_link_out_of_the_folder_is_refused(tmp_path, name):
    folder = tmp_path / "rules"
    shutil.copytree(RULES, folder)
    (folder / name).rename(tmp_path / "outside")
    (folder / name).symlink_to(tmp_path / "outside")
    code, printed, _ = run("check", "--json", "--rules", str(folder))
    assert code == 1
    assert [(fault["code"], fault["file"]) for fault in json.loads(printed)["faults"]] == [
        ("E108", f"{folder}/{name}")
    ]


def test_a_link_out_of_the_private_folder_is_refused(tmp_path):
    private = tmp_path / "private"
    (private / "instruments").mkdir(parents=True)
    (private / "instruments" / "tool.yaml").symlink_to(tmp_path / "elsewhere.yaml")
    code, printed, _ = run("check", "--json", "--licensed", str(private))
    (fault,) = json.loads(printed)["faults"]
    assert (code, fault["code"], fault["file"]) == (1, "E108", f"{private}/instruments/tool.yaml")


def test_a_link_within_the_folder_is_fine(tmp_path):
    folder = tmp_path / "rules"
    shutil.copytree(RULES, folder)
    (folder / "law" / "us.yaml").rename(folder / "us.txt")
    (folder / "law" / "us.yaml").symlink_to(folder / "us.txt")
    code, _, said = run("check", "--rules", str(folder))
    assert (code, said) == (0, "")


def test_all_commands_are_listed_though_some_load_late():
    code, printed, _ = run("--help")
    assert code == 0
    for name in ("check", "diff", "explain", "new-question", "schema", "test"):
        assert f"\n  {name} " in printed
    assert run("chek")[0] == 2


def test_the_solver_is_loaded_by_nobody_who_does_not_need_it():
    code = "import sys, screening.cli, screening.web; sys.exit('z3' in sys.modules or 'readability' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


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
    assert "(age): under 18" in printed
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


def test_schemas_are_written_one_a_kind_of_file(tmp_path):
    with_ids = rule_schemas(load_rulebook(RULES))
    code, printed, _ = run("schema", "--out", str(tmp_path / "made"))
    assert code == 0
    assert printed.startswith(f"{len(with_ids)} schemas written")
    written = {path.name: json.loads(path.read_text()) for path in (tmp_path / "made").iterdir()}
    assert written == {f"{name}.schema.json": schema for name, schema in with_ids.items()}
    assert f"$schema={tmp_path}/made/questions.schema.json" in printed
    assert {"questions", "indicators", "concern", "kinds", "rulebook", "cases"} <= set(with_ids)


def test_schemas_of_a_rulebook_with_faults_know_the_form_alone(changed_rules, tmp_path):
    folder = changed_rules("definitions.yaml", "could_be_minor:", "could_be_minr:")
    code, printed, _ = run("schema", "--rules", str(folder), "--out", str(tmp_path / "made"))
    assert code == 0
    assert "without ids" in printed
    assert (
        json.loads((tmp_path / "made" / "questions.schema.json").read_text()) == rule_schemas()["questions"]
    )
