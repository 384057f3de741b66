"""The keys file: versioned master keys and the root of derived keys. Whoever has it and the database can read everything.

It is created on the first start with mode 0600 in a folder of mode 0700, and belongs in a backup of its own, apart from
the database's. A draft beside it (``.keys.json.…``), left by a process killed on its first start, may be deleted. There
is no default key anywhere. Windows has no such modes: there the folder's access list must do it.
"""

import base64
import json
import os
import secrets
import stat
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from screening.store.faults import KeysFault

KEY_BYTES = 32
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Keys:
    """What the keys file holds. ``current`` is the version new records are sealed with."""

    current: int
    masters: Mapping[int, bytes] = field(repr=False)
    root: bytes = field(repr=False)


def read_keys(path: Path) -> Keys:
    """Read a keys file.

    Raises KeysFault: missing, open to other people, or not a keys file.
    """
    try:
        status = path.stat()
        text = path.read_text(encoding="ascii")
    except FileNotFoundError:
        raise KeysFault(f"The keys file {path} is missing. Put it back from its backup.") from None
    except (OSError, UnicodeDecodeError):
        raise KeysFault(f"The keys file {path} cannot be read by this user.") from None
    if sys.platform != "win32" and status.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise KeysFault(
            f"The keys file {path} is open to other users of this machine. Run: chmod 600 '{path}'"
        )
    if sys.platform != "win32" and path.parent.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise KeysFault(f"Other users could replace the keys file {path}. Run: chmod go-w '{path.parent}'")
    return _parse(text, path)


def create_keys(path: Path) -> Keys:
    """Draw new keys and keep them in ``path``; if another process was first, its keys are the ones returned.

    The file appears whole or not at all, and is on the disk before anything is sealed with it.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    keys = Keys(1, {1: secrets.token_bytes(KEY_BYTES)}, secrets.token_bytes(KEY_BYTES))
    draft = _write_draft(path, keys)
    try:
        with suppress(FileExistsError):
            _give_name(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    _sync_folder(path.parent)
    return read_keys(path)


def add_master_key(path: Path) -> Keys:
    """Add a master key and make it the current one; the older ones stay, so that older records still open."""
    held = read_keys(path)
    version = max(held.masters) + 1
    keys = Keys(version, {**held.masters, version: secrets.token_bytes(KEY_BYTES)}, held.root)
    _write_draft(path, keys).replace(path)
    _sync_folder(path.parent)
    return keys


def _give_name(draft: Path, path: Path) -> None:
    """Let the draft appear as ``path`` in one step. Raises FileExistsError when there is one already."""
    if sys.platform == "win32":
        draft.rename(path)
    else:
        os.link(draft, path)


def _write_draft(path: Path, keys: Keys) -> Path:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    content = {
        "about": "Master keys. Without this file the database cannot be read; with it anybody can. Keep a separate backup.",
        "format": _FORMAT,
        "current": keys.current,
        "masters": {str(version): _to_text(key) for version, key in keys.masters.items()},
        "root": _to_text(keys.root),
    }
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        json.dump(content, file, indent=2)
        file.flush()
        os.fsync(file.fileno())
    return draft


def _parse(text: str, path: Path) -> Keys:
    try:
        content = json.loads(text)
        masters = {int(version): _from_text(key) for version, key in content["masters"].items()}
        keys = Keys(int(content["current"]), masters, _from_text(content["root"]))
        if content["format"] != _FORMAT or keys.current not in masters:
            raise ValueError
    except (ValueError, KeyError, TypeError, AttributeError):
        raise KeysFault(
            f"{path} is not a keys file of this program. Put the right one back from its backup."
        ) from None
    return keys


def _to_text(key: bytes) -> str:
    return base64.b64encode(key).decode("ascii")


def _from_text(text: str) -> bytes:
    key = base64.b64decode(text, validate=True)
    if len(key) != KEY_BYTES:
        raise ValueError
    return key


def _sync_folder(folder: Path) -> None:
    """Make the new name itself durable; Windows cannot open a folder and needs no such step."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
