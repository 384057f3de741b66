"""Publishing from the command line: by a named publisher, checked as on the pages, and told to nobody else."""

import pytest
from click.testing import CliRunner
from edition_files import BROKEN, CANARY, LICENSED_FOLDER, check_here, edition, write_folder

from screening import cli
from screening.core.loading import load_files, load_rulebook

PASSWORD = "a long enough password"


@pytest.fixture
def run(monkeypatch, tmp_path):
    """A function: words of a command → (exit code, everything printed). The check needs no child."""
    monkeypatch.setenv("SCREENING_INSTANCE", str(tmp_path / "instance"))
    monkeypatch.setenv("SCREENING_RULES_PATH", str(write_folder(tmp_path / "shipped", edition("1"))))
    monkeypatch.setattr(cli, "check_in_child", check_here)

    def call(*words):
        result = CliRunner().invoke(cli.main, words)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code, result.output

    for name in ("Here", "There"):
        admin = ("--username", f"{name}-admin", "--administrator", "Ada", "--password", PASSWORD)
        code, printed = call("found-agency", "--name", name, *admin)
        assert code == 0
        agency = printed.split()[1].rstrip(":")
        person = ("--agency", agency, "--username", f"pia-{name}", "--name", f"Pia {name}")
        assert call("add-user", *person, "--role", "rulebook_publisher", "--password", PASSWORD)[0] == 0
    return call


def of(name):
    return ("--agency", name, "--by", f"pia-{name}")


def test_publish_list_and_go_back(run, tmp_path):
    rules = write_folder(tmp_path / "rules", edition("2"))
    digest = load_rulebook(rules).digest[:12]

    code, printed = run("publish", *of("Here"), "--rules", str(rules), "--reason", "Clearer words")
    assert (code, printed) == (0, f"Here: new screenings are opened under version 2, {digest}.\n")
    code, printed = run("editions", *of("Here"))
    assert code == 0
    assert f"in use  {digest}  version 2, 0 screenings" in printed
    assert "Pia Here: Clearer words" in printed

    shipped = load_files(edition("1")).digest[:12]
    code, printed = run("roll-back", *of("Here"), "--reason", "A question confused staff")
    assert (code, printed) == (0, f"Here: new screenings are opened under {shipped} again.\n")
    assert f"in use  {shipped}  version 1" in run("editions", *of("Here"))[1]
    assert run("verify")[0] == 0


def test_a_licensed_tool_is_published_for_one_agency_and_told_to_no_other(run, tmp_path):
    code, printed = run("publish", *of("Here"), "--licensed", str(LICENSED_FOLDER), "--reason", "Our tool")
    assert (code, CANARY in printed) == (0, False)
    digest = load_rulebook(tmp_path / "shipped", LICENSED_FOLDER).digest[:12]

    assert digest in run("editions", *of("Here"))[1]
    assert digest not in run("editions", *of("There"))[1]


@pytest.mark.parametrize("fault", ["a fault", "a failed mock case", "no mock case"])
def test_a_bad_edition_is_told_and_not_published(run, tmp_path, fault):
    rules = write_folder(tmp_path / "rules", BROKEN[fault])
    code, printed = run("publish", *of("Here"), "--rules", str(rules), "--reason", "x")
    assert code == 1
    assert "not published" in printed
    report = check_here(BROKEN[fault])
    assert all(str(each) in printed for each in report.faults)
    assert all(case.id in printed for case in report.failed)
    assert "version 2" not in run("editions", *of("Here"))[1]


def test_who_publishes_is_a_publisher_of_that_agency(run):
    for agency, person in (("Here", "pia-There"), ("Here", "nobody"), ("Nowhere", "pia-Here")):
        code, printed = run("publish", "--agency", agency, "--by", person, "--reason", "x")
        assert (code, "There is no agency" in printed or "no open account" in printed) == (1, True)
    code, printed = run("publish", "--agency", "Here", "--by", "here-admin", "--reason", "x")
    assert (code, "not set up for this" in printed) == (1, True)
    code, printed = run("roll-back", *of("Here"), "--reason", "x")
    assert (code, "nothing to take back" in printed) == (1, True)


def test_licensed_files_in_the_rules_folder_are_refused(run, tmp_path):
    rules = write_folder(tmp_path / "rules", edition("2"))
    write_folder(rules / "licensed" / "sources", {"x.yaml": b"sources: []\n"})
    code, printed = run("publish", *of("Here"), "--rules", str(rules), "--reason", "x")
    assert code == 1
    assert "licensed/sources/x.yaml:1: E004" in printed
