"""The files of ``rules/`` → shapes with their places, and the faults found while reading them.

A fault always names file, line, cause and fix: its messages are read by people who write rules, not programs.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import ValidationError
from rapidfuzz import fuzz, process

from screening.core import rulebook as shapes
from screening.core.conditions import ConditionFault
from screening.core.earlier_forms import in_present_form
from screening.core.rulebook import Shape
from screening.core.yaml_files import Path_, YamlFault, YamlFile, read_yaml


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One fault in the rulebook: where, what and how to mend it."""

    file: str
    line: int
    code: str
    message: str
    fix: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.code} {self.message}\n    fix: {self.fix}"


class RulebookFaults(Exception):
    """The rulebook cannot be used. ``faults`` lists everything found, in file order."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = sorted(set(faults))
        super().__init__("\n".join(str(fault) for fault in self.faults))


@dataclass(frozen=True, slots=True, eq=False)
class Origin:
    """Where a shape was written: its file and its path in that file's data."""

    file: YamlFile
    path: Path_

    def fault(self, code: str, message: str, fix: str, *subpath: str | int, word: str = "") -> Fault:
        """A fault at (or, with ``word``, at the first mention of that word after) a place inside this shape."""
        path = (*self.path, *subpath)
        line = self.file.line_mentioning(word, path) if word else self.file.line_of(path)
        return Fault(self.file.name, line, code, message, fix)


class SourcesFile(Shape):
    """A file of sources."""

    sources: tuple[shapes.Reference, ...]


class QuestionsFile(Shape):
    """A file of questions."""

    section: shapes.SectionHead
    questions: tuple[shapes.Question, ...]


class DefinitionsFile(Shape):
    """A file of definitions."""

    definitions: tuple[shapes.Definition, ...]


class IndicatorsFile(Shape):
    """A file of indicators."""

    category: shapes.Category
    indicators: tuple[shapes.IndicatorEntry, ...]


class InstrumentFile(Shape):
    """A file of instrument."""

    instrument: shapes.Instrument


class LawFile(Shape):
    """A file of law."""

    notes: tuple[shapes.LegalNote, ...]


class ActionsFile(Shape):
    """A file of actions."""

    actions: tuple[shapes.Action, ...]


class NeedsFile(Shape):
    """A file of needs."""

    profile: shapes.Profile
    needs: tuple[shapes.Need, ...]


class KindsFile(Shape):
    """A file of kinds."""

    kinds: tuple[shapes.ServiceKind, ...]


class ServicesFile(Shape):
    """A file of services."""

    services: tuple[shapes.Service, ...]


class CriteriaFile(Shape):
    """A file of criteria."""

    criteria: tuple[shapes.Criterion, ...]


SINGLE_FILES: Mapping[str, type[Shape]] = {
    "rulebook.yaml": shapes.About,
    "definitions.yaml": DefinitionsFile,
    "concern.yaml": shapes.Concern,
    "needs.yaml": NeedsFile,
    "services/kinds.yaml": KindsFile,
    "events.yaml": shapes.Events,
    "charges.yaml": shapes.Charges,
    "sheets.yaml": shapes.Sheets,
    "report.yaml": shapes.ReportGuide,
    "placement.yaml": shapes.PlacementGuide,
}
REQUIRED_FILES = ("rulebook.yaml", "definitions.yaml", "concern.yaml", "needs.yaml", "services/kinds.yaml")
"""The single files without which there is no result. The others follow one, and older editions lack them."""
FOLDERS: Mapping[str, type[Shape]] = {
    "sources": SourcesFile,
    "questions": QuestionsFile,
    "indicators": IndicatorsFile,
    "instruments": InstrumentFile,
    "law": LawFile,
    "actions": ActionsFile,
    "services": ServicesFile,
    "criteria": CriteriaFile,
    "cases": shapes.MockCase,
}
LICENSED = "licensed/"
"""Begins the names of an agency's own files with a licensed tool: they lie outside ``rules/`` and are never shipped."""
LICENSED_FOLDERS = ("sources", "questions", "instruments", "cases")
"""What a licensed tool needs: its questions, its scoring, where it is published, mock cases. Nothing of it decides the level
of concern by itself: signs and levels stay in the open, where everybody can read why."""

S = TypeVar("S", bound=Shape)


