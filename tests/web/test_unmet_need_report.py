"""The report of unmet need: right numbers, and no hidden one anywhere in the page or the file."""

import csv
import io
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import z3
from bs4 import BeautifulSoup
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from result_text import text_of, texts
from sqlalchemy import select

from screening.core.placement_waits import UnmetEntry
from screening.core.unmet_counts import Figure, Tally, shown_counts
from screening.operations.accounts import sign_in
from screening.operations.actors import Role
from screening.operations.unmet_need import CountedPeriod, record_stay, record_unmet_need
from screening.store.models import JournalEntry
from screening.web.services import Services
from screening.web.unmet_need_report_pages import csv_lines
from screening.web.unmet_need_report_views import ReportView, counting_order, csv_rows

SMALLEST = 5
FEW = "fewer than 5"
NOT_SHOWN = "not shown"


@pytest.fixture
def supervisor(browser_of):
    return browser_of(Role.SUPERVISOR)


@pytest.fixture
def needed(database, people, screen):
    """A function: how many youths, and what of each need → so many entries on screenings of their own."""

    def write_down(many: int, *, month: int = 9, **other: object) -> list[str]:
        screenings = []
        for _ in range(many):
            screenings.append(screen(youth_ref=uuid4().hex))
            with database.writing(people[Role.INTAKE_STAFF].actor) as tx:
                values = {
                    "need": "safe_place_tonight",
                    "reason": "no_bed",
                    "sex": "girl",
                    "age": 15,
                    "words": "",
                }
                values["needed_at"] = datetime(2026, month, 10, 18, tzinfo=UTC)
                record_unmet_need(tx, screenings[-1], **{**values, **other}, id=str(uuid4()))
        return screenings

    return write_down


@pytest.fixture
def stayed(database, people):
    """A function: screening, place, from which day of the need on for how many days → a stay."""

    def enter(screening_id: str, place: str, first: int, days: int | None) -> None:
        start = datetime(2026, 9, 10, 18, tzinfo=UTC) + timedelta(days=first)
        end = None if days is None else start + timedelta(days=days)
        with database.writing(people[Role.INTAKE_STAFF].actor) as tx:
            record_stay(tx, screening_id, place, start, end, str(uuid4()))

    return enter


def line(page: BeautifulSoup, label: str) -> list[str]:
    """The lines of any table that begin with that label."""
    return [text for text in texts(page, "main tr") if text.startswith(label)]


def rows(browser, query: str = "") -> list[list[str]]:
    answer = browser.open(f"/unmet-need.csv{query}")
    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    return list(csv.reader(io.StringIO(answer.text)))


def test_the_empty_report_says_why_and_leads_on(supervisor):
    page = supervisor.get("/unmet-need")
    assert "Nothing was written down in these months" in text_of(page, ".empty")
    assert page.select_one(".site-nav a[aria-current]").get_text() == "Unmet need"
    assert page.select("svg") == []


def test_the_report_counts_by_reason_need_sex_age_and_month(supervisor, needed, stayed):
    for screening in needed(6):
        stayed(screening, "detention", 0, 8)
        stayed(screening, "safe_placement", 8, None)
    needed(7, month=10, reason="none_exists", sex="boy", age=16)
    needed(5, month=10, need="counseling", sex="unsure", age="declined", reason="no_funding")
    page = supervisor.get("/unmet-need")
    headline = text_of(page, ".headline")
    for words in (
        "Needs nothing met 18",
        "Youths concerned 18",
        "safe placement 8 days",
        "all together 48 days",
    ):
        assert words in headline
    for label, number in (
        ("Every suitable place was full", 6), ("No such service exists here", 7), ("A safe place tonight", 13),
        ("Counseling", 5), ("Girl", 6), ("Boy", 7), ("Not known: not sure", 5), ("15", 6), ("16", 7),
        ("Not known: did not want to say", 5), ("September 2026", 6), ("October 2026", 12),
    ):  # fmt: skip
        assert f"{label} {number}" in line(page, label), label
    assert "No such service exists here 0 7 0 7" in line(page, "No such service exists here")
    assert "Still waiting when this was counted 7" in text_of(page, "dl.facts")
    assert "Detention agency" not in text_of(page)
    assert "Detention · September 2026 to October 2026" in text_of(page, "main > .lead")
    assert FEW not in " ".join(texts(page, "main td"))
    assert ["need", "Counseling", "", "5"] in rows(supervisor)
    assert ["reason_by_sex", "No such service exists here", "Boy", "7"] in rows(supervisor)


