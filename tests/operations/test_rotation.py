import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from screening.operations.database import Database
from screening.operations.rotation import rotate_master_key
from screening.operations.screenings import find_screening, list_screenings, save_statements
from screening.store.faults import KeysFault
from screening.store.keys import create_keys
from screening.store.models import Screening
from tests.conftest import SteppingClock
from tests.store.two_agencies import TwoAgencies, opened_by, said


def test_after_a_rotation_everything_opens_and_is_wrapped_by_the_new_key(
    open_database: Callable[..., Database],
    database_url: str,
    keys_path: Path,
    agencies: TwoAgencies,
    clock: SteppingClock,
) -> None:
    database = open_database()
    opened = [opened_by(database, actor) for actor in (agencies.intake, agencies.intake, agencies.elsewhere)]
    with database.writing(agencies.intake) as tx:
        save_statements(tx, opened[0], [said("injured_now", "yes")])

    assert rotate_master_key(database_url, keys_path, clock) == 3

    database = open_database()
    with database._connections.inspecting() as connection:
        assert connection.execute(select(Screening.key_version)).scalars().all() == [2, 2, 2]
    with database.writing(agencies.intake) as tx:
        save_statements(tx, opened[0], [said("injured_now", "no")])
        assert [each.value for each in find_screening(tx, opened[0]).statements] == ["yes", "no"]
        assert list_screenings(tx, page=1, youth_ref="JC-2026-0417").total == 2
    assert database.verify().is_sound


def test_a_rotation_may_be_repeated_and_old_keys_stay_for_old_backups(
    database: Database, database_url: str, keys_path: Path, clock: SteppingClock
) -> None:
    for _ in range(2):
        rotate_master_key(database_url, keys_path, clock)

    content = json.loads(keys_path.read_text())
    assert (sorted(content["masters"]), content["current"]) == (["1", "2", "3"], 3)


def test_the_keys_of_another_database_are_not_touched(
    database: Database, database_url: str, tmp_path: Path, clock: SteppingClock
) -> None:
    other = tmp_path / "other" / "keys.json"
    create_keys(other)
    before = other.read_bytes()

    with pytest.raises(KeysFault, match="does not belong"):
        rotate_master_key(database_url, other, clock)

    assert other.read_bytes() == before
