"""The way in for somebody outside: code, one sheet, one answer, and nothing else whatever is tried."""

import re
from collections.abc import Iterable
from itertools import product

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from hand_off_work import answered, enter_code, offered_link
from sqlalchemy import select

from screening.core.charges import Charge
from screening.operations.actors import Role
from screening.operations.charges import add_charge
from screening.operations.hand_offs import hand_offs_of, withdraw_hand_off
from screening.store.models import JournalEntry
from screening.web.access import declared_access

SHEET = "/hand-off/sheet"
WRONG = "00000000"


@pytest.fixture
def officer(browser_of):
    return browser_of(Role.INTAKE_STAFF)


@pytest.fixture
def screening(database, people, open_screening_of):
    return answered(
        database,
        people[Role.INTAKE_STAFF].actor,
        open_screening_of(Role.INTAKE_STAFF, youth_ref="JD-4711"),
    )


@pytest.fixture
def link(officer, screening):
    return offered_link(officer, screening)


@pytest.fixture
def opened(stranger, link):
    """A browser of somebody outside who opened the link."""
    answer = enter_code(stranger, link)
    assert answer.headers["Location"].endswith(SHEET)
    return stranger


@pytest.fixture
def made(database, people, screening):
    """A function: the only hand-off of the screening."""

    def read():
        with database.reading(people[Role.INTAKE_STAFF].actor) as tx:
            (one,) = hand_offs_of(tx, screening)
        return one

    return read


@pytest.fixture
def told(database, people, screening):
    """A function: what the journal tells of the screening, by whom."""

    def read() -> list[tuple[str, str]]:
        with database.reading(people[Role.INTAKE_STAFF].actor) as tx:
            rows = tx.session.execute(
                select(JournalEntry.action, JournalEntry.actor_id)
                .where(JournalEntry.subject == screening)
                .order_by(JournalEntry.sequence)
            )
            return [(row.action, row.actor_id) for row in rows]

    return read


def shown_words(answer) -> str:
    """A page without what is drawn anew each time."""
    return re.sub(r'value="[^"]*"', "", answer.text)


def test_the_sheet_is_read_and_taken_by_name(opened, made, officer, screening, told):
    page = opened.get(SHEET)
    assert page.select_one("article.sheet h1")
    assert "Call extension 7 first" in page.text
    assert not page.select_one("nav.site-nav")
    opened.submit(page, f"{SHEET}#answer", answer="acknowledged", name="Officer B")
    one = made()
    assert (one.status, [each.name for each in one.taken]) == ("acknowledged", ["Officer B"])
    page = opened.get(SHEET)
    assert "You took it." in page.text
    opened.submit(page, f"{SHEET}#answer", answer="done", name="Officer B", outcome="Report 7 made")
    assert made().status == "done"
    assert "You said that it is done." in opened.get(SHEET).text
    shown = officer.get(f"/screenings/{screening}/hand-offs").text
    for words in ("Officer B", "Report 7 made", "The link was opened"):
        assert words in shown
    actions = [action for action, _ in told()]
    assert actions.count("hand_off.opened") == 1
    assert ("sheet.viewed", f"hand_off:{made().id}") in told()


def test_declining_needs_a_name_and_a_reason(opened, made):
    page = opened.get(SHEET)
    answer = opened.submit(page, f"{SHEET}#answer", 422, answer="declined", name="", reason="")
    soup = BeautifulSoup(answer.text, "html.parser")
    assert [each["href"] for each in soup.select(".error-summary a")] == ["#name-declined", "#reason"]
    assert made().status == "offered"
    opened.submit(page, f"{SHEET}#answer", answer="declined", name="Officer B", reason="Not our county")
    one = made()
    assert (one.status, one.answer["reason"]) == ("declined", "Not our county")
    opened.post(SHEET, 422, answer="acknowledged", name="Officer B")
    opened.post(SHEET, 422, answer="lost", name="Officer B")
    assert made().status == "declined"


def test_it_shows_what_the_sheet_names_and_no_more(opened, rulebook, database, people, screening):
    shown = " ".join(opened.get(SHEET).select_one("article.sheet").get_text(" ").split())
    assert "JD-4711" in shown
    sheet = rulebook.sheets["law_enforcement"]
    assert "signs" not in sheet.parts
    for id in ("exchange_known", "owes_someone", "phone_watched"):
        assert id not in sheet.answers
        assert rulebook.questions[id].text not in shown
    for indicator in rulebook.indicators.values():
        assert indicator.label not in shown
    assert "Person intake_staff" not in shown


