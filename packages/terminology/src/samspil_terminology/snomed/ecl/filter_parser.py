"""The filters of a constraint, `{{ ... }}`, read by the grammar of ECL 2.2.

https://confluence.ihtsdotools.org/display/DOCECL/Appendix+A+-+Syntax
"""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from .tokens import ID, NUMBER, QUOTED, WORD, BadConstraint
from .tree import (
    Comparison,
    Concept,
    ConceptFilter,
    DescriptionFilter,
    Filtered,
    History,
    Node,
    Test,
)

if TYPE_CHECKING:
    from .parser import Reader

__all__ = ["filters", "is_filter", "member_test", "tests"]

_ALIAS = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_FILTER = re.compile(r"\{\{[ \t\r\n]*([CDM])(?=[ \t\r\n/])", re.IGNORECASE)
_HISTORY_FILTER = re.compile(r"\{\{[ \t\r\n]*\+")
_HISTORY = re.compile(r"\+[ \t\r\n]*history(?:[-_](min|mod|max))?(?![A-Za-z])", re.IGNORECASE)


def filters(reader: "Reader", made: Node) -> Node:
    """A constraint with the filters that follow it."""
    while True:
        if is_filter(reader, "C"):
            made = Filtered(made, ConceptFilter(tuple(tests(reader, _concept_test))))
        elif _is_history(reader):
            made = _history(reader, made)
        elif is_filter(reader, "D") or (reader.sees("{{") and not is_filter(reader, "M")):
            made = Filtered(made, DescriptionFilter(tuple(tests(reader, _description_test))))
        else:
            return made


def is_filter(reader: "Reader", letter: str) -> bool:
    """Whether a filter of that letter comes next."""
    reader.space()
    found = _FILTER.match(reader.text, reader.at)
    return found is not None and found[1].upper() == letter


def _is_history(reader: "Reader") -> bool:
    reader.space()
    return _HISTORY_FILTER.match(reader.text, reader.at) is not None


def _history(reader: "Reader", inner: Node) -> Node:
    reader.need("{{")
    found = reader.match(_HISTORY)
    if not found:
        reader.fail("HISTORY is missing")
    subset: Node | None = None
    if not found[1] and reader.take("("):
        subset = reader.constraint()
        reader.need(")")
    reader.need("}}")
    return History(inner, (found[1] or "MAX").upper(), subset)


def tests(reader: "Reader", one: Callable[["Reader"], Test]) -> list[Test]:
    """The tests of a filter."""
    reader.need("{{")
    reader.keyword("C", "D", "M")
    found = [one(reader)]
    while reader.take(","):
        found.append(one(reader))
    reader.need("}}")
    return found


def _named(reader: "Reader") -> tuple[str, Comparison]:
    name = reader.match(WORD)
    if not name:
        reader.fail("the name of a filter is missing")
    return name[0], reader.comparison()


def _description_test(reader: "Reader") -> Test:  # noqa: PLR0911  one return a case
    name, comparison = _named(reader)
    match name.lower():
        case "term":
            return Test("term", comparison, tuple(reader.search_terms()))
        case "language":
            return Test("language", comparison, tuple(_some(reader, WORD)))
        case "type":
            return Test("type", comparison, tuple(_some(reader, WORD)))
        case "typeid":
            return Test("typeId", comparison, _concepts(reader))
        case "dialect":
            return Test("dialect", comparison, tuple(_dialects(reader, lambda held: _plain(held, _ALIAS))))
        case "dialectid":
            return Test("dialectId", comparison, _dialect_ids(reader))
        case "id":
            return Test("id", comparison, tuple(_some(reader, ID)))
        case other:
            return _common_test(reader, other, comparison)


def _common_test(reader: "Reader", name: str, comparison: Comparison) -> Test:
    match name:
        case "moduleid":
            return Test("moduleId", comparison, _concepts(reader))
        case "effectivetime":
            return Test("effectiveTime", comparison, tuple(_some(reader, QUOTED, 1)))
        case "active":
            return Test("active", comparison, (_truth(reader),))
        case _:
            return reader.fail(f"there is no filter {name!r} here")


