"""One installation's database, opened once; and the transaction every verb works in.

A transaction that writes is all or nothing: its rows and its journal entries are on the disk together before ``writing``
ends, or neither is there. A transaction that reads sees one moment and cannot write.

Reads are journalled as well, without making reading write: a verb notes what was looked at, and when the transaction ends
the note is written, in the same transaction where one writes, else in a short one of its own, before the data can leave the
process. What the same person looks at again within ten minutes is not written again; the memory of that is per process, so
several workers may write it once each, which errs on the side of telling more. If the note cannot be written, the read
fails.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from argon2 import PasswordHasher
from sqlalchemy.exc import SQLAlchemyError

from screening.operations.actors import Actor
from screening.store.connections import Connections
from screening.store.faults import DatabaseBusy, SealBroken, StoreFault
from screening.store.integrity import IntegrityReport, verify_store
from screening.store.journal import Journal, JournalHead
from screening.store.journal_actions import AuditAction
from screening.store.key_marks import open_vault
from screening.store.models import NO_AGENCY
from screening.store.schema import upgrade
from screening.store.scope import AgencySession
from screening.store.vault import Vault

# The store's own words that callers need; they reach the store through here.
__all__ = [
    "Clock",
    "Database",
    "DatabaseBusy",
    "IntegrityReport",
    "JournalHead",
    "SealBroken",
    "StoreFault",
    "Transaction",
]

Clock = Callable[[], datetime]
VIEW_WINDOW = timedelta(minutes=10)
NOBODY = "nobody"
"""Stands in the journal for a person who is not signed in."""
_MOST_REMEMBERED = 20_000


class View(NamedTuple):
    """Something that was looked at: what kind of look, at what, and details for the journal.

    A word among the details says which part was looked at; a number only says how much there was to see.
    """

    action: AuditAction
    subject: str
    detail: tuple[tuple[str, int | str], ...] = ()

    @property
    def looked_at(self) -> tuple[str, ...]:
        """What makes a look another one: the subject, and which part of it."""
        return (self.subject, *(str(value) for _name, value in self.detail if isinstance(value, str)))


class Transaction:
    """What a verb works with. ``now`` is one moment for the whole transaction, in UTC."""

    def __init__(
        self,
        session: AgencySession,
        actor: Actor | None,
        *,
        vault: Vault,
        clock: Clock,
        timezone: tzinfo | None,
        passwords: PasswordHasher,
    ) -> None:
        self.session = session
        self.actor = actor
        self.vault = vault
        self.clock = clock
        self.passwords = passwords
        self.journal = Journal(actor.user_id if actor else NOBODY, actor.agency_id if actor else NO_AGENCY)
        self.views: list[View] = []
        self._timezone = timezone

    @cached_property
    def _moment(self) -> datetime:
        moment = self.clock()
        if moment.tzinfo is None:
            raise ValueError("the clock must give moments with a time zone")
        return moment

    @property
    def now(self) -> datetime:
        """This transaction's moment, in UTC."""
        return self._moment.astimezone(UTC)

    @property
    def today(self) -> date:
        """The date where the agency is: in the evening it is a day behind UTC's."""
        return self._moment.astimezone(self._timezone or self._moment.tzinfo).date()

    def note_view(self, action: AuditAction, subject: str, **detail: int | str) -> None:
        """Note that the actor looked at something; journalled when the transaction ends, unless it was a moment ago."""
        self.views.append(View(action, subject, tuple(detail.items())))


