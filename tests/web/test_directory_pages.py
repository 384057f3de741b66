"""The directory as its readers see it: found, read, folded away, shown once, drawn as an outline."""

import json

import pytest
from bs4 import BeautifulSoup
from directory_examples import full_service, uid
from directory_files import bring_in
from directory_shelves import fill_shelves, shelf
from sqlalchemy import func, select

from screening.operations.actors import ACCOUNT_ROLES, Role
from screening.operations.beds import report_beds
from screening.operations.directory.starting import begin_directory
from screening.store.journal_actions import AuditAction
from screening.store.models import JournalEntry
from screening.web.directory_hours import hours_in_words
from screening.web.directory_map import outlines

INSIDE = [role for role in ACCOUNT_ROLES if role is not Role.CPS_WORKER]
PLACERS = [Role.INTAKE_STAFF, Role.SUPERVISOR, Role.DIRECTORY_EDITOR]


@pytest.fixture
def editor(database, people):
    editor = people[Role.DIRECTORY_EDITOR].actor
    fill_shelves(database, editor)
    return editor


@pytest.fixture
def officer(editor, browser_of):
    return browser_of(Role.INTAKE_STAFF)


def names(page):
    return [each.get_text(strip=True) for each in page.select(".entries h2")]


def words(tag):
    return " ".join(tag.get_text(" ").split())


def entry(page, name):
    return next(each for each in page.select(".entry") if each.h2.get_text(strip=True) == name)


@pytest.mark.parametrize("role", INSIDE, ids=str)
def test_everybody_of_the_agency_finds_the_list_in_the_menu_and_what_they_may_see(editor, browser_of, role):
    browser = browser_of(role)
    assert browser.get("/").select_one('.site-nav a[href="/directory"]')
    page = browser.get("/directory")
    assert page.select_one('.site-nav a[aria-current="page"]')["href"] == "/directory"
    assert ("Fir Refuge" in names(page)) == (role in PLACERS)
    assert "Gum Secret" not in page.get_text()
    assert {"Acorn House", "Hazel Haven"} <= set(names(page))


def test_a_line_says_what_is_needed_to_call(officer):
    line = words(entry(officer.get("/directory"), "Acorn House"))
    for said in ("made for trafficked youth", "place to stay", "Home for trafficked youths", "816-555-", "girls",
                 "ages not stated", "confirmed by phone on Nov 24, 2026"):  # fmt: skip
        assert said in line
    page = officer.get("/directory")
    assert "not verified: call first" in words(entry(page, "Birch Shelter"))
    assert "confidential: do not pass on" in words(entry(page, "Fir Refuge"))
    assert "led by survivors" in words(entry(page, "Cedar Line"))
    assert "not stated whom" in words(entry(page, "Elm Unsaid"))


def test_choices_stand_in_the_address_and_in_the_form(officer):
    page = officer.get("/directory?kind=safe_home&area=mo_jackson&serves=girls&stay=yes&checked=yes")
    assert names(page) == ["Acorn House"]
    assert words(page.select_one("#found")).startswith("1 service.")
    assert "Distances are never measured" in words(page.select_one("#found"))
    chosen = {
        each["name"]: each.select_one("option[selected]")["value"]
        for each in page.select("form.filters select")
    }
    expected = ("safe_home", "mo_jackson", "girls", "yes", "yes", "")
    assert chosen == dict(zip(("kind", "area", "serves", "stay", "checked", "beds"), expected, strict=True))
    assert "Serves Jackson County, Missouri" in words(entry(page, "Acorn House"))
    near = page.select(".neighbors a")
    assert "kind=safe_home" in near[0]["href"]
    assert {"Clay County, Missouri", "Wyandotte County, Kansas"} <= {each.get_text() for each in near}
    wide = entry(officer.get("/directory?area=mo_jackson&kind=hotline"), "Cedar Line")
    assert "Serves all of United States" in words(wide)


def test_nothing_found_is_said_with_a_way_on_and_so_is_an_empty_directory(officer, browser_of):
    page = officer.get("/directory?q=zzzz")
    assert "No service in your directory matches all of this" in page.get_text()
    assert page.select_one("#q")["value"] == "zzzz"
    empty = browser_of(Role.CPS_WORKER).get("/directory")
    assert "directory is empty" in empty.get_text()
    browser_of(Role.CPS_WORKER).open(f"/directory/services/{uid('Acorn House')}", 404)


@pytest.mark.parametrize("asked", ["kind=no", "area=us_zz", "serves=%3Cscript%3E", "beds=none", "stay=maybe"])
def test_a_choice_that_does_not_exist_is_told_and_not_repeated(officer, asked):
    page = officer.get(f"/directory?{asked}&q=acorn")
    assert "Part of this address is not known here" in page.get_text()
    assert names(page) == ["Acorn House"]
    assert "script>" not in page.get_text()


