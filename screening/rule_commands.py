"""The commands for people who write rules: check, test, explain, compare, and schemas for their editor."""

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, NoReturn

import click

from screening.config import shipped_folder
from screening.core.cases import run_case
from screening.core.loading import Fault, RulebookFaults, load_rulebook, read_rule_files
from screening.core.rule_diff import RulebookDiff, diff_rulebooks
from screening.core.rule_explaining import explain, nearest_id
from screening.core.rule_files import parse_files
from screening.core.rule_index import index_of
from screening.core.rule_schemas import rule_schemas
from screening.core.rulebook import Rulebook

_folder = click.Path(exists=True, file_okay=False, path_type=Path)
_rules_option = click.option(
    "--rules",
    "folder",
    type=_folder,
    default=shipped_folder("rules"),
    show_default="the shipped rulebook",
    help="Folder that holds rulebook.yaml.",
)
_json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print JSON, for editors and other programs."
)


@click.group()
def rules() -> None:
    """Check, test, explain and compare the rulebook."""


def loaded(folder: Path, *, as_json: bool = False) -> Rulebook:
    """The rulebook of a folder, or the end of the program with every fault named."""
    try:
        return load_rulebook(folder)
    except RulebookFaults as error:
        if as_json:
            _print_json({"faults": [asdict(_placed(folder, fault)) for fault in error.faults]})
            sys.exit(1)
        for fault in error.faults:
            click.echo(str(_placed(folder, fault)), err=True)
        count = len(error.faults)
        fail(f"{count} {'fault' if count == 1 else 'faults'}; the rulebook cannot be used")


def fail(message: str) -> NoReturn:
    """End the program with a message and exit code 1."""
    click.echo(message, err=True)
    sys.exit(1)


def _shown(folder: Path) -> Path:
    """The folder as a person would name it: from here, where it lies below."""
    here = Path.cwd()
    return folder.relative_to(here) if folder.is_relative_to(here) else folder


def _placed(folder: Path, fault: Fault) -> Fault:
    """The fault with its file as one opens it from here; an empty folder's fault names the folder itself."""
    inside = "" if fault.file == str(folder) else fault.file
    return replace(fault, file=str(_shown(folder) / inside))


def _print_json(data: Mapping[str, Any]) -> None:
    click.echo(json.dumps(data, indent=2, ensure_ascii=False))


@rules.command()
@_rules_option
@_json_option
def check(folder: Path, as_json: bool) -> None:
    """Read every file and look up every id; name each fault with file, line and fix."""
    rulebook = loaded(folder, as_json=as_json)
    if as_json:
        _print_json({"faults": [], "digest": rulebook.digest})
        return
    click.echo(
        f"Rulebook {rulebook.version} holds together: {len(rulebook.questions)} questions, "
        f"{len(rulebook.indicators)} indicators, {len(rulebook.actions)} actions, {len(rulebook.law)} notes of law, "
        f"{len(rulebook.services)} services, {len(rulebook.cases)} mock cases. Digest {rulebook.digest[:12]}."
    )


@rules.command()
@_rules_option
@_json_option
def test(folder: Path, as_json: bool) -> None:
    """Run the mock cases and compare what is found with what their authors expect."""
    rulebook = loaded(folder, as_json=as_json)
    results = [(case.case, run_case(rulebook, case)) for case in rulebook.cases.values()]
    failed = sum(bool(differences) for _, differences in results)
    if as_json:
        cases = [
            {"id": head.id, "title": head.title, "passed": not differences, "differences": differences}
            for head, differences in results
        ]
        _print_json({"passed": len(cases) - failed, "failed": failed, "cases": cases})
    else:
        for head, differences in results:
            click.echo(f"{'FAILED' if differences else 'passed'}  {head.id}: {head.title}")
            for difference in differences:
                click.echo(f"        {difference}")
        click.echo(f"{len(results) - failed} mock cases passed, {failed} failed")
    if failed or not results:
        sys.exit(1)


@rules.command("explain")
@click.argument("id")
@_rules_option
def explain_entry(id: str, folder: Path) -> None:
    """Tell in plain words what ID says, when it holds, what uses it and what it rests on.

    ID is that of a question, indicator, definition, action, outcome, need, note of law, service or source.
    """
    rulebook = loaded(folder)
    entries, _ = parse_files(read_rule_files(folder))
    index = index_of(entries)
    explanations = explain(rulebook, index, id)
    if not explanations:
        fail(f"nothing in the rulebook has the id '{id}': {nearest_id(index, id)}")
    click.echo("\n\n".join("\n".join(explanation.lines()) for explanation in explanations))


@rules.command("diff")
@click.argument("old", type=_folder)
@click.argument("new", type=_folder)
@_json_option
def diff_folders(old: Path, new: Path, as_json: bool) -> None:
    """Tell what the rules in NEW add, remove and change, and which mock cases come out otherwise."""
    before, after = loaded(old, as_json=as_json), loaded(new, as_json=as_json)
    difference = diff_rulebooks(before, after)
    if as_json:
        digests = {"old_digest": before.digest, "new_digest": after.digest}
        _print_json({**digests, **asdict(difference)})
    else:
        _print_diff(difference)


def _print_diff(difference: RulebookDiff) -> None:
    for change in difference.changes:
        click.echo(str(change))
    for case in difference.cases:
        click.echo(f"comes out otherwise: {case.case}: {case.title} (the case of the {case.rulebook} rules)")
        for line in case.differences:
            click.echo(f"        {line}")
        for answer in case.left_out:
            click.echo(f"        compared without {answer}")
    click.echo(
        f"{len(difference.changes)} entries differ; "
        f"{len(difference.cases)} of {difference.cases_compared} mock cases come out otherwise"
    )


@rules.command()
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(".cache/schemas"),
    show_default=True,
    help="Folder to write into; made if it is not there.",
)
def schema(out: Path) -> None:
    """Write a JSON Schema for each kind of rule file, so that editors complete and check as one types."""
    out.mkdir(parents=True, exist_ok=True)
    schemas = rule_schemas()
    for name, described in schemas.items():
        text = json.dumps(described, indent=2, ensure_ascii=False)
        (out / f"{name}.schema.json").write_text(f"{text}\n", encoding="utf-8")
    click.echo(f"{len(schemas)} schemas written to {_shown(out)}")
