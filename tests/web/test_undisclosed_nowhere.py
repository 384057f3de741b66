"""An undisclosed place is nowhere: every address the application has is asked as every role, and every answer is searched.

The addresses come from the application itself, so that a new page is asked without being named here.
"""

import logging
import zipfile
from itertools import product

import pytest
from click.testing import CliRunner
from directory_examples import uid
from directory_files import bring_in, place, service
from directory_shelves import feature_mark, kind_mark
from sqlalchemy import select

from screening.cli import main
from screening.core.directory_profile import profile_attribute
from screening.operations.actors import ACCOUNT_ROLES, Role
from screening.store.journal_actions import AuditAction
from screening.store.models import JournalEntry
from tests.web.test_pages import values_for

OPEN, SECRET, ANNEX = "Open Wombat Service", "Quokka Secret Service", "QUOKKA-ANNEX"
MARKERS = (
    "77 quokka street", "quokka street", "quokka-annex", "39.1234567", "-94.7654321", "816-555-0199", "8165550199",
    "816-555-0198", "816-555-0197", "816-555-0188", "person quokka", "quokka@example.org", "quokka bus",
    "quokka-attention", "quokka secret", "quokka earlier", "quokka door", "quokka desk",
)  # fmt: skip
"""Stand only on what is undisclosed, and are repeated where they should not be. Asking for "quokka" alone repeats none."""
INSIDE = [role for role in ACCOUNT_ROLES if role is not Role.CPS_WORKER]
API_KINDS = ("organizations", "services", "service_at_locations", "taxonomies", "taxonomy_terms")
QUERIES = (
    "", "?q=quokka", "?q=wombat&all=1&closed=1", "?search=quokka", "?full=true", "?full=true&format=ndjson", "?minimal=true",
    "?area=mo_jackson&kind=safe_home", "?service={service}&need=safe_place_tonight",
)  # fmt: skip


def directory():
    """An open service with an undisclosed annex, and an undisclosed service at an open house."""
    earlier = {
        "id": uid("earlier"), "resource_type": "service", "last_action_date": "2026-01-01", "last_action_type": "update",
        "field_name": "alert", "previous_value": "quokka earlier", "replacement_value": "x", "updated_by": "Person Quokka",
    }  # fmt: skip
    house = place("Wombat House", "1 Wombat Road", "816-555-0101")
    annex = place(
        ANNEX, "77 Quokka Street", "816-555-0199", "undisclosed", latitude=39.1234567, longitude=-94.7654321,
        transportation="Quokka Bus stops there", description="Quokka door at the back",
        contacts=[{"id": uid("contact"), "name": "Person Quokka", "email": "quokka@example.org"}],
    )  # fmt: skip
    annex["addresses"][0]["attention"] = "QUOKKA-ATTENTION"
    marks = [kind_mark(OPEN, "safe_home"), feature_mark(uid(OPEN), "residential", "yes")]
    shown = service(
        OPEN, "816-555-0100", house, annex, attributes=marks, metadata=[earlier],
        service_areas=[{"id": uid("area"), "name": "mo_jackson"}],
        alert="Come to 77  QUOKKA street, or call (816) 555 0199.", application_process="Ask Person Quokka.",
        eligibility_description="Position 39.1234567 / -94.7654321", email="quokka@example.org",
    )  # fmt: skip
    shown["service_at_locations"][1] |= {
        "description": "Quokka desk", "phones": [{"id": uid("joint phone"), "number": "816-555-0198"}],
        "contacts": [{"id": uid("joint contact"), "name": "Quokka Desk", "phones": [{"id": uid("p"), "number": "816-555-0197"}]}],
    }  # fmt: skip
    hidden = service(
        SECRET, "816-555-0188", house, organization="two",
        attributes=[profile_attribute("service", uid(SECRET), "confidentiality", "undisclosed"), kind_mark(SECRET, "safe_home")],
        service_areas=[{"id": uid("secret area"), "name": "mo_jackson"}],
    )  # fmt: skip
    return [shown, hidden]


@pytest.fixture
def editor(database, people):
    editor = people[Role.DIRECTORY_EDITOR].actor
    bring_in(database, editor, directory())
    return editor


def every_address(app, rulebook, screening_id, method, only=""):
    """The addresses of all routes that take a method; services are the open one and both that must not be there."""
    values = values_for(rulebook, screening_id)
    values |= {name: values[name][:1] for name in ("sheet_id", "section_id", "interruption_id")}
    values |= {
        "service_id": [uid(OPEN), uid(SECRET), uid(ANNEX)],
        "entry_id": [uid(OPEN), uid(SECRET), uid(ANNEX), uid(OPEN, uid(ANNEX)), uid("one"), uid("two")],
        "kind": list(API_KINDS),
    }
    found = []
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if method not in (rule.methods or ()) or rule.endpoint == "static" or only not in rule.rule:
                continue
            names = sorted(rule.arguments)
            choices = product(*(values.get(name, [uid("any")]) for name in names))
            found += [app.url_for(rule.endpoint, **dict(zip(names, each, strict=True))) for each in choices]
    return sorted(set(found))


