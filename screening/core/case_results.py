"""What the mock cases come to, as plain data for people and programs."""

from typing import Any

from screening.core.cases import run_case
from screening.core.rulebook import Rulebook


def case_results(rulebook: Rulebook) -> list[dict[str, Any]]:
    """Each mock case with whether it passes and, if not, what differs."""
    run = [(case.case, run_case(rulebook, case)) for case in rulebook.cases.values()]
    return [
        {"id": head.id, "title": head.title, "passed": not differences, "differences": differences}
        for head, differences in run
    ]
