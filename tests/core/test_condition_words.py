"""A condition in words: nothing it asks for is lost, and every word of it can be said in another language."""

from collections import Counter
from collections.abc import Iterator
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_rulebook import tiny

from screening.core.condition_words import (
    ConditionLine,
    Either,
    English,
    Label,
    Number,
    Part,
    Phrase,
    band_points,
    condition_line,
    say,
)
from screening.core.conditions import (
    All,
    AnswerIs,
    AnyOf,
    AtLeast,
    ConcernAtLeast,
    Condition,
    Findings,
    InBand,
    Includes,
    Named,
    Not,
    NumberAtLeast,
    NumberBelow,
    every_node,
)
from screening.core.rulebook import Band

INSTRUMENT = """
instrument:
  id: screen
  label: Short screen
  items: [{id: one, label: First line, when: {b: yes}}]
  readings:
    - {id: usual, label: Usual, bands: [{id: low, label: Low, at_least: 0, below: 1}, {id: high, label: High, at_least: 1}]}
  aim: p
  made_for: m
  caveats: [c]
  licence: own
  sources: [house_one]
"""
BOOK = tiny({"instruments/screen.yaml": INSTRUMENT})

LEAVES = st.sampled_from(
    [
        AnswerIs("a", ("yes",)),
        AnswerIs("a", ("no", "unsure", "declined", "not_asked", "unanswered")),
        AnswerIs("where", ("aa_one", "aa_two", "unsure")),
        NumberAtLeast("count", 3),
        NumberBelow("age", 18),
        Includes("found", ("keys",)),
        Includes("found", ("keys", "cards")),
        Named("minor"),
        Named("sign_direct"),
        InBand("screen", "low"),
        Findings(("direct",), 1, 1),
        Findings(("direct", "strong"), 2, 2),
        ConcernAtLeast("possible"),
    ]
)
CONDITIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: All(tuple(parts))),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: AnyOf(tuple(parts))),
        inner.map(Not),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: AtLeast(2, tuple(parts))),
    ),
    max_leaves=8,
)


class Marking:
    """Says everything so that one sees what passed through the translators' hands."""

    def gettext(self, text: str, **variables: object) -> str:
        found = f"<{text}>"
        return found % variables if variables else found

    def ngettext(self, one: str, many: str, num: int, **variables: object) -> str:
        return f"<{one if num == 1 else many}>" % {"num": num, **variables}


def every_line(line: ConditionLine) -> Iterator[ConditionLine]:
    yield line
    for part in line.parts:
        yield from every_line(part)


def labels_in(part: Part | None) -> Iterator[Label]:
    match part:
        case Label():
            yield part
        case Either(parts):
            for each in parts:
                yield from labels_in(each)
        case Phrase(_, gaps):
            for _name, each in gaps:
                yield from labels_in(each)
        case Number() | None:
            pass


def named_by(node: Condition) -> list[tuple[str, str]]:
    """What a leaf names, as (kind, id)."""
    match node:
        case AnswerIs(question, values):
            listed = [value for value in values if value.startswith("aa_")]
            return [("question", question), *(("option", value) for value in listed)]
        case Includes(question, options):
            return [("question", question), *(("option", option) for option in options)]
        case NumberAtLeast(question, _) | NumberBelow(question, _):
            return [("question", question)]
        case Named(name):
            return [("indicator" if name.startswith("sign") else "definition", name)]
        case InBand(instrument, band):
            return [("instrument", instrument), ("band", band)]
        case Findings(strengths):
            return [("strength", strength) for strength in strengths]
        case ConcernAtLeast(level):
            return [("level", level)]
        case _:
            return []


@given(CONDITIONS)
def test_everything_a_condition_names_is_named_once_and_nothing_else(condition: Condition) -> None:
    told = [
        (label.kind, label.id)
        for line in every_line(condition_line(BOOK, condition))
        for label in (*labels_in(line.before), *labels_in(line.named), *labels_in(line.after))
    ]
    asked = [name for node in every_node(condition) for name in named_by(node)]
    assert Counter(told) == Counter(asked)


