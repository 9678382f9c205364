"""The value sets and concept maps that every release of SNOMED CT implies.

https://terminology.hl7.org/SNOMEDCT.html#snomed-ct-implicit-value-sets
"""

from collections.abc import Mapping
from typing import Any

from samspil_core.jsontext import loads
from samspil_terminology.store.reader import Snapshot

from .known import ASSOCIATIONS, URL

__all__ = ["MAPS", "concept_map", "value_set"]

Json = Mapping[str, Any]

MAPS: dict[str, tuple[str, str, str]] = {
    ASSOCIATIONS["REPLACED BY"]: (URL, "targetComponentId", "equivalent"),
    ASSOCIATIONS["SAME AS"]: (URL, "targetComponentId", "equal"),
    ASSOCIATIONS["POSSIBLY EQUIVALENT TO"]: (URL, "targetComponentId", "inexact"),
    ASSOCIATIONS["ALTERNATIVE"]: (URL, "targetComponentId", "inexact"),
    "447562003": ("http://hl7.org/fhir/sid/icd-10", "mapTarget", "relatedto"),
    "446608001": ("http://hl7.org/fhir/sid/icd-o", "mapTarget", "relatedto"),
    "450993002": ("http://hl7.org/fhir/sid/icpc-2", "mapTarget", "relatedto"),
    "6011000124106": ("http://hl7.org/fhir/sid/icd-10-cm", "mapTarget", "relatedto"),
}
"""Reference sets that are maps: the target system, the field of the target, and how source and target relate."""


def value_set(url: str, snapshot: Snapshot) -> Json | None:
    """The value set of `...?fhir_vs[=isa/X|refset[/X]|ecl/X]`; None for another URL, or a concept that is not there."""
    base, mark, wanted = url.partition("?fhir_vs")
    if not mark or not base.startswith(URL):
        return None
    include: dict[str, Any] = {"system": URL}
    if base != URL:
        include["version"] = base
    kind, _, value = wanted.removeprefix("=").partition("/")
    if kind in {"isa", "refset"} and value and snapshot.number(value) is None:
        return None
    title = "SNOMED CT Reference Set (All of SNOMED CT)"
    name = "ALLSNOMEDCT"
    if kind == "isa":
        include["filter"] = [{"property": "concept", "op": "is-a", "value": value}]
        name, title = f"SNOMEDCTIsA{value}", f"SNOMED CT Concept {value} and its descendants"
    elif kind == "refset" and value:
        include["filter"] = [{"property": "concept", "op": "in", "value": value}]
        name, title = f"SNOMEDCTRefSet{value}", f"SNOMED CT Reference Set {value}"
    elif kind == "refset":
        include["filter"] = [{"property": "constraint", "op": "=", "value": "^ *"}]
        name, title = "SNOMEDCTRefSets", "Concepts that are members of a SNOMED CT reference set"
    elif kind == "ecl":
        include["filter"] = [{"property": "constraint", "op": "=", "value": value}]
        name, title = "SNOMEDCTECL", f"SNOMED CT concepts that satisfy {value}"
    elif kind:
        return None
    return {
        "resourceType": "ValueSet",
        "url": url,
        "name": name,
        "title": title,
        "status": "active",
        "compose": {"include": [include]},
    }


def concept_map(url: str, version: str, snapshot: Snapshot) -> Json | None:
    """The concept map of `...?fhir_cm=X`, X being a map or association reference set; None for another URL."""
    base, mark, refset = url.partition("?fhir_cm=")
    if not mark or not base.startswith(URL):
        return None
    n = snapshot.number(refset)
    if n is None:
        return None
    row = snapshot.connection.execute("SELECT fields FROM refset WHERE n = ?", (n,)).fetchone()
    names: list[str] = loads(row[0]) if row else []
    usual = "mapTarget" if "mapTarget" in names else "targetComponentId"
    target, field, equivalence = MAPS.get(refset, ("", usual, "relatedto"))
    if field not in names:
        return None
    elements: dict[str, list[dict[str, Any]]] = {}
    sql = "SELECT component, fields FROM member WHERE refset = ? AND active = 1 ORDER BY component, id"
    for component, fields in snapshot.connection.execute(sql, (n,)):
        values = loads(fields)
        elements.setdefault(component, []).append(_target(values, field, equivalence))
    for some in elements.values():
        some.sort(key=lambda each: (each.pop("group"), each.pop("priority")))
    return {
        "resourceType": "ConceptMap",
        "url": url,
        "version": version,
        "name": f"SNOMEDCTMap{refset}",
        "status": "active",
        "sourceCanonical": f"{URL}?fhir_vs",
        "group": [
            {
                "source": URL,
                "sourceVersion": version,
                "target": target or URL,
                "element": [{"code": code, "target": targets} for code, targets in elements.items()],
            }
        ],
    }


def _target(values: dict[str, str], field: str, equivalence: str) -> dict[str, Any]:
    made: dict[str, Any] = {
        "group": int(values.get("mapGroup") or 0),
        "priority": int(values.get("mapPriority") or 0),
    }
    code = values.get(field, "")
    made |= {"code": code, "equivalence": equivalence} if code else {"equivalence": "unmatched"}
    said = [values[name] for name in ("mapRule", "mapAdvice") if values.get(name) and values[name] != "TRUE"]
    if said:
        made["comment"] = "; ".join(said)
    return made
