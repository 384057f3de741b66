"""Referrals: made for a service the person may see, followed step by step, the youth's choice, the agency's open list."""

import pytest
from referral_screens import (
    DROP_IN,
    HOTLINE,
    NEED,
    ROBIN,
    SECRET,
    VOICE,
    listed,
    new_id,
    offered,
    referral_of,
    step,
    stock,
)
from result_text import text_of, texts

from screening.core.directory_profile import profile_attribute
from screening.operations.actors import Role
from screening.operations.directory import import_directory, read_directory_file
from screening.operations.referrals import referrals_of
from screening.web.referral_views import QUIET_AFTER
from tests.operations.directory_files import as_file, service


@pytest.fixture(autouse=True)
def stocked(database, people, rulebook):
    stock(database, people[Role.DIRECTORY_EDITOR].actor, rulebook)


@pytest.fixture
def officer(browser_of):
    return browser_of(Role.INTAKE_STAFF)


@pytest.fixture
def steps_kept(database, people):
    """A function: a screening → the steps of each of its referrals."""

    def look(screening_id: str) -> list[list[str]]:
        with database.reading(people[Role.INTAKE_STAFF].actor) as tx:
            return [[each.step for each in found.steps] for found in referrals_of(tx, screening_id)]

    return look


def test_a_referral_is_made_and_followed_to_its_end(officer, screen, steps_kept):
    screening_id = screen()
    referral = referral_of(offered(officer, screening_id, answer="accepted", note="In the quiet room"))
    for each in ("contacted", "admitted", "left", "admitted", "completed"):
        step(officer, screening_id, referral, each, note=f"about {each}")
    page = listed(officer, screening_id)
    line = texts(page, ".timeline li")
    assert "Offered to the youth" in line[0]
    assert "In the quiet room" in line[0]
    assert "Finished as planned" in line[-1]
    assert "no reason to close the door" in line[4]
    assert "Over" in text_of(page, ".standing")
    assert steps_kept(screening_id) == [
        ["offered", "accepted", "contacted", "admitted", "left", "admitted", "completed"]
    ]
    assert page.select_one(f'a[href="/screenings/{screening_id}/referrals/new?service={VOICE}&need={NEED}"]')


def test_who_must_refer_and_how_stands_beside_the_form(officer, screen):
    page = officer.get(f"/screenings/{screen()}/referrals/new?service={VOICE}&need={NEED}")
    aside = text_of(page, "aside")
    assert "Call first" in aside
    assert "Ask whether it advises on youths under 18 today" in aside
    assert page.select_one(f"#need option[selected][value={NEED}]")
    assert page.select_one("input[name=answer][value=not_yet]").has_attr("checked")


def test_a_no_is_the_youths_choice_and_closes_nothing(officer, screen, steps_kept):
    screening_id = screen()
    referral = referral_of(offered(officer, screening_id, answer="declined"))
    page = listed(officer, screening_id)
    words = text_of(page, "article")
    assert "The youth decides, and may decide otherwise later" in words
    for reproach in ("refused", "uncooperative", "failed"):
        assert reproach not in words.lower()
    assert page.select_one("article a[href*='/unmet-needs/new'][href*='reason=youth_declined']")
    step(officer, screening_id, referral, "accepted")
    assert steps_kept(screening_id) == [["offered", "declined", "accepted"]]
    assert "Going on" in text_of(listed(officer, screening_id), ".standing")


def test_a_service_that_cannot_take_the_youth_leads_to_the_ledger(officer, screen):
    screening_id = screen()
    referral = referral_of(offered(officer, screening_id, answer="accepted"))
    step(officer, screening_id, referral, "refused")
    link = listed(officer, screening_id).select_one("article a[href*='unmet-needs/new']")
    assert f"need={NEED}" in link["href"]
    assert "reason=does_not_take" in link["href"]
    officer.get(link["href"])


