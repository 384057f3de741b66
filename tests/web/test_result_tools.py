"""The published tools on the result page: what a score says and where it must not be used."""

import pytest
from bs4 import BeautifulSoup

SECTION = "section[aria-labelledby=instruments]"


@pytest.fixture
def tools_of(request, rulebook):
    """A function: a mock case and how its page is opened → the text of the section on published tools, tool by tool."""

    def fetch(case: str, query: str = "") -> dict[str, str]:
        role, screening_id = request.getfixturevalue("screening_of_case")(rulebook.cases[case])
        browser = request.getfixturevalue("browser_of")(role)
        answer = browser.client.get(f"/screenings/{screening_id}/result{query}")
        page = BeautifulSoup(answer.text, "html.parser")
        names = {tool.label: id for id, tool in rulebook.instruments.items()}
        told: dict[str, str] = {}
        for heading in page.select(f"{SECTION} h3"):
            told[names[heading.get_text()]] = " ".join(
                " ".join(each.get_text(" ").split())
                for each in heading.find_next_siblings()
                if each.find_previous_sibling("h3") is heading
            )
        return told

    return fetch


def test_detention_reads_first_what_its_setting_does_to_the_short_screen(tools_of, rulebook):
    told = tools_of("ran_once_from_home")
    (caveat,) = rulebook.instruments["short_screen"].setting_caveats
    assert told["short_screen"].startswith(caveat.text)
    assert "Points 3 to 6 of 6" in told["short_screen"]
    assert told["short_screen"].count("Positive: talk and look further") == 2
    assert "Yes Alcohol or drugs; Ran away at some time; Had to do with the police" in told["short_screen"]
    assert "Not asked here Number of partners: No sexual detail is asked" in told["short_screen"]
    assert rulebook.instruments["short_screen"].caveats[0] in told["short_screen"]


def test_child_protection_reads_no_caveat_of_detention(tools_of):
    told = tools_of("calm_move_to_an_aunt")
    assert "detention" not in told["short_screen"]
    assert told["short_screen"].count("Below the cut-off, as far as is known: not a clearance") == 2
    assert "Not required by this list; the state's own list decides" in told["missouri_two_step"]


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("plain_no_to_all", "Not for this youth."),
        ("age_not_known", "Cannot tell yet whether the tool may be used for this youth"),
        ("twenty_from_a_cleaning_crew", "Positive: talk and look further"),
    ],
)
def test_a_tool_is_read_only_at_the_ages_it_was_made_for(tools_of, case, words):
    told = tools_of(case)
    assert words in told["qyit"]
    assert ("Points" in told["qyit"]) == (words != "Not for this youth.")


def test_a_tool_of_another_setting_is_not_shown_and_a_list_has_no_points(tools_of):
    told = tools_of("told_staff_unasked")
    assert set(told) == {"short_screen", "qyit", "delaware_checklist"}
    assert "Points" not in told["delaware_checklist"]


def test_paper_adds_how_the_tool_did_in_studies(tools_of):
    assert "How it did in studies" not in tools_of("plain_no_to_all")["short_screen"]
    paper = tools_of("plain_no_to_all", "?unfold=all")["short_screen"]
    assert paper.count("percent were exploited;") == 5
    assert "of the exploited, 84.44 percent were positive; of the others, 57.5 percent" in paper
