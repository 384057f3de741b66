"""The texts of the rulebook that people read, for the same catalogues as the interface's texts."""

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from screening.core.yaml_files import Path_, YamlFile, read_yaml

TEXT_KEYS = frozenset(
    {
        "against",
        "aim",
        "alert",
        "ask",
        "ask_like",
        "blocks",
        "cautions",
        "caveats",
        "description",
        "detail",
        "dispute",
        "find_out",
        "heading",
        "headline",
        "hint",
        "in_favor",
        "label",
        "lead",
        "left_out",
        "length_of_stay",
        "licence",
        "limits",
        "lines",
        "made_for",
        "means",
        "met",
        "missed",
        "note",
        "open",
        "plain",
        "proof",
        "rationale",
        "reason",
        "referral",
        "security",
        "sentence",
        "steps",
        "study",
        "support",
        "text",
        "title",
        "unit",
        "unsaid",
        "why",
        "youth_text",
    }
)
"""Keys whose values are shown. Names of organizations, citations and numbers are the same in every language."""

_NOT_TRANSLATED = ("sources/", "cases/")


def texts_of(file: YamlFile) -> Iterator[tuple[int, str]]:
    """The texts of one file with their lines, in the file's order."""
    yield from _texts(file, file.data, (), shown=False)


def _texts(file: YamlFile, data: Any, path: Path_, *, shown: bool) -> Iterator[tuple[int, str]]:
    if isinstance(data, Mapping):
        for key, value in data.items():
            yield from _texts(file, value, (*path, key), shown=key in TEXT_KEYS)
    elif isinstance(data, list):
        for place, value in enumerate(data):
            yield from _texts(file, value, (*path, place), shown=shown)
    elif shown and isinstance(data, str) and data.strip():
        yield file.line_of(path), data.strip()


def extract_rule_texts(
    fileobj: BinaryIO, keywords: object, comment_tags: object, options: object
) -> Iterator[tuple[int, str, str, list[str]]]:
    """Babel's extraction method for ``rules/**.yaml``: (line, function, text, comments) for each text.

    The parameters have the names Babel calls them by; only the file matters here.
    """
    del keywords, comment_tags, options
    name = str(getattr(fileobj, "name", ""))
    if not any(f"rules/{folder}" in name for folder in _NOT_TRANSLATED):
        for line, text in texts_of(read_yaml(name, fileobj.read())):
            yield line, "", text, []
