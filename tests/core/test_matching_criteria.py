"""Criteria: unknown is never a yes, detention never appears, order is what the file says and always the same."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_rulebook import NEEDS, TODAY, said, tiny

from screening.core.bed_words import BedWord
from screening.core.evaluation import assess
from screening.core.loading import RulebookFaults
from screening.core.matching import Match, NeedMatch, match
from screening.core.rule_diff import entries_by_kind
from screening.core.rule_users import users_of
from screening.core.statements import Statement

NIGHT = datetime(2026, 11, 24, 23, tzinfo=UTC)
PLACEMENT = """
features:
  - {id: licensed, label: Licensed, ask: Licensed?, kind: yes_no}
  - {id: charges, label: Charges, ask: Charges?, kind: yes_no}
  - {id: doors, label: Doors, ask: Doors?, kind: one_of, options: [{id: unlocked, label: Open}, {id: watched, label: Watched},
      {id: locked, label: Locked}]}
  - {id: rules, label: Rules, ask: Rules?, kind: some_of, options: [{id: curfew, label: Curfew}, {id: none, label: None}]}
  - {id: longest, label: Longest, ask: Longest?, kind: days}
  - {id: at_night, label: Night, ask: Night?, kind: yes_no}
  - {id: warning, label: Warning, ask: Warning?, kind: words, restricted: true}
