"""A browser for tests: every page it fetches is checked as a whole (see page_checks), and forms are sent as shown."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from argon2 import PasswordHasher
from bs4 import BeautifulSoup, Tag
from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from page_checks import faults_of_page, largest_of
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.test import TestResponse

from screening.config import Config, shipped_folder
from screening.core.loading import load_rulebook, read_rule_files
from screening.core.rulebook import MockCase, Rulebook
from screening.core.statements import Source, Value
from screening.operations.accounts import create_user, found_agency, sign_in
from screening.operations.actors import ACCOUNT_ROLES, Actor, Role, system_actor
from screening.operations.database import Database
from screening.operations.duties import Duty, follow_up
from screening.operations.rulebooks import keep_rulebook
from screening.operations.screenings import NewStatement, open_screening, save_statements
from screening.web import create_app
from screening.web.security import attempts
from screening.web.services import Services

PASSWORD = "correct horse battery staple"
NOBODY = "nobody"


class CompiledTemplates(BytecodeCache):
    """Templates as they were compiled, for every application of a test run: each test makes one of its own."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill a bucket, if its template was compiled before."""
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a template that was compiled."""
        self._kept[bucket.key] = bucket.bytecode_to_string()


TEMPLATES = CompiledTemplates()


class TestClock:
    """A clock that stands still until told otherwise."""

    __test__ = False

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **duration: float) -> None:
        """Let time pass."""
        self.now += timedelta(**duration)


@dataclass
class Browser:
    """A client that checks whatever it gets. Addresses are paths; a status other than expected fails the test."""

    app: Flask
    role: str

    def __post_init__(self) -> None:
        self.client = self.app.test_client()
        self.page = BeautifulSoup("", "html.parser")

    def open(self, path: str, status: int = 200, method: str = "GET", **sent: object) -> TestResponse:
        """Send a request and check the answer, whatever it is."""
        response = self.client.open(path, method=method, buffered=True, **sent)
        assert response.status_code == status, (
            f"{method} {path} as {self.role}: {response.status_code}, not {status}"
        )
        self.check(path, response)
        return response

    def check(self, path: str, response: TestResponse) -> None:
        """Fail for anything that is wrong with a page; it is read once, for this and for ``get``."""
        if response.mimetype != "text/html":
            return
        self.page = BeautifulSoup(response.text, "html.parser")
        if 300 <= response.status_code < 400:
            return
        faults = faults_of_page(response.text, response.headers, self.resolves, largest_of(path), self.page)
        assert not faults, f"{path} as {self.role}:\n" + "\n".join(faults)

    def resolves(self, address: str, method: str) -> bool:
        """Whether the address leads to a route, or to a file that is there."""
        parts = urlsplit(address)
        try:
            endpoint, values = self.app.url_map.bind("localhost").match(parts.path, method=method)
        except RequestRedirect:
            return True
        except HTTPException:
            return False
        return endpoint != "static" or (Path(str(self.app.static_folder)) / values["filename"]).is_file()

    def get(self, path: str, status: int = 200) -> BeautifulSoup:
        """Fetch a page."""
        self.open(path, status)
        return self.page

    def post(self, path: str, status: int = 303, **fields: object) -> TestResponse:
        """Send a form with a valid token, whatever page it may come from."""
        return self.open(path, status, method="POST", data={"csrf_token": self.token(), **fields})

    def post_json(self, path: str, body: object, status: int = 200) -> TestResponse:
        """Send JSON as our scripts do."""
        return self.open(path, status, method="POST", json=body, headers={"X-CSRFToken": self.token()})

    def submit(
        self, page: BeautifulSoup | Tag, action: str, status: int = 303, **fields: object
    ) -> TestResponse:
        """Send the form with this action as the page shows it, with some fields changed."""
        form = page.select_one(f'form[action="{action}"]')
        assert form is not None, f"no form with the action {action}"
        return self.open(action, status, method="POST", data={**shown_values(form), **fields})

    def token(self) -> str:
        """A token against forged requests that belongs to this session."""
        page = BeautifulSoup(self.client.get("/about").text, "html.parser")
        return str(page.select_one("input[name=csrf_token]")["value"])

    def sign_in(
        self, username: str, password: str = PASSWORD, status: int = 303, **fields: object
    ) -> TestResponse:
        """Sign in through the page."""
        return self.submit(
            self.get("/sign-in"), "/sign-in", status, username=username, password=password, **fields
        )


def shown_values(form: Tag) -> dict[str, object]:
    """What a browser would send for a form nobody touched."""
    values: dict[str, object] = {}
    for field in form.select("input[name]:not([type=submit])"):
        if field.get("type") in ("radio", "checkbox") and not field.has_attr("checked"):
            continue
        values[str(field["name"])] = field.get("value", "")
    for field in form.select("textarea[name]"):
        values[str(field["name"])] = field.get_text()
    for option in form.select("select[name] option[selected]"):
        values[str(option.find_parent("select")["name"])] = option.get("value", "")
    return values


@dataclass(frozen=True)
class Person:
    """Somebody who can sign in."""

    username: str
    actor: Actor


class People(dict[Role, Person]):
    """One person a role. Intake staff, supervisor and administrator share an agency; the CPS worker is of another."""

    password = PASSWORD


BrowserOf = Callable[[Role | None], Browser]
# Real costs would make the tests ten times slower and show nothing more.
CHEAP_PASSWORDS = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture(scope="session")
def rulebook() -> Rulebook:
    """The rulebook that ships."""
    return load_rulebook(shipped_folder("rules"))


class Installed(NamedTuple):
    """An installation that every test works on a copy of: its folder, and its people as they signed in there once."""

    folder: Path
    people: People


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory, rulebook: Rulebook) -> Installed:
    """A database of two agencies with a person for each role."""
    folder = tmp_path_factory.mktemp("installed")
    database = open_database(folder, TestClock())
    agencies = [
        found_agency(
            database, name=name, username=username, administrator=username.title(), password=PASSWORD
        )
        for name, username in (("Detention", Role.ADMINISTRATOR), ("Child protection", "other_administrator"))
    ]
    homes = {role: agencies[0] for role in ACCOUNT_ROLES if role is not Role.ADMINISTRATOR}
    homes[Role.CPS_WORKER] = agencies[1]
    for role, agency in homes.items():
        with database.writing(system_actor(agency)) as tx:
            create_user(tx, username=role.value, name=f"Person {role.value}", role=role, password=PASSWORD)
    keep_rulebook(database, rulebook, read_rule_files(shipped_folder("rules")))
    people = People()
    for role in ACCOUNT_ROLES:
        actor = sign_in(database, role.value, PASSWORD)
        assert actor is not None
        people[role] = Person(role.value, actor)
    database.close()
    return Installed(folder, people)


def open_database(folder: Path, clock: TestClock) -> Database:
    """The database of an installation."""
    return Database.open(
        f"sqlite:///{folder / 'screening.sqlite'}",
        folder / "keys.json",
        clock,
        timezone=ZoneInfo("America/Chicago"),
        passwords=CHEAP_PASSWORDS,
    )


@pytest.fixture
def clock() -> TestClock:
    """The clock of the application and its database."""
    return TestClock()


@pytest.fixture
def database(installed: Installed, tmp_path: Path, clock: TestClock) -> Iterator[Database]:
    """A database of one's own."""
    shutil.copytree(installed.folder, tmp_path / "instance")
    database = open_database(tmp_path / "instance", clock)
    yield database
    database.close()


