"""Answers that call for duties, and reading in tests what the pages about duties show."""

from bs4 import BeautifulSoup

CONCERN = {"record": {"age": 15, "exchange_known": "yes"}, "observed": {"phone_watched": "yes"}}
MISSING = {"record": {"age": 15, "missing_now": "yes", "custody": "state_care"}}
STATUS_ONLY = {"record": {"age": 15, "charge_kinds": ("status_offense",)}}


def owed(browser, screening_id: str) -> BeautifulSoup:
    return browser.get(f"/screenings/{screening_id}/duties")


def card(page: BeautifulSoup, label: str) -> str:
    (found,) = [each for each in page.select("article") if label in each.h3.get_text()]
    return " ".join(found.get_text(" ").split())


def enter(browser, screening_id: str, status: int = 303, **moments: str):
    """Enter moments as the page's form does."""
    fields = {f"at-{event}": moment for event, moment in moments.items()}
    return browser.post(f"/screenings/{screening_id}/duties/events", status, **fields)


def address(screening_id: str, duty_id: str, verb: str = "") -> str:
    return f"/screenings/{screening_id}/duties/{duty_id}{verb}"
