"""Sheets as pages and as files: the same words on both, nothing that is not on them, each look in the journal."""

import io
import os
import re
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from uuid import uuid4

import pypdf
import pytest
from bs4 import BeautifulSoup
from result_text import text_of
from sqlalchemy import select

from screening.core.charges import Charge
from screening.core.statements import Source
from screening.operations.actors import ACCOUNT_ROLES, Role
from screening.operations.charges import add_charge
from screening.operations.screenings import NewStatement, save_statements
from screening.store.models import JournalEntry
from screening.web.sheet_pdf import set_sheet
from screening.web.sheet_words import Block, Line, SheetWords

SNAPSHOTS = Path(__file__).parent / "snapshots"
REWRITE = os.environ.get("SCREENING_REWRITE_SNAPSHOTS") == "1"
CASES = ("drugs_and_hotel_keys", "across_state_line", "declines_everything")
SHEETS = (
    "unit_alert",
    "law_enforcement",
    "judiciary",
    "prosecution",
    "public_defense",
    "juvenile_detention",
    "child_protection",
    "service_provider",
)
CONCERN = {"birth_date": "2011-03-14", "exchange_known": "yes", "owes_someone": "yes", "phone_watched": "yes"}
CANARY = "Zanzibarquilt"


@pytest.fixture
def screening_id(database, people, open_screening_of) -> str:
    """A screening with a concern, a case number, a free text, and one charge that is kept with counsel."""
    id = open_screening_of(Role.INTAKE_STAFF, youth_ref="JC-4711")
    new = [NewStatement(uuid4().hex, question, value, Source.RECORD) for question, value in CONCERN.items()]
    new.append(NewStatement(uuid4().hex, "staff_reason", CANARY, Source.OBSERVED))
    with database.writing(people[Role.INTAKE_STAFF].actor) as tx:
        save_statements(tx, id, new)
        add_charge(tx, id, Charge(str(uuid4()), "drug_possession", date(2026, 11, 20)))
        add_charge(tx, id, Charge(str(uuid4()), "recruiting", date(2025, 5, 17), privileged=True))
    return id


@pytest.fixture
def officer(browser_of):
    return browser_of(Role.INTAKE_STAFF)


def pdf_of(browser, path: str) -> pypdf.PdfReader:
    response = browser.open(path)
    assert response.mimetype == "application/pdf"
    return pypdf.PdfReader(io.BytesIO(response.data))


def squeezed(text: str) -> str:
    """The text without spaces and ligatures: a file for printing breaks its lines where they end."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def said_in(reader: pypdf.PdfReader) -> str:
    return squeezed(" ".join(page.extract_text() for page in reader.pages))


# ---- choosing a sheet


def test_the_choice_names_every_sheet_and_what_it_shows(officer, screening_id):
    page = officer.get(f"/screenings/{screening_id}/sheets")
    links = [str(link["href"]) for link in page.select(".sheet-choice h2 a")]
    assert links == [f"/screenings/{screening_id}/sheets/{sheet}" for sheet in SHEETS]
    court = text_of(page, ".sheet-choice li:nth-of-type(3)")
    assert "No answer." in court
    assert "the law that fits" in court
    assert "Does the youth need medical care now?" in text_of(page, ".sheet-choice li:nth-of-type(1)")
    assert CANARY not in text_of(page)


def test_without_a_concern_the_choice_and_the_sheets_say_so(officer, open_screening_of):
    id = open_screening_of(Role.INTAKE_STAFF)
    assert "no certain concern" in text_of(officer.get(f"/screenings/{id}/sheets"))
    said = text_of(officer.get(f"/screenings/{id}/sheets/law_enforcement"))
    assert "Cannot rule out yet" in said
    assert "found signs" not in said
    assert "Why the youth is to be treated as a victim" not in said


# ---- who sees what


@pytest.mark.parametrize("sheet", SHEETS)
def test_the_file_says_what_the_page_says(officer, screening_id, sheet):
    address = f"/screenings/{screening_id}/sheets/{sheet}"
    page, printed = officer.get(address), said_in(pdf_of(officer, f"{address}.pdf"))
    lines = page.select(
        "article h1, article h2, article li, article dt, article dd, .sheet-lead p:last-child"
    )
    assert len(lines) > 8
    for line in lines:
        notes = [each.extract().get_text() for each in line.select(".note")]
        for text in (line.get_text(), *notes):
            assert squeezed(text) in printed


@pytest.mark.parametrize("sheet", SHEETS)
def test_what_is_not_on_a_sheet_is_nowhere_in_its_page_or_file(officer, screening_id, sheet, people):
    address = f"/screenings/{screening_id}/sheets/{sheet}"
    article = officer.get(address).select_one("article")
    said = squeezed(article.get_text(" ")) + said_in(pdf_of(officer, f"{address}.pdf"))
    assert squeezed(CANARY) not in said
    assert squeezed(people[Role.INTAKE_STAFF].actor.name) not in said
    assert screening_id not in str(article)
    assert "2011" not in said, "the date of birth"
    for words in ("Is the youth told that they owe someone", "track the youth"):
        assert squeezed(words) not in said
    assert ("JC-4711" in said) is (sheet != "service_provider")
    privileged = sheet == "public_defense"
    assert (squeezed("Recruiting or transporting") in said) is privileged
    assert (squeezed("May 17, 2025") in said) is privileged
    assert (squeezed("Nov 20, 2026") in said) is (sheet in ("prosecution", "public_defense"))


def test_a_file_is_tagged_titled_and_in_a_language(officer, screening_id):
    reader = pdf_of(officer, f"/screenings/{screening_id}/sheets/judiciary.pdf")
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert "/StructTreeRoot" in root
    assert reader.metadata.title == "Action sheet for judges and court staff"
    assert reader.metadata.author is None
    assert b"pdfuaid:part" in reader.trailer["/Root"]["/Metadata"].get_data()
    assert reader.pages[0].mediabox.width == 612
    assert {"/H1", "/H2", "/L"} <= tags_of(root["/StructTreeRoot"])


def tags_of(node) -> set[str]:
    """The kinds of elements in a file's structure."""
    found = {str(node["/S"])} if "/S" in node else set()
    below = node.get("/K", [])
    for each in below if isinstance(below, list) else [below]:
        inner = each.get_object() if hasattr(each, "get_object") else each
        if isinstance(inner, dict):
            found |= tags_of(inner)
    return found


