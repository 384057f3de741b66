"""Asking for a bed in a real browser: the asker in one window, the place in another, with links, codes and keys."""

from pathlib import Path
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from bed_directory import BOYS, GIRLS, homes, terms
from browser_windows import DESK, PASSWORD
from directory_files import bring_in
from playwright.sync_api import Browser, Page, expect

from screening.core.statements import Source
from screening.operations.accounts import create_user, sign_in
from screening.operations.actors import Role, system_actor
from screening.operations.beds import attempts_of, bed_requests_of
from screening.operations.screenings import NewStatement, save_statements

NARROW = {"width": 768, "height": 1024}


@pytest.fixture(scope="module")
def directory(site) -> None:
    """Homes in the directory of the agency, brought in by an editor."""
    with site.database.writing(system_actor(site.officer.agency_id)) as tx:
        create_user(tx, username="bed_editor", name="Editor", role=Role.DIRECTORY_EDITOR, password=PASSWORD)
    editor = sign_in(site.database, "bed_editor", PASSWORD)
    assert editor is not None
    bring_in(site.database, editor, [*terms(), *homes()])


@pytest.fixture
def screening(site, directory):
    """A screening of a youth of fifteen; out: its id."""
    id = site.open_screening()
    with site.database.writing(site.officer) as tx:
        save_statements(tx, id, [NewStatement(uuid4().hex, "age", 15, Source.RECORD)])
    return id


def look_at(page: Page, path: Path) -> None:
    """No barrier, nothing sideways, nothing too small to touch; a picture is kept for those who look."""
    found = Axe().run(page).response["violations"]
    assert [f"{each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"]] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "scrolls sideways"
    for target in page.locator(
        "main button:visible, main select:visible, main .input:visible, .choice:visible, main td a:visible"
    ).all():
        box = target.bounding_box()
        assert box is not None
        assert box["height"] >= 44, target.evaluate("each => each.outerHTML")
    page.screenshot(path=path, full_page=True)


@pytest.fixture
def place(chromium: Browser):
    """A function: a window of somebody who signs in nowhere."""
    opened = []

    def open_window(viewport: dict[str, int]) -> Page:
        window = chromium.new_context(viewport=viewport)
        window.set_default_timeout(10_000)
        opened.append(window)
        return window.new_page()

    yield open_window
    for window in opened:
        window.close()


@pytest.mark.parametrize("viewport", [DESK, NARROW], ids=["desk", "narrow"])
def test_the_asker_sees_what_two_places_answer(visit, site, screening, place, viewport, tmp_path):
    asker = visit(site, viewport).new_page()
    asker.goto(f"{site.path(screening, 'beds/ask')}?service={GIRLS}&service={BOYS}")
    look_at(asker, tmp_path / "ask.png")
    asker.get_by_label("Answers by link Girls House").check()
    asker.get_by_label("What it is for").fill("For tonight")
    asker.get_by_label("Answer within").select_option("1")
    asker.get_by_role("button", name="Ask", exact=True).click()
    expect(asker.locator("h1")).to_have_text("Links and codes")
    look_at(asker, tmp_path / "links.png")
    link, code = asker.locator(".secret").all_inner_texts()
    asker.get_by_role("link", name="I have them").click()

    guest = place(viewport)
    guest.goto(link)
    look_at(guest, tmp_path / "code.png")
    guest.get_by_label("Code").fill(code)
    guest.get_by_role("button", name="Open the question").click()
    expect(guest.locator("main")).to_contain_text("15 years")
    look_at(guest, tmp_path / "question.png")
    guest.get_by_label("No", exact=True).check()
    guest.get_by_label("If no: why not").select_option("full")
    guest.get_by_label("Your name").fill("Ms. Desk")
    guest.get_by_role("button", name="Answer", exact=True).click()
    expect(guest.locator("#given")).to_contain_text("You answered: No.")
    look_at(guest, tmp_path / "answered.png")

    asker.get_by_role("link", name="See if there are new answers").click()
    expect(asker.locator(".asked")).to_contain_text("Ms. Desk")
    look_at(asker, tmp_path / "requests.png")
    asker.get_by_role("link", name="Enter an answer Boys House").click()
    look_at(asker, tmp_path / "answer.png")
    asker.get_by_label("Perhaps: they decide after an assessment").check()
    asker.get_by_label("Who at the place said so").fill("Mr. Night")
    asker.get_by_role("button", name="Keep the answer").click()
    expect(asker.locator(".bed-request")).to_contain_text("2 of 2 answered")
    with site.database.reading(site.officer) as tx:
        (made,) = bed_requests_of(tx, screening)
    assert sorted(each.given.reply.answer for each in made.places if each.given) == ["assess_first", "no"]
    asker.goto(f"{site.address}/beds")
    expect(asker.locator(".bed-table")).to_contain_text("Full")
    look_at(asker, tmp_path / "board.png")
    asker.get_by_role("link", name="Say how it stands Girls House").click()
    look_at(asker, tmp_path / "report.png")


def test_a_call_is_written_down_in_two_taps_with_keys_only(visit, site, screening, tmp_path):
    page = visit(site, DESK).new_page()
    page.goto(f"{site.path(screening, 'calls/new')}?service={GIRLS}")
    look_at(page, tmp_path / "call.png")
    page.get_by_role("button", name="Tried, no bed").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".calls-made")).to_contain_text("Girls House")
    look_at(page, tmp_path / "calls.png")
    with site.database.reading(site.officer) as tx:
        assert [each.outcome for each in attempts_of(tx, screening)] == ["no_bed"]
