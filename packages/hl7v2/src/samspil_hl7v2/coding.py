"""Codes looked up: by the caller's Translator first, then by the tables."""

from __future__ import annotations

from samspil_core.ports import Coding

from .context import Context, Resource
from .mapping.rows import CodeRow, Vocabulary
from .v2.table_codes import own_system


def look_up(vocabulary: Vocabulary, code: str, x: Context) -> CodeRow | None:
    """What a code becomes: by the caller's Translator, if it knows, else by the table."""
    if x.translator is not None:
        answer = x.translator.translate(Coding(system=vocabulary.source, code=code), vocabulary.url)
        for match in answer.matches:
            return CodeRow(match.coding.code, match.coding.system, match.coding.display)
    return vocabulary.codes.get(code)


def translate(element: Resource, vocabulary: Vocabulary, x: Context, k: int, row: int) -> None:
    """Put a vocabulary's translation into a Coding or CodeableConcept; the original coding stays in a concept."""
    if not element:
        return
    if "coding" in element:
        original = element["coding"][0]
        mapped = _translate_concept(element, vocabulary, x)
        if mapped is not None and x.trace:
            source = next((seen[2] for seen in reversed(x.trace) if seen[0] is original and seen[1] == "code"), k)
            x.trace.append((mapped, "code", source, row, x.row))
    elif "code" in element:
        _translate_coding(element, vocabulary, x)


def _translate_concept(element: Resource, vocabulary: Vocabulary, x: Context) -> Resource | None:
    original = element["coding"][0]
    code = original.get("code")
    if code is None:
        return None
    found = look_up(vocabulary, code, x)
    if "system" not in original and vocabulary.source:
        original["system"] = own_system(vocabulary.source, code)
    if found is None or (found.target == code and found.system == original.get("system", "")):
        return None
    mapped = coding(found)
    if mapped in element["coding"]:
        return None
    element["coding"].insert(0, mapped)
    return mapped


def _translate_coding(element: Resource, vocabulary: Vocabulary, x: Context) -> None:
    found = look_up(vocabulary, element["code"], x)
    if found is None:
        if "system" not in element and vocabulary.source:
            element["system"] = own_system(vocabulary.source, element["code"])
        return
    element.pop("display", None) if found.display else None
    element.update(coding(found))


def coding(found: CodeRow) -> Resource:
    """A table's row as a FHIR Coding."""
    made: Resource = {}
    if found.system:
        made["system"] = found.system
    made["code"] = found.target
    if found.display:
        made["display"] = found.display
    return made