def test_the_file_has_a_name_that_tells_nothing_and_is_kept_nowhere(officer, screening_id):
    response = officer.open(f"/screenings/{screening_id}/sheets/law_enforcement.pdf")
    assert response.headers["Content-Disposition"] == 'inline; filename="sheet-law-enforcement.pdf"'
    assert response.headers["Cache-Control"] == "no-store"


def test_words_are_never_read_as_markup(app):
    nasty = "#panic() $x$ [*b*] <a> @b \\ ``` *bold* _under_ // comment"
    words = SheetWords(
        id="x",
        language="en",
        title=nasty,
        facts=(nasty,),
        lead=nasty,
        level=nasty,
        blocks=tuple(
            Block(f"b{place}", nasty, style, (Line(nasty, nasty, nasty), Line(nasty, done=True)))
            for place, style in enumerate(("alarm", "boxes", "facts", "list", "fine"))
        ),
        small_print=(nasty,),
    )
    made = set_sheet(app.extensions["screening"].config.templates_path, words)
    reader = pypdf.PdfReader(io.BytesIO(made))
    assert reader.metadata.title == nasty
    assert said_in(reader).count(squeezed(nasty)) >= 20


def test_files_set_at_the_same_time_do_not_mix(app):
    templates = app.extensions["screening"].config.templates_path

    def title_of(number: int) -> str:
        words = SheetWords("x", "en", f"Sheet {number}", (), f"Lead {number}", "", (), ())
        reader = pypdf.PdfReader(io.BytesIO(set_sheet(templates, words)))
        return f"{reader.metadata.title} {said_in(reader)}"

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(title_of, range(24)))
    assert made == [f"Sheet {number} Sheet{number}Lead{number}" for number in range(24)]


# ---- addresses, permissions, journal


@pytest.mark.parametrize("sheet", ["unknown", "youth", "law_enforcement.txt"])
def test_no_other_sheet_is_there(officer, screening_id, sheet):
    officer.open(f"/screenings/{screening_id}/sheets/{sheet}", 404)
    officer.open(f"/screenings/{screening_id}/sheets/{sheet}.pdf", 404)


@pytest.mark.parametrize("end", ["sheets", "sheets/judiciary", "sheets/judiciary.pdf"])
@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.SUPERVISOR, 200),
        (Role.ADMINISTRATOR, 403),
        (Role.RULEBOOK_PUBLISHER, 403),
        (Role.CPS_WORKER, 404),  # of another agency
        (None, 303),
    ],
)
def test_only_who_may_see_the_screening_sees_its_sheets(browser_of, screening_id, end, role, status):
    browser_of(role).open(f"/screenings/{screening_id}/{end}", status)


