"""Report now: what to say from what is known and nothing more, whom to call, and the record that it was done."""

from datetime import UTC, datetime

import pytest
from bs4 import BeautifulSoup
from result_text import text_of, texts

from screening.core.conditions import every_node, question_of
from screening.operations.actors import Role

CONCERN = {
    "record": {"age": 15, "exchange_known": "yes", "charge_kinds": ("drugs", "prostitution_related")},
    "observed": {"phone_watched": "yes", "medical_care_now": "no", "disclosed_now": "no"},
    "said": {"medical_care_now": "declined"},
}


@pytest.fixture
def officer(browser_of):
    return browser_of(Role.INTAKE_STAFF)


def report(browser, screening_id: str) -> BeautifulSoup:
    return browser.get(f"/screenings/{screening_id}/report")


def line(page: BeautifulSoup, label: str) -> str:
    (found,) = [each for each in page.select(".say > div") if label in each.dt.get_text()]
    return " ".join(found.get_text(" ").split())


def test_what_is_known_is_said_and_silence_is_told_from_no(officer, screen):
    page = report(officer, screen(**CONCERN))
    assert "Records show: 15 years" in line(page, "The youth: age")
    danger = line(page, "Danger now")
    assert (
        "Does the youth need medical care now? Staff observed: no; The youth did not want to say"
        not in danger
    )
    assert "Not known: Staff observed: no; The youth did not want to say" in danger
    assert "want to die or hurt themself? Not known" in danger
    kind = line(page, "What kind of harm")
    assert "Has the youth just told you about being exploited" in kind
    assert "Staff observed: no" in kind
    assert "In broad terms, what did the youth tell you about?" not in kind
    assert len(texts(page, ".say i")) > 5
    assert "Sexual activity was exchanged for something of value" in line(page, "Why: the signs")


def test_nothing_about_charges_and_nothing_the_guide_does_not_name(officer, screen, rulebook):
    page = report(officer, screen(**CONCERN))
    text = text_of(page)
    for label in ("Drugs", "Prostitution or loitering", "charge"):
        assert label not in text
    named = {id for each in rulebook.report.lines for id in each.questions}
    told = {question.text for id, question in rulebook.questions.items() if id not in named}
    assert [question for question in told if question in text] == []
    charges = {
        question_of(node)
        for action in rulebook.actions
        if action.id in ("ask_dismissal_or_diversion", "call_defender") and action.when is not None
        for node in every_node(action.when)
    } - {None}
    assert charges
    assert named & charges == set()


def test_the_numbers_of_the_place_stand_first_and_can_be_touched(officer, screen):
    numbers = {
        "us_mo": ["911", "1-800-392-3738", "573-751-3448", "1-800-735-2966"],
        "us_ks": ["911", "1-800-922-5330"],
        "us_ne": ["911", "1-800-422-4453"],
    }
    for place, expected in numbers.items():
        page = report(officer, screen(place, **CONCERN))
        assert [link["href"].removeprefix("tel:") for link in page.select(".calls--big a")] == expected


def test_one_report_closes_every_report_that_is_owed(officer, screen, kept):
    screening_id = screen(
        record={"age": 15, "exchange_known": "yes"},
        observed={"abuse_suspected": "yes", "phone_watched": "yes"},
    )
    page = report(officer, screening_id)
    assert "Report the suspected abuse or neglect" in text_of(page, "#record + .hint")
    officer.submit(
        page,
        f"/screenings/{screening_id}/report",
        proof="2026-4711",
        taken_by="Worker 7",
        at="2026-11-24T08:40",
    )
    duties = kept(screening_id)
    for action in ("report_hotline_mo", "report_abuse_mo"):
        assert duties[action].status == "done"
        assert duties[action].words == {"proof": "2026-4711", "taken_by": "Worker 7"}
        assert duties[action].closed_at == datetime(2026, 11, 24, 14, 40, tzinfo=UTC)
    assert duties["pass_on_concern"].status == "open"
    after = report(officer, screening_id)
    said = text_of(after, "#reported")
    for words in ("Done", "Tue, Nov 24, 08:40 CST", "Person intake_staff", "2026-4711", "Worker 7"):
        assert words in said
    assert after.select_one("aside form") is None


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(officer, screen, kept):
    screening_id = screen(**CONCERN)
    path = f"/screenings/{screening_id}/report"
    answer = officer.submit(report(officer, screening_id), path, 422, at="2026-11-24T08:40")
    page = BeautifulSoup(answer.text, "html.parser")
    assert page.select_one(".error-summary a")["href"] == "#proof"
    assert page.select_one("#at")["value"] == "2026-11-24T08:40"
    answer = officer.submit(page, path, 422, proof="12", taken_by="W", at="2026-11-24T23:40")
    page = BeautifulSoup(answer.text, "html.parser")
    assert page.select_one(".error-summary a")["href"] == "#at"
    assert [page.select_one(f"#{name}")["value"] for name in ("proof", "taken_by")] == ["12", "W"]
    assert kept(screening_id)["report_hotline_mo"].status == "open"


def test_a_report_somebody_recorded_before_is_not_overwritten(officer, screen, browser_of, kept):
    screening_id = screen(**CONCERN)
    path = f"/screenings/{screening_id}/report"
    page = report(officer, screening_id)
    browser_of(Role.SUPERVISOR).post(path, proof="first")
    answer = officer.submit(page, path, 409, proof="second")
    said = text_of(BeautifulSoup(answer.text, "html.parser"), "#reported")
    assert "first" in said
    assert "What you typed was not saved: second" in said
    assert kept(screening_id)["report_hotline_mo"].words == {"proof": "first"}


def test_a_report_out_of_ones_own_worry_is_kept_though_no_answer_calls_for_it(officer, screen, kept):
    screening_id = screen(record={"age": 15})
    page = report(officer, screening_id)
    assert "Your own worry is reason enough" in text_of(page, "#record + .hint")
    officer.submit(page, f"/screenings/{screening_id}/report", proof="77")
    duty = kept(screening_id)["report_hotline_mo"]
    assert (duty.status, duty.must, duty.words) == ("done", False, {"proof": "77"})
    assert "77" in text_of(report(officer, screening_id), "#reported")
    assert kept(screening_id)["report_hotline_mo"] == duty


def test_the_result_and_the_deadlines_lead_here(officer, screen):
    screening_id = screen(**CONCERN)
    result = officer.get(f"/screenings/{screening_id}/result")
    assert result.select_one('.below a[href="report"]')
    duties = officer.get(f"/screenings/{screening_id}/duties")
    assert duties.select_one(f'a[href="/screenings/{screening_id}/report"]')
