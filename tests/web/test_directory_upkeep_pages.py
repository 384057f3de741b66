"""Calls to make, one call, reported errors, history, possible duplicates: what each page does and who may."""

from dataclasses import replace

import pytest
from bs4 import BeautifulSoup
from directory_work import HOUSE, house_now, kept_house
from test_directory_editing_pages import sent

from screening.core.directory_service_entry import PhoneLine, PlaceEntry
from screening.operations.actors import ACCOUNT_ROLES, Role
from screening.operations.directory.duplicates import joined_into
from screening.operations.directory.errors import open_errors

UPKEEP = "/directory/upkeep"


@pytest.fixture
def person(people):
    return people[Role.DIRECTORY_EDITOR].actor


@pytest.fixture
def editor(browser_of):
    return browser_of(Role.DIRECTORY_EDITOR)


@pytest.fixture
def house(database, person, rulebook):
    return kept_house(database, person, rulebook)


def words_of(page):
    return " ".join(page.select_one("main").get_text(" ").split())


def test_the_queue_counts_and_leads_to_the_call(editor, house):
    page = editor.get(UPKEEP)
    row = next(each for each in page.select("tbody tr") if "Harbor House" in each.get_text())
    assert "816-555-0142" in row.get_text()
    assert "Never" in row.get_text()
    assert row.select_one("a")["href"] == f"/directory/services/{house}/check"
    for show in ("unverified", "demoted", "warned", "not_reached", "used", "errors", "nonsense"):
        editor.get(f"{UPKEEP}?show={show}")


def test_a_call_that_finds_all_right_verifies_the_entry(editor, house, database, person, rulebook):
    address = f"/directory/services/{house}/check"
    page = editor.get(address)
    said = words_of(page)
    assert "Can youths live there?" in said
    assert "Beds for youths" in said
    refused = editor.submit(page, address, 422, outcome="right", note="Kept note")
    again = BeautifulSoup(refused.text, "html.parser")
    assert [each["href"] for each in again.select(".error-summary a")] == ["#spoke_with"]
    assert again.select_one("#note")["value"] == "Kept note"
    editor.submit(again, address, spoke_with="Front desk")
    assert house_now(database, person, rulebook, house).is_verified
    assert "Everything is right" in words_of(editor.get(address))
    assert "Harbor House" not in words_of(editor.get(f"{UPKEEP}?show=unverified"))


def test_what_is_different_is_mended_during_the_call(editor, house, database, person, rulebook):
    form = editor.get(f"/directory/services/{house}/edit?call=yes")
    address = f"/directory/services/{house}/edit"
    refused = editor.open(address, 422, method="POST", data=sent(form, alert="Ring twice"))
    assert 'href="#spoke_with"' in refused.text
    assert house_now(database, person, rulebook, house).entry.alert == ""
    again = BeautifulSoup(refused.text, "html.parser")
    editor.open(address, 303, method="POST", data=sent(again, spoke_with="Desk"))
    present = house_now(database, person, rulebook, house)
    assert (present.entry.alert, present.is_verified) == ("Ring twice", True)
    assert "Something was mended" in words_of(editor.get(f"/directory/services/{house}/check"))


def test_three_times_not_reached_is_shown(editor, house):
    address = f"/directory/services/{house}/check"
    for _ in range(3):
        editor.submit(editor.get(address), address, outcome="not_reached")
    assert "Not reached 3 times" in words_of(editor.get(f"{UPKEEP}?show=not_reached"))
    assert "Not reached 3 times in a row" in words_of(editor.get(address))


@pytest.mark.parametrize("role", [each for each in ACCOUNT_ROLES if each is not Role.CPS_WORKER])
def test_anybody_reports_an_error_and_sees_what_became_of_it(browser_of, editor, house, role):
    reporter = browser_of(role)
    address = f"/directory/services/{house}/error"
    page = reporter.get(address)
    assert "Write nothing about a youth" in words_of(page)
    refused = reporter.open(
        address, 422, method="POST", data={"csrf_token": reporter.token(), "note": "It rings on"}
    )
    assert "It rings on" in refused.text
    reporter.submit(page, address, fields="phone", note="It rings on")
    assert "not seen to yet" in words_of(reporter.get(address))
    listed = editor.get("/directory/errors")
    assert "It rings on" in words_of(listed)
    form = next(each for each in listed.select("main form") if "/directory/errors/" in each["action"])
    editor.post(form["action"], became="mended")
    assert "mended" in words_of(reporter.get(address))
    assert "No open reports" in words_of(editor.get("/directory/errors"))


