"""The catalogue of faults: seeded defects, which a suite must find, and legal variants, which it must let pass."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Literal

import yaml

__all__ = ["FAULTS", "VARIANTS", "Fault", "fault"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is otherwise than in the conformant system.

    `suites` are those that must tell it (a defect) or let it pass (a variant); `requirement` is what it breaks, or what
    it makes use of. `at` names the part of the system that is changed, `do` the changes.
    """

    id: str
    kind: Literal["defect", "variant"]
    suites: tuple[str, ...]
    title: str
    title_da: str
    requirement: str
    at: str
    do: tuple[Mapping[str, Any], ...]


def _read() -> Iterator[Fault]:
    folder = files("samspil_conformance.demo") / "faults"
    for path in sorted(folder.iterdir(), key=lambda each: each.name):
        if path.name.endswith(".yaml"):
            told = yaml.safe_load(path.read_text(encoding="utf-8"))
            for row in told["faults"]:
                yield _fault(row, told)


def _fault(row: Mapping[str, Any], told: Mapping[str, Any]) -> Fault:
    return Fault(
        id=row["id"],
        kind=row.get("kind", "defect"),
        suites=tuple(row.get("suites", told["suites"])),
        title=row["en"],
        title_da=row["da"],
        requirement=row["req"],
        at=row.get("at", told["at"]),
        do=tuple(row["do"]),
    )


_ALL = tuple(_read())
FAULTS = tuple(each for each in _ALL if each.kind == "defect")
VARIANTS = tuple(each for each in _ALL if each.kind == "variant")
_BY_ID = {each.id: each for each in _ALL}


def fault(name: str) -> Fault:
    """A fault by its id. Raises KeyError."""
    return _BY_ID[name]
