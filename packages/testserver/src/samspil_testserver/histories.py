"""The history of a resource, a type or everything, as a Bundle. https://hl7.org/fhir/R4/http.html#history."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from samspil_core import NotAPrimitive, Temporal, parse_date_time

from .findings import NOT_SUPPORTED
from .paging import number_of
from .refused import Refused
from .store import Version

__all__ = ["history_bundle"]

Json = dict[str, Any]
Pairs = Sequence[tuple[str, str]]
_PAGE = 50


def history_bundle(versions: Sequence[Version], pairs: Pairs, url: str, base: str) -> Json:
    """A page of versions, newest first: those made since `_since`, current at `_at`, `_count` of them.

    Raises `Refused` for a time that is none, and for a page that is none.
    """
    asked = dict(pairs)
    chosen = list(versions)
    if "_since" in asked:
        since = _time(asked["_since"]).earliest(UTC)
        chosen = [each for each in chosen if datetime.fromisoformat(each.at) >= since]
    if "_at" in asked:
        chosen = list(_current(versions, _time(asked["_at"])))
    count, offset = number_of(asked.get("_count"), _PAGE), number_of(asked.get("_offset"), 0)
    bundle: Json = {"resourceType": "Bundle", "type": "history", "total": len(chosen)}
    bundle["link"] = [{"relation": "self", "url": _url(url, pairs)}]
    if count and offset + count < len(chosen):
        rest = [(name, value) for name, value in pairs if name not in {"_count", "_offset"}]
        paging = [("_count", str(count)), ("_offset", str(offset + count))]
        bundle["link"].append({"relation": "next", "url": _url(url, [*rest, *paging])})
    return {**bundle, "entry": [_entry(each, base) for each in chosen[offset : offset + count]]}


def _current(versions: Sequence[Version], at: Temporal) -> Iterator[Version]:
    """The versions that were current at some point of a time; a deletion leaves none."""
    ended: dict[str, datetime] = {}
    for each in versions:  # newest first
        begun = datetime.fromisoformat(each.at)
        lasts = ended.get(each.reference, datetime.max.replace(tzinfo=UTC)) > at.earliest(UTC)
        if each.resource is not None and begun <= at.latest(UTC) and lasts:
            yield each
        ended[each.reference] = begun


def _time(text: str) -> Temporal:
    try:
        return parse_date_time(text)
    except NotAPrimitive:
        raise Refused(NOT_SUPPORTED.at(what="this time"), 400) from None


def _url(url: str, pairs: Pairs) -> str:
    return f"{url}?{urlencode(list(pairs))}" if pairs else url


def _entry(version: Version, base: str) -> Json:
    status = {"DELETE": "204", "POST": "201"}.get(version.method, "200")
    made: Json = {
        "fullUrl": f"{base}/{version.reference}",
        "request": {"method": version.method, "url": version.reference if version.method != "POST" else version.type},
        "response": {"status": status, "etag": f'W/"{version.number}"', "lastModified": version.at},
    }
    return {**made, "resource": version.resource} if version.resource else made
