"""The board: every place to live the agency knows of, how it stands, and whom it serves. A full place is shown like any other."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, or_, select

from screening.core.bed_words import BedWord
from screening.core.directory_profile import term_id
from screening.operations.actors import Verb, require
from screening.operations.beds.words import EVERYBODY, levels_open_to, standing_words
from screening.operations.database import Transaction
from screening.store.directory_models import DirectoryAttribute, ServiceRow
from screening.store.help_models import BedReportRow, ServiceOfferRow
from screening.store.journal_actions import AuditAction

NO_WORD = "no_word"
"""Asks for places nobody said anything about."""
GROUPS = ("girls", "boys", "transgender")
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class BoardPlace:
    """A place to live on the board.

    Attributes:
        sort_name: its name in small letters, to sort by; never shown.
        serves: whom it takes as far as the directory says; empty is not known, never nobody.
        kinds, areas: what help it gives and where, as the directory has it.
        words: what holds of it now, newest first; empty when nobody said anything.
    """

    service_id: str
    sort_name: str
    is_confidential: bool
    is_paused: bool
    serves: tuple[str, ...]
    kinds: tuple[str, ...]
    areas: tuple[str, ...]
    words: tuple[BedWord, ...]

    @property
    def word(self) -> BedWord | None:
        """The latest word."""
        return self.words[0] if self.words else None

    def takes(self, group: str) -> bool:
        """Whether it takes that group, as far as anybody knows: a place of which it is not known is not left out."""
        return not self.serves or EVERYBODY in self.serves or group in self.serves


def bed_board(
    tx: Transaction, *, serves: str = "", kind: str = "", areas: Collection[str] = (), status: str = ""
) -> tuple[BoardPlace, ...]:
    """The agency's places to live that the person may see, by name. Everything that is given must hold.

    In: serves: girls, boys or transgender; kind: id of the rulebook; areas: a place and every one that counts with it;
    status: of any word that holds, or ``NO_WORD``. What the directory does not say of a place never leaves it out. A look
    is journalled, and so is each confidential place on it. Raises PermissionRefused.
    """
    actor = require(tx.actor, Verb.VIEW_DIRECTORY)
    query = select(ServiceRow.id, ServiceRow.sort_name, ServiceRow.confidentiality, ServiceRow.status).where(
        ServiceRow.confidentiality.in_(levels_open_to(actor)),
        ServiceRow.status.not_in(("inactive", "defunct")),
        *_is_residential(),
    )
    rows = tx.session.execute(query).all()
    ids = [row.id for row in rows]
    words, serving, offers = standing_words(tx, ids), _people_served(tx, ids), _offers(tx, ids)
    places = [
        BoardPlace(
            service_id=row.id,
            sort_name=row.sort_name,
            is_confidential=row.confidentiality == "confidential",
            is_paused=row.status == "temporarily closed",
            serves=serving.get(row.id, ()),
            kinds=tuple(sorted({each for each, _area in offers.get(row.id, ())})),
            areas=tuple(sorted({each for _kind, each in offers.get(row.id, ()) if each})),
            words=words.get(row.id, ()),
        )
        for row in rows
    ]
    shown = tuple(each for each in places if _is_wanted(each, serves, kind, areas, status))
    tx.note_view(AuditAction.DIRECTORY_LISTED, actor.agency_id, kind="beds", found=len(shown))
    for each in shown:
        if each.is_confidential:
            tx.note_view(AuditAction.DIRECTORY_CONFIDENTIAL_VIEWED, each.service_id)
    return tuple(sorted(shown, key=lambda each: each.sort_name))


def _is_residential() -> list[ColumnElement[bool]]:
    """The directory says that youths can live there, or somebody said something about its beds."""
    said = exists(
        select(DirectoryAttribute.id).where(
            DirectoryAttribute.link_id == ServiceRow.id,
            DirectoryAttribute.taxonomy_term_id == term_id("residential"),
            DirectoryAttribute.value == "yes",
        )
    )
    return [or_(said, exists(select(BedReportRow.id).where(BedReportRow.service_id == ServiceRow.id)))]


def _is_wanted(place: BoardPlace, serves: str, kind: str, areas: Collection[str], status: str) -> bool:
    if serves and not place.takes(serves):
        return False
    if kind and place.kinds and kind not in place.kinds:
        return False
    if areas and place.areas and not set(areas) & set(place.areas):
        return False
    if status == NO_WORD:
        return not place.words
    return not status or any(word.status == status for word in place.words)


def _people_served(tx: Transaction, ids: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for part in _parts(ids):
        query = (
            select(DirectoryAttribute.link_id, DirectoryAttribute.value)
            .where(
                DirectoryAttribute.link_id.in_(part),
                DirectoryAttribute.taxonomy_term_id == term_id("people_served"),
            )
            .order_by(DirectoryAttribute.value)
        )
        for service_id, value in tx.session.execute(query):
            if value in (*GROUPS, EVERYBODY):
                found.setdefault(service_id, []).append(value)
    return {service_id: tuple(values) for service_id, values in found.items()}


def _offers(tx: Transaction, ids: Iterable[str]) -> Mapping[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for part in _parts(ids):
        query = select(ServiceOfferRow.service_id, ServiceOfferRow.kind, ServiceOfferRow.area)
        for service_id, kind, area in tx.session.execute(query.where(ServiceOfferRow.service_id.in_(part))):
            found.setdefault(service_id, []).append((kind, area))
    return found


def _parts(ids: Iterable[str]) -> Iterable[list[str]]:
    every = sorted(ids)
    return (every[start : start + _AT_ONCE] for start in range(0, len(every), _AT_ONCE))
