"""Handing a sheet on in a real browser: offer, link and code, the guest's one sheet, the unit, with keys and without scripts."""

import re
from pathlib import Path
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser_windows import DESK
from playwright.sync_api import Browser, Page, expect

from screening.core.statements import Source
from screening.operations.hand_offs import HandOff, hand_offs_of
from screening.operations.screenings import NewStatement, save_statements

TABLET = {"width": 820, "height": 1180}
ANSWERS = {"birth_date": "2011-03-14", "exchange_known": "yes", "owes_someone": "yes", "phone_watched": "yes"}


@pytest.fixture
def screening(site):
    """A screening with a concern; out: its id."""
    id = site.open_screening()
    new = [NewStatement(uuid4().hex, *pair, Source.RECORD) for pair in ANSWERS.items()]
    with site.database.writing(site.officer) as tx:
        save_statements(tx, id, new)
    return id


@pytest.fixture
def made(site, screening):
    """A function: the hand-offs of the screening, newest first."""

    def read() -> tuple[HandOff, ...]:
        with site.database.reading(site.officer) as tx:
            return hand_offs_of(tx, screening)

    return read


def barriers(page: Page) -> list[str]:
    """The barriers axe finds, each with where it is."""
    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"]]


def look_at(page: Page, path: Path) -> None:
    """No barrier, nothing sideways, nothing too small to touch; a picture is kept for those who look."""
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "scrolls sideways"
    for target in page.locator(
        "main button:visible, main select:visible, main .input:visible, .choice:visible"
    ).all():
        box = target.bounding_box()
        assert box is not None
        assert box["height"] >= 44, target.evaluate("each => each.outerHTML")
    page.screenshot(path=path, full_page=True)


def offer_outside(page: Page) -> tuple[str, str]:
    """Fill the form in for somebody outside; out: the link and the code."""
    page.locator("#sheet").select_option("law_enforcement")
    page.get_by_label("Somebody outside the agency").check()
    page.get_by_label("Person or office").fill("Officer of the day")
    page.get_by_label("Organization").fill("Invented County Police")
    page.get_by_role("button", name="Offer the sheet").click()
    expect(page.locator("h1")).to_have_text("Link and code")
    link, code = page.locator(".secret").all_inner_texts()
    return link, code


@pytest.fixture
def outside(chromium: Browser):
    """A function: a window of somebody who signs in nowhere."""
    opened = []

    def open_window(viewport: dict[str, int] = DESK, **options: object) -> Page:
        window = chromium.new_context(viewport=viewport, **options)
        window.set_default_timeout(10_000)
        opened.append(window)
        return window.new_page()

    yield open_window
    for window in opened:
        window.close()


@pytest.mark.parametrize("viewport", [DESK, TABLET], ids=["desk", "tablet"])
def test_from_the_offer_to_the_receipt(visit, site, screening, outside, viewport, tmp_path):
    page = visit(site, viewport).new_page()
    page.goto(site.path(screening, "hand-offs"))
    look_at(page, tmp_path / "1_empty.png")
    link, code = offer_outside(page)
    look_at(page, tmp_path / "2_link.png")
    guest = outside(viewport)
    guest.goto(link)
    look_at(guest, tmp_path / "3_code.png")
    guest.get_by_label("Code").fill("0000")
    guest.get_by_role("button", name="Open the sheet").click()
    look_at(guest, tmp_path / "4_wrong_code.png")
    guest.get_by_label("Code").fill(code)
    guest.keyboard.press("Enter")
    guest.wait_for_url(re.compile(r"/hand-off/sheet$"))
    guest.get_by_text("It is done", exact=True).click()
    guest.get_by_text("Not for me, or I cannot take it").click()
    look_at(guest, tmp_path / "5_sheet.png")
    guest.locator("#name").fill("Officer B")
    guest.get_by_role("button", name="Take it").click()
    expect(guest.get_by_text("You took it.")).to_be_visible()
    look_at(guest, tmp_path / "6_taken.png")
    page.get_by_role("link", name="I have both").click()
    expect(page.locator(".hand-off")).to_contain_text("Taken by Officer B")
    look_at(page, tmp_path / "7_receipt.png")


