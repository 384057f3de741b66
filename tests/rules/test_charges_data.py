"""The shipped charge worksheet: every link rule has cases for and against it, and the words keep their promises."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.core.charges import LINKS, Charge, LinkFound, kinds_of, link_of, sort_charges
from screening.core.conditions import Not, every_node, question_of
from screening.core.evaluation import Assessment, assess
from screening.core.loading import load_rulebook
from screening.core.rulebook import ChargeKind, Charges
from screening.core.statements import Source, Statement, Value
from screening.core.truth import NO

RULEBOOK = load_rulebook(Path(__file__).parents[2] / "rules")
DAY = date(2026, 11, 24)
AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
KINDS = kinds_of(RULEBOOK)
Answers = Mapping[str, Value]

FIRM_NO: Answers = {
    **{question.id: "no" for question in RULEBOOK.questions.values() if question.kind == "yes_no"},
    **{question.id: () for question in RULEBOOK.questions.values() if question.kind == "choices"},
    "age": 15,
    "missing_episodes": 0,
    "mark_or_tattoo": "no_mark",
    "pregnant_or_parenting": "not_asked",
}
"""Every sign ruled out, for a fifteen-year-old."""
ADULT: Answers = {"age": 19}
CONCERN: Answers = {"earlier_report": "yes"}
"""Possible concern without a sign of anybody's hold."""
HOLD: Answers = {"phone_watched": "yes"}
"""A sign of somebody's hold that raises no concern alone."""
ITSELF, LIKELY, SHOWN, NONE = LINKS

