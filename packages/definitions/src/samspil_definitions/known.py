"""What is known of packages seen before, so that an unchanged archive or folder is neither read nor hashed again.

A package is recognised by its path and a stamp: size and time of the archive; for a folder those of its files, or,
inside a package cache, where folders never change once they are there, those of its package.json.
"""

import hashlib
import os
import sqlite3
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from samspil_core import dumps, loads

from .manifest import Manifest

__all__ = ["Known", "Package"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS seen (path TEXT PRIMARY KEY, stamp TEXT NOT NULL, hash TEXT NOT NULL, manifest TEXT NOT NULL)
STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS installation (folder TEXT PRIMARY KEY, hash TEXT NOT NULL, sha256 TEXT NOT NULL, source TEXT NOT NULL)
STRICT, WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Package:
    """A package at a path: its manifest, and the SHA-256 of its content (see `archive.content_hash`)."""

    manifest: Manifest
    hash: str
    path: Path

    def __str__(self) -> str:
        return str(self.manifest)


class Known:
    """The memory of packages in an index folder. Raises OSError or sqlite3.Error when the folder cannot be written."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.stores = folder / "packages"
        folder.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(folder / "known.sqlite", timeout=30, isolation_level=None)
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.executescript(_SCHEMA)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def package(self, path: Path, *, settled: bool = False) -> Package:
        """The package at a path, indexed now if it was not before; `settled` for folders of a package cache.

        Raises `PackageError`, OSError, sqlite3.Error.
        """
        stamp = _stamp(path, settled=settled)
        found = self._connection.execute(
            "SELECT hash, manifest FROM seen WHERE path = ? AND stamp = ?", (str(path.absolute()), stamp)
        ).fetchone()
        if found and self.store(found[0]).exists():
            return Package(_manifest(loads(found[1])), found[0], path)
        from .indexing import write_store  # reading archives is not needed when all is indexed

        manifest, digest = write_store(path, self.stores)
        row = (str(path.absolute()), stamp, digest, dumps(asdict(manifest)).decode())
        self._connection.execute("INSERT OR REPLACE INTO seen VALUES (?, ?, ?, ?)", row)
        return Package(manifest, digest, path)

    def store(self, digest: str) -> Path:
        """The file of the package with this content hash."""
        return self.stores / f"{digest}.sqlite"

    def remember(self, folder: Path, content: str, sha256: str, source: str) -> None:
        """Remember what was installed in a folder: the hash of its content and of its archive, and where it came from."""
        self._connection.execute(
            "INSERT OR REPLACE INTO installation VALUES (?, ?, ?, ?)", (str(folder.absolute()), content, sha256, source)
        )

    def installed(self, folder: Path) -> tuple[str, str, str] | None:
        """The content hash, archive hash and source of what was installed in a folder, if it was from here."""
        query = "SELECT hash, sha256, source FROM installation WHERE folder = ?"
        return self._connection.execute(query, (str(folder.absolute()),)).fetchone()

    def forget(self, path: Path) -> None:
        """Forget a path, so that it is read again."""
        self._connection.execute("DELETE FROM seen WHERE path = ?", (str(path.absolute()),))


def _stamp(path: Path, *, settled: bool) -> str:
    if settled:
        with suppress(OSError):
            return (
                f"settled {_facts((path / 'package' / 'package.json').stat())} {(path / 'package').stat().st_mtime_ns}"
            )
    if not path.is_dir():
        with suppress(OSError):
            return f"file {_facts(path.stat())}"
        return ""
    digest = hashlib.sha256()
    for folder, folders, files in os.walk(path):
        folders.sort()
        for name in sorted(files):
            digest.update(f"{folder}/{name} {_facts(os.stat(f'{folder}/{name}'))}\n".encode())  # noqa: PTH116  one call a file
    return f"folder {digest.hexdigest()}"


def _facts(stat: os.stat_result) -> str:
    return f"{stat.st_size} {stat.st_mtime_ns}"


def _manifest(value: dict[str, Any]) -> Manifest:
    value["fhir_versions"] = tuple(value["fhir_versions"])
    value["dependencies"] = tuple((name, version) for name, version in value["dependencies"])
    return Manifest(**value)
