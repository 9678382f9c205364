"""What the installed packages have registered: entry points, found by name and loaded when asked for."""

import importlib.metadata
from collections.abc import Sequence
from importlib.metadata import EntryPoint
from typing import Any

import click

from samspil_cli.known import MODULES

COMMANDS = "samspil.commands"
DEMOS = "samspil.demos"
PORTS = "samspil.ports"


class NotInstalled(click.ClickException):
    """A registered object cannot be imported, because a package it needs is not installed."""

    exit_code = 2


def find(group: str) -> dict[str, EntryPoint]:
    """Give the entry points of a group by name, sorted. Nothing is imported."""
    return {point.name: point for point in sorted(importlib.metadata.entry_points(group=group))}


def load(point: EntryPoint) -> Any:
    """Import the object of an entry point.

    Raises:
        NotInstalled: a package is missing; the message names the one to install.
    """
    try:
        return point.load()
    except ImportError as error:
        raise NotInstalled(f"{point.name} cannot start: {error}. {advice(point.name)}") from error


def advice(name: str) -> str:
    """Say how to bring the module with this name, or how to see what there is."""
    if module := MODULES.get(name):
        return f"Install it: pip install '{module.requirement}'"
    return "See what is installed: samspil plugins"


def rows(groups: Sequence[str] = (COMMANDS, DEMOS, PORTS)) -> list[dict[str, str]]:
    """List everything registered in the groups: kind, name, the object, the package and its version."""
    return [_row(group, point) for group in groups for point in find(group).values()]


def _row(group: str, point: EntryPoint) -> dict[str, str]:
    package = point.dist
    return {
        "kind": group.removeprefix("samspil.").removesuffix("s"),
        "name": point.name,
        "object": point.value,
        "package": package.name if package else "",
        "version": package.version if package else "",
    }
