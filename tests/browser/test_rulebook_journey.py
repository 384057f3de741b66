"""The rulebook explorer in a real browser: no barriers, links that land, a search without scripts, paper."""

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser_windows import DESK, TABLET
from playwright.sync_api import Page, expect


@pytest.fixture
def explorer(visit, site) -> Callable[..., Page]:
    """A function: the rest of an address and how the window is opened → a page of the explorer."""

    def open_page(rest: str = "", viewport: dict[str, int] = DESK, **options: object) -> Page:
        page = visit(site, viewport, **options).new_page()
        page.goto(f"{site.address}/rulebook{rest}")
        return page

    return open_page


def barriers(page: Page) -> list[str]:
    """The barriers axe finds, each with where it is."""
    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"]]


@pytest.mark.parametrize("viewport", [DESK, TABLET], ids=["desk", "tablet"])
@pytest.mark.parametrize("contrast", ["standard", "more"])
@pytest.mark.parametrize("rest", ["", "/indicators"])
def test_no_barrier_axe_knows_of(explorer, rest, viewport, contrast, tmp_path):
    page = explorer(rest, viewport)
    if contrast == "more":
        page.get_by_role("button", name="High contrast").click()
        expect(page.locator("html")).to_have_attribute("data-contrast", "more")
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "scrolls sideways"
    page.screenshot(path=tmp_path / "rulebook.png", full_page=True)


@pytest.mark.parametrize("rest", ["/questions", "/actions", "/law", "/sources", "?q=phone", "?q=zzzz"])
def test_no_barrier_on_the_other_pages(explorer, rest):
    page = explorer(rest, TABLET)
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "scrolls sideways"


def test_without_scripts_a_search_leads_to_the_question_and_on_to_the_sign(explorer):
    page = explorer(java_script_enabled=False)
    page.get_by_label("Search the rulebook").fill("Threatened")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/rulebook\?q=Threatened$"))
    page.locator('.hits a[href$="/questions#threatened"]').click()
    expect(page.locator("#threatened h3")).to_be_in_viewport()
    sign = page.locator('#threatened .uses a[href*="/indicators#"]').first
    label = sign.inner_text()
    sign.click()
    expect(page.locator(".entry:target h3")).to_contain_text(label)
    expect(page.locator(".entry:target h3")).to_be_in_viewport()


def test_it_prints(explorer, tmp_path):
    page = explorer()
    printed = page.pdf(path=tmp_path / "rulebook.pdf", format="Letter", print_background=False)
    assert 1 < len(re.findall(rb"/Type\s*/Page\b", printed)) < 8
    page.emulate_media(media="print")
    assert page.locator(".search").is_hidden()
    assert page.locator(".flow .mark").first.is_visible()
