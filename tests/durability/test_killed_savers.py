"""Savers are killed at random moments; what was acknowledged is there, and nothing is half there.

A bounded form runs with all tests. The long campaign: SCREENING_KILLS=2000 pytest tests/durability

A kill ends the process, not the machine: that the disk was waited for is shown by the settings (see
tests/store/test_connections.py), and losing power would need a machine to lose it.
"""

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest

from screening.operations.actors import Actor
from screening.operations.database import Database
from screening.operations.screenings import find_screening
from tests.conftest import FAST_HASHING
from tests.store.two_agencies import TwoAgencies, found_two_agencies, opened_by

KILLS = int(os.environ.get("SCREENING_KILLS", "15"))
KILLS_PER_CHECK = 40
SAVERS = 2
PATIENCE = 60.0  # seconds, only to end a test that hangs
ROOT = Path(__file__).parents[2]


@dataclass
class Launcher:
    """The process that starts savers, and the pids of those that live."""

    process: subprocess.Popen[str]
    folder: Path
    alive: set[int] = field(default_factory=set)

    def start(self, **task: str) -> int:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{json.dumps({**task, 'faults': str(self.folder / 'faults')})}\n")
        self.process.stdin.flush()
        pid = int(self.process.stdout.readline())
        self.alive.add(pid)
        return pid

    def kill(self, pid: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            wait_until(lambda: not is_there(pid))
        self.alive.discard(pid)

    def faults(self) -> str:
        path = self.folder / "faults"
        return path.read_text() if path.exists() else ""


def is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def wait_until(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.002)


@pytest.fixture(scope="module")
def launcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Launcher]:
    process = subprocess.Popen(
        [sys.executable, Path(__file__).with_name("saving_child.py")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    launcher = Launcher(process, tmp_path_factory.mktemp("launcher"))
    yield launcher
    for pid in list(launcher.alive):
        launcher.kill(pid)
    assert process.stdin is not None
    process.stdin.close()
    process.wait(timeout=PATIENCE)
    assert process.stdout is not None
    process.stdout.close()


def acknowledged(path: Path) -> list[str]:
    """Ids in whole lines; a line the kill cut short acknowledged nothing."""
    lines = path.read_text().splitlines(keepends=True) if path.exists() else []
    return [id for line in lines if line.endswith("\n") for id in json.loads(line)]


def further(launcher: Launcher, files: list[Path], before: list[int]) -> bool:
    """Whether every saver got another receipt (or one failed, which the test then shows)."""
    now = [len(acknowledged(path)) for path in files]
    return launcher.faults() != "" or all(count > old for count, old in zip(now, before, strict=True))


def check(database: Database, agencies: TwoAgencies, screening_id: str, files: list[Path]) -> int:
    """Everything that was promised; out: how many statements were acknowledged."""
    with database.reading(agencies.intake) as tx:
        kept = [statement.id for statement in find_screening(tx, screening_id).statements]
    promised = [id for path in files for id in acknowledged(path)]
    assert not set(promised) - set(kept), "acknowledged and lost"
    assert len(kept) == len(set(kept))
    batches = Counter(tuple(id.rsplit("-", 2)[::2]) for id in kept)
    assert all(count == int(size) for (_batch, size), count in batches.items()), "a batch is half there"
    report = database.verify()
    assert report.is_sound, report.faults
    assert report.statements >= len(kept)
    return len(promised)


def tasks_for(screening_id: str, actor: Actor, files: list[Path], **where: str) -> list[dict[str, str]]:
    return [
        {
            **where,
            "user": actor.user_id,
            "agency": actor.agency_id,
            "screening": screening_id,
            "saver": f"{screening_id[:8]}-{place}",
            "acknowledgments": str(path),
        }
        for place, path in enumerate(files)
    ]


def test_what_was_acknowledged_survives_kills(
    database: Database,
    agencies: TwoAgencies,
    database_url: str,
    keys_path: Path,
    launcher: Launcher,
    tmp_path: Path,
) -> None:
    chance = random.SystemRandom()
    acknowledgments = kills = 0
    while kills < KILLS:
        screening_id = opened_by(database, agencies.intake)
        files = [tmp_path / f"{screening_id}-{place}" for place in range(SAVERS)]
        tasks = tasks_for(screening_id, agencies.intake, files, url=database_url, keys=str(keys_path))
        for _ in range(min(KILLS - kills, KILLS_PER_CHECK) // SAVERS + 1):
            before = [len(acknowledged(path)) for path in files]
            pids = [launcher.start(**task) for task in tasks]
            if chance.random() < 0.7:  # the others may be killed while they open the database
                wait_until(partial(further, launcher, files, before))
            for pid in chance.sample(pids, SAVERS):
                time.sleep(chance.random() * 0.12)
                launcher.kill(pid)
            kills += SAVERS
            assert launcher.faults() == ""
        acknowledgments += check(database, agencies, screening_id, files)
    assert acknowledgments > 0


def test_a_first_start_that_was_killed_can_be_started_again(
    clock: object, launcher: Launcher, tmp_path: Path
) -> None:
    """Making tables and keys is interrupted anywhere; the next start finds nothing in its way."""
    chance = random.SystemRandom()
    for attempt in range(max(3, KILLS // 5)):
        folder = tmp_path / f"instance-{attempt}"
        url, keys = f"sqlite:///{folder / 'screening.sqlite'}", folder / "keys.json"
        pid = launcher.start(url=url, keys=str(keys))
        time.sleep(chance.random() * 0.08)
        launcher.kill(pid)

        database = Database.open(url, keys, clock, passwords=FAST_HASHING)

        found_two_agencies(database)
        assert database.verify().is_sound
        database.close()
    assert launcher.faults() == ""
