"""When something outranks the questions, the number to call is there at once: on its page and on the result."""

from uuid import uuid4

import pytest

from screening.core.statements import Source
from screening.operations.actors import Role
from screening.operations.screenings import NewStatement, save_statements

MISSOURI, KANSAS = "1-800-392-3738", "1-800-922-5330"


@pytest.mark.parametrize(
    ("state", "here", "elsewhere"), [("us_mo", MISSOURI, KANSAS), ("us_ks", KANSAS, MISSOURI)]
)
def test_the_hotline_of_the_state_and_of_no_other(
    browser_of, database, people, open_screening_of, state, here, elsewhere
):
    screening_id = open_screening_of(Role.INTAKE_STAFF, jurisdiction=state)
    with database.writing(people[Role.INTAKE_STAFF].actor) as tx:
        reported = NewStatement(str(uuid4()), "earlier_report", "yes", Source.RECORD)
        save_statements(tx, screening_id, [reported])
    browser = browser_of(Role.INTAKE_STAFF)
    for page in ("interruptions/report_first", "result"):
        calls = browser.get(f"/screenings/{screening_id}/{page}").select(".calls a")
        assert f"tel:{here}" in {call["href"] for call in calls}
        assert f"tel:{elsewhere}" not in {call["href"] for call in calls}
