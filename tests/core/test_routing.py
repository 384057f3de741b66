"""What still decides, when asking may stop, presumptions, and what would change the level."""

from collections.abc import Callable, Sequence
from itertools import combinations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_rulebook import CONCERN, DEFINITIONS, INDICATORS, QUESTIONS, TODAY, files_with, said, tiny

from screening.config import shipped_folder
from screening.core.algebra import Proof
from screening.core.conditions import Named, every_node, question_of
from screening.core.evaluation import Assessment, Level, assess, assess_answers, level_bounds
from screening.core.loading import RulebookFaults, load_files, load_rulebook
from screening.core.routing import (
    LARGEST_SET,
    MOST_TRIALS,
    Change,
    hypothetical_values,
    route,
    smallest_lowers,
    smallest_raises,
    suppose,
    with_answers,
)
from screening.core.rulebook import Rulebook
from screening.core.statements import Source, Value
from screening.core.truth import YES
from tests.vectors.invented_rulebooks import Inventor
from tests.vectors.twin_vectors import invented_statements

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


# ---- the smallest sets are all of the smallest sets: against trying everything

Candidate = tuple[str, Value]
LARGEST_BRUTE_FORCE = 24


def tried_out(
    assessment: Assessment, candidates: Sequence[Candidate], moves: Callable[[Level], bool]
) -> tuple[Change, ...]:
    """All sets of the smallest size that moves the level, found by trying every set there is."""
    for size in range(1, LARGEST_SET + 1):
        found = [
            Change(chosen, level)
            for chosen in combinations(candidates, size)
            if len({question for question, _ in chosen}) == size
            for level in [level_bounds(assessment.rulebook, suppose(assessment, chosen))[0]]
            if moves(level)
        ]
        if found:
            return tuple(found)
    return ()


@settings(deadline=None)
@given(st.integers(min_value=0, max_value=2**32))
def test_no_smaller_set_and_no_other_set_of_that_size_changes_the_level(seed: int) -> None:
    chance = Random(seed)  # noqa: S311
    rulebook = Inventor(chance).rulebook()
    for _ in range(3):
        assessment = assess(rulebook, invented_statements(rulebook, chance), TODAY)
        low = assessment.at_least
        open_answers = [
            (id, value) for id in route(assessment).decisive for value in hypothetical_values(rulebook, id)
        ]
        if len(open_answers) <= LARGEST_BRUTE_FORCE:
            assert smallest_raises(assessment) == tried_out(
                assessment, open_answers, lambda level, low=low: level > low
            )
        carrying = {
            id
            for level in ("clear" if low == Level.CLEAR else "possible",)
            for id in affirmed(assessment.levels[level])
        }
        absences: list[Candidate] = [
            (id, "no" if rulebook.questions[id].kind == "yes_no" else ())
            for id, answer in assessment.answers.items()
            if id in carrying
            and answer.state == "known"
            and rulebook.questions[id].kind in ("yes_no", "choices")
        ]
        lowers = {(frozenset(each.answers), each.level) for each in smallest_lowers(assessment)}
        expected = tried_out(assessment, absences, lambda level, low=low: level < low) if low else ()
        assert lowers == {(frozenset(each.answers), each.level) for each in expected}


def affirmed(proof: Proof) -> set[str]:
    """The questions whose answers a proof that holds rests on."""
    if proof.truth != YES:
        return set()
    question = question_of(proof.condition)
    return set().union({question} if question else set(), *map(affirmed, proof.parts))


def answered_no(rulebook: Rulebook, strengths: Sequence[str]) -> list[tuple[str, Value]]:
    """An answer against every sign of these strengths."""
    waiting = [each.when for each in rulebook.indicators.values() if each.strength in strengths]
    asked: dict[str, None] = {}
    while waiting:
        for node in every_node(waiting.pop()):
            if isinstance(node, Named):
                waiting.append(rulebook.named(node.name).when)
            question = question_of(node)
            if question is not None and question != "age":
                asked[question] = None
    absent: dict[str, Value] = {"yes_no": "no", "choices": (), "number": 0}
    kinds = {id: rulebook.questions[id].kind for id in asked}
    return [(id, absent[kind]) for id, kind in kinds.items() if kind in absent]


def test_three_answers_together_are_found_where_no_two_are_enough() -> None:
    rulebook = load_rulebook(shipped_folder("rules"))
    told = [
        *answered_no(rulebook, ["direct", "strong"]),
        ("staff_concern", "no"),
        ("mark_or_tattoo", "no_mark"),
    ]
    assessment = assess(rulebook, [said(id, value) for id, value in dict(told).items()], TODAY)
    raises = smallest_raises(assessment)
    assert {len(each.answers) for each in raises} == {3}, raises[0]
    assert len(raises) <= MOST_TRIALS
    assert all(each.level == Level.POSSIBLE for each in raises)


def test_answers_put_in_the_place_of_those_given_may_also_be_unknown(tiny_rulebook: Rulebook) -> None:
    assessment = assess(
        tiny_rulebook, [said("a", "yes"), said("age", 15), said("found", ("keys",)), said("c", "yes")], TODAY
    )
    assert assessment.at_least == Level.CLEAR
    instead = with_answers(assessment, {"a": "unsure", "found": ("cards",), "age": 19, "c": "no"})
    assert (instead["a"].state, instead["a"].value) == ("unsure", None)
    assert (instead["found"].value, instead["d"].applies) == (("cards",), 0)
    assert assess_answers(tiny_rulebook, instead).result == "none" or instead["b"].is_open
    assert assessment.answers["a"].value == "yes"
