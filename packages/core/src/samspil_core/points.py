"""Entry points, looked for when they are asked for: the library that finds them is a good part of a start otherwise."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

__all__ = ["entry_points"]


def entry_points(group: str, name: str | None = None) -> "tuple[EntryPoint, ...]":
    """The entry points of a group, or those of one name in it."""
    from importlib import metadata

    return tuple(each for each in metadata.entry_points(group=group) if name is None or each.name == name)
