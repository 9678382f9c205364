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
        return _contained(text[1:], resource, root)
    for holder in (root, resource):
        if is_object(holder) and holder.get("resourceType") in {"Bundle", "Parameters"}:
            found = _entry(text, holder, resource)
            if found is not None:
                return found
    return None


def _contained(identifier: str, *holders: Any) -> Any:
    for holder in holders:
        if not is_object(holder):
            continue
        if not identifier:
            return holder
        listed = holder.get("contained")
        for each in listed if is_array(listed) else ():
            if is_object(each) and each.get("id") == identifier:
                return each
    return None


def _entry(text: str, bundle: dict[str, Any], _resource: Any) -> Any:
    entries = bundle.get("entry")
    tail = "/" + text
    for each in entries if is_array(entries) else ():
        if not is_object(each) or not is_object(each.get("resource")):
            continue
        resource, url = each["resource"], each.get("fullUrl")
        if isinstance(url, str) and (url == text or url.endswith(tail)):
            return resource
        if url is None and f"{resource.get('resourceType')}/{resource.get('id')}" == text:
            return resource
        if resource.get("url") == text and "://" in text:
            return resource
    return None
