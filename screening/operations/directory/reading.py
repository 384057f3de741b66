"""A file somebody brings, read into flat rows: HSDS JSON or a zipped tabular package.

JSON may be one object, a page, a list, or one object a line. Nothing of an archive is ever written to the disk under a
name it chose, and sizes are counted while unpacking, whatever the archive says of itself. A file that cannot be read at
all is refused; within a file that can, what is wrong is told row by row.
"""

import csv
import io
import json
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import IO, Any, BinaryIO, NoReturn

from screening.core.directory_csv import PACKAGE, read_csv
from screening.core.directory_rows import FlatRows, Place, take_apart
from screening.core.directory_tables import TABLE_OF_FILE, TABLES, Row
from screening.core.directory_upgrade import is_legacy, is_read, upgraded
from screening.operations.actors import Refusal

Progress = Callable[[str, int], None]
"""Told what is being done and how far it has come: the word ``read`` or ``compared`` and a number."""

MOST_ENTRIES = 200
LARGEST_IN_ALL = 2 * 1024**3
LARGEST_VALUE = 512 * 1024**2
_CHUNK = 1024**2
_EVERY = 1000
_ORGANIZATION_ONLY = frozenset(TABLES["organization"].shape.model_fields) - frozenset(
    TABLES["taxonomy"].shape.model_fields
)


class DirectoryFileRefused(Refusal):
    """What was brought is no directory that can be read, or not safe to unpack; the message says why. Nothing was changed."""


def read_directory_file(file: BinaryIO, name: str, source: str, progress: Progress | None = None) -> FlatRows:
    """The rows of a file, each checked by itself, with everything that was wrong.

    ``name`` is what the file is called in reports; ``source`` keeps apart ids of older versions of HSDS. Raises
    DirectoryFileRefused.
    """
    rows = FlatRows()
    told = progress or (lambda _what, _number: None)
    start = file.read(4)
    file.seek(0)
    if start[:2] == b"PK":
        _read_archive(file, source, rows, told)
    else:
        _read_json(file, name, source, rows, told)
    if not any(rows.tables.values()) and not rows.fault_count:
        raise DirectoryFileRefused("The file holds nothing of a directory.")
    return rows


def _read_archive(file: BinaryIO, source: str, rows: FlatRows, progress: Progress) -> None:
    try:
        with zipfile.ZipFile(file) as archive:
            members = _members(archive)
            left = [LARGEST_IN_ALL]
            headers = {name: _header(archive, member) for name, member in members.items()}
            if is_legacy(headers):
                tables = {
                    name: list(_table_rows(archive, name, member, rows, left))
                    for name, member in members.items()
                }
                _take(upgraded(tables, source), rows, progress)
            else:
                _take(_current_rows(archive, members, rows, left), rows, progress)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError):
        raise DirectoryFileRefused("This is not a ZIP archive that can be read.") from None


def _members(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """Table file → where it lies in the archive. A description of the package may give other names to the files."""
    entries = archive.infolist()
    if len(entries) > MOST_ENTRIES:
        raise DirectoryFileRefused("The archive holds too many files to be a tabular package.")
    given = _names_in_package(archive, entries)
    found: dict[str, zipfile.ZipInfo] = {}
    for entry in entries:
        base = entry.filename.rpartition("/")[2]
        name = given.get(base, base)
        if not is_read(name) or "__MACOSX" in entry.filename:
            continue
        if stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG):
            raise DirectoryFileRefused("The archive holds a link. Put the file itself there instead.")
        if entry.flag_bits & 1:
            raise DirectoryFileRefused("The archive is locked with a password. Zip the files without one.")
        if name in found:
            raise DirectoryFileRefused(f"The archive holds {name} twice.")
        found[name] = entry
    if not found:
        raise DirectoryFileRefused("The archive holds no table of HSDS, such as services.csv.")
    return found


def _names_in_package(archive: zipfile.ZipFile, entries: Iterable[zipfile.ZipInfo]) -> dict[str, str]:
    package = next((each for each in entries if each.filename.rpartition("/")[2] == PACKAGE), None)
    if package is None:
        return {}
    with archive.open(package) as opened:
        content = opened.read(_CHUNK * 8)
    try:
        described = json.loads(content)
        pairs = [(each["path"], each["name"]) for each in described["resources"]]
    except (ValueError, KeyError, TypeError, RecursionError):
        return {}  # the description is no more than a help: the usual names still count
    return {
        str(path).rpartition("/")[2]: TABLES[name].file
        for path, name in pairs
        if isinstance(name, str) and name in TABLES
    }


def _header(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> list[str]:
    with archive.open(member) as opened:
        line = opened.read(65_536).decode("utf-8-sig", "replace").partition("\n")[0]
    return [name.strip().strip('"') for name in line.strip().split(",")]


def _current_rows(
    archive: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo], rows: FlatRows, left: list[int]
) -> Iterator[tuple[str, Row, Place]]:
    for name, member in members.items():
        for line, row in _table_rows(archive, name, member, rows, left):
            yield TABLE_OF_FILE[name], row, Place(name, line)


def _table_rows(
    archive: zipfile.ZipFile, name: str, member: zipfile.ZipInfo, rows: FlatRows, left: list[int]
) -> Iterator[tuple[str, Row]]:
    with archive.open(member) as opened:
        counted = _Counted(
            opened, left
        )  # has what TextIOWrapper calls for reading, not all its type asks for
        lines = io.TextIOWrapper(counted, "utf-8-sig", newline="")  # type: ignore[type-var]
        line = "line 1"
        try:
            for line, row in read_csv(lines):
                yield line, row
        except (csv.Error, UnicodeDecodeError):
            rows.tell(Place(name, f"after {line}"), "file", "cannot be read on from here", kept=False)


