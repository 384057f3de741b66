"""The floors of the house: cli, web → operations → store → core. See CONTRIBUTING.md."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "screening"
CORE = sorted((PACKAGE / "core").rglob("*.py"))

CLOCKS = {
    "now",
    "today",
    "utcnow",
    "fromtimestamp",
    "utcfromtimestamp",
    "perf_counter",
    "monotonic",
    "time_ns",
}
ENVIRONMENT = {"environ", "getenv", "home", "cwd", "expanduser"}
EMPTY_NAMES = {"util", "utils", "helper", "helpers", "manager", "managers", "base", "common", "misc"}


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def calls(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every call of a method or function, by line and last name: `datetime.now()` is `now`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute):
                yield node.lineno, node.func.attr
            elif isinstance(node.func, ast.Name):
                yield node.lineno, node.func.id


def imported(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, node.module or ""


def test_imports_go_downwards_only() -> None:
    """The contracts are in pyproject.toml under tool.importlinter."""
    command = "from importlinter.cli import lint_imports_command as check; check()"
    finished = subprocess.run(
        [sys.executable, "-c", command, "--no-cache", "--no-logo"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr


def test_core_never_reads_the_clock_or_the_environment() -> None:
    """The same statements on the same day give the same assessment: the day is an argument."""
    found = [
        f"{path.relative_to(ROOT)}:{line} {name}()"
        for path in CORE
        for line, name in calls(parsed(path))
        if name in CLOCKS | ENVIRONMENT
    ]
    assert CORE
    assert not found


def test_core_does_not_print_or_log() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in CORE
        for line, name in calls(parsed(path))
        if name in {"print", "getLogger"}
    ]
    assert not found


def test_core_knows_no_domain_fact() -> None:
    """Law, services and questions stand in rules/. A citation or a telephone number in the core is in the wrong place."""
    facts = ("RSMo", "K.S.A.", "U.S.C.", "Missouri", "Kansas", "Jackson County")
    found = [
        f"{path.relative_to(ROOT)}: {fact}"
        for path in CORE
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        for fact in facts
        # A docstring may name a law as the reason for a rule; a string the program uses may not.
        if fact in node.value and not is_docstring(path, node)
    ]
    assert not found


def is_docstring(path: Path, constant: ast.Constant) -> bool:
    return any(
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and node.lineno == constant.lineno
        and node.value.value == constant.value
        for node in ast.walk(parsed(path))
    )


def test_web_writes_no_sql() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line} imports {module}"
        for path in sorted((PACKAGE / "web").rglob("*.py"))
        for line, module in imported(parsed(path))
        if module.split(".")[0] in {"sqlalchemy", "sqlite3", "psycopg", "alembic"}
        or module.startswith("screening.store")
    ]
    assert not found


def test_no_module_has_a_name_that_says_nothing() -> None:
    found = [
        str(path.relative_to(ROOT))
        for path in sorted(PACKAGE.rglob("*.py"))
        if EMPTY_NAMES & set(path.stem.split("_"))
    ]
    assert not found


def test_no_import_hides_in_a_function() -> None:
    """A circle of imports is taken apart, not dodged."""
    found = [
        f"{path.relative_to(ROOT)}:{inner.lineno}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert not found
