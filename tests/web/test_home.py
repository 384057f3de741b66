"""The list, the search, opening a screening, the about page, the look."""

import pytest

from screening.operations.actors import Role
from screening.operations.screenings import complete_screening, find_screening, open_screening


def rows(page) -> list[list[str]]:
    return [
        [" ".join(cell.get_text().split()) for cell in row.select("th, td")]
        for row in page.select("tbody tr")
    ]


@pytest.fixture
def listed(database, people, clock, rulebook):
    """A function that opens screenings of intake staff, a minute apart, and gives their ids."""

    def open_many(*youth_refs: str) -> list[str]:
        ids = []
        for youth_ref in youth_refs:
            clock.pass_by(minutes=1)
            with database.writing(people[Role.INTAKE_STAFF].actor) as tx:
                ids.append(
                    open_screening(
                        tx,
                        setting="detention",
                        jurisdiction="us_mo",
                        youth_ref=youth_ref,
                        rulebook_digest=rulebook.digest,
                    )
                )
        return ids

    return open_many


def test_an_empty_list_offers_to_start(browser_of):
    page = browser_of(Role.INTAKE_STAFF).get("/")
    assert page.select_one(".empty a.button")["href"] == "/screenings/new"
    assert page.select_one("table") is None


def test_the_list_shows_the_newest_first_with_its_links(browser_of, listed, database, people):
    first, second = listed("JD-1", "")
    with database.writing(people[Role.INTAKE_STAFF].actor) as tx:
        complete_screening(tx, first)
    page = browser_of(Role.INTAKE_STAFF).get("/")
    newest, oldest = rows(page)
    assert newest[0] == "No case number"
    assert newest[1].startswith("Nov 24, 2026, 9:02")
    assert "In progress" in newest
    assert oldest[0] == "JD-1"
    assert "Completed" in oldest
    links = [link["href"] for link in page.select("tbody a")]
    assert links == [
        f"/screenings/{second}",
        f"/screenings/{second}/result",
        f"/screenings/{first}/result",
    ]


def test_the_list_has_pages_of_twenty_five(browser_of, listed):
    listed(*(f"JD-{number}" for number in range(1, 28)))
    browser = browser_of(Role.INTAKE_STAFF)
    page = browser.get("/")
    assert len(rows(page)) == 25
    assert rows(page)[0][0] == "JD-27"
    assert page.select_one(".pagination p").text == "Page 1 of 2"
    onward = page.select_one("a[rel=next]")["href"]
    assert [row[0] for row in rows(browser.get(onward))] == ["JD-2", "JD-1"]
    assert browser.get(onward).select_one("a[rel=prev]")["href"] == "/?page=1"


@pytest.mark.parametrize("page", ["0", "-3", "x", "99999999999999999999"])
def test_an_odd_page_number_does_no_harm(browser_of, listed, page):
    listed("JD-1")
    browser_of(Role.INTAKE_STAFF).get(f"/?page={page}")


def test_a_case_number_is_found_by_post(browser_of, listed):
    listed("JD-1", "JD-2")
    browser = browser_of(Role.INTAKE_STAFF)
    page = browser.get("/")
    found = browser.submit(page, "/", 200, youth_ref=" jd 2 ")
    assert "1 screening with this case number" in found.text
    assert "JD-2" in found.text
    assert "JD-1" not in found.text


def test_a_case_number_nobody_has_leads_back_to_all(browser_of, listed):
    listed("JD-1")
    browser = browser_of(Role.INTAKE_STAFF)
    found = browser.submit(browser.get("/"), "/", 200, youth_ref="JD-9")
    assert "0 screenings with this case number" in found.text
    assert "Show all screenings" in found.text


def test_an_empty_search_shows_all(browser_of, listed):
    listed("JD-1")
    browser = browser_of(Role.INTAKE_STAFF)
    assert "JD-1" in browser.submit(browser.get("/"), "/", 200, youth_ref=" ").text


def test_a_case_number_in_the_address_is_not_searched_for(browser_of, listed):
    listed("JD-1", "JD-2")
    assert len(rows(browser_of(Role.INTAKE_STAFF).get("/?youth_ref=JD-1"))) == 2


def test_another_agency_sees_nothing_of_it(browser_of, listed):
    listed("JD-1")
    page = browser_of(Role.CPS_WORKER).get("/")
    assert page.select_one("table") is None
    assert "JD-1" not in page.text


def test_an_administrator_sees_that_work_is_done_not_on_whom(browser_of, listed):
    (screening_id,) = listed("JD-1")
    browser = browser_of(Role.ADMINISTRATOR)
    page = browser.get("/")
    assert "JD-1" not in page.text
    assert screening_id not in str(page)
    assert page.select_one('a[href="/screenings/new"]') is None
    assert page.select_one("#youth_ref") is None
    browser.post("/", 403, youth_ref="JD-1")