beds: {fresh_hours: 24, answer_within_hours: [1], facts: [age]}
verification: {warn_days: 180, demote_days: 365}
counts: {smallest: 5, age_groups: [[0, 20]], sex: where, age: age, means: m}
contact_outcomes: [{id: placed, label: Yes, reached: true}]
no_bed_reasons: [{id: full, label: Full, unmet: no_bed}]
unmet_reasons: [{id: no_bed, label: Full}]
referral_steps: [{id: offered, label: Offered}]
stay_places: [{id: safe, label: Safe, safe: true}]
entry_errors: [{id: phone, label: Phone}]
sources: [house_one]
"""


def criterion(id: str, effect: str, reads: str, **more: Any) -> dict[str, Any]:
    words = {"met": "met", "missed": "missed", "unsaid": "unsaid", "open": "open"}
    plain = {
        "id": id,
        "label": id,
        "effect": effect,
        "reads": reads,
        "words": words,
        "why": "w",
        "support": "s",
    }
    return {**plain, "sources": ["house_one"], "as_of": "2026-11-24", **more}


CRITERIA = [
    criterion("not_here", "exclude", "kind", refused=["jail"]),
    criterion("ages", "exclude", "age", unknown="homes"),
    criterion("people", "exclude", "people_served", unknown="homes"),
    criterion("area", "exclude", "area", unknown="ask"),
    criterion("lawful", "exclude", "feature", feature="licensed", wanted=["yes"], unknown="ask"),
    criterion("charged", "exclude", "feature", feature="charges", wanted=["yes"], unknown="ask", when={"c": "yes"}),
    criterion("tonight", "exclude", "admits_now", feature="at_night", wanted=["yes"], unknown="ask", by_day=[8, 18]),
    criterion("hidden", "ask", "address", residential=True, looked_for=True),
    criterion("unlocked", "ask", "feature", feature="doors", refused=["locked"], unknown="ask"),
    criterion("made_for", "prefer", "field", field="trafficking_specific", weight="first"),
    criterion("by_survivors", "prefer", "field", field="survivor_led", weight="first"),
    criterion("bed", "prefer", "beds", weight="first", unknown="tell"),
    criterion("watched", "prefer", "feature", feature="doors", wanted=["watched"], weight="high", looked_for=True),
    criterion("free_doors", "prefer", "feature", feature="doors", wanted=["unlocked"], weight="high", looked_for=False),
    criterion("long", "prefer", "feature", feature="longest", at_least=90),
    criterion("no_rules", "prefer", "feature", feature="rules", wanted=["none"], refused=["curfew"]),
    criterion("warned", "warn", "feature", feature="warning"),
    criterion("called", "warn", "verification"),
    criterion("refers", "show", "referral_path"),
    criterion("near", "show", "county"),
]  # fmt: skip
NEEDS_TWO = NEEDS.replace(
    "needs: [{id: bed, label: A bed, when: {concern: possible}, kinds: [shelter], urgent: true}]",
    "needs: [{id: bed, label: A bed, when: {concern: possible}, kinds: [shelter, way], arranged_by: [way], urgent: true},"
    " {id: talk, label: Talk, when: {concern: possible}, wanted_when: {d: yes}, kinds: [shelter], urgent: false}]",
)
KINDS = "kinds: [{id: shelter, label: Shelter}, {id: way, label: Way}, {id: jail, label: Jail}]\n"
GOOD = {"licensed": "yes", "charges": "yes", "doors": "unlocked", "at_night": "yes"}
KNOWN = (said("b", "yes"), said("c", "no"), said("age", 15), said("where", "aa_one"))


def service(id: str, **changes: Any) -> dict[str, Any]:
    plain = {
        "id": id, "organization": "Org", "name": id, "kinds": ["shelter"], "description": "d", "genders_served": "all",
        "areas": ["aa_one"], "listing": "list", "as_of": "2026-11-24", "minimum_age": 12, "maximum_age": 17,
        "features": GOOD, "sources": ["house_one"],
    }  # fmt: skip
    return {**plain, **changes}


FILES = {
    "placement.yaml": PLACEMENT,
    "criteria/a.yaml": json.dumps({"criteria": CRITERIA}),
    "needs.yaml": NEEDS_TWO,
    "services/kinds.yaml": KINDS,
}


def found_for(
    services: Sequence[Mapping[str, Any]], *statements: Statement, **more: Any
) -> tuple[NeedMatch, ...]:
    rulebook = tiny({**FILES, "services/all.yaml": json.dumps({"services": services})})
    assessment = assess(rulebook, statements or KNOWN, TODAY)
    return match(
        assessment, rulebook.needs, services=rulebook.services.values(), jurisdiction="us_aa", **more
    )


def beds_for(services: Sequence[Mapping[str, Any]], *statements: Statement, **more: Any) -> NeedMatch:
    return next(each for each in found_for(services, *statements, **more) if each.need.id == "bed")


def standing(found: NeedMatch) -> str:
    (name,) = [name for name in ("fits", "ask", "excluded") if getattr(found, name)]
    return name


def only(found: NeedMatch) -> Match:
    (one,) = (*found.fits, *found.ask, *found.excluded)
    return one


def verdicts(found: NeedMatch) -> dict[str, str]:
    return {each.criterion.id: each.verdict for each in only(found).reasons}


CHARGED = (*KNOWN[:1], said("c", "yes"), *KNOWN[2:])
UNSURE_OF_CHARGE = (KNOWN[0], *KNOWN[2:])


@pytest.mark.parametrize(
    ("features", "statements", "expected", "criterion_id", "verdict"),
    [
        (GOOD, KNOWN, "fits", "lawful", "met"),
        ({**GOOD, "licensed": "no"}, KNOWN, "excluded", "lawful", "missed"),
        ({**GOOD, "licensed": None}, KNOWN, "ask", "lawful", "unknown"),
        ({**GOOD, "charges": "no"}, KNOWN, "fits", "charged", None),
        ({**GOOD, "charges": "no"}, CHARGED, "excluded", "charged", "missed"),
        ({**GOOD, "charges": None}, CHARGED, "ask", "charged", "unknown"),
        (GOOD, CHARGED, "fits", "charged", "met"),
        ({**GOOD, "charges": "no"}, UNSURE_OF_CHARGE, "ask", "charged", "unknown"),
        ({**GOOD, "charges": None}, UNSURE_OF_CHARGE, "ask", "charged", "unknown"),
        (GOOD, UNSURE_OF_CHARGE, "fits", "charged", None),
        ({**GOOD, "doors": "locked"}, KNOWN, "ask", "unlocked", "missed"),
        ({**GOOD, "doors": "watched"}, KNOWN, "fits", "watched", "met"),
        ({**GOOD, "longest": "400"}, KNOWN, "fits", "long", "met"),
        ({**GOOD, "longest": "30"}, KNOWN, "fits", "long", "missed"),
        ({**GOOD, "rules": ["curfew"]}, KNOWN, "fits", "no_rules", "missed"),
        ({**GOOD, "rules": ["none"]}, KNOWN, "fits", "no_rules", "met"),
        ({**GOOD, "warning": "in 2024"}, KNOWN, "fits", "warned", "note"),
    ],
)
def test_features_as_the_table_says(
    features: dict[str, Any],
    statements: tuple[Statement, ...],
    expected: str,
    criterion_id: str,
    verdict: str | None,
) -> None:
    given_ones = {id: value for id, value in features.items() if value is not None}
    found = beds_for([service("one", features=given_ones)], *statements)
    assert standing(found) == expected
    assert verdicts(found).get(criterion_id) == verdict


def test_control_decides_between_watched_and_open_doors_and_asks_about_an_open_address() -> None:
    homes = [
        service("watched", features={**GOOD, "doors": "watched"}, residential=True, confidential=True),
        service("opened", residential=True, confidential=True),
    ]
    looked_for, nobody = KNOWN, (said("b", "no"), said("a", "yes"), *KNOWN[1:])
    assert [each.service.id for each in beds_for(homes, *looked_for).fits] == ["watched", "opened"]
    assert [each.service.id for each in beds_for(homes, *nobody).fits] == ["opened", "watched"]
    known_address = service("known", residential=True)
    assert standing(beds_for([known_address], *looked_for)) == "ask"
    assert standing(beds_for([known_address], *nobody)) == "fits"
    unsure = tuple(each for each in nobody if each.question != "b")
    assert standing(beds_for([known_address], *unsure)) == "ask"


def word(hours: float, status: Any = "available", serves: str | None = None) -> BedWord:
    return BedWord(status, None, serves, "somebody", NIGHT - timedelta(hours=hours))


@pytest.mark.parametrize(
    ("bed", "verdict"),
    [
        (word(1), "met"),
        (word(25), "unknown"),
        (word(-1), "unknown"),
        (word(1, "full"), "missed"),
        (word(1, "assess_first"), "unknown"),
        (word(1, serves="girls"), "met"),
        (word(1, serves="boys"), "missed"),
        (word(1, serves="somebody_else"), "unknown"),
        (None, "unknown"),
    ],
)
def test_a_word_about_beds_holds_for_a_day_and_for_whom_it_says(bed: BedWord | None, verdict: str) -> None:
    beds = {} if bed is None else {"one": bed}
    found = beds_for([service("one")], now=NIGHT, beds=beds)
    assert verdicts(found)["bed"] == verdict
    assert standing(found) == "fits"  # a full place is never hidden


def test_at_night_admission_must_be_known_and_by_day_nothing_is_said_of_it() -> None:
    def at(hour: int, **changes: Any) -> tuple[str, str | None]:
        found = beds_for([service("one", **changes)], now=NIGHT.replace(hour=hour))
        return standing(found), verdicts(found).get("tonight")

    silent = {id: value for id, value in GOOD.items() if id != "at_night"}
    assert at(23, features=silent) == ("ask", "unknown")
    assert at(23, features=silent, open_24_7=True) == ("fits", "met")
    assert at(3, features={**silent, "at_night": "no"}) == ("excluded", "missed")
    assert at(10, features={**silent, "at_night": "no"}) == ("fits", None)


def test_who_may_refer_is_told_by_the_profession_of_the_reader() -> None:
    one = [service("one", referred_by=["intake"])]
    assert verdicts(beds_for(one, profession="intake"))["refers"] == "met"
    assert verdicts(beds_for(one, profession="other"))["refers"] == "missed"
    assert verdicts(beds_for(one))["refers"] == "unknown"
    assert standing(beds_for(one, profession="other")) == "fits"


def test_rank_follows_the_criteria_then_age_of_the_entry_then_distance_then_name() -> None:
    homes = [
        service("b_name"), service("a_name"),
        service("state_wide", areas=["us_aa"], name="aa"),
        service("old", as_of="2020-01-01", name="a"),
        service("long", features={**GOOD, "longest": 100}),
        service("watched", features={**GOOD, "doors": "watched"}),
        service("bed"), service("survivors", survivor_led=True),
        service("made", trafficking_specific=True),
    ]  # fmt: skip
    found = beds_for(homes, now=NIGHT, beds={"bed": word(1)}, day=date(2026, 11, 24))
    assert [each.service.id for each in found.fits] == [
        "made", "survivors", "bed", "watched", "long", "a_name", "b_name", "state_wide", "old",
    ]  # fmt: skip


def test_what_the_youth_wants_help_with_comes_first() -> None:
    wanted = found_for([service("one")], *KNOWN[:1], said("c", "yes"), said("d", "yes"))
    assert [(each.need.id, each.wanted) for each in wanted] == [("talk", True), ("bed", False)]
    assert [each.need.id for each in found_for([service("one")])] == ["bed", "talk"]


def test_where_nothing_fits_the_next_best_says_what_it_lacks() -> None:
    homes = [
        service("far", areas=["aa_two"], minimum_age=18, maximum_age=20),
        service("grown", minimum_age=18, maximum_age=20),
        service("route", kinds=["way"]),
    ]
    found = beds_for(homes)
    assert [each.service.id for each in found.fits] == ["route"]
    assert found.nothing_fits
    assert found.next_best is not None
    assert found.next_best.service.id == "grown"
    assert [(each.criterion.id, each.words) for each in found.next_best.shortfall] == [("ages", "missed")]
    fitting = beds_for([*homes, service("good")])
    assert not fitting.nothing_fits
    assert fitting.next_best is None


def test_an_area_of_the_other_state_or_none_at_all() -> None:
    assert standing(beds_for([service("all", areas=["us"])])) == "fits"
    assert standing(beds_for([service("said_nowhere", areas=[])])) == "ask"
    assert standing(beds_for([service("elsewhere", areas=["aa_two"])])) == "excluded"


# ---- what holds whatever an entry and the answers say


maybe = st.sampled_from(["yes", "no", None])
features = st.fixed_dictionaries(
    {
        "licensed": maybe, "charges": maybe, "at_night": maybe,
        "doors": st.sampled_from(["unlocked", "watched", "locked", None]),
        "rules": st.sampled_from([None, "none", "curfew"]),
        "longest": st.sampled_from([None, 10, 100]),
        "warning": st.sampled_from([None, "once"]),
    }
).map(lambda told: {id: value for id, value in told.items() if value is not None})  # fmt: skip
entries = st.fixed_dictionaries(
    {
        "features": features,
        "kinds": st.sampled_from([["shelter"], ["shelter", "jail"], ["jail"], ["way"]]),
        "residential": st.booleans(), "confidential": st.booleans(),
        "open_24_7": st.sampled_from([True, False, None]),
        "trafficking_specific": st.booleans(), "survivor_led": st.booleans(),
        "minimum_age": st.sampled_from([None, 12, 18]), "maximum_age": st.sampled_from([None, 20]),
        "genders_served": st.sampled_from(["all", "unknown", ["girls"], ["boys"]]),
        "areas": st.sampled_from([[], ["aa_one"], ["aa_two"], ["us"]]),
        "listing": st.sampled_from(["list", "verify_first", "never"]),
    }
)  # fmt: skip
answers = st.fixed_dictionaries(
    {
        "b": maybe,
        "c": maybe,
        "age": st.sampled_from([None, 15, 19]),
        "where": st.sampled_from([None, "aa_one", "aa_two"]),
    }
)
moments = st.sampled_from([None, NIGHT, NIGHT.replace(hour=12)])


def statements(told: Mapping[str, Any]) -> list[Statement]:
    return [said("a", "yes"), *(said(id, value) for id, value in told.items() if value is not None)]


def places(found: NeedMatch) -> dict[str, str]:
    return {each.service.id: name for name in ("fits", "ask", "excluded") for each in getattr(found, name)}


@settings(max_examples=60, deadline=None)
@given(entry=entries, told=answers, now=moments)
def test_taking_a_feature_away_never_makes_a_service_fit_and_detention_never_appears(
    entry: dict[str, Any], told: dict[str, Any], now: datetime | None
) -> None:
    variants = {"whole": entry["features"]} | {
        f"without_{gone}": {id: value for id, value in entry["features"].items() if id != gone}
        for gone in entry["features"]
    }
    services = [service(id, **{**entry, "features": left}) for id, left in variants.items()]
    found = places(beds_for(services, *statements(told), now=now))
    if "jail" in entry["kinds"] or entry["listing"] == "never":
        assert found == {}
    elif found["whole"] != "fits":
        assert [id for id, place in found.items() if place == "fits"] == []


@settings(max_examples=40, deadline=None)
@given(entry=entries, told=answers, now=moments)
def test_what_fits_is_known_in_every_point_that_decides(
    entry: dict[str, Any], told: dict[str, Any], now: datetime | None
) -> None:
    found = beds_for([service("one", **entry)], *statements(told), now=now)
    for fitting in found.fits:
        assert fitting.service.features.get("licensed") == ("yes",)
        assert fitting.service.features.get("doors", ("locked",)) != ("locked",)
        assert fitting.service.listing == "list"
        assert told["c"] == "no" or fitting.service.features.get("charges") == ("yes",)
        if fitting.service.residential and not fitting.service.confidential:
            assert told["b"] == "no"


@settings(max_examples=30, deadline=None)
@given(st.lists(entries, min_size=2, max_size=6), st.randoms(use_true_random=False))
def test_the_order_does_not_depend_on_the_order_of_the_directory(
    several: list[dict[str, Any]], random: Any
) -> None:
    services = [service(f"s{number}", **entry) for number, entry in enumerate(several)]
    shuffled = list(services)
    random.shuffle(shuffled)
    order = [
        [[each.service.id for each in getattr(found, name)] for name in ("fits", "ask", "excluded")]
        for found in (beds_for(services), beds_for(shuffled))
    ]
    assert order[0] == order[1]


# ---- the files


def faults_of(changes: dict[str, Any], features: str = "") -> set[str]:
    criteria = [{**criterion("one", "prefer", "feature", feature="licensed", wanted=["yes"]), **changes}]
    files = {**FILES, "criteria/a.yaml": json.dumps({"criteria": criteria})}
    if features:
        files["placement.yaml"] = PLACEMENT.replace("features:\n", f"features:\n  - {features}\n")
    with pytest.raises(RulebookFaults) as found:
        tiny(files)
    assert all(fault.line > 0 for fault in found.value.faults)
    return {fault.code for fault in found.value.faults}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"feature": None}, "E210"),
        ({"reads": "age"}, "E210"),
        ({"reads": "field"}, "E210"),
        ({"reads": "admits_now"}, "E210"),
        ({"at_least": 3}, "E210"),
        ({"feature": "longest", "wanted": []}, "E210"),
        ({"effect": "exclude"}, "E211"),
        ({"effect": "ask", "unknown": "tell"}, "E211"),
        ({"effect": "ask", "unknown": "homes"}, "E211"),
        ({"words": {"missed": "Outside {age}"}}, "E212"),
        ({"wanted": ["maybe"]}, "E202"),
        ({"feature": "nowhere"}, "E202"),
        ({"sources": ["nowhere"]}, "E202"),
        ({"needs": ["nowhere"]}, "E202"),
        ({"when": {"nowhere": "yes"}}, "E202"),
    ],
)
def test_faults_of_a_criterion_are_told(changes: dict[str, Any], code: str) -> None:
    assert code in faults_of(changes)


def test_faults_of_features_and_of_what_services_say_are_told() -> None:
    assert faults_of({}, "{id: x, label: X, ask: X?, kind: one_of}") == {"E210"}
    assert faults_of({}, "{id: x, label: X, ask: X?, kind: days, options: [{id: y, label: Y}]}") == {"E210"}
    twice = "{id: x, label: X, ask: X?, kind: some_of, options: [{id: y, label: Y}, {id: y, label: Z}]}"
    assert faults_of({}, twice) == {"E201"}
    for told, code in (
        ({"doors": "ajar"}, "E202"),
        ({"nowhere": "yes"}, "E202"),
        ({"longest": "long"}, "E208"),
    ):
        services = json.dumps({"services": [service("one", features=told)]})
        with pytest.raises(RulebookFaults) as found:
            tiny({**FILES, "services/all.yaml": services})
        assert {fault.code for fault in found.value.faults} == {code}
    with pytest.raises(RulebookFaults) as found:
        tiny({"criteria/a.yaml": json.dumps({"criteria": [criterion("ages", "exclude", "age")]})})
    assert {fault.code for fault in found.value.faults} == {"E210"}


def test_criteria_and_features_are_compared_and_their_uses_known() -> None:
    rulebook = tiny({**FILES, "services/all.yaml": json.dumps({"services": [service("one")]})})
    entries_there = entries_by_kind(rulebook)
    assert {"lawful", "bed"} <= entries_there["criterion"].keys()
    assert "doors" in entries_there["feature"]
    uses = {(use.kind, use.id) for use in users_of(rulebook, "doors", "feature")}
    assert uses >= {("criterion", "watched"), ("criterion", "unlocked"), ("service", "one")}
    assert ("criterion", "charged") in {(use.kind, use.id) for use in users_of(rulebook, "c", "question")}
    assert ("need", "talk") in {(use.kind, use.id) for use in users_of(rulebook, "d", "question")}
