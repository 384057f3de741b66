"""Signing in and out, and everything that ends a sitting."""

import pytest
from flask import Flask

from screening.operations.accounts import deactivate_user
from screening.operations.actors import Role, system_actor
from screening.web.access import local_path


def cookie_of(response) -> str:
    """The session cookie a response sets, with its attributes."""
    return next(value for value in response.headers.getlist("Set-Cookie") if "sitting=" in value)


def session_of(browser) -> dict:
    with browser.client.session_transaction() as session:
        return dict(session)


def test_signing_in_leads_to_the_list(stranger, people):
    assert stranger.sign_in(people[Role.INTAKE_STAFF].username).location == "/"
    assert stranger.get("/").h1.text == "Screenings"


def test_the_user_name_may_be_written_in_any_case_and_with_spaces_around_it(stranger, people):
    stranger.sign_in(f"  {people[Role.INTAKE_STAFF].username.upper()} ")


def test_signing_in_goes_on_to_where_the_person_was_going(stranger, people):
    sent = stranger.open("/screenings/new", 303).location
    assert sent == "/sign-in?next=/screenings/new"
    page = stranger.get(sent)
    done = stranger.submit(
        page, "/sign-in", username=people[Role.INTAKE_STAFF].username, password=people.password
    )
    assert done.location == "/screenings/new"


@pytest.mark.parametrize(
    "foreign",
    [
        "https://example.org/",
        "//example.org/",
        "/\\example.org/",
        "\\\\example.org",
        "/\t/example.org",
        " //example.org",
        "javascript:alert(1)",
        "example.org",
        "/%0d%0a\r\nX: y",
        "",
        None,
    ],
)
def test_only_local_addresses_are_gone_on_to(app: Flask, foreign):
    with app.test_request_context():
        assert local_path(foreign) == "/"


def test_a_foreign_next_in_the_form_is_not_followed(stranger, people):
    answer = stranger.sign_in(people[Role.INTAKE_STAFF].username, next="https://example.org/")
    assert answer.location == "/"


def test_an_unknown_name_and_a_wrong_password_look_the_same(stranger, people):
    known = people[Role.INTAKE_STAFF].username
    wrong = stranger.sign_in(known, "wrong", status=422)
    unknown = stranger.sign_in("somebody", "wrong", status=422)
    page = stranger.get("/sign-in")
    token = page.select_one("input[name=csrf_token]")["value"]

    def bare(response, name):
        return [
            part
            for part in response.text.replace(name, "NAME").split('"')
            if part.count(".") != 2 or " " in part
        ]

    assert bare(wrong, known) == bare(unknown, "somebody")
    assert token
    assert "not right" in wrong.text
    assert "wrong" not in wrong.text


def test_empty_fields_are_named(stranger):
    page = stranger.sign_in("", "", status=422)
    assert 'href="#username"' in page.text
    assert 'href="#password"' in page.text


def test_a_very_long_password_is_refused_unread(stranger, people, monkeypatch):
    monkeypatch.setattr("screening.web.account_pages.check_password", lambda *_: pytest.fail("it was hashed"))
    stranger.sign_in(people[Role.INTAKE_STAFF].username, "x" * 5000, status=422)


def test_who_is_signed_in_need_not_sign_in_again(browser_of):
    assert browser_of(Role.INTAKE_STAFF).open("/sign-in?next=/about", 303).location == "/about"


def test_signing_in_starts_a_new_session_and_a_new_token(stranger, people):
    stranger.get("/sign-in")
    before = session_of(stranger)
    with stranger.client.session_transaction() as session:
        session["planted"] = "by somebody else"
    stranger.sign_in(people[Role.INTAKE_STAFF].username)
    stranger.get("/")
    after = session_of(stranger)
    assert "planted" not in after
    assert after["csrf_token"] != before["csrf_token"]


