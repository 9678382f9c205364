"""Attachments: the stated size and hash are those of the data. https://hl7.org/fhir/R4/datatypes.html#Attachment."""

from __future__ import annotations

import binascii
from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha1
from typing import Any

from samspil_core import Issue
from samspil_validation.context import Context
from samspil_validation.findings_rules import ATTACHMENT_HASH, ATTACHMENT_SIZE
from samspil_validation.shape import text

__all__ = ["needed", "rule"]


def needed(attachment: dict[str, Any], _run: Any) -> bool:
    """Only an attachment with its data, and a size or a hash."""
    return "data" in attachment and ("size" in attachment or "hash" in attachment)


def rule(attachment: dict[str, Any], context: Context) -> Iterable[Issue]:
    """Compare size and hash with the data, where they are there."""
    data, size, digest = text(attachment, "data"), attachment.get("size"), text(attachment, "hash")
    try:
        content = binascii.a2b_base64("".join(data.split()), strict_mode=True)
    except ValueError:
        return
    if not content:
        return
    if (isinstance(size, int) or (isinstance(size, str) and size.isdecimal())) and int(size) != len(content):
        yield ATTACHMENT_SIZE.at(context.where(), stated=int(size), found=len(content))
    if digest and digest != b64encode(sha1(content, usedforsecurity=False).digest()).decode():
        yield ATTACHMENT_HASH.at(context.where())
