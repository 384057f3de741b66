import threading
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from screening.core.statements import Source, Statement, in_force
from screening.operations.actors import Actor
from screening.operations.database import Database
from screening.operations.screenings import (
    NewStatement,
    SaveReceipt,
    ScreeningCompleted,
    StatementConflict,
    StatementRefused,
    complete_screening,
    find_screening,
    save_statements,
)
from screening.operations.screenings.saving import LARGEST_NUMBER, LARGEST_VALUE, MOST_AT_ONCE
from tests.conftest import SteppingClock
from tests.store.two_agencies import TwoAgencies, opened_by, said


def save(database: Database, actor: Actor, screening_id: str, *new: NewStatement) -> SaveReceipt:
    with database.writing(actor) as tx:
        return save_statements(tx, screening_id, new)


def kept(database: Database, actor: Actor, screening_id: str) -> tuple[Statement, ...]:
    with database.reading(actor) as tx:
        return find_screening(tx, screening_id).statements


@pytest.fixture
def screening_id(database: Database, agencies: TwoAgencies) -> str:
    return opened_by(database, agencies.intake)


def test_a_receipt_tells_kept_from_already(
    database: Database, agencies: TwoAgencies, screening_id: str
) -> None:
    one, two = said("injured_now", "yes", "one"), said("traded_sex", "no", "two")

    first = save(database, agencies.intake, screening_id, one)
    second = save(database, agencies.intake, screening_id, one, two, two)
    third = save(database, agencies.intake, screening_id, two, one)

    assert (first.kept, first.already) == (("one",), ())
    assert (second.kept, second.already) == (("two",), ("one",))
    assert (third.kept, third.already) == ((), ("two", "one"))
    at = {each.id: each.at for each in kept(database, agencies.intake, screening_id)}
    assert (first.saved_at, second.saved_at, third.saved_at) == (at["one"], at["two"], at["two"])


