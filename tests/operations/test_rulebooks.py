import pytest

from screening.config import shipped_folder
from screening.core.loading import load_files, read_rule_files
from screening.core.rulebook import Rulebook
from screening.operations.database import Database
from screening.operations.rulebooks import RulebookNotKept, keep_rulebook, kept_rulebook


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return dict(read_rule_files(shipped_folder("rules")))


def test_a_rulebook_once_used_can_be_loaded_again_as_it_was(
    database: Database, rulebook: Rulebook, files: dict[str, bytes]
) -> None:
    assert keep_rulebook(database, rulebook, files)

    with database.reading(None) as tx:
        kept = kept_rulebook(tx, rulebook.digest)

    assert (kept.files, kept.version) == (files, rulebook.version)
    assert load_files(kept.files).digest == rulebook.digest


def test_keeping_again_changes_nothing(
    database: Database, rulebook: Rulebook, files: dict[str, bytes]
) -> None:
    keep_rulebook(database, rulebook, files)
    head = database.verify().head

    assert not keep_rulebook(database, rulebook, files)
    assert database.verify().head == head


def test_an_older_rulebook_stays_beside_the_newer(
    database: Database, rulebook: Rulebook, files: dict[str, bytes]
) -> None:
    newer_files = files | {"rulebook.yaml": files["rulebook.yaml"] + b"\n# a remark\n"}
    newer = load_files(newer_files)
    keep_rulebook(database, rulebook, files)
    keep_rulebook(database, newer, newer_files)

    with database.reading(None) as tx:
        assert kept_rulebook(tx, rulebook.digest).files == files
        assert kept_rulebook(tx, newer.digest).files == newer_files


def test_other_files_than_the_rulebooks_are_not_kept_as_it(
    database: Database, rulebook: Rulebook, files: dict[str, bytes]
) -> None:
    with pytest.raises(RulebookNotKept):
        keep_rulebook(database, rulebook, files | {"extra.yaml": b""})


def test_a_rulebook_never_kept_is_not_found(database: Database) -> None:
    with pytest.raises(RulebookNotKept), database.reading(None) as tx:
        kept_rulebook(tx, "0" * 64)
