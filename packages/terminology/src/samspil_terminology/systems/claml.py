"""Classifications in XML: ClaML (ICD-10 of WHO and its national versions, ICPC-2), and the lists of `icd_tabular`.

https://www.iso.org/standard/69318.html (ClaML)
"""

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from pathlib import Path

from samspil_terminology.store.building import Row

from .claml_modifiers import modified
from .icd_tabular import icd_10, icd_10_cm
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
        title = " ".join((root.findtext("introduction/introSection/title") or "ICD-10-CM").split())
        return Classification(title, (root.findtext("version") or "").strip(), "en", list(icd_10_cm(root)))
    if root.tag.startswith("icd_10"):
        return Classification("ICD-10", root.tag.partition("_v")[2], "en", list(icd_10(root)))
    raise BadTable(path.name, 1, 1, f"<{root.tag}> is neither ClaML nor a tabular list of ICD-10 or ICD-10-CM")


def _claml(root: ET.Element) -> Classification:
    title = root.find("Title")
    made = Classification()
    if title is not None:
        made.title = " ".join("".join(title.itertext()).split()) or title.get("name", "")
        made.version = title.get("version", "") or title.get("date", "")
    made.language = root.get("{http://www.w3.org/XML/1998/namespace}lang", "")
    made.rows = [_class(each, made.language) for each in root.iter("Class")]
    made.rows += modified(root, {each.code: each for each in made.rows}, _text)
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
