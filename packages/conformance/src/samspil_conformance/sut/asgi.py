"""An ASGI application called in this process, without a thread or a socket."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import httpx

__all__ = ["Application", "AsgiTransport"]

Message = MutableMapping[str, Any]
Application = Callable[
    [MutableMapping[str, Any], Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]
]


class AsgiTransport(httpx.BaseTransport):
    """Carries the requests of a synchronous client into an ASGI application, on an event loop of its own.

    It starts the application's lifespan with the first request and ends it with `close`.
    https://asgi.readthedocs.io/en/latest/specs/www.html
    """

    def __init__(self, app: Application) -> None:
        self._app = app
        self._loop = asyncio.new_event_loop()
        self._to_app: asyncio.Queue[Message] = asyncio.Queue()
        self._from_app: asyncio.Queue[Message] = asyncio.Queue()
        self._life: asyncio.Task[None] | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Call the application once; what it raises is raised here."""
        if self._life is None:
            self._life = self._loop.create_task(self._live())
            self._talk("lifespan.startup")
        return self._loop.run_until_complete(self._answer(request))

    def close(self) -> None:
        """End the application."""
        if self._life is not None:
            self._talk("lifespan.shutdown")
            self._life.cancel()
            self._loop.run_until_complete(asyncio.gather(self._life, return_exceptions=True))
        self._loop.close()

    async def _live(self) -> None:
        try:
            await self._app(
                {"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}, self._to_app.get, self._from_app.put
            )
        except Exception as fault:  # noqa: BLE001  an application without a lifespan raises; it is served all the same
            await self._from_app.put({"type": "lifespan.startup.complete", "fault": fault})

    def _talk(self, message: str) -> None:
        self._to_app.put_nowait({"type": message})
        self._loop.run_until_complete(self._heard())

    async def _heard(self) -> None:
        """Wait until the application has answered a message of its lifespan, or has no lifespan."""
        answer = asyncio.ensure_future(self._from_app.get())
        watched = {answer, self._life} if self._life else {answer}
        await asyncio.wait(watched, return_when=asyncio.FIRST_COMPLETED)
        answer.cancel()

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        body = request.read()
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Message) -> None:
            sent.append(message)

        await self._app(_scope(request), receive, send)
        return httpx.Response(
            status_code=sent[0]["status"],
            headers=list(sent[0].get("headers", [])),
            content=b"".join(message.get("body", b"") for message in sent[1:]),
        )


def _scope(request: httpx.Request) -> dict[str, Any]:
    url = request.url
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": url.scheme,
        "path": url.path,
        "raw_path": url.raw_path.split(b"?")[0],
        "query_string": url.query,
        "root_path": "",
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "server": (url.host, url.port or 80),
        "client": ("127.0.0.1", 50000),
        "state": {},
    }
