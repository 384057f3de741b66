"""The read API of the directory: HSDS's words and pages, open to people who are signed in, silent about what is hidden."""

import json
import logging

import pytest
from directory_examples import full_service, uid
from directory_files import CONFIDENTIAL, HIDDEN, bring_in, levelled, service

from screening.operations.actors import ACCOUNT_ROLES, Role

API = "/api/hsds"
KINDS = ("organizations", "service_at_locations", "services", "taxonomies", "taxonomy_terms")


@pytest.fixture
def filled(database, people):
    """The detention agency has a directory with places of every level."""
    editor = people[Role.DIRECTORY_EDITOR].actor
    bring_in(database, editor, [full_service(), *levelled()])
    return editor


@pytest.fixture
def officer(filled, browser_of):
    return browser_of(Role.INTAKE_STAFF)


def test_the_root_names_the_version(officer):
    root = officer.open(f"{API}/").json
    assert root["version"] == "3.1"
    assert set(root) == {"version", "profile", "openapi_url"}


def test_a_list_is_a_page_as_hsds_wants_it(officer):
    page = officer.open(f"{API}/services?per_page=2").json
    assert {name: value for name, value in page.items() if name != "contents"} == {
        "total_items": 3,
        "total_pages": 2,
        "page_number": 1,
        "size": 2,
        "first_page": True,
        "last_page": False,
        "empty": False,
    }
    assert [each["name"] for each in page["contents"]] == ["Night shelter", "Open Service"]
    assert page["contents"][0]["organization"]["name"] == "Example House"
    assert "phones" not in page["contents"][0]
    last = officer.open(f"{API}/services?per_page=2&page=2").json
    assert (last["size"], last["last_page"], last["first_page"]) == (1, True, False)
    beyond = officer.open(f"{API}/services?page=9").json
    assert (beyond["empty"], beyond["contents"]) == (True, [])


def test_an_entry_is_whole_and_says_that_nobody_checked_it(officer):
    shown = officer.open(f"{API}/services/{uid('service')}").json
    assert shown["phones"][0]["languages"][0]["code"] == "es"
    assert shown["service_at_locations"][0]["location"]["addresses"][0]["address_1"] == "100 Example Avenue"
    marks = {each["taxonomy_term"]["code"]: each["value"] for each in shown["attributes"]}
    assert marks == {"shelter": "yes", "confidentiality": "public", "verification": "not verified"}
    full = officer.open(f"{API}/services?full=true&search=night").json["contents"]
    assert full == [shown]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_lists_and_entries(officer, kind):
    page = officer.open(f"{API}/{kind}").json
    assert page["total_items"] == len(page["contents"]) > 0
    for each in page["contents"]:
        assert officer.open(f"{API}/{kind}/{each['id']}").json["id"] == each["id"]


def test_a_search_by_post_is_the_same_and_needs_a_token(officer):
    asked = {"search": "night", "per_page": 5}
    by_post = officer.post_json(f"{API}/services", asked)
    assert by_post.json == officer.open(f"{API}/services?search=night&per_page=5").json
    assert officer.post(f"{API}/services", 200, search="night").json["total_items"] == 1
    refused = officer.open(f"{API}/services", 400, method="POST", json=asked)
    assert refused.json["error"]["code"] == "not_understood"


def test_one_entry_a_line_by_format_or_by_what_is_accepted(officer):
    by_format = officer.open(f"{API}/services?format=ndjson")
    by_accept = officer.open(f"{API}/services", headers={"Accept": "application/x-ndjson"})
    for answer in (by_format, by_accept):
        assert answer.mimetype == "application/x-ndjson"
        lines = [json.loads(line) for line in answer.text.splitlines()]
        assert lines == officer.open(f"{API}/services").json["contents"]
        assert answer.headers["X-Total-Items"] == "3"
    as_json = officer.open(f"{API}/services?format=json", headers={"Accept": "application/x-ndjson"})
    assert as_json.mimetype == "application/json"


