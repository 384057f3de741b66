"""Unmet need in a real browser: written down with keys, counted, on paper, without barriers."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pypdf
import pytest
from axe_playwright_python.sync_playwright import Axe
from browser_windows import DESK
from playwright.sync_api import Page, expect

from screening.core.statements import Source
from screening.operations.screenings import NewStatement, save_statements
from screening.operations.unmet_need import record_stay, record_unmet_need

TABLET = {"width": 768, "height": 1024}
BOTH = pytest.mark.parametrize("viewport", [DESK, TABLET], ids=["desk", "tablet"])


def barriers(page: Page) -> list[str]:
    """The barriers axe finds, each with where it is."""
    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"]]


def targets_too_small(page: Page) -> list[str]:
    small = []
    for target in page.locator("main button, main select, main .input, main .choice, main .button").all():
        box = target.bounding_box()
        if box is not None and box["height"] < 44:
            small.append(target.evaluate("each => each.outerHTML"))
    return small


def checked(page: Page, picture: Path) -> None:
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page scrolls sideways"
    assert targets_too_small(page) == []
    page.screenshot(path=picture, full_page=True)


@pytest.fixture
def screening_id(site):
    id = site.open_screening()
    new = [NewStatement(uuid4().hex, question, value, Source.RECORD) for question, value in ANSWERS.items()]
    with site.database.writing(site.officer) as tx:
        save_statements(tx, id, new)
    return id


ANSWERS = {"age": 15, "sex": "girl"}


@pytest.fixture(scope="module")
def counted(site):
    """Needs of months that are over: of some the number is small."""
    this_month = datetime.now(UTC).replace(day=1, hour=18)
    last = (this_month - timedelta(days=5)).replace(day=10)
    before = (last.replace(day=1) - timedelta(days=5)).replace(day=10)
    first = (before.replace(day=1) - timedelta(days=5)).replace(day=10)
    many = (
        ("no_bed", "girl", 15, last, 9),
        ("none_exists", "boy", 16, first, 12),
        ("no_bed", "girl", 17, before, 6),
        ("too_far", "girl", 12, before.replace(day=2) - timedelta(days=40), 3),
    )
    for reason, sex, age, at, count in many:
        for number in range(count):
            screening = site.open_screening(f"{reason}-{number}")
            with site.database.writing(site.officer) as tx:
                record_unmet_need(tx, screening, "safe_place_tonight", reason, at, sex, age, "", str(uuid4()))
                record_stay(tx, screening, "detention", at, at + timedelta(days=6), str(uuid4()))
                if number % 2:
                    record_stay(tx, screening, "safe_placement", at + timedelta(days=6), None, str(uuid4()))


@BOTH
def test_a_need_is_written_down_with_keys_and_followed_by_a_stay(
    visit, site, screening_id, viewport, tmp_path
):
    page = visit(site, viewport).new_page()
    page.goto(site.path(screening_id, "unmet-needs/new?need=safe_place_tonight"))
    checked(page, tmp_path / "new.png")
    page.get_by_role("button", name="Write it down").click()
    expect(page.locator(".error-summary")).to_contain_text("Choose why it was not met.")
    checked(page, tmp_path / "error.png")
    page.locator(".error-summary a").click()
    page.get_by_label("Only a waiting list").check()
    page.get_by_label("In a few words").focus()
    page.keyboard.type("Three homes called")
    page.keyboard.press("Enter")
    card = page.locator("article.entry")
    expect(card).to_contain_text("A safe place tonight")
    expect(card).to_contain_text("Girl, 15 years")
    stays = page.locator("form", has_text="Enter a stay")
    stays.get_by_label("Place").select_option("detention")
    stays.get_by_label("From").fill("2026-10-01T09:00")
    stays.get_by_role("button", name="Save the stay").click()
    stays = page.locator("form", has_text="Enter a stay")
    stays.get_by_label("Place").select_option("safe_placement")
    stays.get_by_label("From").fill("2026-10-09T09:00")
    checked(page, tmp_path / "ledger.png")
    stays.get_by_role("button", name="Save the stay").click()
    expect(page.locator("tr", has_text="Detention")).to_contain_text("8 days")
    page.get_by_text("Met after all, or entered by mistake").click()
    page.get_by_role("button", name="It is met").click()
    expect(page.locator("article.entry")).to_contain_text("Met after")
    checked(page, tmp_path / "met.png")


def test_without_scripts_an_entry_is_taken_back_and_restored(visit, site, screening_id):
    with site.database.writing(site.officer) as tx:
        record_unmet_need(tx, screening_id, "legal_help", "no_funding", tx.now, "girl", 15, "", str(uuid4()))
    page = visit(site, java_script_enabled=False).new_page()
    page.goto(site.path(screening_id, "unmet-needs"))
    page.get_by_text("Met after all, or entered by mistake").click()
    page.get_by_role("button", name="Take back: entered by mistake").click()
    expect(page.locator("article.entry")).to_have_count(0)
    # The browser unfolds what the address leads to.
    expect(page.get_by_text("1 entry was taken back")).to_be_visible()
    page.get_by_role("button", name="Count it again").click()
    expect(page.locator("article.entry")).to_have_count(1)


@BOTH
@pytest.mark.parametrize("contrast", ["standard", "more"])
@pytest.mark.usefixtures("counted")
def test_the_report_has_no_barrier_and_hides_small_numbers(visit, site, viewport, contrast, tmp_path):
    page = visit(site, viewport, "supervisor_one").new_page()
    page.goto(site.address)
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Unmet need").click()
    if contrast == "more":
        page.get_by_role("button", name="High contrast").click()
    expect(page.locator(".headline")).to_contain_text("30")
    expect(page.get_by_role("img", name="Needs that nothing met, month by month")).to_be_visible()
    expect(page.locator("#reason ~ .table-scroll tr", has_text="Too far away")).to_contain_text(
        "fewer than 5"
    )
    checked(page, tmp_path / f"report_{contrast}.png")


@pytest.mark.usefixtures("counted")
def test_on_paper_the_report_has_its_chart_its_agency_and_its_period(visit, site, tmp_path):
    page = visit(site, DESK, "supervisor_one").new_page()
    page.goto(f"{site.address}/unmet-need")
    page.emulate_media(media="print")
    expect(page.locator(".month-chart")).to_be_visible()
    expect(page.locator("form.search")).to_be_hidden()
    painted = page.locator(".month-chart rect:not(.hidden)").first.evaluate(
        "each => getComputedStyle(each).fill"
    )
    assert painted == "rgb(51, 51, 51)"  # ink, not a background that printers leave out
    page.pdf(path=tmp_path / "report.pdf", format="Letter", print_background=False)
    printed = pypdf.PdfReader(tmp_path / "report.pdf")
    text = " ".join(sheet.extract_text() for sheet in printed.pages)
    for words in ("Detention", "Month by month", "Reasons by sex", "Fewer than 5", "limits"):
        assert words in text
    assert len(printed.pages) <= 4
    drawn = b"".join(sheet.get_contents().get_data() for sheet in printed.pages)
    assert drawn.count(b" re\n") + drawn.count(b" l\n") > 10  # bars and lines are drawn
