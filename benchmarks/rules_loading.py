"""How long the rulebook takes to load and to check, beside a plain reading of the same files by libyaml.

Run: ``make bench ARGS=rules_loading``. Everything is timed in turn within each round, in CPU time; ratios are medians of the
rounds' ratios. Commands run in a process of their own, as they do in use, and there the most memory they had is told too.
What a process does before (starting Python, imports) has lines of its own.
"""

import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import yaml

from screening.core.checking import check_entries
from screening.core.follow_up_checking import check_follow_up
from screening.core.loading import load_files, read_rule_files
from screening.core.rule_files import parse_files
from screening.core.rule_index import index_of
from screening.core.yaml_files import read_yaml

RULES = Path(__file__).parents[1] / "rules"
ROUNDS, PROCESS_ROUNDS = 9, 5
TELL_MEMORY = r"import re; print(re.search(r'VmHWM:\s+(\d+)', open('/proc/self/status').read())[1])"
IMPORT = "from screening.core.loading import load_rulebook"
PROCESSES = {
    "Python alone": "pass",
    "the list of commands (screening --help)": (
        "from screening.command_line import main; main(['--help'], standalone_mode=False)"
    ),
    "every command's modules (screening.cli)": "import screening.cli",
    "importing what loads rules": IMPORT,
    "importing and loading": f"from pathlib import Path; {IMPORT}; load_rulebook(Path({str(RULES)!r}))",
    "screening rules test": (
        f"from screening.rule_commands import rules; rules(['test', '--rules', {str(RULES)!r}], standalone_mode=False)"
    ),
    "screening rules check, with every proof": (
        f"from screening.rule_commands import rules; rules(['check', '--rules', {str(RULES)!r}], standalone_mode=False)"
    ),
}


def cross_checks(files: Mapping[str, bytes]) -> Callable[[], None]:
    """A function that cross-checks the files, parsed now."""
    entries, faults = parse_files(files)
    assert not faults

    def checks() -> None:
        index = index_of(entries)
        check_entries(index)
        check_follow_up(index)
        assert not index.faults

    return checks


def in_this_process(files: Mapping[str, bytes]) -> None:
    """The steps of loading."""
    plain = "plain libyaml: CSafeLoader, no lines, no checks"
    works: dict[str, Callable[[], object]] = {
        plain: lambda: [yaml.load(content, Loader=yaml.CSafeLoader) for content in files.values()],
        "YAML 1.2 with lines, unplain YAML refused": lambda: [read_yaml(*each) for each in files.items()],
        "the same and shapes": lambda: parse_files(files),
        "cross-checks: ids, tests, circles, clocks, charges, sheets": cross_checks(files),
        "whole load": lambda: load_files(files),
    }
    taken: dict[str, list[float]] = {label: [] for label in works}
    for _ in range(ROUNDS):
        for label, work in works.items():
            begun = time.process_time()
            work()
            taken[label].append((time.process_time() - begun) * 1e3)
    print(f"\n{'In one process':<62} {'ms':>8} {'least':>8} {'ratio':>7}")
    for label, times in taken.items():
        ratio = statistics.median(mine / other for mine, other in zip(times, taken[plain], strict=True))
        print(f"{label:<62} {statistics.median(times):8.1f} {min(times):8.1f} {ratio:7.2f}")


def process(code: str) -> tuple[float, float]:
    """Run Python code in a process of its own; out: CPU seconds, and the most memory it had in MB (Linux tells)."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{TELL_MEMORY}"], capture_output=True, text=True, check=True
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, int(done.stdout.split()[-1]) / 1024


def in_processes() -> None:
    """What a command costs from its start to its end."""
    taken: dict[str, list[tuple[float, float]]] = {label: [] for label in PROCESSES}
    for _ in range(PROCESS_ROUNDS):
        for label, code in PROCESSES.items():
            taken[label].append(process(code))
    print(f"\n{'Processes from start to end':<62} {'CPU s':>8} {'least':>8} {'MB':>7}")
    for label, each in taken.items():
        seconds = [second for second, _ in each]
        megabytes = max(size for _, size in each)
        print(f"{label:<62} {statistics.median(seconds):8.2f} {min(seconds):8.2f} {megabytes:7.0f}")


def main() -> None:
    """Print the tables."""
    files = read_rule_files(RULES)
    print(f"{len(files)} files, {sum(map(len, files.values())) / 1e3:.0f} kB")
    in_this_process(files)
    in_processes()


if __name__ == "__main__":
    main()
