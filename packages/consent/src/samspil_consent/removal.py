"""Taking parts out of a resource so that nothing shows where they were: labelled elements, references to what is withheld.

What holds nothing any more goes too, and so does the narrative, as it may say the same in words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any, Final, cast

from samspil_core.values import Coding

from .codes import ACT_CODE, canonical
from .parts import codings, is_object, objects, tail
from .walk import INLINE_LABEL

__all__ = ["labels_of_element", "without_elements", "without_references"]

_GONE: Final = object()
_NOTHING_SAID: Final = frozenset({"id", "extension"})
_INLINE_MARK: Final = f"{ACT_CODE}|PROCESSINLINELABEL"

Gone = Callable[[Mapping[str, Any]], bool]


def labels_of_element(element: Mapping[str, Any]) -> tuple[Coding, ...]:
    """The labels that one element bears itself."""
    found = [one for one in objects(element.get("extension")) if one.get("url") == INLINE_LABEL]
    return tuple(coding for one in found for name in one if name.startswith("value") for coding in codings(one[name]))


def without_elements(resource: Mapping[str, Any], gone: Gone) -> Mapping[str, Any]:
    """The resource without the elements that `gone` says of; itself where there are none.

    A label that cannot be read counts as one that withholds: `gone` is asked of every element that bears one.
    """
    made = _part(resource, gone, whole_items=False)
    if made is resource:
        return resource
    kept = dict(cast("Mapping[str, Any]", made)) if made is not _GONE else {}
    return _silent(resource, kept)


def without_references(resource: Mapping[str, Any], hidden: AbstractSet[str]) -> Mapping[str, Any]:
    """The resource without its references to `hidden` (`Type/id`), and without the items of lists that hang on them."""

    def gone(element: Mapping[str, Any]) -> bool:
        target = element.get("reference")
        return isinstance(target, str) and tail(target) in hidden

    made = _part(resource, gone, whole_items=True)
    return resource if made is resource else _silent(resource, dict(cast("Mapping[str, Any]", made)))


def _silent(resource: Mapping[str, Any], kept: dict[str, Any]) -> dict[str, Any]:
    """Its narrative, and the mark that elements are labelled where none is any more, are taken out as well."""
    kept = {"resourceType": resource.get("resourceType"), "id": resource.get("id"), **kept}
    kept.pop("text", None)
    meta = kept.get("meta")
    if is_object(meta) and not _is_labelled(kept):
        labels = [each for each in objects(meta.get("security")) if not _is_mark(each)]
        rest = {name: value for name, value in meta.items() if name != "security"}
        kept["meta"] = {**rest, "security": labels} if labels else rest
        if not kept["meta"]:
            del kept["meta"]
    return kept


def _is_mark(coding: Mapping[str, Any]) -> bool:
    return f"{canonical(str(coding.get('system') or ''))}|{coding.get('code')}" == _INLINE_MARK


def _is_labelled(value: Any) -> bool:
    if isinstance(value, list):
        return any(_is_labelled(each) for each in cast("list[Any]", value))
    if not is_object(value):
        return False
    return bool(labels_of_element(value)) or any(_is_labelled(each) for each in value.values())


def _part(value: Any, gone: Gone, *, whole_items: bool, root: bool = True) -> Any:
    """A value without what is gone: itself if nothing is, `_GONE` if nothing is left.

    With `whole_items` an element that loses a part goes whole, up to the list or the resource it stands in.
    """
    if isinstance(value, list):
        return _items(cast("list[Any]", value), gone, whole_items=whole_items)
    if not is_object(value):
        return value
    if not root and gone(value):
        return _GONE
    made: dict[str, Any] = {}
    changed = False
    for name, given in value.items():
        new = _part(given, gone, whole_items=whole_items, root=False)
        changed = changed or new is not given
        if new is _GONE and whole_items and not root and not isinstance(given, list):
            return _GONE
        made[name] = new
    if not changed:
        return value
    lost = {name for name, new in made.items() if new is _GONE}
    lost |= {name[1:] for name in lost if name.startswith("_")}  # a primitive, and the label that stands beside it
    made = {name: new for name, new in made.items() if name not in lost}
    return made if root or not _NOTHING_SAID.issuperset(made) else _GONE


def _items(value: list[Any], gone: Gone, *, whole_items: bool) -> Any:
    made = [_part(each, gone, whole_items=whole_items, root=False) for each in value]
    if all(new is given for new, given in zip(made, value, strict=True)):
        return value
    kept = [each for each in made if each is not _GONE]
    labels_of_primitives = any(each is None for each in value)  # `_given`: what is gone there cannot be told apart
    return kept if kept and not labels_of_primitives else _GONE
