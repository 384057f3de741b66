"""Speaking and reading in tests what the result page says."""

from pathlib import Path

from bs4 import BeautifulSoup
from flask import Flask

from screening.config import Config
from screening.web.language import init_language


def speaking_app(folder: Path) -> Flask:
    """An application that can speak and nothing else: no database, no pages."""
    app = Flask("speaking")
    init_language(app, Config.read(folder, {}))
    return app


def texts(page: BeautifulSoup, selector: str) -> list[str]:
    """The text of each element found, on one line each."""
    return [" ".join(each.get_text(" ").split()) for each in page.select(selector)]


def text_of(page: BeautifulSoup, selector: str = "main") -> str:
    """The text of everything found, on one line."""
    return " ".join(texts(page, selector))
