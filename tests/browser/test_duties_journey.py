"""Deadlines and the report page in a real browser: with keys, without scripts, on paper, without barriers."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser_windows import DESK
from playwright.sync_api import Page, expect

from screening.config import shipped_folder
from screening.core.loading import load_rulebook
from screening.core.rulebook import SOURCE_OF_WAY
from screening.core.statements import Source
from screening.operations.screenings import NewStatement, save_statements

TABLET = {"width": 820, "height": 1180}
KANSAS_CITY = ZoneInfo("America/Chicago")
ANSWERS = {
    "birth_date": "2011-03-14",
    "exchange_known": "yes",
    "owes_someone": "yes",
    "charge_kinds": ("status_offense",),
    "missing_now": "yes",
    "abuse_suspected": "yes",
}


@pytest.fixture
def opened(visit, site):
    """A function: a page's name and how the window is opened → that page of a screening with a concern."""

    def open_page(name: str, viewport: dict[str, int] = DESK, **options: object) -> Page:
        screening = site.open_screening()
        new = [
            NewStatement(uuid4().hex, question, value, Source.RECORD) for question, value in ANSWERS.items()
        ]
        with site.database.writing(site.officer) as tx:
            save_statements(tx, screening, new)
        page = visit(site, viewport, **options).new_page()
        page.goto(site.path(screening, name))
        return page

    return open_page


def barriers(page: Page) -> list[str]:
    """The barriers axe finds, each with where it is."""
    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"]]


def wall(hours: float) -> str:
    """The wall clock so many hours from now, as the browser's field holds it."""
    return (datetime.now(UTC) + timedelta(hours=hours)).astimezone(KANSAS_CITY).strftime("%Y-%m-%dT%H:%M")


def test_from_the_result_a_step_is_closed_with_keys_and_taken_back(opened):
    page = opened("result")
    link = page.locator(".actions a", has_text="Close with proof").first
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/duties/[0-9a-f-]+$"))
    heading = page.locator("h1").inner_text()
    page.locator("#proof").focus()
    page.keyboard.type("Call 12-345")
    page.keyboard.press("Tab")
    page.keyboard.type("Hotline worker 7")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/duties#duty-"))
    card = page.locator("article.closed")
    expect(card.locator("h3")).to_have_text(heading)
    expect(card).to_contain_text("Hotline worker 7")
    card.get_by_role("link").click()
    page.get_by_role("button", name="Take back").click()
    expect(page.get_by_role("button", name="Save as done")).to_be_visible()


def test_without_scripts_a_moment_is_entered_and_bad_input_loses_nothing(opened):
    page = opened("duties", java_script_enabled=False)
    field = page.get_by_label("When was the youth put into secure detention?")
    field.fill(wall(5))
    page.get_by_label("When did the youth come back").fill(wall(-30))
    page.get_by_role("button", name="Save these times").click()
    expect(page.locator(".error-summary")).to_contain_text("has not come yet")
    page.locator(".error-summary a").click()
    expect(field).not_to_have_value("")
    expect(page.get_by_label("When did the youth come back")).not_to_have_value("")
    assert barriers_without_scripts(page) == []
    field.fill(wall(-200))
    page.get_by_role("button", name="Save these times").click()
    late = page.locator("article", has_text="out of secure detention within")
    expect(late).to_contain_text("Overdue by")
    expect(page.locator("article", has_text="Screen again")).to_contain_text("Overdue by")


def barriers_without_scripts(page: Page) -> list[str]:
    """Axe is a script itself; without scripts at least every error leads to its field."""
    links = page.locator(".error-summary a").all()
    return [
        str(link.get_attribute("href"))
        for link in links
        if not page.locator(str(link.get_attribute("href"))).count()
    ]


def test_a_report_is_read_out_and_recorded(opened):
    page = opened("report")
    expect(page.get_by_role("link", name="1-800-392-3738")).to_be_visible()
    box = page.get_by_role("link", name="1-800-392-3738").bounding_box()
    assert box is not None
    assert box["height"] >= 44
    page.get_by_label("Report or call number").fill("2026-11")
    page.get_by_role("button", name="Save the report").dblclick()
    expect(page.locator("#reported")).to_contain_text("2026-11")
    page.goto(page.url.replace("/report#reported", "/duties").replace("/report", "/duties"))
    expect(page.locator("article.closed")).to_have_count(2)


@pytest.mark.parametrize("viewport", [DESK, TABLET], ids=["desk", "tablet"])
@pytest.mark.parametrize("contrast", ["standard", "more"])
def test_no_barrier_axe_knows_of(opened, site, viewport, contrast, tmp_path):
    page = opened("duties", viewport)
    if contrast == "more":
        page.get_by_role("button", name="High contrast").click()
        expect(page.locator("html")).to_have_attribute("data-contrast", "more")
    for name in ("duties", "duty", "report", "list", "error"):
        if name == "duty":
            page.get_by_role("link", name="Done, not done, or assign").first.click()
        elif name == "error":
            page.goto(page.url.split("/duties")[0] if "/screenings/" in page.url else site.address)
            page.go_back()
            page.locator("tbody th a").first.click()
            page.get_by_role("button", name="Save as done").click()
            expect(page.locator(".error-summary")).to_be_visible()
        elif name == "report":
            page.goto(page.url.split("/duties")[0] + "/report")
        elif name == "list":
            page.goto(f"{site.address}/duties")
        assert barriers(page) == [], name
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} scrolls sideways"
        page.screenshot(path=tmp_path / f"{name}.png")
        page.screenshot(path=tmp_path / f"{name}_whole.png", full_page=True)


def test_targets_are_large_enough(opened):
    page = opened("duties", TABLET)
    for path in ("", "/report"):
        if path:
            page.goto(page.url.split("/duties")[0] + path)
        for target in page.locator("main button, main select, main .input, main .choice, main .phone").all():
            box = target.bounding_box()
            assert box is not None
            assert box["height"] >= 44, target.evaluate("each => each.outerHTML")


@pytest.mark.parametrize("paper", ["Letter", "A4"])
def test_the_report_fits_on_one_sheet(opened, paper, tmp_path):
    page = opened("report")
    assert printed_pages(page, tmp_path / "report.pdf", paper) == 1
    page.emulate_media(media="print")
    expect(page.locator("aside")).to_be_hidden()
    expect(page.locator(".written")).to_be_visible()


def test_a_report_with_every_answer_from_two_sources_fits_on_one_sheet_too(visit, site, tmp_path):
    rulebook = load_rulebook(shipped_folder("rules"))
    screening = site.open_screening()
    known = {"yes_no": "yes", "number": 15, "date": "2011-03-14"}
    new = []
    for id in {id for line in rulebook.report.lines for id in line.questions}:
        question = rulebook.questions[id]
        options = tuple(option.id for option in question.options)
        value = {"choice": options[:1] and options[0], "choices": options}.get(question.kind) or known.get(
            question.kind
        )
        ways = question.ways[:2] if value and question.settings is None else ()
        new += [NewStatement(uuid4().hex, id, value, SOURCE_OF_WAY[way]) for way in ways]
    with site.database.writing(site.officer) as tx:
        save_statements(tx, screening, new)
    page = visit(site).new_page()
    page.goto(site.path(screening, "report"))
    expect(page.locator(".say b").nth(20)).to_be_visible()
    assert printed_pages(page, tmp_path / "full.pdf", "Letter") == 1


def printed_pages(page: Page, path: Path, paper: str) -> int:
    printed = page.pdf(path=path, format=paper, print_background=False)
    return len(re.findall(rb"/Type\s*/Page\b", printed))
