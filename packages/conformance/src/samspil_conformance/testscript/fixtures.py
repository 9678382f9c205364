"""Where the resource of a fixture is found, or what is named as missing.

In this order: contained in the script; a file beside the script or in a folder of fixtures, by its path, then by ever
shorter ends of it; a resource `TYPE/ID` of the packages given; what stands in, where the run allows that.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from samspil_core import dumps
from samspil_fhirpath.model import load

from .examples import Examples
from .exchange import Content
from .script import Fixture, Operation, Script
from .xmlform import NotFhirXml, from_xml

__all__ = ["StandIn", "Unreachable", "find_fixture", "type_of"]

StandIn = Callable[[Script, Fixture], "tuple[str, bytes] | None"]
"""Gives the name and text of a resource that stands in for a fixture that cannot be reached, or None."""


class Unreachable(LookupError):
    """A fixture cannot be found; the text names it."""


def find_fixture(
    script: Script, fixture: Fixture, folders: Sequence[Path], examples: Examples, stand_in: StandIn | None = None
) -> tuple[Content, str]:
    """The content of a fixture, and the name of what stood in for it (empty for its own). Raises `Unreachable`."""
    reference = fixture.reference
    if not reference:
        raise Unreachable(f"the fixture {fixture.id} names no resource")
    if reference.startswith("#"):
        try:
            return _contained(script, reference[1:]), ""
        except NotFhirXml as error:
            raise Unreachable(f"the fixture {fixture.id} is no resource: {error}") from None
    for file in _files(script.path, reference, folders):
        return Content(file.read_bytes(), fixture.id), ""
    for kind, identifier in _names(reference):
        text = examples.get(kind, identifier)
        if text is not None:
            return Content(text, fixture.id), ""
    given = stand_in(script, fixture) if stand_in else None
    if given is None:
        raise Unreachable(f"the fixture {fixture.id} cannot be reached: {reference}")
    return Content(given[1], fixture.id), given[0]


def _contained(script: Script, identifier: str) -> Content:
    """A contained resource without its id, which only says where in the script it stands."""
    listed = cast("Sequence[Any]", script.content.get("contained") or ())
    for each in listed:
        resource = cast("Mapping[str, Any]", each if isinstance(each, Mapping) else from_xml(each))
        if resource.get("id") == identifier:
            return Content(dumps({name: value for name, value in resource.items() if name != "id"}), identifier)
    raise Unreachable(f"the script contains no resource #{identifier}")


def _files(script: Path, reference: str, folders: Sequence[Path]) -> Iterator[Path]:
    """The files that a reference may mean; none outside the folders given and the folder around the script's own."""
    if "://" in reference:
        return
    around = script.resolve().parent.parent
    beside = script.parent / reference.lstrip("/")
    if beside.is_file() and beside.resolve().is_relative_to(around):
        yield beside
    steps = [step for step in reference.split("/") if step not in {"", ".", ".."}]
    for folder in folders:
        for start in range(len(steps)):
            file = folder.joinpath(*steps[start:])
            if file.is_file():
                yield file


def _names(reference: str) -> Iterator[tuple[str, str]]:
    """What a reference may mean as type and id: `Patient/example`, `.../Patient/example.json`, `.../patient-example.json`."""
    stem = reference.removesuffix(".json").removesuffix(".xml")
    above, _, last = stem.rpartition("/")
    kind = above.rpartition("/")[2]
    if load("R4").is_resource(kind):
        yield kind, last
    word, _, identifier = last.partition("-")
    types = {name.lower(): name for name in load("R4").derived("Resource")}
    if word.lower() in types and identifier:
        yield types[word.lower()], identifier


def type_of(script: Script, fixture: Fixture) -> str:
    """The type a fixture has to have, or empty.

    As stated; as operations that send it say; the one type that the operations of the script name; as the reference or
    a word of its name says.
    """
    if fixture.type:
        return fixture.type
    sent = (each.resource for each in script.actions if isinstance(each, Operation) and each.source == fixture.id)
    stated = next((kind for kind in sent if kind), "")
    if stated:
        return stated
    named = {each.resource for each in script.actions if isinstance(each, Operation) and each.resource}
    if len(named) == 1 and not any(
        isinstance(each, Operation) and each.source == fixture.id for each in script.actions
    ):
        return named.pop()
    told = fixture.reference.split("/")[-2:-1]
    if told and load("R4").is_resource(told[0]):
        return told[0]
    name = fixture.reference.rpartition("/")[2].lower().replace("-", "").replace("_", "")
    known = sorted(load("R4").derived("Resource"), key=len, reverse=True)
    return next((kind for kind in known if kind.lower() in name), "")
