"""What applies where and when; and which services fit, are to be asked, or are excluded."""

import json
from datetime import UTC, date, timedelta

import pytest
from tiny_rulebook import CONCERN, START, TODAY, said, tiny

from screening.core.advice import advise, calls_for, law_of, rights_notices
from screening.core.cases import run_case
from screening.core.evaluation import assess
from screening.core.matching import NeedMatch, match
from screening.core.statements import Statement

LAW = """
notes:
  - {id: old_rule, jurisdiction: us_aa, topic: victim, title: Old, plain: p, citation: "1",
      in_force_until: "2020-12-31", verified_on: "2026-11-24", status: confirmed, sources: [house_one]}
  - {id: new_rule, jurisdiction: us_aa, topic: victim, title: New, plain: p, citation: "2",
      in_force_from: "2021-01-01", verified_on: "2026-11-24", status: confirmed, treats_as_victim: true,
      sources: [house_one]}
  - {id: nation_rule, jurisdiction: us, topic: report, title: Nation, plain: p, citation: "3",
      verified_on: "2026-11-24", status: confirmed, show_when: {concern: possible}, sources: [house_one]}
"""
ACTIONS = """
actions:
  - {id: second, label: Second, when: {concern: possible}, due: {hours: 24}, must: true, order: 20,
      by: [intake], law: [new_rule, old_rule], sources: [house_one]}
  - {id: first, label: First, when: {concern: possible}, due: {immediately: true}, must: true, order: 10,
      by: [intake], jurisdictions: [us], sources: [house_one]}
  - {id: field_only, label: Field, when: {concern: possible}, must: false, order: 5, by: [intake],
      settings: [field], sources: [house_one]}
  - {id: calm, label: Calm, when: {not: {concern: possible}}, must: false, order: 1, by: [intake],
      sources: [house_one]}
"""


def service(id: str, **changes: object) -> dict[str, object]:
    plain: dict[str, object] = {
        "id": id,
        "organization": "Org",
        "name": id,
        "kinds": ["shelter"],
        "description": "d",
        "genders_served": "all",
        "areas": ["aa_one"],
        "listing": "list",
        "as_of": "2026-11-24",
        "minimum_age": 12,
        "maximum_age": 17,
        "sources": ["house_one"],
    }
    return {**plain, **changes}


def needs_met(services: list[dict[str, object]], *statements: Statement) -> NeedMatch:
    rulebook = tiny(
        {
            "services/all.yaml": json.dumps({"services": services}),
            "law/a.yaml": LAW,
            "actions/a.yaml": ACTIONS,
        }
    )
    assessment = assess(rulebook, statements, TODAY)
    advice = advise(
        assessment, jurisdiction="us_aa", setting="desk", day=TODAY, started={"recognised": START}, zone=UTC
    )
    (found,) = match(assessment, advice.needs, services=rulebook.services.values(), jurisdiction="us_aa")
    return found


SIGN = said("b", "yes")


def test_actions_that_apply_in_order_with_deadlines_and_law_in_force() -> None:
    rulebook = tiny({"law/a.yaml": LAW, "actions/a.yaml": ACTIONS})
    assessment = assess(rulebook, [SIGN], TODAY)
    advice = advise(
        assessment, jurisdiction="us_aa", setting="desk", day=TODAY, started={"recognised": START}, zone=UTC
    )
    assert [due.action.id for due in advice.actions] == ["first", "second"]
    assert [due.due_at for due in advice.actions] == [START, START + timedelta(hours=24)]
    assert [note.id for note in advice.actions[1].law] == ["new_rule"]
    assert [note.id for note in advice.law] == ["new_rule", "nation_rule"]
    assert [note.id for note in advice.victim_basis] == ["new_rule"]


def test_without_a_recognised_concern_there_is_no_deadline_and_other_advice() -> None:
    rulebook = tiny({"law/a.yaml": LAW, "actions/a.yaml": ACTIONS})
    assessment = assess(rulebook, [said("a", "no"), said("b", "no"), said("found", ())], TODAY)
    advice = advise(assessment, jurisdiction="us_aa", setting="desk", day=TODAY, started={}, zone=UTC)
    assert [(due.action.id, due.due_at) for due in advice.actions] == [("calm", None)]
    assert advice.needs == ()


def test_an_interruption_names_whom_to_call_in_the_place_it_happens() -> None:
    calls = "calls: [{label: State A, number: 1-800-555-0100, jurisdictions: [us_aa]}, {label: All, number: '911'}], "
    rulebook = tiny({"concern.yaml": CONCERN.replace("steps: [Call.],", f"steps: [Call.], {calls}")})
    (interruption,) = rulebook.concern.interruptions
    assert [call.label for call in calls_for(rulebook, interruption, "us_aa")] == ["State A", "All"]
    assert [call.label for call in calls_for(rulebook, interruption, "us")] == ["All"]