CASES: Mapping[str, list[tuple[Answers, str]]] = {
    "prostitution": [
        ({}, ITSELF),
        ({**ADULT, "could_be_minor": "unsure"}, ITSELF),
        ({**ADULT, "exploited_before_18": "yes"}, ITSELF),
        ({**ADULT, **HOLD}, LIKELY),
        ({**ADULT, **CONCERN}, LIKELY),
        (ADULT, NONE),
    ],
    "loitering_for_prostitution": [
        ({"found_in_operation": "yes"}, ITSELF),
        ({"exchange_known": "yes"}, ITSELF),
        ({"advert_found": "yes"}, ITSELF),
        ({}, LIKELY),
        ({**ADULT, **CONCERN}, LIKELY),
        (ADULT, NONE),
    ],
    "city_ordinance_sexual": [
        ({}, ITSELF),
        ({**ADULT, "exploited_before_18": "yes"}, ITSELF),
        ({**ADULT, **CONCERN}, LIKELY),
        (ADULT, NONE),
    ],
    "images_of_oneself": [
        ({"pictures_for_things": "yes"}, ITSELF),
        ({"pictures_as_threat": "yes"}, ITSELF),
        ({"met_online": "yes"}, LIKELY),
        (CONCERN, LIKELY),
        ({**ADULT, "pictures_as_threat": "yes"}, LIKELY),
        (HOLD, SHOWN),
        ({}, NONE),
    ],
    "recruiting": [
        ({"asked_to_bring_others": "yes"}, LIKELY),
        ({**CONCERN, **HOLD}, LIKELY),
        ({"family_profits": "yes"}, LIKELY),
        (CONCERN, SHOWN),
        ({"known_exploited_contacts": "yes"}, SHOWN),
        (HOLD, NONE),
        ({}, NONE),
    ],
    "promoting": [
        ({"advert_found": "yes"}, ITSELF),
        ({"asked_to_bring_others": "yes"}, LIKELY),
        ({"owes_someone": "yes"}, LIKELY),
        (CONCERN, SHOWN),
        ({"known_exploited_contacts": "yes"}, SHOWN),
        (HOLD, NONE),
    ],
    "drug_possession": [
        ({**HOLD, "found_with": ("unrelated_adult",)}, LIKELY),
        ({**HOLD, "found_with": ("partner",)}, LIKELY),
        ({**CONCERN, **HOLD}, LIKELY),
        ({"had_to_do_things": "yes"}, LIKELY),
        ({"owes_someone": "yes"}, LIKELY),
        ({**HOLD, "found_with": ("other_youths",)}, SHOWN),
        (CONCERN, SHOWN),
        ({"substance_use": "yes", "found_with": ("unrelated_adult",)}, NONE),
        ({}, NONE),
    ],
    "drug_selling": [
        ({"owes_someone": "yes"}, LIKELY),
        ({"gang_or_group_control": "yes"}, LIKELY),
        ({**CONCERN, **HOLD}, LIKELY),
        ({"work_trouble": "yes"}, SHOWN),
        (CONCERN, SHOWN),
        ({"substance_use": "yes"}, NONE),
    ],
    "theft": [
        ({"owes_someone": "yes"}, LIKELY),
        ({"gang_or_group_control": "yes"}, LIKELY),
        ({"had_to_do_things": "yes"}, LIKELY),
        ({**CONCERN, **HOLD}, LIKELY),
        ({"no_stable_home": "yes"}, SHOWN),
        ({"costly_things": "yes"}, SHOWN),
        (CONCERN, SHOWN),
        ({}, NONE),
    ],
    "fraud_or_cards": [
        ({"owes_someone": "yes"}, LIKELY),
        ({**CONCERN, "items_found": ("other_peoples_ids",)}, LIKELY),
        ({**CONCERN, **HOLD}, LIKELY),
        (CONCERN, SHOWN),
        (HOLD, NONE),
    ],
    "damage_or_burglary": [
        ({"owes_someone": "yes"}, LIKELY),
        ({"gang_or_group_control": "yes"}, LIKELY),
        ({**CONCERN, "not_free_to_leave": "yes"}, LIKELY),
        ({"not_free_to_leave": "yes"}, SHOWN),
        ({"no_stable_home": "yes"}, SHOWN),
        ({}, NONE),
    ],
    "assault_on_possible_exploiter": [
        ({"threatened": "yes"}, LIKELY),
        ({"not_free_to_leave": "yes"}, LIKELY),
        ({"assault_last_five_days": "yes"}, LIKELY),
        ({"body_state": ("burns_or_restraint_marks",)}, LIKELY),
        ({**CONCERN, "fear_of_someone": "yes"}, LIKELY),
        ({"fear_of_someone": "yes"}, SHOWN),
        (CONCERN, SHOWN),
        ({"body_state": ("exhausted",)}, NONE),
    ],
    "assault_other": [
        ({"threatened": "yes"}, LIKELY),
        ({**CONCERN, "gang_or_group_control": "yes"}, LIKELY),
        ({"gang_or_group_control": "yes"}, SHOWN),
        ({"manner": ("fearful",)}, SHOWN),
        (CONCERN, SHOWN),
        (HOLD, NONE),
    ],
    "weapon": [
        ({"threatened": "yes"}, LIKELY),
        ({**CONCERN, "fear_of_someone": "yes"}, LIKELY),
        ({"fear_of_someone": "yes"}, SHOWN),
        ({"gang_or_group_control": "yes"}, SHOWN),
        (CONCERN, SHOWN),
        (HOLD, NONE),
    ],
    "robbery": [
        ({"exchange_known": "yes"}, LIKELY),
        ({**CONCERN, **HOLD}, LIKELY),
        ({"owes_someone": "yes"}, LIKELY),
        ({"gang_or_group_control": "yes"}, SHOWN),
        (CONCERN, SHOWN),
        (HOLD, NONE),
    ],
    "false_identity": [
        ({**CONCERN, "false_identity": "yes"}, LIKELY),
        ({**HOLD, "false_identity": "yes"}, LIKELY),
        ({"false_identity": "yes", "companion_speaks": "yes"}, LIKELY),
        ({"false_identity": "yes", "manner": ("rehearsed",)}, LIKELY),
        ({"someone_keeps_things": "yes"}, LIKELY),
        ({"false_identity": "yes"}, SHOWN),
        ({"missing_now": "yes"}, SHOWN),
        (CONCERN, SHOWN),
        (HOLD, NONE),
    ],
    "false_report_or_obstruction": [
        ({**CONCERN, "companion_speaks": "yes"}, LIKELY),
        ({"unsafe_person_near": "yes"}, LIKELY),
        ({"family_profits": "yes"}, LIKELY),
        ({"fear_of_someone": "yes"}, SHOWN),
        (CONCERN, SHOWN),
        ({"companion_speaks": "yes"}, NONE),
    ],
    "trespass_or_disorder": [
        ({"found_place": ("hotel_or_motel",), "found_with": ("unrelated_adult",)}, LIKELY),
        ({"found_in_operation": "yes"}, LIKELY),
        ({**CONCERN, "found_place": ("truck_stop",)}, LIKELY),
        ({"found_place": ("truck_stop",)}, SHOWN),
        ({"no_stable_home": "yes"}, SHOWN),
        (CONCERN, SHOWN),
        ({"found_with": ("other_youths",)}, NONE),
    ],
    "city_ordinance_other": [
        ({**CONCERN, "missing_now": "yes"}, LIKELY),
        ({**CONCERN, "found_place": ("truck_stop",)}, LIKELY),
        (CONCERN, SHOWN),
        ({"no_stable_home": "yes"}, SHOWN),
        ({"missing_now": "yes"}, NONE),
    ],
    "running_away": [
        (CONCERN, LIKELY),
        ({"support_while_missing": "yes"}, LIKELY),
        ({"missing_episodes": 12}, SHOWN),
        (HOLD, SHOWN),
        ({"abuse_suspected": "yes"}, SHOWN),
        ({"abuse_history": ("sexual_abuse",)}, SHOWN),
        ({"missing_episodes": 1, "longest_missing_days": 0, "first_missing_age": 15}, NONE),
    ],
    "truancy_or_curfew": [
        ({**CONCERN, "school": ("absent_often",)}, LIKELY),
        ({**CONCERN, **HOLD}, LIKELY),
        (CONCERN, SHOWN),
        (HOLD, SHOWN),
        ({"school": ("absent_often",)}, NONE),
    ],
    "left_placement_or_custody": [
        (CONCERN, LIKELY),
        ({"unsafe_person_near": "yes"}, LIKELY),
        (HOLD, SHOWN),
        ({"abuse_suspected": "yes"}, SHOWN),
        ({"care_history": "yes"}, NONE),
    ],
    "missed_court": [
        ({**CONCERN, "missing_now": "yes"}, LIKELY),
        ({**CONCERN, **HOLD}, LIKELY),
        ({"missing_now": "yes"}, SHOWN),
        (CONCERN, SHOWN),
        (HOLD, NONE),
    ],
    "supervision_violation": [
        ({**CONCERN, "substance_use": "yes"}, LIKELY),
        ({**CONCERN, "missing_now": "yes"}, LIKELY),
        (CONCERN, SHOWN),
        (HOLD, SHOWN),
        ({"substance_use": "yes"}, NONE),
    ],
    "driving": [
        ({**CONCERN, "found_with": ("unrelated_adult",)}, LIKELY),
        ({**CONCERN, "not_free_to_leave": "yes"}, LIKELY),
        (CONCERN, SHOWN),
        ({"found_with": ("unrelated_adult",)}, NONE),
    ],
    "another_charge": [
        ({"threatened": "yes"}, LIKELY),
        ({**CONCERN, "gang_or_group_control": "yes"}, LIKELY),
        (CONCERN, SHOWN),
        (HOLD, SHOWN),
        ({"gang_or_group_control": "yes"}, NONE),
    ],
}
"""Kind → what is known beside a firm no to all else, and how the charge is then sorted: cases for and against each rule."""
ROWS = [(kind, answers, link) for kind, cases in CASES.items() for answers, link in cases]


