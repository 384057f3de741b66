"""Referrals and the offer of an advocate in a real browser: in the middle of a screening, with and without scripts."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser_windows import DESK
from playwright.sync_api import Page, expect

from screening.config import shipped_folder
from screening.core.directory_seed import STARTER, starter_rows
from screening.core.directory_values import derived_id
from screening.core.loading import load_rulebook
from screening.operations.accounts import create_user, sign_in
from screening.operations.actors import Role, system_actor
from screening.operations.directory import import_directory
from screening.operations.referrals import referrals_of

TABLET = {"width": 768, "height": 1024}
VOICE = derived_id(STARTER, "service", "kc_veronicas_voice")
WINDOWS = pytest.mark.parametrize("viewport", [DESK, TABLET], ids=["desk", "tablet"])


@pytest.fixture(scope="module")
def stocked(site):
    """The running agency has the starter directory."""
    rulebook = load_rulebook(shipped_folder("rules"))
    agency = site.officer.agency_id
    with site.database.writing(system_actor(agency)) as tx:
        create_user(
            tx, username="editor_refer", name="Editor", role=Role.DIRECTORY_EDITOR, password="correct horse"
        )
    editor = sign_in(site.database, "editor_refer", "correct horse")
    import_directory(
        site.database, editor, starter_rows(rulebook.services.values(), rulebook.kinds), source=STARTER
    )
    return site


def barriers(page: Page) -> list[str]:
    """The barriers axe finds, each with where it is."""
    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"]]


def small_targets(page: Page) -> list[str]:
    """Buttons, fields and phone numbers of the page that are lower than 44 px."""
    found = page.locator(
        "main button:visible:not(.hidden-visually), main select, main .input:visible, main .phone, main .choice"
    )
    boxes = [(each.bounding_box(), each.evaluate("each => each.outerHTML")) for each in found.all()]
    return [html[:120] for box, html in boxes if box is not None and box["height"] < 44]


def sound(page: Page, name: str) -> None:
    assert barriers(page) == [], name
    assert small_targets(page) == [], name
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} scrolls sideways"


def steps(site, screening: str) -> list[list[str]]:
    with site.database.reading(site.officer) as tx:
        return [[each.step for each in found.steps] for found in referrals_of(tx, screening)]


def answers(site, screening: str) -> set[tuple[str, object]]:
    return {(each.question, each.value) for each in site.statements(screening)}


@WINDOWS
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_an_advocate_in_the_middle_of_a_screening_loses_no_answer(visit, stocked, viewport, scripts):
    site, screening = stocked, stocked.open_screening()
    page = visit(site, viewport, java_script_enabled=scripts).new_page()
    page.goto(site.path(screening, "sections/who"))
    page.locator("[name='age.record']").first.fill("15")  # typed, and not saved yet
    offer = page.get_by_role("button", name="Ask a survivor advocate")
    expect(offer).to_be_in_viewport()
    offer.click()
    page.wait_for_url(re.compile(r"/advocate\?then=who"))
    assert ("age", 15) in answers(site, screening)
    before = site.statements(screening)
    expect(page.get_by_role("button", name="The youth would like this")).to_be_visible()
    page.get_by_role("button", name="The youth would like this").click()
    page.wait_for_url(re.compile(r"/sections/who\?advocate=wanted"))
    expect(page.locator("#saved")).to_contain_text("call the advocate")
    expect(page.locator("[name='age.record']").first).to_have_value("15")
    assert site.statements(screening) == before
    assert steps(site, screening) == [["offered", "accepted"]]


@WINDOWS
def test_from_the_offer_to_the_call_and_to_the_end(visit, stocked, viewport, tmp_path):
    site, screening = stocked, stocked.open_screening()
    page = visit(site, viewport).new_page()
    page.goto(site.path(screening, "advocate?then=needs"))
    sound(page, "advocate")
    page.screenshot(path=tmp_path / "advocate.png")
    page.get_by_role("button", name="The youth would like this").click()
    page.goto(site.path(screening, "advocate"))
    sound(page, "advocate, wanted")
    page.get_by_role("button", name="We called together").click()
    page.wait_for_url(re.compile(r"/referrals$"))
    sound(page, "referrals")
    page.get_by_label("Short note").fill("Comes on Thursday")
    page.get_by_role("button", name="Admitted or begun").click()
    page.wait_for_url(re.compile(r"#referral-"))
    expect(page.locator(".timeline li").last).to_contain_text("Comes on Thursday")
    page.get_by_label("Short note").press("Enter")  # Enter records nothing by accident
    expect(page.locator(".error-summary")).to_contain_text("Choose what happened")
    sound(page, "referrals with an error")
    page.get_by_role("button", name="Finished as planned").click()
    expect(page.locator(".standing")).to_contain_text("Over")
    page.get_by_role("link", name="Offer it again").click()
    expect(page.locator("h1")).to_have_text("New referral")
    sound(page, "new")
    page.screenshot(path=tmp_path / "new.png")
    page.get_by_label("Offered, no answer yet").check()
    page.get_by_role("button", name="Save the referral").dblclick()
    page.wait_for_url(re.compile(r"#referral-"))
    page.screenshot(path=tmp_path / "referrals.png", full_page=True)
    page.goto(f"{site.address}/referrals")
    sound(page, "list")
    page.screenshot(path=tmp_path / "list.png")
    assert steps(site, screening) == [
        ["offered", "accepted", "contacted", "admitted", "completed"],
        ["offered"],
    ]
