"""The shipped criteria of a place: sourced and dated, both sides of what is disputed, and what they do with youths."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from screening.core.cases import statements_of
from screening.core.condition_words import condition_line
from screening.core.evaluation import assess
from screening.core.loading import load_rulebook
from screening.core.matching import NeedMatch, match
from screening.core.rulebook import Criterion, PlacementGuide, Service
from screening.core.statements import Source, Statement, Value
from screening.core.truth import YES

RULEBOOK = load_rulebook(Path(__file__).parents[2] / "rules")
DAY = date(2026, 11, 24)
AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
NIGHT = datetime(2026, 11, 24, 22, tzinfo=UTC)
PLACE_NEEDS = ("safe_place_tonight", "home_for_trafficked_youth", "place_for_months")
YOUTH: Mapping[str, Value] = {
    "age": 15,
    "exchange_known": "yes",
    "county_found": "mo_jackson",
    "place_tonight": "no_place",
    "sex": "girl",
    "charge_kinds": (),
    "substance_use": "no",
    "pregnant_or_parenting": "neither",
    "placement_needs": (),
    "health_record": (),
    "suicide_risk_now": "no",
}


def guide() -> PlacementGuide:
    assert RULEBOOK.placement is not None
    return RULEBOOK.placement


CRITERIA = {criterion.id: criterion for criterion in guide().criteria}
every_criterion = pytest.mark.parametrize("criterion", CRITERIA.values(), ids=CRITERIA)


def home(**features: object) -> Service:
    """A home about which everything is known that decides, but for what is given."""
    known = {
        "licensed": "yes", "charges_accepted": "yes", "substance_use_accepted": "yes", "pregnancy_accepted": "yes",
        "child_accepted": "yes", "security_level": "open", "mental_health_care": "crisis", "lgbtq_welcoming": "yes",
        "access_needs": "every_need", "interpreter": "yes", "admits_at_night": "yes",
    }  # fmt: skip
    told = {id: value for id, value in {**known, **features}.items() if value is not None}
    return Service.model_validate(
        {
            "id": "home", "organization": "Org", "name": "A home", "kinds": ["safe_home", "emergency_shelter"],
            "description": "d", "minimum_age": 12, "maximum_age": 17, "genders_served": "all", "areas": ["us_mo"],
            "residential": True, "confidential": True, "features": told, "listing": "list", "as_of": "2026-11-01",
            "sources": [],
        }
    )  # fmt: skip


def found_for(
    answers: Mapping[str, Value] = YOUTH,
    services: tuple[Service, ...] | None = None,
    now: datetime | None = None,
) -> dict[str, NeedMatch]:
    statements = [
        Statement(f"{id}.1", id, value, Source.OBSERVED, "officer_a", AT) for id, value in answers.items()
    ]
    assessment = assess(RULEBOOK, statements, DAY)
    needs = tuple(need for need in RULEBOOK.needs if assessment.explain(need.when).truth is YES)
    there = tuple(RULEBOOK.services.values()) if services is None else services
    found = match(assessment, needs, services=there, jurisdiction="us_mo", now=now, day=DAY)
    return {each.need.id: each for each in found}


def standing(found: NeedMatch) -> str:
    (name,) = [name for name in ("fits", "ask", "excluded") if getattr(found, name)]
    return name


@every_criterion
def test_each_criterion_is_sourced_dated_and_says_why_and_how_sure(criterion: Criterion) -> None:
    assert criterion.sources
    assert criterion.as_of <= DAY
    assert len(criterion.why) > 20
    assert criterion.support


@every_criterion
def test_what_is_contested_shows_both_sides_and_rules_nothing_out(criterion: Criterion) -> None:
    if criterion.contested is None:
        assert "ontested" not in criterion.support
        return
    assert criterion.contested.in_favor
    assert criterion.contested.against
    assert criterion.effect in ("show", "ask")
    assert "ontested" in criterion.support


def test_the_four_contested_questions_are_there() -> None:
    contested = {id for id, each in CRITERIA.items() if each.contested}
    assert contested == {"not_locked", "far_or_near", "voluntary_or_ordered", "group_or_family"}


def test_no_score_no_share_and_no_certainty_in_any_text() -> None:
    for criterion in CRITERIA.values():
        words = criterion.words.model_dump().values()
        for text in (criterion.label, criterion.why, criterion.support, *(each for each in words if each)):
            assert not re.search(r"%|\bscore\b|\bis a victim\b|\bguarantee", text), text


def test_every_feature_is_asked_and_read_by_a_criterion_or_said_by_the_directory() -> None:
    read = {criterion.feature for criterion in CRITERIA.values()}
    assert all(feature.ask.endswith("?") for feature in guide().features)
    unread = {feature.id for feature in guide().features} - read
    assert unread == {
        "admission_hours",
        "bed_hold_days",
        "shortest_stay_days",
    }  # told on the phone, weighed by people


def test_detention_never_appears_for_anybody() -> None:
    detention = {each.id for each in RULEBOOK.services.values() if "detention" in each.kinds}
    listed = tuple(
        each.model_copy(update={"listing": "list", "kinds": (*each.kinds, "emergency_shelter", "safe_home")})
        for each in RULEBOOK.services.values()
        if each.id in detention
    )
    assert listed
    for found in found_for(services=(*RULEBOOK.services.values(), *listed)).values():
        shown = {each.service.id for each in (*found.fits, *found.ask, *found.excluded)}
        assert not shown & detention


@pytest.mark.parametrize("answers", [{**YOUTH, "sex": "boy"}, {**YOUTH, "sex": "boy", "gender": "boy"}])
def test_for_a_boy_nothing_fits_and_that_is_said_with_what_is_lacking(answers: Mapping[str, Value]) -> None:
    found = found_for(answers)["home_for_trafficked_youth"]
    assert found.nothing_fits
    assert not [each for each in (*found.fits, *found.ask) if each.service.trafficking_specific]
    assert {each.service.id for each in found.fits} <= {"mo_canhu"}  # who arranges a place is still named
    assert found.next_best is not None
    assert found.next_best.is_excluded
    assert "people_taken" in {reason.criterion.id for reason in found.next_best.shortfall}
    assert all(reason.words for reason in found.next_best.shortfall)


def test_what_is_not_known_of_the_starter_homes_is_asked_so_that_none_of_them_fits() -> None:
    for id in PLACE_NEEDS:
        found = found_for()[id]
        assert found.nothing_fits
        assert found.ask
        for each in (*found.fits, *found.ask):
            assert not each.must_ask or all(reason.words for reason in each.shortfall)


def test_a_home_of_which_everything_is_known_fits() -> None:
    assert standing(found_for(services=(home(),))["home_for_trafficked_youth"]) == "fits"


@pytest.mark.parametrize(
    ("answers", "features", "expected"),
    [
        ({}, {"licensed": "no"}, "excluded"),
        ({}, {"licensed": None}, "ask"),
        ({}, {"security_level": "locked"}, "ask"),
        ({}, {"security_level": None}, "ask"),
        ({"charge_kinds": ("drugs",)}, {"charges_accepted": "no"}, "excluded"),
        ({"charge_kinds": ("drugs",)}, {"charges_accepted": None}, "ask"),
        ({"charge_kinds": ("status_offense",)}, {"charges_accepted": "no"}, "fits"),
        ({"substance_use": "yes"}, {"substance_use_accepted": "no"}, "excluded"),
        ({"pregnant_or_parenting": "pregnant"}, {"pregnancy_accepted": "no"}, "excluded"),
        ({"pregnant_or_parenting": "has_child"}, {"child_accepted": "no"}, "excluded"),
        ({"placement_needs": ("with_child",)}, {"child_accepted": None}, "ask"),
        ({"placement_needs": ("welcomes_lgbtq",)}, {"lgbtq_welcoming": "no"}, "excluded"),
        ({"placement_needs": ("welcomes_lgbtq",)}, {"lgbtq_welcoming": None}, "ask"),
        ({}, {"lgbtq_welcoming": "no"}, "fits"),
        ({"placement_needs": ("disability_access",)}, {"access_needs": "none"}, "excluded"),
        ({"disability": "yes"}, {"access_needs": ("moving", "hearing")}, "ask"),
        ({"suicide_risk_now": "yes"}, {"mental_health_care": "none"}, "excluded"),
        ({"interpreter_needed": "yes"}, {"interpreter": "no"}, "ask"),
        ({}, {"recruitment_warning": "told in 2024"}, "fits"),
    ],
)
def test_declared_refusals_exclude_and_silence_is_asked(
    answers: Mapping[str, Value], features: Mapping[str, object], expected: str
) -> None:
    found = found_for({**YOUTH, **answers}, (home(**features),))
    assert standing(found["home_for_trafficked_youth"]) == expected


def test_with_somebody_looking_for_the_youth_staff_watch_doors_and_no_open_address_fits() -> None:
    watched = home(security_level="staff_secure").model_copy(update={"id": "watched"})
    opened = home().model_copy(update={"id": "opened", "name": "A first home"})
    known = home().model_copy(update={"id": "known", "confidential": False})
    found = found_for({**YOUTH, "must_not_find": "yes"}, (opened, watched, known))[
        "home_for_trafficked_youth"
    ]
    assert [each.service.id for each in found.fits] == ["watched", "opened"]
    assert [each.service.id for each in found.ask] == ["known"]


def test_tonight_counts_only_where_a_youth_is_taken_in_tonight() -> None:
    by_day = home(admits_at_night="no")
    found = found_for(services=(by_day,), now=NIGHT)
    assert standing(found["safe_place_tonight"]) == "excluded"
    assert standing(found["home_for_trafficked_youth"]) == "fits"
    assert standing(found_for(services=(by_day,))["safe_place_tonight"]) == "fits"


def test_the_help_a_youth_asks_for_comes_first() -> None:
    found = found_for({**YOUTH, "help_wanted": ("survivor_advocate", "school_or_work")})
    wanted = [id for id, each in found.items() if each.wanted]
    assert set(wanted) == {"survivor_advocate", "school"}
    assert list(found)[: len(wanted)] == wanted


def test_a_survivor_led_and_a_specific_service_stand_before_others_of_their_list() -> None:
    for found in found_for().values():
        for listed in (found.fits, found.ask):
            marks = [not each.service.trafficking_specific for each in listed]
            assert marks == sorted(marks)


def test_a_place_of_the_other_state_counts_where_it_names_this_one() -> None:
    kansas = home().model_copy(update={"areas": ("ks_johnson", "mo_jackson")})
    assert standing(found_for(services=(kansas,))["home_for_trafficked_youth"]) == "fits"
    only_kansas = home().model_copy(update={"areas": ("us_ks",)})
    assert standing(found_for(services=(only_kansas,))["home_for_trafficked_youth"]) == "excluded"


@pytest.mark.parametrize("case", RULEBOOK.cases)
def test_in_every_mock_case_each_service_that_waits_says_for_what(case: str) -> None:
    one = RULEBOOK.cases[case]
    assessment = assess(RULEBOOK, statements_of(one), one.case.day)
    for found in match(
        assessment, RULEBOOK.needs, services=RULEBOOK.services.values(), jurisdiction=one.case.jurisdiction
    ):
        for each in (*found.ask, *found.excluded):
            assert each.shortfall
            assert all(reason.words for reason in each.shortfall)


@every_criterion
def test_conditions_of_criteria_can_be_put_into_words(criterion: Criterion) -> None:
    if criterion.when is not None:
        assert condition_line(RULEBOOK, criterion.when)
