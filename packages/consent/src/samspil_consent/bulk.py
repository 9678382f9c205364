"""Bulk export through consent: kick-off, status and files.

The manifest is made anew: one file a type, no counts, and no type of which nothing may be seen. The links bear what the
server behind answered with, so that nothing is kept here. https://hl7.org/fhir/uv/bulkdata/STU2/export.html
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from samspil_core.jsontext import NotJson, dumps, loads

from .exchange import Reply, ask, refusal
from .findings import NOT_FOUND, REFUSED
from .parts import is_object, objects
from .routes import Route
from .search import Refused
from .sight import Sight

__all__ = ["cancel", "export_file", "kick_off", "status"]

_KICK_OFF: Final = frozenset({"_type", "_since", "_outputFormat"})
_NDJSON: Final = b"application/fhir+ndjson"
_FORMATS: Final = frozenset({"application/fhir+ndjson", "application/ndjson", "ndjson"})
_OK, _ACCEPTED = 200, 202


async def kick_off(asked: Route, query: str, sight: Sight) -> Reply:
    """Start an export. Raises `Refused` for parameters beyond `_type`, `_since` and `_outputFormat`."""
    wanted = parse_qsl(query, keep_blank_values=True)
    if any(name not in _KICK_OFF or (name == "_outputFormat" and value not in _FORMATS) for name, value in wanted):
        raise Refused("a parameter of the export")
    reply = await sight.behind.get(asked.path, urlencode(wanted), [(b"prefer", b"respond-async")])
    where = reply.header(b"content-location").decode("latin-1")
    if reply.status != _ACCEPTED or not where:
        return refusal(REFUSED.at(), 400)
    link = _link(sight, "$export-status", job=_sealed(where))
    return Reply(_ACCEPTED, [(b"content-location", link.encode())], b"")


async def status(_asked: Route, query: str, sight: Sight) -> Reply:
    """How an export is doing; when it is done, the manifest of what may be seen."""
    where = dict(parse_qsl(query)).get("job", "")
    reply = await _ask(where, sight)
    if reply is not None and reply.status == _ACCEPTED:
        return Reply(_ACCEPTED, [(b"retry-after", b"5")], b"")
    manifest = _manifest(reply)
    if manifest is None:
        return refusal(NOT_FOUND.at(), 404)
    types = sorted({str(each.get("type")) for each in objects(manifest.get("output"))})
    output = [
        {"type": kind, "url": _link(sight, "$export-file", job=where, type=kind)}
        for kind in types
        if await _lines(manifest, kind, sight)
    ]
    head = {name: manifest[name] for name in ("transactionTime",) if isinstance(manifest.get(name), str)}
    rest: dict[str, Any] = {"requiresAccessToken": True, "output": output, "error": []}
    return Reply(_OK, [(b"content-type", b"application/json")], dumps({**head, "request": "", **rest}))


async def export_file(_asked: Route, query: str, sight: Sight) -> Reply:
    """The resources of one type that may be seen, one a line."""
    asked = dict(parse_qsl(query))
    manifest = _manifest(await _ask(asked.get("job", ""), sight))
    lines = await _lines(manifest, asked.get("type", ""), sight) if manifest is not None else []
    return Reply(_OK, [(b"content-type", _NDJSON)], b"".join(lines)) if lines else refusal(NOT_FOUND.at(), 404)


async def cancel(_asked: Route, query: str, sight: Sight) -> Reply:
    """Give an export up."""
    where = _opened(dict(parse_qsl(query)).get("job", ""), sight)
    if where is None or _manifest_or_progress(await sight.behind.get(*where)) is None:
        return refusal(NOT_FOUND.at(), 404)
    reply = await ask(sight.behind.app, sight.behind.scope, "DELETE", *where)
    return Reply(_ACCEPTED, [], b"") if reply.status < 300 else refusal(NOT_FOUND.at(), 404)  # noqa: PLR2004  success


def _link(sight: Sight, operation: str, **query: str) -> str:
    return f"{sight.behind.root}/{operation}?{urlencode(query)}"


def _sealed(url: str) -> str:
    return base64.urlsafe_b64encode(url.encode()).decode()


def _opened(job: str, sight: Sight) -> tuple[str, str] | None:
    """The path and query of the server behind that a link bears; only one below its root, and no read or search."""
    try:
        url = urlsplit(base64.b64decode(job, altchars=b"-_", validate=True).decode())
    except (ValueError, binascii.Error):
        return None
    path = url.path if url.path.startswith("/") else f"{sight.behind.root}/{url.path}"
    return (path, url.query) if path.startswith(f"{sight.behind.root}/") else None


async def _ask(job: str, sight: Sight) -> Reply | None:
    where = _opened(job, sight)
    return await sight.behind.get(*where) if where is not None else None


def _manifest_or_progress(reply: Reply) -> Reply | None:
    return reply if reply.status == _ACCEPTED or _manifest(reply) is not None else None


def _manifest(reply: Reply | None) -> Mapping[str, Any] | None:
    found = reply.json() if reply is not None and reply.status == _OK else None
    is_one = is_object(found) and "resourceType" not in found and isinstance(found.get("output"), list)
    return found if is_one else None


async def _lines(manifest: Mapping[str, Any], kind: str, sight: Sight) -> list[bytes]:
    """What may be seen of all files of a type; a line that cannot be read is not let through."""
    seen: list[Mapping[str, Any]] = []
    for each in objects(manifest.get("output")):
        url = each.get("url")
        if each.get("type") != kind or not isinstance(url, str):
            continue
        where = urlsplit(url)
        reply = await sight.behind.get(where.path, where.query, [(b"accept", _NDJSON)])
        for line in reply.body.splitlines() if reply.status == _OK else ():
            found = _read(line)
            one = sight.enforcer.resource(found) if found is not None and found.get("resourceType") == kind else None
            if one is not None:
                seen.append(one)
    return [dumps(dict(each)) + b"\n" for each in await sight.unreferenced(seen)]


def _read(line: bytes) -> Mapping[str, Any] | None:
    try:
        found = loads(line) if line.strip() else None
    except NotJson:
        return None
    return found if is_object(found) else None
