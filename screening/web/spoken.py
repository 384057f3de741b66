"""What pages say, in the language of the page: looked up once a request and not once a sentence.

Flask-Babel finds out locale, zone and catalogue anew for every sentence and every date, some twenty microseconds each
time. A page of a thousand sentences cannot afford that. The sentences and catalogues are the same.
"""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from functools import lru_cache
from gettext import NullTranslations

from babel import Locale
from babel.dates import format_date, format_datetime
from flask import Flask
from flask_babel import get_locale, get_timezone, get_translations
from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class Language:
    """What a request speaks."""

    catalogue: NullTranslations
    locale: Locale
    timezone: tzinfo


_of_request: ContextVar[Language | None] = ContextVar("language_of_request", default=None)


def _looked_up() -> Language:
    return Language(get_translations(), get_locale() or Locale("en"), get_timezone())


def init_spoken(app: Flask) -> None:
    """Look the language up as each request begins; kept in ``g`` it would cost more than the sentences themselves."""

    @app.before_request
    def look_up() -> None:
        _of_request.set(_looked_up())

    @app.teardown_request
    def forget(_fault: BaseException | None) -> None:
        _of_request.set(None)


def _language() -> Language:
    return _of_request.get() or _looked_up()


N_ = str
"""Marks a text for the translators where it is written down; ``gettext`` speaks it later."""


def gettext(text: str, **variables: object) -> str:
    """The text in the language of the page, its variables filled in."""
    found = _language().catalogue.gettext(text)
    return found % variables if variables else found


def ngettext(one: str, many: str, num: int, **variables: object) -> str:
    """The text for one or for many; ``%(num)d`` is the number."""
    return _language().catalogue.ngettext(one, many, num) % {"num": num, **variables}


def translate(text: str) -> str:
    """A text of the rulebook in the language of the page."""
    return _language().catalogue.gettext(text) if text else text


def day_in_words(day: date, pattern: str = "MMM d, y") -> str:
    """A day, as in "Nov 24, 2026"."""
    return _day(day, pattern, _language().locale)


def time_in_words(at: datetime, pattern: str) -> str:
    """A moment (UTC) in the agency's time zone."""
    spoken = _language()
    return _time(at, pattern, spoken.locale, spoken.timezone)


@lru_cache(maxsize=4096)
def _day(day: date, pattern: str, locale: Locale) -> str:
    return format_date(day, pattern, locale=locale)


@lru_cache(maxsize=4096)
def _time(at: datetime, pattern: str, locale: Locale, timezone: tzinfo) -> str:
    return format_datetime(at, pattern, tzinfo=timezone, locale=locale)


def _speak(text: str, **variables: object) -> Markup:
    # A sentence of ours is no foreign text; what is filled into it is escaped.
    found = Markup(_language().catalogue.gettext(text))  # noqa: S704
    return found % variables if variables else found


def _count(one: str, many: str, num: int, **variables: object) -> Markup:
    return Markup(_language().catalogue.ngettext(one, many, num)) % {"num": num, **variables}  # noqa: S704


def page_words() -> dict[str, Callable[..., str]]:
    """What templates speak with."""
    return {
        "_": _speak,
        "gettext": _speak,
        "ngettext": _count,
        "translate": translate,
        "day_in_words": day_in_words,
        "time_in_words": time_in_words,
    }