def assessed(answers: Answers) -> Assessment:
    statements = [
        Statement(question, question, value, Source.RECORD, "case_author", AT)
        for question, value in answers.items()
    ]
    return assess(RULEBOOK, statements, DAY)


def sorted_as(kind: str, answers: Answers) -> LinkFound:
    return link_of(assessed(answers), KINDS[kind])


def charges() -> Charges:
    assert RULEBOOK.charges is not None
    return RULEBOOK.charges


@pytest.mark.parametrize(
    ("kind", "answers", "link"), ROWS, ids=[f"{kind}-{n}-{link}" for n, (kind, _, link) in enumerate(ROWS)]
)
def test_case(kind: str, answers: Answers, link: str) -> None:
    found = sorted_as(kind, {**FIRM_NO, **answers})
    assert found.link == link
    assert found.rule is not None, "with every answer firm, a rule decides"


@pytest.mark.parametrize("kind", KINDS)
def test_every_rule_has_a_case_for_and_a_case_against_it(kind: str) -> None:
    found = [assessed({**FIRM_NO, **answers}) for answers, _ in CASES[kind]]
    decided = [link_of(assessment, KINDS[kind]).rule for assessment in found]
    for rule in KINDS[kind].links:
        assert any(each is rule for each in decided), f"nothing is for {rule.link}: {rule.reason}"
        if rule.when is not None:
            against = [assessment.explain(rule.when).truth is NO for assessment in found]
            assert any(against), f"nothing is against {rule.link}: {rule.reason}"


def test_every_kind_has_cases_and_every_case_a_kind() -> None:
    assert set(CASES) == set(KINDS)
    assert {kind.group for kind in KINDS.values()} == {group.id for group in charges().groups}


# ---- what is proved of the shipped rules

