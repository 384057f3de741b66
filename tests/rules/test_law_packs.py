"""The notes of law: sourced and dated, true to their day, and honest about every state that was not checked."""

import re
from datetime import UTC, date
from pathlib import Path

import pytest

from screening.core.advice import advise, law_of, rights_notices
from screening.core.cases import statements_of
from screening.core.evaluation import assess
from screening.core.jurisdictions import offered_states
from screening.core.law_review import months_before
from screening.core.loading import load_rulebook
from screening.core.rulebook import LegalNote

RULEBOOK = load_rulebook(Path(__file__).parents[2] / "rules")
RESEARCHED = date(2026, 11, 24)
NOTES = list(RULEBOOK.law.values())
OTHER_STATES = offered_states(RULEBOOK).others
CODES = [
    "al", "ak", "az", "ar", "ca", "co", "ct", "de", "dc", "fl", "ga", "hi", "id", "il", "in", "ia",
    "ky", "la", "me", "md", "ma", "mi", "mn", "ms", "mt", "ne", "nv", "nh", "nj", "nm", "ny", "nc",
    "nd", "oh", "ok", "or", "pa", "ri", "sc", "sd", "tn", "tx", "ut", "vt", "va", "wa", "wv", "wi",
    "wy",
]  # fmt: skip
CHILDHELP = "1-800-422-4453"
PHONE = re.compile(r"(?:1-)?\d{3}-\d{3}-\d{4}")
LISTS_OF_NUMBERS = {"law_states_hotlines_2016", "law_oh_hotline", "law_sd_hotline"}


def named(notes: list[LegalNote]) -> dict[str, LegalNote]:
    return {note.id: note for note in notes}


def of_state(code: str) -> list[LegalNote]:
    return [note for note in NOTES if note.jurisdiction == f"us_{code}"]


# ---- every note


@pytest.mark.parametrize("note", NOTES, ids=lambda note: note.id)
def test_a_note_is_sourced_dated_and_says_when_counsel_is_needed(note):
    assert note.sources
    assert note.citation
    assert date(2026, 1, 1) <= note.verified_on <= RULEBOOK.about.as_of
    if note.in_force_from and note.in_force_until:
        assert note.in_force_from < note.in_force_until
    if note.status == "verify_with_counsel":
        assert re.search(r"\b(?:ask|counsel)\b", note.plain, re.IGNORECASE)
    else:
        assert any(RULEBOOK.sources[each].evidence == "confirmed" for each in note.sources)
    assert "?" not in note.plain + note.citation


@pytest.mark.parametrize(
    "note", [note for note in NOTES if "not read" in note.citation], ids=lambda note: note.id
)
def test_what_nobody_read_is_asked_and_not_told(note):
    if note.status == "confirmed":
        assert "was not read" in note.plain
    assert "ask" in note.plain.lower()
    assert not note.treats_as_victim


# ---- asking at a date

