"""What must be true of the project as a whole: its files, its documents, its packages."""

import ast
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests import no_network

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

SHOWN_AT_THE_ROOT = {
    "pyproject.toml", "uv.lock", "README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "LICENSE", "Makefile",
    ".gitignore", ".ci", "screening", "rules", "templates", "tests", "instance", "docs", "benchmarks",
}  # fmt: skip
MADE_BY_TOOLS = {
    ".git", ".venv", ".venv-tools", ".cache", ".hypothesis", ".import_linter_cache", "dist", "__pycache__",
}  # fmt: skip

# Put together here so that this file does not contain what it looks for.
OUTSIDE_PATHS = re.compile(r"\.\./" + r"shared|(?<![\w.-])/" + r"work/")
NOTES_TO_SELF = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
TESTS_SET_ASIDE = re.compile(
    r"pytest\.(?:mark\.)?(?:sk" + r"ip|skip" + r"if|xf" + r"ail|importor" + r"skip)\b|unittest\.sk" + r"ip"
)

PERMISSIVE = re.compile(r"\b(?:MIT|MIT-0|BSD|Apache|PSF|Python Software Foundation|ZPL|Zope Public|ISC)\b")
WEAK_COPYLEFT = {
    "psycopg",
    "psycopg-binary",
}  # LGPL: used as it is, unchanged, as a library; docs/dependencies.md


def is_made_by_tools(path: Path) -> bool:
    parts = path.relative_to(ROOT).parts
    return bool(set(parts) & MADE_BY_TOOLS) or (parts[0] == "instance" and path.name != ".gitignore")


def walked(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if is_made_by_tools(path):
            continue
        if path.is_dir():
            yield from walked(path)
        else:
            yield path


def texts() -> Iterator[tuple[Path, str]]:
    """Every text file of the project, with its text."""
    for path in walked(ROOT):
        try:
            yield path, path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def lines_with(pattern: re.Pattern[str], left_out: frozenset[str] = frozenset()) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}"
        for path, text in texts()
        if path.name not in left_out
        for number, line in enumerate(text.splitlines(), start=1)
        if pattern.search(line)
    ]


def python_files() -> list[Path]:
    return [path for path in walked(ROOT) if path.suffix == ".py" and "migrations" not in path.parts]


def declared() -> dict[str, Requirement]:
    """Every package pyproject.toml asks for, by name."""
    lines = [
        *PROJECT["project"]["dependencies"],
        *(line for group in PROJECT["dependency-groups"].values() for line in group),
        *PROJECT["build-system"]["requires"],
    ]
    return {requirement.name: requirement for requirement in map(Requirement, lines)}


def shipped_packages() -> set[str]:
    """The packages an installed copy needs, and theirs, by the names their own metadata give."""
    open_names = {Requirement(line).name for line in PROJECT["project"]["dependencies"]} | {"psycopg-binary"}
    found: set[str] = set()
    while open_names:
        name = open_names.pop()
        found.add(name)
        for line in distribution(name).requires or []:
            requirement = Requirement(line)
            wanted = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
            if wanted and requirement.name not in found:
                open_names.add(requirement.name)
    return found


def licence(name: str) -> str:
    metadata = distribution(name).metadata
    classifiers = [line for line in metadata.get_all("Classifier") or [] if line.startswith("License ::")]
    return " ".join([metadata.get("License-Expression") or "", metadata.get("License") or "", *classifiers])


# ---- files ------------------------------------------------------------------------------------


def test_root_holds_only_what_a_reader_expects() -> None:
    assert {path.name for path in ROOT.iterdir()} - SHOWN_AT_THE_ROOT - MADE_BY_TOOLS == set()


def test_nothing_points_outside_the_project() -> None:
    assert lines_with(OUTSIDE_PATHS) == []


def test_nothing_is_left_for_later() -> None:
    assert lines_with(NOTES_TO_SELF, left_out=frozenset({"uv.lock"})) == []


def test_no_test_is_set_aside() -> None:
    assert lines_with(TESTS_SET_ASIDE) == []


def test_python_files_stay_readable_in_one_sitting() -> None:
    """Code is read whole; of a file of tests one reads the test one needs, so it may be somewhat longer."""
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in python_files()}
    longest = {path: 530 if path.is_relative_to(ROOT / "tests") else 350 for path in lengths}
    assert {str(path.relative_to(ROOT)): n for path, n in lengths.items() if n > longest[path]} == {}


def test_functions_fit_a_screen() -> None:
    too_long = {
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}": length
        for path in python_files()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or node.lineno) - node.lineno + 1) >= 60
    }
    assert too_long == {}


