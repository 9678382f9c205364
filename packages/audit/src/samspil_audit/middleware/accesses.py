"""One HTTP exchange becomes accesses: a batch becomes one for each of its entries."""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from samspil_audit.classify import Tables, Touched, touched, touched_type
from samspil_audit.classify.tables import UNCLASSIFIED, Category
from samspil_audit.classify.touched import UNKNOWN
from samspil_audit.findings import ANSWER_NOT_READ
from samspil_audit.findings import UNCLASSIFIED as NOT_CLASSIFIED
from samspil_audit.record import Access
from samspil_audit.subjects import relative
from samspil_core import Issue, NotJson, loads

from .request import Interaction, read_request
from .xml_text import read_xml

__all__ = ["Exchange", "accesses", "issues_of"]

Json = Mapping[str, Any]
_FAILED = 400
_BROKEN = 500
_WRITES = frozenset({"create", "update", "patch"})


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its answer, as bytes; `base` is the access with everything that is the same for all of it."""

    method: str
    path: str
    query: str
    sent: bytes
    sent_type: str
    status: int
    answer: bytes
    answer_type: str
    encoding: str
    location: str
    base: Access


def accesses(exchange: Exchange, tables: Tables, origin: str = "") -> tuple[list[Access], list[Issue]]:
    """The accesses of an exchange, at least one, and what could not be read of it."""
    form = exchange.sent.decode("latin-1") if "x-www-form-urlencoded" in exchange.sent_type else ""
    asked = read_request(exchange.method, exchange.path, exchange.query, form)
    sent = _read(exchange.sent, exchange.sent_type)
    answer, why = _answer(exchange)
    if asked.code == "transaction":
        return list(_batch(exchange, sent, answer, tables, origin)), []
    found = _touched(exchange, asked, sent, answer, tables, origin, why)
    issues = [ANSWER_NOT_READ.at(why=why)] if why else []
    return [_access(exchange.base, asked, exchange.status, found)], issues


def issues_of(found: Sequence[Access]) -> list[Issue]:
    """A finding for each type of resource that no row of the category table fits."""
    types = {each.type for access in found for each in access.touched if each.category.code == UNCLASSIFIED}
    return [NOT_CLASSIFIED.at(type=kind) for kind in sorted(types)]


def _access(base: Access, asked: Interaction, status: int, found: Sequence[Touched]) -> Access:
    outcome = "0" if status < _FAILED else "4" if status < _BROKEN else "8"
    text = "" if outcome == "0" else f"HTTP {status}"
    return replace(
        base,
        interaction=asked.code,
        target=asked.target,
        patients=asked.patients,
        touched=found,
        outcome=outcome,
        outcome_text=text,
    )


def _answer(exchange: Exchange) -> tuple[Json | None, str]:
    """The answer as a resource, or why it could not be read."""
    body = exchange.answer
    if not body:
        return None, ""
    if exchange.encoding in {"gzip", "deflate"}:
        try:
            body = zlib.decompress(body, 47)
        except zlib.error:
            return None, f"it is not {exchange.encoding}"
    elif exchange.encoding not in {"", "identity"}:
        return None, f"its encoding {exchange.encoding} is not known here"
    found = _read(body, exchange.answer_type)
    if found is not None and "resourceType" in found:
        return found, ""
    return None, "it is no resource in FHIR JSON or FHIR XML" if exchange.status < _FAILED else ""


def _read(body: bytes, media_type: str) -> Json | None:
    """An object in a body, or None; a stream of resources is read elsewhere."""
    if "ndjson" in media_type:
        return None
    if "json" in media_type:
        return _json(body)
    return read_xml(body) if "xml" in media_type else None


def _json(body: bytes) -> Json | None:
    try:
        found = loads(body)
    except NotJson:
        return None
    return cast("Json", found) if isinstance(found, dict) else None


def _touched(  # noqa: PLR0913, PLR0917  the parts of one exchange
    exchange: Exchange,
    asked: Interaction,
    sent: Json | None,
    answer: Json | None,
    tables: Tables,
    origin: str,
    why: str,
) -> list[Touched]:
    if exchange.status >= _FAILED:
        return []
    if asked.code in _WRITES:
        return _written(asked, sent, answer, exchange.location, tables, origin)
    if asked.code == "delete":
        return [touched_type(asked.type, asked.target, tables)] if asked.target else []
    if answer is not None:
        return touched(answer, tables, origin) if asked.code != "capabilities" else []
    return [_unread(asked, why)] if why and asked.code != "capabilities" else []


def _written(  # noqa: PLR0913, PLR0917  the parts of one exchange
    asked: Interaction, sent: Json | None, answer: Json | None, location: str, tables: Tables, origin: str
) -> list[Touched]:
    if answer is not None and answer.get("resourceType") != "OperationOutcome":
        return touched(answer, tables, origin)
    if sent is not None and sent.get("resourceType") == asked.type:
        reference = asked.target or _located(location)
        return [replace(each, reference=reference or each.reference) for each in touched(sent, tables, origin)]
    return [touched_type(asked.type, asked.target or _located(location), tables)]


def _located(location: str) -> str:
    """The reference in a Location header, with its version."""
    head, mark, version = location.partition("/_history/")
    return f"{relative(head)}{mark}{version}" if head else ""


def _unread(asked: Interaction, why: str) -> Touched:
    category, origin = Category(UNCLASSIFIED, why), Category(UNKNOWN, why)
    return Touched(asked.type or "Binary", asked.target, category, (origin,), asked.patients)


def _batch(exchange: Exchange, sent: Json | None, answer: Json | None, tables: Tables, origin: str) -> Iterator[Access]:
    kind = str((sent or {}).get("type", "batch"))
    code = kind if kind in {"batch", "transaction"} else "batch"
    yield _access(exchange.base, Interaction(code), exchange.status, [])
    asked: Sequence[Json] = (sent or {}).get("entry", ())
    answers: Sequence[Json] = (answer or {}).get("entry", ()) if exchange.status < _FAILED else ()
    for number, entry in enumerate(asked):
        told: Json = answers[number] if number < len(answers) else {}
        yield from _entry(exchange, number, entry, told, tables, origin)


def _entry(  # noqa: PLR0913, PLR0917  the parts of one entry
    exchange: Exchange, number: int, entry: Json, told: Json, tables: Tables, origin: str
) -> Iterator[Access]:
    request: Json = entry.get("request") or {}
    response: Json = told.get("response") or {}
    url = str(request.get("url", ""))
    path, _, query = url.partition("?")
    status = int(str(response.get("status", exchange.status)).split(" ")[0] or exchange.status)
    base = replace(exchange.base, url=url)
    if base.request_id:
        base = replace(base, request_id=f"{base.request_id}#{number}")
    one = replace(
        exchange,
        method=str(request.get("method", "GET")),
        path=path,
        query=query,
        status=status,
        location=str(response.get("location", "")),
        base=base,
    )
    asked = read_request(one.method, path, query)
    found = _touched(one, asked, entry.get("resource"), told.get("resource"), tables, origin, "")
    yield _access(base, asked, status, found)
