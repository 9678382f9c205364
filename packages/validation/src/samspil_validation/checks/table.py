"""The handlers of an object's keys, each made when it is first needed, and the quick tests of plain texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from samspil_validation import findings as f

from .primitives import CODE, ID

if TYPE_CHECKING:
    from samspil_validation.run import Run

    from .base import Handler

__all__ = ["REPEATED", "TEXTS", "Handlers", "noted"]

TEXTS: Final[Mapping[str, Callable[[str], object]]] = {
    "string": str.isprintable,
    "markdown": str.isprintable,
    "code": CODE.fullmatch,
    "id": ID.fullmatch,
}
"""Tests of texts that need no call of Python, by type."""

REPEATED: Final = frozenset({"uri", "canonical"})
"""Types of which a feed holds the same few values again and again: systems, profiles, extensions."""
_MOST_NOTED = 4096


class Handlers(dict[str, "Handler"]):
    """Handlers by key, each made when it is first needed; a key that the type does not have gets one that says so.

    `makers` put in the handlers of a key and of its `_key`. `texts` are, by key, tests of what needs no other check:
    a text that passes is good, and one that does not goes to the handler.
    """

    def __init__(self, type_name: str, url: str, *, is_resource: bool) -> None:
        super().__init__()
        self.type_name = type_name
        self.url = url
        self.is_resource = is_resource
        self.makers: dict[str, Callable[[], None]] = {}
        self.texts: dict[str, Callable[[str], object]] = {}

    def __missing__(self, key: str) -> Handler:
        make = self.makers.get(key)
        if make is not None:
            make()
        found = self.get(key)
        return self.unknown(key) if found is None else found

    def unknown(self, key: str) -> Handler:
        """The handler of a key that the type does not have."""

        def unknown(_value: Any, _node: dict[str, Any], place: Any, run: Run) -> None:
            shown = key if key.isidentifier() and key.isascii() and len(key) < 65 else "?"  # noqa: PLR2004
            run.find(f.UNKNOWN_ELEMENT, place, self.url, type=self.type_name, element=shown)

        return unknown


def noted(test: Callable[[Any], bool], known: set[str]) -> Callable[[Any], bool]:
    """A test that keeps some of the values it has found good."""

    def noting(value: Any) -> bool:
        good = test(value)
        if good and len(known) < _MOST_NOTED and value[0] != "#":  # what # names depends on the resource
            known.add(value)
        return good

    return noting
