"""The check of an edition in a process of its own: what it finds, and that it cannot harm the program around it."""

import io
import stat
import sys
import zipfile
from collections.abc import Mapping

import pytest
from edition_files import BROKEN, LICENSED_FOLDER, edition, licensed_edition

from screening.config import shipped_folder
from screening.core.loading import read_rule_files
from screening.operations.rulebooks import (
    ArchiveRefused,
    CheckImpossible,
    check_in_child,
    checking,
    files_in_archive,
)
from screening.operations.rulebooks.checking import read_report

HOSTILE = {
    "never ends": "while True: pass",
    "sleeps": "import time; time.sleep(60)",
    "eats memory": "bytearray(8 * 1024**3)",
    "floods": "import sys\nfor _ in range(10**9): sys.stdout.write('x' * 10**6)",
    "breaks": "raise SystemExit(3)",
    "says something else": "print('[]')",
    "says half": "print('{\"faults\": [{}]}')",
}


def archive(files: Mapping[str, bytes | str], **options: object) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, **options) as opened:
        for name, content in files.items():
            opened.writestr(name, content)
    return buffer.getvalue()


def test_the_child_finds_the_shipped_rulebook_sound_also_with_a_licensed_tool() -> None:
    report = check_in_child(read_rule_files(shipped_folder("rules"), LICENSED_FOLDER))

    assert report.faults == ()
    assert report.is_sound
    assert "invented_tool_high" in {case.id for case in report.cases}
    assert read_report(report.as_json()) == report


@pytest.mark.parametrize(
    "fault", ["a fault", "a failed mock case", "no mock case", "a file in the wrong place"]
)
def test_the_child_finds_what_is_wrong(fault: str) -> None:
    report = check_in_child(BROKEN[fault])

    assert not report.is_sound
    if fault in ("a fault", "a file in the wrong place"):
        assert all(
            each.file and each.line and each.code and each.message and each.fix for each in report.faults
        )
        assert report.faults


@pytest.mark.parametrize("deed", HOSTILE)
def test_a_child_that_misbehaves_is_ended_and_nothing_is_taken(
    deed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "_CHILD", (sys.executable, "-c", HOSTILE[deed]))
    monkeypatch.setattr(checking, "TIME_LIMIT_SECONDS", 2)
    monkeypatch.setattr(checking, "_MEMORY_LIMIT", 10**9)

    with pytest.raises(CheckImpossible):
        check_in_child(edition())
    assert checking._turn.acquire(blocking=False), "the next check may begin"
    checking._turn.release()


def test_one_check_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "_WAIT_SECONDS", 0.05)
    with checking._turn, pytest.raises(CheckImpossible, match="Another rulebook is being checked"):
        check_in_child(edition())


def test_the_child_sees_nothing_of_the_programs_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCREENING_SECRET_KEY", "very secret")
    told = "import os, json; print(json.dumps({'faults': [], 'version': ' '.join(os.environ)}))"
    monkeypatch.setattr(checking, "_CHILD", (sys.executable, "-c", told))

    assert "SCREENING" not in check_in_child(edition()).version


def test_an_archive_gives_its_rule_files_with_or_without_a_folder_around() -> None:
    files = licensed_edition()

    assert files_in_archive(archive(files)) == files
    around = {f"my rules/{name}": content for name, content in files.items()}
    extra = {"my rules/README.md": "hello", "__MACOSX/my rules/._x.yaml": "x", "my rules/.hidden.yaml": "x"}
    assert files_in_archive(archive(around | extra)) == files


@pytest.mark.parametrize(
    "name",
    [
        "../x.yaml",
        "/x.yaml",
        "a/../x.yaml",
        "C:/x.yaml",
        "a\\x.yaml",
        "a//x.yaml",
        "a/./x.yaml",
        "a\n.yaml",
        "x" * 300 + ".yaml",
    ],
)
def test_a_name_that_leads_out_of_the_folder_is_refused(name: str) -> None:
    with pytest.raises(ArchiveRefused):
        files_in_archive(archive(edition() | {name: b"a: 1"}))


def linked() -> bytes:
    entry = zipfile.ZipInfo("sources/link.yaml")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as opened:
        opened.writestr(entry, "/etc/passwd")
    return buffer.getvalue()


def doubled() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as opened:
        opened.writestr("a.yaml", "1")
        with pytest.warns(UserWarning, match="Duplicate"):
            opened.writestr("a.yaml", "2")
    return buffer.getvalue()


def liar() -> bytes:
    """Says that a file is small, and unpacks to more."""
    packed = archive({"big.yaml": b"a" * 4_000_000})
    return packed.replace((4_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))


BAD = {
    "not an archive": lambda: b"PK but not really",
    "empty": lambda: archive({}),
    "without rules": lambda: archive({"notes.txt": "x"}),
    "a link": linked,
    "two of a name": doubled,
    "too many files": lambda: archive({f"sources/{number}.yaml": "a" for number in range(501)}),
    "too many entries": lambda: archive({f"{number}.txt": "a" for number in range(5001)}),
    "a huge file": lambda: archive({"big.yaml": b"a" * 3_000_000}),
    "a bomb": lambda: archive({f"sources/{number}.yaml": b"a" * 2_000_000 for number in range(12)}),
    "a lying bomb": liar,
    "cut off": lambda: archive(edition())[:-40],
    "damaged": lambda: archive(edition()).replace(b"PK\x03\x04", b"PK\x03\x05"),
}


@pytest.mark.parametrize("kind", BAD)
def test_what_is_no_safe_archive_is_refused_in_words(kind: str) -> None:
    packed = BAD[kind]()
    assert len(packed) < 1_000_000

    with pytest.raises(ArchiveRefused) as refused:
        files_in_archive(packed)
    assert str(refused.value).endswith(".")