def test_the_session_holds_ids_and_times_only(browser_of, people):
    browser = browser_of(Role.INTAKE_STAFF)
    browser.get("/")
    kept = session_of(browser)
    assert kept.keys() == {"user", "stamp", "since", "seen", "csrf_token"}
    assert people[Role.INTAKE_STAFF].username not in str(kept)


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(stranger, people):
    cookie = cookie_of(stranger.sign_in(people[Role.INTAKE_STAFF].username))
    assert cookie.startswith("sitting=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Expires" not in cookie
    assert "Max-Age" not in cookie


def test_a_secure_installation_sets_secure_cookies_only(app_with):
    answer = app_with(secure_cookies=True).test_client().get("/sign-in", base_url="https://localhost")
    cookie = cookie_of(answer)
    assert cookie.startswith("__Host-sitting=")
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")


def test_signing_out_ends_the_sitting(browser_of):
    browser = browser_of(Role.INTAKE_STAFF)
    page = browser.get("/")
    answer = browser.submit(page, "/sign-out")
    assert answer.location == "/sign-in?reason=signed_out"
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert "signed out" in browser.get(answer.location).text
    assert browser.open("/", 303).location == "/sign-in"


def test_signing_out_takes_a_post(browser_of):
    browser_of(Role.INTAKE_STAFF).open("/sign-out", 405)


def test_a_sitting_ends_after_thirty_minutes_without_a_request(browser_of, clock):
    browser = browser_of(Role.INTAKE_STAFF)
    clock.pass_by(minutes=30)
    browser.get("/")
    clock.pass_by(minutes=30, seconds=1)
    answer = browser.open("/screenings/new", 303)
    assert answer.location == "/sign-in?next=/screenings/new&reason=ended"
    assert "sign-in has ended" in browser.get(answer.location).text


def test_every_request_extends_the_sitting(browser_of, clock):
    browser = browser_of(Role.INTAKE_STAFF)
    for _ in range(5):
        clock.pass_by(minutes=29)
        browser.get("/")


def test_a_sitting_ends_after_ten_hours_however_busy(browser_of, clock):
    browser = browser_of(Role.INTAKE_STAFF)
    for _ in range(30):
        clock.pass_by(minutes=20)
        browser.get("/")
    clock.pass_by(seconds=1)
    browser.open("/", 303)


def test_a_request_within_the_same_minute_sets_no_new_cookie(browser_of, clock):
    browser = browser_of(Role.INTAKE_STAFF)
    browser.get("/")
    clock.pass_by(seconds=30)
    assert "Set-Cookie" not in browser.open("/").headers
    clock.pass_by(seconds=40)
    assert "Set-Cookie" in browser.open("/").headers


@pytest.mark.parametrize("broken", ["user", "stamp", "since", "seen"])
def test_an_incomplete_session_is_no_sign_in(browser_of, broken):
    browser = browser_of(Role.INTAKE_STAFF)
    with browser.client.session_transaction() as session:
        del session[broken]
    browser.open("/", 303)


def test_a_session_with_an_old_stamp_is_no_sign_in(browser_of):
    browser = browser_of(Role.INTAKE_STAFF)
    with browser.client.session_transaction() as session:
        session["stamp"] = "old"
    browser.open("/", 303)


def test_a_cookie_somebody_made_is_no_sign_in(stranger, people):
    actor = people[Role.INTAKE_STAFF].actor
    forged = Flask("forged")
    forged.config.update(SECRET_KEY="guessed", SESSION_COOKIE_NAME="sitting")
    with forged.test_client() as client:
        with client.session_transaction() as session:
            session.update(user=actor.user_id, stamp=actor.stamp, since=0, seen=0)
        value = client.get_cookie("sitting").value
    stranger.client.set_cookie("sitting", value)
    stranger.open("/", 303)


def test_a_deactivated_user_is_out_with_the_next_request(browser_of, people, database):
    browser = browser_of(Role.INTAKE_STAFF)
    browser.get("/")
    actor = people[Role.INTAKE_STAFF].actor
    with database.writing(system_actor(actor.agency_id)) as tx:
        deactivate_user(tx, actor.user_id)
    browser.open("/", 303)


def test_a_script_is_told_in_its_own_way_that_the_sitting_ended(stranger):
    answer = stranger.client.get("/", headers={"Accept": "application/json"})
    assert answer.status_code == 401
    assert answer.json["error"]["code"] == "signed_out"


def test_ten_failures_for_one_name_are_enough(stranger, people):
    name = people[Role.INTAKE_STAFF].username
    for _ in range(10):
        stranger.sign_in(name, "wrong", status=422)
    answer = stranger.sign_in(name, "wrong", status=429)
    assert "Too many attempts" in answer.text
    stranger.sign_in(f" {name.upper()}", status=429)


def test_failures_for_one_name_do_not_lock_out_a_colleague(stranger, people):
    for _ in range(11):
        stranger.client.post(
            "/sign-in", data={"username": "x", "password": "y", "csrf_token": stranger.token()}
        )
    stranger.sign_in(people[Role.INTAKE_STAFF].username)


def test_successes_are_not_counted_so_a_classroom_may_sign_in_at_once(people, browser_of):
    for _ in range(15):
        browser_of(None).sign_in(people[Role.INTAKE_STAFF].username)