def test_a_hundred_replays_at_once_make_one_row(
    database: Database, agencies: TwoAgencies, screening_id: str
) -> None:
    new = [said("injured_now", "yes", "one"), said("traded_sex", "no", "two")]
    before = database.verify().head.sequence
    receipts: list[SaveReceipt] = []

    def replay() -> None:
        receipts.extend(save(database, agencies.intake, screening_id, *new) for _ in range(10))

    threads = [threading.Thread(target=replay) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(receipts) == 100
    assert sorted(receipt.kept for receipt in receipts)[-2:] == [(), ("one", "two")]
    assert {receipt.saved_at for receipt in receipts} == {receipts[0].saved_at}
    assert [each.id for each in kept(database, agencies.intake, screening_id)] == ["one", "two"]
    report = database.verify()
    assert report.is_sound
    assert report.statements == 2
    assert report.head.sequence == before + 2, "one entry for the save, one for looking at it"


def test_overlapping_saves_at_once_keep_each_statement_once(
    database: Database, agencies: TwoAgencies, screening_id: str
) -> None:
    new = [said("injured_now", "yes", f"id-{number}") for number in range(30)]

    def save_some(start: int) -> None:
        for first in range(start, 30, 3):
            save(database, agencies.intake, screening_id, *new[first : first + 6])

    threads = [threading.Thread(target=save_some, args=(start,)) for start in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {each.id for each in kept(database, agencies.intake, screening_id)} == {each.id for each in new}
    report = database.verify()
    assert report.is_sound, report.faults
    assert report.statements == 30


@pytest.mark.parametrize(
    "other",
    [
        said("injured_now", "no", "one"),
        said("injured_before", "yes", "one"),
        said("injured_now", "yes", "one", Source.OBSERVED),
        said("injured_now", ("yes",), "one"),
        said("injured_now", 1, "one"),
    ],
)
def test_an_id_taken_by_something_else_is_refused_and_nothing_is_overwritten(
    database: Database, agencies: TwoAgencies, screening_id: str, other: NewStatement
) -> None:
    save(database, agencies.intake, screening_id, said("injured_now", "yes", "one"))
    before = kept(database, agencies.intake, screening_id)

    with pytest.raises(StatementConflict):
        save(database, agencies.intake, screening_id, said("traded_sex", "no"), other)

    assert kept(database, agencies.intake, screening_id) == before, "not even the sound statement beside it"
    assert database.verify().is_sound


def test_an_id_taken_in_another_screening_is_refused(
    database: Database, agencies: TwoAgencies, screening_id: str
) -> None:
    save(database, agencies.intake, screening_id, said("injured_now", "yes", "one"))
    told = set()

    for actor in (agencies.intake, agencies.elsewhere):
        other = opened_by(database, actor)
        with pytest.raises(StatementConflict) as caught:
            save(database, actor, other, said("injured_now", "yes", "one"))
        told.add(str(caught.value))
        assert kept(database, actor, other) == ()

    assert len(told) == 1, "the other agency learns nothing more"


def test_an_id_taken_by_another_author_is_refused(
    database: Database, agencies: TwoAgencies, screening_id: str
) -> None:
    save(database, agencies.intake, screening_id, said("injured_now", "yes", "one"))

    with pytest.raises(StatementConflict):
        save(database, agencies.colleague, screening_id, said("injured_now", "yes", "one"))


def test_two_different_statements_with_one_id_in_one_save_are_refused(
    database: Database, agencies: TwoAgencies, screening_id: str
) -> None:
    with pytest.raises(StatementConflict):
        save(
            database, agencies.intake, screening_id,
            said("injured_now", "yes", "one"), said("injured_now", "no", "one"),
        )  # fmt: skip
    assert kept(database, agencies.intake, screening_id) == ()


def test_what_was_saved_before_completion_is_answered_already_after_it(
    database: Database, agencies: TwoAgencies, screening_id: str
) -> None:
    """The receipt may have been lost on the way; the sender repeats until one arrives."""
    one, two = said("injured_now", "yes", "one"), said("traded_sex", "no", "two")
    first = save(database, agencies.intake, screening_id, one)
    with database.writing(agencies.intake) as tx:
        complete_screening(tx, screening_id)

    again = save(database, agencies.intake, screening_id, one)
    with pytest.raises(ScreeningCompleted):
        save(database, agencies.intake, screening_id, one, two)
    with pytest.raises(StatementConflict):
        save(database, agencies.intake, screening_id, said("injured_now", "no", "one"))

    assert again == SaveReceipt(first.saved_at, (), ("one",))


def test_saving_nothing_is_no_fault_and_no_entry(
    database: Database, agencies: TwoAgencies, screening_id: str
) -> None:
    head = database.verify().head

    receipt = save(database, agencies.intake, screening_id)

    assert (receipt.kept, receipt.already) == ((), ())
    assert database.verify().head == head


@pytest.mark.parametrize(
    "new",
    [
        said("injured_now", "yes", "x" * 65),
        said("injured_now", "yes", "a b"),
        said("injured_now", "yes", "a\n"),
        said("injured_now", "yes", "é"),
        NewStatement("", "injured_now", "yes", Source.SAID),
        NewStatement(7, "injured_now", "yes", Source.SAID),
        said("", "yes"),
        said("Injured now?", "yes"),
        said("x" * 61, "yes"),
        NewStatement("one", "injured_now", "yes", "said"),
        NewStatement("one", "injured_now", "yes", "guessed"),
        said("notes", "x" * LARGEST_VALUE),
        said("notes", "é" * (LARGEST_VALUE // 2)),
        said("notes", ("x" * 100,) * (LARGEST_VALUE // 100)),
        said("notes", "half a pair \ud83d"),
        said("age", LARGEST_NUMBER + 1),
        said("age", True),
        said("age", 1.5),
        said("age", None),
        said("age", ["a"]),
        said("age", ("a", 1)),
        said("age", {"a": 1}),
    ],
    ids=lambda new: repr(new)[:60],
)
def test_what_is_no_statement_is_refused_in_words(
    database: Database, agencies: TwoAgencies, screening_id: str, new: NewStatement
) -> None:
    with pytest.raises(StatementRefused) as caught:
        save(database, agencies.intake, screening_id, said("injured_now", "yes"), new)

    assert "xxx" not in str(caught.value)
    assert database.verify().statements == 0


def test_the_largest_that_is_taken(database: Database, agencies: TwoAgencies, screening_id: str) -> None:
    new = [
        said("notes", "x" * (LARGEST_VALUE - 2)),
        said("age", LARGEST_NUMBER),
        said("age", -LARGEST_NUMBER),
    ]
    new += [said("injured_now", "yes") for _ in range(MOST_AT_ONCE - len(new))]

    save(database, agencies.intake, screening_id, *new)

    assert [each.value for each in kept(database, agencies.intake, screening_id)] == [
        each.value for each in new
    ]
    with pytest.raises(StatementRefused):
        save(database, agencies.intake, screening_id, *new, said("injured_now", "yes"))


def test_a_clock_set_back_never_makes_a_newer_statement_older(
    database: Database, agencies: TwoAgencies, screening_id: str, clock: SteppingClock
) -> None:
    save(database, agencies.intake, screening_id, said("injured_now", "no", "z"))
    clock.moment -= timedelta(hours=2)
    save(database, agencies.intake, screening_id, said("injured_now", "yes", "a"))

    (statement,) = in_force(kept(database, agencies.intake, screening_id))["injured_now"]
    assert statement.value == "yes"


def test_of_two_answers_in_one_save_the_later_is_in_force(
    database: Database, agencies: TwoAgencies, screening_id: str
) -> None:
    save(
        database,
        agencies.intake,
        screening_id,
        said("injured_now", "no", "z"),
        said("injured_now", "yes", "a"),
    )

    (statement,) = in_force(kept(database, agencies.intake, screening_id))["injured_now"]
    assert statement.value == "yes"


KEYS = some.tuples(
    some.sampled_from(["a", "b", "c", "d"]), some.sampled_from(Source), some.sampled_from([0, 1])
)
ANSWERS = some.dictionaries(
    KEYS, some.sampled_from(["yes", "no", "unsure", "declined", 3, ("x", "y"), ()]), min_size=1
)


@given(answers=ANSWERS, order=some.randoms(use_true_random=False), sizes=some.lists(some.integers(1, 5)))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_order_and_repetition_of_saves_does_not_change_the_effective_content(
    database: Database, agencies: TwoAgencies, answers: dict[object, object], order: object, sizes: list[int]
) -> None:
    """However tablets cut, order and repeat what they send: one answer a question, source and author stays that answer."""
    authors = (agencies.intake, agencies.colleague)
    screening_id = opened_by(database, agencies.intake)
    new = [
        (authors[who], said(question, value, f"{screening_id[:8]}-{number}", source))
        for number, ((question, source, who), value) in enumerate(answers.items())
    ]
    sent = new * 2
    order.shuffle(sent)
    while sent:
        batch = [sent.pop() for _ in range(min(len(sent), sizes.pop() if sizes else 3))]
        for author in authors:
            save(
                database, author, screening_id, *(statement for whose, statement in batch if whose == author)
            )

    effective = {
        (each.question, each.source, each.author): each.value
        for group in in_force(kept(database, agencies.intake, screening_id)).values()
        for each in group
    }
    assert effective == {
        (question, source, authors[who].user_id): value for (question, source, who), value in answers.items()
    }
