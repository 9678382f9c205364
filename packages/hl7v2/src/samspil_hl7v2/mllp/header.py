"""The few fields of MSH that a receiver needs before a message is read: its sender, its id, the answer it wants."""

from __future__ import annotations

import re
from typing import NamedTuple

_MSH = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*MSH([^\sA-Za-z0-9])([^\r\n]*)")
_NEEDED = 16


class Header(NamedTuple):
    """MSH as bytes: `fields[n]` is MSH-n, empty where it is not there; `fields[1]` is the field separator."""

    fields: tuple[bytes, ...]

    @property
    def sender(self) -> str:
        """MSH-3 and MSH-4: whose order is kept, and within whom MSH-10 is unique."""
        return (self.fields[3] + b"|" + self.fields[4]).decode("latin-1")

    @property
    def control_id(self) -> str:
        """MSH-10."""
        return self.fields[10].decode("latin-1")

    @property
    def component(self) -> bytes:
        """The component separator."""
        return self.fields[2][:1] or b"^"


def header(message: bytes) -> Header | None:
    """Read MSH; None where the message does not begin with one."""
    found = _MSH.match(message)
    if not found:
        return None
    parts = found[2].split(found[1])[:_NEEDED]
    parts += [b""] * (_NEEDED - len(parts))
    return Header((b"MSH", found[1], *parts))
