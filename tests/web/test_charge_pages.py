"""The charge worksheet: entering, sorting, the law then and now, what stays with counsel, and who may see it."""

from uuid import uuid4

import pytest
from bs4 import BeautifulSoup, Tag
from result_text import text_of, texts

from screening.core.charges import kinds_of
from screening.core.statements import Source
from screening.operations.actors import Role
from screening.operations.charges import charges_of
from screening.operations.screenings import NewStatement, save_statements

HELD = {"record": {"age": 15, "exchange_known": "yes"}, "observed": {"phone_watched": "yes"}}


@pytest.fixture
def screen(database, people, open_screening_of):
    """A function: what each source says → the id of a screening that holds it."""

    def open_one(
        jurisdiction: str = "us_mo", role: Role = Role.INTAKE_STAFF, **sources: dict[str, object]
    ) -> str:
        screening_id = open_screening_of(role, jurisdiction=jurisdiction, youth_ref="JO-77")
        new = [
            NewStatement(uuid4().hex, question, value, Source(source))
            for source, answers in sources.items()
            for question, value in answers.items()
        ]
        with database.writing(people[role].actor) as tx:
            save_statements(tx, screening_id, new)
        return screening_id

    return open_one


@pytest.fixture
def officer(browser_of):
    return browser_of(Role.INTAKE_STAFF)


def day(month: int | str, day_: int | str, year: int | str) -> list[str]:
    return [str(month), str(day_), str(year)]


def add(browser, screening_id: str, status: int = 303, **fields: object):
    """Enter a charge as the page's form does, whatever the form already shows."""
    path = f"/screenings/{screening_id}/charges"
    usual = {"charge": str(uuid4()), "kind": "drug_possession", "offense_on": day("", "", "")}
    return browser.post(path, status, **{**usual, **fields})


def worksheet(browser, screening_id: str, query: str = "") -> BeautifulSoup:
    return browser.get(f"/screenings/{screening_id}/charges{query}")


def charge_named(page: BeautifulSoup, label: str) -> Tag:
    (card,) = [card for card in page.select(".charge") if label in card.h3.get_text()]
    return card


def kept(database, people, screening_id: str, role: Role = Role.INTAKE_STAFF):
    with database.reading(people[role].actor) as tx:
        return charges_of(tx, screening_id)


# ---- entering


def test_empty_page_says_what_to_do_and_leads_back(officer, screen):
    page = worksheet(officer, screen(**HELD))
    assert "No charge is entered" in text_of(page, ".empty")
    assert page.select_one('.empty a[href="result"]')
    assert page.select_one('.back a[href="result"]')
    assert page.select_one("form[action=charges]")
    assert "Do not ask the youth about what they are charged with." in text_of(page, ".cautions")


def test_every_kind_is_offered_under_its_heading(officer, screen, rulebook):
    page = worksheet(officer, screen())
    offered = [option["value"] for option in page.select("#kind optgroup option")]
    assert sorted(offered) == sorted(kinds_of(rulebook))
    assert all(group["label"] for group in page.select("#kind optgroup"))


def test_a_charge_is_sorted_with_reason_law_asks_blocks_and_ways_out(officer, screen):
    screening_id = screen(**HELD)
    response = add(officer, screening_id, offense_on=day(11, 20, 2026))
    page = worksheet(officer, screening_id)
    card = charge_named(page, "Having drugs")
    assert response.headers["Location"].endswith(f"/charges#{card['id']}")
    assert texts(page, ".link h2") == ["Likely came out of the exploitation (1)"]
    said = text_of(card, "article") or card.get_text(" ")
    said = " ".join(card.get_text(" ").split())
    for words in (
        "Day of the offense: Nov 20, 2026",
        "Drugs are used to draw in and to hold youths",
        "What this rests on",
        "Prosecutors and juvenile officers who file charges",
        "Ask whether treatment can take the place of the charge.",
        "What the label may block",
        "Diversion or informal handling",
        "today and on that day",
    ):
        assert words in said, words
    assert "entered by Person intake_staff" in said


