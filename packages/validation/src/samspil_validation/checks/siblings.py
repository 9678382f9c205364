"""The `_name` beside a primitive: its id and its extensions. https://hl7.org/fhir/R4/json.html#primitive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from samspil_validation import findings as f

from .primitives import is_string

if TYPE_CHECKING:
    from samspil_validation.run import Run
    from samspil_validation.schema import Schema

    from .base import Handler

__all__ = ["sibling_handler", "siblings_handler"]


def sibling_handler(key: str, url: str, schema: Schema, required: str = "") -> Handler:
    """The handler of `_key` for a primitive that does not repeat; `required` is the value set of which it must be a code."""
    extensions = schema.extension_check("extension")

    def handle(value: Any, node: dict[str, Any], place: Any, run: Run) -> None:
        place = (place, key, -1)
        if required and key not in node:
            run.find(f.CODE_ABSENT, place, url, value_set=required)
        _one(value, place, run, node.get(key))

    def _one(value: Any, place: Any, run: Run, beside: Any) -> None:
        if value.__class__ is not dict:
            run.find(f.SIBLING_SHAPE, place, url, element=key)
            return
        if not value or (beside is None and len(value) == 1 and "id" in value):
            run.find(f.EMPTY_ELEMENT, place, url)
        for name, content in value.items():
            if name == "extension" and content.__class__ is list and content:
                for index, each in enumerate(content):
                    extensions(each, (place, "extension", index), run)
            elif name == "id" and is_string(content):
                run.note_id(content)
            else:
                shown = name if name.isidentifier() else "?"
                run.find(f.UNKNOWN_ELEMENT, place, url, type="Element", element=shown)

    handle.one = _one  # type: ignore[attr-defined]
    return handle


def siblings_handler(key: str, url: str, schema: Schema) -> Handler:
    """The handler of `_key` for a primitive that repeats: an array as long as the values, or longer with nulls."""
    one = sibling_handler(key, url, schema).one  # type: ignore[attr-defined]

    def handle(values: Any, node: dict[str, Any], place: Any, run: Run) -> None:
        if values.__class__ is not list:
            run.find(f.SIBLING_SHAPE, (place, key, -1), url, element=key)
            return
        listed: Any = node.get(key)
        beside: list[Any] = listed if listed.__class__ is list else []
        if listed.__class__ is list and len(beside) != len(values):
            run.find(f.SIBLING_SHAPE, (place, key, -1), url, element=key)
        for index, value in enumerate(values):
            if value is not None:
                one(value, (place, key, index), run, beside[index] if index < len(beside) else None)

    return handle
