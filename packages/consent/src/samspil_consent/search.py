"""Searches through consent: every page gathered, filtered, and paged anew.

Neither total, length of pages, order nor links tell what was withheld.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from .exchange import Reply
from .inclusion import is_match, without_orphans
from .parts import is_object, objects, one_of

__all__ = ["Refused", "discloses", "gather", "is_included", "names", "narrowed", "page", "upstream_query"]

PAGE: Final = "_samspil-page"
DEFAULT_COUNT: Final = 50
MOST_PAGES: Final = 200
_OURS: Final = frozenset({"_count", "_summary", "_total", "_elements", "_format", "_pretty", PAGE})
_PASSED_ON: Final = frozenset(
    [
        "_id",
        "_lastUpdated",
        "_tag",
        "_profile",
        "_security",
        "_source",
        "_text",
        "_content",
        "_language",
        "_sort",
        "_include",
        "_revinclude",
        "_since",
        "_type",
    ]
)
_PAGING: Final = frozenset({"page", "offset", "limit", "skip", "cursor", "ct", "start-index", "from", "size"})
"""Names by which servers page where no search parameter has them: pages of the server behind count what is withheld."""
_TELLS_NOTHING: Final = frozenset({"_id", "_type", "_include", "_revinclude", "_since", "patient"})

Query = list[tuple[str, str]]


class Refused(Exception):
    """A search that cannot be filtered without telling of what is withheld."""


def upstream_query(query: str) -> tuple[Query, Query]:
    """The parameters for the server behind, and those that are dealt with here. Raises `Refused`.

    A chained parameter, `_has`, `_list`, `_in`, `_filter` and the like ask about other resources than those answered; their
    outcome would tell of resources that may not be seen. So would an offset into what is not filtered yet, and a relevance
    that is counted over all. A control parameter that is not known is refused.
    """
    ours: Query = []
    upstream: Query = []
    for name, value in parse_qsl(query, keep_blank_values=True):
        bare = name.partition(":")[0]
        if bare in _OURS:
            ours.append((name, value))
            continue
        known = bare in _PASSED_ON if bare.startswith("_") else bare.isascii() and bare.replace("-", "").isalnum()
        sorted_by = value.split(",") if bare == "_sort" else []
        if not known or "." in name or bare in _PAGING or any("." in one or "_score" in one for one in sorted_by):
            raise Refused(bare)
        upstream.append((name, value))
    return upstream, ours


def discloses(upstream: Query) -> bool:
    """Whether a search asks about more than who and which: what is seen in part may then not be found by it."""
    order = [value for name, value in upstream if name == "_sort"]
    asked = any(name.partition(":")[0] not in _TELLS_NOTHING for name, _ in upstream if name != "_sort")
    return asked or any(one.removeprefix("-") != "_id" for value in order for one in value.split(","))


def names(upstream: Query, keys: Iterable[str]) -> bool:
    """Whether a value of a search names any of some resources (`Type/id`), by its id alone or in full."""
    found = {each.rpartition("/")[2] for each in keys}
    values = {one.rpartition("/")[2].rpartition("|")[2] for _, value in upstream for one in value.split(",")}
    return not found.isdisjoint(values)


async def gather(
    ask: Callable[[str, str], Awaitable[Reply]], path: str, query: Query, root: str
) -> dict[str, Any] | None:
    """All pages as one searchset, or None where the server behind gives none. Raises `Refused` for too many pages."""
    reply = await ask(path, urlencode(query))
    first = reply.json()
    if reply.status != 200 or not is_object(first) or first.get("resourceType") != "Bundle":  # noqa: PLR2004  HTTP OK
        return None
    if any(one_of(each.get("relation"), {"previous", "prev"}) for each in objects(first.get("link"))):
        raise Refused("not the first page")
    entries = list(objects(first.get("entry")))
    following, asked = _next(first, root), {(path, urlencode(query))}
    while following is not None:
        if following in asked or len(asked) >= MOST_PAGES:
            raise Refused("too many pages")
        asked.add(following)
        reply = await ask(*following)
        found = reply.json()
        if reply.status != 200 or not is_object(found):  # noqa: PLR2004  HTTP OK
            return None
        entries += objects(found.get("entry"))
        following = _next(found, root)
    return {"resourceType": "Bundle", "type": first.get("type"), "entry": _once([_plain(each) for each in entries])}


def _plain(entry: Mapping[str, Any]) -> dict[str, Any]:
    """An entry without what the server behind may have counted over all, such as a score."""
    made = {name: entry[name] for name in ("fullUrl", "resource", "request", "response") if name in entry}
    search = entry.get("search")
    if is_object(search) and isinstance(search.get("mode"), str):
        made["search"] = {"mode": search["mode"]}
    return made


def _once(entries: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Each included resource once, as pages may repeat it."""
    seen: set[tuple[Any, ...]] = set()
    made: list[Mapping[str, Any]] = []
    for each in entries:
        resource, search = each.get("resource"), each.get("search")
        mode = search.get("mode") if is_object(search) else None
        if is_object(resource) and mode == "include":
            own = (resource.get("resourceType"), resource.get("id"))
            if own in seen:
                continue
            seen.add(own)
        made.append(each)
    return made


