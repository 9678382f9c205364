"""One process at a time changes what a store has in use; those who read never wait."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

try:
    import fcntl
except ImportError:  # not on Windows: there, two imports into one store must follow each other
    fcntl = None

__all__ = ["locked"]


@contextmanager
def locked(folder: Path) -> Generator[None]:
    """Hold the lock of a store for the few steps that change it. It ends with the process, however that ends."""
    if fcntl is None:
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
