"""Two editions beside each other, and an earlier edition read whole: for one's own agency, and for no other."""

from urllib.parse import urljoin, urlsplit

import pytest
from bs4 import BeautifulSoup

from screening.config import shipped_folder
from screening.core.loading import load_files, read_rule_files
from screening.core.rule_diff import entries_by_kind, keys_of
from screening.operations.actors import Role
from screening.operations.rulebooks import CaseOutcome, CheckReport, offer_edition
from screening.web.rulebook_compare import KINDS, compared
from screening.web.rulebook_fields import KEYS, FieldWords, TextLine
from screening.web.rulebook_marking import marked, unmarked

PAGES = (
    "",
    "/questions",
    "/indicators",
    "/tools",
    "/actions",
    "/charges",
    "/placement",
    "/services",
    "/law",
    "/sources",
)
NOBODY_KEPT = "0" * 64
CHANGES = (
    ("rulebook.yaml", 'version: "', 'version: "0.'),
    ("definitions.yaml", "{age: {below: 18}}", "{age: {below: 17}}"),
    ("indicators/01_exchange.yaml", "strength: direct", "strength: strong"),
    ("concern.yaml", "rationale:\n", "rationale:\n  - An earlier reason.\n"),
)


def changed_files(*changes):
    """The shipped rules with some words replaced: (file, from, to)."""
    files = dict(read_rule_files(shipped_folder("rules")))
    for name, before, after in changes:
        text = files[name].decode()
        assert before in text, name
        files[name] = text.replace(before, after, 1).encode()
    return files


@pytest.fixture
def offered(database, people):
    """A function: files → the digest of that edition, which the first agency may read."""

    def offer(files):
        book = load_files(files)
        report = CheckReport(book.digest, book.version, (), (), (CaseOutcome("a", "A", passed=True),))
        offer_edition(database, people[Role.RULEBOOK_PUBLISHER].actor, files, lambda _files: report)
        return book.digest

    return offer


@pytest.fixture
def earlier(offered):
    """The digest of an earlier edition."""
    return offered(changed_files(*CHANGES))


def text_of(tag):
    return " ".join(tag.get_text(" ", strip=True).split())


# ---- reading an earlier edition


def test_an_earlier_edition_is_read_whole_says_so_and_leads_back(browser_of, earlier, rulebook):
    browser = browser_of(Role.INTAKE_STAFF)
    anchors, links = {}, set()
    for rest in PAGES:
        address = f"/rulebook/{earlier}{rest}"
        page = BeautifulSoup(
            browser.client.get(address).text, "html.parser"
        )  # as a page it is checked elsewhere
        banner = page.select_one(".earlier")
        assert "not the present edition" in banner.get_text()
        assert [link["href"] for link in banner.select("a")] == [
            "/rulebook",
            f"/rulebook/compare/{earlier}/{rulebook.digest}",
        ]
        anchors[address] = {tag["id"] for tag in page.find_all(id=True)}
        inside = page.select("main .entry a, main .hits a, main .ways a, .rulebook-pages a")
        links |= {urljoin(address, link["href"]) for link in inside}
    links = {link for link in links if link.startswith("/rulebook")} - {
        "/rulebook/compare",
        "/rulebook/editions",
    }
    assert len(links) > 100
    assert not [link for link in links if not link.startswith(f"/rulebook/{earlier}")]
    assert not [
        link for link in links if (to := urlsplit(link)).fragment and to.fragment not in anchors[to.path]
    ]
    assert "under 17 years" in text_of(
        browser.get(f"/rulebook/{earlier}/indicators").find(id="presumed_minor")
    )
    assert "under 18 years" in text_of(browser.get("/rulebook/indicators").find(id="presumed_minor"))


def test_a_search_in_an_earlier_edition_stays_there(browser_of, earlier):
    page = browser_of(Role.INTAKE_STAFF).get(f"/rulebook/{earlier}?q=earlier+reason")
    assert page.select_one("form[role=search]")["action"] == f"/rulebook/{earlier}"
    assert f"/rulebook/{earlier}#level-clear" in {link["href"] for link in page.select(".hits a")}


def test_the_present_edition_by_its_digest_has_no_banner(browser_of, rulebook):
    assert not browser_of(Role.INTAKE_STAFF).get(f"/rulebook/{rulebook.digest}").select(".earlier")


@pytest.mark.parametrize("rest", PAGES)
def test_what_nobody_kept_is_not_found(browser_of, rest):
    browser = browser_of(Role.INTAKE_STAFF)
    browser.get(f"/rulebook/{NOBODY_KEPT}{rest}", 404)
    browser.get(f"/rulebook/short{rest}", 404)


