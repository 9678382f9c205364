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
from .mapping.reasons import Reason
from .message import COMPONENT, FIELD, WIDEST, Leaf, Message, Segment, field_leaves
from .positions import raw
from .primitives import BOUND

_REPETITION, _COMPONENT = ~0xFFF, ~0xF
_SHOWN = 8
_LONG = 254
"""Longer fields may have more components than a position number can tell."""
KEPT = 50_000
"""Whole fields that are remembered for a message structure; all are forgotten when there are more."""
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
            found = Unmapped(segment.position(leaf), *_reason(program, segment.name, leaf))
            _keep(program.simple, known, found)
        return found
    return Unmapped(segment.position(leaf), *_reason(program, segment.name, leaf))


def _reason(program: Program, name: str, leaf: Leaf) -> Reason:
    """Why a position that nothing noted is not mapped."""
    return program.library.reason((name, leaf.field, leaf.component, leaf.subcomponent))


def _keep(known: dict[Any, Any], key: object, value: object) -> None:
    """Remember what was found; all is forgotten when a feed of ever new segments has filled the memory."""
    if len(known) >= KEPT:
        known.clear()
    known[key] = value
