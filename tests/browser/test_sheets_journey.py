"""Sheets in a real browser: chosen with keys, without barriers, on one page of paper, and the youth's own page."""

import re
from pathlib import Path
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser_windows import DESK
from playwright.sync_api import Page, expect

from screening.core.cases import statements_of
from screening.core.loading import load_rulebook
from screening.operations.screenings import NewStatement, save_statements

TABLET = {"width": 820, "height": 1180}
CASE = load_rulebook(Path(__file__).parents[2] / "rules").cases["drugs_and_hotel_keys"]
SHEETS = {
    "unit_alert": 1,
    "law_enforcement": 1,
    "judiciary": 1,
    "prosecution": 1,
    "public_defense": 1,
    "juvenile_detention": 1,
    "child_protection": 2,  # with every sign, need and service of a clear concern
    "service_provider": 1,
}


@pytest.fixture
def choice(visit, site):
    """A function: how the window is opened → the choice of sheets of a screening with a clear concern."""

    def open_page(viewport: dict[str, int] = DESK, **options: object) -> Page:
        screening = site.open_screening()
        new = [
            NewStatement(uuid4().hex, each.question, each.value, each.source) for each in statements_of(CASE)
        ]
        with site.database.writing(site.officer) as tx:
            save_statements(tx, screening, new)
        page = visit(site, viewport, **options).new_page()
        page.goto(site.path(screening, "sheets"))
        return page

    return open_page


def barriers(page: Page) -> list[str]:
    """The barriers axe finds, each with where it is."""
    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"]]


def printed_pages(page: Page, path: Path, paper: str = "Letter") -> int:
    printed = page.pdf(
        path=path, format=paper, print_background=False, prefer_css_page_size=paper == "Letter"
    )
    return len(re.findall(rb"/Type\s*/Page\b", printed))


def test_a_sheet_is_chosen_read_and_left_with_keys_only(choice):
    page = choice()
    page.get_by_role("link", name="Action sheet for law enforcement", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/sheets/law_enforcement$"))
    expect(page.locator("h1")).to_have_text("Action sheet for law enforcement")
    page.get_by_role("link", name="All sheets").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/sheets$"))
    page.get_by_role("link", name="Result of the screening").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/result$"))


@pytest.mark.parametrize("viewport", [DESK, TABLET], ids=["desk", "tablet"])
@pytest.mark.parametrize("contrast", ["standard", "more"])
def test_no_barrier_axe_knows_of(choice, site, viewport, contrast, tmp_path):
    page = choice(viewport)
    if contrast == "more":
        page.get_by_role("button", name="High contrast").click()
        expect(page.locator("html")).to_have_attribute("data-contrast", "more")
    address = page.url
    for end in ("", "/juvenile_detention", "/public_defense", "/child_protection"):
        page.goto(address + end)
        assert barriers(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "scrolls sideways"
        page.screenshot(path=tmp_path / f"sheets{end.replace('/', '-')}.png", full_page=True)
    page.goto(f"{site.address}/youth-page")
    assert barriers(page) == []
    page.screenshot(path=tmp_path / "youth.png", full_page=True)


def test_links_and_buttons_are_large_enough(choice, site):
    page = choice(TABLET)
    for link in page.locator("main .sheet-choice a").all():
        assert tall(link) >= 44
    page.goto(f"{page.url}/judiciary")
    assert tall(page.get_by_role("link", name="Open as PDF")) >= 44
    page.goto(f"{site.address}/youth-page")
    for each in page.locator("main select, main button, main a").all():
        assert tall(each) >= 44


def tall(element) -> float:
    box = element.bounding_box()
    assert box is not None
    return box["height"]


@pytest.mark.parametrize("sheet", SHEETS)
def test_a_sheet_prints_on_one_page(choice, sheet, tmp_path):
    page = choice(java_script_enabled=False)
    page.goto(f"{page.url}/{sheet}")
    page.emulate_media(media="print")
    for hidden in (".site-footer", ".sheet-tools", ".back"):
        expect(page.locator(hidden)).to_be_hidden()
    assert printed_pages(page, tmp_path / "sheet.pdf") <= SHEETS[sheet]


@pytest.mark.parametrize("paper", ["Letter", "A4"])
def test_the_youths_page_prints_on_one_page_in_both_languages(visit, site, paper, tmp_path):
    page = visit(site, DESK).new_page()
    page.goto(f"{site.address}/youth-page?state=us_mo")
    expect(page.locator("article [lang=es]").first).to_be_visible()
    page.emulate_media(media="print")
    expect(page.locator(".site-header")).to_be_hidden()
    assert printed_pages(page, tmp_path / "youth.pdf", paper) == 1


def test_the_state_is_chosen_without_scripts(visit, site):
    page = visit(site, DESK, java_script_enabled=False).new_page()
    page.goto(f"{site.address}/youth-page")
    page.get_by_label("State").select_option("us_ks")
    page.get_by_role("button", name="Show").click()
    expect(page).to_have_url(re.compile(r"state=us_ks$"))
    expect(page.locator("article")).to_contain_text("1-800-922-5330")


def test_the_file_opens_with_its_own_name(choice):
    page = choice()
    with page.expect_response(re.compile(r"judiciary\.pdf$")) as answer:
        page.evaluate("fetch(location.href + '/judiciary.pdf')")
    assert answer.value.headers["content-type"] == "application/pdf"
    assert answer.value.headers["content-disposition"].endswith('"sheet-judiciary.pdf"')
