"""A set of FHIR packages as one collection of definitions, decoded one by one as they are asked for."""

from __future__ import annotations

import hashlib
import sqlite3
import weakref
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from samspil_core import NotJson, Outcome, dumps, loads

from .catalog import catalog_path
from .errors import PackageError
from .findings import CIRCULAR_BASE, FILE_NOT_RESOURCE
from .known import Package
from .overlay import Overlay
from .store import facts_of, fetch_body, open_read_only, write_atomically
from .versions import is_exact, latest

__all__ = ["Definitions", "Heading"]

_CORE_URL = "http://hl7.org/fhir/StructureDefinition/"
_KEPT = 64
_SERIALIZED = 3
_begun: ContextVar[frozenset[str]] = ContextVar("_begun", default=frozenset())
"""The profiles whose snapshots are being generated, to know a circle by."""
_FACTS_OF_HEADING = 8
_FACTS = "package, row, type, url, version, rid, kind, base, sd_type, derivation"


@dataclass(frozen=True, slots=True)
class Heading:
    """What can be said of a resource without decoding it; an absent fact is an empty text.

    `kind`, `base`, `sd_type` and `derivation` are those of a StructureDefinition; `package` is `NAME#VERSION`.
    """

    type: str
    url: str
    version: str
    id: str
    kind: str
    base: str
    sd_type: str
    derivation: str
    package: str


@dataclass(frozen=True, slots=True)
class _Row:
    """Where a resource lies: in a store of the set, or (package -1) among the resources laid over it."""

    package: int
    row: int
    heading: Heading