YES_NO = [question.id for question in RULEBOOK.questions.values() if question.kind == "yes_no"]
REPLIES = st.sampled_from(["yes", "no", "unsure", "declined", "not_asked"])
SOME_ANSWERS = st.dictionaries(st.sampled_from(YES_NO), REPLIES, max_size=25)


@pytest.mark.parametrize("kind", KINDS)
def test_rules_stand_closest_first_without_a_not_and_end_with_none_known(kind: str) -> None:
    """So no sign can move a charge further away: conditions only gain by a sign, and the first that holds is closest."""
    links = [LINKS.index(rule.link) for rule in KINDS[kind].links]
    assert links == sorted(links)
    assert links[-1] == LINKS.index("unrelated")
    assert links.count(links[-1]) == 1
    for rule in KINDS[kind].links:
        if rule.when is not None:
            assert not any(isinstance(node, Not) for node in every_node(rule.when))


@settings(max_examples=40, deadline=None)
@given(SOME_ANSWERS, st.integers(10, 17), st.sampled_from(YES_NO))
def test_a_sign_never_moves_a_charge_further_away(answers: dict[str, Value], age: int, sign: str) -> None:
    before, after = assessed({"age": age, **answers}), assessed({"age": age, **answers, sign: "yes"})
    for kind in KINDS.values():
        near, far = LINKS.index(link_of(after, kind).link), LINKS.index(link_of(before, kind).link)
        assert near <= far, kind.id


@settings(max_examples=40, deadline=None)
@given(SOME_ANSWERS, SOME_ANSWERS, st.integers(10, 17))
def test_what_open_answers_turn_out_to_be_was_foretold(
    answers: dict[str, Value], learned: dict[str, Value], age: int
) -> None:
    firm = {question: value for question, value in answers.items() if value in ("yes", "no")}
    now, later = assessed({"age": age, **firm}), assessed({"age": age, **learned, **firm})
    for kind in KINDS.values():
        found = link_of(now, kind)
        foretold = {found.link, *(each.link for each in found.may_be)}
        if found.rule is None:
            foretold.add("unrelated")
        outcome = link_of(later, kind)
        assert outcome.link in foretold or (outcome.rule is None and "unrelated" in foretold), kind.id


def test_nothing_answered_never_sorts_as_unrelated() -> None:
    for kind in KINDS:
        assert sorted_as(kind, {}).link != "unrelated", kind
        assert sorted_as(kind, {"age": 15}).link != "unrelated", kind


def test_the_youths_denials_alone_change_nothing_seen_or_recorded() -> None:
    seen = {**FIRM_NO, "exchange_known": "yes", "phone_watched": "yes", "owes_someone": "yes"}
    for kind in KINDS:
        record = [Statement(f"r{q}", q, value, Source.RECORD, "officer_a", AT) for q, value in seen.items()]
        denied = [Statement(f"s{q}", q, "no", Source.SAID, "officer_b", AT) for q in YES_NO]
        with_denials = assess(RULEBOOK, [*record, *denied], DAY)
        assert link_of(with_denials, KINDS[kind]).link == sorted_as(kind, seen).link, kind


@pytest.mark.parametrize("kind", KINDS)
def test_how_a_charge_is_sorted_never_rests_on_what_is_charged(kind: str) -> None:
    for rule in KINDS[kind].links:
        if rule.when is not None:
            assert all(question_of(node) != "charge_kinds" for node in every_node(rule.when))


# ---- law


def worksheet_law(
    kind: str, jurisdiction: str, offense_on: date | None
) -> dict[str, tuple[bool, bool | None]]:
    (line,) = sort_charges(
        assessed({"age": 15}), [Charge("1", kind, offense_on)], jurisdiction=jurisdiction, day=DAY
    )
    return {each.note.id: (each.now, each.then) for each in line.law}


def test_missouri_then_and_now_for_prostitution() -> None:
    of_2018 = worksheet_law("prostitution", "us_mo", date(2018, 6, 1))
    of_2020 = worksheet_law("prostitution", "us_mo", date(2020, 6, 1))
    of_2023 = worksheet_law("prostitution", "us_mo", date(2023, 6, 1))
    assert of_2018["mo_coercion_defense_until_2019"] == (False, True)
    assert of_2020["mo_under_18_defense_until_2022"] == (False, True)
    assert of_2020["mo_under_18_is_victim"] == (True, False)
    assert of_2023["mo_under_18_is_victim"] == (True, True)
    assert not {"mo_coercion_defense_until_2019", "mo_under_18_defense_until_2022"} & of_2023.keys()


