"""Every command of `samspil`, as the tests walk them."""

from collections.abc import Iterator
from dataclasses import dataclass

import click

from samspil_cli.app import app


@dataclass(frozen=True)
class Leaf:
    """A command that does something: the words that call it, and what click knows of it."""

    words: tuple[str, ...]
    context: click.Context

    @property
    def path(self) -> str:
        """The words on one line."""
        return " ".join(self.words)


def context_of(command: click.Command, name: str, parent: click.Context | None = None) -> click.Context:
    """Give the context in which a command parses its line."""
    return click.Context(command, info_name=name, parent=parent, **command.context_settings)


def leaves(context: click.Context | None = None, words: tuple[str, ...] = ("samspil",)) -> Iterator[Leaf]:
    """Give every command below a group, in the order of their names."""
    context = context or context_of(app, "samspil")
    if isinstance(context.command, click.Group):
        for name in context.command.list_commands(context):
            if (below := context.command.get_command(context, name)) and not below.hidden:
                yield from leaves(context_of(below, name, context), (*words, name))
    else:
        yield Leaf(words, context)
