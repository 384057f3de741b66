"""Writing single entries as a person changed them, with everything that is drawn from their documents."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import delete, insert, select, update

from screening.core.directory_entries import Entry, entries, entry_of
from screening.core.directory_history import LEVEL, FieldChange, field_changes
from screening.core.directory_profile import Confidentiality, feature_term_id
from screening.core.directory_seed import kind_term_id, starter_rows
from screening.core.directory_service_entry import Content
from screening.core.rulebook import Rulebook
from screening.operations.actors import Verb, require
from screening.operations.database import Transaction
from screening.operations.directory.entries import MODELS, VERIFIED, column_of, columns_of, new_row
from screening.operations.directory.history import (
    Mark,
    marked,
    names_of_terms,
    record_changes,
)
from screening.operations.directory.offers import save_offers
from screening.store.directory_models import DirectoryAttribute, TaxonomyTermRow
from screening.store.journal_actions import AuditAction

ENTERED_HERE = "entered here"
"""The source of entries a person added; no file is called so."""


class Held(NamedTuple):
    """An entry as it stands in the store, locked until the transaction ends. Only some tables have levels."""

    table: str
    id: str
    digest: str
    document: str
    level: Confidentiality

    @property
    def content(self) -> Content:
        """Its rows."""
        found: Content = json.loads(self.document)
        return found


def hold(tx: Transaction, table: str, ids: Iterable[str]) -> list[Held]:
    """Entries of a table in a fixed order, locked. The caller decides whether the actor may see them."""
    model = MODELS[table]
    columns = [model.id, model.digest, model.document]
    columns += [column_of(table, "confidentiality")] if table in ("service", "location") else []
    query = select(*columns).where(model.id.in_(sorted(set(ids)))).order_by(model.id)
    rows = tx.session.execute(query.with_for_update() if tx.session.writing else query)
    return [
        Held(
            table, row[0], row[1], row[2], Confidentiality(row[3]) if len(row) > 3 else Confidentiality.PUBLIC
        )
        for row in rows
    ]


def change_entry(
    tx: Transaction,
    held: Held,
    content: Content,
    *,
    level: Confidentiality | None = None,
    marks: Iterable[FieldChange] = (),
    codes: Mapping[str, str] | None = None,
) -> int:
    """Write an entry's new rows and level, its history and what is drawn from them; out: how many fields changed.

    It counts as edited here from then on, and as not verified. Nothing is written where nothing changed. ``codes`` names
    terms that are known already.
    """
    entry = entry_of(held.table, held.id, content)
    level = level or held.level
    marks = list(marks)
    changed = entry.digest != held.digest or level != held.level
    if not changed and not marks:
        return 0
    names = names_of_terms(tx, (held.document, entry.document), codes or {})
    found = field_changes(held.table, held.content, content, names)
    if level != held.level:
        found.append(FieldChange(LEVEL, held.level.value, level.value))
        marks.append(FieldChange(Mark.LEVEL, None, level.value))
    if changed:
        marks.append(FieldChange(Mark.EDITED, None, "yes"))
        _write_changed(tx, entry, level)
    record_changes(tx, held.table, {held.id: [*found, *marks]}, {held.id: (held.level.value, level.value)})
    if changed:
        if held.table == "service":
            save_offers(tx, [held.id])
        tx.journal.record(AuditAction.DIRECTORY_ENTRY_EDITED, held.id, kind=held.table, fields=len(found))
    return max(len(found), int(changed))


def _write_changed(tx: Transaction, entry: Entry, level: Confidentiality) -> None:
    model = MODELS[entry.table]
    values = {**columns_of(entry, level, tx.today), "as_of": tx.today, "changed_at": tx.now}
    values |= {"verified_at": None} if entry.table in VERIFIED else {}
    entry_id = values.pop("id")
    tx.session.execute(update(model).where(model.id == entry_id).values(**values))
    write_attributes(tx, [entry])


def add_entry(tx: Transaction, table: str, entry_id: str, content: Content, level: Confidentiality) -> None:
    """Write an entry that was not there. Its offers, if it is a service, are the caller's to save."""
    actor = require(tx.actor, Verb.EDIT_DIRECTORY)
    entry = entry_of(table, entry_id, content)
    row = new_row(columns_of(entry, level, tx.today), actor.agency_id, ENTERED_HERE, tx.now)
    tx.session.execute(insert(MODELS[table]), [row])
    write_attributes(tx, [entry])
    marks = [FieldChange(Mark.ADDED, None, "yes"), FieldChange(Mark.EDITED, None, "yes")]
    record_changes(tx, table, {entry_id: marks}, {})
    tx.journal.record(AuditAction.DIRECTORY_ENTRY_EDITED, entry_id, kind=table, fields=0)


