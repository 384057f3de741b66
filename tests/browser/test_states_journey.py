"""Choosing a state with keys, and the notice when the youth was found in another one, in a real browser."""

from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser_windows import DESK, TABLET
from playwright.sync_api import Page, expect

from screening.core.statements import Source
from screening.operations.screenings import NewStatement, find_screening, save_statements


def faultless(page: Page) -> None:
    """No barrier axe knows of, nothing to scroll sideways, targets big enough for a finger."""
    found = Axe().run(page).response["violations"]
    assert [f"{each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"]] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "scrolls sideways"
    small = page.evaluate(
        "[...document.querySelectorAll('main select, main button, main .choice')]"
        ".filter(each => each.getBoundingClientRect().height < 44).map(each => each.outerHTML)"
    )
    assert small == []


def test_another_state_is_chosen_with_keys_only(visit, site):
    page = visit(site).new_page()
    page.goto(f"{site.address}/screenings/new")
    page.locator("[name=setting][value=detention]").focus()
    page.keyboard.press("Space")
    page.locator("[name=jurisdiction][value=another]").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    expect(page.locator("#other_state")).to_be_focused()
    page.keyboard.type("Neb")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sections/**")
    screening_id = page.url.split("/screenings/")[1].split("/")[0]
    with site.database.reading(site.officer) as tx:
        assert find_screening(tx, screening_id).jurisdiction == "us_ne"


@pytest.mark.parametrize("viewport", [DESK, TABLET], ids=["desk", "tablet"])
def test_the_choice_and_its_mistakes_have_no_barrier(visit, site, viewport):
    page = visit(site, viewport).new_page()
    page.goto(f"{site.address}/screenings/new")
    faultless(page)
    page.locator("[name=jurisdiction][value=us_ks]").check()
    page.locator("#other_state").select_option("us_ne")
    page.get_by_role("button", name="Start").click()
    expect(page.locator(".error-summary")).to_be_visible()
    expect(page.locator("#other_state")).to_have_value("us_ne")
    faultless(page)


@pytest.mark.parametrize("viewport", [DESK, TABLET], ids=["desk", "tablet"])
def test_the_notice_leads_to_the_law_of_the_place(visit, site, viewport):
    screening_id = site.open_screening()
    answers = {"age": 15, "county_found": "ks_johnson", "exchange_known": "yes"}
    with site.database.writing(site.officer) as tx:
        save_statements(
            tx,
            screening_id,
            [
                NewStatement(uuid4().hex, question, value, Source.RECORD)
                for question, value in answers.items()
            ],
        )
    page = visit(site, viewport).new_page()
    page.goto(site.path(screening_id, "result"))
    expect(page.locator("#elsewhere")).to_be_visible()
    faultless(page)
    page.locator("#elsewhere").get_by_role("link", name="Read the law of Kansas").click()
    expect(page.locator("#ks_protective_custody")).to_be_attached()
