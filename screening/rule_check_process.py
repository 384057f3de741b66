"""Check a rulebook in a process of its own: a zip of rule files on standard input, a report as JSON on standard output.

``python -m screening.rule_check_process [--today 2026-11-24] < rules.zip``. Exit code 0: it can be used; 1: it cannot;
2: the command line is wrong. Whoever starts it sets a limit of time. The commands for authors print the same report.
"""

import json
import sys
import zipfile
from argparse import ArgumentParser
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from io import BytesIO
from typing import Any

from screening.core.case_results import case_results
from screening.core.rule_files import Fault
from screening.core.rule_proofs import Checked, check_rule_files

MOST_FILES = 500
MOST_BYTES = 20_000_000
"""More than this, unpacked, is no rulebook; the shipped one has sixty files and half a megabyte."""


def check_report(checked: Checked) -> dict[str, Any]:
    """What was found, as plain data; digest and version are nothing where the files do not hold together."""
    rulebook = checked.rulebook
    return {
        "faults": [asdict(fault) for fault in checked.faults],
        "warnings": [asdict(fault) for fault in checked.warnings],
        "digest": None if rulebook is None else rulebook.digest,
        "version": None if rulebook is None else rulebook.version,
    }


def full_report(checked: Checked) -> dict[str, Any]:
    """The same, with what the mock cases come to."""
    cases = [] if checked.rulebook is None else case_results(checked.rulebook)
    return {**check_report(checked), "cases": cases}


def is_sound(report: Mapping[str, Any]) -> bool:
    """Whether a full report lets the rulebook be used: no fault, and mock cases that all pass."""
    cases = report["cases"]
    return not report["faults"] and bool(cases) and all(case["passed"] for case in cases)


def files_in_zip(content: bytes) -> dict[str, bytes]:
    """The YAML files of a zip: name → content.

    Raises:
        zipfile.BadZipFile: it is no zip, or holds more than a rulebook could.
    """
    with zipfile.ZipFile(BytesIO(content)) as packed:
        entries = [entry for entry in packed.infolist() if entry.filename.endswith(".yaml")]
        if len(entries) > MOST_FILES or sum(entry.file_size for entry in entries) > MOST_BYTES:
            raise zipfile.BadZipFile("it holds more than a rulebook could")
        return {entry.filename: packed.read(entry) for entry in entries}


def main() -> int:
    """Read, check, report. Returns the exit code."""
    arguments = ArgumentParser(prog="python -m screening.rule_check_process")
    arguments.add_argument(
        "--today", type=date.fromisoformat, help="list notes of law due for review on that day"
    )
    today = arguments.parse_args().today
    try:
        checked = check_rule_files(files_in_zip(sys.stdin.buffer.read()), today)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        fault = Fault(
            "", 1, "E001", f"the rule files cannot be unpacked: {error}", "send a zip of the rules folder"
        )
        checked = Checked(None, (fault,), ())
    report = full_report(checked)
    json.dump(report, sys.stdout, ensure_ascii=True)
    return 0 if is_sound(report) else 1


if __name__ == "__main__":
    sys.exit(main())
