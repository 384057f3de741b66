"""The command line: serve the application, show it on invented data, check and test the rulebook."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn, TypeVar

import click
import waitress
from flask import Flask

from screening.config import Config, ConfigFault, shipped_folder
from screening.core.cases import run_case
from screening.core.loading import RulebookFaults, load_rulebook
from screening.core.rulebook import Rulebook
from screening.operations.database import Database, StoreFault
from screening.operations.demonstration import HOME_JURISDICTION, load_demonstration
from screening.web import create_app, utc_now

T = TypeVar("T")
_THREADS = 8
_rules_option = click.option(
    "--rules",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=shipped_folder("rules"),
    show_default="the shipped rulebook",
    help="Folder that holds rulebook.yaml.",
)
_instance_option = click.option(
    "--instance",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="SCREENING_INSTANCE",
    default=Path("instance"),
    show_default=True,
    help="Folder with the database, the keys and config.toml.",
)
_port_option = click.option("--port", type=click.IntRange(1, 65535), envvar="PORT", default=8000, show_default=True)


@click.group()
@click.version_option(package_name="screening-assistant")
def main() -> None:
    """Victim-identification screening assistant."""


@main.group()
def rules() -> None:
    """Check and test the rulebook."""


def _loaded(folder: Path) -> Rulebook:
    try:
        return load_rulebook(folder)
    except RulebookFaults as error:
        for fault in error.faults:
            click.echo(f"{_shown(folder)}/{fault}", err=True)
        _fail(f"{len(error.faults)} faults; the rulebook cannot be used")


def _shown(folder: Path) -> Path:
    """The folder as a person would name it: from here, where it lies below."""
    here = Path.cwd()
    return folder.relative_to(here) if folder.is_relative_to(here) else folder


def _fail(message: str) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(1)


@rules.command()
@_rules_option
def check(folder: Path) -> None:
    """Read every file and look up every id; name each fault with file, line and fix."""
    rulebook = _loaded(folder)
    click.echo(
        f"Rulebook {rulebook.version} holds together: {len(rulebook.questions)} questions, "
        f"{len(rulebook.indicators)} indicators, {len(rulebook.actions)} actions, {len(rulebook.law)} notes of law, "
        f"{len(rulebook.services)} services, {len(rulebook.cases)} mock cases. Digest {rulebook.digest[:12]}."
    )


@rules.command()
@_rules_option
def test(folder: Path) -> None:
    """Run the mock cases and compare what is found with what their authors expect."""
    rulebook = _loaded(folder)
    failed = 0
    for case in rulebook.cases.values():
        differences = run_case(rulebook, case)
        failed += bool(differences)
        click.echo(f"{'FAILED' if differences else 'passed'}  {case.case.id}: {case.case.title}")
        for difference in differences:
            click.echo(f"        {difference}")
    click.echo(f"{len(rulebook.cases) - failed} mock cases passed, {failed} failed")
    if failed or not rulebook.cases:
        sys.exit(1)


@main.command()
@_instance_option
@_port_option
@click.option("--host", default="127.0.0.1", show_default=True)
def serve(instance: Path, port: int, host: str) -> None:
    """Serve one installation. Put a reverse proxy with HTTPS in front of it."""
    config = _opened(lambda: Config.read(instance))
    _serve(_opened(lambda: create_app(config)), host, port)


@main.command()
@_instance_option
@_port_option
def demo(instance: Path, port: int) -> None:
    """Serve invented data from a database of its own, on this computer only."""
    folder = instance / "demonstration"
    home = HOME_JURISDICTION
    config = _opened(
        lambda: Config.read(folder, demonstration=True, secure_cookies=False, home_jurisdiction=home)
    )
    rulebook = _loaded(config.rules_path)
    database = _opened(lambda: Database.open(config.database_url, config.keys_path, utc_now))
    demonstration = _opened(lambda: load_demonstration(database, rulebook))
    click.echo("\nDemonstration data: every youth, user and screening is invented.")
    agency = None
    for login in demonstration.logins:
        if login.agency != agency:
            agency = login.agency
            click.echo(f"\n{agency}")
        click.echo(f"  {login.username:<28} password {login.password:<24} {login.role.replace('_', ' ')}")
    click.echo(f"\nOpen http://127.0.0.1:{port}/ and sign in. Stop with Ctrl+C.\n")
    _serve(create_app(config, rulebook=rulebook, database=database), "127.0.0.1", port)


@main.command()
@_instance_option
def verify(instance: Path) -> None:
    """Check the journal's chain and every seal of an installation's database."""
    config = _opened(lambda: Config.read(instance))
    database = _opened(lambda: Database.open(config.database_url, config.keys_path, utc_now))
    report = database.verify()
    for fault in report.faults:
        click.echo(fault, err=True)
    missing = f", {len(report.rulebooks_missing)} rulebooks not kept" if report.rulebooks_missing else ""
    click.echo(
        f"{report.screenings} screenings, {report.statements} statements, journal up to entry {report.head.sequence} "
        f"({report.head.hash[:12]}){missing}: {len(report.faults)} faults"
    )
    if not report.is_sound:
        sys.exit(1)


def _opened(action: Callable[[], T]) -> T:
    """What the action opens, or the end of the program with the fault in words."""
    try:
        return action()
    except (ConfigFault, StoreFault, RulebookFaults) as fault:
        _fail(str(fault))


def _serve(app: Flask, host: str, port: int) -> None:
    waitress.serve(app, host=host, port=port, threads=_THREADS, ident=None)
