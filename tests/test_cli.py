"""The command line: what it prints, how it ends, what it leaves behind."""

import shutil

import pytest
from click.testing import CliRunner

from screening import cli
from screening.config import shipped_folder

PASSWORD = "a long enough password"


@pytest.fixture
def run(monkeypatch, tmp_path):
    """A function: words of a command → (exit code, everything printed). Serving returns at once."""
    served = []
    monkeypatch.setattr(cli.waitress, "serve", lambda app, **options: served.append((app, options)))
    monkeypatch.setenv("SCREENING_INSTANCE", str(tmp_path / "instance"))

    def call(*words):
        result = CliRunner().invoke(cli.main, words)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code, result.output

    call.served = served
    return call


@pytest.fixture
def broken_rules(tmp_path):
    """The shipped rules with one misspelt question."""
    folder = tmp_path / "rules"
    shutil.copytree(shipped_folder("rules"), folder)
    path = next(path for path in folder.glob("indicators/*.yaml") if "owes_someone" in path.read_text())
    path.write_text(path.read_text().replace("owes_someone", "owes_somone"))
    return folder, path.name


def test_the_shipped_rulebook_is_sound_and_passes_its_cases(run):
    code, printed = run("rules", "check")
    assert (code, "holds together" in printed) == (0, True)
    code, printed = run("rules", "test")
    assert code == 0
    assert printed.strip().endswith("0 failed")


def test_a_mistake_in_the_rules_is_named_with_file_line_and_fix(run, broken_rules):
    folder, name = broken_rules
    code, printed = run("rules", "check", "--rules", str(folder))
    assert code == 1
    assert f"indicators/{name}:" in printed
    assert "there is no question 'owes_somone'" in printed
    assert "did you mean 'owes_someone'?" in printed


def test_a_case_that_comes_out_otherwise_fails(run, tmp_path):
    folder = tmp_path / "rules"
    shutil.copytree(shipped_folder("rules"), folder)
    path = folder / "cases" / "plain_no_to_all.yaml"
    path.write_text(path.read_text().replace("result: none", "result: clear"))
    code, printed = run("rules", "test", "--rules", str(folder))
    assert code == 1
    assert "FAILED  plain_no_to_all" in printed
    assert "result: expected clear, found none" in printed


def test_the_demonstration_prints_how_to_sign_in_and_serves_this_computer_only(run):
    code, printed = run("demo", "--port", "8123")
    assert code == 0
    assert "demo-intake" in printed
    assert "http://127.0.0.1:8123/" in printed
    ((app, options),) = run.served
    assert options["host"] == "127.0.0.1"
    assert app.extensions["screening"].config.demonstration


def test_an_installation_from_nothing_to_a_sound_database(run, tmp_path):
    code, printed = run(
        "found-agency",
        "--name",
        "Intake",
        "--username",
        "ada",
        "--administrator",
        "Ada",
        "--password",
        PASSWORD,
    )
    assert code == 0
    agency = printed.split()[1].rstrip(":")
    person = ("--agency", agency, "--username", "ines", "--name", "Ines", "--role", "intake_staff")
    assert run("add-user", *person, "--password", PASSWORD) == (0, "Ines can sign in as ines.\n")
    assert run("add-user", *person, "--password", PASSWORD)[0] == 1
    assert run("rotate-keys")[0] == 0
    code, printed = run("verify")
    assert code == 0
    assert "0 faults" in printed
    assert run("serve")[0] == 0
    assert (tmp_path / "instance").stat().st_mode & 0o777 == 0o700


def test_reminding_prints_numbers_only(run):
    for name in ("Intake", "Protection"):
        words = (
            "--name",
            name,
            "--username",
            f"ada-{name}",
            "--administrator",
            "Ada",
            "--password",
            PASSWORD,
        )
        assert run("found-agency", *words)[0] == 0
    assert run("remind") == (0, "2 agencies: 0 hand-offs newly told to supervisors.\n")


def test_a_setting_nobody_knows_is_named(run, tmp_path):
    (tmp_path / "instance").mkdir(mode=0o700)
    (tmp_path / "instance" / "config.toml").write_text("colour = 1\n")
    code, printed = run("serve")
    assert code == 1
    assert "there is no setting 'colour'" in printed
