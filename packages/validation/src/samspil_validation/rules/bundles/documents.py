"""Documents and messages: what the first resource refers to is in the bundle, and nothing else is.

https://hl7.org/fhir/R4/documents.html#content, https://hl7.org/fhir/R4/messaging.html, https://hl7.org/fhir/R4/bundle.html#references
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from samspil_core import Issue
from samspil_validation.context import Context
from samspil_validation.findings_rules import (
    ENTRY_UNREACHED,
    NOT_IN_BUNDLE,
    NOT_IN_BUNDLE_BY_URL,
    SEVERAL_IN_BUNDLE,
)
from samspil_validation.shape import entries, node, nodes, text

from .links import Links, references_in

__all__ = ["rule"]

Steps = tuple["str | int", ...]
Found = Iterator[tuple[Steps, str]]

_ONE = ("subject", "encounter", "custodian")


def rule(bundle: dict[str, Any], context: Context) -> Iterable[Issue]:
    """Check the references of the first resource, and for a document whether every entry hangs together with it."""
    kind = text(bundle, "type")
    if kind not in {"document", "message"}:
        return
    links = Links(bundle, by_name=context.release == "R5")
    first = links.resources.get(0, {})
    name = text(first, "resourceType")
    if kind == "document" and name == "Composition":
        yield from _resolved(_of_composition(first), links, context)
        yield from _reached(links, context)
    elif kind == "message" and name == "MessageHeader":
        focus = (((*("focus", index),), text(each, "reference")) for index, each in entries(first, "focus"))
        yield from _resolved(focus, links, context)


def _of_composition(composition: dict[str, Any]) -> Found:
    """Where a composition refers to what a document must hold, and the reference."""
    for key in _ONE:
        yield (key,), text(node(composition, key), "reference")
    for index, each in entries(composition, "subject"):
        yield ("subject", index), text(each, "reference")
    for index, each in entries(composition, "author"):
        yield ("author", index), text(each, "reference")
    for index, each in entries(composition, "attester"):
        yield ("attester", index, "party"), text(node(each, "party"), "reference")
    for index, each in entries(composition, "event"):
        for number, detail in entries(each, "detail"):
            yield ("event", index, "detail", number), text(detail, "reference")
    yield from _of_sections(composition, ())


def _of_sections(holder: dict[str, Any], at: Steps) -> Found:
    for index, section in entries(holder, "section"):
        here = (*at, "section", index)
        for key in ("author", "entry"):
            for number, each in entries(section, key):
                yield (*here, key, number), text(each, "reference")
        yield (*here, "focus"), text(node(section, "focus"), "reference")
        yield from _of_sections(section, here)


def _resolved(found: Found, links: Links, context: Context) -> Iterator[Issue]:
    for steps, reference in found:
        if not reference or reference.startswith("#"):
            continue
        targets = links.targets(reference, 0)
        place = ("entry", 0, "resource", *steps)
        if len(targets) > 1:
            yield SEVERAL_IN_BUNDLE.at(context.where(*place), count=len(targets))
        elif not targets and links.same_name(reference):
            yield NOT_IN_BUNDLE_BY_URL.at(context.where(*place))
        elif not targets:
            yield NOT_IN_BUNDLE.at(context.where(*place))


def _reached(links: Links, context: Context) -> Iterator[Issue]:
    """The entries that no chain of references, followed either way, joins with the composition."""
    beside: dict[int, set[int]] = {index: set() for index in links.resources}
    for index, resource in links.resources.items():
        for reference in references_in(resource):
            for target in links.targets(reference, index):
                beside[index].add(target)
                beside[target].add(index)
    sheets = [text(each, "url") for each in nodes(links.bundle, "link") if text(each, "relation") == "stylesheet"]
    beside[0].update(target for url in sheets for target in links.targets(url, 0))
    seen, waiting = {0}, [0]
    while waiting:
        new = beside[waiting.pop()] - seen
        seen |= new
        waiting.extend(new)
    for index in links.resources:
        if index not in seen:
            yield ENTRY_UNREACHED.at(context.where("entry", index))
