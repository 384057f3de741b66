"""Kleene's laws, checked over every combination: there are only three values."""

from itertools import product

import pytest

from screening.core.truth import NO, UNKNOWN, YES, Truth, at_least, conjunction, disjunction, negation

PAIRS = list(product(Truth, repeat=2))
TRIPLES = list(product(Truth, repeat=3))


def completions(values: tuple[Truth, ...]) -> list[tuple[Truth, ...]]:
    """Every way the unknown ones could turn out."""
    return list(product(*[(NO, YES) if value is UNKNOWN else (value,) for value in values]))


@pytest.mark.parametrize("value", Truth)
def test_negation_is_its_own_inverse_and_leaves_unknown_alone(value: Truth) -> None:
    assert negation(negation(value)) is value
    assert negation(UNKNOWN) is UNKNOWN


@pytest.mark.parametrize("pair", PAIRS)
def test_de_morgan(pair: tuple[Truth, Truth]) -> None:
    assert negation(conjunction(pair)) is disjunction([negation(value) for value in pair])
    assert negation(disjunction(pair)) is conjunction([negation(value) for value in pair])


@pytest.mark.parametrize("triple", TRIPLES)
def test_lattice_laws(triple: tuple[Truth, Truth, Truth]) -> None:
    first, second, third = triple
    assert conjunction([first, conjunction([second, third])]) is conjunction(
        [conjunction([first, second]), third]
    )
    assert disjunction([first, disjunction([second, third])]) is disjunction(
        [disjunction([first, second]), third]
    )
    assert conjunction([first, disjunction([first, second])]) is first
    assert disjunction([first, conjunction([first, second])]) is first
    assert conjunction(triple) is conjunction(triple[::-1])
    assert disjunction(triple) is disjunction(triple[::-1])


def test_of_nothing() -> None:
    assert conjunction([]) is YES
    assert disjunction([]) is NO
    assert at_least(1, []) is NO


@pytest.mark.parametrize("triple", TRIPLES)
@pytest.mark.parametrize("count", [1, 2, 3])
def test_counting_is_exactly_what_all_completions_agree_on(count: int, triple: tuple[Truth, ...]) -> None:
    outcomes = {sum(value is YES for value in completion) >= count for completion in completions(triple)}
    expected = UNKNOWN if len(outcomes) == 2 else YES if True in outcomes else NO
    assert at_least(count, triple) is expected


@pytest.mark.parametrize("triple", TRIPLES)
def test_learning_an_answer_never_turns_a_settled_value_round(triple: tuple[Truth, ...]) -> None:
    for operation in (conjunction, disjunction, lambda values: at_least(2, values)):
        before = operation(triple)
        for completion in completions(triple):
            if before is not UNKNOWN:
                assert operation(completion) is before