def test_every_look_at_a_sheet_is_in_the_journal_once_in_ten_minutes(
    database, people, officer, screening_id, clock
):
    def looks() -> list[str]:
        query = select(JournalEntry.detail).where(
            JournalEntry.action == "sheet.viewed", JournalEntry.subject == screening_id
        )
        with database.reading(people[Role.SUPERVISOR].actor) as tx:
            return [
                str(detail) for detail in tx.session.execute(query.order_by(JournalEntry.sequence)).scalars()
            ]

    officer.get(f"/screenings/{screening_id}/sheets")
    assert looks() == []
    officer.get(f"/screenings/{screening_id}/sheets/judiciary")
    officer.open(f"/screenings/{screening_id}/sheets/judiciary.pdf")
    officer.get(f"/screenings/{screening_id}/sheets/prosecution")
    assert [("judiciary" in look, "prosecution" in look) for look in looks()] == [
        (True, False),
        (False, True),
    ]
    clock.pass_by(minutes=11)
    officer.get(f"/screenings/{screening_id}/sheets/judiciary")
    assert len(looks()) == 3
    assert database.verify().is_sound


def test_made_up_data_say_so_on_page_and_file(app_with, browser_in, screening_id):
    browser = browser_in(app_with(demonstration=True), Role.INTAKE_STAFF)
    address = f"/screenings/{screening_id}/sheets/judiciary"
    assert "Demonstration data." in text_of(browser.get(address), ".sheet-facts")
    assert squeezed("Demonstration data.") in said_in(pdf_of(browser, f"{address}.pdf"))


# ---- the youth's own page


@pytest.mark.parametrize("role", ACCOUNT_ROLES)
def test_everybody_signed_in_can_give_the_youths_page(browser_of, role):
    page = browser_of(role).get("/youth-page")
    assert page.select_one("[lang=es]") is not None
    assert "988" in text_of(page, "article")


def test_the_youths_page_is_behind_the_sign_in(stranger):
    stranger.open("/youth-page", 303)
    stranger.open("/youth-page.pdf", 303)


@pytest.mark.parametrize(
    ("asked", "number", "other"),
    [
        ("", "1-800-392-3738", "1-800-922-5330"),  # the installation's own state
        ("?state=us_ks", "1-800-922-5330", "1-800-392-3738"),
        ("?state=nowhere", "1-800-392-3738", "1-800-922-5330"),
        ("?state=us_ne", "988", "1-800-392-3738"),
    ],
)
def test_the_youths_page_has_the_numbers_of_the_state(officer, asked, number, other):
    said = text_of(officer.get(f"/youth-page{asked}"), "article")
    printed = said_in(pdf_of(officer, f"/youth-page.pdf{asked}"))
    assert number in said
    assert squeezed(number) in printed
    assert other not in said
    assert squeezed(other) not in printed


def test_the_youths_file_says_the_same_in_both_languages_on_one_page(officer):
    reader = pdf_of(officer, "/youth-page.pdf")
    printed = said_in(reader)
    page = officer.get("/youth-page")
    for line in page.select("article li, article h2, article h3, article dd"):
        assert squeezed(line.get_text()) in printed
    assert len(reader.pages) == 1
    assert reader.trailer["/Root"]["/Lang"] == "en"
    assert "Para ti" in text_of(page, "[lang=es]")
    assert b"es" in languages_of(reader.trailer["/Root"]["/StructTreeRoot"])


def languages_of(node) -> set[bytes]:
    """The languages that elements of a file's structure name."""
    found = {str(node["/Lang"]).encode()} if "/Lang" in node else set()
    below = node.get("/K", [])
    for each in below if isinstance(below, list) else [below]:
        inner = each.get_object() if hasattr(each, "get_object") else each
        if isinstance(inner, dict):
            found |= languages_of(inner)
    return found


# ---- the words, case by case


@pytest.mark.parametrize("case_id", CASES)
def test_sheets_of_mock_cases_read_as_they_were_approved(rulebook, browser_of, screening_of_case, case_id):
    """Run with SCREENING_REWRITE_SNAPSHOTS=1 to write them anew, then read what changed."""
    role, id = screening_of_case(rulebook.cases[case_id])
    browser = browser_of(role)
    different = []
    for sheet in SHEETS:
        words = spoken(browser.get(f"/screenings/{id}/sheets/{sheet}"), rulebook.version)
        kept = SNAPSHOTS / f"{case_id}-{sheet}.txt"
        if REWRITE:
            SNAPSHOTS.mkdir(exist_ok=True)
            kept.write_text(words, encoding="utf-8")
        if not kept.is_file() or kept.read_text(encoding="utf-8") != words:
            different.append(kept.name)
    assert different == []


def spoken(page: BeautifulSoup, version: str) -> str:
    """A sheet as plain text, a line each: what a screen reader would say."""
    article = page.select_one("article")
    lines = []
    for each in article.select("h1, h2, p, li, dl > div"):
        text = " ".join(each.get_text(" ").split()).replace(
            f"rules version {version}", "rules version VERSION"
        )
        mark = {"h1": "# ", "h2": "\n## ", "li": "- ", "div": "- "}.get(each.name, "")
        lines.append(mark + text)
    return "\n".join(lines) + "\n"
