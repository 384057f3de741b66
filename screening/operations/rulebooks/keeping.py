"""Keeping every rulebook that was ever used or offered readable, as it was."""

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from screening.core.loading import digest_of
from screening.core.rule_files import is_licensed
from screening.core.rulebook import Rulebook
from screening.operations.actors import Refusal
from screening.operations.database import Database, Transaction
from screening.store.journal_actions import AuditAction
from screening.store.models import RulebookFiles, ShippedRulebook

_DIALECTS: Mapping[str, Any] = {"sqlite": sqlite, "postgresql": postgresql}
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest a zip can say: archives of equal files are equal


class RulebookNotKept(Refusal):
    """No rulebook with that digest was ever kept here, or the files handed in are not the rulebook's."""


class EditionUnreadable(RulebookNotKept):
    """The edition is kept, but was written for another version of the program."""

    def __init__(self) -> None:
        super().__init__(
            "This version of the program cannot read that edition of the rulebook any more. It stays kept. "
            "If it is the edition in use, a publisher can go one step back or publish another."
        )


@dataclass(frozen=True, slots=True)
class KeptRulebook:
    """A rulebook as it was when it was first used: file name → content. Told apart by its digest."""

    digest: str
    version: str = field(compare=False)
    published_at: datetime = field(compare=False)
    files: Mapping[str, bytes] = field(compare=False, repr=False)


def keep_rulebook(db: Database, rulebook: Rulebook, files: Mapping[str, bytes]) -> bool:
    """Keep the files of a rulebook the installation is started with, once; every agency may read it.

    Call it on every start, before the first screening is opened under it. In: the loaded rulebook and what
    ``core.loading.read_rule_files`` read. Out: whether it was new. Raises RulebookNotKept when the files are not the
    rulebook's, or hold something licensed: that belongs to one agency.
    """
    if digest_of(files) != rulebook.digest:
        raise RulebookNotKept("These files are not the ones the rulebook was loaded from. Load it again.")
    if any(map(is_licensed, files)):
        raise RulebookNotKept("Licensed files belong to one agency. Publish them there instead.")
    with db.reading(None) as tx:
        if _is_shipped(tx, rulebook.digest):
            return False
    with db.writing(None) as tx:
        keep_files(tx, rulebook.digest, rulebook.version, files)
        row = {"digest": rulebook.digest, "since": tx.now}
        is_new = add_unless_there(
            tx, ShippedRulebook, row
        )  # not, if another process started at the same moment
        if is_new:
            tx.journal.record(
                AuditAction.RULEBOOK_KEPT, rulebook.digest, version=rulebook.version, files=len(files)
            )
    return is_new


def kept_rulebook(tx: Transaction, digest: str) -> KeptRulebook:
    """The rulebook with that digest as it was kept, if the agency may read it. Raises RulebookNotKept."""
    found = tx.session.execute(
        select(RulebookFiles).where(RulebookFiles.digest == digest)
    ).scalar_one_or_none()
    if found is None:
        raise RulebookNotKept("No rulebook with this digest is kept here.")
    return KeptRulebook(found.digest, found.version, found.published_at, _unpacked(found.files))


def keep_files(tx: Transaction, digest: str, version: str, files: Mapping[str, bytes]) -> None:
    """Keep the files under their digest, unless they are kept already: by whomever, they are the same."""
    row = {"digest": digest, "version": version, "published_at": tx.now, "files": packed(files)}
    add_unless_there(tx, RulebookFiles, row)


def add_unless_there(tx: Transaction, table: Any, row: Mapping[str, object]) -> bool:
    """Add a row unless its key is taken; nothing is overwritten. Out: whether it was added."""
    dialect = _DIALECTS[tx.session.get_bind().dialect.name]
    statement = dialect.insert(table).on_conflict_do_nothing().returning(table.digest)
    return tx.session.execute(statement, [dict(row)]).one_or_none() is not None


def _is_shipped(tx: Transaction, digest: str) -> bool:
    query = select(ShippedRulebook.digest).where(ShippedRulebook.digest == digest)
    return tx.session.execute(query).one_or_none() is not None


def packed(files: Mapping[str, bytes]) -> bytes:
    """The files as an archive; equal files give equal archives."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), files[name], zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _unpacked(packed: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
