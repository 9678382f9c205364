"""Ids of records: UUIDs of version 7, which lie in the order of time, out of a clock and a source of randomness.

https://www.rfc-editor.org/rfc/rfc9562#section-5.7
"""

import os
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from .keys import Entropy

__all__ = ["uuid7_maker"]


def uuid7_maker(clock: Callable[[], datetime], entropy: Entropy = os.urandom) -> Callable[[], str]:
    """A function that gives a new id each time it is called."""

    def make() -> str:
        milliseconds = int(clock().timestamp() * 1000) & (1 << 48) - 1
        random = int.from_bytes(entropy(10))
        value = milliseconds << 80 | 7 << 76 | (random >> 68) << 64 | 2 << 62 | random & (1 << 62) - 1
        return str(UUID(int=value))

    return make
