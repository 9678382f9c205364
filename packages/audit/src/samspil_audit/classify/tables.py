"""The tables: read once, extended by rows of your own, asked for each resource."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple, cast

__all__ = ["Category", "Tables", "load_tables", "objects_at", "values_at"]

UNCLASSIFIED = "unclassified"


class Category(NamedTuple):
    """A category code, and the evidence for it: the row of the table, or that there is none."""

    code: str
    evidence: str


@dataclass(frozen=True, slots=True)
class _Rule:
    id: str
    path: str
    system: str
    code: str
    category: str
    reason: str

    def fits(self, resource: Mapping[str, Any]) -> bool:
        if not self.path:
            return True
        return any(
            (not self.system or coding.get("system") == self.system)
            and (not self.code or coding.get("code") == self.code)
            for coding in objects_at(resource, self.path)
        )


@dataclass(frozen=True)
class Tables:
    """The rules for categories by resource type, the paths to origins, and the paths to patients."""

    categories: Mapping[str, tuple[_Rule, ...]]
    origins: tuple[tuple[str, str, str], ...]
    patients: Mapping[str, tuple[str, ...]]

    def category(self, resource: Mapping[str, Any]) -> Category:
        """The category of the first row that fits, else `unclassified`."""
        kind = str(resource.get("resourceType", ""))
        for rule in self.categories.get(kind, ()):
            if rule.fits(resource):
                return Category(rule.category, f"row {rule.id}: {rule.reason}")
        return Category(
            UNCLASSIFIED, f"no row for {kind}" if kind not in self.categories else f"no row fits this {kind}"
        )

    def origin(self, resource: Mapping[str, Any]) -> list[Category]:
        """The origins of a resource, each with the path that named it."""
        kind = str(resource.get("resourceType", ""))
        found: dict[str, Category] = {}
        for of, path, sort in self.origins:
            if of in {"*", kind}:
                for value in values_at(resource, path):
                    name = _system(value) if sort == "system" else _organization(value)
                    if name:
                        found.setdefault(name, Category(name, path))
        return list(found.values())

    def patient(self, resource: Mapping[str, Any]) -> list[dict[str, Any]]:
        """References to the patients a resource is about: a Patient is about itself."""
        kind = str(resource.get("resourceType", ""))
        if kind == "Patient" and resource.get("id"):
            return [_patient(resource)]
        paths = (*self.patients.get(kind, ()), *self.patients.get("*", ()))
        found = (value for path in paths for value in values_at(resource, path))
        return [dict(cast("Mapping[str, Any]", value)) for value in found if _names_patient(value)]


def load_tables(*categories: str | Path) -> Tables:
    """The shipped tables, with the rows of CSV files of categories in front: the first row that fits counts.

    The columns are id, resource, path, system, code, category, reason. Raises OSError and ValueError.
    """
    shipped = files("samspil_audit.classify")
    rules: dict[str, list[_Rule]] = {}
    own = [_rows(Path(path).read_text(encoding="utf-8"), str(path)) for path in categories]
    for row in (*(row for rows in own for row in rows), *_shipped("categories")):
        rules.setdefault(row["resource"], []).append(
            _Rule(row["id"], row["path"], row["system"], row["code"], row["category"], row["reason"])
        )
    patients: dict[str, list[str]] = {}
    for row in _rows((shipped / "patients.csv").read_text(encoding="utf-8"), "patients.csv"):
        patients.setdefault(row["resource"], []).append(row["path"])
    return Tables(
        {kind: tuple(found) for kind, found in rules.items()},
        tuple((row["resource"], row["path"], row["kind"]) for row in _shipped("origins")),
        {kind: tuple(found) for kind, found in patients.items()},
    )


@cache
def _shipped(name: str) -> tuple[dict[str, str], ...]:
    text = (files("samspil_audit.classify") / f"{name}.csv").read_text(encoding="utf-8")
    return tuple(_rows(text, name))


def _rows(text: str, name: str) -> Iterable[dict[str, str]]:
    rows = list(csv.DictReader(text.splitlines()))
    if any(None in row or None in row.values() for row in rows):
        raise ValueError(f"{name}: a row has more or fewer cells than the first line names")
    return rows


def values_at(resource: object, path: str) -> Iterator[Any]:
    """The values at a dotted path, through every list on the way."""
    found: list[Any] = [resource]
    for step in path.split("."):
        found = [
            member
            for value in found
            if isinstance(value, Mapping)
            for member in _listed(cast("Mapping[str, Any]", value).get(step))
        ]
    yield from found


def objects_at(resource: object, path: str) -> Iterator[Mapping[str, Any]]:
    """Those of the values at a path that are objects."""
    return (cast("Mapping[str, Any]", value) for value in values_at(resource, path) if isinstance(value, Mapping))


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return cast("list[Any]", value) if isinstance(value, list) else [value]


def _system(value: object) -> str:
    return value.partition("#")[0] if isinstance(value, str) else ""


def _organization(value: object) -> str:
    if not isinstance(value, Mapping):
        return ""
    reference = cast("Mapping[str, Any]", value)
    text = str(reference.get("reference", ""))
    if "Organization/" in text:
        return text
    number = cast("Mapping[str, Any]", reference.get("identifier") or {})
    if reference.get("type") == "Organization" and number.get("value"):
        return f"{number.get('system', '')}|{number['value']}"
    return ""


def _patient(resource: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {"reference": f"Patient/{resource['id']}"}
    numbers = [each for each in resource.get("identifier", ()) if each.get("value") and each.get("system")]
    if numbers:
        made["identifier"] = {"system": numbers[0]["system"], "value": numbers[0]["value"]}
    return made


def _names_patient(value: object) -> bool:
    if not isinstance(value, Mapping):
        return False
    reference = cast("Mapping[str, Any]", value)
    text = str(reference.get("reference", ""))
    if text:
        return "Patient/" in text
    return bool(reference.get("identifier")) and reference.get("type", "Patient") == "Patient"
