"""Columns: the effective answers of many screenings, question by question, 64 screenings a word.

A batch reads a question's answers from bit planes: one plane for each answer that some condition tests, one for
"no value is known", one for "partly known". Numbers stay whole numbers. Columns come from effective answers
(``Columns.pack``) or from coded arrays as a store of columns would keep them (``Columns.from_codes``).

Whether a question applies is not packed: it follows from the answers, and a batch works it out as
``with_applicability`` does.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from screening.core.answers import Effective
from screening.core.compiled_rules import conditions_of
from screening.core.conditions import AnswerIs, Condition, Includes, every_node, question_of
from screening.core.rulebook import Question, Rulebook

Words: TypeAlias = NDArray[np.uint64]
"""A bit plane: bit ``n`` belongs to screening ``n``; the bits after the last screening mean nothing."""
Flags: TypeAlias = NDArray[np.bool_]
Numbers: TypeAlias = NDArray[np.int32]
AnswerCodes: TypeAlias = NDArray[np.uint8] | NDArray[np.uint16]

WORD = 64
UNKNOWN_CODES: Mapping[str, int] = {"unanswered": 0, "not_asked": 1, "declined": 2, "unsure": 3}
"""The codes of the four kinds of unknown; every greater code is a known answer."""
KNOWN = 4
"""The code of a known answer that is no listed value: a number, ticked options, a date, a text."""
_FIRST_VALUE = 5
_LEAST_NUMBER, _GREATEST_NUMBER = np.iinfo(np.int32).min, np.iinfo(np.int32).max


def words_for(count: int) -> int:
    """How many words hold so many screenings."""
    return -(-count // WORD)


def plane_of(flags: Flags) -> Words:
    """Flags → a bit plane; the last word is filled up with zeros."""
    packed = np.packbits(flags, bitorder="little")
    words = np.zeros(words_for(len(flags)), np.uint64)
    words.view(np.uint8)[: len(packed)] = packed
    return words


def flags_of(plane: Words, count: int) -> Flags:
    """A bit plane → the flags of the first ``count`` screenings."""
    return np.unpackbits(plane.view(np.uint8), count=count, bitorder="little").view(np.bool_)


def value_codes(question: Question) -> dict[str, int]:
    """The codes of a question's listed values: no and yes, or the options of a choice in their order."""
    if question.kind == "yes_no":
        return {"no": _FIRST_VALUE, "yes": _FIRST_VALUE + 1}
    if question.kind == "choice":
        return {option.id: _FIRST_VALUE + place for place, option in enumerate(question.options)}
    return {}


@dataclass(frozen=True, slots=True, eq=False)
class Codes:
    """One question's effective answers over many screenings.

    Attributes:
        answers: per screening one of ``UNKNOWN_CODES``, ``KNOWN``, or a code of ``value_codes``.
        numbers: the values of a number question; what stands where the answer is unknown does not count.
        ticked: option id → who ticked it, for a question with several answers.
        partial: whose answer is known only in part; nobody's when left out.
    """

    answers: AnswerCodes
    numbers: Numbers | None = None
    ticked: Mapping[str, Flags] = field(default_factory=dict)
    partial: Flags | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One question's answers as planes.

    Attributes:
        open: no value is known.
        partial: the value is known only in part; None when nobody's is.
        tokens: value or kind of unknown → who has it; those that conditions name, no others.
        ticked: option id → who is known to have it ticked; those that conditions name.
        numbers: the values of a number question, filled up to whole words.
    """

    open: Words
    partial: Words | None
    tokens: Mapping[str, Words]
    ticked: Mapping[str, Words]
    numbers: Numbers | None


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """The answers of ``count`` screenings to every question that the rulebook's conditions test."""

    rulebook: Rulebook
    count: int
    of: Mapping[str, Column]

    @classmethod
    def from_codes(cls, rulebook: Rulebook, count: int, coded: Mapping[str, Codes]) -> Self:
        """Coded answers of ``count`` screenings → columns.

        Raises:
            ValueError: a question that a condition tests is missing, or its arrays do not fit. Nothing is
                assumed for it: a forgotten column must not look like screenings without answers.
        """
        missing = [question for question in tested_by_conditions(rulebook) if question not in coded]
        if missing:
            raise ValueError(f"no column for {', '.join(missing)}, which conditions test")
        return cls(
            rulebook,
            count,
            {
                id: _column(rulebook.questions[id], tested, coded[id], count)
                for id, tested in tested_by_conditions(rulebook).items()
            },
        )

    @classmethod
    def pack(cls, rulebook: Rulebook, screenings: Sequence[Mapping[str, Effective]]) -> Self:
        """Effective answers, one mapping a screening → columns."""
        coded = {
            id: codes_of(rulebook.questions[id], [answers[id] for answers in screenings])
            for id in tested_by_conditions(rulebook)
        }
        return cls.from_codes(rulebook, len(screenings), coded)


