"""What each row of the guide asks for: messages that show it, and the element and value that must be there."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from tools.rows import walk
from tools.rows.conditions import REF, Place, met
from tools.rows.guide import FieldRow, Guide, MessageRow, key
from tools.rows.messages import ORPHANS, build
from tools.rows.texts import becomes, made_up, typed

MOST = 12
"""Messages that are tried for one row: a map is used by many others."""
_PART = re.compile(r'"([^"]*)"|([A-Z][A-Z0-9]{1,2}[-.]\d+(?:\.\d+)*)|\s*\+\s*|\s+')


class Expected(NamedTuple):
    """An element below the resources of some types, and its text (None: it must be there)."""

    types: frozenset[str]
    path: tuple[str, ...]
    text: str | None


class Plan(NamedTuple):
    """Texts of positions, and what they become: a path below the map's own element, and a text."""

    texts: dict[Place, str]
    path: tuple[str, ...]
    text: str | None


class Try(NamedTuple):
    """A message, and all that must be in its bundle."""

    message: bytes
    expected: tuple[Expected, ...]


# -- texts --


def _assigned(row: FieldRow, texts: dict[Place, str]) -> str | None:
    """The text that an assignment makes, or None where it is an instruction for the implementer."""
    value = row.value
    if re.fullmatch(r"/.*/?|#.*#?", value, re.DOTALL):
        return None
    if not REF.search(value):
        return value.strip('" ')
    made, at = "", 0
    while at < len(value):
        found = _PART.match(value, at)
        if not found:
            return None
        ref = REF.fullmatch(found[2] or "")
        numbers = tuple(int(part) for part in ref.groups()[1:] if part) if ref else ()
        made += (found[1] or "") + (texts.get((row.name, numbers), "") if ref else "")
        at = found.end()
    return made


# -- segment and datatype rows --


def plans(
    guide: Guide,
    row: FieldRow,
    code: tuple[str, str] | None = None,
    chosen: tuple[FieldRow, ...] = (),
    given: dict[Place, str] | None = None,
) -> Iterator[Plan]:
    """Give ways to show a row.

    `chosen` are the rows of its datatype maps to go by, `code` a pair of its vocabulary, `given` texts of components
    that a row above asks for.
    """
    literal = row.target.partition("=")[2].strip('" ') if "=" in row.target else ""
    inner = [chosen[0]] if chosen else guide.map(row.map)
    pairs = dict([code] if code else [(pair.source, pair.target) for pair in guide.codes.get(key(row.vocabulary), [])])
    if row.map and inner and not (row.value or pairs or literal):
        for each in inner:
            for below in plans(guide, each, None, chosen[1:], _given(guide, row, each.name)):
                yield outside(guide, row, below)
        return
    own: Place = (row.name, row.parts)
    asked = [_place(found) for found in REF.finditer(row.value) if found[1] == row.name]
    fixed = {place: made_up(guide, place) for place in asked if place != own} | (given or {})
    fixed.pop(own, None)
    choices = [given[own]] if given and own in given else list(pairs) or [made_up(guide, own, row)]
    texts = typed(_owned(row, met(row.condition, fixed, own, choices, lambda place: made_up(guide, place))))
    said = texts.get(own, "").partition("~")[0]
    if literal or row.value:
        text = literal or _assigned(row, texts)
    elif row.target.endswith((".url", ".uri", ".system")):
        text = None
    else:
        text = pairs.get(said) or becomes(row, said) or None
    yield Plan(texts, tuple(walk.steps(row.target)), text)


def _given(guide: Guide, row: FieldRow, kind: str) -> dict[Place, str]:
    """Give what the condition of a row asks of the components of its own position, as places of their datatype."""
    texts = met(row.condition, {}, (row.name, (0,)), [""], lambda place: made_up(guide, place))
    size = len(row.parts)
    return {
        (kind, place[1][size:]): text
        for place, text in texts.items()
        if text and place[0] == row.name and len(place[1]) > size and place[1][:size] == row.parts
    }