def test_links_stand_closest_first(officer, screen):
    screening_id = screen(**HELD)
    for kind in ("another_charge", "prostitution", "driving"):
        add(officer, screening_id, kind=kind)
    links = [section["class"][1] for section in worksheet(officer, screening_id).select("section.link")]
    order = ["link--exploitation_itself", "link--likely_arising", "link--to_be_shown", "link--unrelated"]
    assert links == [link for link in order if link in links]
    assert len(links) > 1


def test_no_link_is_said_honestly(officer, screen, rulebook):
    """All answers firmly no: then, and only then, the page says that no link is known."""
    answers = {
        question.id: "no" if question.kind == "yes_no" else ()
        for question in rulebook.questions.values()
        if question.kind in ("yes_no", "choices")
    }
    numbers = {"age": 15, "missing_episodes": 0, "mark_or_tattoo": "no_mark"}
    screening_id = screen(record={**answers, **numbers})
    add(officer, screening_id, kind="another_charge")
    page = worksheet(officer, screening_id)
    assert texts(page, ".link h2") == ["No link is known (1)"]
    assert "this is not proof that there is none" in text_of(page, ".charge")


def test_open_answers_keep_a_charge_to_be_shown(officer, screen):
    screening_id = screen(record={"age": 15})
    add(officer, screening_id, kind="another_charge")
    page = worksheet(officer, screening_id)
    assert texts(page, ".link h2") == ["A link is to be shown (1)"]
    assert "Nothing entered shows a link so far, but open answers still could." in text_of(page, ".charge")
    assert "Open answers may show a closer link" in text_of(page, ".charge summary")


# ---- the day of the offense


def test_without_a_day_todays_law_is_shown_and_the_gap_is_named(officer, screen):
    screening_id = screen(**HELD)
    add(officer, screening_id, kind="prostitution")
    said = text_of(worksheet(officer, screening_id), ".charge")
    assert "Day of the offense not known" in said
    assert "the law on that day must be checked" in said
    assert "RSMo 567.020.5: today" in said
    assert "on that day" not in said.replace("the law on that day must be checked", "")


def test_the_law_of_the_day_stands_beside_todays(officer, screen):
    screening_id = screen(**HELD)
    add(officer, screening_id, kind="prostitution", offense_on=day(9, 1, 2020))
    said = text_of(worksheet(officer, screening_id), ".charge .law-lines")
    assert "RSMo 567.020.5: today, but not yet on that day" in said
    assert "HB 397 (2019): on that day, but no longer today" in said


def test_the_age_on_the_day_is_a_hint(officer, screen):
    screening_id = screen(record={"birth_date": "2008-12-01"})
    add(officer, screening_id, offense_on=day(11, 30, 2024))
    assert "by the date of birth entered, 15 years old that day" in text_of(
        worksheet(officer, screening_id), ".charge"
    )


def test_who_was_under_age_then_is_not_sorted_by_todays_age_unnoticed(officer, screen):
    screening_id = screen(
        record={"birth_date": "2006-05-01", "could_be_minor": "no", "exploited_before_18": "no"}
    )
    add(officer, screening_id, kind="prostitution", offense_on=day(5, 1, 2023))
    card = text_of(worksheet(officer, screening_id), ".charge .counsel")
    assert "By the age on the day of the offense it would stand under “The exploitation itself”" in card


# ---- bad input: told in place, and nothing lost


