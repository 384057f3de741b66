"""What the directory answers: lists, page by page, and single entries, as HSDS nests them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select
from sqlalchemy.orm import aliased

from screening.core.directory_disclosure import NOT_DISCLOSED
from screening.core.directory_nesting import Nesting
from screening.core.directory_profile import RESTRICTED_ID
from screening.operations.actors import Verb, may, require
from screening.operations.database import Transaction
from screening.operations.directory.disclosing import visible_tables
from screening.operations.directory.entries import (
    MODELS,
    EntryNotFound,
    column_of,
    levels_open_to,
    plain_postal_code,
    visible,
)
from screening.store.directory_models import (
    DirectoryAttribute,
    LocationRow,
    OrganizationRow,
    ServiceAtLocationRow,
    ServiceRow,
    TaxonomyTermRow,
)
from screening.store.journal_actions import AuditAction

LISTED = ("organization", "service", "service_at_location", "taxonomy", "taxonomy_term")
MOST_A_PAGE = 200
MOST_A_PAGE_MINIMAL = 5000
_OWNING = ("service", "organization")
"""Tables whose entries can have hidden places; what is said of them may tell of these."""
_Parent = aliased(TaxonomyTermRow)
_At = aliased(ServiceAtLocationRow)
_Other = aliased(ServiceRow)
_Place = aliased(LocationRow)


@dataclass(frozen=True)
class Query:
    """What is looked for. Everything that is given must hold."""

    search: str = ""
    page: int = 1
    per_page: int = 50
    taxonomy_term_id: str = ""
    taxonomy_id: str = ""
    organization_id: str = ""
    parent_id: str = ""
    postcode: str = ""
    top_only: bool = False
    modified_after: datetime | None = None
    minimal: bool = False
    full: bool = False


@dataclass(frozen=True)
class Page:
    """A page of what was found."""

    total: int
    number: int
    per_page: int
    contents: list[dict[str, Any]]

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // self.per_page))


def list_entries(tx: Transaction, table: str, query: Query) -> Page:
    """A page of the entries of a table the actor may see. Raises PermissionRefused."""
    require(tx.actor, Verb.VIEW_DIRECTORY)
    levels = levels_open_to(tx.actor)
    conditions = [visible(table, levels), *_conditions(tx, table, query, levels)]
    model = MODELS[table]
    total = tx.session.execute(select(func.count(model.id)).where(*conditions)).scalar_one()
    order = [column_of(table, "sort_name"), model.id] if hasattr(model, "sort_name") else [model.id]
    most = MOST_A_PAGE_MINIMAL if query.minimal else MOST_A_PAGE
    per_page = max(1, min(query.per_page, most))
    wanted = select(model.id, model.changed_at).where(*conditions).order_by(*order)
    rows = tx.session.execute(wanted.limit(per_page).offset((query.page - 1) * per_page)).all()
    if query.minimal and table == "service":
        contents = [{"id": row.id, "last_modified": row.changed_at.isoformat()} for row in rows]
    else:
        contents = _nested(tx, table, [row.id for row in rows], whole=query.full)
    tx.note_view(
        AuditAction.DIRECTORY_LISTED, tx.actor.agency_id if tx.actor else "", kind=table, found=total
    )
    return Page(total, query.page, per_page, contents)


def find_entry(tx: Transaction, table: str, entry_id: str) -> dict[str, Any]:
    """One entry with everything the actor may see of it. A look at a confidential one is journalled by its id.

    Raises EntryNotFound, PermissionRefused.
    """
    require(tx.actor, Verb.VIEW_DIRECTORY)
    model, condition = MODELS[table], visible(table, levels_open_to(tx.actor))
    found = tx.session.execute(select(model.id).where(model.id == entry_id, condition)).one_or_none()
    if found is None:
        raise EntryNotFound("There is no such entry.")
    return _nested(tx, table, [entry_id], whole=True)[0]


def _nested(tx: Transaction, table: str, ids: list[str], *, whole: bool) -> list[dict[str, Any]]:
    wanted: dict[str, Any] = {table: ids}
    if table == "organization" and whole:
        services = tx.session.execute(select(ServiceRow.id).where(ServiceRow.organization_id.in_(ids)))
        wanted["service"] = list(services.scalars())
    if whole and table in ("organization", "service", "service_at_location"):
        wanted["location"] = _locations_of_organizations(tx, table, ids)
    tables = visible_tables(tx, wanted)
    nesting = Nesting(tables)
    _note_confidential(tx, tables)
    show = nesting.whole if whole else nesting.short
    return [show(table, entry_id) for entry_id in ids if entry_id in tables[table]]


def _locations_of_organizations(tx: Transaction, table: str, ids: list[str]) -> list[str]:
    """All the locations of the organizations of these entries: HSDS nests them in the organization."""
    if table == "organization":
        own: Any = ids
    elif table == "service":
        own = select(ServiceRow.organization_id).where(ServiceRow.id.in_(ids))
    else:
        own = (
            select(ServiceRow.organization_id)
            .join(ServiceAtLocationRow, ServiceAtLocationRow.service_id == ServiceRow.id)
            .where(ServiceAtLocationRow.id.in_(ids))
        )
    return list(
        tx.session.execute(select(LocationRow.id).where(LocationRow.organization_id.in_(own))).scalars()
    )


def _note_confidential(tx: Transaction, tables: dict[str, Any]) -> None:
    """Each confidential entry that is handed out is journalled by its id."""
    for row in tables["attribute"].values():
        if row.get("value") == "confidential" and row.get("link_entity") in ("service", "location"):
            tx.note_view(AuditAction.DIRECTORY_CONFIDENTIAL_VIEWED, row["link_id"])


def _conditions(
    tx: Transaction, table: str, query: Query, levels: tuple[str, ...]
) -> list[ColumnElement[bool]]:
    conditions = matching_words(tx, table, query.search, levels)
    if query.modified_after is not None:
        conditions.append(MODELS[table].changed_at > query.modified_after)
    if table == "service":
        conditions += _of_service(tx, query)
    elif table == "service_at_location":
        within = select(ServiceRow.id).where(*_of_service(tx, query))
        if query.organization_id or query.taxonomy_term_id or query.taxonomy_id:
            conditions.append(ServiceAtLocationRow.service_id.in_(within))
        if query.postcode:
            # Only of public places: whoever may not see a confidential one must not narrow it down by asking.
            near = select(LocationRow.id).where(
                LocationRow.postal_code == plain_postal_code(query.postcode),
                LocationRow.confidentiality == "public",
            )
            conditions.append(ServiceAtLocationRow.location_id.in_(near))
    elif table == "taxonomy_term":
        if query.taxonomy_id:
            conditions.append(TaxonomyTermRow.taxonomy_id == query.taxonomy_id)
        if query.parent_id:
            conditions.append(TaxonomyTermRow.parent_id == query.parent_id)
        if query.top_only:
            conditions.append(TaxonomyTermRow.parent_id.is_(None))
    return conditions


def _of_service(tx: Transaction, query: Query) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if not may(
        tx.actor, Verb.SEE_CONFIDENTIAL_PLACES
    ):  # who bears a warning is not found by asking for it either
        asked = TaxonomyTermRow.id == query.taxonomy_term_id
        restricted = exists(
            select(TaxonomyTermRow.id).where(asked, TaxonomyTermRow.taxonomy_id == RESTRICTED_ID)
        )
        conditions += [~restricted] if query.taxonomy_term_id else []
        conditions += [false()] if query.taxonomy_id == RESTRICTED_ID else []
    if query.organization_id:
        conditions.append(ServiceRow.organization_id == query.organization_id)
    marked = DirectoryAttribute.link_id == ServiceRow.id
    if query.taxonomy_term_id:
        term = DirectoryAttribute.taxonomy_term_id == query.taxonomy_term_id
        conditions.append(exists(select(DirectoryAttribute.id).where(marked, term)))
    if query.taxonomy_id:
        of_taxonomy = select(_Parent.id).where(_Parent.taxonomy_id == query.taxonomy_id)
        term = DirectoryAttribute.taxonomy_term_id.in_(of_taxonomy)
        conditions.append(exists(select(DirectoryAttribute.id).where(marked, term)))
    return conditions


def matching_words(
    tx: Transaction, table: str, words: str, levels: tuple[str, ...]
) -> list[ColumnElement[bool]]:
    """Every word must occur in the name or the description; of services at locations, in those of the service."""
    split = split_words(words)
    if table == "service_at_location":
        if not split:
            return []
        meant = matching_words(tx, "service", words, levels)
        return [ServiceAtLocationRow.service_id.in_(select(ServiceRow.id).where(*meant))]
    masked = masked_names(tx, table, split, levels)
    return [word_in(table, word, levels, masked) for word in split]


def split_words(words: str) -> list[str]:
    """What was typed as words to look for."""
    return words.casefold().split()[:10]


def word_in(
    table: str, word: str, levels: tuple[str, ...], masked: Collection[str] = ()
) -> ColumnElement[bool]:
    """Whether a word occurs where it is shown.

    A description that has to do with a hidden place may repeat its address and is then not shown; so it is not searched
    either, or guessing would find what reading does not. The name is, unless it is itself ``masked``.
    """
    in_text: ColumnElement[bool] = column_of(table, "search_text").contains(word, autoescape=True)
    if table not in _OWNING:
        return in_text
    in_name: ColumnElement[bool] = column_of(table, "sort_name").contains(word, autoescape=True)
    named = and_(in_name, MODELS[table].id.not_in(masked)) if masked else in_name
    return or_(named, and_(in_text, ~near_hidden(table, levels)))


def masked_names(
    tx: Transaction, table: str, words: Iterable[str], levels: tuple[str, ...]
) -> frozenset[str]:
    """Of the entries whose names hold one of the words those whose name is not shown, since it tells of a hidden place."""
    named = [column_of(table, "sort_name").contains(word, autoescape=True) for word in words]
    if not named or table not in _OWNING:
        return frozenset()
    near = select(MODELS[table].id).where(visible(table, levels), or_(*named), near_hidden(table, levels))
    found = set(tx.session.execute(near).scalars())
    shown = visible_tables(tx, {table: found})[table] if found else {}
    return frozenset(own for own in found if own not in shown or shown[own]["name"] == NOT_DISCLOSED)


def near_hidden(table: str, levels: tuple[str, ...]) -> ColumnElement[bool]:
    """Whether an organization has a hidden service or location; of a service, whether its organization or its place is so."""
    organization = ServiceRow.organization_id if table == "service" else OrganizationRow.id
    own_place = exists(
        select(_Place.id).where(_Place.organization_id == organization, _Place.confidentiality.not_in(levels))
    )
    own_service = exists(
        select(_Other.id).where(_Other.organization_id == organization, _Other.confidentiality.not_in(levels))
    )
    there = _Other.organization_id == organization
    if table == "service":
        there = or_(there, _Other.id == ServiceRow.id)
    at_place = exists(
        select(_At.id)
        .join(_Place, _Place.id == _At.location_id)
        .join(_Other, _Other.id == _At.service_id)
        .where(there, _Place.confidentiality.not_in(levels))
    )
    return or_(own_place, own_service, at_place)
