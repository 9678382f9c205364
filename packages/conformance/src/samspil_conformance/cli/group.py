"""The group and its commands, each loaded when it is called: most of what they need, few of them share."""

from importlib import import_module

import click
from click.shell_completion import CompletionItem

__all__ = ["group"]

MODULES = {
    "attest": "cli.running",
    "check": "cli.reading",
    "declaration": "cli.making",
    "diff": "cli.reading",
    "info-sheet": "cli.making",
    "list": "cli.reading",
    "matrix": "cli.reading",
    "package": "cli.reading",
    "replay": "cli.running",
    "run": "cli.running",
    "schema": "cli.reading",
    "selftest": "cli.testing",
    "serve": "cli.serving",
    "soup": "cli.making",
    "steps": "cli.reading",
    "testscript": "testscript.cli",
    "verify": "cli.reading",
}
NAMES = {"info-sheet": "info_sheet", "list": "listing"}


class Later(click.Group):
    """A group that knows the names of its commands, and imports one when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Give the names."""
        return list(MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Give one command."""
        if cmd_name not in MODULES:
            return None
        return getattr(import_module(f"samspil_conformance.{MODULES[cmd_name]}"), NAMES.get(cmd_name, cmd_name))

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete names without importing the commands."""
        names = [CompletionItem(name) for name in MODULES if name.startswith(incomplete)]
        return names + click.Command.shell_complete(self, ctx, incomplete)


@click.group("conformance", cls=Later)
def group() -> None:
    """Conformance suites, requirement by requirement, with evidence that can be filed."""
