"""The application as a whole: every page for everybody, and every template."""

import re
from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest
from directory_examples import uid
from directory_files import bring_in, service
from flask import Flask

from screening.config import shipped_folder
from screening.operations.actors import ACCOUNT_ROLES, Role
from screening.operations.duties import WantedDuty, follow_up, raise_duties
from screening.operations.hand_offs import Offer, offer_hand_off
from screening.web.access import declared_access

ROLES = (*ACCOUNT_ROLES, None)
TEMPLATES = sorted(
    path.relative_to(shipped_folder("templates")).as_posix()
    for path in shipped_folder("templates").rglob("*.html")
)
NO_PAGES = ("static", "directory_api.")
"""What is no page: files, and the directory's interface for programs, which tests/web/test_directory_api.py asks."""
UNKNOWN_SCREENING = "00000000-0000-4000-8000-000000000000"


def addresses(app: Flask, values: dict[str, list[str]]) -> list[tuple[str, str]]:
    """Every address that can be fetched, with its endpoint; parameters take each of their values."""
    found = []
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if "GET" in (rule.methods or ()) and not rule.endpoint.startswith(NO_PAGES):
                names = sorted(rule.arguments)
                choices = product(*(values[name] for name in names))
                made = (app.url_for(rule.endpoint, **dict(zip(names, each, strict=True))) for each in choices)
                found += [(rule.endpoint, address) for address in made]
    return found


@pytest.fixture
def duty_on(database, people):
    """A function: who screens there and the screening → the id of a duty raised on it."""

    def raise_one(role: Role, screening_id: str) -> str:
        with database.writing(people[role].actor) as tx:
            raise_duties(tx, screening_id, [WantedDuty("report_hotline_mo", True, None)])
            return follow_up(tx, screening_id).duties[0].id

    return raise_one


@pytest.fixture
def hand_off_on(database, people):
    """A function: who screens there and the screening → the id of a hand-off of it to everybody on the unit."""

    def offer_one(role: Role, screening_id: str) -> str:
        alert = Offer("unit_alert", None, None, False, {}, timedelta(hours=1))
        with database.writing(people[role].actor) as tx:
            return offer_hand_off(tx, screening_id, alert)[0]

    return offer_one


@pytest.fixture
def service_of(database, people):
    """A function: who may keep the directory of an agency there → the id of a service in it."""

    def bring_one(role: Role) -> str:
        editor = replace(people[role].actor, role=Role.DIRECTORY_EDITOR)
        bring_in(database, editor, [service("Invented shelter", "816-555-0100")])
        return uid("Invented shelter")

    return bring_one


def values_for(
    rulebook,
    screening_id: str,
    duty_id: str = UNKNOWN_SCREENING,
    hand_off_id: str = UNKNOWN_SCREENING,
    service_id: str = UNKNOWN_SCREENING,
) -> dict[str, list[str]]:
    """A value or several for every parameter a route has. A new parameter fails the tests below until it stands here."""
    return {
        "duty_id": [duty_id],
        "hand_off_id": [hand_off_id],
        "service_id": [service_id],
        "token": ["no-such-token"],
        "screening_id": [screening_id],
        "digest": [rulebook.digest],
        "edition": [rulebook.digest],
        "old_digest": [rulebook.digest],
        "new_digest": [rulebook.digest],
        "sheet_id": [sheet.id for sheet in rulebook.sheets.values() if not sheet.for_youth],
        "section_id": [section.id for section in rulebook.sections],
        "interruption_id": [interruption.id for interruption in rulebook.concern.interruptions],
    }


@pytest.mark.parametrize("role", ROLES, ids=str)
def test_every_page_answers_everybody_as_it_declares(
    app, browser_of, rulebook, open_screening_of, duty_on, hand_off_on, service_of, role
):
    home = Role.CPS_WORKER if role is Role.CPS_WORKER else Role.INTAKE_STAFF
    browser = browser_of(role)
    visited = 0
    screening_id = open_screening_of(home)
    duty_id, hand_off_id = duty_on(home, screening_id), hand_off_on(home, screening_id)
    values = values_for(rulebook, screening_id, duty_id, hand_off_id, service_of(home))
    for endpoint, address in addresses(app, values):
        access = declared_access(app, endpoint)
        assert access is not None
        if endpoint == "account_pages.sign_in" and role is not None:
            expected = 303
        elif endpoint in ("bed_link_pages.question", "hand_off_link_pages.sheet", "hand_off_link_pages.pdf"):
            expected = 410
        elif access.everyone:
            expected = 200
        elif role is None:
            expected = 303
        elif role in access.roles:
            expected = 303 if endpoint == "questionnaire_pages.resume" else 200
        else:
            expected = 403
        browser.open(address, expected)
        visited += 1
    assert visited > 15