@pytest.mark.parametrize(("sheet", "shows"), [("public_defense", True), ("prosecution", False)])
def test_charges_kept_with_counsel_are_on_counsels_sheet_only(
    officer, stranger, screening, database, people, rulebook, sheet, shows
):
    kinds = [kind for kind in rulebook.charges.kinds if kind.id == "recruiting"]
    with database.writing(people[Role.INTAKE_STAFF].actor) as tx:
        add_charge(tx, screening, Charge("c-1", "recruiting", None, True))
    enter_code(stranger, offered_link(officer, screening, sheet=sheet))
    assert (kinds[0].label in stranger.get(SHEET).select_one("article.sheet").text) is shows


def test_it_prints_as_a_file_that_names_nobody(opened):
    answer = opened.open(f"{SHEET}.pdf")
    assert answer.data.startswith(b"%PDF-")
    assert answer.headers["Content-Disposition"] == 'inline; filename="sheet.pdf"'
    assert answer.headers["Cache-Control"] == "no-store"


def test_pages_behind_a_link_are_kept_and_followed_by_nobody(stranger, link):
    enter_code(stranger, link)
    for path in (link.path, SHEET):
        headers = stranger.open(path).headers
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Robots-Tag"] == "noindex, nofollow"


def test_fetching_a_link_uses_nothing_up_and_tells_nothing(stranger, link, made):
    known = [shown_words(stranger.open(link.path)).replace(link.path, "") for _ in range(3)]
    unknown = shown_words(stranger.open("/hand-off/no-such-token")).replace("/hand-off/no-such-token", "")
    assert {*known} == {unknown}
    assert made().opened_at is None


def test_a_wrong_code_is_told_and_counted_and_an_empty_one_is_not(stranger, link, made, told):
    page = stranger.get(link.path)
    assert "Enter the code" in stranger.submit(page, link.path, 422, code="  ").text
    assert "That is not the code." in stranger.submit(page, link.path, 422, code=WRONG).text
    assert [action for action, _ in told()].count("hand_off.code_failed") == 1
    enter_code(stranger, link)


def test_unknown_used_locked_expired_and_withdrawn_links_get_one_answer(
    browser_of, officer, people, database, screening, clock
):
    used, locked, withdrawn, late = (offered_link(officer, screening, link_hours="4") for _ in range(4))
    enter_code(browser_of(None), used)
    stranger = browser_of(None)
    for _ in range(5):
        stranger.submit(stranger.get(locked.path), locked.path, 422, code=WRONG)
    actor = people[Role.INTAKE_STAFF].actor
    with database.writing(actor) as tx:
        made = {each.offered_at: each for each in hand_offs_of(tx, screening)}
        taken_back = [each for each in made.values() if each.opened_at is None]
        for each in taken_back:
            assert each.status == "offered"
    answers = [enter_code(stranger, used, 410), enter_code(stranger, locked, 410)]
    clock.pass_by(minutes=10)
    with database.writing(actor) as tx:
        for each in hand_offs_of(tx, screening):
            if each.status == "offered" and each.opened_at is None:
                withdraw_hand_off(tx, each.id)
    answers.append(enter_code(stranger, withdrawn, 410))
    clock.pass_by(hours=5)
    answers.append(enter_code(stranger, late, 410))
    answers.append(stranger.submit(stranger.get("/hand-off/never"), "/hand-off/never", 410, code=WRONG))
    assert len({shown_words(answer) for answer in answers}) == 1


def test_a_link_that_ended_opens_nothing(stranger, link, clock):
    clock.pass_by(hours=25)
    enter_code(stranger, link, 410)


def test_after_half_an_hour_nothing_is_open_and_the_answer_stays(opened, made, clock, stranger, link):
    opened.post(SHEET, answer="acknowledged", name="Officer B")
    clock.pass_by(minutes=31)
    opened.open(SHEET, 410)
    opened.post(SHEET, 410, answer="done", name="Officer B")
    opened.open(f"{SHEET}.pdf", 410)
    enter_code(stranger, link, 410)
    assert made().status == "acknowledged"


