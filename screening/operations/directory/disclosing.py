"""Loading entries together with what must stay hidden about them, and handing out what may leave. The only way out of the store.

Every list, answer and file is made of what ``visible_tables`` returns.
"""

from collections.abc import Collection, Iterable
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Executable, bindparam, or_, select

from screening.core.directory_disclosure import disclosed
from screening.core.directory_entries import add_rows, rows_of
from screening.core.directory_profile import (
    CONFIDENTIALITY,
    RESTRICTED_ID,
    VERIFICATION,
    Confidentiality,
    profile_attribute,
    profile_rows,
)
from screening.core.directory_tables import Row
from screening.operations.actors import Verb, may
from screening.operations.database import Transaction
from screening.operations.directory.entries import MODELS, VERIFIED, column_of, levels_open_to, visible
from screening.store.directory_models import LocationRow, ServiceAtLocationRow, ServiceRow

FlatTables = dict[str, dict[str, Row]]
_AT_ONCE = 500
# Written once, so that they stay compiled: finding help asks all of them for every page it makes.
_IDS: BindParameter[str] = bindparam("ids", expanding=True)
_LEVELS: BindParameter[str] = bindparam("levels", expanding=True)
_HELD_AT = select(ServiceAtLocationRow.id).where(ServiceAtLocationRow.service_id.in_(_IDS))
_JOINED = select(ServiceAtLocationRow.service_id, ServiceAtLocationRow.location_id).where(
    ServiceAtLocationRow.id.in_(_IDS)
)
_HIDDEN_LOCATION = LocationRow.confidentiality.not_in(_LEVELS)
_HIDDEN_SERVICE = ServiceRow.confidentiality.not_in(_LEVELS)
_ORGANIZATIONS_OF = {
    table: select(model.organization_id).where(model.id.in_(_IDS))
    for table, model in (("service", ServiceRow), ("location", LocationRow))
}
_HIDDEN_OF_ORGANIZATIONS = tuple(
    select(model.document).where(hidden, model.organization_id.in_(_IDS))
    for model, hidden in ((ServiceRow, _HIDDEN_SERVICE), (LocationRow, _HIDDEN_LOCATION))
)


def _hidden_joints(near: ColumnElement[bool]) -> Executable:
    return (
        select(ServiceAtLocationRow.document, LocationRow.document, LocationRow.confidentiality)
        .join(ServiceRow, ServiceRow.id == ServiceAtLocationRow.service_id)
        .outerjoin(LocationRow, LocationRow.id == ServiceAtLocationRow.location_id)
        .where(near, or_(_HIDDEN_LOCATION, _HIDDEN_SERVICE))
    )


_HIDDEN_AT_ORGANIZATIONS = _hidden_joints(ServiceRow.organization_id.in_(_IDS))
_HIDDEN_AT_SERVICES = _hidden_joints(ServiceRow.id.in_(_IDS))


def whole_directory(tx: Transaction) -> FlatTables:
    """Everything of the agency the actor may see."""
    levels = levels_open_to(tx.actor)
    seen: list[Any] = []
    hidden: list[str] = []
    for table in MODELS:
        seen += _found(tx, table, visible(table, levels))
    for table in ("service", "location", "service_at_location"):
        hidden += [row.document for row in _found(tx, table, ~visible(table, levels))]
    return _handed_out(tx, rows_of(row.document for row in seen), seen, hidden)


def visible_tables(tx: Transaction, wanted: dict[str, Collection[str]]) -> FlatTables:
    """The rows of these entries (table → ids), of what belongs to them, and of what they refer to, as the actor may see them.

    Hidden entries of the same organizations are read as well, to know what must not be repeated.
    """
    levels = levels_open_to(tx.actor)
    ids = {table: set(wanted.get(table, ())) for table in MODELS}
    _join_services(tx, ids)
    seen: list[Any] = []
    for table in ("organization", "location", "service", "service_at_location"):
        seen += _by_id(tx, table, ids[table], levels)
    rows = rows_of(each.document for each in seen)
    terms = {row["taxonomy_term_id"] for row in rows["attribute"].values() if "taxonomy_term_id" in row}
    _add_terms(tx, rows, terms | ids["taxonomy_term"], ids["taxonomy"])
    return _handed_out(tx, rows, seen, _hidden_documents(tx, ids["organization"], ids["service"], levels))


def _join_services(tx: Transaction, ids: dict[str, set[str]]) -> None:
    """Add what the wanted entries refer to, one step: organizations and services to services at locations, these to locations."""
    ids["service_at_location"].update(row.id for row in _asked(tx, _HELD_AT, ids["service"]))
    for row in _asked(tx, _JOINED, ids["service_at_location"]):
        ids["service"].add(row.service_id)
        if row.location_id is not None:
            ids["location"].add(row.location_id)
    for table, query in _ORGANIZATIONS_OF.items():
        found = (row.organization_id for row in _asked(tx, query, ids[table]))
        ids["organization"].update(each for each in found if each is not None)


