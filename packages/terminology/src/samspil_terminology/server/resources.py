"""Read and search of what the catalogue keeps: https://hl7.org/fhir/R5/http.html#search."""

import re
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from samspil_terminology.canonical import join
from samspil_terminology.catalog import Catalog
from samspil_terminology.issues import failure
from samspil_terminology.json_system import JsonSystem

__all__ = ["read_resource", "search_resources"]

Json = Mapping[str, Any]
_PAGE = 50


def _all(catalog: Catalog, kind: str) -> Iterable[Json]:
    match kind:
        case "ValueSet":
            yield from catalog.value_sets()
        case "ConceptMap":
            yield from catalog.concept_maps()
        case "CodeSystem":
            for url in catalog.system_urls():
                for version in catalog.versions(url) or [""]:
                    system = catalog.system(url, version)
                    if system is None:
                        continue
                    facts = system.facts
                    base = getattr(system, "resource", None)
                    if isinstance(system, JsonSystem) and base is not None:
                        yield base
                    else:
                        yield _described(facts)
        case _:
            return


def _described(facts: Any) -> Json:
    """A code system that is kept otherwise: what it is, without its concepts."""
    made = {
        "resourceType": "CodeSystem",
        "url": facts.url,
        "version": facts.version,
        "name": facts.name,
        "title": facts.title,
        "status": facts.status,
        "copyright": facts.license,
        "content": "not-present",
    }
    return {name: value for name, value in made.items() if value}


def _identified(resource: Json) -> dict[str, Any]:
    identifier = str(resource.get("id", ""))
    if not re.fullmatch(r"[A-Za-z0-9\-.]{1,64}", identifier):
        canonical = join(str(resource.get("url", "")), str(resource.get("version", "")))
        identifier = sha256(canonical.encode()).hexdigest()[:32]
    return {**resource, "id": identifier}


def read_resource(catalog: Catalog, kind: str, identifier: str) -> dict[str, Any]:
    """The resource with that id. Raises `OperationFailed`."""
    for each in _all(catalog, kind):
        made = _identified(each)
        if made["id"] == identifier:
            return made
    raise failure("not-found", "", "RESOURCE_UNKNOWN", status=404, kind=kind, id=identifier)


def search_resources(catalog: Catalog, kind: str, query: Mapping[str, str], url: str) -> dict[str, Any] | None:
    """A page of the resources that fit `url`, `version`, `name` and `title`; None for a type that is not kept."""
    if kind not in {"CodeSystem", "ValueSet", "ConceptMap"}:
        return None
    found = [_identified(each) for each in _all(catalog, kind) if _fits(each, query)]
    count, offset = _number(query, "_count", _PAGE), _number(query, "_offset", 0)
    summary = query.get("_summary") in {"true", "text"} or "url" not in query
    base = url.partition("?")[0]
    entries = [
        {"fullUrl": f"{base}/{each['id']}", "resource": _short(each) if summary else each, "search": {"mode": "match"}}
        for each in found[offset : offset + count]
    ]
    made: dict[str, Any] = {"resourceType": "Bundle", "type": "searchset", "total": len(found)}
    links = [{"relation": "self", "url": url}]
    if offset + count < len(found):
        rest = "&".join(f"{name}={value}" for name, value in query.items() if name not in {"_offset", "_count"})
        more = f"_count={count}&_offset={offset + count}"
        links.append({"relation": "next", "url": f"{base}?{rest + '&' if rest else ''}{more}"})
    return {**made, "link": links, **({"entry": entries} if entries else {})}


def _fits(resource: Json, query: Mapping[str, str]) -> bool:
    for name in ("url", "version", "status"):
        if name in query and str(resource.get(name, "")) != query[name]:
            return False
    for name in ("name", "title"):
        if name in query and not str(resource.get(name, "")).lower().startswith(query[name].lower()):
            return False
    return True


def _short(resource: Mapping[str, Any]) -> dict[str, Any]:
    left_out = {"text", "concept", "compose", "expansion", "group", "description", "copyright", "contact", "extension"}
    tag = {"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "SUBSETTED"}
    return {**{name: value for name, value in resource.items() if name not in left_out}, "meta": {"tag": [tag]}}


def _number(query: Mapping[str, str], name: str, usual: int) -> int:
    value = query.get(name, "")
    if value and not re.fullmatch(r"[0-9]{1,9}", value):
        raise failure("invalid", "", "BAD_NUMBER", status=400, expression=name, value=value[:40])
    return int(value) if value else usual