@pytest.mark.parametrize("state", ["us_mo", "us_ks", "us_ca", "us_ny"])
@pytest.mark.parametrize("kind", ["prostitution", "loitering_for_prostitution", "city_ordinance_sexual"])
def test_every_state_says_whether_a_minor_can_be_charged(kind: str, state: str) -> None:
    places = {RULEBOOK.law[note].jurisdiction for note in worksheet_law(kind, state, None)}
    assert state in places
    assert places <= set(RULEBOOK.applicable_jurisdictions(state))


def test_missouris_bar_on_prostitution_is_no_way_out_of_another_charge() -> None:
    for kind in KINDS.values():
        assert ("mo_no_finding_for_prostitution" in kind.reliefs) == (kind.id == "prostitution")
        if "prostitution" not in kind.id and kind.id != "city_ordinance_sexual":
            assert "mo_other_charges_not_covered" in kind.law, kind.id


def test_federal_relief_is_told_from_its_day_on_and_as_federal_only() -> None:
    (relief,) = [each for each in charges().reliefs if each.id == "federal_relief"]
    assert "Federal charges only" in relief.label
    for day, there in ((date(2026, 1, 22), False), (date(2026, 1, 23), True)):
        (line,) = sort_charges(assessed({}), [Charge("1", "drug_possession")], jurisdiction="us_mo", day=day)
        assert ("federal_relief" in [each.id for each, _ in line.reliefs]) is there


def test_ids_beside_the_checker_exist() -> None:
    facts = charges().age_facts
    assert facts is not None
    assert set(facts.questions) <= set(RULEBOOK.questions)
    assert set(facts.of) <= {profession.id for profession in RULEBOOK.about.professions}
    assert set(facts.law) <= set(RULEBOOK.law)
    assert set(facts.sources) <= set(RULEBOOK.sources)
    topics = {note.topic for note in RULEBOOK.law.values()}
    assert all(set(kind.law_topics) <= topics for kind in KINDS.values())
    assert {words.id for words in charges().links} == set(LINKS)


# ---- words


def texts_of(kind: ChargeKind) -> list[str]:
    return [
        kind.label, *(rule.reason for rule in kind.links), *(ask.text for ask in kind.asks), *kind.blocks,
        *([kind.hint] if kind.hint else []),
    ]  # fmt: skip


EVERY_TEXT = [
    *(text for kind in KINDS.values() for text in texts_of(kind)),
    *charges().cautions,
    *(words.means for words in charges().links),
    *(ask.text for ask in charges().asks_of_all),
    *(relief.plain for relief in charges().reliefs),
]


def test_nothing_accuses_decides_or_is_certain() -> None:
    refused = re.compile(
        r"\b(is a victim|victim of trafficking by|guilty|offender was|criminal history|cleared of|must plead"
        r"|should plead|will be dismissed|prostitute|proves?)\b",
        re.IGNORECASE,
    )
    assert [text for text in EVERY_TEXT if refused.search(text)] == []


def test_what_is_to_be_asked_is_an_ask_and_decides_nothing() -> None:
    asks = [ask.text for kind in KINDS.values() for ask in kind.asks]
    asks += [ask.text for ask in charges().asks_of_all]
    assert [text for text in asks if "Ask" not in text and "ask" not in text] == []
    blocks = [text for kind in KINDS.values() for text in kind.blocks]
    assert [text for text in blocks if not text.startswith("Ask whether")] == []


def test_no_link_is_said_in_the_one_honest_way() -> None:
    reasons = {rule.reason for kind in KINDS.values() for rule in kind.links if rule.link == "unrelated"}
    assert reasons == {"No link is known from what was entered; this is not proof that there is none."}


def test_the_cautions_that_have_to_stand_on_every_sheet() -> None:
    said = " ".join(charges().cautions)
    assert "A lawyer decides with the youth." in said
    assert "Do not ask the youth about what they are charged with." in said


def test_every_kind_asks_prosecution_or_counsel_and_names_what_it_blocks_and_what_lifts_it() -> None:
    for kind in KINDS.values():
        assert {ask.of for ask in kind.asks} & {"prosecution", "public_defense"}, kind.id
        assert kind.blocks, kind.id
        assert kind.reliefs, kind.id
        assert kind.law, kind.id


def test_every_relief_is_one_of_some_kind() -> None:
    used = {relief for kind in KINDS.values() for relief in kind.reliefs}
    assert used == {relief.id for relief in charges().reliefs}
