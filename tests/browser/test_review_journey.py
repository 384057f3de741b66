"""Sign-off in a real browser: what waits, both levels, the three decisions, with keys, without barriers, on paper."""

import re
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser_windows import DESK
from playwright.sync_api import Page, expect

from screening.core.statements import Source
from screening.operations.screenings import NewStatement, complete_screening, save_statements

TABLET = {"width": 820, "height": 1180}


@pytest.fixture
def completed(site):
    """A screening without a sign, completed; out: its id."""
    id = site.open_screening()
    with site.database.writing(site.officer) as tx:
        save_statements(tx, id, [NewStatement(uuid4().hex, "birth_date", "2011-03-14", Source.RECORD)])
    with site.database.writing(site.officer) as tx:
        complete_screening(tx, id)
    return id


def barriers(page: Page) -> list[str]:
    """The barriers axe finds, each with where it is."""
    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"]]


@pytest.mark.parametrize("viewport", [DESK, TABLET], ids=["desk", "tablet"])
def test_from_the_list_to_another_level(visit, site, completed, viewport, tmp_path):
    page = visit(site, viewport, "supervisor_one").new_page()
    page.goto(f"{site.address}/reviews")
    assert barriers(page) == []
    page.screenshot(path=tmp_path / "1_list.png", full_page=True)
    page.locator(f'a[href="/screenings/{completed}/review"]').click()
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "scrolls sideways"
    page.screenshot(path=tmp_path / "2_review.png", full_page=True)
    for target in page.locator("main button, main textarea, .choice").all():
        box = target.bounding_box()
        assert box is not None
        assert box["height"] >= 44, target.evaluate("each => each.outerHTML")
    page.get_by_role("button", name="Set this level").click()
    page.locator(".error-summary a").first.click()
    expect(page.locator("#level_set")).to_be_focused()
    assert barriers(page) == []
    page.get_by_label("Possible concern").check()
    page.locator("#reason-overridden").fill("The hospital called")
    page.get_by_role("button", name="Set this level").click()
    expect(page.locator(".levels .set b")).to_have_text("Possible concern")
    expect(page.locator(".raised").first).to_be_visible()
    assert barriers(page) == []
    page.screenshot(path=tmp_path / "3_set.png", full_page=True)
    page.get_by_role("link", name="The whole result, with all reasons").click()
    expect(page.locator("#overridden")).to_be_in_viewport()
    assert barriers(page) == []
    page.screenshot(path=tmp_path / "4_result.png")
    page.emulate_media(media="print")
    expect(page.locator("#overridden")).to_be_visible()
    expect(page.locator("#concern")).to_be_visible()


def test_with_keys_only_and_without_scripts(visit, site, completed):
    page = visit(site, DESK, "supervisor_one", java_script_enabled=False).new_page()
    page.goto(site.path(completed, "review"))
    page.locator("#reason-sent_back").focus()
    page.keyboard.type("A record is missing")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"#history$"))
    expect(page.locator("main")).to_contain_text("This screening is still open.")
    officer = visit(site).new_page()
    officer.goto(site.path(completed, "check"))
    expect(officer.locator("form.finish")).to_contain_text("Once completed it can be reopened until")
    assert barriers(officer) == []
