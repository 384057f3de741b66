"""Adding and editing a service as a person does: only what they changed is touched, and nobody's change is written over.

A form carries the mark of what it was made from (``Present.version``). If the entry changed meanwhile, nothing is written
and the person gets both to see. An edited entry counts as not verified, unless it was edited during a call. Opening a level
of confidentiality up needs a word of its own: the first attempt is refused with what it would open.
"""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from uuid import uuid4

from sqlalchemy import select, update

from screening.core.directory_editing import ServiceChanges, put_address
from screening.core.directory_profile import Confidentiality
from screening.core.directory_service_entry import (
    Content,
    Known,
    PlaceEntry,
    ServiceEntry,
    place_entry,
    service_entry,
)
from screening.core.rulebook import Rulebook
from screening.operations.actors import Refusal, Verb, require
from screening.operations.database import Transaction
from screening.operations.directory.disclosing import visible_tables
from screening.operations.directory.editing_faults import entry_faults, own_codes
from screening.operations.directory.entries import EntryNotFound, levels_open_to, visible
from screening.operations.directory.offers import save_offers
from screening.operations.directory.organizations import find_organization, organization_for
from screening.operations.directory.writing import (
    Held,
    add_entry,
    change_entry,
    ensure_terms,
    hold,
    kind_terms,
    trait_names,
)
from screening.store.directory_models import ServiceAtLocationRow, ServiceRow
from screening.store.journal_actions import AuditAction


class EntryFaults(Refusal):
    """What is wrong with what was entered: field → message. Nothing was written."""

    def __init__(self, faults: Mapping[str, str], names: tuple[str, ...] = ()) -> None:
        super().__init__("Something is wrong with what was entered.")
        self.faults = faults
        self.names = names
        """Names of organizations that are nearly the one that was entered."""


class EntryChanged(Refusal):
    """Somebody else changed the entry since the form was made. Nothing was written."""


class OpensUp(Refusal):
    """The change would let more people see an entry or a place, and nobody has said yes to that. Nothing was written."""


@dataclass(frozen=True, slots=True)
class Present:
    """A service as it stands: its values, the mark of this version, and whether somebody has verified it."""

    id: str
    entry: ServiceEntry
    version: str
    is_verified: bool
    known: Known


@dataclass(frozen=True, slots=True)
class Editing:
    """How a change is meant.

    ``opens``: a person said yes to letting more people see it. ``new_organization``: the name is meant to be a new one.
    """

    opens: bool = False
    new_organization: bool = False


@dataclass(slots=True)
class _Whole:
    """A service with everything the form is about, held."""

    service: Held
    joints: list[Held] = field(default_factory=list)
    places: dict[str, Held] = field(default_factory=dict)
    organization_id: str | None = None
    is_verified: bool = False

    @property
    def version(self) -> str:
        parts = [self.service, *self.joints, *self.places.values()]
        text = "\n".join(f"{each.id} {each.digest} {each.level.value}" for each in parts)
        return hashlib.sha256(text.encode()).hexdigest()


def present_service(tx: Transaction, service_id: str, rulebook: Rulebook) -> Present:
    """A service as the form shows it. Raises EntryNotFound, PermissionRefused."""
    require(tx.actor, Verb.EDIT_DIRECTORY)
    return _present(tx, _whole(tx, service_id), rulebook)


def add_service(
    tx: Transaction, entry: ServiceEntry, rulebook: Rulebook, how: Editing, *, service_id: str = ""
) -> str:
    """Add a service; out: its id. The same id sent twice adds one. Raises EntryFaults, PermissionRefused."""
    require(tx.actor, Verb.EDIT_DIRECTORY)
    service_id = service_id or str(uuid4())
    if tx.session.execute(select(ServiceRow.id).where(ServiceRow.id == service_id)).one_or_none():
        return service_id
    known = _known(tx, rulebook, "")
    _refuse_faults(tx, ServiceEntry(), entry, rulebook, how)
    ensure_terms(tx, rulebook)
    organization = organization_for(tx, entry.organization)
    row = {"id": service_id, "name": entry.name, "status": entry.status, "organization_id": organization}
    changes = ServiceChanges({"service": [row]}, service_id, known, _draw)
    changes.put(ServiceEntry(status=entry.status, name=entry.name), entry)
    add_entry(tx, "service", service_id, changes.content, Confidentiality(entry.level))
    for place in entry.places:
        if not place.is_empty:
            _add_place(tx, service_id, organization, place)
    save_offers(tx, [service_id])
    return service_id


def edit_service(
    tx: Transaction,
    service_id: str,
    entry: ServiceEntry,
    rulebook: Rulebook,
    how: Editing,
    *,
    version: str,
) -> int:
    """Change what differs from ``entry``; out: how many fields. ``version``: that of what the form was made from.

    It counts as not verified from then on, until a check says otherwise.

    Raises EntryChanged, EntryFaults, OpensUp, EntryNotFound, PermissionRefused.
    """
    require(tx.actor, Verb.EDIT_DIRECTORY)
    whole = _whole(tx, service_id)
    if whole.version != version:
        raise EntryChanged("Somebody else changed this entry meanwhile.")
    present = _present(tx, whole, rulebook)
    shown = present.entry
    _refuse_faults(tx, shown, entry, rulebook, how)
    if _opens(shown, entry) and not how.opens:
        raise OpensUp("More people could see this entry or its place.")
    ensure_terms(tx, rulebook)
    changes = ServiceChanges(whole.service.content, service_id, present.known, _draw)
    changes.put(shown, entry)
    organization = whole.organization_id
    if entry.organization != shown.organization:
        organization = organization_for(tx, entry.organization)
        row = next(each for each in changes.content["service"] if each["id"] == service_id)
        row["organization_id"] = organization
    codes = {**trait_names(present.known.codes), **present.known.kind_terms}
    level = Confidentiality(entry.level)
    count = change_entry(tx, whole.service, changes.content, level=level, codes=codes)
    for place in entry.places:
        count += _put_place(tx, whole, place, organization)
    for table, row_id in changes.left:
        count += _forget_service(tx, whole, table, row_id)
    if count:
        unverified = update(ServiceRow).where(ServiceRow.id == service_id)
        tx.session.execute(unverified.values(verified_at=None))
    return count


