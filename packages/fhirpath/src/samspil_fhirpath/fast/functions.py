"""Functions that the fast back end knows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from samspil_fhirpath.regex import pattern

from .comparison import single
from .logic import boolean, negation
from .shape import BOOLEAN, STRINGS, Deopt, Fast, Function, NotFast, plain

__all__ = ["ON_EMPTY", "WITHOUT_ARGUMENTS", "WITH_CRITERION", "WITH_TEXT"]

_INTEGER = frozenset({"System.Integer"})


def _exists(part: Fast) -> Fast:
    run = part.run
    if part.many:
        return Fast(lambda node: bool(run(node)), BOOLEAN, total=True)
    return Fast(lambda node: run(node) is not None, BOOLEAN, total=True)


def _empty(part: Fast) -> Fast:
    run = part.run
    if part.many:
        return Fast(lambda node: not run(node), BOOLEAN, total=True)
    return Fast(lambda node: run(node) is None, BOOLEAN, total=True)


def _count(part: Fast) -> Fast:
    run = part.run
    if part.many:
        return Fast(lambda node: len(run(node)), _INTEGER, total=True)
    return Fast(lambda node: 0 if run(node) is None else 1, _INTEGER, total=True)


def _first(part: Fast) -> Fast:
    if not part.many:
        return part
    run = part.run

    def first(node: Any) -> Any:
        found = run(node)
        return found[0] if found else None

    return Fast(first, part.types)


def _single(part: Fast) -> Fast:
    return Fast(single(part), part.types)


def _not(part: Fast) -> Fast:
    return negation(boolean(part))


def _is_distinct(part: Fast) -> Fast:
    if not part.types <= STRINGS:
        raise NotFast
    if not part.many:
        raise NotFast
    run = part.run

    def distinct(node: Any) -> Any:
        found = run(node)
        if len(found) < 2:  # noqa: PLR2004  one is always distinct
            return True
        if any(each.__class__ is not str for each in found):
            raise Deopt
        return len(set(found)) == len(found)

    return Fast(distinct, BOOLEAN, total=True)


def _has_value(part: Fast) -> Fast:
    run = part.run
    if part.many:
        return Fast(lambda node: len(found := run(node)) == 1 and plain(found[0]), BOOLEAN, total=True)
    return Fast(lambda node: plain(run(node)), BOOLEAN, total=True)


def _of_text(part: Fast, make: Callable[[str], Any], types: frozenset[str]) -> Fast:
    if not part.types <= STRINGS:
        raise NotFast
    run = single(part)

    def made(node: Any) -> Any:
        value = run(node)
        if value is None:
            return None
        if value.__class__ is not str:
            raise Deopt
        return make(value)

    return Fast(made, types)


def _length(part: Fast) -> Fast:
    return _of_text(part, len, _INTEGER)


WITHOUT_ARGUMENTS: dict[str, Callable[[Fast], Fast]] = {
    "exists": _exists,
    "empty": _empty,
    "count": _count,
    "first": _first,
    "single": _single,
    "not": _not,
    "isDistinct": _is_distinct,
    "hasValue": _has_value,
    "length": _length,
}
"""By name: from the input to the result."""


def _on_text(part: Fast, test: Callable[[str], Any]) -> Fast:
    return _of_text(part, test, BOOLEAN)


def _matches(part: Fast, text: str) -> Fast:
    return _on_text(part, pattern(text).search)


def _matches_full(part: Fast, text: str) -> Fast:
    return _on_text(part, pattern(text).fullmatch)


def _extension(part: Fast, url: str) -> Fast:
    if any(name[0].islower() or name.startswith("System.") for name in part.types):
        raise NotFast
    run, many = part.run, part.many

    def extensions(node: Any) -> Any:
        found = run(node)
        if found is None:
            return ()
        listed = [value for item in (found if many else (found,)) if (value := item.get("extension")) is not None]
        return [each for value in listed for each in _listed(value) if each.get("url") == url]

    return Fast(extensions, frozenset({"Extension"}), many=True)


def _listed(value: Any) -> Any:
    if value.__class__ is not list:
        raise Deopt
    return value


WITH_TEXT: dict[str, Callable[[Fast, str], Fast]] = {
    "matches": _matches,
    "matchesFull": _matches_full,
    "startsWith": lambda part, text: _on_text(part, lambda value: value.startswith(text)),
    "endsWith": lambda part, text: _on_text(part, lambda value: value.endswith(text)),
    "contains": lambda part, text: _on_text(part, lambda value: text in value),
    "extension": _extension,
}
"""By name: from the input and a literal text to the result."""


def _where(part: Fast, criterion: Fast) -> Fast:
    run, test = part.run, criterion.run
    if part.many:
        return Fast(lambda node: [item for item in run(node) if test(item)], part.types, many=True)

    def kept(node: Any) -> Any:
        item = run(node)
        return item if item is not None and test(item) else None

    return Fast(kept, part.types)


def _all(part: Fast, criterion: Fast) -> Fast:
    run, test = _as_list(part), criterion.run

    def every(node: Any) -> Any:
        for item in run(node):  # noqa: SIM110  all() of a generator takes twice as long
            if not test(item):
                return False
        return True

    return Fast(every, BOOLEAN, total=True)


def _exists_where(part: Fast, criterion: Fast) -> Fast:
    run, test = _as_list(part), criterion.run

    def some(node: Any) -> Any:
        for item in run(node):  # noqa: SIM110  the same
            if test(item):
                return True
        return False

    return Fast(some, BOOLEAN, total=True)


def _as_list(part: Fast) -> Function:
    run = part.run
    if part.many:
        return run

    def listed(node: Any) -> Any:
        item = run(node)
        return () if item is None else (item,)

    return listed


WITH_CRITERION: dict[str, Callable[[Fast, Fast], Fast]] = {"where": _where, "all": _all, "exists": _exists_where}
"""By name: from the input and a Boolean criterion, evaluated for each item, to the result."""

ON_EMPTY: dict[str, Any] = {
    **dict.fromkeys(
        ("select", "repeat", "resolve", "ofType", "children", "descendants", "extension", "distinct"), None
    ),
    "where": None,
    "trace": None,
    "all": True,
    "exists": False,
    "isDistinct": True,
}
"""What a function gives for nothing: such a one need not be covered as long as there is nothing."""
