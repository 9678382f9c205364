"""resolve(): contained resources, entries of the Bundle at hand, and then whatever the environment knows."""

from __future__ import annotations

from typing import Any

from .environment import Run
from .navigation import as_node
from .shapes import is_array, is_object
from .values import Node

__all__ = ["resolve"]


def resolve(item: Any, run: Run) -> Node | None:
    """The resource that an item (Reference, canonical, uri, String) leads to, or None."""
    text = _text(item)
    if not text:
        return None
    found = _near(text, run)
    if found is None and run.environment.resolve:
        found = run.environment.resolve(text)
    return None if found is None else as_node(plain(found), "", run.model)


def plain(resource: Any) -> Any:
    """A dict as it is; a model as a dict."""
    from samspil_core.models import as_json

    return as_json(resource)


def _text(item: Any) -> str:
    value = item.value if isinstance(item, Node) else item
    if is_object(value):
        value = value.get("reference")
    return value if isinstance(value, str) else ""


def _near(text: str, run: Run) -> Any:
    resource, root = run.resource, run.root
    if text.startswith("#"):
        return _contained(text[1:], run, resource, root)
    for holder in (root, resource):
        if is_object(holder) and holder.get("resourceType") in {"Bundle", "Parameters"}:
            found = _entry(text, holder, run)
            if found is not None:
                return found
    return None


def _contained(identifier: str, run: Run, *holders: Any) -> Any:
    for holder in holders:
        if not is_object(holder):
            continue
        if not identifier:
            return holder
        for each in _index(holder, "contained", run).get(identifier, ()):
            return each
    return None


def _entry(text: str, bundle: dict[str, Any], run: Run) -> Any:
    tail = "/" + text
    alike = _index(bundle, "entry", run).get(_last(text), ())
    run.spend(len(alike))
    for each in alike:
        resource, url = each["resource"], each.get("fullUrl")
        if isinstance(url, str) and (url == text or url.endswith(tail)):
            return resource
        if url is None and f"{resource.get('resourceType')}/{resource.get('id')}" == text:
            return resource
        if resource.get("url") == text and "://" in text:
            return resource
    return None


def _index(holder: dict[str, Any], member: str, run: Run) -> dict[str, list[Any]]:
    """What a resource holds, by the names it may be asked for: ids, or what follows the last slash of URLs."""
    known = run.indexes.get((id(holder), member))
    if known is None:
        made: dict[str, list[Any]] = {}
        listed = holder.get(member)
        for each in listed if is_array(listed) else ():
            for name in _names(each, member):
                made.setdefault(name, []).append(each)
        known = run.indexes[id(holder), member] = (holder, made)
    return known[1]


def _names(each: Any, member: str) -> set[str]:
    if not is_object(each):
        return set()
    if member == "contained":
        return {name for name in (each.get("id"),) if isinstance(name, str)}
    resource, url = each.get("resource"), each.get("fullUrl")
    if not is_object(resource):
        return set()
    named = [f"/{resource.get('id')}" if url is None else url, resource.get("url")]
    return {_last(name) for name in named if isinstance(name, str)}


def _last(url: str) -> str:
    return url.rpartition("/")[2]