class RecentViews:
    """Who looked at what in the last ten minutes, as this process remembers it."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, AuditAction, tuple[str, ...]], datetime] = {}
        self._lock = threading.Lock()

    def new(self, actor: Actor | None, views: Iterable[View], now: datetime) -> list[View]:
        """Those of the views that are not written already, each once."""
        fresh: dict[tuple[str, AuditAction, tuple[str, ...]], View] = {}
        with self._lock:
            for view in views:
                key = self._key(actor, view)
                seen = self._seen.get(key)
                if seen is None or not timedelta(0) <= now - seen < VIEW_WINDOW:
                    fresh[key] = view
        return list(fresh.values())

    def remember(self, actor: Actor | None, views: Iterable[View], now: datetime) -> None:
        """These are in the journal now. The oldest are forgotten when there are too many: they are then written anew."""
        with self._lock:
            for view in views:
                key = self._key(actor, view)
                self._seen.pop(key, None)
                self._seen[key] = now
            while len(self._seen) > _MOST_REMEMBERED:
                del self._seen[next(iter(self._seen))]

    @staticmethod
    def _key(actor: Actor | None, view: View) -> tuple[str, AuditAction, tuple[str, ...]]:
        return (actor.user_id if actor else NOBODY, view.action, view.looked_at)


class Database:
    """An opened database with its keys and clock. One per process; safe to use from many threads."""

    def __init__(
        self,
        connections: Connections,
        vault: Vault,
        clock: Clock,
        timezone: tzinfo | None,
        passwords: PasswordHasher,
    ) -> None:
        self._connections = connections
        self._vault = vault
        self._recent = RecentViews()
        self._timezone = timezone
        self.clock = clock
        self.passwords = passwords

    @classmethod
    def open(
        cls,
        url: str,
        keys_path: Path,
        clock: Clock,
        *,
        timezone: tzinfo | None = None,
        passwords: PasswordHasher | None = None,
    ) -> "Database":
        """Open the database at ``url``; make it and its keys on the first start, and bring its tables up to date.

        Args:
            url: ``sqlite:///<file>`` or ``postgresql://...``.
            keys_path: the keys file. Made only for a database that was never sealed with any key.
            clock: gives the present moment, with a time zone.
            timezone: where the agency is, which decides a screening's day; left out, it is the clock's zone.
            passwords: how passwords are hashed; left out, argon2id with the library's defaults.

        Raises:
            StoreFault: address, file, keys or version do not fit; the message says what to do.
        """
        connections = Connections(url)
        try:
            upgrade(connections)
            vault = open_vault(connections, keys_path, clock())
        except BaseException:
            connections.close()
            raise
        return cls(connections, vault, clock, timezone, passwords or PasswordHasher())

    @contextmanager
    def reading(self, actor: Actor | None) -> Iterator[Transaction]:
        """A transaction that only reads. What was looked at is journalled before the block is left."""
        tx: Transaction | None = None
        try:
            with self._connections.reading(actor.agency_id if actor else None) as session:
                tx = self._transaction(session, actor)
                yield tx
        finally:
            if tx is not None:
                self._write_views(tx)

    @contextmanager
    def writing(self, actor: Actor | None) -> Iterator[Transaction]:
        """A transaction that writes: on the disk with its journal when the block ends, undone when it raises.

        Raises DatabaseBusy: other writers held the database too long; nothing was written, the same may be tried again.
        """
        tx: Transaction | None = None
        try:
            with self._connections.writing(actor.agency_id if actor else None) as session:
                tx = self._transaction(session, actor)
                yield tx
                views = self._recent.new(actor, tx.views, tx.now)
                self._record(tx.journal, views)
                tx.journal.write(session.connection(), tx.now)
        except BaseException:
            if tx is not None:  # undone, but what was looked at was seen; the first fault is the one to tell
                with suppress(SQLAlchemyError, StoreFault):
                    self._write_views(tx)
            raise
        self._recent.remember(actor, views, tx.now)

    def _transaction(self, session: AgencySession, actor: Actor | None) -> Transaction:
        return Transaction(
            session,
            actor,
            vault=self._vault,
            clock=self.clock,
            timezone=self._timezone,
            passwords=self.passwords,
        )

    def _write_views(self, tx: Transaction) -> None:
        if not tx.views:
            return
        views = self._recent.new(tx.actor, tx.views, tx.now)
        if not views:
            return
        with self._connections.writing(tx.session.agency_id) as session:
            journal = self._transaction(session, tx.actor).journal
            self._record(journal, views)
            journal.write(session.connection(), tx.now)
        self._recent.remember(tx.actor, views, tx.now)

    @staticmethod
    def _record(journal: Journal, views: Iterable[View]) -> None:
        for view in views:
            journal.record(view.action, view.subject, **dict(view.detail))

    def verify(self, noted: JournalHead | None = None) -> IntegrityReport:
        """Check the journal's chain, every seal, and that no statement is missing or was slipped in.

        With ``noted``, a journal head kept elsewhere earlier, also that nothing up to it was cut off or rewritten.
        """
        with self._connections.inspecting() as connection:
            return verify_store(connection, self._vault, noted)

    def is_reachable(self) -> bool:
        """Whether the database answers; for monitors."""
        return self._connections.answers()

    def web_session_secret(self) -> bytes:
        """The secret for signing web sessions, derived from the keys file."""
        return self._vault.web_session_secret()

    def close(self) -> None:
        """Close every connection."""
        self._connections.close()