class _Counted(io.RawIOBase):
    """What an archive unpacks to, as long as it is not more than is taken in all."""

    def __init__(self, inner: IO[bytes], left: list[int]) -> None:
        self._inner = inner
        self._left = left

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        content = self._inner.read(len(buffer))
        self._left[0] -= len(content)
        if self._left[0] < 0:
            raise DirectoryFileRefused("The archive unpacks to more than a directory needs.")
        buffer[: len(content)] = content
        return len(content)


def _take(found: Iterable[tuple[str, Row, Place]], rows: FlatRows, progress: Progress) -> None:
    for number, (table, row, place) in enumerate(found, 1):
        rows.add(table, row, place)
        if number % _EVERY == 0:
            progress("read", number)


def _read_json(file: BinaryIO, name: str, source: str, rows: FlatRows, progress: Progress) -> None:
    text = io.TextIOWrapper(file, "utf-8-sig")
    try:
        for number, (label, value) in enumerate(_values(text, name, rows), 1):
            _take_value(value, Place(name, label), source, rows)
            if number % _EVERY == 0:
                progress("read", number)
    except UnicodeDecodeError:
        raise DirectoryFileRefused("The file is not written in UTF-8.") from None
    finally:
        text.detach()


def _values(text: io.TextIOWrapper, name: str, rows: FlatRows) -> Iterator[tuple[str, Any]]:
    """Each JSON value of a list, of lines, or the one there is, with where it stands."""
    first = text.readline(LARGEST_VALUE)
    while first and not first.strip():
        first = text.readline(LARGEST_VALUE)
    if first.lstrip().startswith("["):
        yield from _listed_values(first, text, name, rows)
        return
    whole, value = _decoded(first)
    if whole:
        yield "line 1", value
        yield from _line_values(text, name, rows)
        return
    whole, value = _decoded(first + text.read(LARGEST_VALUE))
    if not whole:
        raise DirectoryFileRefused("The file is neither JSON that can be read nor a ZIP archive.")
    yield "1", value


def _line_values(text: Iterable[str], name: str, rows: FlatRows) -> Iterator[tuple[str, Any]]:
    for number, line in enumerate(text, 2):
        if not line.strip():
            continue
        whole, value = _decoded(line)
        if whole:
            yield f"line {number}", value
        else:
            rows.tell(Place(name, f"line {number}"), "line", "is no JSON that can be read", kept=False)


def _listed_values(
    first: str, text: io.TextIOWrapper, name: str, rows: FlatRows
) -> Iterator[tuple[str, Any]]:
    """The values of a list, read piece by piece, so that the list is never in memory as a whole."""
    buffer, number, chunk = first.lstrip()[1:], 0, _CHUNK
    while True:
        buffer = buffer.lstrip(" \t\r\n,")
        if buffer.startswith("]"):
            return
        try:
            value, end = _DECODER.raw_decode(buffer) if buffer else (None, 0)
        except (ValueError, RecursionError):
            end = 0
        if end:
            number, chunk = number + 1, _CHUNK
            yield str(number), value
            buffer = buffer[end:]
            continue
        more = text.read(chunk)
        chunk *= 2
        if not more or len(buffer) > LARGEST_VALUE:
            rows.tell(Place(name, str(number + 1)), "list", "cannot be read on from here", kept=False)
            return
        buffer += more


def _no_constant(_word: str) -> NoReturn:
    raise ValueError("NaN and Infinity are no JSON")


_DECODER = json.JSONDecoder(parse_constant=_no_constant)


def _decoded(text: str) -> tuple[bool, Any]:
    try:
        return True, _DECODER.decode(text)
    except (ValueError, RecursionError):
        return False, None


def _take_value(value: Any, place: Place, source: str, rows: FlatRows) -> None:
    if isinstance(value, dict) and isinstance(value.get("contents"), list):
        for number, each in enumerate(value["contents"], 1):
            take_apart(rows, _table_of(each), each, Place(place.file, f"contents {number}"))
    elif isinstance(value, dict) and any(is_read(str(key)) for key in value):
        _take_tables(value, source, rows)
    else:
        take_apart(rows, _table_of(value), value, place)


def _take_tables(value: dict[str, Any], source: str, rows: FlatRows) -> None:
    """The tabular form written as JSON: file → rows."""
    tables: dict[str, list[tuple[str, Row]]] = {}
    for file, listed in value.items():
        if not is_read(file):
            continue
        numbered = enumerate(listed if isinstance(listed, list) else [listed], 1)
        tables[file] = []
        for number, row in numbered:
            if isinstance(row, dict):
                tables[file].append((f"row {number}", row))
            else:
                rows.tell(Place(file, f"row {number}"), "row", "is not a JSON object", kept=False)
    if is_legacy(
        {file: [column for _line, row in listed for column in row] for file, listed in tables.items()}
    ):
        _take(upgraded(tables, source), rows, lambda _what, _number: None)
        return
    for file, listed in tables.items():
        for line, row in listed:
            rows.add(TABLE_OF_FILE[file], row, Place(file, line))


def _table_of(value: Any) -> str:
    """Which object a JSON object is, told by fields that only it has."""
    keys = value.keys() if isinstance(value, dict) else frozenset()
    if "location_type" in keys:
        return "location"
    if "status" in keys:
        return "service"
    if keys & {"location", "location_id"} or keys & {"service", "service_id"}:
        return "service_at_location"
    if keys & {"code", "parent_id", "taxonomy", "taxonomy_detail", "taxonomy_id", "term_uri"}:
        return "taxonomy_term"
    if "version" in keys and not keys & _ORGANIZATION_ONLY:
        return "taxonomy"
    return "organization"