def outside(guide: Guide, row: FieldRow, below: Plan) -> Plan:
    """Give the plan of a row whose datatype map is shown by the plan `below`."""
    fixed = {_within((row.name, row.parts), place): text for place, text in below.texts.items()}
    texts = met(row.condition, fixed, (row.name, (0,)), [""], lambda place: made_up(guide, place))
    path, inner = tuple(walk.steps(row.target)), below.path
    named = row.map.lower().partition("[")[2].rstrip("]")
    same = next((size for size in (2, 1) if inner and inner[:size] == path[-size:]), 0)
    inner = inner[same or (bool(inner) and inner[0] == named) :]
    return Plan(typed(_owned(row, texts)), path + inner, below.text)


def _owned(row: FieldRow, texts: dict[Place, str]) -> dict[Place, str]:
    """Move what a condition says of the components of the row's datatype (`XAD.7`) to the row's position."""
    kind = row.v2_type.partition("[")[0]
    own = (row.name, row.parts)
    moved = {_within(own, place): text for place, text in texts.items() if place[0] == kind != row.name}
    kept = {place: text for place, text in texts.items() if place[0] != kind or kind == row.name}
    if moved and kept.get(own, "x") == "":
        kept.pop(own)
    return {**kept, **moved}


def _place(found: re.Match[str]) -> Place:
    return found[1], tuple(int(part) for part in found.groups()[1:] if part)


def _within(own: Place, place: Place) -> Place:
    """The place of a component, seen from the position that holds it."""
    return (own[0], (*own[1], *place[1])) if place[1] != (0,) else own


def _typed(row: FieldRow, texts: dict[Place, str]) -> dict[Place, str]:
    """Make a universal id one of the type that stands beside it."""
    ids = {
        "ISO": "1.2.3.4.5",
        "UUID": "6e8bc430-9c3a-11d9-9669-0800200c9a66",
        "DNS": "example.org",
        "URI": "http://example.org/a",
    }
    kind = texts.get((row.name, (3,)), "") if row.name == "HD" else ""
    return {**texts, ("HD", (2,)): ids[kind]} if kind in ids and texts.get(("HD", (2,))) else texts


class Use(NamedTuple):
    """Where a map is run: a message row of a structure, and the types that its targets are elements of."""

    structure: str
    row: MessageRow
    types: frozenset[str]


def uses(guide: Guide, name: str) -> Iterator[Use]:
    """Give the message rows that run a segment map."""
    for structure, rows in guide.messages.items():
        for row in rows:
            if row.target and key(row.map) == name:
                yield Use(structure, row, types_of(row))
    segment, _, made = guide.names[name].partition("[")
    for structure, segments in ORPHANS.items():
        if segment in segments and (structure == "RAS_O17") == made.startswith("MedicationAdm"):
            row = MessageRow(0, f"{structure}.{segment}", segment, True, "", made.rstrip("]"), guide.names[name], "")  # noqa: FBT003  a row
            yield Use(structure, row, types_of(row))


def types_of(row: MessageRow) -> frozenset[str]:
    """Give the resource types that a message row makes or adds to: the one its map is named for, and its target's."""
    named = re.search(r"\[(\w+)", row.map)
    target = re.search(r"\((\w+)|^(\w+)", row.target)
    found = {named[1] if named else "", (target[1] or target[2]) if target else ""}
    return frozenset(name.lower() for name in found if name)


def tries(guide: Guide, use: Use, plan: Plan, beside: frozenset[str] = frozenset()) -> Try:
    """Give the message of a plan, and what must be in its bundle."""
    message = build(guide, use.structure, use.row, plan.texts, beside)
    return Try(message, (Expected(use.types, plan.path, plan.text),))


def segment_tries(guide: Guide, name: str, row: FieldRow) -> Iterator[Try]:
    """Give the messages that show a row of a segment map."""
    every = list(uses(guide, name))
    for plan in plans(guide, row):
        yield from (tries(guide, use, plan) for use in every[:3])


def datatype_tries(guide: Guide, name: str, row: FieldRow, code: tuple[str, str] | None = None) -> Iterator[Try]:
    """Give the messages that show a row of a datatype map: at the positions whose rows run the map."""
    for segment, outer, chosen in _chains(guide, name, (row,)):
        for plan in _with_code(guide, outer, chosen, code):
            yield from (tries(guide, use, plan) for use in list(uses(guide, segment))[:3])


