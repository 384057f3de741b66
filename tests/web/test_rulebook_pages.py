"""The rulebook explorer: nothing of the rulebook is missing, every link lands, and the search finds."""

from collections import Counter
from urllib.parse import urljoin, urlsplit

import pytest
from page_checks import LARGEST_PAGE, LARGEST_RULEBOOK_PAGE, largest_of

from screening.core.conditions import every_node
from screening.operations.actors import ACCOUNT_ROLES, Role
from screening.web.rulebook_entries import KINDS, entries, uses

PAGES = ("questions", "indicators", "tools", "actions", "charges", "placement", "services", "law", "sources")


@pytest.fixture
def pages(browser_of):
    """A function: name → a page of the explorer."""
    browser = browser_of(Role.INTAKE_STAFF)
    return lambda name="", query="": browser.get(f"/rulebook{'/' if name else ''}{name}{query}")


def test_everything_is_an_anchor_exactly_once(pages, rulebook):
    shown = {
        "questions": [*rulebook.questions],
        "indicators": [*rulebook.indicators, *rulebook.definitions],
        "law": [*rulebook.law],
        "sources": [*rulebook.sources],
        "tools": [*rulebook.instruments],
        "services": [*rulebook.services],
        "placement": [
            *(f"criterion-{each.id}" for each in rulebook.placement.criteria),
            *(f"feature-{each.id}" for each in rulebook.placement.features),
        ],
        "actions": [action.id for action in rulebook.actions],
    }
    for page, names in shown.items():
        anchors = Counter(tag["id"] for tag in pages(page).find_all(id=True))
        assert names
        assert {name: anchors[name] for name in names} == dict.fromkeys(names, 1)


def links_of(page, address):
    """Where the links of a page lead within the explorer."""
    found = {urljoin(address, tag["href"]) for tag in page.find_all("a", href=True)}
    return {link for link in found if urlsplit(link).path.startswith("/rulebook")}


def test_every_link_between_the_pages_lands_on_an_anchor(pages):
    anchors, links = {}, set()
    for name in ("", *PAGES):
        address, page = f"/rulebook{'/' if name else ''}{name}", pages(name)
        anchors[address] = {tag["id"] for tag in page.find_all(id=True)}
        links |= links_of(page, address)
    lost = [link for link in links if (to := urlsplit(link)).fragment and to.fragment not in anchors[to.path]]
    assert len(links) > 200
    assert not lost


def test_every_entry_stands_where_the_list_of_entries_says(pages, rulebook):
    anchors = {
        name: {tag["id"] for tag in pages("" if name == "overview" else name).find_all(id=True)}
        for name in ("overview", *PAGES)
    }
    assert {entry.kind for entry in entries(rulebook)} <= set(KINDS)
    assert not [entry.id for entry in entries(rulebook) if entry.anchor not in anchors[entry.page]]


def plain(text):
    return " ".join(text.split())


def test_a_question_says_what_it_is_for(pages, rulebook):
    page = pages("questions")
    for question in rulebook.questions.values():
        shown = page.find(id=question.id)
        text = plain(shown.get_text(" ", strip=True))
        texts = (question.text, question.why, question.youth_text or "", *question.option_labels.values())
        assert all(plain(each) in text for each in texts), question.id
        assert ("the youth, if willing" in text) == ("ask" in question.ways)
        led_to = {link["href"].rpartition("#")[2] for link in shown.select(".uses a")}
        assert led_to == {entry.anchor for entry in uses(rulebook).get(("question", question.id), ())}


def test_a_sign_says_when_it_is_raised_and_leads_to_its_questions(pages, rulebook):
    page = pages("indicators")
    for sign in rulebook.indicators.values():
        shown = page.find(id=sign.id)
        text = shown.get_text(" ", strip=True)
        assert plain(sign.means) in plain(text)
        led_to = {link["href"].rpartition("#")[2] for link in shown.select(".condition a")}
        named = {
            getattr(node, "question", None) or getattr(node, "name", None) for node in every_node(sign.when)
        }
        assert led_to == named - {None}
        assert {link["href"].rpartition("#")[2] for link in shown.select(".uses a")} >= set(sign.sources)


def test_a_note_says_how_far_it_may_be_relied_on(pages, rulebook):
    page = pages("law")
    for note in rulebook.law.values():
        text = page.find(id=note.id).get_text(" ", strip=True)
        assert note.citation in text
        assert ("Verify with counsel before relying on this." in text) == (
            note.status == "verify_with_counsel"
        )


