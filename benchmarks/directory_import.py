"""Bringing in a synthetic directory, beside a bare INSERT of the same rows: what checks, comparison and journal cost.

Usage: directory_import.py [services]   (50,000 if left out). Each measurement runs in a process of its own, so that its peak of
memory is its own; seconds are CPU. The file is HSDS JSON: a line is a service with organization, place, numbers, hours, areas.
"""

import json
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from screening.core.directory_values import derived_id
from screening.operations.accounts import found_agency
from screening.operations.actors import Actor, Role
from screening.operations.database import Database
from screening.operations.directory import import_directory, read_directory_file

TABLES = (
    "taxonomies",
    "taxonomy_terms",
    "organizations",
    "locations",
    "services",
    "service_at_locations",
    "directory_attributes",
)


def synthetic(services: int) -> Iterator[dict[str, Any]]:
    """Invented services; five of them share an organization."""
    for number in range(services):
        organization = derived_id("bench", "organization", str(number // 5))
        own = derived_id("bench", "service", str(number))
        phone = {"id": derived_id(own, "phone"), "number": f"816 555 {number % 10_000:04}", "type": "voice"}
        yield {
            "id": own,
            "name": f"Service {number}",
            "status": "active",
            "description": "Invented words about what is done for whom, and when. " * 4,
            "minimum_age": 12,
            "maximum_age": 17,
            "phones": [phone, {**phone, "id": derived_id(own, "second phone")}],
            "schedules": [
                {
                    "id": derived_id(own, day),
                    "freq": "WEEKLY",
                    "byday": day,
                    "opens_at": "09:00",
                    "closes_at": "17:00",
                }
                for day in ("MO", "TU", "WE")
            ],
            "service_areas": [{"id": derived_id(own, "area"), "name": "Example County"}],
            "languages": [{"id": derived_id(own, "language"), "name": "Spanish", "code": "es"}],
            "organization": {
                "id": organization,
                "name": f"Organization {number // 5}",
                "description": "Invented.",
            },
            "service_at_locations": [{"id": derived_id(own, "at"), "location": _location(own, number)}],
        }


def _location(own: str, number: int) -> dict[str, Any]:
    address = {
        "id": derived_id(own, "address"),
        "address_1": f"{number} Example Avenue",
        "city": "Exampleville",
        "state_province": "MO",
        "postal_code": f"{64000 + number % 900}",
        "country": "US",
        "address_type": "physical",
    }
    return {
        "id": derived_id(own, "location"),
        "location_type": "physical",
        "latitude": 39.0 + number / 1e6,
        "longitude": -94.0 - number / 1e6,
        "addresses": [address],
    }


def child(folder: Path, what: str) -> None:
    """One measurement, told as JSON."""
    began = time.process_time()
    if what == "insert":
        _insert(folder)
        told: dict[str, Any] = {"seconds": time.process_time() - began}
    else:
        told = _import(folder)
    told["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(told))


def _import(folder: Path) -> dict[str, Any]:
    database = Database.open(
        f"sqlite:///{folder / 'ours.sqlite'}", folder / "keys.json", lambda: datetime.now(UTC)
    )
    marker = folder / "agency"
    if not marker.exists():
        password = derived_id("a password nobody has")
        marker.write_text(
            found_agency(database, name="Bench", username="bench", administrator="Bench", password=password)
        )
    editor = Actor("bench", "Bench", Role.DIRECTORY_EDITOR, marker.read_text())
    began = time.process_time()
    with (folder / "directory.ndjson").open("rb") as file:
        rows = read_directory_file(file, "directory.ndjson", "bench")
    read = time.process_time()
    report = import_directory(database, editor, rows, source="bench")
    now = time.process_time()
    assert not report.faults
    database.close()
    return {
        "seconds": now - began,
        "reading": read - began,
        "added": report.total("added"),
        "unchanged": report.total("unchanged"),
    }


def _insert(folder: Path) -> None:
    """The floor: the same rows into the same tables with the same indexes, one statement a table, one transaction."""
    floor = sqlite3.connect(folder / "floor.sqlite")
    floor.execute("PRAGMA journal_mode=WAL")
    floor.execute("PRAGMA synchronous=FULL")
    ours = sqlite3.connect(folder / "ours.sqlite")
    for (sql,) in ours.execute(
        f"SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND tbl_name IN {TABLES} ORDER BY type DESC"  # noqa: S608
    ):
        floor.execute(sql)
    rows = {table: ours.execute(f"SELECT * FROM {table}").fetchall() for table in TABLES}  # noqa: S608
    began = time.process_time()
    with floor:
        for table, found in rows.items():
            if found:
                marks = ", ".join("?" * len(found[0]))
                floor.executemany(f"INSERT INTO {table} VALUES ({marks})", found)  # noqa: S608
    print(f"{time.process_time() - began:.3f}", file=sys.stderr)


def main() -> None:
    """Measure and print."""
    services = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with (folder / "directory.ndjson").open("w") as file:
            for each in synthetic(services):
                file.write(json.dumps(each) + "\n")
        size = (folder / "directory.ndjson").stat().st_size / 1e6
        print(f"{services} services, {size:.0f} MB of JSON lines")
        first, again = _measured(folder, "import"), _measured(folder, "import")
        insert = _measured(folder, "insert")
        bare = float(insert["told"])
        for label, told in (("import", first), ("again, nothing changed", again)):
            print(
                f"{label:<24} {told['seconds']:7.1f} s ({told['reading']:.1f} reading), peak {told['peak_mb']:.0f} MB, "
                f"{told['seconds'] / bare:.1f} x the bare INSERT"
            )
        print(f"{'bare INSERT':<24} {bare:7.1f} s")


def _measured(folder: Path, what: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, __file__, "child", str(folder), what], check=True, capture_output=True, text=True
    )
    return {**json.loads(done.stdout), "told": done.stderr.strip() or 0}


if __name__ == "__main__":
    if sys.argv[1:2] == ["child"]:
        child(Path(sys.argv[2]), sys.argv[3])
    else:
        main()
