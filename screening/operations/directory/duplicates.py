"""Entries that may be the same: found, marked as not the same, or joined; all of it can be undone.

Joining keeps one entry; the other stays under its id, inactive, and points to it, so that whatever was done with it stays
true. Organizations have no status in HSDS: the services and places of the one that goes are put under the one that is kept.
What was decided stands in the history of the entries (see ``history.Mark``).
"""

import json
import threading
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import func, select

from screening.core.directory_history import ORGANIZATION, FieldChange
from screening.core.directory_service_entry import Content
from screening.core.duplicate_finding import Described, Pair, digits_of, possible_duplicates, without
from screening.operations.actors import Refusal, Verb, require
from screening.operations.database import Transaction
from screening.operations.directory.disclosing import visible_tables
from screening.operations.directory.entries import MODELS, EntryNotFound, column_of, levels_open_to, visible
from screening.operations.directory.history import Mark, marked
from screening.operations.directory.writing import Held, change_entry, hold
from screening.store.directory_models import LocationRow, OrganizationRow, ServiceRow
from screening.store.help_models import DirectoryChangeRow
from screening.store.journal_actions import AuditAction

TABLES = ("service", "organization")
PER_PAGE = 20
_AT_ONCE = 1000
_INACTIVE = "inactive"
_MOST_REMEMBERED = 16
_found: WeakKeyDictionary[Any, dict[tuple[str, str], tuple[Any, list[Pair]]]] = WeakKeyDictionary()
_looking = threading.Lock()


class DuplicateRefused(Refusal):
    """Two entries that cannot be joined or told apart as asked."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of two entries that may be the same, in the words of the entry."""

    id: str
    name: str
    organization: str
    phones: tuple[str, ...]
    areas: tuple[str, ...]
    is_verified: bool


@dataclass(frozen=True, slots=True)
class PossiblePair:
    """Two entries that may be the same: how alike their names are (of 100), and why."""

    first: Candidate
    second: Candidate
    alike: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pairs:
    """A page of pairs."""

    items: tuple[PossiblePair, ...]
    page: int
    pages: int
    total: int


@dataclass(frozen=True, slots=True)
class Decided:
    """A pair somebody decided on: joined, or not the same."""

    first: Candidate
    second: Candidate
    joined: bool


