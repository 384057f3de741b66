"""The shipped rulebook keeps its own promises."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.core.cases import run_case
from screening.core.compiled_rules import compile_rules, conditions_behind_level
from screening.core.conditions import every_node, question_of
from screening.core.evaluation import Assessment, Level, assess
from screening.core.loading import load_rulebook, read_rule_files
from screening.core.reading_grade import HIGHEST_GRADE, reading_grade, said_to_youths
from screening.core.routing import hypothetical_values, route
from screening.core.rule_files import parse_files
from screening.core.rule_index import index_of
from screening.core.rule_proofs import check_rule_files
from screening.core.rulebook import Question
from screening.core.statements import Source, Statement, Value
from screening.core.truth import NO, YES

RULES = Path(__file__).parents[2] / "rules"
RULEBOOK = load_rulebook(RULES)
DAY = date(2026, 11, 24)
AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
YES_NO = [question.id for question in RULEBOOK.questions.values() if question.kind == "yes_no"]


def state(question: str, value: Value, source: Source = Source.OBSERVED) -> Statement:
    return Statement(f"{question}.{source}", question, value, source, "officer_a", AT)


def assessed(answers: dict[str, Value]) -> Assessment:
    return assess(RULEBOOK, [state(question, value) for question, value in answers.items()], DAY)


@pytest.mark.parametrize("name", sorted(RULEBOOK.cases))
def test_mock_case(name: str) -> None:
    assert run_case(RULEBOOK, RULEBOOK.cases[name]) == []


def test_the_mock_cases_span_every_result_and_interruption() -> None:
    results = {case.expect.result for case in RULEBOOK.cases.values()}
    assert results == {"clear", "possible", "none", "cannot_rule_out"}
    reached = {name for case in RULEBOOK.cases.values() for name in case.expect.interruptions}
    assert reached == {interruption.id for interruption in RULEBOOK.concern.interruptions}
    outcomes = {name for case in RULEBOOK.cases.values() for name in case.expect.outcomes}
    assert outcomes == {outcome.id for outcome in RULEBOOK.concern.outcomes}
    assert len(RULEBOOK.cases) >= 20


def test_every_case_is_plainly_invented() -> None:
    for case in RULEBOOK.cases.values():
        assert "Youth " in case.case.story, case.case.id


def test_nothing_is_found_by_any_check_or_proof() -> None:
    """No entry out of reach, no sign that lowers concern, nothing unused, no claim without a source, plain words."""
    checked = check_rule_files(read_rule_files(RULES))
    assert checked.faults == ()
    assert checked.warnings == ()


def test_what_a_youth_hears_is_measured() -> None:
    """The check above would find nothing hard to read if it measured nothing."""
    index = index_of(parse_files(read_rule_files(RULES))[0])
    heard = {text for _, _, text in said_to_youths(index)}
    asked = [question for question in RULEBOOK.questions.values() if question.youth_text]
    assert len(asked) >= 20
    assert heard >= {question.youth_text for question in asked}
    assert heard >= {text for question in asked for text in question.ask_like}
    for notice in RULEBOOK.about.rights_notices:
        assert any(text in heard for text in notice.text)
        assert all(text in heard or text.startswith("For staff") for text in notice.text)
    assert max(reading_grade(text) for text in heard) <= HIGHEST_GRADE


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(YES_NO), st.sampled_from(["yes", "no", "unsure", "declined"]), max_size=30
    ),
    st.integers(10, 17),
    st.sampled_from(YES_NO),
)
def test_a_sign_never_lowers_and_a_denial_never_outweighs(
    answers: dict[str, Value], age: int, sign: str
) -> None:
    before = assessed({"age": age, **answers})
    if sign in answers:
        after = assessed({"age": age, **answers, sign: "yes"})
        assert after.at_least >= before.at_least
    denials = [
        state(question, "no", Source.SAID)
        for question in answers
        if "ask" in RULEBOOK.questions[question].ways
    ]
    observed = [state(question, value) for question, value in {"age": age, **answers}.items()]
    denied = assess(RULEBOOK, [*observed, *denials], DAY)
    assert denied.at_least == before.at_least
    assert denied.at_most == before.at_most


def firm_no(question: Question) -> Value:
    """The answer that shows least: no, none of these, nothing missing, a fifteen-year-old."""
    if question.kind == "yes_no":
        return "no"
    if question.kind == "choices":
        return ()
    if question.kind == "number":
        return 15 if question.id == "age" else question.least or 0
    untested = [
        option
        for option in question.option_labels
        if option not in hypothetical_values(RULEBOOK, question.id)
    ]
    return untested[0] if untested else "not_asked"


def test_all_firmly_no_stops_before_every_question_is_asked() -> None:
    screening = [
        q for section in RULEBOOK.sections if section.purpose == "screening" for q in section.questions
    ]
    answers: dict[str, Value] = {}
    assessment = assessed(answers)
    while not route(assessment).may_stop:
        question = next(question for question in screening if question.id not in answers)
        answers[question.id] = firm_no(question)
        assessment = assessed(answers)
    assert assessment.result == "none"
    assert len(answers) < len(screening)


def test_nothing_answered_rules_nothing_out() -> None:
    assessment = assessed({})
    assert (assessment.at_least, assessment.at_most) == (Level.NONE, Level.CLEAR)
    assert assessment.result == "cannot_rule_out"


def test_circumstances_alone_raise_nothing() -> None:
    """Even with every circumstance raised and every sign ruled out, neither level is reached."""
    background = {strength.id for strength in RULEBOOK.about.strengths if strength.background}
    truths = {id: YES if each.strength in background else NO for id, each in RULEBOOK.indicators.items()}
    assert YES in truths.values()
    answers = assessed({"staff_concern": "no"}).answers
    rules = compile_rules(RULEBOOK)
    assert (rules.clear(answers, truths), rules.possible(answers, truths)) == (NO, NO)


ACCUSING = ("prostitute", "promiscu", "hooker", "sex worker", "is a liar", "is lying")
CERTAIN = ("is a victim", "is not a victim", "cleared", "proven", "offender", "confess")


def texts_about_youths() -> list[tuple[str, str]]:
    """Every text that describes a youth or is said to one, with the id it belongs to."""
    questions, indicators = RULEBOOK.questions.values(), RULEBOOK.indicators.values()
    return [
        *((q.id, text) for q in questions for text in (q.text, q.youth_text, q.hint, *q.ask_like) if text),
        *((q.id, option.label) for q in questions for option in q.options),
        *((indicator.id, text) for indicator in indicators for text in (indicator.label, indicator.means)),
    ]


@pytest.mark.parametrize("word", ACCUSING + CERTAIN)
def test_words_that_accuse_or_claim_certainty_stay_out(word: str) -> None:
    assert [name for name, text in texts_about_youths() if word in text.lower()] == []


@pytest.mark.parametrize("word", ACCUSING)
def test_no_action_accuses(word: str) -> None:
    texts = [(action.id, text) for action in RULEBOOK.actions for text in (action.label, *action.detail)]
    assert [name for name, text in texts if word in text.lower()] == []


def test_the_level_never_rests_on_who_a_youth_is_or_is_charged_with() -> None:
    tested = {
        question_of(node) for condition in conditions_behind_level(RULEBOOK) for node in every_node(condition)
    }
    for question in ("sex", "gender", "charge_kinds", "interpreter_needed", "citizen_or_resident"):
        assert question in RULEBOOK.questions
        assert question not in tested
