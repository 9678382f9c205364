"""Mappings as SSSOM TSV: a file that people edit and compare, with who proposed and who reviewed each row.

https://mapping-commons.github.io/sssom/
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from samspil_core.values import Coding
from samspil_terminology.concept_maps import Relationship
from samspil_terminology.systems.tables import BadTable, read_text

__all__ = ["COLUMNS", "NO_TERM", "PREDICATES", "Mapping", "MappingSet", "read_sssom", "write_sssom"]

NO_TERM = "sssom:NoTermFound"
"""The object of a row that says there is no target."""

STATES = ("suggested", "proposed", "accepted", "rejected")
"""`suggested` by a machine, `proposed` by a person, `accepted` or `rejected` by another person."""

PREDICATES: dict[Relationship, str] = {
    "equivalent": "skos:exactMatch",
    "source-is-narrower-than-target": "skos:broadMatch",
    "source-is-broader-than-target": "skos:narrowMatch",
    "related-to": "skos:relatedMatch",
    "not-related-to": "skos:relatedMatch",
}
"""FHIR relationship to SSSOM predicate; not-related-to has the modifier Not besides."""

_RELATIONSHIPS: dict[str, Relationship] = {
    "skos:exactMatch": "equivalent",
    "owl:equivalentClass": "equivalent",
    "skos:broadMatch": "source-is-narrower-than-target",
    "rdfs:subClassOf": "source-is-narrower-than-target",
    "skos:narrowMatch": "source-is-broader-than-target",
    "skos:closeMatch": "related-to",
    "skos:relatedMatch": "related-to",
}
_JUSTIFIED = "semapv:UnspecifiedMatching"


@dataclass(frozen=True, slots=True)
class Mapping:
    """One row: what is mapped to what, why, by whom, and in which state; `more` are further columns, as they came."""

    subject_id: str
    object_id: str
    predicate_id: str = "skos:exactMatch"
    subject_label: str = ""
    object_label: str = ""
    predicate_modifier: str = ""
    mapping_justification: str = _JUSTIFIED
    author_id: str = ""
    reviewer_id: str = ""
    review_date: str = ""
    confidence: str = ""
    review_state: str = "proposed"
    comment: str = ""
    more: tuple[tuple[str, str], ...] = ()
    line: int = 0

    @property
    def relationship(self) -> Relationship:
        """How subject and object relate, in the words of FHIR."""
        if self.predicate_modifier == "Not":
            return "not-related-to"
        return _RELATIONSHIPS.get(self.predicate_id, "related-to")

    @property
    def no_map(self) -> bool:
        """Whether it says that there is no target."""
        return self.object_id == NO_TERM

    @property
    def subject_code(self) -> str:
        """The code without its prefix."""
        return self.subject_id.partition(":")[2]

    @property
    def object_code(self) -> str:
        """The code without its prefix; empty when there is no target."""
        return "" if self.no_map else self.object_id.partition(":")[2]


COLUMNS = tuple(each.name for each in fields(Mapping) if each.name not in {"more", "line"})
"""The columns of the table, in their order."""


@dataclass(slots=True)
class MappingSet:
    """A file of mappings: what its prefixes stand for, which sets and versions it maps, and its rows.

    `lists` are the facts of the header that are lists, line by line as they came.
    """

    prefixes: dict[str, str] = field(default_factory=dict[str, str])
    facts: dict[str, str] = field(default_factory=dict[str, str])
    mappings: list[Mapping] = field(default_factory=list[Mapping])
    lists: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])

    def prefix(self, system: str, usual: str) -> str:
        """The prefix of a code system, made up when it has none yet."""
        for name, url in self.prefixes.items():
            if url == system:
                return name
        name, number = usual, 2
        while name in self.prefixes:
            name, number = f"{usual}{number}", number + 1
        self.prefixes[name] = system
        return name

    def coding(self, identifier: str) -> Coding:
        """An identifier as a Coding."""
        name, _, code = identifier.partition(":")
        return Coding(self.prefixes.get(name, name), code)


def read_sssom(path: Path) -> MappingSet:
    """The mappings of a file. Raises `BadTable` for a missing column or a row that cannot be read."""
    made = MappingSet()
    lines = read_text(path, "utf-8-sig").replace("\r\n", "\n").split("\n")
    number = 0
    section = ""
    while number < len(lines) and lines[number].startswith("#"):
        section = _header(made, lines[number][1:], section)
        number += 1
    reader = csv.reader(io.StringIO("\n".join(lines[number:])), delimiter="\t")
    _, names = next(_rows(path, reader, number), (0, list[str]()))
    for each in ("subject_id", "predicate_id", "object_id", "mapping_justification"):
        if each not in names:
            raise BadTable(path.name, number + 1, 1, f"there is no column {each}")
    known = set(COLUMNS)
    for line, row in _rows(path, reader, number):
        if len(row) > len(names):
            raise BadTable(path.name, line, len(names) + 1, f"{len(row)} columns, not {len(names)}")
        given = {name: value for name, value in zip(names, row, strict=False) if value}
        if not given:
            continue
        held = {name: value for name, value in given.items() if name in known}
        more = tuple((name, value) for name, value in given.items() if name not in known)
        if "subject_id" not in held or "object_id" not in held:
            raise BadTable(path.name, line, 1, "a row has no subject_id or no object_id")
        one = Mapping(held.pop("subject_id"), held.pop("object_id"), more=more, line=line)
        made.mappings.append(replace(one, **held))
    return made


def _rows(path: Path, reader: Any, number: int) -> Iterator[tuple[int, list[str]]]:
    """Every row with its line in the file, the header of `number` lines included."""
    try:
        for row in reader:
            yield number + reader.line_num, row
    except csv.Error as error:
        raise BadTable(path.name, number + reader.line_num, 1, str(error)) from None


def _header(made: MappingSet, text: str, section: str) -> str:
    """One line of the header, which is YAML of two levels; gives the section that goes on."""
    name, _, value = text.partition(":")
    indented = text.startswith((" ", "\t"))
    value = value.strip().strip("\"'")
    if indented and section == "curie_map":
        made.prefixes[name.strip()] = value
        return section
    if indented or name.strip().startswith("-"):
        if section:
            made.lists[section] = (*made.lists.get(section, ()), text)
        return section
    if value:
        made.facts[name.strip()] = value
    return name.strip()


def write_sssom(some: MappingSet) -> str:
    """The file: header, column names, rows sorted by subject and object, so that two versions can be compared."""
    lines = ["#curie_map:"]
    lines += [f"#  {name}: {url}" for name, url in sorted(some.prefixes.items())]
    lines += [f"#{name}: {value}" for name, value in sorted(some.facts.items())]
    for name, held in sorted(some.lists.items()):
        lines += [f"#{name}:", *(f"#{each}" for each in held)]
    more = tuple(dict.fromkeys(name for each in some.mappings for name, _ in each.more))
    out = io.StringIO()
    writer = csv.writer(out, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
    writer.writerow((*COLUMNS, *more))
    for each in sorted(some.mappings, key=_order):
        others = dict(each.more)
        writer.writerow([*(getattr(each, name) for name in COLUMNS), *(others.get(name, "") for name in more)])
    return "\n".join(lines) + "\n" + out.getvalue()


def _order(each: Mapping) -> tuple[str, str, float, str]:
    confidence = float(each.confidence) if each.confidence.replace(".", "", 1).isdigit() else 0.0
    return each.subject_id, each.review_state, -confidence, each.object_id
