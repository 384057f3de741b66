"""The form for a service: adding, editing, what is wrong, and two people at once."""

from dataclasses import replace

import pytest
from bs4 import BeautifulSoup
from directory_work import HOUSE, house_now, kept_house

from screening.core.directory_service_entry import PlaceEntry
from screening.operations.actors import ACCOUNT_ROLES, Role
from screening.operations.directory import Query, list_entries

NEW = "/directory/services/new"


@pytest.fixture
def person(people):
    return people[Role.DIRECTORY_EDITOR].actor


@pytest.fixture
def editor(browser_of):
    return browser_of(Role.DIRECTORY_EDITOR)


@pytest.fixture
def house(database, person, rulebook):
    return kept_house(database, person, rulebook)


@pytest.fixture
def now(database, person, rulebook, house):
    """A function: the service as it stands."""
    return lambda: house_now(database, person, rulebook, house)


def sent(page, **changed):
    """What a browser would send for the form, with several values where it shows several."""
    form = page.select_one("form.edit-form")
    values = {}
    for field in form.select("input[name], textarea[name], select[name]"):
        if field.get("type") in ("checkbox", "radio") and not field.has_attr("checked"):
            continue
        if field.name == "select":
            option = field.select_one("option[selected]") or field.select_one("option")
            value = option.get("value", "")
        else:
            value = field.get_text() if field.name == "textarea" else field.get("value", "")
        values.setdefault(field["name"], []).append(value)
    return {**values, **changed}


def save(browser, house, page, status=303, **changed):
    return browser.open(
        f"/directory/services/{house}/edit", status, method="POST", data=sent(page, **changed)
    )


def faults(response):
    return [link["href"] for link in BeautifulSoup(response.text, "html.parser").select(".error-summary a")]


@pytest.mark.parametrize("role", ACCOUNT_ROLES)
def test_only_editors_open_the_form(browser_of, house, role):
    allowed = role is Role.DIRECTORY_EDITOR
    for address in (NEW, f"/directory/services/{house}/edit", "/directory/upkeep", "/directory/duplicates"):
        browser_of(role).open(address, 200 if allowed else 403)


@pytest.mark.parametrize("service_id", ["x", "00000000-0000-4000-8000-000000000000"])
def test_a_service_that_is_not_there_is_nowhere(editor, service_id):
    for page in ("edit", "check", "error", "history"):
        editor.open(f"/directory/services/{service_id}/{page}", 404)


def test_a_service_is_added_with_everything(editor, database, person):
    page = editor.get(NEW)
    fields = {
        "name": "Night Harbor",
        "organization": "Harbor Trust",
        "kinds": ["emergency_shelter", "hotline"],
        "areas": ["mo_clay"],
        "phone-number-0": "816-555-0123",
        "phone-kind-0": "text",
        "minimum_age": "13",
        "opening-days-0": ["MO", "SU"],
        "opening-opens_at-0": "08:00",
        "opening-closes_at-0": "20:00",
        "trait-survivor_led": "yes",
    }
    refused = editor.open(NEW, 422, method="POST", data=sent(page, **fields))
    assert faults(refused) == ["#organization"]
    again = BeautifulSoup(refused.text, "html.parser")
    assert again.select_one("#name")["value"] == "Night Harbor"
    assert len(again.select('input[name="kinds"][checked]')) == 2
    editor.open(NEW, 303, method="POST", data=sent(again, new_organization="yes"))
    editor.open(NEW, 303, method="POST", data=sent(again, new_organization="yes"))
    with database.reading(person) as tx:
        found = list_entries(tx, "service", Query(search="night harbor", full=True))
    (service,) = found.contents
    assert service["phones"][0]["type"] == "text"
    assert service["organization"]["name"] == "Harbor Trust"


def test_saving_untouched_changes_nothing(editor, house, now):
    before = now()
    save(editor, house, editor.get(f"/directory/services/{house}/edit"))
    assert now() == before


def test_a_change_is_kept_and_leads_to_the_entry(editor, house, now):
    page = editor.get(f"/directory/services/{house}/edit")
    answer = save(editor, house, page, alert="New door", **{"phone-label-0": "night"})
    assert answer.headers["Location"] == f"/directory/services/{house}"
    assert (now().entry.alert, now().entry.phones[0].label) == ("New door", "night")


