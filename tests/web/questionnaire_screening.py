"""One screening as its recorder's browser sees it: open a section, send it, save a row, look at what was recorded."""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from bs4 import Tag
from flask import Flask
from questionnaire_book import FILES
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from screening.config import Config
from screening.core.statements import Source
from screening.operations.actors import Role
from screening.operations.database import Database
from screening.operations.screenings import NewStatement, find_screening, open_screening, save_statements
from screening.web import create_app


class Screening:
    """One screening of the detention agency, as its intake officer's browser sees it."""

    def __init__(self, database, browser, actor, id):
        self.database, self.browser, self.actor, self.id = database, browser, actor, id

    def path(self, page):
        return f"/screenings/{self.id}/{page}"

    def get(self, section, **query):
        asked = "&".join(f"{name}={value}" for name, value in query.items())
        return self.browser.get(self.path(f"sections/{section}") + (f"?{asked}" if asked else ""))

    def send(self, section, status=303, page=None, **fields):
        """Send a section's form as the page shows it, some rows changed (``__`` stands for the dot)."""
        values = as_shown((page or self.get(section)).select_one("#questions"))
        for name, value in fields.items():
            values.setlist(name.replace("__", "."), value if isinstance(value, list) else [value])
        return self.browser.open(self.path(f"sections/{section}"), status, method="POST", data=values)

    def autosave(self, field, *values, section, save=None, status=200):
        body = {"section": section, "field": field, "values": list(values), "save": save or str(uuid4())}
        return self.browser.post_json(self.path("answers"), body, status).json

    def add(self, question, value, source=Source.RECORD, actor=None):
        """Have a statement recorded past the pages."""
        with self.database.writing(actor or self.actor) as tx:
            save_statements(tx, self.id, [NewStatement(str(uuid4()), question, value, source)])

    @property
    def record(self):
        with self.database.reading(self.actor) as tx:
            return find_screening(tx, self.id)

    @property
    def answers(self):
        return [(each.question, each.source.value, each.value) for each in self.record.statements]


def as_shown(form: Tag) -> MultiDict:
    """What a browser would send for a form nobody touched."""
    values: MultiDict = MultiDict()
    for field in form.select("input[name], select[name], textarea[name]"):
        if field.get("type") in ("radio", "checkbox") and not field.has_attr("checked"):
            continue
        if field.name == "select":
            chosen = field.select_one("option[selected]")
            values.add(field["name"], chosen["value"] if chosen else "")
        else:
            values.add(field["name"], field.text if field.name == "textarea" else field.get("value", ""))
    return values


def small_application(
    folder: Path, database: Database, clock: Callable[[], datetime], changed: Mapping[str, str] | None = None
) -> Flask:
    """The application over the small rulebook, whose files (some of them changed) are written into the folder."""
    for name, text in {**FILES, **(changed or {})}.items():
        path = folder / "small_rules" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    settings = {"testing": True, "secure_cookies": False, "rules_path": folder / "small_rules"}
    return create_app(Config.read(folder / "instance", {}, **settings), database=database, clock=clock)


def opener(app: Flask, database: Database, people, browser_of) -> Callable[..., Screening]:
    """A function: a role and options → a new screening of that person's agency, open in their browser."""

    def open_one(
        role: Role = Role.INTAKE_STAFF, jurisdiction: str = "us_mo", youth_ref: str = ""
    ) -> Screening:
        with database.writing(people[role].actor) as tx:
            id = open_screening(
                tx,
                setting="child_protection" if role is Role.CPS_WORKER else "detention",
                jurisdiction=jurisdiction,
                youth_ref=youth_ref,
                rulebook_digest=app.extensions["screening"].rulebook.digest,
            )
        return Screening(database, browser_of(role), people[role].actor, id)

    return open_one


def text_of(tag: Tag) -> str:
    """The words of an element with single spaces."""
    return " ".join(tag.get_text(" ").split())


def leads_to(response: TestResponse) -> str:
    """Where a redirect leads, from the screening on."""
    return response.location.partition("/screenings/")[2].partition("/")[2]
