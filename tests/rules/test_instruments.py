"""The published instruments as data: their worked examples, their open points, and what is said beside them."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.core.compiled_rules import conditions_behind_level
from screening.core.conditions import InBand, Includes, every_node
from screening.core.evaluation import Assessment, InstrumentScore, assess
from screening.core.loading import load_files, load_rulebook, read_rule_files
from screening.core.rulebook import Instrument, Rulebook
from screening.core.statements import UNKNOWN_VALUES, Source, Statement, Value
from screening.core.truth import NO, UNKNOWN, YES, Truth
from screening.core.yaml_files import read_yaml

RULES = Path(__file__).parents[2] / "rules"
RULEBOOK = load_rulebook(RULES)
DAY = date(2026, 11, 24)
AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
SCORED = [tool for tool in RULEBOOK.instruments.values() if tool.scored]
OPEN = "not_asked"


def screened(answers: dict[str, Value], rulebook: Rulebook = RULEBOOK) -> Assessment:
    statements = [
        Statement(question, question, value, Source.OBSERVED, "officer_a", AT)
        for question, value in answers.items()
    ]
    return assess(rulebook, statements, DAY)


def score_of(tool: str, assessment: Assessment) -> InstrumentScore:
    return next(score for score in assessment.instruments if score.instrument.id == tool)


def bands_of(score: InstrumentScore) -> list[str | None]:
    return [band.id if band else None for _, band in score.bands]


def with_every_item_asked() -> Rulebook:
    """The shipped readings on invented items: each scored tool's items become yes/no questions, none is left out."""
    files = read_rule_files(RULES)
    questions: list[dict[str, Any]] = []
    for tool in SCORED:
        name = f"instruments/{tool.id}.yaml"
        data = read_yaml(name, files[name]).data
        for item in data["instrument"]["items"]:
            item.pop("left_out", None)
            asked = f"{tool.id}_{item['id']}"
            item["when"] = {asked: "yes"}
            questions.append({"id": asked, "kind": "yes_no", "text": "?", "ways": ["observe"], "why": "test"})
        files[name] = yaml.safe_dump(data).encode()
    section = {"id": "invented", "title": "t", "lead": "l", "purpose": "screening"}
    files["questions/99_invented.yaml"] = yaml.safe_dump(
        {"section": section, "questions": questions}
    ).encode()
    return load_files({name: text for name, text in files.items() if not name.startswith("cases/")})


EVERY_ITEM_ASKED = with_every_item_asked()


def example(tool: str, row: str, beside: dict[str, Value]) -> InstrumentScore:
    """The score of a row such as ``0 ? 1``, an item each."""
    words = {"0": "no", "1": "yes", "?": OPEN}
    items = [f"{tool}_{item.id}" for item in RULEBOOK.instruments[tool].items]
    answers = {id: words[sign] for id, sign in zip(items, row.split(), strict=True)}
    return score_of(tool, screened({**beside, **answers}, EVERY_ITEM_ASKED))


@pytest.mark.parametrize(
    ("row", "interval", "at_two", "at_three"),
    [
        ("1 0 0 0 0 0", (1, 1), "below_two", "below_three"),
        ("1 1 0 0 0 0", (2, 2), "two_or_more", "below_three"),
        ("0 1 1 0 1 0", (3, 3), "two_or_more", "three_or_more"),
        ("0 ? 1 0 ? 0", (1, 3), None, None),
        ("0 0 0 0 0 0", (0, 0), "below_two", "below_three"),
        ("1 1 1 1 1 1", (6, 6), "two_or_more", "three_or_more"),
        ("1 1 0 0 0 ?", (2, 3), "two_or_more", None),
        ("0 0 0 0 0 ?", (0, 1), "below_two", "below_three"),
    ],
)
def test_the_short_screen_at_both_published_cut_offs(
    row: str, interval: tuple[int, int], at_two: str | None, at_three: str | None
) -> None:
    score = example("short_screen", row, {"age": 15})
    assert (score.lowest, score.highest) == interval
    assert bands_of(score) == [at_two, at_three]


