"""A real browser on the real application, served over HTTP from a thread of this process."""

import os
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from argon2 import PasswordHasher
from browser_windows import DESK, PASSWORD, Site, sign_in_through
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright
from questionnaire_book import FILES
from werkzeug.serving import make_server

from screening.config import Config, shipped_folder
from screening.operations.accounts import create_user, found_agency, sign_in
from screening.operations.actors import Role, system_actor
from screening.operations.database import Database
from screening.web import create_app

CHROMIUM = os.environ.get("SCREENING_CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
CHEAP_PASSWORDS = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def served(folder: Path, rules: Path) -> Iterator[Site]:
    """Serve an installation with these rules until the generator is closed."""
    config = Config.read(folder, {}, testing=True, secure_cookies=False, rules_path=rules)
    zone = ZoneInfo(config.timezone)
    database = Database.open(
        config.database_url,
        config.keys_path,
        lambda: datetime.now(UTC),
        timezone=zone,
        passwords=CHEAP_PASSWORDS,
    )
    agency = found_agency(
        database, name="Detention", username="administrator", administrator="Adele", password=PASSWORD
    )
    with database.writing(system_actor(agency)) as tx:
        for name, role in (("officer", Role.INTAKE_STAFF), ("supervisor", Role.SUPERVISOR)):
            create_user(tx, username=f"{name}_one", name=f"{name.title()} One", role=role, password=PASSWORD)
    officer, supervisor = (sign_in(database, f"{name}_one", PASSWORD) for name in ("officer", "supervisor"))
    assert officer is not None
    assert supervisor is not None
    app = create_app(config, database=database)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    digest = app.extensions["screening"].rulebook.digest
    yield Site(f"http://127.0.0.1:{server.server_port}", database, officer, supervisor, digest)
    server.shutdown()
    server.server_close()
    thread.join()
    database.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The application with the rulebook that ships."""
    yield from served(tmp_path_factory.mktemp("shipped"), shipped_folder("rules"))


@pytest.fixture(scope="session")
def small_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The application with the small rulebook."""
    rules = tmp_path_factory.mktemp("small_rules")
    for name, text in FILES.items():
        (rules / name).parent.mkdir(parents=True, exist_ok=True)
        (rules / name).write_text(text, encoding="utf-8")
    yield from served(tmp_path_factory.mktemp("small"), rules)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser, started once."""
    expect.set_options(timeout=10_000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """A function: a site → a browser window of its own, signed in there. Any error in a page's script fails the test."""
    opened: list[BrowserContext] = []
    faults: list[str] = []

    def open_window(
        site: Site, viewport: dict[str, int] | None = None, username: str = "officer_one", **options: object
    ) -> BrowserContext:
        window = chromium.new_context(viewport=viewport or DESK, **options)
        window.set_default_timeout(10_000)
        window.on("weberror", lambda fault: faults.append(str(fault.error)))
        opened.append(window)
        page = window.new_page()
        sign_in_through(page, site, username)
        page.close()
        return window

    yield open_window
    for window in opened:
        window.close()
    assert faults == []
