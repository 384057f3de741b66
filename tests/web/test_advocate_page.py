"""A survivor advocate offered during the screening: always within reach, the youth's choice, no answer lost."""

import pytest
from bs4 import BeautifulSoup
from questionnaire_screening import Screening
from referral_screens import HOTLINE, NEED, VOICE, stock
from result_text import text_of, texts

from screening.core.reading_grade import HIGHEST_GRADE, reading_grade
from screening.operations.actors import Role
from screening.operations.referrals import Referral, referrals_of
from screening.web.advocate_views import advocate_of

SECTION = "right_now"


@pytest.fixture
def stocked(database, people, rulebook):
    stock(database, people[Role.DIRECTORY_EDITOR].actor, rulebook)


@pytest.fixture
def officer(browser_of):
    return browser_of(Role.INTAKE_STAFF)


@pytest.fixture
def sitting(database, people, officer, screen):
    """A screening in detention in Missouri, with a browser on it."""
    return Screening(database, officer, people[Role.INTAKE_STAFF].actor, screen())


@pytest.fixture
def kept(database, people):
    """A function: a screening → its referrals."""

    def look(screening_id: str) -> tuple[Referral, ...]:
        with database.reading(people[Role.INTAKE_STAFF].actor) as tx:
            return referrals_of(tx, screening_id)

    return look


def offer(browser, sitting, query: str = "") -> BeautifulSoup:
    return browser.get(sitting.path("advocate") + query)


def say(browser, sitting, said: str, status: int = 303, query: str = "", **fields: str):
    """Press one of the page's buttons."""
    page = offer(browser, sitting, query)
    assert page.select_one(f"button[name=said][value={said}]"), f"no button {said}"
    return browser.submit(page, sitting.path("advocate"), status, said=said, **fields)


def test_every_section_offers_an_advocate_and_saves_before_it_goes_there(sitting, rulebook, stocked):
    for section in rulebook.sections:
        button = sitting.get(section.id).select_one("#questions button[name=to][value=advocate]")
        assert button.get_text() == "Ask a survivor advocate"
    answer = sitting.send(SECTION, to="advocate", unsafe_person_near__observed="no")
    assert answer.headers["Location"].startswith(sitting.path("advocate") + f"?then={SECTION}")
    assert ("unsafe_person_near", "observed", "no") in sitting.answers


def test_no_answer_is_lost_and_the_way_leads_back_to_the_question(officer, sitting, stocked, kept):
    answer = sitting.send(
        "why_here",
        to="advocate",
        missing_now__record="no",
        charge_kinds__record=["drugs"],
        touched="charge_kinds.record",
    )
    address = answer.headers["Location"]
    assert address.endswith("then=why_here&at=charge_kinds")
    before = sitting.answers
    assert ("charge_kinds", "record", ("drugs",)) in before
    page = officer.get(address)
    back = officer.submit(page, sitting.path("advocate"), said="wanted").headers["Location"]
    assert back == sitting.path("sections/why_here") + "?advocate=wanted#charge_kinds"
    there = officer.get(back.partition("#")[0])
    assert there.select_one("#charge_kinds")
    assert "Now call the advocate, together" in text_of(there, "#saved")
    assert sitting.answers == before
    (referral,) = kept(sitting.id)
    assert [each.step for each in referral.steps] == ["offered", "accepted"]
    assert (referral.need, referral.service_id) == (NEED, VOICE)


def test_not_now_is_kept_as_a_choice_and_can_be_taken_back(officer, sitting, stocked, kept):
    back = say(officer, sitting, "not_now", query=f"?then={SECTION}").headers["Location"]
    assert back.startswith(sitting.path(f"sections/{SECTION}"))
    assert [each.step for each in kept(sitting.id)[0].steps] == ["offered", "declined"]
    page = offer(officer, sitting)
    assert "That is fine" in text_of(page, "form.card")
    assert not page.select_one("button[value=not_now]")
    for section in (SECTION, "needs"):  # within reach, and nothing that asks by itself
        shown = sitting.get(section)
        assert len(shown.find_all(string="Ask a survivor advocate")) == 1
        assert not shown.select("dialog, [role=dialog], [role=alertdialog]")
    say(officer, sitting, "wanted")
    assert [each.step for each in kept(sitting.id)[0].steps] == ["offered", "declined", "accepted"]
    assert len(kept(sitting.id)) == 1


def test_the_call_made_together_is_recorded(officer, sitting, stocked, kept):
    say(officer, sitting, "wanted")
    page = offer(officer, sitting)
    assert "Call now, together with the youth" in text_of(page, "form.card")
    say(officer, sitting, "contacted", query="?then=needs")
    assert [each.step for each in kept(sitting.id)[0].steps] == ["offered", "accepted", "contacted"]
    after = offer(officer, sitting)
    assert "An advocate was asked for. Last: The service was contacted" in text_of(after, "form.card")
    assert not after.select("button[name=said]")
    assert after.select_one(f'a[href="{sitting.path("referrals")}"]')


