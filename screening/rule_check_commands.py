"""``screening rules check``: everything that can be found or proved of a rulebook. Loaded only when it is asked for."""

import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import click

from screening.core.rule_proofs import check_folder
from screening.core.rulebook import Rulebook
from screening.rule_check_process import check_report
from screening.rule_commands import fail_with, json_option, licensed_option, placed, print_json, rules_option


@click.command("check")
@rules_option
@licensed_option
@json_option
@click.option(
    "--today",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Also list the notes of law that are due for review on that day.",
)
def command(folder: Path, licensed: Path | None, as_json: bool, today: datetime | None) -> None:
    """Read every file, look up every id, and prove what can be proved; name each fault with file, line and fix."""
    found = check_folder(folder, licensed, None if today is None else today.date())
    checked = replace(
        found,
        faults=tuple(placed(folder, fault, licensed) for fault in found.faults),
        warnings=tuple(placed(folder, warning, licensed) for warning in found.warnings),
    )
    if as_json:
        print_json(check_report(checked))
        sys.exit(1 if checked.faults else 0)
    for warning in checked.warnings:
        click.echo(f"{warning}\n    (no fault)")
    if checked.faults or checked.rulebook is None:
        fail_with(checked.faults)
    click.echo(_told(checked.rulebook))


def _told(rulebook: Rulebook) -> str:
    return (
        f"Rulebook {rulebook.version} holds together: {len(rulebook.questions)} questions, "
        f"{len(rulebook.indicators)} indicators, {len(rulebook.actions)} actions, {len(rulebook.law)} notes of law, "
        f"{len(rulebook.services)} services, {len(rulebook.cases)} mock cases. Proved: every entry can come true and "
        f"can be ruled out, and no sign lowers concern. Digest {rulebook.digest[:12]}."
    )
