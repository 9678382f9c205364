"""ICD-10 as nested items (the English edition of WHO), and the tabular list of ICD-10-CM with its seventh characters.

https://www.cms.gov/medicare/coding-billing/icd-10-codes: a code that needs a seventh character is filled up with X before it.
"""

import xml.etree.ElementTree as ET
from collections.abc import Iterator

from samspil_terminology.store.building import Row

__all__ = ["icd_10", "icd_10_cm"]

_ABSTRACT = frozenset({"chapter", "block"})
_FULL = 7
"""Characters of a code with all of them, without the point."""

Extensions = tuple[tuple[str, str], ...]


def icd_10(root: ET.Element, parent: str = "") -> Iterator[Row]:
    """Every item: chapters and blocks are abstract."""
    for item in root.findall("item"):
        code, kind = _text(item, "name"), item.get("type", "")
        properties = [{"code": "kind", "valueCode": kind}] if kind else []
        yield Row(
            code,
            _text(item, "description"),
            [parent] if parent else [],
            properties=properties,
            abstract=kind in _ABSTRACT,
        )
        yield from icd_10(item, code)


def icd_10_cm(root: ET.Element) -> Iterator[Row]:
    """Chapters, sections, diagnoses, and the codes that seventh characters make."""
    for chapter in root.iter("chapter"):
        name = _text(chapter, "name")
        yield Row(name, _text(chapter, "desc"), abstract=True)
        for section in chapter.findall("section"):
            identifier = section.get("id", "")
            yield Row(identifier, _text(section, "desc"), [name], abstract=True)
            yield from _diagnoses(section, identifier, ())


def _diagnoses(element: ET.Element, parent: str, inherited: Extensions) -> Iterator[Row]:
    for each in element.findall("diag"):
        row = Row(_text(each, "name"), _text(each, "desc"), [parent])
        for kind in ("inclusionTerm", "excludes1", "excludes2"):
            row.properties += [
                {"code": kind, "valueString": (note.text or "").strip()} for note in each.findall(f"{kind}/note")
            ]
        yield row
        own = tuple((one.get("char", ""), (one.text or "").strip()) for one in each.findall("sevenChrDef/extension"))
        extensions = own or inherited
        if each.find("diag") is None:
            yield from _seventh(row, extensions)
        else:
            yield from _diagnoses(each, row.code, extensions)


def _seventh(row: Row, extensions: Extensions) -> Iterator[Row]:
    plain = row.code.replace(".", "")
    if len(plain) >= _FULL:
        return
    filled = plain.ljust(_FULL - 1, "X")
    died = filled.startswith("S06") and filled[-1] in "78"
    for character, text in extensions:
        if died and character in "DS":  # the note at S06: who has died is not seen again
            continue
        yield Row(f"{filled[:3]}.{filled[3:]}{character}", f"{row.display}, {text}", [row.code])


def _text(element: ET.Element, name: str) -> str:
    return " ".join((element.findtext(name) or "").split())
