"""The process that checks a rulebook before it is published: a zip in, a report out."""

import json
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from io import BytesIO
from typing import Any

import pytest
from tiny_rulebook import INDICATORS, files_with

from screening.core.loading import digest_of
from screening.rule_check_process import MOST_FILES, files_in_zip, is_sound

USES = """
category: {id: last_kind, label: Last kind}
indicators:
  - {id: uses_all, label: Uses, strength: context, when: {any: [{c: yes}, {d: yes}, {count: {at_least: 1}}]},
      means: m, sources: [house_one]}
"""
CASE = """
case: {id: one, title: One, story: Youth A., setting: desk, jurisdiction: us_aa, day: "2026-11-24"}
observed: {a: yes, age: 15}
expect: {result: clear, at_least: clear, at_most: clear}
"""
SOUND = {"indicators/09_last.yaml": USES, "cases/one.yaml": CASE}


def packed(files: Mapping[str, bytes]) -> bytes:
    held = BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return held.getvalue()


def run(content: bytes, *words: str) -> tuple[int, dict[str, Any]]:
    """The exit code and the report."""
    command = [sys.executable, "-m", "screening.rule_check_process", *words]
    finished = subprocess.run(command, input=content, capture_output=True, check=False)
    assert finished.stderr == b""
    return finished.returncode, json.loads(finished.stdout)


def test_a_sound_rulebook() -> None:
    files = files_with(SOUND)
    code, report = run(packed({**files, "README.md": b"not read"}))
    assert code == 0
    assert report == {
        "faults": [],
        "warnings": [],
        "digest": digest_of(files),
        "version": "1",
        "cases": [{"id": "one", "title": "One", "passed": True, "differences": []}],
    }


def test_a_fault_that_is_proved() -> None:
    odd = "  - {id: odd, label: Odd, strength: strong, when: {all: [{a: yes}, {a: no}]}, means: m, sources: [house_one]}\n"
    code, report = run(packed(files_with({**SOUND, "indicators/01_first.yaml": INDICATORS + odd})))
    assert code == 1
    (fault,) = report["faults"]
    assert (fault["file"], fault["code"]) == ("indicators/01_first.yaml", "E301")
    assert set(fault) == {"file", "line", "code", "message", "fix"}
    assert report["cases"][0]["passed"]


def test_a_case_that_comes_out_otherwise() -> None:
    case = CASE.replace("result: clear", "result: none")
    code, report = run(packed(files_with({**SOUND, "cases/one.yaml": case})))
    assert (code, report["faults"]) == (1, [])
    assert report["cases"][0]["differences"] == ["result: expected none, found clear"]


def test_files_that_do_not_hold_together() -> None:
    code, report = run(packed(files_with({**SOUND, "needs.yaml": None})))
    assert code == 1
    assert [fault["code"] for fault in report["faults"]] == ["E002"]
    assert (report["digest"], report["version"], report["cases"]) == (None, None, [])


@pytest.mark.parametrize("content", [b"", b"no zip at all", packed({"a.yaml": b"x" * 100})[:60]])
def test_what_is_no_zip_is_told_as_a_fault(content: bytes) -> None:
    code, report = run(content)
    assert code == 1
    assert [fault["code"] for fault in report["faults"]] == ["E001"]


def test_a_zip_that_holds_too_much_is_not_unpacked() -> None:
    with pytest.raises(zipfile.BadZipFile, match="more than a rulebook"):
        files_in_zip(packed({f"law/{number}.yaml": b"" for number in range(MOST_FILES + 1)}))
    held = BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("law/bomb.yaml", b"0" * 30_000_000)
    assert len(held.getvalue()) < 100_000
    with pytest.raises(zipfile.BadZipFile, match="more than a rulebook"):
        files_in_zip(held.getvalue())


def test_without_mock_cases_nothing_is_sound() -> None:
    assert not is_sound({"faults": [], "cases": []})
    assert is_sound({"faults": [], "cases": [{"passed": True}]})
    assert not is_sound({"faults": [{}], "cases": [{"passed": True}]})
