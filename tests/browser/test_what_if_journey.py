"""The what-if page in a real browser: at once with a script, the same without, nothing sent, nothing kept, no barrier."""

import re
from random import Random
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser_windows import DESK
from playwright.sync_api import Page, expect

from screening.core.statements import Source
from screening.operations.screenings import NewStatement, save_statements

TABLET_UPRIGHT = {"width": 820, "height": 1180}
ANSWERS: dict[str, dict[str, object]] = {
    "nothing": {},
    "little": {"age": 15, "suicide_risk_now": "no"},
    "possible": {"age": 15, "phone_watched": "yes", "items_found": ("hotel_keys",), "threatened": "unsure"},
    "clear": {
        "age": 16,
        "exchange_known": "yes",
        "items_found": ("hotel_keys", "prepaid_cards"),
        "phone_watched": "yes",
        "medical_care_now": "unsure",
        "custody": "state_care",
    },
}

# Sets the form's fields as a person would, reads what the page says, and has the server answer the same form.
COMPARE = """async (choices) => {
  const form = document.getElementById("suppositions"), found = [];
  const said = (page) => {
    const text = (each) => each.hidden || each.closest("[hidden]") ? "" : each.textContent.replace(/\\s+/g, " ").trim();
    const places = ["so-far", "open-count", "stops-asking", "no-difference", "raises", "lowers"];
    const lists = [...page.querySelectorAll(".difference h3, .difference p, .difference li")].map(text);
    const rows = [...page.querySelectorAll(".row.supposed")].map((row) => row.querySelector("[name]").name);
    return [page.getElementById("so-far").className, ...places.map((id) => text(page.getElementById(id))),
      ...lists.filter(Boolean), ...rows];
  };
  for (const chosen of choices) {
    form.reset();
    for (const [name, values] of chosen) {
      for (const field of form.elements) {
        if (field.name !== name || field.type === "hidden") continue;
        if (field.type === "checkbox") field.checked = values.includes(field.value);
        else field.value = values[0];
      }
    }
    form.elements[0].dispatchEvent(new Event("change", { bubbles: true }));
    const here = said(document);
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    const there = said(new DOMParser().parseFromString(await answer.text(), "text/html"));
    found.push({ here, there });
  }
  return found;
}"""
OFFERED = """() => {
  const offered = {};
  for (const field of document.getElementById("suppositions").elements) {
    if (!field.name?.startsWith("q.") || field.type === "hidden") continue;
    const values = field.options ? [...field.options].map(({ value }) => value) : [field.value];
    const ofThis = (offered[field.name] ??= { many: field.type === "checkbox", values: [] });
    ofThis.values.push(...values);
  }
  return offered;
}"""


@pytest.fixture
def what_if(visit, site):
    """A function: a screening and how the window is opened → a page on which its script is ready."""

    def open_page(name: str, viewport: dict[str, int] = DESK, scripted: bool = True) -> Page:
        screening = site.open_screening()
        new = [
            NewStatement(uuid4().hex, question, value, Source.OBSERVED)
            for question, value in ANSWERS[name].items()
        ]
        if new:
            with site.database.writing(site.officer) as tx:
                save_statements(tx, screening, new)
        page = visit(site, viewport, java_script_enabled=scripted).new_page()
        page.goto(site.path(screening, "what-if"))
        if scripted:
            expect(page.locator("#suppositions[data-ready]")).to_be_attached()
        return page

    return open_page


