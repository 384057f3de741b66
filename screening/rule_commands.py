"""The commands for people who write rules: check, test, explain, compare, write, and schemas for their editor."""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

import click

from screening.config import shipped_folder
from screening.core.case_results import case_results
from screening.core.loading import Fault, RulebookFaults, load_rulebook, read_rule_files
from screening.core.rule_diff import RulebookDiff, diff_rulebooks
from screening.core.rule_explaining import explain, nearest_id
from screening.core.rule_files import LICENSED, parse_files
from screening.core.rule_index import index_of
from screening.core.rule_schemas import rule_schemas
from screening.core.rulebook import Rulebook

_folder = click.Path(exists=True, file_okay=False, path_type=Path)
rules_option = click.option(
    "--rules",
    "folder",
    type=_folder,
    default=shipped_folder("rules"),
    show_default="the shipped rulebook",
    help="Folder that holds rulebook.yaml.",
)
licensed_option = click.option(
    "--licensed", type=_folder, help="The agency's private folder with licensed tools, outside the rules."
)
json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print JSON, for editors and other programs."
)


_LATER = {
    "check": "screening.rule_check_commands",
    "new-question": "screening.rule_writing_commands",
}
"""Commands whose module loads when they are named: a solver and a reading grade take time that others need not wait."""


class RulesGroup(click.Group):
    """A group that loads some of its commands only when somebody asks for them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, in the order of the alphabet."""
        return sorted([*super().list_commands(ctx), *_LATER])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, loaded now if it was not yet."""
        if cmd_name in _LATER:
            command: click.Command = import_module(_LATER[cmd_name]).command
            return command
        return super().get_command(ctx, cmd_name)


@click.group(cls=RulesGroup)
def rules() -> None:
    """Check, test, explain, compare and write the rulebook."""


def loaded(folder: Path, *, as_json: bool = False, licensed: Path | None = None) -> Rulebook:
    """The rulebook of a folder, or the end of the program with every fault named."""
    try:
        return load_rulebook(folder, licensed)
    except RulebookFaults as error:
        faults = [placed(folder, fault, licensed) for fault in error.faults]
        if as_json:
            print_json({"faults": [asdict(fault) for fault in faults]})
            sys.exit(1)
        fail_with(faults)


def fail_with(faults: Sequence[Fault]) -> NoReturn:
    """End the program with every fault named, and exit code 1."""
    for fault in faults:
        click.echo(str(fault), err=True)
    count = len(faults)
    fail(f"{count} {'fault' if count == 1 else 'faults'}; the rulebook cannot be used")


def fail(message: str) -> NoReturn:
    """End the program with a message and exit code 1."""
    click.echo(message, err=True)
    sys.exit(1)


def _shown(folder: Path) -> Path:
    """The folder as a person would name it: from here, where it lies below."""
    here = Path.cwd()
    return folder.relative_to(here) if folder.is_relative_to(here) else folder


def placed(folder: Path, fault: Fault, licensed: Path | None = None) -> Fault:
    """The fault with its file as one opens it from here; an empty folder's fault names the folder itself."""
    if licensed is not None and fault.file.startswith(LICENSED):
        return replace(fault, file=str(_shown(licensed) / fault.file.removeprefix(LICENSED)))
    inside = "" if fault.file == str(folder) else fault.file
    return replace(fault, file=str(_shown(folder) / inside))


def print_json(data: Mapping[str, Any]) -> None:
    """Print for programs."""
    click.echo(json.dumps(data, indent=2, ensure_ascii=False))


@rules.command()
@rules_option
@licensed_option
@json_option
def test(folder: Path, licensed: Path | None, as_json: bool) -> None:
    """Run the mock cases and compare what is found with what their authors expect."""
    rulebook = loaded(folder, as_json=as_json, licensed=licensed)
    cases = case_results(rulebook)
    failed = sum(not case["passed"] for case in cases)
    if as_json:
        print_json({"passed": len(cases) - failed, "failed": failed, "cases": cases})
    else:
        for case in cases:
            click.echo(f"{'passed' if case['passed'] else 'FAILED'}  {case['id']}: {case['title']}")
            for difference in case["differences"]:
                click.echo(f"        {difference}")
        click.echo(f"{len(cases) - failed} mock cases passed, {failed} failed")
    if failed or not cases:
        sys.exit(1)


@rules.command("explain")
@click.argument("id")
@rules_option
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
@json_option
def diff_folders(old: Path, new: Path, as_json: bool) -> None:
    """Tell what the rules in NEW add, remove and change, and which mock cases come out otherwise."""
    before, after = loaded(old, as_json=as_json), loaded(new, as_json=as_json)
    difference = diff_rulebooks(before, after)
    if as_json:
        digests = {"old_digest": before.digest, "new_digest": after.digest}
        print_json({**digests, **asdict(difference)})
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
@rules_option
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(".cache/schemas"),
    show_default=True,
    help="Folder to write into; made if it is not there.",
)
def schema(folder: Path, out: Path) -> None:
    """Write a JSON Schema for each kind of rule file, so that editors complete and check as one types.

    The ids of the rulebook are offered too, unless it has faults; then the schemas know the form of files alone.
    """
    try:
        rulebook = load_rulebook(folder)
    except RulebookFaults:
        rulebook = None
    out.mkdir(parents=True, exist_ok=True)
    schemas = rule_schemas(rulebook)
    for name, described in schemas.items():
        text = json.dumps(described, indent=2, ensure_ascii=False)
        (out / f"{name}.schema.json").write_text(f"{text}\n", encoding="utf-8")
    offered = "with the ids of" if rulebook else "without ids, because of faults in"
    click.echo(f"{len(schemas)} schemas written to {_shown(out)}, {offered} {_shown(folder)}")
    click.echo("First line of a file, for an editor with a YAML language server:")
    click.echo(f"# yaml-language-server: $schema={out.resolve() / 'questions.schema.json'}")
