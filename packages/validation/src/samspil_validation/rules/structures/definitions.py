"""Structure definitions: a snapshot can be made of them, and their parts agree with each other and with their base.

https://hl7.org/fhir/R4/structuredefinition.html, https://hl7.org/fhir/R4/elementdefinition.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from samspil_core import Issue
from samspil_definitions import PackageError
from samspil_definitions.snapshot import generate
from samspil_validation.context import Context
from samspil_validation.findings_rules import (
    CONSTRAINT_KEY,
    CONTEXT_UNKNOWN,
    EXTENSION_DERIVED_URL,
    EXTENSION_OTHER_URL,
    MEANING_IN_PROFILE,
    ROOT_SLICED,
    SNAPSHOT_IMPOSSIBLE,
    TYPE_PROFILE_MODIFIER,
    TYPE_PROFILE_OTHER,
)
from samspil_validation.shape import as_node, entries, node, nodes, text, texts, truth

from .paths import find_path, structure_of

__all__ = ["rule"]

_EXTENSION = "http://hl7.org/fhir/StructureDefinition/Extension"
_PARTS = frozenset({"BackboneElement", "Element"})
_WIDER = "SAM-DEF-405"
"""What the generator of snapshots says of elements wider than their base: it cannot see every permission there is."""
Steps = tuple["str | int", ...]


def rule(structure: dict[str, Any], context: Context) -> Iterable[Issue]:
    """Check one structure definition."""
    yield from _contexts(structure, context)
    if text(structure, "derivation") != "constraint":
        return
    yield from _snapshot(structure, context)
    yield from _extension(structure, context)
    base = structure_of(context, text(structure, "baseDefinition"))
    for view in ("differential", "snapshot"):
        for index, element in entries(node(structure, view), "element"):
            yield from _types(element, context, (view, "element", index))
    for index, element in entries(node(structure, "differential"), "element"):
        yield from _element(element, base, context, ("differential", "element", index))


def _snapshot(structure: dict[str, Any], context: Context) -> Iterator[Issue]:
    if not nodes(node(structure, "differential"), "element") or nodes(node(structure, "snapshot"), "element"):
        return  # what is published with a snapshot is used with that one
    try:
        issues = tuple(generate(structure, context.definitions).outcome)
    except PackageError:
        return  # the base is not at hand
    except (KeyError, TypeError, AttributeError, ValueError, IndexError):
        return  # the differential is of a shape that the snapshot checks refuse
    wrong = [each for each in issues if each.severity in {"error", "fatal"} and each.code != _WIDER]
    if wrong:
        yield SNAPSHOT_IMPOSSIBLE.at(context.where(), why=wrong[0].text)


def _extension(structure: dict[str, Any], context: Context) -> Iterator[Issue]:
    if text(structure, "type") != "Extension":
        return
    fixed = next(
        (
            (index, text(each, "fixedUri"))
            for index, each in entries(node(structure, "differential"), "element")
            if text(each, "path") == "Extension.url"
        ),
        None,
    )
    if fixed and fixed[1] and fixed[1] != text(structure, "url"):
        yield EXTENSION_OTHER_URL.at(context.where(), found=fixed[1])
    base = text(structure, "baseDefinition")
    if fixed and fixed[1] and base not in {_EXTENSION, fixed[1]} and structure_of(context, base) is not None:
        yield EXTENSION_DERIVED_URL.at(context.where("differential", "element", fixed[0]), base=base)


def _contexts(structure: dict[str, Any], context: Context) -> Iterator[Issue]:
    for index, each in entries(structure, "context"):
        expression = text(each, "expression")
        if text(each, "type") != "element" or not expression or "#" in expression or ":" in expression:
            continue
        top = structure_of(context, expression.partition(".")[0])
        if top is not None and find_path(top, expression, lambda name: structure_of(context, name)) is None:
            yield CONTEXT_UNKNOWN.at(context.where("context", index), path=expression)


def _element(element: dict[str, Any], base: dict[str, Any] | None, context: Context, at: Steps) -> Iterator[Issue]:
    path = text(element, "path")
    if node(element, "slicing") and "." not in path:
        yield ROOT_SLICED.at(context.where(*at))
    of_base = (
        None
        if base is None
        else next((e for e in nodes(node(base, "snapshot"), "element") if text(e, "path") == path), None)
    )
    if text(element, "meaningWhenMissing") and (of_base is None or not text(of_base, "meaningWhenMissing")):
        yield MEANING_IN_PROFILE.at(context.where(*at), path=path)
    known = _keys(of_base, context)
    for index, each in entries(element, "constraint"):
        expression = known.get(text(each, "key"))
        if expression is not None and text(each, "expression") and expression != text(each, "expression"):
            yield CONSTRAINT_KEY.at(context.where(*at, "constraint", index), key=text(each, "key"))


def _keys(of_base: dict[str, Any] | None, context: Context) -> dict[str, str]:
    """The invariants that an element has from its base and from its type, by key."""
    if of_base is None:
        return {}
    found: dict[str, str] = {}
    for each in nodes(of_base, "type"):
        structure = structure_of(context, text(each, "code"))
        roots = nodes(node(structure or {}, "snapshot"), "element")[:1]
        found |= {text(one, "key"): text(one, "expression") for root in roots for one in nodes(root, "constraint")}
    return found | {text(one, "key"): text(one, "expression") for one in nodes(of_base, "constraint")}


def _types(element: dict[str, Any], context: Context, at: Steps) -> Iterator[Issue]:
    """The profiles of a type are profiles of that type, and of modifiers only where modifiers stand."""
    last = text(element, "path").rpartition(".")[2]
    for index, each in entries(element, "type"):
        code = text(each, "code")
        for number, url in enumerate(texts(each, "profile")):
            profile = structure_of(context, url.partition("#")[0])
            if profile is None or "#" in url or code in _PARTS:
                continue
            where = (*at, "type", index, "profile", number)
            if text(profile, "type") != code and not _derives(text(profile, "type"), code, context):
                yield TYPE_PROFILE_OTHER.at(context.where(*where), profile=url, found=text(profile, "type"), type=code)
            elif code == "Extension" and last in {"extension", "modifierExtension"}:
                root = as_node(next(iter(nodes(node(profile, "snapshot"), "element")), None))
                if truth(root, "isModifier") is not (last == "modifierExtension"):
                    yield TYPE_PROFILE_MODIFIER.at(context.where(*where), profile=url)


def _derives(name: str, wanted: str, context: Context) -> bool:
    """Whether a type of resource is a specialization of another one, however far off."""
    heading = context.definitions.heading("StructureDefinition", wanted)
    if heading is None or heading.kind != "resource":
        return False
    seen: set[str] = set()
    while name and name not in seen:
        if name == wanted:
            return True
        seen.add(name)
        structure = structure_of(context, name)
        name = text(structure or {}, "baseDefinition").rpartition("/")[2]
    return False
