"""The directory from the command line: seed, import, export."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from directory_examples import full_service

from screening.cli import main
from screening.config import Config
from screening.operations.accounts import create_user, found_agency
from screening.operations.actors import Role, system_actor
from screening.operations.database import Database
from tests.conftest import FAST_HASHING, SteppingClock

PASSWORD = "correct horse battery"


@pytest.fixture
def instance(tmp_path):
    """An installation with an agency, its editor and somebody else."""
    folder = tmp_path / "instance"
    config = Config.read(folder)
    database = Database.open(config.database_url, config.keys_path, SteppingClock(), passwords=FAST_HASHING)
    agency = found_agency(database, name="Here", username="admin", administrator="Admin", password=PASSWORD)
    for username, role in (("ed", Role.DIRECTORY_EDITOR), ("inge", Role.INTAKE_STAFF)):
        with database.writing(system_actor(agency)) as tx:
            create_user(tx, username=username, name=username, role=role, password=PASSWORD)
    database.close()
    return folder


def run(instance, *arguments, by="ed", code=0):
    command = ["directory", *arguments, "--instance", str(instance), "--agency", "Here", "--by", by]
    result = CliRunner().invoke(main, command)
    assert result.exit_code == code, result.output
    return result.output


def test_in_out_and_again(instance, tmp_path):
    file = tmp_path / "list.json"
    file.write_text(json.dumps([full_service(), {"id": "17", "name": "No", "status": "active"}]))
    planned = run(instance, "import", str(file), "--dry-run")
    assert "added      service " in planned
    assert "Nothing was changed: this was a dry run." in planned
    done = run(instance, "import", str(file))
    assert "list.json, 2: id is not a UUID; the row is left out." in done
    assert "1 faults. Done." in done
    for form in ("json", "ndjson", "tabular"):
        out = tmp_path / f"out.{form}"
        assert "1 services are in" in run(instance, "export", str(out), "--format", form)
        assert out.stat().st_mode & 0o777 == 0o600
        again = run(instance, "import", str(out), "--source", "list")
        assert " 0 faults" in again
    assert "cannot be written" in run(instance, "export", str(out), code=1)


def test_only_editors_bring_in(instance, tmp_path):
    file = tmp_path / "list.json"
    file.write_text(json.dumps([full_service()]))
    assert "not set up for this" in run(instance, "import", str(file), by="inge", code=1)
    assert "no open account" in run(instance, "import", str(file), by="nobody", code=1)
    Path(file).write_text("nothing")
    assert "neither JSON" in run(instance, "import", str(file), code=1)


def test_the_starter_directory_comes_in_unverified(instance, tmp_path):
    assert "0 faults. Done." in run(instance, "seed")
    out = tmp_path / "out.json"
    run(instance, "export", str(out), by="inge")
    listed = [each for each in json.loads(out.read_text()) if "status" in each]
    assert len(listed) > 40
    for each in listed:
        said = {
            mark["value"] for mark in each["attributes"] if mark["taxonomy_term"]["code"] == "verification"
        }
        assert said == {"not verified"}
    assert "       0 added       0 changed" in run(instance, "seed")
