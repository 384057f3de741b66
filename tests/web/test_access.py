"""Deny by default, forged requests, sizes, and what the log says."""

import json
import logging
import re

import pytest
from flask import Blueprint

from screening.operations.actors import Role
from screening.web.access import allow, declared_access, open_to_everyone, plain_id, signed_in


def test_every_route_declares_its_access(app):
    undeclared = {
        rule.endpoint for rule in app.url_map.iter_rules() if declared_access(app, rule.endpoint) is None
    }
    assert not undeclared, f"say who may open: {sorted(undeclared)}"


def test_only_these_are_open_to_everyone(app):
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    declared = {endpoint: declared_access(app, endpoint) for endpoint in endpoints}
    assert {endpoint for endpoint, access in declared.items() if access and access.everyone} == {
        "static",
        "account_pages.sign_in",
        "account_pages.check_sign_in",
        "home_pages.about",
        "home_pages.contrast",
        "home_pages.healthz",
        "bed_link_pages.link",
        "bed_link_pages.open_with_code",
        "bed_link_pages.question",
        "bed_link_pages.answer",
        "bed_link_pages.close",
        "bed_link_pages.closed",
        "hand_off_link_pages.link",
        "hand_off_link_pages.open_with_code",
        "hand_off_link_pages.sheet",
        "hand_off_link_pages.answer",
        "hand_off_link_pages.pdf",
        "hand_off_link_pages.close",
        "hand_off_link_pages.closed",
    }


def test_a_route_that_declares_nothing_is_closed_even_to_a_supervisor(app_with, browser_in, people):
    app = app_with(fresh=True)
    extra = Blueprint("extra", __name__)

    @extra.get("/forgotten")
    def forgotten():
        return "secret"

    app.register_blueprint(extra)
    assert declared_access(app, "extra.forgotten") is None
    for role in (None, Role.SUPERVISOR):
        assert "secret" not in browser_in(app, role).open("/forgotten", 403).text


def test_access_is_declared_once():
    @signed_in
    def view():
        return ""

    with pytest.raises(TypeError, match="twice"):
        open_to_everyone(view)
    with pytest.raises(TypeError, match="twice"):
        allow(Role.SUPERVISOR)(view)


def test_a_role_that_is_not_named_is_refused(browser_of):
    page = browser_of(Role.ADMINISTRATOR).get("/screenings/new", 403)
    assert page.h1.text == "You cannot open this page"


@pytest.mark.parametrize("token", [None, "", "made-up"])
def test_a_post_without_a_valid_token_is_refused(browser_of, token):
    browser = browser_of(Role.INTAKE_STAFF)
    sent = {"setting": "detention", "jurisdiction": "us_mo"} | (
        {} if token is None else {"csrf_token": token}
    )
    answer = browser.open("/screenings/new", 400, method="POST", data=sent)
    assert "open too long" in answer.text


def test_a_token_of_another_session_is_refused(browser_of):
    theirs = browser_of(Role.CPS_WORKER).token()
    mine = browser_of(Role.INTAKE_STAFF)
    mine.open("/sign-out", 400, method="POST", data={"csrf_token": theirs})


def test_a_script_without_a_token_gets_json(browser_of, open_screening_of):
    browser = browser_of(Role.INTAKE_STAFF)
    answer = browser.open(
        f"/screenings/{open_screening_of(Role.INTAKE_STAFF)}/answers", 400, method="POST", json={}
    )
    assert answer.json["error"]["code"] == "stale_form"
    assert answer.json["error"]["message"]


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_post_from_another_site_is_refused_even_with_a_token(browser_of, site):
    browser = browser_of(Role.INTAKE_STAFF)
    sent = {"csrf_token": browser.token()}
    browser.open("/sign-out", 403, method="POST", data=sent, headers={"Sec-Fetch-Site": site})
    browser.open("/sign-out", 303, method="POST", data=sent, headers={"Sec-Fetch-Site": "same-origin"})