@given(CONDITIONS)
def test_a_group_of_several_keeps_its_shape_and_a_list_of_one_is_its_only_line(condition: Condition) -> None:
    line = condition_line(BOOK, condition)
    match condition:
        case All((only,)) | AnyOf((only,)):
            assert line == condition_line(BOOK, only)
        case All(parts) | AnyOf(parts) | AtLeast(_, parts):
            assert line.parts == tuple(condition_line(BOOK, part) for part in parts)
        case Not(part):
            assert line.parts == (condition_line(BOOK, part),)
        case _:
            assert line.parts == ()


@given(CONDITIONS)
def test_every_word_is_said_by_the_speaker(condition: Condition) -> None:
    for line in every_line(condition_line(BOOK, condition)):
        for part in (line.before, line.named, line.after):
            if part is None:
                continue
            said = say(part, Marking())
            outside, depth = [], 0
            for letter in said:
                depth += (letter == "<") - (letter == ">")
                if depth == 0 and letter not in "<>":
                    outside.append(letter)
            assert "".join(outside).strip("0123456789 ") == "", said
            assert "%" not in said


@given(CONDITIONS)
def test_english_fills_every_gap(condition: Condition) -> None:
    for line in every_line(condition_line(BOOK, condition)):
        for part in (line.before, line.named, line.after):
            assert part is None or ("%" not in (said := say(part, English())) and said)


def test_the_strategy_reaches_every_operator() -> None:
    seen: set[type] = set()

    @given(CONDITIONS)
    def look(condition: Condition) -> None:
        seen.update(type(node) for node in every_node(condition))

    look()
    assert seen == set(get_args(Condition))


@pytest.mark.parametrize(
    ("condition", "after"),
    [
        (AnswerIs("a", ("yes",)), "yes"),
        (AnswerIs("a", ("yes", "unsure")), "yes or not sure"),
        (AnswerIs("a", ("unsure", "declined", "unanswered")), "not sure, did not want to say or not answered yet"),
        (AnswerIs("where", ("aa_one", "aa_two")), "“One” or “Two”"),
        (NumberAtLeast("count", 3), "3 or more"),
        (NumberBelow("age", 18), "under 18"),
        (Includes("found", ("keys", "cards")), "ticked: “Keys” or “Cards”"),
        (InBand("screen", "low"), "the whole range of points lies in “Low” (0)"),
        (InBand("screen", "high"), "the whole range of points lies in “High” (1 or more)"),
    ],
)  # fmt: skip
def test_what_is_needed_in_english(condition: Condition, after: str) -> None:
    line = condition_line(BOOK, condition)
    assert line.after is not None
    assert say(line.after, English()) == after


@pytest.mark.parametrize(
    ("condition", "before"),
    [
        (Findings(("direct",), 1, 1), "At least 1 sign is raised (direct)"),
        (Findings(("direct", "strong"), 2, 1), "At least 2 signs are raised (direct or strong)"),
        (Findings(("strong",), 3, 2), "At least 3 signs are raised (strong), of at least 2 different kinds"),
        (ConcernAtLeast("possible"), "The result is at least possible concern"),
        (Named("minor"), "Holds:"),
        (Named("sign_direct"), "Sign raised:"),
    ],
)
def test_what_kind_of_line_it_is_in_english(condition: Condition, before: str) -> None:
    line = condition_line(BOOK, condition)
    assert line.before is not None
    assert say(line.before, English()) == before


@pytest.mark.parametrize(
    ("band", "words"),
    [
        (Band(id="x", label="x", at_least=2, below=5), "2 to 4"),
        (Band(id="x", label="x", at_least=0, below=1), "0"),
        (Band(id="x", label="x", at_least=3), "3 or more"),
    ],
)
def test_the_points_of_a_band(band: Band, words: str) -> None:
    assert say(band_points(band), English()) == words


def test_a_number_carries_its_unit_and_the_unit_is_translated() -> None:
    assert say(Number(15, "years"), English()) == "15 years"
    assert say(Number(15, "years"), Marking()) == "15 <years>"
