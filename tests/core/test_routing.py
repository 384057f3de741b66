"""What still decides, when asking may stop, presumptions, and what would change the level."""

import pytest
from tiny_rulebook import CONCERN, DEFINITIONS, INDICATORS, QUESTIONS, TODAY, files_with, said, tiny

from screening.core.evaluation import Level, assess
from screening.core.loading import RulebookFaults, load_files
from screening.core.routing import Change, route, smallest_lowers, smallest_raises
from screening.core.rulebook import Rulebook
from screening.core.statements import Source

PRESUMING = {"definitions.yaml": DEFINITIONS.replace("[unsure, declined]", "[unsure, declined, unanswered]")}


def test_all_firmly_no_stops_early(tiny_rulebook: Rulebook) -> None:
    assessment = assess(tiny_rulebook, [said("a", "no"), said("b", "no"), said("found", ())], TODAY)
    assert (assessment.result, route(assessment).may_stop) == ("none", True)
    assert assessment.answers["count"].is_unasked


def test_what_was_declined_still_decides_but_is_not_asked_again(tiny_rulebook: Rulebook) -> None:
    declined = [said("a", "declined"), said("b", "no"), said("found", ())]
    way = route(assess(tiny_rulebook, declined, TODAY))
    assert (way.decisive, way.unasked, way.may_stop) == (("a", "age"), ("age",), False)


def test_a_question_that_may_not_apply_decides_through_the_one_it_hangs_on() -> None:
    indicators = INDICATORS.replace("{b: yes}", "{d: yes}").replace("{a: yes}", "{c: no}")
    rulebook = tiny({"indicators/01_first.yaml": indicators})
    assert set(route(assess(rulebook, [said("found", ())], TODAY)).decisive) == {"c", "d", "age"}
    assert "d" not in route(assess(rulebook, [said("found", ()), said("c", "no")], TODAY)).decisive


def test_a_presumption_counts_until_an_answer_shows_otherwise() -> None:
    rulebook = tiny(PRESUMING)
    untouched = assess(rulebook, [said("a", "yes")], TODAY)
    assert (untouched.at_least, untouched.presumed) == (Level.CLEAR, ("age",))
    assert route(untouched).decisive == ("age",)
    shown = assess(rulebook, [said("a", "yes"), said("age", 19, Source.RECORD)], TODAY)
    assert (shown.at_least, shown.presumed) == (Level.NONE, ())
    unsure = assess(rulebook, [said("a", "yes"), said("age", "unsure")], TODAY)
    assert (unsure.at_least, unsure.presumed, route(unsure).may_stop) == (Level.CLEAR, (), True)


def test_a_presumption_that_carries_nothing_does_not_keep_asking_going() -> None:
    assessment = assess(tiny(PRESUMING), [said("a", "no"), said("b", "no"), said("found", ())], TODAY)
    assert (assessment.result, route(assessment).may_stop) == ("none", True)


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("indicators/01_first.yaml", INDICATORS.replace("{b: yes}", "{b: [yes, unanswered]}")),
        (
            "concern.yaml",
            CONCERN.replace("{findings: {strength: [direct], at_least: 1}}", "{age: [unanswered]}"),
        ),
        ("questions/01_first.yaml", QUESTIONS.replace("{c: yes}", "{c: [unanswered]}")),
    ],
)
def test_behind_the_level_only_a_definition_may_presume(file: str, text: str) -> None:
    with pytest.raises(RulebookFaults) as caught:
        load_files(files_with({file: text}))
    assert [fault.code for fault in caught.value.faults] == ["E205"]


def test_what_would_raise_and_what_would_lower(tiny_rulebook: Rulebook) -> None:
    assessment = assess(tiny_rulebook, [said("a", "yes"), said("b", "yes")], TODAY)
    assert smallest_raises(assessment) == (Change((("age", 17),), Level.CLEAR),)
    assert smallest_lowers(assessment) == (Change((("b", "no"),), Level.NONE),)


def test_where_one_answer_is_not_enough_pairs_are_found(tiny_rulebook: Rulebook) -> None:
    assessment = assess(tiny_rulebook, [said("b", "yes"), said("found", ("keys",))], TODAY)
    assert smallest_lowers(assessment) == (Change((("b", "no"), ("found", ())), Level.NONE),)
    assert Change((("a", "yes"), ("age", 17)), Level.CLEAR) in smallest_raises(assessment)


def test_ticking_one_more_option_keeps_those_already_ticked() -> None:
    indicators = INDICATORS.replace("includes: keys}", "includes: cards}").replace(
        "when: {any: [{b: yes}", "when: {all: [{found: {includes: keys}}"
    )
    assessment = assess(
        tiny({"indicators/01_first.yaml": indicators}),
        [said("found", ("keys",)), said("found", "unsure", author="b")],
        TODAY,
    )
    assert Change((("found", ("cards",)),), Level.POSSIBLE) in smallest_raises(assessment)