class Definitions:
    """The definitions of a package set. Made by `load_packages`; what it returns is shared, so never change it.

    Canonicals may carry a version (`url|1.0.0`, `url|1.0.x`). Without one, a resource of an ordinary package comes
    before one of the core package, then the newest version, then the order of the packages.
    https://hl7.org/fhir/R4/references.html#canonical
    """

    def __init__(
        self,
        packages: Sequence[Package],
        digest: str,
        index: Path,
        outcome: Outcome = Outcome(),  # noqa: B008  an empty outcome holds nothing
        overlay: Overlay | None = None,
    ) -> None:
        """Take a set whose stores and catalogue are in the index folder; `load_packages` sees to that."""
        self.packages: tuple[Package, ...] = tuple(packages)
        self.hash = digest if overlay is None else overlay.hash(digest)
        self._set = digest
        self._index = index
        self._overlay = overlay or Overlay()
        self._loaded = outcome
        self._lock = _lock()
        self._stores: dict[int, sqlite3.Connection] = {}
        self._catalog = open_read_only(catalog_path(index / "sets" / digest))
        self._decoded = lru_cache(_KEPT)(self._decode)
        self._closing = weakref.finalize(self, _close, self._catalog, self._stores)

    @property
    def folder(self) -> Path:
        """The folder of this set (by its hash), where plans made from it may be kept. It may not exist yet."""
        return self._index / "sets" / self.hash

    @property
    def outcome(self) -> Outcome:
        """The findings of loading: dependencies that are missing, files that are no resources."""
        rows = self._rows("SELECT package, file, why FROM fault")
        faults = (FILE_NOT_RESOURCE.at(package=package, file=file, why=why) for package, file, why in rows)
        return self._loaded + Outcome(tuple(faults))

    @property
    def fhir_version(self) -> str:
        """The FHIR version of the set, such as `4.0.1`: that of its core package, else the first one stated, else empty."""
        core = next((each.manifest.version for each in self.packages if each.manifest.is_core), None)
        stated = (version for each in self.packages for version in each.manifest.fhir_versions)
        return core or next(stated, "")

    def structure(self, name: str) -> dict[str, Any] | None:
        """The StructureDefinition of a canonical or of a type name, with its snapshot, generated where absent.

        Raises `PackageError` when a snapshot is absent and cannot be generated, such as for want of its base.
        """
        row = self._structure_row(name)
        if row is None:
            return None
        found = self._decoded(row.package, row.row)
        return found if _has_snapshot(found) else self._snapshot(found)

    def differential(self, name: str) -> dict[str, Any] | None:
        """The StructureDefinition as its package has it, with or without a snapshot."""
        row = self._structure_row(name)
        return None if row is None else self._decoded(row.package, row.row)

    def snapshot_outcome(self, name: str) -> Outcome:
        """What is wrong with the differential of a profile whose snapshot is generated; empty for one that carries its own.

        Also what `structure` would raise.
        """
        from .snapshot import generate

        found = self.differential(name)
        if found is None or _has_snapshot(found):
            return Outcome()
        try:
            return generate(found, self).outcome
        except PackageError as error:
            return error.outcome

    def value_set(self, canonical: str) -> dict[str, Any] | None:
        """The ValueSet of a canonical; for the `CodeSystem.valueSet` of a code system, one of all its codes.

        https://hl7.org/fhir/R4/codesystem-definitions.html#CodeSystem.valueSet
        """
        return self.find("ValueSet", canonical) or self._all_codes(canonical)

    def code_system(self, canonical: str) -> dict[str, Any] | None:
        """The CodeSystem of a canonical."""
        return self.find("CodeSystem", canonical)

    def find(self, resource_type: str, canonical: str) -> dict[str, Any] | None:
        """The resource of this type that a canonical names, or None. A fragment (`#...`) of the canonical is ignored."""
        row = self._find_row(resource_type, canonical)
        return None if row is None else self._decoded(row.package, row.row)

    def heading(self, resource_type: str, canonical: str) -> Heading | None:
        """The facts of a resource, without decoding it. For a StructureDefinition a type name will do as well."""
        if resource_type == "StructureDefinition":
            row = self._structure_row(canonical)
        else:
            row = self._find_row(resource_type, canonical)
        return None if row is None else row.heading

    def versions(self, resource_type: str, url: str) -> tuple[str, ...]:
        """The versions there are of a resource, the one that the plain URL means first; empty when there is none."""
        return tuple(dict.fromkeys(row.heading.version for row in self._candidates(resource_type, url)))

    def supplements(self, url: str) -> list[dict[str, Any]]:
        """The CodeSystem supplements of a code system, in the order of the packages."""
        query = f"SELECT {_FACTS} FROM resource WHERE supplements = ? AND supplements <> '' ORDER BY package, row"  # noqa: S608
        own = [each for each in self._overlay.of_type("CodeSystem") if _base_url(each.get("supplements")) == url]
        return own + [self._decoded(row.package, row.row) for row in self._query(query, url)]

    def all(self, resource_type: str) -> Iterator[dict[str, Any]]:
        """Every resource of a type, each version of a canonical once, in the order of the packages; decoded one by one."""
        yield from self._overlay.of_type(resource_type)
        for row in self._distinct(resource_type):
            yield self._decode(row.package, row.row)

    def headings(self, resource_type: str) -> Iterator[Heading]:
        """The facts of every resource of a type, as `all` gives them, without decoding any."""
        yield from (_heading(each) for each in self._overlay.of_type(resource_type))
        yield from (row.heading for row in self._distinct(resource_type))

    def types(self) -> tuple[str, ...]:
        """The names of the types that the set defines: resources, data types, logical models; sorted."""
        query = (
            "SELECT DISTINCT CASE kind WHEN 'logical' THEN url ELSE sd_type END FROM resource "
            "WHERE sd_type <> '' AND derivation <> 'constraint'"
        )
        own = [each for each in self._overlay.of_type("StructureDefinition") if each.get("derivation") != "constraint"]
        names = {name for (name,) in self._rows(query)} | {str(each.get("type")) for each in own}
        return tuple(sorted(names))

    def with_resources(self, resources: Iterable[Any]) -> Definitions:
        """The same set with resources laid over it: of equal canonicals those named here win. They need no package.

        A resource is a dict, or a model of fhir.resources.
        """
        overlay = self._overlay.plus(resources)
        return Definitions(self.packages, self._set, self._index, self._loaded, overlay)

    def close(self) -> None:
        """Close the files. Nothing can be asked for afterwards that is not decoded already."""
        self._closing()

    def _structure_row(self, name: str) -> _Row | None:
        if "/" in name or name.startswith("urn:"):
            return self._find_row("StructureDefinition", name)
        plain, _, version = name.partition("|")
        return self._find_row("StructureDefinition", _CORE_URL + name) or self._type_row(plain, version)

    def _type_row(self, name: str, version: str) -> _Row | None:
        own = self._overlay.type_named(name)
        if own is not None and not version:
            return self._own_row(own)
        query = (
            f"SELECT {_FACTS} FROM resource "  # noqa: S608  our own names
            "WHERE sd_type = ? AND sd_type <> '' AND derivation <> 'constraint' ORDER BY rank"
        )
        return _chosen(self._query(query, name), version)

    def _find_row(self, resource_type: str, canonical: str) -> _Row | None:
        url, _, version = canonical.partition("#")[0].partition("|")
        return _chosen(self._candidates(resource_type, url), version)

    def _candidates(self, resource_type: str, url: str) -> Iterator[_Row]:
        for number in self._overlay.of_url(resource_type, url):
            yield self._own_row(number)
        query = f"SELECT {_FACTS} FROM resource WHERE url = ? AND url <> '' AND type = ? ORDER BY rank"  # noqa: S608
        yield from self._query(query, url, resource_type)

    def _own_row(self, number: int) -> _Row:
        return _Row(-1, number, _heading(self._overlay.resources[number]))

    def _distinct(self, resource_type: str) -> Iterator[_Row]:
        """The rows of a type, without those that repeat a canonical and version, or that the overlay replaces."""
        query = f"SELECT {_FACTS} FROM resource WHERE type = ? ORDER BY package, row"  # noqa: S608  our own names
        seen = {(each.get("url"), each.get("version", "")) for each in self._overlay.of_type(resource_type)}
        for row in self._query(query, resource_type):
            key = (row.heading.url, row.heading.version)
            if not key[0] or key not in seen:
                seen.add(key)
                yield row

    def _query(self, query: str, *values: str) -> Iterator[_Row]:
        for found in self._rows(query, *values):
            facts: tuple[Any, ...] = tuple(found)
            package: int = facts[0]
            yield _Row(package, facts[1], _as_heading(facts[2:], str(self.packages[package])))

    def _rows(self, query: str, *values: str) -> list[Any]:
        with self._lock:
            return self._catalog.execute(query, values).fetchall()

    def _decode(self, package: int, row: int) -> dict[str, Any]:
        if package < 0:
            return self._overlay.resources[row]
        with self._lock:
            store = self._stores.get(package)
            if store is None:
                path = self._index / "packages" / f"{self.packages[package].hash}.sqlite"
                store = self._stores[package] = open_read_only(path)
            return fetch_body(store, row)

    def _all_codes(self, canonical: str) -> dict[str, Any] | None:
        url, _, version = canonical.partition("|")
        query = f"SELECT {_FACTS} FROM resource WHERE all_codes = ? AND all_codes <> '' ORDER BY rank"  # noqa: S608
        own = [each for each in self._overlay.of_type("CodeSystem") if _base_url(each.get("valueSet")) == url]
        headings = [*map(_heading, own), *(row.heading for row in self._query(query, url))]
        found = next((each for each in headings if version in {"", each.version}), None)
        if found is None:
            return None
        include = {"system": found.url, **({"version": found.version} if version else {})}
        facts = {"url": url, **({"version": found.version} if found.version else {}), "status": "active"}
        return {"resourceType": "ValueSet", **facts, "compose": {"include": [include]}}

    def _snapshot(self, resource: dict[str, Any]) -> dict[str, Any]:
        """The resource with a generated snapshot, made once a package set."""
        from .snapshot import generate

        text = dumps(resource)
        path = self.folder / "snapshots" / f"{hashlib.sha256(text).hexdigest()}.json"
        with suppress(OSError, NotJson):
            return loads(path.read_bytes())
        url = str(resource.get("url", ""))
        if url in _begun.get():
            raise PackageError(CIRCULAR_BASE.at(url=url))
        token = _begun.set(_begun.get() | {url})
        try:
            made = generate(resource, self).structure
        finally:
            _begun.reset(token)
        _keep(path, dumps(made))
        return made


