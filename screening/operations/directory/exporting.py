"""The directory as a file for others: HSDS JSON, one service a line or as a list, or a zipped tabular package.

What is undisclosed never leaves, whoever asks; what is confidential leaves with those who may see it, and the journal
tells how much.
"""

import json
import zipfile
from enum import StrEnum
from typing import BinaryIO

from screening.core.directory_csv import PACKAGE, csv_lines, data_package
from screening.core.directory_nesting import Nesting
from screening.core.directory_tables import TABLES
from screening.operations.actors import Verb, require
from screening.operations.database import Transaction
from screening.operations.directory.disclosing import FlatTables, whole_directory
from screening.store.journal_actions import AuditAction


class ExportFormat(StrEnum):
    """How a directory is written."""

    JSON = "json"
    NDJSON = "ndjson"
    TABULAR = "tabular"


_FIXED_TIME = (1980, 1, 1, 0, 0, 0)


def export_directory(tx: Transaction, file: BinaryIO, form: ExportFormat) -> int:
    """Write everything the actor may see; out: how many services. Raises PermissionRefused.

    JSON holds the services with all that belongs to them, and after them the organizations and locations without a service.
    """
    actor = require(tx.actor, Verb.VIEW_DIRECTORY)
    tables = whole_directory(tx)
    if form is ExportFormat.TABULAR:
        _write_package(tables, file)
    else:
        _write_json(tables, file, form)
    confidential = sum(
        1
        for row in tables["attribute"].values()
        if row.get("value") == "confidential" and row.get("link_entity") in ("service", "location")
    )
    services = len(tables["service"])
    tx.note_view(
        AuditAction.DIRECTORY_EXPORTED,
        actor.agency_id,
        format=form.value,
        services=services,
        confidential=confidential,
    )
    return services


def _write_package(tables: FlatTables, file: BinaryIO) -> None:
    written = [table for table in TABLES if tables[table]]
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for table in written:
            entry = zipfile.ZipInfo(TABLES[table].file, _FIXED_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(entry, "w", force_zip64=True) as opened:
                for lines in csv_lines(table, tables[table].values()):
                    opened.write(lines.encode("utf-8"))
        archive.writestr(zipfile.ZipInfo(PACKAGE, _FIXED_TIME), data_package(written))


def _write_json(tables: FlatTables, file: BinaryIO, form: ExportFormat) -> None:
    nesting = Nesting(tables)
    with_services = {row.get("organization_id") for row in tables["service"].values()}
    at_services = {row.get("location_id") for row in tables["service_at_location"].values()}
    every = [("service", row_id) for row_id in tables["service"]]
    every += [("organization", row_id) for row_id in tables["organization"] if row_id not in with_services]
    every += [
        ("location", row_id)
        for row_id, row in tables["location"].items()
        if row_id not in at_services and row.get("organization_id") not in tables["organization"]
    ]
    before, between, after = ("", "\n", "\n") if form is ExportFormat.NDJSON else ("[\n", ",\n", "\n]\n")
    file.write(before.encode())
    for number, (table, row_id) in enumerate(every):
        text = json.dumps(nesting.whole(table, row_id), ensure_ascii=False, separators=(",", ":"))
        file.write(f"{between if number else ''}{text}".encode())
    file.write(after.encode())
