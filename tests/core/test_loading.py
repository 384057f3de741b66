"""Mistakes in the rulebook are met with file, line, code and a fix; all of them at once."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from tiny_rulebook import CONCERN, DEFINITIONS, INDICATORS, NEEDS, QUESTIONS, RULEBOOK, files_with, tiny

from screening.core.loading import Fault, RulebookFaults, digest_of, load_files, load_rulebook


def faults_of(changes: Mapping[str, str | None]) -> list[Fault]:
    with pytest.raises(RulebookFaults) as caught:
        tiny(changes)
    return caught.value.faults


def line_of(text: str, word: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if word in line)


INDICATOR_FILE, QUESTION_FILE = "indicators/01_first.yaml", "questions/01_first.yaml"
BROKEN: list[tuple[str, str, str, str, str, str]] = [
    # file, text, replacement, code, words of the message, words of the fix
    (INDICATOR_FILE, "{a: yes}", "{aa: yes}", "E202", "no question 'aa'", "did you mean 'a'"),
    (
        INDICATOR_FILE,
        "indicator: minor",
        "indicator: minot",
        "E202",
        "no indicator 'minot'",
        "did you mean 'minor'",
    ),
    (INDICATOR_FILE, "includes: keys", "includes: kees", "E202", "no answer 'kees'", "did you mean 'keys'"),
    (INDICATOR_FILE, "{b: yes}", "{b: maybe}", "E202", "no answer 'maybe'", "Its answers: no, yes"),
    (INDICATOR_FILE, "{b: yes}", "{b: {at_least: 2}}", "E203", "yes_no question", "{id: yes}"),
    (INDICATOR_FILE, "{b: yes}", "{found: keys}", "E203", "choices question", "includes"),
    (INDICATOR_FILE, "{b: yes}", "{note: yes}", "E203", "text question", "free text is for people"),
    (INDICATOR_FILE, "{b: yes}", "{concern: possible}", "E205", "may only test answers", "concern.yaml"),
    (INDICATOR_FILE, "{b: yes}", "{b: {over: 2}}", "E120", "cannot read the test", "at_least"),
    (
        INDICATOR_FILE,
        "strength: strong",
        "strength: stronk",
        "E202",
        "no strength 'stronk'",
        "did you mean 'strong'",
    ),
    (
        INDICATOR_FILE,
        "id: sign_strong",
        "id: sign_direct",
        "E201",
        "already defined at indicators/01_first.yaml:4",
        "another id",
    ),
    (INDICATOR_FILE, "id: sign_strong", "id: Sign-Strong", "E113", "cannot be an id", "small letters"),
    (INDICATOR_FILE, "strength: strong, ", "", "E111", "'strength' is missing", "add a line"),
    (
        INDICATOR_FILE,
        "strength: strong",
        "strenght: strong, strength: strong",
        "E112",
        "'strenght'",
        "did you mean 'strength'",
    ),
    (
        INDICATOR_FILE,
        "means: m, sources: [house_one]}\n  - {id: sign_strong",
        "means: m, sources: [house_two]}\n  - {id: sign_strong",
        "E202",
        "no source 'house_two'",
        "house_one",
    ),
    (
        QUESTION_FILE,
        "applies_when: {c: yes}",
        "applies_when: {count: {at_least: 1}}",
        "E206",
        "asked later",
        "move",
    ),
    (
        QUESTION_FILE,
        "applies_when: {c: yes}",
        "applies_when: {indicator: minor}",
        "E205",
        "only test answers",
        "questions",
    ),
    (QUESTION_FILE, "years_since: birth_date", "years_since: note", "E207", "no date question", "kind date"),
    (QUESTION_FILE, "least: 0, most: 99", "least: 9, most: 1", "E114", "least and most", ""),
    (QUESTION_FILE, "youth_text: A?, ", "", "E114", "come together", ""),
    (QUESTION_FILE, "id: keys", "id: unsure", "E114", "already has the answer", ""),
    (QUESTION_FILE, "id: note", "id: any", "E114", "word of the rule language", ""),
    (QUESTION_FILE, "kind: text", "kind: essay", "E115", "kind", ""),
    (
        QUESTION_FILE,
        "kind: yes_no, text: B?",
        "kind: yes_no, kind: text, text: B?",
        "E102",
        "stands twice",
        "keep one",
    ),
    (
        QUESTION_FILE,
        "why: test}\n  - {id: c",
        "why: [test}\n  - {id: c",
        "E101",
        "cannot be read as YAML",
        "indentation",
    ),
    ("definitions.yaml", "{age: {below: 18}}", "{indicator: minor}", "E204", "minor → minor", "take one"),
    (
        "concern.yaml",
        "when: {concern: possible}",
        "when: {concern: likely}",
        "E202",
        "no level 'likely'",
        "possible or clear",
    ),
    (
        "concern.yaml",
        "{findings: {strength: [direct], at_least: 1}}",
        "{concern: possible}",
        "E205",
        "rest on a level",
        "count",
    ),
    (
        "concern.yaml",
        "steps: [Call.],",
        "steps: [Call.], calls: [{label: A, number: '1', jurisdictions: [us_ab]}],",
        "E202",
        "no jurisdiction 'us_ab'",
        "did you mean 'us_aa'",
    ),
    (
        "needs.yaml",
        "kinds: [shelter]",
        "kinds: [shelters]",
        "E202",
        "no kind of service",
        "did you mean 'shelter'",
    ),
    ("needs.yaml", "counties: [where]", "counties: [whare]", "E202", "no question 'whare'", "did you mean"),
    ("rulebook.yaml", "within: us}", "within: uss}", "E202", "no jurisdiction 'uss'", "did you mean 'us'"),
]
TEXTS = {
    INDICATOR_FILE: INDICATORS,
    QUESTION_FILE: QUESTIONS,
    "definitions.yaml": DEFINITIONS,
    "concern.yaml": CONCERN,
    "needs.yaml": NEEDS,
    "rulebook.yaml": RULEBOOK,
}


@pytest.mark.parametrize(
    ("file", "old", "new", "code", "message", "fix"), BROKEN, ids=[f"{row[3]}-{row[4]}" for row in BROKEN]
)
def test_a_mistake_is_named_with_its_place_and_fix(
    file: str, old: str, new: str, code: str, message: str, fix: str
) -> None:
    assert TEXTS[file].count(old) >= 1, "the mistake must really be made"
    broken = TEXTS[file].replace(old, new, 1)
    fault = next(found for found in faults_of({file: broken}) if found.code == code)
    assert fault.file == file
    assert message in fault.message
    assert fix in fault.fix
    lines = [number for number, line in enumerate(broken.splitlines(), 1) if new and new in line]
    if lines:
        assert fault.line in lines


def test_a_fault_stands_on_the_very_line_that_mentions_the_word() -> None:
    spread = INDICATORS + (
        "  - id: third\n    label: Third\n    strength: strong\n    means: m\n    sources: [house_one]\n"
        "    when:\n      any:\n        - {b: yes}\n        - {countt: {at_least: 2}}\n"
    )
    (fault,) = faults_of({INDICATOR_FILE: spread})
    assert (fault.line, fault.code) == (line_of(spread, "countt"), "E202")


def test_all_faults_are_listed_at_once() -> None:
    broken = INDICATORS.replace("{a: yes}", "{aa: yes}").replace("{b: yes}", "{bb: yes}")
    assert len(faults_of({INDICATOR_FILE: broken})) == 2


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({"needs.yaml": None}, "E002"),
        ({"stray.yaml": "a: 1\n"}, "E003"),
        ({"questions/deep/er.yaml": "a: 1\n"}, "E003"),
        ({"needs.yaml": ""}, "E110"),
        ({"needs.yaml": "profile: &p {age: age}\nneeds: [*p]\n"}, "E103"),
        ({"needs.yaml": "\tneeds: []\n"}, "E101"),
    ],
)
def test_files_that_do_not_belong_are_missing_or_unreadable(
    files: Mapping[str, str | None], code: str
) -> None:
    assert code in {fault.code for fault in faults_of(files)}


def test_a_file_that_is_not_utf_8() -> None:
    with pytest.raises(RulebookFaults) as caught:
        load_files({**files_with(), "needs.yaml": b"needs: \xff\n"})
    assert caught.value.faults[0].code == "E100"


def test_an_empty_folder_says_so(tmp_path: Path) -> None:
    with pytest.raises(RulebookFaults, match="no YAML files"):
        load_rulebook(tmp_path)


def test_cases_may_only_hold_answers_the_questions_take() -> None:
    case = """
case: {id: one, title: One, story: Youth A., setting: desk, jurisdiction: us_aa, day: "2026-11-24"}
observed: {a: maybe, age: 200, found: [keys, keyz], birth_date: "2026-02-31", where: aa_one}
expect: {result: none, at_least: none, at_most: none}
"""
    codes = [fault.code for fault in faults_of({"cases/one.yaml": case})]
    assert codes == ["E208"] * 4


def test_yes_and_no_stay_words_and_dates_stay_dates() -> None:
    rulebook = tiny()
    assert rulebook.about.as_of.isoformat() == "2026-11-24"
    assert rulebook.questions["d"].applies_when is not None


def test_the_digest_tells_any_change_of_name_or_content() -> None:
    files = files_with()
    digests = {
        digest_of(files),
        digest_of({**files, "needs.yaml": files["needs.yaml"] + b"\n"}),
        digest_of(
            {("x" + name if name == "needs.yaml" else name): content for name, content in files.items()}
        ),
    }
    assert len(digests) == 3
    assert load_files(files).digest == digest_of(dict(reversed(files.items())))
