"""docs/rule-errors.md explains every code that the checker can print, and no other; a test sets off each of them."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
CATALOGUE = (ROOT / "docs" / "rule-errors.md").read_text(encoding="utf-8")


def codes_in_the_core() -> set[str]:
    return {
        code
        for path in (ROOT / "screening" / "core").rglob("*.py")
        for code in re.findall(r'"(E\d{3})"', path.read_text(encoding="utf-8"))
    }


def chapters() -> dict[str, str]:
    parts = re.split(r"^## (E\d{3}) .+$", CATALOGUE, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_every_code_is_explained_and_every_explained_code_exists() -> None:
    assert codes_in_the_core() == set(chapters())


def test_codes_stand_once_and_in_order() -> None:
    headings = re.findall(r"^## (E\d{3}) ", CATALOGUE, re.MULTILINE)
    assert headings == sorted(set(headings))


def test_each_code_has_a_meaning_an_example_and_a_way_to_mend_it() -> None:
    wanted = ["Means", "Example", "Mend"]
    assert {
        code for code, text in chapters().items() if re.findall(r"\*\*(\w+):\*\*", text) != wanted
    } == set()


def test_each_code_is_set_off_by_a_test() -> None:
    here = Path(__file__)
    tested = {
        code
        for path in here.parent.rglob("test_*.py")
        if path != here
        for code in re.findall(r"\bE\d{3}\b", path.read_text(encoding="utf-8"))
    }
    assert codes_in_the_core() - tested == set()
