"""Where help is, for one screening: what fits, what to ask, what is left out; nothing of others, nothing undisclosed."""

import re

import pytest
from directory_files import CONFIDENTIAL, HIDDEN, bring_in, levelled
from result_text import text_of, texts
from test_finding_services import marked
from test_service_offers import helping, profiled

from screening.operations.actors import Actor, Role
from screening.operations.directory.starting import begin_directory

STAFF = Role.INTAKE_STAFF
CASE = "drugs_and_hotel_keys"


@pytest.fixture
def editor(people):
    return people[Role.DIRECTORY_EDITOR].actor


@pytest.fixture
def placement_of(browser_of, rulebook, screening_of_case):
    """A function: a mock case → its placement page and its screening."""

    def open_page(case=CASE, query=""):
        role, screening_id = screening_of_case(rulebook.cases[case])
        return browser_of(role).get(f"/screenings/{screening_id}/placement{query}"), screening_id

    return open_page


def home_for(name, *more, areas=("us_mo",), kinds=("emergency_shelter",), **values):
    """A house for youths of the state."""
    said = [profiled(name, "residential", "yes"), *(profiled(name, *each) for each in more)]
    return helping(name, kinds, areas, attributes=said, **values)


def test_every_case_has_a_page_with_and_without_a_directory(
    browser_of, rulebook, screening_of_case, database, people
):
    for own in (False, True):
        if own:
            for role in (STAFF, Role.CPS_WORKER):
                assert begin_directory(database, people[role].actor.agency_id, rulebook) > 20
        for case in list(rulebook.cases.values())[::3]:
            role, screening_id = screening_of_case(case)
            browser = browser_of(role)
            page = browser.get(f"/screenings/{screening_id}/placement")
            assert ("starter list" in text_of(page)) != own
            assert "detention, not a placement" not in text_of(page)
            for link in page.select("a[href*='placement?need=']"):
                browser.get(link["href"])


def test_beginning_again_changes_nothing(database, people, rulebook):
    agency = people[STAFF].actor.agency_id
    assert begin_directory(database, agency, rulebook)
    before = database.verify().head
    assert begin_directory(database, agency, rulebook) == 0
    assert database.verify().head == before


def test_what_the_youth_wants_stands_first_then_what_is_urgent(placement_of, rulebook, database, people):
    begin_directory(database, people[STAFF].actor.agency_id, rulebook)
    page, _ = placement_of()
    headings = page.select("section.need > h2")
    ranks = [("asked for it" not in each.get_text(), "Urgent" not in each.get_text()) for each in headings]
    assert ranks == sorted(ranks)
    assert len(ranks) > 3


def test_nothing_fits_is_said_with_the_next_best_and_a_way_to_count_it(placement_of, database, editor):
    bring_in(database, editor, [home_for("Only for small children", minimum_age=2, maximum_age=5)])
    page, screening_id = placement_of()
    need = page.select_one("section[aria-labelledby=need-safe_place_tonight]")
    words = text_of(need, ".nothing")
    assert "Nothing in the directory fits this need now." in words
    assert "no reason to hold a youth in detention" in words
    assert "Next best: Only for small children" in words
    assert "ages 2 to 5" in words
    assert need.select_one(f'a[href="/screenings/{screening_id}/unmet-needs/new?need=safe_place_tonight"]')
    assert "1 place is left out, and why" in texts(need, "summary")
    assert "ages 2 to 5" in text_of(need, "details li")


def test_a_place_says_what_to_ask_and_leads_to_calls_referrals_and_its_entry(placement_of, database, editor):
    bring_in(database, editor, [home_for("Harbor")])
    page, screening_id = placement_of()
    card = page.select_one("section[aria-labelledby=need-safe_place_tonight] .place")
    assert texts(card, ".asks li")
    assert "Not yet verified by phone" in text_of(card, ".by")
    own = card["id"].removeprefix("service-")
    links = {link["href"] for link in card.select(".work a")}
    assert links == {
        f"/screenings/{screening_id}/calls/new?service={own}",
        f"/screenings/{screening_id}/referrals/new?service={own}&need=safe_place_tonight",
        f"/directory/services/{own}",
    }
    box = card.select_one("input[type=checkbox][name=service]")
    form = page.find(id=box["form"])
    assert (form["method"], form["action"], box["value"]) == (
        "get",
        f"/screenings/{screening_id}/beds/ask",
        own,
    )


def test_places_elsewhere_are_counted_and_not_named(placement_of, database, editor):
    bring_in(database, editor, [home_for("Harbor"), home_for("Faraway", areas=["us_elsewhere"])])
    page, _ = placement_of()
    assert "1 more place gives this help outside the youth’s area." in text_of(page)
    assert "Faraway" not in str(page)


