"""Which service gives which kind of help where, as rows of their own: finding help never reads a whole directory.

They are drawn from the documents and rewritten with them: by an import and by every edit, in the same transaction. A kind is the
code of any taxonomy term that stands on the service, an area the name of an area it serves; both only if they are written as
ids, whatever edition of the rulebook knows them, so that a new edition needs no rewriting. A directory from before there were
such rows is filled once, at its first use: opening a database belongs to no agency, and writing always does.
"""

import json
import re
from collections.abc import Collection, Iterable, Mapping
from weakref import WeakKeyDictionary

from sqlalchemy import delete, exists, insert, select

from screening.core.directory_entries import rows_of
from screening.core.directory_offers import offers_of
from screening.core.directory_profile import PROFILES
from screening.core.directory_tables import Row
from screening.operations.actors import Actor, Verb, require, system_actor
from screening.operations.database import Database, Transaction
from screening.store.directory_models import DirectoryAttribute, ServiceRow, TaxonomyTermRow
from screening.store.help_models import ServiceOfferRow

_AT_ONCE = 500
_filled: WeakKeyDictionary[Database, set[str]] = WeakKeyDictionary()
"""The agencies of a database whose rows were found complete by this process."""
_ID = re.compile(r"[a-z][a-z0-9_]{0,59}")


def save_offers(tx: Transaction, service_ids: Iterable[str]) -> None:
    """Rewrite what these services give, from their documents as they stand in this transaction. The caller may edit."""
    wanted = sorted(set(service_ids))
    for start in range(0, len(wanted), _AT_ONCE):
        part = wanted[start : start + _AT_ONCE]
        # Locked, so that of two who rewrite the same service the second sees what the first wrote.
        held = select(ServiceRow.id, ServiceRow.document).where(ServiceRow.id.in_(part)).with_for_update()
        write_offers(tx, {row.id: row.document for row in tx.session.execute(held)})


def write_offers(tx: Transaction, documents: Mapping[str, str]) -> None:
    """Rewrite what these services (id → document) give. They are in the store already."""
    ids = list(documents)
    for start in range(0, len(ids), _AT_ONCE):
        part = ids[start : start + _AT_ONCE]
        tx.session.execute(delete(ServiceOfferRow).where(ServiceOfferRow.service_id.in_(part)))
    rows = {
        own: rows_of([document]) for own, document in documents.items() if '"taxonomy_term_id":' in document
    }
    marks = {own: _marks(own, tables["attribute"].values()) for own, tables in rows.items()}
    kinds = _kinds(tx, set().union(*marks.values()))
    found = [
        {"agency_id": tx.session.agency_id, "kind": kind, "area": area, "service_id": own}
        for own, terms in marks.items()
        if terms & kinds.keys()
        for kind, area in sorted(offers_of({**rows[own], "taxonomy_term": kinds}))
    ]
    if found:
        tx.session.execute(insert(ServiceOfferRow), found)


def save_offers_of_terms(tx: Transaction, term_ids: Collection[str]) -> None:
    """Rewrite what the services give on which these terms stand: a changed code is another kind."""
    marked = select(DirectoryAttribute.link_id).where(
        DirectoryAttribute.taxonomy_term_id.in_(term_ids), DirectoryAttribute.link_entity == "service"
    )
    save_offers(tx, tx.session.execute(marked.distinct()).scalars().all())


def fill_offers(db: Database, actor: Actor | None) -> None:
    """Fill the rows of services from before there were any, in pieces that may be broken off; asked once a process and agency.

    Does nothing where every service that bears a kind has its rows. Raises PermissionRefused.
    """
    person = require(actor, Verb.VIEW_DIRECTORY)
    filled = _filled.setdefault(db, set())
    if person.agency_id in filled:
        return
    with db.reading(person) as tx:
        missing = _without_offers(tx)
    for start in range(0, len(missing), _AT_ONCE):
        with db.writing(system_actor(person.agency_id)) as tx:
            save_offers(tx, missing[start : start + _AT_ONCE])
    filled.add(person.agency_id)


def _without_offers(tx: Transaction) -> list[str]:
    """Services that bear a kind of help and have no row. From indexes alone, in proportion to the services that bear one."""
    own = exists(select(ServiceOfferRow.kind).where(ServiceOfferRow.service_id == DirectoryAttribute.link_id))
    terms = _kind_terms(tx)
    found: set[str] = set()
    for start in range(0, len(terms), _AT_ONCE):
        marked = select(DirectoryAttribute.link_id).where(
            DirectoryAttribute.taxonomy_term_id.in_(terms[start : start + _AT_ONCE]),
            DirectoryAttribute.link_entity == "service",
            ~own,
        )
        found.update(tx.session.execute(marked).scalars())
    return sorted(found)


def _kind_terms(tx: Transaction) -> list[str]:
    """The terms of the agency that can be kinds of help. Those of our own placement profile are none."""
    query = select(TaxonomyTermRow.id, TaxonomyTermRow.document).where(
        TaxonomyTermRow.taxonomy_id.is_(None) | TaxonomyTermRow.taxonomy_id.not_in(PROFILES)
    )
    return [row.id for row in tx.session.execute(query) if _is_kind(_term(row.id, row.document))]


def _kinds(tx: Transaction, terms: set[str]) -> dict[str, Row]:
    """Of these terms those that can be kinds of help, as rows."""
    found: dict[str, Row] = {}
    wanted = sorted(terms)
    for start in range(0, len(wanted), _AT_ONCE):
        part = wanted[start : start + _AT_ONCE]
        query = select(TaxonomyTermRow.id, TaxonomyTermRow.document).where(TaxonomyTermRow.id.in_(part))
        found |= {row.id: _term(row.id, row.document) for row in tx.session.execute(query)}
    return {own: row for own, row in found.items() if _is_kind(row)}


def _term(own: str, document: str) -> Row:
    rows: list[Row] = json.loads(document)["taxonomy_term"]
    return next(row for row in rows if row["id"] == own)


def _is_kind(term: Row) -> bool:
    return term.get("taxonomy_id") not in PROFILES and _ID.fullmatch(str(term.get("code") or "")) is not None


def _marks(own: str, attributes: Iterable[Row]) -> set[str]:
    """The terms that stand on the service itself, not on something that belongs to it."""
    return {
        str(row["taxonomy_term_id"])
        for row in attributes
        if row.get("link_id") == own and "taxonomy_term_id" in row
    }
