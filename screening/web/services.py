"""What a page needs beyond its request: opened once by ``create_app``, handed out here with its type."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from functools import lru_cache
from typing import cast

from flask import current_app, g

from screening.config import Config
from screening.core.loading import RulebookFaults, load_files
from screening.core.rulebook import Rulebook
from screening.operations.actors import Actor, system_actor
from screening.operations.database import Database, Transaction
from screening.operations.rulebooks import (
    Check,
    EditionUnreadable,
    KeptRulebook,
    check_in_child,
    current_digest,
    kept_rulebook,
)


@dataclass(frozen=True)
class Services:
    """The database, the clock (UTC), the settings, the zone they name, and the rulebook the installation was started with.

    ``rulebook`` counts for an agency only until it publishes an edition of its own: pages ask ``rulebook_of``. ``check`` is
    how an edition is checked that somebody brings in.
    """

    database: Database
    rulebook: Rulebook
    clock: Callable[[], datetime]
    config: Config
    timezone: tzinfo
    check: Check = check_in_child

    def rulebook_of(self, actor: Actor | None, tx: Transaction | None = None) -> Rulebook:
        """The rulebook new screenings of the actor's agency are opened under. One indexed query, once a request.

        A page that is reading anyway hands in its transaction, which saves one. Raises EditionUnreadable.
        """
        if actor is None:
            return self.rulebook
        kept = g.get("present_rulebook")
        if kept is None or kept[0] != actor.agency_id:
            if tx is not None:
                digest = current_digest(tx)
            else:
                with self.database.reading(actor) as own:
                    digest = current_digest(own)
            kept = g.present_rulebook = (actor.agency_id, self.edition(digest, actor))
        rulebook: Rulebook = kept[1]
        return rulebook

    def rulebook_for(self, digest: str) -> Rulebook:
        """The rulebook with that digest, as far as the person at the keyboard may read it.

        Raises RulebookNotKept when nobody kept it or it belongs to another agency, EditionUnreadable (one of these).
        """
        return self.edition(digest, g.get("actor"))

    def edition(self, digest: str | None, actor: Actor | None) -> Rulebook:
        """The rulebook with that digest if the actor's agency may read it; without one, that of the installation.

        Raises RulebookNotKept, EditionUnreadable.
        """
        if digest is None or digest == self.rulebook.digest:
            return self.rulebook
        return _readable(self.database, digest, None if actor is None else actor.agency_id)

    def today(self) -> date:
        """The date where the agency is. In the evening it is a day behind UTC's."""
        return self.clock().astimezone(self.timezone).date()


@lru_cache(maxsize=256)
def _readable(database: Database, digest: str, agency_id: str | None) -> Rulebook:
    """An edition an agency may read: asked once, since what it may read once it may read for ever."""
    with database.reading(None if agency_id is None else system_actor(agency_id)) as tx:
        kept = kept_rulebook(tx, digest)
    try:
        with _loading:  # when many ask at once for an edition just published, one loads it
            return _loaded(kept)
    except RulebookFaults:
        raise EditionUnreadable from None


_loading = threading.Lock()


@lru_cache(maxsize=8)
def _loaded(kept: KeptRulebook) -> Rulebook:
    """An edition, the same object for every agency that may read it."""
    return load_files(kept.files, kept=True)


def services() -> Services:
    """The services of the running application."""
    return cast(Services, current_app.extensions["screening"])
