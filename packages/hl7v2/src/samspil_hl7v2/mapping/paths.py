"""Target paths of the tables: `participant[1*].individual(Practitioner).name.family`, `extension(URL).valueString`."""

from __future__ import annotations

import re
from typing import NamedTuple

_NAME = re.compile(r"\$this|[A-Za-z][A-Za-z0-9]*")
_LABEL = re.compile(r"\[([^\]*!=]*)([*!=]?)\]")
_PARENTHESES = re.compile(r"\(([^()]+)\)")


class PathError(ValueError):
    """A target path cannot be read."""


class Step(NamedTuple):
    """One step: the element's `name` and instance `label`, the `made` type behind a reference, the `url` of an extension.

    `flag` is how repetitions treat it: `*` marks the element that repeats, `!` one that does not, `=` one that does not and
    that what other segments have made of the same element is put together with.
    """

    name: str
    label: str = "1"
    flag: str = ""
    made: str = ""
    url: str = ""


def parse_path(text: str) -> tuple[Step, ...]:
    """The steps of a path; empty for `$this`. A leading `[2]` gives a nameless step: another root. Raises PathError.

    >>> parse_path("assigner(Organization).name")[0]
    Step(name='assigner', label='1', flag='', made='Organization', url='')
    """
    if text in {"$this", "$value"}:
        return ()
    steps: list[Step] = []
    at = 0
    while at < len(text):
        step, at = _step(text, at, first=not steps)
        steps.append(step)
        if at < len(text):
            if text[at] != ".":
                raise PathError(f"a dot is expected at character {at + 1} of {text!r}")
            at += 1
            if at == len(text):
                raise PathError(f"{text!r} ends with a dot")
    if not steps:
        raise PathError("the target is empty")
    return tuple(steps)


def _step(text: str, at: int, *, first: bool) -> tuple[Step, int]:
    name = ""
    if found := _NAME.match(text, at):
        name, at = found[0], found.end()
    elif not (first and text[at] == "["):
        raise PathError(f"an element name is expected at character {at + 1} of {text!r}")
    label, flag, url, made = "1", "", "", ""
    while at < len(text) and text[at] in "[(":
        if text[at] == "[":
            found = _LABEL.match(text, at)
            if not found:
                raise PathError(f"a label such as [1] is expected at character {at + 1} of {text!r}")
            label, flag = found[1] or "1", found[2]
        else:
            found = _PARENTHESES.match(text, at)
            if not found:
                raise PathError(f"a type or URL in parentheses is expected at character {at + 1} of {text!r}")
            if name in {"extension", "modifierExtension"}:
                url = found[1]
            else:
                made = found[1]
        at = found.end()
    if name in {"extension", "modifierExtension"} and not url:
        raise PathError(f"an extension needs its URL in parentheses in {text!r}")
    return Step(name, label, flag, made, url), at
