"""The elements of a bundle that one of the guide's targets names, through its references."""

import re
from collections.abc import Iterator
from typing import Any

from tools import golden

Node = Any
_DATATYPES = {"annotation"}
_WITHOUT = {"$value", "$this", "extension-encounterhistory"}
_MISSPELT = {
    "practioner": "practitioner", "organziation": "organization", "payer": "payor", "immunzation": "immunization",
    "occurencetiming": "occurrencetiming", "valuesampeddata": "valuesampleddata",
    "sytem": "system", "coverageperiod": "period", "bundle": "messageheader",
}  # fmt: skip
"""Words of the guide that name no element, and what is meant: a Bundle is no entry of itself, and nothing refers to it."""
_MEANT = {
    ("extension", "uri"): "url", ("coding", "value"): "code", ("coding", "uri"): "system",
}  # fmt: skip
"""What some of the guide's words mean after another one."""


def steps(target: str) -> list[str]:
    """Give the steps of a target: `performer[1](PractitionerRole.code)` is `performer`, `>practitionerrole`, `code`."""
    bare = re.sub(r"\[[^\]]*[\]}]|\s|=.*$|:[\w-]+(?=\.)", "", target).replace("{", "").replace("}", "")
    made: list[str] = []
    for piece in re.findall(r"\(?[\w$-]+", bare):
        name = piece.lstrip("(").lower()
        name = _MISSPELT.get(name, name)
        name = _MEANT.get((made[-1] if made else "", name), name)
        if piece.startswith("("):
            if made and made[-1] == "reference":
                made.pop()
            made.append(f">{name}")
        elif name not in _WITHOUT:
            made.append(name)
    return made


def meant(name: str) -> str:
    """Give a resource type in small letters, as it should be written."""
    return _MISSPELT.get(name.lower(), name.lower()) if name.lower() != "bundle" else "bundle"


def starts(bundle: dict[str, Any], types: set[str]) -> list[Node]:
    """Give the resources of these types (in small letters), the bundle among them."""
    every = [bundle, *golden.resources(bundle)]
    return [each for each in every if each["resourceType"].lower() in types]


def reached(bundle: dict[str, Any], nodes: list[Node], path: list[str]) -> list[Node]:
    """Give what stands at a path below the nodes: values, or the objects that hold them."""
    by_url = {entry.get("fullUrl"): entry["resource"] for entry in bundle.get("entry", []) if "resource" in entry}
    for step in path:
        nodes = [found for node in nodes for found in _step(node, step, by_url)]
    return nodes


def _step(node: Node, step: str, by_url: dict[Any, Any]) -> Iterator[Node]:
    if step.startswith(">"):
        if isinstance(node, dict) and step[1:] in _DATATYPES:
            yield node
        for target in _followed(node, by_url):
            if target["resourceType"].lower() == step[1:]:
                yield from _chain(target, by_url)
        return
    if isinstance(node, dict):
        if "reference" in node and step not in {"reference", "display"}:
            for target in _followed(node, by_url):
                yield from _step(target, step, by_url)
        for name, value in node.items():
            bare = name.lstrip("_")
            if bare.lower() == step or _choice(bare, step):
                yield from value if isinstance(value, list) else [value]


def _followed(node: Node, by_url: dict[Any, Any]) -> Iterator[dict[str, Any]]:
    """Give the resource a reference names; one kept as the value of an extension counts as well."""
    if isinstance(node, dict):
        if (target := by_url.get(node.get("reference"))) is not None:
            yield target
        for each in node.values():
            if isinstance(each, dict) and "reference" in each:
                yield from _followed(each, by_url)


def _chain(resource: dict[str, Any], by_url: dict[Any, Any]) -> Iterator[Node]:
    """Give a resource, and the Locations it is a part of: the guide numbers them all as one target."""
    yield resource
    if resource["resourceType"] == "Location":
        for whole in _followed(resource.get("partOf"), by_url):
            yield from _chain(whole, by_url)


def _choice(name: str, step: str) -> bool:
    """Whether an element is the choice of a type that a step names without: `onset` and `onsetDateTime`, `valueUri`."""
    if step.startswith("value") and name.startswith("value"):
        return True
    return name.lower().startswith(step) and len(name) > len(step) and name[len(step)].isupper()


def texts(node: Node) -> set[str]:
    """Give every text at or below a node, in the form of `golden.plain`."""
    if isinstance(node, dict):
        return {text for each in node.values() for text in texts(each)}
    if isinstance(node, list):
        return {text for each in node for text in texts(each)}
    return set() if node is None else {golden.plain(node)}
