"""Other languages come from gettext catalogues, the same for the interface and for the rulebook."""

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from screening.web import language, spoken


@pytest.fixture
def spanish(tmp_path, monkeypatch, rulebook):
    """A catalogue with two texts of the interface and one of the rulebook."""
    catalogue = Catalog(locale="es")
    catalogue.add("About this tool", "Acerca de esta herramienta")
    catalogue.add("Sign in", "Iniciar sesión")
    catalogue.add(rulebook.about.limits[0], "Un límite")
    folder = tmp_path / "translations" / "es" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "messages.mo").open("wb") as file:
        write_mo(file, catalogue)
    monkeypatch.setattr(language, "shipped_folder", lambda _: tmp_path / "translations")


@pytest.mark.usefixtures("spanish")
def test_a_catalogue_is_used_where_the_browser_asks_for_it(app_with, browser_in, rulebook):
    browser = browser_in(app_with(fresh=True), None)
    page = browser.open("/about", headers={"Accept-Language": "es-MX,es;q=0.9,en;q=0.1"}).text
    assert '<html lang="es">' in page
    assert "Acerca de esta herramienta" in page
    assert "Un límite" in page
    assert rulebook.about.limits[1] in page
    assert '<html lang="en">' in browser.open("/about", headers={"Accept-Language": "fr"}).text


def test_english_needs_no_catalogue(stranger):
    assert '<html lang="en">' in stranger.open("/about", headers={"Accept-Language": "es"}).text


def test_an_empty_text_stays_empty(app):
    with app.test_request_context():
        assert spoken.translate("") == ""