@dataclass(slots=True)
class _Tested:
    """What conditions ask of one question: values and unknowns by name, options by name."""

    tokens: set[str] = field(default_factory=set)
    options: set[str] = field(default_factory=set)


def _conditions(rulebook: Rulebook) -> Iterator[Condition]:
    concern = rulebook.concern
    for question in rulebook.questions.values():
        if question.applies_when is not None:
            yield question.applies_when
    yield from (rulebook.named(name).when for name in rulebook.named_order)
    for instrument in rulebook.instruments.values():
        if instrument.scored:
            yield from conditions_of(instrument)
    yield from (concern.levels.clear.when, concern.levels.possible.when)
    yield from (interruption.when for interruption in concern.interruptions)
    yield from (outcome.when for outcome in concern.outcomes)


@lru_cache(maxsize=16)
def tested_by_conditions(rulebook: Rulebook) -> Mapping[str, _Tested]:
    """Question id → what its conditions test of it; only these questions need columns."""
    found: dict[str, _Tested] = {}
    for condition in _conditions(rulebook):
        for node in every_node(condition):
            question = question_of(node)
            if question is None:
                continue
            tested = found.setdefault(question, _Tested())
            if isinstance(node, AnswerIs):
                tested.tokens.update(node.values)
            elif isinstance(node, Includes):
                tested.options.update(node.options)
    return found


def _column(question: Question, tested: _Tested, codes: Codes, count: int) -> Column:
    values = value_codes(question)
    _check(question, tested, codes, count)
    known = {**UNKNOWN_CODES, **values}
    # A token the question cannot have is nobody's answer, as it is for a single screening.
    tokens = {
        token: plane_of(codes.answers == known[token])
        if token in known
        else np.zeros(words_for(count), np.uint64)
        for token in tested.tokens
    }
    is_open = plane_of(codes.answers < KNOWN)
    numbers = None
    if question.kind == "number" and codes.numbers is not None:
        numbers = np.zeros(words_for(count) * WORD, np.int32)
        numbers[:count] = codes.numbers
    return Column(
        open=is_open,
        partial=plane_of(codes.partial) if codes.partial is not None and codes.partial.any() else None,
        tokens=tokens,
        # A tick beside an unknown does not count: without a known value a single screening sees none either.
        ticked={option: plane_of(codes.ticked[option]) & ~is_open for option in tested.options},
        numbers=numbers,
    )


def _check(question: Question, tested: _Tested, codes: Codes, count: int) -> None:
    arrays = [codes.answers, codes.numbers, codes.partial, *codes.ticked.values()]
    if any(array is not None and array.shape != (count,) for array in arrays):
        raise ValueError(f"the arrays of {question.id} do not hold {count} screenings")
    if any(array is not None and array.dtype != np.bool_ for array in arrays[2:]):
        raise ValueError(f"partial and ticked of {question.id} are flags")
    if codes.answers.dtype not in (np.uint8, np.uint16):
        raise ValueError(f"the codes of {question.id} are uint8 or uint16")
    if count and int(codes.answers.max()) > max(value_codes(question).values(), default=KNOWN):
        raise ValueError(f"{question.id} has a code that stands for no answer")
    if question.kind == "number" and (codes.numbers is None or codes.numbers.dtype != np.int32):
        raise ValueError(f"{question.id} needs its numbers, as int32")
    if not tested.options <= set(codes.ticked):
        raise ValueError(
            f"{question.id} lacks options: {', '.join(sorted(tested.options - set(codes.ticked)))}"
        )


def codes_of(question: Question, answers: Sequence[Effective]) -> Codes:
    """One question's effective answers as codes, one for each screening."""
    values = value_codes(question)
    codes = [
        UNKNOWN_CODES[answer.state] if answer.value is None else values.get(str(answer.value), KNOWN)
        for answer in answers
    ]
    fits_a_byte = _FIRST_VALUE + len(values) <= np.iinfo(np.uint8).max
    return Codes(
        np.array(codes, np.uint8) if fits_a_byte else np.array(codes, np.uint16),
        numbers=_numbers(answers) if question.kind == "number" else None,
        ticked={
            option.id: np.array([_has_ticked(answer, option.id) for answer in answers], np.bool_)
            for option in question.options
            if question.kind == "choices"
        },
        partial=np.array([answer.partial for answer in answers], np.bool_),
    )


def _numbers(answers: Sequence[Effective]) -> Numbers:
    # A number beyond 32 bits lies on the same side of every bound as the last one within.
    given = (0 if answer.value is None else int(str(answer.value)) for answer in answers)
    return np.array([min(max(value, _LEAST_NUMBER), _GREATEST_NUMBER) for value in given], np.int32)


def _has_ticked(answer: Effective, option: str) -> bool:
    return isinstance(answer.value, tuple) and option in answer.value
