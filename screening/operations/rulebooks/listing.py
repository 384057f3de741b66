"""What editions an agency has, which of them is in use, and who put it there."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from screening.operations.actors import Verb, require
from screening.operations.database import Transaction
from screening.operations.rulebooks.checking import CheckReport, read_report
from screening.store.models import (
    RulebookFiles,
    RulebookOffer,
    RulebookPublication,
    Screening,
    ShippedRulebook,
    User,
)


@dataclass(frozen=True, slots=True)
class Publication:
    """An edition was put into use."""

    sequence: int
    digest: str
    version: str
    published_at: datetime
    published_by_name: str
    reason: str
    replaces: str


@dataclass(frozen=True, slots=True)
class Offer:
    """An edition was brought in and found sound."""

    offered_at: datetime
    offered_by_name: str
    licensed_files: int


@dataclass(frozen=True, slots=True)
class Edition:
    """An edition the agency may read. ``screenings`` counts those of the agency that were opened under it.

    Attributes:
        offer: by whom it was brought in; None for one that came with the program and was not checked here.
        publications: when it came into use, newest first.
    """

    digest: str
    version: str
    kept_at: datetime
    is_shipped: bool
    is_current: bool
    screenings: int
    offer: Offer | None
    publications: tuple[Publication, ...]


@dataclass(frozen=True, slots=True)
class Editions:
    """An agency's editions, the one in use first, then those used most recently, then those never used."""

    all: tuple[Edition, ...]
    publications: tuple[Publication, ...]

    @property
    def current(self) -> Edition:
        """The edition new screenings are opened under."""
        return next(edition for edition in self.all if edition.is_current)

    @property
    def before(self) -> Edition | None:
        """The edition that one step back leads to; None while nothing was published."""
        return self.find(self.publications[0].replaces) if self.publications else None

    def find(self, digest: str) -> Edition | None:
        """The edition with that digest, if the agency may read it."""
        return next((edition for edition in self.all if edition.digest == digest), None)


def editions(tx: Transaction, *, fallback: str) -> Editions:
    """Every edition of the actor's agency.

    In: the digest of the rulebook the installation was started with. Earlier ones it was started with are listed only if
    the agency has used them. Raises PermissionRefused.
    """
    require(tx.actor, Verb.VIEW_EDITIONS)
    publications = _publications(tx)
    current = publications[0].digest if publications else fallback
    replaced = {publication.replaces for publication in publications}
    offers, counts = _offers(tx), _screenings(tx)
    shipped = set(tx.session.execute(select(ShippedRulebook.digest)).scalars())
    by_digest: dict[str, list[Publication]] = defaultdict(list)
    for publication in publications:
        by_digest[publication.digest].append(publication)
    rows = tx.session.execute(
        select(RulebookFiles.digest, RulebookFiles.version, RulebookFiles.published_at)
    ).all()
    listed = [
        Edition(
            digest=row.digest,
            version=row.version,
            kept_at=row.published_at,
            is_shipped=row.digest in shipped,
            is_current=row.digest == current,
            screenings=counts.get(row.digest, 0),
            offer=offers.get(row.digest),
            publications=tuple(by_digest[row.digest]),
        )
        for row in rows
        if row.digest == fallback
        or row.digest in offers
        or row.digest in counts
        or row.digest in by_digest
        or row.digest in replaced
    ]
    return Editions(tuple(sorted(listed, key=_place)), publications)


def _place(edition: Edition) -> tuple[bool, float, float]:
    used = edition.publications[0].published_at.timestamp() if edition.publications else 0.0
    return not edition.is_current, -used, -edition.kept_at.timestamp()


def offer_report(tx: Transaction, digest: str) -> CheckReport | None:
    """What the check found when the edition was offered in the actor's agency. Raises PermissionRefused."""
    require(tx.actor, Verb.VIEW_EDITIONS)
    query = select(RulebookOffer.report).where(RulebookOffer.digest == digest)
    report = tx.session.execute(query).scalar_one_or_none()
    return None if report is None else read_report(report)


def _publications(tx: Transaction) -> tuple[Publication, ...]:
    """Newest first."""
    rows = tx.session.execute(
        select(
            RulebookPublication.sequence,
            RulebookPublication.digest,
            RulebookFiles.version,
            RulebookPublication.published_at,
            User.name,
            RulebookPublication.reason,
            RulebookPublication.replaces,
        )
        .join(RulebookFiles, RulebookFiles.digest == RulebookPublication.digest)
        .join(User, User.id == RulebookPublication.published_by)
        .order_by(RulebookPublication.sequence.desc())
    )
    return tuple(Publication(*row) for row in rows)


def _offers(tx: Transaction) -> Mapping[str, Offer]:
    rows = tx.session.execute(
        select(RulebookOffer.digest, RulebookOffer.offered_at, User.name, RulebookOffer.licensed_files).join(
            User, User.id == RulebookOffer.offered_by
        )
    )
    return {row[0]: Offer(*row[1:]) for row in rows}


def _screenings(tx: Transaction) -> Mapping[str, int]:
    counts = select(Screening.rulebook_digest, func.count(Screening.id)).group_by(Screening.rulebook_digest)
    return {digest: count for digest, count in tx.session.execute(counts)}  # noqa: C416 - rows are more than pairs
