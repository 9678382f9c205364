"""LOINC out of its release: terms, parts, answer lists, panels, groups, the component hierarchy, linguistic variants.

https://loinc.org/kb/users-guide/loinc-database-structure/, https://terminology.hl7.org/LOINC.html
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from samspil_terminology.store.building import Row
from samspil_terminology.system import SystemFacts

from .loinc_sets import LICENSE
from .tables import BadTable, code, designation, read_table, text

__all__ = ["LICENSE", "facts", "read"]

_PARTS = ("COMPONENT", "PROPERTY", "TIME_ASPCT", "SYSTEM", "SCALE_TYP", "METHOD_TYP", "CLASS")
_TEXTS = ("STATUS", "CLASSTYPE", "ORDER_OBS", "VersionLastChanged", "EXAMPLE_UCUM_UNITS")
_INACTIVE = frozenset({"DEPRECATED", "DISCOURAGED"})


def facts(folder: Path, version: str = "") -> SystemFacts:
    """What LOINC is as a code system; the version is that of the newest term unless it is given."""
    return SystemFacts(
        url="http://loinc.org",
        version=version or _newest(folder),
        name="LOINC",
        title="Logical Observation Identifiers, Names and Codes (LOINC)",
        language="en-US",
        case_sensitive=False,
        value_set="http://loinc.org/vs",
        properties={
            each: f"http://loinc.org/property/{each}"
            for each in (*_PARTS, *_TEXTS, "answer-list", "answers-for", "has-member", "member-of", "group")
        },
        license=LICENSE,
    )


def _newest(folder: Path) -> str:
    versions = {row["VersionLastChanged"] for row in read_table(_file(folder, "Loinc.csv"), ",", "VersionLastChanged")}
    numbers = [each for each in versions if re.fullmatch(r"\d+\.\d+", each)]
    return max(numbers, key=lambda each: tuple(map(int, each.split("."))), default="")


def _file(folder: Path, name: str) -> Path:
    found = sorted(folder.rglob(name))
    if not found:
        raise BadTable(name, 1, 1, f"there is no {name} in {folder.name}; give the folder of an unpacked LOINC release")
    return found[0]


def read(folder: Path) -> Iterator[Row]:
    """Every LOINC term, part, answer list, answer and group."""
    variants = _variants(folder)
    parents = _hierarchy(folder)
    links = [_lists_of_terms(folder), _parts_of_terms(folder), *_panels(folder), _groups_of_terms(folder)]
    for row in read_table(_file(folder, "Loinc.csv"), ",", "LOINC_NUM", "LONG_COMMON_NAME", "STATUS"):
        linked = [each for link in links for each in link.get(row["LOINC_NUM"], ())]
        yield _term(row, variants.get(row["LOINC_NUM"], []), parents, linked)
    yield from _part_rows(folder, parents)
    yield from _answer_rows(folder)
    for row in _optional(folder, "Group.csv", "GroupId", "Group"):
        yield Row(row["GroupId"], row["Group"], inactive=row.get("Status", "") in _INACTIVE)


def _term(
    row: Mapping[str, str],
    variants: list[dict[str, Any]],
    parents: Mapping[str, list[str]],
    linked: list[dict[str, Any]],
) -> Row:
    number, status = row["LOINC_NUM"], row["STATUS"]
    texts = [
        designation(row[name], "en-US", name) for name in ("SHORTNAME", "CONSUMER_NAME", "DisplayName") if row.get(name)
    ]
    properties = [*linked, *(code(name, row[name]) for name in _PARTS if row.get(name))]
    properties += [text(name, row[name]) for name in _TEXTS if row.get(name)]
    properties.append(code("copyright", "3rdParty" if row.get("EXTERNAL_COPYRIGHT_NOTICE") else "LOINC"))
    return Row(
        number,
        row["LONG_COMMON_NAME"],
        parents.get(number, []),
        row.get("DefinitionDescription", ""),
        [*texts, *variants],
        properties,
        inactive=status in _INACTIVE,
        status=status.lower() if status != "ACTIVE" else "",
    )


def _optional(folder: Path, name: str, *needed: str) -> Iterator[Mapping[str, str]]:
    found = sorted(folder.rglob(name))
    return read_table(found[0], ",", *needed) if found else iter(())


def _hierarchy(folder: Path) -> dict[str, list[str]]:
    parents: dict[str, list[str]] = {}
    for row in _optional(folder, "ComponentHierarchyBySystem.csv", "IMMEDIATE_PARENT", "CODE"):
        if row["IMMEDIATE_PARENT"]:
            parents.setdefault(row["CODE"], []).append(row["IMMEDIATE_PARENT"])
    return parents


def _part_rows(folder: Path, parents: Mapping[str, list[str]]) -> Iterator[Row]:
    for row in _optional(folder, "Part.csv", "PartNumber", "PartName", "PartTypeName"):
        other = row.get("PartDisplayName", "")
        yield Row(
            row["PartNumber"],
            row["PartName"],
            parents.get(row["PartNumber"], []),
            "",
            [designation(other, "en-US", "DisplayName")] if other and other != row["PartName"] else [],
            [text("STATUS", row.get("Status", "")), code("PartTypeName", row["PartTypeName"])],
            inactive=row.get("Status", "") in _INACTIVE,
        )
    for row in _optional(folder, "ComponentHierarchyBySystem.csv", "CODE", "CODE_TEXT"):
        if row["CODE"].startswith("LP"):
            yield Row(row["CODE"], row["CODE_TEXT"], parents.get(row["CODE"], []))


Links = dict[str, list[dict[str, Any]]]
"""Properties by term."""


def _lists_of_terms(folder: Path) -> Links:
    found: Links = {}
    for row in _optional(folder, "LoincAnswerListLink.csv", "LoincNumber", "AnswerListId"):
        found.setdefault(row["LoincNumber"], []).append(code("answer-list", row["AnswerListId"]))
    return found


def _parts_of_terms(folder: Path) -> Links:
    """The parts as codes, beside their names: a filter may use either."""
    names = {"TIME": "TIME_ASPCT", "SCALE": "SCALE_TYP", "METHOD": "METHOD_TYP"}
    found: Links = {}
    for row in _optional(folder, "LoincPartLink_Primary.csv", "LoincNumber", "PartNumber", "PartTypeName"):
        name = names.get(row["PartTypeName"], row["PartTypeName"])
        if name in _PARTS:
            found.setdefault(row["LoincNumber"], []).append(code(name, row["PartNumber"]))
    return found


def _panels(folder: Path) -> tuple[Links, Links]:
    """What a panel has, in its order, and which panels a term is of. A panel is listed as its own first line."""
    members: Links = {}
    panels: Links = {}
    for row in _optional(folder, "PanelsAndForms.csv", "ParentLoinc", "Loinc"):
        panel, member = row["ParentLoinc"], row["Loinc"]
        if panel and member and panel != member:
            members.setdefault(panel, []).append(code("has-member", member))
            panels.setdefault(member, []).append(code("member-of", panel))
    return members, panels


def _groups_of_terms(folder: Path) -> Links:
    found: Links = {}
    for row in _optional(folder, "GroupLoincTerms.csv", "GroupId", "LoincNumber"):
        found.setdefault(row["LoincNumber"], []).append(code("group", row["GroupId"]))
    return found


def _answer_rows(folder: Path) -> Iterator[Row]:
    lists: dict[str, Row] = {}
    answers: dict[str, Row] = {}
    for row in _optional(folder, "AnswerList.csv", "AnswerListId", "AnswerListName", "AnswerStringId", "DisplayText"):
        held = lists.setdefault(row["AnswerListId"], Row(row["AnswerListId"], row["AnswerListName"]))
        answer = row["AnswerStringId"]
        if answer:
            held.properties.append(code("Answer", answer))
            one = answers.setdefault(answer, Row(answer, row["DisplayText"]))
            one.properties.append(code("AnswerList", row["AnswerListId"]))
    for number, linked in _lists_of_terms(folder).items():
        for each in linked:
            if each["valueCode"] in lists:
                lists[each["valueCode"]].properties.append(code("answers-for", number))
    yield from lists.values()
    yield from answers.values()


def _variants(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """The names in other languages, by term; the language is in the name of the file (`deDE15LinguisticVariant.csv`)."""
    found: dict[str, list[dict[str, Any]]] = {}
    for file in sorted(folder.rglob("*LinguisticVariant.csv")):
        named = re.match(r"([a-z]{2})([A-Z]{2})\d*", file.name)
        if not named:
            continue
        language = f"{named[1]}-{named[2]}"
        for row in read_table(file, ",", "LOINC_NUM"):
            name = row.get("LinguisticVariantDisplayName") or row.get("LONG_COMMON_NAME") or row.get("COMPONENT", "")
            if name:
                found.setdefault(row["LOINC_NUM"], []).append(designation(name, language))
    return found