@pytest.mark.parametrize(
    "asked",
    ["page=0", "page=x", "per_page=0", "per_page=99999999", "taxonomy_id=7", "full=maybe", "modified_after=soon",
     "format=xml", "search=" + "x" * 201, "search=%00"],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_without_repeating_it(officer, asked):
    answer = officer.open(f"{API}/services?{asked}", 400)
    assert answer.json == {
        "error": {
            "code": "not_understood",
            "message": "The request could not be read. See the API reference of HSDS 3.1.",
        }
    }


def test_distances_are_refused_and_the_reason_is_said(officer):
    for kind in ("services", "service_at_locations"):
        answers = [
            officer.open(f"{API}/{kind}?proximity=500&postcode=64050", 400),
            officer.post_json(f"{API}/{kind}", {"proximity": 500}, 400),
        ]
        for answer in answers:
            assert answer.json["error"]["code"] == "no_distances"
            assert "postcode" in answer.json["error"]["message"]
            assert "500" not in answer.text


@pytest.mark.parametrize(
    ("path", "status"), [("/services/nothing", 404), (f"/services/{uid('x')}", 404), ("/services/", 404)]
)
def test_what_is_not_there_is_told_as_json(officer, path, status):
    answer = officer.client.get(f"{API}{path}")
    assert answer.status_code == status
    if not path.endswith("/"):
        assert answer.json["error"]["code"] == "not_found"


def test_a_body_that_is_no_object_is_refused(officer):
    officer.post_json(f"{API}/services", ["x"], 400)
    officer.post_json(f"{API}/services", {"page": True}, 400)
    officer.post_json(f"{API}/services", {"search": {"a": 1}}, 400)


@pytest.mark.parametrize("accept", [None, "text/html", "application/json", "application/x-ndjson"])
def test_a_stranger_is_told_so_and_sent_nowhere(stranger, accept):
    headers = {"Accept": accept} if accept else {}
    answer = stranger.open(f"{API}/services?search=canary", 401, headers=headers)
    assert answer.json["error"]["code"] == "signed_out"
    assert "canary" not in answer.text
    assert "Location" not in answer.headers


def test_no_answer_is_kept_by_a_browser(officer):
    for path, status in (("/services", 200), ("/services?page=x", 400), (f"/services/{uid('service')}", 200)):
        assert officer.open(f"{API}{path}", status).headers["Cache-Control"] == "no-store"


def test_another_agency_finds_nothing(filled, browser_of):
    elsewhere = browser_of(Role.CPS_WORKER)
    for kind in KINDS:
        assert elsewhere.open(f"{API}/{kind}").json["total_items"] == 0
    elsewhere.open(f"{API}/services/{uid('service')}", 404)


def everything(browser):
    """All that the API says to somebody: lists, short and whole, by address and by body, and every entry."""
    said = []
    for kind in KINDS:
        asked = ("", "?full=true", "?minimal=true", "?format=ndjson", "?search=canary")
        said += [browser.open(f"{API}/{kind}{each}").text for each in asked]
        said.append(browser.post_json(f"{API}/{kind}", {"full": True}).text)
        listed = browser.open(f"{API}/{kind}").json["contents"]
        said += [browser.open(f"{API}/{kind}/{each['id']}").text for each in listed]
    for hidden in ("CANARY-ANNEX", "Undisclosed Canary Service"):
        said.append(browser.open(f"{API}/services/{uid(hidden)}", 404).text)
        said.append(browser.open(f"{API}/service_at_locations/{uid('Open Service', uid(hidden))}", 404).text)
    return "\n".join(said).casefold()


@pytest.mark.parametrize("role", [role for role in ACCOUNT_ROLES if role is not Role.CPS_WORKER], ids=str)
def test_nothing_undisclosed_is_ever_said_nor_logged(filled, browser_of, role, caplog):
    with caplog.at_level(logging.DEBUG):
        said = everything(browser_of(role))
    assert not [canary for canary in HIDDEN if canary.casefold() in said]
    assert uid("CANARY-ANNEX") not in said
    assert uid("Undisclosed Canary Service") not in said
    assert "open service" in said
    closed_to = role in (Role.ADMINISTRATOR, Role.RULEBOOK_PUBLISHER)
    for word in CONFIDENTIAL:
        assert (word.casefold() in said) != closed_to
    logged = "\n".join(
        record.getMessage() for record in caplog.records if record.name.startswith("screening")
    )
    assert API in logged
    for word in (*HIDDEN, *CONFIDENTIAL, "canary"):
        assert word.casefold() not in logged.casefold()


def test_pages_say_nothing_hidden_either(filled, browser_of):
    browser = browser_of(Role.DIRECTORY_EDITOR)
    for address in ("/about", "/rulebook/editions"):
        text = browser.open(address).text.casefold()
        assert not [canary for canary in HIDDEN if canary.casefold() in text]


def test_a_fault_says_nothing_of_itself(app, filled, browser_in, monkeypatch):
    def broken(*_given):
        raise RuntimeError("77 Canary Street")

    monkeypatch.setattr("screening.web.directory_api.list_entries", broken)
    app.config.update(PROPAGATE_EXCEPTIONS=False)
    answer = browser_in(app, Role.INTAKE_STAFF).open(f"{API}/services", 500)
    assert answer.json["error"]["code"] == "fault"
    assert "Canary" not in answer.text


def test_names_that_a_browser_could_read_as_a_page_are_only_data(database, people, officer):
    bring_in(
        database,
        people[Role.DIRECTORY_EDITOR].actor,
        [service("<script>alert(1)</script>", "1")],
        source="more",
    )
    answer = officer.open(f"{API}/services?search=script")
    assert answer.mimetype == "application/json"
    assert answer.json["total_items"] == 1
