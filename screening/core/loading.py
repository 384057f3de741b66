"""``rules/`` → a cross-checked ``Rulebook``, or every fault in it at once."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from screening.core import rule_files, rulebook
from screening.core.checking import check_entries
from screening.core.rule_files import Entries, Fault, RulebookFaults, parse_files
from screening.core.rulebook import Rulebook

__all__ = ["Fault", "RulebookFaults", "digest_of", "load_files", "load_rulebook", "read_rule_files"]


def read_rule_files(folder: Path) -> dict[str, bytes]:
    """All YAML files below the rules folder: name relative to it (with forward slashes) → content."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.yaml"))}


def digest_of(files: Mapping[str, bytes]) -> str:
    """SHA-256 over names and contents: two rulebooks are the same exactly when their digests are."""
    digest = hashlib.sha256()
    for name in sorted(files):
        for part in (name.encode(), files[name]):
            digest.update(len(part).to_bytes(8, "big"))
            digest.update(part)
    return digest.hexdigest()


def load_rulebook(folder: Path) -> Rulebook:
    """Load and cross-check a rules folder.

    Raises:
        RulebookFaults: any fault; all of them are listed at once.
    """
    files = read_rule_files(folder)
    if not files:
        fix = "name the folder that holds rulebook.yaml"
        raise RulebookFaults([Fault(str(folder), 1, "E001", "there are no YAML files here", fix)])
    return load_files(files)


def load_files(files: Mapping[str, bytes]) -> Rulebook:
    """The same from file contents, as they are kept for every rulebook that was ever in use.

    Raises:
        RulebookFaults: any fault; all of them are listed at once.
    """
    entries, faults = parse_files(files)
    if faults:
        raise RulebookFaults(faults)
    faults, order = check_entries(entries)
    if faults:
        raise RulebookFaults(faults)
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
    )