def test_an_edition_of_another_agency_is_not_found(browser_of, earlier, rulebook):
    mine, others = browser_of(Role.INTAKE_STAFF), browser_of(Role.CPS_WORKER)
    for address in (
        *(f"/rulebook/{earlier}{rest}" for rest in PAGES),
        f"/rulebook/compare/{earlier}/{rulebook.digest}",
        f"/rulebook/compare/{rulebook.digest}/{earlier}",
        f"/rulebook/compare?old={earlier}&new={rulebook.digest}",
    ):
        assert mine.client.get(address).status_code in (200, 303)
        others.get(address, 404)
    assert earlier in mine.open("/rulebook/compare").text
    assert earlier not in others.open("/rulebook/compare").text


# ---- choosing


def test_two_editions_are_chosen_and_lead_to_their_comparison(browser_of, earlier, rulebook):
    browser = browser_of(Role.INTAKE_STAFF)
    page = browser.get("/rulebook/compare")
    assert page.select_one("#old option[selected]")["value"] == earlier
    assert page.select_one("#new option[selected]")["value"] == rulebook.digest
    answer = browser.open(f"/rulebook/compare?old={earlier}&new={rulebook.digest}", 303)
    assert answer.headers["Location"] == f"/rulebook/compare/{earlier}/{rulebook.digest}"
    browser.get(f"/rulebook/compare?old={NOBODY_KEPT}&new={rulebook.digest}", 404)


def test_with_one_edition_there_is_nothing_to_choose(browser_of):
    page = browser_of(Role.CPS_WORKER).get("/rulebook/compare")
    assert "nothing to compare yet" in page.select_one(".empty").get_text()
    assert not page.select("select")
    assert page.select_one('main a[href="/rulebook/editions"]')


# ---- comparing


def test_every_change_is_told_with_the_words_marked(browser_of, earlier, rulebook):
    page = browser_of(Role.INTAKE_STAFF).get(f"/rulebook/compare/{earlier}/{rulebook.digest}")
    minor = page.find(id="definition-presumed_minor")
    assert [each.get_text() for each in minor.select("del")] == ["17"]
    assert [each.get_text() for each in minor.select("ins")] == ["18"]
    assert "How old is the youth? under 17 years" in text_of(minor.select_one(".side--old"))
    assert "How old is the youth? under 18 years" in text_of(minor.select_one(".side--new"))
    assert [link["href"] for link in minor.select("a")] == [
        f"/rulebook/{earlier}/indicators#presumed_minor",
        "/rulebook/indicators#presumed_minor",
    ]
    reasons = page.find(id="rule-of-concern-concern.yaml")
    assert [each.get_text() for each in reasons.select("del")] == ["An earlier reason."]
    assert not reasons.select("ins")
    counts = {
        row.th.get_text(): [cell.get_text() for cell in row.select("td")]
        for row in page.select(".summary tbody tr")
    }
    assert counts["Definitions"] == ["–", "–", "1"]
    assert len(counts) == len(CHANGES)


def test_cases_that_come_out_otherwise_are_told_under_both_editions(browser_of, earlier, rulebook, app):
    page = browser_of(Role.INTAKE_STAFF).get(f"/rulebook/compare/{earlier}/{rulebook.digest}")
    with app.test_request_context():
        found = compared(load_files(changed_files(*CHANGES)), rulebook)
    assert found.cases
    for case in found.cases:
        shown = page.find(id=f"case-{case.id}")
        old, new = (text_of(shown.select_one(f".side--{which}")) for which in ("old", "new"))
        assert case.before.level in old
        assert case.after.level in new
        assert all(label in text_of(shown) for label in (*case.raised, *case.no_longer))


def test_a_kind_is_chosen_and_an_unknown_one_is_as_if_none_were(browser_of, earlier, rulebook):
    browser, address = browser_of(Role.INTAKE_STAFF), f"/rulebook/compare/{earlier}/{rulebook.digest}"
    every = {each["id"] for each in browser.get(address).select(".change")}
    one = browser.get(f"{address}?kind=definition")
    assert {each["id"] for each in one.select(".change")} == {"definition-presumed_minor"}
    assert one.select_one(".summary a[aria-current]").get_text() == "Definitions"
    assert {each["id"] for each in browser.get(f"{address}?kind=nothing").select(".change")} == every
    links = [urljoin(address, link["href"]) for link in browser.get(address).select(".summary a")]
    for link in links:
        assert browser.get(link).find(id=urlsplit(link).fragment)


def test_nothing_differs(browser_of, rulebook):
    page = browser_of(Role.INTAKE_STAFF).get(f"/rulebook/compare/{rulebook.digest}/{rulebook.digest}")
    assert "Nothing differs between these two editions." in page.get_text()
    assert not page.select(".change, .summary")


