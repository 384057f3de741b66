"""What changed on an entry, by whom and when: every field of every edit, import and check.

Of an undisclosed place nothing is kept in words, only that it changed; what was kept before it was closed is no longer
shown. Words of entries that have to do with one are kept no more than they are handed out: an earlier text may be the address
that was taken out since. What is shown follows the entry: whoever may not see a place does not see its history.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import uuid4

from sqlalchemy import func, insert, select

from screening.core.directory_disclosure import NOT_DISCLOSED
from screening.core.directory_history import LEVEL, ORGANIZATION, FieldChange, says_little, undisclosed
from screening.core.directory_profile import Confidentiality, profile_rows
from screening.operations.actors import Verb, may, require
from screening.operations.database import Transaction
from screening.operations.directory.entries import MODELS, EntryNotFound, levels_open_to, visible
from screening.operations.directory.listing import near_hidden
from screening.store.directory_models import (
    LocationRow,
    OrganizationRow,
    ServiceAtLocationRow,
    ServiceRow,
    TaxonomyTermRow,
)
from screening.store.help_models import DirectoryChangeRow
from screening.store.journal_actions import AuditAction
from screening.store.models import User

_AT_ONCE = 500
_KNOWN_LEVELS = (Confidentiality.PUBLIC.value, Confidentiality.CONFIDENTIAL.value)
PER_PAGE = 50


class Mark(StrEnum):
    """What a row of the history says besides a field: how a change came about, and what people decided."""

    ADDED = "@added"
    IMPORTED = "@imported"
    EDITED = "@edited_here"
    """A person changed the entry: an import leaves it as it is. Its value is taken away when an import took it over."""
    LEVEL = "@level_decided"
    CHECKED = "@checked"
    JOINED = "@joined_into"
    NOT_SAME = "@not_same_as"


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One field that changed. ``hidden``: there are values, which this person may not see."""

    table: str
    field: str
    before: str | None
    after: str | None
    changed_by_name: str
    changed_at: datetime
    hidden: bool


@dataclass(frozen=True, slots=True)
class History:
    """A page of what changed on a service and its places, the latest first."""

    lines: tuple[HistoryLine, ...]
    page: int
    pages: int
    service_name: str
    has_confidential: bool


def record_changes(
    tx: Transaction,
    table: str,
    changes: Mapping[str, Iterable[FieldChange]],
    levels: Mapping[str, Collection[str]],
) -> int:
    """Keep what changed on entries of a table (id → changes); out: how many. The rows are held or written already.

    ``levels`` names the levels an entry had and has, where it has any.
    """
    actor = require(tx.actor, Verb.VIEW_DIRECTORY)
    wanted = {entry: list(found) for entry, found in changes.items()}
    ids = sorted(entry for entry, found in wanted.items() if found)
    last = _last_sequences(tx, ids)
    near = _near_undisclosed(tx, table, ids)
    rows = []
    for entry in ids:
        closed = Confidentiality.UNDISCLOSED.value in levels.get(entry, ())
        kept = undisclosed(wanted[entry], all_of=closed) if closed or entry in near else wanted[entry]
        for number, each in enumerate(kept, start=last.get(entry, 0) + 1):
            row = {
                "id": str(uuid4()),
                "agency_id": actor.agency_id,
                "kind": table,
                "entry_id": entry,
                "sequence": number,
            }
            row |= {"field": each.field[:120], "before": each.before, "after": each.after}
            rows.append({**row, "changed_by": actor.user_id, "changed_at": tx.now})
    if rows:
        tx.session.execute(insert(DirectoryChangeRow), rows)
    return len(rows)


def marked(tx: Transaction, mark: Mark, ids: Collection[str] | None = None) -> dict[str, str]:
    """Entry → what the latest row with this mark says, where that is something. ``ids`` left out: all of the agency."""
    found: dict[str, str | None] = {}
    wanted = [None] if ids is None else [list(part) for part in _parts(ids)]
    for part in wanted:
        query = select(DirectoryChangeRow.entry_id, DirectoryChangeRow.after).where(
            DirectoryChangeRow.field == mark.value
        )
        if part is not None:
            query = query.where(DirectoryChangeRow.entry_id.in_(part))
        for row in tx.session.execute(query.order_by(DirectoryChangeRow.sequence)):
            found[row.entry_id] = row.after
    return {entry: after for entry, after in found.items() if after is not None}


def names_of_terms(tx: Transaction, documents: Iterable[str], own: Mapping[str, str]) -> dict[str, str]:
    """Term → its code, or else its name, for the terms that stand in these documents. ``own`` are known already."""
    ours = {term: str(row["code"]) for term, row in profile_rows()["taxonomy_term"].items()} | dict(own)
    wanted = {
        row["taxonomy_term_id"]
        for document in documents
        if '"taxonomy_term_id"' in document
        for row in json.loads(document).get("attribute", ())
        if "taxonomy_term_id" in row
    }
    for part in _parts(wanted - ours.keys()):
        query = select(TaxonomyTermRow.id, TaxonomyTermRow.document).where(TaxonomyTermRow.id.in_(part))
        for row in tx.session.execute(query):
            term = next(each for each in json.loads(row.document)["taxonomy_term"] if each["id"] == row.id)
            ours[row.id] = str(term.get("code") or term["name"])
    return ours


