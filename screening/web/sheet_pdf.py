"""Sheets as tagged PDF files, set by Typst in the memory of this process: no network, no fonts of the machine.

The words go in as data and are never read as markup. Under PDF/UA-1 the typesetter refuses a file without a title, without
a language, or with a letter that its fonts do not have.
"""

import json
import threading
from collections.abc import Mapping
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path

from typst import Compiler

from screening.core.sheet_content import SheetContent
from screening.core.youth_page import NumberShown, YouthPage
from screening.web.services import services
from screening.web.sheet_words import SheetWords, sheet_words

_setting = threading.Lock()
"""One typesetter a template, which holds one set of data at a time."""


def sheet_pdf(content: SheetContent) -> bytes:
    """A sheet as a tagged PDF file, in the language of the page."""
    return set_sheet(services().config.templates_path, words_here(content))


def words_here(content: SheetContent) -> SheetWords:
    """A sheet in the words of this installation, now."""
    here = services()
    return sheet_words(content, here.clock(), demonstration=here.config.demonstration)


def set_sheet(templates: Path, words: SheetWords) -> bytes:
    """A sheet that is in words already. In: the folder of templates."""
    return _set(templates / "sheets" / "sheet.typ", asdict(words))


def youth_pdf(page: YouthPage) -> bytes:
    """The youth's own page as a tagged PDF file, English and Spanish side by side."""
    return set_youth_page(services().config.templates_path, page)


def set_youth_page(templates: Path, page: YouthPage) -> bytes:
    """The same. In: the folder of templates."""
    sheet = page.sheet
    pairs = [
        {"heading": _both(text.heading, text.heading_es), "lines": _both(text.lines, text.lines_es)}
        for text in page.texts
    ]
    numbers = sheet.numbers
    data = {
        "title": _both(sheet.title, sheet.title_es),
        "lead": _both(sheet.lead, sheet.lead_es),
        "pairs": pairs,
        "numbers_heading": _both(numbers.heading, numbers.heading_es) if numbers else None,
        "numbers": [_number(each) for each in page.numbers],
        "card": sheet.card
        and {
            "title": _both(sheet.card.title, sheet.card.title_es),
            "lines": _both(
                [*(each.number.how for each in page.card_numbers), *sheet.card.lines],
                [*(each.number.how_es for each in page.card_numbers), *sheet.card.lines_es],
            ),
        },
    }
    return _set(templates / "sheets" / "youth.typ", data)


def _both(english: object, spanish: object) -> dict[str, object]:
    return {"en": english, "es": spanish}


def _number(shown: NumberShown) -> dict[str, object]:
    number = shown.number
    return {"text": _both(number.text, number.text_es), "how": _both(number.how, number.how_es)}


def _set(template: Path, data: Mapping[str, object]) -> bytes:
    words = {"words": json.dumps(data, ensure_ascii=False)}
    with _setting:
        made = _compiler(template).compile(sys_inputs=words, format="pdf", pdf_standards="ua-1")
    if not isinstance(made, bytes):
        raise TypeError("the typesetter gave no single file")
    return made


@lru_cache(maxsize=4)
def _compiler(template: Path) -> Compiler:
    return Compiler(template, root=template.parent, ignore_system_fonts=True)
