"""The language of a page. One set of gettext catalogues serves the interface and the texts of the rulebook."""

from flask import Flask, request
from flask_babel import Babel, get_locale

from screening.config import Config, shipped_folder
from screening.web.spoken import init_spoken, page_words

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
    init_spoken(app)
    app.jinja_env.globals |= page_words()


def page_language() -> str:
    """The language tag for ``<html lang>``."""
    return str(get_locale() or DEFAULT_LANGUAGE).replace("_", "-")
