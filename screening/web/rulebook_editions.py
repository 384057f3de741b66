"""Editions of the rulebook that the explorer may show: the present one of the agency, and earlier ones it may read."""

from dataclasses import dataclass

from flask import abort, g

from screening.core.loading import RulebookFaults
from screening.core.rulebook import Rulebook
from screening.operations.rulebooks import Edition, RulebookNotKept, editions
from screening.web.services import services
from screening.web.spoken import gettext as _
from screening.web.spoken import time_in_words


@dataclass(frozen=True, slots=True)
class EditionLine:
    """An edition as a list names it."""

    digest: str
    words: str
    is_present: bool


def present_edition() -> Rulebook:
    """The edition that new screenings of the viewer's agency are opened under."""
    return services().rulebook_of(g.actor)


def edition_with(digest: str | None) -> Rulebook:
    """The edition with that digest; the present one without.

    Ends the request with 404 where none is kept, where it belongs to another agency, and where this version of the program
    can no longer read it.
    """
    if digest is None:
        return present_edition()
    try:
        return services().edition(digest, g.actor)
    except (RulebookNotKept, RulebookFaults):
        abort(404)


def editions_to_choose() -> tuple[EditionLine, ...]:
    """The editions of the viewer's agency, the present one first. Raises PermissionRefused."""
    here = services()
    with here.database.reading(g.actor) as tx:
        found = editions(tx, fallback=here.rulebook.digest).all
    return tuple(EditionLine(each.digest, _named(each), each.is_current) for each in found)


def _named(edition: Edition) -> str:
    return _(
        "Version %(version)s, kept since %(day)s (%(digest)s)",
        version=edition.version,
        day=time_in_words(edition.kept_at, "MMM d, y"),
        digest=edition.digest[:12],
    )
