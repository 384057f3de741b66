"""A new question as text for its file: written as a person would, checked as every rule file is.

The file is added to, never written anew, so that comments and layout stay. Whether the result is sound is decided by
the checks that every rulebook goes through, on the text that is about to be written.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap

from screening.core.checking import check_entries
from screening.core.conditions import RESERVED_WORDS
from screening.core.reading_grade import HIGHEST_GRADE, reading_grade
from screening.core.rule_files import Entries, Fault, Origin, QuestionsFile, did_you_mean, parse_files
from screening.core.rule_index import Index, index_of
from screening.core.yaml_files import YamlFault, YamlFile, read_yaml

_WIDTH = 104
_ID = re.compile(r"[a-z][a-z0-9_]{0,59}")


@dataclass(frozen=True, slots=True)
class QuestionDraft:
    """A question as its author gave it; nothing is checked yet. Empty values are left out of the text."""

    section: str
    id: str
    kind: str
    text: str
    ways: tuple[str, ...]
    why: str
    youth_text: str = ""
    ask_like: tuple[str, ...] = ()
    hint: str = ""
    options: tuple[tuple[str, str], ...] = ()
    least: int | None = None
    most: int | None = None
    unit: str = ""
    combine: str = ""
    applies_when: str = ""
    sensitive: bool = False
    settings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WrittenQuestion:
    """Where a question goes: the file's name, its whole new content, the lines added, and every fault they bring."""

    file: str
    content: bytes
    block: str
    faults: tuple[Fault, ...]


def id_problem(index: Index, id: str) -> str | None:
    """Why a new question cannot have this id, or nothing."""
    if not _ID.fullmatch(id):
        return "an id is small letters, digits and underscores, begins with a letter, and has 60 at most: hotel_keys"
    if id in RESERVED_WORDS:
        return f"'{id}' is a word of the rule language; choose another"
    held = index.ids["question"].get(id)
    if held is not None:
        origin = held[0]
        return (
            f"the question '{id}' is already there, in {origin.file.name}:{origin.file.line_of(origin.path)}"
        )
    return None


def section_problem(index: Index, section: str) -> str | None:
    """Why no question can go there, or nothing."""
    known = index.ids.get("section", {})
    return None if section in known else f"there is no section '{section}': {did_you_mean(section, known)}"


def grade_problem(text: str) -> str | None:
    """Why a youth should not have to hear this, or nothing."""
    grade = reading_grade(text)
    if grade <= HIGHEST_GRADE:
        return None
    return f"this reads at grade {grade:.1f}; use shorter words and sentences, down to {HIGHEST_GRADE:g}"


def write_question(index: Index, files: Mapping[str, bytes], draft: QuestionDraft) -> WrittenQuestion:
    """Put a question at the end of its section's file, and check the whole rulebook with it.

    Args:
        index: of the rulebook as it is.
        files: name → content of that rulebook's files.
        draft: its section must be there.
    """
    file: YamlFile = index.ids["section"][draft.section][0].file
    before = files[file.name].decode("utf-8")
    end = "\r\n" if "\r\n" in before else "\n"
    lines = before.rstrip().split(end)
    indent, place = _end_of_questions(file, lines)
    block = question_block(draft, indent)
    lines[place:place] = block.rstrip("\n").split("\n")
    content = (end.join(lines) + end).encode("utf-8")
    faults = _faults({**files, file.name: content}, draft.id)
    return WrittenQuestion(file.name, content, block, tuple(faults))


def _end_of_questions(file: YamlFile, lines: Sequence[str]) -> tuple[str, int]:
    """How far the list of questions is indented, and after how many lines it ends.

    That is at the end of the file, or before the next key with the comments that stand above it.
    """
    first = lines[file.line_of(("questions", 0)) - 1]
    indent = first[: len(first) - len(first.lstrip())] if first.lstrip().startswith("-") else "  "
    begins = file.line_of(("questions",))
    later = [line for path, line in file.positions.items() if len(path) == 1 and line > begins]
    place = min(later) - 1 if later else len(lines)
    while later and (not lines[place - 1].strip() or lines[place - 1].startswith("#")):
        place -= 1
    return indent, place


def _faults(files: Mapping[str, bytes], id: str) -> list[Fault]:
    entries, faults = parse_files(files)
    if not faults:
        index = index_of(entries)
        check_entries(index)
        faults = index.faults
    return faults or [*_hard_to_read(entries, id)]


def _hard_to_read(entries: Entries, id: str) -> Iterable[Fault]:
    for origin, question in entries.listed(QuestionsFile, "questions"):
        if question.id == id and question.youth_text is not None:
            for key, texts in (("youth_text", [question.youth_text]), ("ask_like", question.ask_like)):
                for text in texts:
                    problem = grade_problem(text)
                    if problem:
                        yield _hard(origin, key, problem)


def _hard(origin: Origin, key: str, problem: str) -> Fault:
    return origin.fault(
        "E307", f"a youth hears this: {problem}", "say it as one would to a ten-year-old", key
    )


def question_block(draft: QuestionDraft, indent: str = "  ") -> str:
    """The question as YAML, in the order and manner of the shipped files."""
    lines = [f"- id: {_scalar(draft.id)}", f"  kind: {_scalar(draft.kind)}", *_text("text", draft.text)]
    lines += _text("youth_text", draft.youth_text)
    lines += [f"  ways: {_words(draft.ways)}", *_text("why", draft.why)]
    if draft.ask_like:
        lines += ["  ask_like:", *(f"    - {_scalar(text)}" for text in draft.ask_like)]
    lines += _text("hint", draft.hint)
    if draft.options:
        options = (f"    - {{id: {_scalar(id)}, label: {_flow(label)}}}" for id, label in draft.options)
        lines += ["  options:", *options]
    lines += [
        f"  {key}: {value}"
        for key, value in (("least", draft.least), ("most", draft.most))
        if value is not None
    ]
    lines += _text("unit", draft.unit)
    lines += [f"  combine: {_scalar(draft.combine)}"] if draft.combine else []
    applies_when = " ".join(draft.applies_when.split())
    lines += [f"  applies_when: {applies_when}"] if applies_when else []
    lines += ["  sensitive: true"] if draft.sensitive else []
    lines += [f"  settings: {_words(draft.settings)}"] if draft.settings else []
    return "".join(f"{indent}{line}\n" for line in lines)


def _text(key: str, text: str) -> list[str]:
    """A key with a text: on one line, or folded over several where it is long."""
    text = " ".join(text.split())
    if not text:
        return []
    line = f"  {key}: {_scalar(text)}"
    if len(line) <= _WIDTH:
        return [line]
    return [f"  {key}: >-", *(f"    {part}" for part in wrap(text, _WIDTH - 4, break_on_hyphens=False))]


def _words(words: Iterable[str]) -> str:
    return f"[{', '.join(_flow(word) for word in words)}]"


def _scalar(text: str) -> str:
    """A text as it stands after a key: plain where it is read back as the same text, else in quotes."""
    return text if _reads_as(f"k: {text}\n", text) else json.dumps(text, ensure_ascii=False)


def _flow(text: str) -> str:
    """A text as it stands inside brackets."""
    return text if _reads_as(f"k: [{text}]\n", [text]) else json.dumps(text, ensure_ascii=False)


def _reads_as(line: str, wanted: object) -> bool:
    try:
        return bool(read_yaml("", line.encode("utf-8")).data == {"k": wanted})
    except YamlFault:
        return False
