"""What tests of hand-offs do again and again: a screening with a concern, an offer, a link with its code."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import uuid4

from bs4 import BeautifulSoup

from screening.core.statements import Source
from screening.operations.screenings import NewStatement, save_statements

CONCERN = {"birth_date": "2011-03-14", "exchange_known": "yes", "owes_someone": "yes", "phone_watched": "yes"}
OUTSIDE = {
    "sheet": "law_enforcement",
    "to": "outside",
    "recipient": "Officer of the day",
    "organization": "Invented County Police",
    "note": "Call extension 7 first",
    "answer_hours": "4",
    "link_hours": "24",
}


@dataclass(frozen=True)
class Link:
    """A link as somebody outside gets it."""

    path: str
    code: str
    hand_off_id: str


def answered(database, actor, screening_id: str, answers: dict[str, str] = CONCERN) -> str:
    """Give a screening answers that raise a concern; out: its id."""
    with database.writing(actor) as tx:
        save_statements(
            tx, screening_id, [NewStatement(uuid4().hex, *pair, Source.RECORD) for pair in answers.items()]
        )
    return screening_id


def offer(browser, screening_id: str, status: int = 303, **fields: str):
    """Send the form of the page, with its own fields for whatever is left out."""
    path = f"/screenings/{screening_id}/hand-offs"
    return browser.submit(browser.get(path), path, status, **fields)


def offered_link(browser, screening_id: str, **fields: str) -> Link:
    """Offer a sheet to somebody outside, and read link and code off the page that shows them."""
    return link_on(
        BeautifulSoup(offer(browser, screening_id, 200, **{**OUTSIDE, **fields}).text, "html.parser")
    )


def link_on(page: BeautifulSoup) -> Link:
    """The link and the code that a page shows."""
    address, code = (each.get_text(strip=True) for each in page.select(".secret"))
    assert re.fullmatch(r"\d{4} \d{4}", code)
    return Link(urlsplit(address).path, code, "")


def enter_code(browser, link: Link, status: int = 303, **fields: str):
    """Follow a link and send its form."""
    return browser.submit(browser.get(link.path), link.path, status, **{"code": link.code, **fields})
