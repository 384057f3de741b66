"""The rulebook explorer in a real browser: no barriers, links that land, a search without scripts, paper."""

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser_windows import DESK, TABLET
from playwright.sync_api import Page, expect

from screening.config import shipped_folder
from screening.core.loading import load_files, read_rule_files
from screening.operations.rulebooks import keep_rulebook


@pytest.fixture
def explorer(visit, site) -> Callable[..., Page]:
    """A function: the rest of an address and how the window is opened → a page of the explorer."""

    def open_page(rest: str = "", viewport: dict[str, int] = DESK, **options: object) -> Page:
        page = visit(site, viewport, **options).new_page()
        page.goto(f"{site.address}/rulebook{rest}")
        return page

    return open_page


@pytest.fixture(scope="session")
def earlier(site) -> str:
    """The digest of an edition that differs from the present one in a definition and in the strength of a sign."""
    files = dict(read_rule_files(shipped_folder("rules")))
    for name, now, before in (
        ("definitions.yaml", b"{age: {below: 18}}", b"{age: {below: 17}}"),
        ("indicators/01_exchange.yaml", b"strength: direct", b"strength: strong"),
    ):
        assert now in files[name]
        files[name] = files[name].replace(now, before, 1)
    book = load_files(files)
    keep_rulebook(site.database, book, files)
    return book.digest


def barriers(page: Page) -> list[str]:
    """The barriers axe finds, each with where it is."""
    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"]]


@pytest.mark.parametrize("viewport", [DESK, TABLET], ids=["desk", "tablet"])
@pytest.mark.parametrize("contrast", ["standard", "more"])
@pytest.mark.parametrize("rest", ["", "/indicators", "/tools"])
def test_no_barrier_axe_knows_of(explorer, rest, viewport, contrast, tmp_path):
    page = explorer(rest, viewport)
    if contrast == "more":
        page.get_by_role("button", name="High contrast").click()
        expect(page.locator("html")).to_have_attribute("data-contrast", "more")
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "scrolls sideways"
    page.screenshot(path=tmp_path / "rulebook.png", full_page=True)


@pytest.mark.parametrize(
    "rest",
    [
        "/questions",
        "/actions",
        "/charges",
        "/placement",
        "/services",
        "/law?place=us_mo",
        "/sources",
        "/compare",
        "?q=phone",
        "?q=zzzz",
    ],
)
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
    sign = page.locator('#threatened .uses a[href^="indicators#"]').first
    label = sign.inner_text()
    sign.click()
    expect(page.locator(".entry:target h3")).to_contain_text(label)
    expect(page.locator(".entry:target h3")).to_be_in_viewport()


@pytest.mark.parametrize("viewport", [DESK, TABLET], ids=["desk", "tablet"])
@pytest.mark.parametrize("contrast", ["standard", "more"])
def test_a_comparison_has_no_barrier_and_lies_side_by_side(
    explorer, site, earlier, viewport, contrast, tmp_path
):
    page = explorer(f"/compare/{earlier}/{site.digest}", viewport)
    if contrast == "more":
        page.get_by_role("button", name="High contrast").click()
        expect(page.locator("html")).to_have_attribute("data-contrast", "more")
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "scrolls sideways"
    old, new = sides_of(page)
    assert (old["y"], old["x"] < new["x"]) == (new["y"], True)
    page.screenshot(path=tmp_path / "comparison.png", full_page=True)


def sides_of(page: Page) -> tuple[dict[str, float], dict[str, float]]:
    """Where both sides of the changed definition lie."""
    found = [
        page.locator(f"#definition-presumed_minor .side--{which}").bounding_box() for which in ("old", "new")
    ]
    assert all(found)
    return found[0], found[1]


