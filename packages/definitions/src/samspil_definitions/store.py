"""One package in one SQLite file: a row a resource, its facts in columns, its JSON compressed and decoded on demand."""

import os
import sqlite3
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from samspil_core import loads

__all__ = ["COLUMNS", "Row", "facts_of", "fetch_body", "open_read_only", "replace", "write_atomically"]

COLUMNS = ("type", "url", "version", "rid", "kind", "base", "sd_type", "derivation", "all_codes", "supplements")
"""The facts of a resource that can be asked for without decoding it; an absent one is an empty text."""

Row = tuple[str, ...]


def facts_of(resource: Mapping[str, Any]) -> Row:
    """The facts of a resource, in the order of `COLUMNS`."""
    kind = _text(resource, "resourceType")
    structure, system = kind == "StructureDefinition", kind == "CodeSystem"
    return (
        kind,
        _text(resource, "url"),
        _text(resource, "version"),
        _text(resource, "id"),
        _text(resource, "kind") if structure else "",
        _text(resource, "baseDefinition") if structure else "",
        _text(resource, "type") if structure else "",
        _text(resource, "derivation") if structure else "",
        _text(resource, "valueSet").partition("|")[0] if system else "",
        _text(resource, "supplements").partition("|")[0] if system else "",
    )


def _text(resource: Mapping[str, Any], key: str) -> str:
    value = resource.get(key)
    return value if isinstance(value, str) else ""


def fetch_body(connection: sqlite3.Connection, row: int) -> dict[str, Any]:
    """The resource in a row of a store."""
    (body,) = connection.execute("SELECT body FROM resource WHERE id = ?", (row,)).fetchone()
    return loads(zlib.decompress(body))


def open_read_only(path: Path) -> sqlite3.Connection:
    """A connection to a finished file: nothing is ever written to it, so no locks are taken."""
    address = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    return sqlite3.connect(address, uri=True, check_same_thread=False)


def write_atomically(target: Path, write: Callable[[Path], None]) -> None:
    """Let `write` make a file beside the target, and put it in the target's place only when it is whole."""
    import tempfile

    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        write(temporary)
        replace(temporary, target)
    finally:
        with suppress(OSError):
            temporary.unlink()


def replace(temporary: Path, target: Path) -> None:
    """Put a finished file in the target's place."""
    with temporary.open("r+b") as file:
        os.fsync(file.fileno())  # so that the place never holds less than the whole, even after a power cut
    try:
        temporary.replace(target)
    except PermissionError:  # on Windows while another process reads the same content
        if not target.exists():
            raise
