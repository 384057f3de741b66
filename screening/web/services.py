"""What a page needs beyond its request: opened once by ``create_app``, handed out here with its type."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import cast

from flask import current_app

from screening.config import Config
from screening.core.rulebook import Rulebook
from screening.operations.database import Database


@dataclass(frozen=True)
class Services:
    """The database, the rulebook new screenings are opened under, the clock (UTC), the settings, and the zone they name."""

    database: Database
    rulebook: Rulebook
    clock: Callable[[], datetime]
    config: Config
    timezone: tzinfo

    def today(self) -> date:
        """The date where the agency is. In the evening it is a day behind UTC's."""
        return self.clock().astimezone(self.timezone).date()


def services() -> Services:
    """The services of the running application."""
    return cast(Services, current_app.extensions["screening"])
