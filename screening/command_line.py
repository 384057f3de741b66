"""The program's front door: it lists its commands at once, and loads what a command needs when somebody names it.

Web pages, database and rule files take more than a second to load. A list of commands needs none of them.
"""

from importlib import import_module

import click

COMMANDS = {
    "add-user": "Add a person to an agency.",
    "demo": "Serve invented data from a database of its own, on this computer only.",
    "directory": "Keep an agency's directory of services (HSDS 3.1).",
    "editions": "List the agency's editions of the rulebook and what was published when, by whom and why.",
    "found-agency": "Add an agency with its first administrator and the starter directory, none of it verified.",
    "publish": "Check an edition of the rulebook and open the agency's new screenings under it.",
    "remind": "Tell supervisors of hand-offs that nobody answered in time. Run it from a timer, every few minutes.",
    "roll-back": "Open the agency's new screenings under the edition before the present one again.",
    "rotate-keys": "Draw a new master key and seal every screening's key under it. Stop the program first.",
    "rules": "Check, test, explain, compare and write the rulebook.",
    "serve": "Serve one installation. Put a reverse proxy with HTTPS in front of it.",
    "verify": "Check the journal's chain and every seal of an installation's database.",
}
"""What each command says of itself, here once more for the list; tests compare the two."""


class FrontDoor(click.Group):
    """A group whose commands are those of ``screening.cli``, none of them loaded before it is named."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, in the order of the alphabet."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, loaded now. Those on rules need no database and no pages."""
        if cmd_name == "rules":
            rules: click.Command = import_module("screening.rule_commands").rules
            return rules
        whole: click.Group = import_module("screening.cli").main
        return whole.get_command(ctx, cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list from what is known without loading."""
        listed = [click.Command(name, help=text) for name, text in COMMANDS.items()]
        click.Group(commands=listed).format_commands(ctx, formatter)


@click.group(cls=FrontDoor)
@click.version_option(package_name="screening-assistant")
def main() -> None:
    """Victim-identification screening assistant."""
