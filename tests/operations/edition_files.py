"""Small editions for the tests of publishing: a sound one, changed ones, and one with an invented licensed tool."""

from collections.abc import Mapping
from pathlib import Path

from questionnaire_book import FILES

from screening.core.cases import run_case
from screening.core.loading import RulebookFaults, load_files, read_rule_files
from screening.operations.rulebooks import CaseOutcome, CheckReport

LICENSED_FOLDER = Path(__file__).parent / "licensed_example"
CANARY = "CANARY"
CASE = """
case: {id: told_staff, title: A youth tells staff, story: Invented., setting: detention, jurisdiction: us_mo, day: "2026-11-24"}
observed: {told: yes}
expect: {result: clear, at_least: clear, at_most: clear, raised: [sign_sold]}
"""


def edition(version: str = "2", **changed: str | None) -> dict[str, bytes]:
    """The small rulebook with a mock case, at a version; keywords (``__`` for ``/``) change files, None removes one."""
    files: dict[str, str | None] = {**FILES, "cases/told.yaml": CASE}
    files["rulebook.yaml"] = FILES["rulebook.yaml"].replace('version: "1"', f'version: "{version}"')
    files |= {f"{name.replace('__', '/')}.yaml": text for name, text in changed.items()}
    return {name: text.encode() for name, text in files.items() if text is not None}


def licensed_edition(version: str = "2-licensed") -> dict[str, bytes]:
    """The same with the invented tool, whose wording holds CANARY everywhere."""
    rules = edition(version)
    extra = {
        f"licensed/{path.relative_to(LICENSED_FOLDER).as_posix()}": path.read_bytes()
        for path in LICENSED_FOLDER.rglob("*.yaml")
    }
    return rules | extra


def check_here(files: Mapping[str, bytes]) -> CheckReport:
    """The check without a child: loads the files and runs their mock cases."""
    try:
        rulebook = load_files(files)
    except RulebookFaults as error:
        return CheckReport("", "", tuple(error.faults), (), ())
    cases = tuple(
        CaseOutcome(case.case.id, case.case.title, not differences, tuple(differences))
        for case in rulebook.cases.values()
        for differences in [run_case(rulebook, case)]
    )
    return CheckReport(rulebook.digest, rulebook.version, (), (), cases)


def write_folder(folder: Path, files: Mapping[str, bytes]) -> Path:
    """The files in a folder."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


BROKEN = {
    "a fault": edition(questions__05_bad="section: {}\n"),
    "a failed mock case": edition(cases__told=CASE.replace("result: clear", "result: none")),
    "no mock case": edition(cases__told=None),
    "a version the journal cannot hold": edition("2 beta"),
    "a file in the wrong place": edition(licensed__law__x="notes: []\n"),
}
assert read_rule_files(LICENSED_FOLDER)
