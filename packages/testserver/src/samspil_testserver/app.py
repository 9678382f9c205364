"""The server as an ASGI application."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, unquote

from samspil_core import NotJson, dumps, loads
from samspil_core.asgi import Disconnected, live, read_body

from .bundles import process
from .capability import capability_statement
from .content import check_accept, check_sent
from .findings import NOT_A_RESOURCE, TOO_LARGE
from .interactions import Answer, Request, answer, refusal
from .refused import Refused
from .store import Store

__all__ = ["TestServer"]

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
_MOST_BYTES = 64 << 20


class TestServer:
    """Serves a store. `base` is the URL in links; a request's own host is taken without it."""

    __test__ = False  # not a test class, whatever its name looks like

    def __init__(self, store: Store | None = None, base: str = "") -> None:
        self.store = store or Store()
        self._base = base.rstrip("/")

    def load(self, resources: Iterable[Mapping[str, Any]]) -> None:
        """Put resources into the store, under their own ids; the entries of Bundles one by one."""
        for resource in resources:
            if resource["resourceType"] == "Bundle":
                self.load(entry["resource"] for entry in resource.get("entry", ()) if "resource" in entry)
            else:
                self.store.put(resource, "PUT", str(resource.get("id", "")))

    async def __call__(
        self,
        scope: Scope,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        """Serve one request."""
        if scope["type"] == "lifespan":
            await live(receive, send)
            return
        try:
            body = await read_body(receive, _MOST_BYTES)
        except Disconnected:
            return
        given = refusal(TOO_LARGE.at(most=_MOST_BYTES), 413) if body is None else self._answer(scope, body)
        await _send(given, send, head=scope["method"] == "HEAD")

    def _answer(self, scope: Scope, body: bytes) -> Answer:
        try:
            request = self._request(scope, body)
            check_accept(request)
            if request.path == "metadata":
                return Answer(200, written=_statement(request.base, self.store.clock().date().isoformat()))
            if request.method == "POST" and not request.path:
                return process(self.store, request)
            return answer(self.store, request)
        except Refused as fault:
            return refusal(fault.issue, fault.status)

    def _request(self, scope: Scope, body: bytes) -> Request:
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        path = unquote(str(scope["path"])).removeprefix(scope.get("root_path", "")).strip("/")
        pairs = parse_qsl(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)
        content: Any = None
        if path.endswith("_search"):
            pairs += parse_qsl(body.decode("latin-1"))
        elif body:
            check_sent(scope["method"], path, headers.get("content-type", ""))
            content = _read(body)
        base = (
            self._base
            or f"{scope.get('scheme', 'http')}://{headers.get('host', 'localhost')}{scope.get('root_path', '')}"
        )
        return Request(scope["method"], path, pairs, headers, content, base)


@lru_cache(maxsize=16)
def _statement(base: str, date: str) -> bytes:
    """The CapabilityStatement as it is sent: it is long, and asked for often."""
    return dumps(capability_statement(base, date))


def _read(body: bytes) -> Any:
    try:
        return loads(body)
    except NotJson:
        raise Refused(NOT_A_RESOURCE.at(why="it is not JSON"), 400) from None


async def _send(given: Answer, send: Callable[[Message], Awaitable[None]], *, head: bool) -> None:
    data = given.written or (dumps(given.resource) if given.resource is not None else b"")
    headers = {"content-type": "application/fhir+json; charset=utf-8"} if data else {}
    headers |= {"content-length": str(len(data)), **given.headers}
    pairs = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": given.status, "headers": pairs})
    await send({"type": "http.response.body", "body": b"" if head else data})
