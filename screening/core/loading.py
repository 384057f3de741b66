"""``rules/`` → a cross-checked ``Rulebook``, or every fault in it at once."""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from screening.core import rule_files, rulebook
from screening.core.checking import check_entries
from screening.core.follow_up_checking import check_follow_up
from screening.core.placement_checking import check_criteria
from screening.core.rule_files import LICENSED, Entries, Fault, RulebookFaults, is_licensed, parse_files
from screening.core.rule_index import index_of
from screening.core.rulebook import Rulebook
from screening.core.yaml_files import links_out_of

__all__ = ["Fault", "RulebookFaults", "digest_of", "load_files", "load_rulebook", "read_rule_files"]


def read_rule_files(folder: Path, licensed: Path | None = None) -> dict[str, bytes]:
    """All YAML files below the rules folder: name relative to it (with forward slashes) → content.

    With ``licensed``, an agency's private folder of the same form, also its files; their names begin with ``licensed/``.

    Raises:
        RulebookFaults: licensed files lie in the rules folder itself, which everybody may read.
    """
    files = _read_folder(folder)
    misplaced = [name for name in files if is_licensed(name)]
    if misplaced:
        fix = "move it to a private folder outside the rules, and name that folder with --licensed"
        message = "licensed files do not belong in the rules folder, which everybody may read"
        raise RulebookFaults([Fault(name, 1, "E004", message, fix) for name in misplaced])
    return files | (
        {LICENSED + name: content for name, content in _read_folder(licensed).items()} if licensed else {}
    )


def _read_folder(folder: Path) -> dict[str, bytes]:
    links = list(links_out_of(folder))
    if links:
        message, fix = "this link leads out of the rules folder", "copy what it leads to into the folder"
        raise RulebookFaults(
            [Fault(link.relative_to(folder).as_posix(), 1, "E108", message, fix) for link in links]
        )
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.yaml"))}


def digest_of(files: Mapping[str, bytes]) -> str:
    """SHA-256 over names and contents: two rulebooks are the same exactly when their digests are."""
    digest = hashlib.sha256()
    for name in sorted(files):
        for part in (name.encode(), files[name]):
            digest.update(len(part).to_bytes(8, "big"))
            digest.update(part)
    return digest.hexdigest()


def load_rulebook(folder: Path, licensed: Path | None = None) -> Rulebook:
    """Load and cross-check a rules folder, with ``licensed`` together with an agency's private folder.

    Raises:
        RulebookFaults: any fault; all of them are listed at once.
    """
    files = read_rule_files(folder, licensed)
    if not files:
        fix = "name the folder that holds rulebook.yaml"
        raise RulebookFaults([Fault(str(folder), 1, "E001", "there are no YAML files here", fix)])
    return load_files(files)


def load_files(files: Mapping[str, bytes], *, kept: bool = False) -> Rulebook:
    """The same from file contents. ``kept`` says that they were in use once: then they may have an earlier form.

    Raises:
        RulebookFaults: any fault; all of them are listed at once.
    """
    entries, faults = parse_files(files, kept=kept)
    if faults:
        raise RulebookFaults(faults)
    index = index_of(entries)
    order = check_entries(index)
    check_follow_up(index)
    check_criteria(index)
    if index.faults:
        raise RulebookFaults(index.faults)
    return _assemble(entries, order, digest_of(files))


def _assemble(entries: Entries, order: tuple[str, ...], digest: str) -> Rulebook:
    ((_, about),) = entries.of(rulebook.About)
    ((_, concern),) = entries.of(rulebook.Concern)
    indicator_files = [content for _, content in entries.of(rule_files.IndicatorsFile)]
    ((_, needs),) = entries.of(rule_files.NeedsFile)
    cases = [case for _, case in entries.of(rulebook.MockCase)]
    return Rulebook(
        about=about,
        digest=digest,
        sources={entry.id: entry for _, entry in entries.listed(rule_files.SourcesFile, "sources")},
        sections=tuple(
            rulebook.Section(**content.section.model_dump(), questions=content.questions)
            for _, content in entries.of(rule_files.QuestionsFile)
        ),
        definitions={
            entry.id: entry for _, entry in entries.listed(rule_files.DefinitionsFile, "definitions")
        },
        categories={content.category.id: content.category for content in indicator_files},
        indicators={
            entry.id: rulebook.Indicator.model_construct(**dict(entry), category=content.category.id)
            for content in indicator_files
            for entry in content.indicators
        },
        named_order=order,
        instruments={
            content.instrument.id: content.instrument for _, content in entries.of(rule_files.InstrumentFile)
        },
        concern=concern,
        law={entry.id: entry for _, entry in entries.listed(rule_files.LawFile, "notes")},
        actions=tuple(
            sorted(
                (entry for _, entry in entries.listed(rule_files.ActionsFile, "actions")),
                key=lambda action: (action.order, action.id),
            )
        ),
        needs=needs.needs,
        profile=needs.profile,
        kinds={entry.id: entry for _, entry in entries.listed(rule_files.KindsFile, "kinds")},
        services={entry.id: entry for _, entry in entries.listed(rule_files.ServicesFile, "services")},
        cases={case.case.id: case for case in cases},
        licensed=frozenset(_licensed(entries)),
        events=_only(entries, rulebook.Events),
        charges=_only(entries, rulebook.Charges),
        sheets={sheet.id: sheet for file in entries.of(rulebook.Sheets) for sheet in file[1].sheets},
        report=_only(entries, rulebook.ReportGuide),
        placement=_placement(entries),
    )


def _only(entries: Entries, shape: type[rule_files.S]) -> rule_files.S | None:
    """The content of a file that need not be there."""
    return next((content for _, content in entries.of(shape)), None)


def _placement(entries: Entries) -> rulebook.PlacementGuide | None:
    """The guide with the criteria of all files, in the order of their names."""
    guide = _only(entries, rulebook.PlacementGuide)
    criteria = tuple(entry for _, entry in entries.listed(rule_files.CriteriaFile, "criteria"))
    return guide and guide.model_copy(update={"criteria": (*guide.criteria, *criteria)})


def _licensed(entries: Entries) -> Iterator[tuple[str, str]]:
    """(kind, id) of everything that was read from licensed files."""
    for origin, source in entries.listed(rule_files.SourcesFile, "sources"):
        if is_licensed(origin.file.name):
            yield "source", source.id
    for file, content in entries.of(rule_files.QuestionsFile):
        if is_licensed(file.name):
            yield "section", content.section.id
            yield from (("question", question.id) for question in content.questions)
    for file, tool in entries.of(rule_files.InstrumentFile):
        if is_licensed(file.name):
            yield "instrument", tool.instrument.id
    for file, case in entries.of(rulebook.MockCase):
        if is_licensed(file.name):
            yield "mock case", case.case.id
