"""Steps on pairs: a message and the values that its Bundle must hold, whatever the converter's own choices."""

import binascii
import re
from base64 import b64decode
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

from pytest_bdd import given, parsers, then

from samspil_conformance import documents
from samspil_conformance.checks import check

from .converting import bundle_of, moment_of, reported_in, resources_of, words_of
from .talk import Json, as_list

__all__: list[str] = []

_WORD = re.compile(r"[^\W\d_]{5,}")
_CODED = frozenset({"MSH", "EVN"})
"""Segments of the envelope, whose words are names of systems and events. Codes too may come over as others: they are the values
in capitals."""


@given(parsers.parse('the message of the pair "{name}"'))
def _pair(world: Any, fixture_folder: Path, name: str) -> None:
    folder = fixture_folder / "pairs"
    world["pair"] = documents.read(folder / f"{name}.yaml", "pair")
    world["segments"] = (folder / f"{name}.hl7").read_text(encoding="utf-8").splitlines()
    world["encoding"] = world["pair"].get("encoding", "utf-8")
    world["end"] = "\r"


@then("the Bundle holds each value of the pair")
def _values(world: Any) -> None:
    for wanted in world["pair"]["expect"]:
        found = [each for kind in as_list(wanted["of"]) or [wanted["of"]] for each in resources_of(world, kind)]
        there = list(_found(wanted, found))
        check(any(there), _told(wanted), observed=list(_seen(wanted, found))[:3])


def _found(wanted: Json, resources: list[Json]) -> Iterator[bool]:
    for resource in resources:
        if "holds" in wanted:
            yield wanted["holds"] in _text(resource)
            continue
        for value in _at(resource, wanted["at"].split(".")):
            yield _fits(value, wanted)


def _fits(value: Any, wanted: Json) -> bool:
    if "moment" in wanted:
        return moment_of(value) == moment_of(wanted["moment"])
    if "number" in wanted:
        is_one = isinstance(value, int | Decimal) and not isinstance(value, bool)
        return is_one and Decimal(value).as_tuple() == Decimal(wanted["number"]).as_tuple()
    return type(value) is type(wanted["is"]) and value == wanted["is"]


def _told(wanted: Json) -> str:
    kinds = " or ".join(as_list(wanted["of"]) or [wanted["of"]])
    if "holds" in wanted:
        return f"{kinds} holds {wanted['holds']!r}"
    value = next(wanted[name] for name in ("is", "number", "moment") if name in wanted)
    return f"{kinds}.{wanted['at']} is {value!r}"


def _seen(wanted: Json, resources: list[Json]) -> Iterator[Any]:
    for resource in resources:
        yield from _at(resource, wanted["at"].split(".")) if "at" in wanted else ()


def _at(value: Any, names: list[str]) -> Iterator[Any]:
    """Every value at a path of member names, through every item of lists."""
    if isinstance(value, list):
        for each in cast("list[Any]", value):
            yield from _at(each, names)
    elif not names:
        yield value
    elif isinstance(value, dict) and names[0] in value:
        yield from _at(cast("Json", value)[names[0]], names[1:])


def _text(resource: Json) -> str:
    """The words of a resource, those of its attachments too."""
    words = words_of(resource)
    return "\n".join([words, *(_decoded(each) for each in words.split("\n") if len(each) % 4 == 0)])


