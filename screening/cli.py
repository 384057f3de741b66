"""The command line: serve the application, show it on invented data, keep an installation, work on the rulebook."""

import sys
from collections.abc import Callable
from itertools import groupby
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

import click
import waitress
from flask import Flask

from screening.config import Config, ConfigFault
from screening.core.loading import RulebookFaults, load_files, read_rule_files
from screening.directory_commands import directory
from screening.operations.accounts import create_user, found_agency
from screening.operations.actors import ACCOUNT_ROLES, Refusal, Role, system_actor
from screening.operations.database import Database, StoreFault
from screening.operations.demonstration import HOME_JURISDICTION, load_demonstration
from screening.operations.directory.starting import begin_directory
from screening.operations.hand_offs import remind_everywhere
from screening.operations.rotation import rotate_master_key
from screening.operations.rulebooks import (
    Editions,
    check_in_child,
    current_digest,
    editions,
    keep_rulebook,
    offer_edition,
    publish_edition,
    publisher_named,
    roll_back,
)
from screening.rule_commands import fail, loaded, rules
from screening.web import create_app, utc_now

T = TypeVar("T")
_THREADS = 8
_instance_option = click.option(
    "--instance",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="SCREENING_INSTANCE",
    default=Path("instance"),
    show_default=True,
    help="Folder with the database, the keys and config.toml.",
)
_port_option = click.option(
    "--port", type=click.IntRange(1, 65535), envvar="PORT", default=8000, show_default=True
)
_password_option = click.option(
    "--password", prompt=True, hide_input=True, confirmation_prompt=True, help="Asked for if left out."
)


@click.group()
@click.version_option(package_name="screening-assistant")
def main() -> None:
    """Victim-identification screening assistant."""


main.add_command(rules)
main.add_command(directory)


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
    config = _opened(
        lambda: Config.read(
            folder, demonstration=True, secure_cookies=False, home_jurisdiction=HOME_JURISDICTION
        )
    )
    rulebook = loaded(config.rules_path)
    database = _database(config)
    app = _opened(lambda: create_app(config, rulebook=rulebook, database=database))
    demonstration = _opened(lambda: load_demonstration(database, rulebook))
    click.echo("\nDemonstration data: every youth, user and screening is invented.")
    for agency, logins in groupby(demonstration.logins, key=lambda login: login.agency):
        click.echo(f"\n{agency}")
        for login in logins:
            click.echo(f"  {login.username:<28} password {login.password:<24} {login.role.replace('_', ' ')}")
    click.echo(f"\nOpen http://127.0.0.1:{port}/ and sign in. Stop with Ctrl+C.\n")
    _serve(app, "127.0.0.1", port)


@main.command("found-agency")
@_instance_option
@click.option("--name", required=True, help="The agency's name.")
@click.option("--username", required=True, help="The first administrator's user name.")
@click.option("--administrator", required=True, help="The first administrator's name.")
@_password_option
def found_new_agency(instance: Path, name: str, username: str, administrator: str, password: str) -> None:
    """Add an agency with its first administrator and the starter directory, none of it verified."""
    config = _opened(lambda: Config.read(instance))
    rulebook = loaded(config.rules_path)
    database = _database(config)
    agency = _opened(
        lambda: found_agency(
            database, name=name, username=username, administrator=administrator, password=password
        )
    )
    services = _opened(lambda: begin_directory(database, agency, rulebook))
    click.echo(f"Agency {agency}: add its people with 'screening add-user --agency {agency}'.")
    click.echo(
        f"Its directory begins with {services} services, none of them verified: somebody must call each."
    )


@main.command("add-user")
@_instance_option
@click.option("--agency", required=True, help="The agency's id, as found-agency printed it.")
@click.option("--username", required=True)
@click.option("--name", required=True, help="The person's name.")
@click.option("--role", required=True, type=click.Choice([role.value for role in ACCOUNT_ROLES]))
@_password_option
def add_user(instance: Path, agency: str, username: str, name: str, role: str, password: str) -> None:
    """Add a person to an agency."""
    database = _database(_opened(lambda: Config.read(instance)))

    def create() -> None:
        with database.writing(system_actor(agency)) as tx:
            create_user(tx, username=username, name=name, role=Role(role), password=password)

    _opened(create)
    click.echo(f"{name} can sign in as {username}.")


@main.command()
@_instance_option
def verify(instance: Path) -> None:
    """Check the journal's chain and every seal of an installation's database.

    The head it prints is worth noting down elsewhere: later it proves that nothing before it was changed.
    """
    report = _database(_opened(lambda: Config.read(instance))).verify()
    for fault in report.faults:
        click.echo(fault, err=True)
    missing = f", {len(report.rulebooks_missing)} rulebooks not kept" if report.rulebooks_missing else ""
    click.echo(
        f"{report.screenings} screenings, {report.statements} statements{missing}: {len(report.faults)} faults. "
        f"Journal head: entry {report.head.sequence}, {report.head.hash}"
    )
    if not report.is_sound:
        sys.exit(1)