def told(text):
    """The markers a text holds."""
    plain = " ".join(text.casefold().split())
    return [marker for marker in MARKERS if marker in plain]


def leaks(browser, addresses, posts=()):
    """Every address whose answer tells something, with what; and how many answers were read."""
    found, read = [], 0
    for address in addresses:
        asks = QUERIES if "directory" in address or "/api/" in address or "/beds" in address else QUERIES[:1]
        for query in asks:
            answer = browser.client.get(address + query.format(service=uid(OPEN)))
            said = answer.get_data().decode("utf-8", "replace") + str(answer.headers)
            found += [(address + query, marker) for marker in told(said)]
            read += 1
    token = browser.token() if posts else ""
    for address in posts:
        answer = browser.client.post(address, data={"csrf_token": token, "search": "quokka", "full": "true"})
        found += [(address, marker) for marker in told(answer.get_data().decode("utf-8", "replace"))]
        read += 1
    return found, read


@pytest.mark.parametrize("role", INSIDE, ids=str)
def test_no_address_tells_anybody_anything(
    app, editor, database, browser_of, rulebook, open_screening_of, role, caplog
):
    browser = browser_of(role)
    screening_id = open_screening_of(Role.INTAKE_STAFF)
    gets = every_address(app, rulebook, screening_id, "GET")
    posts = [
        address
        for address in every_address(app, rulebook, screening_id, "POST")
        if "/directory" in address or "/api/" in address
    ]
    with caplog.at_level(logging.DEBUG):
        found, read = leaks(browser, gets, posts)
    assert found == []
    assert read > 200
    assert OPEN in browser.open("/directory").text
    assert "816-555-0100" in browser.open(f"/directory/services/{uid(OPEN)}").text
    logged = "\n".join(each.getMessage() for each in caplog.records if each.name.startswith("screening"))
    assert "/directory" in logged
    assert told(logged) == []
    with database.reading(editor) as tx:
        rows = tx.session.execute(
            select(JournalEntry.action, JournalEntry.subject, JournalEntry.detail)
        ).all()
    assert told(" ".join(f"{row.subject} {row.detail}" for row in rows)) == []
    shown = {row.subject for row in rows if row.action == AuditAction.DIRECTORY_CONFIDENTIAL_VIEWED}
    assert not shown & {uid(SECRET), uid(ANNEX)}


@pytest.mark.parametrize("role", [Role.DIRECTORY_EDITOR, Role.INTAKE_STAFF, Role.ADMINISTRATOR], ids=str)
@pytest.mark.parametrize("form", ["json", "ndjson", "tabular"])
def test_no_file_tells_anybody_anything(editor, tmp_path, role, form):
    out = tmp_path / f"out.{form}"
    command = ["directory", "export", str(out), "--format", form, "--instance", str(tmp_path / "instance")]
    result = CliRunner().invoke(main, [*command, "--agency", "Detention", "--by", role.value])
    assert result.exit_code == 0, result.output
    text = out.read_bytes().decode("utf-8", "replace")
    if form == "tabular":
        with zipfile.ZipFile(out) as archive:
            text = "".join(archive.read(name).decode() for name in archive.namelist())
    assert OPEN in text
    assert told(text + result.output) == []
    assert uid(SECRET) not in text
    assert uid(ANNEX) not in text


@pytest.mark.parametrize(
    ("broken", "instead", "told_then"),
    [
        ("disclosed", lambda seen, _hidden: seen, "77 quokka street"),
        ("levels_open_to", lambda _actor: ("public", "confidential", "undisclosed"), "quokka bus"),
    ],
)  # fmt: skip
def test_it_would_be_noticed_if_the_guard_were_gone(
    app, editor, browser_of, rulebook, open_screening_of, monkeypatch, broken, instead, told_then
):
    addresses = every_address(
        app, rulebook, open_screening_of(Role.INTAKE_STAFF), "GET", only="/directory/services/"
    )
    browser = browser_of(Role.INTAKE_STAFF)
    assert leaks(browser, addresses)[0] == []
    monkeypatch.setattr(f"screening.operations.directory.disclosing.{broken}", instead)
    assert told_then in {marker for _address, marker in leaks(browser, addresses)[0]}