def possible_pairs(tx: Transaction, table: str, *, page: int = 1) -> Pairs:
    """A page of the pairs nobody has decided on. Raises PermissionRefused."""
    actor = require(tx.actor, Verb.EDIT_DIRECTORY)
    found = _pairs_of(tx, table, actor.agency_id)
    apart = [
        (first, second) for first, others in marked(tx, Mark.NOT_SAME).items() for second in others.split()
    ]
    gone = marked(tx, Mark.JOINED)
    pairs = [each for each in without(found, apart) if each.first not in gone and each.second not in gone]
    page = max(1, page)
    shown = pairs[(page - 1) * PER_PAGE : page * PER_PAGE]
    words = _candidates(tx, table, {each for pair in shown for each in (pair.first, pair.second)})
    items = tuple(
        PossiblePair(words[pair.first], words[pair.second], pair.alike, tuple(pair.reasons))
        for pair in shown
        if pair.first in words and pair.second in words
    )
    tx.note_view(AuditAction.DIRECTORY_LISTED, actor.agency_id, kind=table, found=len(pairs))
    return Pairs(items, page, max(1, -(-len(pairs) // PER_PAGE)), len(pairs))


def decided_pairs(tx: Transaction, table: str) -> tuple[Decided, ...]:
    """The pairs of a table somebody decided on, so that it can be undone. Raises PermissionRefused."""
    require(tx.actor, Verb.EDIT_DIRECTORY)
    joined = list(marked(tx, Mark.JOINED).items())
    apart = {
        (min(first, second), max(first, second))
        for first, others in marked(tx, Mark.NOT_SAME).items()
        for second in others.split()
    }
    words = _candidates(tx, table, {each for pair in (*joined, *apart) for each in pair})
    found = [(pair, True) for pair in joined] + [(pair, False) for pair in sorted(apart)]
    return tuple(
        Decided(words[first], words[second], is_joined)
        for (first, second), is_joined in found
        if first in words and second in words
    )


def joined_into(tx: Transaction, ids: Collection[str]) -> dict[str, str]:
    """Of these entries those that were joined with another: id → the one that is kept."""
    return marked(tx, Mark.JOINED, ids)


def tell_apart(tx: Transaction, table: str, first: str, second: str, *, undo: bool = False) -> None:
    """Say that two entries are not the same, or take that back. Raises DuplicateRefused, EntryNotFound, PermissionRefused."""
    held = _two(tx, table, first, second)
    known = marked(tx, Mark.NOT_SAME, [first, second])
    for each, other in zip(held, reversed(held), strict=True):
        others = set(known.get(each.id, "").split())
        changed = others - {other.id} if undo else others | {other.id}
        if changed != others:
            said = " ".join(sorted(changed)) or None
            change_entry(tx, each, each.content, marks=[FieldChange(Mark.NOT_SAME, known.get(each.id), said)])


def join_entries(tx: Transaction, table: str, kept: str, gone: str) -> None:
    """Keep one of two entries; the other becomes inactive and points to it.

    Raises DuplicateRefused, EntryNotFound, PermissionRefused.
    """
    held = {each.id: each for each in _two(tx, table, kept, gone)}
    joined = marked(tx, Mark.JOINED, [kept, gone])
    if joined:
        raise DuplicateRefused("One of the two is joined with another entry already. Undo that first.")
    content = held[gone].content
    if table == "service":
        row = next(each for each in content["service"] if each["id"] == gone)
        row["status"] = _INACTIVE
    change_entry(tx, held[gone], content, marks=[FieldChange(Mark.JOINED, None, kept)])
    if table == "organization":
        for each in _of_organization(tx, gone):
            _put_under(tx, each, kept)
    tx.journal.record(AuditAction.DIRECTORY_ENTRIES_JOINED, gone, kept=kept)


def undo_joining(tx: Transaction, table: str, gone: str) -> None:
    """Take back that an entry was joined with another: it has again what it had. Raises as ``join_entries``."""
    require(tx.actor, Verb.EDIT_DIRECTORY)
    kept = marked(tx, Mark.JOINED, [gone]).get(gone)
    if kept is None:
        raise DuplicateRefused("This entry is joined with no other.")
    (held,) = _visible_ones(tx, table, [gone])
    content = held.content
    if table == "service":
        row = next(each for each in content["service"] if each["id"] == gone)
        row["status"] = _status_before(tx, gone)
    change_entry(tx, held, content, marks=[FieldChange(Mark.JOINED, kept, None)])
    if table == "organization":
        for each in _moved(tx, gone, kept):
            _put_under(tx, each, gone)


def _pairs_of(tx: Transaction, table: str, agency_id: str) -> list[Pair]:
    """The pairs, looked for again only when the directory has changed: finding them takes seconds in a very large one."""
    model, levels = MODELS[table], levels_open_to(tx.actor)
    count, changed_at = tx.session.execute(select(func.count(model.id), func.max(model.changed_at))).one()
    state = (levels, count, changed_at)
    with _looking:
        of_database = _found.setdefault(tx.session.get_bind(), {})
        known = of_database.get((agency_id, table))
        if known is not None and known[0] == state:
            return known[1]
        pairs = possible_duplicates(_described(tx, table, levels))
        of_database.pop((agency_id, table), None)
        of_database[agency_id, table] = (state, pairs)
        while len(of_database) > _MOST_REMEMBERED:
            del of_database[next(iter(of_database))]
    return pairs


def _described(tx: Transaction, table: str, levels: tuple[str, ...]) -> list[Described]:
    """What the entries of a table are told apart by, read a part at a time. Those that are closed are left out."""
    model = MODELS[table]
    query = select(model.id, model.document).where(visible(table, levels))
    names = {}
    if table == "service":
        query = query.where(ServiceRow.status == "active")
        organizations = select(OrganizationRow.id, OrganizationRow.sort_name)
        names = {row.id: row.sort_name for row in tx.session.execute(organizations)}
    rows = tx.session.execute(query.execution_options(yield_per=_AT_ONCE))
    return [_one(table, row.id, json.loads(row.document), names) for row in rows]


def _one(table: str, entry_id: str, content: Content, organizations: Mapping[str, str]) -> Described:
    row = next(each for each in content[table] if each["id"] == entry_id)
    numbers = {digits_of(str(each["number"])) for each in content.get("phone", ())} - {""}
    areas = {str(each["name"]).casefold() for each in content.get("service_area", ()) if "name" in each}
    organization = organizations.get(row.get("organization_id", ""), "")
    return Described(entry_id, str(row["name"]), organization, frozenset(numbers), frozenset(areas))


def _two(tx: Transaction, table: str, first: str, second: str) -> list[Held]:
    require(tx.actor, Verb.EDIT_DIRECTORY)
    if table not in TABLES or first == second:
        raise DuplicateRefused("Choose two different entries.")
    return _visible_ones(tx, table, [first, second])


def _visible_ones(tx: Transaction, table: str, ids: Sequence[str]) -> list[Held]:
    model = MODELS[table]
    seen = select(model.id).where(model.id.in_(ids), visible(table, levels_open_to(tx.actor)))
    if len(set(tx.session.execute(seen).scalars())) != len(ids):
        raise EntryNotFound("There is no such entry.")
    return hold(tx, table, ids)


def _of_organization(tx: Transaction, organization: str) -> list[Held]:
    found: list[Held] = []
    for table, model in (("location", LocationRow), ("service", ServiceRow)):
        ids = (
            tx.session.execute(select(model.id).where(model.organization_id == organization)).scalars().all()
        )
        found += hold(tx, table, ids)
    return found


def _put_under(tx: Transaction, held: Held, organization: str) -> None:
    content = held.content
    row = next(each for each in content[held.table] if each["id"] == held.id)
    row["organization_id"] = organization
    change_entry(tx, held, content)


def _moved(tx: Transaction, gone: str, kept: str) -> Iterable[Held]:
    """What was put under the kept organization when the two were joined, and is still there."""
    query = select(DirectoryChangeRow.kind, DirectoryChangeRow.entry_id).where(
        DirectoryChangeRow.field == ORGANIZATION,
        DirectoryChangeRow.before == gone,
        DirectoryChangeRow.after == kept,
    )
    rows = tx.session.execute(query.distinct()).all()
    for table in ("location", "service"):
        for held in hold(tx, table, [row.entry_id for row in rows if row.kind == table]):
            row = next(each for each in held.content[table] if each["id"] == held.id)
            if row.get("organization_id") == kept:
                yield held


def _status_before(tx: Transaction, service_id: str) -> str:
    query = select(DirectoryChangeRow.before).where(
        DirectoryChangeRow.entry_id == service_id, DirectoryChangeRow.field == "status"
    )
    before = tx.session.execute(
        query.order_by(DirectoryChangeRow.sequence.desc()).limit(1)
    ).scalar_one_or_none()
    return before or "active"


def _candidates(tx: Transaction, table: str, ids: Collection[str]) -> dict[str, Candidate]:
    model = MODELS[table]
    columns = (model.id, column_of(table, "verified_at"))
    seen = select(*columns).where(model.id.in_(ids), visible(table, levels_open_to(tx.actor)))
    verified = {row.id: row.verified_at is not None for row in tx.session.execute(seen)} if ids else {}
    tables = visible_tables(tx, {table: verified})
    found = {}
    for each, is_verified in verified.items():
        row = tables[table][each]
        own = f"{table}_id"
        found[each] = Candidate(
            each,
            row["name"],
            tables["organization"].get(row.get("organization_id", ""), {}).get("name", ""),
            tuple(line["number"] for line in tables["phone"].values() if line.get(own) == each),
            tuple(
                line["name"]
                for line in tables["service_area"].values()
                if line.get(own) == each and "name" in line
            ),
            is_verified,
        )
    return found
