"""What is true of every page, checked on every page any test fetches."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping

import html5lib
from bs4 import BeautifulSoup, Tag
from html5lib.html5parser import ParseError

LARGEST_PAGE = 40_000
LARGEST_QUESTION_PAGE = 20_000
LARGEST_RESULT = 100_000
"""The whole result is one page, as it is printed: with every sign, every duty and how it stands, note of law and service,
about 60 kB of words."""
LARGEST_RULEBOOK_PAGE = 220_000
"""Each page of the explorer is printed and searched as one: every question with all that uses it, every source with all
that rests on it. Most of its bytes are the rulebook's own words and the links between them."""
APP_TITLE = " – Screening assistant"
_NEED_LABELS = "input:not([type=hidden],[type=submit],[type=button]), select, textarea"
_REFERENCES = ("for", "aria-describedby", "aria-labelledby", "aria-controls")

Resolves = Callable[[str, str], bool]
"""Whether (address, method) leads somewhere in this application."""


def faults_of_page(
    html: str,
    headers: Mapping[str, str],
    resolves: Resolves,
    largest: int = LARGEST_PAGE,
    soup: BeautifulSoup | None = None,
) -> list[str]:
    """Everything wrong with a page, in words; empty if nothing is. ``soup``: the page, if it was read already."""
    soup = soup or BeautifulSoup(html, "html.parser")
    faults: list[str] = []
    for check in (_parsing, _weight):
        faults += check(html, largest)
    for look in (_titles, _ids, _labels, _forms, _inline, _headings, _links):
        faults += look(soup)
    return [*faults, *_addresses(soup, resolves), *_headers(headers)]


def largest_of(path: str) -> int:
    """How many bytes a page at this address may have."""
    if path.startswith("/rulebook/"):
        return LARGEST_RULEBOOK_PAGE
    if path.split("?", maxsplit=1)[0].endswith(("/result", "/charges", "/placement")):
        return LARGEST_RESULT
    return LARGEST_QUESTION_PAGE if "/sections/" in path else LARGEST_PAGE


def _parsing(html: str, _: int) -> Iterable[str]:
    try:
        html5lib.HTMLParser(strict=True).parse(html)
    except ParseError as fault:
        yield f"not valid HTML: {fault}"


def _weight(html: str, largest: int) -> Iterable[str]:
    size = len(html.encode())
    if size > largest:
        yield f"the page has {size} bytes, more than {largest}"


def _titles(soup: BeautifulSoup) -> Iterable[str]:
    headings = [" ".join(heading.get_text().split()) for heading in soup.find_all("h1")]
    title = soup.title.get_text() if soup.title else ""
    if len(headings) != 1:
        yield f"there are {len(headings)} h1: {headings}"
    elif not headings[0] or not title.startswith(headings[0]):
        yield f"the title {title!r} does not begin with the h1 {headings[0]!r}"
    if not title.endswith(APP_TITLE):
        yield f"the title {title!r} does not end with the neutral name of the application"
    if not (soup.html and soup.html.get("lang")):
        yield "html has no lang"


def _ids(soup: BeautifulSoup) -> Iterable[str]:
    ids = Counter(str(tag["id"]) for tag in soup.find_all(id=True))
    yield from (f"the id {name!r} is there {count} times" for name, count in ids.items() if count > 1)
    for attribute in _REFERENCES:
        for tag in soup.find_all(attrs={attribute: True}):
            yield from (
                f"{attribute} names {name!r}, which is not there"
                for name in str(tag[attribute]).split()
                if name not in ids
            )
    for link in soup.select('a[href^="#"]'):
        if str(link["href"])[1:] not in ids:
            yield f"the link {link['href']!r} leads nowhere on the page"


def _labels(soup: BeautifulSoup) -> Iterable[str]:
    labelled = {
        str(label["for"])
        for label in soup.find_all("label", attrs={"for": True})
        if label.get_text(strip=True)
    }
    for field in soup.select(_NEED_LABELS):
        named = field.get("aria-label") or field.get("aria-labelledby") or field.find_parent("label")
        if not named and field.get("id") not in labelled:
            yield f"no label: {field}"
    for button in soup.find_all("button"):
        if not (button.get_text(strip=True) or button.get("aria-label")):
            yield f"no text: {button}"
    yield from (
        f"no legend: fieldset {group.get('id')}" for group in soup.find_all("fieldset") if not group.legend
    )
    yield from (f"no alt: {image}" for image in soup.find_all("img") if image.get("alt") is None)


def _forms(soup: BeautifulSoup) -> Iterable[str]:
    for form in soup.find_all("form"):
        method = str(form.get("method", "")).lower()
        if method not in ("get", "post"):
            yield f"a form has the method {method!r}"
        if not form.get("action"):
            yield "a form has no action"
        if method == "post" and not form.select_one(
            'input[type=hidden][name=csrf_token][value]:not([value=""])'
        ):
            yield f"the form to {form.get('action')} has no token against forged requests"


def _inline(soup: BeautifulSoup) -> Iterable[str]:
    for tag in soup.find_all(True):
        yield from (
            f"{tag.name} has {name}" for name in tag.attrs if name == "style" or name.startswith("on")
        )
        if str(tag.get("href", "")).strip().lower().startswith(("javascript:", "data:")):
            yield f"a link runs or embeds: {tag}"
    yield from ("a script is inline" for script in soup.find_all("script") if not script.get("src"))
    yield from ("a style is inline" for _ in soup.find_all("style"))


def _headings(soup: BeautifulSoup) -> Iterable[str]:
    level = 0
    for heading in soup.find_all(re.compile(r"^h[1-6]$")):
        here = int(heading.name[1])
        if here > level + 1:
            yield f"{heading.name} {heading.get_text(strip=True)!r} comes after h{level}"
        level = here


def _links(soup: BeautifulSoup) -> Iterable[str]:
    for link in soup.find_all("a"):
        if not link.get("href"):
            yield f"a link has no address: {link}"
        if not link.get_text(strip=True):
            yield f"a link has no text: {link}"


def _addresses(soup: BeautifulSoup, resolves: Resolves) -> Iterable[str]:
    named: list[tuple[Tag, str, str]] = [(tag, str(tag["href"]), "GET") for tag in soup.find_all(href=True)]
    named += [(tag, str(tag["src"]), "GET") for tag in soup.find_all(src=True)]
    named += [
        (form, str(form["action"]), str(form.get("method", "")))
        for form in soup.find_all("form", action=True)
    ]
    for tag, address, method in named:
        if address.startswith("/") and not resolves(address, method.upper()):
            yield f"{tag.name} leads to {address!r}, which is nowhere"
        elif address.startswith(("http:", "https:")) and tag.name != "a":
            yield f"{tag.name} loads from elsewhere: {address}"


def _headers(headers: Mapping[str, str]) -> Iterable[str]:
    policy = headers.get("Content-Security-Policy", "")
    if "default-src 'none'" not in policy or "unsafe" in policy or "frame-ancestors 'none'" not in policy:
        yield f"the content security policy is weak: {policy!r}"
    expected = {
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    for name, value in expected.items():
        if headers.get(name) != value:
            yield f"the header {name} is {headers.get(name)!r}, not {value!r}"