@pytest.mark.parametrize(
    ("fields", "field", "message"),
    [
        ({"kind": ""}, "kind", "Choose the kind of charge."),
        ({"kind": "spying"}, "kind", "Choose one of the listed kinds of charge."),
        ({"offense_on": day(11, 25, 2026)}, "offense_on", "This date is in the future."),
        ({"offense_on": day(2, 30, 2026)}, "offense_on", "There is no day 30"),
        ({"offense_on": day(11, "", 2026)}, "offense_on", "Missing: day"),
        ({"offense_on": day("May", 1, 2026)}, "offense_on", "in figures"),
        ({"offense_on": day(11, 30, 2008)}, "offense_on", "before the date of birth"),
    ],
)
def test_bad_input_is_told_and_nothing_is_lost(officer, screen, database, people, fields, field, message):
    screening_id = screen(record={"birth_date": "2008-12-01"})
    sent = {"kind": "theft", "offense_on": day(11, 20, 2026), "privileged": "yes", **fields}
    page = BeautifulSoup(add(officer, screening_id, 422, **sent).text, "html.parser")
    assert message in text_of(page, ".error-summary")
    assert page.select_one(f'.error-summary a[href="#{field}"]')
    assert page.select_one(f"#{field}-error")
    if field != "kind":
        assert page.select_one("#kind option[selected]")["value"] == sent["kind"]
    assert [part["value"] for part in page.select("[name=offense_on]")] == sent["offense_on"]
    assert page.select_one("#privileged").has_attr("checked")
    assert kept(database, people, screening_id) == ()


def test_a_day_alone_may_be_left_out_after_a_fault(officer, screen, database, people):
    screening_id = screen()
    page = BeautifulSoup(add(officer, screening_id, 422, kind="").text, "html.parser")
    form = page.select_one("form.charge-form")
    id = form.select_one("[name=charge]")["value"]
    add(officer, screening_id, charge=id, kind="theft")
    (found,) = kept(database, people, screening_id)
    assert (found.charge.id, found.charge.offense_on) == (id, None)


def test_sending_twice_keeps_one(officer, screen, database, people):
    screening_id = screen()
    id = str(uuid4())
    for _ in range(3):
        add(officer, screening_id, charge=id)
    assert len(kept(database, people, screening_id)) == 1


def test_a_form_sent_again_with_other_entries_is_no_overwriting(officer, screen, database, people):
    screening_id = screen()
    id = str(uuid4())
    add(officer, screening_id, charge=id)
    page = BeautifulSoup(add(officer, screening_id, 422, charge=id, kind="theft").text, "html.parser")
    assert "saved before with other entries" in text_of(page, ".error-summary")
    fresh = page.select_one("[name=charge]")["value"]
    assert fresh != id
    add(officer, screening_id, charge=fresh, kind="theft")
    kinds = [each.charge.kind for each in kept(database, people, screening_id)]
    assert sorted(kinds) == ["drug_possession", "theft"]  # added at one moment of the test's clock


@pytest.mark.parametrize("id", ["", "../../etc", "<script>"])
def test_a_forged_id_is_replaced(officer, screen, database, people, id):
    screening_id = screen()
    add(officer, screening_id, charge=id)
    (found,) = kept(database, people, screening_id)
    assert found.charge.id != id


# ---- taking off and putting back


def test_taking_off_and_putting_back(officer, screen):
    screening_id = screen(**HELD)
    add(officer, screening_id)
    page = worksheet(officer, screening_id)
    path = f"/screenings/{screening_id}/charges"
    (action,) = [form["action"] for form in page.select(".charge form")]
    officer.post(f"/screenings/{screening_id}/{action}")
    page = worksheet(officer, screening_id)
    assert not page.select(".charge")
    assert "Having drugs" in text_of(page, ".withdrawn")
    assert "taken off by Person intake_staff" in text_of(page, ".withdrawn")
    (action,) = [form["action"] for form in page.select(".withdrawn form")]
    officer.post(f"/screenings/{screening_id}/{action}")
    page = worksheet(officer, screening_id)
    assert len(page.select(".charge")) == 1
    assert not page.select(".withdrawn")
    officer.post(f"{path}/{uuid4()}/withdraw", 404)
    officer.post(f"{path}/{uuid4()}/restore", 404)


# ---- what stays between the youth and counsel