def test_asking_at_a_date_gives_that_days_law() -> None:
    rulebook = tiny({"law/a.yaml": LAW})
    assert [note.id for note in law_of(rulebook, "us_aa", date(2020, 6, 1))] == ["old_rule", "nation_rule"]
    assert [note.id for note in law_of(rulebook, "us", date(2020, 6, 1))] == ["nation_rule"]


def test_rights_notices_are_those_of_the_place() -> None:
    rulebook = tiny()
    assert len(rights_notices(rulebook, "us_aa")) == 1
    assert rights_notices(rulebook, "us") == ()


@pytest.mark.parametrize(
    ("changes", "statements", "place", "reason"),
    [
        ({}, [said("age", 15), said("where", "aa_one")], "fits", "serves_county"),
        ({}, [said("age", 18), said("where", "aa_one")], "excluded", "age_taken"),
        ({}, [said("where", "aa_one")], "ask", "age_taken"),
        (
            {"residential": True, "minimum_age": None, "maximum_age": None},
            [said("where", "aa_one")],
            "ask",
            "age_taken",
        ),
        ({}, [said("age", 15), said("where", "aa_two")], "excluded", "area_served"),
        ({}, [said("age", 15)], "ask", "area_served"),
        ({"areas": ["us_aa"]}, [said("age", 15)], "fits", None),
        ({"areas": ["us"]}, [said("age", 15), said("where", "aa_two")], "fits", None),
        ({"genders_served": ["girls"]}, [said("age", 15), said("where", "aa_one")], "fits", None),
        ({"genders_served": ["boys"]}, [said("age", 15), said("where", "aa_one")], "ask", "people_taken"),
        (
            {"genders_served": ["boys"]},
            [said("age", 15), said("where", "aa_one"), said("c", "no")],
            "excluded",
            "people_taken",
        ),
        (
            {"genders_served": "unknown", "residential": True, "confidential": True},
            [said("age", 15), said("where", "aa_one")],
            "ask",
            "people_taken",
        ),
        ({"listing": "verify_first"}, [said("age", 15), said("where", "aa_one")], "ask", "works_as_listed"),
        ({"residential": True}, [said("age", 15), said("where", "aa_one")], "ask", "open_address"),
        (
            {"residential": True, "confidential": True},
            [said("age", 15), said("where", "aa_one")],
            "fits",
            "open_address",
        ),
    ],
)
def test_a_service_fits_is_to_be_asked_or_is_excluded(
    changes: dict[str, object], statements: list[Statement], place: str, reason: str | None
) -> None:
    found = needs_met([service("only", **changes)], SIGN, *statements)
    placed = {name: getattr(found, name) for name in ("fits", "ask", "excluded")}
    assert [name for name, matches in placed.items() if matches] == [place]
    if reason is not None:
        assert reason in {each.criterion.id for each in placed[place][0].reasons}


def test_services_never_to_be_listed_are_left_out() -> None:
    found = needs_met([service("jail", listing="never")], SIGN)
    assert (found.fits, found.ask, found.excluded) == ((), (), ())


def test_made_for_this_and_survivor_led_come_first_then_the_nearest() -> None:
    services = [
        service("far", areas=["us"]),
        service("near"),
        service("survivors", survivor_led=True, areas=["us"]),
        service("special", trafficking_specific=True, areas=["us"]),
    ]
    found = needs_met(services, SIGN, said("age", 15), said("where", "aa_one"))
    assert [hit.service.id for hit in found.fits] == ["special", "survivors", "near", "far"]


CASE = """
case: {id: one, title: One, story: Youth A., setting: desk, jurisdiction: us_aa, day: "2026-11-24"}
observed: {b: yes, age: 15}
expect: {result: possible, at_least: possible, at_most: clear, raised: [sign_strong],
    cannot_tell: [sign_direct], interruptions: [report_first], may_stop: false}
"""


def test_a_mock_case_passes_or_says_what_differs() -> None:
    rulebook = tiny({"cases/one.yaml": CASE})
    assert run_case(rulebook, rulebook.cases["one"]) == []
    wrong = CASE.replace("result: possible", "result: clear").replace(
        "raised: [sign_strong]", "raised: [sign_direct]"
    )
    rulebook = tiny(
        {"cases/one.yaml": wrong + "must_not: {interruptions: [report_first], raised: [sign_strong]}\n"}
    )
    assert run_case(rulebook, rulebook.cases["one"]) == [
        "result: expected clear, found possible",
        "sign_direct: expected raised, found cannot tell",
        "sign_strong: must not be raised",
        "interruptions: 'report_first' must not be there",
    ]