@pytest.mark.parametrize(
    ("row", "points", "band"),
    [("0 0 0 0", 0, "none_of_four"), ("0 0 0 1", 1, "at_least_one"), ("1 1 0 1", 3, "at_least_one")],
)
@pytest.mark.parametrize(
    ("age", "used"),
    [(17, NO), (18, YES), (20, YES), (22, YES), (23, NO), ("declined", UNKNOWN), (None, UNKNOWN)],
)
def test_one_yes_is_enough_for_qyit_and_only_from_eighteen_to_twenty_two(
    row: str, points: int, band: str, age: Value | None, used: Truth
) -> None:
    score = example("qyit", row, {} if age is None else {"age": age})
    assert (score.lowest, score.highest, score.in_use) == (points, points, used)
    assert bands_of(score) == [band if used is YES else None]


@pytest.mark.parametrize(
    ("age", "used"), [(9, NO), (10, YES), (18, YES), (19, NO), ("declined", UNKNOWN), (None, UNKNOWN)]
)
def test_the_short_screen_is_read_at_the_ages_it_was_studied_at(age: Value | None, used: Truth) -> None:
    score = example("short_screen", "1 1 1 0 0 0", {} if age is None else {"age": age})
    assert score.in_use is used
    assert bands_of(score) == (["two_or_more", "three_or_more"] if used is YES else [None, None])


@pytest.mark.parametrize(
    ("row", "disclosed", "band"),
    [
        ("0 0 0 0 0 0 0 0", "no", "not_required"),
        ("0 0 0 0 0 0 1 0", "no", "called_for"),
        ("1 1 1 1 0 0 0 0", "no", "called_for"),
        ("1 1 1 1 0 0 0 0", "yes", None),
        ("0 0 0 0 0 0 0 0", "yes", None),
        ("1 0 0 0 0 0 0 0", OPEN, None),
    ],
)
def test_the_missouri_steps_stop_at_a_disclosure(row: str, disclosed: str, band: str | None) -> None:
    score = example("missouri_two_step", row, {"disclosed_now": disclosed})
    assert bands_of(score) == [band]
    assert score.in_use is {"no": YES, "yes": NO, OPEN: UNKNOWN}[disclosed]


def test_after_a_disclosure_the_missouri_tool_gives_way_to_a_forensic_interview() -> None:
    (aside,) = RULEBOOK.instruments["missouri_two_step"].set_aside
    assert screened({"disclosed_now": "yes"}).explain(aside.when).truth is YES
    for words in ("Do not use the tool", "stop", "forensic interview", "child advocacy center", "danger"):
        assert words in aside.text
    assert RULEBOOK.instruments["missouri_two_step"].settings == ("child_protection",)


def test_the_missouri_list_holds_every_direct_and_strong_sign_but_the_disclosure_itself() -> None:
    items = RULEBOOK.instruments["missouri_two_step"].asked_items
    named = {getattr(node, "name", None) for _, when in items for node in every_node(when)} - {None}
    strong = {id for id, sign in RULEBOOK.indicators.items() if sign.strength in ("direct", "strong")}
    assert named == (strong - {"disclosure_made"}) | {"labor_signs"}


def test_the_delaware_list_is_complete_and_never_a_score() -> None:
    tool = RULEBOOK.instruments["delaware_checklist"]
    assert not tool.scored
    assert tool.bands == ()
    assert score_of(tool.id, screened({"age": 15, "substance_use": "yes"})).bands == ()
    health = [
        "partners",
        "ended_pregnancies",
        "infection",
        "substances",
        "exhausted_or_underfed",
        "abused",
        "marked",
    ]
    rest = [
        "mental_health",
        "poor_living",
        "controlled",
        "older_partner_named",
        "close_to_trade",
        "girls_and_friends",
    ]
    behavior = [
        "away_often_or_long",
        "truant",
        "behind_at_school",
        "known_places",
        "trade_language",
        "linked_charges",
    ]
    assert [item.id for item in tool.items] == [*health, *rest, *behavior]
    left_out = {item.id for item in tool.items if item.left_out}
    assert left_out == {"partners", "ended_pregnancies", "girls_and_friends"}


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(SCORED), st.data())
def test_an_unknown_is_a_range_and_a_band_is_told_only_for_all_of_it(
    tool: Instrument, data: st.DataObject
) -> None:
    """For any answers: known yes to known yes plus open; a band exactly where every score in between lies in it."""
    signs = data.draw(st.lists(st.sampled_from("01?"), min_size=len(tool.items), max_size=len(tool.items)))
    beside: dict[str, Value] = {"age": 18, "disclosed_now": "no"}
    score = example(tool.id, " ".join(signs), beside)
    least, most = signs.count("1"), signs.count("1") + signs.count("?")
    assert (score.lowest, score.highest) == (least, most)
    for (_, reached), reading in zip(score.bands, tool.readings, strict=True):
        holding = {
            band.id for band in reading.bands for points in range(least, most + 1) if band.holds(points)
        }
        assert (reached.id if reached else None) == (holding.pop() if len(holding) == 1 else None)


