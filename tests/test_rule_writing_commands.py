"""``screening rules new-question`` writes what it shows, where it belongs, and loses nothing that was typed."""

import shlex
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tiny_rulebook import QUESTIONS, files_with

from screening.core.loading import load_rulebook
from screening.rule_commands import rules

FILE = "questions/01_first.yaml"
GIVEN = ("--section", "first", "--id", "hotel_keys", "--kind", "yes_no", "--text", "Does the youth carry hotel keys?",
         "--way", "observe", "--why", "Staff ask where they come from.")  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The tiny rulebook on disk; its questions end with a comment."""
    for name, content in files_with({FILE: QUESTIONS + "  # the end of the questions\n"}).items():
        path = tmp_path / "rules" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return tmp_path / "rules"


def run(folder: Path, *words: str, answers: str = "") -> Result:
    result = CliRunner().invoke(rules, ["new-question", "--rules", str(folder), *words], input=answers)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_everything_given_is_written_below_what_was_there(folder: Path) -> None:
    before = (folder / FILE).read_text()
    result = run(folder, *GIVEN, "--yes")
    assert result.exit_code == 0
    assert (folder / FILE).read_text() == before + (
        "  - id: hotel_keys\n    kind: yes_no\n    text: Does the youth carry hotel keys?\n    ways: [observe]\n"
        "    why: Staff ask where they come from.\n"
    )
    assert "Now needed" in result.stdout
    assert "a mock case in cases/ in which it counts, and one in which it does not" in result.stdout
    question = load_rulebook(folder).questions["hotel_keys"]
    assert (question.ways, question.why) == (("observe",), "Staff ask where they come from.")
    assert [path.name for path in (folder / "questions").iterdir()] == ["01_first.yaml"]


def test_texts_of_all_kinds_come_back_as_they_were_typed(folder: Path) -> None:
    texts = {
        "text": 'Note: is there "anything" #odd? It\'s: yes',
        "hint": "no",
        "why": "A long reason - " + "with many words and a colon: here " * 6 + "end",
    }
    words = [word for key, text in texts.items() for word in (f"--{key}", text)]
    options = ("--option", "keys=Keys, of a hotel: any", "--option", "cards = 'Cards' [many]")
    result = run(
        folder, "--section", "first", "--id", "odd_texts", "--kind", "choices", "--way", "record", "--way", "ask",
        "--youth-text", "Is it: so?", "--ask-like", "- Do you?", "--applies-when", "{c: yes}", "--sensitive",
        "--setting", "field", *options, *words, "--yes",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    question = load_rulebook(folder).questions["odd_texts"]
    assert {key: getattr(question, key) for key in texts} == {
        key: text.strip() for key, text in texts.items()
    }
    assert question.option_labels == {"keys": "Keys, of a hotel: any", "cards": "'Cards' [many]"}
    assert (question.youth_text, question.ask_like) == ("Is it: so?", ("- Do you?",))
    assert (question.sensitive, question.settings, question.ways) == (True, ("field",), ("record", "ask"))
    assert question.applies_when is not None
    assert max(map(len, (folder / FILE).read_text().splitlines())) <= 110


def test_a_question_goes_before_the_key_that_follows(folder: Path) -> None:
    section, questions = QUESTIONS.split("questions:\n")
    (folder / FILE).write_text(f"questions:\n{questions}\n# the page\n{section}")
    assert run(folder, *GIVEN, "--yes").exit_code == 0
    text = (folder / FILE).read_text()
    assert "why: Staff ask where they come from.\n\n# the page\n" in text
    assert "hotel_keys" in load_rulebook(folder).questions


def test_line_ends_of_windows_stay(folder: Path) -> None:
    (folder / FILE).write_bytes(QUESTIONS.replace("\n", "\r\n").encode())
    assert run(folder, *GIVEN, "--yes").exit_code == 0
    content = (folder / FILE).read_bytes()
    assert content.count(b"\r\n") == content.count(b"\n")
    assert "hotel_keys" in load_rulebook(folder).questions


def test_what_is_missing_is_asked_for_and_what_does_not_fit_is_asked_again(folder: Path) -> None:
    answers = [
        "frist", "first",  # section
        "all", "age", "Hotel-Keys", "hotel_keys",  # id: reserved, taken, no id
        "numbr", "number",
        "", "How many keys?",
        "aks", "ask, record",
        "Notwithstanding considerable institutional deliberation?", "How many keys do you have?",
        "How many?", "",
        "5", "3", "9",  # least; most below least; most
        "Staff ask about them.",
        "y",
    ]  # fmt: skip
    result = run(folder, answers="\n".join(answers) + "\n")
    assert result.exit_code == 0, result.output
    for told in (
        "did you mean 'first'?",
        "'all' is a word of the rule language",
        "the question 'age' is already there, in questions/01_first.yaml:",
        "an id is small letters",
        "did you mean 'number'?",
        "this is needed",
        "did you mean 'ask'?",
        "this reads at grade",
        "3 is below the lowest number, 5",
    ):
        assert told in result.stderr, told
    question = load_rulebook(folder).questions["hotel_keys"]
    assert (question.least, question.most, question.ways) == (5, 9, ("ask", "record"))
    assert question.ask_like == ("How many?",)


def test_options_are_asked_for_until_there_is_one(folder: Path) -> None:
    result = run(folder, *GIVEN[:4], "--kind", "choice", *GIVEN[6:], answers="\nkeys\nkeys=Keys\n\ny\n")
    assert result.exit_code == 0, result.output
    assert "write it as id=label" in result.stderr
    assert load_rulebook(folder).questions["hotel_keys"].option_labels == {"keys": "Keys"}


def test_a_dry_run_writes_nothing(folder: Path) -> None:
    before = (folder / FILE).read_bytes()
    result = run(folder, *GIVEN, "--dry-run")
    assert result.exit_code == 0
    assert "- id: hotel_keys" in result.stdout
    assert (folder / FILE).read_bytes() == before


@pytest.mark.parametrize("answers", ["n\n", ""], ids=["no", "end of input"])
def test_who_stops_keeps_what_was_typed(folder: Path, answers: str) -> None:
    before = (folder / FILE).read_bytes()
    result = run(folder, *GIVEN, answers=answers)
    assert result.exit_code == 1
    assert (folder / FILE).read_bytes() == before
    line = next(
        line for line in result.stderr.splitlines() if line.startswith("screening rules new-question")
    )
    again = run(folder, *shlex.split(line)[3:], "--yes")
    assert again.exit_code == 0
    assert "hotel_keys" in load_rulebook(folder).questions


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["--applies-when", "{fond: yes}"], "E202", "did you mean 'found'?"),
        (["--applies-when", "{c: yes"], "E101", "cannot be read"),
        (["--applies-when", "{c: yes}\n    ways: [ask]"], "E101", "cannot be read"),
        (["--youth-text", "Do you?"], "E114", "come together"),
        (["--combine", "highest"], "E114", "combine"),
        (["--setting", "desc"], "E202", "did you mean 'desk'"),
    ],
    ids=lambda value: None if isinstance(value, str) else value[1],
)
def test_a_question_that_does_not_fit_is_refused_with_the_checker_s_words(
    folder: Path, words: list[str], code: str, told: str
) -> None:
    before = (folder / FILE).read_bytes()
    result = run(folder, *GIVEN, *words, "--yes")
    assert result.exit_code == 1
    assert f"{code} " in result.stderr
    assert told in result.stderr
    assert "screening rules new-question" in result.stderr
    assert (folder / FILE).read_bytes() == before


def test_a_file_changed_in_the_meantime_is_not_overwritten(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from screening import rule_writing_commands

    def change(*_: object, **__: object) -> bool:
        (folder / FILE).write_text(QUESTIONS + "  # somebody else was here\n")
        return True

    monkeypatch.setattr(rule_writing_commands.click, "confirm", change)
    result = run(folder, *GIVEN)
    assert result.exit_code == 1
    assert "changed in the meantime" in result.stderr
    assert (folder / FILE).read_text().endswith("somebody else was here\n")


def test_a_rulebook_with_faults_is_mended_first(folder: Path) -> None:
    (folder / "needs.yaml").unlink()
    result = run(folder, *GIVEN, "--yes")
    assert result.exit_code == 1
    assert "E002" in result.stderr


def test_it_writes_into_the_shipped_rulebook_too(tmp_path: Path) -> None:
    shipped = tmp_path / "rules"
    shutil.copytree(Path(__file__).parent.parent / "rules", shipped)
    result = run(shipped, "--section", "seen_things", *GIVEN[2:], "--yes")
    assert result.exit_code == 0, result.output
    assert "hotel_keys" in load_rulebook(shipped).questions
