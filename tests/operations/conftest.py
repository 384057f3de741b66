import pytest

from screening.config import shipped_folder
from screening.core.loading import load_rulebook
from screening.core.rulebook import Rulebook


@pytest.fixture(scope="session")
def rulebook() -> Rulebook:
    """The rulebook that ships."""
    return load_rulebook(shipped_folder("rules"))
