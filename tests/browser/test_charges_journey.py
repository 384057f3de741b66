"""The charge worksheet in a real browser: entering with keys, without scripts, on paper, without barriers."""

import re
from pathlib import Path
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser_windows import DESK
from playwright.sync_api import Page, expect

from screening.core.statements import Source
from screening.operations.screenings import NewStatement, save_statements

TABLET = {"width": 820, "height": 1180}
ANSWERS = {"birth_date": "2011-03-14", "exchange_known": "yes", "owes_someone": "yes", "phone_watched": "yes"}
CHARGES = (
    ("drug_possession", ("11", "20", "2026"), False),
    ("prostitution", ("6", "1", "2020"), False),
    ("recruiting", ("", "", ""), True),
)


@pytest.fixture
def worksheet(visit, site):
    """A function: how the window is opened → the empty worksheet of a screening with a concern."""

    def open_page(viewport: dict[str, int] = DESK, **options: object) -> Page:
        screening = site.open_screening()
        new = [
            NewStatement(uuid4().hex, question, value, Source.RECORD) for question, value in ANSWERS.items()
        ]
        with site.database.writing(site.officer) as tx:
            save_statements(tx, screening, new)
        page = visit(site, viewport, **options).new_page()
        page.goto(site.path(screening, "charges"))
        return page

    return open_page


def enter(page: Page, kind: str, day: tuple[str, str, str], privileged: bool) -> None:
    page.locator("#kind").select_option(kind)
    for place, part in enumerate(day):
        page.locator("[name=offense_on]").nth(place).fill(part)
    if privileged:
        page.locator("#privileged").check()
    page.get_by_role("button", name="Add the charge").click()
    page.wait_for_url(re.compile(r"#charge-"))


@pytest.fixture
def filled(worksheet):
    """The worksheet with three charges."""

    def open_page(viewport: dict[str, int] = DESK, **options: object) -> Page:
        page = worksheet(viewport, **options)
        for kind, day, privileged in CHARGES:
            enter(page, kind, day, privileged)
        return page

    return open_page


def barriers(page: Page) -> list[str]:
    """The barriers axe finds, each with where it is."""
    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"]]


def test_a_charge_is_entered_with_keys_only(worksheet):
    page = worksheet()
    page.locator("#kind").focus()
    page.keyboard.type("Robbery")
    for part in ("11", "2", "2026"):
        page.keyboard.press("Tab")
        page.keyboard.type(part)
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"#charge-"))
    card = page.locator(".charge")
    expect(card.locator("h3")).to_have_text("Robbery")
    expect(card).to_contain_text("Day of the offense: Nov 2, 2026")
    expect(card).to_contain_text("Kept between the youth and counsel")
    card.locator("summary").first.focus()
    page.keyboard.press("Enter")
    expect(card.locator(".proof").first).to_be_visible()


def test_bad_input_leads_to_the_field_and_loses_nothing(worksheet):
    page = worksheet()
    page.locator("#kind").select_option("theft")
    for place, part in enumerate(("13", "2", "2026")):
        page.locator("[name=offense_on]").nth(place).fill(part)
    page.get_by_role("button", name="Add the charge").click()
    page.locator(".error-summary a").click()
    expect(page.locator("#offense_on")).to_be_focused()
    expect(page.locator("#kind")).to_have_value("theft")
    expect(page.locator("#offense_on")).to_have_value("13")
    assert barriers(page) == []


def test_without_scripts_everything_works(filled):
    page = filled(java_script_enabled=False)
    expect(page.locator(".charge")).to_have_count(3)
    page.get_by_role("button", name="Take off Recruiting").click()
    expect(page.locator(".charge")).to_have_count(2)
    page.get_by_role("button", name="Put back Recruiting").click()
    expect(page.locator(".charge")).to_have_count(3)
    page.get_by_role("link", name="Version to hand on").click()
    expect(page.locator(".charge")).to_have_count(2)
    page.get_by_role("link", name="Back to the full worksheet").click()
    page.get_by_role("link", name="Result of the screening").click()
    expect(page).to_have_url(re.compile(r"/result$"))


def test_a_double_click_enters_one_charge(worksheet):
    page = worksheet()
    page.locator("#kind").select_option("theft")
    page.get_by_role("button", name="Add the charge").dblclick()
    page.wait_for_url(re.compile(r"#charge-"))
    page.reload()
    expect(page.locator(".charge")).to_have_count(1)


@pytest.mark.parametrize("viewport", [DESK, TABLET], ids=["desk", "tablet"])
@pytest.mark.parametrize("contrast", ["standard", "more"])
def test_no_barrier_axe_knows_of(filled, worksheet, viewport, contrast, tmp_path):
    page = filled(viewport)
    if contrast == "more":
        page.get_by_role("button", name="High contrast").click()
        expect(page.locator("html")).to_have_attribute("data-contrast", "more")
    assert barriers(page) == []
    page.screenshot(path=tmp_path / "first_screen.png")
    for summary in page.locator("main summary").all():
        summary.click()
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "scrolls sideways"
    page.screenshot(path=tmp_path / "worksheet.png", full_page=True)
    page.goto(f"{page.url.split('#')[0]}?share=yes")
    assert barriers(page) == []


def test_the_empty_page_has_no_barrier_and_shows_the_form_at_once(worksheet, tmp_path):
    page = worksheet()
    assert barriers(page) == []
    page.screenshot(path=tmp_path / "empty.png")
    box = page.get_by_role("button", name="Add the charge").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= DESK["height"]


def test_targets_are_large_enough(filled):
    page = filled(TABLET)
    for button in page.locator("main button, main select, main .input, .choice").all():
        box = button.bounding_box()
        assert box is not None
        assert box["height"] >= 44, button.evaluate("each => each.outerHTML")


@pytest.mark.parametrize("paper", ["Letter", "A4"])
def test_a_charge_fits_on_one_page(worksheet, paper, tmp_path):
    page = worksheet()
    enter(page, *CHARGES[0])
    assert printed_pages(page, tmp_path / "one.pdf", paper) == 1


def test_several_charges_print_without_form_and_folded_parts(filled, tmp_path):
    page = filled()
    page.emulate_media(media="print")
    for hidden in (".charge-form", ".in-full", ".charge details", ".charge form"):
        expect(page.locator(hidden).first).to_be_hidden()
    for shown in (".for-counsel", ".cautions", ".law-lines", ".asked"):
        expect(page.locator(shown).first).to_be_visible()
    assert printed_pages(page, tmp_path / "three.pdf", "Letter") <= 3


def printed_pages(page: Page, path: Path, paper: str) -> int:
    printed = page.pdf(path=path, format=paper, print_background=False)
    return len(re.findall(rb"/Type\s*/Page\b", printed))
