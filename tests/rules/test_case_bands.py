"""Mock cases say which bands of the published instruments they reach."""

from pathlib import Path

import pytest

from screening.core.cases import run_case
from screening.core.loading import RulebookFaults, load_files, load_rulebook, read_rule_files

RULES = Path(__file__).parents[2] / "rules"
RULEBOOK = load_rulebook(RULES)
SCORED = [tool for tool in RULEBOOK.instruments.values() if tool.scored]


def test_the_mock_cases_show_every_band_that_open_points_leave_within_reach_and_tools_without_one() -> None:
    shown = {
        (tool, band)
        for case in RULEBOOK.cases.values()
        for tool, bands in case.expect.bands.items()
        for band in bands
    }
    reachable = {
        (tool.id, band.id)
        for tool in SCORED
        for band in tool.bands
        if band.below is None or band.at_least + tool.left_out_points < band.below
    }
    assert shown == reachable
    assert ("qyit", "none_of_four") not in reachable
    without = {
        tool for case in RULEBOOK.cases.values() for tool, bands in case.expect.bands.items() if not bands
    }
    assert without == {tool.id for tool in SCORED}


@pytest.mark.parametrize(
    ("wanted", "differences"),
    [
        (("two_or_more", "three_or_more"), []),
        (("two_or_more",), ["bands of short_screen: expected two_or_more, found two_or_more, three_or_more"]),
        ((), ["bands of short_screen: expected none, found two_or_more, three_or_more"]),
    ],
)
def test_a_mock_case_tells_bands_that_differ(wanted: tuple[str, ...], differences: list[str]) -> None:
    case = RULEBOOK.cases["ran_once_from_home"]
    expect = case.expect.model_copy(update={"bands": {"short_screen": wanted}})
    assert run_case(RULEBOOK, case.model_copy(update={"expect": expect})) == differences


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("short_screen: [two_or_mor]", "'short_screen' has no band 'two_or_mor'"),
        ("short_scren: [two_or_more]", "short_scren"),
        ("delaware_checklist: [two_or_more]", "'delaware_checklist' has no band 'two_or_more'"),
    ],
)
def test_a_mock_case_may_only_name_bands_that_exist(line: str, message: str) -> None:
    files, name = read_rule_files(RULES), "cases/ran_once_from_home.yaml"
    right = b"short_screen: [two_or_more, three_or_more]"
    assert right in files[name]
    wrong = files[name].replace(right, line.encode())
    with pytest.raises(RulebookFaults) as caught:
        load_files({**files, name: wrong})
    (fault,) = caught.value.faults
    assert (fault.file, fault.code) == (name, "E202")
    assert message in fault.message
    assert line in wrong.decode().splitlines()[fault.line - 1]
