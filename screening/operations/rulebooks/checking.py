"""Checking an edition somebody brings in: in a process of its own, so that a huge or hostile one cannot stall the program.

The child reads an archive and answers with JSON; it is given a time, a memory and an output it may not exceed. A check is a
function, so that tests can hand in one that needs no child.
"""

import json
import resource
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from screening.core.loading import digest_of
from screening.core.rule_files import Fault
from screening.operations.actors import Refusal
from screening.operations.rulebooks.keeping import packed

_CHILD = (sys.executable, "-P", "-m", "screening.rule_check_process")
_ENVIRONMENT = {  # none of the program's own, which may hold secrets
    "PYTHONPATH": str(Path(__file__).resolve().parents[3]),
    "PYTHONUTF8": "1",
    "OPENBLAS_NUM_THREADS": "1",
}
TIME_LIMIT_SECONDS = 60
_MEMORY_LIMIT = 2 * 1024**3  # address space: libraries reserve far more than they use
_LARGEST_ANSWER = 8 * 1024**2
_MOST_FAULTS = 200
_turn = threading.BoundedSemaphore()  # one check at a time in each process: screening goes first
_WAIT_SECONDS = 5


class CheckImpossible(Refusal):
    """The check came to no end; so nothing is known of the edition, and it is not taken."""


@dataclass(frozen=True, slots=True)
class CaseOutcome:
    """A mock case, and where it came out otherwise than its author expects."""

    id: str
    title: str
    passed: bool
    differences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a check found. ``digest`` and ``version`` are empty where faults kept the rulebook from being loaded."""

    digest: str
    version: str
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]
    cases: tuple[CaseOutcome, ...]

    @property
    def failed(self) -> tuple[CaseOutcome, ...]:
        """The mock cases that came out otherwise."""
        return tuple(case for case in self.cases if not case.passed)

    @property
    def is_sound(self) -> bool:
        """Whether the edition may be published: no fault, mock cases, and every one of them as expected."""
        return bool(self.digest) and not self.faults and bool(self.cases) and not self.failed

    def with_fault(self, fault: Fault) -> "CheckReport":
        """The same with one more fault."""
        return replace(self, faults=(*self.faults, fault))

    def as_json(self) -> str:
        """As it is kept beside the edition."""
        return json.dumps(asdict(self), ensure_ascii=False)


Check = Callable[[Mapping[str, bytes]], CheckReport]
"""Files of an edition → what is wrong with them. Raises CheckImpossible."""


def check_in_child(files: Mapping[str, bytes]) -> CheckReport:
    """Have a process of its own load the files and run their mock cases.

    Raises CheckImpossible: it took too long, needed too much, or another check is running.
    """
    if not _turn.acquire(timeout=_WAIT_SECONDS):
        raise CheckImpossible("Another rulebook is being checked. Wait a minute, then try again.")
    try:
        answer = _answer_of_child(packed(files))
    finally:
        _turn.release()
    try:
        report = read_report(answer)
    except (ValueError, TypeError, KeyError, AttributeError):
        raise CheckImpossible(
            "The check broke off: the rulebook needs more memory than a check may use, or it is not one."
        ) from None
    if report.digest and report.digest != digest_of(files):
        raise CheckImpossible("The check answered for other files than these. Try again.")
    return report


def _answer_of_child(archive: bytes) -> str:
    """What the child wrote. Files, not pipes: neither side ever waits for the other."""
    with tempfile.TemporaryFile() as sent, tempfile.TemporaryFile() as answered:
        sent.write(archive)
        sent.seek(0)
        process = subprocess.Popen(  # noqa: S603 - this program itself, with nothing of the user's in the command
            _CHILD, stdin=sent, stdout=answered, stderr=subprocess.DEVNULL, env=_ENVIRONMENT
        )
        try:
            _limit(process.pid)
            process.wait(TIME_LIMIT_SECONDS)
        except subprocess.TimeoutExpired:
            raise CheckImpossible(
                f"The check did not end within {TIME_LIMIT_SECONDS} seconds. A rulebook of the usual size needs two."
            ) from None
        finally:
            process.kill()
            process.wait()
        answered.seek(0)
        return answered.read(_LARGEST_ANSWER).decode("utf-8", "replace")


def _limit(pid: int) -> None:
    """Bound what the child may use. Where the system cannot bound another process, the time limit alone must do."""
    if not hasattr(resource, "prlimit"):
        return
    for kind, most in (
        (resource.RLIMIT_AS, _MEMORY_LIMIT),
        (resource.RLIMIT_CPU, TIME_LIMIT_SECONDS),
        (resource.RLIMIT_FSIZE, _LARGEST_ANSWER),
    ):
        try:
            resource.prlimit(pid, kind, (most, most))
        except ProcessLookupError:  # it has ended already
            return


def read_report(written: str) -> CheckReport:
    """A report from JSON. Raises ValueError, TypeError, KeyError or AttributeError for anything else."""
    told: Mapping[str, Any] = json.loads(written)
    return CheckReport(
        digest=str(told.get("digest") or ""),
        version=str(told.get("version") or ""),
        faults=tuple(map(_fault, told["faults"][:_MOST_FAULTS])),
        warnings=tuple(map(_fault, told.get("warnings", ())[:_MOST_FAULTS])),
        cases=tuple(
            CaseOutcome(
                str(case["id"]),
                str(case["title"]),
                case["passed"] is True,
                tuple(map(str, case.get("differences", ()))),
            )
            for case in told.get("cases", ())
        ),
    )


def _fault(told: Mapping[str, Any]) -> Fault:
    return Fault(
        str(told["file"]),
        int(told["line"]),
        str(told["code"]),
        str(told["message"]),
        str(told.get("fix", "")),
    )
