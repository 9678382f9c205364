"""XML in front of a server that speaks JSON: an ASGI application around another.

Requests in XML are handed on in JSON; answers are given in XML where `_format` or Accept ask for it first.
https://hl7.org/fhir/R4/http.html#mime-type
"""

import sys
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, cast
from urllib.parse import parse_qsl

from samspil_core import NotJson, dumps, loads
from samspil_core.asgi import Disconnected, read_body

from .xmlform import NotFhirXml, from_xml, parse, xml_bytes

__all__ = ["XmlFace"]

Event = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Event]]
Give = Callable[[Event], Awaitable[None]]
Application = Callable[[MutableMapping[str, Any], Receive, Give], Awaitable[None]]
_JSON, _XML = b"application/fhir+json", b"application/fhir+xml"


class XmlFace:
    """The server `app`, in XML as well."""

    def __init__(self, app: Application) -> None:
        self._app = app

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Give) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(cast("list[tuple[bytes, bytes]]", scope["headers"]))
        try:
            body = await read_body(receive, sys.maxsize) or b""
        except Disconnected:
            return
        if b"xml" in headers.get(b"content-type", b"") and body:
            try:
                body = dumps(from_xml(parse(body)))
            except NotFhirXml as error:
                await _refuse(send, str(error))
                return
            headers[b"content-type"] = _JSON
            headers[b"content-length"] = str(len(body)).encode()
        wants = _wants_xml(headers, scope.get("query_string", b""))
        if wants:
            headers[b"accept"] = _JSON
            query = parse_qsl(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)
            if any(name == "_format" for name, _ in query):
                parts = scope["query_string"].split(b"&")
                scope = {**scope, "query_string": b"&".join(part for part in parts if not part.startswith(b"_format="))}
        sent: list[Event] = []

        async def given() -> Event:
            return {"type": "http.request", "body": body, "more_body": False}

        async def kept(event: Event) -> None:
            sent.append(event)

        await self._app({**scope, "headers": list(headers.items())}, given, kept)
        for event in _in_xml(sent) if wants else sent:
            await send(event)


def _wants_xml(headers: dict[bytes, bytes], query: bytes) -> bool:
    asked = dict(parse_qsl(query.decode("latin-1"))).get("_format", "")
    accepted = headers.get(b"accept", b"").decode("latin-1").partition(",")[0]
    return "xml" in (asked or accepted)


def _in_xml(sent: list[Event]) -> list[Event]:
    body = b"".join(event.get("body", b"") for event in sent[1:])
    try:
        written = xml_bytes(loads(body)) if body else b""
    except (NotJson, NotFhirXml, AttributeError):
        return sent
    headers = [(name, value) for name, value in sent[0]["headers"] if name not in {b"content-type", b"content-length"}]
    headers += [(b"content-length", str(len(written)).encode())] if written or body else []
    headers += [(b"content-type", _XML + b"; charset=utf-8")] if written else []
    return [{**sent[0], "headers": headers}, {"type": "http.response.body", "body": written}]


async def _refuse(send: Give, why: str) -> None:
    issue = {"severity": "error", "code": "structure", "diagnostics": why}
    body = dumps({"resourceType": "OperationOutcome", "issue": [issue]})
    headers = [(b"content-type", _JSON), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 400, "headers": headers})
    await send({"type": "http.response.body", "body": body})
