"""The filters of value sets, on any code system: the operators of FHIR, the properties every system has.

https://hl7.org/fhir/R5/valueset-filter-operator.html
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from .concepts import Concept
from .system import Filter, Selection, System

__all__ = ["BadRegex", "InvalidConstraint", "NotUnderstood", "Unending", "descendants", "select", "select_all"]

_HIERARCHY = frozenset({"concept", "code"})
_EVERYWHERE = frozenset({"code", "concept", "display", "definition", "status", "inactive", "notSelectable", "abstract"})


class NotUnderstood(ValueError):
    """A filter that the code system does not understand."""


class Unending(NotUnderstood):
    """The codes of a code system cannot be listed: it is a grammar."""

    def __init__(self, system: str) -> None:
        super().__init__(f"the codes of {system} cannot be listed")
        self.system = system


class InvalidConstraint(NotUnderstood):
    """An expression constraint that cannot be read, or that names what there is not."""

    def __init__(self, constraint: str, why: str) -> None:
        super().__init__(f"{constraint}: {why}")
        self.constraint = constraint
        self.why = why


class BadRegex(NotUnderstood):
    """A regular expression that cannot be understood."""


def select_all(system: System, filters: Iterable[Filter]) -> Selection:
    """The codes that every filter takes. Raises `NotUnderstood`."""
    made = [select(system, each) for each in filters]
    if len(made) == 1:
        return made[0]
    first, *others = sorted(made, key=lambda each: len(system) if each.size is None else each.size)
    return Selection(
        contains=lambda code: all(each.contains(code) for each in made),
        codes=lambda: (code for code in first.codes() if all(each.contains(code) for each in others)),
        closed=all(each.closed for each in made),
    )


def select(system: System, wanted: Filter) -> Selection:
    """The codes one filter takes. Raises `NotUnderstood`."""
    own = system.select(wanted)
    if own is not None:
        return own
    if wanted.op in _BY_HIERARCHY and (wanted.property in _HIERARCHY or wanted.op != "is-a"):
        return _BY_HIERARCHY[wanted.op](system, wanted.value)
    test = _test(system, wanted)

    def contains(code: str) -> bool:
        concept = system.find(code)
        return concept is not None and test(concept)

    return Selection(contains, lambda: (code for code in system.codes() if contains(code)))


def descendants(system: System, code: str, *, itself: bool = False) -> Iterator[str]:
    """The codes below one, each once, a parent before its children; with the code itself first if wanted."""
    seen = {code}
    if itself and system.find(code) is not None:
        yield code
    stack = list(reversed(system.children(code)))
    while stack:
        below = stack.pop()
        if below not in seen:
            seen.add(below)
            yield below
            stack.extend(reversed(system.children(below)))


def _is_a(system: System, value: str) -> Selection:
    code = _known(system, value)
    return Selection(
        lambda each: each == code or system.subsumes(code, each),
        lambda: descendants(system, code, itself=True),
    )


def _descendent_of(system: System, value: str) -> Selection:
    code = _known(system, value)
    return Selection(lambda each: system.subsumes(code, each), lambda: descendants(system, code))


def _is_not_a(system: System, value: str) -> Selection:
    inside = _is_a(system, value)
    return _only(system, lambda each: not inside.contains(each))


def _generalizes(system: System, value: str) -> Selection:
    code = _known(system, value)
    return _only(system, lambda each: each == code or system.subsumes(each, code))


def _child_of(system: System, value: str) -> Selection:
    code = _known(system, value)
    below = set(system.children(code))
    return Selection(lambda each: each in below, lambda: iter(system.children(code)), len(below))


def _descendent_leaf(system: System, value: str) -> Selection:
    code = _known(system, value)
    return Selection(
        lambda each: system.subsumes(code, each) and not system.children(each),
        lambda: (each for each in descendants(system, code) if not system.children(each)),
    )


_BY_HIERARCHY: dict[str, Callable[[System, str], Selection]] = {
    "is-a": _is_a,
    "descendent-of": _descendent_of,
    "is-not-a": _is_not_a,
    "generalizes": _generalizes,
    "child-of": _child_of,
    "descendent-leaf": _descendent_leaf,
}


def _only(system: System, test: Callable[[str], bool]) -> Selection:
    return Selection(
        lambda each: system.find(each) is not None and test(each),
        lambda: (code for code in system.codes() if test(code)),
    )


def _known(system: System, code: str) -> str:
    concept = system.find(code)
    return concept.code if concept else code


def _test(system: System, wanted: Filter) -> Callable[[Concept], bool]:
    read = _reader(system, wanted)
    match wanted.op:
        case "=":
            return lambda concept: wanted.value in read(concept)
        case "in":
            some = {each.strip() for each in wanted.value.split(",")}
            return lambda concept: not some.isdisjoint(read(concept))
        case "not-in":
            some = {each.strip() for each in wanted.value.split(",")}
            return lambda concept: some.isdisjoint(read(concept))
        case "exists":
            there = wanted.value == "true"
            return lambda concept: bool(read(concept)) is there
        case "regex":
            whole = _compiled(wanted.value)
            return lambda concept: any(whole(each) for each in read(concept))
        case _:
            raise NotUnderstood(wanted.op)


def _compiled(pattern: str) -> Callable[[str], object]:
    """A regular expression that takes the whole text, in time linear in it: RE2 cannot be made to hang."""
    import re2  # pyright: ignore[reportMissingTypeStubs]  # here, for its memory: few value sets have such a filter

    library: Any = re2
    options = library.Options()
    options.log_errors = False
    try:
        return library.compile(pattern, options).fullmatch
    except library.error as error:
        raise BadRegex(f"{pattern[:100]!r}: {str(error)[:200]}") from None


def _reader(system: System, wanted: Filter) -> Callable[[Concept], list[str]]:  # noqa: PLR0911  one return a case
    match wanted.property:
        case "code" | "concept":
            return lambda concept: [concept.code]
        case "display":
            return lambda concept: [concept.display] if concept.display else []
        case "definition":
            return lambda concept: [concept.definition] if concept.definition else []
        case "designation":
            return lambda concept: [each.value for each in concept.texts()]
        case "parent":
            return lambda concept: list(system.parents(concept.code)) or _of(concept, "parent")
        case "child":
            return lambda concept: list(system.children(concept.code)) or _of(concept, "child")
        case "inactive" if "inactive" not in system.facts.properties:
            return lambda concept: ["true" if concept.inactive else "false"]
        case "status" if "status" not in system.facts.properties:
            return lambda concept: _of(concept, "status") or ([concept.status] if concept.status else [])
        case name if name in system.facts.properties or name in _EVERYWHERE or _used(system, name):
            return lambda concept: _of(concept, name)
        case name:
            raise NotUnderstood(name)


def _of(concept: Concept, name: str) -> list[str]:
    return [each.text for each in concept.properties if each.code == name]


def _used(system: System, name: str) -> bool:
    found = (system.find(code) for code in system.codes())
    return any(each.code == name for concept in found if concept for each in concept.properties)
