"""What the name of one of CDC's pairs says it is about, and the texts of a message that stand there.

`orcobr__orc_obr-to-servicerequest-obr25` is about ORC and OBR, and of these about OBR-25; `msh__hd__HD-to-Source-dns`
and `hd__HD-to-Source-msh` about the HDs of MSH, and of what they become about `source`. A field or component is named
by its number, joined (`xtn7`, `xpn12-13`; `MSH194` is MSH-19.4, as MSH has no field 194) or apart (`obx-33`, `cx-4-2`), or
by the words of its own name, two or more (`address-type` is XAD.7). Where a name has numbers joined, those apart are
the lines of the guide's table (`cwe-10-test-value-cwe7`), and name nothing.
"""

import re
from collections.abc import Iterator
from itertools import count, takewhile
from typing import NamedTuple

from samspil_hl7v2.v2.fields import component, field
from tools import golden

_SEGMENT = 3
_SEPARATORS = "^&"
_CHOICES = {"prefers", "uses", "ignores"}
"""Words that say which field is taken: `prefers-orc-12-for-requester`."""


class Position(NamedTuple):
    """A field of a segment or a component of a datatype, or (`part` not 0) a part of it: `Position("MSH", 19, 4)`."""

    owner: str
    number: int
    part: int = 0


class About(NamedTuple):
    """What a pair is about: segments, datatypes (where both, the datatypes within the segments), positions, targets.

    `choice`: it is about which field is taken, and so about the values that fields say.
    """

    segments: frozenset[str]
    datatypes: frozenset[str]
    positions: frozenset[Position]
    targets: frozenset[str]
    choice: bool


class Source(NamedTuple):
    """A repetition of a field: its texts, and those of them that are in question."""

    texts: set[str]
    asked: set[str]


class Place(NamedTuple):
    """A text of a message: the positions it stands at, outermost first, and its datatype."""

    path: tuple[Position, ...]
    datatype: str
    text: str


def read(name: str) -> About:
    """Read the name of a pair."""
    *folders, last = name.removesuffix(".hl7").split("__")
    segments, datatypes = frozenset[str](), frozenset[str]()
    for folder in folders or [last]:
        parts = frozenset(folder.upper()[start : start + _SEGMENT] for start in range(0, len(folder), _SEGMENT))
        if len(folder) % _SEGMENT == 0 and all(field(part, 1) for part in parts):
            segments |= parts
        elif folder == folders[0] or component(folder.upper(), 1):
            datatypes |= {folder.upper()}
    words = re.split(r"[-_]", last)
    segments = segments or frozenset(word.upper() for word in words if len(word) == _SEGMENT and field(word.upper(), 1))
    found = re.search(r"-to-([a-z0-9_]+)", name.lower())
    targets = frozenset(found[1].split("_")) if found else frozenset[str]()
    choice = bool(_CHOICES & {word.lower() for word in words})
    return About(segments, datatypes, frozenset(_positions(words, sorted(segments | datatypes))), targets, choice)


def _positions(words: list[str], owners: list[str]) -> set[Position]:
    numbered = set(_joined(words, owners)) or set(_apart(words, owners))
    return numbered | set(_spelled([word.lower() for word in words], owners))


def _joined(words: list[str], owners: list[str]) -> Iterator[Position]:
    for at, word in enumerate(words):
        for owner in owners:
            digits = word.upper().removeprefix(owner)
            if digits.isdigit() and digits != word:
                numbers = takewhile(str.isdigit, words[at + 1 :])
                yield from (place for each in (digits, *numbers) if (place := _place(owner, each)))


def _place(owner: str, digits: str) -> Position | None:
    """Read digits as a number, or where there is no such, as a number and a part of it."""
    if _type(owner, int(digits)):
        return Position(owner, int(digits))
    cuts = (Position(owner, int(digits[:cut]), int(digits[cut:])) for cut in range(len(digits) - 1, 0, -1))
    return next((each for each in cuts if component(_type(owner, each.number), each.part)), None)


def _apart(words: list[str], owners: list[str]) -> Iterator[Position]:
    for at, word in enumerate(words):
        numbers = [int(each) for each in takewhile(str.isdigit, words[at + 1 :])]
        if word.upper() in owners and numbers:
            if len(numbers) > 1 and component(_type(word.upper(), numbers[0]), numbers[1]):
                yield Position(word.upper(), *numbers[:2])
            else:
                yield from (Position(word.upper(), each) for each in numbers)


def _spelled(words: list[str], owners: list[str]) -> Iterator[Position]:
    said = f" {' '.join(words)} "
    for owner in owners:
        for number in takewhile(lambda each: _name(owner, each), count(1)):  # noqa: B023  used up at once
            name = re.sub(r"[^a-z0-9]+", " ", _name(owner, number).lower()).strip()
            if " " in name and f" {name} " in said:
                yield Position(owner, number)


def _type(owner: str, number: int) -> str:
    known = field(owner, number) or component(owner, number)
    return known.type if known else ""


def _name(owner: str, number: int) -> str:
    known = field(owner, number) or component(owner, number)
    return known.name if known else ""


def sources(message: bytes, about: About, *, whole: bool) -> list[Source]:
    """Give what each field says, and of that what is in question: at the positions, or (`whole`) of segments and datatypes."""
    asks = _within if whole else _at
    found: list[Source] = []
    for places in _fields(message):
        if "MSH" in about.segments or places[0].path[0].owner != "MSH":
            said = {place: set(golden.texts(place.text)) for place in places}
            asked = [texts for place, texts in said.items() if asks(place, about)]
            found.append(Source(set().union(*said.values()), set().union(*asked)))
    return found


def _at(place: Place, about: About) -> bool:
    last = place.path[-1]
    held = {last, *(each._replace(part=last.number) for each in place.path[-2:-1])}
    return bool(held & about.positions) and (not about.segments or place.path[0].owner in about.segments)


def _within(place: Place, about: About) -> bool:
    return (not about.segments or place.path[0].owner in about.segments) and (
        not about.datatypes or place.datatype in about.datatypes
    )


def _fields(message: bytes) -> Iterator[list[Place]]:
    """Give for each repetition of a field its text and those of its components."""
    value_type = ""
    for name, number, text in golden.fields(message):
        if (name, number) == ("OBX", 2):
            value_type = text
        known = _type(name, number)
        for each in text.split("~"):
            yield list(_parts(Place((Position(name, number),), value_type if known == "varies" else known, each)))


def _parts(place: Place) -> Iterator[Place]:
    yield place
    if len(place.path) <= len(_SEPARATORS):
        for number, text in enumerate(place.text.split(_SEPARATORS[len(place.path) - 1]), 1):
            if text and (known := component(place.datatype, number)):
                yield from _parts(Place((*place.path, Position(place.datatype, number)), known.type, text))
