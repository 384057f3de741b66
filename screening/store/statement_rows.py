"""Statements as rows: sealing them, adding each exactly once, and reading them back."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from screening.store.faults import ScopeFault
from screening.store.models import StatementRow, User
from screening.store.scope import AgencySession
from screening.store.vault import RecordKey, Sealable

_NEXT = timedelta(microseconds=1)
_DAWN = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Place:
    """The last number and time given out in a screening. The next are always greater, whatever the clock does."""

    sequence: int
    saved_at: datetime

    def next(self, now: datetime) -> "Place":
        """The place after this one: now, or a microsecond later than the last when the clock is not past it."""
        return Place(self.sequence + 1, max(now, self.saved_at + _NEXT))


class SealedStatement(NamedTuple):
    """One row of ``statements``. Everything but ``sealed`` is its identity and is authenticated with the value."""

    id: str
    screening_id: str
    agency_id: str
    question: str
    source: str
    author_id: str
    saved_at: datetime
    sequence: int
    sealed: bytes = b""

    @property
    def identity(self) -> tuple[str, ...]:
        """What the seal is bound to."""
        moment = self.saved_at.isoformat(timespec="microseconds")
        return (
            "value", self.id, self.screening_id, self.agency_id, self.question, self.source, self.author_id, moment,
            str(self.sequence),
        )  # fmt: skip

    def sealing(self, key: RecordKey, value: Sealable) -> "SealedStatement":
        """The same row with its value sealed in it."""
        return self._replace(sealed=key.seal(value, "statements", self.identity))

    def open(self, key: RecordKey) -> Sealable:
        """The value. Raises SealBroken when anything about the row is not as it was sealed."""
        return key.open(self.sealed, "statements", self.identity)


_COLUMNS = tuple(getattr(StatementRow, name) for name in SealedStatement._fields)
_INSERT: dict[str, Any] = {
    name: dialect.insert(StatementRow.__table__)
    .on_conflict_do_nothing(index_elements=["id"])
    .execution_options(preserve_rowcount=True)
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}
_LAST = (
    select(StatementRow.sequence, StatementRow.saved_at)
    .where(StatementRow.screening_id == bindparam("screening"))
    .order_by(StatementRow.sequence.desc())
    .limit(1)
)
_OF_SCREENING = (
    select(*_COLUMNS, User.name.label("author_name"))
    .outerjoin(User, User.id == StatementRow.author_id)
    .where(StatementRow.screening_id == bindparam("screening"))
    .order_by(StatementRow.sequence)
)
_BY_ID = select(*_COLUMNS).where(
    StatementRow.screening_id == bindparam("screening"), StatementRow.id.in_(bindparam("ids", expanding=True))
)


def last_place(session: AgencySession, screening_id: str) -> Place:
    """The last place given out in a screening. Ask only while holding the screening's row, or two savers get the same."""
    row = session.execute(_LAST, {"screening": screening_id}).one_or_none()
    return Place(0, _DAWN) if row is None else Place(row.sequence, row.saved_at)


def add_statements(session: AgencySession, rows: Sequence[SealedStatement]) -> list[SealedStatement]:
    """Add the rows whose id is not taken yet; nothing is ever overwritten.

    Out: the rows that were added. The others' ids exist already, here or elsewhere (``statements_by_id`` tells).
    Raises ScopeFault: a row for another agency than the session's.
    """
    if any(row.agency_id != session.agency_id for row in rows) or not session.writing:
        raise ScopeFault("a statement can only be added to a screening of one's own agency")
    insert = _INSERT[session.connection().dialect.name]
    result = session.connection().execute(insert, [row._asdict() for row in rows])
    if result.rowcount == len(rows):
        return list(rows)
    screening_id = rows[0].screening_id
    held = statements_by_id(session, screening_id, [row.id for row in rows])
    return [row for row in rows if row.id in held and held[row.id].sequence == row.sequence]


def statements_by_id(
    session: AgencySession, screening_id: str, ids: Sequence[str]
) -> dict[str, SealedStatement]:
    """Those of the ids that are statements of this screening."""
    found = session.execute(_BY_ID, {"screening": screening_id, "ids": list(ids)})
    return {row.id: SealedStatement._make(row) for row in found}


def statements_of(session: AgencySession, screening_id: str) -> list[tuple[SealedStatement, str | None]]:
    """All statements of a screening in the order they were saved, each with its author's name."""
    found = session.execute(_OF_SCREENING, {"screening": screening_id})
    return [(SealedStatement._make(row[:-1]), row[-1]) for row in found]


def rows_digest(rows: Iterable[SealedStatement]) -> str:
    """A digest over rows as stored, for the journal: a row changed, removed or slipped in later no longer fits it."""
    digest = hashlib.sha256()
    for row in rows:
        parts = json.dumps(row.identity).encode("ascii")
        digest.update(b"%d:%d:" % (len(parts), len(row.sealed)) + parts + row.sealed)
    return digest.hexdigest()