def _add_terms(tx: Transaction, rows: FlatTables, terms: set[str], taxonomies: set[str]) -> None:
    """Add the rows of these terms, of their taxonomies, and of these taxonomies."""
    add_rows(rows, (row.document for row in _by_id(tx, "taxonomy_term", terms)))
    named = {row["taxonomy_id"] for row in rows["taxonomy_term"].values() if "taxonomy_id" in row}
    add_rows(rows, (row.document for row in _by_id(tx, "taxonomy", taxonomies | named)))


def _hidden_documents(
    tx: Transaction, organizations: set[str], services: set[str], levels: tuple[str, ...]
) -> list[str]:
    """Documents of what is hidden and has to do with these organizations and services."""
    found: set[str] = set()
    closed = {level.value for level in Confidentiality} - set(levels)
    for query in _HIDDEN_OF_ORGANIZATIONS:
        found.update(row.document for row in _asked(tx, query, organizations, levels))
    for hidden_at, near in ((_HIDDEN_AT_ORGANIZATIONS, organizations), (_HIDDEN_AT_SERVICES, services)):
        for joint, location, level in _asked(tx, hidden_at, near, levels):
            found.add(joint)
            if level in closed:
                found.add(location)
    return list(found)


def _selected(table: str) -> Any:
    model = MODELS[table]
    columns = [model.id, model.document]
    columns += [column_of(table, "confidentiality")] if table in ("service", "location") else []
    columns += [column_of(table, "verified_at")] if table in VERIFIED else []
    return select(*columns)


def _found(tx: Transaction, table: str, condition: ColumnElement[bool]) -> list[Any]:
    return list(tx.session.execute(_selected(table).where(condition)))


@cache
def _by_ids(table: str, levels: tuple[str, ...]) -> Any:
    """The entries with some ids that people may see to whom these levels are open; there are few sets of levels."""
    return _selected(table).where(MODELS[table].id.in_(_IDS), visible(table, levels))


def _by_id(tx: Transaction, table: str, ids: Iterable[str], levels: tuple[str, ...] = ()) -> list[Any]:
    return list(_asked(tx, _by_ids(table, levels), ids))


def _asked(
    tx: Transaction, query: Executable, ids: Iterable[str], levels: tuple[str, ...] | None = None
) -> Iterable[Any]:
    """The rows that a query gives for these ids, not too many of them at once."""
    more = {} if levels is None else {"levels": levels}
    for part in _parts(ids):
        yield from tx.session.execute(query, {"ids": part, **more})


def _parts(ids: Iterable[str]) -> Iterable[list[str]]:
    every = sorted(ids)
    return (every[start : start + _AT_ONCE] for start in range(0, len(every), _AT_ONCE))


def _handed_out(tx: Transaction, rows: FlatTables, seen: list[Any], hidden: list[str]) -> FlatTables:
    tables = disclosed(rows, rows_of(hidden))
    if not may(tx.actor, Verb.SEE_CONFIDENTIAL_PLACES):
        _leave_out_restricted(tables)
    for row in seen:
        level = getattr(row, "confidentiality", None)
        if level is not None:
            table = "service" if row.id in tables["service"] else "location"
            _say(tables, table, row.id, CONFIDENTIALITY, level)
        if row.id in tables["service"] and level is not None:
            verified = row.verified_at
            _say(tables, "service", row.id, VERIFICATION, "verified" if verified else "not verified")
            if verified:
                service = tables["service"][row.id]
                tables["service"][row.id] = {**service, "assured_date": verified.date().isoformat()}
    if tables["attribute"]:
        for table, profile in profile_rows().items():
            for row_id, each in profile.items():
                tables[table].setdefault(row_id, each)
    return {table: dict(sorted(rows.items())) for table, rows in tables.items()}


def _leave_out_restricted(tables: FlatTables) -> None:
    """Take out what only people who place youths may read, such as a warning about a place."""
    terms = {id for id, row in tables["taxonomy_term"].items() if row.get("taxonomy_id") == RESTRICTED_ID}
    attributes = tables["attribute"]
    for id in [id for id, row in attributes.items() if row.get("taxonomy_term_id") in terms]:
        del attributes[id]


def _say(tables: FlatTables, table: str, entry_id: str, code: str, value: str) -> None:
    if entry_id in tables[table]:
        attribute = profile_attribute(table, entry_id, code, value)
        tables["attribute"][attribute["id"]] = attribute
