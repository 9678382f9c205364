"""What was read and compiled, kept between processes in the user's cache folder, as Python keeps compiled modules.

A file is named by the digest of all it was made from: tables, layers, the code that makes it, the version of Python. So none
is ever out of date, and two processes that make the same file at once write the same. It holds values and code objects
in the form of `.pyc` files, and is trusted as they are: only if it belongs to the user (or to root) and nobody
else may write it. Without a cache, or with a damaged one, everything is made anew.
"""

from __future__ import annotations

import marshal
import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

from samspil_core.cache_folder import cache_folder

SWITCH = "SAMSPIL_HL7V2_CACHE"
"""Environment variable: `off` keeps and reads nothing."""
MOST = 200
"""Files that are kept; of more, the oldest are removed when one is added."""
_DIGEST = 16
_PACKAGE = Path(__file__).parents[1]
_MAKERS = ("mapping", "r4", "v2")
"""Folders of the package whose code and facts decide what tables become."""
_OTHERS_WRITE = 0o022


def digest(*parts: str | bytes) -> str:
    """The digest of some parts, each with its length before it."""
    hashed = blake2b(digest_size=_DIGEST)
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        hashed.update(b"%d:" % len(data))
        hashed.update(data)
    return hashed.hexdigest()


def digest_of_files(files: Iterable[Path]) -> str:
    """The digest of files: folder, name and content of each. Raises OSError where one cannot be read."""
    return digest(*(part for file in files for part in (file.parent.name, file.name, file.read_bytes())))


def load(key: str) -> Any:
    """What was kept under a key; None where there is nothing, or nothing that can be trusted."""
    file = _file(key)
    if file is None:
        return None
    try:
        with file.open("rb") as stream:
            data = stream.read() if _is_own(os.fstat(stream.fileno())) else b""
    except OSError:
        return None
    if len(data) <= _DIGEST or blake2b(memoryview(data)[_DIGEST:], digest_size=_DIGEST).digest() != data[:_DIGEST]:
        return None
    with suppress(EOFError, ValueError, TypeError):
        return marshal.loads(memoryview(data)[_DIGEST:])  # noqa: S302  our own file, whole, as trusted as a .pyc
    return None


def save(key: str, value: Any) -> None:
    """Keep a value of plain types and code objects; nothing happens where it cannot be kept."""
    file = _file(key)
    if file is None:
        return
    data = marshal.dumps(value)
    beside = file.with_name(f"{file.name}.{os.getpid()}")
    with suppress(OSError):
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            beside.touch(mode=0o600, exist_ok=False)
            with beside.open("wb") as stream:
                stream.write(blake2b(data, digest_size=_DIGEST).digest() + data)
            beside.replace(file)
        finally:
            beside.unlink(missing_ok=True)
        _prune(file.parent)


def _file(key: str) -> Path | None:
    if not key or os.environ.get(SWITCH) == "off":
        return None
    made_by = _made_by()
    try:
        return cache_folder() / "hl7v2" / f"{digest(made_by, key)}.tables" if made_by else None
    except RuntimeError:  # a user without a home
        return None


@cache
def _made_by() -> str:
    """The digest of the code that makes what is kept, and of the Python that runs it; empty where there are no files."""
    try:
        files = [
            file
            for folder in _MAKERS
            for file in sorted((_PACKAGE / folder).iterdir())
            if file.suffix in {".py", ".pyc", ".csv"}
        ]
        return digest(sys.version, str(sys.flags.optimize), digest_of_files(files))
    except OSError:
        return ""


def _is_own(status: os.stat_result) -> bool:
    """Whether a file is the user's own or root's, and nobody else may write it. Windows keeps that in other ways."""
    if sys.platform == "win32":
        return True
    return status.st_uid in {os.geteuid(), 0} and not status.st_mode & _OTHERS_WRITE


def _prune(folder: Path) -> None:
    files = sorted(folder.iterdir(), key=lambda file: file.stat().st_mtime, reverse=True)
    for file in files[MOST:]:
        file.unlink(missing_ok=True)
