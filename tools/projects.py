"""The packages of this repository, as their pyproject.toml files declare them."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Project:
    """One package: its distribution, its import name, and the distributions it needs and may use."""

    distribution: str
    module: str
    folder: Path
    required: frozenset[str]
    optional: frozenset[str]

    @property
    def source(self) -> Path:
        """The folder of the import package."""
        return self.folder / "src" / self.module


def projects() -> list[Project]:
    """Give every package, by folder name."""
    return [_read(path) for path in sorted(ROOT.glob("packages/*/pyproject.toml"))]


def _read(path: Path) -> Project:
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    project = table["project"]
    backend = table.get("tool", {}).get("uv", {}).get("build-backend", {})
    extras = project.get("optional-dependencies", {}).values()
    return Project(
        distribution=project["name"],
        module=backend.get("module-name", project["name"].replace("-", "_")),
        folder=path.parent,
        required=_names(project["dependencies"]),
        optional=_names(line for extra in extras for line in extra) - {project["name"]},
    )


def _names(requirements: Iterable[str]) -> frozenset[str]:
    return frozenset(re.split(r"[^\w.-]", line, maxsplit=1)[0] for line in requirements)