@pytest.mark.parametrize(
    ("lines", "name"), [("phones", "phone-number"), ("openings", "opening-words"), ("places", "place-city")]
)
def test_more_lines_come_without_a_script_and_lose_nothing(editor, house, now, lines, name):
    page = editor.get(f"/directory/services/{house}/edit")
    before = len(page.select(f'input[name^="{name}"]'))
    answer = save(editor, house, page, 200, more=lines, alert="Typed meanwhile")
    again = BeautifulSoup(answer.text, "html.parser")
    assert len(again.select(f'input[name^="{name}"]')) == before + 3
    assert again.select_one("#alert").get_text() == "Typed meanwhile"
    assert now().entry.alert == ""


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": ""}, "#name"),
        ({"minimum_age": "twelve"}, "#minimum_age"),
        ({"minimum_age": "nan"}, "#minimum_age"),
        ({"phone-number-1": "no number"}, "#phones-1"),
        ({"opening-opens_at-0": "9"}, "#openings-0"),
        ({"place-city-1": "Alone"}, "#places-1"),
        ({"url": "example"}, "#url"),
    ],
)
def test_what_is_wrong_is_named_and_stays_in_its_field(editor, house, now, changed, field):
    before = now()
    page = editor.get(f"/directory/services/{house}/edit")
    answer = save(editor, house, page, 422, alert="Kept in the form", **changed)
    assert faults(answer) == [field]
    again = BeautifulSoup(answer.text, "html.parser")
    assert again.select_one(field)
    assert again.select_one("#alert").get_text() == "Kept in the form"
    for name, value in changed.items():
        assert again.select_one(f'[name="{name}"]').get("value") == value
    assert now() == before


def test_two_people_at_once_lose_nothing(editor, house, now):
    mine = editor.get(f"/directory/services/{house}/edit")
    save(
        editor,
        house,
        editor.get(f"/directory/services/{house}/edit"),
        alert="Theirs",
        description="Their words",
    )
    answer = save(editor, house, mine, 409, alert="Mine")
    assert now().entry.alert == "Theirs"
    both = BeautifulSoup(answer.text, "html.parser")
    assert "Theirs" in both.text
    assert both.select_one("#alert").get_text() == "Mine"
    save(editor, house, both, theirs="description")
    assert (now().entry.alert, now().entry.description) == ("Mine", "Their words")


def test_opening_up_is_asked_for_and_then_done(editor, house, now):
    page = editor.get(f"/directory/services/{house}/edit")
    save(editor, house, page, level="confidential", **{"place-level-0": "confidential"})
    page = editor.get(f"/directory/services/{house}/edit")
    answer = save(editor, house, page, 422, level="public")
    assert faults(answer) == ["#confirmed"]
    assert now().entry.level == "confidential"
    save(editor, house, BeautifulSoup(answer.text, "html.parser"), confirmed="yes")
    assert now().entry.level == "public"


def test_hiding_from_everybody_is_asked_for(editor, house, now):
    answer = save(editor, house, editor.get(f"/directory/services/{house}/edit"), 422, level="undisclosed")
    assert "you included" in answer.text
    done = save(editor, house, BeautifulSoup(answer.text, "html.parser"), confirmed="yes")
    assert done.headers["Location"] == "/directory/upkeep"
    editor.open(f"/directory/services/{house}/edit", 404)


def test_an_undisclosed_address_stands_on_no_page(editor, browser_of, database, person, rulebook):
    hidden = PlaceEntry("undisclosed", "77 Canary Street", "", "Canaryville", "MO", "64999")
    house = kept_house(database, person, rulebook, replace(HOUSE, places=(hidden,)))
    for page in ("edit", "check", "history", "error"):
        text = editor.get(f"/directory/services/{house}/{page}").text.casefold()
        assert "canary" not in text
        assert "64999" not in text
    page = editor.get(f"/directory/services/{house}/edit")
    refused = save(editor, house, page, 422, name="")
    assert "canary" not in refused.text.casefold()
    save(editor, house, page, alert="Other")
    conflict = save(editor, house, page, 409, alert="Another")
    assert "canary" not in conflict.text.casefold()
    for address in ("/directory/upkeep", "/directory/duplicates"):
        assert "canary" not in editor.get(address).text.casefold()
