"""YAML text → plain data, remembering the line of every key and entry.

YAML 1.2 core rules: ``yes`` and ``no`` stay words, dates stay text. Duplicate keys, aliases, tags and characters that
nobody sees are refused, because they let a reader of the file see something other than what is loaded. A file that is
far too large or far too deep is refused before it is read, because reading it would take all the memory there is.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
import yamlcore

Path_ = tuple[str | int, ...]
LARGEST_FILE = 1_000_000
"""Bytes. The largest shipped file has some forty thousand."""
DEEPEST = 40
"""Blocks within blocks. A long condition has ten."""

_BYTE_ORDER_MARK = "\ufeff"
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
)
"""Control characters, other line ends, and marks that turn the direction in which text is shown."""


class YamlFault(Exception):
    """A file that cannot be read as YAML: line (from 1), code, message and fix."""

    def __init__(self, line: int, code: str, message: str, fix: str) -> None:
        super().__init__(message)
        self.line, self.code, self.message, self.fix = line, code, message, fix


@dataclass(frozen=True, slots=True, eq=False)
class YamlFile:
    """One file: its name below the rules folder, its data, its lines, and where each path in the data begins."""

    name: str
    data: Any
    lines: tuple[str, ...]
    positions: Mapping[Path_, int]

    def line_of(self, path: Path_) -> int:
        """The line (from 1) where the value at ``path`` begins, or of the nearest thing around it."""
        for length in range(len(path), -1, -1):
            if path[:length] in self.positions:
                return self.positions[path[:length]]
        return 1

    def line_mentioning(self, word: str, path: Path_) -> int:
        """The first line from ``path`` on that mentions ``word``, or the line of ``path`` where none does."""
        start = self.line_of(path)
        for number in range(start, len(self.lines) + 1):
            if word in self.lines[number - 1]:
                return number
        return start


def links_out_of(folder: Path) -> Iterator[Path]:
    """The files and folders below a folder that are links to something outside of it."""
    inside = folder.resolve()
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() and not path.resolve().is_relative_to(inside):
            yield path


def read_yaml(name: str, content: bytes) -> YamlFile:
    """Read one file.

    Raises:
        YamlFault: anything of E100 to E109: it is not YAML, or not the plain YAML that a rulebook is written in.
    """
    text = _as_text(content)
    try:
        _refuse_unplain(text)
        loader = yamlcore.CCoreLoader(text)
        node = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        raise _as_fault(error, text) from error
    except yaml.YAMLError as error:
        raise YamlFault(
            1, "E101", f"cannot be read as YAML: {error}", "remove the unusual characters"
        ) from error
    positions: dict[Path_, int] = {}
    data = _build(loader, node, (), positions) if node is not None else None
    return YamlFile(name, data, tuple(text.splitlines()), positions)


def _as_text(content: bytes) -> str:
    if len(content) > LARGEST_FILE:
        message = f"the file has {len(content):,} bytes; more than {LARGEST_FILE:,} is no rule file"
        raise YamlFault(1, "E104", message, "split it into several files of its folder")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise YamlFault(
            line, "E100", "the file is not UTF-8 text", "save it as UTF-8 in the editor"
        ) from error
    if text.startswith(_BYTE_ORDER_MARK):
        fix = "save it as 'UTF-8', not as 'UTF-8 with BOM'"
        raise YamlFault(1, "E107", "the file begins with a mark that nobody sees (a byte order mark)", fix)
    unseen = _UNSEEN.search(text)
    if unseen:
        line = text.count("\n", 0, unseen.start()) + 1
        message = f"the character U+{ord(unseen.group()):04X} stands here, which is not seen on a screen"
        raise YamlFault(
            line, "E106", message, "delete it; type the words around it again if it does not show"
        )
    return text


def _refuse_unplain(text: str) -> None:
    """Look at the file's parts one by one, before anything is built of them."""
    depth = 0
    events: Iterator[Any] = yaml.parse(text, Loader=yaml.CLoader)
    for event in events:
        line = event.start_mark.line + 1
        if getattr(event, "anchor", None) is not None:
            message = f"'{event.anchor}' is an anchor (&name) or an alias (*name)"
            raise YamlFault(line, "E103", message, "write the text out each time")
        if getattr(event, "tag", None) is not None:
            raise YamlFault(
                line, "E109", f"'{event.tag}' is a tag", "take it out; put text with a ! in quotes"
            )
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEEPEST:
                message = f"blocks are nested more than {DEEPEST} deep"
                raise YamlFault(line, "E105", message, "take brackets out, or name a part as a definition")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _as_fault(error: yaml.MarkedYAMLError, text: str) -> YamlFault:
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark is not None else 1
    problem = error.problem or "cannot be read"
    written = text.split("\n")[line - 1 : line]
    if written and re.match(r"[ -]*\t", written[0]):
        return YamlFault(line, "E101", "a tab stands before the text of this line", "indent with spaces only")
    fix = "check indentation (spaces only, no tabs), colons followed by a space, and quotes around text with a colon"
    return YamlFault(line, "E101", f"cannot be read as YAML: {problem}", fix)


def _build(loader: Any, node: yaml.Node, path: Path_, positions: dict[Path_, int]) -> Any:
    line = node.start_mark.line + 1
    positions.setdefault(path, line)
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_object(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return [_build(loader, item, (*path, place), positions) for place, item in enumerate(node.value)]
    built: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key_line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            raise YamlFault(
                key_line, "E101", "a key is a list or a block", "write a single word before the colon"
            )
        key = str(key_node.value)
        if key in built:
            raise YamlFault(
                key_line, "E102", f"the key '{key}' stands twice in one block", "keep one of the two"
            )
        positions[(*path, key)] = key_line
        built[key] = _build(loader, value_node, (*path, key), positions)
    return built