def test_what_stays_with_counsel_is_marked_and_not_handed_on(officer, screen):
    screening_id = screen(**HELD)
    add(officer, screening_id, kind="recruiting", privileged="yes")
    add(officer, screening_id, kind="theft")
    page = worksheet(officer, screening_id)
    assert "Kept between the youth and counsel: on no other sheet." in text_of(page, ".charge--counsel")
    assert len(page.select(".charge")) == 2

    shared = worksheet(officer, screening_id, "?share=yes")
    assert texts(shared, ".charge h3") == ["Theft, shoplifting, or stolen goods"]
    assert "Recruiting" not in shared.get_text()
    assert "left out" in text_of(shared, ".notice")
    assert not shared.select("main form")


def test_nothing_is_handed_on_of_what_was_taken_off(officer, screen):
    screening_id = screen(**HELD)
    add(officer, screening_id, kind="robbery")
    (form,) = worksheet(officer, screening_id).select(".charge form")
    officer.post(f"/screenings/{screening_id}/{form['action']}")
    shared = worksheet(officer, screening_id, "?share=yes")
    assert "Robbery" not in shared.get_text()
    assert "There is nothing to hand on." in text_of(shared, ".empty")


# ---- facts on age, for the prosecutor


def test_what_was_entered_on_age_is_listed_and_nothing_is_concluded(officer, screen):
    screening_id = screen(
        record={"birth_date": "2010-05-02"}, said={"age": 19}, observed={"false_identity": "yes"}
    )
    add(officer, screening_id, kind="prostitution")
    said = text_of(worksheet(officer, screening_id), "section[aria-labelledby=age]")
    for words in (
        "For: Prosecutors and juvenile officers who file charges",
        "Records show: May 2, 2010",
        "The youth said: 19 years",
        "Staff observed: yes",
        "It never changes how the youth is treated.",
        "18 USC 1591",
    ):
        assert words in said, words


# ---- who, where


@pytest.mark.parametrize("jurisdiction", ["us_mo", "us_ks", "us_ca"])
def test_the_page_holds_in_every_state(officer, screen, rulebook, jurisdiction):
    """A line of every kind, two a page: each page is checked as a whole by the browser."""
    kinds = sorted(kinds_of(rulebook))
    for first in range(0, len(kinds), 2):
        screening_id = screen(jurisdiction, **HELD)
        for kind in kinds[first : first + 2]:
            add(officer, screening_id, kind=kind, offense_on=day(3, 1, 2018))
        page = worksheet(officer, screening_id)
        assert len(page.select(".charge")) == len(kinds[first : first + 2])
        law = text_of(page, "section[aria-labelledby=law]")
        others = {"us_mo": "K.S.A.", "us_ks": "RSMo", "us_ca": "RSMo"}
        assert others[jurisdiction] not in law.replace("RSMo 566.020; 567.030; 18 USC", "")


def test_other_agencies_and_strangers_find_nothing(officer, screen, browser_of, stranger):
    screening_id = screen(**HELD)
    add(officer, screening_id)
    path = f"/screenings/{screening_id}/charges"
    elsewhere = browser_of(Role.CPS_WORKER)
    elsewhere.open(path, 404)
    add(elsewhere, screening_id, 404)
    elsewhere.post(f"{path}/{uuid4()}/withdraw", 404)
    browser_of(Role.ADMINISTRATOR).open(path, 403)
    stranger.open(path, 303)
    officer.open("/screenings/none/charges", 404)
    officer.open(f"/screenings/{uuid4()}/charges", 404)


def test_a_post_without_a_token_is_refused(officer, screen, database, people):
    screening_id = screen()
    officer.open(f"/screenings/{screening_id}/charges", 400, method="POST", data={"kind": "theft"})
    assert kept(database, people, screening_id) == ()


def test_a_charge_never_changes_the_result(officer, screen):
    screening_id = screen(record={"age": 15})
    before = text_of(officer.get(f"/screenings/{screening_id}/result"), "#concern")
    for kind in ("prostitution", "recruiting", "images_of_oneself"):
        add(officer, screening_id, kind=kind)
    assert text_of(officer.get(f"/screenings/{screening_id}/result"), "#concern") == before