@dataclass(frozen=True, slots=True, eq=False)
class Entries:
    """Everything that was read: each file's shape beside its text."""

    parsed: Mapping[str, tuple[YamlFile, Shape]]

    def of(self, shape: type[S]) -> Iterator[tuple[YamlFile, S]]:
        """The files of one shape, in name order; a licensed file stands where its name would stand without the prefix."""
        for name in sorted(self.parsed, key=lambda name: (name.removeprefix(LICENSED), name)):
            file, value = self.parsed[name]
            if isinstance(value, shape):
                yield file, value

    def listed(self, shape: type[S], key: str) -> Iterator[tuple[Origin, Any]]:
        """The entries of the list ``key`` in all files of one shape, each with its origin."""
        for file, value in self.of(shape):
            for place, entry in enumerate(getattr(value, key)):
                yield Origin(file, (key, place)), entry


def parse_files(files: Mapping[str, bytes], *, kept: bool = False) -> tuple[Entries, list[Fault]]:
    """Read every file and check each by itself. Ids are not looked up yet. ``kept`` ones may have an earlier form."""
    faults: list[Fault] = []
    parsed: dict[str, tuple[YamlFile, Shape]] = {}
    for name in sorted(files):
        try:
            value = _read_file(name, files[name], kept=kept)
        except RulebookFaults as error:
            faults += error.faults
        else:
            parsed[name] = value
    for name in REQUIRED_FILES:
        if name not in files:
            faults.append(
                Fault(name, 1, "E002", "this file is missing", "add it; rules/README.md shows its form")
            )
    return Entries(parsed), faults


def is_licensed(name: str) -> bool:
    """Whether a file belongs to an agency's licensed tools, by its name."""
    return name.startswith(LICENSED)


def _shape_of(name: str) -> type[Shape]:
    """What a file with this name holds. Raises RulebookFaults: no rule files belong there."""
    inside = name.removeprefix(LICENSED)
    folder, _, file = inside.partition("/")
    known: Iterable[str] = LICENSED_FOLDERS if is_licensed(name) else FOLDERS
    if name in SINGLE_FILES:
        return SINGLE_FILES[name]
    if folder in known and file and "/" not in file:
        return FOLDERS[folder]
    fix = f"put it into one of these folders: {', '.join(known)}"
    raise RulebookFaults([Fault(name, 1, "E003", "no rule files belong here", fix)])


def _read_file(name: str, content: bytes, *, kept: bool) -> tuple[YamlFile, Shape]:
    shape = _shape_of(name)
    try:
        file = read_yaml(name, content)
    except YamlFault as error:
        raise RulebookFaults([Fault(name, error.line, error.code, error.message, error.fix)]) from error
    if not isinstance(file.data, dict):
        fix = f"the file holds these keys: {', '.join(shape.model_fields)}"
        raise RulebookFaults([Fault(name, 1, "E110", "the file is empty or is not a list of keys", fix)])
    try:
        return file, shape.model_validate(in_present_form(name, file.data) if kept else file.data)
    except ValidationError as error:
        raise RulebookFaults(
            [_explain(file, dict(detail)) for detail in error.errors(include_url=False)]
        ) from error


_KNOWN_KEYS = sorted(
    {
        key
        for shape in vars(shapes).values()
        if isinstance(shape, type) and issubclass(shape, Shape)
        for key in shape.model_fields
    }
)


def _explain(file: YamlFile, detail: dict[str, Any]) -> Fault:
    """One of pydantic's errors in an author's words."""
    path: Path_ = tuple(detail["loc"])
    kind, line = detail["type"], file.line_of(path)
    where = ".".join(str(part) for part in path if isinstance(part, str))
    cause = detail.get("ctx", {}).get("error")
    if isinstance(cause, ConditionFault):
        return Fault(file.name, file.line_of((*path, *cause.path)), "E120", cause.message, cause.fix)
    if kind == "missing":
        fix = f"add a line '{path[-1]}: ...' to this block"
        return Fault(file.name, line, "E111", f"the key '{path[-1]}' is missing here", fix)
    if kind == "extra_forbidden":
        return Fault(
            file.name,
            line,
            "E112",
            f"the key '{path[-1]}' is not known here",
            did_you_mean(str(path[-1]), _KNOWN_KEYS),
        )
    if kind == "string_pattern_mismatch":
        fix = "an id is small letters, digits and underscores, and begins with a letter: hotel_keys"
        return Fault(file.name, line, "E113", f"'{detail['input']}' cannot be an id", fix)
    if cause is not None:
        return Fault(file.name, line, "E114", str(cause), "change the entry so that it fits")
    return Fault(
        file.name, line, "E115", f"{where}: {detail['msg']}", f"the file has {detail['input']!r} here"
    )


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint for a misspelt word: the nearest known one, or what to look for."""
    nearest = process.extractOne(word, list(known), scorer=fuzz.ratio, score_cutoff=55)
    return f"did you mean '{nearest[0]}'?" if nearest else "check the spelling, or add what it names first"