def test_small_numbers_are_hidden_on_the_page_and_in_the_file(supervisor, needed):
    needed(8)
    needed(12, month=10, reason="none_exists", sex="boy", age=16)
    needed(3, month=8, reason="too_far", sex="intersex_or_other", age=12)
    answer = supervisor.open("/unmet-need")
    page = BeautifulSoup(answer.text, "html.parser")
    assert line(page, "Too far away")[0] == f"Too far away {FEW}"
    assert line(page, "Every suitable place was full")[0].endswith(
        NOT_SHOWN
    )  # or 23 less the rest would tell
    assert line(page, "No such service exists here")[0].endswith(" 12")
    assert "could be told" in text_of(page, ".by")
    in_file = "\n".join(",".join(row) for row in rows(supervisor))
    for shown in (answer.text, in_file):
        assert numbers_of(shown) == {0, 12, 23}
    for chart in page.select("svg"):
        assert not re.search(r"\b(3|8)\b", str(chart.get("aria-label", "")) + chart.get_text(" "))
    marks = {(mark["width"], mark["height"]) for mark in page.select(".month-chart .hidden")}
    assert len(marks) == 1  # the mark of a hidden number is the same for all
    assert len({mark["width"] for mark in page.select(".bar .hidden")}) == 1


def numbers_of(text: str) -> set[int]:
    """Every number that stands in a cell."""
    cells = re.findall(
        r'<td class="number[^"]*">(\d+)</td>|<text[^>]*>(\d+)</text>|,(\d+)$', text, re.MULTILINE
    )
    return {int(number) for found in cells for number in found if number}


def test_of_few_youths_nothing_but_that_is_told(supervisor, needed):
    needed(4)
    page = supervisor.get("/unmet-need")
    assert "Fewer than 5 youths" in text_of(page, ".empty")
    assert page.select("main table, main svg, .headline") == []
    told = {tuple(row) for row in rows(supervisor) if row[0] != "about"}
    assert told == {
        ("table", "line", "column", "value"),
        ("all", "Needs nothing met", "", FEW),
        ("all", "Youths concerned", "", FEW),
    }


def test_the_period_is_of_whole_months_that_are_over(supervisor, needed):
    needed(6)
    needed(9, month=11)  # the month that is not over
    page = supervisor.get("/unmet-need")
    assert "Needs nothing met 6" in text_of(page, ".headline")
    assert "November 2026" not in text_of(page, "#to")
    assert "Needs nothing met 6" in text_of(
        supervisor.get("/unmet-need?from=2026-09&to=2026-09"), ".headline"
    )
    assert "Nothing was written down" in text_of(supervisor.get("/unmet-need?from=2026-10&to=2026-10"))
    for query in ("?from=2026-09&to=2026-11", "?from=2026-10&to=2026-09", "?from=2010-01&to=2026-09"):
        refused = supervisor.get(f"/unmet-need{query}", 422)
        assert "Choose whole months that are over" in text_of(refused, ".error-summary")
        supervisor.open(f"/unmet-need.csv{query}", 409)
    assert "Needs nothing met 6" in text_of(supervisor.get("/unmet-need?from=soon&to="), ".headline")


def test_longest_period_stays_small_enough(supervisor, needed):
    for reason in (
        "none_exists",
        "no_bed",
        "does_not_take",
        "not_safe",
        "too_far",
        "no_funding",
        "youth_left",
    ):
        needed(5, reason=reason, sex="boy", age=13)
        needed(5, reason=reason, sex="girl", age=17)
    supervisor.get("/unmet-need?from=2023-11&to=2026-10")


def test_looking_is_journalled_as_page_and_as_file(supervisor, database, people):
    supervisor.get("/unmet-need")
    rows(supervisor)
    with database.reading(people[Role.SUPERVISOR].actor) as tx:
        found = tx.session.scalars(
            select(JournalEntry).where(JournalEntry.action == "unmet_needs.counted")
        ).all()
        assert sorted(re.findall(r"page|csv", str([each.detail for each in found]))) == ["csv", "page"]


