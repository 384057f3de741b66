import pytest

from screening.core.loading import RulebookFaults, digest_of, load_files
from tests.core.tiny_rulebook import files_with

SCORED = b"""
instrument:
  id: tool
  label: Tool
  scored: true
  ages: [10, 18]
  items: [{id: one, label: One, when: {a: yes}}]
  bands: [{id: low, label: Low, at_least: 0, below: 1}, {id: high, label: High, at_least: 1}]
  caveats: [c]
  licence: own
  sources: [house_one]
"""
LISTED = SCORED.replace(b"scored: true", b"scored: false").replace(
    b"bands: [{id: low, label: Low, at_least: 0, below: 1}, {id: high, label: High, at_least: 1}]",
    b"bands: []",
)


def test_a_kept_edition_with_an_earlier_form_of_instrument_loads_under_its_own_digest() -> None:
    files = {**files_with(), "instruments/tool.yaml": SCORED}
    rulebook = load_files(files, kept=True)
    tool = rulebook.instruments["tool"]
    assert [band.id for band in tool.bands] == ["low", "high"]
    assert tool.scored
    assert tool.made_for == "Ages 10 to 18."
    assert rulebook.digest == digest_of(files)


def test_an_earlier_list_stays_a_list() -> None:
    tool = load_files({**files_with(), "instruments/tool.yaml": LISTED}, kept=True).instruments["tool"]
    assert not tool.scored
    assert tool.bands == ()


def test_an_author_cannot_write_the_earlier_form() -> None:
    with pytest.raises(RulebookFaults):
        load_files({**files_with(), "instruments/tool.yaml": SCORED})
