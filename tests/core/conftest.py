import pytest
from tiny_rulebook import tiny

from screening.core.rulebook import Rulebook


@pytest.fixture(scope="session")
def tiny_rulebook() -> Rulebook:
    """The tiny rulebook as it stands, loaded once."""
    return tiny()
