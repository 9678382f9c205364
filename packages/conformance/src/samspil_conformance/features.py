"""Gherkin features read into scenarios, by the pickles of the Gherkin library.

The reader of pytest-bdd keeps the scenarios of a feature by their titles, so that of two with one title the first is
lost; pickles lose none, and carry the tags of rules and of examples.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

from gherkin.errors import CompositeParserException, ParserError
from gherkin.parser import Parser
from gherkin.pickles.compiler import Compiler

from samspil_core import Issue

from .findings import BAD_TAGS, NOT_READABLE
from .verdict import SEVERITIES, Severity

__all__ = ["MODES", "Mode", "Scenario", "Step", "read_feature"]

Mode = Literal["server", "client", "files"]
MODES: tuple[Mode, ...] = ("server", "client", "files")
StepType = Literal["given", "when", "then"]

_TYPES: Mapping[str, StepType] = {"Context": "given", "Action": "when", "Outcome": "then"}
_TAGS = ("id", "req", "severity", "mode", "claim")


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a scenario as the feature words it."""

    type: StepType
    keyword: str
    text: str
    line: int
    docstring: str | None = None
    datatable: tuple[tuple[str, ...], ...] | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """One scenario: its permanent id, what it tests, how grave a failure is, and its steps."""

    id: str
    title: str
    feature: str
    file: str
    line: int
    requirements: tuple[str, ...]
    severity: Severity
    mode: Mode
    claims: tuple[str, ...]
    attest: bool
    tags: tuple[str, ...]
    steps: tuple[Step, ...]


def read_feature(path: Path, name: str, issues: list[Issue]) -> Iterator[Scenario]:
    """The scenarios of a feature file, a row of examples each; what cannot be read goes to `issues`."""
    try:
        document = cast("dict[str, Any]", Parser().parse(path.read_text(encoding="utf-8")))
    except (CompositeParserException, ParserError) as fault:
        issues += [_issue(name, one) for one in getattr(fault, "errors", [fault])]
        return
    nodes = _nodes(document)
    for pickle in Compiler().compile(cast("Any", {**document, "uri": name})):
        try:
            yield _scenario(cast("dict[str, Any]", pickle), nodes, document["feature"]["name"], name)
        except ValueError as fault:
            issues.append(BAD_TAGS.at(file=name, line=_node(nodes, pickle)["location"]["line"], why=str(fault)))


def _issue(name: str, fault: Any) -> Issue:
    place: dict[str, int] = getattr(fault, "location", None) or {}
    return NOT_READABLE.at(file=name, line=place.get("line", 1), why=str(fault).partition(": ")[2] or str(fault))


def _nodes(tree: Any) -> dict[str, dict[str, Any]]:
    """Every node of the syntax tree by its id; a row of examples carries its header."""
    found: dict[str, dict[str, Any]] = {}
    if isinstance(tree, dict):
        node = cast("dict[str, Any]", tree)
        if "id" in node:
            found[node["id"]] = node
        for number, row in enumerate(node.get("tableBody") or (), start=1):
            row |= {"header": node["tableHeader"], "number": number}
        for value in node.values():
            found |= _nodes(value)
    elif isinstance(tree, list):
        for value in cast("list[Any]", tree):
            found |= _nodes(value)
    return found


def _node(nodes: Mapping[str, dict[str, Any]], pickle: Any) -> dict[str, Any]:
    return nodes[pickle["astNodeIds"][0]]


def _scenario(pickle: Mapping[str, Any], nodes: Mapping[str, dict[str, Any]], feature: str, file: str) -> Scenario:
    tags = tuple(sorted({str(tag["name"]).removeprefix("@") for tag in pickle["tags"]}))
    read = _tags(tags)
    row = nodes[pickle["astNodeIds"][1]] if len(pickle["astNodeIds"]) > 1 else None
    return Scenario(
        **{**read, "id": read["id"] + _suffix(row)},
        title=pickle["name"],
        feature=feature,
        file=file,
        line=_node(nodes, pickle)["location"]["line"],
        tags=tags,
        steps=tuple(_step(step, nodes[step["astNodeIds"][0]]) for step in pickle["steps"]),
    )


def _suffix(row: dict[str, Any] | None) -> str:
    """What tells a row of examples apart: its cell under `case`, or its number."""
    if row is None:
        return ""
    names = [cell["value"] for cell in row["header"]["cells"]]
    case = row["cells"][names.index("case")]["value"] if "case" in names else str(row["number"])
    return f"[{case}]"


def _step(step: Mapping[str, Any], node: Mapping[str, Any]) -> Step:
    argument = step.get("argument", {})
    table = argument.get("dataTable")
    return Step(
        type=_TYPES.get(step["type"], "given"),
        keyword=node["keyword"].strip(),
        text=step["text"],
        line=node["location"]["line"],
        docstring=argument.get("docString", {}).get("content"),
        datatable=tuple(tuple(cell["value"] for cell in row["cells"]) for row in table["rows"]) if table else None,
    )


def _tags(tags: tuple[str, ...]) -> dict[str, Any]:
    """What the tags say. Raises ValueError where they do not say it once."""
    values = {name: tuple(tag.partition(":")[2] for tag in tags if tag.startswith(name + ":")) for name in _TAGS}
    strange = [tag for tag in tags if tag.partition(":")[0] not in _TAGS and tag != "attest"]
    if strange:
        raise ValueError(f"@{strange[0]} is not known")
    if not values["req"]:
        raise ValueError("no @req: tag")
    return {
        "id": _one("id", values["id"]),
        "requirements": values["req"],
        "severity": cast("Severity", _one("severity", values["severity"], SEVERITIES)),
        "mode": cast("Mode", _one("mode", values["mode"], MODES)),
        "claims": values["claim"],
        "attest": "attest" in tags,
    }


def _one(name: str, found: tuple[str, ...], allowed: tuple[str, ...] = ()) -> str:
    if len(found) != 1:
        raise ValueError(f"{len(found)} @{name}: tags")
    if allowed and found[0] not in allowed:
        raise ValueError(f"@{name}:{found[0]} is none of {', '.join(allowed)}")
    return found[0]