def _next(found: Mapping[str, Any], root: str) -> tuple[str, str] | None:
    url = next((each.get("url") for each in objects(found.get("link")) if each.get("relation") == "next"), None)
    if not isinstance(url, str):
        return None
    split = urlsplit(url)
    path = split.path if split.path.startswith("/") else f"{root}/{split.path}"
    return path or root or "/", split.query


def page(found: dict[str, Any], path: str, upstream: Query, ours: Query) -> dict[str, Any]:
    """One page of a filtered searchset: exact total, links of our own, `_summary`, `_elements` and `_total` honoured."""
    asked = dict(ours)
    matches = [each for each in found.get("entry", ()) if is_match(each)]
    made: dict[str, Any] = {name: value for name, value in found.items() if name not in {"entry", "total", "link"}}
    if asked.get("_total") != "none":
        made["total"] = len(matches)
    if asked.get("_summary") == "count" or asked.get("_count") == "0":
        return {**made, "total": len(matches)}
    size, at = _number(asked.get("_count"), DEFAULT_COUNT), _number(asked.get(PAGE), 1)
    shown = matches[(at - 1) * size : at * size]
    last = max(1, -(-len(matches) // size))
    made["link"] = [
        {"relation": relation, "url": _url(path, upstream, ours, number)}
        for relation, number in (("self", at), ("next", at + 1), ("previous", at - 1))
        if relation == "self" or 1 <= number <= last
    ]
    others = [each for each in found.get("entry", ()) if not is_match(each)]
    left = [each for each in without_orphans([*shown, *others]) if not is_match(each)]
    entries = [narrowed(each, asked) for each in (*shown, *left)]
    if entries:
        made["entry"] = entries
    return made


def is_included(entry: Mapping[str, Any]) -> bool:
    """Whether an entry was not asked for itself."""
    search = entry.get("search")
    return is_object(search) and search.get("mode") == "include"


def _number(text: str | None, otherwise: int) -> int:
    return max(1, int(text)) if text and text.isascii() and text.isdigit() and len(text) < 7 else otherwise  # noqa: PLR2004


def _url(path: str, upstream: Query, ours: Query, number: int) -> str:
    kept = [(name, value) for name, value in ours if name != PAGE]
    paging = [(PAGE, str(number))] if number > 1 else []
    query = urlencode([*upstream, *kept, *paging])
    return quote(path) + (f"?{query}" if query else "")


_SUBSETTED: Final = {"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "SUBSETTED"}


def narrowed(entry: Mapping[str, Any], asked: Mapping[str, str]) -> Mapping[str, Any]:
    """An entry with only the elements asked for: the server behind gave all of them, as labels must be seen to filter."""
    resource = entry.get("resource")
    wanted = _wanted(asked)
    if wanted is None or not is_object(resource):
        return entry
    drop = asked.get("_summary") == "data" and "_elements" not in asked
    names = [
        name
        for name in resource
        if name in {"resourceType", "id"} or ((name != "text") if drop else name.lstrip("_") in wanted)
    ]
    meta = resource.get("meta")
    tags = [*objects(meta.get("tag") if is_object(meta) else None), _SUBSETTED]
    small = {name: resource[name] for name in names}
    small["meta"] = {**(meta if is_object(meta) else {}), "tag": tags}
    return {**entry, "resource": small}


def _wanted(asked: Mapping[str, str]) -> set[str] | None:
    if "_elements" in asked:
        return {each.strip().rpartition(".")[2] for each in asked["_elements"].split(",")}
    if asked.get("_summary") == "text":
        return {"text", "meta", "status"}
    return set() if asked.get("_summary") == "data" else None
