"""The handlers of keys: a primitive or an object, repeating or not. https://hl7.org/fhir/R4/json.html."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from samspil_validation import findings as f

from .primitives import JSON_TYPE, PRIMITIVES, is_uri

if TYPE_CHECKING:
    from samspil_validation.run import Run

    from .base import Check, Handler

__all__ = ["complex_handler", "complexes_handler", "primitive_handler", "primitives_handler"]


def primitive_handler(  # noqa: PLR0913, PLR0917  the facts of one element
    key: str, code: str, test: Callable[[Any], bool], after: tuple[Check, ...], url: str, binding: Any, quick: Any
) -> Handler:
    """The handler of a primitive that does not repeat."""
    fault = _fault(key, code, url, binding if quick else None)
    if not after:

        def handle(value: Any, _node: dict[str, Any], place: Any, run: Run) -> None:
            if not test(value):
                fault(value, (place, key, -1), run)

        return handle

    def handle_after(value: Any, _node: dict[str, Any], place: Any, run: Run) -> None:
        place = (place, key, -1)
        if not test(value):
            fault(value, place, run)
            return
        for each in after:
            each(value, place, run)

    return handle_after


def primitives_handler(  # noqa: PLR0913, PLR0917  the facts of one element
    key: str, code: str, test: Callable[[Any], bool], after: tuple[Check, ...], url: str, binding: Any, quick: Any
) -> Handler:
    """The handler of a primitive that repeats: nulls stand for values that only have a sibling."""
    fault = _fault(key, code, url, binding if quick else None)

    def handle(values: Any, node: dict[str, Any], place: Any, run: Run) -> None:
        if values.__class__ is not list:
            _want_array(values, key, place, run, url)
            return
        if not values:
            run.find(f.EMPTY_ARRAY, (place, key, -1), url)
        for index, value in enumerate(values):
            if value is None:
                _null_entry(node, key, index, place, run, url)
            elif not test(value):
                fault(value, (place, key, index), run)
            elif after:
                for each in after:
                    each(value, (place, key, index), run)

    return handle


def _null_entry(node: dict[str, Any], key: str, index: int, place: Any, run: Run, url: str) -> None:  # noqa: PLR0913, PLR0917
    siblings: Any = node.get("_" + key)
    if not (siblings.__class__ is list and index < len(siblings) and siblings[index]):
        run.find(f.NULL_VALUE, (place, key, index), url)


def _want_array(value: Any, key: str, place: Any, run: Run, url: str) -> None:
    run.find(f.NULL_VALUE if value is None else f.NOT_AN_ARRAY, (place, key, -1), url, element=key)


def _fault(key: str, code: str, url: str, binding: Any) -> Check:
    """What is told of a value that its test refuses."""
    json_type = JSON_TYPE.get(code, "string")
    classes: Mapping[str, tuple[type, ...]] = {"boolean": (bool,), "string": (str,)}
    own_test = PRIMITIVES[code]

    def fault(value: Any, place: Any, run: Run) -> None:
        if value is None:
            run.find(f.NULL_VALUE, place, url)
        elif value.__class__ is list:
            run.find(f.AN_ARRAY, place, url, element=key)
        elif (json_type in classes and value.__class__ not in classes[json_type]) or (
            json_type == "number" and (value is True or value is False or value.__class__ in {str, dict})
        ):
            run.find(f.WRONG_JSON_TYPE, place, url, type=code, json=json_type)
        elif code == "canonical" and is_uri(value):
            run.find(f.CANONICAL_NOT_ABSOLUTE, place, url)
        elif binding and own_test(value):
            run.find(f.CODE_NOT_REQUIRED, place, url, value_set=binding[1])
        else:
            run.find(f.BAD_PRIMITIVE, place, url, type=code)

    return fault


def complex_handler(key: str, inner: Check, after: tuple[Check, ...], url: str, _most: int | None) -> Handler:
    """The handler of an object that does not repeat."""

    def handle(value: Any, _node: dict[str, Any], place: Any, run: Run) -> None:
        if value.__class__ is list:
            run.find(f.AN_ARRAY, (place, key, -1), url, element=key)
            return
        inner(value, (place, key, -1), run)

    if not after:
        return handle

    def handle_after(value: Any, _node: dict[str, Any], place: Any, run: Run) -> None:
        place = (place, key, -1)
        if value.__class__ is list:
            run.find(f.AN_ARRAY, place, url, element=key)
            return
        inner(value, place, run)
        if value.__class__ is dict:
            for each in after:
                each(value, place, run)

    return handle_after


def complexes_handler(key: str, inner: Check, after: tuple[Check, ...], url: str, most: int | None) -> Handler:
    """The handler of objects that repeat."""

    def handle(values: Any, _node: dict[str, Any], place: Any, run: Run) -> None:
        if values.__class__ is not list:
            _want_array(values, key, place, run, url)
            return
        if not values:
            run.find(f.EMPTY_ARRAY, (place, key, -1), url)
        if most is not None and len(values) > most:
            run.find(f.TOO_MANY, place, url, element=key, maximum=most, count=len(values))
        index = 0
        for value in values:
            here = (place, key, index)
            inner(value, here, run)
            index += 1  # noqa: SIM113  cheaper than enumerate here
            if after and value.__class__ is dict:
                for each in after:
                    each(value, here, run)

    return handle
