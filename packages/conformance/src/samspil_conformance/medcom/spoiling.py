"""What a seeded fault makes of the messages of the demonstration system: rows of the catalogue, put to work.

`{op: set, of: TYPE, path: STEPS, value: ...}` and `{op: drop, of: TYPE, path: STEPS}` change every resource of a type, or
the `Bundle` itself: steps between dots, `*` for each of a list. `{op: change, find: PATTERN, put: TEXT}` rewrites the JSON,
`{op: reverse}` turns the entries round, `{op: behave, as: NAME}` is told to the system. With `when`, one of new, reply,
forward, acknowledgement, a row is about such messages alone.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

from samspil_core import dumps, loads

from .message import Message
from .threads import activity

__all__ = ["behaviours", "spoiled"]

Json = dict[str, Any]
Row = Mapping[str, Any]


def behaviours(rows: Sequence[Row]) -> frozenset[str]:
    """The names of what the system is to do otherwise."""
    return frozenset(str(row["as"]) for row in rows if row["op"] == "behave")


def spoiled(message: Json, rows: Sequence[Row]) -> Json:
    """The message with every change that is meant for it."""
    made: Json = loads(dumps(message))
    kind = activity(Message(made)).removesuffix("-message")
    for row in rows:
        if row["op"] == "behave" or row.get("when", kind) != kind:
            continue
        if row["op"] == "change":
            made = loads(re.sub(str(row["find"]), str(row["put"]), dumps(made).decode()).encode())
        elif row["op"] == "reverse":
            made["entry"] = made["entry"][::-1]
        else:
            for each in _of(made, str(row["of"])):
                _edit(each, str(row["path"]).split("."), row)
    return made


def _of(message: Json, kind: str) -> list[Any]:
    return (
        [message]
        if kind == "Bundle"
        else [each["resource"] for each in message["entry"] if each["resource"]["resourceType"] == kind]
    )


def _edit(value: Any, steps: list[str], row: Row) -> None:
    step, rest = steps[0], steps[1:]
    if step == "*":
        for number in range(len(value) - 1, -1, -1):
            _edit(value, [str(number), *rest], row)
        return
    key: Any = int(step) if isinstance(value, list) else step
    listed = cast("list[Any]", value)
    there = -len(listed) <= key < len(listed) if isinstance(value, list) else key in value
    if rest and there:
        _edit(value[key], rest, row)
    elif not rest and row["op"] == "set" and (there or isinstance(value, dict)):
        value[key] = row["value"]
    elif not rest and row["op"] == "drop" and there:
        del value[key]
