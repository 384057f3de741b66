"""What each sheet may show: the list of it, and that nothing else gets onto one whatever is found."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from pydantic import BaseModel, ValidationError

from screening.core.advice import advise
from screening.core.cases import statements_of
from screening.core.charges import Charge, kinds_of
from screening.core.evaluation import Assessment, Proofs, assess
from screening.core.loading import RulebookFaults, load_files, load_rulebook, read_rule_files
from screening.core.reading_grade import HIGHEST_GRADE, reading_grade
from screening.core.rulebook import Question, Rulebook, Sheet, SheetPart
from screening.core.sheet_content import SheetContent
from screening.core.sheets import MOST_SERVICES, sheet_content
from screening.core.statements import UNANSWERED, UNKNOWN_VALUES, Source, Statement
from screening.core.youth_page import youth_page

RULES = Path(__file__).parents[2] / "rules"
BOOK = load_rulebook(RULES)
DAY = date(2026, 11, 24)
AT = datetime(2026, 11, 24, 15, tzinfo=UTC)

DANGER_ANSWERS = {"medical_care_now", "suicide_risk_now", "unsafe_person_near"}
# Sheet → (parts, answers, actions it is limited to, interruptions told, interruptions whose numbers it gives, charges kept
# with counsel). Whoever adds anything to a sheet has to change this list, and say why its reader needs it.
MAY_SHOW: Mapping[str, tuple[set[str], set[str], set[str], set[str], set[str], bool]] = {
    "unit_alert": (
        {"danger", "case_number", "duties", "actions", "calls"},
        DANGER_ANSWERS | {"interpreter_needed"},
        {
            "emergency_help",
            "suicide_watch",
            "urgent_exam",
            "keep_apart",
            "interpreter_first",
            "safe_housing_in_unit",
            "no_photo_or_prints_mo",
        },
        {"danger_now"},
        set(),
        False,
    ),
    "law_enforcement": (
        {"case_number", "level", "basis", "duties", "actions", "calls", "law"},
        {"age", "county_found", "found_place", "missing_now", "unsafe_person_near"},
        set(),
        set(),
        {"report_first"},
        False,
    ),
    "judiciary": (
        {"case_number", "level", "basis", "duties", "actions", "law"},
        set(),
        set(),
        set(),
        set(),
        False,
    ),
    "prosecution": (
        {"case_number", "level", "basis", "duties", "actions", "charges", "law"},
        set(),
        set(),
        set(),
        set(),
        False,
    ),
    "public_defense": (
        {"case_number", "level", "basis", "signs", "charges", "actions", "law", "rights"},
        {"age", "interpreter_needed"},
        set(),
        set(),
        set(),
        True,
    ),
    "juvenile_detention": (
        {"danger", "case_number", "level", "duties", "actions", "calls", "law"},
        DANGER_ANSWERS | {"interpreter_needed"},
        set(),
        {"danger_now"},
        {"report_first"},
        False,
    ),
    "child_protection": (
        {
            "case_number",
            "level",
            "basis",
            "signs",
            "duties",
            "actions",
            "needs",
            "services",
            "calls",
            "law",
        },
        {"age", "custody", "missing_now", "must_not_find", "unsafe_person_near", "medical_care_now"},
        set(),
        set(),
        {"report_first"},
        False,
    ),
    "service_provider": (
        {"needs", "actions"},
        {"age", "interpreter_needed", "must_not_find", "medical_care_now", "suicide_risk_now"},
        {
            "offer_advocate",
            "medical_check_72h",
            "same_help_for_possible",
            "find_safe_place",
            "clear_records",
            "adult_services",
        },
        set(),
        set(),
        False,
    ),
    "youth": (set(), set(), set(), set(), set(), False),
}
STAFF_SHEETS = [sheet for sheet in BOOK.sheets.values() if not sheet.for_youth]
ALWAYS = {
    "sheet",
    "reader",
    "is_concern",
    "lead",
    "place",
    "day",
    "rules_version",
    "answers",
    "find_out",
    "texts",
}


# ---- the list


def test_every_sheet_shows_what_the_list_says_and_nothing_else():
    shown = {
        sheet.id: (
            set(sheet.parts),
            set(sheet.answers),
            set(sheet.actions),
            set(sheet.danger),
            set(sheet.calls_of),
            sheet.privileged_charges,
        )
        for sheet in BOOK.sheets.values()
    }
    assert shown == MAY_SHOW


def test_what_a_sheet_holds_is_its_parts_and_what_every_sheet_has():
    assert {field.name for field in fields(SheetContent)} == ALWAYS | set(get_args(SheetPart))


def test_each_of_the_seven_professions_has_one_sheet():
    assert [sheet.profession for sheet in STAFF_SHEETS if sheet.profession] == [
        "law_enforcement",
        "judiciary",
        "prosecution",
        "public_defense",
        "juvenile_detention",
        "child_protection",
        "service_provider",
    ]
    assert {each.id for each in BOOK.about.professions} == {
        sheet.profession for sheet in STAFF_SHEETS if sheet.profession
    }


@pytest.mark.parametrize(
    "id", ["law_enforcement", "judiciary", "prosecution", "juvenile_detention", "unit_alert"]
)
def test_who_may_use_it_against_the_youth_sees_no_answer_the_youth_was_asked_for(id):
    about_now = DANGER_ANSWERS | {"age", "interpreter_needed"}
    asked = {question.id for question in BOOK.questions.values() if "ask" in question.ways}
    assert set(BOOK.sheets[id].answers) & asked <= about_now
    assert "disclosure" not in {*BOOK.sheets[id].danger, *BOOK.sheets[id].calls_of}
    assert "signs" not in BOOK.sheets[id].parts


def test_only_counsel_sees_what_is_kept_with_counsel_and_no_sheet_shows_free_text():
    assert [sheet.id for sheet in STAFF_SHEETS if sheet.privileged_charges] == ["public_defense"]
    for sheet in STAFF_SHEETS:
        assert all(BOOK.questions[id].kind != "text" for id in sheet.answers)
        assert "charge_kinds" not in sheet.answers


@pytest.mark.parametrize("sheet", STAFF_SHEETS, ids=lambda sheet: sheet.id)
def test_no_sheet_recommends_detention_or_speaks_of_certainty(sheet):
    said = " ".join(
        [sheet.title, sheet.lead, *sheet.find_out, *(line for text in sheet.texts for line in text.lines)]
    ).lower()
    for never in (
        "is a victim",
        "is guilty",
        "offender by",
        "cleared of",
        "prostitut",
        "place the youth in detention",
    ):
        assert never not in said
    assert len(sheet.find_out) >= 3


# ---- whatever is found


def value_of(question: Question) -> some.SearchStrategy:
    known: some.SearchStrategy
    match question.kind:
        case "yes_no":
            known = some.sampled_from(["yes", "no"])
        case "choice":
            known = some.sampled_from([option.id for option in question.options])
        case "choices":
            known = some.lists(
                some.sampled_from([option.id for option in question.options]), unique=True, max_size=3
            ).map(tuple)
        case "number":
            known = some.integers(question.least or 0, min(question.most or 20, 20))
        case _other:
            return some.just("declined")
    return some.one_of(known, some.sampled_from(sorted(UNKNOWN_VALUES)))


SCREENINGS = some.fixed_dictionaries(
    {},
    optional={
        question.id: value_of(question) for question in BOOK.questions.values() if question.kind != "text"
    },
)
STATES = some.sampled_from(["us_mo", "us_ks", "us_ne", "us"])
CHARGES = some.lists(
    some.builds(
        Charge,
        id=some.uuids().map(str),
        kind=some.sampled_from(sorted(kinds_of(BOOK))),
        offense_on=some.one_of(some.none(), some.dates(date(2019, 1, 1), DAY)),
        privileged=some.booleans(),
    ),
    max_size=4,
)


def content(
    sheet: Sheet, answers, state="us_mo", setting="detention", charges=(), book: Rulebook = BOOK
) -> SheetContent:
    statements = [
        Statement(f"s{place}", question, value, Source.RECORD, "someone", AT)
        for place, (question, value) in enumerate(answers.items())
    ]
    found = assess(book, statements, DAY)
    advice = advise(
        found,
        jurisdiction=state,
        setting=setting,
        day=DAY,
        started={"recognised": AT},
        zone=ZoneInfo("America/Chicago"),
    )
    return sheet_content(
        sheet, found, advice, jurisdiction=state, day=DAY, case_number="JC-4711", charges=charges
    )


def everything_in(held: object, seen: set[int] | None = None):
    """Everything reachable from an object, as a template could reach it."""
    seen = set() if seen is None else seen
    if id(held) in seen:
        return
    seen.add(id(held))
    yield held
    inner: list[object] = []
    if is_dataclass(held):
        inner = [getattr(held, field.name) for field in fields(held)]
    elif isinstance(held, BaseModel):
        inner = [getattr(held, name) for name in type(held).model_fields]
    elif isinstance(held, Mapping):
        inner = [*held.keys(), *held.values()]
    elif isinstance(held, tuple | list | set | frozenset):
        inner = list(held)
    for each in inner:
        yield from everything_in(each, seen)


@settings(max_examples=60, deadline=None)
@given(SCREENINGS, STATES, CHARGES)
def test_a_sheet_never_carries_more_than_it_names(answers, state, charges):
    charge_ids = {each.id for each in charges}
    for sheet in STAFF_SHEETS:
        shown = content(sheet, answers, state, charges=charges)
        assert {each.question.id for each in shown.answers} <= set(sheet.answers)
        for part in get_args(SheetPart):
            if part not in sheet.parts:
                assert not getattr(shown, part), part
        if not sheet.privileged_charges:
            assert not any(each.privileged for each in shown.charges)
            visible = sum(not each.privileged for each in charges)
            assert len(shown.charges) == (visible if "charges" in sheet.parts else 0)
        assert not any(each.service.confidential for each in shown.services)
        assert all(each.service.listing != "never" for each in shown.services)
        assert len(shown.services) <= MOST_SERVICES
        held = list(everything_in(shown))
        assert not any(isinstance(each, Assessment | Proofs | Statement | Charge | Rulebook) for each in held)
        texts = {each for each in held if isinstance(each, str)}
        assert "someone" not in texts
        assert not charge_ids & texts
        assert ("JC-4711" in texts) == ("case_number" in sheet.parts)


@settings(max_examples=40, deadline=None)
@given(SCREENINGS, STATES)
def test_every_duty_action_and_note_of_law_is_for_the_reader(answers, state):
    for sheet in STAFF_SHEETS:
        shown = content(sheet, answers, state)
        for each in (*shown.duties, *shown.actions):
            assert sheet.profession is None or sheet.profession in each.action.by
            assert not sheet.actions or each.action.id in sheet.actions
        for note in (*shown.law, *shown.basis):
            assert note.professions is None or sheet.profession in note.professions
            assert note.in_force(DAY)
        assert all(not sheet.law_topics or note.topic in sheet.law_topics for note in shown.law)
        assert all(text.law or not text.text.law for text in shown.texts)
        assert {each.id for each in shown.danger} <= set(sheet.danger)


@settings(max_examples=40, deadline=None)
@given(SCREENINGS)
def test_the_first_words_speak_of_a_concern_only_where_there_is_one(answers):
    for sheet in STAFF_SHEETS:
        shown = content(sheet, answers)
        assert (shown.lead == sheet.lead) is shown.is_concern
        assert shown.find_out in ((), sheet.find_out)
        assert shown.is_concern or not shown.basis


# ---- single rules


CONCERN = {"exchange_known": "yes", "age": 15}


def test_unknown_is_told_as_unknown_and_never_as_no():
    shown = {
        each.question.id: each.value
        for each in content(BOOK.sheets["unit_alert"], {"suicide_risk_now": "unsure"}).answers
    }
    assert shown["suicide_risk_now"] == "unsure"
    assert shown["medical_care_now"] == UNANSWERED


def test_where_nothing_can_raise_a_concern_there_is_nothing_to_find_out():
    """Questions that presume an exploiter are not handed on about a youth for whom none is in sight."""
    case = BOOK.cases["plain_no_to_all"]
    found = assess(BOOK, statements_of(case), DAY)
    advice = advise(
        found, jurisdiction="us_mo", setting="detention", day=DAY, started={}, zone=ZoneInfo("UTC")
    )
    sheet = BOOK.sheets["law_enforcement"]
    shown = sheet_content(sheet, found, advice, jurisdiction="us_mo", day=DAY)
    assert shown.find_out == ()
    assert content(sheet, {}).find_out == sheet.find_out


def test_duties_are_apart_from_advice_and_tell_how_they_stand():
    sheet = BOOK.sheets["law_enforcement"]
    found = assess(BOOK, [Statement("s", q, v, Source.RECORD, "x", AT) for q, v in CONCERN.items()], DAY)
    advice = advise(
        found,
        jurisdiction="us_mo",
        setting="detention",
        day=DAY,
        started={"recognised": AT},
        zone=ZoneInfo("America/Chicago"),
    )
    shown = sheet_content(
        sheet, found, advice, jurisdiction="us_mo", day=DAY, standings={"report_hotline_mo": "done"}
    )
    standing = {each.action.id: each.standing for each in shown.duties}
    assert standing["report_hotline_mo"] == "done"
    assert standing["police_report_and_join_mo"] is None
    assert all(each.action.must for each in shown.duties)
    assert not any(each.action.must for each in shown.actions)


@pytest.mark.parametrize(
    ("state", "wanted", "unwanted"),
    [
        ("us_mo", "Testimony in Missouri", "Testimony in Kansas"),
        ("us_ks", "Testimony in Kansas", "Testimony in Missouri"),
    ],
)
def test_testimony_is_told_by_place(state, wanted, unwanted):
    headings = [each.text.heading for each in content(BOOK.sheets["prosecution"], CONCERN, state).texts]
    assert wanted in headings
    assert unwanted not in headings
    assert "Testimony in federal court" in headings


def test_every_reader_who_could_interview_is_sent_to_a_child_advocacy_center():
    for id in ("law_enforcement", "prosecution", "juvenile_detention", "child_protection"):
        said = " ".join(line for each in content(BOOK.sheets[id], CONCERN).texts for line in each.text.lines)
        assert "child advocacy center" in said, id


def test_a_number_stands_once_and_emergency_comes_first():
    calls = content(BOOK.sheets["juvenile_detention"], {**CONCERN, "suicide_risk_now": "yes"}).calls
    assert len({call.number for call in calls}) == len(calls)
    assert [call.number for call in calls][:2] == ["911", "988"]
    assert "1-800-392-3738" in {call.number for call in calls}


def test_rights_are_what_the_youth_heard():
    rights = content(BOOK.sheets["public_defense"], {}).rights
    assert rights
    assert not any(line.startswith("For staff") for line in rights)


# ---- the youth's own page


@pytest.mark.parametrize("state", ["us_mo", "us_ks", "us_ne", ""])
def test_the_youths_page_holds_the_place_and_confirmed_numbers(state):
    page = youth_page(BOOK, jurisdiction=state, day=DAY)
    assert page is not None
    own = {"us_mo": "mo_canhu", "us_ks": "ks_kprc"}.get(state)
    hotlines = {each.service.id for each in page.numbers} & {"mo_canhu", "ks_kprc"}
    assert hotlines == ({own} if own else set())
    assert all(each.service.listing == "list" for each in page.numbers)
    assert [each.service.id for each in page.card_numbers] == ["us_988", "us_ctl"]


def test_the_youths_page_is_plain_and_in_two_languages():
    sheet = BOOK.sheets["youth"]
    assert sheet.numbers is not None
    assert sheet.card is not None
    for said in (
        sheet.lead,
        *(line for text in sheet.texts for line in (text.heading, *text.lines)),
        *(number.text for number in sheet.numbers.lines),
        *sheet.card.lines,
    ):
        assert reading_grade(said) <= HIGHEST_GRADE, said
    assert sheet.lead_es
    assert all(len(text.lines) == len(text.lines_es) and text.heading_es for text in sheet.texts)


def test_the_small_card_tells_nothing():
    sheet = BOOK.sheets["youth"]
    assert sheet.card is not None
    page = youth_page(BOOK, jurisdiction="us_mo", day=DAY)
    assert page is not None
    said = [sheet.card.title, sheet.card.title_es, *sheet.card.lines, *sheet.card.lines_es]
    said += [words for each in page.card_numbers for words in (each.number.how, each.number.how_es)]
    telling = (
        "traffick",
        "explot",
        "exploit",
        "sex",
        "hurt",
        "daño",
        "abuse",
        "abuso",
        "screen",
        "victim",
        "víctima",
        "help",
        "ayuda",
    )
    assert not [text for text in said for word in telling if word in text.lower()]


def test_the_youths_page_is_no_sheet_of_a_screening():
    with pytest.raises(ValueError, match="nothing of a screening"):
        content(BOOK.sheets["youth"], CONCERN)


@cache
def files() -> Mapping[str, bytes]:
    return read_rule_files(RULES)


def with_sheets(old: str, new: str) -> Mapping[str, bytes]:
    text = files()["sheets.yaml"].decode()
    assert old in text
    return {**files(), "sheets.yaml": text.replace(old, new, 1).encode()}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("how: Text HOME to 741741", "how: Text HOME to 741742", "has no number '741742'"),
        ("danger: [danger_now]", "danger: [danger_soon]", "there is no interruption 'danger_soon'"),
        ("law_topics: [custody, offender", "law_topics: [custodial, offender", "the topic 'custodial'"),
        ("actions: [emergency_help", "actions: [emergency_hlp", "there is no action 'emergency_hlp'"),
        ("- service: us_ctl", "- service: us_ctll", "there is no service 'us_ctll'"),
        (
            "    for_youth: true\n    parts: []",
            "    for_youth: true\n    parts: [level]",
            "nothing of a screening",
        ),
        ("lead_es: Eres importante.", "note: Eres importante.", "sheets"),
    ],
)
def test_a_sheet_that_does_not_hold_together_is_refused(old, new, said):
    with pytest.raises(RulebookFaults) as faults:
        load_files(with_sheets(old, new))
    assert said in str(faults.value)


def test_numbers_and_a_card_are_the_youths_alone():
    youth = BOOK.sheets["youth"]
    with pytest.raises(ValidationError, match="only the youth's own page"):
        Sheet(id="other", title="t", lead="l", parts=(), card=youth.card)
    with pytest.raises(ValidationError, match="which interruptions"):
        Sheet(id="other", title="t", lead="l", parts=("danger",))