def test_a_need_alone_shows_what_the_overview_cuts(placement_of, browser_of, database, editor):
    bring_in(database, editor, [home_for(f"House {number}") for number in range(9)])
    page, screening_id = placement_of()
    section = page.select_one("section[aria-labelledby=need-safe_place_tonight]")
    assert len(section.select(".place")) == 3
    link = section.select_one("a[href*='placement?need=']")
    alone = browser_of(STAFF).get(link["href"])
    assert len(alone.select(".place")) == 9
    assert len(alone.select("section.need")) == 1
    browser_of(STAFF).get(f"/screenings/{screening_id}/placement?need=no_such_need", 404)


def test_a_service_stands_in_full_once(placement_of, database, editor):
    both = ("emergency_shelter", "safe_home", "longer_safe_home")
    bring_in(database, editor, [home_for("Harbor", kinds=both)])
    page, _ = placement_of()
    assert len(page.select(".place")) == 1
    assert page.select(".again a[href^='#service-']")


def test_both_sides_of_what_is_contested_are_shown(placement_of, rulebook, database, people):
    begin_directory(database, people[STAFF].actor.agency_id, rulebook)
    page, _ = placement_of()
    contested = [each.contested for each in rulebook.placement.criteria if each.contested]
    shown = text_of(page, "section[aria-labelledby=contested]")
    assert contested
    for each in contested:
        for text in (each.dispute, *each.in_favor, *each.against):
            assert " ".join(text.split()) in shown


def test_paper_carries_no_case_number_and_no_place_that_is_not_for_everybody(
    browser_of, open_screening_of, database, editor, rulebook, screening_of_case
):
    bring_in(database, editor, [*marked(*levelled(), area="us_mo"), home_for("Harbor")])
    role, screening_id = screening_of_case(rulebook.cases[CASE])
    page = browser_of(role).get(f"/screenings/{screening_id}/placement")
    robin = next(each for each in page.select(".place") if "Robin Service" in each.get_text())
    assert "no-print" in robin["class"]
    assert "1 place is left off this paper" in text_of(page, ".print-only")
    numbered = open_screening_of(STAFF, youth_ref="JD-99-777")
    page = browser_of(STAFF).get(f"/screenings/{numbered}/placement")
    for hidden in page.select(".no-print"):
        hidden.decompose()
    assert "JD-99-777" not in str(page)


@pytest.mark.parametrize(
    "path", ["placement", "placement?need=safe_place_tonight", "result", "result?unfold=all"]
)
def test_undisclosed_places_are_in_no_source_and_others_directories_neither(
    browser_of, people, database, editor, rulebook, screening_of_case, path
):
    theirs = Actor("system", "System", Role.DIRECTORY_EDITOR, people[Role.CPS_WORKER].actor.agency_id)
    bring_in(database, editor, marked(*levelled(), area="us_mo"))
    bring_in(database, theirs, [helping("Theirs alone", areas=["us_mo"])])
    role, screening_id = screening_of_case(rulebook.cases[CASE])
    source = browser_of(role).client.get(f"/screenings/{screening_id}/{path}").text
    assert "Open Service" in source
    assert "Robin Service" in source
    assert [secret for secret in (*HIDDEN, "Theirs alone", CONFIDENTIAL[1]) if secret in source] == []


def test_the_result_takes_the_directory_and_says_so(
    browser_of, database, editor, rulebook, screening_of_case
):
    role, screening_id = screening_of_case(rulebook.cases[CASE])
    browser = browser_of(role)
    starter = text_of(browser.get(f"/screenings/{screening_id}/result"), "section[aria-labelledby=services]")
    assert "starter list of the rulebook" in starter
    bring_in(database, editor, [home_for("Harbor")])
    page = browser.get(f"/screenings/{screening_id}/result")
    own = text_of(page, "section[aria-labelledby=services]")
    assert "From your agency’s directory" in own
    assert "Harbor" in own
    assert not [each.name for each in rulebook.services.values() if each.name in own]
    assert page.select_one(f'a[href="/screenings/{screening_id}/placement"]')


def test_a_kept_fragment_never_shows_an_entry_of_before_or_of_others(
    browser_of, database, editor, rulebook, screening_of_case
):
    role, screening_id = screening_of_case(rulebook.cases[CASE])
    browser = browser_of(role)
    for number in ("816-555-0100", "816-555-0142"):
        raw = home_for("Harbor")
        raw["phones"][0]["number"] = number
        bring_in(database, editor, [raw])
        source = browser.get(f"/screenings/{screening_id}/result").select_one(
            "section[aria-labelledby=services]"
        )
        assert set(re.findall(r"816-555-01\d\d", str(source))) == {number}


def test_without_a_need_the_page_leads_back_to_the_questions(browser_of, open_screening_of):
    screening_id = open_screening_of(STAFF)
    page = browser_of(STAFF).get(f"/screenings/{screening_id}/placement")
    assert "The answers name no need yet" in text_of(page) or page.select("section.need")


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.DIRECTORY_EDITOR, Role.RULEBOOK_PUBLISHER])
def test_only_who_sees_screenings_sees_it(browser_of, open_screening_of, role):
    screening_id = open_screening_of(STAFF)
    browser_of(role).get(f"/screenings/{screening_id}/placement", 403)
    browser_of(Role.CPS_WORKER).get(f"/screenings/{screening_id}/placement", 404)