def _concept_test(reader: "Reader") -> Test:
    name, comparison = _named(reader)
    match name.lower():
        case "definitionstatus":
            return Test("definitionStatus", comparison, tuple(_some(reader, WORD)))
        case "definitionstatusid":
            return Test("definitionStatusId", comparison, _concepts(reader))
        case other:
            return _common_test(reader, other, comparison)


def member_test(reader: "Reader") -> Test:
    """One test of the members of a reference set."""
    name, comparison = _named(reader)
    if name.lower() in {"moduleid", "effectivetime", "active"}:
        return _common_test(reader, name.lower(), comparison)
    if reader.take("#"):
        number = reader.match(NUMBER)
        if not number:
            reader.fail("a number is missing")
        return Test(f"#{name}", comparison, (number[0],))
    if reader.is_text():
        return Test(name, comparison, tuple(reader.search_terms()))
    truth = reader.keyword("TRUE", "FALSE")
    if truth:
        return Test(name, comparison, (truth.lower(),))
    return Test(name, comparison, (reader.sub(),))


def _truth(reader: "Reader") -> str:
    found = reader.match(re.compile(r"1|0|true|false", re.IGNORECASE))
    if not found:
        reader.fail("true or false is missing")
    return "1" if found[0].lower() in {"1", "true"} else "0"


def _some(reader: "Reader", pattern: "re.Pattern[str]", part: int = 0) -> list[str]:
    """One value, or several in brackets."""
    if not reader.take("("):
        return [_plain(reader, pattern, part)]
    found: list[str] = []
    while not reader.take(")"):
        found.append(_plain(reader, pattern, part))
    return found


def _plain(reader: "Reader", pattern: "re.Pattern[str]", part: int = 0) -> str:
    found = reader.match(pattern)
    if not found:
        reader.fail("a value is missing")
    return found[part]


def _concepts(reader: "Reader") -> tuple[Node, ...]:
    """A constraint, or a set of concepts in brackets."""
    held = reader.at
    if reader.take("("):
        found: list[Node] = []
        while (reference := reader.reference()) is not None:
            found.append(reference)
        if len(found) > 1 and reader.take(")"):
            return tuple(found)
        reader.at = held
    return (reader.sub(),)


def _dialects(reader: "Reader", one: Callable[["Reader"], str]) -> list[tuple[str, tuple[str, ...]]]:
    found: list[tuple[str, tuple[str, ...]]] = []
    if reader.take("("):
        while not reader.take(")"):
            found.append((one(reader), _acceptability(reader)))
    else:
        found.append((one(reader), ()))
    every = _acceptability(reader)
    return [(name, each or every) for name, each in found]


def _dialect_ids(reader: "Reader") -> "tuple[Node | tuple[str, tuple[str, ...]], ...]":
    held = reader.at
    if reader.sees("("):
        try:
            return tuple(_dialects(reader, _reference_code))
        except BadConstraint:
            reader.at = held
    inner = reader.sub()
    if isinstance(inner, Concept):
        return ((inner.code, _acceptability(reader)),)
    accepted = _acceptability(reader)
    return (inner, ("", accepted)) if accepted else (inner,)


def _reference_code(reader: "Reader") -> str:
    found = reader.reference()
    if found is None:
        reader.fail("a concept is missing")
    return found.code


def _acceptability(reader: "Reader") -> tuple[str, ...]:
    """Acceptabilities in brackets: `prefer`, `accept`, or their concepts."""
    held = reader.at
    if not reader.take("("):
        return ()
    found: list[str] = []
    while not reader.take(")"):
        token = reader.keyword("ACCEPT", "PREFER", "ACCEPTABLE", "PREFERRED")
        reference = None if token else reader.reference()
        if not token and reference is None:
            reader.at = held
            return ()
        found.append(token[:1] if token else "P" if reference and reference.code.endswith("548007") else "A")
    return tuple(found)