def test_the_same_form_twice_is_one_referral_and_one_step(officer, screen, steps_kept):
    screening_id = screen()
    action = f"/screenings/{screening_id}/referrals/new"
    page = officer.get(f"{action}?service={VOICE}&need={NEED}")
    for _ in range(2):
        referral = referral_of(officer.submit(page, action, answer="accepted"))
    assert steps_kept(screening_id) == [["offered", "accepted"]]
    page = listed(officer, screening_id)
    for _ in range(2):
        officer.submit(page, f"/screenings/{screening_id}/referrals/{referral}/step", step="contacted")
    assert steps_kept(screening_id) == [["offered", "accepted", "contacted"]]


def test_two_at_once_are_told_and_what_was_typed_stays(officer, browser_of, screen, steps_kept):
    screening_id = screen()
    referral = referral_of(offered(officer, screening_id))
    action = f"/screenings/{screening_id}/referrals/{referral}/step"
    supervisor = browser_of(Role.SUPERVISOR)
    mine, theirs = listed(officer, screening_id), listed(supervisor, screening_id)
    officer.submit(mine, action, step="accepted")
    answer = supervisor.submit(theirs, action, 409, step="declined", note="They said no to me")
    assert "Somebody recorded another step meanwhile" in answer.text
    assert "They said no to me" in answer.text
    assert steps_kept(screening_id) == [["offered", "accepted"]]
    again = offered(supervisor, screening_id, status=409)
    assert "There is an open referral to this service already" in again.text
    assert f"#referral-{referral}" in again.text
    assert len(steps_kept(screening_id)) == 1


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"need": ""}, "Choose what the youth needs"),
        ({"need": "no_such_need"}, "Choose what the youth needs"),
        ({"answer": "completed"}, "Choose what the youth said"),
        ({"at": "2026-12-01T10:00"}, "not come yet"),
        ({"at": "yesterday"}, "Enter the day and the time"),
        ({"note": "x" * 501}, "Keep it to"),
    ],
)
def test_bad_input_is_told_and_nothing_is_lost_or_kept(officer, screen, steps_kept, fields, told):
    screening_id = screen()
    answer = offered(officer, screening_id, status=422, **{"note": "Typed before", **fields})
    assert told in answer.text
    assert (fields.get("note") or "Typed before") in answer.text
    assert steps_kept(screening_id) == []


def test_a_step_without_a_choice_or_at_a_time_that_cannot_be_is_refused(officer, screen, steps_kept):
    screening_id = screen()
    referral = referral_of(offered(officer, screening_id))
    action = f"/screenings/{screening_id}/referrals/{referral}/step"
    page = listed(officer, screening_id)
    answer = officer.submit(page, action, 422, note="Typed before")
    assert "Choose what happened" in answer.text
    assert "Typed before" in answer.text
    for at, told in (("2026-12-01T10:00", "not come yet"), ("2026-11-23T10:00", "before the last step")):
        answer = officer.submit(page, action, 422, step="accepted", **{f"at-{referral}": at})
        assert told in answer.text
        assert at in answer.text
    answer = officer.submit(page, action, 422, step="completed")
    assert "cannot follow" in answer.text
    assert steps_kept(screening_id) == [["offered"]]


@pytest.mark.parametrize("hidden", [SECRET, "no-such-service", new_id()])
def test_a_service_that_may_not_be_seen_is_nowhere(officer, screen, hidden):
    screening_id = screen()
    path = f"/screenings/{screening_id}/referrals/new"
    officer.get(f"{path}?service={hidden}&need={NEED}", 404)
    officer.post(path, 404, service=hidden, need=NEED, answer="not_yet")
    assert "Choose a service first" in text_of(officer.get(path), ".empty")


def test_a_place_that_became_undisclosed_is_no_longer_named(officer, screen, database, people):
    screening_id = screen()
    referral = referral_of(offered(officer, screening_id, ROBIN))
    for path in (f"/screenings/{screening_id}/referrals", "/referrals"):
        assert "Confidential Robin House" in officer.open(path).text
    hide(database, people)
    step(officer, screening_id, referral, "accepted")  # it still goes on
    for path in (f"/screenings/{screening_id}/referrals", "/referrals"):
        text = officer.open(path).text
        assert "Place not shown" in text
        for word in ("Robin", "816-555-0177", ROBIN):
            assert word not in text, (path, word)


