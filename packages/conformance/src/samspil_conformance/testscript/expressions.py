"""FHIRPath on a content: compiled strictly, its values as text."""

from datetime import datetime
from typing import Any, cast

from samspil_core import dumps
from samspil_fhirpath import Environment, compile_expression

from .exchange import Content

__all__ = ["as_text", "evaluate"]


def evaluate(expression: str, content: Content, now: datetime) -> list[str]:
    """The values of an expression as text; none where the content is no resource. Raises `FhirPathError`."""
    compiled = compile_expression(expression)
    if content.json is None:
        return []
    return [as_text(each) for each in compiled(content.json, environment=Environment(now=now, timezone=now.tzinfo))]


def as_text(value: Any) -> str:
    """A JSON value as the text an assert compares: `true`, numbers as written, objects as JSON."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return dumps(cast("Any", value)).decode() if isinstance(value, dict | list) else str(value)