def test_sent_twice_it_is_one(officer, sitting, stocked, kept):
    page = offer(officer, sitting)
    for _ in range(3):
        officer.submit(page, sitting.path("advocate"), said="wanted")
    assert [[each.step for each in found.steps] for found in kept(sitting.id)] == [["offered", "accepted"]]


def test_survivor_led_stands_first_with_how_to_reach_one(officer, sitting, stocked):
    page = offer(officer, sitting)
    names = texts(page, "aside .service h3")
    assert "led by survivors" in names[0]
    aside = page.select_one("aside")
    assert aside.select_one('a.phone[href="tel:1-888-373-7888"]')
    assert "Text:" in aside.get_text()
    assert "Day and night" in aside.get_text()


@pytest.mark.parametrize(
    ("age", "county", "offered"), [(15, "mo_other", False), (19, "mo_other", True), (19, "mo_jackson", False)]
)
def test_who_takes_only_adults_or_is_elsewhere_is_not_offered(
    officer, screen, database, people, stocked, age, county, offered
):
    screening_id = screen(record={"age": age, "county_found": county}, said={"gender": "girl"})
    sitting = Screening(database, officer, people[Role.INTAKE_STAFF].actor, screening_id)
    page = offer(officer, sitting)
    assert ("Healing Action" in text_of(page, "aside")) is offered


def test_the_youths_words_are_plain_in_both_languages(officer, sitting, rulebook, stocked):
    words = advocate_of(rulebook)
    heard = [*words.youth_text, *(note.youth_text for note in words.setting_notes)]
    assert max(reading_grade(text) for text in heard) <= HIGHEST_GRADE
    page = offer(officer, sitting)
    english, spanish = page.select(".say-both ul")
    assert spanish.find_parent(lang="es")
    assert len(english.select("li")) == len(spanish.select("li")) == len(heard)
    assert "usted" not in spanish.get_text().lower()
    assert "It is your choice" in english.get_text()
    assert "Tú decides" in spanish.get_text()


def test_in_detention_staff_make_the_call(officer, browser_of, sitting, screen, database, people, stocked):
    assert "Staff make the call" in text_of(offer(officer, sitting), ".staff-notes")
    worker = browser_of(Role.CPS_WORKER)
    theirs = Screening(database, worker, people[Role.CPS_WORKER].actor, screen(role=Role.CPS_WORKER))
    assert "Youths here may have no phone" not in text_of(offer(worker, theirs), ".staff-notes")


def test_without_a_directory_the_numbers_stand_and_nothing_is_kept(officer, sitting, kept):
    page = offer(officer, sitting)
    assert "no directory of its own yet" in page.get_text()
    assert page.select_one('aside a.phone[href="tel:1-888-373-7888"]')
    assert not page.select("button[name=said]")
    officer.post(sitting.path("advocate"), said="wanted")
    assert kept(sitting.id) == ()


def test_an_answer_that_calls_for_action_comes_first_and_offers_an_advocate_too(officer, sitting, stocked):
    answer = sitting.send(SECTION, to="advocate", suicide_risk_now__observed="yes")
    assert "/interruptions/" in answer.headers["Location"]
    link = officer.get(answer.headers["Location"]).find("a", string="Ask a survivor advocate")
    assert link["href"].startswith(sitting.path("advocate"))
    officer.get(link["href"])


def test_a_fault_on_the_page_keeps_what_was_typed_and_the_advocate_within_reach(sitting):
    answer = sitting.send("who", 422, to="advocate", age__record="seventeen-ish")
    page = BeautifulSoup(answer.text, "html.parser")
    assert "seventeen-ish" in answer.text
    link = page.find("a", string="Ask a survivor advocate")
    assert link["href"].startswith(sitting.path("advocate"))


@pytest.mark.parametrize("query", ["?then=nowhere", "?then=//evil.example", "?then=who&at=nothing", ""])
def test_an_address_leads_back_only_to_what_is_there(officer, sitting, stocked, query):
    back = offer(officer, sitting, query).select_one(".back a")["href"]
    assert back == sitting.path("sections/who" if "who" in query else "result")


def test_what_is_no_answer_and_nobody_to_ask(officer, sitting, stocked, kept):
    officer.post(sitting.path("advocate"), 404, said="maybe")
    officer.post(sitting.path("advocate"), 409, said="wanted", service="no-such-service")
    officer.post(sitting.path("advocate"), 409, said="contacted")
    assert kept(sitting.id) == ()
    officer.post(sitting.path("advocate"), said="wanted", service=HOTLINE, status=409)


def test_another_agencys_screening_is_nowhere(browser_of, sitting, stocked):
    other = browser_of(Role.CPS_WORKER)
    other.get(sitting.path("advocate"), 404)
    other.post(sitting.path("advocate"), 404, said="wanted")
    for role in (Role.ADMINISTRATOR, Role.DIRECTORY_EDITOR):
        browser_of(role).open(sitting.path("advocate"), 403)
