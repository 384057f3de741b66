"""Publishing in a real browser: with keys only, on the desk and on a tablet, without barriers, with the real check."""

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser_windows import DESK, PASSWORD, TABLET, Site
from playwright.sync_api import Page, expect

from screening.config import shipped_folder
from screening.core.loading import load_files, read_rule_files
from screening.operations.accounts import create_user, found_agency
from screening.operations.actors import Role, system_actor

WINDOWS = {"desk": DESK, "tablet": TABLET}


@pytest.fixture(params=WINDOWS)
def publisher(request: pytest.FixtureRequest, visit: Callable[..., object], site: Site) -> Page:
    """The list of editions as the publisher of an agency of its own sees it, once in each window."""
    name = f"publisher_{request.node.callspec.params['publisher']}_{abs(hash(request.node.name)) % 10**6}"
    agency = found_agency(
        site.database, name=name, username=f"{name}_admin", administrator="Ada", password=PASSWORD
    )
    with site.database.writing(system_actor(agency)) as tx:
        create_user(tx, username=name, name="Pia Publisher", role=Role.RULEBOOK_PUBLISHER, password=PASSWORD)
    page = visit(site, WINDOWS[request.param], username=name).new_page()
    page.goto(f"{site.address}/rulebook/editions")
    return page


def changed(version: str) -> dict[str, bytes]:
    """The shipped rules under another version."""
    files = read_rule_files(shipped_folder("rules"))
    head = re.sub(rb"(?m)^version: .*$", f'version: "{version}"'.encode(), files["rulebook.yaml"])
    assert head != files["rulebook.yaml"]
    return files | {"rulebook.yaml": head}


def archive(files: dict[str, bytes]) -> dict[str, object]:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(f"rules/{name}", content)
    return {"name": "rules.zip", "mimeType": "application/zip", "buffer": buffer.getvalue()}


def faultless(page: Page) -> None:
    """No barrier axe knows of, nothing to scroll sideways, targets big enough for a finger."""
    found = Axe().run(page).response["violations"]
    assert [f"{each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"]] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "scrolls sideways"
    small = page.evaluate(
        "[...document.querySelectorAll('main button, main .button, main input:not([type=hidden]):not([type=checkbox])')]"
        ".filter(each => each.getBoundingClientRect().height < 44).map(each => each.outerHTML)"
    )
    assert small == []


def press(page: Page, name: str) -> None:
    """Walk to a button or link with the tab key, and press it."""
    for _ in range(200):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == name:
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"the tab key never comes to {name!r}")


def decide(page: Page, reason: str, button: str) -> None:
    """Write a reason, say yes and go on, with keys only."""
    page.get_by_label("Why?").focus()
    page.keyboard.type(reason)
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    press(page, button)


def test_from_archive_to_use_and_back(publisher: Page, site: Site, tmp_path: Path) -> None:
    page, files = publisher, changed("browser-2")
    digest = load_files(files).digest
    faultless(page)
    page.get_by_label("ZIP archive with the rule files").set_input_files(archive(files))
    page.get_by_label("ZIP archive with the rule files").focus()
    page.set_default_timeout(60_000)
    press(page, "Check this edition")
    page.wait_for_url(re.compile(rf"/rulebook/editions/{digest}$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Edition browser-2")
    faultless(page)
    page.screenshot(path=tmp_path / "edition.png", full_page=True)

    press(page, "Publish")
    expect(page.get_by_role("alert")).to_contain_text("Say why")
    faultless(page)
    decide(page, "The words are clearer", "Publish")
    expect(page.get_by_role("status")).to_contain_text("The edition is in use for new screenings")
    expect(page.locator("main")).to_contain_text("The words are clearer")
    faultless(page)
    page.screenshot(path=tmp_path / "editions.png", full_page=True)
    printed = page.pdf(path=tmp_path / "editions.pdf", format="Letter")
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", printed)) <= 3

    press(page, "Go one step back")
    expect(page.get_by_role("heading", level=1)).to_have_text("Go one step back")
    faultless(page)
    page.screenshot(path=tmp_path / "back.png", full_page=True)
    decide(page, "A question confused staff", "Go back")
    expect(page.get_by_role("status")).to_contain_text("The edition before is in use again")
    expect(page.locator("main")).to_contain_text("A question confused staff")
    expect(page.locator(".summary-box").first).to_contain_text(site.digest[:12])
    faultless(page)


def test_what_is_wrong_is_told_without_barriers(publisher: Page) -> None:
    page = publisher
    page.set_default_timeout(60_000)
    page.get_by_label("ZIP archive with the rule files").focus()
    press(page, "Check this edition")
    expect(page.get_by_role("alert")).to_contain_text("Choose the ZIP archive")
    faultless(page)

    files = changed("browser-3")
    name = next(name for name in files if name.startswith("questions/"))
    broken = files | {name: files[name].replace(b"kind: yes_no", b"kind: yes_or_no", 1)}
    page.get_by_label("ZIP archive with the rule files").set_input_files(archive(broken))
    page.get_by_role("button", name="Check this edition").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This edition cannot be published")
    expect(page.locator("main")).to_contain_text(f"{name}:")
    faultless(page)
    press(page, "Bring it in again")
    expect(page).to_have_url(re.compile(r"/rulebook/editions#bring-in$"))
