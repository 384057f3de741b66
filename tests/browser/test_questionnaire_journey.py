"""The questionnaire in a real browser: with keys only, without scripts, with a bad connection, in two tabs."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser_windows import DESK, TABLET, sign_in_through
from playwright.sync_api import Page, expect

SAVED = re.compile(r"^Saved \d\d:\d\d$")
SECTION = re.compile(r"/sections/")


def active(page: Page, of: str = "name") -> str:
    """An attribute of the element in focus."""
    return page.evaluate("attribute => document.activeElement.getAttribute(attribute) ?? ''", of)


def saved(page: Page) -> None:
    """Wait until the page says that everything is saved."""
    expect(page.locator("#saved")).to_have_text(SAVED)


def go_on(page: Page) -> None:
    """Save and continue with keys; done when the next page is there."""
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")


def values(site, screening, question):
    return [statement.value for statement in site.statements(screening) if statement.question == question]


def open_section(window, site, screening, section) -> Page:
    page = window.new_page()
    page.goto(site.path(screening, f"sections/{section}"))
    return page


# ---- whole journeys


def test_from_the_list_to_the_result_with_keys_only(visit, site):
    page = visit(site).new_page()
    page.goto(site.address)
    page.locator("a[href='/screenings/new']").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/screenings/new")
    for name, value in (("setting", "detention"), ("jurisdiction", "us_mo")):
        page.locator(f"[name={name}][value={value}]").focus()
        page.keyboard.press("Space")
    page.locator("[name=youth_ref]").focus()
    page.keyboard.type("24-77")
    page.keyboard.press("Enter")
    page.wait_for_url(SECTION)
    visited = []
    while SECTION.search(page.url):
        visited.append(page.url)
        answer_with_keys(page)
        go_on(page)
    assert page.url.endswith("/check")
    assert len(visited) == page.locator(".checked").count()
    page.get_by_role("button", name="Complete and see the result").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/result")
    expect(page.locator("h1")).to_be_visible()


def answer_with_keys(page: Page) -> None:
    """Enter into the first open row, then an answer and Enter for each row until the button is reached."""
    page.keyboard.press("Enter")
    for _ in range(60):
        if active(page, "type") == "radio":
            page.keyboard.press("2")
        if active(page, "type") == "submit" or not active(page):
            break
        page.keyboard.press("Enter")
    assert active(page, "type") == "submit"


def test_from_the_first_section_to_the_result_without_scripts(visit, site):
    screening = site.open_screening()
    page = open_section(visit(site, java_script_enabled=False), site, screening, "right_now")
    sections = 0
    while SECTION.search(page.url):
        sections += 1
        for row in page.locator("fieldset:visible").all():
            if row.locator("input[type=radio]").count():
                row.locator("input[type=radio]").nth(1).check()
        page.get_by_role("button", name="Save and continue").click()
        page.wait_for_load_state()
    assert page.url.endswith("/check")
    assert sections == page.locator(".checked").count()
    assert len(site.statements(screening)) > 30
    page.get_by_role("button", name="Complete and see the result").click()
    expect(page).to_have_url(re.compile(r"/result$"))


def test_without_scripts_enter_saves_and_further_rows_come_by_a_button(visit, small_site):
    screening = small_site.open_screening()
    page = open_section(visit(small_site, java_script_enabled=False), small_site, screening, "now")
    page.locator("[name='hurt.observed'][value=no]").check()
    page.get_by_role("button", name="Also from").first.click()
    page.locator("[name='hurt.said'][value=declined]").check()
    page.locator("[name='hurt.said'][value=declined]").press("Enter")
    expect(page).to_have_url(re.compile("/sections/who$"))
    assert values(small_site, screening, "hurt") == ["no", "declined"]
    page.go_back()
    expect(page.locator("[name='hurt.said'][value=declined]")).to_be_checked()


# ---- saving as answers are given


def test_an_answer_outlives_the_tab(visit, small_site):
    screening = small_site.open_screening()
    window = visit(small_site)
    page = open_section(window, small_site, screening, "now")
    page.locator("[name='hurt.observed'][value=no]").focus()
    page.keyboard.press("3")
    saved(page)
    page.close()
    again = open_section(window, small_site, screening, "now")
    expect(again.locator("[name='hurt.observed'][value=unsure]")).to_be_checked()


def test_back_shows_what_was_saved(visit, small_site):
    screening = small_site.open_screening()
    page = open_section(visit(small_site), small_site, screening, "now")
    page.locator("[name='hurt.observed'][value=no]").check()
    go_on(page)
    page.go_back()
    expect(page.locator("[name='hurt.observed'][value=no]")).to_be_checked()
    page.locator("[name='hurt.observed'][value=unsure]").check()
    saved(page)
    go_on(page)
    assert values(small_site, screening, "hurt") == ["no", "unsure"]


def test_two_tabs_keep_each_others_answers(visit, small_site):
    screening = small_site.open_screening()
    window = visit(small_site)
    first, second = (open_section(window, small_site, screening, "who") for _ in range(2))
    first.locator("[name='age.record']").first.fill("15")
    first.locator("[name='age.record']").first.press("Enter")
    saved(first)
    second.locator("[name='where.record']").select_option("mo_two")
    saved(second)
    go_on(second)
    go_on(first)
    assert values(small_site, screening, "age") == [15]
    assert values(small_site, screening, "where") == ["mo_two"]


def test_answers_wait_for_the_connection_and_leaving_is_warned_of(visit, small_site):
    screening = small_site.open_screening()
    window = visit(small_site)
    page = open_section(window, small_site, screening, "now")
    window.set_offline(True)
    page.locator("[name='hurt.observed'][value=no]").check()
    expect(page.locator("#saved")).to_have_text("Not saved yet – retrying")
    page.locator("[name='told.observed'][value=no]").check()
    page.keyboard.press("Control+Enter")
    with page.expect_event("dialog") as warned:
        page.evaluate("setTimeout(() => location.reload())")
    warned.value.dismiss()
    window.set_offline(False)
    saved(page)
    assert values(small_site, screening, "hurt") == ["no"]
    assert values(small_site, screening, "told") == ["no"]


def test_signed_out_keeps_the_answers_until_signed_in_again(visit, small_site):
    screening = small_site.open_screening()
    window = visit(small_site)
    page = open_section(window, small_site, screening, "now")
    window.clear_cookies()
    page.locator("[name='hurt.observed'][value=no]").check()
    expect(page.locator("#saved")).to_contain_text("You were signed out.")
    other = window.new_page()
    sign_in_through(other, small_site)
    page.get_by_role("button", name="Retry").click()
    saved(page)
    expect(page.get_by_role("button", name="Retry")).to_be_hidden()
    go_on(page)
    assert values(small_site, screening, "hurt") == ["no"]


def test_another_person_who_signs_in_does_not_save_what_the_first_one_saw(visit, small_site):
    screening = small_site.open_screening()
    window = visit(small_site)
    page = open_section(window, small_site, screening, "now")
    window.clear_cookies()
    page.locator("[name='hurt.observed'][value=no]").check()
    expect(page.locator("#saved")).to_contain_text("You were signed out.")
    sign_in_through(window.new_page(), small_site, "supervisor_one")
    page.get_by_role("button", name="Retry").click()
    expect(page.locator("#saved")).to_contain_text("Not saved. Reload this page")
    assert values(small_site, screening, "hurt") == []


# ---- what an answer sets off


def test_an_answer_that_calls_for_action_moves_the_focus_there(visit, small_site):
    screening = small_site.open_screening()
    page = open_section(visit(small_site), small_site, screening, "now")
    page.locator("[name='hurt.observed'][value=yes]").check()
    stop = page.locator("#stops")
    expect(stop).to_be_focused()
    expect(stop).to_have_text("Act now Danger now See the steps")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/interruptions/danger_now?then=now")
    page.get_by_role("link", name="Continue screening").press("Enter")
    page.wait_for_url("**/sections/now")


def test_what_follows_from_an_answer_is_shown_at_once(visit, small_site):
    screening = small_site.open_screening()
    page = open_section(visit(small_site), small_site, screening, "now")
    expect(page.locator("#told_what")).to_be_hidden()
    page.locator("[name='told.observed'][value=yes]").check()
    expect(page.locator("#told_what")).to_be_visible()
    expect(page.locator("#so-far b")).to_have_text("Clear concern")
    expect(page.locator("#may-stop")).to_be_visible()
    expect(page.locator(".steps .is-current small")).to_have_text("1 of 3")
    page.locator("[name='told.observed'][value=no]").check()
    expect(page.locator("#told_what")).to_be_hidden()
    expect(page.locator("#may-stop")).to_be_hidden()


def test_rows_for_further_sources_are_fetched_into_the_page(visit, small_site):
    screening = small_site.open_screening()
    page = open_section(visit(small_site), small_site, screening, "now")
    page.locator("[name='hurt.observed'][value=no]").check()
    page.get_by_role("button", name="Also from the youth, records").press("Enter")
    expect(page.locator("[name='hurt.said']").first).to_be_focused()
    expect(page.locator("#hurt .say")).to_contain_text("Are you hurt?")
    page.keyboard.press("4")
    page.keyboard.press("Enter")
    page.keyboard.press("1")
    saved(page)
    page.locator("[name='told.observed'][value=yes]").check()
    expect(page.locator("#hurt .say")).to_be_hidden()
    go_on(page)
    assert values(small_site, screening, "hurt") == ["no", "declined", "yes"]


def test_answers_that_cannot_stand_together_give_way_to_the_last(visit, small_site):
    screening = small_site.open_screening()
    page = open_section(visit(small_site), small_site, screening, "who")
    keys = page.locator("[name='found.observed'][value=keys]")
    keys.check()
    page.locator("[name='found.observed'][value=none-of-these]").check()
    expect(keys).not_to_be_checked()
    number = page.locator("[name='age.record'][inputmode]")
    number.fill("15")
    page.locator("[name='age.record'][value=unsure]").check()
    expect(number).to_have_value("")
    saved(page)
    go_on(page)
    assert values(small_site, screening, "age") == ["unsure"]
    assert values(small_site, screening, "found")[-1] == ()


# ---- mistakes


def test_a_mistake_is_named_beside_the_row_then_in_a_summary_that_leads_there(visit, small_site):
    screening = small_site.open_screening()
    page = open_section(visit(small_site), small_site, screening, "who")
    number = page.locator("[name='age.record'][inputmode]")
    number.fill("203")
    number.press("Enter")
    message = page.locator("[id='age.record-e']")
    expect(message).to_have_text("Enter a number from 0 to 120.")
    expect(page.locator("#saved")).to_have_text("Not saved. See the message beside the answer.")
    go_on(page)
    expect(page).to_have_title(re.compile("^Error: Who"))
    expect(page.locator(".error-summary")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(number).to_be_focused()
    expect(number).to_have_value("203")
    number.fill("15")
    number.press("Enter")
    saved(page)
    expect(message).to_have_count(0)
    go_on(page)
    assert values(small_site, screening, "age") == [15]


# ---- for everyone


@pytest.mark.parametrize("viewport", [DESK, TABLET], ids=["desk", "tablet"])
@pytest.mark.parametrize("contrast", ["standard", "more"])
def test_no_page_has_a_barrier_axe_knows_of(visit, site, viewport, contrast):
    screening = site.open_screening()
    page = open_section(visit(site, viewport), site, screening, "right_now")
    if contrast == "more":
        page.get_by_role("button", name="High contrast").click()
        expect(page.locator("html")).to_have_attribute("data-contrast", "more")
        page.goto(site.path(screening, "sections/right_now"))
    addresses = [link.get_attribute("href") for link in page.locator(".steps a").all()]
    page.locator("[name='unsafe_person_near.observed'][value=yes]").check()
    expect(page.locator("#stops")).to_be_focused()
    barriers = axe(page)
    for address in [f"sections/{address}" for address in addresses] + ["check", "interruptions/danger_now"]:
        page.goto(site.path(screening, address))
        barriers += axe(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (
            f"{address} scrolls sideways"
        )
    assert barriers == []


def axe(page: Page) -> list[str]:
    """The barriers on a page, each with where it is."""
    found = Axe().run(page).response["violations"]
    return [f"{page.url}: {each['id']}: {node['html'][:120]}" for each in found for node in each["nodes"]]


def test_a_page_with_mistakes_has_no_barrier(visit, small_site):
    screening = small_site.open_screening()
    page = open_section(visit(small_site), small_site, screening, "who")
    page.locator("[name='age.record'][inputmode]").fill("203")
    page.locator("[name='birth_date.record'][inputmode]").first.fill("2")
    go_on(page)
    assert page.locator(".error-message").count() == 2
    assert axe(page) == []


def test_nothing_is_kept_in_the_browser(visit, small_site):
    screening = small_site.open_screening()
    window = visit(small_site)
    page = open_section(window, small_site, screening, "now")
    page.locator("[name='hurt.observed'][value=no]").check()
    saved(page)
    stored = page.evaluate(
        "async () => [localStorage.length, sessionStorage.length, (await indexedDB.databases()).length,"
        " (await caches.keys()).length]"
    )
    assert stored == [0, 0, 0, 0]
    assert {cookie["name"] for cookie in window.cookies()} == {"sitting"}