def _with_code(
    guide: Guide, outer: FieldRow, chosen: tuple[FieldRow, ...], code: tuple[str, str] | None
) -> Iterator[Plan]:
    if code is None:
        yield from plans(guide, outer, None, chosen)
        return
    *above, last = (outer, *chosen)
    for inner in plans(guide, last, code):
        plan = inner
        for row in reversed(above):
            plan = outside(guide, row, plan)
        yield plan


def _chains(
    guide: Guide, name: str, chosen: tuple[FieldRow, ...]
) -> Iterator[tuple[str, FieldRow, tuple[FieldRow, ...]]]:
    """Give the ways from a segment row down to the rows `chosen` of the map `name`; the shortest and unconditional first."""
    direct = [
        (segment, row)
        for segment, rows in guide.segments.items()
        for row in rows
        if key(row.map) == name and not row.value
    ]
    for segment, row in sorted(direct, key=lambda each: bool(each[1].condition)):
        yield segment, row, chosen
    if len(chosen) == 1:
        for outer, rows in guide.datatypes.items():
            for row in rows:
                if key(row.map) == name and not row.value:
                    yield from _chains(guide, outer, (row, *chosen))


def code_tries(guide: Guide, name: str, pair: tuple[str, str]) -> Iterator[Try]:
    """Give the messages that show a pair of a code map: at the positions whose rows name the map, or are named as it is."""
    pair = (pair[0].replace("&", "\\T\\"), pair[1])
    for segment, rows in guide.segments.items():
        for row in rows:
            if _coded(guide, row, name):
                for plan in plans(guide, row, pair):
                    if pair[0] in plan.texts.values():
                        yield from (tries(guide, use, plan) for use in list(uses(guide, segment))[:3])
    for datatype, rows in guide.datatypes.items():
        for row in rows:
            if _coded(guide, row, name):
                yield from islice(datatype_tries(guide, datatype, row, pair), 4)


def _coded(guide: Guide, row: FieldRow, name: str) -> bool:
    """Whether a row uses a code map: it names it, or, where no row does, its position has the name of the map's table."""
    if row.value or row.target.endswith((".url", ".uri", ".system")):
        return False
    place = (row.name, row.parts)
    label = guide.positions.get(place, ("", ""))[1]
    return name in {key(row.vocabulary), key(label), key(f"{label} Code")} or _POSITIONS.get(name) == place


_POSITIONS: dict[str, Place] = {"eventtype": ("MSG", (2,))}
"""Where a code map's table stands, whose map no row that is run names."""

# -- message rows --

_MADE_BY = {
    ">patient": "PID",
    ">encounter": "PV1",
    ">appointment": "SCH",
    ">diagnosticreport": "OBR",
    ">servicerequest": "ORC",
}

_REFERENCE = re.compile(r"\b([A-Z]\w+)(?:\[[^\]]*\])?\.([\w.\[\]-]+?)(?:\.reference)?\s*=\s*(?:\"([^\"]*)\"|(\w+))")


def message_tries(guide: Guide, structure: str, row: MessageRow) -> Iterator[Try]:
    """Give the messages that show a row of a message map: an element that its map makes, and what it refers to."""
    use = Use(structure, row, types_of(row))
    asked = tuple(references(row))
    named = {step for each in asked for step in each.path} | {f">{kind}" for each in asked for kind in each.types}
    beside = frozenset(segment for kind, segment in _MADE_BY.items() if kind in named)
    if "=" in row.target:
        head, _, value = row.target.partition("=")
        path = walk.steps(head)
        told = Expected(frozenset({path[0]}), tuple(path[1:]), value.strip("\"' "))
        yield Try(build(guide, structure, row, {}, beside), (told, *asked))
        return
    rows = guide.segments.get(key(row.map), [])
    if not rows:
        yield Try(build(guide, structure, row, {}, beside), (Expected(use.types, (), None), *asked))
    for each in rows:
        for plan in plans(guide, each):
            if plan.text is not None:
                message, expected = tries(guide, use, plan, beside)
                yield Try(message, (*expected, *asked))


def references(row: MessageRow) -> Iterator[Expected]:
    """Give what a row asks for beside its map: references, and values of what refers."""
    for owner, path, value, target in _REFERENCE.findall(row.references):
        steps = tuple(walk.steps(path.removesuffix(".id"))) + ((f">{walk.steps(target)[0]}",) if target else ())
        yield Expected(frozenset({walk.meant(owner)}), steps, value or None)
