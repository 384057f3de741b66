"""What a question page and a save cost, beside a bare Flask floor, in one run.

Run: ``make bench ARGS=pages``. CPU time of this process per request (test client, SQLite with synchronous=FULL in a
temporary folder), the median over rounds that alternate between the two, so that the machine's mood hits both alike.
The floor (``_floor.py``) loads, opens, renders, seals and writes, and does nothing else. A flow is one save, its
redirect and the next page. The result and the places for every need have no floor of their own and stand beside the same page.
"""

import logging
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path
from uuid import uuid4

sys.path.insert(0, str(Path(__file__).parent))

from _floor import QUESTIONS, floor_app
from flask.testing import FlaskClient

from screening.config import Config
from screening.core.cases import statements_of
from screening.core.loading import load_rulebook
from screening.operations.accounts import sign_in
from screening.operations.database import Database
from screening.operations.demonstration import PASSWORD, load_demonstration
from screening.operations.screenings import NewStatement, save_statements
from screening.web import create_app, utc_now

ROUNDS, REPEATS = 12, 20
SECTION, CASE = "seen_person", "drugs_and_hotel_keys"


def token_on(page: str) -> str:
    """The page's token against forged requests."""
    found = re.search(r'name="?csrf_token"? value="([^"]+)"', page)
    assert found is not None
    return found.group(1)


class Ours:
    """The application with demonstration data and a screening in progress."""

    def __init__(self, folder: Path) -> None:
        config = Config.read(folder, {}, demonstration=True, secure_cookies=False)
        rulebook = load_rulebook(config.rules_path)
        self.database = Database.open(config.database_url, config.keys_path, utc_now)
        app = create_app(config, rulebook=rulebook, database=self.database)
        login = load_demonstration(self.database, rulebook).logins[0]
        actor = sign_in(self.database, login.username, PASSWORD)
        assert actor is not None
        self.actor = actor
        self.said = statements_of(rulebook.cases[CASE])
        self.client: FlaskClient = app.test_client()
        token = token_on(self.client.get("/sign-in").text)
        signed_in = {"csrf_token": token, "username": login.username, "password": PASSWORD}
        assert self.client.post("/sign-in", data=signed_in).status_code == 303
        self.answers: Iterator[str] = cycle(["yes", "no"])
        self.start()

    def start(self) -> None:
        """A fresh screening with a mock case's answers, so that statements do not pile up from round to round."""
        token = token_on(self.client.get("/screenings/new").text)
        new = {"csrf_token": token, "setting": "detention", "jurisdiction": "us_mo", "youth_ref": ""}
        started = self.client.post("/screenings/new", data=new)
        with self.database.writing(self.actor) as tx:
            new_statements = [
                NewStatement(str(uuid4()), each.question, each.value, each.source) for each in self.said
            ]
            save_statements(tx, started.headers["Location"].rpartition("/")[2], new_statements)
        self.page = f"{started.headers['Location']}/sections/{SECTION}"
        found = re.findall(r'<input type="?hidden"? name="?([\w.]+)"? value="([^"]*)"', self.get())
        self.hidden = dict(found)

    def get(self) -> str:
        """Fetch the question page."""
        return self.client.get(self.page).text

    def result(self) -> str:
        """Fetch the result page."""
        return self.client.get(self.page.replace(f"sections/{SECTION}", "result")).text

    def placement(self) -> str:
        """Fetch the page with the places for every need."""
        return self.client.get(self.page.replace(f"sections/{SECTION}", "placement")).text

    def flow(self) -> None:
        """Change one answer on the page, save, follow to the next page."""
        sent = self.hidden | {"save": str(uuid4()), "trade_words.observed": next(self.answers)}
        answered = self.client.post(self.page, data=sent)
        assert answered.status_code == 303, answered.status_code
        self.client.get(answered.headers["Location"])


class Floor:
    """The floor, used the same way."""

    def __init__(self, folder: Path) -> None:
        self.client = floor_app(folder).test_client()
        self.token = token_on(self.client.get("/").text)
        self.answers = cycle(["yes", "no"])

    def get(self) -> str:
        """Fetch the page."""
        return self.client.get("/").text

    def flow(self) -> None:
        """Save and fetch the page again."""
        sent = {"csrf_token": self.token, **dict.fromkeys(QUESTIONS, "no"), "question_3": next(self.answers)}
        assert self.client.post("/", data=sent).status_code == 303
        self.client.get("/")


def milliseconds(work: Callable[[], object]) -> float:
    """CPU milliseconds of one call, averaged over some."""
    begun = time.process_time()
    for _ in range(REPEATS):
        work()
    return (time.process_time() - begun) / REPEATS * 1000


def main() -> None:
    """Print the table."""
    logging.disable(logging.INFO)
    with tempfile.TemporaryDirectory() as ours_folder, tempfile.TemporaryDirectory() as floor_folder:
        ours, floor = Ours(Path(ours_folder)), Floor(Path(floor_folder))
        print(f"{len(ours.said)} statements in the screening")
        print(
            f"question page: {len(ours.get().encode()) / 1000:.1f} kB; floor page: {len(floor.get().encode()) / 1000:.1f} kB; "
            f"result: {len(ours.result().encode()) / 1000:.1f} kB; places: {len(ours.placement().encode()) / 1000:.1f} kB"
        )
        print(f"{'':<26}{'ours, ms':>10}{'floor, ms':>11}{'ratio':>8}")
        for label, mine, bare in (
            ("GET a question page", ours.get, floor.get),
            ("POST, redirect, GET", ours.flow, floor.flow),
            ("GET the result", ours.result, floor.get),
            ("GET places for the needs", ours.placement, floor.get),
        ):
            pairs = []
            for _ in range(ROUNDS):
                ours.start()
                pairs.append((milliseconds(mine), milliseconds(bare)))
            ratio = statistics.median(first / second for first, second in pairs)
            medians = [statistics.median(column) for column in zip(*pairs, strict=True)]
            print(f"{label:<26}{medians[0]:>10.2f}{medians[1]:>11.2f}{ratio:>8.2f}")


if __name__ == "__main__":
    main()
