"""Which states are offered, and when a youth was found in another one."""

import pytest
from tiny_rulebook import CONCERN, QUESTIONS, RULEBOOK, TODAY, said, tiny

from screening.core.evaluation import assess
from screening.core.jurisdictions import calls_only_there, found_elsewhere, offered_states

PLACES = """jurisdictions:
  - {id: us, label: United States}
  - {id: us_cc, label: Ceeland, within: us}
  - {id: us_aa, label: State A, within: us}
  - {id: us_bb, label: State B, within: us}
  - {id: us_rest, label: All the rest, within: us}
  - {id: us_dd, label: Deeland, within: us_rest}
  - {id: us_ee, label: Beeland, within: us_rest}
counties: [{id: aa_one, label: "County One", jurisdiction: us_aa}, {id: aa_two, label: "County Two",
    jurisdiction: us_bb}]
"""


def book(calls: str = ""):
    begin, end = RULEBOOK.index("jurisdictions:"), RULEBOOK.index("professions:")
    elsewhere = QUESTIONS.replace("label: Two}]", "label: Two}, {id: elsewhere, label: Elsewhere}]")
    return tiny(
        {
            "rulebook.yaml": RULEBOOK[:begin] + PLACES + RULEBOOK[end:],
            "questions/01_first.yaml": elsewhere,
            "concern.yaml": CONCERN.replace("steps: [Call.],", f"steps: [Call.],{calls}"),
        }
    )


def test_states_with_counties_come_first_and_groups_are_no_states():
    offered = offered_states(book())
    assert [state.id for state in offered.usual] == ["us_aa", "us_bb"]
    assert [state.label for state in offered.others] == ["Beeland", "Ceeland", "Deeland"]
    assert set(offered.ids) == {"us_aa", "us_bb", "us_cc", "us_dd", "us_ee"}


def test_the_home_state_is_usual_and_stands_first():
    assert [state.id for state in offered_states(book(), "us_dd").usual] == ["us_dd", "us_aa", "us_bb"]
    assert [state.id for state in offered_states(book(), "us_bb").usual] == ["us_bb", "us_aa"]
    assert [state.id for state in offered_states(book(), "nowhere").usual] == ["us_aa", "us_bb"]


@pytest.mark.parametrize(
    ("answer", "shown", "expected"),
    [
        (None, "us_aa", None),
        ("declined", "us_aa", None),
        ("aa_one", "us_aa", None),
        ("aa_two", "us_aa", "State B"),
        ("aa_one", "us_dd", "State A"),
        ("elsewhere", "us_aa", "somewhere"),
        ("elsewhere", "us_dd", None),
        ("aa_one", "unheard_of", None),
    ],
)
def test_found_elsewhere(answer, shown, expected):
    statements = [said("where", answer)] if answer else []
    found = found_elsewhere(assess(book(), statements, TODAY), shown)
    if expected is None:
        assert found is None
    else:
        assert found is not None
        assert found.shown.id == shown
        assert (found.found.label if found.found else "somewhere") == expected


def test_the_hotline_there_is_named_and_the_one_here_is_not():
    rulebook = book(
        ' calls: [{label: Here, number: "1", jurisdictions: [us_aa]}, {label: There, number: "2",'
        ' jurisdictions: [us_bb]}, {label: Everywhere, number: "3"}],'
    )
    found = found_elsewhere(assess(rulebook, [said("where", "aa_two")], TODAY), "us_aa")
    assert found is not None
    assert [call.label for call in calls_only_there(rulebook, found)] == ["There"]
    nowhere = found_elsewhere(assess(rulebook, [said("where", "elsewhere")], TODAY), "us_aa")
    assert nowhere is not None
    assert calls_only_there(rulebook, nowhere) == ()
