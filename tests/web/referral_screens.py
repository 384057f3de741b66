"""A directory for tests of referrals, and reading what their pages show."""

from uuid import uuid4

from bs4 import BeautifulSoup
from directory_examples import uid

from screening.core.directory_profile import profile_attribute
from screening.core.directory_seed import STARTER, starter_rows
from screening.core.directory_values import derived_id
from screening.operations.directory import import_directory, read_directory_file
from tests.operations.directory_files import as_file, service

VOICE = derived_id(STARTER, "service", "kc_veronicas_voice")
DROP_IN = derived_id(STARTER, "service", "kc_relentless_pursuit")
HOTLINE = derived_id(STARTER, "service", "us_nhth")
SECRET, ROBIN = uid("Undisclosed Canary House"), uid("Confidential Robin House")
NEED = "survivor_advocate"


def stock(database, editor, rulebook) -> None:
    """Fill an agency's directory with the starter services, a confidential place and an undisclosed one."""
    rows = starter_rows(rulebook.services.values(), rulebook.kinds)
    import_directory(database, editor, rows, source=STARTER)
    places = [
        service(name, number, attributes=[profile_attribute("service", uid(name), "confidentiality", level)])
        for name, number, level in (
            ("Confidential Robin House", "816-555-0177", "confidential"),
            ("Undisclosed Canary House", "816-555-0188", "undisclosed"),
        )
    ]
    import_directory(
        database, editor, read_directory_file(as_file(places), "file", "places"), source="places"
    )


def offered(browser, screening_id: str, service_id: str = VOICE, status: int = 303, **fields: str):
    """Make a referral as the page's form does; out: the answer, whose address ends in the referral's id."""
    page = browser.get(f"/screenings/{screening_id}/referrals/new?service={service_id}&need={NEED}")
    return browser.submit(page, f"/screenings/{screening_id}/referrals/new", status, **fields)


def referral_of(response) -> str:
    """The id of the referral an answer leads to."""
    return response.headers["Location"].rpartition("#referral-")[2]


def listed(browser, screening_id: str) -> BeautifulSoup:
    return browser.get(f"/screenings/{screening_id}/referrals")


def step(browser, screening_id: str, referral: str, step: str, status: int = 303, **fields: str):
    """Press a step's button on the page of referrals."""
    page = listed(browser, screening_id)
    action = f"/screenings/{screening_id}/referrals/{referral}/step"
    assert page.select_one(f'form[action="{action}"] button[name=step][value="{step}"]'), f"no button {step}"
    return browser.submit(page, action, status, step=step, **fields)


def new_id() -> str:
    return str(uuid4())
