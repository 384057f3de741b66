"""Keeping the directory in a real browser, on a desk and on a tablet: adding, calling, mending, reporting, joining."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser_windows import PASSWORD, Site
from playwright.sync_api import Page, expect

from screening.operations.accounts import create_user, found_agency
from screening.operations.actors import Role, system_actor

WINDOWS = {"desk": {"width": 1366, "height": 768}, "tablet": {"width": 768, "height": 1024}}


@pytest.fixture(params=WINDOWS)
def editor(request: pytest.FixtureRequest, visit: Callable[..., object], site: Site) -> Page:
    """The list of calls as the editor of an agency of its own sees it, once in each window."""
    name = f"keeper_{request.param}"
    agency = found_agency(
        site.database, name=name, username=f"{name}_admin", administrator="Ada", password=PASSWORD
    )
    with site.database.writing(system_actor(agency)) as tx:
        create_user(tx, username=name, name="Edda Editor", role=Role.DIRECTORY_EDITOR, password=PASSWORD)
    page = visit(site, WINDOWS[request.param], username=name).new_page()
    page.goto(f"{site.address}/directory/upkeep")
    return page


def faultless(page: Page) -> None:
    """No barrier axe knows of, nothing to scroll sideways, targets big enough for a finger."""
    found = Axe().run(page).response["violations"]
    assert [f"{each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"]] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "scrolls sideways"
    small = page.evaluate(
        "[...document.querySelectorAll('main button:not(.hidden-visually), main .button, main .tick, main select,"
        " main input:not([type=hidden]):not([type=checkbox]):not([type=radio])')]"
        ".filter(each => each.getBoundingClientRect().height < 44).map(each => each.outerHTML.slice(0, 160))"
    )
    assert small == []


def add(page: Page, site: Site, name: str, *, is_new: bool) -> None:
    page.goto(f"{site.address}/directory/services/new")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Organization", exact=True).fill("Harbor")
    if is_new:
        page.get_by_label("This organization is new").check()
    page.locator("[name=kinds]").first.check()
    page.locator("[name=phone-number-0]").fill("816-555-0142")
    page.get_by_role("button", name="Save", exact=True).last.click()
    page.wait_for_url(re.compile(r"/directory/services/[0-9a-f-]{36}$"))


def test_a_service_from_adding_to_joining(editor: Page, site: Site, tmp_path: Path) -> None:
    page = editor
    faultless(page)
    page.get_by_role("link", name="Add a service").click()
    faultless(page)
    page.get_by_label("Name", exact=True).focus()
    page.keyboard.type("Harbor House")
    page.keyboard.press("Enter")  # what is missing is told, and nothing typed is lost
    expect(page.get_by_role("alert")).to_contain_text("Name the organization")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Harbor House")
    faultless(page)
    page.get_by_role("button", name="More numbers").click()
    expect(page.locator("[name=phone-number-3]")).to_be_visible()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Harbor House")
    page.screenshot(path=tmp_path / "edit.png", full_page=True)

    add(page, site, "Harbor House", is_new=True)
    service = page.url.rsplit("/", 1)[-1]
    page.goto(f"{site.address}/directory/services/{service}/check")
    faultless(page)
    page.get_by_role("link", name="Something is different").click()
    page.get_by_label("With whom do you speak?").fill("Front desk")
    page.get_by_label("Alert").fill("Ring twice")
    faultless(page)
    page.get_by_role("button", name="Save", exact=True).last.click()
    page.wait_for_url(re.compile(rf"/directory/services/{service}$"))
    expect(page.locator("main")).to_contain_text("Ring twice")

    page.goto(f"{site.address}/directory/services/{service}/history")
    expect(page.locator("main")).to_contain_text("Ring twice")
    faultless(page)
    page.goto(f"{site.address}/directory/services/{service}/error")
    faultless(page)
    page.get_by_label("Phone number").check()
    page.get_by_role("button", name="Report", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Reported")
    faultless(page)
    page.goto(f"{site.address}/directory/errors")
    faultless(page)
    page.get_by_role("button", name="Mended").click()
    expect(page.locator("main")).to_contain_text("No open reports")

    add(page, site, "Harbor House Inc", is_new=False)
    page.goto(f"{site.address}/directory/duplicates")
    faultless(page)
    page.get_by_role("button", name="The same: keep the first").first.click()
    expect(page.locator("main")).to_contain_text("was joined with")
    faultless(page)
    page.get_by_role("button", name=re.compile("^Undo")).first.click()
    expect(page.get_by_role("button", name="Not the same").first).to_be_visible()

    page.goto(f"{site.address}/directory/upkeep")
    page.screenshot(path=tmp_path / "upkeep.png", full_page=True)
    printed = page.pdf(path=tmp_path / "calls.pdf", format="Letter")
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) >= 1
    page.emulate_media(media="print")
    assert page.locator("nav.lists").is_hidden()
