"""The rule language: twelve operators, parsed from YAML into frozen nodes.

There are no strings to parse, no coercion and no default values. Each node's docstring is its truth table;
how a node is evaluated lives in ``algebra`` (one walk, several algebras), so that a screening, a batch and an
engine read the same conditions.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from screening.core.statements import UNANSWERED


@dataclass(frozen=True, slots=True)
class AnswerIs:
    """``{traded_sex: yes}``, ``{phone_controlled: [yes, unsure]}``.

    Yes when the effective answer is one of ``values``. No when it is another known answer. Unknown while the
    question is unanswered, not asked, declined or unsure, unless that very unknown is named, which makes it
    count as yes. A definition may name ``unanswered`` as well: a presumption, which holds until an answer
    shows otherwise.
    """

    question: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NumberAtLeast:
    """``{missing_episodes: {at_least: 3}}``.

    Yes from ``bound`` upwards, no below, unknown while the number is open. Where one source gave a number and
    another was unsure, the number bounds the truth from one side only.
    """

    question: str
    bound: int


@dataclass(frozen=True, slots=True)
class NumberBelow:
    """``{age: {below: 18}}``. The exact opposite of ``NumberAtLeast`` at the same bound."""

    question: str
    bound: int


@dataclass(frozen=True, slots=True)
class Includes:
    """``{items_found: {includes: [hotel_keys]}}``.

    Yes when any of ``options`` was ticked by any source. No when none was and no source was unsure or
    declined. Otherwise unknown.
    """

    question: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class All:
    """``{all: [...]}``. Kleene conjunction: no if any part is no, yes if all are yes, else unknown."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """``{any: [...]}``. Kleene disjunction: yes if any part is yes, no if all are no, else unknown."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """``{not: ...}``. Yes and no change places; unknown stays unknown."""

    part: "Condition"


@dataclass(frozen=True, slots=True)
class AtLeast:
    """``{at_least: 2, of: [...]}``.

    Yes with that many yes; no when the unknown ones could not make up the number; else unknown.
    """

    count: int
    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Named:
    """``{indicator: controlled_by_other}``.

    The truth of another indicator or definition; cycles are refused at loading.
    """

    name: str


@dataclass(frozen=True, slots=True)
class InBand:
    """``{instrument: short_screen, band: positive}``.

    Yes when the instrument's whole score interval lies in the band, no when none of it does, else unknown.
    """

    instrument: str
    band: str


@dataclass(frozen=True, slots=True)
class Findings:
    """``{findings: {strength: [strong], at_least: 2, categories: 2}}``.

    Yes when at least ``count`` indicators of the strengths are raised, from at least ``categories``
    categories; no when those not yet ruled out could not reach both numbers; else unknown.
    """

    strengths: tuple[str, ...]
    count: int
    categories: int


@dataclass(frozen=True, slots=True)
class ConcernAtLeast:
    """``{concern: possible}``.

    Yes when the level cannot be lower, no when it cannot be as high, else unknown.
    """

    level: str


Leaf = AnswerIs | NumberAtLeast | NumberBelow | Includes | Named | InBand | Findings | ConcernAtLeast
Condition = All | AnyOf | Not | AtLeast | Leaf


class ConditionFault(ValueError):
    """A condition that cannot be read; ``path`` leads from its root to the place (keys and positions)."""

    def __init__(self, message: str, fix: str, path: tuple[str | int, ...]) -> None:
        super().__init__(message)
        self.message, self.fix, self.path = message, fix, path


def parse_condition(raw: object, path: tuple[str | int, ...] = ()) -> Condition:
    """Read one condition from plain YAML data (mappings, lists, strings, whole numbers).

    Raises:
        ConditionFault: the data is no condition; it names the place, the cause and a fix.
    """
    if not isinstance(raw, Mapping):
        raise ConditionFault(
            f"a condition is a mapping such as {{question_id: yes}}, not {raw!r}",
            "write {question_id: yes}, {all: [...]}, {any: [...]} or another operator of rules/README.md",
            path,
        )
    keys = set(raw)
    for required, parser in _SPECIAL:
        if required[0] in keys:
            if keys != set(required):
                extra = ", ".join(sorted(str(key) for key in keys ^ set(required)))
                raise ConditionFault(
                    f"'{required[0]}' stands with exactly these keys: {', '.join(required)} (differs in: {extra})",
                    "put the further condition beside it in an {all: [...]} list",
                    path,
                )
            return parser(raw, path)
    if len(raw) != 1:
        raise ConditionFault(
            f"a condition names one question or one operator, but this one has {len(raw)} keys",
            "combine several with {all: [...]} or {any: [...]}",
            path,
        )
    ((question, test),) = raw.items()
    return _parse_answer_test(str(question), test, (*path, str(question)))


def _parse_answer_test(question: str, test: object, path: tuple[str | int, ...]) -> Condition:
    if isinstance(test, str):
        return AnswerIs(question, (test,))
    if isinstance(test, list) and test and all(isinstance(value, str) for value in test):
        return AnswerIs(question, tuple(test))
    if isinstance(test, Mapping) and len(test) == 1:
        ((operator, operand),) = test.items()
        if operator in ("at_least", "below") and isinstance(operand, int) and not isinstance(operand, bool):
            return (NumberAtLeast if operator == "at_least" else NumberBelow)(question, operand)
        if operator == "includes":
            options = [operand] if isinstance(operand, str) else operand
            if isinstance(options, list) and options and all(isinstance(option, str) for option in options):
                return Includes(question, tuple(options))
    raise ConditionFault(
        f"cannot read the test on '{question}': {test!r}",
        "use {id: yes}, {id: [yes, unsure]}, {id: {at_least: 3}}, {id: {below: 18}} or {id: {includes: option}}",
        path,
    )


def _parts(raw: object, path: tuple[str | int, ...]) -> tuple[Condition, ...]:
    if not isinstance(raw, list) or not raw:
        raise ConditionFault(
            "expected a list with at least one condition", "write - {question_id: yes} lines below it", path
        )
    return tuple(parse_condition(part, (*path, position)) for position, part in enumerate(raw))


def _positive(raw: object, path: tuple[str | int, ...]) -> int:
    if not isinstance(raw, int) or isinstance(raw, bool) or raw < 1:
        raise ConditionFault(
            f"expected a whole number of at least 1, not {raw!r}", "write for example at_least: 2", path
        )
    return raw


def _word(raw: object, path: tuple[str | int, ...]) -> str:
    if not isinstance(raw, str) or not raw:
        raise ConditionFault(f"expected one id, not {raw!r}", "write one id without brackets", path)
    return raw


def _parse_at_least(raw: Mapping[str, object], path: tuple[str | int, ...]) -> AtLeast:
    parts = _parts(raw["of"], (*path, "of"))
    count = _positive(raw["at_least"], (*path, "at_least"))
    if count > len(parts):
        raise ConditionFault(
            f"at_least {count} can never be reached: the list has {len(parts)} conditions",
            "lower the number or add conditions",
            (*path, "at_least"),
        )
    return AtLeast(count, parts)


def _parse_findings(raw: Mapping[str, object], path: tuple[str | int, ...]) -> Findings:
    inner = raw["findings"]
    path = (*path, "findings")
    if not isinstance(inner, Mapping) or not {"strength", "at_least"} <= set(inner) <= {
        "strength",
        "at_least",
        "categories",
    }:
        raise ConditionFault(
            f"cannot read {inner!r} as a count of findings",
            "write {findings: {strength: [strong], at_least: 2, categories: 2}}",
            path,
        )
    strengths = inner["strength"]
    strengths = [strengths] if isinstance(strengths, str) else strengths
    if not isinstance(strengths, list) or not all(isinstance(strength, str) for strength in strengths):
        raise ConditionFault(
            "strength is one id or a list of ids", "write strength: [strong]", (*path, "strength")
        )
    categories = _positive(inner.get("categories", 1), (*path, "categories"))
    return Findings(tuple(strengths), _positive(inner["at_least"], (*path, "at_least")), categories)


_Parser = Callable[[Mapping[str, object], tuple[str | int, ...]], Condition]
_SPECIAL: tuple[tuple[tuple[str, ...], _Parser], ...] = (
    (("all",), lambda raw, path: All(_parts(raw["all"], (*path, "all")))),
    (("any",), lambda raw, path: AnyOf(_parts(raw["any"], (*path, "any")))),
    (("not",), lambda raw, path: Not(parse_condition(raw["not"], (*path, "not")))),
    (("at_least", "of"), _parse_at_least),
    (("indicator",), lambda raw, path: Named(_word(raw["indicator"], (*path, "indicator")))),
    (
        ("instrument", "band"),
        lambda raw, path: InBand(_word(raw["instrument"], path), _word(raw["band"], path)),
    ),
    (("findings",), _parse_findings),
    (("concern",), lambda raw, path: ConcernAtLeast(_word(raw["concern"], (*path, "concern")))),
)
RESERVED_WORDS = frozenset(
    {"all", "any", "not", "at_least", "of", "indicator", "instrument", "band", "findings", "concern"}
)


def parts_of(condition: Condition) -> tuple[Condition, ...]:
    """The conditions directly inside this one; empty for a leaf."""
    match condition:
        case All(parts) | AnyOf(parts) | AtLeast(_, parts):
            return parts
        case Not(part):
            return (part,)
        case _:
            return ()


def every_node(condition: Condition) -> Iterator[Condition]:
    """The condition itself and everything inside it, outermost first."""
    yield condition
    for part in parts_of(condition):
        yield from every_node(part)


def question_of(condition: Condition) -> str | None:
    """The question a leaf asks about, or nothing where it does not test an answer."""
    question: str | None = getattr(condition, "question", None)
    return question


def presumes(condition: Condition) -> bool:
    """Whether the leaf counts a question that nobody touched: a presumption."""
    return isinstance(condition, AnswerIs) and UNANSWERED in condition.values