@pytest.mark.parametrize(
    "asked", ["page=0", "page=-1", "page=x", "page=99999999999", "page=7", "q=%00", "q=" + "x" * 900]
)
def test_odd_addresses_answer(officer, asked):
    officer.get(f"/directory?{asked}")


def test_the_list_is_paged_and_printed_whole(database, editor, browser_of):
    bring_in(database, editor, [shelf(f"Row {number:03}") for number in range(45)], source="rows")
    officer = browser_of(Role.INTAKE_STAFF)
    first = officer.get("/directory?q=row")
    assert (len(names(first)), names(first)[0]) == (20, "Row 000")
    following = first.select_one('.pagination a[rel="next"]')["href"]
    assert "q=row" in following
    assert names(officer.get(following))[0] == "Row 020"
    assert names(officer.get("/directory?q=row&page=3"))[-1] == "Row 044"
    printed = officer.client.get(first.select(".views a")[0]["href"]).text
    assert len(BeautifulSoup(printed, "html.parser").select(".entry")) == 45


def test_a_word_about_beds_is_shown_while_it_holds(database, people, officer, clock):
    with database.writing(people[Role.INTAKE_STAFF].actor) as tx:
        report_beds(tx, uid("Acorn House"), "available", 2, said_by="Night desk")
    assert "Bed available (2) said by Night desk" in words(
        entry(officer.get("/directory?beds=available"), "Acorn House")
    )
    clock.pass_by(hours=25)
    officer = officer.__class__(officer.app, officer.role)
    with officer.client.session_transaction() as session:
        actor, now = people[Role.INTAKE_STAFF].actor, int(clock.now.timestamp())
        session.update(user=actor.user_id, stamp=actor.stamp, since=now, seen=now)
    assert names(officer.get("/directory?beds=available")) == []
    assert "Call to confirm earlier: Bed available" in words(entry(officer.get("/directory"), "Acorn House"))


def test_the_whole_entry_stands_on_its_page(database, people, editor, browser_of):
    raw = full_service()
    raw["eligibility_description"] = "Youths who are out of home"
    bring_in(database, editor, [raw], source="one")
    page = browser_of(Role.INTAKE_STAFF).get(f"/directory/services/{uid('service')}")
    text = words(page.main)
    for said in ("Night shelter", "Example House", "+1 816 555 0100 extension 7", "Spanish", "Beds for tonight",
                 "ages 12 to 17.5", "Youths who are out of home", "Example County", "Monday, Tuesday 09:00 to 17:00",
                 "2 of 8 free", "100 Example Avenue", "Bus 24", "Ramp", "Dana Desk", "not verified",
                 "https://example.org/shelter", "Source one"):  # fmt: skip
        assert said in text, said
    for position in ("39.0911", "-94.4155"):
        assert position not in str(page)
    links = [each["href"] for each in page.select(".entry-links a")]
    assert links == [f"/directory/services/{uid('service')}/error"]
    editing = browser_of(Role.DIRECTORY_EDITOR).get(f"/directory/services/{uid('service')}")
    assert [each["href"].rpartition("/")[2] for each in editing.select(".entry-links a")] == [
        "error",
        "edit",
        "history",
    ]


@pytest.mark.parametrize("role", PLACERS, ids=str)
def test_what_is_confidential_is_shown_by_a_post_once_and_journalled_each_time(
    database, editor, browser_of, role
):
    browser, address = browser_of(role), f"/directory/services/{uid('Fir Refuge')}"
    for _ in (1, 2):
        page = browser.get(address)
        assert "9 Fir Court" not in str(page)
        answer = browser.submit(page, f"{address}/confidential", 200)
        assert "9 Fir Court" in answer.text
        assert "816-555-9002" in answer.text
        assert answer.headers["Cache-Control"] == "no-store"
    assert "9 Fir Court" not in browser.open(address).text
    with database.reading(editor) as tx:
        looked = select(func.count(JournalEntry.sequence)).where(
            JournalEntry.action == AuditAction.DIRECTORY_CONFIDENTIAL_VIEWED,
            JournalEntry.subject == uid("Fir Refuge"),
        )
        assert tx.session.execute(looked).scalar_one() == 2


