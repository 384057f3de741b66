"""Any entry of the rulebook can be explained in plain words, with all that uses it."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from tiny_rulebook import CONCERN, INDICATORS, files_with, tiny

from screening.core.conditions import parse_condition
from screening.core.loading import load_files, load_rulebook, read_rule_files
from screening.core.rule_explaining import condition_in_words, explain, nearest_id, users_of
from screening.core.rule_files import parse_files
from screening.core.rule_index import Index, index_of
from screening.core.rulebook import Rulebook

RULES = Path(__file__).parents[2] / "rules"
INSTRUMENT = """
instrument:
  id: screen
  label: Short screen
  items: [{id: one, label: First line, when: {b: yes}}]
  readings:
    - id: usual
      label: Usual
      bands: [{id: low, label: Low, at_least: 0, below: 1}, {id: high, label: High, at_least: 1}]
  aim: p
  made_for: m
  caveats: [Never tested.]
  licence: own
  sources: [house_one]
"""
WITH_INSTRUMENT = {"instruments/screen.yaml": INSTRUMENT}


def index_from(files: Mapping[str, bytes]) -> Index:
    return index_of(parse_files(files)[0])


def explained(rulebook: Rulebook, index: Index, id: str) -> list[str]:
    (explanation,) = explain(rulebook, index, id)
    return explanation.lines()


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ({"a": ["yes", "unsure"]}, ['"A?" (a): yes or not sure']),
        ({"count": {"at_least": 3}}, ['"How many?" (count): 3 or more']),
        ({"indicator": "minor"}, ['Holds: "Minor" (minor)']),
        (
            {"instrument": "screen", "band": "low"},
            ['Published tool: "Short screen" (screen): the whole range of points lies in “Low” (0)'],
        ),
        ({"concern": "possible"}, ["The result is at least possible concern"]),
        (
            {"all": [{"a": "yes"}, {"not": {"any": [{"b": "no"}, {"at_least": 1, "of": [{"c": "yes"}]}]}}]},
            [
                "All of these:",
                '  "A?" (a): yes',
                "  This is known not to be so:",
                "    Any one of these:",
                '      "B?" (b): no',
                "      At least 1 of these:",
                '        "C?" (c): yes',
            ],
        ),
    ],
)
def test_a_condition_is_printed_with_the_ids_of_what_it_names(condition: object, words: list[str]) -> None:
    assert condition_in_words(tiny(WITH_INSTRUMENT), parse_condition(condition)) == words


def test_an_explanation_names_the_line_the_condition_the_users_and_the_sources() -> None:
    files = files_with()
    lines = explained(load_files(files), index_from(files), "sign_direct")
    written = next(number for number, line in enumerate(INDICATORS.splitlines(), 1) if "sign_direct" in line)
    assert lines[:2] == ["indicator sign_direct", f"  written in indicators/01_first.yaml:{written}"]
    assert lines[lines.index("  holds when:") + 1 :] == [
        "    All of these:",
        '      "A?" (a): yes',
        '      Holds: "Minor" (minor)',
        "  used by:",
        "    level possible (Possible concern): counts direct indicators",
        "    level clear (Clear concern): counts direct indicators",
        "  sources:",
        "    house_one: House consensus (house, as of 2026-11-24)",
    ]


def test_an_instrument_tells_its_items_what_is_left_out_and_how_it_is_read() -> None:
    more = INSTRUMENT.replace(
        "when: {b: yes}}]", "when: {b: yes}}, {id: two, label: Second line, left_out: No detail.}]"
    )
    aside = "  set_aside: [{when: {c: yes}, text: Refer first.}]\n  caveats:"
    files = files_with({"instruments/screen.yaml": more.replace("  caveats:", aside)})
    lines = explained(load_files(files), index_from(files), "screen")
    told = "\n".join(line.strip() for line in lines)
    assert 'set aside ("Refer first.") when:\n"C?" (c): yes' in told
    assert '"First line" counts when:\n"B?" (b): yes' in told
    assert '"Second line" is left out:\nNo detail.' in told
    assert 'read as "Usual":\n0: Low (low)\n1 or more: High (high)' in told


def test_a_question_knows_every_place_that_reads_its_answer() -> None:
    found = {(use.kind, use.id, use.how) for use in users_of(tiny(WITH_INSTRUMENT), "b")}
    assert found == {
        ("indicator", "sign_strong", "tests its answer"),
        ("instrument", "screen", "tests its answer"),
        ("profile", "under_control", "tests its answer"),
        ("profile", "served_as", "tests its answer"),
    }
    assert {use.id for use in users_of(tiny(), "birth_date")} == {"age"}
    assert {(use.kind, use.id) for use in users_of(tiny(), "age")} == {
        ("definition", "minor"),
        ("outcome", "adult"),
        ("profile", "age"),
    }


def test_two_kinds_may_share_an_id_and_do_not_share_their_users() -> None:
    concern = CONCERN.replace("id: adult", "id: a")
    files = files_with({"concern.yaml": concern})
    by_kind = {each.kind: each.lines() for each in explain(load_files(files), index_from(files), "a")}
    assert set(by_kind) == {"question", "outcome"}
    assert by_kind["outcome"][by_kind["outcome"].index("  used by:") + 1] == "    nothing"
    assert "indicator sign_direct" in "\n".join(by_kind["question"])


def test_an_unknown_id_gets_the_nearest_one() -> None:
    files = files_with()
    index = index_from(files)
    assert explain(load_files(files), index, "sign_strnog") == []
    assert nearest_id(index, "sign_strnog") == "did you mean 'sign_strong'?"


def test_everything_in_the_shipped_rulebook_can_be_explained() -> None:
    rulebook, index = load_rulebook(RULES), index_from(read_rule_files(RULES))
    ids = [
        *rulebook.questions,
        *rulebook.definitions,
        *rulebook.indicators,
        *rulebook.instruments,
        *rulebook.law,
        *rulebook.services,
        *rulebook.sources,
        *(entry.id for entry in rulebook.actions),
        *(entry.id for entry in rulebook.needs),
        *(entry.id for entry in rulebook.concern.outcomes),
        *(entry.id for entry in rulebook.concern.interruptions),
    ]
    assert [id for id in ids if not explain(rulebook, index, id)] == []
