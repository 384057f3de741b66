"""What is said beside the published instruments: figures that agree with their counts, and words that never accuse."""

import re
from pathlib import Path

import pytest

from screening.core.loading import load_rulebook
from screening.core.rulebook import Instrument

RULEBOOK = load_rulebook(Path(__file__).parents[2] / "rules")
SCORED = [tool for tool in RULEBOOK.instruments.values() if tool.scored]
COUNTS = {
    # source that has them, reading, people: exploited and positive, exploited and missed, not and negative, not and positive
    ("study_short_screen_2018", "cut_off_two", 108): (23, 2, 61, 22),
    ("study_short_screen_sites_2018", "cut_off_two", 810): (76, 14, 414, 306),
    ("study_kaltiso_2018", "cut_off_two", 203): (10, 1, 102, 90),
    ("study_short_screen_akron_2022", "cut_off_three", 203): (9, 2, 145, 47),
    ("study_hurst_2021", "cut_off_two", 212): (22, 4, 99, 87),
    ("study_qyit_2019", "any_yes", 340): (26, 4, 237, 73),
    ("study_qyit_site", "any_yes", None): (27, 4, None, None),
}


@pytest.mark.parametrize(("row", "counts"), COUNTS.items(), ids=[source for source, _, _ in COUNTS])
def test_the_figures_of_a_study_agree_with_its_counts(
    row: tuple[str, str, int | None], counts: tuple[int, int, int | None, int | None]
) -> None:
    """340 assessments of 307 people stand behind QYIT; its shelter gives a sensitivity that fits 27 of 31."""
    (source, reading, number), (found, missed, negative, false) = row, counts
    (study,) = [
        each
        for tool in SCORED
        for each in tool.validation
        if (each.sources[0], each.reading) == (source, reading)
    ]
    assert study.people == (307 if number == 340 else number)
    assert study.sensitivity == pytest.approx(100 * found / (found + missed), abs=0.51)
    if negative is None or false is None:
        assert study.positive_predictive_value is None
        return
    assert found + missed + negative + false == number
    assert study.specificity == pytest.approx(100 * negative / (negative + false), abs=0.51)
    assert study.positive_predictive_value == pytest.approx(100 * found / (found + false), abs=0.51)
    assert study.negative_predictive_value == pytest.approx(100 * negative / (negative + missed), abs=0.51)


def test_every_study_is_checked_above() -> None:
    assert len(COUNTS) == sum(len(tool.validation) for tool in SCORED)


def test_a_derived_figure_is_named_as_derived() -> None:
    for tool in SCORED:
        for study in tool.validation:
            derived = any(RULEBOOK.sources[id].evidence == "derived" for id in study.sources)
            assert derived == ("derived" in (study.note or "")), study.study


def test_how_often_a_positive_is_wrong_is_said_in_plain_words() -> None:
    tool = RULEBOOK.instruments["short_screen"]
    usual = [
        study.positive_predictive_value
        for study in tool.validation
        if study.reading == "cut_off_two" and study.sources[0] != "study_short_screen_2018"
    ]
    assert len(usual) == 3
    assert {round(10 - (value or 0) / 10) for value in usual} == {8, 9}
    assert any(
        "eight or nine were not found to be exploited in three studies" in text for text in tool.caveats
    )


def published_words(tool: Instrument) -> list[str]:
    return [
        tool.label, tool.aim, tool.made_for, tool.licence, *tool.caveats,
        *(item.label for item in tool.items), *(item.left_out for item in tool.items if item.left_out),
        *(band.label for band in tool.bands), *(reading.note for reading in tool.readings if reading.note),
        *(aside.text for aside in tool.set_aside), *(caveat.text for caveat in tool.setting_caveats),
    ]  # fmt: skip


@pytest.mark.parametrize("tool", RULEBOOK.instruments.values(), ids=lambda tool: tool.id)
def test_no_word_of_a_tool_accuses_or_is_certain(tool: Instrument) -> None:
    wrong = re.compile(
        r"prostitut|promiscu|is a victim|is not a victim|cleared|proven|offender|lying", re.IGNORECASE
    )
    assert [text for text in published_words(tool) if wrong.search(text)] == []


@pytest.mark.parametrize("tool", SCORED, ids=lambda tool: tool.id)
def test_a_band_says_what_to_do_or_that_it_is_no_clearance(tool: Instrument) -> None:
    for band in tool.bands:
        if tool.id == "missouri_two_step":
            assert ("state's own list decides" in band.label) == (band.at_least == 0)
        elif band.at_least == 0:
            assert band.label.endswith("not a clearance")
        else:
            assert band.label == "Positive: talk and look further"
