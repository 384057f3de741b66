"""What a page needs beyond its request: opened once by ``create_app``, handed out here with its type."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from functools import lru_cache
from typing import cast

from flask import current_app

from screening.config import Config
from screening.core.loading import load_files
from screening.core.rulebook import Rulebook
from screening.operations.database import Database
from screening.operations.rulebooks import kept_rulebook


@dataclass(frozen=True)
class Services:
    """The database, the rulebook new screenings are opened under, the clock (UTC), the settings, and the zone they name."""

    database: Database
    rulebook: Rulebook
    clock: Callable[[], datetime]
    config: Config
    timezone: tzinfo

    def rulebook_for(self, digest: str) -> Rulebook:
        """The rulebook a screening was opened under: the present one, or the kept files of an earlier one.

        Raises RulebookNotKept when nobody kept it.
        """
        return self.rulebook if digest == self.rulebook.digest else _earlier_rulebook(self.database, digest)

    def today(self) -> date:
        """The date where the agency is. In the evening it is a day behind UTC's."""
        return self.clock().astimezone(self.timezone).date()


@lru_cache(maxsize=8)
def _earlier_rulebook(database: Database, digest: str) -> Rulebook:
    with database.reading(None) as tx:
        return load_files(kept_rulebook(tx, digest).files)


def services() -> Services:
    """The services of the running application."""
    return cast(Services, current_app.extensions["screening"])