def _draw() -> str:
    return str(uuid4())


def _whole(tx: Transaction, service_id: str) -> _Whole:
    levels = levels_open_to(tx.actor)
    query = select(ServiceRow.organization_id, ServiceRow.verified_at)
    query = query.where(ServiceRow.id == service_id, visible("service", levels))
    row = tx.session.execute(query).one_or_none()
    if row is None:
        raise EntryNotFound("There is no such entry.")
    joined = select(ServiceAtLocationRow.id, ServiceAtLocationRow.location_id)
    joints = tx.session.execute(joined.where(ServiceAtLocationRow.service_id == service_id)).all()
    return _Whole(
        hold(tx, "service", [service_id])[0],
        hold(tx, "service_at_location", [each.id for each in joints]),
        {
            each.id: each
            for each in hold(tx, "location", [each.location_id for each in joints if each.location_id])
        },
        row.organization_id,
        row.verified_at is not None,
    )


def _known(tx: Transaction, rulebook: Rulebook, document: str) -> Known:
    states = [each.id for each in rulebook.about.jurisdictions]
    areas = frozenset([*states, *(each.id for each in rulebook.about.counties)])
    return Known(kind_terms(tx, rulebook, document), areas, tuple(own_codes(rulebook)))


def _present(tx: Transaction, whole: _Whole, rulebook: Rulebook) -> Present:
    service_id = whole.service.id
    known = _known(tx, rulebook, whole.service.document)
    wanted: dict[str, Collection[str]] = {
        "service": [service_id],
        "service_at_location": [each.id for each in whole.joints],
    }
    tables = visible_tables(tx, wanted)
    entry = service_entry(tables, service_id, whole.service.level.value, known)
    places = []
    for place_id, held in whole.places.items():
        if held.level is Confidentiality.UNDISCLOSED:
            places.append(PlaceEntry(held.level.value, id=place_id, shown=False))
        else:
            places.append(place_entry(tables, place_id, held.level.value))
        if held.level is Confidentiality.CONFIDENTIAL:
            tx.note_view(AuditAction.DIRECTORY_CONFIDENTIAL_VIEWED, place_id)
    if whole.service.level is not Confidentiality.PUBLIC:
        tx.note_view(AuditAction.DIRECTORY_CONFIDENTIAL_VIEWED, service_id)
    entry = replace(entry, places=tuple(places))
    return Present(service_id, entry, whole.version, whole.is_verified, known)


def _refuse_faults(
    tx: Transaction, shown: ServiceEntry, entry: ServiceEntry, rulebook: Rulebook, how: Editing
) -> None:
    faults = entry_faults(shown, entry, rulebook)
    names: tuple[str, ...] = ()
    changed = entry.organization != shown.organization
    if entry.organization and changed and not how.new_organization:
        found, names = find_organization(tx, entry.organization)
        if found is None:
            faults["organization"] = (
                "No organization has this name. Correct it, or tick the box below to add a new organization."
            )
    if faults:
        raise EntryFaults(faults, names)


def _opens(before: ServiceEntry, after: ServiceEntry) -> bool:
    """Whether more people could see the service or a place of it than before."""
    earlier = {each.id: each.level for each in before.places}
    pairs = [(before.level, after.level)]
    pairs += [(earlier[each.id], each.level) for each in after.places if each.id in earlier]
    return any(is_more_open(was, now) for was, now in pairs)


def is_more_open(before: str, after: str) -> bool:
    """Whether one level lets more people see than another."""
    order = [level.value for level in Confidentiality]
    return order.index(after) < order.index(before)


def _put_place(tx: Transaction, whole: _Whole, place: PlaceEntry, organization: str | None) -> int:
    held = whole.places.get(place.id)
    if held is None:
        if place.is_empty:
            return 0
        _add_place(tx, whole.service.id, organization, place)
        return 1
    kept = place.is_empty and not place.shown
    content = held.content if kept else put_address(held.content, held.id, place, _draw)
    return change_entry(tx, held, content, level=Confidentiality(place.level))


def _add_place(tx: Transaction, service_id: str, organization: str | None, place: PlaceEntry) -> None:
    location_id, joint = _draw(), _draw()
    row = {"id": location_id, "location_type": "physical"}
    row |= {"organization_id": organization} if organization else {}
    content = put_address({"location": [row]}, location_id, place, _draw)
    add_entry(tx, "location", location_id, content, Confidentiality(place.level))
    at = {"id": joint, "service_id": service_id, "location_id": location_id}
    add_entry(tx, "service_at_location", joint, {"service_at_location": [at]}, Confidentiality.PUBLIC)


def _forget_service(tx: Transaction, whole: _Whole, table: str, row_id: str) -> int:
    """In other entries that hold a row the service no longer shares: the row stays, without its way to the service."""
    ids = {
        "organization": [whole.organization_id] if whole.organization_id else [],
        "location": list(whole.places),
        "service_at_location": [each.id for each in whole.joints],
    }
    count = 0
    for held in (each for name, wanted in ids.items() for each in hold(tx, name, wanted)):
        content: Content = held.content
        for row in content.get(table, ()):
            if row["id"] == row_id and row.get("service_id") == whole.service.id:
                del row["service_id"]
        count += change_entry(tx, held, content)
    return count
