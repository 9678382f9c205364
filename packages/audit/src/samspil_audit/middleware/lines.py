"""A stream of NDJSON, cut into whole lines as it passes: bulk data never lies in memory as a whole."""

from collections import deque
from collections.abc import Mapping
from typing import Any, cast

from samspil_core import NotJson, loads

from .bodies import Unpacker

__all__ = ["Lines"]


class Lines:
    """Keeps what came of a line that has not ended; `count` is how many resources passed.

    `encoding` is the Content-Encoding. What cannot be unpacked counts as one resource, which cannot be read.
    """

    def __init__(self, encoding: str = "") -> None:
        self._unpacker = Unpacker(encoding)
        self._plain = encoding.strip().lower() in {"", "identity"}
        self._rest = b""
        self._held: deque[tuple[bytes, int]] = deque()  # parts, and where in the unpacked stream each ends
        self._come = self._cut = 0
        self._broken = False
        self.count = 0

    def take(self, part: bytes, *, ends: bool) -> tuple[bytes, list[Mapping[str, Any]]]:
        """The bytes that may go, once the resources in them are recorded; a line that is no resource counts as one."""
        text, found = self._unpacked(part, ends=ends)
        data = self._rest + text
        at = len(data) if ends else data.rfind(b"\n") + 1
        whole, self._rest = data[:at], data[at:]
        found += [_resource(line) for line in whole.split(b"\n") if line.strip()]
        self.count += len(found)
        return whole if self._plain else self._let_go(part, len(text), at, ends=ends), found

    def _unpacked(self, part: bytes, *, ends: bool) -> tuple[bytes, list[Mapping[str, Any]]]:
        if self._broken:
            return b"", []
        try:
            return self._unpacker.take(part, ends=ends), []
        except ValueError:
            self._broken = True
            return b"", [{"resourceType": "Binary"}]

    def _let_go(self, part: bytes, came: int, cut: int, *, ends: bool) -> bytes:
        """The packed parts of which every line has been taken; a packed stream cannot be cut between lines."""
        self._come += came
        self._cut += cut
        self._held.append((part, self._come))
        going: list[bytes] = []
        while self._held and (ends or self._broken or self._held[0][1] <= self._cut):
            going.append(self._held.popleft()[0])
        return b"".join(going)


def _resource(line: bytes) -> Mapping[str, Any]:
    try:
        found = loads(line)
    except NotJson:
        found = None
    return cast("Mapping[str, Any]", found) if isinstance(found, dict) else {"resourceType": "Binary"}
