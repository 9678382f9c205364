"""FHIR XML, read as far as classifying needs it: https://hl7.org/fhir/R4/xml.html.

Without definitions nobody can tell an element that repeats from one that does not, so an element that stands once is a
value and one that stands more often a list; every path in the tables goes through both.
"""

from typing import Any, Final
from xml.parsers.expat import ExpatError, ParserCreate

__all__ = ["read_xml"]

_FHIR: Final = "http://hl7.org/fhir "
_LISTED: Final = frozenset({"entry", "parameter", "part"})
_DEEPEST: Final = 200


class _NotRead(ValueError):
    """It is no FHIR XML, or holds what FHIR XML must not."""


def read_xml(body: bytes) -> dict[str, Any] | None:
    """The resource in a text, every primitive as a string; None when it is none.

    A document type is refused, so that no entity is ever expanded (https://hl7.org/fhir/R4/security.html#narrative).
    """
    reader = _Reader()
    parser = ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.StartDoctypeDeclHandler = reader.refuse
    try:
        parser.Parse(body, True)  # noqa: FBT003  expat's own signature
    except (ExpatError, _NotRead):
        return None
    return reader.root


class _Reader:
    """Puts together elements as they end; what is not in FHIR's namespace, such as a narrative, is passed over."""

    def __init__(self) -> None:
        self.root: dict[str, Any] | None = None
        self._open: list[dict[str, Any]] = []
        self._foreign = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if self._foreign or not name.startswith(_FHIR):
            self._foreign += 1
            return
        if len(self._open) >= _DEEPEST:
            raise _NotRead
        plain = name.removeprefix(_FHIR)
        kind = {"resourceType": plain} if plain[:1].isupper() else {}
        self._open.append({**attributes, **kind})

    def end(self, name: str) -> None:
        if self._foreign:
            self._foreign -= 1
            return
        made = self._open.pop()
        if self._open:
            _put(self._open[-1], name.removeprefix(_FHIR), made)
        elif "resourceType" in made:
            self.root = made

    def refuse(self, *_: object) -> None:
        raise _NotRead


def _put(parent: dict[str, Any], name: str, made: dict[str, Any]) -> None:
    """Put an element into its parent; a resource takes the place of the element around it."""
    if name[:1].isupper():
        parent.clear()
        parent.update(made)
        return
    value: Any = made["value"] if isinstance(made.get("value"), str) and len(made) == 1 else made
    if name in _LISTED or (name == "identifier" and "resourceType" in parent):
        parent.setdefault(name, []).append(value)
    elif name not in parent:
        parent[name] = value
    elif isinstance(parent[name], list):
        parent[name].append(value)
    else:
        parent[name] = [parent[name], value]
