"""The directory in a real browser: no barriers, a search without scripts, an outline for keys and fingers, paper."""

import re
from dataclasses import replace

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser_windows import DESK
from directory_shelves import fill_shelves
from playwright.sync_api import Page, expect

from screening.operations.actors import Role

SMALL = {"width": 768, "height": 1024}
PHONE = {"width": 360, "height": 740}


@pytest.fixture(scope="module")
def filled(site):
    fill_shelves(site.database, replace(site.officer, role=Role.DIRECTORY_EDITOR))
    return site


@pytest.fixture
def shelf_window(filled, visit):
    """A function: the rest of an address and how the window is opened → a page of the directory."""

    def open_page(rest: str = "", viewport: dict[str, int] = DESK, **options: object) -> Page:
        page = visit(filled, viewport, **options).new_page()
        page.goto(f"{filled.address}/directory{rest}")
        return page

    return open_page


def barriers(page: Page) -> list[str]:
    """The barriers axe finds, each with where it is."""
    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"]]


def too_low(page: Page, selector: str) -> list[str]:
    """What is lower than a finger needs."""
    places = [(each.inner_text(), each.bounding_box()) for each in page.locator(selector).all()]
    return [text for text, box in places if box and box["height"] < 44]


@pytest.mark.parametrize("viewport", [DESK, SMALL], ids=["desk", "tablet"])
@pytest.mark.parametrize("contrast", ["standard", "more"])
def test_no_barrier_axe_knows_of(shelf_window, viewport, contrast, tmp_path):
    page = shelf_window("?area=mo_jackson", viewport)
    if contrast == "more":
        page.get_by_role("button", name="High contrast").click()
        expect(page.locator("html")).to_have_attribute("data-contrast", "more")
    for name, address in (("list", "?area=mo_jackson"), ("none", "?q=zzzz"), ("map", "/map")):
        page.goto(page.url.partition("/directory")[0] + f"/directory{address}")
        assert barriers(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "scrolls sideways"
        page.screenshot(path=tmp_path / f"{name}.png", full_page=True)
    page.goto(page.url.partition("/directory")[0] + "/directory?q=fir")
    page.get_by_role("link", name="Fir Refuge").click()
    assert barriers(page) == []
    page.get_by_role("button", name="Show confidential details").click()
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "scrolls sideways"
    page.screenshot(path=tmp_path / "service.png", full_page=True)


def test_without_scripts_a_shelter_is_found_and_what_is_confidential_is_shown_once(shelf_window):
    page = shelf_window(java_script_enabled=False)
    page.get_by_label("Kind of help").select_option("safe_home")
    page.get_by_label("Serves this place").select_option("ks_johnson")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page).to_have_url(re.compile(r"kind=safe_home&area=ks_johnson"))
    page.get_by_role("link", name="Fir Refuge").click()
    expect(page.get_by_text("9 Fir Court")).to_have_count(0)
    page.get_by_role("button", name="Show confidential details").click()
    expect(page.get_by_text("9 Fir Court")).to_be_visible()
    page.get_by_role("link", name="Fold away again").click()
    expect(page.get_by_text("9 Fir Court")).to_have_count(0)


def test_with_keys_alone_a_county_of_the_outline_leads_to_its_list(shelf_window):
    page = shelf_window("/map")
    county = page.get_by_role("link", name=re.compile("^Wyandotte County, Kansas: 0 services"))
    county.focus()
    assert county.locator("path").evaluate("path => getComputedStyle(path).strokeWidth") == "12px"
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/directory\?area=ks_wyandotte$"))
    expect(page.get_by_label("Serves this place")).to_have_value("ks_wyandotte")


def test_everything_is_big_enough_to_touch_and_fits_a_small_screen(shelf_window, tmp_path):
    page = shelf_window("/map", PHONE)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "scrolls sideways"
    assert too_low(page, ".table a") == []
    expect(page.locator(".county .name").first).to_be_hidden()
    page.screenshot(path=tmp_path / "map.png", full_page=True)
    assert barriers(page) == []
    page.goto(page.url.replace("/map", ""))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "scrolls sideways"
    assert too_low(page, ".entry h2 a, .filters select, .filters button, .views a") == []
    page.screenshot(path=tmp_path / "list.png", full_page=True)


def test_the_list_prints_without_its_form(shelf_window, tmp_path):
    page = shelf_window("?all=1")
    page.emulate_media(media="print")
    assert page.locator(".filters").is_hidden()
    assert page.get_by_text("Acorn House").first.is_visible()
    expect(page.get_by_text("Printed lists grow old")).to_be_visible()
    printed = page.pdf(path=tmp_path / "directory.pdf", format="Letter", print_background=False)
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", printed)) <= 3
