"""Every invariant of the core definitions on every official example.

Run `python -m tools.fhirpath_invariants FOLDER [R4|R4B|R5] [KB]`.

FOLDER holds the core and example archives under their names on the package indexes. An error of the engine, and an
answer of the fast form that differs from the full engine's, is printed; KB leaves out larger examples.
"""

import json
import sys
import tarfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from samspil_core.jsontext import loads
from samspil_fhirpath import Environment, Expression, FhirPathError, Primitive, compile_expression
from samspil_fhirpath.model import Model, load
from samspil_fhirpath.navigation import as_node, child
from samspil_fhirpath.values import Node
from tools.fhirpath_types import base_types

CORE = {
    "R4": "hl7.fhir.r4.core.tgz",
    "R4B": "hl7.fhir.r4b.core-4.3.0.tgz",
    "R5": "hl7.fhir.r5.core-5.0.0.tgz",
}
EXAMPLES = {
    "R4": "hl7.fhir.r4.examples-4.0.1.tgz",
    "R4B": "hl7.fhir.r4b.examples-4.3.0.tgz",
    "R5": "hl7.fhir.r5.examples-5.0.0.tgz",
}
Rules = dict[str, list[tuple[str, Expression]]]


def members(archive: Path, largest: int) -> Iterator[tuple[str, bytes]]:
    """The JSON files of a package."""
    with tarfile.open(archive) as opened:
        for member in opened:
            if member.name.endswith(".json") and "-" in Path(member.name).name and member.size <= largest:
                found = opened.extractfile(member)
                if found:
                    yield Path(member.name).name, found.read()


def rules(archive: Path, release: str) -> Rules:
    """The invariants by the path of the element they stand on."""
    definitions = (
        json.loads(data) for name, data in members(archive, 10**9) if name.startswith("StructureDefinition-")
    )
    found: Rules = {}
    for definition in base_types(definitions):
        for element in definition["snapshot"]["element"]:
            path = element["path"].replace("[x]", "")
            for each in element.get("constraint", ()):
                if each.get("expression"):
                    found.setdefault(path, []).append((each["key"], compiled(each["expression"], release, path)))
    return found


KNOWN: dict[tuple[str, str, str], Expression] = {}


def compiled(text: str, release: str, path: str) -> Expression:
    """The expression for the type at a path, made once."""
    model = load(release)
    context = path if path in model else model.at(path)
    key = (text, release, context)
    if key not in KNOWN:
        KNOWN[key] = compile_expression(text, release=release, context=context)
    return KNOWN[key]


def walk(node: Node, path: str, model: Model) -> Iterator[tuple[Node, str]]:
    """A node and everything below it, each with the path its invariants are known by."""
    yield node, path
    if node.value.__class__ is not dict:
        return
    for element in model.elements(node.type):
        for each in child(node, element.name, model):
            if element.keys[0][2] == "Resource":
                continue  # it is walked as a resource of its own
            yield from walk(each, f"{owner(node.type, element.name, model)}.{element.name}", model)


def owner(type_name: str, name: str, model: Model) -> str:
    """The type under whose path the definitions of that release list an element."""
    return type_name if model.element(type_name, name) else ""


def resources(node: Any) -> Iterator[Any]:
    """A resource and those within it."""
    if isinstance(node, dict):
        if isinstance(node.get("resourceType"), str):
            yield node
        for value in node.values():
            yield from resources(value)
    elif isinstance(node, list):
        for value in node:
            yield from resources(value)


def main(folder: str, release: str = "R4", kilobytes: str = "60", every: str = "1") -> None:
    """Evaluate and compare, and print what went wrong."""
    model, base = load(release), Path(folder)
    known = rules(base / CORE[release], release)
    counts: Counter[str] = Counter()
    told: Counter[str] = Counter()
    start = time.perf_counter()
    environment = Environment(resolve=lambda _text: None, member_of=lambda _code, _url: None)
    for number, (name, data) in enumerate(members(base / EXAMPLES[release], int(kilobytes) * 1000)):
        if number % int(every):
            continue
        counts["files"] += 1
        root = loads(data)
        for resource in resources(root):
            for node, path in walk(as_node(resource, "", model), str(resource["resourceType"]), model):
                own = known.get(node.type, ()) if node.type != path else ()
                for key, expression in (*known.get(path, ()), *own):
                    counts["evaluations"] += 1
                    why = compare(expression, node, resource, root, environment, counts)
                    if why:
                        told[f"{key}: {why}"] += 1
                        if told[f"{key}: {why}"] == 1:
                            print(release, name, path, key, why, flush=True)
    seconds = time.perf_counter() - start
    print(release, dict(counts), dict(told), f"{seconds:.0f} s")


def compare(  # noqa: PLR0913, PLR0917  what one evaluation takes
    expression: Expression, node: Node, resource: Any, root: Any, environment: Environment, counts: Counter[str]
) -> str | None:
    """What is wrong with an evaluation, else None."""
    given = node.value if node.sibling is None else Primitive(node.value, node.sibling, node.type)
    if node.value.__class__ is not dict:
        given = Primitive(node.value, node.sibling, node.type)
    try:
        items = expression.items(given, resource, root, environment)
        full = bool(items) and items[0] is not False and getattr(items[0], "value", True) is not False
        plain = given if node.sibling is not None else node.value
        fast = expression.is_true(plain, resource=resource, root_resource=root, environment=environment)
    except FhirPathError as error:
        return f"{type(error).__name__} {error}"
    except Exception as error:  # noqa: BLE001  the very thing looked for
        return f"CRASH {type(error).__name__} {error}"
    counts["fast" if expression.is_fast else "full"] += 1
    counts["failed"] += not full
    return None if fast == full else f"fast {fast}, full {full}"


if __name__ == "__main__":
    main(*sys.argv[1:5])
