"""One HTTP exchange becomes accesses: a batch becomes one for each of its entries."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast
from urllib.parse import unquote, urlsplit

from samspil_audit.classify import Tables, Touched, touched, touched_type
from samspil_audit.classify.tables import UNCLASSIFIED, Category
from samspil_audit.classify.touched import LEFT_OUT, NO_CONTENT, UNKNOWN
from samspil_audit.findings import ANSWER_NOT_READ
from samspil_audit.findings import UNCLASSIFIED as NOT_CLASSIFIED
from samspil_audit.record import Access
from samspil_audit.subjects import relative
from samspil_core import Issue

from .bodies import read_body, unpacked
from .request import Interaction, read_request

__all__ = ["Exchange", "accesses", "issues_of", "removed_by", "unread", "without_content"]

Json = Mapping[str, Any]
_FAILED = 400
_BROKEN = 500
_WRITES = frozenset({"create", "update", "patch"})
_CHANGES = frozenset({"delete", "patch"})
_STEP = re.compile(r"[A-Z][A-Za-z]+|[$_][A-Za-z-]+|metadata")
_TYPE = re.compile(r"[A-Z][A-Za-z]{1,63}")
_STATUS = re.compile(r"\s*([1-5][0-9][0-9])\b")
_NAMED_BY_REQUEST = "the request names the patient"


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its answer, as bytes; `base` is the access with everything that is the same for all of it.

    `before` holds resources as they were before the request, by reference: of what a delete leaves nothing else is known.
    """

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
    before: Mapping[str, Json] = field(default_factory=dict[str, Json], repr=False)


def accesses(exchange: Exchange, tables: Tables, origin: str = "") -> tuple[list[Access], list[Issue]]:
    """The accesses of an exchange, at least one, and what could not be read of it."""
    form = exchange.sent.decode("latin-1") if "x-www-form-urlencoded" in exchange.sent_type else ""
    asked = read_request(exchange.method, exchange.path, exchange.query, form)
    sent = read_body(exchange.sent, exchange.sent_type)
    answer, why = _answer(exchange)
    issues = [ANSWER_NOT_READ.at(why=why)] if why else []
    if asked.code == "transaction":
        return list(_batch(exchange, sent, answer, tables, origin)), issues
    found = _touched(exchange, asked, sent, answer, tables, origin, why)
    return [_access(exchange.base, asked, exchange.status, found)], issues


def without_content(exchange: Exchange, why: str) -> Access:
    """The access of an exchange of which no more than the request line can be told."""
    asked = read_request(exchange.method, exchange.path, exchange.query)
    found = [unread(why, asked)] if exchange.status < _FAILED else []
    return _access(exchange.base, asked, exchange.status, found)


def removed_by(method: str, path: str, sent: bytes, sent_type: str) -> list[str]:
    """The references of the resources that a request is about to delete or patch, each by itself or in a batch."""
    if method == "POST" and not path.strip("/"):
        entries = _entries(read_body(sent, sent_type))
        asked = [_asked(entry, "") for entry in entries]
    else:
        asked = [read_request(method, path)]
    return [each.target for each in asked if each.code in _CHANGES and each.target]


def issues_of(found: Sequence[Access]) -> list[Issue]:
    """A finding for each type of resource that no row of the category table fits."""
    types = {each.type for access in found for each in access.touched if each.category.code == UNCLASSIFIED}
    return [NOT_CLASSIFIED.at(type=kind) for kind in sorted({kind if _TYPE.fullmatch(kind) else "?" for kind in types})]


def _access(base: Access, asked: Interaction, status: int, found: Sequence[Touched], text: str = "") -> Access:
    outcome = "0" if status < _FAILED else "4" if status < _BROKEN else "8"
    return replace(
        base,
        interaction=asked.code,
        target=asked.target,
        patients=asked.patients,
        touched=found,
        outcome=outcome,
        outcome_text=text or ("" if outcome == "0" else f"HTTP {status}"),
    )


def _answer(exchange: Exchange) -> tuple[Json | None, str]:
    """The answer as a resource, or why it could not be read."""
    if not exchange.answer:
        return None, ""
    try:
        body = unpacked(exchange.answer, exchange.encoding)
    except ValueError as fault:
        return None, str(fault)
    found = read_body(body, exchange.answer_type)
    if found is not None and "resourceType" in found:
        return found, ""
    return None, "it is no resource in FHIR JSON or FHIR XML" if exchange.status < _FAILED else ""


