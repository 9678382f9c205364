"""Requirements: what the suites answer, each with exactly one status, and each untested one with its reason."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from . import data, documents

__all__ = ["Requirement", "Untested", "files", "requirements", "untested"]


@dataclass(frozen=True, slots=True)
class Requirement:
    """One requirement: its permanent id, the clause it stands in, and what it asks for, in our own words."""

    id: str
    source: str
    text: str
    text_da: str = ""
    url: str = ""
    module: str = ""
    addressee: str = ""
    automatable: str = ""
    how: str = ""
    file: str = ""


@dataclass(frozen=True, slots=True)
class Untested:
    """Why a requirement has no test: `kind` sorts the reasons, the rest words one."""

    kind: str
    en: str
    da: str


def files() -> tuple[str, ...]:
    """The names of the requirement files."""
    names = (path.stem for path in sorted((data.folder() / "requirements").glob("*.yaml")))
    return tuple(name for name in names if name != "untested" and not name.endswith(".da"))


def requirements(names: Iterable[str] | None = None) -> dict[str, Requirement]:
    """The requirements of the named files, or of all, by id, in the order of the files.

    Raises:
        BadFile: a file breaks the schema `requirements`, or gives an id twice.
        OSError: a file is not there.
    """
    found: dict[str, Requirement] = {}
    for name in files() if names is None else names:
        for requirement_id, requirement in _file(name).items():
            if requirement_id in found:
                raise ValueError(f"the requirement {requirement_id} is given twice")
            found[requirement_id] = requirement
    return found


@cache
def _file(name: str) -> Mapping[str, Requirement]:
    folder = data.folder() / "requirements"
    danish_file = folder / f"{name}.da.yaml"
    danish: dict[str, str] = documents.read(danish_file, "wordings") if danish_file.exists() else {}
    rows: list[dict[str, Any]] = documents.read(folder / f"{name}.yaml", "requirements")["requirements"]
    return MappingProxyType({row["id"]: _requirement(row, danish.get(row["id"], ""), name) for row in rows})


def _requirement(row: Mapping[str, Any], danish: str, file: str) -> Requirement:
    return Requirement(
        id=row["id"],
        source=row["source"],
        text=row["text"],
        text_da=row.get("text_da") or danish,
        url=row.get("url", ""),
        module=row.get("module", ""),
        addressee=row.get("addressee", ""),
        automatable=row.get("automatable", ""),
        how=row.get("how", ""),
        file=file,
    )


@cache
def untested() -> Mapping[str, Untested]:
    """Why requirements have no test, by id. Raises `BadFile`."""
    rows = documents.read(data.folder() / "requirements" / "untested.yaml", "untested")
    return MappingProxyType({name: Untested(**row) for name, row in rows.items()})
