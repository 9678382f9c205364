"""Ids that follow from content: the same name gives the same id, everywhere and every time.

RFC 4122 section 4.3, version 5: https://www.rfc-editor.org/rfc/rfc4122#section-4.3
"""

from hashlib import sha1
from typing import Final
from uuid import NAMESPACE_URL, uuid5

__all__ = ["NAMESPACE", "name_uuid", "uuid_of"]

NAMESPACE: Final = uuid5(NAMESPACE_URL, "urn:samspil:ids")
"""The namespace of every id this toolkit derives; changing it would change every id ever derived."""

_namespace_hashed = sha1(NAMESPACE.bytes, usedforsecurity=False).copy
_VARIANT = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}


def name_uuid(*parts: str) -> str:
    """The version 5 UUID of a name made of parts, as 36 lower-case characters.

    Equal to `uuid.uuid5(NAMESPACE, name)`, where `name` is each part as `length:part` in a row, so that
    different parts never make the same name (`("ab", "c")` and `("a", "bc")` differ). Lengths count
    characters. Needs no random source and no clock. Raises UnicodeEncodeError on a lone surrogate.
    """
    return uuid_of("".join([f"{len(part)}:{part}" for part in parts]))


def uuid_of(name: str) -> str:
    """The version 5 UUID of a name that was put together as `name_uuid` does it."""
    hashed = _namespace_hashed()
    hashed.update(name.encode())
    digits = hashed.hexdigest()
    return f"{digits[:8]}-{digits[8:12]}-5{digits[13:16]}-{_VARIANT[digits[16]]}{digits[17:20]}-{digits[20:32]}"
