"""Search: matches, what they include, pages and summaries, as a searchset Bundle.

https://hl7.org/fhir/R4/search.html
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from .chains import test_of
from .paging import number_of
from .parameters import known, parameters_of, references_of, relative, values_at
from .store import Store

__all__ = ["found", "searchset"]

Json = dict[str, Any]
Pairs = Sequence[tuple[str, str]]

_PAGE = 20
_PAGING = frozenset({"_count", "_offset", "_sort", "_total"})
_SHAPE = frozenset({"_summary", "_elements", "_include", "_revinclude", "_format", "_pretty", "_type"})
_CONTROL = _PAGING | _SHAPE
_SUMMARY = (
    "resourceType",
    "id",
    "meta",
    "identifier",
    "status",
    "code",
    "category",
    "type",
    "subject",
    "patient",
    "date",
    "name",
    "active",
    "telecom",
    "gender",
    "birthDate",
    "deceasedBoolean",
    "deceasedDateTime",
    "address",
    "managingOrganization",
    "link",
)
_TEXT = ("resourceType", "id", "meta", "text", "status", "code")


def found(store: Store, kind: str, pairs: Pairs) -> list[Json]:
    """The resources of a type, or of all, that fit every parameter. Raises `Refused` for a parameter that is not known."""
    criteria = [(name, value) for name, value in pairs if name.partition(":")[0] not in _CONTROL]
    tests = [test_of(store, kind, name, value) for name, value in criteria]
    return [each for each in store.current(kind) if all(fits(each) for fits in tests)]


def searchset(store: Store, kind: str, pairs: Pairs, base: str, within: Iterable[Json] | None = None) -> Json:
    """The answer to a search; `within` are the resources to choose from, when not all of a type."""
    asked = dict(pairs)
    chosen = _sorted(found(store, kind, pairs) if within is None else list(within), asked.get("_sort", ""))
    total = len(chosen)
    bundle: Json = {"resourceType": "Bundle", "type": "searchset", "total": total}
    if asked.get("_summary") == "count" or asked.get("_count") == "0":
        return {**bundle, "link": [_self_link(base, kind, pairs)]}
    count, offset = number_of(asked.get("_count"), _PAGE), number_of(asked.get("_offset"), 0)
    page = chosen[offset : offset + count]
    bundle["link"] = list(_links(base, kind, pairs, count, offset, total))
    included = _included(store, page, pairs)
    cut = _cutter(asked)
    entries = [(each, "match") for each in page] + [(each, "include") for each in included]
    bundle["entry"] = [
        {"fullUrl": f"{base}/{each['resourceType']}/{each['id']}", "resource": cut(each), "search": {"mode": mode}}
        for each, mode in entries
    ]
    return bundle


def _links(  # noqa: PLR0913, PLR0917  what a page is
    base: str, kind: str, pairs: Pairs, count: int, offset: int, total: int
) -> Iterator[Json]:
    rest = [(name, value) for name, value in pairs if name not in {"_offset", "_count"}]
    where = f"{base}/{kind}" if kind else f"{base}/"

    def link(relation: str, at: int) -> Json:
        query = urlencode([*rest, ("_count", str(count)), ("_offset", str(at))])
        return {"relation": relation, "url": f"{where}?{query}"}

    yield _self_link(base, kind, pairs)
    if offset + count < total:
        yield link("next", offset + count)
    if offset:
        yield link("previous", max(0, offset - count))


def _self_link(base: str, kind: str, pairs: Pairs) -> Json:
    """What was searched for. https://hl7.org/fhir/R4/search.html#conformance."""
    return {"relation": "self", "url": f"{base}/{kind}?{urlencode(list(pairs))}"}


def _sorted(chosen: list[Json], keys: str) -> list[Json]:
    """https://hl7.org/fhir/R4/search.html#sort: by each key in turn, descending with a minus."""
    for key in reversed([key for key in keys.split(",") if key]):
        name = key.removeprefix("-")
        chosen = sorted(chosen, key=lambda each: _sort_key(each, name), reverse=key.startswith("-"))
    return chosen


def _sort_key(resource: Json, name: str) -> tuple[int, str]:
    values = [str(one) for each in known(resource["resourceType"], name) for one in values_at(resource, each.path)]
    return (0, min(values)) if values else (1, "")


def _included(store: Store, page: Sequence[Json], pairs: Pairs) -> list[Json]:
    chosen = {f"{each['resourceType']}/{each['id']}" for each in page}
    everything: dict[str, Json] = {}
    for name, value in pairs:
        plain = name.partition(":")[0]
        of, _, rest = value.partition(":")
        parameter, _, target = rest.partition(":")
        if plain == "_include":
            everything |= _forward(store, page, of, parameter, target)
        elif plain == "_revinclude":
            everything |= {
                f"{each['resourceType']}/{each['id']}": each for each in _backward(store, chosen, of, parameter)
            }
    return [each for reference, each in everything.items() if reference not in chosen]


def _forward(store: Store, page: Iterable[Json], of: str, parameter: str, target: str) -> dict[str, Json]:
    found: dict[str, Json] = {}
    for each in page:
        if of not in {"*", each["resourceType"]}:
            continue
        names = {one.name for one in parameters_of(each["resourceType"]) if one.type == "reference"}
        for name in names if parameter in {"", "*"} else [parameter]:
            for reference in references_of(each, each["resourceType"], name):
                kind, _, identifier = reference.partition("/")
                newest = store.newest(kind, identifier)
                if newest and newest.resource and target in {"", kind}:
                    found[reference] = newest.resource
    return found


def _backward(store: Store, chosen: set[str], of: str, parameter: str) -> Iterator[Json]:
    for each in store.current(of):
        if chosen.intersection(map(relative, references_of(each, of, parameter))):
            yield each


def _cutter(asked: Mapping[str, str]) -> Callable[[Json], Json]:
    """What _summary and _elements leave of a resource."""
    summary, elements = asked.get("_summary", "false"), asked.get("_elements")
    if summary in {"true", "text"}:
        return _keeper(_SUMMARY if summary == "true" else _TEXT)
    if elements:
        return _keeper(("resourceType", "id", "meta", *elements.split(",")))
    if summary == "data":
        return lambda each: _marked({name: value for name, value in each.items() if name != "text"})
    return _whole


def _whole(each: Json) -> Json:
    return each


def _keeper(names: Sequence[str]) -> Callable[[Json], Json]:
    return lambda each: _marked({name: value for name, value in each.items() if name in names})


def _marked(part: Json) -> Json:
    """A part of a resource, marked as one. https://hl7.org/fhir/R4/search.html#summary."""
    subsetted = {"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "SUBSETTED"}
    tags = [*part.get("meta", {}).get("tag", []), subsetted]
    return {**part, "meta": {**part.get("meta", {}), "tag": tags}}
