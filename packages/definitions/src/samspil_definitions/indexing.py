"""Read a package once, and write its store."""

import hashlib
import os
import sqlite3
import tempfile
import zlib
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, cast

from samspil_core import NotJson, loads

from .archive import content_hash, content_root, read_files
from .manifest import Manifest, read_manifest
from .store import COLUMNS, facts_of, replace

__all__ = ["write_store"]

_TABLES = f"""
CREATE TABLE {{place}}.resource (id INTEGER PRIMARY KEY, {", ".join(f"{name} TEXT NOT NULL" for name in COLUMNS)},
                       file TEXT NOT NULL, body BLOB NOT NULL) STRICT;
CREATE TABLE {{place}}.fault (file TEXT NOT NULL, why TEXT NOT NULL) STRICT;
"""
_SCHEMA = "ATTACH DATABASE '' AS read;" + _TABLES.format(place="main") + _TABLES.format(place="read")
_INSERT = f"INSERT INTO read.resource ({', '.join(COLUMNS)}, file, body) VALUES ({', '.join('?' * (len(COLUMNS) + 2))})"  # noqa: S608  our own names
_NO_RESOURCES = frozenset({"package.json"})


def write_store(path: Path, folder: Path) -> tuple[Manifest, str]:
    """Read a package from an archive or a folder into `folder/HASH.sqlite`; give its manifest and content hash.

    Files that are no JSON resources become faults. Raises `PackageError`, and OSError when the folder cannot be
    written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".package.", dir=folder)
    os.close(handle)
    temporary = Path(name)
    try:
        manifest, digest = _fill(path, temporary)
        replace(temporary, folder / f"{digest}.sqlite")
    finally:
        with suppress(OSError):
            temporary.unlink()
    return manifest, digest


def _fill(path: Path, temporary: Path) -> tuple[Manifest, str]:
    hashes: list[tuple[str, str]] = []
    manifests: dict[str, bytes] = {}
    with closing(sqlite3.connect(temporary, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        connection.executescript(_SCHEMA)
        connection.execute("BEGIN")
        for name, data in read_files(path):
            hashes.append((name, hashlib.sha256(data).hexdigest()))
            if name.count("/") <= 1 and name.endswith(".json"):
                _insert(connection, name, data)
                if name.endswith("package.json"):
                    manifests[name] = data
        root = content_root(manifests, str(path))
        manifest = read_manifest(manifests[f"{root}package.json"], str(path))
        for table, columns in (("resource", f"{', '.join(COLUMNS)}, file, body"), ("fault", "file, why")):
            # by file, whatever order they were read in: rows of one content hash have the same numbers ever after
            connection.execute(
                f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM read.{table} "  # noqa: S608  our own names
                "WHERE rtrim(file, replace(file, '/', '')) = ? ORDER BY file",
                (root,),
            )
        connection.execute("COMMIT")
    return manifest, content_hash((name.removeprefix(root), digest) for name, digest in hashes)


def _insert(connection: sqlite3.Connection, name: str, data: bytes) -> None:
    if name.rpartition("/")[2] in _NO_RESOURCES:
        return
    try:
        resource = loads(data)
    except NotJson as error:
        _fault(connection, name, f"line {error.line}: {error.why}")
        return
    facts = facts_of(cast("dict[str, Any]", resource)) if isinstance(resource, dict) else ("",)
    if not facts[0]:
        _fault(connection, name, "it has no resourceType")
        return
    connection.execute(_INSERT, (*facts, name, zlib.compress(data)))


def _fault(connection: sqlite3.Connection, name: str, why: str) -> None:
    connection.execute("INSERT INTO read.fault VALUES (?, ?)", (name, why))
