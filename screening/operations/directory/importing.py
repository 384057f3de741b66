"""Bringing a directory in: what is new is added, what changed is replaced, what is gone from the source is told and stays.

An import is worked off in pieces, each a transaction of its own with its journal entry, so that nobody who saves a
screening waits for a
long one. It is safe to break off and to repeat: entries are found by their ids, so the same file never makes a second copy.
A level of confidentiality is only ever made closer by an import; opening an entry up is a person's decision. What a person
edited stays as they left it, and the report says so, unless the import is told to take what the source says.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby, islice
from typing import Any, NamedTuple
from uuid import uuid4

from sqlalchemy import insert, select, update

from screening.core.directory_entries import Entry, entries
from screening.core.directory_profile import LEVELLED, Confidentiality, take_levels
from screening.core.directory_rows import Fault, FlatRows
from screening.core.directory_tables import MAIN
from screening.operations.actors import Actor, Refusal, Verb, require
from screening.operations.database import Database, Transaction
from screening.operations.directory.entries import MODELS, VERIFIED, column_of, columns_of, new_row
from screening.operations.directory.history import Mark, marked
from screening.operations.directory.offers import save_offers_of_terms, write_offers
from screening.operations.directory.reading import Progress
from screening.operations.directory.writing import ENTERED_HERE, hold, record_import, write_attributes
from screening.store.journal_actions import AuditAction

PIECE = 500
MOST_CHANGES_TOLD = 1000
LONGEST_SOURCE = 100


class ImportRefused(Refusal):
    """An import cannot be done as asked; the message says why."""


class Change(NamedTuple):
    """What an import does with one entry.

    ``added``, ``changed``, ``left`` (no longer in its source; kept all the same), or ``kept`` (the source says something else,
    but a person edited it here).
    """

    what: str
    table: str
    id: str


@dataclass
class Counts:
    """How many entries were added, changed, left as they were, gone from their source, or kept as a person edited them."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    left: int = 0
    kept: int = 0


@dataclass
class ImportReport:
    """What an import did, or, as a dry run, would do.

    ``changes`` holds the first thousand, ``faults`` the first ten thousand; all are counted.
    """

    source: str
    dry_run: bool
    counts: dict[str, Counts] = field(default_factory=lambda: {table: Counts() for table in MAIN})
    changes: list[Change] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    fault_count: int = 0

    def total(self, what: str) -> int:
        """A sum over all tables."""
        return sum(getattr(each, what) for each in self.counts.values())

    def note(self, what: str, table: str, entry_id: str) -> None:
        """Count a change and, among the first, tell it."""
        counts = self.counts[table]
        setattr(counts, what, getattr(counts, what) + 1)
        if what != "unchanged" and len(self.changes) < MOST_CHANGES_TOLD:
            self.changes.append(Change(what, table, entry_id))


