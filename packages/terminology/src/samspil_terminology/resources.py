"""The seam through which FHIR resources come in: a JSON file, NDJSON, a folder, a FHIR package (`.tgz`).

Whoever has definitions from elsewhere gives `Catalog` the resources themselves.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any, cast

from samspil_core import ndjson
from samspil_core.jsontext import NotJson, loads
from samspil_core.outcome import Issue

from .findings import CANNOT_READ, MISSHAPEN, NOT_A_RESOURCE, NOT_JSON
from .shape import misshapen

__all__ = ["KINDS", "read_resources"]

KINDS = frozenset({"CodeSystem", "ValueSet", "ConceptMap", "NamingSystem"})
"""The resource types a terminology engine has a use for."""

LARGEST = 2 << 30
"""Bytes that a package may unpack to."""
_SAID = re.compile(rb'"resourceType"\s*:\s*"(?:CodeSystem|ValueSet|ConceptMap|NamingSystem|Bundle)"')

Found = dict[str, Any] | Issue


def read_resources(path: Path, kinds: Iterable[str] = KINDS) -> Iterator[Found]:
    """The resources of these types at a path, in the order of file names; a Bundle gives those inside it.

    What cannot be read is an Issue in its place, and reading goes on. Files of other resource types are passed over.
    """
    wanted = frozenset(kinds)
    try:
        for source, data in _contents(path):
            yield from _parsed(source, data, wanted)
    except (OSError, EOFError) as error:
        yield CANNOT_READ.at(source=path.name, why=str(getattr(error, "strerror", None) or error))


def _contents(path: Path) -> Iterator[tuple[str, bytes]]:
    if path.is_dir():
        for file in sorted(path.rglob("*")):
            if file.suffix in {".json", ".ndjson"} and file.is_file():
                yield file.name, file.read_bytes()
        return
    if path.name.endswith((".tgz", ".tar.gz")):
        yield from _packed(path)
        return
    yield path.name, path.read_bytes()


def _packed(path: Path) -> Iterator[tuple[str, bytes]]:
    """The resources of a FHIR package. Raises OSError when it is damaged."""
    import tarfile  # here, for its memory: who serves a store reads no package

    whole = 0
    try:
        with tarfile.open(path, "r:gz") as archive:
            for member in archive:
                whole += member.size
                if whole > LARGEST:
                    raise OSError(f"it unpacks to more than {LARGEST:,} bytes")
                name = PurePosixPath(member.name)
                if member.isfile() and name.suffix == ".json" and name.parent.as_posix() == "package":
                    stream = archive.extractfile(member)
                    data = stream.read() if stream is not None else b""
                    if _likely(name.name) or _SAID.search(data):
                        yield name.name, data
    except tarfile.TarError as error:
        raise OSError(str(error)) from None


def _likely(name: str) -> bool:
    """Whether a file of a package may hold what is wanted, by the usual way of naming files `Type-id.json`."""
    kind = name.partition("-")[0]
    return kind in KINDS or kind in {"Bundle", "valuesets", "codesystems", "conceptmaps", "expansions"}


def _parsed(source: str, data: bytes, wanted: frozenset[str]) -> Iterator[Found]:
    if source.endswith(".ndjson"):
        for line in ndjson.read(data.splitlines()):
            if line.resource is not None:
                yield from _chosen(source, line.resource, wanted)
            elif line.issue is not None:
                yield line.issue
        return
    try:
        value = loads(data.removeprefix(b"\xef\xbb\xbf"))
    except NotJson as fault:
        yield NOT_JSON.at(source=source, line=fault.line, column=fault.column, why=fault.why)
        return
    if not isinstance(value, dict) or "resourceType" not in value:
        if not source.startswith((".", "package")):
            yield NOT_A_RESOURCE.at(source=source)
        return
    yield from _chosen(source, cast("dict[str, Any]", value), wanted)


def _chosen(source: str, resource: dict[str, Any], wanted: frozenset[str]) -> Iterator[Found]:
    kind = resource.get("resourceType")
    if not isinstance(kind, str):
        yield MISSHAPEN.at(source=source, place="resourceType")
        return
    if kind != "Bundle" and kind not in wanted:
        return
    wrong = misshapen(resource)
    if wrong:
        yield MISSHAPEN.at(source=source, place=wrong)
    elif kind == "Bundle":
        for entry in resource.get("entry", ()):
            if "resource" in entry:
                yield from _chosen(source, entry["resource"], wanted)
    else:
        yield resource
