"""The language of one long page, looked up once a request and not once a sentence.

Flask-Babel finds out locale, zone and catalogue anew for every sentence and every date, some twenty microseconds each
time. A page of a thousand sentences cannot afford that. The sentences and catalogues are the same.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from functools import lru_cache
from gettext import NullTranslations

from babel import Locale
from babel.dates import format_date, format_datetime
from flask import g
from flask_babel import get_locale, get_timezone, get_translations
from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class Language:
    """What a request speaks."""

    catalogue: NullTranslations
    locale: Locale
    timezone: tzinfo


def _language() -> Language:
    found: Language | None = g.get("spoken_language")
    if found is None:
        found = g.spoken_language = Language(get_translations(), get_locale() or Locale("en"), get_timezone())
    return found


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


def template_words() -> dict[str, Callable[..., str]]:
    """For a template, in place of the usual functions: the same, bound to the language of this request."""
    spoken = _language()
    one, several = spoken.catalogue.gettext, spoken.catalogue.ngettext

    def speak(text: str, **variables: object) -> Markup:
        # A sentence of ours is no foreign text; what is filled into it is escaped.
        found = Markup(one(text))  # noqa: S704
        return found % variables if variables else found

    def count(single: str, many: str, num: int, **variables: object) -> Markup:
        return Markup(several(single, many, num)) % {"num": num, **variables}  # noqa: S704

    def day(on: date, pattern: str = "MMM d, y") -> str:
        return _day(on, pattern, spoken.locale)

    return {
        "_": speak,
        "gettext": speak,
        "ngettext": count,
        "translate": one,
        "day_in_words": day,
        "time_in_words": time_in_words,
    }