@pytest.fixture
def people(installed: Installed) -> People:
    """Whoever can sign in."""
    return People(installed.people)


@pytest.fixture(scope="session")
def made_apps() -> dict[object, Flask]:
    """Applications of this run by their rulebook and settings: making one takes longer than most tests."""
    return {}


@pytest.fixture
def app_with(
    tmp_path: Path,
    rulebook: Rulebook,
    database: Database,
    clock: TestClock,
    made_apps: dict[object, Flask],
) -> Callable[..., Flask]:
    """A function that makes an application over the database, with some settings changed.

    ``fresh`` says that the test changes the application itself; else one that was made before serves this test's database.
    """

    def make(*, fresh: bool = False, **settings: object) -> Flask:
        usual = {"testing": True, "secure_cookies": False, "home_jurisdiction": "us_mo"}
        config = Config.read(tmp_path / "instance", {}, **{**usual, **settings})
        wanted = (rulebook.digest, tuple(sorted(settings.items())))
        app = None if fresh else made_apps.get(wanted)
        if app is None:
            app = create_app(config, rulebook=rulebook, database=database, clock=clock)
            app.jinja_env.bytecode_cache = TEMPLATES
            if not fresh:
                made_apps[wanted] = app
            return app
        keep_rulebook(database, rulebook, read_rule_files(config.rules_path))
        app.extensions["screening"] = Services(database, rulebook, clock, config, ZoneInfo(config.timezone))
        app.extensions["result_fragments"].clear()
        app.config.update(SECRET_KEY=database.web_session_secret(), PROPAGATE_EXCEPTIONS=None)
        attempts.reset()
        return app

    return make


