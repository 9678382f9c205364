"""Parameters resources, read and written: https://hl7.org/fhir/R5/parameters.html."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from samspil_core.values import Coding
from samspil_terminology.json_system import coding_of
from samspil_terminology.plain import is_object

__all__ = ["Reader", "coding_json", "entry", "group", "parameters"]

Json = Mapping[str, Any]


class Reader:
    """The parameters of a request: by name, the first or all, whatever their type."""

    __slots__ = ("_pairs", "_values", "entries")

    def __init__(self, resource: Json) -> None:
        self.entries: list[Json] = list(resource.get("parameter", ()))
        self._pairs = [(str(each.get("name", "")), _value(each)) for each in self.entries]
        self._values: dict[str, list[Any]] = {}
        for name, value in self._pairs:
            self._values.setdefault(name, []).append(value)

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        return iter(self._pairs)

    def all(self, name: str) -> list[Any]:
        """The values of every parameter of that name."""
        return self._values.get(name, [])

    def first(self, *names: str) -> Any:
        """The value of the first of these parameters that is there; None when none is."""
        for name in names:
            if name in self._values:
                return self._values[name][0]
        return None

    def text(self, *names: str) -> str:
        """The same as text; empty when it is absent."""
        value = self.first(*names)
        if isinstance(value, bool):
            return "true" if value else "false"
        return value if isinstance(value, str) else "" if value is None else str(value)

    def flag(self, *names: str) -> bool:
        """Whether one of them is true, as boolean or as text."""
        value = self.first(*names)
        return value is True or value == "true"

    def coding(self, *names: str) -> Coding | None:
        """A Coding; None when there is none."""
        value = self.first(*names)
        return coding_of(value) if is_object(value) else None

    def parts(self, name: str) -> list["Reader"]:
        """The parts of every parameter of that name."""
        return [Reader({"parameter": each.get("part", ())}) for each in self.entries if each.get("name") == name]


def _value(each: Json) -> Any:
    if "resource" in each:
        return each["resource"]
    for name, value in each.items():
        if name.startswith("value"):
            return value
    return None


def parameters(entries: Iterable[Json]) -> dict[str, Any]:
    """A Parameters resource."""
    return {"resourceType": "Parameters", "parameter": list(entries)}


def entry(name: str, kind: str, value: Any) -> dict[str, Any]:
    """A parameter with a value of that FHIR type (`String`, `Code`, ...); `resource` for a resource."""
    return {"name": name, "resource" if kind == "resource" else f"value{kind}": value}


def group(name: str, parts: Iterable[Json]) -> dict[str, Any]:
    """A parameter with parts."""
    return {"name": name, "part": list(parts)}


def coding_json(coding: Coding) -> dict[str, str]:
    """A Coding as FHIR writes it."""
    made: dict[str, str] = {}
    if coding.system:
        made["system"] = coding.system
    if coding.version:
        made["version"] = coding.version
    if coding.code:
        made["code"] = coding.code
    if coding.display:
        made["display"] = coding.display
    return made
