"""What a YAML file may ask of who reads it: nesting that can be followed, and aliases that stay small.

The reader of the C library follows nesting on the stack of the process, which ends when that does, and an alias to
aliases stands for more than any memory holds.
"""

from collections.abc import Iterator
from typing import Any

import yaml

__all__ = ["TooMuch", "bounded"]

DEEPEST = 100
LARGEST = 1_000_000
"""Values of a file, each alias counted as often as what it stands for."""
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class TooMuch(ValueError):
    """A file asks for too much; `line` says where."""

    def __init__(self, why: str, line: int) -> None:
        super().__init__(why)
        self.line = line


def bounded(text: str) -> None:  # noqa: C901  one loop over the kinds of event
    """Hold that a YAML text can be read. Raises `TooMuch`, and YAMLError where it is none."""
    total = 0
    open_at: list[tuple[str | None, int]] = []
    sizes: dict[str | None, int | None] = {}
    events: Iterator[Any] = yaml.parse(text, Loader=_Loader)
    for event in events:
        line: int = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent):
            size = sizes.get(event.anchor, 1)
            if size is None:
                raise TooMuch("an alias stands for what it is in", line)
            total += size
        elif isinstance(event, yaml.CollectionStartEvent):
            total += 1
            open_at.append((event.anchor, total))
            if event.anchor:
                sizes[event.anchor] = None
            if len(open_at) > DEEPEST:
                raise TooMuch(f"nested deeper than {DEEPEST} levels", line)
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, before = open_at.pop()
            if anchor:
                sizes[anchor] = total - before + 1
        elif isinstance(event, yaml.ScalarEvent):
            total += 1
            if event.anchor:
                sizes[event.anchor] = 1
        if total > LARGEST:
            raise TooMuch(f"its aliases stand for more than {LARGEST} values", line)
