"""A stream of NDJSON, cut into whole lines as it passes: bulk data never lies in memory as a whole."""

from collections.abc import Mapping
from typing import Any, cast

from samspil_core import NotJson, loads

__all__ = ["Lines"]


class Lines:
    """Keeps what came of a line that has not ended; `count` is how many resources passed."""

    def __init__(self) -> None:
        self._rest = b""
        self.count = 0

    def take(self, part: bytes, *, ends: bool) -> tuple[bytes, list[Mapping[str, Any]]]:
        """The bytes that may go, once the resources in them are recorded; a line that is no resource counts as one."""
        data = self._rest + part
        whole, self._rest = (data, b"") if ends else _cut(data)
        found = [_resource(line) for line in whole.splitlines() if line.strip()]
        self.count += len(found)
        return whole, found


def _cut(data: bytes) -> tuple[bytes, bytes]:
    at = data.rfind(b"\n") + 1
    return data[:at], data[at:]


def _resource(line: bytes) -> Mapping[str, Any]:
    try:
        found = loads(line)
    except NotJson:
        found = None
    return cast("Mapping[str, Any]", found) if isinstance(found, dict) else {"resourceType": "Binary"}