def test_a_double_press_opens_once_and_lets_the_same_person_in(browser_of, link, told):
    first = browser_of(None)
    page = first.get(link.path)
    first.submit(page, link.path, code=link.code)
    first.submit(page, link.path, code=link.code)
    first.get(SHEET)
    assert [action for action, _ in told()].count("hand_off.opened") == 1
    enter_code(browser_of(None), link, 410)
    answer = enter_code(first, link, 410)
    assert "Go on with the sheet" in answer.text


def test_too_many_attempts_are_stopped(app_with, browser_in, officer, screening):
    link = offered_link(officer, screening)
    browser = browser_in(app_with(sign_in_attempts="3 per 5 minutes"), None)
    page = browser.get(link.path)
    for number in range(3):
        browser.submit(page, link.path, 422, code=f"{number:08d}")
    answer = browser.submit(page, link.path, 429, code=link.code)
    assert "too many attempts" in answer.text
    assert "password" not in answer.text


def test_closing_leaves_nothing_in_the_browser(opened):
    page = opened.get(SHEET)
    opened.submit(page, "/hand-off/close")
    opened.get("/hand-off/closed")
    opened.open(SHEET, 410)


class TestBesideASignIn:
    def test_a_signed_in_person_keeps_their_sitting_and_the_guest_gains_nothing(self, browser_of, link, made):
        supervisor = browser_of(Role.SUPERVISOR)
        enter_code(supervisor, link)
        assert "Person supervisor" not in supervisor.open(SHEET).text
        assert "Person supervisor" in supervisor.open("/").text
        supervisor.post(SHEET, answer="acknowledged", name="Officer B")
        assert [(each.by, each.name) for each in made().taken] == [("", "Officer B")]
        supervisor.post("/sign-out")
        supervisor.open(SHEET, 410)
        supervisor.open("/", 303)

    def test_signing_in_lets_go_of_the_sheet(self, opened):
        opened.sign_in("supervisor")
        opened.open(SHEET, 410)

    def test_a_sign_in_is_no_guest(self, officer):
        officer.open(SHEET, 410)
        officer.post(SHEET, 410, answer="done", name="Officer B")

    @pytest.mark.parametrize(
        "kept", [["x", "y"], "x", ["00000000-0000-4000-8000-000000000000"] * 2, 7, []], ids=str
    )
    def test_a_session_that_names_something_else_opens_nothing(self, stranger, kept):
        with stranger.client.session_transaction() as session:
            session["guest"] = kept
        stranger.open(SHEET, 410)
        stranger.open(f"{SHEET}.pdf", 410)


def every_address(app: Flask, values: dict[str, list[str]], other: str) -> Iterable[tuple[str, str, str]]:
    """Every route with every method it takes, with ids that exist; what else it takes is chosen for it, or ``other``."""
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            names = sorted(rule.arguments)
            listed = {name: getattr(rule._converters[name], "items", {other}) for name in names}
            for each in product(*(values.get(name, sorted(listed[name])) for name in names)):
                address = app.url_for(rule.endpoint, **dict(zip(names, each, strict=True)))
                yield from (
                    (rule.endpoint, method, address)
                    for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
                )


def test_a_guest_reaches_nothing_but_the_sheet(app, opened, screening, made, rulebook):
    values = {
        "screening_id": [screening],
        "hand_off_id": [made().id],
        "sheet_id": list(rulebook.sheets),
        "section_id": [rulebook.sections[0].id],
        "interruption_id": [rulebook.concern.interruptions[0].id],
    }
    token = opened.token()
    tried = 0
    for endpoint, method, address in every_address(app, values, rulebook.digest):
        access = declared_access(app, endpoint)
        if access is None or access.everyone:
            continue
        answer = opened.client.open(
            address, method=method, data={"csrf_token": token} if method == "POST" else {}
        )
        asked_to_sign_in = answer.status_code == 401 or (
            answer.status_code == 303 and answer.headers["Location"].startswith("/sign-in")
        )
        assert asked_to_sign_in, f"{method} {address}: {answer.status_code}"
        tried += 1
    assert tried > 40
    opened.get(SHEET)
    assert made().status == "offered"