WATCHED = {
    "mo_coercion_defense_until_2019",
    "mo_under_18_defense_until_2022",
    "mo_under_18_is_victim",
    "mo_seventeen_until_2020",
    "mo_no_adult_jail",
    "mo_police_report_and_work_together",
    "mo_statewide_council",
    "mo_reports_confidential",
    "mo_victims_compensation_until_2018",
    "mo_victims_compensation",
    "mo_records_expunged_until_2019",
    "mo_records_expunged",
    "mo_enticement_until_2025",
    "mo_enticement",
    "mo_buyer_age_belief_until_2016",
    "mo_buyer_age_belief",
    "us_survivors_relief",
    "us_seller_before_2015",
    "us_buyer_and_seller",
}
SINCE_2017 = {"mo_buyer_age_belief", "us_buyer_and_seller"}
SINCE_2018_08 = {"mo_victims_compensation"}
UNTIL_2025 = {"mo_enticement_until_2025"}
IN_2020 = (
    SINCE_2017
    | SINCE_2018_08
    | UNTIL_2025
    | {"mo_under_18_defense_until_2022", "mo_seventeen_until_2020", "mo_records_expunged"}
)
EVE_OF_2022_08_28 = IN_2020 - {"mo_seventeen_until_2020"} | {"mo_no_adult_jail", "mo_reports_confidential"}
FROM_2022_08_28 = EVE_OF_2022_08_28 - {"mo_under_18_defense_until_2022"} | {
    "mo_under_18_is_victim",
    "mo_police_report_and_work_together",
    "mo_statewide_council",
}


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (
            date(2015, 5, 28),
            {"mo_buyer_age_belief_until_2016", "us_seller_before_2015"}
            | UNTIL_2025
            | {
                "mo_coercion_defense_until_2019",
                "mo_seventeen_until_2020",
                "mo_victims_compensation_until_2018",
                "mo_records_expunged_until_2019",
            },
        ),
        (
            date(2018, 6, 1),
            SINCE_2017
            | UNTIL_2025
            | {
                "mo_coercion_defense_until_2019",
                "mo_seventeen_until_2020",
                "mo_victims_compensation_until_2018",
                "mo_records_expunged_until_2019",
            },
        ),
        (date(2020, 6, 15), IN_2020),
        (date(2022, 8, 27), EVE_OF_2022_08_28),
        (date(2022, 8, 28), FROM_2022_08_28),
        (
            date(2026, 11, 24),
            FROM_2022_08_28 - {"mo_statewide_council", "mo_enticement_until_2025"}
            | {"mo_enticement", "us_survivors_relief"},
        ),
    ],
)
def test_asking_at_a_date_gives_that_days_law(day, expected):
    assert RULEBOOK.law.keys() >= WATCHED
    assert {note.id for note in law_of(RULEBOOK, "us_mo", day)} & WATCHED == expected


def test_an_old_screening_is_shown_the_law_of_its_day():
    case = RULEBOOK.cases["charged_in_2020"]
    found = advise(
        assess(RULEBOOK, statements_of(case), case.case.day),
        jurisdiction="us_mo",
        setting="detention",
        day=case.case.day,
        started={},
        zone=UTC,
    )
    shown = {note.id for note in found.law}
    assert "mo_under_18_defense_until_2022" in shown
    assert not shown & {"mo_under_18_is_victim", "us_survivors_relief", "mo_coercion_defense_until_2019"}
    held = {note.id for due in found.actions for note in due.law}
    assert "mo_under_18_is_victim" not in held


# ---- what each profession and each finding needs


def test_the_buyers_belief_about_age_is_for_prosecutors_and_never_about_the_youth():
    for id in ("mo_buyer_age_belief_until_2016", "mo_buyer_age_belief"):
        note = RULEBOOK.law[id]
        assert note.professions == ("prosecution",)
        assert "never changes how the youth is treated" in note.plain
    assert "Age evidence that bears on it" in RULEBOOK.law["mo_buyer_age_belief"].plain


@pytest.mark.parametrize(
    "citation",
    [
        "RSMo 491.680", "RSMo 491.699", "RSMo 491.725", "RSMo 492.304", "18 USC 3509",  # testimony
        "Public Law 119-73", "RSMo 610.131", "K.S.A. 38-2312; 21-6614(b)",  # records
        "RSMo 211.063", "RSMo 210.795", "42 USC 671(a)(35)(B)", "42 USC 671(a)(34)(A)",  # time limits
        "RSMo 566.223.2", "K.S.A. 38-2231(b)", "K.S.A. 38-2232; DCF policy PPS 0260", "K.S.A. 38-2223",
        "42 CFR Part 2", "RSMo 210.150", "28 USC 105 (not read)",
    ],
)  # fmt: skip
def test_the_law_the_findings_call_for_is_there(citation):
    assert citation in {note.citation for note in NOTES}


def test_every_profession_has_notes_meant_for_it():
    for profession in RULEBOOK.about.professions:
        meant = [note for note in NOTES if note.professions and profession.id in note.professions]
        assert len(meant) >= 5, profession.id


