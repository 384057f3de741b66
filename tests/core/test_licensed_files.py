"""Licensed files beside the rules: where they may lie, what they may hold, what is noted of them, what is never exported."""

import json
from dataclasses import asdict

import pytest
from edition_files import CANARY, LICENSED_FOLDER, edition, licensed_edition, write_folder

from screening.core.loading import RulebookFaults, load_files, load_rulebook, read_rule_files
from screening.core.rule_diff import diff_rulebooks
from screening.core.rule_export import exported


def codes(files):
    with pytest.raises(RulebookFaults) as refused:
        load_files(files)
    return {(fault.file, fault.code) for fault in refused.value.faults}


def test_a_private_folder_is_read_beside_the_rules(tmp_path):
    rules = write_folder(tmp_path / "rules", edition("2-licensed"))

    rulebook = load_rulebook(rules, LICENSED_FOLDER)

    assert rulebook.digest == load_files(licensed_edition()).digest
    assert rulebook.digest != load_rulebook(rules).digest
    assert rulebook.licensed == {
        ("source", "invented_manual"),
        ("section", "invented_tool"),
        ("question", "invented_first"),
        ("question", "invented_second"),
        ("instrument", "invented_tool"),
        ("mock case", "invented_tool_high"),
    }
    assert load_rulebook(rules).licensed == frozenset()


def test_a_licensed_section_stands_where_its_name_says(tmp_path):
    files = licensed_edition()
    name = "licensed/questions/85_invented_tool.yaml"
    order = [section.id for section in load_files(files).sections]
    assert order.index("invented_tool") == len(order) - 1

    files["licensed/questions/02_between.yaml"] = files.pop(name)
    order = [section.id for section in load_files(files).sections]
    assert order[order.index("invented_tool") - 1 : order.index("invented_tool") + 2] == [
        "now",
        "invented_tool",
        "who",
    ]


@pytest.mark.parametrize(
    "name",
    [
        "indicators/x.yaml",
        "concern.yaml",
        "law/x.yaml",
        "actions/x.yaml",
        "services/x.yaml",
        "x.yaml",
        "cases/a/x.yaml",
    ],
)
def test_what_decides_the_level_or_stands_alone_cannot_be_licensed(name):
    files = licensed_edition() | {f"licensed/{name}": b"notes: []\n"}
    assert codes(files) == {(f"licensed/{name}", "E003")}


def test_a_licensed_id_cannot_take_a_public_one():
    files = licensed_edition()
    name = "licensed/questions/85_invented_tool.yaml"
    files[name] = files[name].replace(b"invented_first", b"controlled")
    assert (name, "E201") in codes(files)


def test_licensed_files_among_the_rules_are_refused_before_anything_is_read(tmp_path):
    rules = write_folder(tmp_path / "rules", licensed_edition())
    with pytest.raises(RulebookFaults) as refused:
        read_rule_files(rules)
    assert {fault.code for fault in refused.value.faults} == {"E004"}
    assert CANARY not in str(refused.value)


def test_no_export_and_no_difference_holds_licensed_wording():
    public, licensed = load_files(edition()), load_files(licensed_edition())
    difference = asdict(diff_rulebooks(public, licensed))
    titles = [case["title"] for case in difference["cases"]]

    assert "invented_tool" in json.dumps(exported(licensed))
    assert CANARY not in json.dumps(exported(licensed))
    assert CANARY not in json.dumps({**difference, "cases": []})
    # A case's title is its author's; only those who may read the edition ever compare it.
    assert all("CANARY-CASE" in title for title in titles if CANARY in title)
