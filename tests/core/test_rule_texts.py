"""Translators get every text of the rulebook that people read, and nothing else."""

from io import BytesIO
from pathlib import Path

from screening.core.loading import load_rulebook
from screening.core.rule_texts import extract_rule_texts, texts_of
from screening.core.yaml_files import read_yaml

RULES = Path(__file__).parents[2] / "rules"


def extracted() -> set[str]:
    texts = set()
    for path in RULES.rglob("*.yaml"):
        with path.open("rb") as file:
            texts |= {text for _, _, text, _ in extract_rule_texts(file, (), (), {})}
    return texts


def test_every_text_of_a_question_an_action_and_a_note_is_there() -> None:
    rulebook, texts = load_rulebook(RULES), extracted()
    shown = [
        text
        for question in rulebook.questions.values()
        for text in (question.text, question.youth_text, question.why, question.hint, *question.ask_like)
        if text
    ]
    shown += [option.label for question in rulebook.questions.values() for option in question.options]
    shown += [
        text for indicator in rulebook.indicators.values() for text in (indicator.label, indicator.means)
    ]
    shown += [text for action in rulebook.actions for text in (action.label, *action.detail)]
    shown += [text for note in rulebook.law.values() for text in (note.title, note.plain)]
    shown += [text for interruption in rulebook.concern.interruptions for text in interruption.steps]
    assert set(shown) <= texts


def test_ids_citations_names_and_cases_are_not() -> None:
    rulebook, texts = load_rulebook(RULES), extracted()
    assert not texts & set(rulebook.questions)
    assert not texts & {note.citation for note in rulebook.law.values()}
    assert not texts & {case.case.story for case in rulebook.cases.values()}


def test_lines_are_those_of_the_file() -> None:
    content = b"notes:\n  - id: one\n    title: First\n    detail:\n      - Second\n"
    assert list(texts_of(read_yaml("rules/law/x.yaml", content))) == [(3, "First"), (5, "Second")]
    assert next(iter(extract_rule_texts(BytesIO(content), (), (), {})))[2] == "First"
