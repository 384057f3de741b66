"""The result page in a real browser: the first screen, folding with keys, without scripts, on paper, without barriers."""

import re
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser_windows import DESK, TABLET
from playwright.sync_api import Page, expect

from screening.core.statements import Source
from screening.operations.screenings import NewStatement, save_statements

ANSWERS: dict[str, dict[Source, dict[str, object]]] = {
    "clear": {
        Source.OBSERVED: {
            "age": 15,
            "suicide_risk_now": "unsure",
            "unsafe_person_near": "yes",
            "disclosed_now": "yes",
            "disclosed_about": ("sexual_activity_for_value",),
            "items_found": ("hotel_keys", "prepaid_cards"),
            "phone_watched": "yes",
            "place_tonight": "no_place",
        },
        Source.RECORD: {"exchange_known": "yes", "missing_episodes": 4},
        Source.SAID: {"phone_watched": "no", "threatened": "declined", "age": 19},
    },
    "possible": {Source.OBSERVED: {"age": 15}, Source.SAID: {"threatened": "yes"}},
    "cannot_rule_out": {Source.OBSERVED: {"age": 15}},
}


@pytest.fixture
def result(visit, site):
    """A function: a result and how the window is opened → a page that shows it."""

    def open_page(name: str, viewport: dict[str, int] = DESK, query: str = "", **options: object) -> Page:
        screening = site.open_screening()
        new = [
            NewStatement(uuid4().hex, question, value, source)
            for source, answers in ANSWERS[name].items()
            for question, value in answers.items()
        ]
        with site.database.writing(site.officer) as tx:
            save_statements(tx, screening, new)
        page = visit(site, viewport, **options).new_page()
        page.goto(site.path(screening, f"result{query}"))
        return page

    return open_page


def barriers(page: Page) -> list[str]:
    """The barriers axe finds, each with where it is."""
    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"]]


def bottom(page: Page, selector: str) -> float:
    box = page.locator(selector).first.bounding_box()
    assert box is not None
    return box["y"] + box["height"]


@pytest.mark.parametrize("name", ANSWERS)
def test_the_first_screen_says_how_much_what_first_and_by_when(result, name, tmp_path):
    page = result(name)
    page.screenshot(path=tmp_path / f"{name}.png")
    for selector in ("#concern", ".scale", ".bounds", "#do-first", ".do-first .when", ".do-first li"):
        assert bottom(page, selector) <= DESK["height"], selector
    if name == "clear":
        expect(page.locator(".stop-steps")).to_have_count(3)
        assert bottom(page, ".stop-steps li") < DESK["height"]


@pytest.mark.parametrize("viewport", [DESK, TABLET], ids=["desk", "tablet"])
@pytest.mark.parametrize("contrast", ["standard", "more"])
@pytest.mark.parametrize("name", ANSWERS)
def test_no_barrier_axe_knows_of(result, name, viewport, contrast, tmp_path):
    page = result(name, viewport)
    if contrast == "more":
        page.get_by_role("button", name="High contrast").click()
        expect(page.locator("html")).to_have_attribute("data-contrast", "more")
    assert barriers(page) == []
    page.goto(f"{page.url.split('?')[0]}?unfold=all")
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "scrolls sideways"
    page.screenshot(path=tmp_path / f"{name}.png", full_page=True)


def test_reasons_unfold_with_keys(result):
    page = result("clear")
    finding = page.locator("details.finding").first
    finding.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(finding).to_have_attribute("open", "")
    expect(finding.locator(".proof")).to_contain_text("Records show: yes (Officer One")


def test_without_scripts_everything_works(result):
    page = result("possible", java_script_enabled=False)
    page.get_by_role("link", name="See which", exact=True).click()
    expect(page).to_have_url(re.compile(r"#open$"))
    page.locator("section[aria-labelledby=open] summary").first.click()
    page.locator("section[aria-labelledby=open] a").first.click()
    expect(page).to_have_url(re.compile(r"/sections/\w+#\w+$"))


def test_paper_shows_what_is_folded(result):
    page = result("clear")
    folded = page.locator("details.finding .proof").first
    assert not folded.is_visible()
    page.emulate_media(media="print")
    assert folded.evaluate("each => each.getBoundingClientRect().height") > 0
    assert page.locator(".contents").is_hidden()
    assert page.locator(".running").evaluate("each => getComputedStyle(each).display") == "table-header-group"


@pytest.mark.parametrize("query", ["", "?unfold=all"], ids=["screen", "paper"])
@pytest.mark.parametrize("paper", ["Letter", "A4"])
def test_it_prints(result, paper, query, tmp_path):
    page = result("clear", query=query)
    printed = page.pdf(path=tmp_path / "result.pdf", format=paper, print_background=False)
    assert printed.startswith(b"%PDF-")
    pages = len(re.findall(rb"/Type\s*/Page\b", printed))
    assert 5 < pages < (25 if not query else 45)