def record_import(
    tx: Transaction, source: str, before: Iterable[Held], after: Mapping[str, Mapping[str, Any]]
) -> None:
    """Keep the history of what an import changed in one table: entries as they stood, and their columns (id → columns)."""
    before = list(before)
    documents = [text for held in before for text in (held.document, after[held.id]["document"])]
    names = names_of_terms(tx, documents, {})
    edited = marked(tx, Mark.EDITED, [held.id for held in before])
    changes: dict[str, list[FieldChange]] = {}
    levels: dict[str, tuple[str, ...]] = {}
    for held in before:
        columns = after[held.id]
        level = columns.get("confidentiality", held.level.value)
        found = field_changes(held.table, held.content, json.loads(columns["document"]), names)
        if level != held.level.value:
            found.append(FieldChange(LEVEL, held.level.value, level))
        found.append(FieldChange(Mark.IMPORTED, None, source))
        found += [FieldChange(Mark.EDITED, "yes", None)] if held.id in edited else []
        changes[held.id], levels[held.id] = found, (held.level.value, level)
    for table in {held.table for held in before}:
        record_changes(tx, table, changes, levels)


def write_attributes(tx: Transaction, written: Iterable[Entry]) -> None:
    """Draw anew which terms stand on these entries."""
    written = list(written)
    if not written:
        return
    ids = [entry.row["id"] for entry in written]
    tx.session.execute(delete(DirectoryAttribute).where(DirectoryAttribute.link_id.in_(ids)))
    found = [
        {
            "agency_id": tx.session.agency_id,
            "id": row["id"],
            "link_entity": entry.table,
            "link_id": entry.row["id"],
            "taxonomy_term_id": row.get("taxonomy_term_id"),
            "value": row.get("value"),
        }
        for entry in written
        for row in entry.attributes
    ]
    if found:
        tx.session.execute(insert(DirectoryAttribute), found)


def ensure_terms(tx: Transaction, rulebook: Rulebook) -> None:
    """Add our taxonomies and the kinds of help the rulebook knows, as far as the agency has them not yet."""
    actor = require(tx.actor, Verb.EDIT_DIRECTORY)
    features = rulebook.placement.features if rulebook.placement else ()
    for entry in entries(starter_rows((), rulebook.kinds, features)):
        model = MODELS[entry.table]
        there = select(model.id).where(model.id == entry.row["id"])
        if tx.session.execute(there).one_or_none() is None:
            columns = columns_of(entry, Confidentiality.PUBLIC, tx.today)
            tx.session.execute(insert(model), [new_row(columns, actor.agency_id, ENTERED_HERE, tx.now)])


def kind_terms(tx: Transaction, rulebook: Rulebook, document: str = "") -> dict[str, str]:
    """Term → kind of help: the rulebook's own terms, and those with the same codes that stand in the document."""
    found = {kind_term_id(kind): kind for kind in rulebook.kinds}
    rows = json.loads(document).get("attribute", ()) if document else ()
    others = {row["taxonomy_term_id"] for row in rows if "taxonomy_term_id" in row} - found.keys()
    query = select(TaxonomyTermRow.id, TaxonomyTermRow.document).where(TaxonomyTermRow.id.in_(others))
    for row in tx.session.execute(query) if others else ():
        term = next(each for each in json.loads(row.document)["taxonomy_term"] if each["id"] == row.id)
        if term.get("code") in rulebook.kinds:
            found[row.id] = term["code"]
    return found


def trait_names(codes: Iterable[str]) -> dict[str, str]:
    """Term → code, for codes of our own taxonomy."""
    return {feature_term_id(code): code for code in codes}
