import json
import stat
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from screening.operations.database import Database
from screening.store.faults import KeysFault
from screening.store.keys import Keys, add_master_key, create_keys, read_keys


def test_first_start_makes_the_folder_and_the_file_for_this_user_only(tmp_path: Path) -> None:
    path = tmp_path / "instance" / "keys.json"

    create_keys(path)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [each.name for each in path.parent.iterdir()] == ["keys.json"]


def test_no_two_installations_have_the_same_keys(tmp_path: Path) -> None:
    one, other = (create_keys(tmp_path / name / "keys.json") for name in ("one", "other"))

    assert one.root != other.root
    assert one.masters[1] != other.masters[1]
    assert one.root != one.masters[1]


def test_processes_that_start_together_end_with_the_same_keys(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    drawn: list[Keys] = []
    threads = [threading.Thread(target=lambda: drawn.append(create_keys(path))) for _ in range(8)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(drawn) == 8
    assert len({keys.root for keys in drawn}) == 1
    assert [each.name for each in tmp_path.iterdir()] == ["keys.json"]


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o620, 0o602])
def test_a_file_others_can_read_or_write_is_refused_with_the_command_that_mends_it(
    tmp_path: Path, mode: int
) -> None:
    path = tmp_path / "keys.json"
    create_keys(path)
    path.chmod(mode)

    with pytest.raises(KeysFault, match=f"chmod 600 '{path}'"):
        read_keys(path)


def test_a_folder_others_can_write_in_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    create_keys(path)
    tmp_path.chmod(0o777)

    with pytest.raises(KeysFault, match="chmod go-w"):
        read_keys(path)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        "not json",
        '{"format": 1}',
        '{"format": 1, "current": 2, "masters": {"1": "AAAA"}, "root": "AAAA"}',
    ],
)
def test_a_file_that_holds_no_keys_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "keys.json"
    path.write_text(content)
    path.chmod(0o600)

    with pytest.raises(KeysFault, match="is not a keys file"):
        read_keys(path)


def test_a_short_key_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    create_keys(path)
    content = json.loads(path.read_text())
    content["masters"]["1"] = content["masters"]["1"][:20]
    path.write_text(json.dumps(content))

    with pytest.raises(KeysFault):
        read_keys(path)


def test_messages_and_representations_hold_no_key(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    keys = create_keys(path)
    secrets = [*json.loads(path.read_text())["masters"].values(), json.loads(path.read_text())["root"]]
    path.write_text(path.read_text().replace('"format": 1', '"format": 9'))

    with pytest.raises(KeysFault) as caught:
        read_keys(path)

    shown = f"{caught.value} {keys!r} {keys}"
    assert not [secret for secret in secrets if secret in shown]
    assert keys.root.hex() not in shown
    assert repr(keys.root) not in shown


def test_an_added_master_key_becomes_current_and_the_old_one_stays(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    before = create_keys(path)

    add_master_key(path)

    after = read_keys(path)
    assert after.current == 2
    assert after.masters[1] == before.masters[1]
    assert after.root == before.root
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_database_does_not_open_with_the_keys_of_another(
    open_database: Callable[..., Database], keys_path: Path, tmp_path: Path
) -> None:
    open_database()
    create_keys(tmp_path / "other" / "keys.json")
    (tmp_path / "other" / "keys.json").replace(keys_path)

    with pytest.raises(KeysFault, match=r"does not belong to this database.*Nothing was changed"):
        open_database()


def test_a_database_whose_keys_are_gone_gets_no_new_ones(
    open_database: Callable[..., Database], keys_path: Path
) -> None:
    """New keys would make everything unreadable for good, while looking like a fresh start."""
    open_database()
    keys_path.unlink()

    with pytest.raises(KeysFault, match=r"missing\. Put it back from its backup"):
        open_database()
    assert not keys_path.exists()


def test_a_database_opens_again_after_a_master_key_was_added(
    open_database: Callable[..., Database], keys_path: Path
) -> None:
    open_database()
    add_master_key(keys_path)
    open_database()

    content = json.loads(keys_path.read_text())
    del content["masters"]["2"]
    keys_path.write_text(json.dumps(content | {"current": 1}))

    with pytest.raises(KeysFault):
        open_database()


def test_the_database_and_its_keys_are_for_this_user_only(
    sqlite_path: Path, keys_path: Path, clock: Callable[[], datetime]
) -> None:
    Database.open(f"sqlite:///{sqlite_path}", keys_path, clock).close()
    database = Database.open(f"sqlite:///{sqlite_path}", keys_path, clock)

    files = list(sqlite_path.parent.iterdir())

    assert len(files) >= 4
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE(sqlite_path.parent.stat().st_mode) == 0o700
    database.close()
