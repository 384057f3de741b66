"""Starts savers that can be killed: imports everything once, then forks one for each line of JSON it reads.

A saver opens the database and saves batch after batch. A batch is acknowledged by a line in the saver's own file, written
once the receipt is there: what such a line names must be kept for ever. A saver started again sends the first batch without
a line once more, as a tablet does whose receipt was lost.
"""

import json
import os
import random
import signal
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path

from screening.core.statements import Source
from screening.operations.actors import Actor, Role
from screening.operations.database import Database
from screening.operations.screenings import NewStatement, find_screening, save_statements


def batch(saver: str, number: int) -> list[NewStatement]:
    """The saver's batch of that number: always the same, so that it can be sent again. Each id tells the batch's size."""
    size = 1 + number % 4
    return [
        NewStatement(f"{saver}-{number}-{place}-{size}", "injured_now", "yes" * (place + 1), Source.OBSERVED)
        for place in range(size)
    ]


def save_for_ever(task: dict[str, str]) -> None:
    acknowledgments = Path(task["acknowledgments"])
    number = len(acknowledgments.read_text().splitlines()) if acknowledgments.exists() else 0
    database = Database.open(task["url"], Path(task["keys"]), lambda: datetime.now(UTC))
    actor = Actor(task["user"], "Saver", Role.INTAKE_STAFF, task["agency"])
    chance = random.SystemRandom()
    descriptor = os.open(acknowledgments, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    while True:
        new = batch(task["saver"], number)
        with database.writing(actor) as tx:
            if chance.random() < 0.2:
                find_screening(tx, task["screening"])
            receipt = save_statements(tx, task["screening"], new)
        if set(receipt.kept) | set(receipt.already) != {statement.id for statement in new}:
            raise AssertionError(f"the receipt does not tell of every statement: {receipt}")
        os.write(descriptor, f"{json.dumps([statement.id for statement in new])}\n".encode())
        number += 1


def open_only(task: dict[str, str]) -> None:
    Database.open(task["url"], Path(task["keys"]), lambda: datetime.now(UTC)).close()


def main() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the system clears away who was killed
    for line in sys.stdin:
        task = json.loads(line)
        child = os.fork()
        if child:
            sys.stdout.write(f"{child}\n")
            sys.stdout.flush()
            continue
        try:
            save_for_ever(task) if "screening" in task else open_only(task)
        except Exception:  # noqa: BLE001 - whatever it is, the test shows it
            Path(task["faults"]).write_text(traceback.format_exc())
        finally:
            os._exit(0)


if __name__ == "__main__":
    main()
