"""Keeping every rulebook that was ever used readable, as it was."""

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from screening.core.loading import digest_of
from screening.core.rulebook import Rulebook
from screening.operations.actors import Refusal
from screening.operations.database import Database, Transaction
from screening.store.journal_actions import AuditAction
from screening.store.models import RulebookFiles

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest a zip can say: archives of equal files are equal


class RulebookNotKept(Refusal):
    """No rulebook with that digest was ever kept here, or the files handed in are not the rulebook's."""


@dataclass(frozen=True, slots=True)
class KeptRulebook:
    """A rulebook as it was when it was first used: file name → content."""

    digest: str
    version: str
    published_at: datetime
    files: Mapping[str, bytes]


def keep_rulebook(db: Database, rulebook: Rulebook, files: Mapping[str, bytes]) -> bool:
    """Keep the files of a rulebook, once; call it on every start, before the first screening is opened under it.

    In: the loaded rulebook and what ``core.loading.read_rule_files`` read. Out: whether it was new. Raises RulebookNotKept
    when the files are not the rulebook's.
    """
    if digest_of(files) != rulebook.digest:
        raise RulebookNotKept("These files are not the ones the rulebook was loaded from. Load it again.")
    with db.reading(None) as tx:
        if _is_kept(tx, rulebook.digest):
            return False
    try:
        with db.writing(None) as tx:
            _add(tx, rulebook, files)
    except IntegrityError:  # another process that started at the same moment was first
        return False
    return True


def kept_rulebook(tx: Transaction, digest: str) -> KeptRulebook:
    """The rulebook with that digest as it was kept. Raises RulebookNotKept."""
    found = tx.session.execute(
        select(RulebookFiles).where(RulebookFiles.digest == digest)
    ).scalar_one_or_none()
    if found is None:
        raise RulebookNotKept("No rulebook with this digest is kept here.")
    return KeptRulebook(found.digest, found.version, found.published_at, _unpacked(found.files))


def _add(tx: Transaction, rulebook: Rulebook, files: Mapping[str, bytes]) -> None:
    row = {
        "digest": rulebook.digest,
        "version": rulebook.version,
        "published_at": tx.now,
        "files": _packed(files),
    }
    tx.session.execute(insert(RulebookFiles), [row])
    tx.journal.record(AuditAction.RULEBOOK_KEPT, rulebook.digest, version=rulebook.version, files=len(files))


def _is_kept(tx: Transaction, digest: str) -> bool:
    query = select(RulebookFiles.digest).where(RulebookFiles.digest == digest)
    return tx.session.execute(query).one_or_none() is not None


def _packed(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), files[name], zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _unpacked(packed: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
