"""The command line of the service directory: bring one in, write one out, begin with the starter directory."""

import os
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

import click

from screening.config import Config, ConfigFault
from screening.core.directory_profile import Confidentiality
from screening.core.directory_rows import FlatRows
from screening.core.directory_seed import STARTER, starter_rows
from screening.operations.actors import Actor, Refusal
from screening.operations.database import Database, StoreFault
from screening.operations.directory import (
    ExportFormat,
    ImportReport,
    export_directory,
    import_directory,
    read_directory_file,
)
from screening.operations.rulebooks import publisher_named
from screening.rule_commands import fail, loaded
from screening.web import utc_now

T = TypeVar("T")
_MOST_SHOWN = 200
_WORDS = {
    "added": "added",
    "changed": "changed",
    "left": "no longer in the source, kept",
    "kept": "edited here, left as it is",
}
_instance_option = click.option(
    "--instance",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="SCREENING_INSTANCE",
    default=Path("instance"),
    show_default=True,
    help="Folder with the database, the keys and config.toml.",
)
_agency_option = click.option("--agency", required=True, help="The agency's name, or its id.")
_by_option = click.option(
    "--by", "username", required=True, help="User name of the person who answers for it."
)
_dry_run_option = click.option("--dry-run", is_flag=True, help="Only show what would change.")


@click.group()
def directory() -> None:
    """Keep an agency's directory of services (HSDS 3.1)."""


@directory.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_instance_option
@_agency_option
@_by_option
@_dry_run_option
@click.option("--source", help="What the source is called; the file's name if left out.")
@click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The day the content is of; today if left out."
)
@click.option(
    "--unsaid",
    type=click.Choice([level.value for level in Confidentiality]),
    default=Confidentiality.PUBLIC.value,
    show_default=True,
    help="The level of confidentiality of new entries that name none.",
)
@click.option(
    "--take-theirs",
    is_flag=True,
    help="Also replace what a person edited here; it is left as it is otherwise.",
)
def import_file(
    file: Path,
    instance: Path,
    agency: str,
    username: str,
    dry_run: bool,
    source: str | None,
    as_of: datetime | None,
    unsaid: str,
    take_theirs: bool,
) -> None:
    """Bring in an HSDS directory: JSON, JSON lines, or a zipped tabular package; also tables of HSDS 1.x and 2.x.

    Wrong rows are told one by one and never stop the rest. What is there already is brought up to date, never doubled;
    what is gone from
    the source is told and kept.
    """
    database, person, _config = _opened_for(instance, agency, username)
    name = (source or file.stem).strip()

    def read() -> FlatRows:
        with file.open("rb") as opened:
            return read_directory_file(opened, file.name, name, _progress)

    _bring_in(
        database,
        person,
        _fault_in_words(read),
        source=name,
        as_of=as_of.date() if as_of else None,
        unsaid=Confidentiality(unsaid),
        dry_run=dry_run,
        take_theirs=take_theirs,
    )


@directory.command("seed")
@_instance_option
@_agency_option
@_by_option
@_dry_run_option
def seed(instance: Path, agency: str, username: str, dry_run: bool) -> None:
    """Begin with the starter directory of the rulebook. Every entry counts as not verified until somebody has called."""
    database, person, config = _opened_for(instance, agency, username)
    rulebook = loaded(config.rules_path)
    features = rulebook.placement.features if rulebook.placement else ()
    rows = starter_rows(rulebook.services.values(), rulebook.kinds, features)
    unsaid = Confidentiality.PUBLIC
    _bring_in(database, person, rows, source=STARTER, as_of=None, unsaid=unsaid, dry_run=dry_run)


@directory.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@_instance_option
@_agency_option
@_by_option
@click.option(
    "--format",
    "form",
    type=click.Choice([each.value for each in ExportFormat]),
    default=ExportFormat.JSON.value,
    show_default=True,
)
def export_file(file: Path, instance: Path, agency: str, username: str, form: str) -> None:
    """Write what this person may see into a new file only you can read. Undisclosed places never leave."""
    database, person, _config = _opened_for(instance, agency, username)

    def write() -> int:
        try:
            number = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as fault:
            fail(f"{file} cannot be written: {fault.strerror}.")
        with os.fdopen(number, "wb") as opened, database.reading(person) as tx:
            return export_directory(tx, opened, ExportFormat(form))

    click.echo(f"{_fault_in_words(write)} services are in {file}.")


def _bring_in(
    database: Database,
    person: Actor,
    rows: FlatRows,
    *,
    source: str,
    as_of: date | None,
    unsaid: Confidentiality,
    dry_run: bool,
    take_theirs: bool = False,
) -> None:
    report = _fault_in_words(
        lambda: import_directory(
            database,
            person,
            rows,
            source=source,
            as_of=as_of,
            unsaid=unsaid,
            take_theirs=take_theirs,
            dry_run=dry_run,
            progress=_progress,
        )
    )
    _show(report)


def _show(report: ImportReport) -> None:
    for fault in report.faults[:_MOST_SHOWN]:
        click.echo(str(fault), err=True)
    if report.fault_count > _MOST_SHOWN:
        click.echo(f"... {report.fault_count} faults in all.", err=True)
    if report.dry_run:
        for change in report.changes[:_MOST_SHOWN]:
            click.echo(f"{_WORDS[change.what]:<10} {change.table} {change.id}")
        if len(report.changes) > _MOST_SHOWN:
            click.echo("...")
    for table, counts in report.counts.items():
        click.echo(
            f"{table.replace('_', ' '):<20} {counts.added:>7} added {counts.changed:>7} changed "
            f"{counts.unchanged:>7} unchanged {counts.left:>7} no longer in the source "
            f"{counts.kept:>7} kept as edited here"
        )
    ending = "Nothing was changed: this was a dry run." if report.dry_run else "Done."
    click.echo(f"Source '{report.source}', {report.fault_count} faults. {ending}")


def _progress(what: str, number: int) -> None:
    if number % 10_000 == 0:
        click.echo(f"{number} {what}", err=True)


def _opened_for(instance: Path, agency: str, username: str) -> tuple[Database, Actor, Config]:
    config = _fault_in_words(lambda: Config.read(instance))
    timezone = ZoneInfo(config.timezone)
    database = _fault_in_words(
        lambda: Database.open(config.database_url, config.keys_path, utc_now, timezone=timezone)
    )
    person = _fault_in_words(lambda: publisher_named(database, agency=agency, username=username))
    return database, person, config


def _fault_in_words(action: Callable[[], T]) -> T:
    """What the action gives, or the end of the program with the fault in words."""
    try:
        return action()
    except (ConfigFault, Refusal, StoreFault) as fault:
        fail(str(fault))
