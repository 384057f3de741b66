"""What is proved of a rulebook beyond that its files hold together: see docs/rule-errors.md from E301 on.

This loads a solver, which takes time and memory. The commands for authors and the process that checks a rulebook
before it is published import it; the program that serves pages does not.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from screening.core.loading import load_files, read_rule_files
from screening.core.rule_files import LICENSED, Fault, RulebookFaults, parse_files
from screening.core.rule_index import Index, index_of
from screening.core.rule_proofs_order import SignOrder
from screening.core.rule_proofs_reach import Reach
from screening.core.rule_proofs_upkeep import law_to_review, upkeep_faults
from screening.core.rule_proofs_worlds import World
from screening.core.rulebook import Rulebook
from screening.core.yaml_files import links_out_of


@dataclass(frozen=True, slots=True)
class Checked:
    """A rulebook with everything that was found; without a rulebook where its files do not hold together."""

    rulebook: Rulebook | None
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]


def check_rule_files(files: Mapping[str, bytes], today: date | None = None) -> Checked:
    """Read a rulebook's files, cross-check them, and prove what can be proved.

    Args:
        files: name → content, as ``read_rule_files`` gives them.
        today: lists the notes of law that are due for review on that day; without it none are listed.
    """
    try:
        rulebook = load_files(files)
    except RulebookFaults as error:
        return Checked(None, tuple(error.faults), ())
    index = index_of(parse_files(files)[0])
    warnings = idle_parts(rulebook, index)
    if today is not None:
        warnings += law_to_review(rulebook, index, today)
    return Checked(rulebook, tuple(proof_faults(rulebook, index)), tuple(sorted(set(warnings))))


def check_folder(folder: Path, licensed: Path | None = None, today: date | None = None) -> Checked:
    """Check a rules folder, with ``licensed`` together with an agency's private folder.

    A link that leads out of the folder is a fault: a copy that is kept or handed on would not hold what it leads to.
    """
    links = [*_links(folder, ""), *(_links(licensed, LICENSED) if licensed else ())]
    if links:
        return Checked(None, tuple(links), ())
    try:
        files = read_rule_files(folder, licensed)
    except RulebookFaults as error:
        return Checked(None, tuple(error.faults), ())
    if not files:
        fix = "name the folder that holds rulebook.yaml"
        return Checked(None, (Fault(str(folder), 1, "E001", "there are no YAML files here", fix),), ())
    return check_rule_files(files, today)


def _links(folder: Path, prefix: str) -> Iterator[Fault]:
    fix = "copy what it leads to into the folder"
    for path in links_out_of(folder):
        name = prefix + path.relative_to(folder).as_posix()
        yield Fault(name, 1, "E108", "this link leads out of the rules folder", fix)


def proof_faults(rulebook: Rulebook, index: Index) -> list[Fault]:
    """Everything that a sound rulebook does not have, in the order of its files."""
    reach = Reach(World(rulebook))
    found = [*reach.faults(index), *SignOrder(rulebook, index).faults(), *upkeep_faults(rulebook, index)]
    return sorted(set(found))


def idle_parts(rulebook: Rulebook, index: Index) -> list[Fault]:
    """Parts of conditions that change nothing: no fault, but seldom meant."""
    return Reach(World(rulebook, applying=False)).idle_parts(index)