def test_a_screening_is_opened_and_begins_with_the_first_section(browser_of, database, people, rulebook):
    browser = browser_of(Role.INTAKE_STAFF)
    page = browser.get("/screenings/new")
    assert page.select_one("input[name=setting][checked]")["value"] == "detention"
    assert page.select_one("input[name=jurisdiction][checked]")["value"] == "us_mo"
    answer = browser.submit(page, "/screenings/new", youth_ref=" JD-77 ")
    screening_id = answer.location.rpartition("/")[2]
    begun = browser.open(answer.location, 303)
    assert begun.location == f"{answer.location}/sections/{rulebook.sections[0].id}"
    with database.reading(people[Role.INTAKE_STAFF].actor) as tx:
        record = find_screening(tx, screening_id)
    assert (record.setting, record.jurisdiction, record.youth_ref) == ("detention", "us_mo", "JD-77")
    assert record.rulebook_digest == rulebook.digest


def test_the_usual_setting_of_a_child_protection_worker_is_their_own(browser_of):
    page = browser_of(Role.CPS_WORKER).get("/screenings/new")
    assert page.select_one("input[name=setting][checked]")["value"] == "child_protection"


def test_only_states_are_offered_not_the_nation(browser_of):
    page = browser_of(Role.CPS_WORKER).get("/screenings/new")
    assert [field["value"] for field in page.select("input[name=jurisdiction]")] == [
        "us_mo",
        "us_ks",
        "another",
    ]


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("setting", "", "Choose where the screening is done"),
        ("setting", "school", "Choose where the screening is done"),
        ("jurisdiction", "us", "Choose the state"),
        ("jurisdiction", "", "Choose the state"),
        ("youth_ref", "Mary", "Never enter a name"),
        ("youth_ref", "1" * 61, "at most 60 characters"),
    ],
)
def test_a_wrong_choice_is_named_and_nothing_is_opened(browser_of, field, value, message):
    browser = browser_of(Role.INTAKE_STAFF)
    answer = browser.submit(browser.get("/screenings/new"), "/screenings/new", 422, **{field: value})
    assert message in answer.text
    assert f'href="#{field}"' in answer.text
    assert browser.get("/").select_one("table") is None


def test_characters_nobody_can_see_are_left_out(browser_of):
    browser = browser_of(Role.INTAKE_STAFF)
    browser.submit(browser.get("/screenings/new"), "/screenings/new", youth_ref="JD\x00-\u200b8\n")
    assert rows(browser.get("/"))[0][0] == "JD-8"
    assert "JD-8" in browser.post("/", 200, youth_ref="J\x00D-8").text


def test_the_about_page_tells_the_limits_and_the_rules_in_use(stranger, rulebook):
    page = stranger.get("/about")
    for limit in rulebook.about.limits:
        assert limit in page.get_text()
    assert rulebook.version in page.get_text()
    assert rulebook.digest in page.get_text()


def test_the_health_check_answers_without_a_sign_in(stranger, rulebook):
    assert stranger.open("/healthz").json == {"status": "ok", "rulebook": rulebook.digest}


def test_the_health_check_tells_when_the_database_is_gone(stranger, database, monkeypatch):
    monkeypatch.setattr(type(database), "is_reachable", lambda self: False)
    stranger.open("/healthz", 503)


def test_high_contrast_is_chosen_and_undone_without_a_sign_in(stranger):
    page = stranger.get("/about")
    assert "data-contrast" not in page.html.attrs
    answer = stranger.submit(page, "/contrast", contrast="more")
    assert answer.location == "/about"
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("contrast=more;")
    assert "HttpOnly" in cookie
    page = stranger.get("/about")
    assert page.html["data-contrast"] == "more"
    assert page.select_one("button[name=contrast]")["value"] == "standard"
    stranger.submit(page, "/contrast", contrast="standard")
    assert "data-contrast" not in stranger.get("/about").html.attrs


def test_the_look_is_changed_on_the_page_one_is_on(browser_of):
    browser = browser_of(Role.INTAKE_STAFF)
    assert (
        browser.submit(browser.get("/screenings/new"), "/contrast", contrast="more").location
        == "/screenings/new"
    )
    assert browser.post("/contrast", contrast="more", next="//example.org").location == "/"


def test_the_band_tells_demonstration_data_on_every_page(app_with, browser_in):
    browser = browser_in(app_with(demonstration=True), Role.INTAKE_STAFF)
    for path, status in (("/", 200), ("/about", 200), ("/screenings/new", 200), ("/nowhere", 404)):
        assert "Demonstration data" in browser.get(path, status).get_text()


def test_real_data_have_no_band(browser_of):
    assert "Demonstration data" not in browser_of(Role.INTAKE_STAFF).get("/").get_text()
