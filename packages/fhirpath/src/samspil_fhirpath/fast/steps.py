"""Reading elements: one getter an element, and its composition with what comes before."""

from __future__ import annotations

from typing import Any

from samspil_fhirpath.model import Element

from .shape import Deopt, Fast, Function

__all__ = ["after", "choice", "member"]

_FEW = 6


def member(element: Element, keys: tuple[tuple[str, str, str], ...]) -> tuple[Function, bool]:
    """The getter of an element, narrowed to some of its keys, and whether it gives a list."""
    if not element.choice:
        key, sibling, _ = keys[0]
        if element.many:
            return _primitives(key, sibling) if sibling else _elements(key), True
        return _primitive(key, sibling) if sibling else _element(key), False
    return choice(element, keys), False


def _element(key: str) -> Function:
    def get(node: Any) -> Any:
        value = node.get(key)
        if value is not None and value.__class__ is not dict:
            raise Deopt
        return value

    return get


def _primitive(key: str, sibling: str) -> Function:
    def get(node: Any) -> Any:
        value = node.get(key)
        if value is None:
            if sibling in node:
                raise Deopt
        elif value.__class__ is list or value.__class__ is dict:
            raise Deopt
        return value

    return get


def _elements(key: str) -> Function:
    def get(node: Any) -> Any:
        value = node.get(key)
        if value is None:
            return ()
        if value.__class__ is not list or None in value:
            raise Deopt
        return value

    return get


def _primitives(key: str, sibling: str) -> Function:
    def get(node: Any) -> Any:
        value = node.get(key)
        if sibling in node:
            raise Deopt
        if value is None:
            return ()
        if value.__class__ is not list or None in value:
            raise Deopt
        return value

    return get


def choice(element: Element, wanted: tuple[tuple[str, str, str], ...]) -> Function:
    """The getter of a choice: the value under whichever of its keys is there, if that is one of those wanted."""
    names = tuple(key for key, _, _ in element.keys)
    siblings = frozenset(sibling for _, sibling, _ in element.keys if sibling)
    known = frozenset(names) | siblings
    kept = frozenset(key for key, _, _ in wanted)

    def get_of_few(node: Any) -> Any:
        found = None
        for name in names:
            if name in node:
                if found is not None:
                    raise Deopt
                found = name
        for name in siblings:
            if name in node:
                raise Deopt
        return given(node, found)

    def get_of_many(node: Any) -> Any:
        found = None
        for name in node:
            if name in known:
                if found is not None or name in siblings:
                    raise Deopt
                found = name
        return given(node, found)

    def given(node: Any, name: str | None) -> Any:
        if name is None:
            return None
        value = node[name]
        if value.__class__ is list:
            raise Deopt
        return value if name in kept else None

    return get_of_few if len(names) <= _FEW else get_of_many


def after(source: Fast | None, get: Function, types: frozenset[str], *, many: bool) -> Fast:
    """A getter applied to what comes before; without anything before it, to the node itself."""
    if source is None:
        return Fast(get, types, many=many)
    before = source.run
    if source.many and many:

        def run(node: Any) -> Any:
            return [each for item in before(node) for each in get(item)]

    elif source.many:

        def run(node: Any) -> Any:
            return [value for item in before(node) if (value := get(item)) is not None]

    elif many:

        def run(node: Any) -> Any:
            item = before(node)
            return () if item is None else get(item)

    else:

        def run(node: Any) -> Any:
            item = before(node)
            return None if item is None else get(item)

    return Fast(run, types, many=many or source.many)
