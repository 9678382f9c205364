"""Making a catalogue out of what lies on disk: stores of snapshots, and files of FHIR resources."""

from collections.abc import Iterable
from pathlib import Path

from samspil_core.outcome import Issue, Outcome

from .catalog import Catalog
from .resources import read_resources
from .store.folder import Store
from .systems.grammars import StandardSystems

__all__ = ["is_store", "open_catalog"]


def is_store(path: Path) -> bool:
    """Whether a path is a store: a folder that names its snapshots, or one that does not exist yet."""
    return (path / "current.json").exists()


def open_catalog(paths: Iterable[Path]) -> tuple[Catalog, Outcome]:
    """A catalogue of stores and of files, folders and packages of FHIR resources, and what could not be read.

    The code systems that are grammars (UCUM, language tags, media types, countries) are there as far as their libraries
    are installed.
    """
    made = Catalog()
    issues: list[Issue] = []
    for path in paths:
        if is_store(path):
            made.provide(Store(path))
            continue
        found = list(read_resources(path))
        issues += [each for each in found if isinstance(each, Issue)]
        made.add(*(each for each in found if not isinstance(each, Issue)))
    made.provide(StandardSystems())
    return made, Outcome(tuple(issues))