def service_history(
    tx: Transaction,
    service_id: str,
    *,
    page: int = 1,
    restricted: Collection[str] = (),
    revealed: bool = False,
) -> History:
    """What changed on a service and on its places the actor may see, the latest first.

    ``restricted`` are codes of terms whose values only those may read who place youths. What changed on confidential entries
    is told with its values only if they are to be ``revealed``, which is journalled. Raises EntryNotFound, PermissionRefused.
    """
    require(tx.actor, Verb.VIEW_DIRECTORY)
    levels = levels_open_to(tx.actor)
    own = select(ServiceRow.sort_name, ServiceRow.confidentiality, ServiceRow.document)
    row = tx.session.execute(own.where(ServiceRow.id == service_id, visible("service", levels))).one_or_none()
    if row is None:
        raise EntryNotFound("There is no such entry.")
    name = next(each["name"] for each in json.loads(row.document)["service"] if each["id"] == service_id)
    entries = {service_id: row.confidentiality, **_visible_places(tx, service_id, levels)}
    folded = {each for each, level in entries.items() if level != Confidentiality.PUBLIC.value}
    if revealed:
        for each in sorted(folded):
            tx.note_view(AuditAction.DIRECTORY_CONFIDENTIAL_VIEWED, each)
    of_these = DirectoryChangeRow.entry_id.in_(entries)
    total = tx.session.execute(select(func.count(DirectoryChangeRow.id)).where(of_these)).scalar_one()
    rows = tx.session.execute(
        select(DirectoryChangeRow, User.name)
        .outerjoin(User, User.id == DirectoryChangeRow.changed_by)
        .where(of_these)
        .order_by(
            DirectoryChangeRow.changed_at.desc(), DirectoryChangeRow.entry_id, DirectoryChangeRow.sequence
        )
        .limit(PER_PAGE)
        .offset((max(1, page) - 1) * PER_PAGE)
    ).all()
    near = tx.session.execute(
        select(ServiceRow.id).where(ServiceRow.id == service_id, near_hidden("service", levels))
    ).one_or_none()
    closed = frozenset() if may(tx.actor, Verb.SEE_CONFIDENTIAL_PLACES) else frozenset(restricted)
    organizations = _organizations(tx, rows, levels)
    lines = tuple(
        _line(each, by, organizations, near is not None, closed, () if revealed else folded)
        for each, by in rows
    )
    return History(lines, max(1, page), max(1, -(-total // PER_PAGE)), name, bool(folded))


def _line(
    row: DirectoryChangeRow,
    name: str | None,
    organizations: Mapping[str, str],
    near: bool,
    closed: Collection[str],
    folded: Collection[str],
) -> HistoryLine:
    hidden = row.entry_id in folded and row.field != LEVEL and not row.field.startswith("@")
    hidden = hidden or (near and not says_little(row.field) and row.kind != "location")
    hidden = hidden or row.field.removeprefix("=") in closed or NOT_DISCLOSED in (row.before, row.after)
    before, after = (None, None) if hidden else (row.before, row.after)
    if row.field == ORGANIZATION:
        before, after = (each and organizations.get(each) for each in (before, after))
    return HistoryLine(row.kind, row.field, before, after, name or "", row.changed_at, hidden)


def _organizations(
    tx: Transaction, rows: Iterable[tuple[DirectoryChangeRow, str]], levels: tuple[str, ...]
) -> dict[str, str]:
    ids = {
        each for row, _name in rows if row.field == ORGANIZATION for each in (row.before, row.after) if each
    }
    query = select(OrganizationRow.id, OrganizationRow.document).where(
        OrganizationRow.id.in_(ids), visible("organization", levels)
    )
    found = tx.session.execute(query) if ids else ()
    return {row.id: json.loads(row.document)["organization"][0]["name"] for row in found}


def _visible_places(tx: Transaction, service_id: str, levels: tuple[str, ...]) -> dict[str, str]:
    """The places of a service and what joins them to it, as far as they may be seen: id → level."""
    query = select(ServiceAtLocationRow.id, LocationRow.id.label("place"), LocationRow.confidentiality).join(
        LocationRow, LocationRow.id == ServiceAtLocationRow.location_id
    )
    query = query.where(
        ServiceAtLocationRow.service_id == service_id, LocationRow.confidentiality.in_(levels)
    )
    rows = tx.session.execute(query).all()
    return {each: row.confidentiality for row in rows for each in (row.id, row.place)}


def _last_sequences(tx: Transaction, ids: Collection[str]) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for part in _parts(ids):
        query = (
            select(DirectoryChangeRow.entry_id, func.max(DirectoryChangeRow.sequence))
            .where(DirectoryChangeRow.entry_id.in_(part))
            .group_by(DirectoryChangeRow.entry_id)
        )
        found |= {row[0]: row[1] for row in tx.session.execute(query)}
    return found


def _near_undisclosed(tx: Transaction, table: str, ids: Collection[str]) -> set[str]:
    """Those of the entries that have to do with an undisclosed place or service."""
    if table not in ("service", "organization", "location"):
        return set()
    model = MODELS[table]
    near = near_hidden("service" if table == "service" else "organization", _KNOWN_LEVELS)
    found: set[str] = set()
    for part in _parts(ids):
        query = select(model.id).where(model.id.in_(part))
        if table == "location":
            own = select(OrganizationRow.id).where(OrganizationRow.id == LocationRow.organization_id, near)
            query = query.where(own.exists())
        else:
            query = query.where(near)
        found |= set(tx.session.execute(query).scalars())
    return found


def _parts(ids: Collection[str]) -> Iterable[list[str]]:
    every = sorted(ids)
    return (every[start : start + _AT_ONCE] for start in range(0, len(every), _AT_ONCE))
