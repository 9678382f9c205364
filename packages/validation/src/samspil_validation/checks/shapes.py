"""What is to be done for an object, decided once for each set of keys that objects of a type have.

A feed holds the same few shapes again and again. The keys alone say which handlers are called, which elements are missing,
which choices are made twice, and which invariants are met whatever the values are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from samspil_validation import findings as f

from .native import ANYTHING

if TYPE_CHECKING:
    from samspil_validation.run import Run

    from .base import Check, Handler
    from .invariants import Invariant
    from .table import Handlers

__all__ = ["Shape", "Shapes", "Wanted"]

Shape: TypeAlias = "tuple[tuple[tuple[Callable[[str], object] | None, Handler], ...], tuple[Check, ...]]"
"""For each key in turn the test of a text (or None) and the handler; then the checks of the object as a whole."""

_MOST, _MOST_KEYS = 2048, 64
"""No more shapes than this are kept for a type, and none of more keys than this."""


class Wanted(NamedTuple):
    """What an object must have: elements with the least number of each; choices with their keys, and if one is needed."""

    url: str
    required: tuple[tuple[str, int], ...]
    choices: tuple[tuple[str, frozenset[str], bool], ...]

    def checks(self, keys: frozenset[str]) -> Iterator[Check]:
        """What is missing from an object with these keys, or must be counted."""
        for name, least in self.required:
            if name not in keys:
                if "_" + name not in keys:
                    yield _missing(self.url, name, least)
            elif least > 1:
                yield _count(self.url, name, least)
        for name, own, needed in self.choices:
            types = {key.removeprefix("_") for key in keys & own}
            if len(types) > 1:
                yield _twice(self.url, name, len(types))
            elif needed and not types:
                yield _missing(self.url, name + "[x]", 1)


class Shapes:
    """The shapes of one type, each made when it is first met; `known` are those that are kept."""

    def __init__(self, handlers: Handlers, wanted: Wanted, rules: Sequence[Invariant]) -> None:
        self.handlers = handlers
        self.wanted = wanted
        self.rules = rules
        self.known: dict[tuple[str, ...], Shape] = {}

    def __call__(self, keys: tuple[str, ...]) -> Shape:
        """The shape of an object with these keys in this order."""
        handlers = self.handlers
        handles = [handlers[key] for key in keys]  # makes the tests of texts as well
        steps = tuple((handlers.texts.get(key), handle) for key, handle in zip(keys, handles, strict=True))
        probe = dict.fromkeys(keys, ANYTHING)
        late: list[Check] = [_empty(self.wanted.url)] if not keys or keys == ("id",) else []
        late += self.wanted.checks(frozenset(keys))
        late += [check for check, native in self.rules if native is None or native(probe, None) is not True]
        made = (steps, tuple(late))
        if len(self.known) < _MOST and len(keys) <= _MOST_KEYS:
            self.known[keys] = made
        return made


def _empty(url: str) -> Check:
    def check(_node: Any, place: Any, run: Run) -> None:
        run.find(f.EMPTY_ELEMENT, place, url)

    return check


def _missing(url: str, name: str, least: int) -> Check:
    def check(_node: Any, place: Any, run: Run) -> None:
        run.find(f.MISSING, place, url, element=name, minimum=least, count=0)

    return check


def _count(url: str, name: str, least: int) -> Check:
    def check(node: Any, place: Any, run: Run) -> None:
        if node[name].__class__ is list and len(node[name]) < least:
            run.find(f.MISSING, place, url, element=name, minimum=least, count=len(node[name]))

    return check


def _twice(url: str, name: str, count: int) -> Check:
    def check(_node: Any, place: Any, run: Run) -> None:
        run.find(f.CHOICE_TWICE, (place, name, -1), url, element=name, count=count)

    return check