def test_added_and_removed_entries_are_told_whole(browser_of, offered, rulebook):
    need = next(each for each in rulebook.needs if each.id == "school")
    only_new = offered(changed_files(("needs.yaml", f"  - id: {need.id}\n", f"  - id: more_{need.id}\n")))
    browser = browser_of(Role.INTAKE_STAFF)
    page = browser.get(f"/rulebook/compare/{rulebook.digest}/{only_new}?kind=need")
    added, removed = page.find(id=f"need-more_{need.id}"), page.find(id=f"need-{need.id}")
    assert added.select_one(".tag").get_text() == "added"
    assert removed.select_one(".tag").get_text() == "removed"
    for shown in (added, removed):
        assert need.label in text_of(shown)
        assert all(rulebook.kinds[kind].label in text_of(shown) for kind in need.kinds)
        assert not shown.select("del, ins")


def test_too_much_for_one_page_is_told_a_kind_a_page(app, rulebook, monkeypatch):
    monkeypatch.setattr("screening.web.rulebook_compare.MOST_AT_ONCE", 1)
    other = load_files(changed_files(*CHANGES))
    with app.test_request_context():
        assert not [kind for kind in compared(other, rulebook).kinds if kind.changes]
        of_one = compared(other, rulebook, "definition").kinds
    assert [kind.kind for kind in of_one if kind.changes] == ["definition"]
    assert len(of_one) == len(CHANGES)


def test_where_a_confidential_service_works_is_not_compared_in_words(browser_of, offered, rulebook):
    service = next(
        each for each in rulebook.services.values() if each.confidential and each.listing != "never"
    )
    name, text = next(
        (name, content.decode())
        for name, content in read_rule_files(shipped_folder("rules")).items()
        if name.startswith("services/") and f"- id: {service.id}\n" in content.decode()
    )
    begin = text.index(f"- id: {service.id}\n")
    area = text.index("areas: ", begin)
    before = text[area : text.index("\n", area) + 1]
    moved = text[begin : area + len(before)]
    other = offered(changed_files((name, moved, moved.replace(before, "areas: [ks_leavenworth]\n"))))
    page = browser_of(Role.INTAKE_STAFF).get(f"/rulebook/compare/{rulebook.digest}/{other}")
    shown = page.find(id=f"service-{service.id}")
    assert "It differs. What it says is not shown here." in shown.get_text()
    assert "Leavenworth" not in page.select_one("main").get_text()


def test_answers_and_expectations_of_mock_cases_are_not_told(app, rulebook):
    case = next(iter(rulebook.cases.values()))
    changes = [(f"cases/{case.case.id}.yaml", "expect:", "said: {threatened: declined}\nexpect:")]
    if case.said:
        changes = [(f"cases/{case.case.id}.yaml", f"result: {case.expect.result}", "result: none")]
    other = load_files(changed_files(*changes))
    with app.test_request_context():
        (kind,) = compared(rulebook, other).kinds
    assert kind.kind == "mock case"
    assert all(field.withheld for change in kind.changes for field in change.fields)


# ---- the words of a comparison


def test_every_kind_of_entry_and_nearly_every_key_has_a_name(rulebook):
    assert set(entries_by_kind(rulebook)) == set(KINDS)
    unnamed = {
        key
        for kind, entries in entries_by_kind(rulebook).items()
        if kind not in ("rulebook", "mock case")
        for entry in entries.values()
        for key in keys_of(entry)
    } - set(KEYS)
    assert unnamed == set()


def test_every_value_of_the_rulebook_has_lines_that_people_can_read(app, rulebook):
    with app.test_request_context():
        words = FieldWords(rulebook)
        lines = [
            line.text
            for entries in entries_by_kind(rulebook).values()
            for entry in entries.values()
            for key in keys_of(entry)
            for line in words.lines(key, getattr(entry, key))
        ]
    assert len(lines) > 1000
    assert not [line for line in lines if not line.strip()]
    told_as_python = ("AnswerIs(", "Named(", "=True", "=False", "None", "datetime")
    assert not [line for line in lines if any(word in line for word in told_as_python if word != "None")]


@pytest.mark.parametrize(
    ("before", "after", "old", "new"),
    [
        ("one two three", "one 2 three", ["two"], ["2"]),
        ("one two", "one two three four", [], ["three four"]),
        ("a b c d", "w x y z", ["a b c d"], ["w x y z"]),
        ("same", "same", [], []),
    ],
)
def test_the_words_that_differ_are_marked(before, after, old, new):
    olds, news = marked([TextLine(0, before)], [TextLine(0, after)])
    assert [piece.text for line in olds for piece in line.pieces if piece.marked] == old
    assert [piece.text for line in news for piece in line.pieces if piece.marked] == new


def test_no_word_is_lost_and_lines_stay_lines():
    before, after = (
        [TextLine(0, "All of these:"), TextLine(1, "a b")],
        [TextLine(0, "Any one of these:"), TextLine(1, "a c")],
    )
    for lines, told in zip((before, after), marked(before, after), strict=True):
        assert [(line.depth, " ".join(piece.text for piece in line.pieces)) for line in told] == [
            (line.depth, line.text) for line in lines
        ]
    assert [piece.text for line in unmarked(before) for piece in line.pieces] == ["All of these:", "a b"]
