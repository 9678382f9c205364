"""How bytes stand in the record: as text where they are text, else in base64."""

import base64
from collections.abc import Iterable
from typing import Any

from samspil_conformance.masking import Masker

__all__ = ["body_bytes", "body_of", "headers_of"]


def body_of(data: bytes, masker: Masker) -> dict[str, str]:
    """Bytes as members of an event, masked where they are text."""
    try:
        return {"body": masker.text(data.decode("utf-8"))}
    except UnicodeDecodeError:
        return {"body": base64.b64encode(data).decode("ascii"), "encoding": "base64"}


def body_bytes(part: dict[str, Any]) -> bytes:
    """The bytes that stand in an event. Raises KeyError where it holds a digest alone."""
    if "body_sha256" in part:
        raise KeyError("the body is not in this record")
    if part.get("encoding") == "base64":
        return base64.b64decode(part["body"])
    return str(part.get("body", "")).encode()


def headers_of(headers: Iterable[tuple[str, str]], masker: Masker) -> list[list[str]]:
    """Headers as pairs, masked."""
    return [[name.lower(), masker.header(name, value)] for name, value in headers]