def hide(database, people) -> None:
    """Make the confidential place undisclosed, as an import would."""
    name = "Confidential Robin House"
    level = profile_attribute("service", ROBIN, "confidentiality", "undisclosed")
    rows = read_directory_file(as_file([service(name, "816-555-0177", attributes=[level])]), "file", "places")
    import_directory(database, people[Role.DIRECTORY_EDITOR].actor, rows, source="places")


def test_the_open_list_begins_with_what_nobody_followed_up(officer, browser_of, screen, clock):
    first, second = screen(youth_ref="JO-1"), screen(youth_ref="JO-2")
    old = referral_of(offered(officer, first))
    clock.pass_by(days=QUIET_AFTER.days, hours=1)
    officer = browser_of(Role.INTAKE_STAFF)
    offered(officer, second, HOTLINE)
    page = officer.get("/referrals")
    rows = texts(page, "tbody tr")
    assert len(rows) == 2
    assert "JO-1" in rows[0]
    assert "Not followed up" in rows[0]
    assert "Not followed up" not in rows[1]
    assert "1 referral had no step for more than 7 days" in text_of(page, ".quiet-count")
    assert "no step for 7 days 1 hour" in text_of(listed(officer, first), ".standing")
    step(officer, first, old, "declined")
    assert len(texts(officer.get("/referrals"), "tbody tr")) == 1


def test_nothing_there_says_so_and_leads_on(officer, screen):
    screening_id = screen()
    page = listed(officer, screening_id)
    assert page.select_one(f'.empty a[href="/screenings/{screening_id}/placement"]')
    assert "No open referral" in text_of(officer.get("/referrals"), ".empty")


def test_another_agency_finds_nothing(officer, browser_of, screen):
    screening_id = screen()
    referral = referral_of(offered(officer, screening_id))
    other = browser_of(Role.CPS_WORKER)
    other.get(f"/screenings/{screening_id}/referrals", 404)
    other.post(f"/screenings/{screening_id}/referrals/{referral}/step", 404, step="accepted", id=new_id())
    own = screen(role=Role.CPS_WORKER)
    other.post(f"/screenings/{own}/referrals/{referral}/step", 404, step="accepted", id=new_id())
    other.get(f"/screenings/{own}/referrals/new?service={VOICE}", 404)
    assert "No open referral" in text_of(other.get("/referrals"), ".empty")


def test_a_referral_of_another_screening_is_not_moved_from_here(officer, screen, steps_kept):
    one, two = screen(), screen()
    referral = referral_of(offered(officer, one))
    offered(officer, two, HOTLINE)
    officer.post(f"/screenings/{two}/referrals/{referral}/step", 404, step="accepted", id=new_id(), seen="1")
    assert steps_kept(one) == [["offered"]]


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.RULEBOOK_PUBLISHER, Role.DIRECTORY_EDITOR])
def test_who_does_not_work_on_screenings_sees_none(browser_of, screen, role):
    browser = browser_of(role)
    for path in ("/referrals", f"/screenings/{screen()}/referrals"):
        browser.open(path, 403)


def test_every_state_of_a_referral_makes_a_sound_page(officer, screen):
    """Each step once, on one page of many referrals: the checks on every page see all of them."""
    screening_id = screen()
    paths = {
        "waiting": ("accepted", "waiting"),
        "refused": ("accepted", "refused"),
        "lost": ("lost",),
        "left": ("accepted", "admitted", "left"),
    }
    services = [VOICE, HOTLINE, ROBIN, DROP_IN]
    for path, place in zip(paths.values(), services, strict=True):
        referral = referral_of(offered(officer, screening_id, place))
        for each in path:
            step(officer, screening_id, referral, each)
    page = listed(officer, screening_id)
    assert len(page.select("article")) == 4
    order = ["Over" in each for each in texts(page, ".standing")]
    assert order == sorted(order)


def test_the_placement_page_shows_how_referrals_stand_and_offers_an_advocate(officer, screen):
    screening_id = screen()
    offered(officer, screening_id, answer="accepted")
    work = officer.get(f"/screenings/{screening_id}/placement").select_one(".referral-work")
    assert "The youth would like it" in text_of(work, ".standing")
    assert work.select_one(f'a[href="/screenings/{screening_id}/referrals"]')
    assert work.select_one(f'a[href="/screenings/{screening_id}/advocate"]')
