"""Attachments: the stated size is that of the data. https://hl7.org/fhir/R4/datatypes.html#Attachment."""

from __future__ import annotations

import binascii
from collections.abc import Iterable
from typing import Any

from samspil_core import Issue
from samspil_validation.context import Context
from samspil_validation.findings_rules import ATTACHMENT_SIZE
from samspil_validation.shape import text

__all__ = ["needed", "rule"]


def needed(attachment: dict[str, Any], _run: Any) -> bool:
    """Only an attachment with its data and a size."""
    return "size" in attachment and "data" in attachment


def rule(attachment: dict[str, Any], context: Context) -> Iterable[Issue]:
    """Compare the size with the data, where both are there."""
    data, size = text(attachment, "data"), attachment.get("size")
    if not data or size is None:
        return
    try:
        found = len(binascii.a2b_base64("".join(data.split()), strict_mode=True))
        stated = int(size)
    except (ValueError, TypeError):
        return
    if found != stated:
        yield ATTACHMENT_SIZE.at(context.where(), stated=stated, found=found)