def import_directory(
    db: Database,
    actor: Actor | None,
    rows: FlatRows,
    *,
    source: str,
    as_of: date | None = None,
    unsaid: Confidentiality = Confidentiality.PUBLIC,
    take_theirs: bool = False,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> ImportReport:
    """Bring rows into the actor's agency. Out: what was done, entry by entry, and everything that was wrong with the rows.

    In: what the source is called, by which a later import finds what is gone from it; the day its content is of
    (entries that say a day themselves keep it); and the level of entries that name none and are new.
    ``take_theirs``: what a person edited here is replaced as well.
    Raises PermissionRefused, ImportRefused.
    """
    person = require(actor, Verb.EDIT_DIRECTORY)
    if not 1 <= len(source) <= LONGEST_SOURCE or not source.isprintable() or source != source.strip():
        raise ImportRefused(f"Name the source in 1 to {LONGEST_SOURCE} characters.")
    if source == ENTERED_HERE:
        raise ImportRefused(f"Name the source otherwise: '{ENTERED_HERE}' is what people added by hand.")
    levels = take_levels(rows)
    known = _known_ids(db, person)
    rows.settle(lambda table, entry_id: entry_id in known[table])
    report = ImportReport(source, dry_run, faults=rows.faults, fault_count=rows.fault_count)
    run = _Run(person, report, levels, unsaid, as_of, take_theirs)
    done = 0
    for piece in _pieces(entries(rows)):
        if dry_run:
            with db.reading(person) as tx:
                run.compare(tx, piece)
        else:
            with db.writing(person) as tx:
                run.save(tx, piece)
        done += len(piece)
        if progress is not None:
            progress("compared", done)
    _tell_what_left(db, run, {table: rows.tables[table].keys() for table in MAIN})
    return report


def _known_ids(db: Database, person: Actor) -> Mapping[str, frozenset[str]]:
    with db.reading(person) as tx:
        return {
            table: frozenset(tx.session.execute(select(model.id)).scalars())
            for table, model in MODELS.items()
        }


def _pieces(found: Iterable[Entry]) -> Iterator[list[Entry]]:
    """Entries of one table at a time, so many a piece."""
    for _table, of_table in groupby(found, key=lambda entry: entry.table):
        while piece := list(islice(of_table, PIECE)):
            yield piece


class _Run:
    """One import: its report and what decides how an entry is kept."""

    def __init__(
        self,
        person: Actor,
        report: ImportReport,
        levels: Mapping[str, Confidentiality],
        unsaid: Confidentiality,
        as_of: date | None,
        take_theirs: bool,
    ) -> None:
        self.person = person
        self.report = report
        self.id = str(uuid4())
        self._levels = levels
        self._unsaid = unsaid
        self._as_of = as_of
        self._take_theirs = take_theirs

    def compare(self, tx: Transaction, piece: list[Entry]) -> list[tuple[str, dict[str, Any]]]:
        """Note what becomes of each entry of a piece; out: that, with the columns it has from now on."""
        model = MODELS[piece[0].table]
        table = piece[0].table
        levelled = table in LEVELLED
        columns = [model.id, model.digest, *([column_of(table, "confidentiality")] if levelled else [])]
        query = select(*columns).where(model.id.in_([entry.row["id"] for entry in piece]))
        there = {row.id: row for row in tx.session.execute(query)}
        edited = {} if self._take_theirs else marked(tx, Mark.EDITED, there)
        decided = marked(tx, Mark.LEVEL, edited) if levelled and edited else {}
        outcome = []
        for entry in piece:
            entry_id = entry.row["id"]
            old = there.get(entry_id)
            said = self._levels.get(entry_id)
            if old is None:
                level, what = said or self._unsaid, "added"
            else:
                kept = Confidentiality(old.confidentiality) if levelled else Confidentiality.PUBLIC
                level = kept.closer(said or kept)
                what = "unchanged" if old.digest == entry.digest and level == kept else "changed"
                if what == "changed" and entry_id in edited:
                    what, level = "kept", kept if entry_id in decided else level
            self.report.note(what, table, entry_id)
            outcome.append((what, columns_of(entry, level, self._as_of or tx.today)))
        return outcome

    def save(self, tx: Transaction, piece: list[Entry]) -> None:
        """Write what is new or changed, and note that the rest was seen in its source again."""
        table, model = piece[0].table, MODELS[piece[0].table]
        outcome = self.compare(tx, piece)
        added = [
            new_row(columns, self.person.agency_id, self.report.source, tx.now)
            for what, columns in outcome
            if what == "added"
        ]
        changed = [columns for what, columns in outcome if what == "changed"]
        before = hold(tx, table, [columns["id"] for columns in changed])
        if added:
            tx.session.execute(insert(model), added)
        for columns in changed:
            values = {**columns, "source": self.report.source, "changed_at": tx.now, "left_source_at": None}
            values |= {"verified_at": None} if table in VERIFIED else {}
            entry_id = values.pop("id")
            tx.session.execute(update(model).where(model.id == entry_id).values(**values))
        seen = [columns["id"] for what, columns in outcome if what == "unchanged"]
        if seen:
            again = update(model).where(model.id.in_(seen))
            again = again.where((model.source != self.report.source) | model.left_source_at.is_not(None))
            tx.session.execute(again.values(source=self.report.source, left_source_at=None))
        self._keep(tx, table, [columns for what, columns in outcome if what == "kept"])
        record_import(tx, self.report.source, before, {columns["id"]: columns for columns in changed})
        written = {columns["id"] for what, columns in outcome if what in ("added", "changed")}
        saved = [entry for entry in piece if entry.row["id"] in written]
        write_attributes(tx, saved)
        if table == "service":
            write_offers(tx, {entry.row["id"]: entry.document for entry in saved})
        elif table == "taxonomy_term":
            save_offers_of_terms(tx, [columns["id"] for columns in changed])
        if written:
            tx.journal.record(
                AuditAction.DIRECTORY_ENTRIES_SAVED,
                self.id,
                kind=table,
                added=len(added),
                changed=len(changed),
            )

    def _keep(self, tx: Transaction, table: str, kept: list[dict[str, Any]]) -> None:
        """Leave what a person edited, but for a level that is closer now, and note that its source still has it."""
        model = MODELS[table]
        ids = [columns["id"] for columns in kept]
        if ids:
            seen = update(model).where(model.id.in_(ids), model.source == self.report.source)
            tx.session.execute(seen.values(left_source_at=None))
        for columns in kept if table in LEVELLED else ():
            closer = update(model).where(model.id == columns["id"])
            tx.session.execute(closer.values(confidentiality=columns["confidentiality"]))


def _tell_what_left(db: Database, run: _Run, seen: Mapping[str, Iterable[str]]) -> None:
    """Note what the source no longer has. It stays, marked: a shelter that dropped out of a list need not be closed."""
    report = run.report
    gone: dict[str, list[str]] = {}
    with db.reading(run.person) as tx:
        for table, model in MODELS.items():
            query = select(model.id).where(model.source == report.source, model.left_source_at.is_(None))
            gone[table] = sorted(set(tx.session.execute(query).scalars()) - set(seen[table]))
            for entry_id in gone[table]:
                report.note("left", table, entry_id)
    if report.dry_run:
        return
    with db.writing(run.person) as tx:
        for table, ids in gone.items():
            model = MODELS[table]
            for start in range(0, len(ids), PIECE):
                mark = update(model).where(model.id.in_(ids[start : start + PIECE]))
                tx.session.execute(mark.values(left_source_at=tx.now))
        tx.journal.record(
            AuditAction.DIRECTORY_IMPORTED,
            run.id,
            added=report.total("added"),
            changed=report.total("changed"),
            unchanged=report.total("unchanged") + report.total("kept"),
            left_source=len([entry_id for ids in gone.values() for entry_id in ids]),
            faults=report.fault_count,
        )
