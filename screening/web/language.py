"""The language of a page. One set of gettext catalogues serves the interface and the texts of the rulebook."""

from babel.support import NullTranslations
from flask import Flask, g, request
from flask_babel import Babel, get_locale, get_translations

from screening.config import Config, shipped_folder

DEFAULT_LANGUAGE = "en"
_babel = Babel()


def init_language(app: Flask, config: Config) -> None:
    """Install Flask-Babel. A language is offered when ``translations/<language>`` holds its compiled catalogue."""
    folder = shipped_folder("translations")
    found = sorted(path.parent.parent.name for path in folder.glob("*/LC_MESSAGES/messages.mo"))
    languages = [DEFAULT_LANGUAGE, *(language for language in found if language != DEFAULT_LANGUAGE)]

    def choose() -> str:
        if len(languages) == 1:
            return DEFAULT_LANGUAGE
        return request.accept_languages.best_match(languages, DEFAULT_LANGUAGE) or DEFAULT_LANGUAGE

    _babel.init_app(
        app,
        default_locale=DEFAULT_LANGUAGE,
        default_timezone=config.timezone,
        default_translation_directories=str(folder),
        locale_selector=choose,
    )
    # Flask-Babel looks up the catalogue for every single text, which costs a fifth of a page; here once a request.
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=lambda text: _catalogue().ugettext(text),
        ngettext=lambda one, many, number: _catalogue().ungettext(one, many, number),
        newstyle=True,
    )
    app.jinja_env.globals["translate"] = translate


def _catalogue() -> NullTranslations:
    """The translations of this request's language."""
    if "catalogue" not in g:
        g.catalogue = get_translations()
    return g.catalogue


def page_language() -> str:
    """The language tag for ``<html lang>``."""
    return str(get_locale() or DEFAULT_LANGUAGE).replace("_", "-")


def translate(text: str) -> str:
    """A text of the rulebook in the language of the page; the English text where there is no translation."""
    return _catalogue().ugettext(text) if text else text
