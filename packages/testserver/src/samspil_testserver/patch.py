"""JSON Patch: https://www.rfc-editor.org/rfc/rfc6902."""

import copy
from collections.abc import Mapping, Sequence
from typing import Any, cast

from .findings import BAD_PATCH, NOT_A_RESOURCE
from .refused import Refused

__all__ = ["patched"]


def patched(resource: Mapping[str, Any], operations: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The resource after all operations; itself is not touched. Raises `Refused` when one cannot be done."""
    if not isinstance(operations, list):
        raise Refused(NOT_A_RESOURCE.at(why="it is no list of operations"), 400)
    made: Any = copy.deepcopy(dict(resource))
    for number, operation in enumerate(operations):
        try:
            _apply(made, operation)
        except (LookupError, ValueError, TypeError, AttributeError):
            raise Refused(BAD_PATCH.at(number=number), 422) from None
    return made


def _apply(made: Any, operation: Mapping[str, Any]) -> None:
    verb, steps = operation["op"], _steps(operation["path"])
    match verb:
        case "add":
            _add(made, steps, operation["value"])
        case "remove":
            _take(made, steps)
        case "replace":
            _take(made, steps)
            _add(made, steps, operation["value"])
        case "test":
            if _at(made, steps) != operation["value"]:
                raise ValueError
        case "copy":
            _add(made, steps, copy.deepcopy(_at(made, _steps(operation["from"]))))
        case "move":
            _add(made, steps, _take(made, _steps(operation["from"])))
        case _:
            raise ValueError


def _steps(path: str) -> list[str]:
    if not path.startswith("/"):
        raise ValueError
    return [step.replace("~1", "/").replace("~0", "~") for step in path[1:].split("/")]


def _at(value: Any, steps: Sequence[str]) -> Any:
    for step in steps:
        value = cast("list[Any]", value)[_index(step)] if isinstance(value, list) else value[step]
    return value


def _index(step: str) -> int:
    if not step.isdigit():
        raise ValueError
    return int(step)


def _add(made: Any, steps: Sequence[str], value: Any) -> None:
    parent, last = _at(made, steps[:-1]), steps[-1]
    if isinstance(parent, list):
        whole = cast("list[Any]", parent)
        at = len(whole) if last == "-" else _index(last)
        if at > len(whole):
            raise IndexError
        whole.insert(at, value)
    else:
        parent[last] = value


def _take(made: Any, steps: Sequence[str]) -> Any:
    parent, last = _at(made, steps[:-1]), steps[-1]
    return cast("list[Any]", parent).pop(_index(last)) if isinstance(parent, list) else parent.pop(last)
