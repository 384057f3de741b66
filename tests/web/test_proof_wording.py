"""Proofs in words. A new operator of the rule language fails here until it has words for every truth."""

from collections.abc import Iterator
from itertools import product
from typing import get_args

import pytest
from result_text import speaking_app
from tiny_rulebook import DEFINITIONS, INDICATORS, TODAY, said, tiny

from screening.core.algebra import Proof
from screening.core.conditions import Condition, parse_condition
from screening.core.evaluation import Assessment, assess
from screening.core.rulebook import Rulebook
from screening.core.statements import Source, Statement
from screening.core.truth import NO, UNKNOWN, YES, Truth
from screening.web.proof_wording import Line, ProofWords

RECORD, SAID, COLLATERAL = Source.RECORD, Source.SAID, Source.COLLATERAL
INSTRUMENT = """
instrument:
  id: short
  label: Short list
  aim: a
  made_for: m
  items:
    - {id: one, label: First item, when: {b: yes}}
    - {id: two, label: Second item, when: {c: yes}}
  readings:
    - id: usual
      label: Usual
      bands: [{id: low, label: Low, at_least: 0, below: 1}, {id: high, label: High, at_least: 1}]
  caveats: [c]
  licence: free
  sources: [house_one]
"""
MORE_INDICATORS = """
category: {id: second_kind, label: Second kind}
indicators:
  - {id: sign_moderate, label: Moderate sign, strength: moderate, when: {c: yes}, means: m, sources: [house_one]}
  - {id: sign_other, label: Other sign, strength: moderate, when: {d: yes}, means: m, sources: [house_one]}
"""


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return tiny(
        {
            "instruments/short.yaml": INSTRUMENT,
            "indicators/01_first.yaml": INDICATORS.replace(
                "Sign, strength: strong", "Strong sign, strength: strong"
            ),
            "indicators/02_second.yaml": MORE_INDICATORS,
        }
    )


