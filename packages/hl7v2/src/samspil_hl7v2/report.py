"""The loss report: populated positions = mapped + reported, for every message, and a reason for each reported one."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any, NamedTuple

from samspil_core.outcome import Issue

from .context import Context
from .escapes import unescape
from .findings import CODE_NOT_ALLOWED, CODE_UNMAPPED, NOT_CARRIED, NOT_PARSABLE
from .mapping.compiled import Program
from .mapping.rows import Row
from .message import COMPONENT, FIELD, WIDEST, Leaf, Message, Segment, field_leaves
from .positions import raw
from .primitives import BOUND
from .v2.fields import field as field_facts

_REPETITION, _COMPONENT = ~0xFFF, ~0xF
_SHOWN = 8
_LONG = 254
"""Longer fields may have more components than a position number can tell."""
KEPT = 50_000
"""Places whose reason is remembered for a message structure; all are forgotten when there are more."""
NULL = "an explicit null: the sender asks to delete the value"


class Unmapped(NamedTuple):
    """A populated position that no element came from: its place, the reason, the row concerned, and more on the reason."""

    position: str
    reason: str
    row: str
    detail: str

    def as_dict(self) -> dict[str, str]:
        """As the report line has it; what is empty is left out."""
        position, reason, row, detail = self
        if row and detail:
            return {"position": position, "reason": reason, "row": row, "detail": detail}
        made = {"position": position, "reason": reason}
        if row:
            made["row"] = row
        elif detail:
            made["detail"] = detail
        return made


class Positions(tuple[Unmapped, ...]):  # noqa: SLOT001  what is told of them is kept beside them
    """Unmapped positions. What the report line tells of them is made once for all messages that have them in common."""

    @cached_property
    def told(self) -> list[dict[str, str]]:
        """Each as the report line has it."""
        return [each.as_dict() for each in self]


class Report(NamedTuple):
    """The account of one message. `status`: `converted` (nothing lost but what a table drops), `partial`, `failed`.

    `unmapped` is any tuple of `Unmapped`; those of a conversion are `Positions`.
    """

    control_id: str
    message_type: str
    structure: str
    status: str
    populated: int
    mapped: int
    unmapped: tuple[Unmapped, ...]

    @property
    def reported(self) -> int:
        """Positions that are not mapped, each with its reason."""
        return len(self.unmapped)

    def with_control_id(self, control_id: str) -> Report:
        """The same account of another message."""
        return Report(control_id, *self[1:])

    def as_dict(self) -> dict[str, Any]:
        """The members of a report line but source, index and outcome."""
        unmapped = self.unmapped if isinstance(self.unmapped, Positions) else Positions(self.unmapped)
        return {
            "control_id": self.control_id,
            "message_type": self.message_type,
            "structure": self.structure,
            "status": self.status,
            "populated": self.populated,
            "mapped": self.mapped,
            "reported": self.reported,
            "unmapped": [each.copy() for each in unmapped.told],
        }

    def issues(self) -> Iterator[Issue]:
        """Findings: one for each code and value that could not be carried, one for each other reason with its positions."""
        others: dict[str, list[str]] = {}
        for each in self.unmapped:
            if each.reason == "code-unmapped" and each.detail == BOUND:
                yield CODE_NOT_ALLOWED.at(each.position)
            elif each.reason == "code-unmapped":
                yield CODE_UNMAPPED.at(each.position, vocabulary=each.detail)
            elif each.reason == "not-parsable":
                yield NOT_PARSABLE.at(each.position, type=each.detail or "its element")
            elif each.reason != "dropped":
                others.setdefault(each.reason, []).append(each.position)
        for reason, positions in others.items():
            shown = ", ".join(positions[:_SHOWN]) + (" ..." if len(positions) > _SHOWN else "")
            yield NOT_CARRIED.at(positions[0], count=len(positions), reason=reason, positions=shown)


def failed_report() -> Report:
    """The report of what no MSH can be read in: nothing is known to be populated."""
    return Report("", "", "", "failed", 0, 0, Positions())


def report(message: Message, program: Program, x: Context, type_: tuple[str, str, str]) -> Report:
    """Account for every populated position of a converted message."""
    unmapped: list[Unmapped] = []
    populated = sum(_account(segment, program, x, unmapped) for segment in message.segments)
    code, trigger, structure = type_
    lost = any(each.reason != "dropped" for each in unmapped)
    return Report(
        control_id=raw(message.segments[0], 10).split("^")[0],
        message_type=f"{code}_{trigger}" if trigger else code,
        structure=structure,
        status="partial" if lost else "converted",
        populated=populated,
        mapped=populated - len(unmapped),
        unmapped=Positions(unmapped),
    )


def _account(  # noqa: C901  one loop over all positions is the hot path of the report
    segment: Segment, program: Program, x: Context, unmapped: list[Unmapped]
) -> int:
    """Count the populated positions of a segment, and list those that are not mapped. The same positions as `leaves`."""
    used, base, populated = x.used, segment.base, 0
    start = 3 if segment.name == "MSH" else 1
    if len(segment.raw) > WIDEST:
        leaves = list(segment.leaves())
        unmapped += [_unmapped(segment, leaf, program, x) for leaf in leaves if leaf.key not in used]
        return len(leaves)
    for field, text in enumerate(segment.raw):
        if not text or field == 0:
            continue
        if field < start or text.isalnum() or not ("^" in text or "~" in text or "&" in text):
            populated += 1
            key = base | field << FIELD | 17
            if key not in used:
                unmapped.append(_unmapped(segment, Leaf(field, 0, 1, 1, key, text), program, x))
            continue
        at = base | field << FIELD
        if "~" in text or "&" in text or len(text) > _LONG:
            for leaf in field_leaves(text, field, at):
                populated += 1
                if leaf.key not in used:
                    unmapped.append(_unmapped(segment, leaf, program, x))
            continue
        key = at | 1
        for component in text.split("^"):
            key += 16
            if component:
                populated += 1
                if key not in used:
                    leaf = Leaf(field, 0, key >> COMPONENT & 0xFF, 1, key, component)
                    unmapped.append(_unmapped(segment, leaf, program, x))
    return populated


def _unmapped(segment: Segment, leaf: Leaf, program: Program, x: Context) -> Unmapped:
    text = leaf.text
    if text == '""':
        return Unmapped(segment.position(leaf), "dropped", "", NULL)
    if text.isspace() or ("\\" in text and not unescape(text, x.codec).strip()):
        return Unmapped(segment.position(leaf), "dropped", "", "only blanks")
    notes = x.notes
    if notes:
        note = notes.get(leaf.key) or notes.get(leaf.key & _COMPONENT) or notes.get(leaf.key & _REPETITION)
        if note is not None:
            reason, row, detail = note
            return Unmapped(segment.position(leaf), reason, program.rows[row], detail)
    if leaf.repetition == 0 and leaf.component == 1 and leaf.subcomponent == 1 and text == segment.raw[leaf.field]:
        known = (segment.name, segment.number, leaf.field)
        found = program.simple.get(known)
        if found is None:
            found = Unmapped(segment.position(leaf), *_reason_of(program, segment.name, leaf))
            _keep(program.simple, known, found)
        return found
    return Unmapped(segment.position(leaf), *_reason_of(program, segment.name, leaf))


def _reason_of(program: Program, name: str, leaf: Leaf) -> tuple[str, str, str]:
    place = (name, leaf.field, leaf.component, leaf.subcomponent)
    found = program.reasons.get(place)
    if found is None:
        found = _reason(program, *place)
        _keep(program.reasons, place, found)
    return found


def _keep(known: dict[Any, Any], key: object, value: object) -> None:
    """Remember what was found; all is forgotten when a feed of ever new segments has filled the memory."""
    if len(known) >= KEPT:
        known.clear()
    known[key] = value


def _reason(program: Program, name: str, field: int, component: int, sub: int) -> tuple[str, str, str]:
    """Why a position that nothing noted is not mapped, from the tables alone."""
    maps = {row.map for row in _message_rows(program, name)}
    if not maps:
        return ("no-row", "", "") if field_facts(name, field) else ("unknown-segment", "", "")
    rows = [row for each in sorted(maps) for row in program.tables.maps[each].values()]
    concerned = [row for row in rows if row.source.parts and row.source.parts[0] == field and row.source.name == name]
    for row in concerned:
        if row.dropped:
            return "dropped", row.name, row.note
    candidates = [row for row in concerned if _reaches(program, row, component, sub)]
    for row in candidates:
        return "condition-false", row.name, row.when_text
    return "no-row", "", ""


def _message_rows(program: Program, segment: str) -> list[Any]:
    rows = program.tables.messages.get(program.table, {}).values()
    return [row for row in rows if row.segment == segment]


def _reaches(program: Program, row: Row, component: int, sub: int) -> bool:
    """Whether a row's source includes a component: itself, or through the datatype maps it calls."""
    if len(row.source.parts) > 1:
        if row.source.parts[1] != component:
            return False
        return _within(program, row.map, sub, 1) if row.map else sub == 1
    if not row.map:
        return row.value.startswith('"') is False and component == 1 and sub == 1
    return _map_reaches(program, row.map, component, sub)


def _map_reaches(program: Program, name: str, component: int, sub: int) -> bool:
    for row in program.tables.maps.get(name, {}).values():
        if row.value.startswith('"') or row.dropped:
            continue
        if not row.source.parts:
            if row.map and _map_reaches(program, row.map, component, sub):
                return True
            continue
        if row.source.parts[0] != component:
            continue
        if row.map and _within(program, row.map, sub, 1):
            return True
        if not row.map and (row.source.parts[1] if len(row.source.parts) > 1 else 1) == sub:
            return True
    return False


def _within(program: Program, name: str, number: int, depth: int) -> bool:
    return depth < 4 and _map_reaches(program, name, number, 1)  # noqa: PLR2004  maps nest no deeper
