"""Services and published tools in the explorer: whole, and nothing in it locates a place that must not be found."""

from urllib.parse import urlsplit

import pytest

from screening.core.condition_words import English, band_points, say
from screening.core.rulebook import Rulebook
from screening.operations.actors import Role
from screening.web.rulebook_entries import entries, is_named, service_texts, uses
from screening.web.rulebook_search import folded
from screening.web.rulebook_services import directory
from screening.web.rulebook_views import RulebookView


@pytest.fixture
def page_of(browser_of):
    """A function: the rest of an address → a page of the explorer."""
    browser = browser_of(Role.INTAKE_STAFF)
    return lambda rest: browser.get(f"/rulebook/{rest}")


def text_of(tag):
    return " ".join(tag.get_text(" ", strip=True).split())


def changed(rulebook: Rulebook, **changes: object) -> Rulebook:
    """The rulebook with some of its parts replaced."""
    other = object.__new__(Rulebook)
    other.__dict__.update({**rulebook.__dict__, **changes})
    return other


def shown_in(app, rulebook, place):
    """The ids of the services that the directory shows for a place."""
    with app.test_request_context():
        return {each.service.id for group in directory(rulebook, place).groups for each in group.services}


# ---- services


def test_a_service_is_told_whole_with_its_standing_and_its_date(page_of, rulebook):
    page = page_of("services")
    labels = {county.id: county.label for county in rulebook.about.counties}
    for service in rulebook.services.values():
        text = text_of(page.find(id=service.id))
        assert service.name in text
        assert f"{service.as_of:%Y}" in text
        if service.listing == "never":
            continue
        assert " ".join(service.description.split()) in text
        assert all(phone.number in text for phone in service.phones)
        assert ("not verified: call before relying on it" in text) == (service.listing == "verify_first")
        if not service.confidential:
            assert all(labels[area] in text for area in service.areas if area in labels)


def test_where_a_confidential_service_works_is_not_shown_and_cannot_be_found_by_filtering(
    app, page_of, rulebook
):
    page = page_of("services")
    counties = {county.id: county for county in rulebook.about.counties}
    secret = [each for each in rulebook.services.values() if each.confidential and each.listing != "never"]
    assert secret
    for service in secret:
        shown = page.find(id=service.id)
        area = shown.find("dt", string="Area").find_next("dd").get_text()
        assert area == "not shown, because the location is not disclosed; call first"
        states = {counties[area].jurisdiction for area in service.areas if area in counties}
        for county in counties.values():
            if county.jurisdiction in states:
                assert service.id in shown_in(app, rulebook, county.id)


def test_what_is_kept_out_of_every_list_is_named_and_nothing_more(app, page_of, rulebook):
    page = page_of("services")
    never = [each for each in rulebook.services.values() if each.listing == "never"]
    assert never
    for service in never:
        text = text_of(page.find(id=service.id))
        assert "kept out of every list" in text
        assert " ".join(service.description.split()) not in text
        assert not any(phone.number in text for phone in service.phones)
        assert service.description not in service_texts(service)
        assert not [
            each for each in rulebook.about.counties if service.id in shown_in(app, rulebook, each.id)
        ]


def test_what_is_confidential_and_kept_out_of_every_list_is_counted_and_not_named(app, rulebook):
    service = next(each for each in rulebook.services.values() if each.confidential)
    hidden = service.model_copy(update={"listing": "never"})
    book = changed(rulebook, services={**rulebook.services, service.id: hidden})
    assert not is_named(hidden)
    with app.test_request_context():
        found = directory(book)
    assert found.unnamed == 1
    named = {each.service.id for group in found.groups for each in group.services}
    assert named == {*rulebook.services} - {service.id}
    assert service.id not in {entry.id for entry in entries(book)}
    assert not [entry for found in uses(book).values() for entry in found if entry.id == service.id]


def test_the_place_narrows_the_directory(page_of, rulebook):
    county = next(each for each in rulebook.about.counties if each.id == "ks_wyandotte")
    page = page_of(f"services?place={county.id}")
    assert page.select_one("#place option[selected]")["value"] == county.id
    shown = {each["id"] for each in page.select(".service")}
    for service in rulebook.services.values():
        if not service.confidential and service.listing != "never":
            around = {county.id, "us_ks", "us"}
            assert (service.id in shown) == bool(around & set(service.areas)), service.id
    assert len(page_of("services?place=nowhere").select(".service")) == len(rulebook.services)