def test_instance_folder_keeps_its_contents_out_of_git() -> None:
    rules = (ROOT / "instance" / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert [line for line in rules if not line.startswith("#")] == ["*", "!.gitignore"]


# ---- documents --------------------------------------------------------------------------------


def test_changelog_tells_of_this_version() -> None:
    version = PROJECT["project"]["version"]
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(rf"^## {re.escape(version)} .*\d{{4}}-\d{{2}}-\d{{2}}$", changelog, re.MULTILINE)


@pytest.mark.parametrize("command", ["make run", "make test"])
def test_readme_gives_the_two_commands(command: str) -> None:
    assert command in (ROOT / "README.md").read_text(encoding="utf-8")
    target = command.removeprefix("make ")
    assert re.search(rf"^{target}:.*## \w", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


def test_make_commands_named_in_documents_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {
        (path.name, target)
        for path, text in texts()
        if path.suffix == ".md"
        for target in re.findall(r"(?:`|^\s*)make ([a-z-]+)", text, re.MULTILINE)
    }
    assert {(name, target) for name, target in named if target not in targets} == set()


def test_links_and_images_of_documents_exist() -> None:
    broken = [
        f"{path.relative_to(ROOT)}: {target}"
        for path, text in texts()
        if path.suffix == ".md"
        for target in re.findall(r"\]\(([^)\s]+)", text) + re.findall(r'(?:src|href)="([^"]+)"', text)
        if not re.match(r"[a-z]+:|#", target) and not (path.parent / target.split("#")[0]).resolve().exists()
    ]
    assert broken == []


def test_every_dependency_is_explained() -> None:
    explained = set(
        re.findall(
            r"^\| `([^`]+)` \|", (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8"), re.MULTILINE
        )
    )
    assert explained == set(declared())


# ---- packages ---------------------------------------------------------------------------------


def test_every_version_is_exact() -> None:
    loose = [
        str(requirement)
        for requirement in declared().values()
        if [each.operator for each in requirement.specifier] != ["=="]
    ]
    assert loose == []


def test_lock_names_the_public_registry_only() -> None:
    hosts = set(re.findall(r"https?://([^/\"]+)", (ROOT / "uv.lock").read_text(encoding="utf-8")))
    assert hosts == {"pypi.org", "files.pythonhosted.org"}


def test_uv_in_the_documents_is_the_one_that_set_up_gets() -> None:
    version = re.search(
        r"^uv_version=(\S+)$", (ROOT / ".ci" / "setup").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert version
    assert version[1] in (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")


def test_continuous_integration_runs_the_command_of_the_readme() -> None:
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if "make" in line and not line.startswith("#")] == ["exec make test"]


def test_shipped_packages_have_permissive_licences() -> None:
    others = {name: licence(name) for name in shipped_packages() if not PERMISSIVE.search(licence(name))}
    assert set(others) == WEAK_COPYLEFT
    assert all("LGPL" in text for text in others.values())


def test_installed_versions_are_the_declared_ones() -> None:
    """A stale .venv makes every other check say something about another set of packages."""
    stale = {}
    for name, requirement in declared().items():
        try:
            installed = distribution(name).version
        except PackageNotFoundError:
            installed = "missing"
        if installed not in requirement.specifier:
            stale[name] = installed
    assert stale == {}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def test_wheel_carries_rules_templates_and_static_files(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    wanted = {
        f"screening/{folder.name}/{path.relative_to(folder).as_posix()}"
        for folder in (ROOT / "rules", ROOT / "templates", ROOT / "screening" / "static")
        for path in walked(folder)
    }
    assert "screening/rules/rulebook.yaml" in wanted
    assert wanted - names == set()


def test_wheel_carries_nothing_else(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    version = PROJECT["project"]["version"]
    assert tops == {"screening", f"screening_assistant-{version}.dist-info"}


def test_installed_copy_finds_what_it_carries(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path / "installed")
    program = (
        f"import sys; sys.path.insert(0, {str(tmp_path / 'installed')!r}); sys.path.remove({str(ROOT)!r})\n"
        "from pathlib import Path; from screening.config import Config\n"
        f"config = Config.read(Path({str(tmp_path / 'instance')!r}), environment={{}})\n"
        "print(config.rules_path, config.templates_path, sep='\\n')"
    )
    shown = subprocess.run(
        [sys.executable, "-I", "-c", program], cwd=tmp_path, check=True, capture_output=True, text=True
    ).stdout.split("\n")
    assert shown[:2] == [str(tmp_path / "installed" / "screening" / name) for name in ("rules", "templates")]


# ---- the run itself ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("localhost", True), ("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("", True), (None, True),
        (b"localhost", True), ("example.org", False), ("10.0.0.1", False), ("2001:db8::1", False), ("0.0.0.0", True),
    ],
)  # fmt: skip
def test_network_guard_tells_this_machine_from_others(host: object, local: bool) -> None:
    assert no_network.is_local(host) is local


def test_network_guard_stops_a_test_that_leaves() -> None:
    import socket

    with pytest.raises(no_network.NetworkBlocked):
        socket.create_connection(("example.org", 443), timeout=1)
    with pytest.raises(no_network.NetworkBlocked), socket.socket() as outgoing:
        outgoing.connect(("192.0.2.1", 80))
    assert len(no_network.attempts) == 2
    no_network.attempts.clear()  # this test alone is meant to try