def _lock() -> AbstractContextManager[object]:
    """What guards a connection that several threads use: nothing, where SQLite does so itself, as it nearly always does."""
    if sqlite3.threadsafety == _SERIALIZED:
        return nullcontext()
    from threading import Lock

    return Lock()


def _close(catalog: sqlite3.Connection, stores: Mapping[int, sqlite3.Connection]) -> None:
    for connection in (catalog, *stores.values()):
        connection.close()


def _has_snapshot(resource: Mapping[str, Any]) -> bool:
    snapshot = resource.get("snapshot")
    return isinstance(snapshot, dict) and bool(cast("dict[str, Any]", snapshot).get("element"))


def _chosen(rows: Iterable[_Row], version: str) -> _Row | None:
    if not version:
        return next(iter(rows), None)
    found = list(rows)
    wanted = version if is_exact(version) else latest(version, [each.heading.version for each in found])
    exact = next((each for each in found if each.heading.version == wanted), None)
    if exact is not None or not is_exact(version):
        return exact
    wanted = latest(f"{version}.x", [each.heading.version for each in found])  # |4.0 names 4.0.1 as well
    return next((each for each in found if each.heading.version == wanted), None)


def _heading(resource: Mapping[str, Any]) -> Heading:
    return _as_heading(facts_of(resource)[:_FACTS_OF_HEADING], "")


def _as_heading(facts: Sequence[str], package: str) -> Heading:
    kind, url, version, rid, *structure = facts
    return Heading(kind, url, version, rid, structure[0], structure[1], structure[2], structure[3], package)


def _base_url(canonical: object) -> str:
    return canonical.partition("|")[0] if isinstance(canonical, str) else ""


def _keep(path: Path, data: bytes) -> None:
    def write(temporary: Path) -> None:
        temporary.write_bytes(data)

    with suppress(OSError):  # a folder that cannot be written costs time, not answers
        write_atomically(path, write)
