"""The result page of every mock case: all of it is told, and nothing accuses, claims to know, or names a street."""

import re
from copy import copy
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from bs4 import BeautifulSoup
from page_checks import faults_of_page, largest_of
from result_text import text_of, texts

from screening.config import shipped_folder
from screening.core.advice import advise
from screening.core.cases import statements_of
from screening.core.evaluation import assess
from screening.core.loading import load_rulebook
from screening.core.matching import match
from screening.core.rulebook import MockCase
from screening.core.truth import YES

CASES = load_rulebook(shipped_folder("rules")).cases
EVERY_CASE = pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
LARGEST_ON_PAPER = 400_000
# Words that accuse, judge, or claim to know. What a statute or the title of a study says stands apart from our words.
FORBIDDEN = (
    r"is (?:not )?a victim\b",
    r"victim confirmed|confirmed victim",
    r"(?:has been|is|was|are) cleared",
    r"\boffender",
    r"prostitutes?\b",
    r"promiscu|seductive|provocative",
    r"sex worker|\bpimps?\b|\bjohns\b|underage",
    r"\blied\b|\bliar|\badmits\b|guilty|culprit",
    r"score of \d|probability|\d+ ?% (?:likely|chance)",
    r"must have been|without doubt|definitely",
)
ALLOWED = (
    "not as an offender",
    "no name of an offender",
    "says that a young person is or is not a victim",
    "decides that someone is or is not a victim",
    # what a statute says, or what a court may settle
    "a person under 18 is a victim of abuse",
    "reasonably believes that the child is a victim",
    "where the child is a victim",
    "Settle early that the youth is a victim",
    "records can be cleared",
)
STREET = re.compile(
    r"\b\d{2,5} (?:[NSEW]\.? )?[A-Z]\w+ (?:Street|St|Avenue|Ave|Road|Rd|Drive|Dr|Boulevard|Blvd)\b"
)


PAPER: dict[str, str] = {}
SCREEN: dict[str, BeautifulSoup] = {}


@pytest.fixture
def result_of(request):
    """A function: a mock case → its result page; made once, and checked as every page is."""

    def fetch(case: MockCase) -> BeautifulSoup:
        if case.case.id not in SCREEN:
            role, screening_id = request.getfixturevalue("screening_of_case")(case)
            browser = request.getfixturevalue("browser_of")(role)
            SCREEN[case.case.id] = browser.get(f"/screenings/{screening_id}/result")
            paper = browser.client.get(f"/screenings/{screening_id}/result?unfold=all")
            assert faults_of_page(paper.text, paper.headers, browser.resolves, LARGEST_ON_PAPER) == []
            PAPER[case.case.id] = paper.text
        return SCREEN[case.case.id]

    return fetch


def assessed(rulebook, case):
    return assess(rulebook, statements_of(case), case.case.day)


def whose(rulebook, advice, reader):
    labels = {each.id: each.label for each in rulebook.about.professions}
    return [
        "; ".join(labels[id] for id in each.action.by)
        for each in advice.actions
        if reader not in each.action.by
    ]


@EVERY_CASE
def test_every_mock_case_is_told_in_full(result_of, rulebook, clock, case):
    page = result_of(case)
    assessment = assessed(rulebook, case)
    levels = rulebook.concern.levels
    assert texts(page, "#concern") == [getattr(levels, assessment.result).headline]
    assert texts(page, ".stop-steps summary") == [
        f"Act now {each.title}" for each in assessment.interruptions
    ]
    assert texts(page, ".outcome h3") == [each.label for each in assessment.outcomes]
    raised = {each.indicator.label for each in assessment.findings if each.truth == YES}
    assert set(texts(page, "details.finding > summary")) == raised
    advice = advise(
        assessment,
        jurisdiction=case.case.jurisdiction,
        setting=case.case.setting,
        day=case.case.day,
        started={"recognised": clock.now},
        zone=UTC,
    )
    reader = rulebook.settings[case.case.setting].profession
    own = [each.action.label for each in advice.actions if reader in each.action.by]
    assert texts(page, ".actions h3") == own
    others = [each.action.label for each in advice.actions if reader not in each.action.by]
    assert texts(page, "details.others li") == [
        f"{label} {text_of_who}"
        for label, text_of_who in zip(others, whose(rulebook, advice, reader), strict=True)
    ]
    assert len(page.select(".scale .in")) == assessment.at_most - assessment.at_least + 1
    victim = text_of(page, "#victim")
    expected = (
        "Treat the youth as a victim, not as an offender" if assessment.at_least else "How to treat the youth"
    )
    assert victim == expected


@EVERY_CASE
def test_no_page_accuses_or_claims_to_know(result_of, case):
    page = copy(result_of(case))
    for quoted in page.select(".law, .sources, .source-list"):
        quoted.decompose()
    text = text_of(page)
    assert not STREET.search(text)
    for allowed in ALLOWED:
        text = text.replace(allowed, "")
    found = [match[0] for pattern in FORBIDDEN for match in re.finditer(pattern, text, re.IGNORECASE)]
    assert found == []


@EVERY_CASE
def test_services_are_sorted_and_nothing_is_hidden(result_of, rulebook, case):
    page = result_of(case)
    assessment = assessed(rulebook, case)
    where = case.case.jurisdiction
    advice = advise(
        assessment, jurisdiction=where, setting=case.case.setting, day=case.case.day, started={}, zone=UTC
    )
    needs = match(
        assessment,
        advice.needs,
        services=rulebook.services.values(),
        jurisdiction=where,
        profession=rulebook.settings[case.case.setting].profession,
        now=datetime(2026, 11, 24, 9, 0, tzinfo=ZoneInfo("America/Chicago")),
        day=date(2026, 11, 24),
    )
    services = page.select_one("section[aria-labelledby=services]")
    offered = {each.service.id for need in needs for each in (*need.fits, *need.ask)}
    assert {each["id"].removeprefix("service-") for each in services.select("[id^=service-]")} == offered
    assert {each.removeprefix("service-") for each in offered}.isdisjoint(
        {service.id for service in rulebook.services.values() if "detention" in service.kinds}
    )
    nothing_fits = sum(1 for need in needs if need.nothing_fits)
    assert text_of(page).count("No listed service fits this need tonight.") == nothing_fits
    for need in needs:
        for each in (*need.fits, *need.ask):
            shown = text_of(page, f"#service-{each.service.id}")
            assert "verified" in shown
            assert all(phone.number in shown for phone in each.service.phones)
            if each.service.confidential and each in need.fits[:1]:
                assert "Location not disclosed; call first" in shown


@EVERY_CASE
def test_the_version_for_paper_is_open_and_names_every_source(result_of, case):
    result_of(case)
    page = BeautifulSoup(PAPER[case.case.id], "html.parser")
    assert not page.select("main details:not([open])")
    listed = {int(each["value"]) for each in page.select(".source-list li")}
    cited = {int(number) for number in re.findall(r"\[(\d+)\]", text_of(page))}
    assert cited == listed == set(range(1, len(listed) + 1))


def test_the_page_is_within_its_weight():
    assert largest_of("/screenings/x/result") <= 100_000