def test_the_place_narrows_the_law_to_what_applies_there(pages, rulebook):
    shown = {each["id"] for each in pages("law", "?place=us_ks").select(".entry")}
    around = rulebook.applicable_jurisdictions("us_ks")
    assert shown == {note.id for note in rulebook.law.values() if note.jurisdiction in around}
    assert {rulebook.law[each].jurisdiction for each in shown} > {"us_ks"}
    assert {each["id"] for each in pages("law", "?place=nowhere").select(".entry")} == {*rulebook.law}


def test_the_overview_shows_the_edition_and_every_way_to_a_level(pages, rulebook):
    page = pages()
    text = page.get_text(" ", strip=True)
    for told in (rulebook.title, rulebook.version, rulebook.digest[:12], *rulebook.concern.rationale):
        assert plain(told) in plain(text)
    assert "Beside the level, never in it" in text
    ways = len(rulebook.concern.levels.clear.when.parts) + len(rulebook.concern.levels.possible.when.parts)
    assert len(page.select(".ways > li")) == ways
    assert page.find(id="level-clear")
    assert page.find(id="level-possible")


def hits(page):
    return {link["href"] for link in page.select(".hits a")}


def test_search_finds_words_in_texts_and_ids_whatever_their_case(pages):
    by_id = hits(pages(query="?q=phone_watched"))
    assert "/rulebook/questions#phone_watched" in by_id
    assert hits(pages(query="?q=PHONE_Watched")) == by_id
    assert hits(pages(query="?q=phóne_wätched")) == by_id
    found = pages(query="?q=SOMEONE+track+Answer")
    assert "/rulebook/questions#phone_watched" in hits(found)
    assert found.select_one("input[name=q]")["value"] == "SOMEONE track Answer"
    assert any(link.startswith("/rulebook/law#") for link in hits(pages(query="?q=rsmo")))


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("Veronica's Voice", "/rulebook/services#kc_veronicas_voice"),
        ("veronica’s", "/rulebook/services#kc_veronicas_voice"),
        ("delaware checklist", "/rulebook/tools#delaware_checklist"),
        ("compensation", "/rulebook/services#kind-compensation"),
        ("where help is looked for", "/rulebook/services#matching-counties"),
        ("rsmo 567", "/rulebook/law#"),
        ("clear concern", "/rulebook#level-clear"),
    ],
)
def test_search_goes_through_everything(pages, words, place):
    assert any(link.startswith(place) for link in hits(pages(query=f"?q={words}")))


def test_search_groups_what_it_finds_and_leads_to_the_rest_of_a_kind(pages):
    page = pages(query="?q=youth")
    headings = [heading.get_text() for heading in page.select("h3")]
    assert any(heading.startswith("Questions (") for heading in headings)
    assert any(heading.startswith("Signs and circumstances (") for heading in headings)
    more = page.select_one('a[href$="kind=sign"]')
    first = {link["href"] for link in page.find(id="found-sign").find_next("ul").select("a")}
    every = pages(query=urlsplit(more["href"]).query.join(("?", "")))
    assert first < hits(every)
    assert all(link.startswith("/rulebook/indicators#") for link in hits(every))
    assert str(len(hits(every))) in every.select_one("h3").get_text()
    assert not every.select('a[href*="kind="]')


def test_search_says_that_nothing_was_found_and_shows_what_was_typed_as_text(pages):
    page = pages(query="?q=<b>zzzz")
    assert "Nothing in the rulebook holds all of these words." in page.get_text()
    assert page.select_one("input[name=q]")["value"] == "<b>zzzz"
    assert not hits(page)
    assert not pages(query="?q=+").select(".empty")


@pytest.mark.parametrize("role", ACCOUNT_ROLES, ids=str)
def test_whoever_is_signed_in_reads_it_and_finds_it(browser_of, role):
    browser = browser_of(role)
    for page in (browser.get("/"), browser.get("/about")):
        assert page.select_one('.site-nav a[href="/rulebook"]')
    assert browser.get("/about").select_one('main a[href="/rulebook"]')
    assert browser.get("/rulebook/law").select_one('.site-nav a[href="/rulebook"][aria-current]')


def test_a_stranger_is_asked_to_sign_in(stranger):
    assert "/sign-in" in stranger.open("/rulebook/questions", 303).headers["Location"]
    assert not stranger.get("/about").select('a[href="/rulebook"]')


def test_the_size_limit_is_what_the_longest_page_needs(browser_of):
    browser = browser_of(Role.SUPERVISOR)
    sizes = {name: len(browser.open(f"/rulebook/{name}").data) for name in PAGES}
    assert largest_of("/rulebook?q=youth") == LARGEST_PAGE
    assert LARGEST_RULEBOOK_PAGE / 2 < max(sizes.values()) <= LARGEST_RULEBOOK_PAGE <= 250_000, sizes