def barriers(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"]]


def chosen_at_random(offered: dict[str, dict], chance: Random) -> list[tuple[str, list[str]]]:
    names = chance.sample(sorted(offered), k=chance.randint(1, 5))
    alone = {"none-of-these", "unsure"}
    chosen = []
    for name in names:
        values = offered[name]["values"]
        some = [chance.choice(values)]
        if offered[name]["many"] and chance.random() < 0.6:
            some = [value for value in values if value not in alone and chance.random() < 0.4]
        chosen.append((name, some))
    return chosen


@pytest.mark.parametrize("name", ANSWERS)
def test_the_script_says_what_the_server_says(what_if, name):
    page = what_if(name)
    offered = page.evaluate(OFFERED)
    chance = Random(f"what-if {name}")  # noqa: S311
    choices = [[], *(chosen_at_random(offered, chance) for _ in range(15))]
    compared = page.evaluate(COMPARE, choices)
    for chosen, each in zip(choices, compared, strict=True):
        assert each["here"] == each["there"], chosen
    assert len({str(each["here"]) for each in compared}) > 8


def test_a_supposition_is_answered_at_once_and_nothing_is_sent_or_kept(what_if, site):
    page = what_if("little")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    page.locator("select[name='q.exchange_known']").select_option("yes")
    expect(page.locator("#so-far b")).to_have_text("Clear concern")
    expect(page.locator("#heard")).to_contain_text("Clear concern. It stays")
    expect(page.locator("#signs .added li").first).to_be_visible()
    expect(page.locator("label.supposed")).to_have_count(1)
    assert sent == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert "exchange" not in page.url
    page.get_by_role("link", name="Take all suppositions back").click()
    expect(page.locator("#so-far b")).to_have_text("Cannot rule out yet")
    assert page.locator(".supposed").count() == 0
    screening = page.url.split("/")[-2]
    assert {each.question for each in site.statements(screening)} == {"age", "suicide_risk_now"}


def test_with_keys_alone(what_if):
    page = what_if("little")
    page.locator("select[name='q.exchange_known']").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#so-far b")).to_have_text("Clear concern")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#so-far b")).to_have_text("Cannot rule out yet")
    box = page.locator("input[name='q.items_found'][value='hotel_keys']")
    box.focus()
    page.keyboard.press("Space")
    expect(page.locator("fieldset.supposed")).to_have_count(1)
    none = page.locator("input[name='q.items_found'][value='none-of-these']")
    none.focus()
    page.keyboard.press("Space")
    expect(box).not_to_be_checked()


def test_without_scripts_the_form_answers(what_if):
    page = what_if("little", scripted=False)
    page.locator("select[name='q.exchange_known']").select_option("yes")
    page.get_by_role("button", name="Show what it would come to").click()
    expect(page.locator("#so-far b")).to_have_text("Clear concern")
    expect(page.locator("select[name='q.exchange_known']")).to_have_value("yes")
    assert re.search(r"/what-if$", page.url)
    page.get_by_role("link", name="Result of the screening").click()
    expect(page).to_have_url(re.compile(r"/result$"))


@pytest.mark.parametrize("viewport", [DESK, TABLET_UPRIGHT], ids=["desk", "tablet"])
@pytest.mark.parametrize("name", ["little", "clear"])
def test_no_barrier_axe_knows_of(what_if, name, viewport, tmp_path):
    page = what_if(name, viewport)
    page.evaluate("for (const group of document.querySelectorAll('#suppositions details')) group.open = true")
    page.locator("select[name='q.exchange_known']").select_option("yes" if name == "little" else "no")
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "scrolls sideways"
    page.screenshot(path=tmp_path / f"{name}.png")
    low = page.locator("#suppositions select, #suppositions fieldset label, #suppositions summary")
    assert min(each["height"] for each in (one.bounding_box() for one in low.all()) if each) >= 44
    page.get_by_role("button", name="High contrast").click()
    expect(page.locator("html")).to_have_attribute("data-contrast", "more")
    assert barriers(page) == []


@pytest.mark.parametrize("viewport", [DESK, TABLET_UPRIGHT], ids=["desk", "tablet"])
def test_the_standing_stays_in_sight_beside_the_last_question(what_if, viewport):
    page = what_if("nothing", viewport)
    page.locator("#reset").scroll_into_view_if_needed()
    expect(page.locator("#so-far")).to_be_in_viewport()


def test_on_paper_it_says_that_it_is_supposed(what_if):
    page = what_if("little")
    page.locator("select[name='q.exchange_known']").select_option("yes")
    page.emulate_media(media="print")
    expect(page.get_by_text("Suppositions: nothing is saved")).to_be_visible()
    expect(page.locator("select[name='q.exchange_known']")).to_be_visible()
    assert page.locator("select[name='q.threatened']").is_hidden()
    assert page.locator("#suppositions .row:visible").count() == 1
