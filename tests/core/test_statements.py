"""Several statements → one effective answer: order never matters, and an unknown is never a no."""

from datetime import date, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_rulebook import START, TODAY, said

from screening.core.answers import Effective, combine_all, whole_years
from screening.core.rulebook import Rulebook
from screening.core.statements import Source, Statement, Value, in_force

YES_NO = ["yes", "no", "unsure", "declined", "not_asked"]


def answer(rulebook: Rulebook, question: str, *statements: Statement) -> Effective:
    return combine_all(rulebook, statements, TODAY)[question]


@st.composite
def statements(draw: st.DrawFn) -> list[Statement]:
    """A handful of statements on three questions, with ties in time."""
    values: dict[str, st.SearchStrategy[Value]] = {
        "a": st.sampled_from(YES_NO),
        "count": st.one_of(st.integers(0, 9), st.sampled_from(["unsure", "declined", "not_asked"])),
        "found": st.one_of(
            st.sampled_from([(), ("keys",), ("cards",), ("keys", "cards")]), st.sampled_from(["unsure"])
        ),
    }
    made = []
    for number in range(draw(st.integers(0, 7))):
        question = draw(st.sampled_from(sorted(values)))
        made.append(
            Statement(
                f"s{number}",
                question,
                draw(values[question]),
                draw(st.sampled_from(Source)),
                draw(st.sampled_from(["officer_a", "officer_b"])),
                START + timedelta(minutes=draw(st.integers(0, 2))),
            )
        )
    return made


@given(statements(), st.randoms())
def test_order_of_statements_never_matters(
    tiny_rulebook: Rulebook, made: list[Statement], random: object
) -> None:
    shuffled = list(made)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert combine_all(tiny_rulebook, made, TODAY) == combine_all(tiny_rulebook, shuffled, TODAY)


@given(statements())
def test_replaying_statements_changes_nothing(tiny_rulebook: Rulebook, made: list[Statement]) -> None:
    assert combine_all(tiny_rulebook, made, TODAY) == combine_all(tiny_rulebook, made + made, TODAY)


def test_a_later_statement_by_the_same_author_from_the_same_source_supersedes(
    tiny_rulebook: Rulebook,
) -> None:
    first, second = said("a", "yes", minute=0), said("a", "no", minute=1)
    assert in_force([second, first])["a"] == (second,)
    assert answer(tiny_rulebook, "a", first, second).value == "no"


def test_what_staff_saw_outweighs_what_the_youth_denies(tiny_rulebook: Rulebook) -> None:
    denied = said("a", "no", Source.SAID, minute=5)
    seen = said("a", "yes", Source.OBSERVED, minute=0)
    effective = answer(tiny_rulebook, "a", denied, seen)
    assert (effective.value, effective.conflict, len(effective.statements)) == ("yes", True, 2)


@pytest.mark.parametrize("unknown", ["unsure", "declined"])
def test_an_unknown_is_never_read_as_a_no(tiny_rulebook: Rulebook, unknown: str) -> None:
    for order in permutations([said("a", "no", Source.RECORD), said("a", unknown, Source.SAID)]):
        assert answer(tiny_rulebook, "a", *order).state == unknown


def test_not_asking_one_source_leaves_the_other_sources_no(tiny_rulebook: Rulebook) -> None:
    effective = answer(
        tiny_rulebook, "a", said("a", "not_asked", Source.SAID), said("a", "no", Source.RECORD)
    )
    assert (effective.state, effective.value) == ("known", "no")


def test_the_four_unknowns_stay_distinct(tiny_rulebook: Rulebook) -> None:
    states = [
        answer(tiny_rulebook, "a", said("a", value)).state for value in ("not_asked", "declined", "unsure")
    ]
    assert [*states, answer(tiny_rulebook, "a").state] == ["not_asked", "declined", "unsure", "unanswered"]


def test_ticked_options_of_all_sources_add_up_in_the_rulebooks_order(tiny_rulebook: Rulebook) -> None:
    effective = answer(
        tiny_rulebook,
        "found",
        said("found", ("cards",), Source.RECORD),
        said("found", ("keys",), Source.OBSERVED),
        said("found", "unsure", Source.OBSERVED, author="officer_b"),
    )
    assert (effective.value, effective.partial) == (("keys", "cards"), True)


def test_highest_lowest_and_latest(tiny_rulebook: Rulebook) -> None:
    assert answer(tiny_rulebook, "count", said("count", 2), said("count", 5, Source.RECORD)).value == 5
    assert answer(tiny_rulebook, "age", said("age", 19), said("age", 17, Source.RECORD)).value == 17
    later = said("where", "aa_two", minute=3, author="officer_b")
    assert answer(tiny_rulebook, "where", later, said("where", "aa_one")).value == "aa_two"


def test_an_age_follows_from_the_date_of_birth_and_differs_visibly_from_the_stated_one(
    tiny_rulebook: Rulebook,
) -> None:
    born = said("birth_date", "2008-11-25", Source.RECORD)
    assert answer(tiny_rulebook, "age", born).value == 17
    stated = answer(tiny_rulebook, "age", born, said("age", 19))
    assert (stated.value, stated.conflict, stated.derived) == (17, True, True)


@pytest.mark.parametrize(
    ("born", "years"),
    [("2008-11-24", 18), ("2008-11-25", 17), ("2008-11-23", 18), ("2008-02-29", 18), ("2026-11-24", 0)],
)
def test_years_are_counted_as_birthdays_are(born: str, years: int) -> None:
    assert whole_years(date.fromisoformat(born), TODAY) == years
