"""Where help is, in a real browser: with keys, without scripts, on paper, without barriers."""

from pathlib import Path
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser_windows import DESK
from playwright.sync_api import Page, expect

from screening.config import shipped_folder
from screening.core.loading import load_rulebook
from screening.core.statements import Source
from screening.operations.directory.starting import begin_directory
from screening.operations.screenings import NewStatement, save_statements

TABLET = {"width": 768, "height": 1024}
ANSWERS = {
    "birth_date": "2011-03-14",
    "exchange_known": "yes",
    "owes_someone": "yes",
    "place_tonight": "no_place",
    "charge_kinds": ("status_offense",),
    "abuse_suspected": "yes",
}


@pytest.fixture(scope="module")
def begun(site) -> None:
    """The agency has the starter directory."""
    begin_directory(site.database, site.officer.agency_id, load_rulebook(shipped_folder("rules")))


@pytest.fixture
def opened(visit, site, begun):
    """A function: how the window is opened → the placement page of a screening with needs."""

    def open_page(viewport: dict[str, int] = DESK, **options: object) -> Page:
        screening = site.open_screening("24-7071")
        new = [
            NewStatement(uuid4().hex, question, value, Source.RECORD) for question, value in ANSWERS.items()
        ]
        with site.database.writing(site.officer) as tx:
            save_statements(tx, screening, new)
        page = visit(site, viewport, **options).new_page()
        page.goto(site.path(screening, "result"))
        page.get_by_role("link", name="Where help is").first.click()
        page.wait_for_url("**/placement")
        return page

    return open_page


def barriers(page: Page) -> list[str]:
    """The barriers axe finds, each with where it is."""
    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"]]


@pytest.mark.parametrize("viewport", [DESK, TABLET], ids=["desk", "tablet"])
def test_no_barrier_axe_knows_of(opened, viewport, tmp_path: Path):
    page = opened(viewport)
    for summary in page.locator("main details > summary").all():
        summary.click()
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.evaluate("scrollTo(0, 0)")
    page.screenshot(path=tmp_path / "placement.png")
    page.screenshot(path=tmp_path / "placement_whole.png", full_page=True)
    for target in page.locator("main .button, main .work a, main .choice, main .needs a").all():
        box = target.bounding_box()
        assert box is not None
        assert box["height"] >= 44, target.evaluate("each => each.outerHTML")


def test_places_are_ticked_and_asked_with_keys_and_without_scripts(opened):
    page = opened(java_script_enabled=False)
    boxes = page.locator("input[type=checkbox][name=service]")
    wanted = []
    for box in boxes.all()[:2]:
        box.focus()
        page.keyboard.press("Space")
        wanted.append(box.get_attribute("value"))
    page.get_by_role("button", name="Ask the ticked places").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/beds/ask?*")
    for service in wanted:
        assert f"service={service}" in page.url
    assert "24-7071" not in page.url


def test_an_unmet_need_and_a_call_are_one_step_away(opened):
    page = opened()
    page.get_by_role("link", name="Write down that this need was not met").first.click()
    page.wait_for_url("**/unmet-needs/new?need=*")
    page.go_back()
    page.get_by_role("link", name="Write down a call").first.click()
    page.wait_for_url("**/calls/new?service=*")


def test_paper_tells_of_places_and_not_of_the_youth(opened, tmp_path: Path):
    page = opened()
    expect(page.get_by_text("24-7071")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.get_by_text("24-7071")).to_be_hidden()
    expect(page.get_by_role("link", name="Write down a call").first).to_be_hidden()
    expect(page.locator(".place:not(.no-print) h4").first).to_be_visible()
    expect(page.locator("aside")).to_be_hidden()