@pytest.mark.parametrize("tool", SCORED, ids=lambda tool: tool.id)
def test_every_score_lies_in_exactly_one_band_of_each_reading(tool: Instrument) -> None:
    for reading in tool.readings:
        for points in range(sum(item.points for item in tool.items) + 1):
            assert sum(band.holds(points) for band in reading.bands) == 1, (reading.id, points)


ANSWERED_BY: list[tuple[str, str, dict[str, Value], dict[str, Value]]] = [
    ("short_screen", "substances", {"substance_use": "yes"}, {"substance_use": "no"}),
    ("short_screen", "ran_away", {"missing_now": "yes"}, {"missing_now": "no", "missing_episodes": 0}),
    ("short_screen", "police", {"charge_kinds": ("drugs",)}, {"charge_kinds": ()}),
    ("short_screen", "serious_injury", {"health_record": ("serious_injury",)}, {"health_record": ("sti",)}),
    ("short_screen", "infection", {"health_record": ("sti",)}, {"health_record": ("serious_injury",)}),
    ("qyit", "tricked_or_forced", {"work_trouble": "yes"}, {"work_trouble": "no", "disclosed_now": "no"}),
    ("qyit", "afraid_to_leave", {"not_free_to_leave": "yes", "threatened": "yes"}, {"threatened": "no"}),
    ("qyit", "something_for_sex", {"exchange_known": "yes"}, {"exchange_known": "no", "disclosed_now": "no"}),
]  # fmt: skip


@pytest.mark.parametrize(("tool", "item", "met", "not_met"), ANSWERED_BY)
def test_an_item_is_met_by_its_own_answer_and_open_without_one(
    tool: str, item: str, met: dict[str, Value], not_met: dict[str, Value]
) -> None:
    place = [each.id for each in RULEBOOK.instruments[tool].items].index(item)

    def truth(answers: dict[str, Value]) -> Truth:
        proof = score_of(tool, screened(answers)).items[place]
        assert proof is not None
        return proof.truth

    assert truth(met) is YES
    assert truth(not_met) is NO
    assert truth({}) is UNKNOWN
    for unknown in UNKNOWN_VALUES:
        assert truth(dict.fromkeys(met, unknown)) is UNKNOWN


def test_every_item_that_can_be_met_is_tried_above_or_names_signs() -> None:
    tried = {(tool, item) for tool, item, _, _ in ANSWERED_BY}
    asked = {(tool.id, item.id) for tool in SCORED for item, _ in tool.asked_items}
    assert {pair for pair in asked if pair[0] != "missouri_two_step"} == tried


def test_no_sexual_detail_is_asked_so_those_points_stay_open() -> None:
    left_out = {tool.id: [item.id for item in tool.items if item.left_out] for tool in SCORED}
    assert left_out == {"missouri_two_step": [], "qyit": ["unsafe_place"], "short_screen": ["partners"]}
    all_no: dict[str, Value] = {
        "age": 15, "substance_use": "no", "missing_now": "no", "missing_episodes": 0, "charge_kinds": (),
        "health_record": (),
    }  # fmt: skip
    score = score_of("short_screen", screened(all_no))
    assert (score.lowest, score.highest) == (0, 1)
    in_detention = score_of("short_screen", screened({**all_no, "charge_kinds": ("assault_or_weapon",)}))
    assert (in_detention.lowest, in_detention.highest) == (1, 2)
    assert bands_of(in_detention) == [None, "below_three"]


def test_any_charge_means_police_and_detention_is_told_what_that_does_to_the_cut_off() -> None:
    tool = RULEBOOK.instruments["short_screen"]
    (police,) = [when for item, when in tool.asked_items if item.id == "police"]
    assert isinstance(police, Includes)
    assert set(police.options) == set(RULEBOOK.questions["charge_kinds"].option_labels)
    (caveat,) = tool.setting_caveats
    assert caveat.settings == ("detention",)
    for words in ("other five", "health care", "Never use this screen alone"):
        assert words in caveat.text


def test_no_instrument_decides_the_level_of_concern() -> None:
    behind = [node for condition in conditions_behind_level(RULEBOOK) for node in every_node(condition)]
    assert not any(isinstance(node, InBand) for node in behind)