def test_who_may_count(browser_of):
    for role in (Role.INTAKE_STAFF, Role.CPS_WORKER, Role.RULEBOOK_PUBLISHER, Role.DIRECTORY_EDITOR):
        browser = browser_of(role)
        browser.get("/unmet-need", 403)
        browser.open("/unmet-need.csv", 403)
        assert "Unmet need" not in text_of(browser.get("/"), ".site-nav")
    assert "Unmet need" in text_of(browser_of(Role.ADMINISTRATOR).get("/"), ".site-nav")


def test_another_agency_is_not_counted(browser_of, needed, database, people):
    needed(6)
    other = browser_of(Role.ADMINISTRATOR)
    stranger = sign_in(database, "other_administrator", people.password)
    with other.client.session_transaction() as session:
        session.update(user=stranger.user_id, stamp=stranger.stamp)
    assert "Nothing was written down" in text_of(other.get("/unmet-need"))


def test_an_edition_that_says_nothing_about_counting(supervisor, app, rulebook):
    here = app.extensions["screening"]
    older = replace(rulebook, placement=None)
    app.extensions["screening"] = Services(here.database, older, here.clock, here.config, here.timezone)
    assert "says nothing about counting" in text_of(supervisor.get("/unmet-need"), ".empty")
    supervisor.open("/unmet-need.csv", 404)


def test_no_cell_of_the_file_is_a_formula():
    lines = list(csv_lines([("about", "=1+1", "@x", "-2"), ("need", "+cmd", "a=b", "12")]))
    assert lines == ["about,'=1+1,'@x,'-2\r\n", "need,'+cmd,a=b,12\r\n"]


# ---- nobody can work a hidden number out of the file, which holds what the page holds


ENTRIES = st.tuples(
    st.sampled_from(("safe_place_tonight", "place_for_months", "counseling", "legal_help")),
    st.sampled_from(("no_bed", "none_exists", "not_safe")),
    st.sampled_from(("girl", "boy", "declined")),
    st.sampled_from((12, 15, 16, 17, "unsure")),
    st.integers(1, 3),
)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(entries=st.lists(ENTRIES, min_size=5, max_size=45))
def test_no_hidden_number_follows_from_the_file(app, entries):
    rulebook = app.extensions["screening"].rulebook
    with app.test_request_context():
        order = counting_order(rulebook, "page")
        tally = Tally(order.rules, order.zone, datetime(2026, 11, 1, tzinfo=UTC))
        for need, reason, sex, age, month in entries:
            moment = datetime(2026, month, 10, tzinfo=UTC)
            tally.add([UnmetEntry(need, reason, moment, None, sex, age)], [])
        counts = shown_counts(
            tally,
            reasons=order.reasons,
            needs=order.needs,
            sexes=order.sexes,
            ages=order.ages,
            months=("2026-01", "2026-02", "2026-03"),
        )
        day = datetime(2026, 1, 1).date()  # noqa: DTZ001
        found = CountedPeriod("Detention", day, day, datetime(2026, 11, 1, tzinfo=UTC), counts)
        told = list(csv_rows(ReportView(rulebook, found)))
    assert counts.entries == Figure(len(entries))
    solver, numbers, hidden = z3.Solver(), {}, []
    for table, name, column, text in told[1:]:
        if table == "about" or "day" in text or "youths" in text:
            continue
        number = numbers[table, name, column] = z3.Int(f"{table}/{name}/{column}")
        if text == FEW:
            solver.add(number >= 1, number < SMALLEST)
        elif text == NOT_SHOWN:
            solver.add(number >= 0)
        else:
            solver.add(number == int(text))
        if not text.isdigit():
            hidden.append(number)
    whole = numbers["all", "Needs nothing met", ""]
    for table in ("reason", "need", "sex", "age", "month"):
        solver.add(whole == z3.Sum([each for key, each in numbers.items() if key[0] == table]))
    has_both_ways = any(key[0] == "reason_by_sex" for key in numbers)
    for place, table in ((1, "reason"), (2, "sex")) if has_both_ways else ():
        for key, total in numbers.items():
            if key[0] == table:
                parts = [
                    each
                    for cell, each in numbers.items()
                    if cell[0] == "reason_by_sex" and cell[place] == key[1]
                ]
                solver.add(total == z3.Sum(parts))
    assert solver.check() == z3.sat
    model = solver.model()
    for number in hidden:
        solver.push()
        solver.add(number != model.eval(number, model_completion=True))
        assert solver.check() == z3.sat, f"{number} follows from the rest"
        solver.pop()