@pytest.fixture
def app(app_with: Callable[..., Flask]) -> Flask:
    """The application as it runs, but for secure cookies."""
    return app_with()


@pytest.fixture
def browser_in(people: People) -> Callable[[Flask, Role | None], Browser]:
    """A function: an application and a role (None: nobody) → a browser that is signed in there."""

    def open_browser(app: Flask, role: Role | None) -> Browser:
        browser = Browser(app, role.value if role else NOBODY)
        if role is not None:
            actor = people[role].actor
            now = int(app.extensions["screening"].clock().timestamp())
            with browser.client.session_transaction() as session:
                session.update(user=actor.user_id, stamp=actor.stamp, since=now, seen=now)
        return browser

    return open_browser


@pytest.fixture
def browser_of(app: Flask, browser_in: Callable[[Flask, Role | None], Browser]) -> BrowserOf:
    """A function: a role (None: nobody) → a browser that is signed in."""
    return lambda role: browser_in(app, role)


@pytest.fixture
def stranger(browser_of: BrowserOf) -> Browser:
    """A browser nobody is signed in with."""
    return browser_of(None)


@pytest.fixture
def open_screening_of(database: Database, people: People, rulebook: Rulebook) -> Callable[..., str]:
    """A function: a role → the id of a new screening of that person's agency, by default in its usual setting."""

    def open_one(role: Role, setting: str = "", jurisdiction: str = "us_mo", youth_ref: str = "") -> str:
        usual = "child_protection" if role is Role.CPS_WORKER else "detention"
        with database.writing(people[role].actor) as tx:
            return open_screening(
                tx,
                setting=setting or usual,
                jurisdiction=jurisdiction,
                youth_ref=youth_ref,
                rulebook_digest=rulebook.digest,
            )

    return open_one


@pytest.fixture
def screening_of_case(
    database: Database, people: People, open_screening_of: Callable[..., str]
) -> Callable[[MockCase], tuple[Role, str]]:
    """A function: a mock case → who screens there, and the id of a screening with everything the case says."""

    def open_case(case: MockCase) -> tuple[Role, str]:
        role = Role.CPS_WORKER if case.case.setting == "child_protection" else Role.INTAKE_STAFF
        screening_id = open_screening_of(role, case.case.setting, case.case.jurisdiction)
        new = [
            NewStatement(uuid4().hex, question, value, source)
            for source in Source
            for question, value in getattr(case, source.value).items()
        ]
        with database.writing(people[role].actor) as tx:
            save_statements(tx, screening_id, new)
        return role, screening_id

    return open_case


@pytest.fixture
def screen(database: Database, people: People, open_screening_of: Callable[..., str]) -> Callable[..., str]:
    """A function: where, who, and what each source says → the id of a screening that holds it."""

    def open_one(
        jurisdiction: str = "us_mo",
        role: Role = Role.INTAKE_STAFF,
        youth_ref: str = "JO-77",
        **sources: dict[str, Value],
    ) -> str:
        screening_id = open_screening_of(role, jurisdiction=jurisdiction, youth_ref=youth_ref)
        new = [
            NewStatement(uuid4().hex, question, value, Source(source))
            for source, answers in sources.items()
            for question, value in answers.items()
        ]
        with database.writing(people[role].actor) as tx:
            save_statements(tx, screening_id, new)
        return screening_id

    return open_one


@pytest.fixture
def kept(database: Database, people: People) -> Callable[[str], dict[str, Duty]]:
    """A function: a screening of the detention agency → action → the duty kept of it."""

    def look(screening_id: str) -> dict[str, Duty]:
        with database.reading(people[Role.INTAKE_STAFF].actor) as tx:
            return {duty.action: duty for duty in follow_up(tx, screening_id).duties}

    return look