def _decoded(text: str) -> str:
    try:
        return b64decode(text, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return ""


@then("there are as many resources as the pair says")
def _counts(world: Any) -> None:
    for kind, number in world["pair"].get("counts", {}).items():
        found = len(resources_of(world, kind))
        check(found == number, f"there are {number} of type {kind}", observed=found)


@then("resources refer to those that the pair says")
def _linked(world: Any) -> None:
    entries = [cast("Json", each) for each in as_list(bundle_of(world).get("entry"))]
    for kind, other in world["pair"].get("linked", {}).items():
        wanted = [each for each in entries if _kind(each) == other]
        names = {str(each.get("fullUrl")) for each in wanted}
        names |= {f"{other}/{each['resource'].get('id')}" for each in wanted}
        found = [each["resource"] for each in entries if _kind(each) == kind]
        loose = [each for each in found if not names & set(words_of(_plain(each)).split("\n"))]
        check(not loose, f"each {kind} refers to the {other}", observed=len(loose))


def _plain(value: Any) -> Any:
    """A value without extensions: who knows none of them has to find it."""
    if isinstance(value, dict):
        members = cast("Json", value).items()
        return {name: _plain(each) for name, each in members if name not in {"extension", "modifierExtension"}}
    return [_plain(each) for each in as_list(value)] if isinstance(value, list) else value


def _kind(entry: Json) -> Any:
    return cast("Json", entry.get("resource", {})).get("resourceType")


@then("nothing holds a text that the pair forbids")
def _never(world: Any) -> None:
    for text in world["pair"].get("never", ()):
        check(text not in words_of(bundle_of(world)), f"{text!r} is in no element")


# ------------------------------------------------------------------------------------------------ loss
@then("each word of the message is in the Bundle, or its position is reported")
def _words(world: Any) -> None:
    text = _text(bundle_of(world))
    reported = reported_in(world)
    values = ((place, value) for place, value in _values_of(world) if place.partition("-")[0] not in _CODED)
    lost = [
        place
        for place, value in values
        if not value.isupper()
        and not _reported(place, reported)
        and any(each not in text for each in _WORD.findall(value))
    ]
    check(not lost, "no word is lost in silence", observed=lost)


@then("what the pair wants kept is in the Bundle, or its position is reported")
def _kept(world: Any) -> None:
    text = _text(bundle_of(world))
    reported = reported_in(world)
    values = list(_values_of(world))
    for wanted in world["pair"].get("kept", ()):
        places = [place for place, value in values if value == wanted]
        there = wanted in text or any(_reported(place, reported) for place in places)
        check(there, f"{wanted!r} is in the Bundle, or reported", observed=places)


def _reported(place: str, reported: set[str]) -> bool:
    """Whether a position is reported: itself, or the field or component that holds it."""
    while place:
        if place in reported:
            return True
        place, dot, _ = place.rpartition(".")
        if not dot:
            return False
    return False


def _values_of(world: Any, *, parts: bool = True) -> Iterator[tuple[str, str]]:
    """Each populated part of the message, or each populated field: `PID-5.1`, `PID-5[2].1`, `OBX[2]-5`, `SPM-2.1.1`."""
    separators = Separators(world["segments"][0])
    seen: dict[str, int] = {}
    for line in world["segments"]:
        name, *fields = line.split(separators.field)
        seen[name] = seen.get(name, 0) + 1
        segment = name if seen[name] == 1 else f"{name}[{seen[name]}]"
        if name == "MSH":
            yield "MSH-1", separators.field
            yield "MSH-2", fields[0]
        for number, field in enumerate(fields[1:] if name == "MSH" else fields, start=3 if name == "MSH" else 1):
            if field:
                yield from separators.parts(f"{segment}-{number}", field) if parts else [(f"{segment}-{number}", field)]


class Separators:
    """The separators that a message names in its header."""

    def __init__(self, header: str) -> None:
        self.field = header[3]
        self.component, self.repetition, _, self.sub = (header[4:].partition(self.field)[0] + "\0\0\0\0")[:4]

    def parts(self, place: str, field: str) -> Iterator[tuple[str, str]]:
        """The populated parts of a field, each with its position."""
        for at, repetition in enumerate(field.split(self.repetition), start=1):
            own = place if at == 1 else f"{place}[{at}]"
            components = repetition.split(self.component)
            for number, component in enumerate(components, start=1):
                there = own if len(components) == 1 else f"{own}.{number}"
                subs = component.split(self.sub)
                for deep, sub in enumerate(subs, start=1):
                    if sub:
                        yield (there if len(subs) == 1 else f"{there}.{deep}"), sub


@then("the report counts no less than the populated fields and no more than their parts")
def _counted(world: Any) -> None:
    least = sum(1 for _ in _values_of(world, parts=False))
    most = sum(1 for _ in _values_of(world))
    found = world["report"].get("populated")
    holds = isinstance(found, int) and least <= found <= most
    check(holds, f"populated is {least} to {most}", observed=found)
