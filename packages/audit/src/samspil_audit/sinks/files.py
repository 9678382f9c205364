"""A file or a stream of NDJSON, one AuditEvent a line."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from samspil_core import dumps

from .forward import Delivery, SinkDown

__all__ = ["NdjsonSink"]


class NdjsonSink:
    """Appends to a file (fsynced) or writes to a stream, such as standard output."""

    def __init__(self, target: str | Path | BinaryIO, name: str = "") -> None:
        self._target = target
        self.name = name or (f"file:{target}" if isinstance(target, str | Path) else "stdout")

    def send(self, deliveries: Sequence[Delivery], /) -> None:
        """Write the records. Raises `SinkDown` when that cannot be done."""
        data = b"".join(dumps(each.event) + b"\n" for each in deliveries)
        try:
            if isinstance(self._target, str | Path):
                with Path(self._target).open("ab") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
            else:
                self._target.write(data)
                self._target.flush()
        except OSError as fault:
            raise SinkDown(fault.strerror or type(fault).__name__) from None