@main.command()
@_instance_option
def remind(instance: Path) -> None:
    """Tell supervisors of hand-offs that nobody answered in time. Run it from a timer, every few minutes.

    Prints numbers only; running it twice tells nothing twice.
    """
    database = _database(_opened(lambda: Config.read(instance)))
    reminded = _opened(lambda: remind_everywhere(database))
    click.echo(f"{reminded.agencies} agencies: {reminded.escalated} hand-offs newly told to supervisors.")


@main.command("rotate-keys")
@_instance_option
def rotate_keys(instance: Path) -> None:
    """Draw a new master key and seal every screening's key under it. Stop the program first."""
    config = _opened(lambda: Config.read(instance))
    count = _opened(lambda: rotate_master_key(config.database_url, config.keys_path, utc_now))
    click.echo(
        f"{count} screenings are sealed under a new master key. Keep a copy of {config.keys_path} elsewhere."
    )


_agency_option = click.option("--agency", required=True, help="The agency's name, or its id.")
_by_option = click.option(
    "--by", "username", required=True, help="User name of the publisher who answers for it."
)
_reason_option = click.option("--reason", required=True, help="Why; kept with the publisher's name.")
_folder = click.Path(exists=True, file_okay=False, path_type=Path)


@main.command()
@_instance_option
@_agency_option
@_by_option
@click.option(
    "--rules", type=_folder, help="Folder that holds rulebook.yaml; the installation's own if left out."
)
@click.option(
    "--licensed", type=_folder, help="The agency's private folder with licensed tools, outside the rules."
)
@_reason_option
def publish(
    instance: Path, agency: str, username: str, rules: Path | None, licensed: Path | None, reason: str
) -> None:
    """Check an edition of the rulebook and open the agency's new screenings under it."""
    config = _opened(lambda: Config.read(instance))
    database = _database(config)
    publisher = _opened(lambda: publisher_named(database, agency=agency, username=username))
    files = _opened(lambda: read_rule_files(rules or config.rules_path, licensed))
    report = _opened(lambda: offer_edition(database, publisher, files, check_in_child))
    for fault in report.faults:
        click.echo(str(fault), err=True)
    for case in report.failed:
        click.echo(f"FAILED  {case.id}: {case.title}", err=True)
        for difference in case.differences:
            click.echo(f"        {difference}", err=True)
    if not report.is_sound:
        fail(
            f"{len(report.faults)} faults, {len(report.failed)} of {len(report.cases)} mock cases failed: not published"
        )
    fallback = _keep_shipped(config, database)

    def put_into_use() -> None:
        with database.writing(publisher) as tx:
            publish_edition(tx, report.digest, reason=reason, fallback=fallback)

    _opened(put_into_use)
    click.echo(f"{agency}: new screenings are opened under version {report.version}, {report.digest[:12]}.")


@main.command("roll-back")
@_instance_option
@_agency_option
@_by_option
@_reason_option
def roll_back_edition(instance: Path, agency: str, username: str, reason: str) -> None:
    """Open the agency's new screenings under the edition before the present one again."""
    database = _database(_opened(lambda: Config.read(instance)))
    publisher = _opened(lambda: publisher_named(database, agency=agency, username=username))

    def take_back() -> str:
        with database.writing(publisher) as tx:
            return roll_back(tx, current=current_digest(tx) or "", reason=reason)

    digest = _opened(take_back)
    click.echo(f"{agency}: new screenings are opened under {digest[:12]} again.")


@main.command("editions")
@_instance_option
@_agency_option
@_by_option
def list_editions(instance: Path, agency: str, username: str) -> None:
    """List the agency's editions of the rulebook and what was published when, by whom and why."""
    config = _opened(lambda: Config.read(instance))
    database = _database(config)
    person = _opened(lambda: publisher_named(database, agency=agency, username=username))
    fallback = _keep_shipped(config, database)

    def read() -> Editions:
        with database.reading(person) as tx:
            return editions(tx, fallback=fallback)

    found = _opened(read)
    for edition in found.all:
        mark = "in use  " if edition.is_current else "        "
        click.echo(f"{mark}{edition.digest[:12]}  version {edition.version}, {edition.screenings} screenings")
    for each in found.publications:
        at = each.published_at.astimezone(ZoneInfo(config.timezone))
        click.echo(
            f"{each.sequence:>4}  {at:%Y-%m-%d %H:%M}  {each.digest[:12]}  {each.published_by_name}: {each.reason}"
        )


def _keep_shipped(config: Config, database: Database) -> str:
    """Keep the installation's own rulebook, which counts where nothing was published; out: its digest."""

    def keep() -> str:
        files = read_rule_files(config.rules_path)
        rulebook = load_files(files)
        keep_rulebook(database, rulebook, files)
        return rulebook.digest

    return _opened(keep)


def _database(config: Config) -> Database:
    timezone = ZoneInfo(config.timezone)
    return _opened(lambda: Database.open(config.database_url, config.keys_path, utc_now, timezone=timezone))


def _opened(action: Callable[[], T]) -> T:
    """What the action opens, or the end of the program with the fault in words."""
    try:
        return action()
    except (ConfigFault, Refusal, RulebookFaults, StoreFault) as fault:
        fail(str(fault))


def _serve(app: Flask, host: str, port: int) -> None:
    waitress.serve(app, host=host, port=port, threads=_THREADS, ident=None)
