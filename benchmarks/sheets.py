"""What a sheet costs as a file to print, beside a bare typesetting of an empty page, in one run.

Run: ``make bench ARGS=sheets``. Wall time of this process, warm, the median over rounds that alternate between all of them,
so that the machine's mood hits them alike. A file is the whole answer of the application: reading, assessing, putting into
words, setting, journalling (test client, SQLite in a temporary folder). Each round asks for another screening, because the
typesetter remembers what it has set before. The floor is Typst on a page with a title and nothing else, in the same
standard. Aim: a file within 200 ms.
"""

import logging
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from typst import Compiler

from screening.config import Config
from screening.core.cases import statements_of
from screening.core.loading import load_rulebook
from screening.core.rulebook import Rulebook
from screening.operations.accounts import sign_in
from screening.operations.actors import Actor
from screening.operations.database import Database
from screening.operations.demonstration import PASSWORD, load_demonstration
from screening.operations.screenings import NewStatement, open_screening, save_statements
from screening.web import create_app, utc_now

ROUNDS = 15
CASE = "drugs_and_hotel_keys"
AIM_MS = 200


def empty_page() -> Callable[[int], object]:
    """The floor: an empty page in the same standard."""
    page = b'#set document(title: "x")\n'
    compiler = Compiler(page, ignore_system_fonts=True)
    return lambda turn: compiler.compile(
        page, sys_inputs={"words": str(turn)}, format="pdf", pdf_standards="ua-1"
    )


def requests(folder: Path) -> dict[str, Callable[[int], object]]:
    """Name → a request, in each round for another screening with the same clear concern."""
    config = Config.read(folder, {}, demonstration=True, secure_cookies=False)
    rulebook = load_rulebook(config.rules_path)
    database = Database.open(config.database_url, config.keys_path, utc_now)
    app = create_app(config, rulebook=rulebook, database=database)
    login = load_demonstration(database, rulebook).logins[0]
    actor = sign_in(database, login.username, PASSWORD)
    assert actor is not None
    screenings = [screening_of_case(database, actor, rulebook, f"JC-{place}") for place in range(ROUNDS + 1)]
    client = app.test_client()
    now = int(utc_now().timestamp())
    with client.session_transaction() as session:
        session.update(user=actor.user_id, stamp=actor.stamp, since=now, seen=now)

    def asking(end: str) -> Callable[[int], object]:
        def ask(turn: int) -> object:
            path = end if end.startswith("/") else f"/screenings/{screenings[turn]}/sheets/{end}"
            answer = client.get(path)
            assert answer.status_code == 200, path
            return answer.data

        return ask

    ends = ["judiciary", *(f"{each.id}.pdf" for each in rulebook.sheets.values() if not each.for_youth)]
    return {end: asking(end) for end in (*ends, "/youth-page.pdf")}


def screening_of_case(database: Database, actor: Actor, rulebook: Rulebook, youth_ref: str) -> str:
    """A screening with a mock case's answers; out: its id."""
    case = rulebook.cases[CASE]
    with database.writing(actor) as tx:
        id = open_screening(
            tx,
            setting=case.case.setting,
            jurisdiction=case.case.jurisdiction,
            youth_ref=youth_ref,
            rulebook_digest=rulebook.digest,
        )
        said = [
            NewStatement(uuid4().hex, each.question, each.value, each.source) for each in statements_of(case)
        ]
        save_statements(tx, id, said)
    return id


def main() -> None:
    """Measure and print."""
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as folder:
        measured = {"empty page (floor)": empty_page(), **requests(Path(folder))}
        times: dict[str, list[float]] = {name: [] for name in measured}
        for turn in range(ROUNDS + 1):  # the first round warms up
            for name, each in measured.items():
                begun = time.perf_counter()
                each(turn)
                times[name].append((time.perf_counter() - begun) * 1000)
    print(f"{'':26}{'median ms':>10}{'slowest':>10}")
    for name, taken in times.items():
        late = "  over the aim" if name.endswith(".pdf") and statistics.median(taken[1:]) > AIM_MS else ""
        print(f"{name:26}{statistics.median(taken[1:]):10.1f}{max(taken[1:]):10.1f}{late}")


if __name__ == "__main__":
    main()
