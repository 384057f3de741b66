"""YAML text → plain data, remembering the line of every key and entry.

YAML 1.2 core rules: ``yes`` and ``no`` stay words, dates stay text. Duplicate keys and aliases are refused,
because both let a reader of the file see something other than what is loaded.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml
import yamlcore

Path_ = tuple[str | int, ...]


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


def read_yaml(name: str, content: bytes) -> YamlFile:
    """Read one file.

    Raises:
        YamlFault: not UTF-8, not YAML, a duplicate key or an alias.
    """
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise YamlFault(
            line, "E100", "the file is not UTF-8 text", "save it as UTF-8 in the editor"
        ) from error
    try:
        loader = yamlcore.CCoreLoader(text)
        node = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        raise _as_fault(error) from error
    except yaml.YAMLError as error:
        raise YamlFault(
            1, "E101", f"cannot be read as YAML: {error}", "remove the unusual characters"
        ) from error
    positions: dict[Path_, int] = {}
    data = _build(loader, node, (), positions, set()) if node is not None else None
    return YamlFile(name, data, tuple(text.splitlines()), positions)


def _as_fault(error: yaml.MarkedYAMLError) -> YamlFault:
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark is not None else 1
    problem = error.problem or "cannot be read"
    fix = "check indentation (spaces only, no tabs), colons followed by a space, and quotes around text with a colon"
    return YamlFault(line, "E101", f"cannot be read as YAML: {problem}", fix)


def _build(loader: Any, node: yaml.Node, path: Path_, positions: dict[Path_, int], seen: set[int]) -> Any:
    line = node.start_mark.line + 1
    positions.setdefault(path, line)
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_object(node, deep=True)
    if id(node) in seen:
        raise YamlFault(
            line, "E103", "an anchor (&name) is used again by an alias (*name)", "write the text out twice"
        )
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        return [
            _build(loader, item, (*path, place), positions, seen) for place, item in enumerate(node.value)
        ]
    built: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key, key_line = str(key_node.value), key_node.start_mark.line + 1
        if key in built:
            raise YamlFault(
                key_line, "E102", f"the key '{key}' stands twice in one block", "keep one of the two"
            )
        positions[(*path, key)] = key_line
        built[key] = _build(loader, value_node, (*path, key), positions, seen)
    return built
