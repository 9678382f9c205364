"""Classifications in XML: ClaML (ICD-10 of WHO and its national versions, ICPC-2), and the tabular list of ICD-10-CM.

https://www.iso.org/standard/69318.html (ClaML)
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from samspil_terminology.store.building import Row

from .tables import BadTable, code, designation

__all__ = ["Classification", "read"]

_TEXTS = {"preferred", "preferredLong"}
_NOTES = {"inclusion": "inclusion", "exclusion": "exclusion", "definition": "definition", "note": "note"}


@dataclass(slots=True)
class Classification:
    """What a file says of itself, and its classes."""

    title: str = ""
    version: str = ""
    language: str = ""
    rows: list[Row] = field(default_factory=list[Row])


def read(path: Path) -> Classification:
    """The classes of a file. Raises `BadTable`, with line and column, where it is no XML or none of the two forms."""
    try:
        root = ET.parse(path).getroot()  # noqa: S314  see above
    except ET.ParseError as error:
        line, column = error.position
        raise BadTable(path.name, line, column + 1, "no XML: " + str(error).partition(":")[0]) from None
    if root.tag == "ClaML":
        return _claml(root)
    if root.tag.startswith("ICD10CM"):
        return _tabular(root)
    raise BadTable(path.name, 1, 1, f"<{root.tag}> is neither ClaML nor the tabular list of ICD-10-CM")


def _claml(root: ET.Element) -> Classification:
    title = root.find("Title")
    made = Classification()
    if title is not None:
        made.title = " ".join("".join(title.itertext()).split()) or title.get("name", "")
        made.version = title.get("version", "") or title.get("date", "")
    made.language = root.get("{http://www.w3.org/XML/1998/namespace}lang", "")
    made.rows = [_class(each, made.language) for each in root.iter("Class")]
    if not made.language:
        first = next(root.iter("Label"), None)
        made.language = first.get("{http://www.w3.org/XML/1998/namespace}lang", "") if first is not None else ""
    return made


def _class(element: ET.Element, language: str) -> Row:
    row = Row(element.get("code", ""), parents=[each.get("code", "") for each in element.findall("SuperClass")])
    kind = element.get("kind", "")
    row.properties = [code("kind", kind)] if kind else []
    row.abstract = kind in {"chapter", "block"}
    for rubric in element.findall("Rubric"):
        named = rubric.get("kind", "")
        text = _text(rubric)
        if not text:
            continue
        if named in _TEXTS and not row.display:
            row.display = text
        elif named in _TEXTS:
            row.designations.append(designation(text, language, named))
        elif named == "definition" and not row.definition:
            row.definition = text
        elif named in _NOTES:
            row.properties.append({"code": _NOTES[named], "valueString": text})
    return row


def _text(rubric: ET.Element) -> str:
    label = rubric.find("Label")
    if label is None:
        return ""
    return re.sub(r"\s+([,.;:])", r"\1", " ".join("".join(label.itertext()).split()))


def _tabular(root: ET.Element) -> Classification:
    made = Classification(language="en")
    title, version = root.findtext("introduction/introSection/title") or "ICD-10-CM", root.findtext("version") or ""
    made.title, made.version = " ".join(title.split()), version.strip()
    for chapter in root.iter("chapter"):
        name = (chapter.findtext("name") or "").strip()
        made.rows.append(Row(name, (chapter.findtext("desc") or "").strip(), abstract=True))
        for section in chapter.findall("section"):
            identifier = section.get("id", "")
            made.rows.append(Row(identifier, (section.findtext("desc") or "").strip(), [name], abstract=True))
            made.rows += _diagnoses(section, identifier)
    return made


def _diagnoses(element: ET.Element, parent: str) -> Iterator[Row]:
    for each in element.findall("diag"):
        name = (each.findtext("name") or "").strip()
        row = Row(name, (each.findtext("desc") or "").strip(), [parent])
        for kind in ("inclusionTerm", "excludes1", "excludes2"):
            row.properties += [
                {"code": kind, "valueString": (note.text or "").strip()} for note in each.findall(f"{kind}/note")
            ]
        yield row
        yield from _diagnoses(each, name)