def test_with_keys_only_and_without_scripts(visit, site, screening, outside, made):
    page = visit(site, java_script_enabled=False).new_page()
    page.goto(site.path(screening, "hand-offs"))
    page.locator("#sheet").focus()
    page.keyboard.type("Action sheet for law")
    for _ in range(1):
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    for _ in range(2):
        page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Somebody outside the agency")).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.type("Officer of the day")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Link and code")
    link, code = page.locator(".secret").all_inner_texts()
    guest = outside(java_script_enabled=False)
    guest.goto(link)
    guest.locator("#code").focus()
    guest.keyboard.type(code)
    guest.keyboard.press("Enter")
    guest.wait_for_url(re.compile(r"/hand-off/sheet$"))
    guest.locator("#name").focus()
    guest.keyboard.type("Officer B")
    guest.keyboard.press("Enter")
    expect(guest.get_by_text("You took it.")).to_be_visible()
    assert [each.name for each in made()[0].taken] == ["Officer B"]


def test_a_reload_tells_that_the_link_was_shown_and_offers_nothing_twice(visit, site, screening, made):
    page = visit(site).new_page()
    page.goto(site.path(screening, "hand-offs"))
    offer_outside(page)
    page.reload()
    expect(page.locator("h1")).to_have_text("The link was shown before")
    assert len(made()) == 1
    assert barriers(page) == []
    page.get_by_role("link", name="Go to what was handed on").click()
    page.get_by_role("button", name="Take back").click()
    expect(page.locator(".hand-off")).to_contain_text("Taken back by Officer One")


def test_a_double_press_on_the_code_lets_the_person_in(visit, site, screening, outside):
    page = visit(site).new_page()
    page.goto(site.path(screening, "hand-offs"))
    link, code = offer_outside(page)
    guest = outside()
    guest.goto(link)
    guest.get_by_label("Code").fill(code)
    guest.get_by_role("button", name="Open the sheet").dblclick()
    guest.wait_for_url(re.compile(r"/hand-off/sheet$"))
    expect(guest.locator("article.sheet")).to_be_visible()
    guest.get_by_role("button", name="Close the sheet on this computer").click()
    guest.go_back()
    guest.reload()
    expect(guest.locator("h1")).to_have_text("Nothing opens here now")
    assert barriers(guest) == []


@pytest.mark.parametrize("viewport", [DESK, TABLET], ids=["desk", "tablet"])
def test_the_unit_is_told_from_the_result(visit, site, screening, made, viewport, tmp_path):
    page = visit(site, viewport).new_page()
    page.goto(site.path(screening, "result"))
    page.get_by_role("button", name="Tell the unit").click()
    page.wait_for_url(re.compile(r"/hand-offs#hand-off-"))
    expect(page.locator(".hand-off")).to_contain_text("Everybody on the unit")
    colleague = visit(site, viewport, "supervisor_one").new_page()
    colleague.goto(f"{site.address}/")
    look_at(colleague, tmp_path / "1_home.png")
    colleague.goto(f"{site.address}/hand-offs")
    look_at(colleague, tmp_path / "2_inbox.png")
    colleague.goto(f"{site.address}/hand-offs/{made()[0].id}")
    look_at(colleague, tmp_path / "3_alert.png")
    colleague.get_by_role("button", name="I have read it").click()
    expect(colleague.locator("#answer")).to_be_in_viewport()
    expect(colleague.locator(".receipts")).to_contain_text("Read by Supervisor One")
    page.goto(f"{site.address}/hand-offs?list=unit")
    expect(page.locator("tbody")).to_contain_text("You have not read it.")
    look_at(page, tmp_path / "4_unit.png")


def test_the_slip_prints_on_one_page_with_both_secrets(visit, site, screening, tmp_path):
    page = visit(site).new_page()
    page.goto(site.path(screening, "hand-offs"))
    offer_outside(page)
    printed = page.pdf(path=tmp_path / "slip.pdf", format="Letter", print_background=False)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
    page.emulate_media(media="print")
    expect(page.locator(".slip .secret").first).to_be_visible()
    expect(page.get_by_role("link", name="I have both")).to_be_hidden()


def test_high_contrast_has_no_barrier(visit, site, screening):
    page = visit(site).new_page()
    page.goto(site.path(screening, "hand-offs"))
    page.get_by_role("button", name="High contrast").click()
    expect(page.locator("html")).to_have_attribute("data-contrast", "more")
    assert barriers(page) == []
    offer_outside(page)
    assert barriers(page) == []
