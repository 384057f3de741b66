"""The front door: what it lists, what it loads and when."""

import subprocess
import sys

import pytest
from click.testing import CliRunner

from screening import cli
from screening.command_line import COMMANDS, main


def words_of(command):
    return " ".join((command.help or "").split("\n\n")[0].split())


def test_it_lists_every_command_in_the_command_s_own_words():
    assert {name: words_of(command) for name, command in cli.main.commands.items()} == COMMANDS
    printed = CliRunner().invoke(main, ["--help"]).output
    assert printed == CliRunner().invoke(cli.main, ["--help"]).output


@pytest.mark.parametrize("name", COMMANDS)
def test_a_named_command_is_the_one_of_the_whole_program(name):
    through_the_door = CliRunner().invoke(main, [name, "--help"])
    assert through_the_door.exit_code == 0
    assert through_the_door.output == CliRunner().invoke(cli.main, [name, "--help"]).output


def test_an_unknown_command_is_refused():
    result = CliRunner().invoke(main, ["srve"])
    assert (result.exit_code, "No such command 'srve'" in result.output) == (2, True)


def loaded_after(*words):
    """Which of the heavy packages a run of the program loads."""
    code = (
        f"import sys; sys.argv = ['screening', *{words!r}]\n"
        "import atexit; heavy = {'flask', 'sqlalchemy', 'pydantic', 'numpy', 'waitress', 'z3'}\n"
        "atexit.register(lambda: print('LOADED', *sorted(heavy & set(sys.modules))))\n"
        "from screening.command_line import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.rsplit("LOADED", 1)[1].split()


def test_a_list_of_commands_loads_nothing_heavy():
    assert loaded_after("--help") == []


def test_commands_on_rules_load_neither_pages_nor_database():
    assert {"flask", "sqlalchemy", "waitress", "z3"}.isdisjoint(loaded_after("rules", "test"))
    assert "flask" in loaded_after("serve", "--help")