@pytest.fixture(scope="module", autouse=True)
def english(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with speaking_app(tmp_path_factory.mktemp("speaking")).test_request_context():
        yield


def explained(book: Rulebook, raw: object, *statements: Statement) -> tuple[Assessment, Proof]:
    assessment = assess(book, statements, TODAY)
    return assessment, assessment.explain(parse_condition(raw))


def told(line: Line) -> str:
    """A line as one would read it out; a group's lines in brackets."""
    pieces = [line.text, *(f"{given.text} ({given.by})" for given in line.given), *line.notes]
    inner = f" [{' / '.join(told(part) for part in line.parts)}]" if line.parts else ""
    return " ".join(pieces) + inner


def words(book: Rulebook, raw: object, *statements: Statement) -> tuple[Truth, list[str]]:
    assessment, proof = explained(book, raw, *statements)
    return proof.truth, [
        told(line) for line in ProofWords(assessment, {"officer_a": "Officer A"}).lines(proof)
    ]


B_YES, B_NO = said("b", "yes"), said("b", "no")
C_YES, C_NO = said("c", "yes"), said("c", "no")
SAW_B = "B? Staff observed: yes (Officer A, Nov 24, 06:00)"
SAW_NO_B = "B? Staff observed: no (Officer A, Nov 24, 06:00)"
SAW_C, SAW_NO_C = SAW_B.replace("B?", "C?"), SAW_NO_B.replace("B?", "C?")
OPEN_B, OPEN_C = "B? Not answered yet.", "C? Not answered yet."

CASES: list[tuple[object, tuple[Statement, ...], Truth, list[str]]] = [
    # an answer
    ({"b": "yes"}, (B_YES,), YES, [SAW_B]),
    ({"b": "yes"}, (B_NO,), NO, [SAW_NO_B]),
    ({"b": "yes"}, (), UNKNOWN, [OPEN_B]),
    ({"b": ["yes", "unsure"]}, (said("b", "unsure"),), YES,
     ["B? Staff were not sure (Officer A, Nov 24, 06:00) Not knowing counts here as well."]),
    # numbers
    ({"count": {"at_least": 3}}, (said("count", 4, RECORD),), YES,
     ["How many? Records show: 4 (Officer A, Nov 24, 06:00) Counts from 3 upward."]),
    ({"count": {"at_least": 3}}, (said("count", 2),), NO,
     ["How many? Staff observed: 2 (Officer A, Nov 24, 06:00) Counts from 3 upward."]),
    ({"count": {"at_least": 3}}, (said("count", 2), said("count", "unsure", RECORD)), UNKNOWN,
     [("How many? Staff observed: 2 (Officer A, Nov 24, 06:00) Records leave it unclear (Officer A, Nov 24, 06:00) "
       "One source was not sure, so more may be true than this shows. Counts from 3 upward.")]),
    ({"age": {"below": 18}}, (said("age", 16),), YES,
     ["Age? Staff observed: 16 (Officer A, Nov 24, 06:00) Counts below 18."]),
    ({"age": {"below": 18}}, (said("age", 19),), NO,
     ["Age? Staff observed: 19 (Officer A, Nov 24, 06:00) Counts below 18."]),
    ({"age": {"below": 18}}, (said("age", "declined", COLLATERAL),), UNKNOWN,
     ["Age? Others did not want to say (Officer A, Nov 24, 06:00) Counts below 18."]),
    # ticked options: of what was ticked only what counts is named
    ({"found": {"includes": "keys"}}, (said("found", ("keys", "cards")),), YES,
     ["Found? Staff observed: Keys (Officer A, Nov 24, 06:00)"]),
    ({"found": {"includes": "keys"}}, (said("found", ()),), NO,
     ["Found? Staff observed: None of these (Officer A, Nov 24, 06:00)"]),
    ({"found": {"includes": "keys"}}, (said("found", "not_asked"),), UNKNOWN,
     ["Found? Staff have not checked (Officer A, Nov 24, 06:00)"]),
    # all, any, not, at least: only the parts that carry the truth
    ({"all": [{"b": "yes"}, {"c": "yes"}]}, (B_YES, C_YES), YES, [SAW_B, SAW_C]),
    ({"all": [{"b": "yes"}, {"c": "yes"}]}, (B_YES, C_NO), NO, [SAW_NO_C]),
    ({"all": [{"b": "yes"}, {"c": "yes"}]}, (B_YES,), UNKNOWN, [OPEN_C]),
    ({"any": [{"b": "yes"}, {"c": "yes"}]}, (B_YES, C_NO), YES, [SAW_B]),
    ({"any": [{"b": "yes"}, {"c": "yes"}]}, (B_NO, C_NO), NO, [SAW_NO_B, SAW_NO_C]),
    ({"any": [{"b": "yes"}, {"c": "yes"}]}, (B_NO,), UNKNOWN, [OPEN_C]),
    ({"not": {"b": "yes"}}, (B_NO,), YES, [SAW_NO_B]),
    ({"not": {"b": "yes"}}, (B_YES,), NO, [SAW_B]),
    ({"not": {"b": "yes"}}, (), UNKNOWN, [OPEN_B]),
    ({"at_least": 1, "of": [{"b": "yes"}, {"c": "yes"}]}, (B_YES, C_NO), YES,
     [f"Found 1 of 2; needed: 1 [{SAW_B}]"]),
    ({"at_least": 2, "of": [{"b": "yes"}, {"c": "yes"}]}, (B_YES, C_NO), NO,
     [f"Needed 2 of 2; no more than 1 possible [{SAW_NO_C}]"]),
    ({"at_least": 2, "of": [{"b": "yes"}, {"c": "yes"}]}, (B_YES,), UNKNOWN,
     [f"Needed 2 of 2; found 1 so far; open: [{OPEN_C}]"]),
    # named: beside others it stands with its label, alone it is opened
    ({"indicator": "sign_strong"}, (B_YES,), YES, [SAW_B]),
    ({"all": [{"c": "yes"}, {"indicator": "sign_strong"}]}, (B_YES, C_YES), YES, [SAW_C, f"Strong sign [{SAW_B}]"]),
    ({"not": {"all": [{"indicator": "sign_strong"}, {"indicator": "sign_strong"}]}}, (B_NO, said("found", ())), YES,
     [f"Not the case: Strong sign [{SAW_NO_B} / Found? Staff observed: None of these (Officer A, Nov 24, 06:00)]"]),
    ({"any": [{"c": "yes"}, {"indicator": "sign_strong"}]}, (said("found", ()),), UNKNOWN,
     [OPEN_C, f"Cannot tell: Strong sign [{OPEN_B}]"]),
    ({"indicator": "sign_strong"}, (B_NO, said("found", ())), NO,
     [SAW_NO_B, "Found? Staff observed: None of these (Officer A, Nov 24, 06:00)"]),
    ({"indicator": "sign_strong"}, (said("b", "declined", RECORD), said("found", ())), UNKNOWN,
     ["B? Records show: did not want to say (Officer A, Nov 24, 06:00)"]),
    # a band of an instrument
    ({"instrument": "short", "band": "high"}, (B_YES, C_NO), YES,
     ["Short list: 1 point, which is “High” [First item]"]),
    ({"instrument": "short", "band": "high"}, (B_YES,), YES,
     ["Short list: 1 to 2 points, which is “High” [First item]"]),
    ({"instrument": "short", "band": "low"}, (B_YES,), NO,
     ["Short list: 1 to 2 points, which is not “Low” [First item]"]),
    ({"instrument": "short", "band": "low"}, (B_NO,), UNKNOWN,
     [f"Short list: 0 to 1 points; whether this is “Low” is open [{OPEN_C}]"]),
    # counted findings
    ({"findings": {"strength": ["strong", "moderate"], "at_least": 2, "categories": 2}}, (B_YES, C_YES), YES,
     [("2 signs are raised (strong or moderate) At least 2 are needed. They must be of at least 2 different kinds. "
       "[Strong sign / Moderate sign]")]),
    ({"findings": {"strength": ["moderate"], "at_least": 2}}, (C_NO,), NO,
     ["0 signs are raised (moderate) At least 2 are needed. Open answers cannot make up the number."]),
    ({"findings": {"strength": ["strong", "moderate"], "at_least": 2}}, (C_YES,), UNKNOWN,
     ["1 sign is raised (strong or moderate) At least 2 are needed. Cannot tell yet: Strong sign; Other sign."]),
    # the level itself
    ({"concern": "possible"}, (B_YES,), YES, ["The screening shows at least possible concern"]),
    ({"concern": "possible"}, (B_NO, said("found", ()), said("a", "no")), NO,
     ["The screening cannot reach possible concern"]),
    ({"concern": "clear"}, (), UNKNOWN, ["Whether the screening reaches clear concern is open"]),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "statements", "truth", "expected"), CASES, ids=lambda value: str(value)[:60])
