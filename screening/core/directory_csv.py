"""The tabular form of HSDS: one CSV file a table, and a ``datapackage.json`` in Frictionless' words that describes them."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, get_args

from screening.core.directory import HSDS_VERSION
from screening.core.directory_tables import COLUMNS, REFERENCES, REQUIRED, TABLES, Row
from screening.core.directory_values import Day, Number, Uri, Uuid, WebAddress

PACKAGE = "datapackage.json"
_TYPES = {
    Number: {"type": "number"},
    Day: {"type": "date"},
    Uuid: {"type": "string", "format": "uuid"},
    Uri: {"type": "string", "format": "uri"},
    WebAddress: {"type": "string", "format": "uri"},
}


def csv_lines(table: str, rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The file of a table, line by line, its header first."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    columns = COLUMNS[table]
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_written(row.get(column)) for column in columns])
        if buffer.tell() > 65_536:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def _written(value: Any) -> str:
    if isinstance(value, float):
        text = repr(value)
        return text if "e" not in text else f"{value:.15f}".rstrip("0")
    return "" if value is None else str(value)


def read_csv(lines: Iterable[str]) -> Iterator[tuple[str, Row]]:
    """(line, row) for each row of a file; empty fields are left out. Raises csv.Error where it cannot be read on."""
    reader = csv.reader(lines, strict=False)
    columns = [name.strip() for name in next(reader, [])]
    for cells in reader:
        row = {column: cell for column, cell in zip(columns, cells, strict=False) if cell != ""}
        if row:
            yield f"line {reader.line_num}", row


def data_package(files: Iterable[str]) -> str:
    """The description of these tables' files, as JSON."""
    package = {
        "name": "human_services_data",
        "profile": "tabular-data-package",
        "version": HSDS_VERSION,
        "homepage": "https://docs.openreferral.org",
        "resources": [_resource(table) for table in files],
    }
    return json.dumps(package, indent=1)


def _resource(table: str) -> dict[str, Any]:
    keys = [
        {"fields": field, "reference": {"resource": target, "fields": "id"}}
        for field, target in REFERENCES[table].items()
        if target in TABLES
    ]
    schema = {
        "primaryKey": "id",
        "fields": [_field(table, column) for column in COLUMNS[table]],
        **({"foreignKeys": keys} if keys else {}),
    }
    return {
        "name": table,
        "path": TABLES[table].file,
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": schema,
    }


def _field(table: str, column: str) -> dict[str, Any]:
    annotation = TABLES[table].shape.model_fields[column].annotation
    kinds = [annotation, *get_args(annotation)]
    described = {"type": "string"}
    for kind, words in _TYPES.items():
        if kind in kinds or (kind is Number and (int in kinds or float in kinds)):
            described = dict(words)
    needed = column in REQUIRED[table] or column in TABLES[table].must_refer
    return {"name": column, **described, "constraints": {"required": needed, "unique": column == "id"}}
