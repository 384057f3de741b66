"""The tests of the tests: a good page passes, and every kind of bad page is refused."""

import pytest
from page_checks import APP_TITLE, faults_of_page

GOOD_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
GOOD = f"""<!doctype html><html lang="en"><head><title>Page{APP_TITLE}</title><link rel="stylesheet" href="/there"></head>
<body><h1>Page</h1><h2 id="two">Two</h2><form method="post" action="/there"><input type="hidden" name="csrf_token" value="x">
<label for="field">Field</label> <input id="field" name="field" aria-describedby="two"><button>Go</button></form>
<a href="/there">There</a> <a href="#two">Down</a></body></html>"""


def faults(html: str, headers: dict[str, str] | None = None, largest: int = 40_000) -> list[str]:
    return faults_of_page(html, headers or GOOD_HEADERS, lambda address, method: address == "/there", largest)


def test_a_good_page_passes():
    assert faults(GOOD) == []


@pytest.mark.parametrize(
    ("said", "find", "replace"),
    [
        ("not valid HTML", "<!doctype html>", ""),
        ("not valid HTML", "</form>", "</div></form>"),
        ("there are 0 h1", "<h1>Page</h1>", "<h1-x></h1-x>"),
        ("there are 2 h1", "<h1>Page</h1>", "<h1>Page</h1><h1>Page</h1>"),
        ("does not begin with the h1", "<h1>Page</h1>", "<h1>Other</h1>"),
        ("does not begin with the h1", "<h1>Page</h1>", "<h1></h1>"),
        ("does not end with the neutral name", APP_TITLE, " – Something else"),
        ("html has no lang", ' lang="en"', ""),
        ("the id 'two' is there 2 times", "<button>", '<button id="two">'),
        ("aria-describedby names 'gone'", 'aria-describedby="two"', 'aria-describedby="gone"'),
        ("leads nowhere on the page", 'href="#two"', 'href="#gone"'),
        ("no label", '<label for="field">Field</label>', ""),
        ("no label", '<label for="field">Field</label>', '<label for="field"></label>'),
        ("no text: <button", "<button>Go</button>", "<button></button>"),
        ("no legend", "<button>Go</button>", "<fieldset></fieldset><button>Go</button>"),
        ("no alt", "<h2", '<img src="/there"><h2'),
        ("a form has the method ''", ' method="post"', ""),
        ("a form has no action", ' action="/there"', ""),
        ("no token against forged requests", "csrf_token", "other"),
        ("no token against forged requests", ' value="x"', ' value=""'),
        ("h2 has style", "<h2 ", '<h2 style="color:red" '),
        ("h2 has onclick", "<h2 ", '<h2 onclick="x()" '),
        ("a script is inline", "<h2", "<script>x()</script><h2"),
        ("a style is inline", "</head>", "<style>p{}</style></head>"),
        ("a link runs or embeds", 'href="/there">There', 'href="javascript:x()">There'),
        ("h4 'Two' comes after h1", '<h2 id="two">Two</h2>', '<h4 id="two">Two</h4>'),
        ("a link has no address", '<a href="/there">', "<a>"),
        ("a link has no text", ">There</a>", "></a>"),
        ("leads to '/gone'", 'href="/there">There', 'href="/gone">There'),
        ("leads to '/gone'", 'action="/there"', 'action="/gone"'),
        (
            "loads from elsewhere",
            'rel="stylesheet" href="/there"',
            'rel="stylesheet" href="https://example.org/x.css"',
        ),
    ],
)
def test_a_bad_page_is_refused(said, find, replace):
    assert find in GOOD
    assert any(said in fault for fault in faults(GOOD.replace(find, replace, 1)))


@pytest.mark.parametrize("name", GOOD_HEADERS)
def test_a_missing_header_is_refused(name):
    said = "content security policy" if name == "Content-Security-Policy" else name
    assert any(said in fault for fault in faults(GOOD, {**GOOD_HEADERS, name: ""}))


def test_unsafe_policies_are_refused():
    weak = "default-src 'none'; frame-ancestors 'none'; script-src 'unsafe-inline'"
    assert faults(GOOD, {**GOOD_HEADERS, "Content-Security-Policy": weak})


def test_a_heavy_page_is_refused():
    assert faults(GOOD, largest=100) == [f"the page has {len(GOOD.encode())} bytes, more than 100"]