@pytest.mark.parametrize("screening", ["another agency's", "unknown", "no id"])
def test_a_screening_that_is_not_ours_is_nowhere(app, browser_of, rulebook, open_screening_of, screening):
    ids = {
        "another agency's": open_screening_of(Role.CPS_WORKER),
        "unknown": UNKNOWN_SCREENING,
        "no id": "JD-1",
    }
    browser = browser_of(Role.INTAKE_STAFF)
    pages = [
        browser.open(address, 404).text
        for endpoint, address in addresses(app, values_for(rulebook, ids[screening]))
        if "/screenings/" in address
        and endpoint != "home_pages.new_screening"
        and Role.INTAKE_STAFF in declared_access(app, endpoint).roles
    ]
    assert len(pages) > 10
    assert len({re.sub(r'value="[^"]*"', "", page) for page in pages}) == 1


@pytest.mark.parametrize("case_id", ["declines_everything", "sold_by_family", "told_staff_unasked"])
def test_every_page_of_a_screening_with_answers(
    app, browser_of, rulebook, screening_of_case, duty_on, case_id
):
    role, screening_id = screening_of_case(rulebook.cases[case_id])
    browser = browser_of(role)
    for endpoint, address in addresses(app, values_for(rulebook, screening_id, duty_on(role, screening_id))):
        if screening_id in address and role in declared_access(app, endpoint).roles:
            browser.open(address, 303 if endpoint == "questionnaire_pages.resume" else 200)


def test_the_result_of_every_mock_case(browser_of, rulebook, screening_of_case):
    for case in rulebook.cases.values():
        role, screening_id = screening_of_case(case)
        browser_of(role).open(f"/screenings/{screening_id}/result")


def test_no_page_sets_a_cookie_of_its_own(app, browser_of, rulebook, open_screening_of):
    browser = browser_of(Role.INTAKE_STAFF)
    names = set()
    for _, address in addresses(app, values_for(rulebook, open_screening_of(Role.INTAKE_STAFF))):
        names |= {value.split("=")[0] for value in browser.client.get(address).headers.getlist("Set-Cookie")}
    assert names <= {"sitting"}


def test_no_page_names_a_case_number_in_its_title_or_address(app, browser_of, rulebook, open_screening_of):
    screening_id = open_screening_of(Role.INTAKE_STAFF, youth_ref="JD-4711")
    browser = browser_of(Role.INTAKE_STAFF)
    for _, address in addresses(app, values_for(rulebook, screening_id)):
        if (page := browser.client.get(address)).mimetype == "text/html" and page.status_code == 200:
            title = re.search(r"<title>(.*?)</title>", page.text, re.DOTALL)
            assert title
            assert "4711" not in title[1]
            assert not re.search(r'(href|action|src)="[^"]*4711', page.text)


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_compiles_and_every_page_has_a_title(app, name):
    template = app.jinja_env.get_template(name)
    if not name.rpartition("/")[2].startswith("_"):
        assert "title" in template.blocks
        source = (shipped_folder("templates") / name).read_text(encoding="utf-8")
        assert name == "base.html" or '{% extends "base.html" %}' in source


@pytest.mark.parametrize("name", TEMPLATES)
def test_templates_leave_escaping_on_and_style_to_the_sheets(name):
    source = (shipped_folder("templates") / name).read_text(encoding="utf-8")
    assert "|safe" not in source.replace(" ", "")
    assert "autoescape" not in source
    assert not re.search(r"\sstyle=|<style|<script(?![^>]*src=)|\son[a-z]+=", source)


def test_every_template_is_used(app):
    used = set()
    for name in TEMPLATES:
        source = (shipped_folder("templates") / name).read_text(encoding="utf-8")
        used |= set(re.findall(r'{%-? *(?:extends|from|include|import) "([^"]+)"', source))
    code = "".join(path.read_text(encoding="utf-8") for path in shipped_folder("web").rglob("*.py"))
    used |= set(re.findall(r'"([a-z_/]+\.html)"', code))
    used |= {f"rulebook/{name}.html" for name in re.findall(r'_page\(\s*"([a-z]+)"', code)}
    assert set(TEMPLATES) <= used
