"""Organizations by their names, as an editor writes them."""

import json
from uuid import uuid4

from rapidfuzz import fuzz, process
from sqlalchemy import select

from screening.core.directory_profile import Confidentiality
from screening.operations.database import Transaction
from screening.operations.directory.entries import levels_open_to, visible
from screening.operations.directory.writing import add_entry
from screening.store.directory_models import OrganizationRow

_ALIKE = 80
_MOST_NAMED = 5
_LONGEST_SORT_NAME = 80


def find_organization(tx: Transaction, name: str) -> tuple[str | None, tuple[str, ...]]:
    """The organization with this name that the actor may see, and, if there is none, names that are nearly the same."""
    plain = _plain(name)
    query = select(OrganizationRow.id, OrganizationRow.sort_name, OrganizationRow.document).where(
        visible("organization", levels_open_to(tx.actor))
    )
    near = select(OrganizationRow.id, OrganizationRow.sort_name).where(
        visible("organization", levels_open_to(tx.actor))
    )
    same = query.where(OrganizationRow.sort_name == plain[:_LONGEST_SORT_NAME]).order_by(OrganizationRow.id)
    for row in tx.session.execute(same):
        if _plain(_name_in(row.document)) == plain:
            return row.id, ()
    known = {row.id: row.sort_name for row in tx.session.execute(near)}
    found = process.extract(
        plain, known, scorer=fuzz.token_sort_ratio, score_cutoff=_ALIKE, limit=_MOST_NAMED
    )
    ids = [key for _name, _score, key in found]
    names = (
        tx.session.execute(select(OrganizationRow.document).where(OrganizationRow.id.in_(ids))) if ids else ()
    )
    return None, tuple(sorted({_name_in(row.document) for row in names}))


def organization_for(tx: Transaction, name: str) -> str | None:
    """The organization with this name, added if there is none; nothing for no name. The caller asked for permission."""
    if not name:
        return None
    found, _names = find_organization(tx, name)
    if found is None:
        found = str(uuid4())
        row = {"id": found, "name": name, "description": name}
        add_entry(tx, "organization", found, {"organization": [row]}, Confidentiality.PUBLIC)
    return found


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()


def _name_in(document: str) -> str:
    name: str = json.loads(document)["organization"][0]["name"]
    return name