def test_a_kind_of_service_names_the_needs_that_ask_for_it(page_of, rulebook):
    page = page_of("services")
    for need in rulebook.needs:
        for kind in need.kinds:
            section = page.find(id=f"kind-{kind}").find_parent("section")
            assert section.select_one(f'.uses a[href="actions#need-{need.id}"]')


# ---- published tools


def test_a_tool_tells_its_caveats_first_then_every_item_reading_and_figure(page_of, rulebook):
    page = page_of("tools")
    for tool in rulebook.instruments.values():
        shown = page.find(id=tool.id)
        text = text_of(shown)
        for told in (tool.aim, tool.made_for, tool.licence, *tool.caveats):
            assert " ".join(told.split()) in text
        assert shown.select_one("h3").get_text() == "Read this first"
        rows = shown.select("table.items tbody tr")
        assert len(rows) == len(tool.items)
        for row, item in zip(rows, tool.items, strict=True):
            assert row.th.get_text() == item.label
            assert " ".join((item.left_out or "").split()) in text_of(row)
            assert ("left out" in text_of(row)) == (item.when is None)
        for reading in tool.readings:
            for band in reading.bands:
                assert f"{say(band_points(band), English())} {band.label}" in text
        figures = shown.select("table.figures tbody tr:not(.figures-source)")
        assert len(figures) == len(tool.validation)
        for row, study in zip(figures, tool.validation, strict=True):
            values = [
                study.sensitivity, study.specificity,
                study.positive_predictive_value, study.negative_predictive_value,
            ]  # fmt: skip
            told = [" ".join(cell.get_text().split()) for cell in row.find_all("td")]
            assert told == ["not published" if value is None else f"{value:g}%" for value in values]
            assert len(row.select("svg.bar")) == sum(value is not None for value in values)


def test_whether_tools_enter_the_level_is_worked_out_from_the_rules(rulebook):
    tool = next(each for each in rulebook.instruments.values() if each.scored)
    assert RulebookView(rulebook).tools_in_levels == ()
    band = {"instrument": tool.id, "band": tool.bands[-1].id}
    levels = rulebook.concern.levels
    named = type(levels.clear).model_validate({**levels.clear.model_dump(exclude={"when"}), "when": band})
    concern = rulebook.concern.model_copy(update={"levels": levels.model_copy(update={"clear": named})})
    assert RulebookView(changed(rulebook, concern=concern)).tools_in_levels == (tool,)
    sign = next(each for each in rulebook.indicators.values() if each.strength == "direct")
    with_tool = type(sign).model_validate({**sign.model_dump(exclude={"when"}), "when": band})
    through_a_sign = changed(rulebook, indicators={**rulebook.indicators, sign.id: with_tool})
    assert RulebookView(through_a_sign).tools_in_levels == (tool,)


def test_what_an_agency_plugged_in_is_marked(rulebook, browser_of, monkeypatch):
    tool, source = next(iter(rulebook.instruments)), next(iter(rulebook.sources))
    names = frozenset({("instrument", tool), ("source", source)})
    monkeypatch.setattr(
        "screening.web.rulebook_pages.edition_with",
        lambda _digest: changed(rulebook, licensed=names),
    )
    for page, marked in (("tools", tool), ("sources", source)):
        shown = browser_of(Role.INTAKE_STAFF).get(f"/rulebook/{page}").select(".entry")
        assert [each["id"] for each in shown if "do not copy" in each.get_text()] == [marked]


# ---- what uses what


def test_a_sign_that_is_counted_names_the_levels_that_count_it(rulebook):
    for sign in rulebook.indicators.values():
        levels = {each.id for each in uses(rulebook).get(("sign", sign.id), ()) if each.kind == "level"}
        assert levels >= ({"clear", "possible"} if sign.strength in ("direct", "strong") else set())


def test_links_of_an_earlier_edition_stay_in_it(page_of, rulebook):
    page = page_of(f"{rulebook.digest}/questions")
    links = {link["href"] for link in page.select(".uses a")}
    assert links
    own = f"/rulebook/{rulebook.digest}"
    assert not [link for link in links if (path := urlsplit(link).path).startswith("/") and path != own]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Élodie", "elodie"), ("STRASSE", "strasse"), ("Straße", "strasse"), ("it’s", "it's")],
)
def test_what_is_compared_has_no_case_and_no_accents(text, expected):
    assert folded(text) == expected
