"""Possible duplicates: what is found and what is not, joining and parting, on both databases."""

import pytest
from directory_edits import changes, edit, present
from directory_examples import uid
from directory_files import HIDDEN, bring_in, levelled, names, service
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.core import duplicate_finding
from screening.core.duplicate_finding import (
    LARGEST_BLOCK,
    Described,
    Reason,
    digits_of,
    possible_duplicates,
    without,
)
from screening.operations.actors import PermissionRefused, Role
from screening.operations.directory import EntryNotFound
from screening.operations.directory.duplicates import (
    DuplicateRefused,
    decided_pairs,
    join_entries,
    joined_into,
    possible_pairs,
    tell_apart,
    undo_joining,
)
from tests.store.two_agencies import add_person

JACKSON, CLAY = frozenset({"mo_jackson"}), frozenset({"mo_clay"})
NONE: frozenset[str] = frozenset()


@pytest.fixture
def editor(database, agencies):
    return add_person(database, agencies.intake.agency_id, "editor", Role.DIRECTORY_EDITOR)


@pytest.fixture
def twins(database, editor):
    """Two entries of one shelter from two lists, and one that has nothing to do with it."""
    bring_in(
        database,
        editor,
        [
            service("Harbor House", "816-555-0100", organization="one"),
            service("Harbor House Inc.", "(816) 555 0100", organization="two"),
            service("Robin Clinic", "816-555-0199", organization="three"),
        ],
    )
    return uid("Harbor House"), uid("Harbor House Inc.")


def entry(name, organization="", number="", areas=NONE):
    return Described(name + organization + number, name, organization, frozenset({number} - {""}), areas)


def found(*entries):
    return [(pair.first, pair.second) for pair in possible_duplicates(entries)]


def test_names_and_numbers_that_are_the_same_are_found():
    one, two = entry("Harbor House", "A", "8165550100"), entry("House, Harbor", "B", "8165550100")
    (pair,) = possible_duplicates([one, two])
    assert set(pair.reasons) == {Reason.SAME_NAME, Reason.SAME_NUMBER}
    assert pair.alike == 100


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (entry("Food Pantry", "A", "", JACKSON), entry("Food Pantry", "B", "", CLAY)),
        (entry("Harbor House", "A", "8165550100"), entry("Legal Aid", "A", "8165550100")),
        (entry("Harbor House", "A", "", JACKSON), entry("Robin Clinic", "A", "", JACKSON)),
    ],
)
def test_a_name_or_a_number_alone_is_not_enough(one, two):
    assert found(one, two) == []


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (entry("Harbor House", "A", "", JACKSON), entry("Harbor Houses", "B", "", JACKSON)),
        (entry("Harbor House", "A", "", JACKSON), entry("Harbor House", "a", "", CLAY)),
        (entry("Harbor House", "A"), entry("Harbor House", "B")),
    ],
)
def test_a_name_with_an_area_an_organization_or_nothing_known_is_enough(one, two):
    assert len(found(one, two)) == 1


def test_digits_are_compared_without_how_they_are_written():
    assert digits_of("+1 (816) 555-0100") == digits_of("816.555.0100") == "8165550100"
    assert digits_of("911") == ""


_ENTRY = st.builds(
    Described,
    st.uuids().map(str),
    st.text("abc ", min_size=1, max_size=6),
    st.sampled_from(["", "A", "B"]),
    st.frozensets(st.sampled_from(["8165550100", "8165550101"]), max_size=2),
    st.frozensets(st.sampled_from(["x", "y"]), max_size=2),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(_ENTRY, max_size=12, unique_by=lambda each: each.id))
def test_blocks_find_what_comparing_all_would_find(entries):
    """For small directories no block is too large, so every pair with the same number and a close enough name is there."""
    pairs = {frozenset((pair.first, pair.second)) for pair in possible_duplicates(entries)}
    for index, one in enumerate(entries):
        for other in entries[index + 1 :]:
            same = duplicate_finding.plain_name(one.name) == duplicate_finding.plain_name(other.name)
            if same and one.numbers & other.numbers:
                assert frozenset((one.id, other.id)) in pairs
    assert all(len(pair) == 2 for pair in pairs)


def test_work_is_bounded_however_alike_everything_is():
    """A switchboard of a thousand services, all of one name, is no block: it is not compared with itself."""
    many = [
        Described(f"id{n}", "Food Pantry", "", frozenset({"8165550100"}), NONE)
        for n in range(LARGEST_BLOCK + 1)
    ]
    assert possible_duplicates(many) == []