def test_a_proof_says_what_carries_it(book, raw, statements, truth, expected):
    assert words(book, raw, *statements) == (truth, expected)


def test_every_operator_has_words_for_every_truth():
    tried = {(type(parse_condition(raw)), truth) for raw, _statements, truth, _expected in CASES}
    assert tried == set(product(get_args(Condition), Truth))


def test_every_proof_of_the_shipped_rulebook_has_words(rulebook):
    for case in rulebook.cases.values():
        statements = [
            said(question, value, source)
            for source in Source
            for question, value in getattr(case, source.value).items()
        ]
        assessment = assess(rulebook, statements, case.case.day)
        speaker = ProofWords(assessment, {})
        proofs = [
            *(assessment.proofs[name] for name in assessment.rulebook.named_order),
            *assessment.levels.values(),
        ]
        proofs += [assessment.explain(action.when) for action in rulebook.actions if action.when is not None]
        for proof in proofs:
            lines = speaker.lines(proof)
            assert lines
            assert all(line.text for line in lines)
            assert not any(part.parts for line in lines for part in line.parts), (
                "one group deep, never deeper"
            )


def test_denial_beside_observation_is_shown_and_cancels_nothing(book):
    statements = (said("a", "no", SAID), said("a", "yes", minute=3, author="officer_b"))
    assert words(book, {"a": "yes"}, *statements) == (
        YES,
        [
            (
                "A? The youth said: no (Officer A, Nov 24, 06:00) Staff observed: yes (a colleague, Nov 24, 06:03) "
                "Sources differ. Both are kept, and a no never cancels a yes."
            )
        ],
    )


def test_an_age_counted_from_a_date_says_so(book):
    statements = (said("birth_date", "2010-11-25", RECORD), said("age", 19, SAID))
    (line,) = words(book, {"age": {"below": 18}}, *statements)[1]
    assert "The youth said: 19" in line
    assert "Counted from “Born?” (Records show: November 25, 2010): 15." in line
    assert "Sources differ. All answers are kept; the lowest counts." in line


def test_a_presumption_is_told_as_one():
    book = tiny(
        {"definitions.yaml": DEFINITIONS.replace("[unsure, declined]", "[unsure, declined, unanswered]")}
    )
    assert words(book, {"indicator": "minor"}) == (
        YES,
        ["Age? Not answered yet. Presumed until an answer shows otherwise."],
    )


def test_two_tests_of_one_question_make_one_line(book):
    raw = {"any": [{"found": {"includes": "keys"}}, {"b": "yes"}, {"found": {"includes": "cards"}}]}
    assert words(book, raw, said("found", ("keys", "cards")), B_YES)[1] == [
        "Found? Staff observed: Keys, Cards (Officer A, Nov 24, 06:00)",
        SAW_B,
    ]


def test_a_question_that_does_not_apply_keeps_its_answer_uncounted(book):
    (line,) = words(book, {"d": "yes"}, said("d", "yes"), C_NO)[1]
    assert "does not apply here. An answer to it is kept but not counted." in line


def test_a_question_that_may_not_apply_names_what_decides(book):
    (line,) = words(book, {"d": "yes"}, said("d", "yes"))[1]
    assert line.endswith("Whether this question applies is open. It depends on: C?")
