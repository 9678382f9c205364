"""The root group: its own commands, and the groups that packages register, imported only when one is called."""

import click
from click.shell_completion import CompletionItem

from samspil_cli import plugins
from samspil_cli.known import MODULES


class RootGroup(click.Group):
    """A group that also knows the commands of the entry point group `samspil.commands`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Give the names of our own commands and of those the installed packages bring."""
        return sorted({*super().list_commands(ctx), *plugins.find(plugins.COMMANDS)})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Give one command, importing the package that brings it."""
        if own := super().get_command(ctx, cmd_name):
            return own
        if point := plugins.find(plugins.COMMANDS).get(cmd_name):
            return plugins.load(point)
        if cmd_name in MODULES:
            raise plugins.NotInstalled(f"{cmd_name} is not installed. {plugins.advice(cmd_name)}")
        return None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing the packages we know."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, self._help(ctx, name)) for name in self.list_commands(ctx)])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete the names of commands without importing the packages we know."""
        names = [name for name in self.list_commands(ctx) if name.startswith(incomplete)]
        options = click.Command.shell_complete(self, ctx, incomplete)
        return [CompletionItem(name, help=self._help(ctx, name)) for name in names] + options

    def _help(self, ctx: click.Context, name: str) -> str:
        if module := MODULES.get(name):
            return module.help
        try:
            command = self.get_command(ctx, name)
        except plugins.NotInstalled as error:
            return error.message
        return command.get_short_help_str(limit=100) if command else ""
