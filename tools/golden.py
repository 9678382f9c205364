"""Compare our bundles with those that other converters made of the same message, by value.

Their ids, references and shapes are their own choice; what comes from the message is not. A *leaf* is a path in a
resource, without indexes, and the value that stands there, both brought to one form by `plain`.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote
from xml.etree import ElementTree as ET

from samspil_hl7v2 import convert

OWN_CHOICE = {"id", "reference", "fullUrl", "resourceType", "lastUpdated", "url", "profile", "versionId", "div"}
"""Elements whose values a converter makes itself."""
_DATE_TIME = re.compile(
    r"(\d{4})-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?)?|"
    r"(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?(?:\.\d+)?(?:[+-]\d{4})?)?"
)
_TIME = re.compile(r"(\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?|(\d{6})\.\d+")
_EMPTY_PATH = re.compile(r"^([a-z][a-z0-9+.-]*://[^/?#]+)/((?:[?#].*)?)$", re.IGNORECASE)
_URI = re.compile(r"[a-z][a-z0-9+.-]*:\S+$|\S*%[0-9a-f]{2}\S*$", re.IGNORECASE)

_POSITION = re.compile(r"([A-Z0-9]{3})(?:\[(\d+)\])?-(\d+)\b.*")
_ESCAPED = {"F": "|", "S": "^", "T": "&", "R": "~", "E": "\\"}
_ESCAPE = re.compile(r"\\([FSTRE])\\")


class Leaf(NamedTuple):
    """A value in a resource: `Patient.name.family`, `lind`."""

    path: str
    value: str


class Pair(NamedTuple):
    """A message file and the bundle that another converter made of it."""

    name: str
    message: bytes
    bundle: dict[str, Any]


def pairs(folder: Path) -> Iterator[Pair]:
    """Give the messages of a folder that have an expected bundle beside them."""
    for file in sorted(folder.glob("*.hl7")):
        expected = file.with_name(f"{file.stem}.expected.json")
        if expected.exists() and (text := expected.read_text(encoding="utf-8-sig").strip()):
            bundle = _from_xml(ET.fromstring(text)) if text[0] == "<" else json.loads(text)  # noqa: S314  a corpus of ours
            yield Pair(file.name, file.read_bytes(), bundle)


def _from_xml(node: ET.Element) -> Any:
    """Give what an element of FHIR's XML holds, every child as a list; a resource with its type."""
    if "value" in node.attrib:
        return node.attrib["value"]
    made: dict[str, Any] = {}
    for child in node:
        name = child.tag.rpartition("}")[2]
        if name[0].isupper():
            return {"resourceType": name, **_from_xml(child)}
        made.setdefault(name, []).append(_from_xml(child))
    if "resource" in made:
        made["resource"] = made["resource"][0]
    return made


class Ours(NamedTuple):
    """What we make of a message: the leaves of our bundle, and the texts at the positions that our report lists."""

    leaves: set[Leaf]
    reported: set[str]

    def keeps(self, text: str) -> bool:
        """Whether a text stands somewhere in our bundle, alone or within another."""
        return any(text in leaf.value for leaf in self.leaves)


def ours(message: bytes) -> Ours:
    """Convert a message."""
    made = convert(message)
    bundle = made.bundle or {}
    found = {leaf for one in resources(bundle) for leaf in leaves(one, one["resourceType"])}
    found |= {leaf for name in ("timestamp", "identifier") for leaf in leaves(bundle.get(name), f"Bundle.{name}")}
    places = [_POSITION.fullmatch(each.position) for each in made.report.unmapped]
    named = {(place[1], int(place[2] or 1), int(place[3])) for place in places if place}
    return Ours(found, {text for place, field in _numbered(message) if place in named for text in texts(field)})


def _numbered(message: bytes) -> Iterator[tuple[tuple[str, int, int], str]]:
    seen: dict[tuple[str, int], int] = {}
    for name, number, text in fields(message):
        seen[name, number] = seen.get((name, number), 0) + 1
        yield (name, seen[name, number], number), text


def resources(bundle: dict[str, Any]) -> list[dict[str, Any]]:
    """Give the resources of a bundle's entries."""
    return [entry["resource"] for entry in bundle.get("entry", []) if "resource" in entry]


def leaves(value: Any, path: str) -> Iterator[Leaf]:
    """Give every leaf below `path`; the value of an extension stands at `value`, whatever its type."""
    if isinstance(value, dict):
        for name, each in value.items():
            if name not in OWN_CHOICE:
                yield from leaves(each, below(path, name))
    elif isinstance(value, list):
        for each in value:
            yield from leaves(each, path)
    elif value is not None:
        yield Leaf(path, plain(value))


def below(path: str, name: str) -> str:
    """Give the path of an element below `path`."""
    return f"{path}.value" if path.endswith("xtension") and name.startswith("value") else f"{path}.{name}"


def plain(value: Any) -> str:
    """Bring a value to one form: small letters, single spaces, dates and times as digits without fractions, no urn prefix.

    What a URI writes as `%20` is a blank, and an empty path is `/` where there is an authority (RFC 3986, section 6.2.3:
    https://www.rfc-editor.org/rfc/rfc3986#section-6.2.3); a text without a scheme is a URI only where it has such escapes
    and no blank.
    """
    text = " ".join(json.dumps(value).split() if isinstance(value, bool) else str(value).split())
    if found := _DATE_TIME.fullmatch(text):
        return "".join(group or "" for group in found.groups())
    if found := _TIME.fullmatch(text):
        return "".join(group or "" for group in found.groups())
    if _URI.match(text):
        text = _EMPTY_PATH.sub(r"\1\2", unquote(text))
    return re.sub(r"^urn:(oid|uuid|id|dns|uri):", "", text).lower()


def fields(message: bytes) -> Iterator[tuple[str, int, str]]:
    """Give segment name, number and text of each field, by other code than the converter's."""
    for line in re.split(r"[\r\n]+", message.decode("utf-8", "replace").lstrip("\ufeff\x0b")):
        name, *rest = line.split("|")
        for number, text in enumerate(rest, 2 if name == "MSH" else 1):
            if text and (name, number) != ("MSH", 2):
                yield name, number, text


def texts(raw: str) -> Iterator[str]:
    """Give the texts of a field: each repetition, component and sub-component, and the day of a time."""
    for repetition in raw.split("~"):
        for piece in (repetition, *repetition.split("^"), *re.split(r"[\^&]", repetition)):
            if text := plain(_ESCAPE.sub(lambda found: _ESCAPED[found[1]], piece)):
                yield text
                if _DATE_TIME.fullmatch(piece.strip()):
                    yield text[:8]


def without(value: Any, host: str) -> Any:
    """Leave out the extensions whose URL names `host` or is none, and what is then empty.

    Only the parts of an extension have names that are no URLs.
    """
    if isinstance(value, list):
        kept = [without(each, host) for each in value]
        return [each for each in kept if each not in ({}, [], None)]
    if isinstance(value, dict):
        if host in str(value.get("url", "")):
            return None
        told = value if "url" in value else {**value, "extension": [*filter(_absolute, value.get("extension", []))]}
        kept = {name: without(each, host) for name, each in told.items()}
        return {name: each for name, each in kept.items() if each not in ({}, [], None)}
    return value


def _absolute(extension: dict[str, Any]) -> bool:
    return ":" in str(extension.get("url", ""))