def test_a_missouri_detention_result_carries_only_notes_for_its_reader():
    """The longest list a detention officer reads in full, over all mock cases. Others' notes stand as titles."""
    longest = 0
    for case in RULEBOOK.cases.values():
        if (case.case.jurisdiction, case.case.setting) == ("us_mo", "detention"):
            assessment = assess(RULEBOOK, statements_of(case), case.case.day)
            law = advise(
                assessment, jurisdiction="us_mo", setting="detention", day=case.case.day, started={}, zone=UTC
            ).law
            own = [n for n in law if n.professions is None or "juvenile_detention" in n.professions]
            longest = max(longest, len(own))
    assert 0 < longest <= 22


# ---- the other states


def test_every_state_has_its_place_and_one_note():
    assert [state.id.removeprefix("us_") for state in OTHER_STATES] == CODES
    assert len(CODES) + len({"mo", "ks"}) == 51
    for code in CODES:
        assert RULEBOOK.applicable_jurisdictions(f"us_{code}")[-1] == "us"
        assert len(of_state(code)) == 1, code


@pytest.mark.parametrize("code", CODES)
def test_a_states_note_claims_nothing_beyond_its_copy(code):
    (note,) = of_state(code)
    assert re.search(
        r"(?:ask local counsel what holds today|Ask local counsel(?: before you rely on it)?)\.$", note.plain
    )
    assert not note.treats_as_victim
    assert re.search(r"\b20\d\d\b", note.plain) or note.plain.startswith("Nothing about")
    if note.status == "confirmed":
        newest = max(RULEBOOK.sources[each].as_of for each in note.sources)
        assert newest >= months_before(RESEARCHED, 24)
    assert not re.search(r"unknown|recollection|\bPV\b", note.plain)


@pytest.mark.parametrize("code", CODES)
def test_a_number_in_a_states_note_was_found_in_a_list(code):
    (note,) = of_state(code)
    for number in PHONE.findall(note.plain):
        if number == CHILDHELP:
            assert "service_us_childhelp" in note.sources
        else:
            assert LISTS_OF_NUMBERS & set(note.sources)
            assert "check it first" in note.plain


@pytest.mark.parametrize("code", CODES)
def test_in_every_state_federal_duties_hold_and_somebody_says_where_to_report(code):
    place = f"us_{code}"
    law = named(list(law_of(RULEBOOK, place, RESEARCHED)))
    assert {"us_victim_definition", "us_agency_police_report_24h", "us_missing_child_24h"} <= law.keys()
    case = RULEBOOK.cases["met_in_nebraska"]
    found = advise(
        assess(RULEBOOK, statements_of(case), case.case.day),
        jurisdiction=place,
        setting="child_protection",
        day=RESEARCHED,
        started={},
        zone=UTC,
    )
    actions = {due.action.id: due.action for due in found.actions}
    assert [id for id in actions if id.startswith("report_hotline")] == ["report_hotline_other_state"]
    assert [call.number for call in actions["report_hotline_other_state"].calls] == [CHILDHELP]
    assert [note.id for note in found.victim_basis] == ["us_victim_definition"]


@pytest.mark.parametrize("place", ["us_mo", "us_ks", *(f"us_{code}" for code in CODES)])
def test_a_youth_is_told_their_rights_once_and_in_the_words_of_the_place(place):
    (notice,) = rights_notices(RULEBOOK, place)
    assert notice.jurisdiction == (place if place in ("us_mo", "us_ks") else "us_other_states")
    told = [text for text in notice.text if not text.startswith("For staff")]
    assert any("lawyer" in text for text in told)
    assert any("do not have to answer" in text for text in told)


def test_the_notice_for_other_states_says_that_the_law_was_not_checked():
    (notice,) = rights_notices(RULEBOOK, "us_ne")
    assert any("law of this state was not checked" in text for text in notice.text)
    assert any("Ask local counsel" in text for text in notice.text)