def test_a_form_of_two_megabytes_arrives(browser_of):
    browser_of(Role.INTAKE_STAFF).post("/screenings/new", 422, setting="x" * 2_000_000)


def test_more_than_eight_megabytes_are_refused_in_words(browser_of):
    browser = browser_of(Role.INTAKE_STAFF)
    answer = browser.open("/screenings/new", 413, method="POST", data={"setting": "x" * 8_400_000})
    assert "not saved" in answer.text


def test_a_fault_shows_nothing_of_itself(app_with, browser_in, caplog):
    app = app_with(fresh=True)
    extra = Blueprint("extra", __name__)

    @extra.get("/broken")
    @open_to_everyone
    def broken():
        raise RuntimeError("Youth A said something")

    app.register_blueprint(extra)
    app.config.update(PROPAGATE_EXCEPTIONS=False)
    browser = browser_in(app, Role.SUPERVISOR)
    page = browser.open("/broken", 500)
    assert "Youth A" not in page.text
    assert "Traceback" not in page.text
    assert "Youth A" not in caplog.text
    assert "RuntimeError" in caplog.text
    assert (
        browser.open("/broken", 500, headers={"Accept": "application/json"}).json["error"]["code"] == "fault"
    )


@pytest.mark.parametrize(("path", "method", "status"), [("/nowhere", "GET", 404), ("/sign-out", "GET", 405)])
def test_error_pages_have_a_way_back(browser_of, path, method, status):
    page = browser_of(Role.INTAKE_STAFF).get(path, status)
    assert page.select_one('main a[href="/"]')


def test_a_405_still_names_the_methods(browser_of):
    assert "POST" in browser_of(Role.INTAKE_STAFF).open("/sign-out", 405).headers["Allow"]


def test_another_host_name_is_refused(app_with):
    client = app_with(secure_cookies=True, hosts=("localhost",)).test_client()
    assert client.get("/about", base_url="https://localhost").status_code == 200
    assert client.get("/about", base_url="https://example.org").status_code == 400


def test_the_log_has_a_line_a_request_without_addresses_or_queries(browser_of, caplog, open_screening_of):
    browser = browser_of(Role.INTAKE_STAFF)
    screening_id = open_screening_of(Role.INTAKE_STAFF)
    with caplog.at_level(logging.INFO, "screening.requests"):
        browser.open("/?page=1&name=Youth")
        browser.open("/screenings/Youth-A/result", 404)
        browser.open(f"/screenings/{screening_id}/result")
        browser.open("/Youth-A", 404)
    lines = [
        json.loads(record.getMessage()) for record in caplog.records if record.name == "screening.requests"
    ]
    assert [line["route"] for line in lines] == [
        "/",
        "/screenings/<screening_id>/result",
        "/screenings/<screening_id>/result",
        None,
    ]
    assert [line["status"] for line in lines] == [200, 404, 200, 404]
    assert [line.get("screening_id") for line in lines] == [None, None, screening_id, None]
    assert all(line["user"] and line["agency"] and line["ms"] >= 0 for line in lines)
    assert "Youth" not in caplog.text


@pytest.mark.parametrize("typed", ["Youth A", "", None, 7, "right_now"])
def test_only_drawn_ids_count_as_plain(typed):
    assert plain_id(typed) is None


def test_static_files_are_cached_by_content(stranger):
    page = stranger.get("/about")
    address = page.select_one("link[rel=stylesheet]")["href"]
    assert re.fullmatch(r"/static/site\.css\?v=[0-9a-f]{12}", address)
    versioned = stranger.open(address)
    assert versioned.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert stranger.open("/static/site.css").headers["Cache-Control"] == "no-cache"
    assert stranger.client.get("/static/gone.css?v=1").headers["Cache-Control"] == "no-store"
    assert versioned.headers["X-Content-Type-Options"] == "nosniff"


def test_the_stylesheet_is_small_and_loads_nothing(stranger):
    sheet = stranger.open("/static/site.css").text
    assert len(sheet.encode()) <= 23_000
    assert "url(" not in sheet
    assert "@import" not in sheet