def test_a_report_sent_twice_is_one(editor, house, database, person):
    address = f"/directory/services/{house}/error"
    page = editor.get(address)
    for _ in range(2):
        editor.submit(page, address, fields="hours")
    with database.reading(person) as tx:
        assert open_errors(tx).total == 1


def test_only_editors_keep_the_lists(browser_of, house):
    for role in ACCOUNT_ROLES:
        browser = browser_of(role)
        status = 200 if role is Role.DIRECTORY_EDITOR else 403
        for address in (
            UPKEEP,
            "/directory/errors",
            "/directory/duplicates",
            f"/directory/services/{house}/check",
        ):
            browser.open(address, status)


def test_history_folds_confidential_values_away_until_they_are_asked_for(
    editor, browser_of, house, database, person, rulebook
):
    form = editor.get(f"/directory/services/{house}/edit")
    data = sent(form, **{"place-level-0": "confidential", "place-address_1-0": "5 Robin Lane"})
    editor.open(f"/directory/services/{house}/edit", 303, method="POST", data=data)
    address = f"/directory/services/{house}/history"
    for role in (Role.DIRECTORY_EDITOR, Role.INTAKE_STAFF, Role.ADMINISTRATOR):
        assert "Robin Lane" not in browser_of(role).get(address).text
    officer = browser_of(Role.INTAKE_STAFF)
    assert "5 Robin Lane" in officer.post(address, 200).text
    administrator = browser_of(Role.ADMINISTRATOR)
    assert "Robin Lane" not in administrator.post(address, 200).text
    assert "Who may see it" in words_of(officer.get(address))


def test_duplicates_are_told_apart_joined_and_parted_again(editor, house, database, person, rulebook):
    twin = kept_house(database, person, rulebook, replace(HOUSE, name="Harbor House Inc"))
    address = "/directory/duplicates"
    page = editor.get(address)
    pair = page.select_one(".pair")
    assert "the same number" in pair.get_text()
    names = [each.get_text() for each in pair.select("h3")]
    assert sorted(names) == ["Harbor House", "Harbor House Inc"]
    editor.post(address, of="service", first=house, second=twin, do="apart")
    assert not editor.get(address).select(".pair")
    editor.post(address, of="service", first=house, second=twin, do="undo_apart")
    assert editor.get(address).select(".pair")
    editor.post(address, of="service", first=house, second=twin, do="keep_first")
    page = editor.get(address)
    assert not page.select(".pair")
    assert "Harbor House Inc was joined with Harbor House" in words_of(page)
    with database.reading(person) as tx:
        assert joined_into(tx, [house, twin]) == {twin: house}
    assert house_now(database, person, rulebook, twin).entry.status == "inactive"
    editor.post(address, of="service", first=twin, second=house, do="undo_join")
    assert house_now(database, person, rulebook, twin).entry.status == "active"
    assert editor.get(address).select(".pair")
    editor.get(f"{address}?of=organization")
    editor.post(address, 400, of="service", first=house, second=twin, do="nonsense")


def test_the_home_page_tells_those_who_answer_for_it_how_much_is_unverified(browser_of, house):
    for role in ACCOUNT_ROLES:
        told = "not verified" in words_of(browser_of(role).get("/"))
        assert told == (role in (Role.ADMINISTRATOR, Role.DIRECTORY_EDITOR))


def test_an_undisclosed_place_stands_in_no_list(editor, database, person, rulebook):
    hidden = PlaceEntry("undisclosed", "77 Canary Street", "", "Canaryville", "MO", "64999")
    phones = (PhoneLine("816-555-0142"),)
    one, two = (
        kept_house(
            database,
            person,
            rulebook,
            replace(HOUSE, name=f"Harbor House {end}", phones=phones, places=(hidden,)),
        )
        for end in ("", "Inc")
    )
    editor.post("/directory/duplicates", of="service", first=one, second=two, do="keep_first")
    for address in (
        UPKEEP,
        "/directory/duplicates",
        "/directory/errors",
        f"/directory/services/{one}/history",
    ):
        assert "canary" not in editor.get(address).text.casefold()
    assert "canary" not in editor.post(f"/directory/services/{one}/history", 200).text.casefold()
