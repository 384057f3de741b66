"""The rule files in an archive that somebody uploads. Nothing of it is ever written to the disk under a name it chose."""

import io
import re
import stat
import zipfile
import zlib

from screening.core.rule_files import LICENSED
from screening.operations.actors import Refusal

MOST_FILES = 500
MOST_ENTRIES = 5000
LARGEST_FILE = 2 * 1024**2
LARGEST_IN_ALL = 20 * 1024**2
_NAME = re.compile(r"[\w][\w. -]*(/[\w][\w. -]*){0,9}")
_HEART = "rulebook.yaml"


class ArchiveRefused(Refusal):
    """What was uploaded is no archive of rule files, or one that is not safe to unpack; the message says why."""


def files_in_archive(archive: bytes) -> dict[str, bytes]:
    """File name → content of every YAML file in a ZIP archive. Other files are left out.

    A single folder around everything is taken off, so that a zipped ``rules`` folder can be sent as it is. Sizes are counted
    while unpacking, whatever the archive says of itself. Raises ArchiveRefused.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            entries = opened.infolist()
            if len(entries) > MOST_ENTRIES:
                raise ArchiveRefused("The archive holds too many files to be a rulebook.")
            files = _unpacked(opened, [entry for entry in entries if _is_wanted(entry)])
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, RuntimeError):
        raise ArchiveRefused(
            "This is not a ZIP archive that can be read. Zip the folder of rules again."
        ) from None
    if not files:
        raise ArchiveRefused("The archive holds no YAML files. Zip the folder that holds rulebook.yaml.")
    return _without_folder_around(files)


def _is_wanted(entry: zipfile.ZipInfo) -> bool:
    """YAML files; not what some systems put beside them under a hidden name."""
    parts = entry.filename.split("/")
    return entry.filename.endswith(".yaml") and not any(
        part.startswith((".", "__MACOSX")) and part.strip(".") for part in parts
    )


def _unpacked(opened: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> dict[str, bytes]:
    if len(entries) > MOST_FILES:
        raise ArchiveRefused(f"The archive holds more than {MOST_FILES} rule files.")
    files: dict[str, bytes] = {}
    left = LARGEST_IN_ALL
    for entry in entries:
        _check_entry(entry)
        if entry.filename in files:
            raise ArchiveRefused(
                "The archive holds two files of the same name. Zip the folder of rules again."
            )
        most = min(LARGEST_FILE, left)
        with opened.open(entry) as file:
            content = file.read(most + 1)
        if len(content) > most:
            raise ArchiveRefused("The archive unpacks to more than a rulebook needs. Nothing of it was kept.")
        files[entry.filename] = content
        left -= len(content)
    return files


def _check_entry(entry: zipfile.ZipInfo) -> None:
    if not _NAME.fullmatch(entry.filename) or len(entry.filename) > 200:
        raise ArchiveRefused(
            "A file in the archive has a name that leads out of the folder or cannot be a rule file's. "
            "Zip the folder of rules again."
        )
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        raise ArchiveRefused("The archive holds a link. Put the file itself there instead.")
    if entry.flag_bits & 1:
        raise ArchiveRefused("The archive is locked with a password. Zip the folder of rules without one.")


def _without_folder_around(files: dict[str, bytes]) -> dict[str, bytes]:
    if _HEART in files:
        return files
    around = {name.partition("/")[0] for name in files}
    folder = f"{around.pop()}/" if len(around) == 1 else ""
    if not folder or folder == LICENSED or f"{folder}{_HEART}" not in files:
        return files
    return {name.removeprefix(folder): content for name, content in files.items()}
