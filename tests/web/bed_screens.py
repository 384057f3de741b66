"""What tests of the pages about beds do again and again: homes in the directory, a question to some of them, a link read off."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from bed_directory import homes, terms
from bs4 import BeautifulSoup
from directory_files import bring_in

from screening.operations.actors import Role

FACTS = {"age": 15, "gender": "girl", "pregnant_or_parenting": "neither"}
CONCERN = {"exchange_known": "yes", "owes_someone": "yes", "phone_watched": "yes"}


@dataclass(frozen=True)
class Link:
    """A link as a place gets it."""

    path: str
    code: str


def with_homes(database, people) -> None:
    """Bring homes into the directory of the detention agency."""
    bring_in(database, people[Role.DIRECTORY_EDITOR].actor, [*terms(), *homes()])


def ask_address(screening_id: str, *service_ids: str) -> str:
    """The address of the form that asks these places."""
    query = "&".join(f"service={each}" for each in service_ids)
    return f"/screenings/{screening_id}/beds/ask?{query}"


def ask(browser, screening_id: str, *service_ids: str, status: int = 303, **fields: object):
    """Send the form as the page shows it, with some fields changed."""
    page = browser.get(ask_address(screening_id, *service_ids))
    facts = [each["value"] for each in page.select("input[name=fact][checked]")]
    usual = {"hours": "2", "fact": facts, "service": list(service_ids)}
    return browser.submit(page, f"/screenings/{screening_id}/beds/ask", status, **{**usual, **fields})


def links_on(response) -> list[Link]:
    """The links and codes a page shows."""
    secrets = [
        each.get_text(strip=True) for each in BeautifulSoup(response.text, "html.parser").select(".secret")
    ]
    pairs = zip(secrets[::2], secrets[1::2], strict=True)
    links = [Link(urlsplit(address).path, code) for address, code in pairs]
    assert all(re.fullmatch(r"\d{4} \d{4}", each.code) for each in links)
    return links


def asked_link(browser, screening_id: str, service_id: str, *others: str, **fields: object) -> Link:
    """Ask with a link to the first place; out: the link."""
    (link,) = links_on(ask(browser, screening_id, service_id, *others, status=200, link=service_id, **fields))
    return link


def enter_code(browser, link: Link, status: int = 303, **fields: str):
    """Follow a link and send its form."""
    return browser.submit(browser.get(link.path), link.path, status, **{"code": link.code, **fields})
