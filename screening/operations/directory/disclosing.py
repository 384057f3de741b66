"""Loading entries together with what must stay hidden about them, and handing out what may leave. The only way out of the store.

Every list, answer and file is made of what ``visible_tables`` returns.
"""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from screening.core.directory_disclosure import disclosed
from screening.core.directory_entries import rows_of
from screening.core.directory_profile import (
    CONFIDENTIALITY,
    VERIFICATION,
    Confidentiality,
    profile_attribute,
    profile_rows,
)
from screening.core.directory_tables import Row
from screening.operations.database import Transaction
from screening.operations.directory.entries import MODELS, VERIFIED, column_of, levels_open_to, visible
from screening.store.directory_models import LocationRow, ServiceAtLocationRow, ServiceRow

FlatTables = dict[str, dict[str, Row]]
_AT_ONCE = 500


def whole_directory(tx: Transaction) -> FlatTables:
    """Everything of the agency the actor may see."""
    levels = levels_open_to(tx.actor)
    seen: list[Any] = []
    hidden: list[str] = []
    for table in MODELS:
        seen += _found(tx, table, visible(table, levels))
    for table in ("service", "location", "service_at_location"):
        hidden += [row.document for row in _found(tx, table, ~visible(table, levels))]
    return _handed_out(seen, hidden)


def visible_tables(tx: Transaction, wanted: dict[str, Collection[str]]) -> FlatTables:
    """The rows of these entries (table → ids), of what belongs to them, and of what they refer to, as the actor may see them.

    Hidden entries of the same organizations are read as well, to know what must not be repeated.
    """
    levels = levels_open_to(tx.actor)
    ids = {table: set(wanted.get(table, ())) for table in MODELS}
    _join_services(tx, ids)
    seen: list[Any] = []
    for table in ("organization", "location", "service", "service_at_location"):
        seen += _by_id(tx, table, ids[table], visible(table, levels))
    terms = {
        row["taxonomy_term_id"]
        for row in rows_of(each.document for each in seen)["attribute"].values()
        if "taxonomy_term_id" in row
    }
    seen += _terms(tx, terms | ids["taxonomy_term"], ids["taxonomy"])
    return _handed_out(seen, _hidden_documents(tx, ids["organization"], ids["service"], levels))


def _join_services(tx: Transaction, ids: dict[str, set[str]]) -> None:
    """Add what the wanted entries refer to, one step: organizations and services to services at locations, these to locations."""
    for part in _parts(ids["service"]):
        at = select(ServiceAtLocationRow.id).where(ServiceAtLocationRow.service_id.in_(part))
        ids["service_at_location"].update(tx.session.execute(at).scalars())
    for part in _parts(ids["service_at_location"]):
        joined = select(ServiceAtLocationRow.service_id, ServiceAtLocationRow.location_id)
        for row in tx.session.execute(joined.where(ServiceAtLocationRow.id.in_(part))):
            ids["service"].add(row.service_id)
            if row.location_id is not None:
                ids["location"].add(row.location_id)
    for model, table in ((ServiceRow, "service"), (LocationRow, "location")):
        for part in _parts(ids[table]):
            found = tx.session.execute(select(model.organization_id).where(model.id.in_(part))).scalars()
            ids["organization"].update(each for each in found if each is not None)


def _terms(tx: Transaction, terms: set[str], taxonomies: set[str]) -> list[Any]:
    found = _by_id(tx, "taxonomy_term", terms)
    rows = rows_of(row.document for row in found)["taxonomy_term"].values()
    return found + _by_id(
        tx, "taxonomy", taxonomies | {row["taxonomy_id"] for row in rows if "taxonomy_id" in row}
    )


def _hidden_documents(
    tx: Transaction, organizations: set[str], services: set[str], levels: tuple[str, ...]
) -> list[str]:
    """Documents of what is hidden and has to do with these organizations and services."""
    found: set[str] = set()
    near = [ServiceRow.organization_id.in_(part) for part in _parts(organizations)]
    near += [ServiceRow.id.in_(part) for part in _parts(services)]
    closed = {level.value for level in Confidentiality} - set(levels)
    hidden_location = LocationRow.confidentiality.not_in(levels)
    hidden_service = ServiceRow.confidentiality.not_in(levels)
    for part in _parts(organizations):
        for model, condition in ((ServiceRow, hidden_service), (LocationRow, hidden_location)):
            query = select(model.document).where(condition, model.organization_id.in_(part))
            found.update(tx.session.execute(query).scalars())
    for condition in near:
        joined = (
            select(
                ServiceAtLocationRow.document,
                LocationRow.document,
                LocationRow.confidentiality,
            )
            .join(ServiceRow, ServiceRow.id == ServiceAtLocationRow.service_id)
            .outerjoin(LocationRow, LocationRow.id == ServiceAtLocationRow.location_id)
            .where(condition, or_(hidden_location, hidden_service))
        )
        for joint, location, level in tx.session.execute(joined):
            found.add(joint)
            if level in closed:
                found.add(location)
    return list(found)


def _found(tx: Transaction, table: str, condition: ColumnElement[bool]) -> list[Any]:
    model = MODELS[table]
    columns = [model.id, model.document]
    columns += [column_of(table, "confidentiality")] if table in ("service", "location") else []
    columns += [column_of(table, "verified_at")] if table in VERIFIED else []
    return list(tx.session.execute(select(*columns).where(condition)))


def _by_id(
    tx: Transaction, table: str, ids: Iterable[str], condition: ColumnElement[bool] | None = None
) -> list[Any]:
    found: list[Any] = []
    for part in _parts(ids):
        wanted = MODELS[table].id.in_(part)
        found += _found(tx, table, wanted if condition is None else wanted & condition)
    return found


def _parts(ids: Iterable[str]) -> Iterable[list[str]]:
    every = sorted(ids)
    return (every[start : start + _AT_ONCE] for start in range(0, len(every), _AT_ONCE))


def _handed_out(seen: list[Any], hidden: list[str]) -> FlatTables:
    tables = disclosed(rows_of(row.document for row in seen), rows_of(hidden))
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
        for table, rows in profile_rows().items():
            for row_id, each in rows.items():
                tables[table].setdefault(row_id, each)
    return {table: dict(sorted(rows.items())) for table, rows in tables.items()}


def _say(tables: FlatTables, table: str, entry_id: str, code: str, value: str) -> None:
    if entry_id in tables[table]:
        attribute = profile_attribute(table, entry_id, code, value)
        tables["attribute"][attribute["id"]] = attribute
