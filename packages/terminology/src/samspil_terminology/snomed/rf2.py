"""Release Format 2: the files of a release, and their rows.

Only a snapshot is read: the state of every component at the release. https://confluence.ihtsdotools.org/display/DOCRELFMT
"""

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from .layout import DamagedFile, Layout

__all__ = ["DamagedFile", "Release", "Rf2File", "open_release"]

_BLOCK = 1 << 20
_DATE = re.compile(r"_(\d{8})\.txt$")


@dataclass(frozen=True)
class Rf2File:
    """One file: its name, its size in bytes, and a way to open it."""

    name: str
    size: int
    open: Callable[[], IO[bytes]]

    @property
    def date(self) -> str:
        """The date in the name."""
        found = _DATE.search(self.name)
        return found[1] if found else ""

    def rows(self, progress: Callable[[int], None] | None = None) -> Iterator[list[str]]:
        """The header, then every row. Raises `DamagedFile` for bytes that are no UTF-8, and for a row of another layout."""
        layout, line = None, 1
        try:
            with self.open() as stream:
                while block := stream.read(_BLOCK):
                    block += stream.readline()
                    if layout is None:
                        layout, block = Layout.of(self.name, block)
                        yield list(layout.names)
                        line = 2
                    lines = self._lines(block, line)
                    layout.check(block, line)
                    yield from [each.split("\t") for each in lines if each]
                    line += len(lines)
                    if progress is not None:
                        progress(len(block))
        except (zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise DamagedFile(self.name, line, 1, f"the archive is damaged from here on ({error})") from None
        if layout is None:
            raise DamagedFile(self.name, 1, 1, "the file is empty")

    def _lines(self, block: bytes, first: int) -> list[str]:
        """The lines of a block; `first` is the number of its first line in the file."""
        try:
            text = block.decode("utf-8")
        except UnicodeDecodeError as error:
            line = first + block.count(b"\n", 0, error.start)
            column = error.start - block.rfind(b"\n", 0, error.start)
            raise DamagedFile(self.name, line, column, "bytes that are no UTF-8") from None
        return text.removesuffix("\n").replace("\r", "").split("\n")


@dataclass(frozen=True)
class Release:
    """The snapshot files of a release, by what they hold."""

    concepts: tuple[Rf2File, ...]
    descriptions: tuple[Rf2File, ...]
    relationships: tuple[Rf2File, ...]
    concrete: tuple[Rf2File, ...]
    languages: tuple[Rf2File, ...]
    refsets: tuple[Rf2File, ...]

    @property
    def size(self) -> int:
        """How many bytes there are to read."""
        some = (*self.concepts, *self.descriptions, *self.relationships, *self.concrete, *self.languages, *self.refsets)
        return sum(each.size for each in some)

    @property
    def date(self) -> str:
        """The latest date in the names of the concept files."""
        return max((each.date for each in self.concepts), default="")


def open_release(*paths: Path) -> Release:
    """The files of a release: a folder, a zip, or an edition and its extensions one after the other.

    Raises `DamagedFile` when there is no snapshot of concepts in it.
    """
    files = [file for path in paths for file in _files(path)]
    kinds: dict[str, list[Rf2File]] = {}
    for file in files:
        kind = _kind(file.name)
        if kind:
            kinds.setdefault(kind, []).append(file)
    if not kinds.get("concept"):
        others = sorted({found[1] for file in files if (found := re.match(r"x?sct2_Concept_(Full|Delta)", file.name))})
        only = f"; there is only {' and '.join(others)}, which a snapshot does not follow from" if others else ""
        raise DamagedFile(
            paths[0].name, 1, 1, f"there is no RF2 snapshot of concepts in it (sct2_Concept_Snapshot...){only}"
        )
    names = ("concept", "description", "relationship", "concrete", "language", "refset")
    return Release(*(tuple(kinds.get(each, ())) for each in names))


def _files(path: Path) -> Iterator[Rf2File]:
    if path.is_dir():
        for file in sorted(path.rglob("*.txt")):
            yield Rf2File(file.name, file.stat().st_size, lambda file=file: file.open("rb"))
        return
    if not zipfile.is_zipfile(path):
        raise DamagedFile(path.name, 1, 1, "neither a folder nor a zip")
    with zipfile.ZipFile(path) as archive:
        for info in sorted(archive.infolist(), key=lambda each: each.filename):
            name = PurePosixPath(info.filename).name
            if name.endswith(".txt"):
                yield Rf2File(name, info.file_size, lambda member=info.filename: _opened(path, member))


def _opened(path: Path, member: str) -> IO[bytes]:
    archive = zipfile.ZipFile(path)
    return io.BufferedReader(archive.open(member))  # pyright: ignore[reportArgumentType]


def _kind(name: str) -> str:
    if not re.match(r"x?(sct2|der2)_", name) or re.search(r"(Full|Delta)(-[A-Za-z-]+)?_", name):
        return ""
    if not re.search(r"(_|Refset_?\w*)Snapshot|Snapshot", name):
        return ""
    for start, kind in (
        ("sct2_Concept_", "concept"),
        ("sct2_Description_", "description"),
        ("sct2_TextDefinition_", "description"),
        ("sct2_RelationshipConcreteValues_", "concrete"),
        ("sct2_Relationship_", "relationship"),
    ):
        if name.removeprefix("x").startswith(start):
            return kind
    if "Refset" not in name:
        return ""
    if "OWL" in name:
        return ""
    return "language" if "LanguageSnapshot" in name else "refset"