def test_a_comparison_is_stacked_on_a_phone_and_on_paper_and_its_marks_need_no_color(
    explorer, site, earlier, tmp_path
):
    page = explorer(f"/compare/{earlier}/{site.digest}", {"width": 390, "height": 800})
    old, new = sides_of(page)
    assert old["y"] + old["height"] <= new["y"]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "scrolls sideways"
    page.set_viewport_size(DESK)
    page.emulate_media(media="print")
    old, new = sides_of(page)
    assert old["y"] + old["height"] <= new["y"]
    for mark, line in (("del", "line-through"), ("ins", "underline")):
        decoration = "element => getComputedStyle(element).textDecorationLine"
        assert page.locator(f"#definition-presumed_minor {mark}").first.evaluate(decoration) == line
    assert page.get_by_role("link", name="Swap the two editions").is_hidden()
    printed = page.pdf(path=tmp_path / "comparison.pdf", format="Letter", print_background=False)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) >= 1


def test_with_keys_alone_a_kind_is_chosen_and_a_changed_rule_is_read_in_both_editions(
    explorer, site, earlier
):
    page = explorer(f"/compare/{earlier}/{site.digest}", java_script_enabled=False)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    page.get_by_role("link", name="Definitions", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"\?kind=definition#definition$"))
    assert page.locator(".change").count() == 1
    page.get_by_role("link", name="in the earlier edition").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"/rulebook/{earlier}/indicators#presumed_minor$"))
    expect(page.locator(".entry:target h3")).to_be_in_viewport()
    expect(page.locator(".entry:target")).to_contain_text("under 17")
    expect(page.locator(".earlier")).to_contain_text("not the present edition")
    assert too_small_to_touch(page) == []
    page.get_by_role("link", name="Read the present edition").click()
    expect(page).to_have_url(re.compile(r"/rulebook$"))


def too_small_to_touch(page: Page) -> list[str]:
    """The links of the explorer's menu that are lower than a finger needs."""
    links = page.locator(".rulebook-pages a").all()
    return [link.inner_text() for link in links if (box := link.bounding_box()) and box["height"] < 44]


def test_services_are_narrowed_by_place_without_scripts(explorer):
    page = explorer("/services", java_script_enabled=False)
    every = page.locator(".service").count()
    page.get_by_label("Serves this place").select_option("ks_wyandotte")
    page.get_by_role("button", name="Show").click()
    expect(page).to_have_url(re.compile(r"/rulebook/services\?place=ks_wyandotte$"))
    assert 0 < page.locator(".service").count() < every
    expect(page.get_by_label("Serves this place")).to_have_value("ks_wyandotte")


@pytest.mark.parametrize(
    "viewport", [DESK, TABLET, {"width": 820, "height": 1180}], ids=["desk", "tablet", "wide"]
)
def test_the_picture_is_legible_and_says_that_tools_stay_beside_the_level(explorer, viewport):
    page = explorer("", viewport)
    stages = [box for each in page.locator(".stages > *").all() if (box := each.bounding_box())]
    answers, signs, level, tools, beside = stages
    assert answers["x"] < signs["x"] < level["x"]
    assert answers["y"] == signs["y"] == level["y"]
    assert tools["y"] > signs["y"] + signs["height"] - 1
    assert abs(tools["x"] - signs["x"]) < 2
    assert abs(beside["x"] - level["x"]) < 2
    expect(page.locator(".stage--stopped")).to_contain_text("never in it")
    sizes = page.locator(".flow").evaluate(
        "flow => [...flow.querySelectorAll('*')].filter(each => each.innerText?.trim())"
        ".map(each => parseFloat(getComputedStyle(each).fontSize))"
    )
    assert min(sizes) >= 13


def test_it_prints(explorer, tmp_path):
    page = explorer()
    printed = page.pdf(path=tmp_path / "rulebook.pdf", format="Letter", print_background=False)
    assert 1 < len(re.findall(rb"/Type\s*/Page\b", printed)) < 8
    page.emulate_media(media="print")
    assert page.locator(".search").is_hidden()
    assert page.locator(".flow .mark").first.is_visible()
