"""The files of a package, from a gzipped tar archive or a folder, never trusting the names or sizes inside.

https://confluence.hl7.org/spaces/FHIR/pages/35718629/NPM+Package+Specification
"""

import hashlib
import tarfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO

from .errors import PackageError
from .findings import NO_MANIFEST, NO_SUCH_PATH, NOT_AN_ARCHIVE, TOO_LARGE, UNSAFE_MEMBER

__all__ = ["MAX_BYTES", "File", "content_hash", "content_root", "read_files"]

MAX_BYTES = 2 * 1024**3
"""A package that unpacks to more than this is refused: the largest core package unpacks to less than a tenth of it."""
MAX_FILES = 500_000
_GENERATED = frozenset({".index.json", ".index.db", ".firely.index.json", ".fcp-index.json"})

File = tuple[str, bytes]
"""The path of a file inside the package, with forward slashes, and its bytes."""


def read_files(path: Path, limit: int = MAX_BYTES) -> Iterator[File]:
    """The plain files of an archive or a folder, one by one; those that other tools generate are left out.

    Raises `PackageError`: no such path, no archive, a member that leads outside or is a link, more than `limit`
    bytes or half a million files.
    """
    if path.is_dir():
        return _of_folder(path, limit)
    if not path.exists():
        raise PackageError(NO_SUCH_PATH.at(path=str(path)))
    return _of_archive(path, limit)


def _of_folder(path: Path, limit: int) -> Iterator[File]:
    total = 0
    for number, file in enumerate(sorted(each for each in path.rglob("*") if each.is_file())):
        if file.name in _GENERATED:
            continue
        total += file.stat().st_size
        _refuse_large(path, total, number, limit)
        yield file.relative_to(path).as_posix(), file.read_bytes()


def _of_archive(path: Path, limit: int) -> Iterator[File]:
    total = 0
    try:
        with tarfile.open(path, "r:gz") as archive:
            for number, member in enumerate(archive):
                name = _safe_name(path, member)
                total += member.size
                _refuse_large(path, total, number, limit)
                stream = archive.extractfile(member) if member.isfile() else None
                if stream is not None and PurePosixPath(name).name not in _GENERATED:
                    yield name, _read(path, stream, member)
    except (tarfile.TarError, zlib.error, EOFError, OSError) as error:
        why = (str(error) or type(error).__name__).rstrip(".")
        raise PackageError(NOT_AN_ARCHIVE.at(path=str(path), why=why)) from None


def _read(path: Path, stream: IO[bytes], member: tarfile.TarInfo) -> bytes:
    data = stream.read(member.size)
    if len(data) != member.size:
        raise PackageError(NOT_AN_ARCHIVE.at(path=str(path), why="it ends too early"))
    return data


def _safe_name(path: Path, member: tarfile.TarInfo) -> str:
    """The name of a member, when it stays inside the package and is a file or a folder."""
    name = PurePosixPath(member.name)
    outside = (
        name.is_absolute() or ".." in name.parts or "\\" in member.name or ":" in member.name or "\0" in member.name
    )
    if outside or not (member.isfile() or member.isdir()):
        raise PackageError(UNSAFE_MEMBER.at(path=str(path), member=member.name[:100]))
    return str(name)


def _refuse_large(path: Path, total: int, number: int, limit: int) -> None:
    if total > limit:
        raise PackageError(TOO_LARGE.at(path=str(path), limit=f"{limit:,} bytes"))
    if number >= MAX_FILES:
        raise PackageError(TOO_LARGE.at(path=str(path), limit=f"{MAX_FILES:,} files"))


def content_root(names: Iterable[str], path: str) -> str:
    """The folder inside the package that holds package.json: `package/`, or the top itself. Raises `PackageError`."""
    found = [name for name in names if PurePosixPath(name).name == "package.json" and name.count("/") <= 1]
    if not found:
        raise PackageError(NO_MANIFEST.at(path=path))
    best = min(found, key=lambda name: (name != "package/package.json", name.count("/"), name))
    return best.removesuffix("package.json")


def content_hash(hashes: Iterable[tuple[str, str]]) -> str:
    """One SHA-256 for the content of a package, from the paths and SHA-256 of its files, whatever carries them.

    An archive and the folder it unpacks to have the same hash; so have archives packed on different days.
    """
    lines = sorted(f"{digest}  {name}\n" for name, digest in hashes)
    return hashlib.sha256("".join(lines).encode()).hexdigest()
