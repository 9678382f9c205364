"""The full URLs of a bundle's entries, and its links.

https://hl7.org/fhir/R4/bundle.html#bundle-unique, https://hl7.org/fhir/R4/bundle-definitions.html#Bundle.entry.fullUrl
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from samspil_core import Issue
from samspil_validation.context import Context
from samspil_validation.findings_rules import (
    FULL_URL_MISSING,
    FULL_URL_NO_ID,
    FULL_URL_OTHER,
    FULL_URL_RELATIVE,
    LINK_OF_SEARCH,
    STYLESHEET_MISSING,
)
from samspil_validation.rules.urls import is_absolute
from samspil_validation.shape import entries, node, text

from .links import RESTFUL, Links

__all__ = ["rule"]

_WITHOUT = frozenset({"transaction", "batch", "transaction-response", "batch-response"})
_PAGED = frozenset({"searchset", "history"})
_PAGES = frozenset({"first", "previous", "prev", "next", "last"})


def rule(bundle: dict[str, Any], context: Context) -> Iterable[Issue]:
    """The full URL names the resource of the entry; links between pages are for searches and histories."""
    kind = text(bundle, "type")
    for index, entry in entries(bundle, "entry"):
        resource = node(entry, "resource")
        if resource:
            yield from _full_url(kind, text(entry, "fullUrl"), resource, context, index)
    yield from _links(bundle, kind, context)


def _full_url(kind: str, url: str, resource: dict[str, Any], context: Context, index: int) -> Iterator[Issue]:
    if not url:
        outcome = kind == "searchset" and text(resource, "resourceType") == "OperationOutcome"
        if kind and kind not in _WITHOUT and not outcome:
            yield FULL_URL_MISSING.at(context.where("entry", index))
        return
    if not is_absolute(url):
        yield FULL_URL_RELATIVE.at(context.where("entry", index))
        return
    restful = RESTFUL.fullmatch(url)
    if not restful or kind in {"transaction", "batch"}:
        return
    name, rid = text(resource, "resourceType"), text(resource, "id")
    if not rid:
        if context.is_resource_type(restful["type"]):
            yield FULL_URL_NO_ID.at(context.where("entry", index))
    elif (restful["type"], restful["id"]) != (name, rid) and context.is_resource_type(restful["type"]):
        yield FULL_URL_OTHER.at(context.where("entry", index), type=name)


def _links(bundle: dict[str, Any], kind: str, context: Context) -> Iterator[Issue]:
    targets = Links(bundle)
    for index, link in entries(bundle, "link"):
        relation = text(link, "relation")
        if relation in _PAGES and kind and kind not in _PAGED:
            yield LINK_OF_SEARCH.at(context.where("link", index, "relation"), relation=relation)
        url = text(link, "url")
        local = relation == "stylesheet" and kind == "document" and not is_absolute(url)
        if local and not targets.targets(url, 0):
            yield STYLESHEET_MISSING.at(context.where("link", index, "url"))