def test_pairs_told_apart_are_left_out_whichever_comes_first():
    pairs = possible_duplicates([entry("Harbor House", "A"), entry("Harbor House", "B")])
    assert without(pairs, [(pairs[0].second, pairs[0].first)]) == []


def pairs_of(database, editor, table="service"):
    with database.reading(editor) as tx:
        return possible_pairs(tx, table)


def test_pairs_are_listed_with_their_reasons(database, editor, twins):
    (pair,) = pairs_of(database, editor).items
    assert {pair.first.id, pair.second.id} == set(twins)
    assert Reason.SAME_NUMBER in pair.reasons
    assert {pair.first.organization, pair.second.organization} == {"Organization one", "Organization two"}


def test_not_the_same_is_remembered_and_can_be_taken_back(database, editor, twins):
    with database.writing(editor) as tx:
        tell_apart(tx, "service", *twins)
    assert pairs_of(database, editor).total == 0
    with database.reading(editor) as tx:
        (decided,) = decided_pairs(tx, "service")
    assert not decided.joined
    with database.writing(editor) as tx:
        tell_apart(tx, "service", *reversed(twins), undo=True)
    assert pairs_of(database, editor).total == 1
    with database.reading(editor) as tx:
        assert decided_pairs(tx, "service") == ()


def test_joining_keeps_both_ids_and_can_be_undone(database, editor, rulebook, twins):
    kept, gone = twins
    edit(database, editor, gone, rulebook, status="temporarily closed")
    with database.writing(editor) as tx:
        join_entries(tx, "service", kept, gone)
    assert present(database, editor, gone, rulebook).entry.status == "inactive"
    assert pairs_of(database, editor).total == 0
    with database.reading(editor) as tx:
        assert joined_into(tx, [kept, gone]) == {gone: kept}
    bring_in(
        database, editor, [service("Harbor House Inc.", "(816) 555 0100", organization="two", alert="!")]
    )
    assert present(database, editor, gone, rulebook).entry.status == "inactive"
    with pytest.raises(DuplicateRefused), database.writing(editor) as tx:
        join_entries(tx, "service", gone, uid("Robin Clinic"))
    with database.writing(editor) as tx:
        undo_joining(tx, "service", gone)
    assert present(database, editor, gone, rulebook).entry.status == "temporarily closed"
    with database.reading(editor) as tx:
        assert joined_into(tx, [gone]) == {}
    with pytest.raises(DuplicateRefused), database.writing(editor) as tx:
        undo_joining(tx, "service", gone)
    assert ("@joined_into", None, kept) in changes(database, editor, gone)


def test_organizations_are_joined_with_everything_they_run(database, editor, rulebook, twins):
    with database.writing(editor) as tx:
        join_entries(tx, "organization", uid("one"), uid("two"))
    assert present(database, editor, twins[1], rulebook).entry.organization == "Organization one"
    with database.writing(editor) as tx:
        undo_joining(tx, "organization", uid("two"))
    assert present(database, editor, twins[0], rulebook).entry.organization == "Organization one"
    assert present(database, editor, twins[1], rulebook).entry.organization == "Organization two"


def test_who_may_and_what_cannot_be_joined(database, editor, agencies, twins):
    for actor in (agencies.intake, agencies.administrator):
        with pytest.raises(PermissionRefused), database.reading(actor) as tx:
            possible_pairs(tx, "service")
        with pytest.raises(PermissionRefused), database.writing(actor) as tx:
            join_entries(tx, "service", *twins)
        with pytest.raises(PermissionRefused), database.writing(actor) as tx:
            tell_apart(tx, "service", *twins)
    with pytest.raises(DuplicateRefused), database.writing(editor) as tx:
        join_entries(tx, "service", twins[0], twins[0])
    with pytest.raises(EntryNotFound), database.writing(editor) as tx:
        join_entries(tx, "service", twins[0], uid("nobody"))


def test_undisclosed_entries_are_in_no_pair(database, editor):
    both = [*levelled(), service("Undisclosed Canary Services", "816-555-0188", organization="two")]
    bring_in(database, editor, both)
    found = pairs_of(database, editor)
    secret = uid("Undisclosed Canary Service")
    assert secret not in {each for pair in found.items for each in (pair.first.id, pair.second.id)}
    with pytest.raises(EntryNotFound), database.writing(editor) as tx:
        join_entries(tx, "service", uid("Open Service"), secret)
    assert HIDDEN[0] not in repr(found)
    assert "Undisclosed Canary Service" not in names(database, editor)
