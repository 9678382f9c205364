"""Suites: a folder of features and what its `suite.yaml` says about them, read once."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from samspil_core import Issue

from . import data, documents
from .documents import BadFile
from .features import Scenario, read_feature
from .findings import TWICE

__all__ = ["Suite", "file_digests", "load_suite", "read_suite", "suite_names"]


@dataclass(frozen=True, eq=False)
class Suite:
    """One suite: what it is called, which requirements it answers, and its scenarios in the order of the files."""

    id: str
    version: str
    title: Mapping[str, str]
    requirements: tuple[str, ...]
    steps: tuple[str, ...]
    claims: tuple[str, ...]
    folder: Path
    digest: str
    scenarios: tuple[Scenario, ...]
    danish: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def title_of(self, scenario: Scenario, language: str) -> str:
        """The title of a scenario in a language; English where there is no other."""
        found = self._danish_of(scenario).get("title") if language == "da" else None
        if found is None or scenario.id in self.danish:
            return found or scenario.title
        _, colon, row = scenario.title.rpartition(": ")
        return f"{found}: {row}" if colon else found

    def questions_of(self, scenario: Scenario) -> list[dict[str, str]]:
        """The questions of a scenario in Danish, in order, as far as there are any."""
        return self._danish_of(scenario).get("questions", [])

    def _danish_of(self, scenario: Scenario) -> Mapping[str, Any]:
        """The Danish words of a scenario, or those of the outline that it is a row of."""
        return self.danish.get(scenario.id) or self.danish.get(scenario.id.partition("[")[0], {})


def suite_names() -> tuple[str, ...]:
    """The suites that travel with the kit."""
    return tuple(path.parent.name for path in sorted((data.folder() / "suites").glob("*/suite.yaml")))


@cache
def load_suite(name: str) -> Suite:
    """Read a suite by its name.

    Raises:
        BadFile: a file of it cannot be used; every fault is told.
        KeyError: there is no such suite.
    """
    if name not in suite_names():
        raise KeyError(name)
    return read_suite(data.folder() / "suites" / name)


def read_suite(folder: Path) -> Suite:
    """Read the suite of a folder. Raises `BadFile`."""
    head = documents.read(folder / "suite.yaml", "suite")
    danish = folder / "da.yaml"
    issues: list[Issue] = []
    paths = sorted(folder.glob("**/*.feature"))
    scenarios = [one for path in paths for one in read_feature(path, path.relative_to(folder).as_posix(), issues)]
    ids = [one.id for one in scenarios]
    issues += [TWICE.at(id=name) for name in sorted({name for name in ids if ids.count(name) > 1})]
    if issues:
        raise BadFile(issues)
    return Suite(
        id=head["id"],
        version=head["version"],
        title=head["title"],
        requirements=tuple(head["requirements"]),
        steps=tuple(head.get("steps", ())),
        claims=tuple(head.get("claims", ())),
        folder=folder,
        digest=_digest(folder),
        scenarios=tuple(scenarios),
        danish=documents.read(danish, "danish") if danish.exists() else {},
    )


@cache
def file_digests(folder: Path) -> dict[str, str]:
    """The SHA-256 of every file of a suite, by its path in the folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _digest(folder: Path) -> str:
    lines = "".join(f"{digest}  {name}\n" for name, digest in file_digests(folder).items())
    return hashlib.sha256(lines.encode()).hexdigest()
