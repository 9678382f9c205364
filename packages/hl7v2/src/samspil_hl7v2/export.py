"""The tables for other readers: code maps as FHIR ConceptMaps, maps in the CSV form of the HL7 v2-to-FHIR guide.

https://hl7.org/fhir/R4/conceptmap.html, https://hl7.org/fhir/uv/v2mappings/
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from .mapping.conditions import Both, Condition, Either, Measure, Not, OneOf, Rule, Valued
from .mapping.paths import Step
from .mapping.rows import MessageRow, Row, Tables, Vocabulary
from .v2.fields import component, field

__all__ = ["concept_maps", "write_guide_csv"]

_CONDITION = "Computable ANTLR,Computable FHIRPath,Narrative"
FIELD_HEADER = (
    f"Sort Order,Identifier,Name,Data Type,Cardinality - Min,Cardinality - Max,{_CONDITION},FHIR Attribute,Extension,"
    "Data Type,Cardinality - Min,Cardinality - Max,Data Type Mapping,Vocabulary Mapping,Assignment,,Comments"
).split(",")
MESSAGE_HEADER = (
    f"Sort Order,Identifier,Syntax,Name,Cardinality - Min,Cardinality - Max,{_CONDITION},Primary Target,Segment Map,"
    "References,,Comments"
).split(",")
CODE_HEADER = f"Code,Text,Code System,{_CONDITION},Code,,Display,Code System,,Comments".split(",")


def concept_maps(tables: Tables) -> Iterator[dict[str, Any]]:
    """A FHIR R4 ConceptMap for each code map that has codes, in the order of their names.

    A code that stays what it is is `equal`; of all others the tables tell no more than `relatedto`.
    """
    for name, vocabulary in sorted(tables.vocabulary.items()):
        if vocabulary.codes:
            yield _concept_map(name, vocabulary)


def _concept_map(name: str, vocabulary: Vocabulary) -> dict[str, Any]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for code, row in vocabulary.codes.items():
        same = code == row.target and row.system == vocabulary.source
        target = {"code": row.target, "display": row.display, "equivalence": "equal" if same else "relatedto"}
        if row.note:
            target["comment"] = row.note
        groups.setdefault(row.system, []).append(
            {"code": code, "target": [{key: text for key, text in target.items() if text}]}
        )
    words = re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")
    return {
        "resourceType": "ConceptMap",
        "id": f"v2-{words}"[:64],
        "url": vocabulary.url,
        "name": "V2" + "".join(word[:1].upper() + word[1:] for word in words.split("-")),
        "title": name,
        "status": "active",
        "group": [
            {
                key: value
                for key, value in (("source", vocabulary.source), ("target", system), ("element", rows))
                if value
            }
            for system, rows in groups.items()
        ],
    }


# -- the guide's CSV form --


def write_guide_csv(tables: Tables, folder: Path) -> int:
    """Write every map as the guide writes its sheets, into folders named as the guide's; returns the number of files.

    Raises OSError where a file cannot be written.
    """
    number = 0
    for name, rows in sorted(tables.maps.items()):
        segment = len(name.partition("[")[0]) == 3 and field(name[:3], 1) is not None  # noqa: PLR2004  names of segments
        kind, label = ("segments", "Segment") if segment else ("datatypes", "Data Type")
        lines = [_field_line(row, segment=segment) for row in rows.values() if not row.dropped]
        _write(folder / kind / f"HL7 {label} - FHIR R4_ {name} - Sheet1.csv", FIELD_HEADER, lines)
        number += 1
    for name, rows in sorted(tables.messages.items()):
        lines = [_message_line(name, row) for row in rows.values()]
        _write(folder / "messages" / f"HL7 Message - FHIR R4_ {name} - Sheet1.csv", MESSAGE_HEADER, lines)
        number += 1
    for name, vocabulary in sorted(tables.vocabulary.items()):
        codes = [
            [code, "", vocabulary.source, "", "", "", row.target, "", row.display, row.system, "", row.note]
            for code, row in vocabulary.codes.items()
        ]
        _write(folder / "codesystems" / f"HL7 Concept Map_ {name} - Sheet1.csv", CODE_HEADER, codes)
        number += 1
    return number


def _write(file: Path, header: Sequence[str], lines: list[list[str]]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["HL7 v2"] + [""] * (len(header) - 1))
        writer.writerow(header)
        writer.writerows(lines)


def _field_line(row: Row, *, segment: bool) -> list[str]:
    facts = None
    most = ""
    if row.source.parts and segment:
        facts = field(row.source.name, row.source.parts[0])
        most = "" if facts is None else "-1" if facts.max is None else str(facts.max)
    elif row.source.parts:
        facts = component(row.source.name, row.source.parts[0])
    known = [facts.name, facts.type] if facts else ["", ""]
    value = row.value if not row.value.startswith("@") else f"/{row.value}/"
    identifier = str(row.source) if segment else str(row.source).replace("-", ".")
    v2 = [row.name.partition("/")[2], identifier, *known, "", most, _words(row.when), "", ""]
    return [*v2, _path(row), "", "", "", "", row.map, row.vocabulary, value, "", row.note]


def _message_line(table: str, row: MessageRow) -> list[str]:
    place = ".".join(part for part in (table, row.group if row.group != "*" else "", row.segment) if part)
    references = "; ".join(
        f"{row.resource if each.owner == 'this' else each.owner}.{'.'.join(step.name for step in each.path)}.reference="
        f"{row.resource if each.target == 'this' else each.target}.id"
        for each in row.references
    )
    v2 = [row.name.partition("/")[2], place, row.segment, "", "", "", _words(row.when), "", ""]
    return [*v2, row.resource, row.map, references, "", row.note]


def _path(row: Row) -> str:
    return ".".join(_step(step) for step in row.target) or "$this"


def _step(step: Step) -> str:
    label = f"[{step.label}]" if step.label != "1" or not step.name else ""
    return step.name + label + "".join(f"({text})" for text in (step.url, step.made) if text)


def _words(when: Condition | None) -> str:
    return f"IF {_condition(when)}" if when is not None else ""


def _condition(tree: Condition) -> str:
    match tree:
        case Not(item):
            inner = _simple(item, "NOT ")
            return inner or f"NOT ({_condition(item)})"
        case Both(items):
            return " AND ".join(f"({_condition(item)})" for item in items)
        case Either(items):
            return " OR ".join(f"({_condition(item)})" for item in items)
        case Rule(name, refs):
            return f"@{name}({', '.join(map(str, refs))})" if refs else f"@{name}"
        case _:
            return _simple(tree, "")


def _simple(tree: Condition, negation: str) -> str:
    match tree:
        case Valued(ref):
            return f"{ref} {negation}VALUED"
        case OneOf(ref, (text,)):
            return f'{ref} {negation}EQUALS "{text}"'
        case OneOf(ref, texts):
            return f"{ref} {negation}IN ({_quoted(texts)})"
        case Measure(what, ref, operator, number):
            return f"{ref} {negation}{'LST.COUNT' if what == 'count' else what.upper()} {operator} {number}"
        case _:
            return ""


def _quoted(texts: tuple[str, ...]) -> str:
    return ", ".join(f'"{text}"' for text in texts)
