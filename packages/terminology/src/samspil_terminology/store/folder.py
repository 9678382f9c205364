"""A folder of snapshots, and which of them are in use: one small file names them, and is replaced in one step.

Old snapshots stay until they are removed on purpose. A store that is open goes on with what it opened; `refresh` looks again.
"""

import os
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from filecmp import cmp
from hashlib import sha256
from pathlib import Path
from typing import Any

from samspil_core.jsontext import NotJson, dumps, loads
from samspil_terminology.canonical import latest, matches
from samspil_terminology.catalog import Provider
from samspil_terminology.snomed.system import SnomedSystem
from samspil_terminology.system import System

from .lock import locked
from .reader import Snapshot
from .snapshot import partial_of
from .system import StoreSystem

__all__ = ["Entry", "Store"]

_CURRENT = "current.json"
_KINDS: dict[str, Callable[[Snapshot], System]] = {"snomed": SnomedSystem, "codesystem": StoreSystem}


@dataclass(frozen=True, slots=True)
class Entry:
    """A snapshot in use: its file, what it is (`snomed`, `codesystem`, `resources`), and of which system and version."""

    file: str
    kind: str
    url: str
    version: str


class Store(Provider):
    """The snapshots of a folder, as a provider of code systems, value sets and concept maps."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.entries: list[Entry] = []
        self._systems: dict[str, System] = {}
        self._snapshots: dict[str, Snapshot] = {}
        self._canonicals: dict[tuple[str, str], dict[str, str]] = {}
        self._values: dict[tuple[str, str, str], Mapping[str, Any]] = {}
        self.refresh()

    def refresh(self) -> bool:
        """Look which snapshots are in use now; tell whether that has changed."""
        found = _read(self.folder / _CURRENT)
        if found == self.entries:
            return False
        self.entries = found
        self.changes += 1
        self._canonicals.clear()
        self._values.clear()
        for each in found:
            if each.kind == "resources":
                for kind, url, version in self._snapshot(each).canonicals:
                    self._canonicals.setdefault((kind, url), {})[version] = each.file
        return True

    def place(self, url: str, version: str) -> Path:
        """Where a snapshot of that system and version is to lie: a new name each time, so that none is overwritten."""
        slug = re.sub(r"[^A-Za-z0-9]+", "-", url.partition("://")[2] or url).strip("-")[:60]
        mark = sha256(f"{url}|{version}".encode()).hexdigest()[:10]
        stem = f"{slug}-{mark}"
        self.folder.mkdir(parents=True, exist_ok=True)
        with locked(self.folder):
            taken = {
                int(each[1]) for file in self.folder.iterdir() if (each := re.match(rf"\.?{stem}-(\d+)\.", file.name))
            }
            number = next(each for each in range(1, len(taken) + 2) if each not in taken)
            path = self.folder / f"{stem}-{number}.sqlite"
            partial_of(path).touch()
        return path

    def use(self, path: Path) -> Entry:
        """Put a finished snapshot to use, instead of one of the same system and version, unless that holds the same: it stays."""
        snapshot = Snapshot(path)
        meta = snapshot.meta
        snapshot.close()
        made = Entry(path.name, meta["kind"], meta["url"], meta["version"])
        with locked(self.folder):
            held = _read(self.folder / _CURRENT)
            before = next((each for each in held if (each.url, each.version) == (made.url, made.version)), None)
            if before and _same(self.folder / before.file, path):
                path.unlink()
                made = before
            else:
                self._write([*(each for each in held if each is not before), made])
        self.refresh()
        return made

    def drop(self, url: str, version: str) -> bool:
        """Take a snapshot out of use; its file stays. Tells whether there was one."""
        with locked(self.folder):
            held = _read(self.folder / _CURRENT)
            kept = [each for each in held if (each.url, each.version) != (url, version)]
            if len(kept) == len(held):
                return False
            self._write(kept)
        self.refresh()
        return True

    def tidy(self) -> list[str]:
        """Remove what killed imports left behind, and give the names."""
        gone: list[str] = []
        for each in sorted(self.folder.glob(".*.partial*")):
            owner = re.search(r"\.(\d+)\.partial", each.name)
            if owner and _alive(int(owner[1])):
                continue
            with suppress(FileNotFoundError):
                each.unlink()
                gone.append(each.name)
        return gone

    def _write(self, entries: Iterable[Entry]) -> None:
        ordered = sorted(entries, key=lambda each: (each.url, each.version))
        target = self.folder / _CURRENT
        partial = target.with_name(f".{_CURRENT}.{os.getpid()}.partial")
        with partial.open("wb") as stream:
            stream.write(dumps({"snapshots": [asdict(each) for each in ordered]}, pretty=True))
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(target)

    def _snapshot(self, entry: Entry) -> Snapshot:
        held = self._snapshots.get(entry.file)
        if held is None:
            held = self._snapshots[entry.file] = Snapshot(self.folder / entry.file)
        return held

    # ------------------------------------------------------------------------------------------------ provider
    def urls(self) -> Iterable[str]:
        """The code systems there are."""
        own = {each.url for each in self.entries if each.kind in _KINDS}
        return own | {url for kind, url in self._canonicals if kind == "CodeSystem"}

    def versions(self, url: str, /) -> Iterable[str]:
        """The versions of a code system."""
        own = [each.version for each in self.entries if each.url == url and each.kind in _KINDS]
        return [*own, *self._canonicals.get(("CodeSystem", url), ())]

    def system(self, url: str, version: str, /) -> System | None:
        """A code system in exactly that version, opened when it is first asked for."""
        for each in self.entries:
            if each.url == url and each.version == version and each.kind in _KINDS:
                if each.file not in self._systems:
                    self._systems[each.file] = _KINDS[each.kind](self._snapshot(each))
                return self._systems[each.file]
        resource = self._kept("CodeSystem", url, version, exactly=True)
        if resource is None:
            return None
        from samspil_terminology.json_system import JsonSystem

        return JsonSystem(resource)

    def value_set(self, url: str, version: str, /) -> Mapping[str, Any] | None:
        """A value set that is kept, or that a code system implies."""
        return self._kept("ValueSet", url, version) or self._implied(url, "value_set")

    def concept_map(self, url: str, version: str, /) -> Mapping[str, Any] | None:
        """A concept map that is kept, or that a code system implies."""
        return self._kept("ConceptMap", url, version) or self._implied(url, "concept_map")

    def concept_maps(self) -> Iterable[Mapping[str, Any]]:
        """Every concept map that is kept, the latest version of each."""
        for kind, url in sorted(self._canonicals):
            found = self._kept("ConceptMap", url, "") if kind == "ConceptMap" else None
            if found is not None:
                yield found

    def supplements(self) -> Iterable[Mapping[str, Any]]:
        """Code system supplements that are kept."""
        for kind, url in sorted(self._canonicals):
            if kind == "CodeSystem":
                found = self._kept("CodeSystem", url, "")
                if found is not None and found.get("content") == "supplement":
                    yield found

    def _kept(self, kind: str, url: str, version: str, *, exactly: bool = False) -> Mapping[str, Any] | None:
        held = self._canonicals.get((kind, url), {})
        fitting = [
            each for each in held if each == version or (not exactly and (not version or matches(version, each)))
        ]
        if not fitting:
            return None
        chosen = latest(fitting)
        key = (kind, url, chosen)
        if key not in self._values:
            entry = next(each for each in self.entries if each.file == held[chosen])
            found = self._snapshot(entry).resource(kind, url, chosen)
            if found is None:
                return None
            self._values[key] = found
        return self._values[key]

    def _implied(self, url: str, what: str) -> Mapping[str, Any] | None:
        base = url.partition("?")[0]
        candidates = [
            each
            for each in self.entries
            if each.kind in _KINDS
            and (base == each.url or base.startswith(each.url.rstrip("/") + "/") or base == each.version)
        ]
        for each in sorted(candidates, key=lambda each: (base not in each.version, each.version), reverse=False):
            system = self.system(each.url, each.version)
            make = getattr(system, what, None)
            made = make(url) if make is not None else None
            if made is not None:
                return made
        return None


def _read(path: Path) -> list[Entry]:
    try:
        value = loads(path.read_bytes())
    except (FileNotFoundError, NotJson):
        return []
    return [Entry(**each) for each in value["snapshots"]]


def _same(one: Path, other: Path) -> bool:
    try:
        return one != other and cmp(one, other, shallow=False)
    except OSError:  # what was in use is not there any more
        return False


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
