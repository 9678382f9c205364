"""Codes that a classification does not list but makes by a rule: a class, and what its modifiers add to it.

ICD-10 gives diabetes its fourth character that way: E10 with the modifier class `.2` is E10.2, "with renal complications".
https://www.iso.org/standard/69318.html (ClaML: Modifier, ModifierClass, ModifiedBy, ValidModifierClass, ExcludeModifier)
"""

import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from samspil_terminology.store.building import Row

__all__ = ["modified"]

_DEEPEST = 50


@dataclass(frozen=True, slots=True)
class _Use:
    """That a class is modified: by which modifier, and by which of its classes (None for all)."""

    modifier: str
    only: frozenset[str] | None


def modified(root: ET.Element, rows: Mapping[str, Row], label: Callable[[ET.Element], str]) -> Iterator[Row]:
    """The codes that modifiers make of the classes at the ends of the hierarchy; a listed class of that code goes first."""
    classes = _classes(root, label)
    if not classes:
        return
    uses, excluded = _uses(root)
    above = {each for row in rows.values() for each in row.parents}
    for row in [each for each in rows.values() if each.code not in above]:
        made = [row]
        for use in _of(row, rows, uses, excluded):
            last = [_joined(each, *one, row.abstract) for each in made for one in _fitting(each.code, classes, use)]
            fresh = [each for each in last if each.code not in rows]
            yield from fresh
            made = last or made


def _classes(root: ET.Element, label: Callable[[ET.Element], str]) -> dict[str, list[tuple[str, str]]]:
    """(code, text) of the classes of each modifier."""
    found: dict[str, list[tuple[str, str]]] = {}
    for each in root.iter("ModifierClass"):
        text = next((label(one) for one in each.findall("Rubric") if one.get("kind", "").startswith("preferred")), "")
        found.setdefault(each.get("modifier", ""), []).append((each.get("code", ""), text))
    return found


def _uses(root: ET.Element) -> tuple[dict[str, list[_Use]], dict[str, set[str]]]:
    uses: dict[str, list[_Use]] = {}
    excluded: dict[str, set[str]] = {}
    for each in root.iter("Class"):
        code = each.get("code", "")
        for one in each.findall("ModifiedBy"):
            valid = frozenset(valid.get("code", "") for valid in one.findall("ValidModifierClass"))
            uses.setdefault(code, []).append(_Use(one.get("code", ""), valid if one.get("all") == "false" else None))
        for one in each.findall("ExcludeModifier"):
            excluded.setdefault(code, set()).add(one.get("code", ""))
    return uses, excluded


def _of(
    row: Row, rows: Mapping[str, Row], uses: Mapping[str, list[_Use]], excluded: Mapping[str, set[str]]
) -> list[_Use]:
    """What modifies a class: its own modifiers and those of what is above, without those that are excluded on the way."""
    found: dict[str, _Use] = {}
    barred: set[str] = set()
    level, depth = [row.code], 0
    while level and depth < _DEEPEST:
        for code in level:
            barred |= excluded.get(code, set())
            for use in uses.get(code, ()):
                if use.modifier not in barred:
                    found.setdefault(use.modifier, use)
        level, depth = [up for code in level if code in rows for up in rows[code].parents], depth + 1
    return sorted(found.values(), key=lambda use: use.modifier)


def _fitting(code: str, classes: Mapping[str, list[tuple[str, str]]], use: _Use) -> Iterator[tuple[str, str]]:
    """The classes of a modifier that may follow a code: one that begins with a point follows a code without one."""
    for added, text in classes.get(use.modifier, ()):
        if use.only is not None and added not in use.only:
            continue
        if added.startswith(".") != ("." in code):
            yield added, text


def _joined(row: Row, added: str, text: str, abstract: bool) -> Row:  # noqa: FBT001  that of the class
    display = f"{row.display}, {text}" if text else row.display
    return Row(
        row.code + added, display, [row.code], properties=[{"code": "modifier", "valueCode": added}], abstract=abstract
    )
