"""What a connection may ask of a listener."""

from __future__ import annotations

from typing import NamedTuple


class Limits(NamedTuple):
    """Bytes of a message, seconds for one from its first byte, connections at once."""

    message_bytes: int = 64 * 1024 * 1024
    frame_seconds: float = 60.0
    connections: int = 500
