"""The canonical URL of a conformance resource. https://hl7.org/fhir/R4/references.html#canonical."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from samspil_core import Issue
from samspil_validation.context import Context
from samspil_validation.findings_rules import CANONICAL_RELATIVE, CANONICAL_UUID
from samspil_validation.rules.urls import is_absolute
from samspil_validation.shape import text

__all__ = ["needed", "rule"]

_UUID = re.compile(r"urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def needed(resource: dict[str, Any], _run: Any) -> bool:
    """Only a resource with a URL."""
    return "url" in resource


def rule(resource: dict[str, Any], context: Context) -> Iterable[Issue]:
    """The URL is absolute, and a UUID is whole and in lower case."""
    url = text(resource, "url")
    if not url:
        return
    if not is_absolute(url):
        yield CANONICAL_RELATIVE.at(context.where("url"))
    elif url.startswith("urn:uuid:") and not _UUID.fullmatch(url):
        yield CANONICAL_UUID.at(context.where("url"))