def test_it_is_shown_to_nobody_else_and_never_without_a_token(editor, browser_of):
    address = f"/directory/services/{uid('Fir Refuge')}"
    for role in (Role.ADMINISTRATOR, Role.RULEBOOK_PUBLISHER):
        browser_of(role).open(address, 404)
        browser_of(role).post(f"{address}/confidential", 403)
        assert not browser_of(role).get(f"/directory/services/{uid('Hazel Haven')}").select(".reveal")
    officer = browser_of(Role.INTAKE_STAFF)
    officer.open(f"{address}/confidential", 400, method="POST")
    officer.open(f"{address}/confidential", 405)
    browser_of(Role.CPS_WORKER).post(f"{address}/confidential", 404)
    for unknown in ("7", uid("nowhere"), uid("Gum Secret")):
        officer.open(f"/directory/services/{unknown}", 404)
        officer.post(f"/directory/services/{unknown}/confidential", 404)


def test_a_service_whose_place_is_undisclosed_can_be_called_and_says_nothing_of_it(officer):
    address = f"/directory/services/{uid('Hazel Haven')}"
    for answer in (officer.open(address), officer.post(f"{address}/confidential", 200)):
        assert "816-555-" in answer.text
        assert "No address is in the directory for you to see" in answer.text
        for secret in ("Hollow", "816-555-9003", uid("Hazel")):
            assert secret not in answer.text


def test_the_outline_links_each_county_to_its_list_with_a_true_number(editor, browser_of, rulebook):
    for role, in_johnson in ((Role.INTAKE_STAFF, 1), (Role.ADMINISTRATOR, 0)):
        browser = browser_of(role)
        page = browser.get("/directory/map")
        drawn = {each["href"]: each["aria-label"] for each in page.select("svg a.county")}
        assert drawn["/directory?area=ks_johnson"] == f"Johnson County, Kansas: {in_johnson} services name it"
        rows = {row.a["href"]: [words(cell) for cell in row.select("td")] for row in page.select("tbody tr")}
        assert set(drawn) <= set(rows)
        for address, (own, every) in rows.items():
            listed = words(browser.get(address).select_one("#found"))
            assert listed.split()[0] == every.split()[0]
            if address in drawn:
                assert f": {own.split()[0]} services" in drawn[address]
    assert len(drawn) == len([each for each in rulebook.about.counties if not each.id.endswith("_other")])
    assert "1 service does not say what kind of help it gives" in page.get_text()


def test_every_county_of_the_rulebook_has_an_outline_with_neighbors_both_ways(rulebook):
    kept = outlines()
    assert {each.id for each in rulebook.about.counties if not each.id.endswith("_other")} == set(
        kept["counties"]
    )
    assert set(kept["states"]["outlines"]) == {each.jurisdiction for each in rulebook.about.counties}
    width, height = kept["size"]
    for own, county in kept["counties"].items():
        assert all(own in kept["counties"][each]["neighbors"] for each in county["neighbors"])
        assert county["outline"].startswith("M")
        x, y = county["label_at"]
        assert 0 < x < width
        assert 0 < y < height
    assert "Census" in kept["source"]
    assert len(json.dumps(kept)) < 6000


def test_the_starter_directory_fits_its_pages(database, people, browser_of, rulebook):
    agency = people[Role.INTAKE_STAFF].actor.agency_id
    assert begin_directory(database, agency, rulebook) > 40
    officer = browser_of(Role.INTAKE_STAFF)
    page = officer.get("/directory")
    assert len(names(page)) == 20
    for heading in page.select(".entries h2 a")[:8]:
        officer.get(heading["href"])
    officer.get("/directory/map")


@pytest.mark.parametrize(
    ("schedule", "said"),
    [
        ({"byday": "MO,TU,WE,TH,FR,SA,SU", "opens_at": "00:00", "closes_at": "23:59"}, "Day and night, every day"),
        ({"byday": "MO,TU,WE,TH,FR", "opens_at": "08:00", "closes_at": "17:00:00Z"}, "Monday to Friday 08:00 to 17:00"),
        ({"byday": "SA", "opens_at": "00:00", "closes_at": "24:00"}, "Saturday all day"),
        ({"byday": "SU", "opens_at": "10:00"}, "Sunday from 10:00"),
        ({"freq": "MONTHLY", "bymonthday": "1,15", "closes_at": "12:00"}, "On these days of the month: 1,15 until 12:00"),
        ({"freq": "MONTHLY"}, "Once a month"),
        ({"description": "By appointment."}, "By appointment"),
        ({"byday": "MO", "until": "2026-12-24"}, "Monday. Ends on Dec 24, 2026"),
        ({"byday": "MO", "valid_to": "2026-12-24"}, "Monday. Said to hold until Dec 24, 2026"),
    ],
)  # fmt: skip
def test_hours_are_said_in_words(app, schedule, said):
    with app.test_request_context():
        assert hours_in_words([schedule, {}]) == [said]
