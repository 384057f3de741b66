"""Translators get every text: those of pages, of code, and of the rulebook."""

import subprocess
import sys
from pathlib import Path

from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[1]


def test_the_texts_of_pages_code_and_rules_are_collected(tmp_path):
    target = tmp_path / "messages.pot"
    command = [sys.executable, "-m", "babel.messages.frontend", "extract", "--mapping", "pyproject.toml"]
    command += ["--keywords", "N_", "--keywords", "lazy_gettext", "--output", str(target), "."]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    with target.open("rb") as file:
        catalogue = read_po(file)
    for text in (
        "Save and continue",  # a page
        "Choose where the screening is done",  # code
        "Report first, before any further questions",  # the rulebook
        "Does the youth need medical care now?",
    ):
        assert text in catalogue
    assert "medical_care_now" not in catalogue
