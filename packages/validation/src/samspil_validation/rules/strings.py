"""Text that looks like markup where none belongs, looked for only where security checks are asked for.

https://hl7.org/fhir/R4/security.html#narrative
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, cast

from samspil_core import Issue
from samspil_validation.context import Context, Settings
from samspil_validation.findings_rules import MARKUP_IN_TEXT

__all__ = ["asked_for", "rule"]

Steps = tuple["str | int", ...]
_TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9]*(?:\s[^<>]*)?/?>")


def asked_for(settings: Settings) -> bool:
    """Only where security checks are asked for."""
    return settings.security


def rule(resource: dict[str, Any], context: Context) -> Iterable[Issue]:
    """Find tags in strings of a resource; narratives have rules of their own."""
    for steps, value in _strings(resource):
        if "<" in value and _TAG.search(value):
            yield MARKUP_IN_TEXT.at(context.where(*steps))


def _strings(resource: dict[str, Any]) -> Iterator[tuple[Steps, str]]:
    waiting: list[tuple[Steps, Any]] = [((key,), value) for key, value in reversed(resource.items())]
    while waiting:
        steps, value = waiting.pop()
        if isinstance(value, str) and steps[-1] != "div":
            yield steps, value
        elif isinstance(value, list):
            waiting.extend(reversed([((*steps, index), each) for index, each in enumerate(cast("list[Any]", value))]))
        elif isinstance(value, dict) and "resourceType" not in value:
            waiting.extend(((*steps, key), each) for key, each in reversed(cast("dict[str, Any]", value).items()))
