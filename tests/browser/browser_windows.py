"""What the browser's tests share: the running application, the sizes of its windows, signing in."""

from dataclasses import dataclass

from playwright.sync_api import Page

from screening.core.statements import Statement
from screening.operations.actors import Actor
from screening.operations.database import Database
from screening.operations.screenings import find_screening, open_screening

PASSWORD = "correct horse battery staple"
DESK, TABLET = {"width": 1366, "height": 768}, {"width": 800, "height": 1280}


@dataclass
class Site:
    """A running application with one intake officer and one supervisor."""

    address: str
    database: Database
    officer: Actor
    supervisor: Actor
    digest: str

    def open_screening(self, youth_ref: str = "24-1189") -> str:
        """A new screening in detention in Missouri; out: its id."""
        with self.database.writing(self.officer) as tx:
            return open_screening(
                tx,
                setting="detention",
                jurisdiction="us_mo",
                youth_ref=youth_ref,
                rulebook_digest=self.digest,
            )

    def statements(self, screening_id: str) -> tuple[Statement, ...]:
        """What is recorded."""
        with self.database.reading(self.officer) as tx:
            return find_screening(tx, screening_id).statements

    def path(self, screening_id: str, page: str) -> str:
        """The address of one of a screening's pages."""
        return f"{self.address}/screenings/{screening_id}/{page}"


def sign_in_through(page: Page, site: Site, username: str = "officer_one") -> None:
    """Sign in through the page, with keys only."""
    page.goto(f"{site.address}/sign-in")
    page.locator("[name=username]").focus()
    page.keyboard.type(username)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{site.address}/")