def _touched(  # noqa: PLR0913, PLR0917  the parts of one exchange
    exchange: Exchange,
    asked: Interaction,
    sent: Json | None,
    answer: Json | None,
    tables: Tables,
    origin: str,
    why: str,
) -> list[Touched]:
    if exchange.status >= _FAILED or asked.code == "capabilities":
        return []
    if asked.code in _CHANGES and asked.target in exchange.before:
        found = touched(exchange.before[asked.target], tables, origin)
        return [replace(each, reference=asked.target) for each in found]
    if asked.code in _WRITES:
        found = _written(asked, sent, answer, exchange.location, tables, origin)
    elif asked.code == "delete":
        found = [touched_type(asked.type, asked.target, tables)] if asked.type else []
    elif answer is not None:
        found = touched(answer, tables, origin)
    elif why:
        found = [unread(why, asked)]
    else:
        found = [touched_type(asked.type, asked.target, tables)] if asked.code in {"read", "vread"} else []
    return [_attributed(each, asked) for each in found]


def _attributed(found: Touched, asked: Interaction) -> Touched:
    """A resource whose patient cannot be seen is that of the patients whom the request names, with that as evidence."""
    hidden = asked.subset or found.patient_evidence in {LEFT_OUT, NO_CONTENT}
    if found.patients or not hidden:
        return found
    if asked.patients and asked.type in {"", "Patient", found.type}:
        return replace(found, patients=asked.patients, patient_evidence=_NAMED_BY_REQUEST)
    return replace(found, patient_evidence=LEFT_OUT) if asked.subset else found


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


def unread(why: str, asked: Interaction = Interaction("operation")) -> Touched:  # noqa: B008  a value that cannot change
    """What stands for content that could not be read: unclassified, with the reason as evidence."""
    category, origin = Category(UNCLASSIFIED, why), Category(UNKNOWN, why)
    evidence = _NAMED_BY_REQUEST if asked.patients else why
    return Touched(asked.type or "Binary", asked.target, category, (origin,), asked.patients, evidence)


def _batch(exchange: Exchange, sent: Json | None, answer: Json | None, tables: Tables, origin: str) -> Iterator[Access]:
    kind = str((sent or {}).get("type", "batch"))
    code = kind if kind in {"batch", "transaction"} else "batch"
    yield _access(exchange.base, Interaction(code), exchange.status, [])
    answers = _entries(answer) if exchange.status < _FAILED else []
    for number, entry in enumerate(_entries(sent)):
        yield from _entry(exchange, number, entry, answers[number] if number < len(answers) else {}, tables, origin)


def _entries(bundle: Json | None) -> list[Json]:
    found: Any = (bundle or {}).get("entry")
    entries = cast("list[Any]", found) if isinstance(found, list) else []
    return [cast("Json", each) if isinstance(each, Mapping) else {} for each in entries]


def _entry(  # noqa: PLR0913, PLR0917  the parts of one entry
    exchange: Exchange, number: int, entry: Json, told: Json, tables: Tables, origin: str
) -> Iterator[Access]:
    response = _part(told, "response")
    url = str(_part(entry, "request").get("url", ""))
    base = replace(exchange.base, url=f"{_part(entry, 'request').get('method', 'GET')} {url}")
    if base.request_id:
        base = replace(base, request_id=f"{base.request_id}#{number}")
    missing = exchange.status < _FAILED and not told
    said = _STATUS.match(str(response.get("status", "")))
    status = int(said[1]) if said else exchange.status
    one = replace(exchange, status=status, location=str(response.get("location", "")), base=base)
    asked = _asked(entry, exchange.base.server.address)
    found = _touched(one, asked, _part(entry, "resource") or None, _part(told, "resource") or None, tables, origin, "")
    yield _access(base, asked, status, found, "the answer has no entry for it" if missing else "")


def _part(entry: Json, name: str) -> Json:
    found = entry.get(name)
    return cast("Json", found) if isinstance(found, Mapping) else {}


def _asked(entry: Json, server: str) -> Interaction:
    """What an entry of a batch asks for; its URL may be absolute."""
    request = _part(entry, "request")
    try:
        parts = urlsplit(str(request.get("url", "")).removeprefix(server))
    except ValueError:  # such as an address with half a bracket
        return Interaction("operation")
    path = unquote(parts.path)
    if parts.netloc:
        steps = path.split("/")
        first = next((at for at, step in enumerate(steps) if _STEP.fullmatch(step)), len(steps))
        path = "/".join(steps[first:])
    return read_request(str(request.get("method", "GET")), path, parts.query)
